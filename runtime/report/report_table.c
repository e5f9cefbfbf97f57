/* SPDX-License-Identifier: Apache-2.0
 * A report for people: what it is of, a row for each source, and what is not as it should be. Names come from outside,
 * and are escaped so that they drive no terminal. */
#include "output/cells.h"
#include "report/report.h"
#include <stdio.h>

#define CELL_BYTES 40
#define GAP 2

enum { STATE, LAST_SEEN, RATE, LAG, EVENTS, TYPED, LETTERS, WATERMARK, POSITION, COLUMNS };

static const char *const heads[COLUMNS] = {
    "STATE", "LAST SEEN", "RATE/S", "LAG", "EVENTS", "TYPED", "DEAD LETTERS", "WATERMARK", "POSITION",
};
static const bool only_running[COLUMNS] = {
    [STATE] = true, [RATE] = true, [LAG] = true, [TYPED] = true, [WATERMARK] = true};
static const bool left[COLUMNS] = {[STATE] = true, [LAST_SEEN] = true, [WATERMARK] = true};

struct row {
    char cells[COLUMNS][CELL_BYTES];
};

/* ---- values ---- */

static void
put_bytes(char *cell, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = (double)bytes;
    size_t unit = 0;
    for (; amount >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        amount /= 1024;
    snprintf(cell, CELL_BYTES, unit ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

/* The two largest units: 3d 4h. */
static void
put_span(char *cell, int64_t ns)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
    int64_t seconds = ns < 0 ? 0 : ns / INT64_C(1000000000);
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && seconds < units[i].seconds)
        i++;
    int at = snprintf(cell, CELL_BYTES, "%lld%s", (long long)(seconds / units[i].seconds), units[i].unit);
    int64_t rest = seconds % units[i].seconds;
    if (i + 1 < sizeof units / sizeof *units && rest / units[i + 1].seconds)
        snprintf(cell + at, CELL_BYTES - (size_t)at, " %lld%s", (long long)(rest / units[i + 1].seconds),
                 units[i + 1].unit);
}

static void
put_text(struct argot_buffer *out, const char *text)
{
    struct argot_cell cell = argot_cell_text(text, strlen(text), 0);
    argot_cells_text(&cell, out);
}

static void
put_time(struct argot_buffer *out, argot_time time)
{
    struct argot_cell cell = {.kind = ARGOT_CELL_VALUE, .type = ARGOT_TYPE_TIMESTAMP, .field = ARGOT_NONE};
    cell.slot.i64 = time;
    argot_cells_text(&cell, out);
}

/* To the second: of a watermark the rest says nothing. */
static void
put_time_cell(struct argot_buffer *room, char *cell, argot_time time)
{
    argot_time whole = time - (time % INT64_C(1000000000));
    room->length = 0;
    if (time == INT64_MIN)
        argot_buffer_append_byte(room, '-');
    else
        put_time(room, whole);
    snprintf(cell, CELL_BYTES, "%.*s", (int)room->length, room->length ? (const char *)room->bytes : "");
}

/* ---- rows ---- */

static void
fill(const struct argot_report *report, const struct argot_report_log *log, struct argot_buffer *room, struct row *row)
{
    snprintf(row->cells[STATE], CELL_BYTES, "%s", argot_report_state_name(log->state));
    if (log->last_seen == INT64_MIN)
        snprintf(row->cells[LAST_SEEN], CELL_BYTES, "never");
    else
        put_span(row->cells[LAST_SEEN], report->now - log->last_seen);
    snprintf(row->cells[RATE], CELL_BYTES, "%.1f", log->records_per_second);
    put_bytes(row->cells[LAG], log->lag_bytes);
    snprintf(row->cells[EVENTS], CELL_BYTES, "%llu", (unsigned long long)log->events);
    if (log->run.events)
        snprintf(row->cells[TYPED], CELL_BYTES, "%.1f %%", 100 * argot_report_typed(&log->run));
    else
        snprintf(row->cells[TYPED], CELL_BYTES, "-");
    snprintf(row->cells[LETTERS], CELL_BYTES, "%llu", (unsigned long long)log->letters);
    put_time_cell(room, row->cells[WATERMARK], log->watermark);
    snprintf(row->cells[POSITION], CELL_BYTES, log->file ? "%llu" : "#%llu",
             (unsigned long long)(log->file ? log->offset : log->record));
}

static void
put_row(struct argot_buffer *out, const char *const *cells, const size_t *widths, bool running)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (running || !only_running[i])
            argot_buffer_printf(out, left[i] ? "%-*s%*s" : "%*s%*s", (int)widths[i], cells[i], GAP, "");
}

static void
put_logs(struct argot_buffer *out, const struct argot_report *report, struct row *rows, struct argot_buffer *room)
{
    bool running = report->phase != ARGOT_REPORT_STOPPED;
    size_t widths[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        widths[i] = strlen(heads[i]);
    for (size_t i = 0; i < report->nlogs; i++) {
        fill(report, &report->logs[i], room, &rows[i]);
        for (size_t j = 0; j < COLUMNS; j++)
            widths[j] = strlen(rows[i].cells[j]) > widths[j] ? strlen(rows[i].cells[j]) : widths[j];
    }
    put_row(out, heads, widths, running);
    argot_buffer_append_text(out, "SOURCE\n");
    for (size_t i = 0; i < report->nlogs; i++) {
        const char *cells[COLUMNS];
        for (size_t j = 0; j < COLUMNS; j++)
            cells[j] = rows[i].cells[j];
        put_row(out, cells, widths, running);
        put_text(out, report->logs[i].name);
        if (report->logs[i].problem) {
            argot_buffer_append_text(out, ": ");
            put_text(out, report->logs[i].problem);
        }
        argot_buffer_append_byte(out, '\n');
    }
}

/* ---- the whole ---- */

static void
put_head(struct argot_buffer *out, const struct argot_report *report)
{
    char uptime[CELL_BYTES], memory[CELL_BYTES], phase[CELL_BYTES];
    put_span(uptime, report->now - report->started);
    put_bytes(memory, report->memory_bytes);
    snprintf(phase, sizeof phase, "%s", argot_report_phase_name(report->phase));
    for (char *at = phase; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    argot_buffer_printf(out,
                        "argot " ARGOT_VERSION " %s for %s, process %llu, %s of memory, %llu rules\n"
                        "%llu events, %llu dead letters and %llu alerts stored since then",
                        phase, uptime, (unsigned long long)report->process, memory, (unsigned long long)report->nrules,
                        (unsigned long long)report->run.events, (unsigned long long)report->run.letters,
                        (unsigned long long)report->alerts);
    if (report->watermark != INT64_MIN && report->watermark != INT64_MAX) {
        argot_buffer_append_text(out, "; rules have seen all up to ");
        put_time(out, report->watermark - (report->watermark % INT64_C(1000000000)));
    }
    argot_buffer_append_text(out, "\n\n");
}

static void
put_counts(struct argot_buffer *out, const struct argot_report *report)
{
    static const char *const words[ARGOT_REPORT_GROUPS] = {
        [ARGOT_REPORT_DROP] = "lost", [ARGOT_REPORT_LIMIT] = "limit", [ARGOT_REPORT_KEPT] = "not for rules"};
    bool any = false;
    for (enum argot_report_count count = 0; count < ARGOT_REPORT_COUNT; count++) {
        if (!report->counts[count])
            continue;
        argot_buffer_printf(out, "%s%s: %s: %llu\n", any ? "" : "\n", words[argot_report_group_of(count)],
                            argot_report_count_words(count), (unsigned long long)report->counts[count]);
        any = true;
    }
}

void
argot_report_table(const struct argot_report *report, struct argot_buffer *out)
{
    struct argot_seam *seam = out->seam;
    struct row *rows = seam->allocate(seam, (report->nlogs + 1) * sizeof *rows);
    struct argot_buffer room;
    if (!rows) {
        out->failed = true;
        return;
    }
    argot_buffer_init(&room, seam);
    if (report->phase != ARGOT_REPORT_STOPPED)
        put_head(out, report);
    put_logs(out, report, rows, &room);
    put_counts(out, report);
    out->failed = out->failed || room.failed;
    argot_buffer_finish(&room);
    seam->release(seam, rows);
}
