/* SPDX-License-Identifier: Apache-2.0
 * A rule while it is checked: its clauses, those of its extensions, and what its parts share. */
#pragma once
#include "grammar/check.h"

struct argot_clause_ref {
    uint32_t file;
    const struct argot_ast_clause *clause; /* NULL: there is none */
};

#define ARGOT_CLAUSE_KINDS (ARGOT_AST_CLAUSE_LIMIT + 1)

/* A match, step or member, and where its keys come from. */
struct argot_rule_event {
    struct argot_plan_event *event;
    const struct argot_ast_key *own; /* its `by`, or NULL */
};

struct argot_rule_builder {
    struct argot_checker *checker;
    const struct argot_symbol *symbol;
    struct argot_plan_rule *rule;
    struct argot_scope base;                            /* of the rule's own file: lookups, and nothing about events */
    struct argot_clause_ref single[ARGOT_CLAUSE_KINDS]; /* of clauses that stand once */
    struct argot_clause_ref limit_events;
    size_t nall, nown;                 /* nown: the first of them are of the rule itself */
    struct argot_clause_ref *all;      /* every clause that counts, in the order of the files */
    const struct argot_ast_clause *by; /* the rule's `by`: the first; NULL: none */
    bool good;
    size_t nevents;
    struct argot_rule_event *events; /* all that were made, for keys; room for all */
    size_t npositive;
    struct argot_plan_event **positive;                         /* those that count: matches, steps, members */
    struct argot_scope_capture captures[ARGOT_PLAN_MAX_STAGES]; /* of stages or members, for the alert's text */
    uint32_t ncaptures;
};

/* Repeated clauses, and such that do not go together: clauses.c. */
bool argot_clauses_gather(struct argot_rule_builder *builder, const struct argot_extension *extensions);
void argot_clauses_check(struct argot_rule_builder *builder);
struct argot_diagnostic *argot_clauses_refuse(struct argot_rule_builder *builder, unsigned code,
                                              struct argot_place place, const char *text);
bool argot_clauses_has(const struct argot_rule_builder *builder, enum argot_ast_clause_kind kind);

/* Makes an event and notes it for keys; false after telling. */
bool argot_rule_event(struct argot_rule_builder *builder, struct argot_scope *base, const struct argot_ast_event *ast,
                      const struct argot_ast_key *own, struct argot_plan_event *event);
/* A number of a clause between two; the least after telling. */
uint64_t argot_rule_number(struct argot_rule_builder *builder, uint32_t file, const struct argot_ast_expr *ast,
                           uint64_t least, uint64_t most);

/* Sequence and together: check_sequence.c. */
void argot_sequence_make(struct argot_rule_builder *builder, const struct argot_ast_clause *clause);
void argot_together_make(struct argot_rule_builder *builder, const struct argot_ast_clause *clause);

/* Names, types and values of keys, once all events are made: key.c. */
void argot_keys_make(struct argot_rule_builder *builder);

/* The text of an alert in pieces: message.c. */
void argot_message_make(struct argot_rule_builder *builder);
