/* SPDX-License-Identifier: Apache-2.0
 * Notes are many: each is looked up among the rule's own conditions, which are few. */
#include "cli/why.h"

#define SECOND_NS INT64_C(1000000000)

/* ---- the rule's conditions, in the order in which it has them ---- */

struct lister {
    struct argot_why *why;
    uint32_t count;
    bool failed;
};

static void
list(struct lister *lister, const struct argot_plan_event *event, const char *role, uint32_t number, bool negative)
{
    uint32_t at = lister->count++;
    if (!lister->why->conditions)
        return; /* only counted */
    struct argot_why_condition *condition = &lister->why->conditions[at];
    if (!argot_why_condition_init(condition, lister->why, event))
        lister->failed = true;
    condition->role = role;
    condition->number = number;
    condition->negative = negative;
}

static void
list_all(struct lister *lister, const struct argot_plan_event *events, uint32_t count, const char *role,
         uint32_t number, bool negative)
{
    for (uint32_t i = 0; i < count; i++)
        list(lister, &events[i], role, number, negative);
}

static void
list_sequence(struct lister *lister, const struct argot_plan_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->nstages; i++) {
        const struct argot_plan_stage *stage = &sequence->stages[i];
        list_all(lister, stage->without, stage->nwithout, "without", i + 1, true);
        list(lister, &stage->event, i ? "then" : "first", i + 1, false);
    }
    list_all(lister, sequence->without, sequence->nwithout, "without", sequence->nstages + 1, true);
    if (sequence->then_no)
        list(lister, sequence->then_no, "then no", sequence->nstages + 1, true);
    list_all(lister, sequence->until, sequence->nuntil, "until", 0, true);
}

static void
list_rule(struct lister *lister)
{
    const struct argot_plan_rule *rule = lister->why->rule;
    lister->count = 0;
    list_all(lister, rule->matches, rule->nmatches, "match", 0, false);
    if (rule->sequence)
        list_sequence(lister, rule->sequence);
    for (uint32_t i = 0; rule->together && i < rule->together->nmembers; i++)
        list(lister, &rule->together->members[i].event, "has", i + 1, false);
    list_all(lister, rule->until, rule->nuntil, "until", 0, true);
}

struct argot_why_condition *
argot_why_of(const struct argot_why *why, const struct argot_plan_event *event)
{
    for (uint32_t i = 0; i < why->nconditions; i++)
        if (why->conditions[i].event == event)
            return &why->conditions[i];
    return NULL;
}

/* ---- notes ---- */

static bool
takes_type(const struct argot_plan_event *event, uint64_t type)
{
    for (uint16_t i = 0; i < event->ntypes; i++)
        if (event->types[i] == type)
            return true;
    return event->any_type;
}

static bool
takes_rule(const struct argot_plan_event *event, uint32_t rule)
{
    for (uint32_t i = 0; i < event->nrules; i++)
        if (event->rules[i] == rule)
            return true;
    return false;
}

/* Where one key alone is asked about, what has another, or none, is left out. */
static bool
is_asked(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    const struct argot_why_key *key = why->wanted ? argot_why_keys_of(why, judge, note) : NULL;
    return !why->wanted || (key && key->wanted);
}

/* What reads captures is asked about each partial, and told then. */
static void
came(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    const struct argot_alert *alert = note->subject.alert;
    const struct argot_slot *slot = alert ? NULL : argot_judge_field(judge, &note->subject, why->event_type);
    uint64_t type = slot ? slot->u64 : UINT64_MAX;
    why->newest = note->time > why->newest ? note->time : why->newest;
    if (type < argot_schema.fields[why->event_type].nvalues)
        why->types[type]++;
    for (uint32_t i = 0; i < why->nconditions; i++) {
        struct argot_why_condition *condition = &why->conditions[i];
        if (alert ? !takes_rule(condition->event, alert->rule) : !takes_type(condition->event, type))
            continue;
        struct argot_watch_note of = *note;
        of.event = condition->event;
        if (!is_asked(why, judge, &of))
            continue;
        condition->came++;
        if (!condition->event->reads_stages)
            argot_why_condition_judge(condition, why, judge, note);
    }
}

/* Of several conditions that tell of one event behind each other, the first. */
static bool
is_first(struct argot_why_moment *last, const struct argot_watch_note *note)
{
    const struct argot_why_moment now = {note->time, note->identity, note->at_hand};
    bool same = last->at_hand && last->time == now.time && last->identity.source == now.identity.source &&
                last->identity.record == now.identity.record && last->identity.part == now.identity.part;
    *last = now;
    return !same;
}

static void
lost(struct argot_why *why, const struct argot_watch_note *note, struct argot_why_condition *condition)
{
    bool late = note->kind == ARGOT_WATCH_LATE;
    *(late ? &condition->late : &condition->strays) += 1;
    if (is_first(&why->lost_last, note))
        *(late ? &why->late : &why->strays) += 1;
    if (late && note->until - note->time > why->behind_ns)
        why->behind_ns = note->until - note->time;
    if (!condition->lost)
        condition->lost = argot_why_condition_example(why, note);
}

/* A step that begins nothing came for a key that has begun nothing. */
static void
unknown(struct argot_why *why, const struct argot_why_condition *condition)
{
    if (why->stages && !condition->negative && condition->number)
        why->stages[condition->number - 1].stopped[ARGOT_WATCH_NOTHING_WAITS]++;
}

static void
fired(struct argot_why *why, const struct argot_alert *alert)
{
    why->fired++;
    if (why->nalerts == ARGOT_WHY_ALERTS)
        return;
    const struct argot_slot *message = argot_alert_get(alert, (uint16_t)argot_schema_find("message"));
    struct argot_why_alert *to = &why->alerts[why->nalerts++];
    *to = (struct argot_why_alert){
        .moment = {alert->last_time, alert->identity, true}, .time = alert->time, .count = alert->count};
    memcpy(to->id, alert->id, sizeof to->id);
    if (message)
        to->message = argot_why_condition_copy(why, (struct argot_slice){message->text.at, message->text.length},
                                               ARGOT_WHY_LINE_BYTES);
}

/* Of what became of an event or of a key. */
static void
of_condition(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    struct argot_why_condition *condition = note->event ? argot_why_of(why, note->event) : NULL;
    if (!condition || !is_asked(why, judge, note))
        return;
    if (note->kind == ARGOT_WATCH_JUDGED)
        argot_why_condition_judge(condition, why, judge, note);
    else if (note->kind == ARGOT_WATCH_NULL_KEY)
        condition->null_keys++;
    else if (note->kind == ARGOT_WATCH_UNKNOWN)
        unknown(why, condition);
    else
        lost(why, note, condition);
}

static void
of_key(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    struct argot_why_key *key = argot_why_keys_of(why, judge, note);
    struct argot_why_condition *condition = note->event ? argot_why_of(why, note->event) : NULL;
    if (!key || !key->wanted)
        return;
    if (condition && note->kind == ARGOT_WATCH_COUNTED) {
        condition->counted++;
        why->counted += is_first(&why->counted_last, note);
    }
    why->hits += note->kind == ARGOT_WATCH_HIT;
    if (note->kind == ARGOT_WATCH_FIRED)
        fired(why, note->alert);
    argot_why_progress(why, key, judge, note);
    argot_why_keys_note(key, note);
}

static void
take_note(void *context, struct argot_judge *judge, const struct argot_watch_note *note)
{
    struct argot_why *why = context;
    switch (note->kind) {
    case ARGOT_WATCH_CAME:
        came(why, judge, note);
        break;
    case ARGOT_WATCH_LATE:
    case ARGOT_WATCH_STRAY:
    case ARGOT_WATCH_JUDGED:
    case ARGOT_WATCH_NULL_KEY:
    case ARGOT_WATCH_UNKNOWN: /* such a key is none of those that came anywhere */
        of_condition(why, judge, note);
        break;
    default:
        of_key(why, judge, note);
    }
}

/* ---- begin and end ---- */

static bool
init_window(struct argot_why *why)
{
    const struct argot_plan_window *window = why->rule->window;
    if (!window || window->kind == ARGOT_PLAN_LEAK)
        return true;
    if (!argot_trace_init(&why->when, &why->arena, window->condition))
        return false;
    why->when_nodes = argot_arena_zalloc(&why->arena, why->when.count, sizeof *why->when_nodes);
    return why->when_nodes != NULL;
}

static bool
init_stages(struct argot_why *why)
{
    const struct argot_plan_sequence *sequence = why->rule->sequence;
    if (sequence)
        why->stages = argot_arena_zalloc(&why->arena, sequence->nstages, sizeof *why->stages);
    return !sequence || why->stages;
}

bool
argot_why_init(struct argot_why *why, const struct argot_why_options *options)
{
    *why = (struct argot_why){.seam = options->seam,
                              .plan = options->plan,
                              .rule = &options->plan->rules[options->rule],
                              .watch = {.rule = options->rule, .context = why, .note = take_note},
                              .event_type = (uint16_t)argot_schema_find("event_type"),
                              .newest = INT64_MIN,
                              .wanted = options->wanted,
                              .most = options->most};
    struct lister lister = {.why = why};
    argot_arena_init(&why->arena, why->seam, 0);
    why->types = argot_arena_zalloc(&why->arena, argot_schema.fields[why->event_type].nvalues, sizeof *why->types);
    list_rule(&lister);
    why->nconditions = lister.count;
    why->conditions = argot_arena_zalloc(&why->arena, lister.count, sizeof *why->conditions);
    if (!argot_why_keys_init(why) || !why->types || !why->conditions || !init_window(why) || !init_stages(why))
        return false;
    list_rule(&lister);
    return !lister.failed;
}

void
argot_why_end(struct argot_why *why)
{
    argot_why_keys_end(why);
}

int64_t
argot_why_late(const struct argot_why_told *told)
{
    int64_t own = told->why->rule->late_ns, late_ns = told->late_ns;
    if (own > late_ns)
        late_ns = own;
    if (__builtin_add_overflow(late_ns, told->why->behind_ns, &late_ns) ||
        __builtin_add_overflow(late_ns, SECOND_NS - 1, &late_ns))
        return INT64_MAX;
    return late_ns - late_ns % SECOND_NS;
}

void
argot_why_finish(struct argot_why *why)
{
    argot_why_keys_finish(why);
    argot_arena_finish(&why->arena);
}
