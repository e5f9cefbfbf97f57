/* SPDX-License-Identifier: Apache-2.0
 * Witnesses: what of an event can be seen cheaply and must be there for a condition to hold. From each condition come
 * clauses, each a set of witnesses: whoever fulfils the condition shows at least one of each clause. They are found
 * once, when rules are loaded, and only ever save time: what is not ruled out by them is judged in full. */
#pragma once
#include "correlate/conditions.h"
#include "correlate/judge_key.h"

/* In front of what is kept once. */
struct argot_witness_link {
    uint64_t hash;
    uint32_t next; /* in the chain of the hash */
};

/* Where witnesses look. Texts are looked at without regard to case where the condition does. */
struct argot_witness_source {
    struct argot_witness_link link;
    const struct argot_expr *expr; /* FIELD, or another value of the event at hand */
    const struct argot_plan_rule *rule;
    bool is_field;                 /* expr is a FIELD */
    const struct argot_expr *base; /* FIELD or EXTRA without which the value is null; NULL: none is known */
};

enum argot_witness_kind {
    ARGOT_WITNESS_PRESENT,  /* it is not null; of a field */
    ARGOT_WITNESS_KEY,      /* it is a value that is no text */
    ARGOT_WITNESS_NETWORK,  /* an address whose first `bits` are those of key */
    ARGOT_WITNESS_EQUALS,   /* it is the text */
    ARGOT_WITNESS_STARTS,   /* the texts of these three are not empty */
    ARGOT_WITNESS_ENDS,     /* */
    ARGOT_WITNESS_CONTAINS, /* two bytes or more */
    ARGOT_WITNESS_HOLDS,    /* the leaf `node` holds; it has no source */
};
struct argot_witness {
    struct argot_witness_link link;
    enum argot_witness_kind kind;
    bool fold;
    uint8_t bits;
    uint32_t source;
    uint32_t node;
    struct argot_slice text;
    struct argot_judge_key key;
    double chance; /* a guess at how often it is seen */
};

struct argot_clause {
    struct argot_witness_link link;
    uint32_t count; /* 0: the condition never holds */
    const uint32_t *witnesses;
    double chance; /* a guess */
};

#define ARGOT_WITNESS_MAX_CLAUSES 8u    /* of a condition that is no AND */
#define ARGOT_WITNESS_MAX_SET 256u      /* values of a set that become witnesses each; a larger one is asked as it is */
#define ARGOT_WITNESS_MAX_MEMBERS 2048u /* witnesses of a clause; a clause with more is none */

/* Found for one node that is no AND. */
struct argot_witness_found {
    bool done;
    uint32_t count;
    uint32_t clauses[ARGOT_WITNESS_MAX_CLAUSES];
};

struct argot_witness_table { /* chains by hash */
    uint32_t *heads;
    uint32_t nheads, count;
};

struct argot_witnesses {
    struct argot_seam *seam;
    const struct argot_conditions *conditions;
    uint16_t event_type, event_time, event_ingest_time; /* fields that are always there */
    struct argot_arena arena;
    struct argot_buffer sources, witnesses, clauses; /* arrays of the structures above, each equal one once */
    struct argot_witness_table by_source, by_witness, by_clause;
    struct argot_buffer found;         /* struct argot_witness_found by node */
    struct argot_buffer sets, members; /* scratch: clauses in the making */
    bool failed;
};

void argot_witnesses_init(struct argot_witnesses *witnesses, struct argot_seam *seam,
                          const struct argot_conditions *conditions);
void argot_witnesses_finish(struct argot_witnesses *witnesses);
/* The clauses of a node that is no AND, those that seem rarest first. NULL without memory. */
const struct argot_witness_found *argot_witnesses_find(struct argot_witnesses *witnesses, uint32_t node);

static inline const struct argot_witness_source *
argot_witnesses_source(const struct argot_witnesses *witnesses, uint32_t number)
{
    return (const struct argot_witness_source *)(const void *)witnesses->sources.bytes + number;
}
static inline const struct argot_witness *
argot_witnesses_at(const struct argot_witnesses *witnesses, uint32_t number)
{
    return (const struct argot_witness *)(const void *)witnesses->witnesses.bytes + number;
}
static inline const struct argot_clause *
argot_witnesses_clause(const struct argot_witnesses *witnesses, uint32_t number)
{
    return (const struct argot_clause *)(const void *)witnesses->clauses.bytes + number;
}

/* The FIELD, or the EXTRA with its path, without which the value is null; NULL: none is known. */
const struct argot_expr *argot_witnesses_base(const struct argot_expr *expr);
/* Whether a value of the witness's source shows it. Not for HOLDS. The value is no list. */
bool argot_witnesses_is_seen(const struct argot_witness *witness, const struct argot_datum *value);

/* ---- between the files that find them ---- */

/* Puts a witness, equal ones once, among the members of the clause in the making. */
void argot_witnesses_put(struct argot_witnesses *witnesses, struct argot_witness *witness);
/* Texts that each match of the pattern holds at least one of: puts a witness for each, that of `contains` but for
 * `fold`. False: none is known; then nothing was put. */
bool argot_witnesses_regex(struct argot_witnesses *witnesses, uint32_t source, const struct argot_expr_pattern *pattern,
                           bool fold);
