/* SPDX-License-Identifier: Apache-2.0
 * A file's lines have numbers in the order in which they were written, and so have its rows. Of a log that was cut it
 * is only known which lines a file holds: there lines are found by their bytes, as messages are. */
#include "audit_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_same_record(const struct sim_row *a, const struct sim_row *b)
{
    return a->log == b->log && a->generation == b->generation && a->record == b->record;
}

static size_t
count_rows(const struct sim_reading *reading, size_t at)
{
    size_t count = 1;
    while (at + count < reading->nrows && is_same_record(&reading->rows[at], &reading->rows[at + count]))
        count++;
    return count;
}

static bool
is_bare(const struct sim_reading *reading, size_t at, size_t count)
{
    for (size_t i = at; i < at + count; i++)
        if (!reading->rows[i].bare)
            return false;
    return true;
}

/* Whether a line begins with these bytes and ends with them, but for its newline, given that so many came before. */
static bool
goes_on(const struct sim_line *line, size_t before, const struct sim_row *row)
{
    return before + row->length < line->length && !memcmp(line->text + before, row->bytes, row->length);
}

/* The record that begins at `at`: how many rows it has, or 0 where it is not the line. The later events of a record
 * have no bytes. */
static size_t
match(const struct sim_reading *reading, size_t at, const struct sim_line *line)
{
    size_t before = 0, count = count_rows(reading, at);
    for (size_t i = at; i < at + count; i++) {
        if (!goes_on(line, before, &reading->rows[i]))
            return 0;
        before += reading->rows[i].length;
    }
    return before + 1 == line->length ? count : 0;
}

/* Whether it may have been given up. Of a format that came later it is a letter or an event. */
static bool
may_be_gone(const struct sim_reading *reading, const struct sim_line *line)
{
    const struct sim_setup *setup = reading->setup;
    bool event = line->kind != SIM_LINE_ODD, letter = line->kind != SIM_LINE_EVENTS;
    const struct argot_store_policy *policy = argot_store_policy_of(setup->policies, setup->npolicies, line->format);
    if (event && policy->events != ARGOT_STORE_KEEP_ALL &&
        (line->time < reading->waiting_gone || (line->kind == SIM_LINE_LATER && setup->mend)))
        return true;
    return (event && line->time < reading->events_gone) || (letter && line->time < reading->letters_gone);
}

static void
complain_of_row(struct sim_reading *reading, const char *words, size_t at)
{
    const struct sim_row *row = &reading->rows[at];
    sim_audit_complain(reading->audit, "%s: %s, of file %u record %llu: %.*s", reading->script->logs[row->log].path,
                       words, row->generation, (unsigned long long)row->record,
                       (int)(row->length < 60 ? row->length : 60), (const char *)row->bytes);
}

static void
complain_of_line(struct sim_reading *reading, const char *words, size_t number)
{
    const struct sim_line *line = &reading->script->lines[number];
    sim_audit_complain(reading->audit, "%s: line %zu %s: %.60s", reading->script->logs[line->log].path, number, words,
                       line->text);
}

/* ---- logs whose files only grow ---- */

/* The numbers of its files, in the order in which they were met. */
static size_t
list_generations(const struct sim_reading *reading, unsigned log, unsigned generations[SIM_AUDIT_SOURCES])
{
    size_t count = 0;
    for (size_t i = 0; i < SIM_AUDIT_SOURCES; i++) {
        const struct sim_source *source = &reading->sources[i];
        size_t at = count;
        if (!*source->name || source->log != log)
            continue;
        for (; at && generations[at - 1] > source->generation; at--)
            generations[at] = generations[at - 1];
        generations[at] = source->generation;
        count++;
    }
    return count;
}

/* What is there of a line that is. */
static void
check_record(struct sim_reading *reading, size_t at, size_t count, size_t number)
{
    const struct sim_setup *setup = reading->setup;
    const struct sim_line *line = &reading->script->lines[number];
    bool letter = reading->rows[at].kind == SIM_ROW_LETTER, gone = may_be_gone(reading, line);
    bool bare = is_bare(reading, at, count);
    if (bare ? !gone && !sim_setup_is_bare(setup) : !match(reading, at, line))
        complain_of_row(reading, "other bytes", at);
    if (!letter && count != line->nevents && !gone)
        complain_of_line(reading, "has not all of its events", number);
    if (letter ? line->kind == SIM_LINE_EVENTS : line->kind == SIM_LINE_ODD)
        complain_of_line(reading, letter ? "is a letter" : "is an event", number);
    if (letter && line->kind == SIM_LINE_LATER && setup->mend && !bare)
        complain_of_line(reading, "was not replayed", number);
}

/* Counts a line that is not there, if it may be away. */
static bool
may_be_away(struct sim_reading *reading, const struct sim_line *line)
{
    if (line->may_be_lost)
        reading->audit->lost++;
    else if (may_be_gone(reading, line))
        reading->audit->given_up++;
    else
        return false;
    return true;
}

static void
complain_of_lost(struct sim_reading *reading, size_t line, size_t at, size_t end)
{
    complain_of_line(reading, "is lost, or not in its place", line);
    if (at < end)
        complain_of_row(reading, "there is", at);
}

static void
check_log(struct sim_reading *reading, unsigned log, size_t at, size_t end)
{
    const struct sim_script *script = reading->script;
    unsigned generations[SIM_AUDIT_SOURCES];
    size_t files = list_generations(reading, log, generations), file = 0;
    uint64_t inode = 0, record = 0;
    for (size_t i = 0; i < script->nsteps; i++) {
        const struct sim_step *step = &script->steps[i];
        const struct sim_line *line = &script->lines[step->line];
        if (step->kind != SIM_STEP_LINE || step->log != log || line->left_out)
            continue;
        record = line->inode == inode ? record + 1 : 1;
        file += line->inode != inode;
        inode = line->inode;
        bool there = at < end && file <= files && reading->rows[at].generation == generations[file - 1] &&
                     reading->rows[at].record == record;
        if (there) {
            size_t count = count_rows(reading, at);
            check_record(reading, at, count, step->line);
            reading->audit->records++;
            at += count;
        } else if (!may_be_away(reading, line)) {
            complain_of_lost(reading, step->line, at, end);
            return;
        }
    }
    if (at < end)
        complain_of_row(reading, "not due", at);
}

/* ---- logs that are cut ---- */

/* Records in the order in which their lines were written; those without bytes are counted. */
static void
order_by_lines(struct sim_reading *reading, unsigned log, size_t at, size_t end)
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
    qsort(reading->rows + at, end - at, sizeof *reading->rows, sim_audit_compare_rows);
}

/* Behind those that may be without bytes, which sort first, since no line is like them. */
static size_t
pass_bare(struct sim_reading *reading, size_t at, size_t end)
{
    for (; at < end && reading->rows[at].bare && !reading->rows[at].line; at++)
        reading->bare++;
    if (reading->bare && !sim_setup_is_bare(reading->setup))
        complain_of_row(reading, "without its bytes", at - 1);
    return at;
}

static void
check_cut_log(struct sim_reading *reading, unsigned log, size_t at, size_t end)
{
    struct sim_audit *audit = reading->audit;
    const struct sim_script *script = reading->script;
    at = pass_bare(reading, at, end);
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
            complain_of_line(reading, "is doubled", step->line);
        }
        at += count;
        audit->records += count > 0;
        if (count || may_be_away(reading, line))
            continue;
        if (reading->bare) {
            reading->bare--;
        } else {
            complain_of_lost(reading, step->line, at, end);
            return;
        }
    }
    if (at < end)
        complain_of_row(reading, "not due", at);
}

/* ---- messages ---- */

/* A message that was received, once; of one that broke off, what came of it. */
static void
check_message(struct sim_reading *reading, const struct sim_row *row)
{
    if (row->bare && sim_setup_is_bare(reading->setup)) {
        reading->bare++;
        return;
    }
    for (size_t i = 0; i < reading->senders->count; i++) {
        struct sim_message *message = &reading->senders->messages[i];
        bool same = row->length <= message->length && !memcmp(message->text, row->bytes, row->length) &&
                    (row->length == message->length || message->broken);
        if (!same || (message->found && message->broken))
            continue;
        if (message->found)
            sim_audit_complain(reading->audit, "message %zu is doubled", i);
        message->found = true;
        reading->audit->messages++;
        return;
    }
    sim_audit_complain(reading->audit, "nobody sent: %.*s", (int)(row->length < 100 ? row->length : 100),
                       (const char *)row->bytes);
}

static bool
is_message_gone(const struct sim_reading *reading, const struct sim_message *message)
{
    const struct sim_setup *setup = reading->setup;
    const struct argot_store_policy *policy = argot_store_policy_of(setup->policies, setup->npolicies, "sshd");
    return message->taken < reading->events_gone ||
           (policy->events != ARGOT_STORE_KEEP_ALL && message->taken < reading->waiting_gone);
}

static void
check_messages(struct sim_reading *reading, size_t at, size_t end)
{
    reading->bare = 0;
    for (size_t i = 0; i < reading->senders->count; i++)
        reading->senders->messages[i].found = false;
    for (size_t i = at; i < end; i++)
        check_message(reading, &reading->rows[i]);
    for (size_t i = 0; i < reading->senders->count; i++) {
        const struct sim_message *message = &reading->senders->messages[i];
        if (message->state != SIM_MESSAGE_DUE || message->found)
            continue;
        if (is_message_gone(reading, message)) {
            reading->audit->given_up++;
        } else if (reading->bare) {
            reading->bare--;
        } else {
            sim_audit_complain(reading->audit, "message %zu was taken at %.3f, and is lost: %s", i,
                               (double)message->taken / (double)SIM_SECOND, message->text);
            return;
        }
    }
}

/* ---- all ---- */

void
sim_audit_rows(struct sim_reading *reading)
{
    size_t at = 0, end;
    for (unsigned log = 0; log < SIM_SCRIPT_LOGS; log++, at = end) {
        for (end = at; end < reading->nrows && reading->rows[end].log == log; end++)
            ;
        if (reading->script->logs[log].rotation != SIM_ROTATION_COPY) {
            check_log(reading, log, at, end);
            continue;
        }
        reading->bare = 0;
        order_by_lines(reading, log, at, end);
        check_cut_log(reading, log, at, end);
    }
    check_messages(reading, at, reading->nrows);
}
