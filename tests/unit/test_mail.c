/* SPDX-License-Identifier: Apache-2.0
 * output/mail.h and output/webhook.h: what others read of a message, and that no text of a log can make a header. */
#include "output/mail.h"
#include "output/webhook.h"
#include "test_case.h"
#include "test_seam.h"

#define ONE_SECOND INT64_C(1000000000)

static struct argot_test_seam seam;
static struct argot_buffer out;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_buffer_init(&out, &seam.seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&out);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static const char *
mail_of(const char *subject, size_t count, bool crlf)
{
    struct argot_mail mail = {.from = "argot@example.com",
                              .to = "ops@example.com",
                              .name = "00ff",
                              .now = 1772532001 * ONE_SECOND, /* 2026-03-03 10:00:01 */
                              .crlf = crlf};
    uint8_t *copy = test_exact(subject, count);
    out.length = 0;
    ck_assert(argot_mail_put(&out, &mail, copy, count, "body", 4));
    argot_buffer_append_byte(&out, 0);
    free(copy);
    return (const char *)out.bytes;
}

START_TEST(a_mail_has_all_headers)
{
    ck_assert_str_eq(mail_of("a subject", 9, false), "From: argot@example.com\n"
                                                     "To: ops@example.com\n"
                                                     "Subject: a subject\n"
                                                     "Date: Tue, 03 Mar 2026 10:00:01 +0000\n"
                                                     "Message-ID: <00ff@example.com>\n"
                                                     "Auto-Submitted: auto-generated\n"
                                                     "MIME-Version: 1.0\n"
                                                     "Content-Type: text/plain; charset=utf-8\n"
                                                     "Content-Transfer-Encoding: base64\n"
                                                     "\n"
                                                     "Ym9keQ==\n");
}
END_TEST

/* Nine line ends and that of the body, whatever the subject. */
START_TEST(no_subject_makes_a_header)
{
    static const char *const subjects[] = {"a\nBcc: x@example.com",       "a\r\nBcc: x", "a\r\n\r\nbody",    "\n",
                                           "a\xc3\xb6\r\nBcc: x\xe2\x80", "=?x?=\n",     "\x80\x0a\x0d\xff", ""};
    const char *mail = mail_of(subjects[_i], strlen(subjects[_i]), false), *at = mail;
    size_t lines = 0;
    ck_assert_ptr_null(strstr(mail, "\nBcc"));
    ck_assert_ptr_null(strchr(mail, '\r'));
    for (; (at = strchr(at, '\n')); at++)
        lines++;
    ck_assert_uint_eq(lines, 11);
}
END_TEST

START_TEST(more_than_ascii_is_encoded_in_words)
{
    char subject[400];
    const char *mail = mail_of("j\xc3\xb6rg", 5, false);
    ck_assert_ptr_nonnull(strstr(mail, "\nSubject: =?UTF-8?B?asO2cmc=?=\n"));
    for (size_t i = 0; i + 2 < sizeof subject; i += 2)
        memcpy(subject + i, "\xc3\xb6", 3);
    mail = mail_of(subject, strlen(subject), false);
    const char *begin = strstr(mail, "Subject"), *end = strstr(mail, "\nDate");
    for (const char *at = begin, *line_end; at < end; at = line_end + 1) {
        line_end = strchr(at, '\n');
        ck_assert_int_le(line_end - at, 76);
    }
    ck_assert_ptr_nonnull(strstr(begin, "?=\n =?UTF-8?B?"));
}
END_TEST

/* A cut lies between characters: what is decoded is no longer than the limit, and whole. */
START_TEST(a_long_subject_is_cut_between_characters)
{
    char subject[1000];
    memset(subject, 'x', sizeof subject);
    memcpy(subject + ARGOT_MAIL_SUBJECT_BYTES - 1, "\xc3\xb6", 2);
    const char *mail = mail_of(subject, sizeof subject, false), *begin = strstr(mail, "Subject: ") + 9;
    ck_assert_int_eq(strchr(begin, '\n') - begin, ARGOT_MAIL_SUBJECT_BYTES - 1);
}
END_TEST

START_TEST(lines_end_as_smtp_wants_them)
{
    const char *mail = mail_of("\xc3\xb6", 2, true);
    for (const char *at = mail; (at = strchr(at, '\n')); at++)
        ck_assert(at > mail && at[-1] == '\r');
}
END_TEST

/* ---- webhooks ---- */

static const char *
headers_of(const char *secret, const char **why)
{
    out.length = 0;
    if (!argot_webhook_headers(&out, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330 * ONE_SECOND, secret,
                               "{\"test\": 2432232314}", 20, why))
        return NULL;
    for (size_t i = 0; i + 1 < out.length; i++)
        out.bytes[i] = out.bytes[i] ? out.bytes[i] : '\n';
    return (const char *)out.bytes;
}

/* The example of the specification. */
START_TEST(a_webhook_is_signed_as_specified)
{
    const char *why;
    ck_assert_str_eq(headers_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &why),
                     "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\n"
                     "webhook-timestamp: 1614265330\n"
                     "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    ck_assert_ptr_null(strstr(headers_of(NULL, &why), "signature"));
    ck_assert_ptr_nonnull(strstr(headers_of("any text", &why), "signature"));
    ck_assert_ptr_null(headers_of("whsec_no base64", &why));
    ck_assert_ptr_nonnull(strstr(why, "no base64"));
    ck_assert_ptr_null(headers_of("whsec_", &why));
}
END_TEST

START_TEST(memory_may_end_anywhere)
{
    for (uint64_t call = 1;; call++) {
        struct argot_mail mail = {.from = "a@b", .to = "c@d", .name = "1"};
        const char *why;
        seam.fail_allocation = seam.allocations + call;
        out.length = 0;
        argot_buffer_finish(&out);
        argot_buffer_init(&out, &seam.seam);
        if (argot_mail_put(&out, &mail, "\xc3\xb6", 2, "body", 4) &&
            argot_webhook_headers(&out, "1", 0, "secret", "body", 4, &why))
            break;
        ck_assert_uint_lt(call, 100);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("mail");
    TCase *messages = tcase_create("messages");
    tcase_add_checked_fixture(messages, set_up, tear_down);
    tcase_add_test(messages, a_mail_has_all_headers);
    tcase_add_loop_test(messages, no_subject_makes_a_header, 0, 8);
    tcase_add_test(messages, more_than_ascii_is_encoded_in_words);
    tcase_add_test(messages, a_long_subject_is_cut_between_characters);
    tcase_add_test(messages, lines_end_as_smtp_wants_them);
    tcase_add_test(messages, a_webhook_is_signed_as_specified);
    tcase_add_test(messages, memory_may_end_anywhere);
    suite_add_tcase(suite, messages);
    return test_run(suite);
}
