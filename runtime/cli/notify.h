/* SPDX-License-Identifier: Apache-2.0
 * Tells the service manager how far a run is, and that it is alive, as sd_notify(3) has it: a datagram of lines to the
 * socket that NOTIFY_SOCKET names. Without one nobody is told. */
#pragma once
#include "base/seam_live.h"

struct argot_notify {
    struct argot_seam *seam;
    int fd;               /* -1: nobody is to be told */
    int64_t interval_ns;  /* between two signs of life; 0: none are wanted */
    argot_time next_sign; /* monotonic */
};

void argot_notify_open(struct argot_notify *notify, struct argot_seam *seam);
void argot_notify_close(struct argot_notify *notify);
/* It can be relied on, also after reloading. */
void argot_notify_ready(struct argot_notify *notify);
void argot_notify_reloading(struct argot_notify *notify);
void argot_notify_stopping(struct argot_notify *notify);
/* A sign of life, where it is due; to be called every second or so. */
void argot_notify_alive(struct argot_notify *notify);
