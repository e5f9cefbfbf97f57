/* SPDX-License-Identifier: Apache-2.0
 * What writes the extractor of a template, and its choices. It is written twice. The whole extractor takes every way
 * through the template: where there is a choice, the place goes on a small stack, and what fails later comes back to
 * it. The straight one has no stack. It takes the first way that fits, and another one only where it is known from the
 * template alone which choice a failure gives up; all else it leaves to the whole extractor, which begins anew. So what
 * it takes is what the whole one would take. Where nothing else is left to try, the line does not fit; what was
 * expected is noted as long as this may come. */
#pragma once
#include "generator/backwards.h"
#include "generator/dead_ends.h"
#include "generator/emit_store.h"
#include "generator/text_point.h"

/* A choice of the straight extractor that what fails goes back to. */
struct argot_gen_way {
    unsigned choice;                  /* the number of its labels and variables */
    struct argot_gen_kept kept, lost; /* since it was made; and of that, what a failure has to take back */
    struct argot_gen_way *outer;      /* the choice before */
};

/* A :text of the straight extractor, whose end is a choice. */
struct argot_gen_text_end {
    const struct argot_gen_element *field;
    struct argot_gen_follow follow;
    struct argot_gen_rest behind;
    struct argot_gen_way *way;
    const char *outer; /* the label to go to when there is no other end */
    struct argot_gen_text_end *next;
};

struct argot_gen_writer {
    struct argot_gen *gen;
    struct argot_buffer *out;
    unsigned choices;                      /* places to come back to; their numbers are the labels */
    unsigned labels;                       /* joins behind groups */
    bool rest;                             /* what is written is for texts that the quick way does not read */
    const struct argot_gen_element *point; /* the :text whose rest is being written for the groups there, else NULL */
    /* the whole extractor */
    unsigned open; /* a choice that what fails goes to at once, since nothing else was chosen since; 0: none */
    const struct argot_gen_sequence *tree; /* the template */
    const struct argot_gen_dead_ends *ends;
    const struct argot_gen_backwards *backwards;
    unsigned begun;                          /* rests that are noted where they begin, a bit each */
    unsigned tables;                         /* of them that are used */
    unsigned combination;                    /* of the groups behind the point */
    bool last;                               /* the combination is */
    const struct argot_gen_element *reached; /* the first of the groups */
    unsigned reach;   /* number of the variables that tell which ends of the text come to it, or 0 */
    unsigned reaches; /* such pairs of variables */
    bool alone;       /* there is no straight extractor */
    /* the straight one */
    bool straight;
    struct argot_gen_way *way;               /* the choice made last; NULL: there is none */
    struct argot_gen_way unknown;            /* stands for a choice that is not known, or one of several */
    const struct argot_gen_element *settles; /* a literal that no other way of that choice can begin with */
    size_t over;                             /* bytes that p may be behind the end of the text */
    const char *instead;                     /* a label that failures go to; NULL: to the choice */
    struct argot_gen_text_end *texts;        /* all that were written, the last one first */
    struct argot_gen_element *const *groups; /* behind the point */
    size_t ngroups;
    const struct argot_gen_text_end *only; /* the point's text, if it alone is a choice so far; else NULL */
};

/* The label to go to when something does not fit. */
const char *argot_gen_way_on(struct argot_gen_writer *w);
/* The statement that does so, and notes in the whole extractor what was expected at the place. */
void argot_gen_write_fail(struct argot_gen_writer *w, const char *at, const char *expected);
const char *argot_gen_quote(struct argot_gen_writer *w, const char *text, size_t length, const char *behind);
/* Whether the straight extractor knows all choices that are open, so that its failure can be final. */
bool argot_gen_is_known(const struct argot_gen_writer *w);
/* Once that is not so, it compares literals that lie behind the end of the text, too, as long as ARGOT_PADDING allows,
 * and sees later that p is behind it. So before what needs p to be in the text this writes that it is. */
#define ARGOT_GEN_OVER_MAX 32
void argot_gen_write_inside(struct argot_gen_writer *w, const char *expected);
/* The condition that a text stands at a place. */
void argot_gen_write_is(struct argot_gen_writer *w, const char *at, const char *text, size_t length);

/* Choices of the whole extractor: opens one (what fails from here on comes back to this place, to take the next way),
 * puts the place on the stack (before another choice is made, and where the way ends), begins the next way. */
unsigned argot_gen_open_choice(struct argot_gen_writer *w);
void argot_gen_keep_choice(struct argot_gen_writer *w);
void argot_gen_write_next_way(struct argot_gen_writer *w, unsigned choice);

/* Choices of the straight one: opens one, and begins the next way. */
struct argot_gen_way *argot_gen_open_way(struct argot_gen_writer *w);
void argot_gen_next_way(struct argot_gen_writer *w, struct argot_gen_way *way);
/* The literal that an alternative of a group begins with, if no way behind it can begin where it stands; else NULL. */
const struct argot_gen_element *argot_gen_settles(const struct argot_gen_writer *w,
                                                  const struct argot_gen_element *group, size_t alternative,
                                                  const struct argot_gen_rest *behind);

/* Fields (emit_field.c). A string takes the literal behind it, too, where it tells so. */
bool argot_gen_write_string(struct argot_gen_writer *w, const struct argot_gen_element *field,
                            const struct argot_gen_follow *follow, const struct argot_gen_element *next);
void argot_gen_write_text(struct argot_gen_writer *w, const struct argot_gen_element *field,
                          const struct argot_gen_follow *follow, const struct argot_gen_rest *behind);
void argot_gen_write_typed(struct argot_gen_writer *w, const struct argot_gen_element *field,
                           const struct argot_gen_rest *here, const struct argot_gen_follow *follow);
/* The straight extractor: goes back to the whole one if the text could have ended further left, too. */
void argot_gen_write_only_end(struct argot_gen_writer *w);
/* Behind all else: how the next end of each text is looked for. */
void argot_gen_write_next_ends(struct argot_gen_writer *w);
