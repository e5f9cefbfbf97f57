/* SPDX-License-Identifier: Apache-2.0
 * Texts that hold several values: endpoints, accounts, URLs, syslog priorities. */
#include "decode/decode.h"
#include <stdio.h>
#include "test_case.h"

#define MAX_PIECES 4

static struct argot_slice text;

static void
take(const char *bytes)
{
    size_t length = strlen(bytes);
    text = (struct argot_slice){test_exact(bytes, length), (uint32_t)length};
}

static void
drop(void)
{
    free((void *)(uintptr_t)text.at);
}

/* NULL: absent. What is absent has no place; what is there lies in the text and is not empty. */
static void
expect_piece(struct argot_slice piece, const char *expected, const char *whole)
{
    if (!expected) {
        ck_assert_msg(!piece.at, "%s: `%.*s` should be absent", whole, (int)piece.length, piece.at);
        ck_assert_uint_eq(piece.length, 0);
        return;
    }
    ck_assert_msg(piece.at != NULL, "%s: no `%s`", whole, expected);
    ck_assert_msg(piece.length == strlen(expected) && !memcmp(piece.at, expected, piece.length), "%s: `%.*s`, not `%s`",
                  whole, (int)piece.length, piece.at, expected);
    ck_assert(piece.length && piece.at >= text.at && piece.at + piece.length <= text.at + text.length);
}

struct row {
    const char *text;
    bool bad;
    const char *pieces[MAX_PIECES];
};

static const struct row endpoints[] = {
    {"192.0.2.1:80", false, {"192.0.2.1", "80"}},
    {"192.0.2.1", false, {"192.0.2.1"}},
    {"192.0.2.1:", false, {"192.0.2.1"}},
    {"[2001:db8::1]:443", false, {"2001:db8::1", "443"}},
    {"[2001:db8::1]", false, {"2001:db8::1"}},
    {"[2001:db8::1]:", false, {"2001:db8::1"}},
    {"[name]:1", false, {"name", "1"}},
    {"2001:db8::1", false, {"2001:db8::1"}},
    {"::1:80", false, {"::1", "80"}}, /* the last colon */
    {"::1", false, {"::1"}},
    {"::", false, {"::"}},
    {"1:2:3:4:5:6:7:8", false, {"1:2:3:4:5:6:7:8"}},
    {"1:2:3:4:5:6:7:8:65535", false, {"1:2:3:4:5:6:7:8", "65535"}},
    {"::ffff:192.0.2.1:80", false, {"::ffff:192.0.2.1", "80"}},
    {"host.example.com:65535", false, {"host.example.com", "65535"}},
    {"host.example.com", false, {"host.example.com"}},
    {"host:00080", false, {"host", "00080"}},
    {":80", false, {NULL, "80"}},
    {"host:65536", true, {0}},
    {"host:http", true, {0}},
    {"a:b:80", true, {0}}, /* colons are for addresses */
    {"1:2:3:4:5:6:7:8:9:80", true, {0}},
    {"", true, {0}},
    {":", true, {0}},
    {"[", true, {0}},
    {"[]", true, {0}},
    {"[]:80", true, {0}},
    {"[::1", true, {0}},
    {"[::1]80", true, {0}},
    {"[::1]:x", true, {0}},
    {"[::1]:80:", true, {0}},
};

START_TEST(endpoints_are_address_and_port)
{
    const struct row *row = &endpoints[_i];
    struct argot_slice address, port;
    take(row->text);
    ck_assert_int_eq(argot_decode_endpoint(text, &address, &port), !row->bad);
    if (!row->bad) {
        expect_piece(address, row->pieces[0], row->text);
        expect_piece(port, row->pieces[1], row->text);
    }
    drop();
}
END_TEST

static const struct row accounts[] = {
    {"EXAMPLE\\alice", false, {"EXAMPLE", "alice"}},
    {"alice@example.com", false, {"example.com", "alice"}},
    {"alice", false, {NULL, "alice"}},
    {"a@b@example.com", false, {"example.com", "a@b"}},
    {"EXAMPLE\\a\\b@c", false, {"EXAMPLE", "a\\b@c"}},
    {"\\alice", false, {NULL, "alice"}},
    {"EXAMPLE\\", false, {"EXAMPLE", NULL}},
    {"alice@", false, {NULL, "alice"}},
    {"@example.com", false, {"example.com", NULL}},
    {" ", false, {NULL, " "}},
    {"", true, {0}},
    {"\\", true, {0}},
    {"@", true, {0}},
};

START_TEST(accounts_are_domain_and_user)
{
    const struct row *row = &accounts[_i];
    struct argot_slice domain, user;
    take(row->text);
    ck_assert_int_eq(argot_decode_account(text, &domain, &user), !row->bad);
    if (!row->bad) {
        expect_piece(domain, row->pieces[0], row->text);
        expect_piece(user, row->pieces[1], row->text);
    }
    drop();
}
END_TEST

static const struct row urls[] = {
    {"https://example.com:8443/p/a?q=1", false, {"example.com", "8443", "/p/a", "q=1"}},
    {"https://example.com", false, {"example.com"}},
    {"https://example.com/", false, {"example.com", NULL, "/"}},
    {"https://example.com?q", false, {"example.com", NULL, NULL, "q"}},
    {"example.com:443", false, {"example.com", "443"}}, /* CONNECT */
    {"example.com/a", false, {"example.com", NULL, "/a"}},
    {"/p?q", false, {NULL, NULL, "/p", "q"}},
    {"/p?q?r", false, {NULL, NULL, "/p", "q?r"}},
    {"/", false, {NULL, NULL, "/"}},
    {"//example.com/x", false, {NULL, NULL, "//example.com/x"}},
    {"/?", false, {NULL, NULL, "/"}},
    {"?q", false, {NULL, NULL, NULL, "q"}},
    {"*", false, {NULL, NULL, "*"}}, /* OPTIONS */
    {"http://[2001:db8::1]:80/", false, {"2001:db8::1", "80", "/"}},
    {"http://[2001:db8::1]/", false, {"2001:db8::1", NULL, "/"}},
    {"ftp://alice:secret@example.com/f", false, {"example.com", NULL, "/f"}},
    {"http://a@b@example.com/", false, {"example.com", NULL, "/"}},
    {"h+x-1.y://example.com/", false, {"example.com", NULL, "/"}},
    {"http://example.com:/x", false, {"example.com", NULL, "/x"}},
    {"1http://example.com/", false, {"1http", NULL, "//example.com/"}}, /* no scheme: a host */
    {"file:///etc/hosts", false, {NULL, NULL, "/etc/hosts"}},
    {"https://example.com/a?q#f?x", false, {"example.com", NULL, "/a", "q"}},
    {"https://example.com#f/x", false, {"example.com"}}, /* what follows # is none of the four */
    {"/a#b", false, {NULL, NULL, "/a"}},
    {"*#", false, {NULL, NULL, "*"}},
    {"#f", true, {0}},
    {"http://#@example.com/", true, {0}},
    {"alice@example.com", true, {0}}, /* no user without a scheme */
    {"alice@example.com:80/x", true, {0}},
    {"http://::1/", true, {0}},
    {"http://example.com:65536/", true, {0}},
    {"http://example.com:x/", true, {0}},
    {"http://exa mple.com/", true, {0}},
    {"http://exa\"mple.com/", true, {0}},
    {"alice@example.com:x", true, {0}},
    {"http://", true, {0}},
    {"?", true, {0}},
    {"", true, {0}},
};

START_TEST(urls_are_host_port_path_and_query)
{
    const struct row *row = &urls[_i];
    struct argot_slice pieces[MAX_PIECES];
    take(row->text);
    ck_assert_msg(argot_decode_url(text, &pieces[0], &pieces[1], &pieces[2], &pieces[3]) == !row->bad, "%s", row->text);
    for (int i = 0; !row->bad && i < MAX_PIECES; i++)
        expect_piece(pieces[i], row->pieces[i], row->text);
    drop();
}
END_TEST

START_TEST(priorities_are_facility_and_severity)
{
    for (unsigned i = 0; i < 1000; i++) {
        char digits[8];
        uint64_t facility = 99, severity = 99;
        snprintf(digits, sizeof digits, "%u", i);
        take(digits);
        ck_assert_int_eq(argot_decode_pri(text, &facility, &severity), i <= 191);
        if (i <= 191)
            ck_assert_uint_eq(facility * 8 + severity, i);
        drop();
    }
}
END_TEST

START_TEST(what_is_no_priority_is_refused)
{
    static const char *const bad[] = {"", "0013", "-1", "+1", "1 ", "x", "0x1", "1.0", "<1>"};
    uint64_t facility, severity;
    take(bad[_i]);
    ck_assert(!argot_decode_pri(text, &facility, &severity));
    drop();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pieces");
    TCase *tcase = tcase_create("pieces");
    tcase_add_loop_test(tcase, endpoints_are_address_and_port, 0, COUNT(endpoints));
    tcase_add_loop_test(tcase, accounts_are_domain_and_user, 0, COUNT(accounts));
    tcase_add_loop_test(tcase, urls_are_host_port_path_and_query, 0, COUNT(urls));
    tcase_add_test(tcase, priorities_are_facility_and_severity);
    tcase_add_loop_test(tcase, what_is_no_priority_is_refused, 0, 9);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
