/* SPDX-License-Identifier: Apache-2.0
 * What the files of announce.h share: announce.c has the outputs, announce_group.c which alerts are told together. */
#pragma once
#include "pipeline/announce.h"

#define ARGOT_ANNOUNCE_FACILITY 80u /* authpriv, times eight */
#define ARGOT_ANNOUNCE_PROBLEM_BYTES 160
#define ARGOT_ANNOUNCE_NAME_BYTES (2 * ARGOT_ALERT_ID_BYTES + sizeof "-group")

struct argot_announce_group {
    char *text; /* its fields as members of a JSON object, without the braces; of the seam */
    size_t length;
    uint64_t hash;
    argot_time until;                 /* monotonic */
    uint64_t more;                    /* alerts behind the one that was told */
    argot_time first, newest;         /* times of those */
    uint8_t id[ARGOT_ALERT_ID_BYTES]; /* of the first of those */
    uint64_t message;                 /* its summary, held in the store, where the output has a post; 0: none yet */
    size_t message_bytes;
    bool changed; /* since that was put there */
};

struct argot_announce_program {
    int number; /* 0: none */
    argot_time until;
};

struct argot_announce_state {
    const struct argot_announce_output *of;
    size_t post;                 /* its number there */
    int fd;                      /* -1: not open */
    struct argot_buffer waiting; /* of files: to be written; of programs: messages, a line each */
    struct argot_announce_program programs[ARGOT_ANNOUNCE_PROGRAMS];
    size_t begin, count, room; /* of the ring of groups, in the order in which they end */
    struct argot_announce_group *groups;
    bool changed; /* some group has */
    char problem[ARGOT_ANNOUNCE_PROBLEM_BYTES];
};

struct argot_announce {
    struct argot_announce_options options;
    struct argot_announce_state *outputs;
    struct argot_post_output *posts;
    struct argot_post *post;               /* NULL: no output needs it */
    struct argot_buffer text, words, mail; /* of one message */
    struct argot_store *store;             /* NULL: there is none */
    bool store_failed;
    struct argot_announce_counts counts;
};

/* A message, as JSON and as words: syslog and mail take the latter, mail with the subject in their first line. */
struct argot_announce_message {
    char name[ARGOT_ANNOUNCE_NAME_BYTES];
    const struct argot_buffer *json, *words;
};

static inline bool
argot_announce_has_post(const struct argot_announce_state *output)
{
    return output->of->kind >= ARGOT_ANNOUNCE_WEBHOOK;
}

/* ---- announce.c ---- */

void argot_announce_send(struct argot_announce *announce, struct argot_announce_state *output,
                         const struct argot_announce_message *message);
/* Into the store; *id as argot_post_put has it. The bytes that it takes there. */
size_t argot_announce_put(struct argot_announce *announce, const struct argot_announce_state *output,
                          const struct argot_announce_message *message, bool held, uint64_t *id);
void argot_announce_name(const uint8_t id[ARGOT_ALERT_ID_BYTES], const char *behind,
                         char name[ARGOT_ANNOUNCE_NAME_BYTES]);

/* ---- announce_group.c ---- */

/* Whether the alert is to be told by itself: it is the first of its group, or there is no room to remember it. */
bool argot_announce_begins_group(struct argot_announce *announce, struct argot_announce_state *output,
                                 const struct argot_alert *alert);
/* Tells those whose span is over by then (monotonic). */
void argot_announce_end_groups(struct argot_announce *announce, struct argot_announce_state *output, argot_time now);
/* Has the summaries of all in the store, as far as they go. */
void argot_announce_hold_groups(struct argot_announce *announce, struct argot_announce_state *output);
void argot_announce_forget_groups(struct argot_announce *announce, struct argot_announce_state *output);
