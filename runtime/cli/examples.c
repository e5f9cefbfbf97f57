/* SPDX-License-Identifier: Apache-2.0
 * An example is read by the format that it stands in, with the envelopes around it, and its event is written and
 * read again as JSON: so what is compared is what users see. */
#include "cli/examples.h"
#include "cli/say.h"
#include "decode/record.h"
#include "decode/zone.h"
#include "output/json.h"
#include <stdio.h>
#include <stdlib.h>

#define WHY_BYTES 256

struct bench {
    struct argot_cli *cli;
    const struct argot_normalizer *normalizer;
    const struct argot_example *example;
    const char *path;
    struct argot_batch batch;
    struct argot_arena arena;
    struct argot_buffer actual;
    struct argot_buffer *report;
    bool failed;
    bool *typed; /* messages that were seen */
};

/* ---- where an example stands ---- */

bool
argot_examples_is(const struct argot_yaml *node, const struct argot_example *example)
{
    const struct argot_yaml *line = argot_yaml_get(node, example->expect ? "line" : "reject");
    if (!line || line->kind != ARGOT_YAML_SCALAR)
        return false;
    size_t length = line->length;
    while (length && line->text[length - 1] == '\n')
        length--;
    return length == example->line.length && (!length || !memcmp(line->text, example->line.at, length));
}

static bool
has_example(const struct argot_yaml *list, const struct argot_example *example)
{
    for (size_t i = 0; list && list->kind == ARGOT_YAML_LIST && i < list->count; i++)
        if (argot_examples_is(list->items[i], example))
            return true;
    return false;
}

/* The format whose file holds the example, where that is one which the format at hand extends; else NULL. */
static const char *
inherited_from(struct bench *bench)
{
    const char *yaml = bench->normalizer->yaml;
    struct argot_diagnostics diagnostics;
    argot_diagnostics_init(&diagnostics, &bench->arena, bench->path, yaml, strlen(yaml));
    const struct argot_yaml *root = strstr(yaml, "extends") ? argot_yaml_parse(&diagnostics) : NULL;
    const struct argot_yaml *extends = argot_yaml_get(root, "extends"), *messages = argot_yaml_get(root, "messages");
    if (!extends || extends->kind != ARGOT_YAML_SCALAR || has_example(argot_yaml_get(root, "examples"), bench->example))
        return NULL;
    for (size_t i = 0; messages && messages->kind == ARGOT_YAML_LIST && i < messages->count; i++)
        if (has_example(argot_yaml_get(messages->items[i], "examples"), bench->example))
            return NULL;
    return extends->text;
}

static void
report_place(struct bench *bench)
{
    const char *from = inherited_from(bench);
    if (from)
        argot_buffer_printf(bench->report, "%s.yaml:%u, which %s extends", from, bench->example->yaml_line,
                            bench->path);
    else
        argot_buffer_printf(bench->report, "%s:%u", bench->path, bench->example->yaml_line);
    argot_buffer_printf(bench->report, ": example of %s:\n", bench->normalizer->name);
}

static void __attribute__((format(printf, 2, 3))) report(struct bench *bench, const char *format, ...)
{
    if (!bench->failed)
        report_place(bench);
    bench->failed = true;
    va_list args;
    va_start(args, format);
    argot_buffer_append_text(bench->report, "  ");
    argot_buffer_vprintf(bench->report, format, args);
    argot_buffer_append_byte(bench->report, '\n');
    va_end(args);
}

/* ---- making events ---- */

/* A copy with the newline and the room behind that lexers need. */
static uint8_t *
padded(struct bench *bench)
{
    struct argot_slice line = bench->example->line;
    uint8_t *copy = argot_arena_zalloc(&bench->arena, 1, line.length + 1u + ARGOT_PADDING);
    if (copy) {
        memcpy(copy, line.at, line.length);
        copy[line.length] = '\n';
    }
    return copy;
}

static bool
run_worker(struct bench *bench, const struct argot_settings *settings)
{
    uint8_t *line = padded(bench);
    struct argot_worker *worker = line ? argot_worker_new(bench->cli->registry, settings) : NULL;
    bool good = worker && argot_worker_record(worker, &bench->batch, line, bench->example->line.length, 1, 1);
    argot_worker_free(worker);
    if (!good)
        report(bench, "there is no memory");
    return good;
}

/* Fills the batch. */
static bool
run_line(struct bench *bench)
{
    struct argot_settings settings = {.format = bench->normalizer->name};
    struct argot_zone *zone = NULL;
    char why[WHY_BYTES];
    if (bench->example->received_at && !argot_time_parse(bench->example->received_at, &settings.received)) {
        report(bench, "received_at: %s is no time", bench->example->received_at);
        return false;
    }
    if (bench->example->timezone &&
        !(zone = argot_zone_load(bench->cli->seam, NULL, bench->example->timezone, why, sizeof why))) {
        report(bench, "timezone: %s", why);
        return false;
    }
    settings.zone = zone;
    bool good = run_worker(bench, &settings);
    argot_zone_free(zone);
    return good;
}

static void
mark_typed(struct bench *bench, const struct argot_event *event)
{
    for (uint16_t i = 0; i < bench->normalizer->nmessages; i++)
        if (!strcmp(event->shape->message, bench->normalizer->messages[i].id))
            bench->typed[i] = true;
}

/* Whether an event counts as the format's: a line that only its envelope read, or no message fitted, is rejected. */
static bool
is_own(const struct bench *bench, const struct argot_event *event)
{
    return !strcmp(event->shape->format, bench->normalizer->name) && strcmp(event->shape->message, "unmatched");
}

/* The batch's events as a list in JSON, without newlines. */
static bool
write_events(struct bench *bench)
{
    struct argot_json *json = argot_json_new(bench->cli->seam, 0);
    struct argot_buffer *out = &bench->actual;
    out->length = 0;
    argot_buffer_append_byte(out, '[');
    for (size_t i = 0; json && i < bench->batch.count; i++) {
        if (bench->batch.results[i].outcome != ARGOT_EVENT)
            continue;
        if (out->length > 1)
            argot_buffer_append_byte(out, ',');
        argot_json_event(json, bench->batch.results[i].event, "-", out);
        if (!out->failed)
            out->length--;
    }
    argot_buffer_append_byte(out, ']');
    argot_json_free(json);
    return json && !out->failed;
}

/* ---- comparing ---- */

/* As the member `x` of an object, so that lists can be read too. */
uint32_t
argot_examples_read(struct argot_arena *arena, const char *text, size_t length, struct argot_record *record)
{
    struct argot_decode decode = {.arena = arena};
    size_t size = length + 6;
    char *wrapped = argot_arena_zalloc(arena, 1, size + 1 + ARGOT_PADDING);
    if (!wrapped)
        return 0;
    memcpy(wrapped, "{\"x\":", 5);
    memcpy(wrapped + 5, text, length);
    memcpy(wrapped + 5 + length, "}\n", 2);
    struct argot_slice slice = {(const uint8_t *)wrapped, (uint32_t)size};
    return argot_record_json(&decode, slice, record) == ARGOT_DECODED ? argot_record_first(record, 0) : 0;
}

static bool
same_text(struct argot_slice a, struct argot_slice b)
{
    return a.length == b.length && (!a.length || !memcmp(a.at, b.at, a.length));
}

uint32_t
argot_examples_member(const struct argot_record *record, uint32_t object, struct argot_slice key)
{
    for (uint32_t at = argot_record_first(record, object); at; at = argot_record_next(record, at))
        if (same_text(argot_node_key(&record->nodes[at]), key))
            return at;
    return 0;
}

void
argot_examples_print(const struct argot_record *record, uint32_t at, struct argot_buffer *out)
{
    static const char *const words[] = {
        [ARGOT_NODE_TRUE] = "true", [ARGOT_NODE_FALSE] = "false", [ARGOT_NODE_NULL] = "null"};
    const struct argot_node *node = at ? &record->nodes[at] : NULL;
    if (!node)
        argot_buffer_append_text(out, "nothing");
    else if (node->kind == ARGOT_NODE_STRING)
        argot_json_string(node->text_at, node->text_length, out);
    else if (node->kind >= ARGOT_NODE_TRUE)
        argot_buffer_append_text(out, words[node->kind]);
    else
        argot_buffer_append(out, node->text_at, node->text_length);
}

/* Two texts in the examples' own memory, to be compared at one place. */
struct pair {
    const struct argot_record *wanted, *found;
};

static void
report_difference(struct bench *bench, const struct pair *pair, uint32_t wanted, uint32_t found, const char *name)
{
    struct argot_buffer line;
    argot_buffer_init(&line, bench->cli->seam);
    argot_buffer_append_text(&line, "expected ");
    argot_examples_print(pair->wanted, wanted, &line);
    argot_buffer_append_text(&line, ", found ");
    argot_examples_print(pair->found, found, &line);
    report(bench, "%s: %.*s", name, (int)line.length, (const char *)line.bytes);
    argot_buffer_finish(&line);
}

static bool
same_scalar(const struct argot_node *a, const struct argot_node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind != ARGOT_NODE_NUMBER || same_text(argot_node_text(a), argot_node_text(b)))
        return same_text(argot_node_text(a), argot_node_text(b));
    char *end;
    double x = strtod((const char *)a->text_at, &end), y = strtod((const char *)b->text_at, &end);
    return !(x < y) && !(x > y);
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
compare(struct bench *bench, const struct pair *pair, uint32_t wanted, uint32_t found, const char *name)
{
    const struct argot_node *a = &pair->wanted->nodes[wanted], *b = &pair->found->nodes[found];
    if (!wanted || !found || a->kind != b->kind || a->kind > ARGOT_NODE_ARRAY) {
        if (!wanted || !found || !same_scalar(a, b))
            report_difference(bench, pair, wanted, found, name);
        return;
    }
    if (a->kind == ARGOT_NODE_ARRAY) {
        uint32_t x = argot_record_first(pair->wanted, wanted), y = argot_record_first(pair->found, found);
        for (unsigned i = 0; x || y; i++) {
            compare(bench, pair, x, y, argot_arena_printf(&bench->arena, "%s[%u]", name, i));
            x = x ? argot_record_next(pair->wanted, x) : 0;
            y = y ? argot_record_next(pair->found, y) : 0;
        }
        return;
    }
    const char *dot = *name ? "." : "";
    for (uint32_t at = argot_record_first(pair->wanted, wanted); at; at = argot_record_next(pair->wanted, at)) {
        struct argot_slice key = argot_node_key(&pair->wanted->nodes[at]);
        compare(bench, pair, at, argot_examples_member(pair->found, found, key),
                argot_arena_printf(&bench->arena, "%s%s%.*s", name, dot, (int)key.length, (const char *)key.at));
    }
    for (uint32_t at = argot_record_first(pair->found, found); at; at = argot_record_next(pair->found, at)) {
        struct argot_slice key = argot_node_key(&pair->found->nodes[at]);
        if (!argot_examples_member(pair->wanted, wanted, key))
            report_difference(
                bench, pair, 0, at,
                argot_arena_printf(&bench->arena, "%s%s%.*s", name, dot, (int)key.length, (const char *)key.at));
    }
}

static void
compare_events(struct bench *bench)
{
    struct argot_record wanted = {0}, found = {0};
    struct pair pair = {&wanted, &found};
    const char *expect = bench->example->expect;
    bool list = *expect == '[';
    struct argot_buffer *actual = &bench->actual;
    uint32_t x = argot_examples_read(&bench->arena, expect, strlen(expect), &wanted);
    uint32_t y = argot_examples_read(&bench->arena, (const char *)actual->bytes, actual->length, &found);
    if (!x || !y) {
        report(bench, "%s is no JSON", x ? "the event" : "`expect`");
        return;
    }
    uint32_t first = argot_record_first(&found, y);
    if (!list && first && argot_record_next(&found, first))
        report(bench, "it makes more than one event; give `expect` a list");
    else
        compare(bench, &pair, x, list ? y : first, "");
}

/* ---- running ---- */

static void
report_outcome(struct bench *bench)
{
    const struct argot_result *result = &bench->batch.results[0];
    if (result->outcome == ARGOT_SKIPPED) {
        report(bench, "the line is skipped");
        return;
    }
    const struct argot_letter *letter = result->letter;
    report(bench, "the line is a dead letter: %s at byte %u of %u", argot_letter_reason_name(letter->reason),
           letter->offset, letter->raw.length);
    if (letter->expected)
        report(bench, "expected there: %s", letter->expected);
    if (letter->field)
        report(bench, "field: %s", letter->field);
}

static bool
check_own(struct bench *bench)
{
    const struct argot_result *result = &bench->batch.results[0];
    if (result->outcome != ARGOT_EVENT)
        report_outcome(bench);
    else if (strcmp(result->event->shape->format, bench->normalizer->name))
        report(bench, "the line is an event of %s", result->event->shape->format);
    return !bench->failed;
}

static void
run_example(struct bench *bench)
{
    if (!run_line(bench))
        return;
    const struct argot_result *result = &bench->batch.results[0];
    bool event = result->outcome == ARGOT_EVENT;
    if (!bench->example->expect) {
        if (event && is_own(bench, result->event))
            report(bench, "the line should be rejected, but message %s fits", result->event->shape->message);
        return;
    }
    if (!check_own(bench))
        return;
    for (size_t i = 0; i < bench->batch.count; i++)
        if (bench->batch.results[i].outcome == ARGOT_EVENT)
            mark_typed(bench, bench->batch.results[i].event);
    if (write_events(bench))
        compare_events(bench);
    else
        report(bench, "there is no memory");
}

static void
init(struct bench *bench, struct argot_cli *cli, const struct argot_normalizer *normalizer)
{
    *bench = (struct bench){.cli = cli, .normalizer = normalizer};
    argot_batch_init(&bench->batch, cli->seam);
    argot_arena_init(&bench->arena, cli->seam, 0);
    argot_buffer_init(&bench->actual, cli->seam);
}

static void
finish(struct bench *bench)
{
    argot_batch_finish(&bench->batch);
    argot_arena_finish(&bench->arena);
    argot_buffer_finish(&bench->actual);
}

static uint32_t
report_missing(struct bench *bench)
{
    uint32_t without = 0;
    const struct argot_normalizer *n = bench->normalizer;
    for (uint16_t i = 0; i < n->nmessages; i++) {
        if (bench->typed[i] || n->messages[i].skip)
            continue;
        argot_buffer_printf(bench->report, "%s: message %s of %s has no example\n", bench->path, n->messages[i].id,
                            n->name);
        without++;
    }
    return without;
}

struct argot_examples_result
argot_examples_run(struct argot_cli *cli, const struct argot_normalizer *normalizer, const char *path,
                   struct argot_buffer *out)
{
    struct argot_examples_result result = {0};
    struct argot_arena arena;
    argot_arena_init(&arena, cli->seam, 0);
    bool *typed = argot_arena_zalloc(&arena, normalizer->nmessages, sizeof *typed);
    for (uint16_t i = 0; typed && i < normalizer->nexamples; i++) {
        struct bench bench;
        init(&bench, cli, normalizer);
        bench.example = &normalizer->examples[i];
        bench.path = path;
        bench.report = out;
        bench.typed = typed;
        run_example(&bench);
        result.run++;
        result.failed += bench.failed;
        finish(&bench);
    }
    struct bench last = {.normalizer = normalizer, .path = path, .report = out, .typed = typed};
    result.messages_without = typed ? report_missing(&last) : normalizer->nmessages;
    argot_arena_finish(&arena);
    return result;
}

bool
argot_examples_holds(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                     const struct argot_example *example, const char *path, struct argot_buffer *out)
{
    struct bench bench;
    init(&bench, cli, normalizer);
    bench.example = example;
    bench.path = path;
    bench.report = out;
    bench.typed = argot_arena_zalloc(&bench.arena, normalizer->nmessages, sizeof *bench.typed);
    if (bench.typed)
        run_example(&bench);
    else
        report(&bench, "there is no memory");
    bool holds = !bench.failed;
    finish(&bench);
    return holds;
}

bool
argot_examples_actual(struct argot_cli *cli, const struct argot_normalizer *normalizer,
                      const struct argot_example *example, const char *path, struct argot_buffer *json,
                      struct argot_buffer *out)
{
    struct bench bench;
    init(&bench, cli, normalizer);
    bench.example = example;
    bench.path = path;
    bench.report = out;
    bool good = run_line(&bench) && check_own(&bench);
    if (good && !(good = write_events(&bench)))
        report(&bench, "there is no memory");
    if (good && bench.batch.count == 1)
        argot_buffer_append(json, bench.actual.bytes + 1, bench.actual.length - 2);
    else if (good)
        argot_buffer_append(json, bench.actual.bytes, bench.actual.length);
    finish(&bench);
    return good;
}
