/* SPDX-License-Identifier: Apache-2.0
 * The library is loaded when it is wanted, since it brings along others that make every start of argot slower. Each
 * connection is for one request. A response is shared by all who ask within half a second: so nobody makes a run
 * work by asking often. */
#include "report/http.h"
#include "base/library.h"
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>

#define LIBRARY "libmicrohttpd.so.12"
#define TURNS 64
#define CONTENT "text/plain; version=0.0.4; charset=utf-8"

/* What is used of the library. */
#define CALLS(X)                                                                                                       \
    X(add_response_header)                                                                                             \
    X(create_response_from_buffer)                                                                                     \
    X(destroy_response)                                                                                                \
    X(get_daemon_info)                                                                                                 \
    X(get_timeout)                                                                                                     \
    X(queue_response)                                                                                                  \
    X(run)                                                                                                             \
    X(start_daemon)                                                                                                    \
    X(stop_daemon)

struct calls {
#define X(name) __typeof__(&MHD_##name) name;
    CALLS(X)
#undef X
};

#define X(name) #name,
static const char *const names[] = {CALLS(X)};
#undef X
_Static_assert(sizeof(struct calls) == sizeof names, "a pointer for each name");

struct argot_http {
    struct argot_http_options options;
    struct calls calls;
    int fd; /* that listens, until MHD has it; -1: none */
    struct MHD_Daemon *daemon;
    struct MHD_Response *metrics, *absent, *refused; /* the first may be NULL */
    argot_time made;                                 /* monotonic: the metrics */
};

/* ---- the library ---- */

/* ---- responses ---- */

static struct MHD_Response *
make_response(const struct argot_http *http, const void *bytes, size_t length, const char *content)
{
    struct MHD_Response *response =
        http->calls.create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return NULL;
    if (http->calls.add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content) == MHD_YES &&
        http->calls.add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES)
        return response;
    http->calls.destroy_response(response);
    return NULL;
}

static struct MHD_Response *
make_words(const struct argot_http *http, const char *words)
{
    return make_response(http, words, strlen(words), "text/plain; charset=utf-8");
}

static struct MHD_Response *
fresh_metrics(struct argot_http *http)
{
    struct argot_seam *seam = http->options.seam;
    argot_time now = seam->monotonic(seam);
    if (http->metrics && now - http->made < ARGOT_HTTP_FRESH_NS)
        return http->metrics;
    struct argot_buffer text;
    argot_buffer_init(&text, seam);
    http->options.text(http->options.context, &text);
    struct MHD_Response *made = text.failed ? NULL : make_response(http, text.bytes, text.length, CONTENT);
    argot_buffer_finish(&text);
    if (http->metrics)
        http->calls.destroy_response(http->metrics); /* who is being given it keeps it */
    http->metrics = made;
    http->made = now;
    return made;
}

static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
       const char *data, size_t *size, void **request)
{
    struct argot_http *http = context;
    (void)version;
    (void)data;
    (void)size;
    (void)request;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return http->calls.queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, http->refused);
    if (strcmp(url, ARGOT_HTTP_PATH) != 0)
        return http->calls.queue_response(connection, MHD_HTTP_NOT_FOUND, http->absent);
    struct MHD_Response *metrics = fresh_metrics(http);
    return metrics ? http->calls.queue_response(connection, MHD_HTTP_OK, metrics) : MHD_NO;
}

/* ---- the whole ---- */

static bool
start(struct argot_http *http)
{
    http->absent = make_words(http, "metrics are at " ARGOT_HTTP_PATH "\n");
    http->refused = make_words(http, "metrics can be read, and nothing else\n");
    if (!http->absent || !http->refused ||
        http->calls.add_response_header(http->refused, MHD_HTTP_HEADER_ALLOW, "GET, HEAD") != MHD_YES)
        return false;
    http->daemon = http->calls.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, http, MHD_OPTION_LISTEN_SOCKET,
                                            http->fd, MHD_OPTION_CONNECTION_LIMIT, ARGOT_HTTP_MAX_CONNECTIONS,
                                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, ARGOT_HTTP_CONNECTION_BYTES,
                                            MHD_OPTION_CONNECTION_TIMEOUT, ARGOT_HTTP_TIMEOUT_S, MHD_OPTION_END);
    if (http->daemon)
        http->fd = -1;
    return http->daemon;
}

struct argot_http *
argot_http_open(const struct argot_http_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_http *http = seam->allocate(seam, sizeof *http);
    snprintf(why, why_size, "there is no memory");
    if (!http)
        return NULL;
    *http = (struct argot_http){.options = *options};
    http->fd = -1;
    bool loaded = argot_library_load(LIBRARY, "MHD_", names, sizeof names / sizeof *names, &http->calls);
    if (loaded)
        http->fd = options->live->listen(options->live, &options->endpoint, 0);
    if (http->fd >= 0 && start(http))
        return http;
    if (!loaded)
        snprintf(why, why_size, LIBRARY " cannot be loaded");
    else if (http->fd < 0)
        snprintf(why, why_size, "%s", http->fd == -EADDRINUSE ? "another program listens there" : strerror(-http->fd));
    argot_http_close(http);
    return NULL;
}

void
argot_http_close(struct argot_http *http)
{
    if (!http)
        return;
    struct MHD_Response *responses[] = {http->metrics, http->absent, http->refused};
    if (http->daemon)
        http->calls.stop_daemon(http->daemon);
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++)
        if (responses[i])
            http->calls.destroy_response(responses[i]);
    if (http->fd >= 0)
        http->options.seam->close(http->options.seam, http->fd);
    http->options.seam->release(http->options.seam, http);
}

int
argot_http_poll(const struct argot_http *http)
{
    const union MHD_DaemonInfo *info = http->calls.get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

void
argot_http_attend(struct argot_http *http)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    for (int i = 0; i < TURNS && !ms; i++) { /* it reads a piece of each at a time, and nobody is called for the rest */
        (void)http->calls.run(http->daemon);
        if (http->calls.get_timeout(http->daemon, &ms) != MHD_YES)
            break;
    }
}
