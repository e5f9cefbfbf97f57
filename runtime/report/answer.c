/* SPDX-License-Identifier: Apache-2.0
 * Each peer gets a text of its own, of the moment in which it came; what its socket does not take at once waits there
 * until it can be written to, or is too late. */
#include "report/answer.h"
#include <errno.h>
#include <stdio.h>

#define THE_SOCKET UINT64_MAX /* its number in the set; peers have their place */

struct peer {
    int fd; /* -1: none */
    bool waits;
    size_t written;
    argot_time until; /* monotonic */
    struct argot_buffer text;
};

struct argot_answer {
    struct argot_answer_options options;
    int fd, poll;
    uint64_t refused;
    struct peer peers[ARGOT_ANSWER_MAX_PEERS];
};

/* ---- peers ---- */

static void
send_away(struct argot_answer *answer, struct peer *peer)
{
    answer->refused += peer->written < peer->text.length || peer->text.failed;
    answer->options.seam->close(answer->options.seam, peer->fd);
    argot_buffer_finish(&peer->text);
    *peer = (struct peer){.fd = -1};
}

/* Writes what is taken at once. */
static void
write_some(struct argot_answer *answer, struct peer *peer)
{
    struct argot_seam *seam = answer->options.seam;
    struct argot_seam_live *live = answer->options.live;
    while (peer->written < peer->text.length) {
        int64_t put = seam->write(seam, peer->fd, peer->text.bytes + peer->written, peer->text.length - peer->written);
        if (put == -EINTR)
            continue;
        if (put == -EAGAIN && !peer->waits)
            peer->waits = !live->poll_add_writer(live, answer->poll, peer->fd, (uint64_t)(peer - answer->peers));
        if (put == -EAGAIN && peer->waits)
            return;
        if (put <= 0)
            break;
        peer->written += (size_t)put;
    }
    send_away(answer, peer);
}

static void
take_peer(struct argot_answer *answer, int fd)
{
    struct argot_seam *seam = answer->options.seam;
    for (size_t i = 0; i < ARGOT_ANSWER_MAX_PEERS; i++) {
        struct peer *peer = &answer->peers[i];
        if (peer->fd >= 0)
            continue;
        *peer = (struct peer){.fd = fd, .until = seam->monotonic(seam) + ARGOT_ANSWER_PEER_NS};
        argot_buffer_init(&peer->text, seam);
        answer->options.text(answer->options.context, &peer->text);
        write_some(answer, peer);
        return;
    }
    answer->refused++;
    seam->close(seam, fd);
}

/* ---- the whole ---- */

struct argot_answer *
argot_answer_open(const struct argot_answer_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_seam_live *live = options->live;
    struct argot_endpoint endpoint = {.kind = ARGOT_ENDPOINT_UNIX_STREAM, .path = options->path, .private = true};
    struct argot_answer *answer = seam->allocate(seam, sizeof *answer);
    if (!answer) {
        snprintf(why, why_size, "there is no memory");
        return NULL;
    }
    *answer = (struct argot_answer){.options = *options, .fd = -1};
    for (size_t i = 0; i < ARGOT_ANSWER_MAX_PEERS; i++)
        answer->peers[i].fd = -1;
    answer->poll = live->poll_new(live);
    answer->fd = answer->poll < 0 ? answer->poll : live->listen(live, &endpoint, 0);
    int error = answer->fd < 0 ? answer->fd : live->poll_add(live, answer->poll, answer->fd, THE_SOCKET);
    if (!error)
        return answer;
    snprintf(why, why_size, "%s",
             error == -EINVAL       ? "the path is too long for a socket"
             : error == -EADDRINUSE ? "another argot has it"
                                    : strerror(-error));
    argot_answer_close(answer);
    return NULL;
}

void
argot_answer_close(struct argot_answer *answer)
{
    if (!answer)
        return;
    struct argot_seam *seam = answer->options.seam;
    for (size_t i = 0; i < ARGOT_ANSWER_MAX_PEERS; i++)
        if (answer->peers[i].fd >= 0)
            send_away(answer, &answer->peers[i]);
    if (answer->fd >= 0) {
        /* In this order: once it does not listen, another one may put a socket of its own in the place. */
        (void)answer->options.live->unlink_socket(answer->options.live, answer->options.path);
        seam->close(seam, answer->fd);
    }
    if (answer->poll >= 0)
        seam->close(seam, answer->poll);
    seam->release(seam, answer);
}

int
argot_answer_poll(const struct argot_answer *answer)
{
    return answer->poll;
}

void
argot_answer_attend(struct argot_answer *answer)
{
    struct argot_seam *seam = answer->options.seam;
    struct argot_seam_live *live = answer->options.live;
    uint64_t ready[ARGOT_ANSWER_MAX_PEERS + 1];
    int count = live->poll_wait(live, answer->poll, ready, ARGOT_ANSWER_MAX_PEERS + 1, 0);
    bool more = false;
    for (int i = 0; i < count; i++)
        if (ready[i] == THE_SOCKET)
            more = true;
        else if (answer->peers[ready[i]].fd >= 0)
            write_some(answer, &answer->peers[ready[i]]);
    argot_time now = seam->monotonic(seam);
    for (size_t i = 0; i < ARGOT_ANSWER_MAX_PEERS; i++)
        if (answer->peers[i].fd >= 0 && now >= answer->peers[i].until)
            send_away(answer, &answer->peers[i]);
    for (int i = 0, fd; more && i < ARGOT_ANSWER_TURN && (fd = live->accept(live, answer->fd)) >= 0; i++)
        take_peer(answer, fd);
}

uint64_t
argot_answer_refused(const struct argot_answer *answer)
{
    return answer->refused;
}
