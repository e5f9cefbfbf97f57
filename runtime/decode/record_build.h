/* SPDX-License-Identifier: Apache-2.0
 * How the readers of records put their trees together: nodes in one growing array, decoded strings in chunks of the
 * arena, and what went wrong. Inside runtime/decode only. */
#pragma once
#include "decode/record.h"
#include "argot/lanes.h"

struct argot_record_build {
    const struct argot_decode *context;
    struct argot_record *record;
    const uint8_t *begin, *end; /* of the text that is read */
    uint8_t *room, *room_end;   /* of the current chunk for decoded strings */
    bool no_memory;
};

/* Empties the record and adds node 0, an object with this text. */
bool argot_record_build_start(struct argot_record_build *build, const struct argot_decode *context,
                              struct argot_slice text, struct argot_record *record);
/* Adds a node as the last of the container `parent`; 0 on failure. */
uint32_t argot_record_build_node(struct argot_record_build *build, uint32_t parent, enum argot_node_kind kind,
                                 struct argot_slice key, struct argot_slice text);
/* What is told after that at the reader's place: too many nodes, unless there was no memory. Returns false. */
bool argot_record_build_full(struct argot_record_build *build, const uint8_t *at);
/* Room for a decoded string of up to `count` bytes; argot_record_build_string takes what was written. NULL without
 * memory. */
uint8_t *argot_record_build_room(struct argot_record_build *build, size_t count);
struct argot_slice argot_record_build_string(struct argot_record_build *build, uint8_t *at, size_t count);
/* Marks and counts members of a container, whose end is known, that have a key which an earlier one has. O(n log n)
 * whatever the keys are. */
bool argot_record_build_duplicates(struct argot_record_build *build, uint32_t parent, uint32_t members);
/* The text does not fit at `at`. Returns false. */
bool argot_record_build_bad(struct argot_record_build *build, const uint8_t *at, const char *expected);
/* Closes the root and tells how it went. */
enum argot_decode_status argot_record_build_end(struct argot_record_build *build, bool good, uint32_t members);
/* A text between quotes without them: undoes backslash escapes (\" \\ \n \t \r \xHH and the quote itself; others keep
 * both bytes), or doubled quotes. */
bool argot_record_build_unescape(struct argot_record_build *build, struct argot_slice text, uint8_t quote,
                                 enum argot_escape escape, struct argot_slice *out);

/* Whether a column of this name is left out. */
static inline bool
argot_record_drops_column(struct argot_slice name)
{
    return name.length && name.at[0] == '_';
}

static inline struct argot_slice
argot_record_build_slice(const uint8_t *begin, const uint8_t *end)
{
    return (struct argot_slice){begin, (uint32_t)(end - begin)};
}

/* The next of two bytes, or the end. Texts in records are short. */
static inline const uint8_t *
argot_record_build_find(const uint8_t *at, const uint8_t *end, uint8_t one, uint8_t other)
{
#ifdef ARGOT_LANES
    for (; end - at >= ARGOT_LANES; at += ARGOT_LANES) {
        argot_lanes bytes = argot_lanes_load(at);
        unsigned hits = argot_lanes_mask((argot_lanes)(bytes == argot_lanes_of(one)) |
                                         (argot_lanes)(bytes == argot_lanes_of(other)));
        if (hits)
            return at + __builtin_ctz(hits);
    }
#endif
    while (at < end && *at != one && *at != other)
        at++;
    return at;
}
