/* SPDX-License-Identifier: Apache-2.0
 * CSV records and the structured data of RFC 5424: what is read, what is refused and where, limits, names of columns.
 */
#include <stdio.h>
#include "record_fixture.h"

static void
expect_tree(const char *pairs)
{
    record_expect_good();
    out.length = 0;
    record_case_flat(&record, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, pairs);
}

/* ---- CSV ---- */

static const struct argot_slice abc[] = {ARGOT_TEXT("a"), ARGOT_TEXT("_b"), ARGOT_TEXT("c")};

enum dialect { BARE, NAMED, TABS, UNQUOTED, SINGLE };

static const struct argot_csv dialects[] = {
    [BARE] = {.separator = ',', .quote = '"'},
    [NAMED] = {.separator = ',', .quote = '"', .columns = {3, abc}}, /* _b is dropped */
    [TABS] = {.separator = '\t', .quote = '"'},
    [UNQUOTED] = {.separator = ';'},
    [SINGLE] = {.separator = ',', .quote = '\''},
};

static enum argot_decode_status
read_csv(enum dialect dialect, const char *line, size_t length)
{
    record_take(line, length);
    enum argot_decode_status status = argot_record_csv(&context, &dialects[dialect], text, &record);
    ck_assert_mem_eq(copy, line, length);
    return status;
}

static const struct {
    enum dialect dialect;
    const char *line;
    uint32_t columns;
    const char *pairs;
} rows[] = {
    {BARE, "", 1, ""},
    {BARE, ",", 2, ""},
    {BARE, "x", 1, "column_1=x"},
    {BARE, "x,y,,z", 4, "column_1=x\ncolumn_2=y\ncolumn_4=z"},
    {BARE, "x,", 2, "column_1=x"},
    {BARE, " x , y ", 2, "column_1= x \ncolumn_2= y "}, /* RFC 4180: blanks are part of it */
    {BARE, "\"x,y\",z", 2, "column_1=x,y\ncolumn_2=z"},
    {BARE, "\"\"", 1, ""},
    {BARE, "\"\",\"\"", 2, ""},
    {BARE, "\"a\"\"b\"", 1, "column_1=a\"b"},
    {BARE, "\"\"\"\"", 1, "column_1=\""},
    {BARE, "\"\"\"a\"\"\",b", 2, "column_1=\"a\"\ncolumn_2=b"},
    {BARE, "a\"b\",c", 2, "column_1=a\"b\"\ncolumn_2=c"}, /* a quote opens at the begin only */
    {BARE, " \"a\"", 1, "column_1= \"a\""},
    {BARE, "\"a\\\",b", 2, "column_1=a\\\ncolumn_2=b"}, /* no backslash escapes */
    {BARE, "\"a\nb\"", 1, "column_1=a\nb"},
    {BARE, "\xff,\x80", 2, "column_1=\xff\ncolumn_2=\x80"},
    {NAMED, "1,2,3", 3, "a=1\nc=3"},
    {NAMED, "1", 1, "a=1"}, /* missing ones at the end */
    {NAMED, "1,2,3,4,5", 5, "a=1\nc=3\ncolumn_4=4\ncolumn_5=5"},
    {NAMED, ",2,", 3, ""},
    {TABS, "a b\tc,d", 2, "column_1=a b\ncolumn_2=c,d"},
    {UNQUOTED, "\"a;b\"", 2, "column_1=\"a\ncolumn_2=b\""},
    {SINGLE, "'a,''b',\"c\"", 2, "column_1=a,'b\ncolumn_2=\"c\""},
};

START_TEST(columns_are_read)
{
    ck_assert_int_eq(read_csv(rows[_i].dialect, rows[_i].line, strlen(rows[_i].line)), ARGOT_DECODED);
    ck_assert_uint_eq(record.columns, rows[_i].columns);
    expect_tree(rows[_i].pairs);
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < record.columns; i++)
        nodes += record.column_nodes[i] != 0;
    ck_assert_uint_eq(nodes + 1, record.count);
}
END_TEST

START_TEST(broken_quotes_are_bad_where_they_break)
{
    static const struct {
        const char *line;
        uint32_t offset;
        const char *expected;
    } bad[] = {{"\"", 1, "the closing quote"},
               {"\"a", 2, "the closing quote"},
               {"\"a\"\"", 4, "the closing quote"},
               {"a,\"b", 4, "the closing quote"},
               {"\"a\"b", 3, "a separator behind the closing quote"},
               {"\"a\" ,b", 3, "a separator behind the closing quote"},
               {"\"\"a\"", 2, "a separator behind the closing quote"},
               {"x,\"a\"\"b\"c", 8, "a separator behind the closing quote"}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        ck_assert_msg(read_csv(BARE, bad[i].line, strlen(bad[i].line)) == ARGOT_DECODE_BAD, "%s", bad[i].line);
        ck_assert_msg(record.offset == bad[i].offset, "%s: %u", bad[i].line, record.offset);
        ck_assert_str_eq(record.expected, bad[i].expected);
    }
}
END_TEST

START_TEST(names_run_on_to_the_last_column)
{
    char line[400];
    size_t length = 0;
    for (int i = 0; i < 120; i++)
        length += (size_t)sprintf(line + length, "%s%d", i ? "," : "", i);
    ck_assert_int_eq(read_csv(BARE, line, length), ARGOT_DECODED);
    ck_assert_uint_eq(record.columns, 120);
    for (uint32_t i = 0; i < 120; i++) {
        const struct argot_node *node = &record.nodes[record.column_nodes[i]];
        char name[32];
        ck_assert_uint_eq(node->key_length, (uint32_t)sprintf(name, "column_%u", i + 1));
        ck_assert_mem_eq(node->key_at, name, node->key_length);
        ck_assert_uint_eq(node->text_length, (uint32_t)sprintf(name, "%u", i));
        ck_assert_mem_eq(node->text_at, name, node->text_length);
    }
}
END_TEST

START_TEST(columns_are_named_after_the_fact)
{
    static const struct argot_slice more[] = {ARGOT_TEXT("x"), ARGOT_TEXT("_y"), ARGOT_TEXT("z"), ARGOT_TEXT("w")};
    ck_assert_int_eq(read_csv(NAMED, "1,2,3,4,5,,7", 12), ARGOT_DECODED);
    ck_assert_uint_eq(argot_record_name_columns(&record, more, 0), 0);
    expect_tree("a=1\nc=3\ncolumn_4=4\ncolumn_5=5\ncolumn_7=7");
    ck_assert_uint_eq(argot_record_name_columns(&record, more, 3), record.column_nodes[3]);
    expect_tree("a=1\nc=3\nx=4\n_y=5\ncolumn_7=7"); /* the sixth is empty and stays so */
    ck_assert(!record.nodes[record.column_nodes[3]].used);
    ck_assert(record.nodes[record.column_nodes[4]].used);
    ck_assert_uint_eq(argot_record_name_columns(&record, more + 2, 2), record.column_nodes[6]);
    expect_tree("a=1\nc=3\nx=4\n_y=5\nz=7"); /* more names than columns */
    ck_assert_uint_eq(argot_record_name_columns(&record, more, 4), 0);
    expect_tree("a=1\nc=3\nx=4\n_y=5\nz=7");
    ck_assert_uint_eq(record.duplicates, 0);
}
END_TEST

START_TEST(a_later_name_may_repeat_or_free_an_earlier)
{
    static const struct argot_slice own[] = {ARGOT_TEXT("a"), ARGOT_TEXT("column_3"), ARGOT_TEXT("c")};
    static const struct argot_csv dialect = {.separator = ',', .columns = {2, own}};
    static const struct argot_slice more[] = {ARGOT_TEXT("b"), ARGOT_TEXT("a"), ARGOT_TEXT("_"), ARGOT_TEXT("_"),
                                              ARGOT_TEXT("b")};
    record_take("1,2,3,4,5,6,7", 13);
    ck_assert_int_eq(argot_record_csv(&context, &dialect, text, &record), ARGOT_DECODED);
    ck_assert_uint_eq(record.duplicates, 1);
    ck_assert(record.nodes[record.column_nodes[2]].duplicate); /* column_3 by its number, after one by name */
    ck_assert_uint_ne(argot_record_name_columns(&record, more, 5), 0);
    ck_assert_uint_eq(record.duplicates, 2);
    ck_assert(!record.nodes[record.column_nodes[2]].duplicate);
    ck_assert(record.nodes[record.column_nodes[3]].duplicate && record.nodes[record.column_nodes[6]].duplicate);
    ck_assert(record.nodes[record.column_nodes[4]].used && record.nodes[record.column_nodes[5]].used);
}
END_TEST

START_TEST(columns_have_a_limit)
{
    size_t most = ARGOT_RECORD_MAX_NODES;
    char *line = malloc(2 * most);
    memset(line, ',', 2 * most);
    ck_assert_int_eq(read_csv(BARE, line, most - 1), ARGOT_DECODED); /* empty ones */
    ck_assert_uint_eq(record.columns, most);
    ck_assert_int_eq(read_csv(BARE, line, most), ARGOT_DECODE_BAD);
    ck_assert(record.too_many);
    for (size_t i = 0; i < 2 * most; i += 2)
        line[i] = 'x';
    ck_assert_int_eq(read_csv(BARE, line, 2 * most - 3), ARGOT_DECODED); /* one less, beside the root */
    ck_assert_uint_eq(record.count, most);
    const char *wrong = record_case_check(&record, text, false);
    ck_assert_msg(!wrong, "%s", wrong);
    ck_assert_int_eq(read_csv(BARE, line, 2 * most - 1), ARGOT_DECODE_BAD);
    ck_assert(record.too_many);
    free(line);
}
END_TEST

/* ---- structured data ---- */

static enum argot_decode_status
read_sd(const char *line, size_t length)
{
    record_take(line, length);
    enum argot_decode_status status = argot_record_sd(&context, text, &record);
    ck_assert_mem_eq(copy, line, length);
    return status;
}

static const struct {
    const char *line, *pairs;
} elements[] = {
    {"-", ""},
    {"[id]", ""},
    {"[id ]", ""},
    {"[id a=\"1\"]", "a=1"},
    {"[id a=\"1\" b=\"\"]", "a=1\nb="},
    {"[id  a=\"1\"  ]", "a=1"},
    {"[x@32473 a=\"1\"][y@32473 b=\"2\" a=\"3\"]", "a=1\nb=2\na=3"},
    {"[id a=\"\\\"\\\\\\]\"]", "a=\"\\]"},
    {"[id a=\"\\n\\a\"]", "a=\\n\\a"}, /* a backslash elsewhere stands for itself */
    {"[id a=\"]x[\"]", "a=]x["},
    {"[id a=\"b c=d\"]", "a=b c=d"},
    {"[id a=\"\xc3\xa9\xff\"]", "a=\xc3\xa9\xff"},
    {"[id \xc3\xa9=\"1\"]", "\xc3\xa9=1"},
    {"[id a=\"\\\\\"]", "a=\\"},
};

START_TEST(structured_data_is_read)
{
    ck_assert_int_eq(read_sd(elements[_i].line, strlen(elements[_i].line)), ARGOT_DECODED);
    expect_tree(elements[_i].pairs);
}
END_TEST

static const struct {
    const char *line;
    uint32_t offset;
    const char *expected;
} broken[] = {
    {"", 0, "a `-` or `[`"},
    {"x", 0, "a `-` or `[`"},
    {"--", 1, "the end of the structured data"},
    {"[id] [id]", 4, "the end of the structured data"},
    {"[id]-", 4, "the end of the structured data"},
    {"[", 1, "the name of an element"},
    {"[]", 1, "the name of an element"},
    {"[ id]", 1, "the name of an element"},
    {"[id", 3, "a blank or `]`"},
    {"[id=\"1\"]", 3, "a blank or `]`"},
    {"[id ", 4, "a name or `]`"},
    {"[id =\"1\"]", 4, "a name or `]`"},
    {"[id a]", 5, "a `=`"},
    {"[id a =\"1\"]", 5, "a `=`"},
    {"[id a=1]", 6, "a `\"`"},
    {"[id a=\"1]", 9, "the closing `\"`"},
    {"[id a=\"1\\\"]", 11, "the closing `\"`"},
    {"[id a=\"1\"b=\"2\"]", 9, "a blank or `]`"},
    {"[id a=\"1\"", 9, "a blank or `]`"},
    {"[id\ta=\"1\"]", 3, "a blank or `]`"},
    {"[i\x7f]", 2, "a blank or `]`"},
};

START_TEST(broken_structured_data_is_bad_where_it_breaks)
{
    ck_assert_int_eq(read_sd(broken[_i].line, strlen(broken[_i].line)), ARGOT_DECODE_BAD);
    ck_assert_msg(record.offset == broken[_i].offset, "%u", record.offset);
    ck_assert_str_eq(record.expected, broken[_i].expected);
}
END_TEST

START_TEST(parameters_have_a_limit)
{
    size_t most = ARGOT_RECORD_MAX_NODES, length = 3 + 6 * most + 1;
    char *line = malloc(length + 1);
    memcpy(line, "[id", 3);
    for (size_t i = 0; i < most; i++)
        memcpy(line + 3 + 6 * i, " a=\"1\"", 6);
    line[length - 1] = ']';
    ck_assert_int_eq(read_sd(line, length), ARGOT_DECODE_BAD);
    ck_assert(record.too_many);
    line[length - 7] = ']';
    ck_assert_int_eq(read_sd(line, length - 6), ARGOT_DECODED);
    free(line);
}
END_TEST

/* ---- memory ---- */

static enum argot_decode_status
read_either(int kind, const char *line, size_t length)
{
    return kind ? read_sd(line, length) : read_csv(BARE, line, length);
}

START_TEST(each_allocation_may_fail)
{
    static char line[40000];
    size_t length = (size_t)sprintf(line, "%s", _i ? "[id" : "x");
    for (int i = 0; i < 500; i++)
        length += (size_t)sprintf(line + length, _i ? " k%d=\"\\\"%d\"" : ",\"\"\"%d%d\"", i % 300, i);
    /* More values than texts of that length have. */
    for (int i = 0; i < 3000; i++)
        length += (size_t)sprintf(line + length, _i ? " k=\"1\"" : ",1");
    if (_i)
        line[length++] = ']';
    argot_arena_finish(&arena);
    argot_arena_init(&arena, &seam.seam, 512);
    uint64_t before = seam.allocations;
    ck_assert_int_eq(read_either(_i, line, length), ARGOT_DECODED);
    const char *wrong = record_case_check(&record, text, true);
    ck_assert_msg(!wrong, "%s", wrong);
    uint64_t calls = seam.allocations - before;
    ck_assert_uint_ge(calls, 5);
    for (uint64_t i = 1; i <= calls; i++) {
        argot_arena_finish(&arena);
        seam.fail_allocation = seam.allocations + i;
        ck_assert_int_eq(read_either(_i, line, length), ARGOT_DECODE_NO_MEMORY);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_csv");
    TCase *tcase = tcase_create("csv");
    tcase_add_checked_fixture(tcase, record_set_up, record_tear_down);
    tcase_add_loop_test(tcase, columns_are_read, 0, COUNT(rows));
    tcase_add_test(tcase, broken_quotes_are_bad_where_they_break);
    tcase_add_test(tcase, names_run_on_to_the_last_column);
    tcase_add_test(tcase, columns_are_named_after_the_fact);
    tcase_add_test(tcase, a_later_name_may_repeat_or_free_an_earlier);
    tcase_add_test(tcase, columns_have_a_limit);
    tcase_add_loop_test(tcase, structured_data_is_read, 0, COUNT(elements));
    tcase_add_loop_test(tcase, broken_structured_data_is_bad_where_it_breaks, 0, COUNT(broken));
    tcase_add_test(tcase, parameters_have_a_limit);
    tcase_add_loop_test(tcase, each_allocation_may_fail, 0, 2);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
