/* SPDX-License-Identifier: Apache-2.0
 * The text of rule files: what tokens and trees come out, where mistakes are told, what the limits are, and that no
 * failing allocation does harm. */
#include "grammar/codes.h"
#include "grammar/limits.h"
#include "grammar/parse.h"
#include "rule_dump.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

static struct argot_test_seam seam;
static struct argot_arena arena;
static struct argot_buffer out;
static struct argot_diagnostics all;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, 0);
    argot_buffer_init(&out, &seam.seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static struct argot_ast_file *
parse(const char *source, size_t length)
{
    argot_diagnostics_init(&all, &arena, "t.rule", argot_arena_copy(&arena, source, length), length);
    return argot_parse_file(&all);
}

static struct argot_ast_file *
parse_text(const char *source)
{
    return parse(source, strlen(source));
}

/* The condition of a let. */
static const char *
dump(const char *condition)
{
    char *source = argot_arena_printf(&arena, "let x = A where %s", condition);
    struct argot_ast_file *file = parse_text(source);
    ck_assert_ptr_nonnull(file);
    if (all.errors)
        return all.first->text;
    out.length = 0;
    rule_dump_expr(file->decls->event->where, &out);
    argot_buffer_append_byte(&out, '\0');
    return (const char *)out.bytes;
}

static const struct {
    const char *source, *tree;
} values[] = {
    {"\"a\\\"\\\\\\n\\r\\t\\x41\"", "(text \"a\\x22\\x5c\\x0a\\x0d\\x09A\")"},
    {"\"x\"i", "(text-i \"x\")"},
    {"'C:\\new'i", "(text-i \"C:\\x5cnew\")"},
    {"\"\xc3\xa9#\"", "(text \"\xc3\xa9#\")"},
    {"''", "(text \"\")"},
    {"42", "(int 42)"},
    {"0x1F", "(int 31)"},
    {"18446744073709551615", "(int 18446744073709551615)"},
    {"18446744073709551616", "whole numbers end at 18446744073709551615"},
    {"1.5", "(float 1.5)"},
    {"1e9", "(float 1000000000)"},
    {"2.5E-1", "(float 0.25)"},
    {"15m", "(duration 900000000000)"},
    {"1h30m", "(duration 5400000000000)"},
    {"500ms", "(duration 500000000)"},
    {"1w2d3h4m5s6ms7us8ns", "(duration 788645006007008)"},
    {"1m1h", "the units of a duration go from large to small"},
    {"300000w", "durations end at 292 years"},
    {"500MB", "(size 500000000)"},
    {"64KiB", "(size 65536)"},
    {"16PiB", "(size 18014398509481984)"},
    {"99999PiB", "this size does not fit 64 bits"},
    {"5x", "this is no number, duration or size"},
    {"1.2.3", "this is no number, duration or size"},
    {"10.0.0.1", "(address 00000000000000000000ffff0a000001/128v4)"},
    {"10.0.0.0/8", "(network 00000000000000000000ffff0a000000/104v4)"},
    {"2001:db8::1", "(address 20010db8000000000000000000000001/128)"},
    {"::", "(address 00000000000000000000000000000000/128)"},
    {"::ffff:10.0.0.1", "(address 00000000000000000000ffff0a000001/128)"},
    {"dead:beef::/32", "(network deadbeef000000000000000000000000/32)"},
    {"10.0.0.256", "this is no address of IPv4 or IPv6"},
    {"10:20:30", "this is no address of IPv4 or IPv6"},
    {"10.0.0.0/33", "a network of IPv4 has at most 32 bits"},
    {"::/129", "a network of IPv6 has at most 128 bits"},
    {"true", "(bool 1)"},
    {"a.b.`c.d`.t1110.001", "(name \"a\" \"b\" \"c.d\" \"t1110\" \"001\")"},
    {"`where`", "(name \"where\")"},
    {"alert.count", "(name \"alert\" \"count\")"},
    {"log.in", "(name \"log\" \"in\")"},
    {"f[0]", "(index 0 (name \"f\"))"},
};

START_TEST(values_are_read_as_spelled) { ck_assert_str_eq(dump(values[_i].source), values[_i].tree); }
END_TEST

static const struct {
    const char *source, *tree;
} expressions[] = {
    {"a or b and c or d", "(or (name \"a\") (and (name \"b\") (name \"c\")) (name \"d\"))"},
    {"a and (b and c)", "(and (name \"a\") ((and (name \"b\") (name \"c\"))))"},
    {"(a and b) and c", "(and ((and (name \"a\") (name \"b\"))) (name \"c\"))"},
    {"not a == b", "(not (== (name \"a\") (name \"b\")))"},
    {"not not a", "(not (not (name \"a\")))"},
    {"not in_list", "(not (name \"in_list\"))"},
    {"a not\n\tin [1]", "(not-in (name \"a\") (list (int 1)))"},
    {"a != -b", "(not-== (name \"a\") (negate (name \"b\")))"},
    {"a - b - c", "(- (- (name \"a\") (name \"b\")) (name \"c\"))"},
    {"a / b * c % d", "(% (* (/ (name \"a\") (name \"b\")) (name \"c\")) (name \"d\"))"},
    {"a + b * c > d", "(> (+ (name \"a\") (* (name \"b\") (name \"c\"))) (name \"d\"))"},
    {"a is not null", "(not-is-null (name \"a\"))"},
    {"a like /x\\/[y]\\\\/ims", "(like (name \"a\") (regex-i-m-s \"x/[y]\\x5c\\x5c\"))"},
    {"a like any [/x/, \"y\",]", "(like-any (name \"a\") (list-any (regex \"x\") (text \"y\")))"},
    {"a contains all b", "(contains-all (name \"a\") (name-all \"b\"))"},
    {"a not ends lower(b)", "(not-ends (name \"a\") (call \"lower\" (name \"b\")))"},
    {"f(/x/)", "`/` stands where `*`, `)` or an expression is due"}, /* opens only behind like, [ and , */
    {"f(a, /x/)", "(call \"f\" (name \"a\") (regex \"x\"))"},
    {"f()", "(call \"f\")"},
    {"a in 10.0.0.0/8", "(in (name \"a\") (network 00000000000000000000ffff0a000000/104v4))"},
    {"a == b == c", "`==` stands where the end of the file, `(`, `[`, an operator or a declaration is due"},
};

START_TEST(expressions_bind_as_the_language_says)
{
    ck_assert_str_eq(dump(expressions[_i].source), expressions[_i].tree);
}
END_TEST

static const struct {
    const char *source;
    unsigned code, line, column;
    const char *hint; /* NULL: none */
} mistakes[] = {
    {"rule a { match A where x = 1 }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 26, NULL},
    {"rule a { match A where x == 1 || y }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 31, NULL},
    {"rule a { match A where !x }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 24, NULL},
    {"rule a { match A where x in (1, 2) }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 29, NULL},
    {"rule a { match A where x like any (\"y\") }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 35, NULL},
    {"// x", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 1, NULL},
    {"-- x", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 1, NULL},
    {"rule a { match A where x <> 1 }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 26, NULL},
    {"rule a { match A where x =~ /a/ }", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 26, NULL},
    {"rule a { match A where x == null }", ARGOT_CODE_RULE_NULL, 1, 24, NULL},
    {"rule a { severty high }", ARGOT_CODE_RULE_SYNTAX, 1, 10, "did you mean `severity`?"},
    {"rule a { match A WHERE x }", ARGOT_CODE_RULE_SYNTAX, 1, 18, "keywords are written in lower case: `where`"},
    {"rule a { timeframe 5m }", ARGOT_CODE_RULE_SYNTAX, 1, 10, "write `within`"},
    {"rule a { title Foo }", ARGOT_CODE_RULE_SYNTAX, 1, 16, "a text stands in quotes: \"Foo\""},
    {"rule log { }", ARGOT_CODE_RULE_SYNTAX, 1, 6, "`log` is a reserved word; as a name it stands in backquotes"},
    {"rule a { tags b-c }", ARGOT_CODE_RULE_SYNTAX, 1, 16,
     "a tag with a dash stands in quotes, a name with one in backquotes"},
    {"rule a { severity: high }", ARGOT_CODE_RULE_SYNTAX, 1, 18, "no colon stands behind a keyword"},
    {"rule a {\nrule b { }", ARGOT_CODE_RULE_SYNTAX, 2, 1, "a } is missing before this"},
    {"rule a { match A when count > 5 in 2m }", ARGOT_CODE_RULE_SYNTAX, 1, 33, "a window is written `within`"},
    {"rule a { sequence { first A } }", ARGOT_CODE_RULE_SYNTAX, 1, 19, "say how long it may take: `within 5m {`"},
    {"rule a { rearm after 10 }", ARGOT_CODE_RULE_SYNTAX, 1, 22, "a duration has a unit: `10s`, `10m`"},
    {"rule \"a\" { }", ARGOT_CODE_RULE_SYNTAX, 1, 6, NULL},
    {"rule a { severity \"high\" }", ARGOT_CODE_RULE_SYNTAX, 1, 19, NULL},
    {"let a == A", ARGOT_CODE_RULE_OTHER_LANGUAGE, 1, 7, NULL},
    {"let a = A where x == \"y", ARGOT_CODE_RULE_TEXT_OPEN, 1, 22, NULL},
    {"let a = A where `y", ARGOT_CODE_RULE_TEXT_OPEN, 1, 17, NULL},
    {"let a = A where x like /y", ARGOT_CODE_RULE_TEXT_OPEN, 1, 24, NULL},
    {"let a = A where x == \"\xff\"", ARGOT_CODE_RULE_BYTES, 1, 23, NULL},
    {"let a = A where x == \"\\q\"", ARGOT_CODE_RULE_ESCAPE, 1, 23,
     "write \\\\ for a backslash, or put the text in '…', which has no escapes"},
    {"let a = A where x == \xe2\x80\x9cy\"", ARGOT_CODE_RULE_BYTE, 1, 22, "texts stand in plain quotes: \"…\" or '…'"},
    {"let a = A where x == ``", ARGOT_CODE_RULE_BYTE, 1, 22, NULL},
    {"let a = A where x like /y/g", ARGOT_CODE_RULE_FLAG, 1, 27, NULL},
};

START_TEST(mistakes_are_told_once_with_their_place_and_a_way_out)
{
    parse_text(mistakes[_i].source);
    ck_assert_uint_ge(all.errors, 1);
    const struct argot_diagnostic *first = all.first;
    ck_assert_uint_eq(first->code, mistakes[_i].code);
    ck_assert_uint_eq(first->span.line, mistakes[_i].line);
    ck_assert_uint_eq(first->span.column, mistakes[_i].column);
    if (mistakes[_i].hint)
        ck_assert_str_eq(first->hint ? first->hint : "none", mistakes[_i].hint);
}
END_TEST

START_TEST(several_mistakes_of_a_file_are_told)
{
    parse_text(
        "rule a {\n  severty high\n  match A where (x\n  title 5\n  note \"fine\"\n}\n"
        "let = B\nrule c {\n  sequence within 5m { first }\n  keep x\n}\ntest d {\n  at 5 end\n  expect no alert\n}\n");
    static const uint32_t lines[] = {2, 4, 7, 9, 10, 13};
    const struct argot_diagnostic *one = all.first;
    for (size_t i = 0; i < COUNT(lines); i++, one = one->next) {
        ck_assert_ptr_nonnull(one);
        ck_assert_uint_eq(one->span.line, lines[i]);
    }
    ck_assert_ptr_null(one);
}
END_TEST

START_TEST(syntax_errors_have_a_limit)
{
    char source[4000] = "";
    for (unsigned i = 0; i < 100; i++)
        strcat(source, "rule a { title 1 } let b = A\n");
    parse_text(source);
    ck_assert_uint_eq(all.errors, ARGOT_RULE_MAX_SYNTAX_ERRORS + 1);
    ck_assert_str_eq(all.last->text, "too many syntax errors: the rest of the file is not read");
}
END_TEST

/* `before` n times, `middle`, `after` n times. */
static const char *
nested(const char *before, const char *middle, const char *after, size_t n)
{
    struct argot_buffer text;
    argot_buffer_init(&text, &seam.seam);
    for (size_t i = 0; i < n; i++)
        argot_buffer_append_text(&text, before);
    argot_buffer_append_text(&text, middle);
    for (size_t i = 0; i < n; i++)
        argot_buffer_append_text(&text, after);
    char *copy = argot_arena_copy(&arena, (char *)text.bytes, text.length);
    argot_buffer_finish(&text);
    return copy;
}

START_TEST(depth_has_a_limit)
{
    static const char *const deep = "an expression is at most 100 levels deep (chains of `and` and `or` are one level)";
    ck_assert_str_eq(dump(nested("not ", "a", "", ARGOT_RULE_MAX_DEPTH)), deep);
    ck_assert_str_ne(dump(nested("not ", "a", "", ARGOT_RULE_MAX_DEPTH - 1)), deep);
    ck_assert_str_eq(dump(nested("", "a", " + a", ARGOT_RULE_MAX_DEPTH)), deep);
    ck_assert_str_eq(dump(nested("(", "a", ")", 100000)), "nested too deep to be read");
    ck_assert_uint_eq(all.errors, 1);
    dump(nested("", "a", " and a", 100000));
    ck_assert_uint_eq(all.errors, 0);
}
END_TEST

START_TEST(tokens_and_lengths_have_limits)
{
    parse_text(nested("let a = A\n", "", "", ARGOT_RULE_MAX_TOKENS / 4));
    ck_assert_uint_eq(all.errors, 0);
    parse_text(nested("let a = A\n", "", "", ARGOT_RULE_MAX_TOKENS / 4 + 1));
    ck_assert_uint_eq(all.errors, 1);
    ck_assert_uint_eq(all.first->code, ARGOT_CODE_RULE_SIZE);
    dump(argot_arena_printf(&arena, "x == \"%s\"", nested("y", "", "", ARGOT_RULE_MAX_TEXT)));
    ck_assert_uint_eq(all.first->code, ARGOT_CODE_RULE_SIZE);
}
END_TEST

/* Whichever allocation fails, and all after it: nothing leaks, and no tree comes out that misses something. */
START_TEST(without_memory_there_is_no_tree)
{
    static const char source[] =
        "# c\nlist l = [1, \"a\"]\nrule a {\n  match A, B where x == \"y\" and z in [1, 2] by a?, b as c\n"
        "  when count >= 5 within 2m\n}\nrule b { sequence within 1m { first c = 5 * A within 1s\n"
        "  then no B within 2s } }\ntest a { at 0s A { x: 1 } expect no alert }\n";
    bool whole = false;
    for (size_t i = 1; !whole; i++) {
        argot_arena_finish(&arena);
        argot_arena_init(&arena, &seam.seam, 16);
        argot_diagnostics_init(&all, &arena, "t.rule", source, sizeof source - 1);
        seam.fail_allocation = seam.allocations + i;
        seam.fail_for_good = true;
        const struct argot_ast_file *file = argot_parse_file(&all);
        seam.fail_allocation = 0;
        whole = file && all.errors == 0;
        ck_assert(!file || whole || all.errors > 0);
        ck_assert_uint_lt(i, 10000);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rule_parse");
    TCase *cases = tcase_create("rule_parse");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, values_are_read_as_spelled, 0, COUNT(values));
    tcase_add_loop_test(cases, expressions_bind_as_the_language_says, 0, COUNT(expressions));
    tcase_add_loop_test(cases, mistakes_are_told_once_with_their_place_and_a_way_out, 0, COUNT(mistakes));
    tcase_add_test(cases, several_mistakes_of_a_file_are_told);
    tcase_add_test(cases, syntax_errors_have_a_limit);
    tcase_add_test(cases, depth_has_a_limit);
    tcase_add_test(cases, tokens_and_lengths_have_limits);
    tcase_add_test(cases, without_memory_there_is_no_tree);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
