/* SPDX-License-Identifier: Apache-2.0
 * A judge: what is prepared of a plan when it is made, the places of fields by shape, and the entries that others
 * call. */
#include "correlate/judge_parts.h"
#include <stdio.h>
#include <string.h>

#define TEXTS_BYTES ((size_t)256 << 10) /* a block of texts; larger ones are rare */
#define MAX_SHAPES 65536                /* shapes that are remembered; their numbers are small */

/* ---- what lies where in a shape ---- */

struct argot_judge_shape {
    const struct argot_shape *shape;
    struct argot_judge_pointers pointers;
    uint16_t places[]; /* by field */
};

static bool
grow_shapes(struct argot_judge *judge, uint32_t number)
{
    uint32_t count = judge->nshapes ? judge->nshapes : 64;
    while (count <= number)
        count *= 2;
    struct argot_judge_shape **grown =
        judge->seam->resize(judge->seam, (void *)judge->shapes, count * sizeof(struct argot_judge_shape *));
    if (!grown)
        return false;
    for (uint32_t i = judge->nshapes; i < count; i++)
        grown[i] = NULL;
    judge->shapes = grown;
    judge->nshapes = count;
    return true;
}

static struct argot_judge_pointers
find_pointers(const struct argot_shape *shape)
{
    struct argot_judge_pointers pointers = {0};
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *entry = &shape->fields[i];
        if (entry->constant)
            continue;
        switch ((enum argot_type)argot_schema.fields[entry->field].type) {
        case ARGOT_TYPE_STRING:
        case ARGOT_TYPE_HOST:
        case ARGOT_TYPE_KEYWORD:
            pointers.texts |= UINT64_C(1) << entry->index;
            break;
        case ARGOT_TYPE_STRING_LIST:
        case ARGOT_TYPE_IP_LIST:
            pointers.lists |= UINT64_C(1) << entry->index;
            break;
        default:
            break;
        }
    }
    return pointers;
}

static void
fill_places(const struct argot_judge *judge, const struct argot_shape *shape, struct argot_judge_shape *places)
{
    places->shape = shape;
    places->pointers = find_pointers(shape);
    for (uint16_t field = 0; field < argot_schema.count; field++)
        places->places[field] = ARGOT_JUDGE_PLACE_NONE;
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *entry = &shape->fields[i];
        if (entry->field < argot_schema.count)
            places->places[entry->field] = entry->constant ? (uint16_t)(ARGOT_JUDGE_PLACE_CONSTANT + i) : entry->index;
    }
    if (judge->event_time < argot_schema.count)
        places->places[judge->event_time] = ARGOT_JUDGE_PLACE_TIME;
    if (judge->event_ingest_time < argot_schema.count)
        places->places[judge->event_ingest_time] = ARGOT_JUDGE_PLACE_ASK;
}

/* NULL: without memory, or a number that is none of a registry's. Then the event itself is asked. */
static const struct argot_judge_shape *
places_of(struct argot_judge *judge, const struct argot_shape *shape)
{
    if (shape->number >= MAX_SHAPES || (shape->number >= judge->nshapes && !grow_shapes(judge, shape->number)))
        return NULL;
    struct argot_judge_shape **places = &judge->shapes[shape->number];
    if (!*places)
        *places = argot_arena_zalloc(&judge->tables, 1, sizeof **places + argot_schema.count * sizeof(uint16_t));
    if (*places && (*places)->shape != shape)
        fill_places(judge, shape, *places);
    return *places;
}

const uint16_t *
argot_judge_look_up(struct argot_judge *judge, const struct argot_shape *shape)
{
    const struct argot_judge_shape *places = places_of(judge, shape);
    uint32_t at = shape->number % ARGOT_JUDGE_LAST;
    judge->head.last[at].shape = places ? shape : NULL;
    return judge->head.last[at].places = places ? places->places : NULL;
}

struct argot_judge_pointers
argot_judge_pointers(struct argot_judge *judge, const struct argot_shape *shape)
{
    const uint16_t *places = argot_judge_places(judge, shape);
    if (!places)
        return find_pointers(shape);
    return ((const struct argot_judge_shape *)(const void *)((const uint8_t *)places -
                                                             offsetof(struct argot_judge_shape, places)))
        ->pointers;
}

const struct argot_slot *
argot_judge_field(struct argot_judge *judge, const struct argot_subject *subject, uint16_t field)
{
    if (subject->event && field < argot_schema.count)
        return argot_judge_at(argot_judge_places(judge, subject->event->shape), subject->event, field);
    if (subject->event)
        return argot_event_get(subject->event, field);
    return subject->alert ? argot_alert_get(subject->alert, field) : NULL;
}

/* ---- what is prepared of a plan ---- */

struct preparation {
    struct argot_judge *judge;
    struct argot_judge_table visited; /* nodes, since plans share them */
    char *why;
    size_t why_size;
};

static bool
no_memory(struct preparation *preparation)
{
    snprintf(preparation->why, preparation->why_size, "out of memory");
    return false;
}

static bool
keep(struct preparation *preparation, const void *key, void *value)
{
    struct argot_judge *judge = preparation->judge;
    return (value && argot_judge_table_put(&judge->prepared, judge->seam, key, value)) || no_memory(preparation);
}

static bool prepare(struct preparation *preparation, const struct argot_expr *expr);

static bool
prepare_pattern(struct preparation *preparation, const struct argot_expr_pattern *pattern, bool fold)
{
    if (pattern->kind == ARGOT_EXPR_PATTERN_COMPUTED)
        return prepare(preparation, pattern->expr);
    if (pattern->kind != ARGOT_EXPR_PATTERN_REGEX)
        return true;
    struct argot_judge_regex *regex =
        argot_judge_regex_new(preparation->judge, pattern, fold, preparation->why, preparation->why_size);
    return regex && keep(preparation, pattern, regex);
}

static bool
prepare_set(struct preparation *preparation, const struct argot_expr *in)
{
    bool good = true;
    for (uint32_t i = 0; good && i < in->set->nexprs; i++)
        good = prepare(preparation, in->set->exprs[i]);
    if (!good || !argot_judge_set_is_large(in->set))
        return good;
    return keep(preparation, in->set, argot_judge_set_new(preparation->judge, in));
}

static bool
prepare(struct preparation *preparation, const struct argot_expr *expr)
{
    bool good = true;
    if (!expr || argot_judge_table_find(&preparation->visited, expr))
        return true;
    if (!argot_judge_table_put(&preparation->visited, preparation->judge->seam, expr, NULL))
        return no_memory(preparation);
    for (uint16_t i = 0; good && i < expr->nargs; i++)
        good = prepare(preparation, expr->args[i]);
    for (uint32_t i = 0; good && i < expr->npatterns; i++)
        good = prepare_pattern(preparation, &expr->patterns[i], expr->args[0]->fold);
    return good && (expr->kind != ARGOT_EXPR_IN || prepare_set(preparation, expr));
}

static bool
prepare_all(struct preparation *preparation, const struct argot_expr *const *exprs, uint32_t count)
{
    bool good = true;
    for (uint32_t i = 0; good && i < count; i++)
        good = prepare(preparation, exprs[i]);
    return good;
}

static bool
prepare_events(struct preparation *preparation, const struct argot_plan_rule *rule,
               const struct argot_plan_event *events, uint32_t count)
{
    bool good = true;
    for (uint32_t i = 0; good && i < count; i++)
        good = prepare(preparation, events[i].condition) &&
               prepare_all(preparation, events[i].keys, events[i].keys ? rule->nkeys : 0);
    return good;
}

static bool
prepare_stages(struct preparation *preparation, const struct argot_plan_rule *rule,
               const struct argot_plan_stage *stages, uint32_t count)
{
    bool good = true;
    for (uint32_t i = 0; good && i < count; i++)
        good = prepare_events(preparation, rule, &stages[i].event, 1) &&
               prepare_events(preparation, rule, stages[i].without, stages[i].nwithout);
    return good;
}

static bool
prepare_sequence(struct preparation *preparation, const struct argot_plan_rule *rule)
{
    const struct argot_plan_sequence *sequence = rule->sequence;
    return prepare_stages(preparation, rule, sequence->stages, sequence->nstages) &&
           prepare_events(preparation, rule, sequence->then_no, sequence->then_no != NULL) &&
           prepare_events(preparation, rule, sequence->without, sequence->nwithout) &&
           prepare_events(preparation, rule, sequence->until, sequence->nuntil);
}

static bool
prepare_window(struct preparation *preparation, const struct argot_plan_window *window)
{
    bool good = prepare(preparation, window->condition);
    for (uint32_t i = 0; good && i < window->naggregates; i++)
        good = prepare_all(preparation, window->aggregates[i].args, window->aggregates[i].nargs);
    return good;
}

static bool
prepare_rule(struct preparation *preparation, const struct argot_plan_rule *rule)
{
    bool good = prepare_events(preparation, rule, rule->matches, rule->nmatches) &&
                prepare_events(preparation, rule, rule->until, rule->nuntil) &&
                prepare_all(preparation, rule->collect, rule->ncollect);
    for (uint32_t i = 0; good && i < rule->nlookups; i++)
        good = prepare(preparation, rule->lookups[i].key);
    for (uint32_t i = 0; good && i < rule->npieces; i++)
        good = prepare(preparation, rule->pieces[i].expr);
    return good && (!rule->window || prepare_window(preparation, rule->window)) &&
           (!rule->fresh || prepare_all(preparation, rule->fresh->exprs, rule->fresh->nexprs)) &&
           (!rule->sequence || prepare_sequence(preparation, rule)) &&
           (!rule->together || prepare_stages(preparation, rule, rule->together->members, rule->together->nmembers));
}

static bool
prepare_plan(struct preparation *preparation, const struct argot_plan *plan)
{
    bool good = argot_judge_regex_start(preparation->judge) || no_memory(preparation);
    for (uint32_t i = 0; good && i < plan->nrules; i++)
        good = prepare_rule(preparation, &plan->rules[i]);
    for (uint32_t i = 0; good && i < plan->ntests; i++)
        for (uint32_t j = 0; good && j < plan->tests[i].nexpects; j++)
            good = prepare(preparation, plan->tests[i].expects[j].condition);
    return good;
}

/* ---- a judge ---- */

static uint16_t
field_of(const char *name)
{
    int field = argot_schema_find(name);
    return field < 0 ? UINT16_MAX : (uint16_t)field;
}

struct argot_judge *
argot_judge_new(struct argot_seam *seam, const struct argot_plan *plan, char *why, size_t why_size)
{
    struct argot_judge *judge = seam->allocate(seam, sizeof *judge);
    struct preparation preparation = {.judge = judge, .why = why, .why_size = why_size};
    if (!judge) {
        no_memory(&preparation);
        return NULL;
    }
    *judge = (struct argot_judge){.seam = seam,
                                  .plan = plan,
                                  .event_time = field_of("event_time"),
                                  .event_ingest_time = field_of("event_ingest_time")};
    argot_arena_init(&judge->tables, seam, 0);
    argot_arena_init(&judge->head.kept, seam, TEXTS_BYTES);
    argot_arena_init(&judge->scratch, seam, TEXTS_BYTES);
    judge->texts = &judge->head.kept;
    bool good = prepare_plan(&preparation, plan);
    argot_judge_table_finish(&preparation.visited, seam);
    if (good)
        return judge;
    argot_judge_free(judge);
    return NULL;
}

void
argot_judge_free(struct argot_judge *judge)
{
    if (!judge)
        return;
    argot_judge_regex_finish(judge);
    argot_judge_table_finish(&judge->prepared, judge->seam);
    argot_arena_finish(&judge->head.kept);
    argot_arena_finish(&judge->scratch);
    argot_arena_finish(&judge->tables);
    judge->seam->release(judge->seam, (void *)judge->shapes);
    judge->seam->release(judge->seam, judge);
}

/* ---- judging ---- */

bool
argot_judge_holds(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    judge->texts = &judge->scratch;
    bool holds = argot_judge_condition(judge, expr, scene);
    judge->texts = &judge->head.kept;
    return holds;
}

/* Untyped items differ from each other: all become texts. */
static bool
make_text(struct argot_judge *judge, struct argot_datum *item)
{
    bool json = argot_judge_untyped_is_number(item);
    switch (item->extra_type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        item->extra_type = ARGOT_TYPE_STRING;
        return true;
    case ARGOT_TYPE_BOOL:
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        json = true;
        break;
    default:
        break;
    }
    struct argot_slice text = argot_judge_format(judge, item);
    item->extra_type = ARGOT_TYPE_STRING;
    item->slot.text.at = text.at;
    item->slot.text.length = text.length;
    item->slot.text.flags = json ? ARGOT_SLOT_JSON : 0;
    return text.at;
}

/* Whole numbers beside real ones become real. */
static void
join_numbers(struct argot_datum *list, struct argot_slot *items, uint32_t count, struct argot_datum *item)
{
    if (list->type == ARGOT_EXPR_WHOLE_TYPE && item->type == ARGOT_EXPR_REAL_TYPE)
        for (uint32_t i = 0; i < count; i++)
            items[i].f64 = list->large ? (double)items[i].u64 : (double)items[i].i64;
    if (list->type == ARGOT_EXPR_REAL_TYPE && item->type == ARGOT_EXPR_WHOLE_TYPE) {
        item->slot.f64 = item->large ? (double)item->slot.u64 : (double)item->slot.i64;
        item->type = ARGOT_EXPR_REAL_TYPE;
    }
}

/* The items of a list, those that are null left out. */
static void
make_list(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
          struct argot_datum *value)
{
    int64_t count = argot_judge_value_count(judge, expr, scene);
    struct argot_slot *items = count < 0 ? NULL : argot_judge_room(judge, (size_t)count * sizeof *items);
    argot_judge_value_null(value, expr->type);
    value->list = true;
    value->field = expr->field;
    if (!items)
        return;
    uint32_t made = 0;
    for (int64_t i = 0; i < count; i++) {
        struct argot_datum item;
        argot_judge_value_of(judge, expr, scene, (uint32_t)i, &item);
        if (item.null || (item.type == ARGOT_EXPR_UNTYPED_TYPE && !make_text(judge, &item)))
            continue;
        join_numbers(value, items, made, &item);
        value->type = item.type;
        value->large = item.type == ARGOT_EXPR_WHOLE_TYPE && (value->large || item.large);
        value->extra_type = item.extra_type;
        items[made++] = item.slot;
    }
    value->null = false;
    value->slot.list.items = items;
    value->slot.list.count = made;
}

void
argot_judge_value(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                  struct argot_datum *value)
{
    if (expr->list)
        make_list(judge, expr, scene, value);
    else
        argot_judge_value_of(judge, expr, scene, 0, value);
}

struct argot_slice
argot_judge_text(struct argot_judge *judge, const struct argot_datum *value)
{
    if (value->null)
        return (struct argot_slice){(const uint8_t *)"-", 1};
    return argot_judge_format(judge, value);
}

struct argot_judge_counts
argot_judge_counts(const struct argot_judge *judge)
{
    return judge->counts;
}
