/* SPDX-License-Identifier: Apache-2.0
 * Nondeterministic automata as the generator's own files walk them: automaton.c builds them, determinize.c counts the
 * states of what re2c would make of them, witness.c looks for texts. */
#pragma once
#include "generator/regex.h"

#define ARGOT_AUTOMATON_NONE UINT32_MAX

struct argot_automaton_state {
    const struct argot_regex *set; /* NULL: two empty moves */
    uint32_t next[2];              /* ARGOT_AUTOMATON_NONE: none; behind a set only the first */
};

struct argot_automaton {
    struct argot_automaton_state *states;
    uint32_t count, capacity, start, accept;
    bool failed;
};

static inline bool
argot_automaton_takes(const struct argot_regex *set, unsigned byte)
{
    return set->set[byte >> 6] >> (byte & 63) & 1;
}
