/* SPDX-License-Identifier: Apache-2.0
 * The judge: evaluates checked expressions (event/expr.h) over an event or alert at hand. One for each thread that runs
 * an engine. It decides nothing about time or state: captures, keys and aggregates are handed in. */
#pragma once
#include "base/arena.h"
#include "correlate/plan.h"
#include "event/alert.h"

/* What rules see: exactly one of the two is set. */
struct argot_subject {
    const struct argot_event *event;
    const struct argot_alert *alert;
};

/* A value while it is judged. Texts may point into the subject, the plan, or the judge's scratch memory. */
struct argot_datum {
    uint8_t type;       /* enum argot_expr_type, never TRUTH, NO_TYPE or READ's operand; NUMBER becomes WHOLE or REAL */
    bool null;          /* nothing else holds */
    bool large;         /* WHOLE above INT64_MAX: slot.u64, else slot.i64; of a list: all of its items are u64 */
    bool list;          /* slot.list: items of `type`, none of them null */
    uint8_t extra_type; /* UNTYPED: enum argot_type by which slot is read (items: STRING); text with ARGOT_SLOT_JSON is
                           a number, true, false, an array or an object */
    uint16_t field;     /* ENUM: schema field whose words the number counts */
    struct argot_slot slot;
};

/* The type of the schema by which the value's slot is read and written; of a list, its items'. */
enum argot_type argot_datum_type(const struct argot_datum *value);

/* What an expression may read. Parts that a plan never reads in a place may be NULL there. */
struct argot_scene {
    const struct argot_plan_rule *rule;   /* for its lookups */
    struct argot_subject subject;         /* at hand */
    const struct argot_subject *captures; /* by stage or member; both NULL: nothing was captured, reads as null */
    const struct argot_datum *keys;       /* by key */
    const struct argot_datum *aggregates; /* by aggregate */
};

struct argot_judge;

/* Compiles the patterns of the plan. NULL without memory, or with the reason in `why` when a pattern does not compile
 * (too large for the library). The plan must outlive it. */
struct argot_judge *argot_judge_new(struct argot_seam *seam, const struct argot_plan *plan, char *why, size_t why_size);
void argot_judge_free(struct argot_judge *judge); /* NULL is fine */

/* A condition (type TRUTH). */
bool argot_judge_holds(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene);
/* A value (any other type). Texts that were computed live until argot_judge_forget. */
void argot_judge_value(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                       struct argot_datum *value);
/* Where a field lies in the events of a shape: number of the slot; from ARGOT_JUDGE_PLACE_CONSTANT on, number of the
 * shape's field that holds it; or one of these. */
enum {
    ARGOT_JUDGE_PLACE_NONE = ARGOT_SHAPE_MAX_SLOTS,
    ARGOT_JUDGE_PLACE_TIME,
    ARGOT_JUDGE_PLACE_ASK,
    ARGOT_JUDGE_PLACE_CONSTANT
};
#define ARGOT_JUDGE_LAST 8u /* shapes whose places are found without a call, by the number of the shape */
/* What a judge begins with. */
struct argot_judge_head {
    struct {
        const struct argot_shape *shape; /* NULL: none */
        const uint16_t *places;
    } last[ARGOT_JUDGE_LAST]; /* that were looked up */
    struct argot_arena kept;  /* texts of argot_judge_value, until they are forgotten */
    bool failed;
};
static inline struct argot_judge_head *
argot_judge_head(struct argot_judge *judge)
{
    return (struct argot_judge_head *)(void *)judge;
}
/* Gives back the memory of computed texts. Call between events. */
static inline void
argot_judge_forget(struct argot_judge *judge)
{
    struct argot_arena *kept = &argot_judge_head(judge)->kept;
    if (kept->used_bytes)
        argot_arena_reset(kept);
}
/* Without memory somewhere since the last call: what was judged then is not to be trusted. */
static inline bool
argot_judge_failed(struct argot_judge *judge)
{
    struct argot_judge_head *head = argot_judge_head(judge);
    bool failed = head->failed;
    head->failed = false;
    return failed;
}
const uint16_t *argot_judge_look_up(struct argot_judge *judge, const struct argot_shape *shape);
/* The places of all fields. NULL without memory: then the event itself is to be asked. A shape that was seen once must
 * not change while the judge lives, nor another take its place in memory. */
static inline const uint16_t *
argot_judge_places(struct argot_judge *judge, const struct argot_shape *shape)
{
    const struct argot_judge_head *head = argot_judge_head(judge);
    uint32_t at = shape->number % ARGOT_JUDGE_LAST;
    return head->last[at].shape == shape ? head->last[at].places : argot_judge_look_up(judge, shape);
}
/* A field of an event of the shape, NULL when absent. The field is one of the schema. */
static inline const struct argot_slot *
argot_judge_at(const uint16_t *places, const struct argot_event *event, uint16_t field)
{
    unsigned place = places ? places[field] : ARGOT_JUDGE_PLACE_ASK;
    if (place < ARGOT_SHAPE_MAX_SLOTS)
        return event->present >> place & 1 ? &event->slots[place] : NULL;
    if (place >= ARGOT_JUDGE_PLACE_CONSTANT)
        return &event->shape->fields[place - ARGOT_JUDGE_PLACE_CONSTANT].slot;
    if (place == ARGOT_JUDGE_PLACE_TIME)
        return &event->time_slot;
    return place == ARGOT_JUDGE_PLACE_NONE ? NULL : argot_event_get(event, field);
}
/* A field of the event or alert, NULL when absent. Faster than argot_event_get. */
const struct argot_slot *argot_judge_field(struct argot_judge *judge, const struct argot_subject *subject,
                                           uint16_t field);
/* Slots of a shape's events that point elsewhere, a bit each: to a text, to items. */
struct argot_judge_pointers {
    uint64_t texts, lists;
};
struct argot_judge_pointers argot_judge_pointers(struct argot_judge *judge, const struct argot_shape *shape);
/* The text of a value as JSON output shows it, without quotes; null as `-`. Valid until argot_judge_forget. */
struct argot_slice argot_judge_text(struct argot_judge *judge, const struct argot_datum *value);

struct argot_judge_counts {
    uint64_t regex_limits; /* searches given up at ARGOT_JUDGE_REGEX_STEPS and done the slow, linear way */
    uint64_t long_texts;   /* computed texts over ARGOT_JUDGE_MAX_TEXT, which are null */
};
#define ARGOT_JUDGE_MAX_TEXT (16u << 20) /* bytes of a text that concat makes */
#define ARGOT_JUDGE_EARTH_KM 6371.0088   /* the radius that geo_km takes: the mean one of IUGG */
#define ARGOT_JUDGE_REGEX_STEPS 100000   /* backtracking steps of one search */
#define ARGOT_JUDGE_REGEX_LONG 2048      /* bytes of a text; longer ones are searched the linear way at once */
struct argot_judge_counts argot_judge_counts(const struct argot_judge *judge);
