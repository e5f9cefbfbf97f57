/* SPDX-License-Identifier: Apache-2.0
 * What the parts of an explanation for people share. What came from logs is escaped on its way, so it cannot drive a
 * terminal. Inside why_*.c only. */
#pragma once
#include "cli/why.h"

struct argot_why_words {
    const struct argot_why_told *told;
    const struct argot_why *why;
    struct argot_buffer *out;
    struct argot_buffer label; /* scratch */
    unsigned width;            /* of a column of counts */
};

/* ---- why_words.c ---- */
void argot_why_words_say(struct argot_why_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
void argot_why_words_time(struct argot_why_words *words, argot_time time);
void argot_why_words_cut(struct argot_why_words *words, const struct argot_why_text *text);
/* A name out of a rule file. */
void argot_why_words_name(struct argot_why_words *words, const char *name);
/* What was put into the label; empties it. */
void argot_why_words_label(struct argot_why_words *words);
/* The same, but no more than a value takes. */
void argot_why_words_value(struct argot_why_words *words);
/* What stands at a place of a rule file, and where that is: my.rule:12 */
void argot_why_words_source(struct argot_why_words *words, const struct argot_plan_place *place);
void argot_why_words_place(struct argot_why_words *words, const struct argot_plan_place *place);
/* web.log:17, or the time before it too */
void argot_why_words_record(struct argot_why_words *words, const struct argot_why_moment *moment);
void argot_why_words_moment(struct argot_why_words *words, const struct argot_why_moment *moment);
void argot_why_words_count(struct argot_why_words *words, uint64_t count, const char *one, const char *many);
void argot_why_words_span(struct argot_why_words *words, int64_t span_ns);
/* A table of what the parts of a condition said. */
void argot_why_words_table(struct argot_why_words *words, const struct argot_trace *trace,
                           const struct argot_why_node *nodes, uint64_t judged);

/* ---- why_text_keys.c: how far keys came ---- */
void argot_why_text_when(struct argot_why_words *words);
void argot_why_text_steps(struct argot_why_words *words);
void argot_why_text_keys(struct argot_why_words *words);
