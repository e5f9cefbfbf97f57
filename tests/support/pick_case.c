/* SPDX-License-Identifier: Apache-2.0
 * Walks both trees at once by recursion, which the limit of their depth bounds. What is written of a list or an object
 * that no field took is compared with what a plain writer over the whole tree makes. */
#include "pick_case.h"
#include "base/buffer.h"
#include "decode/record_left.h"
#include <string.h>

#define KEY(text)                                                                                                      \
    {                                                                                                                  \
        .kind = ARGOT_STEP_KEY, .key = ARGOT_TEXT(text)                                                                \
    }

static const struct argot_step a[] = {KEY("a")}, bc[] = {KEY("b"), KEY("c")}, bde[] = {KEY("b"), KEY("d"), KEY("e")};
static const struct argot_step l[] = {KEY("l")}, qn[] = {KEY("q"), {.kind = ARGOT_STEP_INDEX}, KEY("n")};
static const struct argot_step q_n[] = {KEY("q"), KEY("n")}, empty[] = {KEY("")};
static const struct argot_path paths[PICK_CASE_PATHS] = {
    {1, a, "a"}, {2, bc, "b.c"}, {3, bde, "b.d.e"}, {1, l, "l"}, {3, qn, "q[0].n"}, {2, q_n, "q.n"}, {1, empty, ""},
};

void
pick_case_init(struct pick_case *test, struct argot_seam *seam, bool keeps)
{
    argot_arena_init(&test->arena, seam, 0);
    argot_picks_init(&test->picks, &test->arena);
    test->keeping = argot_picks_format(&test->picks, true);
    test->dropping = argot_picks_format(&test->picks, false);
    for (unsigned i = 0; i < PICK_CASE_PATHS; i++)
        test->numbers[i] = argot_picks_add(&test->picks, &paths[i], test->keeping);
    argot_picks_add(&test->picks, &paths[0], test->dropping);
    argot_record_room_init(&test->room, seam, &test->picks, 0);
    argot_record_room_ask(&test->room, keeps ? test->keeping : test->dropping);
}

void
pick_case_finish(struct pick_case *test)
{
    argot_record_room_finish(&test->room);
    argot_arena_finish(&test->arena);
}

/* ---- what is left of a whole tree ---- */

static bool
any_left(const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    if (node->kind == ARGOT_NODE_NULL || (node->kind == ARGOT_NODE_STRING && !node->text_length))
        return !node->key_at;
    bool container = node->kind == ARGOT_NODE_OBJECT || node->kind == ARGOT_NODE_ARRAY;
    bool left = !container || node->end == at + 1;
    for (uint32_t item = at + 1; container && item < node->end; item = record->nodes[item].end)
        left |= any_left(record, item);
    return left;
}

static void
put_string(struct argot_slice text, struct argot_buffer *out)
{
    argot_buffer_append_byte(out, '"');
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.at[i];
        if (byte < 0x20) {
            argot_buffer_printf(out, "\\u%04x", byte);
            continue;
        }
        if (byte == '"' || byte == '\\')
            argot_buffer_append_byte(out, '\\');
        argot_buffer_append(out, text.at + i, 1);
    }
    argot_buffer_append_byte(out, '"');
}

static void
put_left(const struct argot_record *record, uint32_t at, struct argot_buffer *out)
{
    const struct argot_node *node = &record->nodes[at];
    bool object = node->kind == ARGOT_NODE_OBJECT, first = true;
    if (node->kind == ARGOT_NODE_STRING) {
        put_string(argot_node_text(node), out);
        return;
    }
    if (!object && node->kind != ARGOT_NODE_ARRAY) {
        argot_buffer_append(out, node->text_at, node->text_length);
        return;
    }
    argot_buffer_append_byte(out, object ? '{' : '[');
    for (uint32_t item = at + 1; item < node->end; item = record->nodes[item].end) {
        if (!any_left(record, item))
            continue;
        if (!first)
            argot_buffer_append_byte(out, ',');
        first = false;
        if (object) {
            put_string(argot_node_key(&record->nodes[item]), out);
            argot_buffer_append_byte(out, ':');
        }
        put_left(record, item, out);
    }
    argot_buffer_append_byte(out, object ? '}' : ']');
}

static const char *
compare_left(const struct argot_record *whole, uint32_t at, const struct argot_node *closed)
{
    struct argot_buffer expected, found;
    argot_buffer_init(&expected, argot_seam_system());
    argot_buffer_init(&found, argot_seam_system());
    const char *wrong = NULL;
    if (any_left(whole, at))
        put_left(whole, at, &expected);
    if (!argot_buffer_reserve(&found, ARGOT_RECORD_LEFT_GROWTH * (size_t)closed->text_length))
        return "no memory";
    found.length = argot_record_left(found.bytes, argot_node_text(closed));
    if (expected.length != found.length || (found.length && memcmp(expected.bytes, found.bytes, found.length) != 0))
        wrong = "what is left of a closed value differs";
    else if (closed->plain &&
             (found.length != closed->text_length || memcmp(found.bytes, closed->text_at, found.length)))
        wrong = "a value is not plain";
    argot_buffer_finish(&expected);
    argot_buffer_finish(&found);
    return wrong;
}

/* ---- both trees ---- */

static bool
same(struct argot_slice x, struct argot_slice y)
{
    return x.length == y.length && (!x.length || !memcmp(x.at, y.at, x.length));
}

static const char *compare_members(const struct argot_record *whole, uint32_t at, const struct argot_record *picked,
                                   uint32_t other, bool some);

static const char *
compare_node(const struct argot_record *whole, uint32_t at, const struct argot_record *picked, uint32_t other)
{
    const struct argot_node *x = &whole->nodes[at], *y = &picked->nodes[other];
    bool container = x->kind == ARGOT_NODE_OBJECT || x->kind == ARGOT_NODE_ARRAY;
    if (x->kind != y->kind || !same(argot_node_key(x), argot_node_key(y)) || !x->key_at != !y->key_at)
        return "another kind or name";
    if (!same(argot_node_text(x), argot_node_text(y)))
        return "another text";
    if (y->used || y->duplicate)
        return "a mark that nobody made";
    if (!container && (y->opaque || y->end != other + 1))
        return "a scalar that has members";
    if (x->kind == ARGOT_NODE_STRING && y->plain != (x->text_at == y->text_at && y->text_at[y->text_length] == '"'))
        return "a string that is not plain, or is";
    if (!y->opaque)
        return container ? compare_members(whole, at, picked, other, false) : NULL;
    return y->end != other + 1 ? "a closed value with members" : compare_left(whole, at, y);
}

/* `some`: the picked one has not all members. */
static const char *
compare_members(const struct argot_record *whole, uint32_t at, const struct argot_record *picked, uint32_t other,
                bool some)
{
    uint32_t y = other + 1, end = picked->nodes[other].end;
    for (uint32_t x = at + 1; x < whole->nodes[at].end; x = whole->nodes[x].end) {
        if (some && (y == end || !same(argot_node_key(&whole->nodes[x]), argot_node_key(&picked->nodes[y]))))
            continue;
        if (y >= end || picked->nodes[y].parent != other)
            return "fewer members";
        const char *wrong = compare_node(whole, x, picked, y);
        if (wrong)
            return wrong;
        y = picked->nodes[y].end;
    }
    return y != end ? "more members" : NULL;
}

static const char *
compare_found(const struct pick_case *test, const struct argot_record *whole, const struct argot_record *picked,
              bool keeps)
{
    for (unsigned i = 0; i < (keeps ? PICK_CASE_PATHS : 1); i++) {
        uint32_t x = argot_record_find(whole, &paths[i], 0, false);
        uint32_t y = argot_record_pick_find(picked, &paths[i], test->numbers[i]);
        if (!x != !y || (x && whole->nodes[x].text_length &&
                         !same(argot_node_text(&whole->nodes[x]), argot_node_text(&picked->nodes[y]))))
            return "a path finds another node";
    }
    return NULL;
}

const char *
pick_case_compare(struct pick_case *test, const struct argot_decode *context, struct argot_slice text, bool *taken)
{
    struct argot_record whole, picked;
    bool keeps = test->room.layout.asked == test->keeping;
    *taken = argot_record_pick(context, &test->room, text, &picked);
    if (!*taken)
        return NULL;
    if (argot_record_json(context, text, &whole) != ARGOT_DECODED)
        return "it is no JSON";
    if (whole.duplicates || picked.duplicates)
        return "a name is repeated";
    if (picked.offset != text.length || picked.count > picked.capacity || picked.nodes[0].end != picked.count)
        return "it was not read to its end";
    if (picked.nodes[0].text_at != whole.nodes[0].text_at || picked.nodes[0].text_length != whole.nodes[0].text_length)
        return "another record";
    const char *wrong = compare_members(&whole, 0, &picked, 0, !keeps);
    return wrong ? wrong : compare_found(test, &whole, &picked, keeps);
}
