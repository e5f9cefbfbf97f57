/* SPDX-License-Identifier: Apache-2.0
 * Places, times and moments as people read them, and the table of what parts of a condition said. */
#include "cli/why_words.h"
#include "cli/moment.h"
#include "cli/say.h"
#include "event/format.h"

/* ---- pieces ---- */

void
argot_why_words_say(struct argot_why_words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    argot_buffer_vprintf(words->out, format, args);
    va_end(args);
}

void
argot_why_words_time(struct argot_why_words *words, argot_time time)
{
    char text[ARGOT_FORMAT_ROOM];
    size_t length = argot_format_time(time, text);
    char *mark = memchr(text, 'T', length);
    if (mark)
        *mark = ' '; /* as alerts have it */
    argot_buffer_append(words->out, text, length);
}

void
argot_why_words_cut(struct argot_why_words *words, const struct argot_why_text *text)
{
    if (text->at) /* else there was no memory for it */
        argot_say_escape(words->out, text->at, text->length);
    if (text->cut)
        argot_buffer_append_text(words->out, "…");
}

void
argot_why_words_label(struct argot_why_words *words)
{
    if (words->label.length)
        argot_say_escape(words->out, words->label.bytes, words->label.length);
    words->label.length = 0;
}

void
argot_why_words_name(struct argot_why_words *words, const char *name)
{
    argot_say_escape(words->out, name, strlen(name));
}

void
argot_why_words_value(struct argot_why_words *words)
{
    struct argot_buffer *label = &words->label;
    size_t length = label->length;
    if (length > ARGOT_WHY_VALUE_BYTES) {
        length = ARGOT_WHY_VALUE_BYTES;
        while (length > 0 && (label->bytes[length] & 0xc0) == 0x80)
            length--; /* between characters */
    }
    bool cut = length < label->length;
    label->length = length;
    argot_why_words_label(words);
    argot_why_words_say(words, "%s", cut ? "…" : "");
}

void
argot_why_words_source(struct argot_why_words *words, const struct argot_plan_place *place)
{
    argot_why_label_source(words->why->plan, place->file, place->span, &words->label);
    argot_why_words_label(words);
}

void
argot_why_words_place(struct argot_why_words *words, const struct argot_plan_place *place)
{
    const char *path = words->why->plan->files[place->file].path;
    argot_say_escape(words->out, path, strlen(path));
    argot_buffer_printf(words->out, ":%u", place->span.line);
}

void
argot_why_words_record(struct argot_why_words *words, const struct argot_why_moment *moment)
{
    const struct argot_parse_result *result = &words->told->result->parse;
    const char *path = moment->identity.source < result->nsources ? result->sources[moment->identity.source].path : "";
    argot_say_escape(words->out, path, strlen(path));
    argot_buffer_printf(words->out, ":%llu", (unsigned long long)moment->identity.record);
}

void
argot_why_words_moment(struct argot_why_words *words, const struct argot_why_moment *moment)
{
    if (moment->time == INT64_MIN)
        argot_why_words_say(words, "an unknown time");
    else
        argot_why_words_time(words, moment->time);
    if (!moment->at_hand)
        return;
    argot_buffer_append_byte(words->out, ' ');
    argot_why_words_record(words, moment);
}

void
argot_why_words_count(struct argot_why_words *words, uint64_t count, const char *one, const char *many)
{
    argot_say_count(words->out, count, one, many);
}

void
argot_why_words_span(struct argot_why_words *words, int64_t span_ns)
{
    argot_moment_write_span(words->out, span_ns);
}

/* ---- tables ---- */

#define COLUMN_LEAST 7u
#define INDENT_MOST 40u

static void
put_column(struct argot_why_words *words, uint64_t count)
{
    argot_buffer_printf(words->out, "%*llu", (int)words->width, (unsigned long long)count);
}

static void
put_node(struct argot_why_words *words, const struct argot_trace_node *node, const struct argot_why_node *counts)
{
    uint32_t indent = (node->depth - 1) * 2;
    put_column(words, counts->verdicts[ARGOT_TRACE_TRUE]);
    put_column(words, counts->verdicts[ARGOT_TRACE_FALSE]);
    put_column(words, counts->verdicts[ARGOT_TRACE_NULL]);
    if (node->depth == 1)
        put_column(words, counts->alone);
    else
        argot_buffer_printf(words->out, "%*s", (int)words->width, "");
    argot_buffer_printf(words->out, "  %*s", (int)(indent < INDENT_MOST ? indent : INDENT_MOST), "");
    argot_why_label_node(words->why, node, &words->label);
    argot_why_words_label(words);
    argot_buffer_append_byte(words->out, '\n');
}

static unsigned
width_of(uint64_t count)
{
    unsigned width = 3;
    for (; count >= 10; count /= 10)
        width++;
    return width < COLUMN_LEAST ? COLUMN_LEAST : width;
}

void
argot_why_words_table(struct argot_why_words *words, const struct argot_trace *trace,
                      const struct argot_why_node *nodes, uint64_t judged)
{
    static const char *const heads[] = {"true", "false", "null", "alone"};
    words->width = width_of(judged);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        argot_buffer_printf(words->out, "%*s", (int)words->width, heads[i]);
    argot_buffer_append_byte(words->out, '\n');
    for (uint32_t i = 1; i < trace->count; i++)
        put_node(words, &trace->nodes[i], &nodes[i]);
}
