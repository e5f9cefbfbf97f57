/* SPDX-License-Identifier: Apache-2.0
 * Paths into records: keys, indexes, patterns, repeated keys, going on from a find; against a search that looks at
 * every node. */
#include <ctype.h>
#include <stdio.h>
#include "decode/record.h"
#include "test_case.h"

#define MAX_STEPS 6

static struct argot_arena arena;
static struct argot_decode context;
static struct argot_record record;

static void
set_up(void)
{
    argot_arena_init(&arena, argot_seam_system(), 0);
    context = (struct argot_decode){.arena = &arena};
}

static void
tear_down(void)
{
    argot_arena_finish(&arena);
}

static void
take(const char *json)
{
    struct argot_slice text = {(const uint8_t *)json, (uint32_t)strlen(json)};
    ck_assert_int_eq(argot_record_json(&context, text, &record), ARGOT_DECODED);
}

struct path {
    struct argot_path path;
    struct argot_step steps[MAX_STEPS];
    char text[128];
};

/* Steps with a dot between them: `[3]` is an index, what holds # or * a pattern. */
static void
parse(struct path *path, const char *text)
{
    snprintf(path->text, sizeof path->text, "%s", text);
    path->path = (struct argot_path){.steps = path->steps, .text = path->text};
    for (const char *at = path->text; *at; at += *at == '.') {
        size_t length = strcspn(at, ".");
        struct argot_step *step = &path->steps[path->path.count++];
        *step = (struct argot_step){.kind = ARGOT_STEP_KEY, .key = {(const uint8_t *)at, (uint32_t)length}};
        if (*at == '[') {
            step->kind = ARGOT_STEP_INDEX;
            step->index = (uint32_t)strtoul(at + 1, NULL, 10);
        } else if (memchr(at, '#', length) || memchr(at, '*', length)) {
            step->kind = ARGOT_STEP_PATTERN;
        }
        at += length;
    }
}

/* ---- by table ---- */

static const char nested[] = "{\"a\":1,\"b\":{\"c\":[10,20,[30,{\"d\":40}]],\"a\":2},\"\":3,\"[0]\":4,"
                             "\"k1\":51,\"k22\":52,\"kx\":53,\"k\":54,\"a\":5,\"b\":{\"c\":[60]}}";

static const struct {
    const char *path;
    bool duplicates;
    const char *found; /* texts of all that fit, in order, a blank behind each */
} rows[] = {
    {"a", false, "1 "},
    {"a", true, "1 5 "},
    {"b.a", false, "2 "},
    {"b.c.[0]", false, "10 "},
    {"b.c.[0]", true, "10 "}, /* nothing inside of a repeated key */
    {"b.c.[1]", true, "20 "},
    {"b.c.[2].[0]", false, "30 "},
    {"b.c.[2].[1].d", false, "40 "},
    {"b.c.[3]", false, ""},
    {"b.c.[4294967295]", false, ""},
    {"b.[0]", false, ""}, /* an object has no items */
    {"b.c.a", false, ""}, /* a list no members */
    {"a.b", false, ""},
    {"x", false, ""},
    {"A", false, ""},
    {"aa", false, ""},
    {"k#", false, "51 52 "},
    {"k*", false, "51 52 53 54 "},
    {"*", false, "1 {\"c\":[10,20,[30,{\"d\":40}]],\"a\":2} 3 4 51 52 53 54 "},
    {"*.c.*", false, ""},
    {"*.a", false, "2 "},
    {"*.*.[1]", false, "20 "},
    {"*.*.[0]", true, "10 "},
    {"k*#", false, "51 52 "},
    {"#", false, ""},
    {"k##", false, "52 "},
};

START_TEST(paths_find_what_they_name)
{
    struct path path;
    char found[256] = "";
    take(nested);
    parse(&path, rows[_i].path);
    for (uint32_t node = 0; (node = argot_record_find(&record, &path.path, node, rows[_i].duplicates)) != 0; node++)
        sprintf(found + strlen(found), "%.*s ", (int)record.nodes[node].text_length, record.nodes[node].text_at);
    ck_assert_str_eq(found, rows[_i].found);
}
END_TEST

START_TEST(nothing_is_found_by_no_path_or_in_no_record)
{
    struct path path;
    take(nested);
    parse(&path, "");
    ck_assert_uint_eq(argot_record_find(&record, &path.path, 0, true), 0);
    parse(&path, "a");
    ck_assert_uint_eq(argot_record_find(&record, &path.path, record.count, true), 0);
    ck_assert_uint_eq(argot_record_find(&record, &path.path, UINT32_MAX, true), 0);
    take("{}");
    ck_assert_uint_eq(argot_record_find(&record, &path.path, 0, true), 0);
    record = (struct argot_record){0};
    ck_assert_uint_eq(argot_record_find(&record, &path.path, 0, true), 0);
}
END_TEST

/* ---- patterns ---- */

/* By going back, which short texts can afford. */
static bool
fits(const char *pattern, const char *name)
{
    if (!*pattern)
        return !*name;
    if (*pattern == '*')
        return fits(pattern + 1, name) || (*name && fits(pattern, name + 1));
    if (*pattern == '#')
        return isdigit((unsigned char)*name) && (fits(pattern + 1, name + 1) || fits(pattern, name + 1));
    return *name == *pattern && fits(pattern + 1, name + 1);
}

/* Names of one length with the same first, middle and last byte stand in one place of the table of names. */
START_TEST(names_that_share_a_place_are_told_apart)
{
    for (unsigned count = 1; count < 12; count++)
        for (unsigned repeated = 0; repeated <= count;
             repeated++) { /* the last has the name of that one; count: none */
            char text[400] = "{", name[6];
            struct path path;
            for (unsigned i = 0; i < count; i++)
                sprintf(text + strlen(text), "%s\"a%cc%ce\":%u", i ? "," : "", 'A' + i, 'Z' - i % 3, i);
            if (repeated < count)
                sprintf(text + strlen(text), ",\"a%cc%ce\":77", 'A' + repeated, 'Z' - repeated % 3);
            take(strcat(text, "}"));
            ck_assert_uint_eq(record.duplicates, repeated < count);
            for (unsigned i = 0; i < 12; i++) {
                sprintf(name, "a%cc%ce", 'A' + i, 'Z' - i % 3);
                parse(&path, name);
                uint32_t at = argot_record_find(&record, &path.path, 0, true);
                ck_assert_uint_eq(at, i < count ? i + 1 : 0);
                uint32_t next = at ? argot_record_find(&record, &path.path, at + 1, true) : 0;
                ck_assert_uint_eq(next, at && i == repeated ? count + 1 : 0);
            }
        }
}
END_TEST

START_TEST(patterns_fit_as_they_should)
{
    uint64_t state = 18;
    unsigned found = 0;
    for (int round = 0; round < 100000; round++) {
        char pattern[10] = "", name[12] = "", json[32];
        for (uint64_t i = 0, length = 1 + test_random(&state) % 7; i < length; i++)
            pattern[i] = "a1#*2"[test_random(&state) % 5];
        for (uint64_t i = 0, length = test_random(&state) % 10; i < length; i++)
            name[i] = "a12"[test_random(&state) % 3];
        snprintf(json, sizeof json, "{\"%s\":0}", name);
        argot_arena_reset(&arena);
        take(json);
        struct path path;
        parse(&path, pattern);
        bool expected = fits(pattern, name);
        ck_assert_msg((argot_record_find(&record, &path.path, 0, false) != 0) == expected, "%s %s", pattern, name);
        found += expected;
    }
    ck_assert_uint_gt(found, 1000);
}
END_TEST

START_TEST(patterns_have_a_longest_length)
{
    for (size_t length = 55; length < 70; length++) {
        char pattern[80] = "", json[100];
        memset(pattern, 'x', length);
        pattern[length - 1] = '#';
        snprintf(json, sizeof json, "{\"%.*s123\":0}", (int)length - 1, pattern);
        take(json);
        struct path path;
        parse(&path, pattern);
        ck_assert_int_eq(argot_record_find(&record, &path.path, 0, false) != 0, length <= ARGOT_RECORD_MAX_PATTERN);
    }
}
END_TEST

/* A name and a pattern on which going back would take for ever. */
START_TEST(hostile_names_take_linear_time)
{
    size_t length = (size_t)1 << 20;
    char *json = malloc(length + 16);
    ck_assert_ptr_nonnull(json);
    int head = sprintf(json, "{\"");
    memset(json + head, '1', length);
    strcpy(json + (size_t)head + length, "x\":0}");
    take(json);
    struct path path;
    parse(&path, "*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#*#");
    ck_assert_uint_eq(argot_record_find(&record, &path.path, 0, false), 0);
    free(json);
}
END_TEST

/* ---- against a search that looks at every node ---- */

static bool
fits_step(const struct argot_step *step, uint32_t index)
{
    const struct argot_node *node = &record.nodes[index], *parent = &record.nodes[node->parent];
    char pattern[32], name[32];
    if (step->kind == ARGOT_STEP_INDEX) {
        uint32_t place = 0;
        for (uint32_t other = node->parent + 1u; other != index; other = record.nodes[other].end)
            place++;
        return parent->kind == ARGOT_NODE_ARRAY && place == step->index;
    }
    if (parent->kind != ARGOT_NODE_OBJECT)
        return false;
    snprintf(pattern, sizeof pattern, "%.*s", (int)step->key.length, step->key.at);
    snprintf(name, sizeof name, "%.*s", (int)node->key_length, node->key_at);
    return step->kind == ARGOT_STEP_KEY ? !strcmp(pattern, name) : fits(pattern, name);
}

static bool
fits_path(const struct argot_path *path, uint32_t node, bool duplicates)
{
    for (uint16_t i = path->count; i-- > 0; node = record.nodes[node].parent)
        if (!node || !fits_step(&path->steps[i], node) ||
            (record.nodes[node].duplicate && !(duplicates && i + 1 == path->count)))
            return false;
    return !node;
}

static void
write_random(char *json, uint64_t *state, int depth)
{
    uint64_t kind = test_random(state) % (depth < 4 ? 4 : 1);
    if (kind < 1) {
        strcat(json, "0");
        return;
    }
    bool object = kind < 3;
    strcat(json, object ? "{" : "[");
    for (uint64_t i = 0, count = test_random(state) % 4; i < count; i++) {
        static const char *const keys[] = {"\"a\":", "\"b\":", "\"k1\":", "\"k2\":"};
        if (i)
            strcat(json, ",");
        if (object)
            strcat(json, keys[test_random(state) % COUNT(keys)]);
        write_random(json, state, depth + 1);
    }
    strcat(json, object ? "}" : "]");
}

START_TEST(random_trees_are_searched_as_node_by_node)
{
    static const char *const paths[] = {"a",   "b.a", "[0]", "a.[0]", "*",     "*.*",     "k#",        "k#.a",
                                        "*.a", "a.*", "a.a", "*.k*",  "*.[1]", "*.*.*",   "a.*.a",     "*.*.[0]",
                                        "b",   "k1",  "k*",  "*.b.*", "#",     "a.b.a.b", "*.[0].[0]", "*.*.*.*"};
    uint64_t state = 19;
    unsigned found = 0;
    for (int round = 0; round < 20000; round++) {
        char json[4096] = "{\"a\":";
        write_random(json, &state, 1);
        strcat(json, ",\"b\":");
        write_random(json, &state, 1);
        strcat(json, ",\"a\":");
        write_random(json, &state, 1);
        strcat(json, "}");
        argot_arena_reset(&arena);
        take(json);
        struct path path;
        parse(&path, paths[test_random(&state) % COUNT(paths)]);
        bool duplicates = test_random(&state) % 2;
        for (uint32_t after = 0; after <= record.count; after++) {
            uint32_t expected = after ? after : 1;
            while (expected < record.count && !fits_path(&path.path, expected, duplicates))
                expected++;
            if (expected == record.count || after == record.count)
                expected = 0;
            ck_assert_msg(argot_record_find(&record, &path.path, after, duplicates) == expected, "%s after %u in %s",
                          path.text, after, json);
            found += expected != 0;
        }
    }
    ck_assert_uint_gt(found, 10000);
}
END_TEST

/* All calls together are linear in the members: a list of many is walked once. */
START_TEST(going_on_does_not_begin_anew)
{
    size_t members = 60000;
    char *json = malloc(members * 6 + 16);
    size_t length = (size_t)sprintf(json, "{\"a\":1");
    for (size_t i = 1; i < members; i++)
        length += (size_t)sprintf(json + length, ",\"a\":1");
    strcpy(json + length, "}");
    take(json);
    struct path path;
    parse(&path, "a");
    size_t found = 0;
    for (uint32_t node = 0; (node = argot_record_find(&record, &path.path, node, true)) != 0; node++)
        found++;
    ck_assert_uint_eq(found, members);
    free(json);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("record_find");
    TCase *tcase = tcase_create("find");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, paths_find_what_they_name, 0, COUNT(rows));
    tcase_add_test(tcase, nothing_is_found_by_no_path_or_in_no_record);
    tcase_add_test(tcase, names_that_share_a_place_are_told_apart);
    tcase_add_test(tcase, patterns_fit_as_they_should);
    tcase_add_test(tcase, patterns_have_a_longest_length);
    tcase_add_test(tcase, hostile_names_take_linear_time);
    tcase_add_test(tcase, random_trees_are_searched_as_node_by_node);
    tcase_add_test(tcase, going_on_does_not_begin_anew);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
