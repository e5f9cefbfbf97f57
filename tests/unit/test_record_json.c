/* SPDX-License-Identifier: Apache-2.0
 * JSON records: what RFC 8259 allows and what it does not, with the place of the mistake; limits; repeated keys. */
#include <stdio.h>
#include "record_fixture.h"
#include "strict_json.h"

static enum argot_decode_status
read_bytes(const void *bytes, size_t length)
{
    record_take(bytes, length);
    enum argot_decode_status status = argot_record_json(&context, text, &record);
    ck_assert_mem_eq(copy, bytes, length); /* never changed */
    return status;
}

static void
expect_tree(const char *expected)
{
    record_expect_good();
    out.length = 0;
    record_case_write(&record, true, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, expected);
}

/* ---- what is JSON ---- */

static const struct {
    const char *text, *tree; /* NULL: the text itself */
} good[] = {
    {"{}", NULL},
    {" \t\r\n{ \t\r\n} \t\r\n", "{}"},
    {"{\"a\":1}", NULL},
    {"{\"\":\"\"}", NULL},
    {"{ \"a\" : [ 1 , 2 ] , \"b\" : { } }", "{\"a\":[1,2],\"b\":{}}"},
    {"{\"a\":[],\"b\":[[]],\"c\":[{}],\"d\":{\"e\":{}}}", NULL},
    {"{\"a\":[true,false,null]}", NULL},
    {"{\"a\":0,\"b\":-0,\"c\":10,\"d\":-1,\"e\":123456789012345678901234567890}", NULL},
    {"{\"a\":0.5,\"b\":-0.0,\"c\":1.50,\"d\":1e5,\"e\":1E+5,\"f\":1e-5,\"g\":1.5e999,\"h\":0e0}", NULL},
    {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\t\"}"},
    {"{\"a\":\"\\u0041\\u00e9\\u20AC\\uFFFF\"}", "{\"a\":\"A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf\"}"},
    {"{\"a\":\"\\ud83d\\uDE00\"}", "{\"a\":\"\xf0\x9f\x98\x80\"}"}, /* a pair of surrogates */
    {"{\"a\":\"\\udbff\\udfff\"}", "{\"a\":\"\xf4\x8f\xbf\xbf\"}"},
    {"{\"a\":\"\\u0000x\"}", "{\"a\":\"\\u0000x\"}"},
    {"{\"a\":\"\\u001b[31m\"}", "{\"a\":\"\\u001b[31m\"}"},
    {"{\"\\u0061\":1}", "{\"a\":1}"},
    {"{\"a\":\"\x7f\"}", "{\"a\":\"\\u007f\"}"}, /* allowed, though a control */
    {"{\"a\":\"caf\xc3\xa9 \xf0\x9f\x98\x80\"}", NULL},
    {"{\"a\":\"\xff\x80\"}", "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\"}"}, /* bytes that are not UTF-8 stay */
    {"{\"a\":\"\\\\u0041\"}", "{\"a\":\"\\\\u0041\"}"},
    {"{\"a\":\"\\u005cn\"}", "{\"a\":\"\\\\n\"}"}, /* decoded once */
    {"{\"a b\":{\"c.d\":{\"e[0]\":1}}}", NULL},
};

START_TEST(json_is_read)
{
    ck_assert_int_eq(read_bytes(good[_i].text, strlen(good[_i].text)), ARGOT_DECODED);
    expect_tree(good[_i].tree ? good[_i].tree : good[_i].text);
}
END_TEST

/* Every beginning of a JSON text is bad at its end, where something is still due. */
START_TEST(cut_json_is_bad_where_it_was_cut)
{
    size_t whole = strlen(good[_i].text), end = whole;
    while (end && good[_i].text[end - 1] != '}')
        end--;
    for (size_t length = 0; length < end; length++) {
        ck_assert_int_eq(read_bytes(good[_i].text, length), ARGOT_DECODE_BAD);
        ck_assert_ptr_nonnull(record.expected);
        ck_assert_uint_le(record.offset, length);
        ck_assert_uint_ge(record.offset + 11, length); /* a broken escape is told at its begin */
        ck_assert(!record.too_deep && !record.too_many);
    }
}
END_TEST

/* ---- what is not ---- */

static const struct {
    const char *text;
    uint32_t offset;
    const char *expected;
} bad[] = {
    {"", 0, "a `{`"},
    {" ", 1, "a `{`"},
    {"[]", 0, "a `{`"}, /* JSON, but no record */
    {"1", 0, "a `{`"},
    {"\"a\"", 0, "a `{`"},
    {"null", 0, "a `{`"},
    {"\xef\xbb\xbf{}", 0, "a `{`"}, /* a byte order mark */
    {"{} x", 3, "the end of the record"},
    {"{}{}", 2, "the end of the record"},
    {"{}}", 2, "the end of the record"},
    {"{},", 2, "the end of the record"},
    {"{", 1, "a name in quotes or `}`"},
    {"{,}", 1, "a name in quotes or `}`"},
    {"{a:1}", 1, "a name in quotes or `}`"},
    {"{'a':1}", 1, "a name in quotes or `}`"},
    {"{1:1}", 1, "a name in quotes or `}`"},
    {"{null:1}", 1, "a name in quotes or `}`"},
    {"{]", 1, "a name in quotes or `}`"},
    {"{\"a\":1,}", 7, "a name in quotes"},
    {"{\"a\":1,,\"b\":2}", 7, "a name in quotes"},
    {"{\"a\":1,b:2}", 7, "a name in quotes"},
    {"{\"a\"}", 4, "a `:`"},
    {"{\"a\",\"b\"}", 4, "a `:`"},
    {"{\"a\" 1}", 5, "a `:`"},
    {"{\"a\"=1}", 4, "a `:`"},
    {"{\"a\"::1}", 5, "a value"},
    {"{\"a\":}", 5, "a value"},
    {"{\"a\":,}", 5, "a value"},
    {"{\"a\":1 \"b\":2}", 7, "a `,` or `}`"},
    {"{\"a\":1]", 6, "a `,` or `}`"},
    {"{\"a\":1;}", 6, "a `,` or `}`"},
    {"{\"a\":1/**/}", 6, "a `,` or `}`"},
    {"{\"a\":1 // x\n}", 7, "a `,` or `}`"},
    {"{\"a\":[1}", 7, "a `,` or `]`"},
    {"{\"a\":[1 2]}", 8, "a `,` or `]`"},
    {"{\"a\":[1,]}", 8, "a value"},
    {"{\"a\":[,1]}", 6, "a value"},
    {"{\"a\":[", 6, "a value"},
    {"{\"a\":[1", 7, "a `,` or `]`"},
    {"{\"a\":[\"b\":1]}", 9, "a `,` or `]`"},
    {"{\"a\":tru}", 5, "a value"},
    {"{\"a\":trUe}", 5, "a value"},
    {"{\"a\":True}", 5, "a value"},
    {"{\"a\":truex}", 9, "a `,` or `}`"},
    {"{\"a\":nul", 5, "a value"},
    {"{\"a\":undefined}", 5, "a value"},
    {"{\"a\":NaN}", 5, "a value"},
    {"{\"a\":Infinity}", 5, "a value"},
    {"{\"a\":-Infinity}", 6, "a digit"},
    {"{\"a\":+1}", 5, "a value"},
    {"{\"a\":.5}", 5, "a value"},
    {"{\"a\":-}", 6, "a digit"},
    {"{\"a\":--1}", 6, "a digit"},
    {"{\"a\":-.5}", 6, "a digit"},
    {"{\"a\":01}", 6, "a `,` or `}`"},
    {"{\"a\":-01}", 7, "a `,` or `}`"},
    {"{\"a\":1.}", 7, "a digit"},
    {"{\"a\":1.e5}", 7, "a digit"},
    {"{\"a\":1e}", 7, "a digit"},
    {"{\"a\":1e+}", 8, "a digit"},
    {"{\"a\":1e1.5}", 8, "a `,` or `}`"},
    {"{\"a\":0x10}", 6, "a `,` or `}`"},
    {"{\"a\":1_000}", 6, "a `,` or `}`"},
    {"{\"a\":1 000}", 7, "a `,` or `}`"},
    {"{\"a\":\xef\xbc\x91}", 5, "a value"}, /* a wide digit */
    {"{\"a\":\"b}", 8, "the end of the string"},
    {"{\"a\":\"b\\\"}", 10, "the end of the string"},
    {"{\"a\":\"b\\", 8, "the end of the string"},
    {"{\"a", 3, "the end of the string"},
    {"{\"a\":'b'}", 5, "a value"},
    {"{\"a\":\"\\x41\"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\'\"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\ \"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\N\"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\0\"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\u004\"}", 6, "four hex digits after `\\u`"},
    {"{\"a\":\"\\u004g\"}", 6, "four hex digits after `\\u`"},
    {"{\"a\":\"\\U0041\"}", 6, "an escape that JSON has"},
    {"{\"a\":\"\\u 041\"}", 6, "four hex digits after `\\u`"},
    {"{\"a\":\"\\u+041\"}", 6, "four hex digits after `\\u`"},
    {"{\"a\":\"x\\ud800\"}", 7, "a pair of surrogates"},
    {"{\"a\":\"\\ud800x\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\ud800\\n\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\ud800\\u0041\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\ud800\\ud800\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\udc00\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\udc00\\ud800\"}", 6, "a pair of surrogates"},
    {"{\"a\":\"\\ud800\\u", 6, "a pair of surrogates"},
    {"{\"a\":\"x\ny\"}", 7, "an escape for the control byte"},
    {"{\"a\":\"\t\"}", 6, "an escape for the control byte"},
    {"{\"a\":\"\x1f\"}", 6, "an escape for the control byte"},
    {"{\"a\":\"\\n\x01\"}", 8, "an escape for the control byte"},
    {"{\"a\x02\":1}", 3, "an escape for the control byte"},
    {"{\"a\":1\x0c}", 6, "a `,` or `}`"}, /* a form feed is no blank */
    {"{\xc2\xa0\"a\":1}", 1, "a name in quotes or `}`"},
};

START_TEST(what_is_no_json_is_refused_where_it_goes_wrong)
{
    ck_assert_msg(read_bytes(bad[_i].text, strlen(bad[_i].text)) == ARGOT_DECODE_BAD, "%s", bad[_i].text);
    ck_assert_msg(record.offset == bad[_i].offset, "%s: %u, not %u", bad[_i].text, record.offset, bad[_i].offset);
    ck_assert_str_eq(record.expected, bad[_i].expected);
    ck_assert(!record.too_deep && !record.too_many);
}
END_TEST

START_TEST(zero_bytes_are_no_json)
{
    ck_assert_int_eq(read_bytes("{\"a\":1}\0", 8), ARGOT_DECODE_BAD);
    ck_assert_uint_eq(record.offset, 7);
    ck_assert_int_eq(read_bytes("{\"a\0\":1}", 8), ARGOT_DECODE_BAD);
    ck_assert_int_eq(read_bytes("{\0}", 3), ARGOT_DECODE_BAD);
}
END_TEST

/* Strings of every length around the blocks in which they are searched, with one special byte at every place. */
START_TEST(strings_end_wherever_they_end)
{
    static const char specials[] = {'x', '"', '\\', '\n', '\x1f', ' ', '\x7f', '\x80', '\xff', '\0'};
    for (size_t length = 0; length <= 40; length++)
        for (size_t place = 0; place < length; place++)
            for (size_t i = 0; i < COUNT(specials); i++) {
                uint8_t json[64] = "{\"a\":\"";
                memset(json + 6, 'y', length);
                json[6 + place] = (uint8_t)specials[i];
                if (specials[i] == '\\' && place + 1 < length)
                    json[6 + place + 1] = 't';
                memcpy(json + 6 + length, "\"}", 2);
                bool ends = specials[i] == '"' || (specials[i] == '\\' && place + 1 == length);
                bool control = (uint8_t)specials[i] < 0x20;
                enum argot_decode_status status = read_bytes(json, 8 + length);
                ck_assert_int_eq(status, ends || control ? ARGOT_DECODE_BAD : ARGOT_DECODED);
                if (!status) {
                    record_expect_good();
                    ck_assert_uint_eq(record.nodes[1].text_length, length - (specials[i] == '\\'));
                }
            }
}
END_TEST

/* ---- limits ---- */

static enum argot_decode_status
read_nested(unsigned depth, const char *open, const char *close)
{
    static char json[4096];
    size_t length = (size_t)snprintf(json, sizeof json, "{\"a\":");
    for (unsigned i = 1; i < depth; i++)
        length += (size_t)snprintf(json + length, sizeof json - length, "%s", open);
    length += (size_t)snprintf(json + length, sizeof json - length, "1");
    for (unsigned i = 1; i < depth; i++)
        length += (size_t)snprintf(json + length, sizeof json - length, "%s", close);
    length += (size_t)snprintf(json + length, sizeof json - length, "}");
    return read_bytes(json, length);
}

START_TEST(nesting_has_a_limit)
{
    for (unsigned depth = 1; depth <= ARGOT_RECORD_MAX_DEPTH + 3; depth++)
        for (int kind = 0; kind < 2; kind++) {
            bool fits = depth <= ARGOT_RECORD_MAX_DEPTH;
            enum argot_decode_status status = read_nested(depth, kind ? "[" : "{\"b\":", kind ? "]" : "}");
            ck_assert_int_eq(status, fits ? ARGOT_DECODED : ARGOT_DECODE_BAD);
            ck_assert_int_eq(record.too_deep, !fits);
            if (fits)
                record_expect_good();
            else
                ck_assert_str_eq(record.expected, "fewer levels");
        }
}
END_TEST

START_TEST(nodes_have_a_limit)
{
    for (int over = 0; over < 2; over++) {
        uint32_t items = ARGOT_RECORD_MAX_NODES - 2 + (uint32_t)over; /* beside the root and the array */
        size_t length = 7 + 2 * items;
        char *json = malloc(length);
        memcpy(json, "{\"a\":[", 6);
        for (uint32_t i = 0; i < items; i++)
            memcpy(json + 6 + 2 * i, "1,", 2);
        memcpy(json + length - 2, "]}", 2);
        ck_assert_int_eq(read_bytes(json, length), over ? ARGOT_DECODE_BAD : ARGOT_DECODED);
        ck_assert_int_eq(record.too_many, over);
        if (!over)
            record_expect_good();
        free(json);
    }
}
END_TEST

/* ---- repeated keys ---- */

START_TEST(the_first_of_equal_keys_counts)
{
    static const char json[] = "{\"a\":1,\"b\":{\"a\":2,\"a\":3},\"a\":[4],\"\\u0061\":5,\"A\":6}";
    ck_assert_int_eq(read_bytes(json, strlen(json)), ARGOT_DECODED);
    record_expect_good();
    ck_assert_uint_eq(record.duplicates, 3);
    out.length = 0;
    record_case_write(&record, false, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, "{\"a\":1,\"b\":{\"a\":2},\"A\":6}");
}
END_TEST

/* As many keys as make each way of looking for equal ones be taken, some of them equal. */
START_TEST(equal_keys_are_found_among_many)
{
    static const unsigned counts[] = {2, 8, 9, 20, 255, 256, 257, 1000, 3000};
    uint64_t state = 15;
    unsigned count = counts[_i];
    for (int round = 0; round < 20; round++) {
        char *json = malloc(count * 24 + 3);
        size_t length = 0;
        json[length++] = '{';
        for (unsigned i = 0; i < count; i++)
            length += (size_t)sprintf(json + length, "%s\"k%llu\":%u", i ? "," : "",
                                      (unsigned long long)(test_random(&state) % (count * 4)), i);
        json[length++] = '}';
        ck_assert_int_eq(read_bytes(json, length), ARGOT_DECODED);
        record_expect_good();
        free(json);
    }
}
END_TEST

/* As the reader hashes keys of up to seven bytes. Were it to do so otherwise, the test would be but a weaker one. */
static uint32_t
slot_of(const char *key, size_t length)
{
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++)
        word = word << 8 | (uint8_t)key[i];
    return (uint32_t)((length ^ word) * 0x9e3779b97f4a7c15u >> 32) % 1024;
}

START_TEST(keys_made_to_collide_are_told_apart)
{
    char json[4096] = "{";
    unsigned members = 0;
    for (uint64_t number = 0; members < 200; number++) {
        char key[8];
        int key_length = sprintf(key, "%06llx", (unsigned long long)number);
        if (slot_of(key, (size_t)key_length) == 7)
            sprintf(json + strlen(json), "%s\"%s\":0", members++ ? "," : "", key);
    }
    strcpy(json + strlen(json), "}");
    ck_assert_int_eq(read_bytes(json, strlen(json)), ARGOT_DECODED);
    record_expect_good();
    ck_assert_uint_eq(record.duplicates, 0);
    ck_assert_uint_eq(record.count, 201);
}
END_TEST

/* ---- memory ---- */

START_TEST(each_allocation_may_fail)
{
    static char json[20000];
    size_t length = (size_t)sprintf(json, "{\"s\":\"%0*d\\n\"", 5000, 0);
    for (int i = 0; i < 400; i++)
        length += (size_t)sprintf(json + length, ",\"k%d\":\"\\t\"", i % 300);
    length += (size_t)sprintf(json + length, ",\"n\":[1"); /* more values than texts of that length have */
    for (int i = 0; i < 3000; i++)
        length += (size_t)sprintf(json + length, ",1");
    length += (size_t)sprintf(json + length, "]}");
    argot_arena_finish(&arena);
    argot_arena_init(&arena, &seam.seam, 512);
    uint64_t before = seam.allocations;
    ck_assert_int_eq(read_bytes(json, length), ARGOT_DECODED);
    record_expect_good();
    uint64_t calls = seam.allocations - before;
    ck_assert_uint_gt(calls, 5);
    for (uint64_t i = 1; i <= calls; i++) {
        argot_arena_finish(&arena);
        seam.fail_allocation = seam.allocations + i;
        ck_assert_int_eq(read_bytes(json, length), ARGOT_DECODE_NO_MEMORY);
    }
    argot_arena_finish(&arena);
    ck_assert_int_eq(read_bytes(json, length), ARGOT_DECODED);
    record_expect_good();
}
END_TEST

/* Random changes to good texts: whatever is read is a whole tree, and strict JSON says the same. */
START_TEST(changed_texts_are_read_as_strictly_as_by_others)
{
    uint64_t state = 16;
    unsigned read = 0;
    for (int round = 0; round < 60000; round++) {
        const char *from = good[test_random(&state) % COUNT(good)].text;
        size_t length = strlen(from), at;
        char json[256];
        memcpy(json, from, length);
        for (uint64_t i = 0, changes = 1 + test_random(&state) % 3; i < changes; i++)
            json[test_random(&state) % length] = "{}[]\",:\\u01e.- tn\x01\x80"[test_random(&state) % 20];
        enum argot_decode_status status = read_bytes(json, length);
        const char *wrong = strict_json_check((const uint8_t *)json, length, &at);
        /* The other knows no blanks but the one, and takes any value. */
        if (memchr(json, '\n', length) || memchr(json, '\t', length) || json[0] != '{' || json[length - 1] != '}')
            continue;
        ck_assert_msg((status == ARGOT_DECODED) == !wrong, "%.*s: %s", (int)length, json, wrong ? wrong : "good");
        if (!status)
            record_expect_good();
        read += !status;
    }
    ck_assert_uint_gt(read, 1000);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_json");
    TCase *tcase = tcase_create("json");
    tcase_add_checked_fixture(tcase, record_set_up, record_tear_down);
    tcase_add_loop_test(tcase, json_is_read, 0, COUNT(good));
    tcase_add_loop_test(tcase, cut_json_is_bad_where_it_was_cut, 0, COUNT(good));
    tcase_add_loop_test(tcase, what_is_no_json_is_refused_where_it_goes_wrong, 0, COUNT(bad));
    tcase_add_test(tcase, zero_bytes_are_no_json);
    tcase_add_test(tcase, strings_end_wherever_they_end);
    tcase_add_test(tcase, nesting_has_a_limit);
    tcase_add_test(tcase, nodes_have_a_limit);
    tcase_add_test(tcase, the_first_of_equal_keys_counts);
    tcase_add_loop_test(tcase, equal_keys_are_found_among_many, 0, 9);
    tcase_add_test(tcase, keys_made_to_collide_are_told_apart);
    tcase_add_test(tcase, each_allocation_may_fail);
    tcase_add_test(tcase, changed_texts_are_read_as_strictly_as_by_others);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
