/* SPDX-License-Identifier: Apache-2.0
 * Rates are of the last 30 to 60 seconds: two marks, of which the older one is given up each half of a minute. */
#include "pipeline/logs.h"
#include <string.h>

#define FIRST_ROOM 16
#define NS_PER_SECOND 1e9
#define LONGEST_LINE ((uint64_t)1 << 20) /* a last line without its end is no lag; none is longer */

void
argot_logs_init(struct argot_logs *logs, struct argot_seam *seam)
{
    *logs = (struct argot_logs){.seam = seam};
    argot_arena_init(&logs->arena, seam, 0);
}

void
argot_logs_finish(struct argot_logs *logs)
{
    logs->seam->release(logs->seam, logs->logs);
    logs->seam->release(logs->seam, logs->of);
    argot_arena_finish(&logs->arena);
}

static bool
grow(struct argot_logs *logs, void **list, size_t count, size_t *room, size_t size)
{
    struct argot_seam *seam = logs->seam;
    size_t more = *room ? *room * 2 : FIRST_ROOM;
    if (count < *room)
        return true;
    void *grown = *list ? seam->resize(seam, *list, more * size) : seam->allocate(seam, more * size);
    if (!grown)
        return false;
    *list = grown;
    *room = more;
    return true;
}

static size_t
find(const struct argot_logs *logs, const char *path)
{
    size_t i = 0;
    while (i < logs->count && strcmp(logs->logs[i].path, path) != 0)
        i++;
    return i;
}

bool
argot_logs_add(struct argot_logs *logs, size_t source, const char *path, argot_time seen)
{
    size_t log = find(logs, path);
    if (!grow(logs, (void **)&logs->of, source, &logs->sources_room, sizeof *logs->of))
        return false;
    if (log == logs->count) {
        const char *copy = argot_arena_copy(&logs->arena, path, strlen(path));
        if (!copy || !grow(logs, (void **)&logs->logs, log, &logs->room, sizeof *logs->logs))
            return false;
        argot_time now = logs->seam->monotonic(logs->seam);
        logs->logs[logs->count++] =
            (struct argot_logs_log){.path = copy, .seen = INT64_MIN, .marks = {{.at = now}, {.at = now}}};
    }
    struct argot_logs_log *one = &logs->logs[log];
    one->number = source;
    one->seen = seen > one->seen ? seen : one->seen;
    logs->of[source] = (uint32_t)log;
    logs->nsources = source + 1;
    return true;
}

void
argot_logs_count(struct argot_logs *logs, size_t source, const struct argot_counts *counts)
{
    struct argot_logs_log *log = &logs->logs[logs->of[source]];
    argot_counts_add(&log->counts, counts);
    log->number = source > log->number ? source : log->number;
    log->seen = logs->seam->now(logs->seam);
}

void
argot_logs_tick(struct argot_logs *logs, argot_time now)
{
    if (now < logs->next_mark)
        return;
    logs->next_mark = now + ARGOT_LOGS_MARK_NS;
    for (size_t i = 0; i < logs->count; i++) {
        struct argot_logs_log *log = &logs->logs[i];
        log->marks[0] = log->marks[1];
        log->marks[1] = (struct argot_logs_mark){now, log->counts.records, log->counts.bytes};
    }
}

/* ---- the report ---- */

struct telling {
    struct argot_logs *logs;
    const struct argot_keep *keep;
    struct argot_report *report;
    argot_time late_ns, now;
    size_t room;
    bool no_memory;
};

static void
sum_up(struct argot_logs *logs, const struct argot_keep *keep, const struct argot_engine *engine)
{
    for (size_t i = 0; i < logs->count; i++) {
        logs->logs[i].sources = 0;
        logs->logs[i].stored = (struct argot_store_counts){0};
        logs->logs[i].newest = INT64_MIN;
    }
    for (size_t i = 0; i < logs->nsources; i++) {
        struct argot_logs_log *log = &logs->logs[logs->of[i]];
        const struct argot_store_counts *counts = &keep->sources[i].stored.counts;
        argot_time newest = engine ? argot_engine_source_newest(engine, (uint32_t)i) : INT64_MIN;
        log->sources++;
        log->stored.records += counts->records;
        log->stored.events += counts->events;
        log->stored.letters += counts->letters;
        log->stored.skipped += counts->skipped;
        log->newest = newest > log->newest ? newest : log->newest;
    }
}

static void
put_rates(const struct argot_logs *logs, const struct argot_logs_log *log, struct argot_report_log *to)
{
    double seconds = (double)(logs->seam->monotonic(logs->seam) - log->marks[0].at) / NS_PER_SECOND;
    if (seconds <= 0)
        return;
    to->records_per_second = (double)(log->counts.records - log->marks[0].records) / seconds;
    to->bytes_per_second = (double)(log->counts.bytes - log->marks[0].bytes) / seconds;
}

static void
put_log(const struct telling *telling, const struct argot_logs_log *log, struct argot_report_log *to)
{
    const struct argot_store_source *stored = &telling->keep->sources[log->number].stored;
    to->source = telling->keep->names[log->number];
    to->file = stored->file;
    to->offset = stored->position.offset;
    to->record = stored->position.record;
    to->sources = log->sources;
    to->last_seen = log->seen;
    to->newest = log->newest;
    if (log->newest != INT64_MIN)
        to->watermark = log->newest < INT64_MIN + telling->late_ns ? INT64_MIN : log->newest - telling->late_ns;
    to->run = log->counts;
    to->records = log->stored.records;
    to->events = log->stored.events;
    to->letters = log->stored.letters;
    to->skipped = log->stored.skipped;
    put_rates(telling->logs, log, to);
}

/* A log of which nothing ever came is as old as the run. */
static enum argot_report_state
state_of(const struct telling *telling, const struct argot_live_state *live, const struct argot_report_log *log)
{
    argot_time since = log->last_seen > telling->report->started ? log->last_seen : telling->report->started;
    if (log->last_seen != INT64_MIN && !log->run.records)
        since = log->last_seen;
    if (live->problem)
        return ARGOT_REPORT_FAILED;
    if (!live->there)
        return ARGOT_REPORT_ABSENT;
    if (live->lag_bytes > LONGEST_LINE)
        return ARGOT_REPORT_BEHIND;
    if (telling->now - since >= ARGOT_REPORT_SILENT_NS)
        return ARGOT_REPORT_SILENT;
    if (telling->now - since >= ARGOT_REPORT_IDLE_NS)
        return ARGOT_REPORT_IDLE;
    return live->lag_bytes ? ARGOT_REPORT_BEHIND : ARGOT_REPORT_LIVE;
}

static bool
tell(void *context, const struct argot_live_state *live)
{
    struct telling *telling = context;
    struct argot_report *report = telling->report;
    struct argot_logs *logs = telling->logs;
    if (report->nlogs == telling->room)
        return false;
    struct argot_report_log *to = &report->logs[report->nlogs++];
    size_t log = live->tag && live->tag <= logs->nsources ? logs->of[live->tag - 1] : find(logs, live->name);
    *to = (struct argot_report_log){
        .lag_bytes = live->lag_bytes, .last_seen = INT64_MIN, .newest = INT64_MIN, .watermark = INT64_MIN};
    to->name = argot_arena_copy(&report->arena, live->name, strlen(live->name));
    if (live->problem)
        to->problem = argot_arena_copy(&report->arena, live->problem, strlen(live->problem));
    if (log < logs->count)
        put_log(telling, &logs->logs[log], to);
    to->state = state_of(telling, live, to);
    telling->no_memory = !to->name || (live->problem && !to->problem);
    return !telling->no_memory;
}

static bool
count(void *context, const struct argot_live_state *live)
{
    (void)live;
    ++*(size_t *)context;
    return true;
}

static void
put_inputs(const struct argot_live *live, size_t input, uint64_t *counts)
{
    struct argot_live_counts of = argot_live_counts(live, input);
    counts[ARGOT_REPORT_LOGS] = of.crowded;
    counts[ARGOT_REPORT_DATAGRAMS] += of.listeners.dropped;
    counts[ARGOT_REPORT_DATAGRAM_ENDS] += of.listeners.cut;
    counts[ARGOT_REPORT_FILE_BYTES] += of.files.lost_bytes;
    counts[ARGOT_REPORT_FILES] += of.files.gone;
    counts[ARGOT_REPORT_JOURNAL_GAPS] += of.journals.gone;
    counts[ARGOT_REPORT_JOURNAL_PARTS] += of.journals.damaged;
    counts[ARGOT_REPORT_JOURNAL_FIELDS] += of.journals.cut;
    counts[ARGOT_REPORT_TLS_CONNECTIONS] += of.listeners.unshaken;
    counts[ARGOT_REPORT_CONNECTIONS] += of.listeners.refused;
    counts[ARGOT_REPORT_IDLE_CONNECTIONS] += of.listeners.idle;
    counts[ARGOT_REPORT_PENDING_BYTES] += of.listeners.crowded;
}

bool
argot_logs_report(struct argot_logs *logs, const struct argot_live *live, const struct argot_keep *keep,
                  const struct argot_engine *engine, argot_time late_ns, struct argot_report *report)
{
    struct telling telling = {
        .logs = logs, .keep = keep, .report = report, .late_ns = late_ns, .now = logs->seam->now(logs->seam)};
    for (size_t i = 0; i < argot_live_inputs(live); i++)
        put_inputs(live, i, report->counts);
    argot_live_states(live, &telling.room, count);
    report->nlogs = 0;
    report->logs = argot_arena_zalloc(&report->arena, telling.room + 1, sizeof *report->logs);
    if (!report->logs)
        return false;
    sum_up(logs, keep, engine);
    argot_live_states(live, &telling, tell);
    return !telling.no_memory;
}
