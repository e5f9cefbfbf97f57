/* SPDX-License-Identifier: Apache-2.0
 * Records without nesting (key=value, CSV, structured data) read into the memory of their reader: what a record is the
 * readers of trees say, which are the same code; here a name that stood in its place before costs one comparison, and
 * tells by itself which node formats look for. */
#pragma once
#include "decode/record_build.h"
#include "decode/record_room.h"

/* A block as formats bind it. */
struct argot_record_flat {
    bool usable;             /* else its records are read as trees */
    uint32_t number;         /* among the blocks of all formats */
    const uint16_t *columns; /* CSV: the picks of the named columns */
};

/* Whether records of a block can be read so: names must end where they end whatever comes behind. */
bool argot_record_flat_fits(const struct argot_block *block);
/* True: the record is what argot_record_kv, argot_record_csv or argot_record_sd make of the text. False: these must be
 * called, which find out what it is; so it is where they refuse it, when there are many names that differ from record
 * to record, with more columns than have names, and without memory. ARGOT_PADDING bytes behind the text are readable.
 */
bool argot_record_kv_pick(const struct argot_decode *context, const struct argot_kv *dialect,
                          const struct argot_record_flat *flat, struct argot_record_room *room, struct argot_slice text,
                          struct argot_record *record);
bool argot_record_csv_pick(const struct argot_decode *context, const struct argot_csv *dialect,
                           const struct argot_record_flat *flat, struct argot_record_room *room,
                           struct argot_slice text, struct argot_record *record);
bool argot_record_sd_pick(const struct argot_decode *context, const struct argot_record_flat *flat,
                          struct argot_record_room *room, struct argot_slice text, struct argot_record *record);

/* ---- for these three ---- */

/* One record on its way. */
struct argot_record_flat_read {
    struct argot_record_build build;
    struct argot_record_room *room;
    const struct argot_record_flat *flat;
    uint16_t *link;  /* to the steps that may come; NULL: names are looked up one by one from here on */
    uint16_t before; /* the step before */
};

/* Begins a record with its node 0; false: it is better read as a tree. */
bool argot_record_flat_begin(struct argot_record_flat_read *read, const struct argot_decode *context,
                             struct argot_record_room *room, const struct argot_record_flat *flat,
                             struct argot_slice text, struct argot_record *record);
/* True: the record is complete. */
bool argot_record_flat_end(struct argot_record_flat_read *read, bool good);
/* A pair whose name is not known at its place. `behind` is the place behind the name and what ends it. False, here and
 * below: the record is better read as a tree. */
bool argot_record_flat_learn(struct argot_record_flat_read *read, struct argot_slice name, const uint8_t *behind,
                             struct argot_slice value);

/* A value of a name that is none of the record's others. */
static inline bool
argot_record_flat_put(struct argot_record_flat_read *read, struct argot_slice name, uint16_t pick,
                      struct argot_slice value)
{
    struct argot_record_room *room = read->room;
    uint32_t index = read->build.record->count;
    if (index == room->capacity && !argot_record_room_grow(room))
        return false;
    read->build.record->count = index + 1;
    room->nodes[index] = (struct argot_node){.key_at = name.at,
                                             .text_at = value.at,
                                             .key_length = name.length,
                                             .text_length = value.length,
                                             .end = index + 1,
                                             .kind = ARGOT_NODE_STRING};
    room->found[pick] = (uint16_t)index;
    return true;
}

/* A value of a name that the record has already. */
static inline bool
argot_record_flat_repeat(struct argot_record_flat_read *read, struct argot_slice name, struct argot_slice value)
{
    uint32_t index = read->build.record->count;
    if (!argot_record_flat_put(read, name, 0, value))
        return false;
    read->room->nodes[index].duplicate = true;
    read->build.record->duplicates++;
    return true;
}

/* The step at `at`, if it is known. */
static inline const struct argot_layout_step *
argot_record_flat_step(const struct argot_record_flat_read *read, const uint8_t *at)
{
    const struct argot_layout *layout = &read->room->layout;
    uint16_t found = read->link ? argot_layout_find(layout, *read->link, at) : 0;
    return found && layout->steps[found].length <= read->build.end - at ? &layout->steps[found] : NULL;
}

/* A pair whose name is known. */
static inline bool
argot_record_flat_take(struct argot_record_flat_read *read, const struct argot_layout_step *known,
                       struct argot_slice name, struct argot_slice value)
{
    struct argot_layout_step *steps = read->room->layout.steps;
    read->before = (uint16_t)(known - steps);
    read->link = &steps[read->before].next;
    return known->repeated ? argot_record_flat_repeat(read, name, value)
                           : argot_record_flat_put(read, name, known->pick, value);
}
