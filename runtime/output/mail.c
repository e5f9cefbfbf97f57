/* SPDX-License-Identifier: Apache-2.0
 * Headers are written line by line, each complete, so that nothing can end one but put_end. */
#include "output/mail.h"
#include "base/utf8.h"
#include "event/format.h"
#include "output/line.h"
#include <stdio.h>

#define WORD_BYTES 45  /* of text in an encoded word: with what is around it 72 bytes, of the 76 of a line */
#define FIRST_BYTES 39 /* of the first one, behind `Subject: ` */
#define BODY_BYTES 57  /* of a line of 76 */
#define NS_PER_DAY INT64_C(86400000000000)
#define WEEK 7
#define EPOCH_WEEKDAY 4 /* 1970 began on a Thursday; 0 is Sunday */
#define REPLACEMENT "\xef\xbf\xbd"

static void
put_end(struct argot_buffer *out, const struct argot_mail *mail)
{
    argot_buffer_append_text(out, mail->crlf ? "\r\n" : "\n");
}

static void
put_header(struct argot_buffer *out, const struct argot_mail *mail, const char *name, const char *value)
{
    argot_buffer_printf(out, "%s: %s", name, value);
    put_end(out, mail);
}

static bool
put_base64(struct argot_buffer *out, const void *bytes, size_t count)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    if (!argot_line_base64(&line, bytes, count))
        return false;
    argot_line_end(&line);
    return !out->failed;
}

/* ---- the date ---- */

static void
put_date(struct argot_buffer *out, const struct argot_mail *mail)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[ARGOT_FORMAT_ROOM + 1];
    text[argot_format_time(mail->now, text)] = 0; /* 2026-03-03T10:00:01.5Z */
    size_t month = (size_t)(text[5] - '0') * 10 + (size_t)(text[6] - '0') - 1;
    int64_t day = mail->now / NS_PER_DAY - (mail->now % NS_PER_DAY < 0);
    argot_buffer_printf(out, "Date: %s, %.2s %s %.4s %.8s +0000", days[((day + EPOCH_WEEKDAY) % WEEK + WEEK) % WEEK],
                        text + 8, months[month < 12 ? month : 0], text, text + 11);
    put_end(out, mail);
}

/* ---- the subject ---- */

/* Valid UTF-8 without control bytes, cut between characters. */
static void
clean(struct argot_buffer *out, const uint8_t *at, size_t count)
{
    const uint8_t *end = at + count;
    while (at < end) {
        unsigned length = *at < 0x80 ? 1 : argot_utf8_sequence(at, end);
        if (out->length + (length ? length : strlen(REPLACEMENT)) > ARGOT_MAIL_SUBJECT_BYTES)
            return;
        if (!length)
            argot_buffer_append_text(out, REPLACEMENT);
        else if (length == 1)
            argot_buffer_append_byte(out, *at < ' ' || *at == 0x7f ? ' ' : (char)*at);
        else
            argot_buffer_append(out, at, length);
        at += length ? length : 1;
    }
}

static bool
is_plain(const struct argot_buffer *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] >= 0x80 || (text->bytes[i] == '=' && i + 1 < text->length && text->bytes[i + 1] == '?'))
            return false;
    return true;
}

static bool
put_words(struct argot_buffer *out, const struct argot_mail *mail, const struct argot_buffer *text)
{
    const uint8_t *at = text->bytes, *end = text->bytes + text->length;
    while (at < end) {
        size_t count = 0, most = at == text->bytes ? FIRST_BYTES : WORD_BYTES;
        while (at + count < end && count + argot_utf8_character(at + count, end) <= most)
            count += argot_utf8_character(at + count, end);
        if (at > text->bytes) {
            put_end(out, mail);
            argot_buffer_append_byte(out, ' ');
        }
        argot_buffer_append_text(out, "=?UTF-8?B?");
        if (!put_base64(out, at, count))
            return false;
        argot_buffer_append_text(out, "?=");
        at += count;
    }
    return true;
}

static bool
put_subject(struct argot_buffer *out, const struct argot_mail *mail, const void *subject, size_t count)
{
    struct argot_buffer text;
    argot_buffer_init(&text, out->seam);
    clean(&text, subject, count);
    bool good = !text.failed;
    argot_buffer_append_text(out, "Subject: ");
    if (good && is_plain(&text))
        argot_buffer_append(out, text.bytes, text.length);
    else
        good = good && put_words(out, mail, &text);
    argot_buffer_finish(&text);
    put_end(out, mail);
    return good;
}

/* ---- the message ---- */

static bool
put_body(struct argot_buffer *out, const struct argot_mail *mail, const uint8_t *body, size_t count)
{
    for (size_t at = 0; at < count; at += BODY_BYTES) {
        if (!put_base64(out, body + at, count - at < BODY_BYTES ? count - at : BODY_BYTES))
            return false;
        put_end(out, mail);
    }
    return true;
}

bool
argot_mail_put(struct argot_buffer *out, const struct argot_mail *mail, const void *subject, size_t subject_bytes,
               const void *body, size_t body_bytes)
{
    const char *domain = strrchr(mail->from, '@');
    put_header(out, mail, "From", mail->from);
    put_header(out, mail, "To", mail->to);
    if (!put_subject(out, mail, subject, subject_bytes))
        return false;
    put_date(out, mail);
    argot_buffer_printf(out, "Message-ID: <%s%s>", mail->name, domain ? domain : "@localhost");
    put_end(out, mail);
    put_header(out, mail, "Auto-Submitted", "auto-generated");
    put_header(out, mail, "MIME-Version", "1.0");
    put_header(out, mail, "Content-Type", "text/plain; charset=utf-8");
    put_header(out, mail, "Content-Transfer-Encoding", "base64");
    put_end(out, mail);
    return put_body(out, mail, body, body_bytes) && !out->failed;
}
