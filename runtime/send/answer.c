/* SPDX-License-Identifier: Apache-2.0
 * When in doubt a message waits: what a person can mend must not cost alerts. */
#include "send/answer.h"

#define DATA_ERROR 65 /* EX_DATAERR */

enum argot_send_outcome
argot_send_http(long status)
{
    if (status >= 200 && status < 300)
        return ARGOT_SEND_DONE;
    return status == 400 || status == 413 || status == 415 || status == 422 ? ARGOT_SEND_NEVER : ARGOT_SEND_LATER;
}

enum argot_send_outcome
argot_send_smtp(long reply)
{
    if (reply >= 200 && reply < 400)
        return ARGOT_SEND_DONE;
    return reply == 552 || reply == 554 ? ARGOT_SEND_NEVER : ARGOT_SEND_LATER;
}

enum argot_send_outcome
argot_send_exit(int status)
{
    if (!status)
        return ARGOT_SEND_DONE;
    return status == DATA_ERROR ? ARGOT_SEND_NEVER : ARGOT_SEND_LATER;
}
