/* SPDX-License-Identifier: Apache-2.0
 * Quotes are written first and taken back where nothing between them needs any. */
#include "output/text_value.h"

bool
argot_text_value_color(struct argot_text_line *text, const char *sequence)
{
    return !text->color || argot_line_word(&text->line, sequence);
}

static bool
is_plain(const uint8_t *at, const uint8_t *end)
{
    if (at == end)
        return false;
    for (; at < end; at++)
        if (*at <= ' ' || *at == '"' || *at == '\\')
            return false;
    return true;
}

bool
argot_text_value_text(struct argot_text_line *text, const uint8_t *bytes, size_t count)
{
    struct argot_line *line = &text->line;
    if (!argot_line_bytes(line, "\"", 1))
        return false;
    size_t before = (size_t)(line->at - line->buffer->bytes);
    if (!argot_line_text(line, ARGOT_LINE_JSON, bytes, count))
        return false;
    uint8_t *begin = line->buffer->bytes + before;
    if (!is_plain(begin, line->at))
        return argot_line_bytes(line, "\"", 1);
    memmove(begin - 1, begin, (size_t)(line->at - begin));
    line->at--;
    return true;
}

bool
argot_text_value_put(struct argot_text_line *text, enum argot_type type, uint16_t field, const struct argot_slot *slot)
{
    if (argot_json_value_is_text(type) && !(slot->text.flags & ARGOT_SLOT_JSON))
        return argot_text_value_text(text, slot->text.at, slot->text.length);
    if (argot_json_value_is_text(type))
        return argot_json_value_put(&text->line, &text->clock, type, field, slot);
    return argot_json_value_plain(&text->line, &text->clock, ARGOT_LINE_JSON, type, field, slot);
}

bool
argot_text_value_time(struct argot_text_line *text, argot_time time)
{
    if (!argot_text_value_color(text, ARGOT_TEXT_DIM) || !argot_line_room(&text->line, ARGOT_FORMAT_ROOM))
        return false;
    size_t length = argot_format_clock_time(&text->clock, time, (char *)text->line.at);
    text->line.at[strlen("2026-03-03")] = ' ';
    text->line.at += length;
    return argot_text_value_color(text, ARGOT_TEXT_RESET);
}

bool
argot_text_value_key(struct argot_text_line *text, const char *separator, const char *head, const uint8_t *key,
                     size_t count)
{
    return argot_line_word(&text->line, separator) && argot_text_value_color(text, ARGOT_TEXT_DIM) &&
           argot_line_word(&text->line, head) && argot_text_value_text(text, key, count) &&
           argot_line_bytes(&text->line, "=", 1) && argot_text_value_color(text, ARGOT_TEXT_RESET);
}
