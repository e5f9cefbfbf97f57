/* SPDX-License-Identifier: Apache-2.0
 * runtime/yaml: trees, places, limits, and what is refused. */
#include "base/codes.h"
#include "test_seam.h"
#include "yaml/yaml.h"
#include <stdio.h>
#include "test_case.h"

static struct argot_test_seam seam;
static struct argot_arena arena;
static struct argot_diagnostics diagnostics;
static struct argot_buffer out;

static void
setup(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, 0);
    argot_buffer_init(&out, &seam.seam);
}

static void
teardown(void)
{
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static struct argot_yaml *
parse_bytes(const char *bytes, size_t length)
{
    char *copy = argot_arena_copy(&arena, bytes, length);
    argot_diagnostics_init(&diagnostics, &arena, "t.yaml", copy, length);
    return argot_yaml_parse(&diagnostics);
}

static struct argot_yaml *
parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static struct argot_yaml *
parse_good(const char *text)
{
    struct argot_yaml *root = parse(text);
    ck_assert_msg(root != NULL, "%s: %s", text, diagnostics.first ? diagnostics.first->text : "?");
    ck_assert_uint_eq(diagnostics.errors, 0);
    return root;
}

/* The first error has this code and stands there. */
static void
refused(const char *text, unsigned code, unsigned line, unsigned column)
{
    ck_assert_ptr_null(parse(text));
    ck_assert_ptr_nonnull(diagnostics.first);
    ck_assert_msg(diagnostics.first->code == code, "%s: %u %s", text, diagnostics.first->code, diagnostics.first->text);
    ck_assert_uint_eq(diagnostics.first->span.line, line);
    ck_assert_uint_eq(diagnostics.first->span.column, column);
}

static void
is_json(const char *text, bool typed, const char *wanted)
{
    out.length = 0;
    argot_yaml_print_json(parse_good(text), typed, &out);
    argot_buffer_append_byte(&out, '\0');
    ck_assert_str_eq((const char *)out.bytes, wanted);
}

static void
stands_at(const struct argot_yaml *node, unsigned line, unsigned column, unsigned length)
{
    ck_assert_uint_eq(node->span.line, line);
    ck_assert_uint_eq(node->span.column, column);
    ck_assert_uint_eq(node->span.length, length);
}

/* ---- trees ---- */

START_TEST(maps_and_lists_keep_their_order)
{
    is_json("z: [1, two, 'x']\na:\n  - {k: v}\n  - []\n", false,
            "{\"z\":[\"1\",\"two\",\"x\"],\"a\":[{\"k\":\"v\"},[]]}");
}
END_TEST

START_TEST(every_scalar_is_text_whatever_it_looks_like)
{
    is_json("[401, 1.5, true, null, ~, 2001-01-01, 0x1f, yes]", false,
            "[\"401\",\"1.5\",\"true\",\"null\",\"~\",\"2001-01-01\",\"0x1f\",\"yes\"]");
}
END_TEST

START_TEST(typed_json_has_numbers_and_words_of_plain_scalars_only)
{
    is_json(
        "[401, '401', -1.5e3, 007, 1., .5, 1e, true, 'true', null, ~, 0x1f, +1, yes, -, 0]", true,
        "[401,\"401\",-1.5e3,\"007\",\"1.\",\".5\",\"1e\",true,\"true\",null,null,\"0x1f\",\"+1\",\"yes\",\"-\",0]");
}
END_TEST

START_TEST(json_escapes_quotes_backslashes_and_control_bytes)
{
    is_json("\"a\\\"b\\\\c\\td\\x01\\u00fc\"", false, "\"a\\\"b\\\\c\\u0009d\\u0001\xc3\xbc\"");
}
END_TEST

START_TEST(a_key_without_a_value_is_an_empty_plain_text)
{
    const struct argot_yaml *root = parse_good("a:\nb: ''\n");
    const struct argot_yaml *a = argot_yaml_get(root, "a"), *b = argot_yaml_get(root, "b");
    ck_assert(a->plain && a->length == 0 && *a->text == '\0');
    ck_assert(!b->plain && b->length == 0);
}
END_TEST

START_TEST(keys_are_found_with_their_nodes)
{
    const struct argot_yaml *root = parse_good("one: 1\n'two': 2\n");
    ck_assert_str_eq(argot_yaml_get(root, "two")->text, "2");
    stands_at(argot_yaml_key(root, "two"), 2, 1, 5);
    ck_assert_ptr_null(argot_yaml_get(root, "three"));
    ck_assert_ptr_null(argot_yaml_get(argot_yaml_get(root, "one"), "x"));
    ck_assert_ptr_null(argot_yaml_key(NULL, "x"));
}
END_TEST

START_TEST(aliases_stand_for_their_anchors)
{
    is_json("a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n? *x\n: e\n", false,
            "{\"a\":{\"k\":[\"1\"]},\"b\":{\"k\":[\"1\"]},\"c\":\"2\",\"d\":\"2\",\"2\":\"e\"}");
}
END_TEST

/* ---- places ---- */

START_TEST(spans_count_bytes_from_one)
{
    const struct argot_yaml *root = parse_good("# \xc3\xbc\n\xc3\xbc: [\xe2\x82\xac, 'b', \"c d\"]\r\n");
    const struct argot_yaml *list = root->items[0];
    stands_at(root->keys[0], 2, 1, 2);
    stands_at(list, 2, 5, 1);
    stands_at(list->items[0], 2, 6, 3);
    stands_at(list->items[1], 2, 11, 3);
    stands_at(list->items[2], 2, 16, 5);
}
END_TEST

START_TEST(a_byte_order_mark_counts_as_bytes_of_its_line)
{
    const struct argot_yaml *root = parse_good("\xef\xbb\xbf"
                                               "a: b\nc: d\n");
    stands_at(root->keys[0], 1, 4, 1);
    stands_at(root->items[0], 1, 7, 1);
    stands_at(root->items[1], 2, 4, 1);
}
END_TEST

START_TEST(only_a_newline_ends_a_line_of_a_span)
{
    /* libyaml breaks lines at U+2028 too. */
    const struct argot_yaml *root = parse_good("a: 'x\xe2\x80\xa8y'\nb: c\n");
    stands_at(root->items[0], 1, 4, 7);
    stands_at(root->items[1], 2, 4, 1);
}
END_TEST

START_TEST(spans_skip_anchors_and_end_with_their_line)
{
    const struct argot_yaml *root = parse_good("a: &x   'b'\nc: \"d\n  e\"\nf: &y # z\n  g\n");
    stands_at(root->items[0], 1, 9, 3);
    ck_assert(root->items[0]->verbatim);
    stands_at(root->items[1], 2, 4, 2);
    stands_at(root->items[2], 5, 3, 1);
}
END_TEST

struct verbatim_case {
    const char *text;
    bool verbatim;
    uint32_t offset;
};

static const struct verbatim_case verbatim_cases[] = {
    {"k: a b", true, 0},
    {"k: a b # c", true, 0},
    {"k: 'a \"b'", true, 1},
    {"k: \"a 'b\"", true, 1},
    {"k: ''", true, 1},
    {"k: \"\"", true, 1},
    {"k: 'it''s'", false, 1},
    {"k: ''''''", false, 1},
    {"k: \"a\\tb\"", false, 1},
    {"k: \"\\\\\\\\\\\\\"", false, 1}, /* begins like its value, but is longer */
    {"k: \"\\x41\"", false, 1},
    {"k: a\n  b", false, 0},
    {"k: 'a\n  b'", false, 1},
    {"k: 'a\n\n  b'", false, 1},
    {"k: \xc3\xbc\xc3\xbc", true, 0},
    {"k: &x a", true, 0},
};

START_TEST(a_scalar_is_verbatim_when_its_bytes_stand_in_the_line)
{
    const struct verbatim_case *each = &verbatim_cases[_i];
    const struct argot_yaml *node = argot_yaml_get(parse_good(each->text), "k");
    ck_assert_msg(node->verbatim == each->verbatim, "%s", each->text);
    ck_assert_uint_eq(node->text_offset, each->offset);
    if (node->verbatim)
        ck_assert_mem_eq(each->text + node->span.column - 1 + node->text_offset, node->text, node->length);
}
END_TEST

START_TEST(a_literal_block_tells_where_its_lines_begin)
{
    const struct argot_yaml *root =
        parse_good("a:\n  b: |-  # c\n      one\n        two\n  d: |2\n\n      x\n  e: >\n    f\n");
    const struct argot_yaml *b = argot_yaml_get(root->items[0], "b"), *d = argot_yaml_get(root->items[0], "d");
    const struct argot_yaml *e = argot_yaml_get(root->items[0], "e");
    ck_assert_str_eq(b->text, "one\n  two");
    stands_at(b, 2, 6, 2);
    ck_assert(!b->verbatim && !b->plain);
    ck_assert_uint_eq(b->block_line, 3);
    ck_assert_uint_eq(b->block_column, 7);
    ck_assert_str_eq(d->text, "\n  x\n");
    ck_assert_uint_eq(d->block_line, 6);
    ck_assert_uint_eq(d->block_column, 5);
    stands_at(e, 8, 6, 1);
    ck_assert_uint_eq(e->block_line, 0);
}
END_TEST

START_TEST(an_empty_block_has_no_lines)
{
    const struct argot_yaml *root = parse_good("a: |\nb: |+\n\n\nc: d\n");
    ck_assert_uint_eq(root->items[0]->block_line, 0);
    ck_assert_uint_eq(root->items[1]->block_line, 0);
    ck_assert_str_eq(root->items[1]->text, "\n\n");
}
END_TEST

/* `k` has these bytes. */
static const struct {
    const char *text, *bytes;
} extent_cases[] = {
    {"k: a b  # c\n", "a b"},
    {"k: 'a'\n", "'a'"},
    {"k: a\n  b\nl: c\n", "a\n  b"},
    {"j: 1\nk: {a: 1,\n    b: [2]} # c\nl: 1\n", "{a: 1,\n    b: [2]}"},
    {"{k: [{a: 1}, b], l: 1}", "[{a: 1}, b]"},
    {"{k: [a: b], l: 1}", "[a: b]"},
    {"k: {}\n", "{}"},
    {"k:\n  a: 1\n  b:\n    - c\n    - {d: e}  # f\n\n# g\nl: 1\n", "a: 1\n  b:\n    - c\n    - {d: e}"},
    {"k:\n- a\n- b\nl: 1\n", "- a\n- b"},
    {"k:\n  a: |\n    b\n    c\n\nl: 1\n", "a: |\n    b\n    c"},
    {"k: >-\n  a\n  b\n", ">-\n  a\n  b"},
    {"k: &x {a: 1}\n", "&x {a: 1}"},
    {"a: &x b\nk:\n  - c\n  - *x\nl: 1\n", "- c\n  - *x"},
    {"k: {\xc3\xbc: \xc3\xbc}\nl: 1\n", "{\xc3\xbc: \xc3\xbc}"},
    {"\xef\xbb\xbfk: {a: b}\r\nl: 1\r\n", "{a: b}"},
};

START_TEST(a_value_has_a_begin_and_an_end)
{
    const char *text = extent_cases[_i].text, *bytes = extent_cases[_i].bytes;
    const struct argot_yaml *node = argot_yaml_get(parse_good(text), "k");
    ck_assert_msg(node->end - node->begin == strlen(bytes) && !memcmp(text + node->begin, bytes, strlen(bytes)),
                  "%s: %.*s", text, (int)(node->end - node->begin), text + node->begin);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *text;
    unsigned code, line, column;
} refused_cases[] = {
    {"a: b: c\n", ARGOT_CODE_YAML_SYNTAX, 1, 5},
    {"a:\n\t- b\n", ARGOT_CODE_YAML_SYNTAX, 2, 1},
    {"\xc3\xbc: [a\n", ARGOT_CODE_YAML_SYNTAX, 2, 1},
    {"a: {b} c\n", ARGOT_CODE_YAML_SYNTAX, 1, 8},
    {"a: 'b\n", ARGOT_CODE_YAML_SYNTAX, 2, 1},
    {"a: %b\n", ARGOT_CODE_YAML_SYNTAX, 1, 4},
    {"a: \"\\q\"\n", ARGOT_CODE_YAML_SYNTAX, 1, 5},
    {"a: 1\nb: 2\n'a': 3\n", ARGOT_CODE_YAML_DUPLICATE, 3, 1},
    {"{a: 1, b: {c: 1, c: 2}}", ARGOT_CODE_YAML_DUPLICATE, 1, 18},
    {"a: &x {b: c}\nd:\n  <<: *x\n", ARGOT_CODE_YAML_MERGE, 3, 3},
    {"a: 1\n---\nb: 2\n", ARGOT_CODE_YAML_DOCUMENTS, 2, 1},
    {"", ARGOT_CODE_YAML_EMPTY, 1, 1},
    {"# only words\n", ARGOT_CODE_YAML_EMPTY, 1, 1},
    {"---\n", ARGOT_CODE_YAML_EMPTY, 1, 1},
    {"{a}: b\n", ARGOT_CODE_YAML_KEY, 1, 1},
    {"[a]: b\n", ARGOT_CODE_YAML_KEY, 1, 1},
    {"? \n: b\n", ARGOT_CODE_YAML_KEY, 1, 2},
    {"a: \"\\0\"\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: \xff\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: \xc3(\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: \xed\xa0\x80\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: \xf4\x90\x80\x80\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: \xe2\x82", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"b: c\na: \x1b[0m\n", ARGOT_CODE_YAML_BYTES, 2, 4},
    {"a: \xef\xbb\xbf\n", ARGOT_CODE_YAML_BYTES, 1, 4},
    {"a: *x\n", ARGOT_CODE_YAML_ALIAS, 1, 4},
    {"a: &x [1, *x]\n", ARGOT_CODE_YAML_ALIAS, 1, 11},
    {"a: !!str b\n", ARGOT_CODE_YAML_TAG, 1, 4},
    {"a: ! b\n", ARGOT_CODE_YAML_TAG, 1, 4},
    {"a: !x!y b\n", ARGOT_CODE_YAML_TAG, 1, 4},
    {"a: !<x\n", ARGOT_CODE_YAML_TAG, 1, 7},
};

START_TEST(what_is_refused_is_marked_where_it_stands)
{
    refused(refused_cases[_i].text, refused_cases[_i].code, refused_cases[_i].line, refused_cases[_i].column);
}
END_TEST

START_TEST(a_nul_byte_is_refused_where_it_stands)
{
    ck_assert_ptr_null(parse_bytes("a: b\0c\n", 7));
    ck_assert_uint_eq(diagnostics.first->code, ARGOT_CODE_YAML_BYTES);
    ck_assert_uint_eq(diagnostics.first->span.column, 5);
}
END_TEST

START_TEST(utf_16_is_refused)
{
    ck_assert_ptr_null(parse_bytes("\xff\xfe"
                                   "a\0:\0 \0b\0",
                                   10));
    ck_assert_uint_eq(diagnostics.first->code, ARGOT_CODE_YAML_BYTES);
}
END_TEST

START_TEST(all_errors_of_structure_are_reported_at_once)
{
    ck_assert_ptr_null(parse("a: 1\na: 2\n<<: 3\n[x]: 4\nb: !t 5\na: 6\n"));
    ck_assert_uint_eq(diagnostics.errors, 5);
    const struct argot_diagnostic *d = diagnostics.last;
    ck_assert_uint_eq(d->code, ARGOT_CODE_YAML_DUPLICATE);
    ck_assert_uint_eq(d->second.line, 1);
}
END_TEST

static const struct {
    const char *text, *hint;
} hint_cases[] = {
    {"line: {a} b\n", "begins with `{`"},
    {"- {a} b\n", "begins with `{`"},
    {"a: {b: c\n", "begins with `{`"},
    {"a: [b] c\n", "begins with `[`"},
    {"a: 'b' c\n", "closing quote"},
    {"a:\n\t- b\n", "blanks"},
    {"a: b: c\n", "`: `"},
    {"a: %b\n", "quotes"},
    {"a: \"\\d\"\n", "single quotes"},
    {"a: !b\n", "quotes"},
    {"a: \x01\n", "escape"},
};

START_TEST(common_mistakes_get_a_hint)
{
    ck_assert_ptr_null(parse(hint_cases[_i].text));
    ck_assert_ptr_nonnull(diagnostics.first->hint);
    ck_assert_msg(strstr(diagnostics.first->hint, hint_cases[_i].hint) != NULL, "%s", diagnostics.first->hint);
}
END_TEST

/* ---- limits ---- */

static void
refused_for(char *text, unsigned code)
{
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(diagnostics.first->code, code);
    ck_assert_uint_eq(diagnostics.errors, 1);
    free(text);
}

static char *
repeat(const char *begin, const char *unit, size_t count, const char *end)
{
    size_t length = strlen(unit);
    char *text = malloc(strlen(begin) + length * count + strlen(end) + 1);
    ck_assert_ptr_nonnull(text);
    char *at = stpcpy(text, begin);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, unit);
    stpcpy(at, end);
    return text;
}

START_TEST(depth_is_limited)
{
    char *good = repeat("", "[", ARGOT_YAML_MAX_DEPTH, "");
    char *closed = repeat(good, "]", ARGOT_YAML_MAX_DEPTH, "");
    parse_good(closed);
    free(closed);
    free(good);
    refused_for(repeat("", "[", ARGOT_YAML_MAX_DEPTH + 1, ""), ARGOT_CODE_YAML_DEPTH);
    refused_for(repeat("", "[", 1000000, ""), ARGOT_CODE_YAML_DEPTH);
}
END_TEST

START_TEST(depth_counts_what_aliases_stand_for)
{
    /* Each line adds two levels; 40 of them are deeper than any tree may be. */
    char text[4000] = "- &a0 [x]\n";
    for (int i = 1; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "- &a%d [[*a%d]]\n", i, i - 1);
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(diagnostics.first->code, ARGOT_CODE_YAML_DEPTH);
}
END_TEST

START_TEST(values_are_limited) { refused_for(repeat("[", "a,", ARGOT_YAML_MAX_NODES, "a]"), ARGOT_CODE_YAML_SIZE); }
END_TEST

START_TEST(aliases_count_as_copies)
{
    char text[4000] = "- &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 9; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "- &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
                 i - 1, i - 1, i - 1);
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(diagnostics.first->code, ARGOT_CODE_YAML_SIZE);
}
END_TEST

START_TEST(text_of_aliases_counts_too)
{
    char *anchor = repeat("- &a ", "x", 1000000, "\n");
    char *text = repeat(anchor, "- *a\n", 20, "");
    free(anchor);
    refused_for(text, ARGOT_CODE_YAML_SIZE);
}
END_TEST

START_TEST(anchors_are_limited)
{
    refused_for(repeat("[", "&a x,", ARGOT_YAML_MAX_ANCHORS + 1, "]"), ARGOT_CODE_YAML_ALIAS);
}
END_TEST

START_TEST(files_are_limited) { refused_for(repeat("#", "x", ARGOT_YAML_MAX_BYTES, ""), ARGOT_CODE_YAML_SIZE); }
END_TEST

START_TEST(failing_memory_is_an_error_and_never_a_crash)
{
    const char *text = "a: &x {b: [c, d]}\ne: |\n  f\ng: *x\n";
    bool succeeded = false;
    for (uint64_t fail = 1; !succeeded && fail < 100; fail++) {
        struct argot_arena small;
        struct argot_diagnostics all;
        seam.fail_allocation = 0;
        argot_arena_init(&small, &seam.seam, 64);
        argot_diagnostics_init(&all, &small, "t.yaml", text, strlen(text));
        seam.fail_allocation = seam.allocations + fail;
        seam.fail_for_good = true;
        succeeded = argot_yaml_parse(&all) != NULL;
        ck_assert(succeeded == (all.errors == 0));
        argot_arena_finish(&small);
    }
    seam.fail_allocation = 0;
    ck_assert(succeeded);
}
END_TEST

START_TEST(any_short_text_is_refused_or_read_without_harm)
{
    static const char alphabet[] = "ab:-[]{},'\"|>&*!%#? \n\t\\0\xc3\xbc";
    uint32_t state = 1;
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t length = (state >> 16) % sizeof text;
        for (size_t i = 0; i < length; i++) {
            state = state * 1103515245u + 12345u;
            text[i] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
        }
        state = state * 1103515245u + 12345u;
        const struct argot_yaml *root = parse_bytes(text, length);
        ck_assert((root != NULL) == (diagnostics.errors == 0));
        out.length = 0;
        if (root)
            argot_yaml_print_json(root, true, &out);
        argot_diagnostics_print(&diagnostics, &out);
        argot_arena_reset(&arena);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *t = tcase_create("yaml");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, maps_and_lists_keep_their_order);
    tcase_add_test(t, every_scalar_is_text_whatever_it_looks_like);
    tcase_add_test(t, typed_json_has_numbers_and_words_of_plain_scalars_only);
    tcase_add_test(t, json_escapes_quotes_backslashes_and_control_bytes);
    tcase_add_test(t, a_key_without_a_value_is_an_empty_plain_text);
    tcase_add_test(t, keys_are_found_with_their_nodes);
    tcase_add_test(t, aliases_stand_for_their_anchors);
    tcase_add_test(t, spans_count_bytes_from_one);
    tcase_add_test(t, a_byte_order_mark_counts_as_bytes_of_its_line);
    tcase_add_test(t, only_a_newline_ends_a_line_of_a_span);
    tcase_add_test(t, spans_skip_anchors_and_end_with_their_line);
    tcase_add_loop_test(t, a_scalar_is_verbatim_when_its_bytes_stand_in_the_line, 0,
                        (int)(sizeof verbatim_cases / sizeof *verbatim_cases));
    tcase_add_test(t, a_literal_block_tells_where_its_lines_begin);
    tcase_add_test(t, an_empty_block_has_no_lines);
    tcase_add_loop_test(t, a_value_has_a_begin_and_an_end, 0, (int)(sizeof extent_cases / sizeof *extent_cases));
    tcase_add_loop_test(t, what_is_refused_is_marked_where_it_stands, 0,
                        (int)(sizeof refused_cases / sizeof *refused_cases));
    tcase_add_test(t, a_nul_byte_is_refused_where_it_stands);
    tcase_add_test(t, utf_16_is_refused);
    tcase_add_test(t, all_errors_of_structure_are_reported_at_once);
    tcase_add_loop_test(t, common_mistakes_get_a_hint, 0, (int)(sizeof hint_cases / sizeof *hint_cases));
    tcase_add_test(t, depth_is_limited);
    tcase_add_test(t, depth_counts_what_aliases_stand_for);
    tcase_add_test(t, values_are_limited);
    tcase_add_test(t, aliases_count_as_copies);
    tcase_add_test(t, text_of_aliases_counts_too);
    tcase_add_test(t, anchors_are_limited);
    tcase_add_test(t, files_are_limited);
    tcase_add_test(t, failing_memory_is_an_error_and_never_a_crash);
    tcase_add_test(t, any_short_text_is_refused_or_read_without_harm);
    suite_add_tcase(suite, t);
    return test_run(suite);
}
