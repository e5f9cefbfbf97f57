/* SPDX-License-Identifier: Apache-2.0
 * The store is read by SQLite alone, segment by segment, and held against the lines that were written. */
#include "audit.h"
#include "process.h"
#include "vfs.h"
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENTS 64
#define SOURCES 512
#define COMPARED "192.0.2.%" /* alerts about these come of logs of which nothing may be lost */

/* A record of a file, or a piece of one. */
struct row {
    unsigned log, generation;
    uint64_t record;
    unsigned part;
    unsigned line; /* of a log that was cut, else 0 */
    uint8_t *bytes;
    size_t length;
};

struct source {
    unsigned log, generation; /* log SIM_SCRIPT_LOGS: what was sent */
    char name[SIM_DISK_PATH];
    int64_t events, letters; /* rows that it is said to have, less those that were found */
};

struct reading {
    struct sim_audit *audit;
    const struct sim_script *script;
    struct sim_senders *senders;
    struct source sources[SOURCES];
    char segments[SEGMENTS][SIM_DISK_PATH];
    size_t nsegments;
    struct row *rows;
    size_t nrows, rows_room;
    sqlite3 *db;
    const char *path;
};

static void __attribute__((format(printf, 2, 3))) complain(struct sim_audit *audit, const char *format, ...)
{
    size_t length = strlen(audit->wrong);
    va_list args;
    if (length + 2 >= sizeof audit->wrong)
        return;
    if (length)
        audit->wrong[length++] = '\n';
    va_start(args, format);
    vsnprintf(audit->wrong + length, sizeof audit->wrong - length, format, args);
    va_end(args);
}

/* ---- one file ---- */

/* Each row of a query; what fails is a complaint. */
static void
each(struct reading *reading, const char *sql, void (*take)(struct reading *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(reading->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            take(reading, statement);
    if (code != SQLITE_DONE)
        complain(reading->audit, "%s: %s", reading->path, sqlite3_errmsg(reading->db));
    sqlite3_finalize(statement);
}

static bool
open_file(struct reading *reading, const char *path)
{
    reading->path = path;
    if (sqlite3_open_v2(path, &reading->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        return true;
    complain(reading->audit, "%s: %s", path, sqlite3_errmsg(reading->db));
    return false;
}

static void
close_file(struct reading *reading)
{
    sqlite3_close(reading->db);
    reading->db = NULL;
}

static void
take_integrity(struct reading *reading, sqlite3_stmt *row)
{
    const char *words = (const char *)sqlite3_column_text(row, 0);
    if (words && strcmp(words, "ok"))
        complain(reading->audit, "%s is damaged: %s", reading->path, words);
}

static void
take_segment(struct reading *reading, sqlite3_stmt *row)
{
    if (reading->nsegments < SEGMENTS)
        snprintf(reading->segments[reading->nsegments++], SIM_DISK_PATH, "/store/%s", sqlite3_column_text(row, 0));
}

static void
take_source(struct reading *reading, sqlite3_stmt *row)
{
    int id = sqlite3_column_int(row, 0);
    const char *name = (const char *)sqlite3_column_text(row, 1);
    if (id >= SOURCES || !name)
        return;
    struct source *source = &reading->sources[id];
    source->log = SIM_SCRIPT_LOGS;
    source->generation = strcmp(name, SIM_SENDERS_UDP_NAME) ? 1 : 2;
    snprintf(source->name, sizeof source->name, "%s", name);
    for (unsigned i = 0; i < SIM_SCRIPT_LOGS; i++) {
        size_t length = strlen(reading->script->logs[i].path);
        if (strncmp(name, reading->script->logs[i].path, length) || (name[length] && name[length] != '#'))
            continue;
        source->log = i;
        source->generation = 1;
        if (name[length])
            source->generation = (unsigned)strtoul(name + length + 1, NULL, 10);
    }
    source->events = sqlite3_column_int64(row, 2);
    source->letters = sqlite3_column_int64(row, 3);
}

static void
add_row(struct reading *reading, sqlite3_stmt *statement, bool event)
{
    int id = sqlite3_column_int(statement, 0);
    if (reading->nrows == reading->rows_room) {
        reading->rows_room = reading->rows_room ? reading->rows_room * 2 : 1024;
        reading->rows = realloc(reading->rows, reading->rows_room * sizeof *reading->rows);
        if (!reading->rows)
            abort();
    }
    if (id >= SOURCES || id < 1) {
        complain(reading->audit, "a row of source %d", id);
        return;
    }
    struct source *source = &reading->sources[id];
    struct row *row = &reading->rows[reading->nrows++];
    *row = (struct row){source->log,
                        source->generation,
                        (uint64_t)sqlite3_column_int64(statement, 1),
                        (unsigned)sqlite3_column_int(statement, 2),
                        0,
                        NULL,
                        0};
    row->length = (size_t)sqlite3_column_bytes(statement, 3);
    row->bytes = malloc(row->length + 1);
    if (!row->bytes)
        abort();
    if (row->length)
        memcpy(row->bytes, sqlite3_column_blob(statement, 3), row->length);
    *(event ? &source->events : &source->letters) -= 1;
}

static void
take_event(struct reading *reading, sqlite3_stmt *row)
{
    add_row(reading, row, true);
}

static void
take_letter(struct reading *reading, sqlite3_stmt *row)
{
    add_row(reading, row, false);
}

static void
add(char ***list, size_t *count, size_t *room, char *text)
{
    if (*count == *room) {
        *room = *room ? *room * 2 : 64;
        *list = realloc(*list, *room * sizeof **list);
        if (!*list)
            abort();
    }
    (*list)[(*count)++] = text;
}

static void
add_text(struct sim_audit *audit, sqlite3_stmt *row)
{
    char *text = NULL;
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *value = (const char *)sqlite3_column_text(row, i);
        char *more = sqlite3_mprintf("%s%s%s", text ? text : "", i ? "|" : "", value ? value : "-");
        sqlite3_free(text);
        text = more;
    }
    add(&audit->alerts, &audit->nalerts, &audit->alerts_room, text);
}

static void
take_id(struct reading *reading, sqlite3_stmt *row)
{
    struct sim_audit *audit = reading->audit;
    add(&audit->ids, &audit->nids, &audit->ids_room, sqlite3_mprintf("%s", sqlite3_column_text(row, 0)));
}

static void
take_alert(struct reading *reading, sqlite3_stmt *row)
{
    add_text(reading->audit, row);
}

/* Sources by their names: those have numbers by the order in which they were met. */
static void
take_cause(struct reading *reading, sqlite3_stmt *row)
{
    add_text(reading->audit, row);
}

static void
read_file(struct reading *reading, const char *path)
{
    if (open_file(reading, path)) {
        each(reading, "PRAGMA integrity_check", take_integrity);
        each(reading, "SELECT source, record, part, raw_line FROM events", take_event);
        each(reading, "SELECT source, record, piece, raw_line FROM dead_letters", take_letter);
        each(reading, "SELECT alert_id FROM alerts", take_id);
        each(reading,
             "SELECT hex(alert_id), rule_name, event_time, message, count, first_time, last_time FROM alerts"
             " WHERE message LIKE '" COMPARED "'",
             take_alert);
        each(reading,
             "SELECT hex(c.alert_id), c.number, c.inside, (SELECT name FROM sources WHERE id = c.source), c.record,"
             " cause_rule_name, CAST(c.raw_line AS TEXT) FROM alert_causes c JOIN alerts a ON a.alert_id = c.alert_id"
             " WHERE a.message LIKE '" COMPARED "'",
             take_cause);
    }
    close_file(reading);
}

/* ---- what must be there ---- */

static int
compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->log != y->log)
        return x->log < y->log ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->generation != y->generation)
        return x->generation < y->generation ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->part < y->part ? -1 : x->part > y->part;
}

static bool
is_same_record(const struct row *a, const struct row *b)
{
    return a->log == b->log && a->generation == b->generation && a->record == b->record;
}

/* Whether a line begins with these bytes and ends with them, but for its newline, given that so many came before. */
static bool
goes_on(const struct sim_line *line, size_t before, const struct row *row)
{
    return before + row->length < line->length && !memcmp(line->text + before, row->bytes, row->length);
}

/* The record that begins at `at`: how many rows it has, or 0 where it is not the line. The later events of a record
 * have no bytes. */
static size_t
match(const struct reading *reading, size_t at, const struct sim_line *line)
{
    size_t before = 0, count = 0;
    for (; at + count < reading->nrows && is_same_record(&reading->rows[at], &reading->rows[at + count]); count++) {
        if (!goes_on(line, before, &reading->rows[at + count]))
            return 0;
        before += reading->rows[at + count].length;
    }
    return before + 1 == line->length ? count : 0;
}

/* Of a log that was cut it is only known which lines a file holds, not which file came first: records in the order in
 * which their lines were written. */
static void
order_by_lines(struct reading *reading, unsigned log, size_t at, size_t end)
{
    for (size_t i = at, count; i < end; i += count) {
        unsigned line = 0;
        count = 0;
        for (size_t j = 0; j < reading->script->nlines && !count; j++)
            if (reading->script->lines[j].log == log && (count = match(reading, i, &reading->script->lines[j])))
                line = (unsigned)j;
        for (size_t j = i; j < i + count; j++)
            reading->rows[j].line = line;
        count = count ? count : 1;
    }
    qsort(reading->rows + at, end - at, sizeof *reading->rows, compare_rows);
}

static void
check_log(struct reading *reading, unsigned log, size_t at, size_t end)
{
    struct sim_audit *audit = reading->audit;
    const struct sim_script *script = reading->script;
    for (size_t i = 0; i < script->nsteps; i++) {
        const struct sim_step *step = &script->steps[i];
        const struct sim_line *line = &script->lines[step->line];
        if (step->kind != SIM_STEP_LINE || step->log != log || line->left_out)
            continue;
        size_t count = at < end ? match(reading, at, line) : 0;
        bool twice = count && at + count < end && match(reading, at + count, line) == count;
        if (twice && line->may_be_twice) {
            at += count;
            audit->twice++;
        } else if (twice) {
            complain(audit, "%s: line %zu is doubled", script->logs[log].path, step->line);
        }
        if (count) {
            at += count;
            audit->records++;
        } else if (line->may_be_lost) {
            audit->lost++;
        } else {
            complain(audit, "%s: line %zu is lost, or not in its place: %.60s", script->logs[log].path, step->line,
                     line->text);
            if (at < end)
                complain(audit, "there is, of file %u record %llu: %.*s", reading->rows[at].generation,
                         (unsigned long long)reading->rows[at].record,
                         (int)(reading->rows[at].length < 60 ? reading->rows[at].length : 60),
                         (const char *)reading->rows[at].bytes);
            return;
        }
    }
    if (at < end)
        complain(audit, "%s: not due, of file %u record %llu: %.*s", script->logs[log].path,
                 reading->rows[at].generation, (unsigned long long)reading->rows[at].record,
                 (int)(reading->rows[at].length < 60 ? reading->rows[at].length : 60),
                 (const char *)reading->rows[at].bytes);
}

/* A message that was received, once; of one that broke off, what came of it. */
static void
check_message(struct reading *reading, const struct row *row)
{
    for (size_t i = 0; i < reading->senders->count; i++) {
        struct sim_message *message = &reading->senders->messages[i];
        bool same = row->length <= message->length && !memcmp(message->text, row->bytes, row->length) &&
                    (row->length == message->length || message->broken);
        if (!same || (message->found && message->broken))
            continue;
        if (message->found)
            complain(reading->audit, "message %zu is doubled", i);
        message->found = true;
        reading->audit->messages++;
        return;
    }
    complain(reading->audit, "nobody sent: %.*s", (int)(row->length < 100 ? row->length : 100),
             (const char *)row->bytes);
}

static void
check_messages(struct reading *reading, size_t at, size_t end)
{
    for (size_t i = 0; i < reading->senders->count; i++)
        reading->senders->messages[i].found = false;
    for (size_t i = at; i < end; i++)
        check_message(reading, &reading->rows[i]);
    for (size_t i = 0; i < reading->senders->count; i++) {
        const struct sim_message *message = &reading->senders->messages[i];
        if (message->state == SIM_MESSAGE_DUE && !message->found) {
            complain(reading->audit, "message %zu was taken at %.3f, and is lost: %s", i,
                     (double)message->taken / (double)SIM_SECOND, message->text);
            return;
        }
    }
}

static void
check_rows(struct reading *reading)
{
    if (reading->nrows)
        qsort(reading->rows, reading->nrows, sizeof *reading->rows, compare_rows);
    for (size_t i = 1; i < reading->nrows; i++)
        if (!compare_rows(&reading->rows[i - 1], &reading->rows[i])) {
            complain(reading->audit, "doubled: file %u of log %u, record %llu", reading->rows[i].generation,
                     reading->rows[i].log, (unsigned long long)reading->rows[i].record);
            break;
        }
    for (size_t at = 0, end; at < reading->nrows; at = end) {
        for (end = at; end < reading->nrows && reading->rows[end].log == reading->rows[at].log; end++)
            ;
        if (reading->rows[at].log < SIM_SCRIPT_LOGS &&
            reading->script->logs[reading->rows[at].log].rotation == SIM_ROTATION_COPY)
            order_by_lines(reading, reading->rows[at].log, at, end);
        if (reading->rows[at].log < SIM_SCRIPT_LOGS)
            check_log(reading, reading->rows[at].log, at, end);
        else
            check_messages(reading, at, end);
    }
    for (size_t i = 0; i < SOURCES; i++)
        if (reading->sources[i].events || reading->sources[i].letters)
            complain(reading->audit, "%s counts %lld events and %lld letters more than it has",
                     reading->sources[i].name, (long long)reading->sources[i].events,
                     (long long)reading->sources[i].letters);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
check_alerts(struct sim_audit *audit)
{
    if (audit->nalerts)
        qsort(audit->alerts, audit->nalerts, sizeof *audit->alerts, compare_texts);
    for (size_t i = 1; i < audit->nalerts; i++)
        if (!strcmp(audit->alerts[i - 1], audit->alerts[i])) {
            complain(audit, "an alert is there twice: %.200s", audit->alerts[i]);
            return;
        }
}

void
sim_audit_read(struct sim_audit *audit, struct sim_world *world, const struct sim_script *script,
               struct sim_senders *senders)
{
    static struct reading reading;
    *audit = (struct sim_audit){0};
    memset(&reading, 0, sizeof reading);
    reading.audit = audit;
    reading.script = script;
    reading.senders = senders;
    sim_vfs_use(world);
    world->acting = true;
    if (open_file(&reading, SIM_PROCESS_STORE)) {
        each(&reading, "SELECT file FROM segments ORDER BY number", take_segment);
        each(&reading, "SELECT id, name, events, letters FROM sources", take_source);
    }
    close_file(&reading);
    for (size_t i = 0; i < reading.nsegments; i++)
        read_file(&reading, reading.segments[i]);
    read_file(&reading, SIM_PROCESS_STORE);
    world->acting = false;
    check_rows(&reading);
    check_alerts(audit);
    for (size_t i = 0; i < reading.nrows; i++)
        free(reading.rows[i].bytes);
    free(reading.rows);
}

void
sim_audit_told(struct sim_audit *audit, const struct sim_world *world, uint64_t lost)
{
    const struct sim_programs *programs = &world->programs;
    uint64_t missing = 0;
    const char *first = "";
    if (audit->nids)
        qsort(audit->ids, audit->nids, sizeof *audit->ids, compare_texts);
    for (size_t i = 0; i < audit->nids; i++)
        if (!sim_programs_has_delivered(programs, audit->ids[i]) && !missing++)
            first = audit->ids[i];
    if (missing > lost)
        complain(audit, "%llu alerts were never told, and %llu messages are said to be lost; the first is %s",
                 (unsigned long long)missing, (unsigned long long)lost, first);
    for (size_t i = 0; i < programs->count; i++) {
        const char *id = programs->delivered[i];
        if (!bsearch(&id, audit->ids, audit->nids, sizeof *audit->ids, compare_texts)) {
            complain(audit, "told and not stored: alert %s", id);
            return;
        }
    }
    audit->told = programs->count;
}

/* A raw line in a closed segment may be missing: it could not be read when its alert was told, which is counted. */
static bool
is_same(const char *text, const char *undisturbed)
{
    size_t length = strlen(text);
    return !strcmp(text, undisturbed) ||
           (length > 2 && !strcmp(text + length - 2, "|-") && !strncmp(text, undisturbed, length - 1));
}

bool
sim_audit_compare(struct sim_audit *audit, const struct sim_audit *undisturbed)
{
    size_t i = 0;
    while (i < audit->nalerts && i < undisturbed->nalerts && is_same(audit->alerts[i], undisturbed->alerts[i]))
        i++;
    if (i == audit->nalerts && i == undisturbed->nalerts)
        return true;
    complain(audit, "other alerts than undisturbed:\n  there is %.200s\n  due is   %.200s",
             i < audit->nalerts ? audit->alerts[i] : "no more",
             i < undisturbed->nalerts ? undisturbed->alerts[i] : "no more");
    return false;
}

void
sim_audit_free(struct sim_audit *audit)
{
    for (size_t i = 0; i < audit->nalerts; i++)
        sqlite3_free(audit->alerts[i]);
    free(audit->alerts);
    for (size_t i = 0; i < audit->nids; i++)
        sqlite3_free(audit->ids[i]);
    free(audit->ids);
    *audit = (struct sim_audit){0};
}
