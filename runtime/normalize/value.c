/* SPDX-License-Identifier: Apache-2.0
 * A text becomes values: unquoted, compared with the absent texts, decoded, mapped, and read as its destinations' types
 * say. What fits none is kept in extra under the field's name and counted. */
#include "normalize/worker.h"
#include "argot/read.h"
#include <string.h>

static bool
same(struct argot_slice a, const struct argot_slice *b)
{
    return a.length == b->length && (!a.length || !memcmp(a.at, b->at, a.length));
}

static bool
among(const struct argot_texts *texts, struct argot_slice text)
{
    for (uint16_t i = 0; texts && i < texts->count; i++)
        if (same(text, &texts->texts[i]))
            return true;
    return false;
}

bool
argot_value_absent(const struct argot_normalizer *normalizer, const struct argot_value *value, struct argot_slice text)
{
    return text.at && (!text.length || among(&normalizer->absent, text) || (value && among(value->absent, text)));
}

const struct argot_slice *
argot_value_lookup(const struct argot_map *map, struct argot_slice text)
{
    unsigned low = 0, high = map->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct argot_slice *key = &map->pairs[middle].key;
        uint32_t n = key->length < text.length ? key->length : text.length;
        int order = n ? memcmp(text.at, key->at, n) : 0;
        order = order ? order : (text.length > key->length) - (text.length < key->length);
        if (!order)
            return &map->pairs[middle].value;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* ---- storing ---- */

void
argot_value_extra(struct argot_worker *w, struct argot_slice key, enum argot_type type, const struct argot_slot *slot,
                  uint16_t dest)
{
    if (w->nextra == ARGOT_WORKER_MAX_EXTRA) {
        w->limited = true;
        return;
    }
    w->extra[w->nextra++] = (struct argot_worker_extra){{key, (uint8_t)type, *slot}, dest};
}

static void
append(struct argot_worker *w, struct argot_slot *list, bool begin, const struct argot_slot *item)
{
    uint32_t count = begin ? 0 : list->list.count;
    const struct argot_slot *old = list->list.items;
    if ((count & (count - 1)) == 0) { /* grown in powers of two */
        struct argot_slot *grown = argot_arena_alloc(&w->batch->arena, (count ? count * 2 : 1) * sizeof *grown);
        if (!grown) {
            w->failed = true;
            return;
        }
        if (count)
            memcpy(grown, old, count * sizeof *grown);
        old = grown;
    }
    ((struct argot_slot *)old)[count] = *item;
    list->list.items = old;
    list->list.count = count + 1;
    list->list.unused = 0;
}

/* Stores a slot of the destination's type (of a list: an item). */
void
argot_value_store(struct argot_worker *w, unsigned depth, uint16_t dest, const struct argot_slot *slot)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound_dest *to = &level->bound->dests[dest];
    bool had = argot_bound_bit(&level->present, dest);
    bool replaces = level->overwriting && !argot_bound_bit(&level->written, dest);
    if (to->list)
        append(w, &level->slots[dest], !had || replaces, slot);
    else
        level->slots[dest] = *slot;
    argot_bound_bit_set(&level->present, dest);
    argot_bound_bit_set(&level->written, dest);
    if (to->kind != ARGOT_DEST_EXTRA)
        return;
    for (uint32_t i = level->extra_begin; had && i < w->nextra; i++)
        if (w->extra[i].dest == dest) {
            w->extra[i].extra.value = level->slots[dest];
            return;
        }
    argot_value_extra(w, to->key, (enum argot_type)to->type, &level->slots[dest], dest);
}

static inline bool
read_slot(struct argot_worker *w, const struct argot_bound_dest *to, struct argot_slice text, struct argot_slot *slot)
{
    if (to->plain) {
        slot->text.at = text.at;
        slot->text.length = text.length;
        slot->text.flags = 0;
        return true;
    }
    enum argot_decode_status status = argot_decode_type(&w->decode, (enum argot_type)to->type, to->field, text, slot);
    if (status == ARGOT_DECODE_NO_MEMORY)
        w->failed = true;
    return status == ARGOT_DECODED;
}

bool
argot_value_put(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text)
{
    struct argot_slot slot;
    if (!read_slot(w, &w->levels[depth].bound->dests[dest], text, &slot))
        return false;
    argot_value_store(w, depth, dest, &slot);
    return true;
}

/* The same for a text of a record, with ARGOT_PADDING readable bytes behind: the common spellings of what records are
 * full of are read without a branch on how long they are. */
static inline bool
read_padded(struct argot_worker *w, const struct argot_bound_dest *to, struct argot_slice text, struct argot_slot *slot)
{
    const uint8_t *end = text.at + text.length;
    if (to->type == ARGOT_TYPE_IP && argot_read_ipv4(text.at, end, slot->ip) == end)
        return true;
    bool number = to->type == ARGOT_TYPE_UINT || to->type == ARGOT_TYPE_BYTES || to->type == ARGOT_TYPE_PORT;
    uint64_t most = to->type == ARGOT_TYPE_PORT ? UINT16_MAX : UINT64_MAX;
    if (number && argot_read_uint(text.at, end, most, &slot->u64) == end)
        return true;
    return read_slot(w, to, text, slot);
}

bool
argot_value_simple(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound *bound = level->bound;
    bool replaces = argot_bound_bit(&level->present, dest); /* a value that stays should the text be none */
    struct argot_slot other, *slot = replaces ? &other : &level->slots[dest];
    if (argot_bound_may_be_absent(bound, text) && argot_value_absent(bound->normalizer, NULL, text))
        return true;
    if (argot_bound_bit(level->overwriting ? &level->written : &level->present, dest))
        return true;
    if (!read_padded(w, &bound->dests[dest], text, slot))
        return false;
    if (replaces)
        level->slots[dest] = other;
    argot_bound_bit_set(&level->present, dest);
    argot_bound_bit_set(&level->written, dest);
    return true;
}

void
argot_value_bad(struct argot_worker *w, unsigned depth, uint16_t dest, struct argot_slice text)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound_dest *to = &level->bound->dests[dest];
    struct argot_slot slot = {.text = {text.at, text.length, 0}};
    level->odd.bad_values++;
    if (!level->odd.bad_field) {
        level->odd.bad_field = (const char *)to->key.at;
        level->odd.bad_value = text;
    }
    if (to->field == w->registry->event_time && !level->odd.bad_time.at)
        level->odd.bad_time = text;
    for (uint32_t i = level->extra_begin; i < w->nextra; i++)
        if (same(to->key, &w->extra[i].extra.key))
            return; /* of several the first is shown */
    argot_value_extra(w, to->key, ARGOT_TYPE_STRING, &slot, ARGOT_NONE);
}

/* ---- the program ---- */

struct step {
    struct argot_worker *w;
    unsigned depth;
    const struct argot_value *value;
    const struct argot_value_options *options;
};

static const struct argot_normalizer *
normalizer_of(const struct step *s)
{
    return s->w->levels[s->depth].bound->normalizer;
}

/* Whether a destination takes no further value: it has one, and is no list. The fields of a case overwrite what was
 * there before the case, not each other. */
static bool
taken(const struct step *s, uint16_t dest)
{
    const struct argot_level *level = &s->w->levels[s->depth];
    return argot_bound_bit(level->overwriting ? &level->written : &level->present, dest) &&
           !level->bound->dests[dest].list;
}

static void
put_target(struct step *s, unsigned target, struct argot_slice text)
{
    if (target >= s->value->ntargets || !text.at || argot_value_absent(normalizer_of(s), s->value, text))
        return;
    const struct argot_target *to = &s->value->targets[target];
    for (uint16_t i = 0; i < to->count; i++) {
        if (to->dests[i] == ARGOT_DROP || taken(s, to->dests[i]) || argot_value_put(s->w, s->depth, to->dests[i], text))
            return;
    }
    argot_value_bad(s->w, s->depth, to->dests[0], text);
}

/* A value that is decoded by `how`, not by the type of its destination. */
static void
put_decoded(struct step *s, enum argot_decode_status status, const struct argot_slot *slot, struct argot_slice text)
{
    const struct argot_target *to = &s->value->targets[0];
    uint16_t dest = to->dests[0];
    if (dest == ARGOT_DROP || taken(s, dest))
        return;
    if (status == ARGOT_DECODED)
        argot_value_store(s->w, s->depth, dest, slot);
    else
        argot_value_bad(s->w, s->depth, dest, text);
}

static void
put_list(struct step *s, struct argot_slice text)
{
    const struct argot_slice *separator = &s->value->text;
    const uint8_t *at = text.at, *end = text.at + text.length;
    for (;;) {
        const uint8_t *next = memmem(at, (size_t)(end - at), separator->at, separator->length);
        struct argot_slice item = {at, (uint32_t)((next ? next : end) - at)};
        if (item.length)
            put_target(s, 0, item);
        if (!next)
            return;
        at = next + separator->length;
    }
}

static void
put_pieces(struct step *s, struct argot_slice text)
{
    struct argot_slice piece[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    bool ok = false;
    switch (s->value->how) {
    case ARGOT_HOW_ENDPOINT:
        ok = argot_decode_endpoint(text, &piece[0], &piece[1]);
        break;
    case ARGOT_HOW_ACCOUNT:
        ok = argot_decode_account(text, &piece[0], &piece[1]);
        break;
    case ARGOT_HOW_URL:
        ok = argot_decode_url(text, &piece[0], &piece[1], &piece[2], &piece[3]);
        break;
    default:
        break;
    }
    if (!ok) {
        put_decoded(s, ARGOT_DECODE_BAD, NULL, text);
        return;
    }
    for (unsigned i = 0; i < s->value->ntargets; i++)
        put_target(s, i, piece[i]);
}

/* Facilities and severities are small numbers, whose digits lie here. */
static struct argot_slice
spelled(uint64_t number)
{
    static const char pairs[] = "000102030405060708091011121314151617181920212223";
    const char *digits = pairs + 2 * number;
    uint32_t zeros = number < 10;
    return (struct argot_slice){(const uint8_t *)digits + zeros, 2 - zeros};
}

static void
put_pri(struct step *s, struct argot_slice text)
{
    uint64_t numbers[2];
    if (!argot_decode_pri(text, &numbers[0], &numbers[1])) {
        put_decoded(s, ARGOT_DECODE_BAD, NULL, text);
        return;
    }
    for (unsigned i = 0; i < 2 && i < s->value->ntargets; i++)
        put_target(s, i, spelled(numbers[i]));
}

static bool
put_line(struct step *s, struct argot_slice text)
{
    struct argot_slice trimmed = argot_lexer_trim(text);
    uint32_t nextra = s->w->nextra;
    if (argot_lexer_value(s->w, s->depth, s->value->lexer, trimmed, s->options->nesting + 1) >= 0)
        return true;
    struct argot_slot slot = {.text = {text.at, text.length, 0}};
    s->w->nextra = nextra;
    s->w->levels[s->depth].odd.bad_values++;
    if (s->options->name.at)
        argot_value_extra(s->w, s->options->name, ARGOT_TYPE_STRING, &slot, ARGOT_NONE);
    return true;
}

static bool
put(struct step *s, struct argot_slice text)
{
    const struct argot_value *value = s->value;
    enum argot_how how = (enum argot_how)value->how;
    struct argot_slot slot = {0};
    enum argot_decode_status status;
    if (how <= ARGOT_HOW_QUOTED_CSV) {
        put_target(s, 0, text);
    } else if (how == ARGOT_HOW_LIST) {
        put_list(s, text);
    } else if (how <= ARGOT_HOW_STRPTIME) {
        status = argot_decode_time(&s->w->decode, how, value->text, text, &slot.i64);
        put_decoded(s, status, &slot, text);
    } else if (how <= ARGOT_HOW_CLOCK) {
        status = argot_decode_duration(how, text, &slot.i64);
        put_decoded(s, status, &slot, text);
    } else if (how <= ARGOT_HOW_GIB) {
        status = argot_decode_bytes(how, text, &slot.u64);
        put_decoded(s, status, &slot, text);
    } else if (how <= ARGOT_HOW_PERCENT) {
        struct argot_slice decoded;
        status = argot_decode_text(&s->w->decode, how, text, &decoded);
        put_target(s, 0, status == ARGOT_DECODED ? decoded : text);
    } else if (how <= ARGOT_HOW_URL) {
        put_pieces(s, text);
    } else if (how == ARGOT_HOW_PRI) {
        put_pri(s, text);
    } else if (how == ARGOT_HOW_BLOCK) {
        return argot_block_run(s->w, s->depth, value->block, text, s->options->nesting);
    } else {
        return put_line(s, text);
    }
    return true;
}

/* decode, case, map. False: the value is null. */
static bool
change(struct step *s, struct argot_slice *text)
{
    const struct argot_value *value = s->value;
    enum argot_decode_status status = ARGOT_DECODED;
    if (value->decode)
        status = argot_decode_apply(&s->w->decode, value->decode, *text, text);
    if (status == ARGOT_DECODED && value->letter_case)
        status = argot_decode_lower(&s->w->decode, *text, value->letter_case == ARGOT_CASE_UPPER, text);
    if (status == ARGOT_DECODE_NO_MEMORY)
        s->w->failed = true;
    if (!value->map)
        return true;
    const struct argot_slice *mapped = argot_value_lookup(value->map, *text);
    if (mapped)
        *text = *mapped;
    else if (value->otherwise == ARGOT_ELSE_TEXT)
        *text = value->otherwise_text;
    else if (value->otherwise == ARGOT_ELSE_NULL)
        s->w->levels[s->depth].odd.unmapped++;
    return mapped || value->otherwise;
}

bool
argot_value_run(struct argot_worker *w, unsigned depth, const struct argot_value *value, struct argot_slice text,
                const struct argot_value_options *options)
{
    struct step step = {w, depth, value, options};
    if (options->nesting >= ARGOT_BOUND_MAX_VALUE_DEPTH)
        return true;
    if (value->how >= ARGOT_HOW_QUOTED && value->how <= ARGOT_HOW_QUOTED_CSV &&
        argot_decode_text(&w->decode, (enum argot_how)value->how, text, &text) == ARGOT_DECODE_NO_MEMORY)
        w->failed = true;
    if (argot_value_absent(w->levels[depth].bound->normalizer, value, text))
        return true;
    if ((value->decode || value->letter_case || value->map) && !change(&step, &text))
        return true;
    return put(&step, text);
}
