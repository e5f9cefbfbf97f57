/* SPDX-License-Identifier: Apache-2.0
 * Moments and time zones as options name them. */
#pragma once
#include "cli/args.h"

struct argot_zone;

/* An ISO 8601 time with date and time of day (UTC where it names no zone). False after saying what
 * is wrong. */
bool argot_moment_read(const struct argot_args *args, const char *option, const char *text, argot_time *time);
/* A duration such as 90s or 1h30m. */
bool argot_moment_span(const struct argot_args *args, const char *option, const char *text, int64_t *span_ns);
/* The same as text, the way rules spell it. */
void argot_moment_write_span(struct argot_buffer *out, int64_t span_ns);
/* A zone by IANA name or offset, which the caller frees. NULL after saying what is wrong. */
struct argot_zone *argot_moment_zone(const struct argot_args *args, const char *name);

/* ---- ranges: --last, --from, --to ---- */

/* Their rows in a command's table of options. */
#define ARGOT_MOMENT_LAST                                                                                              \
    {                                                                                                                  \
        "last", 0, "DURATION", "not older than that: 24h, 90s, 7d"                                                     \
    }
#define ARGOT_MOMENT_FROM                                                                                              \
    {                                                                                                                  \
        "from", 0, "TIME", "not before: 2026-03-03 or 2026-03-03T10:00:00Z"                                            \
    }
#define ARGOT_MOMENT_TO                                                                                                \
    {                                                                                                                  \
        "to", 0, "TIME", "not after; of a date its last moment"                                                        \
    }

struct argot_moment_range {
    const char *last, *from, *to; /* values of the options; NULL: not given */
    argot_time oldest, newest;    /* both included */
};

/* The range that the options name, all of time without any. False after saying what is wrong. */
bool argot_moment_range(const struct argot_args *args, struct argot_moment_range *range);
