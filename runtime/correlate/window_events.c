/* SPDX-License-Identifier: Apache-2.0
 * The window itself: for each event what each aggregate needs of it. Counts, distinct values and exact sums are kept
 * up to date as events come and go; what depends on all values at once (least, greatest, percentiles, sums of reals,
 * which must not depend on what went before) is worked out when it is asked for. */
#include "correlate/window.h"
#include <stdlib.h>
#include <string.h>

enum cell_kind { CELL_NONE, CELL_COUNTED, CELL_WHOLE, CELL_LARGE, CELL_REAL, CELL_TUPLE };
struct cell {
    uint64_t kind; /* enum cell_kind */
    union {
        int64_t i64;
        uint64_t u64;
        double f64;
        uint32_t node; /* in the set of values */
    };
};

struct record {
    struct argot_kept kept;
    struct cell cells[];
};

static size_t
record_bytes(const struct argot_rule *rule)
{
    return sizeof(struct record) + rule->plan->window->naggregates * sizeof(struct cell);
}

static struct record *
record_at(const struct argot_rule *rule, const struct argot_window_events *events, uint32_t index)
{
    uint32_t at = events->first + index;
    at -= at >= events->room ? events->room : 0;
    return (struct record *)(void *)(events->records + at * record_bytes(rule));
}

/* ---- one value comes or goes ---- */

static struct cell
measure(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, const struct argot_subject *subject)
{
    struct argot_scene scene = {.rule = rule->plan, .subject = *subject};
    struct argot_datum value;
    argot_judge_value(rule->core->judge, aggregate->args[0], &scene, &value);
    if (value.null)
        return (struct cell){.kind = CELL_NONE};
    if (value.type == ARGOT_EXPR_REAL_TYPE)
        return (struct cell){.kind = CELL_REAL, .f64 = value.slot.f64};
    return (struct cell){.kind = value.large ? CELL_LARGE : CELL_WHOLE, .u64 = value.slot.u64};
}

static struct cell
see_tuple(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, struct argot_window_sum *sum,
          const struct argot_arrival *arrival)
{
    struct argot_core *core = rule->core;
    if (!argot_rule_tuple(rule, aggregate->args, aggregate->nargs, &arrival->subject))
        return (struct cell){.kind = CELL_NONE};
    bool fresh;
    struct argot_kept kept = argot_rule_kept(arrival, false);
    argot_held_drop(&core->slab, kept.held); /* the record has it */
    kept.held = NULL;
    struct argot_values_node *node =
        argot_values_see(&sum->values, &core->values_of, core->tuple.bytes, core->tuple.length, &kept, &fresh);
    if (!node)
        return (struct cell){.kind = CELL_NONE};
    return (struct cell){.kind = CELL_TUPLE, .node = (uint32_t)(node - sum->values.nodes)};
}

static struct cell
cell_of(struct argot_rule *rule, const struct argot_plan_aggregate *aggregate, struct argot_window_sum *sum,
        const struct argot_arrival *arrival)
{
    struct argot_scene scene = {.rule = rule->plan, .subject = arrival->subject};
    switch (aggregate->kind) {
    case ARGOT_PLAN_COUNT:
        if (aggregate->nargs && !argot_judge_holds(rule->core->judge, aggregate->args[0], &scene))
            return (struct cell){.kind = CELL_NONE};
        return (struct cell){.kind = CELL_COUNTED};
    case ARGOT_PLAN_DISTINCT:
        return see_tuple(rule, aggregate, sum, arrival);
    default:
        return measure(rule, aggregate, &arrival->subject);
    }
}

static argot_window_wide
whole_of(const struct cell *cell)
{
    return cell->kind == CELL_LARGE ? (argot_window_wide)cell->u64 : (argot_window_wide)cell->i64;
}

static void
come(struct argot_window_sum *sum, const struct cell *cell)
{
    sum->count += cell->kind != CELL_NONE;
    sum->reals += cell->kind == CELL_REAL;
    if (cell->kind == CELL_WHOLE || cell->kind == CELL_LARGE)
        sum->whole += whole_of(cell);
}

static void
go(struct argot_rule *rule, struct argot_window_sum *sum, const struct cell *cell)
{
    sum->count -= cell->kind != CELL_NONE;
    sum->reals -= cell->kind == CELL_REAL;
    if (cell->kind == CELL_WHOLE || cell->kind == CELL_LARGE)
        sum->whole -= whole_of(cell);
    if (cell->kind == CELL_TUPLE && --sum->values.nodes[cell->node].uses == 0)
        argot_values_remove(&sum->values, &rule->core->values_of, &sum->values.nodes[cell->node]);
}

/* ---- the events ---- */

static void
drop_oldest(struct argot_rule *rule, struct argot_window_events *events)
{
    struct record *record = record_at(rule, events, 0);
    for (uint32_t i = 0; i < rule->plan->window->naggregates; i++)
        go(rule, &events->sums[i], &record->cells[i]);
    argot_held_drop(&rule->core->slab, record->kept.held);
    events->first = events->first + 1 == events->room ? 0 : events->first + 1;
    events->count--;
}

static bool
begin(struct argot_rule *rule, struct argot_window_events *events)
{
    uint32_t count = rule->plan->window->naggregates;
    if (events->sums)
        return true;
    events->sums = argot_slab_zero(&rule->core->slab, (count ? count : 1) * sizeof *events->sums);
    for (uint32_t i = 0; events->sums && i < count; i++)
        argot_values_init(&events->sums[i].values);
    return events->sums != NULL;
}

static bool
make_room(struct argot_rule *rule, struct argot_window_events *events)
{
    if (!begin(rule, events))
        return false;
    if (events->count < events->room)
        return true;
    uint32_t room = events->room ? events->room * 2 : 4;
    size_t bytes = record_bytes(rule);
    uint8_t *records = room > events->room ? argot_slab_take(&rule->core->slab, room * bytes) : NULL;
    if (!records)
        return false;
    for (uint32_t i = 0; i < events->count; i++)
        memcpy(records + i * bytes, record_at(rule, events, i), bytes);
    argot_slab_give(&rule->core->slab, events->records, events->room * bytes);
    events->records = records;
    events->room = room;
    events->first = 0;
    return true;
}

static void
forget_old(struct argot_rule *rule, struct argot_window_events *events, argot_time time)
{
    const struct argot_plan_window *window = rule->plan->window;
    while (window->kind == ARGOT_PLAN_WITHIN && events->count &&
           (uint64_t)time - (uint64_t)record_at(rule, events, 0)->kept.time > (uint64_t)window->span_ns)
        drop_oldest(rule, events);
}

void
argot_window_events_add(struct argot_rule *rule, struct argot_window_events *events,
                        const struct argot_arrival *arrival)
{
    const struct argot_plan_window *window = rule->plan->window;
    forget_old(rule, events, arrival->kept.time);
    if (events->count >= rule->plan->limit_events) {
        drop_oldest(rule, events);
        rule->counts.dropped++;
    }
    if (!make_room(rule, events))
        return;
    struct record *record = record_at(rule, events, events->count++);
    record->kept = argot_rule_kept(arrival, false);
    for (uint32_t i = 0; i < window->naggregates; i++) {
        record->cells[i] = cell_of(rule, &window->aggregates[i], &events->sums[i], arrival);
        come(&events->sums[i], &record->cells[i]);
    }
}

/* ---- values ---- */

static struct argot_datum
whole_value(uint8_t type, argot_window_wide whole)
{
    if (whole < INT64_MIN || whole > INT64_MAX)
        return (struct argot_datum){.null = true, .type = type};
    return (struct argot_datum){.type = type, .slot.i64 = (int64_t)whole};
}

/* Of reals, or of numbers some of which are: in the order of the events, nothing left over from before. */
static double
real_sum(const struct argot_rule *rule, const struct argot_window_events *events, uint32_t number)
{
    double sum = 0;
    for (uint32_t i = 0; i < events->count; i++) {
        const struct cell *cell = &record_at(rule, events, i)->cells[number];
        if (cell->kind == CELL_REAL)
            sum += cell->f64;
        else if (cell->kind != CELL_NONE)
            sum += (double)whole_of(cell);
    }
    return sum;
}

static struct argot_datum
real_value(double real)
{
    bool finite = real - real == 0; /* neither infinite nor no number */
    return (struct argot_datum){.type = ARGOT_EXPR_REAL_TYPE, .null = !finite, .slot.f64 = real};
}

static uint8_t
whole_type(const struct argot_plan_aggregate *aggregate)
{
    return aggregate->type == ARGOT_EXPR_NUMBER_TYPE ? ARGOT_EXPR_WHOLE_TYPE : aggregate->type;
}

static struct argot_datum
sum_value(const struct argot_rule *rule, const struct argot_window_events *events, uint32_t number)
{
    const struct argot_window_sum *sum = &events->sums[number];
    if (sum->reals)
        return real_value(real_sum(rule, events, number));
    return whole_value(whole_type(&rule->plan->window->aggregates[number]), sum->whole);
}

static struct argot_datum
average(const struct argot_rule *rule, const struct argot_window_events *events, uint32_t number)
{
    const struct argot_plan_aggregate *aggregate = &rule->plan->window->aggregates[number];
    const struct argot_window_sum *sum = &events->sums[number];
    if (aggregate->type == ARGOT_EXPR_DURATION_TYPE)
        return whole_value(aggregate->type, sum->whole / (argot_window_wide)sum->count);
    double total = sum->reals ? real_sum(rule, events, number) : (double)sum->whole;
    return real_value(total / (double)sum->count);
}

/* Exact: a whole number of up to 65 bits beside a finite real. */
static int
compare_mixed(argot_window_wide whole, double real)
{
    if (real >= 0x1p65)
        return -1;
    if (real <= -0x1p65)
        return 1;
    argot_window_wide floor = (argot_window_wide)real;
    if (whole != floor)
        return whole < floor ? -1 : 1;
    double rest = real - (double)floor;
    return (rest < 0) - (rest > 0);
}

static int
compare_cells(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->kind == CELL_REAL && y->kind == CELL_REAL)
        return (x->f64 > y->f64) - (x->f64 < y->f64);
    if (x->kind != CELL_REAL && y->kind != CELL_REAL) {
        argot_window_wide m = whole_of(x), n = whole_of(y);
        return (m > n) - (m < n);
    }
    return x->kind == CELL_REAL ? -compare_mixed(whole_of(y), x->f64) : compare_mixed(whole_of(x), y->f64);
}

static struct argot_datum
cell_value(const struct argot_plan_aggregate *aggregate, const struct cell *cell)
{
    if (cell->kind == CELL_REAL)
        return real_value(cell->f64);
    return (struct argot_datum){
        .type = whole_type(aggregate), .large = cell->kind == CELL_LARGE, .slot.u64 = cell->u64};
}

/* The rank-th smallest, from 0: the nearest rank of a percentile, or an end. */
static struct argot_datum
ranked(struct argot_rule *rule, const struct argot_window_events *events, uint32_t number)
{
    const struct argot_plan_aggregate *aggregate = &rule->plan->window->aggregates[number];
    uint64_t count = events->sums[number].count;
    struct cell best = {.kind = CELL_NONE};
    struct cell *cells =
        aggregate->kind == ARGOT_PLAN_PCT ? argot_arena_alloc(&rule->core->arena, count * sizeof *cells) : NULL;
    uint64_t n = 0;
    for (uint32_t i = 0; i < events->count; i++) {
        const struct cell *cell = &record_at(rule, events, i)->cells[number];
        if (cell->kind == CELL_NONE)
            continue;
        if (cells)
            cells[n++] = *cell;
        int order = best.kind == CELL_NONE ? 0 : compare_cells(cell, &best);
        if (best.kind == CELL_NONE || (aggregate->kind == ARGOT_PLAN_MIN ? order < 0 : order > 0))
            best = *cell;
    }
    if (aggregate->kind != ARGOT_PLAN_PCT)
        return cell_value(aggregate, &best);
    if (!cells) {
        rule->core->failed = true;
        return (struct argot_datum){.null = true, .type = aggregate->type};
    }
    qsort(cells, n, sizeof *cells, compare_cells);
    double rank = aggregate->percent / 100 * (double)n;
    uint64_t at = (uint64_t)rank;
    at -= (double)at >= rank && at > 0; /* the ceiling, from 0 */
    return cell_value(aggregate, &cells[at < n ? at : n - 1]);
}

static struct argot_datum
value_of(struct argot_rule *rule, const struct argot_window_events *events, uint32_t number)
{
    const struct argot_plan_aggregate *aggregate = &rule->plan->window->aggregates[number];
    const struct argot_window_sum *sum = &events->sums[number];
    if (aggregate->kind == ARGOT_PLAN_COUNT)
        return (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .slot.u64 = sum->count};
    if (aggregate->kind == ARGOT_PLAN_DISTINCT)
        return (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE, .slot.u64 = sum->values.count};
    if (!sum->count)
        return (struct argot_datum){.type = aggregate->type, .null = true};
    if (aggregate->kind == ARGOT_PLAN_SUM)
        return sum_value(rule, events, number);
    return aggregate->kind == ARGOT_PLAN_AVG ? average(rule, events, number) : ranked(rule, events, number);
}

bool
argot_window_events_values(struct argot_rule *rule, struct argot_window_events *events, argot_time time,
                           struct argot_datum *values)
{
    forget_old(rule, events, time);
    if (!begin(rule, events))
        return false;
    for (uint32_t i = 0; i < rule->plan->window->naggregates; i++)
        values[i] = value_of(rule, events, i);
    return true;
}

bool
argot_window_events_hold(struct argot_rule *rule, struct argot_window_events *events, argot_time time)
{
    struct argot_core *core = rule->core;
    const struct argot_plan_window *window = rule->plan->window;
    struct argot_datum *values = argot_arena_zalloc(&core->arena, window->naggregates, sizeof *values);
    if (!values) {
        core->failed = true;
        return false;
    }
    if (!argot_window_events_values(rule, events, time, values))
        return false;
    struct argot_scene scene = {.rule = rule->plan, .aggregates = values};
    return argot_judge_holds(core->judge, window->condition, &scene);
}

/* ---- causes, and the end ---- */

void
argot_window_events_causes(const struct argot_rule *rule, const struct argot_window_events *events,
                           struct argot_buffer *causes)
{
    for (uint32_t i = 0; i < events->count; i++)
        argot_buffer_append(causes, &record_at(rule, events, i)->kept, sizeof(struct argot_kept));
}

void
argot_window_events_clear(struct argot_rule *rule, struct argot_window_events *events)
{
    while (events->count)
        drop_oldest(rule, events);
}

void
argot_window_events_finish(struct argot_rule *rule, struct argot_window_events *events)
{
    uint32_t count = rule->plan->window->naggregates;
    argot_window_events_clear(rule, events);
    for (uint32_t i = 0; events->sums && i < count; i++)
        argot_values_finish(&events->sums[i].values, &rule->core->values_of);
    argot_slab_give(&rule->core->slab, events->sums, (count ? count : 1) * sizeof *events->sums);
    argot_slab_give(&rule->core->slab, events->records, events->room * record_bytes(rule));
    *events = (struct argot_window_events){0};
}

struct argot_rule_holds
argot_window_events_hold_most(const struct argot_plan_rule *plan)
{
    const struct argot_plan_window *window = plan->window;
    struct argot_rule_holds holds = {.events = plan->limit_events,
                                     .event_bytes = sizeof(struct record) + window->naggregates * sizeof(struct cell)};
    for (uint32_t i = 0; i < window->naggregates; i++)
        holds.values += window->aggregates[i].kind == ARGOT_PLAN_DISTINCT ? plan->limit_events : 0;
    return holds;
}
