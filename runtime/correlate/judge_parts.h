/* SPDX-License-Identifier: Apache-2.0
 * The judge from inside: what its files share. Nobody else includes this.
 *
 * Lists are never built while an expression is judged: of an expression that is a list, `item` says which of its items
 * is wanted, and argot_judge_value_count how many there are. An expression that is no list ignores it. */
#pragma once
#include "base/arena.h"
#include "correlate/judge.h"
#include "correlate/judge_table.h"

struct argot_judge_shape; /* where the fields of one shape lie */
struct argot_judge_engine;

struct argot_judge {
    struct argot_judge_head head; /* must be the first */
    struct argot_seam *seam;
    const struct argot_plan *plan;
    struct argot_arena tables;  /* what is prepared once */
    struct argot_arena scratch; /* texts of a predicate, until it is answered; what a search needs */
    struct argot_arena *texts;  /* that or head.kept: where texts go now */

    struct argot_judge_table prepared; /* by set and by pattern: struct argot_judge_set, struct argot_judge_regex */
    struct argot_judge_engine *regexes;

    struct argot_judge_shape **shapes; /* by number */
    uint32_t nshapes;
    uint16_t event_time, event_ingest_time; /* fields */

    struct argot_judge_counts counts;
};

/* ---- judge_value.c ---- */
void argot_judge_value_of(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                          uint32_t item, struct argot_datum *value);
/* Items of an expression that is a list; -1: the list is null. */
int64_t argot_judge_value_count(struct argot_judge *judge, const struct argot_expr *expr,
                                const struct argot_scene *scene);
/* A slot as a value of a schema type; type is not UNTYPED. */
void argot_judge_value_slot(enum argot_type type, uint16_t field, const struct argot_slot *slot,
                            struct argot_datum *value);

static inline void
argot_judge_value_null(struct argot_datum *value, uint8_t type)
{
    *value = (struct argot_datum){.type = type, .null = true};
}

static inline void
argot_judge_value_text(struct argot_datum *value, const void *at, size_t length)
{
    *value = (struct argot_datum){.type = ARGOT_EXPR_TEXT_TYPE,
                                  .slot.text = {.at = (const uint8_t *)at, .length = (uint32_t)length}};
}

/* Of a text; never at NULL. */
static inline struct argot_slice
argot_judge_value_slice(const struct argot_datum *value)
{
    const uint8_t *at = value->slot.text.at;
    return (struct argot_slice){at ? at : (const uint8_t *)"", at ? value->slot.text.length : 0};
}

/* ---- judge_condition.c: with texts in scratch ---- */
bool argot_judge_condition(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene);

/* ---- judge_compare.c: of values that are not null ---- */
enum argot_judge_order { ARGOT_JUDGE_LESS, ARGOT_JUDGE_EQUAL, ARGOT_JUDGE_GREATER, ARGOT_JUDGE_NONE };
enum argot_judge_order argot_judge_compare_values(struct argot_judge *judge, const struct argot_datum *left,
                                                  const struct argot_datum *right);
bool argot_judge_compare_equal(struct argot_judge *judge, const struct argot_datum *left,
                               const struct argot_datum *right, bool fold);

/* ---- judge_arithmetic.c ---- */
void argot_judge_arithmetic(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                            uint32_t item, struct argot_datum *value);
/* The magnitude; for abs. */
void argot_judge_arithmetic_absolute(struct argot_datum *value);

/* ---- judge_call.c ---- */
void argot_judge_call(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                      uint32_t item, struct argot_datum *value);

/* ---- judge_pattern.c ---- */
bool argot_judge_pattern(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene);

/* ---- judge_set.c ---- */
struct argot_judge_set;
bool argot_judge_set_is_large(const struct argot_expr_set *set); /* then it is prepared */
/* For an IN; NULL without memory. */
struct argot_judge_set *argot_judge_set_new(struct argot_judge *judge, const struct argot_expr *in);
bool argot_judge_set_in(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene);

/* ---- judge_untyped.c ---- */
/* A member of extra or an item of it as an UNTYPED value. JSON text of a string or null becomes one. */
void argot_judge_untyped(struct argot_judge *judge, uint8_t type, const struct argot_slot *slot,
                         struct argot_datum *value);
/* From a slice of JSON text; at NULL: null. */
void argot_judge_untyped_json(struct argot_judge *judge, struct argot_slice json, struct argot_datum *value);
void argot_judge_untyped_member(struct argot_judge *judge, struct argot_datum *value, struct argot_expr_text key);
void argot_judge_untyped_item(struct argot_judge *judge, struct argot_datum *value, uint32_t index);
/* Reads an UNTYPED value as a type, in place. */
void argot_judge_untyped_read(struct argot_judge *judge, enum argot_expr_type type, uint16_t field,
                              struct argot_datum *value);
bool argot_judge_untyped_is_number(const struct argot_datum *value);
/* A text as a number, whole where it can be. False: it is none. */
bool argot_judge_untyped_number(struct argot_slice text, struct argot_datum *value);

/* ---- judge_format.c ---- */
/* The text of a value that is not null. At NULL without memory. */
struct argot_slice argot_judge_format(struct argot_judge *judge, const struct argot_datum *value);

/* ---- judge_regex.c ---- */
struct argot_judge_regex;
bool argot_judge_regex_start(struct argot_judge *judge);
void argot_judge_regex_finish(struct argot_judge *judge);
/* NULL with the reason in `why`. */
struct argot_judge_regex *argot_judge_regex_new(struct argot_judge *judge, const struct argot_expr_pattern *pattern,
                                                bool fold, char *why, size_t why_size);
bool argot_judge_regex_search(struct argot_judge *judge, const struct argot_judge_regex *regex,
                              struct argot_slice text);
/* The first group, or all where there is none; at NULL: nothing. */
struct argot_slice argot_judge_regex_extract(struct argot_judge *judge, const struct argot_judge_regex *regex,
                                             struct argot_slice text);

/* Room for a text; NULL without memory, which is noted. */
static inline void *
argot_judge_room(struct argot_judge *judge, size_t size)
{
    void *room = argot_arena_alloc(judge->texts, size);
    judge->head.failed = judge->head.failed || !room;
    return room;
}
