/* SPDX-License-Identifier: Apache-2.0
 * A run that is taken over by another one still has the socket for a moment: so opening it is tried again. */
#include "cli/reporting.h"
#include "cli/say.h"
#include <stdio.h>

#define WHY_BYTES 320
#define TRY_NS INT64_C(1000000000)

bool
argot_reporting_place(const char *store, char *path, size_t size)
{
    int length = snprintf(path, size, "%s" ARGOT_REPORTING_SUFFIX, store);
    return length > 0 && (size_t)length < size && length <= ARGOT_CONFIG_SOCKET_BYTES;
}

/* ---- what is told ---- */

static bool
make_report(struct argot_reporting *reporting, struct argot_report *report)
{
    struct argot_seam *seam = reporting->cli->seam;
    argot_report_init(report, seam);
    report->phase = ARGOT_REPORT_NO_ROOM;
    report->now = seam->now(seam);
    bool good = !reporting->serve || argot_serve_report(reporting->serve, report);
    report->started = reporting->started;
    report->store = reporting->store;
    argot_report_process(report, seam);
    if (reporting->answer)
        report->counts[ARGOT_REPORT_STATUS_CONNECTIONS] = argot_answer_refused(reporting->answer);
    return good;
}

/* A line for programs, and the rest for people. */
static void
put_status(void *context, struct argot_buffer *out)
{
    struct argot_report report;
    if (make_report(context, &report)) {
        argot_report_json(&report, out);
        argot_report_table(&report, out);
    } else {
        out->failed = true;
    }
    argot_report_finish(&report);
}

static void
put_metrics(void *context, struct argot_buffer *out)
{
    struct argot_report report;
    if (make_report(context, &report))
        argot_report_metrics(&report, out);
    else
        out->failed = true;
    argot_report_finish(&report);
}

/* ---- opening ---- */

static void
open_answer(struct argot_reporting *reporting)
{
    struct argot_seam *seam = reporting->cli->seam;
    char why[WHY_BYTES];
    struct argot_answer_options options = {.seam = seam,
                                           .live = argot_seam_live_system(),
                                           .path = reporting->path,
                                           .context = reporting,
                                           .text = put_status};
    reporting->answer = argot_answer_open(&options, why, sizeof why);
    if (!reporting->answer && !reporting->answer_told)
        argot_say(seam, "%s: %s; `argot status` gets no answer", reporting->path, why);
    reporting->answer_told = true;
}

static void
open_http(struct argot_reporting *reporting)
{
    struct argot_seam *seam = reporting->cli->seam;
    const struct argot_config_address *at = reporting->metrics;
    char why[WHY_BYTES];
    struct argot_http_options options = {
        .seam = seam,
        .live = argot_seam_live_system(),
        .endpoint = {.kind = ARGOT_ENDPOINT_TCP, .host = at->host, .port = at->port},
        .context = reporting,
        .text = put_metrics,
    };
    reporting->http = argot_http_open(&options, why, sizeof why);
    if (!reporting->http && !reporting->http_told)
        argot_say(seam, "%s: %s; there are no metrics", at->url, why);
    reporting->http_told = true;
}

static void
open_all(struct argot_reporting *reporting)
{
    struct argot_seam *seam = reporting->cli->seam;
    reporting->next_try = seam->monotonic(seam) + TRY_NS;
    if (!reporting->answer && *reporting->path)
        open_answer(reporting);
    if (!reporting->http && reporting->metrics)
        open_http(reporting);
}

void
argot_reporting_begin(struct argot_reporting *reporting, struct argot_cli *cli, const struct argot_config *config)
{
    struct argot_seam *seam = cli->seam;
    *reporting = (struct argot_reporting){.cli = cli,
                                          .store = config->store.path,
                                          .metrics = config->metrics.host ? &config->metrics : NULL,
                                          .started = seam->now(seam)};
    if (!argot_reporting_place(config->store.path, reporting->path, sizeof reporting->path)) {
        argot_say(seam, "%s: the path is too long for a socket beside it; `argot status` gets no answer",
                  config->store.path);
        *reporting->path = 0;
    }
    argot_notify_open(&reporting->notify, seam);
    open_all(reporting);
    if (reporting->answer)
        reporting->fds[reporting->nfds++] = argot_answer_poll(reporting->answer);
    if (reporting->http)
        reporting->fds[reporting->nfds++] = argot_http_poll(reporting->http);
}

void
argot_reporting_finish(struct argot_reporting *reporting)
{
    argot_answer_close(reporting->answer);
    argot_http_close(reporting->http);
    argot_notify_close(&reporting->notify);
    *reporting = (struct argot_reporting){0};
}

void
argot_reporting_attend(void *context)
{
    struct argot_reporting *reporting = context;
    struct argot_seam *seam = reporting->cli->seam;
    if (seam->monotonic(seam) >= reporting->next_try)
        open_all(reporting);
    argot_notify_alive(&reporting->notify);
    if (reporting->answer)
        argot_answer_attend(reporting->answer);
    if (reporting->http)
        argot_http_attend(reporting->http);
}
