/* SPDX-License-Identifier: Apache-2.0
 * Messages about alerts that go over a network, by webhook or mail. They wait in the store, committed together with the
 * alerts that they tell of, and go from there when they are told: so each is told at least once, whatever happens to
 * this program, and has a name by which a receiver knows it again. Nothing is told before it is committed. While an
 * output fails, one message tries, later each time; the others wait. Nothing here waits itself. */
#pragma once
#include "base/buffer.h"
#include "base/seam_live.h"
#include "store/store.h"

#define ARGOT_POST_AT_ONCE ARGOT_STORE_MESSAGES_SKIPPED  /* messages of one output that are under way */
#define ARGOT_POST_MAX_MESSAGES UINT64_C(100000)         /* of one output that wait */
#define ARGOT_POST_MAX_BYTES (UINT64_C(64) << 20)        /* of those together */
#define ARGOT_POST_FIRST_WAIT_NS INT64_C(1000000000)     /* before the second try; then twice as long each time, */
#define ARGOT_POST_LONGEST_WAIT_NS INT64_C(300000000000) /* up to this */
#define ARGOT_POST_ASKED_WAIT_NS INT64_C(3600000000000)  /* the most that the other side may ask for */
#define ARGOT_POST_PROGRAM_NS INT64_C(60000000000)       /* then a program is ended */

enum argot_post_kind { ARGOT_POST_WEBHOOK, ARGOT_POST_SMTP, ARGOT_POST_PROGRAM };

struct argot_post_output {
    enum argot_post_kind kind;
    const char *name; /* for people */
    const char *key;  /* in the store: the same in each run */
    const char *url;  /* WEBHOOK, SMTP */
    /* Paths of files, or NULL. A bearer token and a secret that signs (WEBHOOK); a line with a user and one with a
       password (SMTP); certificates to trust. */
    const char *bearer, *secret, *login, *ca;
    bool plain;               /* SMTP: TLS is not required */
    const char *from;         /* SMTP: an address */
    const char *const *to;    /* SMTP: addresses, ended by NULL */
    const char *const *words; /* PROGRAM: gets the message on its standard input; ended by NULL */
};

struct argot_post_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    size_t noutputs;
    const struct argot_post_output *outputs; /* must outlive it */
    void *context;
    void (*problem)(void *context, const char *name, const char *reason); /* when it changes; may be NULL */
};

struct argot_post_counts {
    uint64_t told, lost, waiting; /* messages */
};

struct argot_post;

/* NULL with the reason in `why`. Files of secrets are read; one that cannot be is a problem, and tried again. */
struct argot_post *argot_post_new(const struct argot_post_options *options, char *why, size_t why_size);
void argot_post_free(struct argot_post *post); /* NULL is fine */

/* Each of these: false when the store failed, which has the reason. */

/* Goes on with what waits in the store; NULL: with none, and what is under way is forgotten here. Messages for outputs
 * that are none of these any more are given up, and told as a problem. */
bool argot_post_use(struct argot_post *post, struct argot_store *store);
/* A message for an output. *id 0: a new one, which gets one, unless there is no room, which is counted. Else it
 * replaces that one. Held: not to be told unless this program ends before it is released. */
bool argot_post_put(struct argot_post *post, size_t output, const char *name, bool held,
                    const struct argot_buffer *text, uint64_t *id);
/* A held one is given up. */
bool argot_post_drop(struct argot_post *post, size_t output, uint64_t id, size_t length);
/* What was put is committed. */
void argot_post_commit(struct argot_post *post);
/* Goes on with what is under way, begins what is due. */
bool argot_post_tick(struct argot_post *post);
/* Ticks until nothing waits, an output fails, or the time is over; commits. */
bool argot_post_finish(struct argot_post *post, int64_t wait_ns);

/* Reads secrets anew; where that fails the old ones stay. */
void argot_post_reread(struct argot_post *post);
/* Whether something is under way. */
bool argot_post_is_busy(const struct argot_post *post);
struct argot_post_counts argot_post_counts(const struct argot_post *post);
