/* SPDX-License-Identifier: Apache-2.0
 * Making a view. What the shape settles is settled: conditions over constants and missing fields fold, clauses lose the
 * witnesses that cannot be seen. Of the clauses that are left to a listener the rarest calls it, others guard it. */
#include "correlate/view.h"
#include <stdlib.h>

#define NONE ARGOT_CONDITIONS_NONE
#define TOO_OFTEN .5      /* a clause that is fulfilled more often calls nobody: its listeners are asked always */
#define RARE_ENOUGH .0005 /* a clause that is fulfilled less often needs no guards */
#define USELESS .97       /* nor is a clause a guard that is fulfilled more often */
#define VIEW_BLOCK_BYTES 4096u
#define GUESS_WEIGHT 4. /* events whose weight a guess has beside what was measured */
#define MAX_CLAUSES 64u /* of a listener, that are compared */

enum field_status { FIELD_MISSING, FIELD_CONSTANT, FIELD_OPEN };
enum fold { FOLD_UNKNOWN, FOLD_FALSE, FOLD_TRUE, FOLD_OPEN };

/* A clause in this view. */
struct choice {
    enum fold fold;
    double chance;
    uint32_t from, count; /* witnesses that may be seen, among the builder's */
    uint32_t number;      /* in the view; NONE: not chosen */
};

struct builder {
    const struct argot_view_of *of;
    struct argot_subject subject;
    struct argot_view *view;
    struct argot_arena arena; /* of what is forgotten */
    uint8_t *fields, *folds;  /* enum field_status by field, enum fold by node */
    struct choice *choices;   /* by clause */
    bool watch;
    const struct argot_view *watched;
    double *measured;              /* by clause: how often it was fulfilled; less than 0: not known */
    uint32_t *witness_numbers;     /* in the view, by witness */
    uint32_t *callers;             /* by entry: the clause that calls it, NONE: always */
    struct argot_buffer members;   /* uint32_t: witnesses of choices */
    struct argot_buffer entries;   /* struct argot_view_entry */
    struct argot_buffer numbers;   /* uint32_t: what becomes view->numbers */
    struct argot_buffer chosen;    /* uint32_t: clauses, by their numbers in the view */
    struct argot_buffer witnesses; /* uint32_t: witnesses, by their numbers in the view */
    bool failed;
};

static void
put(struct builder *builder, struct argot_buffer *buffer, const void *item, size_t size)
{
    argot_buffer_append(buffer, item, size);
    builder->failed = builder->failed || buffer->failed;
}

static uint32_t
count_of(const struct argot_buffer *numbers)
{
    return (uint32_t)(numbers->length / sizeof(uint32_t));
}

static const uint32_t *
numbers_of(const struct argot_buffer *numbers)
{
    return (const uint32_t *)(const void *)numbers->bytes;
}

/* ---- what the shape settles ---- */

static void
read_shape(struct builder *builder)
{
    const struct argot_witnesses *witnesses = builder->of->witnesses;
    const struct argot_shape *shape = builder->subject.event->shape;
    for (uint16_t i = 0; i < shape->count; i++)
        if (shape->fields[i].field < argot_schema.count)
            builder->fields[shape->fields[i].field] = shape->fields[i].constant ? FIELD_CONSTANT : FIELD_OPEN;
    builder->fields[witnesses->event_time] = builder->fields[witnesses->event_ingest_time] = FIELD_OPEN;
    builder->fields[witnesses->event_type] = FIELD_CONSTANT; /* a view is of one type */
}

/* Whether the value is the same for all events of the view. */
static bool
is_settled(const struct builder *builder, const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    bool settled = expr->kind != ARGOT_EXPR_EXTRA;
    if (expr->kind == ARGOT_EXPR_FIELD)
        settled = builder->fields[expr->field] != FIELD_OPEN;
    else if (expr->kind == ARGOT_EXPR_COLUMN)
        settled = rule && is_settled(builder, rule->lookups[expr->lookup].key, rule);
    for (uint16_t i = 0; settled && i < expr->nargs; i++)
        settled = is_settled(builder, expr->args[i], rule);
    for (uint32_t i = 0; settled && expr->set && i < expr->set->nexprs; i++)
        settled = is_settled(builder, expr->set->exprs[i], rule);
    for (uint32_t i = 0; settled && i < expr->npatterns; i++)
        settled =
            expr->patterns[i].kind != ARGOT_EXPR_PATTERN_COMPUTED || is_settled(builder, expr->patterns[i].expr, rule);
    return settled;
}

static bool
is_missing(const struct builder *builder, const struct argot_expr *expr)
{
    const struct argot_expr *base = argot_witnesses_base(expr);
    return base && base->kind == ARGOT_EXPR_FIELD && builder->fields[base->field] == FIELD_MISSING;
}

/* Predicates over null are false, but for `is null`. */
static bool
lacks_operand(const struct builder *builder, const struct argot_expr *leaf)
{
    if (leaf->kind == ARGOT_EXPR_FROM_RULE || (leaf->kind == ARGOT_EXPR_IS_NULL && !leaf->negated))
        return false;
    for (uint16_t i = 0; i < leaf->nargs; i++)
        if (is_missing(builder, leaf->args[i]))
            return true;
    return false;
}

static enum fold
fold_leaf(const struct builder *builder, const struct argot_conditions_node *node)
{
    struct argot_scene scene = {.rule = node->rule, .subject = builder->subject};
    if (lacks_operand(builder, node->expr))
        return FOLD_FALSE;
    if (!is_settled(builder, node->expr, node->rule))
        return FOLD_OPEN;
    return argot_judge_holds(builder->of->judge, node->expr, &scene) ? FOLD_TRUE : FOLD_FALSE;
}

static enum fold fold(struct builder *builder, uint32_t number);

static enum fold
fold_chain(struct builder *builder, const struct argot_conditions_node *node)
{
    enum fold decides = node->kind == ARGOT_CONDITIONS_OR ? FOLD_TRUE : FOLD_FALSE;
    enum fold whole = decides == FOLD_TRUE ? FOLD_FALSE : FOLD_TRUE;
    for (uint32_t i = 0; i < node->nargs; i++) {
        enum fold part = fold(builder, node->args[i]);
        if (part == decides)
            return decides;
        if (part == FOLD_OPEN)
            whole = FOLD_OPEN;
    }
    return whole;
}

static enum fold
fold(struct builder *builder, uint32_t number)
{
    if (builder->folds[number] != FOLD_UNKNOWN)
        return (enum fold)builder->folds[number];
    const struct argot_conditions_node *node = argot_conditions_at(builder->of->conditions, number);
    enum fold folded;
    if (node->kind == ARGOT_CONDITIONS_LEAF) {
        folded = fold_leaf(builder, node);
    } else if (node->kind == ARGOT_CONDITIONS_NOT) {
        folded = fold(builder, node->args[0]);
        if (folded != FOLD_OPEN)
            folded = folded == FOLD_TRUE ? FOLD_FALSE : FOLD_TRUE;
    } else {
        folded = fold_chain(builder, node);
    }
    builder->folds[number] = (uint8_t)folded;
    return folded;
}

/* ---- clauses ---- */

static bool
shows_constant(const struct builder *builder, const struct argot_witness *witness)
{
    const struct argot_witness_source *source = argot_witnesses_source(builder->of->witnesses, witness->source);
    struct argot_scene scene = {.rule = source->rule, .subject = builder->subject};
    struct argot_datum value;
    argot_judge_value(builder->of->judge, source->expr, &scene, &value);
    if (value.null || !value.list)
        return argot_witnesses_is_seen(witness, &value);
    for (uint32_t i = 0; i < value.slot.list.count; i++) {
        struct argot_datum item = {.type = value.type, .slot = value.slot.list.items[i]};
        if (argot_witnesses_is_seen(witness, &item))
            return true;
    }
    return witness->kind == ARGOT_WITNESS_PRESENT;
}

static enum fold
fold_witness(struct builder *builder, const struct argot_witness *witness)
{
    if (witness->kind == ARGOT_WITNESS_HOLDS)
        return fold(builder, witness->node);
    const struct argot_witness_source *source = argot_witnesses_source(builder->of->witnesses, witness->source);
    if (is_missing(builder, source->expr))
        return FOLD_FALSE;
    if (!is_settled(builder, source->expr, source->rule))
        return FOLD_OPEN;
    return shows_constant(builder, witness) ? FOLD_TRUE : FOLD_FALSE;
}

static struct choice *
choice_of(struct builder *builder, uint32_t number)
{
    struct choice *choice = &builder->choices[number];
    if (choice->fold != FOLD_UNKNOWN)
        return choice;
    const struct argot_clause *clause = argot_witnesses_clause(builder->of->witnesses, number);
    *choice = (struct choice){.fold = FOLD_FALSE, .from = count_of(&builder->members), .number = NONE};
    for (uint32_t i = 0; i < clause->count; i++) {
        const struct argot_witness *witness = argot_witnesses_at(builder->of->witnesses, clause->witnesses[i]);
        enum fold folded = fold_witness(builder, witness);
        if (folded == FOLD_FALSE)
            continue;
        choice->fold = folded;
        if (folded == FOLD_TRUE)
            break;
        put(builder, &builder->members, &clause->witnesses[i], sizeof(uint32_t));
        choice->chance += witness->chance;
        choice->count++;
    }
    if (builder->watched && builder->measured[number] >= 0)
        choice->chance = (builder->measured[number] + choice->chance * GUESS_WEIGHT) /
                         ((double)builder->watched->asked + GUESS_WEIGHT);
    return choice;
}

/* ---- listeners ---- */

/* The clauses of a listener, the rarest first. */
struct candidates {
    uint32_t count, clauses[MAX_CLAUSES];
};

static void
add_candidate(struct builder *builder, struct candidates *candidates, uint32_t clause)
{
    double chance = builder->choices[clause].chance;
    uint32_t at = candidates->count;
    for (uint32_t i = 0; i < candidates->count; i++)
        if (candidates->clauses[i] == clause)
            return;
    if (at == MAX_CLAUSES && builder->choices[candidates->clauses[--at]].chance <= chance)
        return;
    for (; at && builder->choices[candidates->clauses[at - 1]].chance > chance; at--)
        candidates->clauses[at] = candidates->clauses[at - 1];
    candidates->clauses[at] = clause;
    candidates->count += candidates->count < MAX_CLAUSES;
}

/* One operand of the condition's AND, or all of it. False: it cannot hold. */
static bool
take_part(struct builder *builder, struct candidates *candidates, uint32_t node)
{
    enum fold folded = fold(builder, node);
    if (folded != FOLD_OPEN)
        return folded == FOLD_TRUE;
    put(builder, &builder->numbers, &node, sizeof node);
    const struct argot_witness_found *found = argot_witnesses_find(builder->of->witnesses, node);
    builder->failed = builder->failed || !found;
    for (uint32_t i = 0; found && i < found->count; i++) {
        const struct choice *choice = choice_of(builder, found->clauses[i]);
        if (choice->fold == FOLD_FALSE)
            return false;
        if (choice->fold == FOLD_OPEN)
            add_candidate(builder, candidates, found->clauses[i]);
    }
    return true;
}

static bool
take_condition(struct builder *builder, struct candidates *candidates, uint32_t root)
{
    const struct argot_conditions_node *node = root == NONE ? NULL : argot_conditions_at(builder->of->conditions, root);
    if (!node)
        return true;
    if (node->kind != ARGOT_CONDITIONS_AND)
        return take_part(builder, candidates, root);
    for (uint32_t i = 0; i < node->nargs; i++)
        if (!take_part(builder, candidates, node->args[i]))
            return false;
    return true;
}

static uint32_t
choose(struct builder *builder, uint32_t clause)
{
    struct choice *choice = &builder->choices[clause];
    if (choice->number != NONE)
        return choice->number;
    choice->number = count_of(&builder->chosen);
    put(builder, &builder->chosen, &clause, sizeof clause);
    for (uint32_t i = 0; i < choice->count && !builder->failed; i++) {
        uint32_t witness = numbers_of(&builder->members)[choice->from + i];
        if (builder->witness_numbers[witness] != NONE)
            continue;
        builder->witness_numbers[witness] = count_of(&builder->witnesses);
        put(builder, &builder->witnesses, &witness, sizeof witness);
    }
    return choice->number;
}

static void
add_listener(struct builder *builder, uint32_t listener)
{
    struct argot_view_entry entry = {.listener = listener, .conditions = count_of(&builder->numbers)};
    struct candidates candidates = {.count = 0};
    if (!take_condition(builder, &candidates, builder->of->roots[listener])) {
        builder->numbers.length = entry.conditions * sizeof(uint32_t);
        return;
    }
    if (builder->of->nlisteners <= ARGOT_VIEW_JUDGED)
        candidates.count = 0;
    entry.nconditions = count_of(&builder->numbers) - entry.conditions;
    entry.guards = count_of(&builder->numbers);
    uint32_t caller = NONE, next = 0;
    double chance = 1;
    if (candidates.count && builder->choices[candidates.clauses[0]].chance < TOO_OFTEN) {
        chance = builder->choices[candidates.clauses[0]].chance;
        caller = choose(builder, candidates.clauses[next++]);
    }
    for (; next < candidates.count; next++) {
        bool useful = chance > RARE_ENOUGH && entry.nguards < ARGOT_VIEW_MAX_GUARDS &&
                      builder->choices[candidates.clauses[next]].chance <= USELESS;
        if (!useful && !builder->watch)
            break;
        uint32_t guard = choose(builder, candidates.clauses[next]);
        put(builder, &builder->numbers, &guard, sizeof guard);
        chance *= builder->choices[candidates.clauses[next]].chance;
        entry.nguards++;
    }
    builder->callers[builder->entries.length / sizeof entry] = caller;
    put(builder, &builder->entries, &entry, sizeof entry);
}

/* ---- the view's tables ---- */

static void *
room(struct builder *builder, size_t count, size_t size)
{
    void *made = argot_arena_zalloc(&builder->view->arena, count, size);
    builder->failed = builder->failed || !made;
    return made;
}

static void *
copy(struct builder *builder, const struct argot_buffer *from)
{
    void *made = argot_arena_copy(&builder->view->arena, (const char *)from->bytes, from->length);
    builder->failed = builder->failed || !made;
    return made;
}

/* Entries by the clause that calls them, behind the numbers that are there. */
static void
make_calls(struct builder *builder)
{
    struct argot_view *view = builder->view;
    view->nentries = (uint32_t)(builder->entries.length / sizeof *view->entries);
    view->nclauses = count_of(&builder->chosen);
    view->entries = copy(builder, &builder->entries);
    view->always = room(builder, view->nentries + 1, sizeof *view->always);
    view->called = room(builder, view->nentries + 1, sizeof *view->called);
    view->marks = room(builder, view->nentries / 64 + 1, sizeof *view->marks);
    view->clauses = room(builder, view->nclauses + 1, sizeof *view->clauses);
    view->numbers_of_clauses = copy(builder, &builder->chosen);
    if (builder->failed)
        return;
    for (uint32_t i = 0; i < view->nentries; i++) {
        if (builder->callers[i] == NONE)
            view->always[view->nalways++] = i;
        else
            view->clauses[builder->callers[i]].ncalls++;
    }
    uint32_t at = count_of(&builder->numbers), calls = view->nentries - view->nalways;
    for (uint32_t i = 0; i < calls; i++)
        put(builder, &builder->numbers, &i, sizeof i);
    for (uint32_t i = 0; i < view->nclauses; i++) {
        view->clauses[i].calls = at;
        at += view->clauses[i].ncalls;
        view->clauses[i].ncalls = 0;
    }
    view->numbers = copy(builder, &builder->numbers);
    for (uint32_t i = 0; !builder->failed && i < view->nentries; i++) {
        if (builder->callers[i] == NONE)
            continue;
        struct argot_view_clause *clause = &view->clauses[builder->callers[i]];
        view->numbers[clause->calls + clause->ncalls++] = i;
    }
}

/* Clauses by witness. */
static void
make_fulfilled(struct builder *builder)
{
    struct argot_view *view = builder->view;
    uint32_t nwitnesses = count_of(&builder->witnesses), total = 0;
    view->from = room(builder, (size_t)nwitnesses + 2, sizeof *view->from);
    view->sightings.seen = room(builder, nwitnesses + 1, sizeof *view->sightings.seen);
    view->sightings.list = room(builder, nwitnesses + 1, sizeof *view->sightings.list);
    if (builder->failed)
        return;
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t i = 0; i < view->nclauses; i++) {
            const struct choice *choice = &builder->choices[numbers_of(&builder->chosen)[i]];
            for (uint32_t j = 0; j < choice->count; j++) {
                uint32_t witness = builder->witness_numbers[numbers_of(&builder->members)[choice->from + j]];
                if (fill)
                    view->clauses_of[view->from[witness + 1]++] = i;
                else
                    view->from[witness + 2]++;
                total++;
            }
        }
        if (fill)
            return;
        for (uint32_t i = 2; i <= nwitnesses + 1; i++)
            view->from[i] += view->from[i - 1];
        view->clauses_of = room(builder, total + 1, sizeof *view->clauses_of);
        if (builder->failed)
            return;
    }
}

/* ---- sources ---- */

struct by_source {
    uint32_t source, number; /* of the witness in the view */
    const struct argot_witness *witness;
};

static int
compare_by_source(const void *a, const void *b)
{
    const struct by_source *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static const struct argot_literals_counts *
counts_of(const struct builder *builder, const struct argot_witness_source *source)
{
    for (uint32_t i = 0; builder->watched && i < builder->watched->nsources; i++)
        if (builder->watched->sources[i].source == source)
            return builder->watched->sources[i].counts;
    return NULL;
}

static void
fill_source(struct builder *builder, struct argot_view_source *source, const struct by_source *all, uint32_t count)
{
    struct argot_literal *literals = argot_arena_alloc(&builder->arena, count * sizeof *literals);
    struct argot_keys_entry *keys = argot_arena_alloc(&builder->arena, count * sizeof *keys);
    uint32_t nliterals = 0, nkeys = 0;
    source->present = NONE;
    source->source = argot_witnesses_source(builder->of->witnesses, all->source);
    builder->failed = builder->failed || !literals || !keys;
    for (uint32_t i = 0; !builder->failed && i < count; i++) {
        const struct argot_witness *witness = all[i].witness;
        uint8_t bits = witness->kind == ARGOT_WITNESS_NETWORK ? witness->bits : ARGOT_KEYS_NO_NETWORK;
        if (witness->kind == ARGOT_WITNESS_PRESENT)
            source->present = all[i].number;
        else if (witness->kind == ARGOT_WITNESS_KEY || witness->kind == ARGOT_WITNESS_NETWORK)
            keys[nkeys++] = (struct argot_keys_entry){.key = witness->key, .witness = all[i].number, .bits = bits};
        else
            literals[nliterals++] = (struct argot_literal){witness->kind, witness->fold, all[i].number, witness->text};
    }
    uint8_t type = source->source->expr->type;
    source->direct =
        source->source->is_field &&
        (!nkeys || (type != ARGOT_EXPR_REAL_TYPE && type != ARGOT_EXPR_TIME_TYPE && type != ARGOT_EXPR_DURATION_TYPE));
    if (nliterals && !(source->literals = argot_literals_new(&builder->view->arena, literals, nliterals,
                                                             counts_of(builder, source->source))))
        builder->failed = true;
    if (nliterals && builder->watch)
        source->counts = room(builder, 1, sizeof *source->counts);
    if (nkeys && !(source->keys = argot_keys_new(&builder->view->arena, keys, nkeys)))
        builder->failed = true;
}

static void
make_sources(struct builder *builder)
{
    struct argot_view *view = builder->view;
    uint32_t nwitnesses = count_of(&builder->witnesses), count = 0;
    struct by_source *all = argot_arena_alloc(&builder->arena, (nwitnesses + 1) * sizeof *all);
    view->sources = room(builder, nwitnesses + 1, sizeof *view->sources);
    view->questions = room(builder, nwitnesses + 1, sizeof *view->questions);
    builder->failed = builder->failed || !all;
    for (uint32_t i = 0; !builder->failed && i < nwitnesses; i++) {
        const struct argot_witness *witness =
            argot_witnesses_at(builder->of->witnesses, numbers_of(&builder->witnesses)[i]);
        if (witness->kind == ARGOT_WITNESS_HOLDS)
            view->questions[view->nquestions++] = (struct argot_view_question){witness->node, i};
        else
            all[count++] = (struct by_source){witness->source, i, witness};
    }
    if (builder->failed)
        return;
    qsort(all, count, sizeof *all, compare_by_source);
    for (uint32_t i = 0, end; i < count && !builder->failed; i = end) {
        for (end = i + 1; end < count && all[end].source == all[i].source; end++)
            ;
        fill_source(builder, &view->sources[view->nsources++], all + i, end - i);
    }
}

static const struct argot_expr_text *
name_of(const struct argot_view_source *source)
{
    const struct argot_expr *base = source->source->base;
    return base && base->kind == ARGOT_EXPR_EXTRA ? &base->path[0] : NULL;
}

/* Those without a name first, the others by name. */
static int
compare_by_name(const void *a, const void *b)
{
    const struct argot_expr_text *x = name_of(a), *y = name_of(b);
    if (!x || !y)
        return (x != NULL) - (y != NULL);
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return x->length ? memcmp(x->at, y->at, x->length) : 0;
}

static void
enter_name(struct argot_view *view, uint32_t first, uint32_t count)
{
    const struct argot_expr_text *name = name_of(&view->sources[first]);
    uint32_t at = argot_view_hash(name->at, name->length) & view->names_mask;
    while (view->names[at].count)
        at = (at + 1) & view->names_mask;
    view->names[at] = (struct argot_view_name){.name = *name, .first = first, .count = count};
}

static void
make_names(struct builder *builder)
{
    struct argot_view *view = builder->view;
    if (view->nsources)
        qsort(view->sources, view->nsources, sizeof *view->sources, compare_by_name);
    while (view->nplain < view->nsources && !name_of(&view->sources[view->nplain]))
        view->nplain++;
    if (view->nplain == view->nsources)
        return;
    uint32_t size = 2;
    while (size < 2 * (view->nsources - view->nplain))
        size *= 2;
    view->names_mask = size - 1;
    view->names = room(builder, size, sizeof *view->names);
    for (uint32_t i = view->nplain, end; view->names && i < view->nsources; i = end) {
        for (end = i + 1; end < view->nsources && !compare_by_name(&view->sources[i], &view->sources[end]); end++)
            ;
        enter_name(view, i, end - i);
    }
}

/* ---- all of it ---- */

static bool
start(struct builder *builder)
{
    const struct argot_view_of *of = builder->of;
    struct argot_arena *arena = &builder->arena;
    argot_arena_init(arena, of->seam, 0);
    argot_arena_init(&builder->view->arena, of->seam, VIEW_BLOCK_BYTES);
    argot_buffer_init(&builder->members, of->seam);
    argot_buffer_init(&builder->entries, of->seam);
    argot_buffer_init(&builder->numbers, of->seam);
    argot_buffer_init(&builder->chosen, of->seam);
    argot_buffer_init(&builder->witnesses, of->seam);
    uint32_t nwitnesses = of->witnesses->by_witness.count, nclauses = of->witnesses->by_clause.count;
    builder->fields = argot_arena_zalloc(arena, argot_schema.count + 1u, 1);
    builder->folds = argot_arena_zalloc(arena, of->conditions->count + 1u, 1);
    builder->choices = argot_arena_zalloc(arena, nclauses + 1u, sizeof *builder->choices);
    builder->witness_numbers = argot_arena_alloc(arena, (nwitnesses + 1u) * sizeof(uint32_t));
    builder->callers = argot_arena_alloc(arena, (of->nlisteners + 1u) * sizeof(uint32_t));
    builder->measured = argot_arena_alloc(arena, (nclauses + 1u) * sizeof *builder->measured);
    if (!builder->fields || !builder->folds || !builder->choices || !builder->witness_numbers || !builder->callers ||
        !builder->measured)
        return false;
    memset(builder->witness_numbers, 0xff, nwitnesses * sizeof(uint32_t));
    for (uint32_t i = 0; i < nclauses; i++)
        builder->measured[i] = -1;
    for (uint32_t i = 0; builder->watched && i < builder->watched->nclauses; i++)
        builder->measured[builder->watched->numbers_of_clauses[i]] = (double)builder->watched->clauses[i].times;
    return true;
}

static void
finish(struct builder *builder)
{
    argot_arena_finish(&builder->arena);
    argot_buffer_finish(&builder->members);
    argot_buffer_finish(&builder->entries);
    argot_buffer_finish(&builder->numbers);
    argot_buffer_finish(&builder->chosen);
    argot_buffer_finish(&builder->witnesses);
}

struct argot_view *
argot_view_new(const struct argot_view_of *of, const struct argot_event *event, bool watch,
               const struct argot_view *watched)
{
    struct argot_view *view = of->seam->allocate(of->seam, sizeof *view);
    if (!view)
        return NULL;
    *view = (struct argot_view){.watches = watch};
    struct builder builder = {.of = of, .subject = {.event = event}, .view = view, .watch = watch, .watched = watched};
    builder.failed = !start(&builder);
    if (!builder.failed)
        read_shape(&builder);
    for (uint32_t i = 0; !builder.failed && i < of->nlisteners; i++)
        add_listener(&builder, of->listeners[i]);
    if (!builder.failed)
        make_calls(&builder);
    if (!builder.failed)
        make_fulfilled(&builder);
    if (!builder.failed)
        make_sources(&builder);
    if (!builder.failed)
        make_names(&builder);
    finish(&builder);
    if (!builder.failed)
        return view;
    argot_view_free(view, of->seam);
    return NULL;
}
