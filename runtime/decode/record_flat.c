/* SPDX-License-Identifier: Apache-2.0
 * Nodes of records without nesting. A record whose names are no longer known is gone on with by looking them up; one
 * with many such is left to the readers of trees, whose time is bounded whatever the names are. */
#include "decode/record_flat.h"
#include <string.h>

#define MAX_COMPARED 64 /* nodes that each unknown name is compared with */

static bool
is_any_blank(struct argot_slice separator)
{
    return separator.length == 0 || (separator.length == 1 && separator.at[0] == ' ');
}

/* With a value separator within the pair separator, what comes behind a name could say that it is none. */
static bool
fits_kv(const struct argot_kv *kv)
{
    struct argot_slice value = kv->value_separator, pair = kv->pair_separator;
    return !is_any_blank(value) && (is_any_blank(pair) || !memmem(pair.at, pair.length, value.at, value.length));
}

static bool
fits_csv(const struct argot_csv *csv)
{
    const struct argot_slice *names = csv->columns.texts;
    for (uint16_t i = 0; i < csv->columns.count; i++)
        for (uint16_t k = 0; k < i; k++)
            if (names[i].length == names[k].length && !memcmp(names[i].at, names[k].at, names[i].length))
                return false;
    return true;
}

bool
argot_record_flat_fits(const struct argot_block *block)
{
    switch (block->kind) {
    case ARGOT_KIND_KV:
        return fits_kv(block->kv);
    case ARGOT_KIND_CSV:
        return fits_csv(block->csv);
    default:
        return block->kind == ARGOT_KIND_SD;
    }
}

bool
argot_record_flat_begin(struct argot_record_flat_read *read, const struct argot_decode *context,
                        struct argot_record_room *room, const struct argot_record_flat *flat, struct argot_slice text,
                        struct argot_record *record)
{
    if (!text.at || !argot_record_room_prepare(room, text.length))
        return false;
    memset(record, 0, offsetof(struct argot_record, names));
    *read = (struct argot_record_flat_read){
        .build = {.context = context, .record = record, .begin = text.at, .end = text.at + text.length},
        .room = room,
        .flat = flat,
        .link = &room->firsts[flat->number]};
    room->nodes[0] = (struct argot_node){.kind = ARGOT_NODE_OBJECT, .text_at = text.at, .text_length = text.length};
    record->count = 1;
    return true;
}

bool
argot_record_flat_end(struct argot_record_flat_read *read, bool good)
{
    struct argot_record *record = read->build.record;
    struct argot_record_room *room = read->room;
    if (!good)
        return false;
    room->nodes[0].end = record->count;
    room->found[0] = 0; /* where names went that nobody asked for */
    record->nodes = room->nodes;
    record->capacity = room->capacity;
    record->found = room->found;
    record->offset = (uint32_t)(read->build.end - read->build.begin);
    return true;
}

/* A name that was not learnt. */
static bool
look_up(struct argot_record_flat_read *read, struct argot_slice name, struct argot_slice value)
{
    const struct argot_node *nodes = read->room->nodes;
    uint32_t count = read->build.record->count;
    read->link = NULL;
    if (count > MAX_COMPARED)
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (nodes[i].key_length == name.length && !memcmp(nodes[i].key_at, name.at, name.length))
            return argot_record_flat_repeat(read, name, value);
    return argot_record_flat_put(read, name, argot_picks_child(read->room->layout.picks, 0, name), value);
}

bool
argot_record_flat_learn(struct argot_record_flat_read *read, struct argot_slice name, const uint8_t *behind,
                        struct argot_slice value)
{
    struct argot_layout *layout = &read->room->layout;
    uint32_t length = (uint32_t)(behind - name.at);
    uint16_t step = 0;
    if (read->link)
        step = argot_layout_learn_flat(layout, read->link, read->before, name.at, name.length, length);
    return step ? argot_record_flat_take(read, &layout->steps[step], name, value) : look_up(read, name, value);
}
