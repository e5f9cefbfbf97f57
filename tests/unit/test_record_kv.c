/* SPDX-License-Identifier: Apache-2.0
 * key=value records in each dialect. */
#include <stdio.h>
#include "record_fixture.h"

enum dialect {
    PLAIN,
    DOUBLED, /* quotes in quotes are doubled */
    NO_ESCAPE,
    KEPT,      /* quotes stay */
    UNQUOTED,  /* there are no quotes */
    SINGLE,    /* '…' */
    WRAPPED,   /* <…> */
    TRAILING,  /* a comma behind each value */
    COMMA,     /* `, ` and `=` */
    SEMICOLON, /* `;` and `: ` */
    ARROW,     /* ` | ` and ` => ` */
    SPACED,    /* `;` between pairs, blanks between key and value */
    ALL_BLANK, /* blanks between everything */
    FIRST,     /* begins at SRC */
    LAST,      /* ends with MSG */
    BOTH,
    NO_TEXTS, /* empty separators mean blanks too */
    WRAPPED_COMMA,
    WRAPPED_TRAILING,
};

#define BLANK ARGOT_TEXT(" ")
#define EQUALS ARGOT_TEXT("=")

static const struct argot_kv dialects[] = {
    [PLAIN] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"'},
    [DOUBLED] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .escape = ARGOT_ESCAPE_DOUBLED},
    [NO_ESCAPE] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .escape = ARGOT_ESCAPE_NONE},
    [KEPT] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .keep_quotes = true},
    [UNQUOTED] = {.pair_separator = BLANK, .value_separator = EQUALS},
    [SINGLE] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '\''},
    [WRAPPED] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .wrap = {'<', '>'}},
    [TRAILING] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .trailing = ','},
    [COMMA] = {.pair_separator = ARGOT_TEXT(", "), .value_separator = EQUALS, .quote = '"'},
    [SEMICOLON] = {.pair_separator = ARGOT_TEXT(";"), .value_separator = ARGOT_TEXT(": "), .quote = '"'},
    [ARROW] = {.pair_separator = ARGOT_TEXT(" | "), .value_separator = ARGOT_TEXT(" => "), .quote = '"'},
    [SPACED] = {.pair_separator = ARGOT_TEXT(";"), .value_separator = BLANK, .quote = '"'},
    [ALL_BLANK] = {.pair_separator = BLANK, .value_separator = BLANK, .quote = '"'},
    [FIRST] = {.pair_separator = BLANK, .value_separator = EQUALS, .first_key = ARGOT_TEXT("SRC")},
    [LAST] = {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .last_key = ARGOT_TEXT("MSG")},
    [BOTH] = {.pair_separator = BLANK,
              .value_separator = EQUALS,
              .first_key = ARGOT_TEXT("a"),
              .last_key = ARGOT_TEXT("a")},
    [NO_TEXTS] = {.quote = '"'},
    [WRAPPED_COMMA] = {.pair_separator = ARGOT_TEXT(","), .value_separator = EQUALS, .wrap = {'[', ']'}},
    [WRAPPED_TRAILING] = {.pair_separator = BLANK, .value_separator = EQUALS, .wrap = {'<', '>'}, .trailing = ','},
};

static enum argot_decode_status
read_kv(const struct argot_kv *dialect, const char *line)
{
    static const struct argot_value field;
    size_t length = strlen(line);
    struct argot_kv with_words = *dialect;
    with_words.bare_words = &field;
    record_take(line, length);
    enum argot_decode_status status = argot_record_kv(&context, &with_words, text, &record);
    ck_assert_mem_eq(copy, line, length); /* never changed */
    return status;
}

static const struct {
    enum dialect dialect;
    const char *line, *pairs, *words; /* as record_case_flat writes them; words NULL: none */
} rows[] = {
    {PLAIN, "", "", NULL},
    {PLAIN, " \t\x1d ", "", NULL},
    {PLAIN, "a=1", "a=1", NULL},
    {PLAIN,
     "  a=1\t b=2 \x1d"
     "c=3  ",
     "a=1\nb=2\nc=3", NULL},
    {PLAIN, "a= b=2", "a=\nb=2", NULL},
    {PLAIN, "a=1=2", "a=1=2", NULL},
    {PLAIN, "a==", "a==", NULL},
    {PLAIN, "word a=1 more words b=2 end", "a=1\nb=2", "word more words end"},
    {PLAIN, "word", "", "word"},
    {PLAIN, "=1 a=2", "a=2", "=1"}, /* nothing before the separator */
    {PLAIN, "=", "", "="},
    {PLAIN, "a = 1", "", "a = 1"},
    {PLAIN, "a=\"b c\" d=1", "a=b c\nd=1", NULL},
    {PLAIN, "a=\"\" b=1", "a=\nb=1", NULL},
    {PLAIN, "a=\"b\\\"c\\\\\" d=1", "a=b\"c\\\nd=1", NULL},
    {PLAIN, "a=\"\\n\\t\\x41\\q\"", "a=\n\tA\\q", NULL},
    {PLAIN, "a=\"b", "a=b", NULL}, /* to the end */
    {PLAIN, "a=\"b c=d", "a=b c=d", NULL},
    {PLAIN, "a=\"b\\\"", "a=b\"", NULL},
    {PLAIN, "a=\"b\\", "a=b\\", NULL},
    {PLAIN, "a=\"b\"c d=1", "a=b\nd=1", "c"},
    {PLAIN, "a=\"b\"c=1", "a=b\nc=1", NULL},
    {PLAIN, "a=b\"c d\"", "a=b\"c", "d\""}, /* a quote opens at the begin only */
    {PLAIN, "a=b\\ c", "a=b\\", "c"},       /* escapes hold within quotes only */
    {PLAIN, "a=1 a=2 b=3 a=4", "a=1\na=2\nb=3\na=4", NULL},
    {PLAIN, "\"a b\"=1", "b\"=1", "\"a"},
    {PLAIN, "a=\xff\x80", "a=\xff\x80", NULL},
    {PLAIN, "a=1\n", "a=1\n", NULL}, /* a line end is no blank here */
    {PLAIN, "a='b c'", "a='b", "c'"},

    {DOUBLED, "a=\"b \"\"c\"\" d\" e=1", "a=b \"c\" d\ne=1", NULL},
    {DOUBLED, "a=\"b\\\" c=1", "a=b\\\nc=1", NULL},
    {DOUBLED, "a=\"\"\"\" b=1", "a=\"\nb=1", NULL},
    {DOUBLED, "a=\"\"\"", "a=\"", NULL},
    {NO_ESCAPE, "a=\"b\\\" c=1", "a=b\\\nc=1", NULL},
    {NO_ESCAPE, "a=\"b\"\"c\" d=1", "a=b\nd=1", "\"c\""},
    {KEPT, "a=\"b c\" d=e f=\"\\\"\"", "a=\"b c\"\nd=e\nf=\"\\\"\"", NULL},
    {KEPT, "a=\"b c", "a=\"b c", NULL},
    {UNQUOTED, "a=\"b c\"", "a=\"b", "c\""},
    {SINGLE, "a='b c' d=\"e\"", "a=b c\nd=\"e\"", NULL},
    {SINGLE, "a='b\\'c'", "a=b'c", NULL},

    {WRAPPED, "a=<b c> d=<> e=f", "a=b c\nd=\ne=f", NULL},
    {WRAPPED, "a=<b>c> d=1", "a=b>c\nd=1", NULL}, /* the first that may end a pair */
    {WRAPPED, "a=<b c", "a=<b", "c"},
    {WRAPPED, "a=<b d=<c>", "a=b d=<c", NULL},
    {WRAPPED, "a=x<b c>", "a=x<b", "c>"},
    {WRAPPED, "a=<b>", "a=b", NULL},
    {WRAPPED_COMMA, "a=[1,2],b=[3] , c=[4]", "a=1,2\nb=3\nc=4", NULL},
    {WRAPPED_COMMA, "a=[1]x,b=[2]", "a=1]x,b=[2", NULL},
    {WRAPPED_TRAILING, "a=<b c>, d=<e>f>,", "a=b c\nd=e>f", NULL},
    {WRAPPED_TRAILING, "a=<b>,c d=1,", "a=<b>,c\nd=1", NULL},
    {COMMA, " , =x , = , a=1", "a=1", "=x ="},
    {TRAILING, "a=1, b=\"x y\", c=2", "a=1\nb=x y\nc=2", NULL},
    {TRAILING, "a=1,2, b=,", "a=1,2\nb=", NULL},
    {TRAILING, "a=,,", "a=,", NULL}, /* one only */

    {COMMA, "a=b c, d=e , f=g", "a=b c\nd=e\nf=g", NULL},
    {COMMA, " a = b , c", "a=b", "c"},
    {COMMA, "a=1,2, b=3", "a=1,2\nb=3", NULL},
    {COMMA, "a=, b=1", "a=\nb=1", NULL},
    {COMMA, ", , a=1, ", "a=1", NULL},
    {COMMA, "two words, a=1", "a=1", "two words"},
    {COMMA, "a=\"b, c\", d=1", "a=b, c\nd=1", NULL},
    {SEMICOLON, "a: b; c d: e;f: ", "a=b\nc d=e\nf=", NULL},
    {SEMICOLON, "a:b;c: d", "c=d", "a:b"},
    {SEMICOLON, "a: http://x/;b: ;;c: 1", "a=http://x/\nb=\nc=1", NULL},
    {ARROW, "a => 1 | b =>  | c => x y", "a=1\nb=\nc=x y", NULL},
    {ARROW, "a => 1|2 | b", "a=1|2", "b"},
    {SPACED, "user alice; tty pts/0 ;x;y  z", "user=alice\ntty=pts/0\ny=z", "x"},
    {SPACED, "cmd  a b c", "cmd=a b c", NULL},
    {SPACED, "cmd \"a;b\" ; x 1", "cmd=a;b\nx=1", NULL},
    {ALL_BLANK, "a 1 b 2", "a=1\nb=2", NULL},
    {ALL_BLANK, "a  \"x y\"\tb 2", "a=x y\nb=2", NULL},
    {ALL_BLANK, "a 1 b", "a=1", "b"},
    {NO_TEXTS, "a 1 b 2", "a=1\nb=2", NULL},

    {FIRST, "IN=eth0 kernel: text SRC=192.0.2.1 DST=192.0.2.2", "SRC=192.0.2.1\nDST=192.0.2.2", NULL},
    {FIRST, "SRC=1 SRC=2", "SRC=1\nSRC=2", NULL},
    {FIRST, "XSRC=1 SRC=2", "SRC=2", NULL},
    {FIRST, "SRC SRCS=0 SRC=2", "SRC=2", NULL},
    {LAST, "a=1 MSG=the rest b=2 \"c\" ", "a=1\nMSG=the rest b=2 \"c\" ", NULL},
    {LAST, "MSG=", "MSG=", NULL},
    {LAST, "XMSG=1 b=2", "XMSG=1\nb=2", NULL},
    {LAST, "MSG=\"quoted\"", "MSG=\"quoted\"", NULL},
    {BOTH, "x a=b c", "a=b c", NULL},
};

START_TEST(pairs_are_read_as_their_dialect_says)
{
    ck_assert_int_eq(read_kv(&dialects[rows[_i].dialect], rows[_i].line), ARGOT_DECODED);
    record_expect_good();
    record_case_flat(&record, &out);
    argot_buffer_append_byte(&out, 0);
    ck_assert_str_eq((const char *)out.bytes, rows[_i].pairs);
    struct argot_slice words = record.bare_words;
    ck_assert_int_eq(words.at != NULL, rows[_i].words != NULL);
    if (!words.at)
        return;
    ck_assert_uint_eq(words.length, strlen(rows[_i].words));
    ck_assert_mem_eq(words.at, rows[_i].words, words.length);
}
END_TEST

START_TEST(a_missing_first_key_is_bad)
{
    static const char *const lines[] = {"", "a=1", "XSRC=1", "SRC", "SRC 1", "x=SRC=1", "\"SRC=1\"", "SRCSRC=1"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        ck_assert_msg(read_kv(&dialects[FIRST], lines[i]) == ARGOT_DECODE_BAD, "%s", lines[i]);
        ck_assert_uint_eq(record.offset, 0);
        ck_assert_str_eq(record.expected, "the first key");
    }
}
END_TEST

START_TEST(pairs_have_a_limit)
{
    size_t length = (size_t)ARGOT_RECORD_MAX_NODES * 4;
    char *line = malloc(length + 1);
    for (size_t i = 0; i < length; i += 4)
        memcpy(line + i, "a=1 ", 4);
    line[length] = 0;
    ck_assert_int_eq(read_kv(&dialects[PLAIN], line), ARGOT_DECODE_BAD); /* with the root one too many */
    ck_assert(record.too_many);
    line[length - 4] = 0;
    ck_assert_int_eq(read_kv(&dialects[PLAIN], line), ARGOT_DECODED);
    const char *wrong = record_case_check(&record, text, false);
    ck_assert_msg(!wrong, "%s", wrong);
    ck_assert_uint_eq(record.duplicates, ARGOT_RECORD_MAX_NODES - 2);
    free(line);
}
END_TEST

/* Texts in which a careless reader would look for the same thing again and again. */
START_TEST(hostile_lines_take_linear_time)
{
    static const char *const units[] = {"a=<", "a=\"", "=", "a=<b>c ", "SRC", "a= <", ", ", "a => ", "\\\"", "SRC "};
    size_t length = (size_t)1 << 18;
    char *line = malloc(length + 1);
    for (size_t i = 0; i < length; i++)
        line[i] = units[_i][i % strlen(units[_i])];
    line[length] = 0;
    for (size_t i = 0; i < COUNT(dialects); i++)
        read_kv(&dialects[i], line);
    free(line);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    static char line[20000];
    size_t length = 0;
    for (int i = 0; i < 500; i++)
        length += (size_t)sprintf(line + length, "word%d k%d=\"x\\n%d\" ", i, i % 300, i);
    for (int i = 0; i < 1000; i++)
        length += (size_t)sprintf(line + length, "k=1 "); /* more pairs than texts of that length have */
    argot_arena_finish(&arena);
    argot_arena_init(&arena, &seam.seam, 512);
    uint64_t before = seam.allocations;
    ck_assert_int_eq(read_kv(&dialects[PLAIN], line), ARGOT_DECODED);
    record_expect_good();
    uint64_t calls = seam.allocations - before;
    ck_assert_uint_ge(calls, 5);
    for (uint64_t i = 1; i <= calls; i++) {
        argot_arena_finish(&arena);
        seam.fail_allocation = seam.allocations + i;
        ck_assert_int_eq(read_kv(&dialects[PLAIN], line), ARGOT_DECODE_NO_MEMORY);
    }
}
END_TEST

/* Random lines: whatever they are, the tree hangs together, and nothing of the line is lost or seen twice where there
 * are no quotes. */
START_TEST(random_lines_are_trees)
{
    uint64_t state = 17;
    for (int round = 0; round < 100000; round++) {
        char line[64];
        size_t length = test_random(&state) % sizeof line;
        for (size_t i = 0; i < length; i++)
            line[i] = "ab= \"\\<>,;:|SRC\t[]x'"[test_random(&state) % 21];
        line[length ? length - 1 : 0] = 0;
        enum dialect dialect = (enum dialect)(test_random(&state) % COUNT(dialects));
        if (read_kv(&dialects[dialect], line) == ARGOT_DECODED)
            record_expect_good();
        if (dialect != UNQUOTED)
            continue;
        size_t seen = record.bare_words.length, plain = 0, blanks = 0;
        for (uint32_t i = 1; i < record.count; i++)
            seen += record.nodes[i].key_length + 1 + record.nodes[i].text_length;
        for (uint32_t i = 0; i < record.bare_words.length; i++)
            blanks += record.bare_words.at[i] == ' ';
        for (const char *at = line; *at; at++)
            plain += *at != ' ' && *at != '\t';
        ck_assert_msg(seen - blanks == plain, "%s", line);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_kv");
    TCase *tcase = tcase_create("kv");
    tcase_add_checked_fixture(tcase, record_set_up, record_tear_down);
    tcase_add_loop_test(tcase, pairs_are_read_as_their_dialect_says, 0, COUNT(rows));
    tcase_add_test(tcase, a_missing_first_key_is_bad);
    tcase_add_test(tcase, pairs_have_a_limit);
    tcase_add_loop_test(tcase, hostile_lines_take_linear_time, 0, 10);
    tcase_add_test(tcase, each_allocation_may_fail);
    tcase_add_test(tcase, random_lines_are_trees);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
