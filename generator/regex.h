/* SPDX-License-Identifier: Apache-2.0
 * Regular expressions as trees over byte sets: read from a format's `types:`, built from templates, printed for re2c,
 * and compared by walking the product of two automata. Trees live in the compile arena. The newline is in no set. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include <stdbool.h>

enum argot_regex_kind {
    ARGOT_REGEX_EMPTY,
    ARGOT_REGEX_SET,
    ARGOT_REGEX_CONCAT, /* left right */
    ARGOT_REGEX_ALTERNATE,
    ARGOT_REGEX_REPEAT, /* left, min to max times; max UINT32_MAX: no bound */
};

struct argot_regex {
    enum argot_regex_kind kind;
    uint64_t set[4];
    const struct argot_regex *left, *right;
    uint32_t min, max;
};

#define ARGOT_REGEX_MAX_REPEAT 1000   /* of {m,n} */
#define ARGOT_REGEX_MAX_STATES 4000   /* of one expression's automaton */
#define ARGOT_REGEX_MAX_PAIRS 1000000 /* of two automata walked together; with more they count as overlapping */
#define ARGOT_REGEX_MAX_DEPTH 100
#define ARGOT_REGEX_MAX_MOVES 40000000 /* looked at while states are counted, about half a second */

const struct argot_regex *argot_regex_empty(struct argot_arena *arena);
const struct argot_regex *argot_regex_set(struct argot_arena *arena, const uint64_t set[4]);
const struct argot_regex *argot_regex_text(struct argot_arena *arena, const char *text, size_t length);
const struct argot_regex *argot_regex_concat(struct argot_arena *arena, const struct argot_regex *left,
                                             const struct argot_regex *right);
const struct argot_regex *argot_regex_alternate(struct argot_arena *arena, const struct argot_regex *left,
                                                const struct argot_regex *right);
const struct argot_regex *argot_regex_repeat(struct argot_arena *arena, const struct argot_regex *inner, uint32_t min,
                                             uint32_t max);

static inline bool
argot_regex_in(const uint64_t set[4], unsigned byte)
{
    return set[byte >> 6] >> (byte & 63) & 1;
}

/* Whether it is a byte of one set, then any number of bytes of another: then these. */
bool argot_regex_run(const struct argot_regex *regex, uint64_t first[4], uint64_t rest[4]);

/* Literals, classes, escapes (\d \w \s \D \W \S \t \xHH and punctuation), groups, | * + ? {m,n} and the dot. NULL with
 * the byte offset and the reason where it is more than regular or broken. */
const struct argot_regex *argot_regex_parse(struct argot_arena *arena, const char *text, size_t length, size_t *offset,
                                            const char **why);
bool argot_regex_nullable(const struct argot_regex *regex);
/* Adds the bytes that a match may begin with. */
void argot_regex_first(const struct argot_regex *regex, uint64_t set[4]);
void argot_regex_print(const struct argot_regex *regex, struct argot_buffer *out);

struct argot_automaton;
/* NULL when it has too many states or no memory. */
const struct argot_automaton *argot_automaton_build(struct argot_arena *arena, const struct argot_regex *regex);
/* Adds to each of `count` sets the bytes that may stand at its place in a text that begins with a match. O(count *
 * states). False without memory. */
bool argot_automaton_begin(struct argot_arena *arena, const struct argot_automaton *a, uint64_t (*sets)[4],
                           unsigned count);
/* Whether some match of one begins with (or is) a match of the other; true where that is too much to find out. Each
 * pair of states takes one of the steps; without any it is true. O(states * states), early end. */
bool argot_automaton_overlap(struct argot_arena *arena, const struct argot_automaton *a,
                             const struct argot_automaton *b, uint64_t *steps);
/* How many states the DFA has that tells the matches of several automata apart, before it is made minimal; most + 1
 * where there are more, or counting them takes more than ARGOT_REGEX_MAX_MOVES. Scratch is the caller's to reset. */
uint32_t argot_automaton_states(struct argot_arena *scratch, const struct argot_automaton *const *automata,
                                size_t count, uint32_t most);
