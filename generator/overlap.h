/* SPDX-License-Identifier: Apache-2.0
 * Lines that two templates, messages or formats fit, and templates that no line reaches. All that is said is proved by
 * a line, which is shown; what takes too long to find out is counted and left. */
#pragma once
#include "generator/language.h"

#define ARGOT_GEN_OVERLAP_MOVES 20000000     /* of all searches for templates that no line reaches */
#define ARGOT_GEN_OVERLAP_MOVES_ALL 40000000 /* of all others, which are made when asked for: some seconds */

/* Warns of templates that no line reaches. */
void argot_gen_warn_unreachable(struct argot_gen *gen);
/* Warns of messages that fit one line, and of strings that may hold the text which ends them. Returns how many pairs of
 * messages were not examined. */
size_t argot_gen_warn_overlaps(struct argot_gen *gen);
/* Warns of lines that another format fits too. False where the two were not examined. */
bool argot_gen_warn_formats(struct argot_gen *gen, struct argot_gen *other, uint64_t *moves);

/* ---- shared by the files that look ---- */

/* The heads of a lexer's templates, to leave out at once the pairs that no line fits. */
struct argot_gen_heads {
    size_t count;
    const struct argot_automaton **automata; /* NULL: may begin with anything */
    uint64_t steps;
};
void argot_gen_heads_make(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_gen_heads *heads);
bool argot_gen_heads_meet(struct argot_gen *gen, struct argot_gen_heads *heads, size_t a, size_t b);

/* Making an automaton takes moves too. False where there are none left. */
bool argot_gen_charge(uint64_t *moves, const struct argot_automaton *automaton);

/* A line that two templates fit and none of `out`; false where none is found. *gave_up tells why not. */
struct argot_gen_pair {
    struct argot_gen *gen[2];
    const struct argot_gen_sequence *tree[2];
    const struct argot_gen_element *longer; /* of tree[1]: see argot_gen_language */
    const struct argot_automaton *const *out;
    size_t nout;
    uint64_t *moves;
    const char *text;
    size_t length;
    bool gave_up;
};
bool argot_gen_pair_find(struct argot_gen_pair *pair);
/* The line of a format whose messages read `text`; false where it cannot be told. */
bool argot_gen_line_of(struct argot_gen *gen, const struct argot_gen_lexer *lexer, uint64_t *moves, const char **text,
                       size_t *length);
/* Whether the records of a format leave a line out. */
bool argot_gen_skips(const struct argot_gen *gen, const char *text, size_t length);
/* The text as people read it: what is no printable ASCII is escaped. */
const char *argot_gen_readable(struct argot_gen *gen, const char *text, size_t length);
