/* SPDX-License-Identifier: Apache-2.0
 * Messages to somebody over HTTP(S) and SMTP(S): many under way at a time, none of which makes the caller wait. libcurl
 * stands beside the seam as SQLite does: it has sockets, memory and a clock of its own, and looks up names in threads
 * of its own. Certificates are always verified, redirections are never followed. */
#pragma once
#include "base/seam.h"
#include "send/answer.h"

#define ARGOT_SEND_CONNECT_NS INT64_C(10000000000) /* to be connected, TLS and all */
#define ARGOT_SEND_WHOLE_NS INT64_C(30000000000)   /* for all of one message */

struct argot_send_request {
    const char *url;             /* http://, https://, smtp://, smtps:// */
    const char *const *headers;  /* HTTP: `Name: value`, ended by NULL; without control bytes */
    const char *bearer;          /* HTTP: a token, or NULL */
    const char *user, *password; /* SMTP: or NULL, both */
    const char *from;            /* SMTP: the address only */
    const char *const *to;       /* SMTP: addresses, ended by NULL */
    bool plain;                  /* SMTP: TLS is used where it is offered, not required */
    const char *ca;              /* a file of certificates to trust; NULL: the system's */
    const void *bytes;           /* must stay until the answer is there */
    size_t count;
};

struct argot_send;

/* Whether this argot can send at all. */
bool argot_send_is_there(void);
/* NULL with the reason in `why`. */
struct argot_send *argot_send_new(struct argot_seam *seam, char *why, size_t why_size);
/* What is under way is given up; it may arrive or not. NULL is fine. */
void argot_send_free(struct argot_send *send);
/* Begins. `number` comes back with the answer. False without memory. All but `bytes` is copied. */
bool argot_send_begin(struct argot_send *send, uint64_t number, const struct argot_send_request *request);
/* Goes on with all that is under way, as far as that is possible now, and gives an answer if there is one. */
bool argot_send_next(struct argot_send *send, struct argot_send_answer *answer);
/* How many are under way. */
size_t argot_send_count(const struct argot_send *send);
