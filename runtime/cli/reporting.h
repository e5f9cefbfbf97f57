/* SPDX-License-Identifier: Apache-2.0
 * Who may ask a run how it is: `argot status`, over a socket beside the store, and whoever reads metrics; and the
 * service manager, who is told. It lives as long as the program, so that there is an answer also while a run waits for
 * room. */
#pragma once
#include "config/config.h"
#include "cli/cli.h"
#include "cli/notify.h"
#include "pipeline/serve.h"
#include "report/answer.h"
#include "report/http.h"

#define ARGOT_REPORTING_SUFFIX "-status" /* behind the store's path: the socket */
#define ARGOT_REPORTING_PATH_BYTES (ARGOT_CONFIG_PATH_BYTES + sizeof ARGOT_REPORTING_SUFFIX)

struct argot_reporting {
    struct argot_cli *cli;
    const char *store;
    const struct argot_config_address *metrics; /* NULL: none */
    struct argot_answer *answer;                /* NULL: not open */
    struct argot_http *http;
    struct argot_notify notify;
    struct argot_serve *serve;   /* NULL: it waits for room, or is about to begin */
    argot_time started;          /* by the clock */
    argot_time next_try;         /* monotonic */
    bool answer_told, http_told; /* why it is not open */
    size_t nfds;
    int fds[2];
    char path[ARGOT_REPORTING_PATH_BYTES];
};

/* Where the run of a store answers. False: the path is too long. */
bool argot_reporting_place(const char *store, char *path, size_t size);
/* Opens what can be asked. What cannot be opened is said, and tried again. The reporting must stay where it is. */
void argot_reporting_begin(struct argot_reporting *reporting, struct argot_cli *cli, const struct argot_config *config);
void argot_reporting_finish(struct argot_reporting *reporting); /* also of one that is zero */
/* Answers who asks, by what `serve` tells. For argot_serve_options. */
void argot_reporting_attend(void *reporting);
