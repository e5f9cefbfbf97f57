/* SPDX-License-Identifier: Apache-2.0
 * Nondeterministic automata as the generator's own files walk them: automaton.c builds them, determinize.c counts the
 * states of what re2c would make of them, witness.c looks for texts. */
#pragma once
#include "generator/regex.h"

#define ARGOT_AUTOMATON_NONE UINT32_MAX

struct argot_automaton_state {
    const struct argot_regex *set; /* NULL: two empty moves */
    bool look;                     /* takes no byte: the next one is of the set, or there is none (language.c alone) */
    uint32_t next[2];              /* ARGOT_AUTOMATON_NONE: none; behind a set only the first */
};

struct argot_automaton {
    struct argot_automaton_state *states;
    uint32_t count, capacity, start, accept;
    bool failed;
};

/* For whoever builds one: from its end to its begin. The first state that is added must be the end, and `accept`. */
uint32_t argot_automaton_add(struct argot_arena *arena, struct argot_automaton *a, const struct argot_regex *set,
                             uint32_t one, uint32_t two);
uint32_t argot_automaton_prepend(struct argot_arena *arena, struct argot_automaton *a, const struct argot_regex *regex,
                                 uint32_t next);
/* Classes of bytes that no set of the automata tells apart: the class of each byte, and one byte of each class, by the
 * order in `liked` where that is not NULL. Returns how many there are. */
unsigned argot_automaton_classes(const struct argot_automaton *const *automata, size_t count, const char *liked,
                                 uint8_t class_of[256], uint8_t byte_of[256]);

/* The DFA of several automata together, before it is made minimal; its first state is number 0. */
struct argot_dfa {
    uint32_t count;
    unsigned nclasses;
    uint8_t class_of[256]; /* of bytes */
    uint32_t *next;        /* by state and class; ARGOT_AUTOMATON_NONE: no way on */
    size_t words;          /* of a set of automata */
    uint64_t *accepts;     /* by state: which automata end there, a bit each */
};
/* False where it has more states than `most`, making it takes too many moves, or without memory. */
bool argot_automaton_determinize(struct argot_arena *arena, const struct argot_automaton *const *automata, size_t count,
                                 uint32_t most, struct argot_dfa *dfa);

/* The same as far as `most` states go, those that the fewest bytes lead to: ways to others are
 * ARGOT_AUTOMATON_UNTOLD. */
#define ARGOT_AUTOMATON_UNTOLD (UINT32_MAX - 1)
bool argot_automaton_determinize_begin(struct argot_arena *arena, const struct argot_automaton *const *automata,
                                       size_t count, uint32_t most, struct argot_dfa *dfa);

/* Of a set of states, by their numbers. */
static inline uint32_t
argot_automaton_hash(const uint32_t *members, uint32_t count)
{
    uint32_t value = 2166136261u;
    for (uint32_t i = 0; i < count; i++)
        value = (value ^ members[i]) * 16777619u ^ value >> 15;
    return value;
}

static inline bool
argot_automaton_takes(const struct argot_regex *set, unsigned byte)
{
    return set->set[byte >> 6] >> (byte & 63) & 1;
}
