/* SPDX-License-Identifier: Apache-2.0
 * HTTP in a program that was built without libmicrohttpd: it cannot be opened, so that nothing else is ever called. */
#include "report/http.h"
#include <stdio.h>

struct argot_http *
argot_http_open(const struct argot_http_options *options, char *why, size_t why_size)
{
    (void)options;
    snprintf(why, why_size, "this argot was built without libmicrohttpd");
    return NULL;
}

void
argot_http_close(struct argot_http *http)
{
    (void)http;
}

int
argot_http_poll(const struct argot_http *http)
{
    (void)http;
    return -1;
}

void
argot_http_attend(struct argot_http *http)
{
    (void)http;
}
