/* SPDX-License-Identifier: Apache-2.0
 * What each part of a condition said of the events, and the events that came nearest to being taken: those that one
 * part alone kept out, or else those that the fewest did. */
#include "cli/why.h"

bool
argot_why_condition_init(struct argot_why_condition *condition, struct argot_why *why,
                         const struct argot_plan_event *event)
{
    *condition = (struct argot_why_condition){.event = event, .fewest = UINT32_MAX};
    if (!argot_trace_init(&condition->trace, &why->arena, event->condition))
        return false;
    condition->nodes = argot_arena_zalloc(&why->arena, condition->trace.count, sizeof *condition->nodes);
    return condition->nodes != NULL;
}

/* ---- examples ---- */

struct argot_why_text
argot_why_condition_copy(struct argot_why *why, struct argot_slice text, size_t most)
{
    size_t length = text.length > most ? most : text.length;
    while (length < text.length && length > 0 && (text.at[length] & 0xc0) == 0x80)
        length--; /* between characters */
    const char *copy = text.at ? argot_arena_copy(&why->arena, (const char *)text.at, length) : NULL;
    why->failed = why->failed || (text.at && !copy);
    return (struct argot_why_text){copy, copy ? length : 0, length < text.length};
}

/* What people know an alert by. */
static struct argot_why_text
words_of(struct argot_why *why, const struct argot_alert *alert)
{
    const struct argot_slot *message = argot_alert_get(alert, (uint16_t)argot_schema_find("message"));
    struct argot_buffer words;
    argot_buffer_init(&words, why->seam);
    argot_buffer_printf(&words, "alert %s  ", alert->rule_name);
    if (message)
        argot_buffer_append(&words, message->text.at, message->text.length);
    why->failed = why->failed || words.failed;
    struct argot_slice text = {words.bytes ? words.bytes : (const uint8_t *)"", (uint32_t)words.length};
    struct argot_why_text copy = argot_why_condition_copy(why, text, ARGOT_WHY_LINE_BYTES);
    argot_buffer_finish(&words);
    return copy;
}

/* Events that waited have left their line where it came from. */
static struct argot_slice
raw_of(const struct argot_watch_note *note)
{
    struct argot_slice raw = note->subject.event->raw;
    return raw.at || !note->raw ? raw : note->raw(note->raw_context, note->identity, note->place);
}

struct argot_why_example *
argot_why_condition_example(struct argot_why *why, const struct argot_watch_note *note)
{
    struct argot_why_example *example = argot_arena_zalloc(&why->arena, 1, sizeof *example);
    if (!example) {
        why->failed = true;
        return NULL;
    }
    example->moment = (struct argot_why_moment){note->time, note->identity, note->at_hand};
    example->alert = note->subject.alert != NULL;
    if (note->subject.alert)
        example->line = words_of(why, note->subject.alert);
    else if (note->subject.event)
        example->line = argot_why_condition_copy(why, raw_of(note), ARGOT_WHY_LINE_BYTES);
    return example;
}

/* ---- what a part read ---- */

struct reader {
    struct argot_why *why;
    struct argot_judge *judge;
    const struct argot_scene *scene;
    uint32_t count;
    struct argot_why_value *values;
};

static bool
is_read(const struct argot_expr *expr)
{
    switch (expr->kind) {
    case ARGOT_EXPR_FIELD:
    case ARGOT_EXPR_EXTRA:
    case ARGOT_EXPR_COLUMN:
    case ARGOT_EXPR_ALERT:
    case ARGOT_EXPR_CAPTURE:
        return true;
    default:
        return false;
    }
}

/* Whether both name the same thing: then one is enough. */
static bool
is_same(const struct argot_expr *a, const struct argot_expr *b)
{
    return a == b || (a->kind == ARGOT_EXPR_FIELD && b->kind == ARGOT_EXPR_FIELD && a->field == b->field);
}

/* Items of a list stand behind each other. */
static struct argot_why_text
text_of(struct reader *reader, const struct argot_datum *value)
{
    if (value->null || !value->list)
        return argot_why_condition_copy(reader->why, argot_judge_text(reader->judge, value), ARGOT_WHY_VALUE_BYTES);
    struct argot_buffer words;
    argot_buffer_init(&words, reader->why->seam);
    for (uint32_t i = 0; i < value->slot.list.count && words.length <= ARGOT_WHY_VALUE_BYTES; i++) {
        struct argot_datum item = *value;
        item.list = false;
        item.slot = value->slot.list.items[i];
        struct argot_slice text = argot_judge_text(reader->judge, &item);
        argot_buffer_append_text(&words, i ? ", " : "");
        argot_buffer_append(&words, text.at, text.length);
    }
    reader->why->failed = reader->why->failed || words.failed;
    struct argot_slice text = {words.bytes ? words.bytes : (const uint8_t *)"", (uint32_t)words.length};
    struct argot_why_text copy = argot_why_condition_copy(reader->why, text, ARGOT_WHY_VALUE_BYTES);
    argot_buffer_finish(&words);
    return copy;
}

static void
read_value(struct reader *reader, const struct argot_expr *expr)
{
    struct argot_datum value;
    for (uint32_t i = 0; i < reader->count; i++)
        if (is_same(reader->values[i].expr, expr))
            return;
    if (reader->count == ARGOT_WHY_VALUES)
        return;
    argot_judge_value(reader->judge, expr, reader->scene, &value);
    reader->values[reader->count++] = (struct argot_why_value){expr, value.null, text_of(reader, &value)};
}

/* Trees are at most ARGOT_EXPR_MAX_DEPTH deep. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
read_values(struct reader *reader, const struct argot_expr *expr)
{
    if (is_read(expr)) {
        read_value(reader, expr);
        return;
    }
    for (uint16_t i = 0; i < expr->nargs && reader->count < ARGOT_WHY_VALUES; i++)
        read_values(reader, expr->args[i]);
    for (uint32_t i = 0; expr->kind == ARGOT_EXPR_IN && i < expr->set->nexprs; i++)
        if (reader->count < ARGOT_WHY_VALUES)
            read_values(reader, expr->set->exprs[i]);
    for (uint32_t i = 0; i < expr->npatterns; i++)
        if (expr->patterns[i].kind == ARGOT_EXPR_PATTERN_COMPUTED && reader->count < ARGOT_WHY_VALUES)
            read_values(reader, expr->patterns[i].expr);
}

/* ---- the nearest misses ---- */

static struct argot_why_example *
make_miss(struct argot_why_condition *condition, struct argot_why *why, struct argot_judge *judge,
          const struct argot_scene *scene, const struct argot_watch_note *note)
{
    const struct argot_trace *trace = &condition->trace;
    struct argot_why_example *example = argot_why_condition_example(why, note);
    for (uint32_t i = 1; example && i < trace->count; i = trace->nodes[i].end) {
        if (trace->verdicts[i] == ARGOT_TRACE_TRUE || example->nfailed++ >= ARGOT_WHY_FAILED)
            continue;
        struct argot_why_failed *failed = &example->failed[example->nfailed - 1];
        struct reader reader = {.why = why, .judge = judge, .scene = scene, .values = failed->values};
        failed->node = i;
        read_values(&reader, trace->nodes[i].expr);
        failed->nvalues = reader.count;
    }
    return example;
}

static void
miss(struct argot_why_condition *condition, struct argot_why *why, struct argot_judge *judge,
     const struct argot_scene *scene, const struct argot_watch_note *note)
{
    const struct argot_trace *trace = &condition->trace;
    uint32_t failed = 0, first = 0;
    for (uint32_t i = 1; i < trace->count; i = trace->nodes[i].end) {
        if (trace->verdicts[i] == ARGOT_TRACE_TRUE)
            continue;
        first = failed++ ? first : i;
    }
    if (failed == 1) {
        struct argot_why_node *node = &condition->nodes[first];
        node->alone++;
        if (node->nexamples < ARGOT_WHY_EXAMPLES)
            if ((node->examples[node->nexamples] = make_miss(condition, why, judge, scene, note)))
                node->nexamples++;
    }
    if (failed < condition->fewest) {
        condition->fewest = failed;
        condition->nnearest = 0;
    }
    if (failed > 1 && failed == condition->fewest && condition->nnearest < ARGOT_WHY_EXAMPLES)
        if ((condition->nearest[condition->nnearest] = make_miss(condition, why, judge, scene, note)))
            condition->nnearest++;
}

void
argot_why_condition_judge(struct argot_why_condition *condition, struct argot_why *why, struct argot_judge *judge,
                          const struct argot_watch_note *note)
{
    struct argot_trace *trace = &condition->trace;
    struct argot_scene scene = {.rule = why->rule, .subject = note->subject, .captures = note->captures};
    argot_trace_judge(trace, judge, &scene);
    for (uint32_t i = 0; i < trace->count; i++)
        condition->nodes[i].verdicts[trace->verdicts[i]]++;
    condition->judged++;
    if (trace->verdicts[0] == ARGOT_TRACE_TRUE)
        condition->held++;
    else
        miss(condition, why, judge, &scene, note);
}
