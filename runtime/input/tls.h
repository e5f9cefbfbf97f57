/* SPDX-License-Identifier: Apache-2.0
 * TLS of listeners (RFC 5425): certificates, and sessions over connections that do not block. What is read and written
 * goes through the seam; OpenSSL has memory and randomness of its own. TLS 1.2 and later, without renegotiation,
 * tickets and compression. A peer that is slow to take what it is sent is given up: a listener has next to nothing to
 * say. */
#pragma once
#include "base/seam.h"

#define ARGOT_TLS_FILE_BYTES ((size_t)1 << 20)    /* longest file of certificates, or of a key */
#define ARGOT_TLS_RECORD_BYTES ((size_t)16 << 10) /* longest piece that a read gives: offer that much room */

struct argot_tls_files {           /* paths; PEM */
    const char *certificate, *key; /* of the server, with what leads to a root behind it */
    const char *ca;                /* NULL: clients need no certificate; else they need one that these signed */
};

struct argot_tls;
struct argot_tls_session;

/* Whether this argot can do TLS at all. */
bool argot_tls_is_there(void);
/* Loads the library, which argot_tls_new does too: for who may not load anything later. False where it is not found. */
bool argot_tls_load(void);
/* NULL with the reason in `why`, which names the file. */
struct argot_tls *argot_tls_new(struct argot_seam *seam, const struct argot_tls_files *files, char *why,
                                size_t why_size);
/* Sessions go on with what they have. NULL is fine. */
void argot_tls_free(struct argot_tls *tls);

/* Over a connection, which stays the caller's. NULL without memory. */
struct argot_tls_session *argot_tls_accept(struct argot_tls *tls, int fd);
/* Shakes hands and reads: the number of bytes, 0 at the end, -EAGAIN when it is to be read on later, -EPROTO when the
 * peer broke the rules or is not trusted, or another negative errno. */
int64_t argot_tls_read(struct argot_tls_session *session, void *bytes, size_t count);
/* Whether hands were shaken. */
bool argot_tls_is_open(const struct argot_tls_session *session);
/* Says goodbye if it can. NULL is fine. */
void argot_tls_end(struct argot_tls_session *session);
