/* SPDX-License-Identifier: Apache-2.0
 * The primitives that the judge stands on, each against the simplest thing that says the same: characters, searching,
 * wildcards, sets, members of JSON text. */
#include "correlate/judge_json.h"
#include "correlate/judge_text.h"
#include "decode/record.h"
#include "judge_fixture.h"

#define ROUNDS 20000
#define MOST 24 /* bytes of a random text */

static uint64_t state = 7;

static uint32_t
below(uint32_t limit)
{
    return (uint32_t)(test_random(&state) % limit);
}

/* Letters in both cases, bytes that lie beside them, and whole and broken UTF-8. */
static uint32_t
random_text(uint8_t *text)
{
    static const char *const pieces[] = {"a",        "A",
                                         "b",        "B",
                                         "@",        "[",
                                         "`",        "{",
                                         "\xc3\xa9", "\xe6\x97\xa5",
                                         "\xc3",     "\xa9",
                                         "\xff",     "\xf0\x9f\x98\x80",
                                         "\xf0\x9f", "z",
                                         "Z"};
    uint32_t length = 0, count = below(10);
    for (uint32_t i = 0; i < count; i++) {
        const char *piece = pieces[below(below(2) ? 4 : COUNT(pieces))];
        size_t bytes = strlen(piece);
        if (length + bytes > MOST)
            break;
        memcpy(text + length, piece, bytes);
        length += (uint32_t)bytes;
    }
    return length;
}

/* ---- characters ---- */

/* Bytes of the character at `at`; by the definition, spelled out. */
static uint32_t
character(const uint8_t *at, uint32_t left)
{
    static const uint8_t forms[][2] = {{0x80, 0xc0}, {0xc0, 0xe0}, {0xe0, 0xf0}, {0xf0, 0xf8}};
    uint32_t length = 1, code = at[0];
    for (uint32_t i = 1; i < 4; i++)
        if ((at[0] & forms[i][1]) == forms[i][0] && at[0] >= 0xc0 && at[0] < 0xf8)
            length = i + 1;
    if (at[0] >= 0xf0 && at[0] < 0xf8)
        length = 4;
    else if (at[0] >= 0xe0 && at[0] < 0xf0)
        length = 3;
    else if (at[0] >= 0xc0 && at[0] < 0xe0)
        length = 2;
    else
        return 1;
    if (length > left)
        return 1;
    code &= 0x7fu >> length;
    for (uint32_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (at[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 1 : length;
}

START_TEST(characters_are_counted)
{
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t bytes[MOST];
        uint32_t length = random_text(bytes), count = 0;
        if (below(4) == 0)
            for (length = 0; length < 4; length++)
                bytes[length] = (uint8_t)(below(2) ? 0x7e + below(0x82) : 0xc0 + below(0x40));
        uint8_t *text = test_exact(bytes, length);
        struct argot_slice slice = {text, length};
        for (uint32_t at = 0; at < length; at += character(text + at, length - at), count++)
            ck_assert_ptr_eq(argot_judge_text_character(slice, count), text + at);
        ck_assert_uint_eq(argot_judge_text_characters(slice), count);
        ck_assert_ptr_eq(argot_judge_text_character(slice, count + below(3)), text + length);
        free(text);
    }
}
END_TEST

/* ---- searching ---- */

static uint8_t
lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

static bool
same(const uint8_t *a, const uint8_t *b, uint32_t length, bool fold)
{
    for (uint32_t i = 0; i < length; i++)
        if (fold ? lower(a[i]) != lower(b[i]) : a[i] != b[i])
            return false;
    return true;
}

START_TEST(parts_are_found_where_they_first_stand)
{
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t bytes[8 * MOST], pattern[MOST];
        uint32_t length = 0, some = random_text(pattern), at = 0;
        for (uint32_t i = below(8); i > 0; i--)
            length += random_text(bytes + length);
        if (below(2) && length > some)
            memcpy(pattern, bytes + below(length - some + 1), some);
        bool fold = below(2);
        for (uint32_t i = 0; fold && i < some; i++)
            if (below(2) && (uint8_t)((pattern[i] | 0x20) - 'a') < 26)
                pattern[i] ^= 0x20;
        uint8_t *text = test_exact(bytes, length), *part = test_exact(pattern, some);
        struct argot_slice slice = {text, length}, wanted = {part, some};
        while (at + some <= length && !same(text + at, part, some, fold))
            at++;
        const uint8_t *found = argot_judge_text_find(slice, wanted, fold);
        ck_assert_ptr_eq(found, at + some <= length ? text + at : NULL);
        ck_assert_int_eq(argot_judge_text_starts(slice, wanted, fold), some <= length && same(text, part, some, fold));
        ck_assert_int_eq(argot_judge_text_ends(slice, wanted, fold),
                         some <= length && same(text + length - some, part, some, fold));
        free(text);
        free(part);
    }
}
END_TEST

START_TEST(every_byte_has_its_case)
{
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            uint8_t left[9], right[9];
            memset(left, (int)a, sizeof left);
            memset(right, (int)b, sizeof right);
            bool equal = lower((uint8_t)a) == lower((uint8_t)b);
            for (size_t length = 1; length <= sizeof left; length += 7)
                ck_assert_int_eq(argot_judge_text_same_folded(left, right, length), equal);
        }
}
END_TEST

/* ---- wildcards ---- */

/* By trying everything. */
static bool
like(const uint8_t *text, uint32_t at, uint32_t length, const struct argot_expr_wildcard *pieces, uint32_t count,
     bool fold)
{
    if (!count)
        return at == length;
    uint32_t begin = 0;
    while (begin < at)
        begin += character(text + begin, length - begin);
    switch (pieces->kind) {
    case ARGOT_EXPR_WILDCARD_RUN:
        for (uint32_t end = at; end <= length; end++)
            if (like(text, end, length, pieces + 1, count - 1, fold))
                return true;
        return false;
    case ARGOT_EXPR_WILDCARD_ONE: /* a character of the text, not a part of one */
        return at < length && begin == at &&
               like(text, at + character(text + at, length - at), length, pieces + 1, count - 1, fold);
    case ARGOT_EXPR_WILDCARD_TEXT:
        break;
    }
    uint32_t some = pieces->text.length;
    return length - at >= some && same(text + at, (const uint8_t *)pieces->text.at, some, fold) &&
           like(text, at + some, length, pieces + 1, count - 1, fold);
}

START_TEST(wildcards_cover_what_trying_everything_covers)
{
    unsigned covered = 0;
    for (int round = 0; round < ROUNDS * 4; round++) {
        uint8_t bytes[MOST], pattern[MOST];
        uint32_t length = random_text(bytes), some = random_text(pattern);
        if (below(2) && length) {
            memcpy(pattern, bytes, length);
            some = length;
        }
        for (uint32_t i = 0; i < some; i++)
            if (below(3) == 0)
                pattern[i] = below(2) ? '*' : '?';
        bool fold = below(2);
        char cut[MOST];
        struct argot_expr_wildcard pieces[MOST];
        uint8_t *text = test_exact(bytes, length);
        uint32_t count = argot_expr_cut((struct argot_expr_text){(const char *)pattern, some}, cut, pieces);
        bool due = like(text, 0, length, pieces, count, fold);
        ck_assert_int_eq(argot_judge_text_like((struct argot_slice){text, length}, pieces, count, fold), due);
        covered += due;
        free(text);
    }
    ck_assert_uint_gt(covered, ROUNDS / 10);
}
END_TEST

START_TEST(hostile_texts_take_no_long_time)
{
    static const char *const patterns[] = {"*a*a*a*a*a*a*a*a*b*", "*aaaaaaaaaaaaaaaaaaaaab*", "a*?a?a?a?a*b",
                                           "*?????????????????b", "*a?a?a?a?a?a?a?a?b*"};
    size_t length = 1 << 20;
    uint8_t *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    memset(text, 'a', length);
    for (size_t i = 0; i < COUNT(patterns); i++) {
        char cut[64];
        struct argot_expr_wildcard pieces[64];
        struct argot_expr_text pattern = {patterns[i], (uint32_t)strlen(patterns[i])};
        uint32_t count = argot_expr_cut(pattern, cut, pieces);
        for (int fold = 0; fold < 2; fold++)
            ck_assert(!argot_judge_text_like((struct argot_slice){text, (uint32_t)length}, pieces, count, fold));
    }
    free(text);
}
END_TEST

/* ---- sets ---- */

/* Conditions with one set, gone through, against its items one by one. */
START_TEST(large_sets_hold_what_their_items_say)
{
    static const char *const numbers[] = {"0",   "1",    "2",   "3", "4.0", "5.5", "-1.0", "9007199254740993",
                                          "1e3", "1e19", "7.0", "65"};
    static const char *const addresses[] = {"10.0.0.0/8",  "10.1.0.0/16",   "192.0.2.1",     "192.0.2.128/25",
                                            "::/1",        "2001:db8::/32", "2001:db8::/33", "::ffff:0:0/97",
                                            "2001:db8::1", "8000::/1",      "0.0.0.0/1",     "::1"};
    static const char *const values[] = {"0", "1", "2", "4", "5", "65", "1000", "9007199254740993", "9007199254740992"};
    static const char *const ips[] = {"10.0.0.1", "10.1.2.3",    "192.0.2.1",   "192.0.2.200", "192.0.2.100", "1.2.3.4",
                                      "::1",      "2001:db8::1", "2001:db9::1", "ffff::",      "200.1.1.1",   "::"};
    for (int round = 0; round < 60; round++) {
        char set_text[1000] = "", one[200];
        bool ip = below(2), any = false;
        const char *value_text = ip ? ips[below(COUNT(ips))] : values[below(COUNT(values))];
        const char *field = ip ? "source_ip" : "destination_bytes";
        judge_event_finish(&it);
        judge_event_init(&it, &seam.seam, 3);
        judge_event_constant(&it, "event_type", "AUTH_LOGIN");
        set(field, value_text);
        uint32_t count = 1 + below(10);
        for (uint32_t i = 0; i < count; i++) {
            const char *item = ip ? addresses[below(COUNT(addresses))] : numbers[below(COUNT(numbers))];
            if (!ip && item[0] == '-')
                continue; /* refused for a field that is never negative */
            snprintf(one, sizeof one, "%s in [%s]", field, item);
            any = holds(one) || any;
            snprintf(set_text + strlen(set_text), sizeof set_text - strlen(set_text), "%s%s", *set_text ? ", " : "",
                     item);
        }
        if (!*set_text)
            continue;
        char whole[1200];
        snprintf(whole, sizeof whole, "%s in [%s]", field, set_text);
        if (holds(whole) != any)
            ck_abort_msg("%s of %s should be %s", whole, value_text, any ? "true" : "false");
        snprintf(whole, sizeof whole, "%s not in [%s]", field, set_text);
        ck_assert_int_eq(holds(whole), !any);
    }
}
END_TEST

START_TEST(a_hundred_thousand_texts_are_one_lookup)
{
    struct argot_buffer list;
    char line[64];
    argot_buffer_init(&list, &seam.seam);
    for (int i = 0; i < 100000; i++) {
        snprintf(line, sizeof line, "name-%d\n", i * 2);
        argot_buffer_append_text(&list, line);
    }
    argot_test_seam_put(&seam, "names.txt", list.bytes, list.length);
    argot_buffer_finish(&list);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    set("user_name", "name-0");
    compile("list names from \"names.txt\"\nrule r { match any where user_name in names }");
    struct argot_scene here = scene();
    for (int i = 0; i < 200000; i++) {
        int length = snprintf(line, sizeof line, "name-%d", i);
        it.slots[0].text.at = (const uint8_t *)line;
        it.slots[0].text.length = (uint32_t)length;
        ck_assert_int_eq(argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here), i % 2 == 0);
    }
}
END_TEST

/* ---- JSON ---- */

static uint32_t
random_json(char *out, uint32_t room, int depth)
{
    static const char *const leaves[] = {
        "1", "-2.5e3", "true", "false", "null", "\"\"", "\"x\\\"}]y\"", "\"\\u00e9\\\\\"", "\"[,:\""};
    static const char *const keys[] = {"a", "b", "\\u0061", "a.b", "", "c\\\"", "\\/"};
    uint32_t used = 0;
    if (depth == 0 || room < 200 || below(3) == 0)
        return (uint32_t)snprintf(out, room, "%s", leaves[below(COUNT(leaves))]);
    bool object = below(3) > 0;
    out[used++] = object ? '{' : '[';
    for (uint32_t i = 0, count = below(4); i < count && room - used > 150; i++) {
        if (i)
            out[used++] = ',';
        if (below(3) == 0)
            out[used++] = " \t\n\r"[below(4)];
        if (object)
            used += (uint32_t)snprintf(out + used, room - used, "\"%s\"%s:%s", keys[below(COUNT(keys))],
                                       below(3) ? "" : " ", below(3) ? "" : "\n");
        used += random_json(out + used, room - used - 40, depth - 1);
        if (below(3) == 0)
            out[used++] = ' ';
    }
    out[used++] = object ? '}' : ']';
    return used;
}

/* Every member of every object of the tree is found by its path of keys. */
static void
check_members(const struct argot_record *record, uint32_t at, struct argot_slice text)
{
    uint32_t index = 0;
    for (uint32_t child = argot_record_first(record, at); child; child = argot_record_next(record, child), index++) {
        const struct argot_node *node = &record->nodes[child];
        struct argot_slice key = argot_node_key(node), found;
        if (node->duplicate)
            continue;
        found = record->nodes[at].kind == ARGOT_NODE_OBJECT
                    ? argot_judge_json_member(text, (struct argot_expr_text){(const char *)key.at, key.length})
                    : argot_judge_json_item(text, index);
        ck_assert_ptr_nonnull(found.at);
        struct argot_slice due = argot_node_text(node), string;
        switch (node->kind) {
        case ARGOT_NODE_STRING:
            ck_assert(argot_judge_json_string(&it.arena, found, &string));
            ck_assert_uint_eq(string.length, due.length);
            ck_assert(!due.length || !memcmp(string.at, due.at, due.length));
            break;
        case ARGOT_NODE_OBJECT:
        case ARGOT_NODE_ARRAY:
            ck_assert_ptr_eq(found.at, due.at);
            ck_assert_uint_eq(found.length, due.length);
            check_members(record, child, found);
            break;
        case ARGOT_NODE_NUMBER:
            ck_assert(argot_judge_json_is_number(found));
            ck_assert_uint_eq(found.length, due.length);
            break;
        default:
            ck_assert(!argot_judge_json_is_number(found));
            break;
        }
    }
    if (record->nodes[at].kind == ARGOT_NODE_ARRAY)
        ck_assert_ptr_null(argot_judge_json_item(text, index).at);
    ck_assert_ptr_null(argot_judge_json_member(text, (struct argot_expr_text){"none", 4}).at);
}

START_TEST(members_of_json_are_those_of_its_tree)
{
    unsigned trees = 0;
    for (int round = 0; round < ROUNDS / 2; round++) {
        char text[2000];
        uint32_t length = random_json(text, sizeof text, 5);
        struct argot_decode context = {.arena = &it.arena};
        struct argot_record record;
        uint8_t *exact = test_exact(text, length);
        struct argot_slice slice = {exact, length};
        if (argot_record_json(&context, slice, &record) == ARGOT_DECODED) {
            check_members(&record, 0, slice);
            trees++;
        }
        free(exact);
        argot_arena_reset(&it.arena);
    }
    ck_assert_uint_gt(trees, ROUNDS / 10);
}
END_TEST

/* Cut anywhere, or with any byte changed: nothing is read outside, and what is found lies within. */
START_TEST(broken_json_is_walked_within_its_bounds)
{
    for (int round = 0; round < ROUNDS; round++) {
        char text[2000];
        uint32_t length = random_json(text, sizeof text, 4), kept = below(length + 1);
        for (uint32_t i = below(3); i > 0 && kept; i--)
            text[below(kept)] = "{}[]\",:\\ux0 "[below(12)];
        uint8_t *exact = test_exact(text, kept);
        struct argot_slice slice = {exact, kept}, string;
        struct argot_slice found = argot_judge_json_member(slice, (struct argot_expr_text){"a", 1});
        ck_assert(!found.at || (found.at >= exact && found.at + found.length <= exact + kept));
        found = argot_judge_json_item(slice, below(3));
        ck_assert(!found.at || (found.at >= exact && found.at + found.length <= exact + kept));
        (void)argot_judge_json_string(&it.arena, slice, &string);
        (void)argot_judge_json_is_number(slice);
        free(exact);
    }
}
END_TEST

START_TEST(deep_json_takes_no_stack)
{
    size_t depth = 1 << 20;
    char *text = malloc(2 * depth + 20);
    ck_assert_ptr_nonnull(text);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', depth);
    memset(text + 5 + depth, ']', depth);
    memcpy(text + 5 + 2 * depth, ",\"b\":7}", 7);
    struct argot_slice slice = {(const uint8_t *)text, (uint32_t)(2 * depth + 12)};
    struct argot_slice found = argot_judge_json_member(slice, (struct argot_expr_text){"b", 1});
    ck_assert_uint_eq(found.length, 1);
    ck_assert_int_eq(*found.at, '7');
    free(text);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("judge_text");
    TCase *all = tcase_create("text");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, characters_are_counted);
    tcase_add_test(all, parts_are_found_where_they_first_stand);
    tcase_add_test(all, every_byte_has_its_case);
    tcase_add_test(all, wildcards_cover_what_trying_everything_covers);
    tcase_add_test(all, hostile_texts_take_no_long_time);
    tcase_add_test(all, large_sets_hold_what_their_items_say);
    tcase_add_test(all, a_hundred_thousand_texts_are_one_lookup);
    tcase_add_test(all, members_of_json_are_those_of_its_tree);
    tcase_add_test(all, broken_json_is_walked_within_its_bounds);
    tcase_add_test(all, deep_json_takes_no_stack);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
