/* SPDX-License-Identifier: Apache-2.0
 * An output has a few places for messages that are under way; what is in none of them is in the store only. So memory
 * does not grow with what waits. */
#include "pipeline/post.h"
#include "output/webhook.h"
#include "pipeline/secret.h"
#include "send/send.h"
#include <stdio.h>
#include <string.h>

#define PROBLEM_BYTES 224
#define JITTER_STEPS 1024 /* of half a wait, of which a random part is not waited */
#define MAX_DOUBLINGS 16
#define LAST_WAIT_NS INT64_C(10000000)
#define MAX_HEADERS 6

enum state { FREE, WAITING, BUSY };

struct parcel {
    enum state state;
    uint64_t id;
    struct argot_buffer text; /* with the message's name and a zero byte behind it */
    size_t length;            /* of the message itself */
    int program;
    argot_time until; /* of a program: then it is ended */
};

struct box {
    const struct argot_post_output *of;
    struct argot_secret bearer, secret, login;
    struct parcel parcels[ARGOT_POST_AT_ONCE];
    unsigned failures; /* in a row */
    argot_time retry;  /* monotonic: nothing is begun before */
    uint64_t count, bytes;
    char problem[PROBLEM_BYTES];
};

struct argot_post {
    struct argot_post_options options;
    struct argot_store *store;
    struct argot_send *send; /* NULL: only programs are used */
    struct box *boxes;
    uint64_t last, committed; /* ids */
    struct argot_buffer headers;
    uint64_t told, lost;
};

/* ---- problems ---- */

static void
tell_problem(struct argot_post *post, struct box *box, const char *problem)
{
    if (!strncmp(box->problem, problem ? problem : "", sizeof box->problem - 1))
        return;
    snprintf(box->problem, sizeof box->problem, "%s", problem ? problem : "");
    if (problem && post->options.problem)
        post->options.problem(post->options.context, box->of->name, problem);
}

static bool
read_secrets(struct argot_post *post, struct box *box)
{
    struct argot_seam *seam = post->options.seam;
    char why[PROBLEM_BYTES];
    if (argot_secret_read(&box->bearer, seam, box->of->bearer, 1, why, sizeof why) &&
        argot_secret_read(&box->secret, seam, box->of->secret, 1, why, sizeof why) &&
        argot_secret_read(&box->login, seam, box->of->login, 2, why, sizeof why))
        return true;
    tell_problem(post, box, why);
    return false;
}

/* ---- tries ---- */

/* Twice as long after each failure, and at random up to half of that less, so that many senders do not come back at
 * once. */
static void
back_off(struct argot_post *post, struct box *box, int64_t asked_ns)
{
    struct argot_seam *seam = post->options.seam;
    argot_time now = seam->monotonic(seam);
    uint32_t random = 0;
    if (now < box->retry)
        return; /* others that were under way failed with it */
    (void)seam->random(seam, &random, sizeof random);
    unsigned doublings = box->failures < MAX_DOUBLINGS ? box->failures : MAX_DOUBLINGS;
    int64_t wait = ARGOT_POST_FIRST_WAIT_NS << doublings;
    wait = wait < ARGOT_POST_LONGEST_WAIT_NS ? wait : ARGOT_POST_LONGEST_WAIT_NS;
    wait -= wait / 2 / JITTER_STEPS * (random % (JITTER_STEPS + 1));
    asked_ns = asked_ns < ARGOT_POST_ASKED_WAIT_NS ? asked_ns : ARGOT_POST_ASKED_WAIT_NS;
    box->retry = now + (wait > asked_ns ? wait : asked_ns);
    box->failures++;
}

static bool
let_go(struct argot_post *post, struct box *box, struct parcel *parcel)
{
    parcel->state = FREE;
    box->count -= box->count > 0;
    box->bytes -= box->bytes < parcel->length ? box->bytes : parcel->length;
    return argot_store_drop_message(post->store, parcel->id);
}

static bool
take_answer(struct argot_post *post, struct box *box, struct parcel *parcel, const struct argot_send_answer *answer)
{
    switch (answer->outcome) {
    case ARGOT_SEND_DONE:
        post->told++;
        box->failures = 0;
        box->retry = INT64_MIN;
        tell_problem(post, box, NULL);
        return let_go(post, box, parcel);
    case ARGOT_SEND_NEVER:
        post->lost++;
        box->failures = 0;
        tell_problem(post, box, answer->words);
        return let_go(post, box, parcel);
    default:
        parcel->state = WAITING;
        back_off(post, box, answer->wait_ns);
        tell_problem(post, box, answer->words);
        return true;
    }
}

/* ---- out ---- */

static bool
begin_program(struct argot_post *post, struct box *box, struct parcel *parcel)
{
    struct argot_seam *seam = post->options.seam;
    struct argot_seam_live *live = post->options.live;
    int number = live->start(live, box->of->words, parcel->text.bytes, parcel->length);
    if (number <= 0) {
        tell_problem(post, box, strerror(-number));
        return false;
    }
    parcel->program = number;
    parcel->until = seam->monotonic(seam) + ARGOT_POST_PROGRAM_NS;
    return true;
}

static bool
make_headers(struct argot_post *post, const struct box *box, const struct parcel *parcel,
             const char *headers[MAX_HEADERS], const char **why)
{
    struct argot_seam *seam = post->options.seam;
    struct argot_buffer *lines = &post->headers;
    size_t count = 0;
    lines->length = 0;
    if (!argot_webhook_headers(lines, (const char *)parcel->text.bytes + parcel->length, seam->now(seam),
                               box->secret.lines[0], parcel->text.bytes, parcel->length, why)) {
        lines->failed = false;
        return false;
    }
    headers[count++] = "Content-Type: application/json";
    for (size_t at = 0; at < lines->length && count + 1 < MAX_HEADERS; at += strlen(headers[count - 1]) + 1)
        headers[count++] = (const char *)lines->bytes + at;
    headers[count] = NULL;
    return true;
}

/* It may be that there was no memory for it when the store was taken. */
static bool
has_send(struct argot_post *post, struct box *box)
{
    char why[PROBLEM_BYTES];
    if (!post->send)
        post->send = argot_send_new(post->options.seam, why, sizeof why);
    if (!post->send)
        tell_problem(post, box, why);
    return post->send;
}

static bool
begin_transfer(struct argot_post *post, struct box *box, struct parcel *parcel)
{
    const char *headers[MAX_HEADERS], *why = "there is no memory";
    if (!has_send(post, box))
        return false;
    struct argot_send_request request = {
        .url = box->of->url,
        .ca = box->of->ca,
        .bearer = box->bearer.lines[0],
        .user = box->login.lines[0],
        .password = box->login.lines[1],
        .from = box->of->from,
        .to = box->of->to,
        .plain = box->of->plain,
        .bytes = parcel->text.bytes,
        .count = parcel->length,
    };
    if (box->of->kind == ARGOT_POST_WEBHOOK)
        request.headers = headers;
    uint64_t number = (uint64_t)(box - post->boxes) * ARGOT_POST_AT_ONCE + (uint64_t)(parcel - box->parcels);
    if ((!request.headers || make_headers(post, box, parcel, headers, &why)) &&
        argot_send_begin(post->send, number, &request))
        return true;
    tell_problem(post, box, why);
    return false;
}

static void
begin(struct argot_post *post, struct box *box, struct parcel *parcel)
{
    bool good = read_secrets(post, box) &&
                (box->of->kind == ARGOT_POST_PROGRAM ? begin_program : begin_transfer)(post, box, parcel);
    parcel->state = good ? BUSY : WAITING;
    if (!good)
        back_off(post, box, 0);
}

/* The oldest that is in no place yet. */
static bool
fetch(struct argot_post *post, struct box *box, struct parcel *parcel)
{
    uint64_t skipped[ARGOT_POST_AT_ONCE];
    struct argot_store_message message;
    bool there;
    for (size_t i = 0; i < ARGOT_POST_AT_ONCE; i++)
        skipped[i] = box->parcels[i].state == FREE ? 0 : box->parcels[i].id;
    if (!argot_store_next_message(post->store, box->of->key, post->committed, skipped, &message, &there))
        return false;
    if (!there)
        return true;
    parcel->text.length = 0;
    argot_buffer_append(&parcel->text, message.text.at, message.text.length);
    argot_buffer_append(&parcel->text, message.name, strlen(message.name) + 1);
    if (parcel->text.failed) {
        parcel->text.failed = false;
        back_off(post, box, 0);
        return true;
    }
    parcel->id = message.id;
    parcel->length = message.text.length;
    parcel->state = WAITING;
    return true;
}

/* One of those that failed is enough to find out whether it would be of use to try the others. */
static bool
fill(struct argot_post *post, struct box *box)
{
    struct argot_seam *seam = post->options.seam;
    size_t most = box->failures ? 1 : ARGOT_POST_AT_ONCE, busy = 0;
    bool some = true; /* that are in no place yet */
    for (size_t i = 0; i < ARGOT_POST_AT_ONCE; i++)
        busy += box->parcels[i].state == BUSY;
    for (size_t i = 0; i < ARGOT_POST_AT_ONCE && busy < most && seam->monotonic(seam) >= box->retry; i++) {
        struct parcel *parcel = &box->parcels[i];
        if (parcel->state == FREE && some && box->count && !fetch(post, box, parcel))
            return false;
        some = parcel->state != FREE;
        if (parcel->state == WAITING)
            begin(post, box, parcel);
        busy += parcel->state == BUSY;
    }
    return true;
}

static bool
look_after_programs(struct argot_post *post, struct box *box)
{
    struct argot_seam *seam = post->options.seam;
    struct argot_seam_live *live = post->options.live;
    for (size_t i = 0; i < ARGOT_POST_AT_ONCE; i++) {
        struct parcel *parcel = &box->parcels[i];
        int status = 0;
        if (parcel->state != BUSY || box->of->kind != ARGOT_POST_PROGRAM)
            continue;
        if (live->ended(live, parcel->program, &status) == 0) {
            if (seam->monotonic(seam) >= parcel->until)
                live->kill(live, parcel->program);
            continue;
        }
        struct argot_send_answer answer = {.outcome = argot_send_exit(status)};
        snprintf(answer.words, sizeof answer.words, "ended with %d", status);
        if (!take_answer(post, box, parcel, &answer))
            return false;
    }
    return true;
}

bool
argot_post_tick(struct argot_post *post)
{
    struct argot_send_answer answer;
    if (!post->store)
        return true;
    while (post->send && argot_send_next(post->send, &answer)) {
        struct box *box = &post->boxes[answer.number / ARGOT_POST_AT_ONCE];
        if (!take_answer(post, box, &box->parcels[answer.number % ARGOT_POST_AT_ONCE], &answer))
            return false;
    }
    for (size_t i = 0; i < post->options.noutputs; i++)
        if (!look_after_programs(post, &post->boxes[i]) || !fill(post, &post->boxes[i]))
            return false;
    return true;
}

/* ---- in ---- */

bool
argot_post_put(struct argot_post *post, size_t output, const char *name, bool held, const struct argot_buffer *text,
               uint64_t *id)
{
    struct box *box = &post->boxes[output];
    bool fresh = !*id;
    if (text->failed || !post->store ||
        (fresh && (box->count >= ARGOT_POST_MAX_MESSAGES || box->bytes + text->length > ARGOT_POST_MAX_BYTES))) {
        post->lost += !held; /* that one is counted when it is told */
        tell_problem(post, box, text->failed ? "there is no memory" : "too much waits to be told");
        return true;
    }
    struct argot_store_message message = {
        .id = fresh ? post->last + 1 : *id,
        .output = box->of->key,
        .name = name,
        .held = held,
        .text = {text->bytes, (uint32_t)text->length},
    };
    if (!argot_store_put_message(post->store, &message))
        return false;
    *id = message.id;
    if (fresh) {
        post->last++;
        box->count++;
        box->bytes += text->length;
    }
    return true;
}

bool
argot_post_drop(struct argot_post *post, size_t output, uint64_t id, size_t length)
{
    struct parcel parcel = {.id = id, .length = length};
    return !post->store || let_go(post, &post->boxes[output], &parcel);
}

void
argot_post_commit(struct argot_post *post)
{
    post->committed = post->last;
}

/* ---- the store ---- */

static bool
needs_send(const struct argot_post_options *options)
{
    for (size_t i = 0; i < options->noutputs; i++)
        if (options->outputs[i].kind != ARGOT_POST_PROGRAM)
            return true;
    return false;
}

static void
forget(struct argot_post *post)
{
    for (size_t i = 0; i < post->options.noutputs; i++) {
        struct box *box = &post->boxes[i];
        for (size_t j = 0; j < ARGOT_POST_AT_ONCE; j++)
            box->parcels[j].state = FREE;
        box->count = box->bytes = 0;
    }
}

/* Those of outputs that are gone from the configuration. */
static bool
drop_strangers(struct argot_post *post)
{
    struct argot_seam *seam = post->options.seam;
    size_t count = post->options.noutputs;
    uint64_t dropped = 0;
    const char **keys = seam->allocate(seam, (count + 1) * sizeof *keys);
    if (!keys)
        return true; /* they are found by the next run */
    for (size_t i = 0; i < count; i++)
        keys[i] = post->options.outputs[i].key;
    bool good = argot_store_drop_messages(post->store, keys, count, &dropped);
    seam->release(seam, keys);
    post->lost += dropped;
    if (dropped && post->options.problem)
        post->options.problem(post->options.context, "alerts",
                              "messages waited for outputs that are not in the configuration, and are given up");
    return good;
}

bool
argot_post_use(struct argot_post *post, struct argot_store *store)
{
    char why[PROBLEM_BYTES];
    argot_send_free(post->send); /* what is under way would answer for a message of another store */
    post->send = needs_send(&post->options) ? argot_send_new(post->options.seam, why, sizeof why) : NULL;
    post->store = store;
    forget(post);
    if (!store)
        return true;
    if (!argot_store_begin_messages(store, &post->last) || !drop_strangers(post))
        return false;
    for (size_t i = 0; i < post->options.noutputs; i++) {
        struct box *box = &post->boxes[i];
        if (!argot_store_count_messages(store, box->of->key, &box->count, &box->bytes))
            return false;
    }
    post->committed = post->last;
    return true;
}

bool
argot_post_finish(struct argot_post *post, int64_t wait_ns)
{
    struct argot_seam *seam = post->options.seam;
    struct argot_seam_live *live = post->options.live;
    argot_time until = seam->monotonic(seam) + wait_ns;
    int poll = live->poll_new(live);
    bool good = post->store && argot_post_tick(post);
    while (good && poll >= 0 && argot_post_is_busy(post) && seam->monotonic(seam) < until) {
        uint64_t none;
        (void)live->poll_wait(live, poll, &none, 1, LAST_WAIT_NS);
        good = argot_post_tick(post);
    }
    if (poll >= 0)
        seam->close(seam, poll);
    return !post->store || (good && argot_store_commit(post->store));
}

/* ---- the whole ---- */

struct argot_post *
argot_post_new(const struct argot_post_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_post *post = seam->allocate(seam, sizeof *post);
    snprintf(why, why_size, "there is no memory");
    if (!post)
        return NULL;
    *post = (struct argot_post){.options = *options};
    argot_buffer_init(&post->headers, seam);
    post->boxes = seam->allocate(seam, (options->noutputs + 1) * sizeof *post->boxes);
    for (size_t i = 0; post->boxes && i < options->noutputs; i++) {
        struct box *box = &post->boxes[i];
        *box = (struct box){.of = &options->outputs[i], .retry = INT64_MIN};
        for (size_t j = 0; j < ARGOT_POST_AT_ONCE; j++)
            argot_buffer_init(&box->parcels[j].text, seam);
        (void)read_secrets(post, box);
    }
    bool good = post->boxes;
    if (good && needs_send(options)) {
        post->send = argot_send_new(seam, why, why_size);
        good = post->send;
    }
    if (good)
        return post;
    argot_post_free(post);
    return NULL;
}

void
argot_post_free(struct argot_post *post)
{
    if (!post)
        return;
    struct argot_seam *seam = post->options.seam;
    argot_send_free(post->send);
    for (size_t i = 0; post->boxes && i < post->options.noutputs; i++) {
        struct box *box = &post->boxes[i];
        for (size_t j = 0; j < ARGOT_POST_AT_ONCE; j++)
            argot_buffer_finish(&box->parcels[j].text);
        argot_secret_forget(&box->bearer);
        argot_secret_forget(&box->secret);
        argot_secret_forget(&box->login);
    }
    argot_buffer_finish(&post->headers);
    seam->release(seam, post->boxes);
    seam->release(seam, post);
}

void
argot_post_reread(struct argot_post *post)
{
    for (size_t i = 0; i < post->options.noutputs; i++) {
        struct box *box = &post->boxes[i];
        box->bearer.stale = box->secret.stale = box->login.stale = true;
        (void)read_secrets(post, box);
        box->retry = INT64_MIN; /* what a person mended is tried at once */
    }
}

bool
argot_post_is_busy(const struct argot_post *post)
{
    for (size_t i = 0; i < post->options.noutputs; i++)
        for (size_t j = 0; j < ARGOT_POST_AT_ONCE; j++)
            if (post->boxes[i].parcels[j].state == BUSY)
                return true;
    return false;
}

struct argot_post_counts
argot_post_counts(const struct argot_post *post)
{
    struct argot_post_counts counts = {.told = post->told, .lost = post->lost};
    for (size_t i = 0; i < post->options.noutputs; i++)
        counts.waiting += post->boxes[i].count;
    return counts;
}
