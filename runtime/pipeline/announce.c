/* SPDX-License-Identifier: Apache-2.0
 * An output is told each message in its own way; what cannot be told now waits here, up to a bound, or in the store. */
#include "output/mail.h"
#include "pipeline/announce_parts.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUBJECT "argot: "
#define LAST_WAITS 50 /* of 20 ms, for programs at the end */
#define LAST_WAIT_NS INT64_C(20000000)

/* ---- problems ---- */

static void
tell_problem(struct argot_announce *announce, struct argot_announce_state *output, const char *problem)
{
    if (!strncmp(output->problem, problem ? problem : "", sizeof output->problem - 1))
        return;
    snprintf(output->problem, sizeof output->problem, "%s", problem ? problem : "");
    if (problem && announce->options.problem)
        announce->options.problem(announce->options.context, output->of->name, problem);
}

static void
open_output(struct argot_announce *announce, struct argot_announce_state *output)
{
    struct argot_seam_live *live = announce->options.live;
    if (output->of->kind == ARGOT_ANNOUNCE_COMMAND || argot_announce_has_post(output) || output->fd >= 0)
        return;
    output->fd = output->of->kind == ARGOT_ANNOUNCE_JSONL ? live->append(live, output->of->path)
                                                          : live->connect(live, &output->of->endpoint);
    tell_problem(announce, output, output->fd < 0 ? strerror(-output->fd) : NULL);
}

static void
close_output(struct argot_announce *announce, struct argot_announce_state *output)
{
    if (output->fd >= 0)
        announce->options.seam->close(announce->options.seam, output->fd);
    output->fd = -1;
}

/* ---- messages ---- */

/* What could not be written waits for the next time, up to a bound: a disk that is full may have room again. */
static void
write_file(struct argot_announce *announce, struct argot_announce_state *output)
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
send_syslog(struct argot_announce *announce, struct argot_announce_state *output, const struct argot_buffer *words)
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
start_programs(struct argot_announce *announce, struct argot_announce_state *output)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_seam_live *live = announce->options.live;
    struct argot_buffer *waiting = &output->waiting;
    size_t at = 0;
    for (size_t i = 0; i < ARGOT_ANNOUNCE_PROGRAMS && at < waiting->length; i++) {
        struct argot_announce_program *program = &output->programs[i];
        const uint8_t *begin = waiting->bytes + at, *end = memchr(begin, '\n', waiting->length - at);
        if (program->number || !end)
            continue;
        int number = live->start(live, output->of->words, begin, (size_t)(end - begin) + 1);
        at += (size_t)(end - begin) + 1;
        if (number > 0)
            *program = (struct argot_announce_program){number, seam->monotonic(seam) + ARGOT_ANNOUNCE_PROGRAM_NS};
        announce->counts.lost += number <= 0;
        tell_problem(announce, output, number > 0 ? NULL : strerror(-number));
    }
    if (at)
        memmove(waiting->bytes, waiting->bytes + at, waiting->length - at);
    waiting->length -= at;
}

static void
look_after_programs(struct argot_announce *announce, struct argot_announce_state *output)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_seam_live *live = announce->options.live;
    for (size_t i = 0; i < ARGOT_ANNOUNCE_PROGRAMS; i++) {
        struct argot_announce_program *program = &output->programs[i];
        int status = 0;
        if (!program->number)
            continue;
        if (live->ended(live, program->number, &status) == 0) {
            if (seam->monotonic(seam) >= program->until)
                live->kill(live, program->number);
            continue;
        }
        char reason[ARGOT_ANNOUNCE_PROBLEM_BYTES];
        snprintf(reason, sizeof reason, "ended with %d", status);
        announce->counts.lost += status != 0;
        tell_problem(announce, output, status ? reason : NULL);
        program->number = 0;
    }
}

/* ---- messages that wait in the store ---- */

void
argot_announce_name(const uint8_t id[ARGOT_ALERT_ID_BYTES], const char *behind, char name[ARGOT_ANNOUNCE_NAME_BYTES])
{
    for (size_t i = 0; i < ARGOT_ALERT_ID_BYTES; i++)
        snprintf(name + 2 * i, 3, "%02x", id[i]);
    snprintf(name + 2 * ARGOT_ALERT_ID_BYTES, ARGOT_ANNOUNCE_NAME_BYTES - 2 * ARGOT_ALERT_ID_BYTES, "%s", behind);
}

/* The subject is the first line, without what only syslog wants. */
static const struct argot_buffer *
make_mail(struct argot_announce *announce, const struct argot_announce_state *output,
          const struct argot_announce_message *message)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_buffer *mail = &announce->mail;
    const struct argot_buffer *words = message->words;
    const uint8_t *begin = words->bytes, *end = words->bytes + words->length;
    struct argot_mail of = {
        .from = output->of->mail_from,
        .to = output->of->mail_to,
        .name = message->name,
        .now = seam->now(seam),
        .crlf = output->of->post->kind == ARGOT_POST_SMTP,
    };
    if (words->length && *begin == '<' && memchr(begin, '>', words->length))
        begin = (const uint8_t *)memchr(begin, '>', words->length) + 1;
    const uint8_t *line_end = begin < end ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
    line_end = line_end ? line_end : end;
    mail->length = 0;
    mail->failed = words->failed;
    if (!argot_mail_put(mail, &of, begin, (size_t)(line_end - begin), begin, (size_t)(end - begin)))
        mail->failed = true;
    return mail;
}

size_t
argot_announce_put(struct argot_announce *announce, const struct argot_announce_state *output,
                   const struct argot_announce_message *message, bool held, uint64_t *id)
{
    const struct argot_buffer *text =
        output->of->kind == ARGOT_ANNOUNCE_MAIL ? make_mail(announce, output, message) : message->json;
    if (!argot_post_put(announce->post, output->post, message->name, held, text, id))
        announce->store_failed = true;
    announce->mail.failed = false;
    return text->length;
}

void
argot_announce_send(struct argot_announce *announce, struct argot_announce_state *output,
                    const struct argot_announce_message *message)
{
    bool datagram = output->of->kind == ARGOT_ANNOUNCE_SYSLOG;
    const struct argot_buffer *text = datagram ? message->words : message->json;
    uint64_t id = 0;
    if (argot_announce_has_post(output)) {
        (void)argot_announce_put(announce, output, message, false, &id);
        return;
    }
    announce->counts.told++;
    if (text->failed || output->waiting.length + text->length > ARGOT_ANNOUNCE_QUEUE_BYTES) {
        announce->counts.lost++;
        tell_problem(announce, output, text->failed ? "there is no memory" : "too much waits to be told");
        return;
    }
    if (datagram) {
        send_syslog(announce, output, text);
        return;
    }
    argot_buffer_append(&output->waiting, text->bytes, text->length);
    announce->counts.lost += output->waiting.failed;
    output->waiting.failed = false;
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
    return ARGOT_ANNOUNCE_FACILITY + severities[value < sizeof severities / sizeof *severities ? value : 0];
}

/* The first line of what people get, and all columns behind it. */
static void
put_words(struct argot_buffer *words, const struct argot_alert *alert)
{
    words->length = 0;
    argot_buffer_printf(words, "<%u>argot: %s ", priority_of(alert), alert->rule_name);
    (void)argot_alert_columns(alert, words);
}

/* Mail has room for all that people may want to see. The subject is its first line without the time. */
static void
put_mail(struct argot_announce *announce, const struct argot_alert *alert, const struct argot_alert_style *style)
{
    struct argot_alert_style plain = *style;
    struct argot_buffer *text = &announce->text, *words = &announce->words;
    plain.color = false;
    (void)argot_alert_text(alert, &plain, text);
    const uint8_t *end = text->length ? memchr(text->bytes, '\n', text->length) : NULL;
    size_t line = end ? (size_t)(end - text->bytes) : text->length;
    const uint8_t *begin = line ? memmem(text->bytes, line, "  ", 2) : NULL;
    words->length = 0;
    argot_buffer_append_text(words, SUBJECT);
    if (begin)
        argot_buffer_append(words, begin + 2, line - (size_t)(begin + 2 - text->bytes));
    argot_buffer_append_text(words, "\n\n");
    argot_buffer_append(words, text->bytes, text->length);
    words->failed |= text->failed;
}

static void
put_json(struct argot_buffer *out, const struct argot_alert *alert, const struct argot_alert_style *style,
         enum argot_standard_number standard)
{
    struct argot_alert_style own = *style;
    own.standard = standard;
    (void)argot_alert_json(alert, &own, out);
}

bool
argot_announce_alert(struct argot_announce *announce, const struct argot_alert *alert,
                     const struct argot_alert_style *style)
{
    struct argot_announce_message message = {.json = &announce->text, .words = &announce->words};
    argot_announce_name(alert->id, "", message.name);
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        struct argot_announce_state *output = &announce->outputs[i];
        if (output->of->every_ns && !argot_announce_begins_group(announce, output, alert))
            continue;
        announce->text.length = 0;
        announce->text.failed = announce->words.failed = false;
        if (output->of->kind == ARGOT_ANNOUNCE_SYSLOG)
            put_words(&announce->words, alert);
        else if (output->of->kind == ARGOT_ANNOUNCE_MAIL)
            put_mail(announce, alert, style);
        else
            put_json(&announce->text, alert, style, output->of->standard);
        argot_announce_send(announce, output, &message);
    }
    return !announce->store_failed;
}

bool
argot_announce_flush(struct argot_announce *announce)
{
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        struct argot_announce_state *output = &announce->outputs[i];
        argot_announce_hold_groups(announce, output);
        if (output->of->kind == ARGOT_ANNOUNCE_JSONL)
            write_file(announce, output);
        else if (output->of->kind == ARGOT_ANNOUNCE_COMMAND)
            start_programs(announce, output);
    }
    return !announce->store_failed;
}

void
argot_announce_commit(struct argot_announce *announce)
{
    if (announce->post)
        argot_post_commit(announce->post);
}

bool
argot_announce_go_on(struct argot_announce *announce)
{
    if (announce->post && !announce->store_failed && !argot_post_tick(announce->post))
        announce->store_failed = true;
    return !announce->store_failed;
}

bool
argot_announce_is_busy(const struct argot_announce *announce)
{
    return announce->post && argot_post_is_busy(announce->post);
}

bool
argot_announce_tick(struct argot_announce *announce)
{
    struct argot_seam *seam = announce->options.seam;
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        argot_announce_end_groups(announce, &announce->outputs[i], seam->monotonic(seam));
        look_after_programs(announce, &announce->outputs[i]);
    }
    return argot_announce_flush(announce) && argot_announce_go_on(announce);
}

void
argot_announce_reopen(struct argot_announce *announce)
{
    (void)argot_announce_flush(announce);
    for (size_t i = 0; i < announce->options.noutputs; i++)
        close_output(announce, &announce->outputs[i]);
    if (announce->post)
        argot_post_reread(announce->post);
    (void)argot_announce_flush(announce);
}

/* ---- the store ---- */

bool
argot_announce_use(struct argot_announce *announce, struct argot_store *store)
{
    for (size_t i = 0; i < announce->options.noutputs; i++)
        if (argot_announce_has_post(&announce->outputs[i]))
            argot_announce_forget_groups(announce,
                                         &announce->outputs[i]); /* they are made anew of what is read again */
    announce->store = store;
    announce->store_failed = announce->post && !argot_post_use(announce->post, store);
    return !announce->store_failed;
}

bool
argot_announce_finish(struct argot_announce *announce, int64_t wait_ns)
{
    if (!announce->post || announce->store_failed || !announce->store)
        return !announce->store_failed;
    if (argot_store_pending(announce->store)) /* rows of a run that failed, without where it stands */
        return true;
    for (size_t i = 0; i < announce->options.noutputs; i++)
        if (argot_announce_has_post(&announce->outputs[i]))
            argot_announce_end_groups(announce, &announce->outputs[i], INT64_MAX);
    return !announce->store_failed && argot_post_finish(announce->post, wait_ns);
}

/* ---- the whole ---- */

static bool
make_outputs(struct argot_announce *announce)
{
    const struct argot_announce_options *options = &announce->options;
    struct argot_seam *seam = options->seam;
    announce->outputs = seam->allocate(seam, (options->noutputs + 1) * sizeof *announce->outputs);
    announce->posts = seam->allocate(seam, (options->noutputs + 1) * sizeof *announce->posts);
    for (size_t i = 0; announce->outputs && i < options->noutputs; i++) {
        announce->outputs[i] = (struct argot_announce_state){.of = &options->outputs[i], .fd = -1};
        argot_buffer_init(&announce->outputs[i].waiting, seam);
    }
    return announce->outputs && announce->posts;
}

static bool
make_post(struct argot_announce *announce, char *why, size_t why_size)
{
    const struct argot_announce_options *options = &announce->options;
    struct argot_post_options post = {.seam = options->seam,
                                      .live = options->live,
                                      .outputs = announce->posts,
                                      .context = options->context,
                                      .problem = options->problem};
    for (size_t i = 0; i < options->noutputs; i++) {
        if (!argot_announce_has_post(&announce->outputs[i]))
            continue;
        announce->posts[post.noutputs] = *options->outputs[i].post;
        announce->outputs[i].post = post.noutputs++;
    }
    if (post.noutputs)
        announce->post = argot_post_new(&post, why, why_size);
    return !post.noutputs || announce->post;
}

struct argot_announce *
argot_announce_new(const struct argot_announce_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_announce *announce = seam->allocate(seam, sizeof *announce);
    snprintf(why, why_size, "there is no memory");
    if (!announce)
        return NULL;
    *announce = (struct argot_announce){.options = *options};
    argot_buffer_init(&announce->text, seam);
    argot_buffer_init(&announce->words, seam);
    argot_buffer_init(&announce->mail, seam);
    if (!make_outputs(announce) || !make_post(announce, why, why_size)) {
        if (!announce->outputs)
            announce->options.noutputs = 0;
        argot_announce_free(announce, NULL);
        return NULL;
    }
    for (size_t i = 0; i < options->noutputs; i++)
        open_output(announce, &announce->outputs[i]);
    return announce;
}

static bool
is_busy(const struct argot_announce_state *output)
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
        (void)argot_announce_tick(announce);
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
    struct argot_announce_counts counts = announce->counts;
    if (announce->post) {
        struct argot_post_counts posted = argot_post_counts(announce->post);
        counts.told += posted.told;
        counts.lost += posted.lost;
        counts.waiting = posted.waiting;
    }
    return counts;
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
        if (!argot_announce_has_post(&announce->outputs[i]))
            argot_announce_end_groups(announce, &announce->outputs[i], INT64_MAX);
    (void)argot_announce_flush(announce);
    wait_for_programs(announce);
    for (size_t i = 0; i < announce->options.noutputs; i++)
        announce->counts.lost += count_waiting(&announce->outputs[i].waiting);
    if (counts)
        *counts = argot_announce_counts(announce);
    for (size_t i = 0; i < announce->options.noutputs; i++) {
        close_output(announce, &announce->outputs[i]);
        argot_announce_forget_groups(announce, &announce->outputs[i]);
        argot_buffer_finish(&announce->outputs[i].waiting);
        seam->release(seam, announce->outputs[i].groups);
    }
    argot_buffer_finish(&announce->text);
    argot_buffer_finish(&announce->words);
    argot_buffer_finish(&announce->mail);
    argot_post_free(announce->post);
    seam->release(seam, announce->posts);
    seam->release(seam, announce->outputs);
    seam->release(seam, announce);
}
