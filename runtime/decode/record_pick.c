/* SPDX-License-Identifier: Apache-2.0
 * Reading JSON as far as it is asked for, in one pass: each name is compared with the one that stood there before, and
 * what has no name asked for leaves nothing but its text. Reads a little behind the end of the text, and so may take
 * bytes there for its own; but then it does not end where the text does, and the record is refused. */
#include "decode/record_pick.h"
#include "decode/record_string.h"
#include <string.h>

#define MAX_BYTES 120000 /* a value takes two of them, so there are fewer than ARGOT_RECORD_MAX_NODES */
#define INLINE inline __attribute__((always_inline)) /* there are few of each, in loops over all values */

struct scan {
    struct argot_record_build build;
    struct argot_record_room *room;
    const uint8_t *end;
    uint32_t nodes, depth;
    bool changed; /* what was passed over is not what is written of it: there are blanks, nulls or such */
};

/* ---- scalars ---- */

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static __attribute__((noinline)) const uint8_t *
skip_more_blanks(struct scan *s, const uint8_t *at)
{
    if (is_blank(*at))
        s->changed = true;
    while (at < s->end && is_blank(*at))
        at++;
    return at;
}

/* Past blanks, if there are any; up to the end at most. */
static INLINE const uint8_t *
skip_blanks(struct scan *s, const uint8_t *at)
{
    return *at > ' ' ? at : skip_more_blanks(s, at);
}

static INLINE const uint8_t *
find_special(const struct scan *s, const uint8_t *at)
{
#ifdef ARGOT_LANES
    unsigned hits = argot_special_hits(at);
    if (hits)
        return at + __builtin_ctz(hits);
    at += 16;
#endif
    return s->room->find_special(at, s->end);
}

/* Behind the string whose opening quote stands at `at`, or NULL. */
static INLINE const uint8_t *
pass_string(struct scan *s, const uint8_t *at)
{
    const uint8_t *stop = find_special(s, at + 1);
    uint8_t letters[4];
    while (stop < s->end && *stop == '\\') {
        uint8_t *to = letters;
        bool same = stop[1] == '"' || stop[1] == '\\'; /* as they are written again */
        s->changed |= !same;
        stop = argot_record_string_escape(&s->build, stop, &to);
        if (!stop)
            return NULL;
        stop = find_special(s, stop);
    }
    return stop < s->end && *stop == '"' ? stop + 1 : NULL;
}

static const uint8_t *
pass_digits(const struct scan *s, const uint8_t *at)
{
    const uint8_t *begin = at;
    while (at < s->end && (uint8_t)(*at - '0') < 10)
        at++;
    return at > begin ? at : NULL;
}

/* Any number; `at` is behind its sign. */
static const uint8_t *
pass_any_number(const struct scan *s, const uint8_t *at)
{
    at = at < s->end && *at == '0' ? at + 1 : pass_digits(s, at);
    if (at && at < s->end && *at == '.')
        at = pass_digits(s, at + 1);
    if (at && at < s->end && (*at | 0x20) == 'e') {
        at++;
        if (at < s->end && (*at == '+' || *at == '-'))
            at++;
        at = pass_digits(s, at);
    }
    return at;
}

#ifdef ARGOT_LANES
/* How many of 16 bytes are digits before another comes. */
static INLINE unsigned
count_digits(const uint8_t *at)
{
    const argot_lanes values = argot_lanes_load(at) - argot_lanes_of('0');
    return (unsigned)__builtin_ctz(~argot_lanes_mask((argot_lanes)(values <= argot_lanes_of(9))));
}
#endif

static INLINE const uint8_t *
pass_number(const struct scan *s, const uint8_t *at)
{
    at += *at == '-';
#ifdef ARGOT_LANES
    unsigned count = count_digits(at);
    if (count == 16)
        count += count_digits(at + 16);
    if (count - 1 < 31 && (*at != '0' || count == 1) && at[count] != '.' && (at[count] | 0x20) != 'e')
        return at + count;
#endif
    return pass_any_number(s, at);
}

static const uint8_t *
pass_word(const uint8_t *at)
{
    if (!memcmp(at, "true", 4) || !memcmp(at, "null", 4))
        return at + 4;
    return memcmp(at, "false", 5) != 0 ? NULL : at + 5;
}

/* ---- members ---- */

/* The object whose members are read. */
struct object {
    uint16_t *link;                         /* to the steps that may come */
    const struct argot_layout_step *before; /* the last one, NULL: none */
    uint16_t parent;                        /* its pick */
    enum argot_layout_depth depth;
};

static __attribute__((noinline)) struct argot_layout_step *
another_step(struct scan *s, const struct object *object, const uint8_t *at)
{
    struct argot_layout *layout = &s->room->layout;
    uint16_t found = argot_layout_find(layout, *object->link, at);
    uint16_t before = object->before ? (uint16_t)(object->before - layout->steps) : 0;
    struct argot_layout_place place = {before, object->parent, object->depth};
    if (!found)
        found = argot_layout_learn(layout, object->link, &place, at, s->end);
    return found ? &layout->steps[found] : NULL;
}

/* The step at `at`, known or learnt; NULL: it is none, or is better read with care. */
static INLINE struct argot_layout_step *
step_at(struct scan *s, const struct object *object, const uint8_t *at)
{
    struct argot_layout_step *step = &s->room->layout.steps[*object->link];
    return *object->link && argot_layout_is(step, at) ? step : another_step(s, object, at);
}

/* Whether a step, its value behind it, leaves its text changed. */
static INLINE bool
is_spaced(const struct argot_layout_step *step)
{
    return step->length != step->key_length + 3;
}

/* Behind the comma, or at the closing byte; NULL: neither. */
static INLINE const uint8_t *
pass_comma(struct scan *s, const uint8_t *at, uint8_t close)
{
    if (*at == ',')
        return at + 1;
    at = skip_blanks(s, at);
    if (*at == ',')
        return at + 1;
    return *at == close ? at : NULL;
}

static INLINE bool
open_container(struct scan *s)
{
    return ++s->depth <= ARGOT_RECORD_MAX_DEPTH;
}

static INLINE const uint8_t *
close_container(struct scan *s, const uint8_t *at)
{
    s->depth--;
    return at < s->end ? at + 1 : NULL;
}

/* ---- what nobody asks for ---- */

static const uint8_t *skip_object(struct scan *s, const uint8_t *at, uint16_t *first);
static const uint8_t *skip_array(struct scan *s, const uint8_t *at, struct argot_layout_step *step);

/* A value under a step; `item`: in a list. Depth is bounded by ARGOT_RECORD_MAX_DEPTH, here and below. */
static INLINE const uint8_t *
skip_value(struct scan *s, const uint8_t *at, struct argot_layout_step *step, bool item)
{
    const uint8_t *behind;
    at = skip_blanks(s, at);
    if (at >= s->end)
        return NULL;
    if (*at == '"') {
        behind = pass_string(s, at);
        if (behind == at + 2 && !item) /* an empty text is none */
            s->changed = true;
        return behind;
    }
    if (*at <= '9')
        return pass_number(s, at);
    if (*at == '{')
        return skip_object(s, at, item ? &step->items : &step->child);
    if (*at == '[')
        return skip_array(s, at, step);
    if (*at == 'n' && !item)
        s->changed = true;
    return pass_word(at);
}

static const uint8_t *
skip_object(struct scan *s, const uint8_t *at, uint16_t *first)
{
    struct object object = {first, NULL, ARGOT_LAYOUT_NOBODY, ARGOT_LAYOUT_SKIP};
    if (!open_container(s))
        return NULL;
    at = skip_blanks(s, at + 1);
    if (*at == '}')
        return close_container(s, at);
    for (;;) {
        struct argot_layout_step *step = step_at(s, &object, at);
        if (!step)
            return NULL;
        if (is_spaced(step))
            s->changed = true;
        at = skip_value(s, at + step->length, step, false);
        if (!at || !(at = pass_comma(s, at, '}')))
            return NULL;
        if (at[-1] != ',')
            return close_container(s, at);
        object.before = step;
        object.link = &step->next;
    }
}

static const uint8_t *
skip_array(struct scan *s, const uint8_t *at, struct argot_layout_step *step)
{
    if (!open_container(s))
        return NULL;
    at = skip_blanks(s, at + 1);
    if (*at == ']')
        return close_container(s, at);
    for (;;) {
        at = skip_value(s, at, step, true);
        if (!at || !(at = pass_comma(s, at, ']')))
            return NULL;
        if (at[-1] != ',')
            return close_container(s, at);
    }
}

/* ---- what is asked for ---- */

static const uint8_t *take_object(struct scan *s, const uint8_t *at, struct object object, uint32_t node);
static const uint8_t *take_array(struct scan *s, const uint8_t *at, struct argot_layout_step *step, uint32_t node);

/* Where a member or an item goes. */
struct goal {
    struct argot_slice key;
    uint32_t parent;
};

static INLINE struct argot_node *
add_node(struct scan *s, const struct goal *goal, enum argot_node_kind kind, const uint8_t *begin, const uint8_t *end)
{
    struct argot_record_room *room = s->room;
    if (s->nodes == room->capacity && !argot_record_room_grow(room))
        return NULL;
    uint32_t index = s->nodes++;
    room->nodes[index] = (struct argot_node){.key_at = goal->key.at,
                                             .text_at = begin,
                                             .key_length = goal->key.length,
                                             .text_length = (uint32_t)(end - begin),
                                             .end = index + 1,
                                             .parent = (uint16_t)goal->parent,
                                             .kind = (uint8_t)kind};
    return &room->nodes[index];
}

static const uint8_t *
take_string(struct scan *s, const uint8_t *at, const struct goal *goal)
{
    const uint8_t *close = find_special(s, at + 1);
    struct argot_slice text = {at + 1, (uint32_t)(close - at - 1)};
    if (close >= s->end)
        return NULL;
    bool plain = *close == '"';
    if (plain)
        at = close + 1;
    else if (*close != '\\' || !argot_record_string_read(&s->build, &at, &text))
        return NULL;
    struct argot_node *node = add_node(s, goal, ARGOT_NODE_STRING, text.at, text.at + text.length);
    if (!node)
        return NULL;
    node->plain = plain;
    return at;
}

static const uint8_t *
take_scalar(struct scan *s, const uint8_t *at, const struct goal *goal)
{
    enum argot_node_kind kind = *at == 't'   ? ARGOT_NODE_TRUE
                                : *at == 'f' ? ARGOT_NODE_FALSE
                                : *at == 'n' ? ARGOT_NODE_NULL
                                             : ARGOT_NODE_NUMBER;
    const uint8_t *behind = kind == ARGOT_NODE_NUMBER ? pass_number(s, at) : pass_word(at);
    return behind && add_node(s, goal, kind, at, behind) ? behind : NULL;
}

/* A whole list or object as one node. */
static const uint8_t *
take_closed(struct scan *s, const uint8_t *at, const struct goal *goal, struct argot_layout_step *step, bool item)
{
    bool object = *at == '{', changed = s->changed;
    s->changed = false;
    const uint8_t *behind = object ? skip_object(s, at, item ? &step->items : &step->child) : skip_array(s, at, step);
    struct argot_node *node =
        behind ? add_node(s, goal, object ? ARGOT_NODE_OBJECT : ARGOT_NODE_ARRAY, at, behind) : NULL;
    if (!node)
        return NULL;
    node->opaque = true;
    node->plain = !s->changed;
    s->changed = changed;
    return behind;
}

static const uint8_t *
take_open(struct scan *s, const uint8_t *at, const struct goal *goal, struct argot_layout_step *step, bool item)
{
    bool object = *at == '{';
    uint32_t index = s->nodes;
    struct object members = {item ? &step->items : &step->child, NULL,
                             item || !step->pick ? ARGOT_LAYOUT_NOBODY : step->pick,
                             (enum argot_layout_depth)(item ? ARGOT_LAYOUT_DEEP : step->object)};
    if (!add_node(s, goal, object ? ARGOT_NODE_OBJECT : ARGOT_NODE_ARRAY, at, at))
        return NULL;
    const uint8_t *behind = object ? take_object(s, at, members, index) : take_array(s, at, step, index);
    if (!behind)
        return NULL;
    struct argot_node *node = &s->room->nodes[index];
    node->text_length = (uint32_t)(behind - at);
    node->end = s->nodes;
    return behind;
}

/* Lists that are read at all are read deep, and so are their items. */
static INLINE const uint8_t *
take_value(struct scan *s, const uint8_t *at, const struct goal *goal, struct argot_layout_step *step, bool item)
{
    at = skip_blanks(s, at);
    if (at >= s->end)
        return NULL;
    if (*at == '"')
        return take_string(s, at, goal);
    if (*at == '{')
        return item || step->object ? take_open(s, at, goal, step, item) : take_closed(s, at, goal, step, item);
    if (*at == '[')
        return step->array ? take_open(s, at, goal, step, item) : take_closed(s, at, goal, step, item);
    return take_scalar(s, at, goal);
}

static const uint8_t *
take_object(struct scan *s, const uint8_t *at, struct object object, uint32_t node)
{
    if (!open_container(s))
        return NULL;
    at = skip_blanks(s, at + 1);
    if (*at == '}')
        return close_container(s, at);
    for (;;) {
        struct argot_layout_step *step = step_at(s, &object, at);
        if (!step)
            return NULL;
        struct goal goal = {{at + step->key_at, step->key_length}, node};
        s->room->found[step->pick] = (uint16_t)s->nodes;
        at += step->length;
        at = step->unasked ? skip_value(s, at, step, false) : take_value(s, at, &goal, step, false);
        if (!at || !(at = pass_comma(s, at, '}')))
            return NULL;
        if (at[-1] != ',')
            return close_container(s, at);
        object.before = step;
        object.link = &step->next;
    }
}

static const uint8_t *
take_array(struct scan *s, const uint8_t *at, struct argot_layout_step *step, uint32_t node)
{
    struct goal goal = {{NULL, 0}, node};
    if (!open_container(s))
        return NULL;
    at = skip_blanks(s, at + 1);
    if (*at == ']')
        return close_container(s, at);
    for (;;) {
        at = take_value(s, at, &goal, step, true);
        if (!at || !(at = pass_comma(s, at, ']')))
            return NULL;
        if (at[-1] != ',')
            return close_container(s, at);
    }
}

/* ---- the whole ---- */

static bool
scan_record(struct scan *s, const uint8_t *at)
{
    const struct argot_layout *layout = &s->room->layout;
    struct object object = {&s->room->layout.steps[0].child, NULL, 0,
                            layout->picks->picks[0].deep & layout->asked ? ARGOT_LAYOUT_DEEP : ARGOT_LAYOUT_TAKE};
    struct goal goal = {{NULL, 0}, 0};
    at = skip_blanks(s, at);
    if (at >= s->end || *at != '{' || !add_node(s, &goal, ARGOT_NODE_OBJECT, at, at))
        return false;
    const uint8_t *behind = take_object(s, at, object, 0);
    if (!behind)
        return false;
    struct argot_node *node = &s->room->nodes[0];
    node->text_length = (uint32_t)(behind - at);
    node->end = s->nodes;
    s->room->found[0] = 0; /* where names went that nobody asked for */
    return behind == s->end || skip_blanks(s, behind) == s->end;
}

bool
argot_record_pick(const struct argot_decode *context, struct argot_record_room *room, struct argot_slice text,
                  struct argot_record *record)
{
    struct scan s;
    if (!text.length || text.length > MAX_BYTES || !argot_record_room_prepare(room, text.length))
        return false;
    s.build = (struct argot_record_build){
        .context = context, .record = record, .begin = text.at, .end = text.at + text.length};
    s.room = room;
    s.end = s.build.end;
    s.nodes = s.depth = 0;
    s.changed = false;
    memset(record, 0, offsetof(struct argot_record, names));
    if (!scan_record(&s, text.at))
        return false;
    record->nodes = room->nodes;
    record->count = s.nodes;
    record->capacity = room->capacity;
    record->found = room->found;
    record->offset = text.length;
    return true;
}
