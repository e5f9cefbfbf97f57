/* SPDX-License-Identifier: Apache-2.0
 * How the objects of the records at hand were laid out: records of a log have the same names in the same order. A step
 * is a name where it stood, as it was written, behind the names before it. That a step was taken before tells all about
 * it with one comparison: that it is a name, none of the object's earlier ones, and what formats ask for under it. What
 * is known changes how fast a record is read, never what is read. */
#pragma once
#include "decode/picks.h"
#include "argot/lanes.h"
#include <string.h>

#define ARGOT_LAYOUT_TEXT 48    /* bytes of a name with its quotes, colon and blanks; a longer one is not learnt */
#define ARGOT_LAYOUT_STEPS 2048 /* when there are more, all are forgotten */
#define ARGOT_LAYOUT_WAYS 8     /* names known at one place; a further one is not learnt */

#define ARGOT_LAYOUT_NOBODY 0xffffu

/* How much of a value is read. */
enum argot_layout_depth {
    ARGOT_LAYOUT_SKIP, /* checked and passed over */
    ARGOT_LAYOUT_TAKE, /* its members are read, and theirs where formats ask for them */
    ARGOT_LAYOUT_DEEP, /* all of it is read */
};

struct argot_layout_step {
    uint8_t text[ARGOT_LAYOUT_TEXT];
    uint16_t next, other;  /* behind its value; in its place */
    uint16_t child, items; /* the first in an object under it; in the objects of a list under it */
    uint16_t before;       /* the one before it in its object, 0: none */
    uint16_t pick;
    uint8_t length, key_at, key_length; /* of the text; the name in it */
    uint8_t object : 2, array : 2;      /* enum argot_layout_depth, should its value be one */
    uint8_t unasked : 1;                /* nobody asks for the member itself */
    uint8_t repeated : 1;               /* flat: an earlier name of the record is the same */
};
_Static_assert(sizeof(struct argot_layout_step) == 64, "a step is a line of a cache");

struct argot_layout {
    const struct argot_picks *picks;
    argot_picks_formats asked;       /* formats that records are read for */
    struct argot_layout_step *steps; /* ARGOT_LAYOUT_STEPS; [0] is of the record itself */
    uint16_t count;
    bool full;       /* all is to be forgotten before the next record */
    uint32_t budget; /* names that may still be compared to learn from this record: see argot_layout_begin */
};

/* Where a step is learnt. */
struct argot_layout_place {
    uint16_t before; /* the step before it in the object, 0: it is the first */
    uint16_t parent; /* the object's pick, ARGOT_LAYOUT_NOBODY: none */
    enum argot_layout_depth depth;
};

#ifdef ARGOT_LANES
/* A bit for each of 16 bytes that is the same in both. */
static inline unsigned
argot_layout_same(const uint8_t *a, const uint8_t *b)
{
    return argot_lanes_mask((argot_lanes)(argot_lanes_load(a) == argot_lanes_load(b)));
}
#endif

static inline bool
argot_layout_is(const struct argot_layout_step *step, const uint8_t *at)
{
#ifdef ARGOT_LANES
    unsigned length = step->length, i = 0;
    for (; length > 16; length -= 16, i += 16)
        if (argot_layout_same(step->text + i, at + i) != 0xffff)
            return false;
    return !(~argot_layout_same(step->text + i, at + i) << (32 - length)); /* a length is never 0 */
#else
    return !memcmp(step->text, at, step->length);
#endif
}

/* The step at `at` among those that `first` leads to, or 0. Reads up to ARGOT_LAYOUT_TEXT bytes. */
static inline uint16_t
argot_layout_find(const struct argot_layout *layout, uint16_t first, const uint8_t *at)
{
    while (first && !argot_layout_is(&layout->steps[first], at))
        first = layout->steps[first].other;
    return first;
}

/* Before a record of so many bytes: forgets all where that is due, and sets how much may be learnt from it, so that
 * records of ever new names take linear time. Large objects are learnt from several records. */
void argot_layout_begin(struct argot_layout *layout, uint32_t bytes);
/* Learns the step whose text begins at `at`, as one more that `*link` leads to (of a step at hand). Returns its number,
 * or 0 where it is no name of the object that can be learnt. Reads nothing at or behind `end`. */
uint16_t argot_layout_learn(struct argot_layout *layout, uint16_t *link, const struct argot_layout_place *place,
                            const uint8_t *at, const uint8_t *end);
/* The same in a record without nesting, where names may be repeated: one of so many bytes, `length` with what ends it.
 */
uint16_t argot_layout_learn_flat(struct argot_layout *layout, uint16_t *link, uint16_t before, const uint8_t *at,
                                 uint32_t key_length, uint32_t length);
