/* SPDX-License-Identifier: Apache-2.0
 * What is kept is what policies say: an event whose format is kept, or that an alert names, is an event; all else
 * waits. What the live segment says of the others is what they have; what has been too old for a while is gone. */
#include "audit_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT_SPAN (10 * SIM_MINUTE) /* until what is old must be gone: one segment at a time is worked on */

/* ---- segments ---- */

static int64_t
number(struct sim_reading *reading, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = otherwise;
    if (sqlite3_prepare_v2(reading->db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        sim_audit_complain(reading->audit, "%s: %s", reading->path, sqlite3_errmsg(reading->db));
    else if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void
hold(struct sim_reading *reading, const char *what, int64_t said, int64_t is)
{
    if (said != is)
        sim_audit_complain(reading->audit, "%s: %s is said to be %lld, and is %lld", reading->path, what,
                           (long long)said, (long long)is);
}

void
sim_audit_segment(struct sim_reading *reading)
{
    const struct sim_segment *segment = reading->segment;
    if (!segment) {
        reading->live_bytes = number(reading, "PRAGMA page_count", 0) * number(reading, "PRAGMA page_size", 0);
        return;
    }
    hold(reading, "the count of alerts", segment->alerts, number(reading, "SELECT count(*) FROM alerts", 0));
    hold(reading, "the count of letters", segment->letters, number(reading, "SELECT count(*) FROM dead_letters", 0));
    hold(reading, "whether it has events", segment->has_events,
         number(reading, "SELECT EXISTS (SELECT 1 FROM events)", 0));
    if (!segment->has_events)
        return;
    hold(reading, "the first time", segment->first_time, number(reading, "SELECT min(event_time) FROM events", 0));
    hold(reading, "the last time", segment->last_time, number(reading, "SELECT max(event_time) FROM events", 0));
}

static void
check_retention(struct sim_reading *reading)
{
    static const char *const names[] = {"events", "raw lines", "alerts", "dead letters"};
    const struct sim_setup *setup = reading->setup;
    const int64_t ages[] = {setup->keep_events_ns, setup->keep_raw_ns, setup->keep_alerts_ns, setup->keep_letters_ns};
    int64_t bytes = reading->live_bytes;
    for (size_t i = 0; i < reading->nsegments; i++) {
        const struct sim_segment *segment = &reading->segments[i];
        bytes += segment->bytes;
        for (size_t j = 0; j < sizeof ages / sizeof *ages; j++)
            if (ages[j] && segment->oldest[j] < sim_world_wall(reading->world) - ages[j] - LEFT_SPAN)
                sim_audit_complain(reading->audit, "%s: %s are too old, and there", segment->path, names[j]);
    }
    if (setup->keep_bytes && reading->nsegments && bytes > (int64_t)setup->keep_bytes + (64 << 10))
        sim_audit_complain(reading->audit, "there are %lld bytes, of %llu that may be", (long long)bytes,
                           (unsigned long long)setup->keep_bytes);
}

/* ---- policies ---- */

static int
compare_causes(const void *a, const void *b)
{
    const struct sim_cause *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

static bool
is_named(const struct sim_reading *reading, const struct sim_row *row)
{
    struct sim_cause wanted = {.source = row->source, .record = row->record};
    return reading->ncauses &&
           bsearch(&wanted, reading->causes, reading->ncauses, sizeof *reading->causes, compare_causes);
}

static void
complain_of(struct sim_reading *reading, const struct sim_row *row, const char *words)
{
    sim_audit_complain(reading->audit, "%s, record %llu, part %u: %s", reading->sources[row->source].name,
                       (unsigned long long)row->record, row->part, words);
}

static void
check_row(struct sim_reading *reading, const struct sim_row *row)
{
    const struct sim_setup *setup = reading->setup;
    const struct argot_store_policy *policy = row->policy;
    bool alerts_gone = setup->keep_alerts_ns || setup->keep_bytes;
    if (row->kind == SIM_ROW_LETTER || !policy)
        return;
    if (row->kind == SIM_ROW_WAITING) {
        if (policy->events == ARGOT_STORE_KEEP_ALL)
            complain_of(reading, row, "waits, and is to be kept");
        return;
    }
    if (policy->events == ARGOT_STORE_KEEP_NONE)
        complain_of(reading, row, "is kept, and not to be");
    if (policy->events == ARGOT_STORE_KEEP_MATCHED && !alerts_gone && !is_named(reading, row))
        complain_of(reading, row, "is kept, and no alert names it");
    if (!row->part && policy->raw == ARGOT_STORE_RAW_ALL && !row->has_raw && !setup->keep_raw_ns)
        complain_of(reading, row, "is without its raw line");
    if (policy->raw != ARGOT_STORE_RAW_ALL && row->has_raw)
        complain_of(reading, row, "has its raw line");
}

static int
compare_sources(const void *a, const void *b)
{
    const struct sim_row *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->part < y->part ? -1 : x->part > y->part;
}

/* What an alert names is there, as long as events are. */
static void
check_causes(struct sim_reading *reading)
{
    struct sim_row *rows = malloc((reading->nrows + 1) * sizeof *rows);
    if (!rows)
        abort();
    if (reading->nrows)
        memcpy(rows, reading->rows, reading->nrows * sizeof *rows);
    qsort(rows, reading->nrows, sizeof *rows, compare_sources);
    for (size_t i = 0; i < reading->ncauses; i++) {
        const struct sim_cause *cause = &reading->causes[i];
        struct sim_row wanted = {.source = cause->source, .record = cause->record, .part = cause->part};
        if (cause->policy->events == ARGOT_STORE_KEEP_NONE || cause->time - SIM_BEGIN < reading->events_gone)
            continue;
        const struct sim_row *row = bsearch(&wanted, rows, reading->nrows, sizeof *rows, compare_sources);
        if (!row || row->kind != SIM_ROW_EVENT)
            complain_of(reading, &wanted, row ? "is named by an alert, and waits" : "is named by an alert, and gone");
    }
    free(rows);
}

/* ---- counts ---- */

/* All lines of a log were read once, but for those that may be lost: what its files count says so whatever is kept of
 * them. */
static void
check_records(struct sim_reading *reading)
{
    int64_t lines[SIM_SCRIPT_LOGS] = {0}, lost[SIM_SCRIPT_LOGS] = {0};
    for (size_t i = 0; i < reading->script->nlines; i++) {
        const struct sim_line *line = &reading->script->lines[i];
        lines[line->log] += !line->left_out;
        lost[line->log] += !line->left_out && line->may_be_lost;
    }
    for (size_t i = 0; i < SIM_AUDIT_SOURCES; i++)
        if (*reading->sources[i].name && reading->sources[i].log < SIM_SCRIPT_LOGS)
            lines[reading->sources[i].log] -= reading->sources[i].records;
    for (unsigned log = 0; log < SIM_SCRIPT_LOGS; log++)
        if ((lines[log] < 0 || lines[log] > lost[log]) && reading->script->logs[log].rotation != SIM_ROTATION_COPY)
            sim_audit_complain(reading->audit, "%s: %lld lines more than its files count",
                               reading->script->logs[log].path, (long long)lines[log]);
}

/* Where nothing was given up, each row that is counted is there. */
static void
check_counts(struct sim_reading *reading)
{
    const struct sim_setup *setup = reading->setup;
    bool events_gone =
        reading->events_gone > INT64_MIN || reading->waiting_gone > INT64_MIN ||
        (setup->mend &&
         argot_store_policy_of(setup->policies, setup->npolicies, SIM_SCRIPT_LATER)->events != ARGOT_STORE_KEEP_ALL);
    bool letters_gone = reading->letters_gone > INT64_MIN;
    for (size_t i = 0; i < SIM_AUDIT_SOURCES; i++) {
        const struct sim_source *source = &reading->sources[i];
        if ((events_gone ? source->events < 0 : source->events != 0) ||
            (letters_gone ? source->letters < 0 : source->letters != 0))
            sim_audit_complain(reading->audit, "%s counts %lld events and %lld letters more than it has", source->name,
                               (long long)source->events, (long long)source->letters);
    }
}

void
sim_audit_kept(struct sim_reading *reading)
{
    if (reading->ncauses)
        qsort(reading->causes, reading->ncauses, sizeof *reading->causes, compare_causes);
    for (size_t i = 0; i < reading->nrows; i++)
        check_row(reading, &reading->rows[i]);
    check_causes(reading);
    check_retention(reading);
    check_records(reading);
    check_counts(reading);
}
