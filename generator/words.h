/* SPDX-License-Identifier: Apache-2.0
 * Looking for a text that some automata match and others do not: the shortest, of bytes that people like to read. */
#pragma once
#include "generator/automaton.h"

#define ARGOT_WORDS_STATES 60000 /* looked at in one search; with more it is given up */

enum argot_words_end {
    ARGOT_WORDS_FOUND,
    ARGOT_WORDS_NONE,    /* there is no such text */
    ARGOT_WORDS_GAVE_UP, /* the search became too large, or there were no steps left */
};

struct argot_words {
    struct argot_arena *arena; /* for the text, which has a NUL behind it */
    struct argot_seam *seam;   /* for the memory of the search */
    const struct argot_automaton *in[2];
    size_t nwanted; /* 1 or 2 that match it */
    const struct argot_automaton *const *out;
    size_t nout;     /* that do not */
    uint64_t *steps; /* moves that may still be made, over several searches */
    const char *text;
    size_t length;
};

/* The text is not empty and does not end with a blank, since lines are looked at so. O(states^nwanted * 2^nout),
 * but for the limits. */
enum argot_words_end argot_words_find(struct argot_words *words);
/* Whether an automaton matches a text. O(length * states). */
bool argot_words_match(struct argot_seam *seam, const struct argot_automaton *automaton, const char *text,
                       size_t length);
