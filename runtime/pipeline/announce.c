/* SPDX-License-Identifier: Apache-2.0
 * Groups of an output lie in the order in which they began, which is that in which they end, for all last equally long;
 * a group is found by the text of its fields. */
#include "pipeline/announce.h"
#include "base/hash.h"
#include "output/json.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FIRST_ROOM 64
#define PROBLEM_BYTES 160
#define LAST_WAITS 50 /* of 20 ms, for programs at the end */
#define LAST_WAIT_NS INT64_C(20000000)
#define PRIORITY_FACILITY 80u /* authpriv, times eight */

static const struct argot_hash_key key = {{UINT64_C(0x67726f7570732e61), UINT64_C(0x6c657274732e7631)}};

struct group {
    char *text; /* its fields as members of a JSON object, without the braces; of the seam */
    size_t length;
    uint64_t hash;
    argot_time until;         /* monotonic */
    uint64_t more;            /* alerts behind the one that was told */
    argot_time first, newest; /* times of those */
    uint64_t sum;             /* of what they count */
};

struct program {
    int number; /* 0: none */
    argot_time until;
};

struct output {
    const struct argot_announce_output *of;
    int fd;                      /* -1: not open */
    struct argot_buffer waiting; /* of files: to be written; of programs: messages, a line each */
    struct program programs[ARGOT_ANNOUNCE_PROGRAMS];
    size_t begin, count, room; /* of the ring of groups */
    struct group *groups;
    char problem[PROBLEM_BYTES];
};

struct argot_announce {
    struct argot_announce_options options;
    struct output *outputs;
    struct argot_buffer text, words; /* of one alert */
    struct argot_announce_counts counts;
};

/* ---- problems ---- */

static void
tell_problem(struct argot_announce *announce, struct output *output, const char *problem)
{
    if (!strncmp(output->problem, problem ? problem : "", sizeof output->problem - 1))
        return;
    snprintf(output->problem, sizeof output->problem, "%s", problem ? problem : "");
    if (problem && announce->options.problem)
        announce->options.problem(announce->options.context, output->of->name, problem);
}

static void
open_output(struct argot_announce *announce, struct output *output)
{
    struct argot_seam_live *live = announce->options.live;
    if (output->of->kind == ARGOT_ANNOUNCE_COMMAND || output->fd >= 0)
        return;
    output->fd = output->of->kind == ARGOT_ANNOUNCE_JSONL ? live->append(live, output->of->path)
                                                          : live->connect(live, &output->of->endpoint);
    tell_problem(announce, output, output->fd < 0 ? strerror(-output->fd) : NULL);
}

static void
close_output(struct argot_announce *announce, struct output *output)
{
    if (output->fd >= 0)
        announce->options.seam->close(announce->options.seam, output->fd);
    output->fd = -1;
}

/* ---- messages ---- */

/* What could not be written waits for the next time, up to a bound: a disk that is full may have room again. */
static void
write_file(struct argot_announce *announce, struct output *output)
{
    struct argot_buffer *waiting = &output->waiting;
    open_output(announce, output);
    if (output->fd < 0 || !waiting->length)
        return;
    int error = argot_seam_write_all(announce->options.seam, output->fd, waiting->bytes, waiting->length);
    tell_problem(announce, output, error ? strerror(-error) : NULL);
    if (error)
        close_output(announce, output); /* a part of it may be there: then it is there twice, and nothing is missing */
    else
        waiting->length = 0;
}

static void
send_syslog(struct argot_announce *announce, struct output *output, const struct argot_buffer *words)
{
    open_output(announce, output);
    size_t length = words->length < ARGOT_ANNOUNCE_SYSLOG_BYTES ? words->length : ARGOT_ANNOUNCE_SYSLOG_BYTES;
    announce->counts.cut += length < words->length;
    int64_t put = output->fd < 0
                      ? output->fd
                      : announce->options.seam->write(announce->options.seam, output->fd, words->bytes, length);
    if (put >= 0)
        return;
    announce->counts.lost++;
    tell_problem(announce, output, strerror((int)-put));
    close_output(announce, output);
}

/* Starts programs for the oldest messages, as many as may run. */
static void
start_programs(struct argot_announce *announce, struct output *output)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_seam_live *live = announce->options.live;
    struct argot_buffer *waiting = &output->waiting;
    size_t at = 0;
    for (size_t i = 0; i < ARGOT_ANNOUNCE_PROGRAMS && at < waiting->length; i++) {
        struct program *program = &output->programs[i];
        const uint8_t *begin = waiting->bytes + at, *end = memchr(begin, '\n', waiting->length - at);
        if (program->number || !end)
            continue;
        int number = live->start(live, output->of->words, begin, (size_t)(end - begin) + 1);
        at += (size_t)(end - begin) + 1;
        if (number > 0)
            *program = (struct program){number, seam->monotonic(seam) + ARGOT_ANNOUNCE_PROGRAM_NS};
        announce->counts.lost += number <= 0;
        tell_problem(announce, output, number > 0 ? NULL : strerror(-number));
    }
    if (at)
        memmove(waiting->bytes, waiting->bytes + at, waiting->length - at);
    waiting->length -= at;
}

static void
look_after_programs(struct argot_announce *announce, struct output *output)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_seam_live *live = announce->options.live;
    for (size_t i = 0; i < ARGOT_ANNOUNCE_PROGRAMS; i++) {
        struct program *program = &output->programs[i];
        int status = 0;
        if (!program->number)
            continue;
        if (live->ended(live, program->number, &status) == 0) {
            if (seam->monotonic(seam) >= program->until)
                live->kill(live, program->number);
            continue;
        }
        char reason[PROBLEM_BYTES];
        snprintf(reason, sizeof reason, "ended with %d", status);
        announce->counts.lost += status != 0;
        tell_problem(announce, output, status ? reason : NULL);
        program->number = 0;
    }
}

static void
send_message(struct argot_announce *announce, struct output *output, const struct argot_buffer *json,
             const struct argot_buffer *words)
{
    announce->counts.told++;
    if (output->of->kind == ARGOT_ANNOUNCE_SYSLOG) {
        send_syslog(announce, output, words);
        return;
    }
    if (output->waiting.length + json->length > ARGOT_ANNOUNCE_QUEUE_BYTES || json->failed) {
        announce->counts.lost++;
        tell_problem(announce, output, "too much waits to be told");
        return;
    }
    argot_buffer_append(&output->waiting, json->bytes, json->length);
    announce->counts.lost += output->waiting.failed;
    output->waiting.failed = false;
}

/* ---- groups ---- */

static struct group *
group_at(struct output *output, size_t i)
{
    return &output->groups[(output->begin + i) % output->room];
}

static void
put_time(struct argot_buffer *out, const char *name, argot_time time)
{
    struct argot_slot slot = {.i64 = time};
    argot_buffer_printf(out, ",\"%s\":", name);
    (void)argot_json_value(ARGOT_TYPE_TIMESTAMP, 0, &slot, out);
}

/* What came behind the first, in one message. */
static void
sum_up(struct argot_announce *announce, struct output *output, const struct group *group)
{
    struct argot_buffer *json = &announce->text, *words = &announce->words;
    if (!group->more)
        return;
    json->length = words->length = 0;
    argot_buffer_append_text(json, "{\"group\":{");
    argot_buffer_append(json, group->text, group->length);
    argot_buffer_printf(json, "},\"alerts\":%llu", (unsigned long long)group->more);
    put_time(json, "first_time", group->first);
    put_time(json, "last_time", group->newest);
    argot_buffer_append_text(json, "}\n");
    argot_buffer_printf(words, "<%u>argot: %llu more alerts: ", PRIORITY_FACILITY + 5, (unsigned long long)group->more);
    argot_buffer_append(words, group->text, group->length);
    send_message(announce, output, json, words);
    announce->counts.grouped += group->more;
}

static void
end_oldest(struct argot_announce *announce, struct output *output)
{
    struct group *group = group_at(output, 0);
    sum_up(announce, output, group);
    announce->options.seam->release(announce->options.seam, group->text);
    output->begin = (output->begin + 1) % output->room;
    output->count--;
}

static bool
make_room(struct argot_announce *announce, struct output *output)
{
    struct argot_seam *seam = announce->options.seam;
    if (output->count == ARGOT_ANNOUNCE_MAX_GROUPS) {
        announce->counts.early++;
        end_oldest(announce, output);
    }
    if (output->count < output->room)
        return true;
    size_t room = output->room ? output->room * 2 : FIRST_ROOM;
    struct group *groups = seam->allocate(seam, room * sizeof *groups);
    if (!groups)
        return false;
    for (size_t i = 0; i < output->count; i++)
        groups[i] = *group_at(output, i);
    seam->release(seam, output->groups);
    output->groups = groups;
    output->begin = 0;
    output->room = room;
    return true;
}

static void
name_group(const struct output *output, const struct argot_alert *alert, struct argot_buffer *text)
{
    text->length = 0;
    for (size_t i = 0; i < output->of->nfields; i++) {
        uint16_t field = output->of->fields[i];
        const struct argot_slot *slot = argot_alert_get(alert, field);
        argot_buffer_printf(text, "%s\"%s\":", i ? "," : "", argot_schema.fields[field].name);
        if (slot)
            (void)argot_json_value(argot_schema.fields[field].type, field, slot, text);
        else
            argot_buffer_append_text(text, "null");
    }
}

/* Whether the alert is to be told by itself: it is the first of its group, or there is no room to remember it. */
static bool
begins_group(struct argot_announce *announce, struct output *output, const struct argot_alert *alert)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_buffer *text = &announce->text;
    name_group(output, alert, text);
    uint64_t sum = argot_hash_table(&key, text->bytes, text->length);
    for (size_t i = 0; i < output->count && !text->failed; i++) {
        struct group *one = group_at(output, i);
        if (one->hash != sum || one->length != text->length || memcmp(one->text, text->bytes, text->length))
            continue;
        one->first = one->more && one->first < alert->time ? one->first : alert->time;
        one->newest = one->more && one->newest > alert->time ? one->newest : alert->time;
        one->more++;
        return false;
    }
    char *copy = text->failed || !make_room(announce, output) ? NULL : seam->allocate(seam, text->length + 1);
    text->failed = false;
    if (!copy)
        return true;
    name_group(output, alert, text); /* ending another group may have written over it */
    memcpy(copy, text->bytes, text->length);
    output->count++;
    *group_at(output, output->count - 1) = (struct group){
        .text = copy, .length = text->length, .hash = sum, .until = seam->monotonic(seam) + output->of->every_ns};
    return true;
}

/* ---- alerts ---- */

/* Severity as syslog counts it. */
static unsigned
priority_of(const struct argot_alert *alert)
{
    static const unsigned severities[] = {6, 6, 5, 4, 3, 2, 1};
    int field = argot_schema_find("event_severity");
    const struct argot_slot *slot = field < 0 ? NULL : argot_alert_get(alert, (uint16_t)field);
    uint64_t value = slot ? slot->u64 : 0;
    return PRIORITY_FACILITY + severities[value < sizeof severities / sizeof *severities ? value : 0];
}

/* The first line of what people get, and all columns behind it. */
static void
put_words(struct argot_buffer *words, const struct argot_alert *alert)
{
    words->length = 0;
    argot_buffer_printf(words, "<%u>argot: %s ", priority_of(alert), alert->rule_name);
    (void)argot_alert_columns(alert, words);
}

void
argot_announce_alert(struct argot_announce *announce, const struct argot_alert *alert,
                     const struct argot_alert_style *style)
{
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        struct output *output = &announce->outputs[i];
        if (output->of->every_ns && !begins_group(announce, output, alert))
            continue;
        announce->text.length = 0;
        if (output->of->kind == ARGOT_ANNOUNCE_SYSLOG)
            put_words(&announce->words, alert);
        else
            (void)argot_alert_json(alert, style, &announce->text);
        send_message(announce, output, &announce->text, &announce->words);
        announce->text.failed = announce->words.failed = false;
    }
}

void
argot_announce_flush(struct argot_announce *announce)
{
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        struct output *output = &announce->outputs[i];
        if (output->of->kind == ARGOT_ANNOUNCE_JSONL)
            write_file(announce, output);
        else if (output->of->kind == ARGOT_ANNOUNCE_COMMAND)
            start_programs(announce, output);
    }
}

void
argot_announce_tick(struct argot_announce *announce)
{
    struct argot_seam *seam = announce->options.seam;
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        struct output *output = &announce->outputs[i];
        while (output->count && group_at(output, 0)->until <= seam->monotonic(seam))
            end_oldest(announce, output);
        look_after_programs(announce, output);
    }
    argot_announce_flush(announce);
}

void
argot_announce_reopen(struct argot_announce *announce)
{
    argot_announce_flush(announce);
    for (size_t i = 0; i < announce->options.noutputs; i++)
        close_output(announce, &announce->outputs[i]);
    argot_announce_flush(announce);
}

/* ---- the whole ---- */

struct argot_announce *
argot_announce_new(const struct argot_announce_options *options)
{
    struct argot_seam *seam = options->seam;
    struct argot_announce *announce = seam->allocate(seam, sizeof *announce);
    if (!announce)
        return NULL;
    *announce = (struct argot_announce){.options = *options};
    argot_buffer_init(&announce->text, seam);
    argot_buffer_init(&announce->words, seam);
    announce->outputs = seam->allocate(seam, (options->noutputs + 1) * sizeof *announce->outputs);
    if (!announce->outputs) {
        seam->release(seam, announce);
        return NULL;
    }
    for (size_t i = 0; i < options->noutputs; i++) {
        announce->outputs[i] = (struct output){.of = &options->outputs[i], .fd = -1};
        argot_buffer_init(&announce->outputs[i].waiting, seam);
        open_output(announce, &announce->outputs[i]);
    }
    return announce;
}

static bool
is_busy(const struct output *output)
{
    for (size_t i = 0; i < ARGOT_ANNOUNCE_PROGRAMS; i++)
        if (output->programs[i].number)
            return true;
    return output->of->kind == ARGOT_ANNOUNCE_COMMAND && output->waiting.length > 0;
}

/* A second is all that the end of a run may take. */
static void
wait_for_programs(struct argot_announce *announce)
{
    struct argot_seam_live *live = announce->options.live;
    int poll = live->poll_new(live);
    bool busy = poll >= 0;
    for (int i = 0; busy && i < LAST_WAITS; i++) {
        argot_announce_tick(announce);
        busy = false; /* unless some program is */
        for (size_t j = 0; j < announce->options.noutputs; j++)
            busy = busy || is_busy(&announce->outputs[j]);
        uint64_t none;
        if (busy)
            (void)live->poll_wait(live, poll, &none, 1, LAST_WAIT_NS);
    }
    if (poll >= 0)
        announce->options.seam->close(announce->options.seam, poll);
}

struct argot_announce_counts
argot_announce_counts(const struct argot_announce *announce)
{
    return announce->counts;
}

static uint64_t
count_waiting(const struct argot_buffer *waiting)
{
    uint64_t count = 0;
    for (size_t i = 0; i < waiting->length; i++)
        count += waiting->bytes[i] == '\n';
    return count;
}

void
argot_announce_free(struct argot_announce *announce, struct argot_announce_counts *counts)
{
    if (!announce)
        return;
    struct argot_seam *seam = announce->options.seam;
    for (size_t i = 0; i < announce->options.noutputs; i++)
        while (announce->outputs[i].count)
            end_oldest(announce, &announce->outputs[i]);
    argot_announce_flush(announce);
    wait_for_programs(announce);
    for (size_t i = 0; i < announce->options.noutputs; i++)
        announce->counts.lost += count_waiting(&announce->outputs[i].waiting);
    if (counts)
        *counts = announce->counts;
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        close_output(announce, &announce->outputs[i]);
        argot_buffer_finish(&announce->outputs[i].waiting);
        seam->release(seam, announce->outputs[i].groups);
    }
    argot_buffer_finish(&announce->text);
    argot_buffer_finish(&announce->words);
    seam->release(seam, announce->outputs);
    seam->release(seam, announce);
}
