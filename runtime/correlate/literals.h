/* SPDX-License-Identifier: Apache-2.0
 * Which of many texts a value equals, starts with, ends with or contains, with or without regard to case, all in one
 * pass. Of each text a few bytes in a row, a window, stand for it: one that seems rare. A value is gone over window by
 * window; a bitmap of their hashes says which might be one of a text's, and those are compared. Texts that a value must
 * equal are found by a hash of some of its bytes. Where nothing is to be found anywhere in the value, only windows at a
 * few places from its begin and end are looked at. */
#pragma once
#include "base/arena.h"
#include "correlate/sightings.h"
#include "correlate/witnesses.h"

struct argot_literal {
    enum argot_witness_kind kind; /* EQUALS, STARTS, ENDS (not empty), CONTAINS (two bytes or more) */
    bool fold;
    uint32_t witness;
    struct argot_slice text;
};

struct argot_literals;

/* How often windows stand in values, by a hash of theirs: what tells rare ones from others. Zeroed: nothing is known.
 */
#define ARGOT_LITERALS_COUNTERS 16384u
struct argot_literals_counts {
    uint64_t windows;
    uint16_t seen[ARGOT_LITERALS_COUNTERS];
};
void argot_literals_count(struct argot_literals_counts *counts, struct argot_slice text);

/* Into the arena, with a copy of the array; the texts themselves must live as long. counts: of such values, may be
 * NULL. NULL without memory. */
struct argot_literals *argot_literals_new(struct argot_arena *arena, const struct argot_literal *literals,
                                          uint32_t count, const struct argot_literals_counts *counts);
/* Linear in the text but for windows that it shares with many literals. */
void argot_literals_look(const struct argot_literals *texts, struct argot_slice text,
                         struct argot_sightings *sightings);
