/* SPDX-License-Identifier: Apache-2.0
 * What follows from what was captured: conditions, cases, constants, derived fields. */
#include "normalize/worker.h"
#include "event/format.h"
#include <string.h>

/* ---- sources ---- */

static struct argot_slice
made(char *room, size_t length)
{
    return (struct argot_slice){(const uint8_t *)room, (uint32_t)length};
}

/* A value as the text that conditions compare. */
static struct argot_slice
slot_text(const struct argot_bound_dest *dest, const struct argot_slot *slot, char room[80])
{
    switch ((enum argot_type)dest->type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return (struct argot_slice){slot->text.at, slot->text.length};
    case ARGOT_TYPE_ENUM: {
        const struct argot_schema_field *field = &argot_schema.fields[dest->field];
        const char *name = slot->u64 < field->nvalues ? field->values[slot->u64] : "";
        return (struct argot_slice){(const uint8_t *)name, (uint32_t)strlen(name)};
    }
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        return made(room, argot_format_u64(slot->u64, room));
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_DURATION:
        return made(room, argot_format_i64(slot->i64, room));
    case ARGOT_TYPE_BOOL:
        return slot->u64 ? (struct argot_slice)ARGOT_TEXT("true") : (struct argot_slice)ARGOT_TEXT("false");
    case ARGOT_TYPE_IP:
        return made(room, argot_format_ip(slot->ip, room));
    case ARGOT_TYPE_TIMESTAMP:
        return made(room, argot_format_time(slot->i64, room));
    case ARGOT_TYPE_FLOAT:
        return made(room, argot_format_double(slot->f64, room));
    case ARGOT_TYPE_MAC:
        return made(room, argot_format_mac(slot->u64, room));
    case ARGOT_TYPE_STRING_LIST:
        if (slot->list.count)
            return (struct argot_slice){slot->list.items[0].text.at, slot->list.items[0].text.length};
        break;
    case ARGOT_TYPE_IP_LIST:
        if (slot->list.count)
            return made(room, argot_format_ip(slot->list.items[0].ip, room));
        break;
    default:
        break;
    }
    return (struct argot_slice){NULL, 0};
}

static struct argot_slice
level_text(const struct argot_level *level, uint16_t dest, char room[80])
{
    if (dest == ARGOT_NONE || !argot_bound_bit(&level->present, dest))
        return (struct argot_slice){NULL, 0};
    return slot_text(&level->bound->dests[dest], &level->slots[dest], room);
}

struct argot_slice
argot_case_source(struct argot_worker *w, unsigned depth, const struct argot_source *source,
                  struct argot_bound_source bound, char room[80])
{
    struct argot_level *level = &w->levels[depth];
    struct argot_slice text = {NULL, 0};
    if (source->kind == ARGOT_SOURCE_DEST)
        return level_text(level, source->dest, room);
    if (source->kind == ARGOT_SOURCE_PATH) {
        uint32_t at = level->record ? argot_record_pick_find(level->record, source->path, bound.pick) : 0;
        if (at)
            text = argot_block_text(level->record, at);
        return text.length ? text : (struct argot_slice){NULL, 0};
    }
    for (unsigned d = depth + 1; bound.field >= 0 && !text.at && d-- > 0;)
        if (w->levels[d].bound)
            text = level_text(&w->levels[d], w->levels[d].bound->dest_of_field[bound.field], room);
    return text;
}

/* ---- conditions ---- */

bool
argot_case_glob(const struct argot_glob *glob, struct argot_slice text)
{
    if (!glob->star)
        return text.length == glob->head.length && (!text.length || !memcmp(text.at, glob->head.at, text.length));
    if (text.length < glob->head.length + glob->tail.length)
        return false;
    return (!glob->head.length || !memcmp(text.at, glob->head.at, glob->head.length)) &&
           (!glob->tail.length || !memcmp(text.at + text.length - glob->tail.length, glob->tail.at, glob->tail.length));
}

static bool
term_holds(struct argot_worker *w, unsigned depth, const struct argot_bound_term *bound)
{
    const struct argot_term *term = bound->term;
    char room[80];
    if (term->source.kind == ARGOT_SOURCE_COLUMNS) {
        const struct argot_record *record = w->levels[depth].record;
        return record && record->columns >= term->low && record->columns <= term->high;
    }
    struct argot_slice text = argot_case_source(w, depth, &term->source, bound->source, room);
    if (term->test == ARGOT_TEST_PRESENT || term->test == ARGOT_TEST_ABSENT)
        return (text.at != NULL) == (term->test == ARGOT_TEST_PRESENT);
    for (uint16_t i = 0; text.at && i < term->nvalues; i++)
        if (argot_case_glob(&term->values[i], text))
            return true;
    return false;
}

bool
argot_case_holds(struct argot_worker *w, unsigned depth, const struct argot_bound_condition *condition)
{
    for (uint16_t i = 0; i < condition->count; i++)
        if (!term_holds(w, depth, &condition->terms[i]))
            return false;
    return true;
}

/* ---- cases ---- */

static void
bind_case(struct argot_worker *w, unsigned depth, const struct argot_bound_case *bound)
{
    const struct argot_case *source = bound->source;
    struct argot_level *level = &w->levels[depth];
    level->overwriting = true;
    level->written = (struct argot_bound_bits){{0}};
    argot_block_bind(w, depth, level->record, source->bindings, bound->bindings, source->nbindings, 0, 0);
    level->overwriting = false;
}

/* Columns that get their names now are bound as those that had theirs before. */
static void
name_columns(struct argot_worker *w, unsigned depth, const struct argot_case *source)
{
    struct argot_level *level = &w->levels[depth];
    struct argot_record *record = level->record;
    uint64_t duplicates = record->duplicates;
    uint32_t first = argot_record_name_columns(record, source->columns, source->ncolumns);
    level->odd.duplicates += record->duplicates - duplicates;
    if (first && record->block)
        argot_block_bind(w, depth, record, record->block->bindings, NULL, record->block->nbindings, 0, first);
}

static void
choose(struct argot_worker *w, unsigned depth, const struct argot_bound_case *cases, uint16_t count)
{
    struct argot_level *level = &w->levels[depth];
    for (uint16_t i = 0; i < count && level->ncases < ARGOT_WORKER_MAX_CASES; i++) {
        const struct argot_case *source = cases[i].source;
        if (!argot_case_holds(w, depth, &cases[i].when))
            continue;
        level->cases[level->ncases++] = &cases[i];
        if (source->ncolumns && level->record)
            name_columns(w, depth, source);
        if (source->nbindings && level->record)
            bind_case(w, depth, &cases[i]);
        choose(w, depth, cases[i].cases, source->ncases);
        return;
    }
}

static void
set_constants(struct argot_worker *w, unsigned depth, const struct argot_bound_set *sets, uint16_t count)
{
    struct argot_level *level = &w->levels[depth];
    for (uint16_t i = 0; i < count; i++) {
        if (!sets[i].live)
            continue;
        uint16_t dest = sets[i].dest;
        bool unknown =
            level->bound->dests[dest].field == w->registry->event_type && sets[i].slot.u64 == w->registry->unknown_type;
        if (!argot_bound_bit(&level->present, dest) && !unknown)
            argot_value_store(w, depth, dest, &sets[i].slot);
    }
}

/* ---- derived fields ---- */

static bool
read_integer(struct argot_slice text, int64_t *number)
{
    struct argot_decode none = {0};
    struct argot_slot slot;
    if (argot_decode_type(&none, ARGOT_TYPE_INT, -1, text, &slot) != ARGOT_DECODED)
        return false;
    *number = slot.i64;
    return true;
}

static bool
table(const struct argot_derive *derive, struct argot_slice *text)
{
    int64_t number = 0;
    bool in_ranges = derive->nranges && read_integer(*text, &number);
    for (uint16_t i = 0; derive->contains && i < derive->contains->count; i++) {
        const struct argot_slice *part = &derive->contains->pairs[i].key;
        if (memmem(text->at, text->length, part->at, part->length)) {
            *text = derive->contains->pairs[i].value;
            return true;
        }
    }
    unsigned range = in_ranges ? argot_bound_range(derive, number) : 0;
    if (range) {
        *text = derive->ranges[range - 1].text;
        return true;
    }
    const struct argot_slice *mapped = derive->map ? argot_value_lookup(derive->map, *text) : NULL;
    if (mapped)
        *text = *mapped;
    return mapped != NULL;
}

static void
clear(struct argot_worker *w, struct argot_level *level, uint16_t dest)
{
    argot_bound_bit_clear(&level->present, dest);
    for (uint32_t i = level->extra_begin; i < w->nextra; i++)
        if (w->extra[i].dest == dest) {
            memmove(&w->extra[i], &w->extra[i + 1], (w->nextra - i - 1) * sizeof *w->extra);
            w->nextra--;
            return;
        }
}

void
argot_case_derive(struct argot_worker *w, unsigned depth, const struct argot_bound_derive *bound)
{
    const struct argot_derive *derive = bound->derive;
    struct argot_level *level = &w->levels[depth];
    struct argot_slice text = {NULL, 0};
    char room[80];
    bool own = false;
    for (uint16_t i = 0; !text.at && i < derive->nsources; i++) {
        const struct argot_source *source = &derive->sources[i];
        text = argot_case_source(w, depth, source, bound->sources[i], room);
        own = source->kind == ARGOT_SOURCE_DEST
                  ? source->dest == derive->dest
                  : bound->sources[i].field >= 0 && bound->sources[i].field == level->bound->dests[derive->dest].field;
    }
    if (!text.at)
        return;
    if (derive->letter_case &&
        argot_decode_lower(&w->decode, text, derive->letter_case == ARGOT_CASE_UPPER, &text) != ARGOT_DECODED)
        w->failed = true;
    bool tables = derive->contains || derive->nranges || derive->map;
    if (tables && !table(derive, &text)) {
        if (derive->otherwise == ARGOT_ELSE_NULL) {
            if (own)
                clear(w, level, derive->dest);
            return;
        }
        if (derive->otherwise == ARGOT_ELSE_TEXT)
            text = derive->otherwise_text;
    }
    if (text.at == (const uint8_t *)room) { /* made for the moment only */
        char *copy = argot_arena_copy(&w->batch->arena, room, text.length);
        w->failed |= !copy;
        if (!copy)
            return;
        text.at = (const uint8_t *)copy;
    }
    bool list = level->bound->dests[derive->dest].list;
    if (list)
        argot_bound_bit_clear(&level->present, derive->dest);
    if (!text.length || argot_value_put(w, depth, derive->dest, text))
        return;
    argot_value_bad(w, depth, derive->dest, text);
}

/* Chooses the cases that hold and sets the constants of these and of the message. */
void
argot_case_choose(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound *bound = level->bound;
    const struct argot_normalizer *n = bound->normalizer;
    const struct argot_bound_message *message = &bound->messages[level->message];
    if (message->source) {
        choose(w, depth, bound->cases, n->ncases);
        choose(w, depth, message->cases, message->source->ncases);
        for (unsigned i = level->ncases; i-- > 0;)
            set_constants(w, depth, level->cases[i]->sets, level->cases[i]->source->nsets);
    }
    set_constants(w, depth, message->sets, message->nsets);
}
