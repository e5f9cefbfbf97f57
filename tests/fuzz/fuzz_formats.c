/* SPDX-License-Identifier: Apache-2.0
 * Any lines through all stock formats, found and named: each record becomes events, a dead letter or is skipped, with
 * its own bytes; what is written of it is JSON; and it is the same after other records and alone. */
#include "normalize/normalize.h"
#include "output/export.h"
#include "output/json.h"
#include "strict_json.h"
#include "fuzz_case.h"
#include <string.h>

#define RECEIVED INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

/* Made by the first input and kept. */
static struct argot_registry *
stock_registry(struct argot_seam *seam)
{
    static _Thread_local struct argot_registry *registry;
    char why[256];
    if (registry)
        return registry;
    registry = argot_registry_new(seam);
    check(registry != NULL);
    for (size_t i = 0; i < argot_stock_count; i++)
        check(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why));
    check(argot_registry_seal(registry, why, sizeof why));
    return registry;
}

static void
check_counts(const struct argot_batch *batch)
{
    const struct argot_counts *counts = &batch->counts;
    check(batch->count == counts->events + counts->letters + counts->skipped);
    check(counts->events + counts->letters + counts->skipped == counts->records + counts->split_events);
}

static void
write_results(const struct argot_batch *batch, size_t first, struct argot_json *json, struct argot_buffer *out)
{
    for (size_t i = first; i < batch->count; i++) {
        const struct argot_result *result = &batch->results[i];
        size_t begin = out->length;
        if (result->outcome == ARGOT_EVENT)
            argot_json_event(json, result->event, "-", out);
        else if (result->outcome == ARGOT_LETTER)
            argot_json_letter(json, result->letter, "-", out);
        else
            continue;
        check(!out->failed && out->length > begin && out->bytes[out->length - 1] == '\n');
        size_t at;
        check(!strict_json_check(out->bytes + begin, out->length - begin - 1, &at));
        check(strict_json_is_clean(out->bytes + begin, out->length - begin - 1));
    }
}

/* In the words of the other standards too. */
static void
export_results(const struct argot_batch *batch, struct argot_export *const *writers, struct argot_buffer *out)
{
    for (size_t i = 0; i < batch->count; i++)
        for (int k = ARGOT_STANDARD_NONE + 1; k < ARGOT_STANDARD_COUNT; k++) {
            size_t at;
            if (batch->results[i].outcome != ARGOT_EVENT)
                continue;
            out->length = 0;
            argot_export_event(writers[k], batch->results[i].event, "-", out);
            check(!out->failed && out->length && out->bytes[out->length - 1] == '\n');
            check(!strict_json_check(out->bytes, out->length - 1, &at));
            check(strict_json_is_clean(out->bytes, out->length - 1));
        }
}

static void
check_raw(const struct argot_batch *batch, size_t first, const uint8_t *record, size_t length)
{
    check(batch->count > first);
    for (size_t i = first; i < batch->count; i++) {
        const struct argot_result *result = &batch->results[i];
        const struct argot_slice *raw = result->outcome == ARGOT_EVENT    ? &result->event->raw
                                        : result->outcome == ARGOT_LETTER ? &result->letter->raw
                                                                          : NULL;
        check(!raw || (raw->at == record && raw->length == length));
        check(result->outcome != ARGOT_LETTER || result->letter->offset <= length);
    }
}

struct bench {
    struct argot_seam *seam;
    struct argot_registry *registry;
    struct argot_worker *worker;
    struct argot_batch batch; /* all records, one after the other */
    struct argot_json *json;
    struct argot_export *exports[ARGOT_STANDARD_COUNT];
};

/* A record behind others gives what it gives in a batch and a worker of its own. */
static void
run_record(struct bench *bench, const struct argot_settings *settings, const uint8_t *record, size_t length)
{
    size_t first = bench->batch.count;
    struct argot_buffer together, alone;
    struct argot_batch batch;
    argot_buffer_init(&together, bench->seam);
    argot_buffer_init(&alone, bench->seam);
    argot_batch_init(&batch, bench->seam);
    check(argot_worker_record(bench->worker, &bench->batch, record, length, 1, 1));
    check_raw(&bench->batch, first, record, length);
    write_results(&bench->batch, first, bench->json, &together);
    struct argot_worker *worker = argot_worker_new(bench->registry, settings);
    check(worker && argot_worker_record(worker, &batch, record, length, 1, 1));
    check_counts(&batch);
    write_results(&batch, 0, bench->json, &alone);
    check(together.length == alone.length && (!alone.length || !memcmp(together.bytes, alone.bytes, alone.length)));
    export_results(&batch, bench->exports, &alone);
    argot_worker_free(worker);
    argot_batch_finish(&batch);
    argot_buffer_finish(&together);
    argot_buffer_finish(&alone);
}

static void
run_lines(struct bench *bench, const char *format, const uint8_t *lines, size_t size)
{
    struct argot_settings settings = {.received = RECEIVED, .format = format};
    bench->worker = argot_worker_new(bench->registry, &settings);
    check(bench->worker != NULL);
    argot_batch_init(&bench->batch, bench->seam);
    for (const uint8_t *at = lines, *end = lines + size; at < end;) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *record_end = newline ? newline : end;
        run_record(bench, &settings, at, (size_t)(record_end - at));
        at = record_end + 1;
    }
    check_counts(&bench->batch);
    argot_batch_finish(&bench->batch);
    argot_worker_free(bench->worker);
}

/* The first byte names a format. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct bench bench = {.seam = argot_seam_system()};
    bench.registry = stock_registry(bench.seam);
    bench.json = argot_json_new(bench.seam, ARGOT_JSON_WITH_RECORD | ARGOT_JSON_WITH_RAW_LINE);
    for (int k = ARGOT_STANDARD_NONE + 1; k < ARGOT_STANDARD_COUNT; k++) {
        bench.exports[k] = argot_export_new(bench.seam, (enum argot_standard_number)k, ARGOT_JSON_WITH_RAW_LINE);
        check(bench.exports[k] != NULL);
    }
    uint8_t *lines = malloc(size + ARGOT_PADDING);
    check(lines && bench.json);
    memcpy(lines, data + 1, size - 1);
    memset(lines + size - 1, 0, ARGOT_PADDING + 1);
    lines[size - 1] = '\n';
    run_lines(&bench, NULL, lines, size - 1);
    run_lines(&bench, argot_stock_formats[data[0] % argot_stock_count]->name, lines, size - 1);
    argot_json_free(bench.json);
    for (int k = ARGOT_STANDARD_NONE + 1; k < ARGOT_STANDARD_COUNT; k++)
        argot_export_free(bench.exports[k]);
    free(lines);
    return 0;
}
