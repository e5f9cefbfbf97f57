/* SPDX-License-Identifier: Apache-2.0
 * How many by time: a bar for each span, those without a row too. */
#include "cli/query.h"
#include "cli/terminal.h"
#include "event/format.h"
#include <stdio.h>

#define STANDARD_OUTPUT 1
#define MAX_BARS 30    /* of a span that nobody chose */
#define MAX_LINES 4096 /* drawn; beyond these only spans with a row are */
#define LEAST_BAR 10
#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)
#define HOUR_NS (60 * MINUTE_NS)
#define DAY_NS (24 * HOUR_NS)

struct bar {
    argot_time begin;
    uint64_t count;
};

int64_t
argot_query_times_span(argot_time oldest, argot_time newest)
{
    static const int64_t spans[] = {SECOND_NS,      5 * SECOND_NS, 15 * SECOND_NS, MINUTE_NS,   5 * MINUTE_NS,
                                    15 * MINUTE_NS, HOUR_NS,       3 * HOUR_NS,    6 * HOUR_NS, 12 * HOUR_NS,
                                    DAY_NS,         7 * DAY_NS,    30 * DAY_NS,    90 * DAY_NS};
    enum { COUNT = sizeof spans / sizeof *spans };
    int64_t whole;
    if (__builtin_sub_overflow(newest, oldest, &whole))
        whole = INT64_MAX;
    for (size_t i = 0; i < COUNT; i++)
        if (whole / spans[i] < MAX_BARS)
            return spans[i];
    return 365 * DAY_NS;
}

/* The time without its second's fraction where spans are whole seconds. */
static void
put_bar(const struct bar *bar, uint64_t most, unsigned room, struct argot_buffer *out)
{
    char text[ARGOT_FORMAT_ROOM];
    size_t length = argot_format_time(bar->begin, text);
    argot_buffer_append(out, text, length);
    argot_buffer_append(out, "  ", 2);
    uint64_t signs = most ? (uint64_t)((double)bar->count / (double)most * room + 0.5) : 0;
    if (bar->count && !signs)
        signs = 1;
    for (uint64_t i = 0; i < room; i++)
        argot_buffer_append_byte(out, i < signs ? '#' : ' ');
    argot_buffer_printf(out, "  %llu\n", (unsigned long long)bar->count);
}

static void
draw(const struct bar *bars, size_t count, int64_t span_ns, struct argot_buffer *out)
{
    unsigned columns = argot_terminal_columns(STANDARD_OUTPUT), used = 40;
    unsigned room = columns > used + LEAST_BAR ? columns - used : LEAST_BAR;
    uint64_t most = 0, lines = 0;
    for (size_t i = 0; i < count; i++)
        most = bars[i].count > most ? bars[i].count : most;
    for (size_t i = 0; i < count; i++) {
        struct bar empty = {.begin = i ? bars[i - 1].begin : 0};
        while (i && lines < MAX_LINES && !__builtin_add_overflow(empty.begin, span_ns, &empty.begin) &&
               empty.begin < bars[i].begin) {
            put_bar(&empty, most, room, out);
            lines++;
        }
        put_bar(&bars[i], most, room, out);
        lines++;
    }
}

bool
argot_query_times_draw(struct argot_search *search, struct argot_seam *seam, int64_t span_ns, struct argot_buffer *out)
{
    struct argot_cell cells[2];
    struct argot_buffer bars;
    argot_buffer_init(&bars, seam);
    while (argot_search_next(search, cells)) {
        struct bar bar = {.begin = cells[0].slot.i64, .count = cells[1].slot.u64};
        argot_buffer_append(&bars, &bar, sizeof bar);
    }
    if (bars.length)
        draw((const struct bar *)(const void *)bars.bytes, bars.length / sizeof(struct bar), span_ns, out);
    out->failed = out->failed || bars.failed;
    argot_buffer_finish(&bars);
    return !*argot_search_problem(search);
}
