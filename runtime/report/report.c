/* SPDX-License-Identifier: Apache-2.0
 * Names, and what the system knows of the process. */
#include "report/report.h"
#include <stdlib.h>

#define PROCESS_FILE "/proc/self/status"
#define PROCESS_BYTES 4096
#define KIB 1024

void
argot_report_init(struct argot_report *report, struct argot_seam *seam)
{
    *report =
        (struct argot_report){.now = INT64_MIN, .started = INT64_MIN, .watermark = INT64_MIN, .committed = INT64_MIN};
    argot_arena_init(&report->arena, seam, 0);
}

void
argot_report_finish(struct argot_report *report)
{
    argot_arena_finish(&report->arena);
}

const char *
argot_report_state_name(enum argot_report_state state)
{
    static const char *const names[ARGOT_REPORT_STATES] = {
        [ARGOT_REPORT_UNKNOWN] = "unknown", [ARGOT_REPORT_BEHIND] = "behind", [ARGOT_REPORT_LIVE] = "live",
        [ARGOT_REPORT_IDLE] = "idle",       [ARGOT_REPORT_SILENT] = "silent", [ARGOT_REPORT_ABSENT] = "absent",
        [ARGOT_REPORT_FAILED] = "failed",
    };
    return names[state];
}

const char *
argot_report_phase_name(enum argot_report_phase phase)
{
    static const char *const names[ARGOT_REPORT_PHASES] = {
        [ARGOT_REPORT_STOPPED] = "stopped",
        [ARGOT_REPORT_CATCHING_UP] = "catching_up",
        [ARGOT_REPORT_RUNNING] = "running",
        [ARGOT_REPORT_NO_ROOM] = "waiting_for_room",
    };
    return names[phase];
}

const char *
argot_report_group_name(enum argot_report_group group)
{
    static const char *const names[ARGOT_REPORT_GROUPS] = {
        [ARGOT_REPORT_DROP] = "drops", [ARGOT_REPORT_LIMIT] = "limits", [ARGOT_REPORT_KEPT] = "kept_from_rules"};
    return names[group];
}

enum argot_report_group
argot_report_group_of(enum argot_report_count count)
{
    static const enum argot_report_group groups[] = {
#define X(group, name, word, words) ARGOT_REPORT_##group,
        ARGOT_REPORT_COUNTS(X)
#undef X
    };
    return groups[count];
}

const char *
argot_report_count_name(enum argot_report_count count)
{
    static const char *const names[] = {
#define X(group, name, word, words) word,
        ARGOT_REPORT_COUNTS(X)
#undef X
    };
    return names[count];
}

const char *
argot_report_count_words(enum argot_report_count count)
{
    static const char *const all[] = {
#define X(group, name, word, words) words,
        ARGOT_REPORT_COUNTS(X)
#undef X
    };
    return all[count];
}

double
argot_report_typed(const struct argot_counts *counts)
{
    return counts->events ? (double)(counts->events - counts->unmatched) / (double)counts->events : 1.0;
}

/* ---- the process ---- */

static uint64_t
number_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

void
argot_report_process(struct argot_report *report, struct argot_seam *seam)
{
    char text[PROCESS_BYTES];
    int fd = seam->open(seam, PROCESS_FILE, ARGOT_OPEN_READ);
    int64_t length = fd < 0 ? fd : argot_seam_read_some(seam, fd, text, sizeof text - 1);
    if (fd >= 0)
        seam->close(seam, fd);
    text[length > 0 ? length : 0] = 0;
    report->process = number_behind(text, "\nPid:");
    report->memory_bytes = number_behind(text, "\nVmRSS:") * KIB;
}
