/* SPDX-License-Identifier: Apache-2.0
 * Metrics over HTTP, by libmicrohttpd without threads: it has a set of descriptors of its own, which is one descriptor
 * for whoever waits for many. It stands beside the seam, with memory and sockets of its own; only listening goes
 * through it. What peers can take is bounded: connections, memory of each, and how often the text is made. */
#pragma once
#include "base/buffer.h"
#include "base/seam_live.h"

#define ARGOT_HTTP_MAX_CONNECTIONS 32u
#define ARGOT_HTTP_CONNECTION_BYTES ((size_t)16 << 10) /* of what a request may take */
#define ARGOT_HTTP_TIMEOUT_S 3u                        /* without a byte, then a connection is closed */
#define ARGOT_HTTP_FRESH_NS INT64_C(500000000)         /* a text that is not older is given once more */
#define ARGOT_HTTP_PATH "/metrics"

struct argot_http_options {
    struct argot_seam *seam;
    struct argot_seam_live *live;
    struct argot_endpoint endpoint; /* TCP */
    void *context;
    void (*text)(void *context, struct argot_buffer *out);
};

struct argot_http;

/* NULL with the reason in `why`, also in a program that was built without libmicrohttpd. */
struct argot_http *argot_http_open(const struct argot_http_options *options, char *why, size_t why_size);
void argot_http_close(struct argot_http *http); /* NULL is fine */
/* A descriptor that can be polled: there is something to do for argot_http_attend. */
int argot_http_poll(const struct argot_http *http);
/* Answers who is there; to be called every second or so besides. */
void argot_http_attend(struct argot_http *http);
