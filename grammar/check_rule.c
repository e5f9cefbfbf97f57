/* SPDX-License-Identifier: Apache-2.0
 * A rule from its clauses: what it is about, what it asks, what an alert of it says. */
#include "grammar/check_rule.h"
#include <string.h>

#define MOST_KEEP 10000u
#define MOST_KEYS 1000000000u
#define MOST_EXCEPTS 10000u

/* ---- what the parts use ---- */

uint64_t
argot_rule_number(struct argot_rule_builder *builder, uint32_t file, const struct argot_ast_expr *ast, uint64_t least,
                  uint64_t most)
{
    if (ast->number >= least && ast->number <= most)
        return ast->number;
    argot_check_add(builder->checker, file, ARGOT_ERROR, ARGOT_CODE_RULE_RANGE, ast->place,
                    "this number lies between %llu and %llu", (unsigned long long)least, (unsigned long long)most);
    builder->good = false;
    return least;
}

bool
argot_rule_event(struct argot_rule_builder *builder, struct argot_scope *base, const struct argot_ast_event *ast,
                 const struct argot_ast_key *own, struct argot_plan_event *event)
{
    builder->events[builder->nevents++] = (struct argot_rule_event){event, own};
    bool good = argot_event_make(base, ast, event);
    builder->good = builder->good && good;
    return good;
}

static size_t
count_of(const struct argot_rule_builder *builder, enum argot_ast_clause_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < builder->nall; i++)
        count += builder->all[i].clause->kind == kind;
    return count;
}

/* ---- words ---- */

static void
make_severity(struct argot_rule_builder *builder)
{
    static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
    struct argot_checker *checker = builder->checker;
    struct argot_clause_ref ref = builder->single[ARGOT_AST_CLAUSE_SEVERITY];
    const char *word = ref.clause ? ref.clause->name.text.at : "medium";
    bool known = false;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        known = known || !strcmp(word, levels[i]);
    if (!known) {
        struct argot_diagnostic *said =
            argot_check_add(checker, ref.file, ARGOT_ERROR, ARGOT_CODE_RULE_WORD, ref.clause->name.place,
                            "a severity is informational, low, medium, high or critical");
        argot_diagnostic_suggest(checker->files[ref.file]->diagnostics, said, word, levels,
                                 sizeof levels / sizeof *levels);
        builder->good = false;
        return;
    }
    int number = argot_schema_enum((uint16_t)checker->event_severity, (const uint8_t *)word, strlen(word));
    builder->rule->severity = (uint8_t)(number > 0 ? number : 0);
}

static void
make_notes(struct argot_rule_builder *builder)
{
    struct argot_plan_rule *rule = builder->rule;
    size_t nnotes = count_of(builder, ARGOT_AST_CLAUSE_NOTE), nmetas = count_of(builder, ARGOT_AST_CLAUSE_META);
    struct argot_expr_text *notes = argot_check_alloc(builder->checker, nnotes, sizeof *notes);
    struct argot_plan_meta *metas = argot_check_alloc(builder->checker, nmetas, sizeof *metas);
    for (size_t i = 0; i < builder->nall; i++) {
        const struct argot_ast_clause *clause = builder->all[i].clause;
        if (clause->kind == ARGOT_AST_CLAUSE_NOTE)
            notes[rule->nnotes++] = argot_check_text(clause->value->text);
        if (clause->kind != ARGOT_AST_CLAUSE_META)
            continue;
        const char *name = clause->name.text.at;
        if (!strcmp(name, "id"))
            rule->id = clause->value->text.at;
        metas[rule->nmetas++] = (struct argot_plan_meta){name, argot_check_text(clause->value->text)};
    }
    rule->notes = notes;
    rule->metas = metas;
}

/* attack.t1110.001 is the technique T1110.001. */
static const char *
technique_of(struct argot_rule_builder *builder, const char *tag)
{
    static const char head[] = "attack.t";
    size_t length = sizeof head - 1;
    if (strncmp(tag, head, length) != 0 || tag[length] < '0' || tag[length] > '9')
        return NULL;
    char *technique = argot_check_alloc(builder->checker, strlen(tag), 1);
    technique[0] = 'T';
    memcpy(technique + 1, tag + length, strlen(tag + length));
    return technique;
}

static void
make_tags(struct argot_rule_builder *builder)
{
    struct argot_plan_rule *rule = builder->rule;
    size_t room = 0;
    for (size_t i = 0; i < builder->nall; i++)
        if (builder->all[i].clause->kind == ARGOT_AST_CLAUSE_TAGS)
            room += argot_ast_count(builder->all[i].clause->exprs);
    const char **tags = argot_check_alloc(builder->checker, room, sizeof *tags);
    const char **techniques = argot_check_alloc(builder->checker, room, sizeof *techniques);
    for (size_t i = 0; i < builder->nall; i++) {
        if (builder->all[i].clause->kind != ARGOT_AST_CLAUSE_TAGS)
            continue;
        for (const struct argot_ast_expr *tag = builder->all[i].clause->exprs; tag; tag = tag->next) {
            tags[rule->ntags++] = tag->text.at;
            const char *technique = technique_of(builder, tag->text.at);
            if (technique)
                techniques[rule->ntechniques++] = technique;
        }
    }
    rule->tags = tags;
    rule->techniques = techniques;
}

static void
make_numbers(struct argot_rule_builder *builder)
{
    struct argot_plan_rule *rule = builder->rule;
    struct argot_clause_ref keep = builder->single[ARGOT_AST_CLAUSE_KEEP];
    struct argot_clause_ref keys = builder->single[ARGOT_AST_CLAUSE_LIMIT], events = builder->limit_events;
    struct argot_clause_ref late = builder->single[ARGOT_AST_CLAUSE_LATE];
    rule->keep = ARGOT_PLAN_DEFAULT_KEEP;
    rule->limit_keys = ARGOT_PLAN_DEFAULT_KEYS;
    rule->limit_events = ARGOT_PLAN_DEFAULT_EVENTS;
    if (keep.clause)
        rule->keep = (uint32_t)argot_rule_number(builder, keep.file, keep.clause->value, 1, MOST_KEEP);
    if (keys.clause)
        rule->limit_keys = argot_rule_number(builder, keys.file, keys.clause->value, 1, MOST_KEYS);
    if (events.clause)
        rule->limit_events = argot_rule_number(builder, events.file, events.clause->value, 1, MOST_KEYS);
    if (events.clause && strcmp(events.clause->name.text.at, "events") != 0) {
        argot_check_add(builder->checker, events.file, ARGOT_ERROR, ARGOT_CODE_RULE_WORD, events.clause->name.place,
                        "`limit N` is of keys, `limit N events` of events a key");
        builder->good = false;
    }
    if (late.clause)
        rule->late_ns = late.clause->duration.ns;
}

/* ---- lookups ---- */

static bool
check_alias(struct argot_rule_builder *builder, const struct argot_scope_lookup *lookups, uint32_t count,
            const struct argot_ast_word *alias)
{
    const char *name = alias->text.at;
    bool taken = !strcmp(name, "extra") || !strcmp(name, "alert");
    for (uint32_t i = 0; i < count; i++)
        taken = taken || !strcmp(name, lookups[i].alias);
    if (taken)
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_TWICE, alias->place, "this name stands for something else here");
    return !taken;
}

static void
make_lookup(struct argot_rule_builder *builder, const struct argot_ast_clause *clause, struct argot_scope_lookup *names,
            struct argot_plan_lookup *lookups)
{
    struct argot_checker *checker = builder->checker;
    const struct argot_symbol *symbol = argot_check_find(checker, clause->name.text.at);
    if (!symbol || symbol->kind != ARGOT_SYMBOL_TABLE) {
        struct argot_diagnostic *said =
            argot_check_add(checker, builder->symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_UNKNOWN_LIST,
                            clause->name.place, "no table is called `%s`", clause->name.text.at);
        argot_check_suggest(checker, builder->symbol->file, said, clause->name.text.at, 1u << ARGOT_SYMBOL_TABLE);
        builder->good = false;
        return;
    }
    struct argot_scope scope = {
        .checker = checker, .file = builder->symbol->file, .events = true, .alerts = true, .any_type = true};
    struct argot_expr *key = argot_check_value(&scope, clause->value);
    uint32_t count = builder->rule->nlookups;
    if (key && key->list) {
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_TYPES, clause->value->place, "a list is no key of a table");
        return;
    }
    if (!key || !check_alias(builder, names, count, &clause->as)) {
        builder->good = false;
        return;
    }
    names[count] = (struct argot_scope_lookup){clause->as.text.at, &checker->plan.tables[symbol->number]};
    lookups[count] = (struct argot_plan_lookup){symbol->number, argot_check_as_text(&scope, key), clause->as.text.at};
    builder->rule->nlookups = builder->base.nlookups = count + 1;
}

static void
make_lookups(struct argot_rule_builder *builder)
{
    size_t count = count_of(builder, ARGOT_AST_CLAUSE_LOOKUP);
    struct argot_scope_lookup *names = argot_check_alloc(builder->checker, count, sizeof *names);
    struct argot_plan_lookup *lookups = argot_check_alloc(builder->checker, count, sizeof *lookups);
    builder->base.lookups = names;
    builder->rule->lookups = lookups;
    for (size_t i = 0; i < builder->nall; i++)
        if (builder->all[i].clause->kind == ARGOT_AST_CLAUSE_LOOKUP)
            make_lookup(builder, builder->all[i].clause, names, lookups);
}

/* ---- matches, until ---- */

/* The `by` right behind a clause of the rule. */
static const struct argot_ast_key *
own_keys(const struct argot_ast_clause *clause)
{
    return clause->next && clause->next->kind == ARGOT_AST_CLAUSE_BY ? clause->next->keys : NULL;
}

static const struct argot_plan_event *
make_events(struct argot_rule_builder *builder, enum argot_ast_clause_kind kind, uint32_t *count)
{
    struct argot_plan_event *events = argot_check_alloc(builder->checker, count_of(builder, kind), sizeof *events);
    *count = 0;
    for (size_t i = 0; i < builder->nall; i++) {
        const struct argot_ast_clause *clause = builder->all[i].clause;
        if (clause->kind != kind)
            continue;
        const struct argot_ast_key *keys = own_keys(clause);
        if (!keys && builder->by)
            keys = builder->by->keys;
        argot_rule_event(builder, &builder->base, clause->event, keys, &events[(*count)++]);
    }
    return events;
}

/* The scope of what reads any of the events that a rule counts. */
static struct argot_scope
scope_of_all(struct argot_rule_builder *builder)
{
    struct argot_plan_event *all = argot_check_alloc(builder->checker, 1, sizeof *all);
    uint16_t values = argot_schema.fields[builder->checker->event_type].nvalues, *types;
    bool *has = argot_check_alloc(builder->checker, values, sizeof *has);
    types = argot_check_alloc(builder->checker, values, sizeof *types);
    for (size_t i = 0; i < builder->npositive; i++) {
        const struct argot_plan_event *event = builder->positive[i];
        all->any_type = all->any_type || event->any_type;
        all->nrules = all->nrules || event->nrules;
        for (uint16_t j = 0; j < event->ntypes; j++)
            has[event->types[j]] = true;
    }
    for (uint16_t i = 0; i < values; i++)
        if (has[i])
            types[all->ntypes++] = i;
    all->types = types;
    return argot_event_scope(&builder->base, all);
}

/* ---- except ---- */

static struct argot_expr *
make_not(struct argot_rule_builder *builder, struct argot_scope *scope, const struct argot_clause_ref *ref)
{
    scope->file = ref->file;
    struct argot_expr *condition = argot_check_condition(scope, ref->clause->value);
    builder->good = builder->good && condition;
    if (!condition)
        return NULL;
    struct argot_expr *node = argot_check_node(scope, ARGOT_EXPR_NOT, ARGOT_EXPR_TRUTH_TYPE, ref->clause->value);
    argot_check_args(scope, node, 1, condition);
    return node;
}

static void
make_except(struct argot_rule_builder *builder)
{
    struct argot_scope scope = scope_of_all(builder);
    size_t count = 0, room = count_of(builder, ARGOT_AST_CLAUSE_EXCEPT);
    if (room > MOST_EXCEPTS)
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_SIZE, builder->symbol->decl->name.place,
                             "at most 10,000 `except` in one rule; a `list` holds more values");
    if (room == 0 || room > MOST_EXCEPTS)
        return;
    const struct argot_expr **nots = argot_check_alloc(builder->checker, room, sizeof *nots);
    for (size_t i = 0; i < builder->nall; i++)
        if (builder->all[i].clause->kind == ARGOT_AST_CLAUSE_EXCEPT &&
            (nots[count] = make_not(builder, &scope, &builder->all[i])))
            count++;
    for (size_t i = 0; i < builder->npositive && count > 0; i++)
        if (builder->positive[i]->condition)
            argot_event_and(builder->checker, builder->positive[i], nots, count);
}

/* ---- when ---- */

static void
make_new(struct argot_rule_builder *builder, const struct argot_ast_clause *clause)
{
    struct argot_scope scope = scope_of_all(builder);
    struct argot_plan_new *fresh = argot_check_alloc(builder->checker, 1, sizeof *fresh);
    const struct argot_expr **exprs =
        argot_check_alloc(builder->checker, argot_ast_count(clause->exprs), sizeof *exprs);
    for (const struct argot_ast_expr *ast = clause->exprs; ast; ast = ast->next) {
        struct argot_expr *value = argot_check_value(&scope, ast);
        if (value && value->list)
            argot_clauses_refuse(builder, ARGOT_CODE_RULE_TYPES, ast->place,
                                 "a list is no single value; name one of its items: f[0]");
        builder->good = builder->good && value;
        exprs[fresh->nexprs++] = value;
    }
    fresh->exprs = exprs;
    fresh->over_ns = clause->duration.ns;
    fresh->learning_ns = clause->learning.ns;
    builder->rule->fresh = fresh;
    builder->rule->kind = ARGOT_PLAN_NEW;
}

static void
make_when(struct argot_rule_builder *builder)
{
    struct argot_plan_rule *rule = builder->rule;
    const struct argot_ast_clause *when = builder->single[ARGOT_AST_CLAUSE_WHEN].clause;
    const struct argot_ast_clause *absent = builder->single[ARGOT_AST_CLAUSE_ABSENT].clause;
    const struct argot_ast_clause *fresh = builder->single[ARGOT_AST_CLAUSE_NEW].clause;
    if (when) {
        struct argot_scope scope = scope_of_all(builder);
        rule->kind = ARGOT_PLAN_WINDOW;
        rule->window = argot_aggregate_window(&scope, when);
        builder->good = builder->good && rule->window;
    } else if (absent) {
        rule->kind = ARGOT_PLAN_ABSENT;
        rule->absent_ns = absent->duration.ns;
        if (absent->duration.ns == 0)
            argot_clauses_refuse(builder, ARGOT_CODE_RULE_RANGE, absent->duration.place,
                                 "nothing is absent for no time");
    } else if (fresh) {
        make_new(builder, fresh);
    }
}

static void
make_rearm(struct argot_rule_builder *builder)
{
    static const uint8_t kinds[] = {[ARGOT_AST_REARM_AFTER] = ARGOT_PLAN_REARM_AFTER,
                                    [ARGOT_AST_REARM_EVERY] = ARGOT_PLAN_REARM_EVERY,
                                    [ARGOT_AST_REARM_BELOW] = ARGOT_PLAN_REARM_BELOW,
                                    [ARGOT_AST_REARM_ALWAYS] = ARGOT_PLAN_REARM_ALWAYS};
    struct argot_plan_rule *rule = builder->rule;
    const struct argot_ast_clause *rearm = builder->single[ARGOT_AST_CLAUSE_REARM].clause;
    int64_t within = rule->window && rule->window->kind == ARGOT_PLAN_WITHIN ? rule->window->span_ns : 0;
    within = rule->sequence ? rule->sequence->within_ns : within;
    within = rule->together ? rule->together->within_ns : within;
    if (rearm) {
        rule->rearm = (enum argot_plan_rearm)kinds[rearm->rearm];
        rule->rearm_ns = rearm->duration.ns;
    } else if (within) {
        rule->rearm = ARGOT_PLAN_REARM_AFTER;
        rule->rearm_ns = within;
    }
    rule->stateful =
        rule->kind != ARGOT_PLAN_EACH || rule->rearm == ARGOT_PLAN_REARM_AFTER || rule->rearm == ARGOT_PLAN_REARM_EVERY;
}

static void
make_collect(struct argot_rule_builder *builder)
{
    struct argot_scope scope = scope_of_all(builder);
    size_t room = 0;
    for (size_t i = 0; i < builder->nall; i++)
        if (builder->all[i].clause->kind == ARGOT_AST_CLAUSE_COLLECT)
            room += argot_ast_count(builder->all[i].clause->exprs);
    const struct argot_expr **collect = argot_check_alloc(builder->checker, room, sizeof *collect);
    for (size_t i = 0; i < builder->nall; i++) {
        if (builder->all[i].clause->kind != ARGOT_AST_CLAUSE_COLLECT)
            continue;
        scope.file = builder->all[i].file;
        for (const struct argot_ast_expr *ast = builder->all[i].clause->exprs; ast; ast = ast->next) {
            struct argot_expr *value = argot_check_value(&scope, ast);
            bool fits = value && (value->kind == ARGOT_EXPR_FIELD || value->kind == ARGOT_EXPR_EXTRA);
            if (value && !fits)
                argot_check_add(builder->checker, scope.file, ARGOT_ERROR, ARGOT_CODE_RULE_TYPES, ast->place,
                                "`collect` takes fields of the events");
            builder->good = builder->good && fits;
            collect[builder->rule->ncollect++] = value;
        }
    }
    builder->rule->collect = collect;
}

/* ---- the rule ---- */

static size_t
count_events(const struct argot_ast_decl *decl)
{
    size_t count = 0;
    for (const struct argot_ast_clause *clause = decl->clauses; clause; clause = clause->next) {
        count += clause->event != NULL;
        for (const struct argot_ast_step *step = clause->steps; step; step = step->next)
            count++;
    }
    return count;
}

static void
make_body(struct argot_rule_builder *builder)
{
    struct argot_plan_rule *rule = builder->rule;
    const struct argot_ast_clause *sequence = builder->single[ARGOT_AST_CLAUSE_SEQUENCE].clause;
    const struct argot_ast_clause *together = builder->single[ARGOT_AST_CLAUSE_TOGETHER].clause;
    make_lookups(builder);
    if (sequence) {
        argot_sequence_make(builder, sequence);
    } else if (together) {
        argot_together_make(builder, together);
    } else {
        rule->matches = make_events(builder, ARGOT_AST_CLAUSE_MATCH, &rule->nmatches);
        for (uint32_t i = 0; i < rule->nmatches; i++)
            builder->positive[builder->npositive++] = (struct argot_plan_event *)(uintptr_t)&rule->matches[i];
        rule->until = make_events(builder, ARGOT_AST_CLAUSE_UNTIL, &rule->nuntil);
        make_when(builder);
    }
    make_except(builder);
    make_collect(builder);
    argot_keys_make(builder);
    make_rearm(builder);
    argot_message_make(builder);
}

void
argot_rule_make(struct argot_checker *checker, const struct argot_symbol *symbol,
                const struct argot_extension *extensions, struct argot_plan_rule *rule)
{
    struct argot_rule_builder builder = {
        .checker = checker,
        .symbol = symbol,
        .rule = rule,
        .base = {.checker = checker, .file = symbol->file},
        .good = true,
    };
    size_t room = count_events(symbol->decl);
    builder.events = argot_check_alloc(checker, room, sizeof *builder.events);
    builder.positive = argot_check_alloc(checker, room, sizeof *builder.positive);
    rule->name = rule->title = symbol->name;
    rule->place = argot_check_place(symbol->file, symbol->decl->name.place);
    argot_clauses_gather(&builder, extensions);
    argot_clauses_check(&builder);
    if (argot_clauses_has(&builder, ARGOT_AST_CLAUSE_TITLE))
        rule->title = builder.single[ARGOT_AST_CLAUSE_TITLE].clause->value->text.at;
    rule->silent = argot_clauses_has(&builder, ARGOT_AST_CLAUSE_SILENT);
    make_severity(&builder);
    make_notes(&builder);
    make_tags(&builder);
    make_numbers(&builder);
    make_body(&builder);
}
