/* SPDX-License-Identifier: Apache-2.0
 * The store is read by SQLite alone, segment by segment, and held against the lines that were written. */
#include "audit_parts.h"
#include "store/inspect.h"
#include "vfs.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPARED "192.0.2.%"         /* alerts about these come of logs of which nothing may be lost */
#define CLOCK_SPAN (3 * SIM_MINUTE)  /* so far ahead the wall clock may have been */
#define ORDER_SPAN (10 * SIM_MINUTE) /* so much later than it was written a line may have been stored */
#define REACH (8 * SIM_MINUTE)       /* of the rules: what waits is not given up before */

void
sim_audit_complain(struct sim_audit *audit, const char *format, ...)
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
each(struct sim_reading *reading, const char *sql, void (*take)(struct sim_reading *, sqlite3_stmt *))
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(reading->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            take(reading, statement);
    if (code != SQLITE_DONE)
        sim_audit_complain(reading->audit, "%s: %s", reading->path, sqlite3_errmsg(reading->db));
    sqlite3_finalize(statement);
}

static bool
open_file(struct sim_reading *reading, const char *path)
{
    reading->path = path;
    if (sqlite3_open_v2(path, &reading->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        return true;
    sim_audit_complain(reading->audit, "%s: %s", path, sqlite3_errmsg(reading->db));
    return false;
}

static void
close_file(struct sim_reading *reading)
{
    sqlite3_close(reading->db);
    reading->db = NULL;
}

static void
take_integrity(struct sim_reading *reading, sqlite3_stmt *row)
{
    const char *words = (const char *)sqlite3_column_text(row, 0);
    if (words && strcmp(words, "ok"))
        sim_audit_complain(reading->audit, "%s is damaged: %s", reading->path, words);
}

/* Columns: file, first_event, first_time, last_time, raw, alerts, last_alert, dead_letters, last_letter, bytes. */
static void
take_segment(struct sim_reading *reading, sqlite3_stmt *row)
{
    if (reading->nsegments == SIM_AUDIT_SEGMENTS) {
        sim_audit_complain(reading->audit, "there are too many segments to look at");
        return;
    }
    struct sim_segment *segment = &reading->segments[reading->nsegments++];
    snprintf(segment->path, sizeof segment->path, "/store/%s", (const char *)sqlite3_column_text(row, 0));
    segment->first_event = sqlite3_column_int64(row, 1);
    segment->has_events = sqlite3_column_type(row, 2) != SQLITE_NULL;
    segment->first_time = sqlite3_column_int64(row, 2);
    segment->last_time = sqlite3_column_int64(row, 3);
    segment->alerts = sqlite3_column_int64(row, 5);
    segment->letters = sqlite3_column_int64(row, 7);
    segment->bytes = sqlite3_column_int64(row, 9);
    segment->oldest[0] = segment->has_events ? segment->last_time : INT64_MAX;
    segment->oldest[1] = segment->has_events && sqlite3_column_int(row, 4) ? segment->last_time : INT64_MAX;
    segment->oldest[2] = segment->alerts ? sqlite3_column_int64(row, 6) : INT64_MAX;
    segment->oldest[3] = segment->letters ? sqlite3_column_int64(row, 8) : INT64_MAX;
}

static void
take_source(struct sim_reading *reading, sqlite3_stmt *row)
{
    int id = sqlite3_column_int(row, 0);
    const char *name = (const char *)sqlite3_column_text(row, 1);
    if (id >= SIM_AUDIT_SOURCES || !name)
        return;
    struct sim_source *source = &reading->sources[id];
    source->log = SIM_SCRIPT_LOGS;
    source->generation = (unsigned)id;
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
    source->records = sqlite3_column_int64(row, 4);
}

static const struct argot_store_policy *
policy_of(const struct sim_reading *reading, const char *format)
{
    char name[64];
    if (!format)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(format, "/"), format);
    return argot_store_policy_of(reading->setup->policies, reading->setup->npolicies, name);
}

/* Columns: source, record, part, raw_line, format_name. */
static void
add_row(struct sim_reading *reading, sqlite3_stmt *statement, enum sim_row_kind kind)
{
    int id = sqlite3_column_int(statement, 0);
    if (id >= SIM_AUDIT_SOURCES || id < 1) {
        sim_audit_complain(reading->audit, "a row of source %d", id);
        return;
    }
    reading->rows = sim_grow(reading->rows, reading->nrows, &reading->rows_room, sizeof *reading->rows);
    struct sim_row *row = &reading->rows[reading->nrows++];
    *row = (struct sim_row){.kind = kind,
                            .log = reading->sources[id].log,
                            .generation = reading->sources[id].generation,
                            .source = (uint32_t)id,
                            .record = (uint64_t)sqlite3_column_int64(statement, 1),
                            .part = (unsigned)sqlite3_column_int(statement, 2),
                            .length = (size_t)sqlite3_column_bytes(statement, 3),
                            .policy = policy_of(reading, (const char *)sqlite3_column_text(statement, 4))};
    row->bytes = malloc(row->length + 1);
    if (!row->bytes)
        abort();
    if (row->length)
        memcpy(row->bytes, sqlite3_column_blob(statement, 3), row->length);
    row->has_raw = row->length;
    row->bare = !row->length;
}

static void
take_event(struct sim_reading *reading, sqlite3_stmt *row)
{
    add_row(reading, row, SIM_ROW_EVENT);
}

static void
take_waiting(struct sim_reading *reading, sqlite3_stmt *row)
{
    add_row(reading, row, SIM_ROW_WAITING);
}

static void
take_letter(struct sim_reading *reading, sqlite3_stmt *row)
{
    add_row(reading, row, SIM_ROW_LETTER);
}

/* Its time, and what is compared. */
static void
take_alert(struct sim_reading *reading, sqlite3_stmt *row)
{
    struct sim_audit *audit = reading->audit;
    char *text = NULL;
    for (int i = 1; i < sqlite3_column_count(row); i++) {
        const char *value = (const char *)sqlite3_column_text(row, i);
        char *more = sqlite3_mprintf("%s%s%s", text ? text : "", i > 1 ? "|" : "", value ? value : "-");
        sqlite3_free(text);
        text = more;
    }
    audit->alerts = sim_grow(audit->alerts, audit->nalerts, &audit->alerts_room, sizeof *audit->alerts);
    audit->alerts[audit->nalerts++] = (struct sim_alert){text, sqlite3_column_int64(row, 0)};
}

static void
take_id(struct sim_reading *reading, sqlite3_stmt *row)
{
    struct sim_audit *audit = reading->audit;
    audit->ids = sim_grow(audit->ids, audit->nids, &audit->ids_room, sizeof *audit->ids);
    audit->ids[audit->nids++] = sqlite3_mprintf("%s", sqlite3_column_text(row, 0));
}

static void
take_cause(struct sim_reading *reading, sqlite3_stmt *row)
{
    reading->causes = sim_grow(reading->causes, reading->ncauses, &reading->causes_room, sizeof *reading->causes);
    reading->causes[reading->ncauses++] =
        (struct sim_cause){.source = (uint32_t)sqlite3_column_int(row, 0),
                           .record = (uint64_t)sqlite3_column_int64(row, 1),
                           .part = (unsigned)sqlite3_column_int(row, 2),
                           .time = sqlite3_column_int64(row, 3),
                           .policy = policy_of(reading, (const char *)sqlite3_column_text(row, 4))};
}

/* Columns: output, name, text. */
static void
take_message(struct sim_reading *reading, sqlite3_stmt *row)
{
    const char *output = (const char *)sqlite3_column_text(row, 0);
    if (strcmp(output, "mail") != 0)
        sim_receiver_take_waiting(&reading->world->receiver, (const char *)sqlite3_column_text(row, 1),
                                  !strcmp(output, "groups"), sqlite3_column_blob(row, 2),
                                  (size_t)sqlite3_column_bytes(row, 2));
}

/* Sources of causes by their names: those have numbers by the order in which they were met. */
static void
read_file(struct sim_reading *reading, const char *path)
{
    if (open_file(reading, path)) {
        each(reading, "PRAGMA integrity_check", take_integrity);
        each(reading, "SELECT source, record, part, raw_line, format_name FROM events", take_event);
        each(reading, "SELECT source, record, part, raw_line, format_name FROM waiting", take_waiting);
        each(reading, "SELECT source, record, piece, raw_line, NULL FROM dead_letters", take_letter);
        each(reading, "SELECT alert_id FROM alerts", take_id);
        each(reading, "SELECT source, record, part, event_time, format FROM alert_causes WHERE format IS NOT NULL",
             take_cause);
        each(reading,
             "SELECT event_time, hex(alert_id), rule_name, event_time, message, count, first_time, last_time FROM"
             " alerts WHERE message LIKE '" COMPARED "'",
             take_alert);
        each(reading,
             "SELECT a.event_time, hex(c.alert_id), c.number, c.inside, (SELECT name FROM sources WHERE id ="
             " c.source), c.record, cause_rule_name, CAST(c.raw_line AS TEXT) FROM alert_causes c JOIN alerts a ON"
             " a.alert_id = c.alert_id WHERE a.message LIKE '" COMPARED "'",
             take_alert);
        if (!reading->segment)
            each(reading, "SELECT output, name, text FROM messages", take_message);
        sim_audit_segment(reading);
    }
    close_file(reading);
}

/* ---- rows of all files ---- */

int
sim_audit_compare_rows(const void *a, const void *b)
{
    const struct sim_row *x = a, *y = b;
    if (x->log != y->log)
        return x->log < y->log ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->generation != y->generation)
        return x->generation < y->generation ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static bool
is_same_row(const struct sim_row *a, const struct sim_row *b)
{
    return a->log == b->log && a->generation == b->generation && a->record == b->record && a->part == b->part;
}

/* An event, and the same one as it waits, with its record or with all of it. */
static bool
join(struct sim_row *event, struct sim_row *waiting)
{
    if (event->kind != SIM_ROW_EVENT || waiting->kind != SIM_ROW_WAITING || event->joined)
        return false;
    if (event->bare && !waiting->bare) {
        uint8_t *bytes = event->bytes;
        event->bytes = waiting->bytes;
        event->length = waiting->length;
        event->bare = false;
        waiting->bytes = bytes;
    }
    event->joined = true;
    free(waiting->bytes);
    return true;
}

static void
join_rows(struct sim_reading *reading)
{
    size_t count = 0;
    if (reading->nrows)
        qsort(reading->rows, reading->nrows, sizeof *reading->rows, sim_audit_compare_rows);
    for (size_t i = 0; i < reading->nrows; i++) {
        struct sim_row *row = &reading->rows[i], *last = count ? &reading->rows[count - 1] : NULL;
        bool same = last && is_same_row(last, row);
        if (same && join(last, row))
            continue;
        if (same)
            sim_audit_complain(reading->audit, "doubled: file %u of log %u, record %llu", row->generation, row->log,
                               (unsigned long long)row->record);
        reading->rows[count++] = *row;
        struct sim_source *source = &reading->sources[row->source];
        *(row->kind == SIM_ROW_LETTER ? &source->letters : &source->events) -= 1;
    }
    reading->nrows = count;
}

/* ---- what may be gone ---- */

static argot_time
later(argot_time a, argot_time b)
{
    return a > b ? a : b;
}

static argot_time
gone_for_age(const struct sim_reading *reading, int64_t age)
{
    return age ? reading->world->now + CLOCK_SPAN - age : INT64_MIN;
}

/* What is older than the oldest event, for the size of the store. */
static void
take_oldest(struct sim_reading *reading, sqlite3_stmt *row)
{
    argot_time oldest =
        sqlite3_column_type(row, 0) == SQLITE_NULL ? reading->world->now : sqlite3_column_int64(row, 0) - SIM_BEGIN;
    reading->events_gone = later(reading->events_gone, oldest + ORDER_SPAN);
    reading->letters_gone = later(reading->letters_gone, oldest + ORDER_SPAN);
    reading->audit->alerts_from = later(reading->audit->alerts_from, SIM_BEGIN + oldest + ORDER_SPAN);
}

/* Up to the first segment that has events. */
static void
find_what_is_gone(struct sim_reading *reading)
{
    const struct sim_setup *setup = reading->setup;
    int64_t first_event = reading->nsegments ? reading->segments[0].first_event : 0;
    reading->events_gone = gone_for_age(reading, setup->keep_events_ns);
    reading->letters_gone = gone_for_age(reading, setup->keep_letters_ns);
    if (setup->keep_alerts_ns)
        reading->audit->alerts_from = SIM_BEGIN + gone_for_age(reading, setup->keep_alerts_ns);
    if (setup->warm_events)
        reading->waiting_gone = reading->world->now - REACH;
    if (!setup->keep_bytes || first_event == 1)
        return;
    size_t at = 0;
    while (at < reading->nsegments && !reading->segments[at].has_events)
        at++;
    if (open_file(reading, at < reading->nsegments ? reading->segments[at].path : SIM_PROCESS_STORE))
        each(reading, "SELECT min(event_time) FROM events WHERE id > 0", take_oldest);
    close_file(reading);
}

/* ---- alerts ---- */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
compare_alerts(const void *a, const void *b)
{
    return strcmp(((const struct sim_alert *)a)->text, ((const struct sim_alert *)b)->text);
}

static void
check_alerts(struct sim_audit *audit)
{
    if (audit->nalerts)
        qsort(audit->alerts, audit->nalerts, sizeof *audit->alerts, compare_alerts);
    for (size_t i = 1; i < audit->nalerts; i++)
        if (!strcmp(audit->alerts[i - 1].text, audit->alerts[i].text)) {
            sim_audit_complain(audit, "an alert is there twice: %.200s", audit->alerts[i].text);
            return;
        }
}

/* What the store finds wrong with itself. */
static void
on_wrong(void *context, const char *file, const char *words)
{
    sim_audit_complain(context, "%s: %s", file, words);
}

static void
inspect(struct sim_reading *reading)
{
    char why[256];
    struct argot_inspect inspect = {
        .seam = &reading->world->seam, .path = SIM_PROCESS_STORE, .context = reading->audit, .say = on_wrong};
    struct argot_inspect_result result;
    if (!argot_inspect_check(&inspect, &result, why, sizeof why))
        sim_audit_complain(reading->audit, "it cannot be checked: %s", why);
}

static void
read_all(struct sim_reading *reading)
{
    if (open_file(reading, SIM_PROCESS_STORE)) {
        each(reading,
             "SELECT file, first_event, first_time, last_time, raw, alerts, last_alert, dead_letters, last_letter,"
             " bytes FROM segments ORDER BY number",
             take_segment);
        each(reading, "SELECT id, name, events, letters, records FROM sources", take_source);
    }
    close_file(reading);
    find_what_is_gone(reading);
    for (size_t i = 0; i < reading->nsegments; i++) {
        reading->segment = &reading->segments[i];
        read_file(reading, reading->segment->path);
    }
    reading->segment = NULL;
    read_file(reading, SIM_PROCESS_STORE);
    if (reading->setup->wide)
        inspect(reading);
}

void
sim_audit_read(struct sim_audit *audit, struct sim_world *world, const struct sim_setup *setup,
               const struct sim_script *script, struct sim_senders *senders)
{
    static struct sim_reading reading;
    *audit = (struct sim_audit){.alerts_from = INT64_MIN};
    memset(&reading, 0, sizeof reading);
    reading.audit = audit;
    reading.world = world;
    reading.setup = setup;
    reading.script = script;
    reading.senders = senders;
    reading.events_gone = reading.letters_gone = reading.waiting_gone = INT64_MIN;
    sim_vfs_use(world);
    world->acting = true;
    read_all(&reading);
    world->acting = false;
    join_rows(&reading);
    sim_audit_kept(&reading);
    sim_audit_rows(&reading);
    check_alerts(audit);
    for (size_t i = 0; i < reading.nrows; i++)
        free(reading.rows[i].bytes);
    free(reading.rows);
    free(reading.causes);
}

static void
complain_of_untold(struct sim_audit *audit, const char *whom, uint64_t missing, uint64_t lost, const char *first)
{
    if (missing > lost)
        sim_audit_complain(audit,
                           "%s: %llu alerts were never told, and %llu messages are said to be lost; the first is %s",
                           whom, (unsigned long long)missing, (unsigned long long)lost, first);
}

/* While no alert may have been given up, none is told that is not stored. */
static void
check_stored(struct sim_audit *audit, const char *name)
{
    char id[SIM_PROGRAMS_ID + 1];
    const char *key = id;
    snprintf(id, sizeof id, "%.*s", SIM_PROGRAMS_ID, name);
    if (audit->alerts_from == INT64_MIN &&
        (!audit->nids || !bsearch(&key, audit->ids, audit->nids, sizeof *audit->ids, compare_texts)))
        sim_audit_complain(audit, "told and not stored: alert %s", name);
}

static void
check_mail(struct sim_audit *audit, const struct sim_programs *programs, uint64_t lost)
{
    uint64_t missing = 0;
    const char *first = "";
    for (size_t i = 0; i < audit->nids; i++)
        if (!sim_programs_has_delivered(programs, audit->ids[i]) && !missing++)
            first = audit->ids[i];
    complain_of_untold(audit, "mail", missing, lost, first);
    for (size_t i = 0; i < programs->count; i++)
        check_stored(audit, programs->delivered[i]);
    audit->told += programs->count;
}

static void
check_plain(struct sim_audit *audit, const struct sim_receiver *receiver, uint64_t lost)
{
    uint64_t missing = 0;
    const char *first = "";
    for (size_t i = 0; i < audit->nids; i++) {
        const struct sim_received *message = sim_receiver_find(receiver, audit->ids[i], false);
        if ((!message || message->refused) && !missing++)
            first = audit->ids[i];
    }
    complain_of_untold(audit, "webhook", missing, lost, first);
}

/* Each alert is in one message, by itself or in a summary. */
static void
check_groups(struct sim_audit *audit, const struct sim_receiver *receiver, uint64_t lost)
{
    uint64_t alerts = 0, refused = 0;
    for (size_t i = 0; i < receiver->count; i++) {
        refused += receiver->list[i].refused;
        alerts += receiver->list[i].grouped ? receiver->list[i].alerts : 0;
    }
    bool exact = lost <= refused;
    if (audit->alerts_from == INT64_MIN && (alerts > audit->nids || (exact && alerts < audit->nids)))
        sim_audit_complain(audit, "groups: %zu alerts are stored, and %llu were told of", audit->nids,
                           (unsigned long long)alerts);
}

void
sim_audit_told(struct sim_audit *audit, const struct sim_world *world, unsigned tells, uint64_t lost)
{
    const struct sim_receiver *receiver = &world->receiver;
    if (audit->nids)
        qsort(audit->ids, audit->nids, sizeof *audit->ids, compare_texts);
    if (tells & SIM_TELL_MAIL)
        check_mail(audit, &world->programs, lost);
    if (tells & SIM_TELL_PLAIN)
        check_plain(audit, receiver, lost);
    if (tells & SIM_TELL_GROUPS)
        check_groups(audit, receiver, lost);
    for (size_t i = 0; i < receiver->count; i++)
        check_stored(audit, receiver->list[i].name);
    if (*receiver->wrong)
        sim_audit_complain(audit, "the message %s came with two bodies", receiver->wrong);
    audit->told += receiver->count;
}

/* A raw line in a closed segment may be missing: it could not be read when its alert was told, which is counted. */
static bool
is_same(const char *text, const char *undisturbed)
{
    size_t length = strlen(text);
    return !strcmp(text, undisturbed) ||
           (length > 2 && !strcmp(text + length - 2, "|-") && !strncmp(text, undisturbed, length - 1));
}

static void
pass_old(const struct sim_audit *audit, argot_time from, size_t *at)
{
    while (*at < audit->nalerts && audit->alerts[*at].time < from)
        ++*at;
}

bool
sim_audit_compare(struct sim_audit *audit, const struct sim_audit *undisturbed)
{
    argot_time from = later(audit->alerts_from, undisturbed->alerts_from);
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        pass_old(audit, from, &i);
        pass_old(undisturbed, from, &j);
        if (i == audit->nalerts || j == undisturbed->nalerts ||
            !is_same(audit->alerts[i].text, undisturbed->alerts[j].text))
            break;
    }
    if (i == audit->nalerts && j == undisturbed->nalerts)
        return true;
    sim_audit_complain(audit, "other alerts than undisturbed:\n  there is %.200s\n  due is   %.200s",
                       i < audit->nalerts ? audit->alerts[i].text : "no more",
                       j < undisturbed->nalerts ? undisturbed->alerts[j].text : "no more");
    return false;
}

void
sim_audit_free(struct sim_audit *audit)
{
    for (size_t i = 0; i < audit->nalerts; i++)
        sqlite3_free(audit->alerts[i].text);
    free(audit->alerts);
    for (size_t i = 0; i < audit->nids; i++)
        sqlite3_free(audit->ids[i]);
    free(audit->ids);
    *audit = (struct sim_audit){0};
}
