/* SPDX-License-Identifier: Apache-2.0
 * Messages as mail (RFC 5322, MIME): plain text in UTF-8, in base64, so that nothing on the way has to know how long
 * its lines are or what stands at their begin. Nothing that comes from a log reaches a header but the subject, and that
 * without line ends, as encoded words (RFC 2047) where it is more than ASCII. */
#pragma once
#include "base/buffer.h"

#define ARGOT_MAIL_SUBJECT_BYTES ((size_t)240) /* longer ones are cut */

struct argot_mail {
    const char *from, *to; /* as they stand in the headers: addresses without bytes that mean something there */
    const char *name;      /* becomes the Message-ID, with the domain of `from` */
    argot_time now;
    bool crlf; /* lines end so; else with a newline, as sendmail programs want them */
};

/* Appends the whole message. Bytes that are no UTF-8 become U+FFFD, control bytes of the subject blanks. False without
 * memory: then what was appended is to be dropped. */
bool argot_mail_put(struct argot_buffer *out, const struct argot_mail *mail, const void *subject, size_t subject_bytes,
                    const void *body, size_t body_bytes);
