/* SPDX-License-Identifier: Apache-2.0
 * Lines are written in bursts with silence between them. Each is there once, since it has a number of its own. The
 * first logs rotate without a loss; their hosts are those of 192.0.2.0/24, and rules see them only with each other.
 * What comes from 198.51.100.0/24 may be lost in part. */
#include "script.h"
#include "test_compress.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_BYTES 3000
#define LEAST_SPAN (45 * SIM_MINUTE)
#define MOST_SPAN (120 * SIM_MINUTE)
#define MOST_WIDE_SPAN (75 * SIM_MINUTE) /* those runs take longer: they have more files */
#define HEARTBEAT (30 * SIM_SECOND)      /* so that there is always an input that is not idle */
#define AFTER (14 * SIM_MINUTE)          /* until what rules wait for has come: lateness, and their windows */
#define LAST_LINE (2 * SIM_SECOND)       /* so long is there to read it */
#define BRIEF_SPAN (100 * SIM_SECOND)
#define BRIEF_AFTER (7 * SIM_MINUTE)
#define MOST_AMBUSH 300 /* calls */
#define LATER 80        /* of 1000 lines, of a format that comes later */

enum { LOG_HEART, LOG_AUTH, LOG_WEB, LOG_TRAIL, LOG_APP };

static const struct sim_log logs[SIM_SCRIPT_LOGS] = {
    [LOG_HEART] = {.path = "/logs/heart.log", .rotation = SIM_ROTATION_NONE},
    [LOG_AUTH] = {.path = "/logs/auth.log", .rotation = SIM_ROTATION_RENAME},
    [LOG_WEB] = {.path = "/logs/web.log", .rotation = SIM_ROTATION_COMPRESS},
    [LOG_TRAIL] = {.path = "/logs/other/trail.log", .rotation = SIM_ROTATION_RENAME},
    [LOG_APP] = {.path = "/logs/app.log", .rotation = SIM_ROTATION_COPY},
};

/* ---- lines ---- */

static void
add_step(struct sim_script *script, argot_time time, enum sim_step_kind kind, unsigned log, size_t line)
{
    script->steps = sim_grow(script->steps, script->nsteps, &script->steps_room, sizeof *script->steps);
    script->steps[script->nsteps++] = (struct sim_step){.time = time, .kind = kind, .log = log, .line = line};
}

static void
read_clock(argot_time time, struct tm *clock)
{
    time_t seconds = (time_t)((SIM_BEGIN + time) / SIM_SECOND);
    gmtime_r(&seconds, clock);
}

static int
web_line(struct sim_script *script, char *text, const struct tm *at, unsigned address)
{
    static const char *const paths[] = {"/", "/cart", "/login", "/a?b=c"};
    char when[40];
    strftime(when, sizeof when, "%d/%b/%Y:%H:%M:%S +0000", at);
    return snprintf(text, LINE_BYTES, "192.0.2.%u - - [%s] \"GET %s&n=%zu HTTP/1.1\" %d 12 \"-\" \"curl/8\"\n", address,
                    when, paths[sim_random_below(&script->random, 4)], script->nlines,
                    sim_random_often(&script->random, 200) ? 500 : 200);
}

static int
auth_line(struct sim_script *script, char *text, const struct tm *at, const char *network, unsigned address)
{
    char when[40];
    strftime(when, sizeof when, "%b %e %H:%M:%S", at);
    return snprintf(text, LINE_BYTES, "%s web%u sshd[%zu]: Failed password for root from %s.%u port %zu ssh2\n", when,
                    address % 2, 1000 + script->nlines, network, address, 1024 + script->nlines % 60000);
}

static int
later_line(struct sim_script *script, char *text, const struct tm *at, unsigned address)
{
    char when[40];
    strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", at);
    return snprintf(text, LINE_BYTES, "%s [pid %zu] CONNECT: Client \"192.0.2.%u\"\n", when, 1000 + script->nlines,
                    address);
}

/* One line with several events. */
static int
trail_line(struct sim_script *script, char *text, const struct tm *at, unsigned address, unsigned *nevents)
{
    char when[40];
    int length = snprintf(text, LINE_BYTES, "{\"Records\":[");
    unsigned count = 1 + (unsigned)sim_random_below(&script->random, 4);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", at);
    *nevents = count;
    for (unsigned i = 0; i < count; i++)
        length +=
            snprintf(text + length, (size_t)(LINE_BYTES - length),
                     "%s{\"eventVersion\":\"1.08\",\"eventTime\":\"%s\",\"eventSource\":\"iam.amazonaws.com\","
                     "\"eventName\":\"CreateUser\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"192.0.2.%u\","
                     "\"eventType\":\"AwsApiCall\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"ann\"},"
                     "\"eventID\":\"e%zu-%u\"}",
                     i ? "," : "", when, address, script->nlines, i);
    return length + snprintf(text + length, (size_t)(LINE_BYTES - length), "]}\n");
}

/* What no format knows, also longer than a record may be. */
static int
odd_line(struct sim_script *script, char *text)
{
    int length = snprintf(text, LINE_BYTES, "no format knows \xff\x01 line %zu ", script->nlines);
    int more = sim_random_often(&script->random, 300) ? (int)sim_random_below(&script->random, 2800) : 0;
    memset(text + length, 'x', (size_t)more);
    text[length + more] = '\n';
    return length + more + 1;
}

static int
write_line(struct sim_script *script, struct sim_line *line, char *text)
{
    unsigned log = line->log;
    struct tm at;
    unsigned address = 1 + (unsigned)sim_random_below(&script->random, 5);
    read_clock(line->time - (sim_random_often(&script->random, 200)
                                 ? sim_random_between(&script->random, 0, 5) * SIM_SECOND
                                 : 0),
               &at);
    if (log == LOG_HEART)
        return auth_line(script, text, &at, "203.0.113", 1);
    if (sim_random_often(&script->random, 40)) {
        line->kind = SIM_LINE_ODD;
        return odd_line(script, text);
    }
    if (script->wide && sim_random_often(&script->random, LATER)) {
        line->kind = SIM_LINE_LATER;
        line->format = SIM_SCRIPT_LATER;
        return later_line(script, text, &at, address);
    }
    if (log == LOG_WEB) {
        line->format = "apache_access";
        return web_line(script, text, &at, address);
    }
    if (log == LOG_TRAIL) {
        line->format = "aws_cloudtrail";
        return trail_line(script, text, &at, address, &line->nevents);
    }
    return auth_line(script, text, &at, log == LOG_AUTH ? "192.0.2" : "198.51.100", address);
}

static void
add_line(struct sim_script *script, unsigned log, argot_time time)
{
    char text[LINE_BYTES];
    struct sim_line made = {.log = log, .time = time, .nevents = 1, .format = "sshd"};
    size_t length = (size_t)write_line(script, &made, text), half = 0;
    script->lines = sim_grow(script->lines, script->nlines, &script->lines_room, sizeof *script->lines);
    if (script->logs[log].rotation != SIM_ROTATION_COPY && sim_random_often(&script->random, 60))
        half = 1 + (size_t)sim_random_below(&script->random, length - 1);
    struct sim_line *line = &script->lines[script->nlines];
    *line = made;
    line->text = malloc(length + 1);
    line->length = length;
    line->half = half;
    if (!line->text)
        abort();
    memcpy(line->text, text, length);
    line->text[length] = 0;
    add_step(script, time, SIM_STEP_LINE, log, script->nlines);
    if (half)
        add_step(script, time + sim_random_between(&script->random, 1, 800) * SIM_MS, SIM_STEP_REST, log,
                 script->nlines);
    script->nlines++;
}

/* ---- rotation ---- */

static void
add_rotation(struct sim_script *script, unsigned log, argot_time time)
{
    struct sim_random *random = &script->random;
    if (script->logs[log].rotation == SIM_ROTATION_COPY) {
        add_step(script, time, SIM_STEP_COPY, log, 0);
        add_step(script, time + sim_random_between(random, 0, 300) * SIM_MS, SIM_STEP_CUT, log, 0);
        return;
    }
    add_step(script, time, SIM_STEP_RENAME, log, 0);
    time += sim_random_between(random, 0, 4000) * SIM_MS;
    add_step(script, time, SIM_STEP_REOPEN, log, 0);
    if (script->logs[log].rotation != SIM_ROTATION_COMPRESS)
        return;
    time += 2 * SIM_SECOND + sim_random_between(random, 0, 40) * SIM_SECOND;
    add_step(script, time, SIM_STEP_PACK, log, 0);
    add_step(script, time + sim_random_between(random, 1, 3000) * SIM_MS, SIM_STEP_PACKED, log, 0);
}

/* ---- the whole ---- */

static int
compare_steps(const void *a, const void *b)
{
    const struct sim_step *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : x->line < y->line ? -1 : x->line > y->line;
}

/* A second apart at least in one log: half lines are gone on with before the next. */
static void
add_burst(struct sim_script *script, unsigned log, argot_time time)
{
    uint64_t count = 1 + sim_random_below(&script->random, script->brief ? 4 : 12);
    bool quick = script->logs[log].rotation == SIM_ROTATION_COPY || sim_random_often(&script->random, 500);
    for (uint64_t i = 0; i < count && time < script->quiet; i++) {
        add_line(script, log, time);
        time += quick && !script->lines[script->nlines - 1].half ? sim_random_between(&script->random, 0, 20) * SIM_MS
                                                                 : SIM_SECOND;
    }
}

static void
add_log(struct sim_script *script, unsigned log)
{
    struct sim_random *random = &script->random;
    argot_time time = sim_random_between(random, 1, script->brief ? 5 : 30) * SIM_SECOND;
    while (time < script->quiet) {
        add_burst(script, log, time);
        if (script->logs[log].rotation != SIM_ROTATION_NONE && sim_random_often(random, script->brief ? 700 : 180))
            add_rotation(script, log, time + sim_random_between(random, 0, 3000) * SIM_MS);
        if (script->brief)
            time += 10 * SIM_SECOND;
        else
            time +=
                15 * SIM_SECOND + sim_random_between(random, 0, sim_random_often(random, 100) ? 900 : 200) * SIM_SECOND;
    }
}

void
sim_script_make(struct sim_script *script, uint64_t seed, bool wide, bool brief)
{
    *script = (struct sim_script){.seed = seed, .wide = wide, .brief = brief, .random = sim_random_of(seed, 2)};
    memcpy(script->logs, logs, sizeof logs);
    script->quiet =
        brief ? BRIEF_SPAN : sim_random_between(&script->random, LEAST_SPAN, wide ? MOST_WIDE_SPAN : MOST_SPAN);
    script->end = script->quiet + (brief ? BRIEF_AFTER : AFTER);
    argot_time last = 0;
    for (argot_time time = 0; time < script->end; last = time, time += HEARTBEAT)
        add_line(script, LOG_HEART, time);
    if (script->end - last < LAST_LINE)
        script->end = last + LAST_LINE;
    for (unsigned log = LOG_HEART + 1; log < SIM_SCRIPT_LOGS; log++)
        add_log(script, log);
    qsort(script->steps, script->nsteps, sizeof *script->steps, compare_steps);
}

void
sim_script_free(struct sim_script *script)
{
    for (size_t i = 0; i < script->nlines; i++)
        free(script->lines[i].text);
    free(script->lines);
    free(script->steps);
    *script = (struct sim_script){0};
}

/* ---- steps ---- */

static void
append(struct sim_world *world, struct sim_file *file, const char *text, size_t length)
{
    sim_disk_write(file, file->length, text, length);
    file->modified = sim_world_wall(world);
    sim_net_happened(&world->net, file, NULL);
}

static void
open_anew(struct sim_world *world, struct sim_log *log)
{
    sim_disk_drop(log->file);
    log->file = sim_disk_find(&world->disk, log->path);
    if (!log->file) {
        log->file = sim_disk_make(&world->disk, log->path, sim_world_wall(world), true);
        sim_net_happened(&world->net, NULL, log->path);
    }
    sim_disk_hold(log->file);
}

static void
do_line(struct sim_script *script, struct sim_world *world, struct sim_line *line)
{
    struct sim_log *log = &script->logs[line->log];
    line->file = log->file;
    line->inode = log->file->inode;
    line->written = world->now;
    append(world, log->file, line->text, line->half ? line->half : line->length);
}

/* path, path.1, path.2 …; or with .gz behind it. */
static const char *
rotated_path(const struct sim_log *log, unsigned number, bool packed, char *path)
{
    snprintf(path, SIM_DISK_PATH, number ? "%s.%u%s" : "%s", log->path, number, packed ? ".gz" : "");
    return path;
}

static void
move(struct sim_world *world, const char *from, const char *to)
{
    struct sim_file *file = sim_disk_find(&world->disk, from);
    if (!file || sim_disk_rename(&world->disk, from, to, true))
        return;
    sim_net_happened(&world->net, file, from);
    sim_net_happened(&world->net, NULL, to);
}

/* Every old generation becomes one older. */
static void
shift(struct sim_world *world, struct sim_log *log, unsigned newest)
{
    char from[SIM_DISK_PATH], to[SIM_DISK_PATH];
    for (unsigned i = ++log->rotated; i-- > newest;)
        for (unsigned packed = 0; packed < 2; packed++)
            move(world, rotated_path(log, i, i && packed, from), rotated_path(log, i + 1, i && packed, to));
}

/* Where the clock was set back since the file was begun, what was made of it looks older than what was read of it, to a
 * process that was not there meanwhile. */
static void
lose_sight(struct sim_script *script, const struct sim_world *world, const struct sim_file *file)
{
    bool unfound = false;
    for (size_t i = 0; i < script->nlines && world->away; i++)
        unfound |= script->lines[i].inode == file->inode && script->lines[i].written <= world->set_back;
    for (size_t i = 0; i < script->nlines && unfound; i++)
        script->lines[i].may_be_lost |= script->lines[i].inode == file->inode;
    script->lost_sight |= unfound;
}

/* A compressed file has the time of the one that it was made of. */
static void
pack(struct sim_script *script, struct sim_world *world, struct sim_log *log, bool whole)
{
    char from[SIM_DISK_PATH], to[SIM_DISK_PATH];
    struct sim_file *file = sim_disk_find(&world->disk, rotated_path(log, 1, false, from));
    rotated_path(log, 1, true, to);
    if (!file || file == log->file || !file->length)
        return;
    size_t length;
    uint8_t *bytes = test_compress(TEST_GZIP, file->bytes, file->length, &length);
    if (!bytes)
        return; /* this build reads none */
    struct sim_file *packed = sim_disk_find(&world->disk, to);
    if (!packed)
        packed = sim_disk_make(&world->disk, to, sim_world_wall(world), true);
    sim_disk_truncate(packed, 0);
    sim_disk_write(packed, 0, bytes, whole ? length : length / 2);
    free(bytes);
    packed->modified = whole ? file->modified : sim_world_wall(world);
    sim_net_happened(&world->net, packed, to);
    if (!whole)
        return;
    lose_sight(script, world, file);
    if (!sim_disk_remove(&world->disk, from, true))
        sim_net_happened(&world->net, file, from);
}

static void
copy(struct sim_world *world, struct sim_log *log)
{
    char to[SIM_DISK_PATH];
    log->copied = world->now;
    if (!log->file->length)
        return;
    shift(world, log, 1);
    struct sim_file *file = sim_disk_make(&world->disk, rotated_path(log, 1, false, to), sim_world_wall(world), true);
    sim_disk_write(file, 0, log->file->bytes, log->file->length);
    sim_net_happened(&world->net, NULL, to);
}

/* When the first line was written of a log that is cut in a step. */
static argot_time
begin_of(const struct sim_script *script, size_t step)
{
    argot_time first = script->steps[step].time;
    for (size_t i = step; i-- > 0;) {
        const struct sim_step *one = &script->steps[i];
        if (one->log == script->steps[step].log && one->kind == SIM_STEP_CUT)
            break;
        if (one->log == script->steps[step].log && one->kind == SIM_STEP_LINE)
            first = one->time;
    }
    return first;
}

/* What was written since the copy stands nowhere any more. Where the clock was set back meanwhile, the copy looks like
 * a log of its own to a process that begins behind the cut; where it was before, since the log was begun, the copy
 * looks older than what was read of it. */
static void
cut(struct sim_script *script, struct sim_world *world, struct sim_log *log, size_t step)
{
    bool copied = false, set_back = world->set_back && world->set_back >= log->copied;
    bool unfound = world->set_back && world->away && world->set_back >= begin_of(script, step);
    for (size_t i = step; i-- > 0;) {
        const struct sim_step *one = &script->steps[i];
        if (one->log != script->steps[step].log)
            continue;
        if (one->kind == SIM_STEP_CUT)
            break;
        copied = copied || one->kind == SIM_STEP_COPY;
        if (one->kind != SIM_STEP_LINE)
            continue;
        script->lines[one->line].may_be_lost = script->lines[one->line].may_be_lost || !copied || unfound;
        script->lines[one->line].may_be_twice = copied && set_back;
    }
    sim_disk_truncate(log->file, 0);
    log->file->modified = sim_world_wall(world);
    sim_net_happened(&world->net, log->file, NULL);
}

/* What is written looks older than copies that were made before the clock was set back: the same to a process that
 * begins then. */
static void
write_behind_copies(struct sim_script *script, const struct sim_world *world, size_t step)
{
    bool newer = false;
    for (size_t i = world->set_back ? step : 0; i-- > 0;) {
        const struct sim_step *one = &script->steps[i];
        if (one->log != script->steps[step].log)
            continue;
        if (one->kind == SIM_STEP_CUT)
            newer = false;
        else if (one->kind == SIM_STEP_COPY)
            newer = one->wall >= sim_world_wall(world);
        else if (one->kind == SIM_STEP_LINE && newer)
            script->lines[one->line].may_be_twice = true;
    }
}

static const char *const kinds[] = {"line", "rest of a line", "rename", "reopen", "pack", "packed", "copy", "cut"};

static void
do_step(struct sim_script *script, struct sim_world *world, size_t index)
{
    const struct sim_step *step = &script->steps[index];
    struct sim_log *log = &script->logs[step->log];
    struct sim_line *line = &script->lines[step->line];
    bool writes = step->kind == SIM_STEP_LINE || step->kind == SIM_STEP_REST;
    if (writes && line->left_out)
        return;
    sim_world_note(world, "%s: %s %zu", log->path, kinds[step->kind], step->line);
    script->steps[index].wall = sim_world_wall(world);
    switch (step->kind) {
    case SIM_STEP_LINE:
        write_behind_copies(script, world, index);
        do_line(script, world, line);
        break;
    case SIM_STEP_REST:
        append(world, line->file, line->text + line->half, line->length - line->half);
        break;
    case SIM_STEP_RENAME:
        if (log->file->length) /* as rotation programs have it */
            shift(world, log, 0);
        break;
    case SIM_STEP_REOPEN:
        open_anew(world, log);
        break;
    case SIM_STEP_PACK:
    case SIM_STEP_PACKED:
        pack(script, world, log, step->kind == SIM_STEP_PACKED);
        break;
    case SIM_STEP_COPY:
        copy(world, log);
        break;
    case SIM_STEP_CUT:
        cut(script, world, log, index);
        break;
    }
}

static void
spring(void *context, struct sim_world *world, uint64_t what)
{
    do_step(context, world, (size_t)what);
}

/* What lay in wait comes before the next step, so that writers do the same in every run. */
static void
act(void *context, struct sim_world *world, uint64_t what)
{
    struct sim_script *script = context;
    const struct sim_step *step = &script->steps[what];
    sim_world_flush(world, script, what);
    bool rotates = step->kind == SIM_STEP_RENAME || step->kind == SIM_STEP_CUT || step->kind == SIM_STEP_COPY;
    if (script->ambush && rotates)
        sim_world_ambush(world, sim_random_below(&world->random, MOST_AMBUSH), spring, script, what);
    else
        do_step(script, world, (size_t)what);
}

void
sim_script_begin(struct sim_script *script, struct sim_world *world, bool ambush)
{
    script->ambush = ambush;
    script->lost_sight = false;
    for (unsigned i = 0; i < SIM_SCRIPT_LOGS; i++) {
        script->logs[i].rotated = 0;
        open_anew(world, &script->logs[i]);
    }
    for (size_t i = 0; i < script->nlines; i++)
        script->lines[i].may_be_lost = script->lines[i].may_be_twice = false;
    for (size_t i = 0; i < script->nsteps; i++)
        sim_world_at(world, script->steps[i].time, act, script, i);
}

void
sim_script_end(struct sim_script *script)
{
    for (unsigned i = 0; i < SIM_SCRIPT_LOGS; i++) {
        sim_disk_drop(script->logs[i].file);
        script->logs[i].file = NULL;
    }
}
