/* SPDX-License-Identifier: Apache-2.0
 * Without libcurl. */
#include "send/send.h"
#include <stdio.h>

bool
argot_send_is_there(void)
{
    return false;
}

struct argot_send *
argot_send_new(struct argot_seam *seam, char *why, size_t why_size)
{
    (void)seam;
    snprintf(why, why_size, "this argot was built without libcurl");
    return NULL;
}

void
argot_send_free(struct argot_send *send)
{
    (void)send;
}

bool
argot_send_begin(struct argot_send *send, uint64_t number, const struct argot_send_request *request)
{
    (void)send;
    (void)number;
    (void)request;
    return false;
}

bool
argot_send_next(struct argot_send *send, struct argot_send_answer *answer)
{
    (void)send;
    (void)answer;
    return false;
}

size_t
argot_send_count(const struct argot_send *send)
{
    (void)send;
    return 0;
}
