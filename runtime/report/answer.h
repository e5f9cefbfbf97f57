/* SPDX-License-Identifier: Apache-2.0
 * Answers whoever connects to a Unix socket with one text, and closes: a peer has nothing to say. The socket is for its
 * owner alone. Nothing here waits; peers that do not read are sent away, so that they cost little. */
#pragma once
#include "base/buffer.h"
#include "base/seam_live.h"

#define ARGOT_ANSWER_MAX_PEERS 8                 /* at a time; others are sent away */
#define ARGOT_ANSWER_PEER_NS INT64_C(5000000000) /* in which a peer has to read all */
#define ARGOT_ANSWER_TURN 64                     /* peers of one turn: others are waiting too */

struct argot_answer_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    const char *path; /* of the socket */
    void *context;
    void (*text)(void *context, struct argot_buffer *out); /* what there is to say now */
};

struct argot_answer;

/* NULL with the reason in `why`. */
struct argot_answer *argot_answer_open(const struct argot_answer_options *options, char *why, size_t why_size);
/* The socket's file is taken away. NULL is fine. */
void argot_answer_close(struct argot_answer *answer);
/* A descriptor that can be polled: there is something to do for argot_answer_attend. */
int argot_answer_poll(const struct argot_answer *answer);
/* Answers who is there; to be called every second or so besides. */
void argot_answer_attend(struct argot_answer *answer);
/* Peers that were sent away without all of the text. */
uint64_t argot_answer_refused(const struct argot_answer *answer);
