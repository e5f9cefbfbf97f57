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
    bool group;                       /* it is one of ways through a group */
    struct argot_gen_kept kept, lost; /* since it was made; and of that, what a failure has to take back */
    struct argot_gen_way *outer;      /* the choice before */
};

/* A run of bytes that the straight extractor found where alternatives begin: those behind begin there, too, and may
 * have to look for an end of the same bytes, or of more. Its end is the variable `x` with its number, NULL where the
 * type does not begin. */
struct argot_gen_run {
    unsigned number, place;
    const struct argot_gen_type *type;
    bool host; /* it ends where a host does, if that is before */
};
#define ARGOT_GEN_RUNS_MAX 16 /* that are known at once; what is beyond is looked for anew */

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
    unsigned place; /* where p is: the choice that was made there; 0: nowhere in particular */
    bool perhaps;   /* or behind something optional that stands there */
    bool hosts;     /* an alternative behind may begin with a host here */
    struct argot_gen_run runs[ARGOT_GEN_RUNS_MAX];
    unsigned nruns, all_runs;              /* at the place and those around it; and that have a variable */
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

/* Choices of the straight one: opens one (group: of ways through a group; else of ends of a text), and begins the next
 * way. Where nothing was kept since it was opened, what fails need not take anything back. */
struct argot_gen_way *argot_gen_open_way(struct argot_gen_writer *w, bool group);
void argot_gen_next_way(struct argot_gen_writer *w, struct argot_gen_way *way);
/* The literal that an alternative of a group begins with, if no way behind it can begin where it stands; else NULL. */
const struct argot_gen_element *argot_gen_settles(const struct argot_gen_writer *w,
                                                  const struct argot_gen_element *group, size_t alternative,
                                                  const struct argot_gen_rest *behind);

/* Literals (emit_extract.c): goes on only if it stands at a place. */
void argot_gen_write_literal(struct argot_gen_writer *w, const struct argot_gen_element *literal, const char *at);

/* What fields share: the condition that something which can follow begins at q, and that the text is kept. */
void argot_gen_write_follows(struct argot_gen_writer *w, const struct argot_gen_follow *follow, const char *begin);
void argot_gen_write_kept(struct argot_gen_writer *w, const struct argot_gen_element *field, const char *begin,
                          const char *end, enum argot_gen_known known);
/* Around what is written for texts that the quick way does not read. ends: the condition that the text ends at q, as C;
 * NULL: where its class does. */
void argot_gen_begin_quick(struct argot_gen_writer *w, const struct argot_gen_element *field, const char *ends);
void argot_gen_end_quick(struct argot_gen_writer *w);

/* Fields (emit_field.c, emit_typed.c). A string takes the literal behind it, too, where it tells so. */
bool argot_gen_write_string(struct argot_gen_writer *w, const struct argot_gen_element *field,
                            const struct argot_gen_follow *follow, const struct argot_gen_element *next);
void argot_gen_write_text(struct argot_gen_writer *w, const struct argot_gen_element *field,
                          const struct argot_gen_follow *follow, const struct argot_gen_rest *behind);
/* The same, where it is looked for the literal before the field is kept. */
bool argot_gen_write_typed(struct argot_gen_writer *w, const struct argot_gen_element *field,
                           const struct argot_gen_rest *here, const struct argot_gen_follow *follow,
                           const struct argot_gen_element *next);

/* Runs (emit_run.c): the table and the function of a type that is one; false: it is none. */
bool argot_gen_emit_run(const struct argot_gen_type *type, struct argot_buffer *out);
/* Where alternatives begin: sets q to the end of a host's bytes; and writes the value of `result`, as which a type's
 * end is set, NULL where it does not begin. */
void argot_gen_write_host_run(struct argot_gen_writer *w);
void argot_gen_write_type_run(struct argot_gen_writer *w, const struct argot_gen_type *type, const char *result);
/* Whether an alternative before found a run at the place that the type's goes on from. */
bool argot_gen_run_is_known(const struct argot_gen_writer *w, const struct argot_gen_type *type);
/* Behind something optional that stands at the place: the runs do not begin there. */
void argot_gen_forget_runs(struct argot_gen_writer *w, unsigned place);
/* Whether a host may stand where the sequence begins. */
bool argot_gen_begins_with_host(const struct argot_gen_sequence *sequence);
/* The straight extractor: goes back to the whole one if the text could have ended further left, too. */
void argot_gen_write_only_end(struct argot_gen_writer *w);
/* Behind all else: how the next end of each text is looked for. */
void argot_gen_write_next_ends(struct argot_gen_writer *w);
