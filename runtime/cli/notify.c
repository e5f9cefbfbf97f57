/* SPDX-License-Identifier: Apache-2.0
 * What the manager does not take is not sent again: the next sign of life is due soon. */
#include "cli/notify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_BYTES 128
#define NS_PER_US 1000u
#define MOST_US (UINT64_C(1) << 50)

/* Half of what the manager waits, so that one sign may be lost. */
static int64_t
interval_ns(void)
{
    const char *text = getenv("WATCHDOG_USEC");
    uint64_t us = text ? strtoull(text, NULL, 10) : 0;
    return us < MOST_US ? (int64_t)(us * NS_PER_US / 2) : 0;
}

void
argot_notify_open(struct argot_notify *notify, struct argot_seam *seam)
{
    struct argot_seam_live *live = argot_seam_live_system();
    const char *path = getenv("NOTIFY_SOCKET");
    *notify = (struct argot_notify){.seam = seam, .fd = -1};
    if (!path || (*path != '/' && *path != '@'))
        return;
    struct argot_endpoint endpoint = {
        .kind = ARGOT_ENDPOINT_UNIX_DATAGRAM, .path = path + (*path == '@'), .abstract = *path == '@'};
    notify->fd = live->connect(live, &endpoint);
    notify->interval_ns = interval_ns();
}

void
argot_notify_close(struct argot_notify *notify)
{
    if (notify->seam && notify->fd >= 0)
        notify->seam->close(notify->seam, notify->fd);
    *notify = (struct argot_notify){.fd = -1};
}

static void
tell(struct argot_notify *notify, const char *words)
{
    if (notify->seam && notify->fd >= 0)
        (void)notify->seam->write(notify->seam, notify->fd, words, strlen(words));
}

void
argot_notify_ready(struct argot_notify *notify)
{
    tell(notify, "READY=1\nSTATUS=running");
}

void
argot_notify_reloading(struct argot_notify *notify)
{
    char words[WORDS_BYTES];
    if (!notify->seam)
        return;
    snprintf(words, sizeof words, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reading rules",
             (long long)notify->seam->monotonic(notify->seam) / NS_PER_US);
    tell(notify, words);
}

void
argot_notify_stopping(struct argot_notify *notify)
{
    tell(notify, "STOPPING=1\nSTATUS=stopping");
}

void
argot_notify_alive(struct argot_notify *notify)
{
    if (!notify->seam || !notify->interval_ns)
        return;
    argot_time now = notify->seam->monotonic(notify->seam);
    if (now < notify->next_sign)
        return;
    notify->next_sign = now + notify->interval_ns;
    tell(notify, "WATCHDOG=1");
}
