/* SPDX-License-Identifier: Apache-2.0
 * A report in Prometheus' text format 0.0.4, named as its rules for names have it: base units, `_total` behind what is
 * counted. Counts are of this run, as a counter begins anew with its process. A log is one source through its
 * rotations, so that series stay the same. https://prometheus.io/docs/instrumenting/exposition_formats/ */
#include "base/utf8.h"
#include "report/report.h"
#include <stddef.h>

enum shape { COUNT, TIME, UP };

struct family {
    const char *name, *type, *help;
    enum shape shape;
    size_t of; /* in struct argot_report_log, or struct argot_report */
};

#define LOG(member) offsetof(struct argot_report_log, member)
#define RUN(member) offsetof(struct argot_report, member)

static const struct family of_logs[] = {
    {"argot_source_up", "gauge", "Whether the log is there and can be read, or the listener listens", UP, 0},
    {"argot_source_records_total", "counter", "Records read", COUNT, LOG(run.records)},
    {"argot_source_events_total", "counter", "Events made of records", COUNT, LOG(run.events)},
    {"argot_source_untyped_events_total", "counter", "Events whose message no template fits", COUNT,
     LOG(run.unmatched)},
    {"argot_source_dead_letters_total", "counter", "Records that became no event", COUNT, LOG(run.letters)},
    {"argot_source_skipped_records_total", "counter", "Empty lines and comments", COUNT, LOG(run.skipped)},
    {"argot_source_read_bytes_total", "counter", "Bytes of records read", COUNT, LOG(run.bytes)},
    {"argot_source_lag_bytes", "gauge", "Bytes that are there and not read", COUNT, LOG(lag_bytes)},
    {"argot_source_last_seen_timestamp_seconds", "gauge", "When something came last", TIME, LOG(last_seen)},
    {"argot_source_newest_event_timestamp_seconds", "gauge", "Newest time of an event", TIME, LOG(newest)},
};

static const struct family of_run[] = {
    {"process_start_time_seconds", "gauge", "When the run began", TIME, RUN(started)},
    {"process_resident_memory_bytes", "gauge", "Memory of the process", COUNT, RUN(memory_bytes)},
    {"argot_rules", "gauge", "Rules loaded", COUNT, RUN(nrules)},
    {"argot_sources", "gauge", "Logs and listeners", COUNT, RUN(nlogs)},
    {"argot_events_total", "counter", "Events stored", COUNT, RUN(run.events)},
    {"argot_alerts_total", "counter", "Alerts stored", COUNT, RUN(alerts)},
    {"argot_silent_alerts_total", "counter", "Alerts of silent rules, which are not stored", COUNT, RUN(silent_alerts)},
    {"argot_store_log_bytes", "gauge", "What is committed and not at its place in the store yet", COUNT,
     RUN(log_bytes)},
    {"argot_last_commit_timestamp_seconds", "gauge", "When something was committed last", TIME, RUN(committed)},
    {"argot_watermark_timestamp_seconds", "gauge", "All alerts with an earlier time were given", TIME, RUN(watermark)},
};

/* ---- lines ---- */

static void
put_head(struct argot_buffer *out, const char *name, const char *type, const char *help)
{
    argot_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Any bytes as a label's value, two texts never as one: a backslash is doubled, a byte that belongs to no character of
 * UTF-8 is \xNN, and then comes what the format itself escapes. */
static void
put_value(struct argot_buffer *out, const char *text)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);
    while (at < end) {
        unsigned length = *at < 0x80 ? 1 : argot_utf8_sequence(at, end);
        if (!length)
            argot_buffer_printf(out, "\\\\x%02x", *at);
        else if (*at == '\\')
            argot_buffer_append_text(out, "\\\\\\\\");
        else if (*at == '"')
            argot_buffer_append_text(out, "\\\"");
        else if (*at == '\n')
            argot_buffer_append_text(out, "\\n");
        else
            argot_buffer_append(out, at, length);
        at += length ? length : 1;
    }
}

static void
put_labelled(struct argot_buffer *out, const char *name, const char *label, const char *value)
{
    argot_buffer_printf(out, "%s{%s=\"", name, label);
    put_value(out, value);
    argot_buffer_append_text(out, "\"} ");
}

static void
put_time(struct argot_buffer *out, argot_time time)
{
    int64_t seconds = time / INT64_C(1000000000), rest = time % INT64_C(1000000000);
    bool negative = time < 0;
    argot_buffer_printf(out, "%s%lld.%09lld\n", negative ? "-" : "", (long long)(negative ? -seconds : seconds),
                        (long long)(negative ? -rest : rest));
}

/* Where the value of a family stands in a structure; false: it has none. */
static bool
has_value(const struct family *family, const void *of)
{
    argot_time time;
    if (family->shape != TIME)
        return true;
    memcpy(&time, (const char *)of + family->of, sizeof time);
    return time != INT64_MIN;
}

static void
put_number(struct argot_buffer *out, const struct family *family, const void *of)
{
    uint64_t number;
    memcpy(&number, (const char *)of + family->of, sizeof number);
    if (family->shape == TIME)
        put_time(out, (argot_time)number);
    else
        argot_buffer_printf(out, "%llu\n", (unsigned long long)number);
}

/* ---- families ---- */

static void
put_logs(struct argot_buffer *out, const struct argot_report *report, const struct family *family)
{
    put_head(out, family->name, family->type, family->help);
    for (size_t i = 0; i < report->nlogs; i++) {
        const struct argot_report_log *log = &report->logs[i];
        if (!has_value(family, log))
            continue;
        put_labelled(out, family->name, "source", log->name);
        if (family->shape == UP)
            argot_buffer_append_text(
                out, log->state == ARGOT_REPORT_ABSENT || log->state == ARGOT_REPORT_FAILED ? "0\n" : "1\n");
        else
            put_number(out, family, log);
    }
}

static void
put_group(struct argot_buffer *out, const struct argot_report *report, enum argot_report_group group, const char *name,
          const char *label, const char *help)
{
    put_head(out, name, "counter", help);
    for (enum argot_report_count count = 0; count < ARGOT_REPORT_COUNT; count++) {
        if (argot_report_group_of(count) != group || count == ARGOT_REPORT_FILE_BYTES)
            continue;
        put_labelled(out, name, label, argot_report_count_name(count));
        argot_buffer_printf(out, "%llu\n", (unsigned long long)report->counts[count]);
    }
}

static void
put_counts(struct argot_buffer *out, const struct argot_report *report)
{
    put_group(out, report, ARGOT_REPORT_DROP, "argot_drops_total", "what", "What was lost, by its kind");
    put_group(out, report, ARGOT_REPORT_LIMIT, "argot_limit_hits_total", "limit", "How often a limit was hit");
    put_group(out, report, ARGOT_REPORT_KEPT, "argot_events_kept_from_rules_total", "reason",
              "Events that some rule did not get");
    /* Bytes do not add up with other things. */
    put_head(out, "argot_dropped_file_bytes_total", "counter", argot_report_count_words(ARGOT_REPORT_FILE_BYTES));
    argot_buffer_printf(out, "argot_dropped_file_bytes_total %llu\n",
                        (unsigned long long)report->counts[ARGOT_REPORT_FILE_BYTES]);
}

static void
put_letters(struct argot_buffer *out, const struct argot_report *report)
{
    put_head(out, "argot_dead_letters_total", "counter", "Dead letters stored, by reason");
    for (enum argot_letter_reason reason = ARGOT_LETTER_NONE + 1; reason < ARGOT_LETTER_COUNT; reason++) {
        put_labelled(out, "argot_dead_letters_total", "reason", argot_letter_reason_name(reason));
        argot_buffer_printf(out, "%llu\n", (unsigned long long)report->run.reasons[reason]);
    }
}

static void
put_rules(struct argot_buffer *out, const struct argot_report *report)
{
    put_head(out, "argot_rule_alerts_total", "counter", "Alerts of a rule, warming up included");
    for (size_t i = 0; i < report->nrules; i++) {
        put_labelled(out, "argot_rule_alerts_total", "rule", report->rules[i].name);
        argot_buffer_printf(out, "%llu\n", (unsigned long long)report->rules[i].alerts);
    }
}

static void
put_state(struct argot_buffer *out, const struct argot_report *report)
{
    put_head(out, "argot_build_info", "gauge", "Which argot this is");
    argot_buffer_append_text(out, "argot_build_info{version=\"" ARGOT_VERSION "\"} 1\n");
    put_head(out, "argot_state", "gauge", "What the run does, as one that is 1");
    for (enum argot_report_phase phase = ARGOT_REPORT_STOPPED + 1; phase < ARGOT_REPORT_PHASES; phase++) {
        put_labelled(out, "argot_state", "state", argot_report_phase_name(phase));
        argot_buffer_append_text(out, phase == report->phase ? "1\n" : "0\n");
    }
}

void
argot_report_metrics(const struct argot_report *report, struct argot_buffer *out)
{
    put_state(out, report);
    for (size_t i = 0; i < sizeof of_run / sizeof *of_run; i++) {
        if (!has_value(&of_run[i], report))
            continue;
        put_head(out, of_run[i].name, of_run[i].type, of_run[i].help);
        argot_buffer_printf(out, "%s ", of_run[i].name);
        put_number(out, &of_run[i], report);
    }
    put_letters(out, report);
    put_counts(out, report);
    put_rules(out, report);
    for (size_t i = 0; i < sizeof of_logs / sizeof *of_logs; i++)
        put_logs(out, report, &of_logs[i]);
}
