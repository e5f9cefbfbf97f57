/* SPDX-License-Identifier: Apache-2.0
 * The sample goes through all formats first, then by name through each that might stand for all of it: what is named
 * is read faster, and cannot be taken for something else. */
#include "cli/survey.h"
#include "base/utf8.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "cli/walk.h"
#include "input/input.h"
#include "input/wildcard.h"
#include "pipeline/portion.h"
#include <errno.h>
#include <stdio.h>

#define LOOK_BYTES ((size_t)64 << 10) /* for a line's end before a sample, and for zero bytes */
#define ENVELOPE "syslog"
#define LAST_LEAST ((size_t)32) /* a shorter line may well be in another log by chance */
#define MAX_NAMES 64            /* formats of one sample that are counted */

struct sample {
    struct argot_survey *survey;
    struct argot_survey_log *log;
    struct argot_block_bytes block;
    struct argot_batch batch;
    argot_time received;
};

struct tally {
    uint64_t events, unknown;
    uint32_t count;
    struct argot_survey_format formats[MAX_NAMES];
};

/* ---- the end of a file ---- */

/* Where a line begins that has at most so many bytes behind it; 0 where the file is shorter. */
static uint64_t
begin_of_end(struct argot_seam *seam, int fd, uint64_t size, uint64_t bytes)
{
    uint8_t room[4096];
    if (size <= bytes)
        return 0;
    for (uint64_t at = size - bytes; at < size && at < size - bytes + LOOK_BYTES;) {
        int64_t got = argot_seam_read_at(seam, fd, room, sizeof room, at);
        if (got <= 0)
            break;
        const uint8_t *newline = memchr(room, '\n', (size_t)got);
        if (newline)
            return at + (uint64_t)(newline - room) + 1;
        at += (uint64_t)got;
    }
    return size - bytes; /* in the midst of a very long line */
}

/* The file from there on, as an input. NULL with the reason. */
static struct argot_input *
open_end(struct argot_seam *seam, const char *path, uint64_t bytes, char *why, size_t why_size)
{
    struct argot_input *input = argot_input_open(seam, path, NULL, why, why_size);
    const struct argot_file_info *file = input ? argot_input_file(input) : NULL;
    int fd = file && file->size_bytes > bytes ? seam->open(seam, path, ARGOT_OPEN_READ) : -1;
    if (fd < 0)
        return input;
    struct argot_input_start start = {
        .offset = begin_of_end(seam, fd, file->size_bytes, bytes), .record = 1, .line = 1};
    argot_input_start(input, &start);
    (void)seam->close(seam, fd);
    return input;
}

static bool
is_binary(const struct argot_input *input)
{
    uint8_t room[4096];
    int64_t got = argot_input_peek(input, room, sizeof room);
    return got > 0 && memchr(room, 0, (size_t)got);
}

/* ---- what formats make of it ---- */

static void
tally_event(const struct sample *sample, struct tally *tally, const struct argot_shape *shape)
{
    const struct argot_normalizer *format = argot_registry_find(sample->survey->cli->registry, shape->format);
    uint32_t i = 0;
    tally->events++;
    tally->unknown += !strcmp(shape->message, "unmatched") || (format && format->envelope);
    while (i < tally->count && tally->formats[i].name != shape->format)
        i++;
    if (i == MAX_NAMES)
        return;
    if (i == tally->count)
        tally->formats[tally->count++] = (struct argot_survey_format){shape->format, 0};
    tally->formats[i].events++;
}

/* Runs the sample through one format, or through all for NULL. False: no memory. */
static bool
run_sample(struct sample *sample, const char *format, struct tally *tally)
{
    struct argot_settings settings = {.received = sample->received, .format = format};
    struct argot_worker *worker = argot_worker_new(sample->survey->cli->registry, &settings);
    struct argot_portion portion;
    bool good = worker != NULL;
    *tally = (struct tally){0};
    argot_portion_begin(&portion, &sample->block);
    while (good && argot_portion_more(&portion)) {
        argot_batch_reset(&sample->batch);
        good = argot_portion_next(&portion, worker, &sample->batch);
        for (size_t i = 0; good && i < sample->batch.count; i++)
            if (sample->batch.results[i].outcome == ARGOT_EVENT)
                tally_event(sample, tally, sample->batch.results[i].event->shape);
        if (!format)
            sample->log->lines += sample->batch.counts.records - sample->batch.counts.skipped;
    }
    argot_worker_free(worker);
    return good;
}

/* The most frequent formats of the tally. */
static void
note_formats(struct argot_survey_log *log, struct tally *tally)
{
    log->events = tally->events;
    log->unknown = tally->unknown;
    while (log->nformats < ARGOT_SURVEY_MAX_FORMATS && log->nformats < tally->count) {
        uint32_t most = 0;
        for (uint32_t i = 1; i < tally->count; i++)
            if (tally->formats[i].events > tally->formats[most].events)
                most = i;
        log->formats[log->nformats++] = tally->formats[most];
        tally->formats[most].events = 0;
    }
}

/* Whether the log's path has the first part of the format's name in it: several servers write one and the same form. */
static bool
is_of_path(const struct argot_normalizer *normalizer, const char *path)
{
    size_t length = strcspn(normalizer->name, "_");
    return memmem(path, strlen(path), normalizer->name, length);
}

/* How far a format is to be preferred to others that make as much of the sample; 0: not at all. An envelope stands
 * before what is in it: a log of syslog in which one program wrote so far is not that program's alone. */
static unsigned
preference(const struct argot_normalizer *normalizer, const struct argot_survey_log *log, const struct tally *all)
{
    if (all->count == 1 && is_of_path(normalizer, log->path))
        return 3;
    if (normalizer->envelope)
        return 2;
    return all->count == 1 && all->formats[0].name == normalizer->name;
}

/* A format by name that makes as much of the sample as all together. What it makes goes to `all`. False: no memory. */
static bool
name_format(struct sample *sample, struct tally *all)
{
    const struct argot_registry *registry = sample->survey->cli->registry;
    unsigned preferred = 0;
    struct tally one, best = *all;
    for (size_t i = 0; all->events && i < argot_registry_count(registry); i++) {
        const struct argot_normalizer *normalizer = argot_registry_at(registry, i);
        unsigned prefers = preference(normalizer, sample->log, all);
        if (prefers <= preferred)
            continue;
        if (!run_sample(sample, normalizer->name, &one))
            return false;
        if (one.events < all->events || one.unknown > all->unknown)
            continue;
        sample->log->format = normalizer->name;
        preferred = prefers;
        best = one;
    }
    *all = best;
    return true;
}

static bool
note_last(struct sample *sample)
{
    const uint8_t *begin = sample->block.bytes, *end = begin + sample->block.length;
    while (end > begin) {
        end -= end[-1] == '\n';
        const uint8_t *line = memrchr(begin, '\n', (size_t)(end - begin));
        line = line ? line + 1 : begin;
        if ((size_t)(end - line) >= LAST_LEAST) {
            sample->log->last_length = (size_t)(end - line);
            sample->log->last = argot_arena_copy(&sample->survey->arena, (const char *)line, (size_t)(end - line));
            return sample->log->last != NULL;
        }
        end = line;
    }
    return true;
}

/* A `*` in a name would be a pattern, and neither control bytes nor what is no UTF-8 are text of YAML. */
static bool
can_be_named(const char *path)
{
    const uint8_t *at = (const uint8_t *)path, *end = at + strlen(path);
    while (at < end && *at >= 0x20 && *at != 0x7f && !strchr("*?[", *at)) {
        unsigned length = *at < 0x80 ? 1 : argot_utf8_sequence(at, end);
        if (!length)
            return false;
        at += length;
    }
    return at == end;
}

static bool
judge(struct sample *sample)
{
    struct argot_survey_log *log = sample->log;
    struct tally all;
    if (!run_sample(sample, NULL, &all) || !name_format(sample, &all) || !note_last(sample))
        return false;
    note_formats(log, &all);
    if (!log->lines)
        log->verdict = ARGOT_SURVEY_EMPTY;
    else if (log->events * 100 < log->lines * ARGOT_SURVEY_READ_PERCENT)
        log->verdict = ARGOT_SURVEY_UNREAD;
    else if (!can_be_named(log->path))
        log->verdict = ARGOT_SURVEY_NAMELESS;
    return true;
}

/* False: no memory. */
static bool
look(struct argot_survey *survey, struct argot_survey_log *log)
{
    struct argot_seam *seam = survey->cli->seam;
    struct argot_input *input = open_end(seam, log->path, ARGOT_SURVEY_SAMPLE_BYTES, log->why, sizeof log->why);
    struct sample sample = {.survey = survey, .log = log};
    bool good = true;
    if (!input) {
        log->verdict = ARGOT_SURVEY_REFUSED;
        return true;
    }
    argot_batch_init(&sample.batch, seam);
    sample.received = argot_input_received(input);
    if (is_binary(input)) {
        log->verdict = ARGOT_SURVEY_BINARY;
    } else {
        enum argot_input_status status = argot_input_next(input, &sample.block);
        const char *problem = argot_input_problem(input);
        if (status == ARGOT_INPUT_BLOCK) {
            good = judge(&sample);
        } else {
            log->verdict = status == ARGOT_INPUT_END ? ARGOT_SURVEY_EMPTY : ARGOT_SURVEY_REFUSED;
            snprintf(log->why, sizeof log->why, "%s", problem ? problem : "");
        }
    }
    argot_block_finish(seam, &sample.block);
    argot_batch_finish(&sample.batch);
    argot_input_close(input);
    return good;
}

/* ---- one line in two logs ---- */

/* Whether a log's last line, which has a time in it, lies in another log. */
static bool
lies_in(struct argot_seam *seam, const struct argot_survey_log *log, const struct argot_survey_log *other)
{
    char why[ARGOT_SURVEY_WHY_BYTES];
    struct argot_block_bytes block = {0};
    struct argot_input *input = open_end(seam, other->path, ARGOT_SURVEY_SEARCH_BYTES, why, sizeof why);
    bool found = false;
    while (input && !found && argot_input_next(input, &block) == ARGOT_INPUT_BLOCK)
        found = memmem(block.bytes, block.length, log->last, log->last_length);
    argot_block_finish(seam, &block);
    argot_input_close(input);
    return found;
}

/* Whether both are read, and have events of one format. */
static bool
are_of_one_kind(const struct argot_survey_log *log, const struct argot_survey_log *other)
{
    if (other == log || other->verdict != ARGOT_SURVEY_READ)
        return false;
    for (uint32_t i = 0; i < log->nformats; i++)
        for (uint32_t j = 0; j < other->nformats; j++)
            if (log->formats[i].name == other->formats[j].name)
                return true;
    return false;
}

/* What syslog writes to two files would be two events. The log that has the lines of the other stays. */
static void
find_twice(struct argot_survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        struct argot_survey_log *log = &survey->logs[i];
        for (size_t j = 0; log->verdict == ARGOT_SURVEY_READ && log->last && j < survey->count; j++)
            if (are_of_one_kind(log, &survey->logs[j]) && lies_in(survey->cli->seam, log, &survey->logs[j])) {
                log->verdict = ARGOT_SURVEY_TWICE;
                log->other = &survey->logs[j];
            }
    }
}

/* ---- the whole ---- */

static bool
is_old(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return argot_wildcard_stem(name) < strlen(name);
}

static bool
look_at_all(struct argot_survey *survey, const struct argot_walk *walk)
{
    size_t room = walk->count < ARGOT_SURVEY_MAX_LOGS ? walk->count : ARGOT_SURVEY_MAX_LOGS;
    survey->logs = argot_arena_zalloc(&survey->arena, room, sizeof *survey->logs);
    for (size_t i = 0; survey->logs && i < walk->count; i++) {
        if (is_old(walk->paths[i]))
            continue;
        if (survey->count == room) {
            survey->beyond++;
            continue;
        }
        struct argot_survey_log *log = &survey->logs[survey->count++];
        log->path = argot_arena_copy(&survey->arena, walk->paths[i], strlen(walk->paths[i]));
        if (!log->path || !look(survey, log))
            return false;
    }
    return survey->logs != NULL;
}

bool
argot_survey_begin(struct argot_survey *survey, struct argot_cli *cli, const char *const *places, size_t nplaces)
{
    struct argot_walk walk;
    *survey = (struct argot_survey){.cli = cli};
    argot_arena_init(&survey->arena, cli->seam, 0);
    if (!argot_stock_registry(cli))
        return false;
    argot_walk_init(&walk, cli, NULL);
    for (size_t i = 0; i < nplaces; i++)
        argot_walk_add(&walk, places[i]);
    survey->failed = walk.failed;
    bool good = look_at_all(survey, &walk);
    argot_walk_finish(&walk);
    if (good)
        find_twice(survey);
    else
        argot_say(cli->seam, "there is no memory");
    return good;
}

void
argot_survey_finish(struct argot_survey *survey)
{
    argot_arena_finish(&survey->arena);
}

/* The envelope itself, or what stands in it. */
static bool
is_of_syslog(const struct argot_survey *survey, const char *format)
{
    const struct argot_normalizer *normalizer = argot_registry_find(survey->cli->registry, format);
    bool is = !strcmp(format, ENVELOPE);
    for (uint16_t i = 0; normalizer && i < normalizer->ninside; i++)
        is |= !strcmp(normalizer->inside[i].parent, ENVELOPE);
    return is;
}

const struct argot_survey_log *
argot_survey_syslog(const struct argot_survey *survey)
{
    for (size_t i = 0; i < survey->count; i++)
        if (survey->logs[i].verdict == ARGOT_SURVEY_READ && is_of_syslog(survey, survey->logs[i].formats[0].name))
            return &survey->logs[i];
    return NULL;
}

bool
argot_survey_has(const struct argot_survey *survey, const char *format)
{
    for (size_t i = 0; i < survey->count; i++)
        for (uint32_t j = 0; survey->logs[i].verdict == ARGOT_SURVEY_READ && j < survey->logs[i].nformats; j++)
            if (!strcmp(survey->logs[i].formats[j].name, format))
                return true;
    return false;
}
