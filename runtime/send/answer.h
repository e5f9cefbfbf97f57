/* SPDX-License-Identifier: Apache-2.0
 * What became of a message, and what that means for it: who answers with a status says by that whether it is of any use
 * to try again. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGOT_SEND_WORDS_BYTES 192

enum argot_send_outcome {
    ARGOT_SEND_DONE,
    ARGOT_SEND_LATER, /* the way there, the address or the rights are wrong: all messages wait */
    ARGOT_SEND_NEVER, /* this message is refused, others may be taken */
};

struct argot_send_answer {
    uint64_t number;
    enum argot_send_outcome outcome;
    int64_t wait_ns;                    /* asked for by the other side; 0: nothing was */
    char words[ARGOT_SEND_WORDS_BYTES]; /* for people, unless it is done */
};

/* Of a status of HTTP (RFC 9110). 2xx is done. 400, 413, 415 and 422 are about the message. All else may be mended on
 * the other side or in the configuration: 3xx, 401, 403, 404, 408, 429, 5xx. */
enum argot_send_outcome argot_send_http(long status);
/* Of a reply of SMTP (RFC 5321). 552 and 554 are about the message; all else is about the way, the addresses or the
 * login. */
enum argot_send_outcome argot_send_smtp(long reply);
/* Of a sendmail program, as sysexits.h has them: 65 is about the message. */
enum argot_send_outcome argot_send_exit(int status);
