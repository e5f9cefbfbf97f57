/* SPDX-License-Identifier: Apache-2.0
 * The lines that a template fits, as automata: exactly they cannot be said (where a string ends depends on what stands
 * behind), so there are readings that hold surely not too many, and one that holds surely not too few. What is found
 * with them is therefore true; that nothing is found says nothing. */
#pragma once
#include "generator/automaton.h"
#include "generator/model.h"

enum argot_gen_reading {
    ARGOT_GEN_NICE,  /* some lines that fit, of bytes that people read, with no empty strings */
    ARGOT_GEN_SURE,  /* lines that fit, as many as can be told */
    ARGOT_GEN_MAYBE, /* all lines that fit, and others */
};

struct argot_gen_language {
    struct argot_arena *arena; /* where the automaton lies */
    const struct argot_gen *gen;
    enum argot_gen_reading reading;
    size_t skip; /* elements at the begin that are left out */
    /* A field that stands for a text, for others that it may hold, or NULL */
    const struct argot_gen_element *field;
    const char *text; /* the text; NULL: what the field takes, that which ends it, and what it takes again */
    size_t length;
    uint16_t dest;      /* without a field: the first one that fills this destination; ARGOT_NONE: none */
    bool close;         /* MAYBE with fewer others: no string holds what ends it, and times have their shape */
    bool blanks_behind; /* blanks and CR at the end of a line, which do not count, are part of it */
};

/* NULL where the reading cannot tell, or the automaton gets too large. */
const struct argot_automaton *argot_gen_language(const struct argot_gen_language *language,
                                                 const struct argot_gen_sequence *tree);
/* The same of a rest of a template. */
const struct argot_automaton *argot_gen_language_rest(const struct argot_gen_language *language,
                                                      const struct argot_gen_rest *rest);
/* How many elements two templates have in common at their begin that take the same text of any line. */
size_t argot_gen_language_common(const struct argot_gen_sequence *a, const struct argot_gen_sequence *b);
