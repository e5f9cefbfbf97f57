/* SPDX-License-Identifier: Apache-2.0
 * A report as one JSON object. Members are added, never renamed: programs read it. */
#include "output/json.h"
#include "report/report.h"

static void
put_text(struct argot_buffer *out, const char *key, const char *text)
{
    argot_buffer_printf(out, ",\"%s\":", key);
    argot_json_string((const uint8_t *)text, strlen(text), out);
}

static void
put_number(struct argot_buffer *out, const char *key, uint64_t number)
{
    argot_buffer_printf(out, ",\"%s\":%llu", key, (unsigned long long)number);
}

/* Nothing for never. */
static void
put_time(struct argot_buffer *out, const char *key, argot_time time)
{
    struct argot_slot slot = {.i64 = time};
    if (time == INT64_MIN)
        return;
    argot_buffer_printf(out, ",\"%s\":", key);
    argot_json_value(ARGOT_TYPE_TIMESTAMP, ARGOT_NONE, &slot, out);
}

static void
put_run(struct argot_buffer *out, const struct argot_counts *counts)
{
    argot_buffer_printf(out, ",\"run\":{\"records\":%llu", (unsigned long long)counts->records);
    put_number(out, "events", counts->events);
    put_number(out, "dead_letters", counts->letters);
    put_number(out, "skipped", counts->skipped);
    put_number(out, "unmatched", counts->unmatched);
    put_number(out, "bytes", counts->bytes);
    argot_buffer_append_text(out, ",\"reasons\":");
    argot_json_reasons(counts->reasons, out);
    argot_buffer_append_byte(out, '}');
}

static void
put_log(struct argot_buffer *out, const struct argot_report_log *log, bool running)
{
    argot_buffer_append_text(out, "{\"source\":");
    argot_json_string((const uint8_t *)log->name, strlen(log->name), out);
    put_text(out, "state", argot_report_state_name(log->state));
    if (log->problem)
        put_text(out, "problem", log->problem);
    put_time(out, "last_seen", log->last_seen);
    put_number(out, "records", log->records);
    put_number(out, "events", log->events);
    put_number(out, "dead_letters", log->letters);
    put_number(out, "skipped", log->skipped);
    put_number(out, "files", log->sources);
    if (log->source) {
        argot_buffer_append_text(out, ",\"position\":{\"file\":");
        argot_json_string((const uint8_t *)log->source, strlen(log->source), out);
        put_number(out, "offset", log->offset);
        put_number(out, "record", log->record);
        argot_buffer_append_byte(out, '}');
    }
    if (running) {
        argot_buffer_printf(out, ",\"records_per_second\":%.3f,\"bytes_per_second\":%.3f", log->records_per_second,
                            log->bytes_per_second);
        put_number(out, "lag_bytes", log->lag_bytes);
        argot_buffer_printf(out, ",\"typed\":%.6f", argot_report_typed(&log->run));
        put_time(out, "newest_event", log->newest);
        put_time(out, "watermark", log->watermark);
        put_run(out, &log->run);
    }
    argot_buffer_append_byte(out, '}');
}

static void
put_counts(struct argot_buffer *out, const struct argot_report *report)
{
    for (enum argot_report_group group = 0; group < ARGOT_REPORT_GROUPS; group++) {
        bool first = true;
        argot_buffer_printf(out, ",\"%s\":{", argot_report_group_name(group));
        for (enum argot_report_count count = 0; count < ARGOT_REPORT_COUNT; count++) {
            if (argot_report_group_of(count) != group)
                continue;
            argot_buffer_printf(out, "%s\"%s\":%llu", first ? "" : ",", argot_report_count_name(count),
                                (unsigned long long)report->counts[count]);
            first = false;
        }
        argot_buffer_append_byte(out, '}');
    }
}

/* What only a run can tell. */
static void
put_running(struct argot_buffer *out, const struct argot_report *report)
{
    put_number(out, "process", report->process);
    put_time(out, "started", report->started);
    argot_buffer_printf(out, ",\"uptime_seconds\":%.3f", (double)(report->now - report->started) / 1e9);
    put_number(out, "memory_bytes", report->memory_bytes);
    put_time(out, "watermark", report->watermark);
    put_time(out, "committed", report->committed);
    put_run(out, &report->run);
    put_number(out, "alerts", report->alerts);
    put_number(out, "silent_alerts", report->silent_alerts);
    put_number(out, "store_log_bytes", report->log_bytes);
    put_counts(out, report);
    argot_buffer_append_text(out, ",\"rules\":[");
    for (size_t i = 0; i < report->nrules; i++) {
        argot_buffer_append_text(out, i ? ",{\"rule\":" : "{\"rule\":");
        argot_json_string((const uint8_t *)report->rules[i].name, strlen(report->rules[i].name), out);
        put_number(out, "alerts", report->rules[i].alerts);
        argot_buffer_append_byte(out, '}');
    }
    argot_buffer_append_byte(out, ']');
}

void
argot_report_json(const struct argot_report *report, struct argot_buffer *out)
{
    bool running = report->phase != ARGOT_REPORT_STOPPED;
    argot_buffer_printf(out, "{\"state\":\"%s\",\"version\":\"" ARGOT_VERSION "\"",
                        argot_report_phase_name(report->phase));
    put_text(out, "store", report->store);
    put_time(out, "time", report->now);
    if (running)
        put_running(out, report);
    else
        put_number(out, "stored_alerts", report->stored_alerts);
    argot_buffer_append_text(out, ",\"sources\":[");
    for (size_t i = 0; i < report->nlogs; i++) {
        argot_buffer_append_text(out, i ? "," : "");
        put_log(out, &report->logs[i], running);
    }
    argot_buffer_append_text(out, "]}\n");
}
