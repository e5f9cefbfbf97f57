/* SPDX-License-Identifier: Apache-2.0
 * The share that is done counts compressed bytes where inputs are compressed, since only their size
 * is known before. */
#include "cli/progress.h"
#include "cli/terminal.h"
#include <stdio.h>

#define STANDARD_ERROR 2
#define FIRST_AFTER_NS INT64_C(500000000)
#define EVERY_NS INT64_C(200000000)
#define BAR_MOST 40
#define BAR_LEAST 8
#define LINE_BYTES 512

void
argot_progress_init(struct argot_progress *progress, struct argot_seam *seam, uint64_t total_bytes)
{
    *progress = (struct argot_progress){
        .seam = seam,
        .enabled = argot_terminal_draws(seam, STANDARD_ERROR),
        .started = seam->monotonic(seam),
        .total_bytes = total_bytes,
    };
}

static void
write_line(struct argot_progress *progress, const char *bytes, size_t length)
{
    if (argot_seam_write_all(progress->seam, STANDARD_ERROR, bytes, length))
        progress->enabled = false;
}

/* "[####......]  42% " */
static size_t
draw_bar(char *line, size_t size, double share, unsigned width)
{
    char bar[BAR_MOST + 1];
    unsigned filled = (unsigned)(share * width);
    for (unsigned i = 0; i < width; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[width] = 0;
    return (size_t)snprintf(line, size, "[%s] %3.0f%%  ", bar, share * 100);
}

static void
draw(struct argot_progress *progress, const struct argot_parse_progress *state, argot_time now)
{
    double seconds = (double)(now - progress->started) / 1e9;
    const struct argot_counts *counts = &state->counts;
    char words[LINE_BYTES / 2], line[LINE_BYTES];
    unsigned columns = argot_terminal_columns(STANDARD_ERROR);
    size_t length = (size_t)snprintf(words, sizeof words, "%llu lines  %.0f lines/s  %.1f MB/s  %llu dead letters",
                                     (unsigned long long)counts->lines, (double)counts->lines / seconds,
                                     (double)counts->bytes / seconds / 1e6, (unsigned long long)counts->letters);
    size_t at = (size_t)snprintf(line, sizeof line, "\r");
    if (progress->total_bytes > 0 && columns > length + BAR_LEAST + 10) {
        uint64_t done = progress->before_bytes + state->done_bytes;
        double share = (double)done / (double)progress->total_bytes;
        size_t room = columns - length - 10;
        at += draw_bar(line + at, sizeof line - at, share > 1 ? 1 : share, room > BAR_MOST ? BAR_MOST : (unsigned)room);
    }
    if (length >= columns)
        length = columns - 1;
    at += (size_t)snprintf(line + at, sizeof line - at, "%.*s\033[K", (int)length, words);
    write_line(progress, line, at);
    progress->shown = true;
    progress->drawn = now;
}

void
argot_progress_update(struct argot_progress *progress, const struct argot_parse_progress *state)
{
    if (!progress->enabled)
        return;
    if (state->source != progress->source) {
        progress->before_bytes += progress->current_bytes;
        progress->source = state->source;
    }
    progress->current_bytes = state->total_bytes;
    argot_time now = progress->seam->monotonic(progress->seam);
    if (now - progress->started < FIRST_AFTER_NS || (progress->shown && now - progress->drawn < EVERY_NS))
        return;
    draw(progress, state, now);
}

void
argot_progress_clear(struct argot_progress *progress)
{
    if (progress->shown)
        write_line(progress, "\r\033[K", 4);
    progress->shown = false;
}
