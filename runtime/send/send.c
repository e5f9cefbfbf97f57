/* SPDX-License-Identifier: Apache-2.0
 * One multi handle, which keeps connections open for the next message. What a peer answers is not kept: its status says
 * all that is needed, and its words are not to be trusted. The library is loaded when something is to be sent, since it
 * brings along others that would make every start of argot slower. */
#define CURL_DISABLE_TYPECHECK /* its functions are called through pointers */
#include "send/send.h"
#include "base/library.h"
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libcurl.so.4"
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define MAX_ANSWER_BYTES ((size_t)1 << 20) /* of one; beyond, the connection is closed */
#define AUTHORIZATION "Authorization: Bearer "

/* What is used of the library. */
#define CALLS(X)                                                                                                       \
    X(easy_cleanup)                                                                                                    \
    X(easy_getinfo)                                                                                                    \
    X(easy_init)                                                                                                       \
    X(easy_setopt)                                                                                                     \
    X(easy_strerror)                                                                                                   \
    X(global_cleanup)                                                                                                  \
    X(global_init)                                                                                                     \
    X(multi_add_handle)                                                                                                \
    X(multi_cleanup)                                                                                                   \
    X(multi_info_read)                                                                                                 \
    X(multi_init)                                                                                                      \
    X(multi_perform)                                                                                                   \
    X(multi_remove_handle)                                                                                             \
    X(slist_append)                                                                                                    \
    X(slist_free_all)

#undef curl_easy_getinfo
#undef curl_easy_setopt

struct calls {
#define X(name) __typeof__(&curl_##name) name;
    CALLS(X)
#undef X
};

#define X(name) #name,
static const char *const names[] = {CALLS(X)};
#undef X
_Static_assert(sizeof(struct calls) == sizeof names, "a pointer for each name");

struct transfer {
    struct transfer *next;
    uint64_t number;
    CURL *easy;
    struct curl_slist *headers, *to;
    const uint8_t *bytes; /* SMTP: what is left to be sent */
    size_t left, answered;
    bool http;
    char error[CURL_ERROR_SIZE];
};

struct argot_send {
    struct argot_seam *seam;
    struct calls calls;
    CURLM *multi;
    size_t count;
    struct transfer *first; /* of those under way */
};

bool
argot_send_is_there(void)
{
    return true;
}

struct argot_send *
argot_send_new(struct argot_seam *seam, char *why, size_t why_size)
{
    struct argot_send *send = seam->allocate(seam, sizeof *send);
    snprintf(why, why_size, "there is no memory");
    if (!send)
        return NULL;
    *send = (struct argot_send){.seam = seam};
    if (!argot_library_load(LIBRARY, "curl_", names, sizeof names / sizeof *names, &send->calls))
        snprintf(why, why_size, LIBRARY " cannot be loaded: install it anew");
    else if (!send->calls.global_init(CURL_GLOBAL_DEFAULT))
        send->multi = send->calls.multi_init();
    if (send->multi)
        return send;
    seam->release(seam, send);
    return NULL;
}

/* ---- one transfer ---- */

static void
end_transfer(struct argot_send *send, struct transfer *transfer)
{
    for (struct transfer **at = &send->first; *at; at = &(*at)->next)
        if (*at == transfer) {
            *at = transfer->next;
            send->count--;
            break;
        }
    if (transfer->easy) {
        (void)send->calls.multi_remove_handle(send->multi, transfer->easy);
        send->calls.easy_cleanup(transfer->easy);
    }
    send->calls.slist_free_all(transfer->headers);
    send->calls.slist_free_all(transfer->to);
    send->seam->release(send->seam, transfer);
}

static size_t
drop_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    (void)bytes;
    transfer->answered += size * count;
    return transfer->answered > MAX_ANSWER_BYTES ? 0 : size * count;
}

static size_t
give_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t some = size * count < transfer->left ? size * count : transfer->left;
    memcpy(bytes, transfer->bytes, some);
    transfer->bytes += some;
    transfer->left -= some;
    return some;
}

static bool
add_line(const struct argot_send *send, struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = send->calls.slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer;
}

static bool
add_bearer(struct argot_send *send, struct transfer *transfer, const char *token)
{
    size_t size = sizeof AUTHORIZATION + strlen(token);
    char *line = send->seam->allocate(send->seam, size);
    if (!line)
        return false;
    snprintf(line, size, AUTHORIZATION "%s", token);
    bool good = add_line(send, &transfer->headers, line);
    memset(line, 0, size);
    send->seam->release(send->seam, line);
    return good;
}

static bool
set_http(struct argot_send *send, struct transfer *transfer, const struct argot_send_request *request)
{
    CURL *easy = transfer->easy;
    bool good = add_line(send, &transfer->headers, "Expect:"); /* bodies are small: asking first would cost a round */
    for (const char *const *header = request->headers; good && header && *header; header++)
        good = add_line(send, &transfer->headers, *header);
    return good && (!request->bearer || add_bearer(send, transfer, request->bearer)) &&
           !send->calls.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           !send->calls.easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) &&
           !send->calls.easy_setopt(easy, CURLOPT_POST, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->count) &&
           !send->calls.easy_setopt(easy, CURLOPT_POSTFIELDS, request->bytes);
}

static bool
set_smtp(const struct argot_send *send, struct transfer *transfer, const struct argot_send_request *request)
{
    CURL *easy = transfer->easy;
    bool good = true;
    transfer->bytes = request->bytes;
    transfer->left = request->count;
    for (const char *const *to = request->to; good && *to; to++)
        good = add_line(send, &transfer->to, *to);
    if (request->user)
        good = good && !send->calls.easy_setopt(easy, CURLOPT_USERNAME, request->user) &&
               !send->calls.easy_setopt(easy, CURLOPT_PASSWORD, request->password);
    return good && !send->calls.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
           !send->calls.easy_setopt(easy, CURLOPT_USE_SSL, (long)(request->plain ? CURLUSESSL_TRY : CURLUSESSL_ALL)) &&
           !send->calls.easy_setopt(easy, CURLOPT_MAIL_FROM, request->from) &&
           !send->calls.easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->to) &&
           !send->calls.easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_UPLOAD, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_READFUNCTION, give_bytes) &&
           !send->calls.easy_setopt(easy, CURLOPT_READDATA, transfer);
}

static bool
set_all(struct argot_send *send, struct transfer *transfer, const struct argot_send_request *request)
{
    CURL *easy = transfer->easy;
    transfer->http = !strncmp(request->url, "http", 4);
    return !send->calls.easy_setopt(easy, CURLOPT_PRIVATE, transfer) &&
           !send->calls.easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) &&
           !send->calls.easy_setopt(easy, CURLOPT_URL, request->url) &&
           !send->calls.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_NOPROGRESS, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) &&
           !send->calls.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) &&
           !send->calls.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) &&
           !send->calls.easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           (!request->ca || !send->calls.easy_setopt(easy, CURLOPT_CAINFO, request->ca)) &&
           (!request->ca || !send->calls.easy_setopt(easy, CURLOPT_CAPATH, NULL)) &&
           !send->calls.easy_setopt(easy, CURLOPT_USERAGENT, "argot/" ARGOT_VERSION) &&
           !send->calls.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(ARGOT_SEND_CONNECT_NS / NS_PER_MS)) &&
           !send->calls.easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(ARGOT_SEND_WHOLE_NS / NS_PER_MS)) &&
           !send->calls.easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer) &&
           !send->calls.easy_setopt(easy, CURLOPT_WRITEDATA, transfer) &&
           (transfer->http ? set_http(send, transfer, request) : set_smtp(send, transfer, request));
}

bool
argot_send_begin(struct argot_send *send, uint64_t number, const struct argot_send_request *request)
{
    struct transfer *transfer = send->seam->allocate(send->seam, sizeof *transfer);
    if (!transfer)
        return false;
    *transfer = (struct transfer){.number = number, .easy = send->calls.easy_init()};
    if (transfer->easy && set_all(send, transfer, request) &&
        !send->calls.multi_add_handle(send->multi, transfer->easy)) {
        transfer->next = send->first;
        send->first = transfer;
        send->count++;
        return true;
    }
    end_transfer(send, transfer);
    return false;
}

/* ---- answers ---- */

static void
judge(const struct argot_send *send, const struct transfer *transfer, CURLcode code, struct argot_send_answer *answer)
{
    long status = 0;
    curl_off_t wait_s = 0;
    (void)send->calls.easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)send->calls.easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &wait_s);
    *answer = (struct argot_send_answer){.number = transfer->number, .outcome = ARGOT_SEND_LATER};
    bool answered = transfer->http && status >= 200; /* that is final, whatever becomes of the rest of the answer */
    if (answered)
        answer->outcome = argot_send_http(status);
    else if (!transfer->http && (code == CURLE_OK || status >= 400))
        answer->outcome = code == CURLE_OK ? ARGOT_SEND_DONE : argot_send_smtp(status);
    if (answer->outcome == ARGOT_SEND_DONE)
        return;
    answer->wait_ns = wait_s > 0 && wait_s < INT64_MAX / NS_PER_S ? wait_s * NS_PER_S : 0;
    /* How long it took would make the same failure another one, which is said again. */
    bool timed = code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT;
    if (answered)
        snprintf(answer->words, sizeof answer->words, "answered with %ld", status);
    else
        snprintf(answer->words, sizeof answer->words, "%.180s",
                 *transfer->error && !timed ? transfer->error : send->calls.easy_strerror(code));
}

bool
argot_send_next(struct argot_send *send, struct argot_send_answer *answer)
{
    int left;
    if (!send->count)
        return false;
    (void)send->calls.multi_perform(send->multi, &left);
    for (CURLMsg *message; (message = send->calls.multi_info_read(send->multi, &left));) {
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE ||
            send->calls.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) != CURLE_OK || !transfer)
            continue;
        judge(send, transfer, message->data.result, answer);
        end_transfer(send, transfer);
        return true;
    }
    return false;
}

size_t
argot_send_count(const struct argot_send *send)
{
    return send ? send->count : 0;
}

void
argot_send_free(struct argot_send *send)
{
    if (!send)
        return;
    while (send->first)
        end_transfer(send, send->first);
    (void)send->calls.multi_cleanup(send->multi);
    send->calls.global_cleanup();
    send->seam->release(send->seam, send);
}
