/* SPDX-License-Identifier: Apache-2.0
 * Texts that are written in another way: quotes, hex, base64, percent, audit values, letter case. What changes lies in
 * the arena with a newline and padding behind, what does not stays where it is. */
#include "decode_fixture.h"

typedef enum argot_decode_status decoder(unsigned how, struct argot_slice text, struct argot_slice *out);

static enum argot_decode_status
by_how(unsigned how, struct argot_slice text, struct argot_slice *out)
{
    return argot_decode_text(&context, (enum argot_how)how, text, out);
}

static enum argot_decode_status
by_decode(unsigned how, struct argot_slice text, struct argot_slice *out)
{
    return argot_decode_apply(&context, (uint8_t)how, text, out);
}

static enum argot_decode_status
by_case(unsigned how, struct argot_slice text, struct argot_slice *out)
{
    return argot_decode_lower(&context, text, how == ARGOT_CASE_UPPER, out);
}

#define BAD SIZE_MAX

/* Texts with their lengths, since they may hold zero bytes. BAD: refused. */
struct row {
    decoder *decode;
    unsigned how;
    size_t length;
    const char *text;
    size_t out_length;
    const char *out;
};

#define ROW(decode, how, text, out)                                                                                    \
    {                                                                                                                  \
        decode, how, sizeof(text) - 1, text, sizeof(out) - 1, out                                                      \
    }
#define REFUSED(decode, how, text)                                                                                     \
    {                                                                                                                  \
        decode, how, sizeof(text) - 1, text, BAD, NULL                                                                 \
    }

static const struct row rows[] = {
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\"", ""),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"plain\"", "plain"),
    ROW(by_how, ARGOT_HOW_QUOTED, "plain", "plain"), /* without quotes it stays */
    ROW(by_how, ARGOT_HOW_QUOTED, "", ""),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"", "\""),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"a\\\"b\"", "a\"b"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"a\\\\\"", "a\\"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"a\\\"", "\"a\\\""), /* the quote at the end is escaped: none */
    ROW(by_how, ARGOT_HOW_QUOTED, "\"a\"b\"", "\"a\"b\""),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\\n\\t\\r\"", "\n\t\r"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\\x41\\x7A\\x00\\xff\"", "Az\0\xff"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\\x4\\xg0\\x\"", "\\x4\\xg0\\x"), /* no escapes: kept */
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\\d\\'\\0\"", "\\d\\'\\0"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"C:\\\\Temp\\new\"", "C:\\Temp\new"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"\\\xc3\xa9\"", "\\\xc3\xa9"),
    ROW(by_how, ARGOT_HOW_QUOTED, "\"a\0b\"", "a\0b"),
    ROW(by_how, ARGOT_HOW_QUOTED, "'a'", "'a'"),
    ROW(by_how, ARGOT_HOW_QUOTED_SINGLE, "'a\\'b'", "a'b"),
    ROW(by_how, ARGOT_HOW_QUOTED_SINGLE, "'a\\\"b'", "a\"b"),
    ROW(by_how, ARGOT_HOW_QUOTED_SINGLE, "\"a\"", "\"a\""),
    ROW(by_how, ARGOT_HOW_QUOTED_SINGLE, "''", ""),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"a\"\"b\"", "a\"b"),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"\"\"\"", "\""),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"\"\"a\"\"\"", "\"a\""),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"a\\\"\"b\"", "a\\\"b"), /* no backslash escapes */
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"\"", ""),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"\"\"", "\"\"\""), /* ends before its end */
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "\"a\"b\"", "\"a\"b\""),
    ROW(by_how, ARGOT_HOW_QUOTED_CSV, "a\"\"b", "a\"\"b"),

    ROW(by_how, ARGOT_HOW_HEX, "6a4B00fF", "jK\0\xff"),
    REFUSED(by_how, ARGOT_HOW_HEX, ""),
    REFUSED(by_how, ARGOT_HOW_HEX, "6"),
    REFUSED(by_how, ARGOT_HOW_HEX, "6a4"),
    REFUSED(by_how, ARGOT_HOW_HEX, "6g"),
    REFUSED(by_how, ARGOT_HOW_HEX, "0x6a"),
    REFUSED(by_how, ARGOT_HOW_HEX, "6a 6a "),
    REFUSED(by_how, ARGOT_HOW_HEX, "6\0"),

    ROW(by_how, ARGOT_HOW_BASE64, "Zg==", "f"), /* RFC 4648, section 10 */
    ROW(by_how, ARGOT_HOW_BASE64, "Zm8=", "fo"),
    ROW(by_how, ARGOT_HOW_BASE64, "Zm9v", "foo"),
    ROW(by_how, ARGOT_HOW_BASE64, "Zm9vYg==", "foob"),
    ROW(by_how, ARGOT_HOW_BASE64, "Zm9vYmE=", "fooba"),
    ROW(by_how, ARGOT_HOW_BASE64, "Zm9vYmFy", "foobar"),
    ROW(by_how, ARGOT_HOW_BASE64, "Zg", "f"), /* padding may be left out */
    ROW(by_how, ARGOT_HOW_BASE64, "Zm8", "fo"),
    ROW(by_how, ARGOT_HOW_BASE64, "+/+/", "\xfb\xff\xbf"),
    ROW(by_how, ARGOT_HOW_BASE64, "-_-_", "\xfb\xff\xbf"),
    REFUSED(by_how, ARGOT_HOW_BASE64, ""),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Z"),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Zm9vY"),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Zg="),
    REFUSED(by_how, ARGOT_HOW_BASE64, "===="),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Z==="),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Z=g="),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Zm9v\n"),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Zm 9"),
    REFUSED(by_how, ARGOT_HOW_BASE64, "Zm9\x80"),

    ROW(by_how, ARGOT_HOW_PERCENT, "", ""),
    ROW(by_how, ARGOT_HOW_PERCENT, "a%20b%2Fc%2f", "a b/c/"),
    ROW(by_how, ARGOT_HOW_PERCENT, "%00%ff", "\0\xff"),
    ROW(by_how, ARGOT_HOW_PERCENT, "100%", "100%"), /* what is no escape stays */
    ROW(by_how, ARGOT_HOW_PERCENT, "%4", "%4"),
    ROW(by_how, ARGOT_HOW_PERCENT, "%%41%gg", "%A%gg"),
    ROW(by_how, ARGOT_HOW_PERCENT, "%2541", "%41"), /* once only */
    ROW(by_how, ARGOT_HOW_PERCENT, "a+b", "a+b"),
    ROW(by_how, ARGOT_HOW_TYPE, "\"a\"", "\"a\""),

    ROW(by_decode, ARGOT_DECODE_NONE, "%41+", "%41+"),
    ROW(by_decode, ARGOT_DECODE_HEX, "41", "A"),
    REFUSED(by_decode, ARGOT_DECODE_HEX, "4"),
    ROW(by_decode, ARGOT_DECODE_BASE64, "QQ==", "A"),
    REFUSED(by_decode, ARGOT_DECODE_BASE64, "!"),
    ROW(by_decode, ARGOT_DECODE_PERCENT, "%41+", "A+"),
    ROW(by_decode, ARGOT_DECODE_PLUS, "%41+%2B", "A +"),
    ROW(by_decode, ARGOT_DECODE_PLUS, "a+b", "a b"),
    ROW(by_decode, ARGOT_DECODE_PLUS, "ab", "ab"),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "\"sshd\"", "sshd"),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "\"a\\b\"", "a\\b"),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "2F62696E2F6C73002D6C", "/bin/ls\0-l"),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "(null)", "(null)"),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "1234567", "1234567"), /* odd: no hex */
    ROW(by_decode, ARGOT_DECODE_AUDIT, "", ""),
    ROW(by_decode, ARGOT_DECODE_AUDIT, "\"", "\""),
    ROW(by_decode, 200, "x", "x"),

    ROW(by_case, ARGOT_CASE_LOWER, "", ""),
    ROW(by_case, ARGOT_CASE_LOWER, "abc-123 @[`{", "abc-123 @[`{"),
    ROW(by_case, ARGOT_CASE_LOWER, "aBC@[Z`{\0A", "abc@[z`{\0a"),
    ROW(by_case, ARGOT_CASE_LOWER, "\xc3\x89 \xff", "\xc3\x89 \xff"), /* ASCII alone */
    ROW(by_case, ARGOT_CASE_UPPER, "aBc@[z`{", "ABC@[Z`{"),
    ROW(by_case, ARGOT_CASE_UPPER, "ABC", "ABC"),
};

static void
expect_row(const struct row *row, struct argot_slice text, struct argot_slice out)
{
    ck_assert_msg(out.length == row->out_length && !memcmp(out.at, row->out, out.length), "`%s`: `%.*s`, not `%s`",
                  row->text, (int)out.length, out.at, row->out);
    ck_assert_uint_le(out.length, text.length);
    if (out.at >= text.at && out.at <= text.at + text.length)
        return;
    ck_assert_uint_eq(out.at[out.length], '\n');
    for (int i = 1; i <= ARGOT_PADDING; i++)
        ck_assert_uint_eq(out.at[out.length + (size_t)i], 0);
}

START_TEST(texts_are_decoded)
{
    const struct row *row = &rows[_i];
    uint8_t *copy = test_exact(row->text, row->length);
    struct argot_slice text = {copy, (uint32_t)row->length}, out = {NULL, 0};
    enum argot_decode_status status = row->decode(row->how, text, &out);
    ck_assert_mem_eq(copy, row->text, row->length); /* never changed */
    if (row->out_length == BAD)
        ck_assert_int_eq(status, ARGOT_DECODE_BAD);
    else {
        ck_assert_int_eq(status, ARGOT_DECODED);
        expect_row(row, text, out);
    }
    free(copy);
}
END_TEST

/* The first allocation fails: either none was needed, or it is told. */
START_TEST(without_memory_it_is_told)
{
    const struct row *row = &rows[_i];
    uint8_t *copy = test_exact(row->text, row->length);
    struct argot_slice text = {copy, (uint32_t)row->length}, out = {NULL, 0};
    seam.fail_allocation = 1;
    seam.fail_for_good = true;
    enum argot_decode_status status = row->decode(row->how, text, &out);
    if (seam.allocations)
        ck_assert_int_eq(status, ARGOT_DECODE_NO_MEMORY);
    else
        ck_assert_int_ne(status, ARGOT_DECODE_NO_MEMORY);
    free(copy);
}
END_TEST

/* A text in which nothing changes needs no memory. */
START_TEST(plain_texts_stay_in_place)
{
    static const struct {
        decoder *decode;
        unsigned how;
        const char *text;
    } plain[] = {{by_how, ARGOT_HOW_QUOTED, "\"plain\""},      {by_how, ARGOT_HOW_QUOTED_CSV, "\"plain\""},
                 {by_how, ARGOT_HOW_PERCENT, "plain"},         {by_decode, ARGOT_DECODE_PLUS, "plain"},
                 {by_decode, ARGOT_DECODE_AUDIT, "\"plain\""}, {by_case, ARGOT_CASE_LOWER, "plain"},
                 {by_case, ARGOT_CASE_UPPER, "PLAIN"}};
    for (size_t i = 0; i < COUNT(plain); i++) {
        struct argot_slice text = {(const uint8_t *)plain[i].text, (uint32_t)strlen(plain[i].text)}, out;
        ck_assert_int_eq(plain[i].decode(plain[i].how, text, &out), ARGOT_DECODED);
        ck_assert(out.at >= text.at && out.at <= text.at + text.length);
    }
    ck_assert_uint_eq(seam.allocations, 0);
}
END_TEST

/* Random bytes, encoded here, come back. */
START_TEST(encoded_bytes_come_back)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    static const char sextets[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t state = 7;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[40];
        char hex[80], percent[120], base64[60];
        uint32_t length = 1 + (uint32_t)(test_random(&state) % sizeof bytes), quads = 0;
        for (uint32_t i = 0; i < length; i++) {
            bytes[i] = (uint8_t)test_random(&state);
            unsigned high = bytes[i] >> 4, low = bytes[i] & 15, upper = high > 9 ? 6 * (bytes[i] & 1) : 0;
            percent[3 * i] = '%';
            hex[2 * i] = percent[3 * i + 1] = digits[high + upper];
            hex[2 * i + 1] = percent[3 * i + 2] = digits[low];
        }
        for (uint32_t i = 0; i < length; i += 3) {
            uint32_t group = (uint32_t)bytes[i] << 16;
            group |= i + 1 < length ? (uint32_t)bytes[i + 1] << 8 : 0;
            group |= i + 2 < length ? bytes[i + 2] : 0;
            for (int j = 18; j >= 0; j -= 6)
                base64[quads++] = sextets[group >> j & 63];
        }
        quads -= (3 - length % 3) % 3;
        const struct row encoded[] = {{by_how, ARGOT_HOW_HEX, (size_t)2 * length, hex, length, (char *)bytes},
                                      {by_how, ARGOT_HOW_PERCENT, (size_t)3 * length, percent, length, (char *)bytes},
                                      {by_how, ARGOT_HOW_BASE64, quads, base64, length, (char *)bytes}};
        for (size_t i = 0; i < COUNT(encoded); i++) {
            struct argot_slice text = {(const uint8_t *)encoded[i].text, (uint32_t)encoded[i].length}, out;
            ck_assert_int_eq(encoded[i].decode(encoded[i].how, text, &out), ARGOT_DECODED);
            ck_assert_uint_eq(out.length, length);
            ck_assert_mem_eq(out.at, bytes, length);
        }
        argot_arena_reset(&arena);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");
    tcase_add_checked_fixture(tcase, decode_set_up, decode_tear_down);
    tcase_add_loop_test(tcase, texts_are_decoded, 0, COUNT(rows));
    tcase_add_loop_test(tcase, without_memory_it_is_told, 0, COUNT(rows));
    tcase_add_test(tcase, plain_texts_stay_in_place);
    tcase_add_test(tcase, encoded_bytes_come_back);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
