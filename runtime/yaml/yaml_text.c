/* SPDX-License-Identifier: Apache-2.0
 * Checks that a file is text, and finds places in it. */
#include "yaml/text.h"
#include "yaml/yaml.h"
#include "base/codes.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Bytes of the character at `at`, 0 when it is none that YAML allows (YAML 1.1, section 5.1). */
static size_t
character_bytes(const unsigned char *at, size_t left)
{
    unsigned c = at[0];
    if (c < 0x80)
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0x7f);
    size_t bytes = c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (bytes == 0 || left < bytes)
        return 0;
    uint32_t point = c & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3f);
    }
    if (bytes == 2)
        return point == 0x85 || point >= 0xa0 ? 2 : 0;
    if (bytes == 3)
        return point < 0x800 || (point >= 0xd800 && point < 0xe000) || point == 0xfeff || point > 0xfffd ? 0 : 3;
    return point < 0x10000 || point > 0x10ffff ? 0 : 4;
}

/* Offset of the first byte that is no text, or the length. */
static size_t
find_no_text(const struct argot_yaml_text *text)
{
    size_t at = text->begin;
    while (at < text->length) {
        size_t bytes = character_bytes((const unsigned char *)text->bytes + at, text->length - at);
        if (bytes == 0)
            break;
        at += bytes;
    }
    return at;
}

static bool
find_lines(struct argot_yaml_text *text, struct argot_arena *arena)
{
    size_t count = 1;
    for (size_t i = 0; i < text->length; i++)
        count += text->bytes[i] == '\n';
    uint32_t *lines = argot_arena_zalloc(arena, count, sizeof *lines);
    if (!lines)
        return false;
    size_t line = 1;
    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] == '\n')
            lines[line++] = (uint32_t)(i + 1);
    text->lines = lines;
    text->nlines = count;
    return true;
}

static bool
check_text(const struct argot_yaml_text *text, struct argot_diagnostics *diagnostics)
{
    size_t at = find_no_text(text);
    if (at == text->length)
        return true;
    struct argot_span span = argot_yaml_text_span(text, at, at + 1);
    unsigned byte = (unsigned char)text->bytes[at];
    struct argot_diagnostic *d;
    if (byte == 0)
        d = argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_BYTES, span, "a NUL byte");
    else if (byte < 0x80)
        d = argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_BYTES, span, "the control byte 0x%02x",
                                  byte);
    else
        d = argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_BYTES, span,
                                  "the byte 0x%02x begins no character of UTF-8 that YAML allows", byte);
    d->hint = byte < 0x80 ? "write it as an escape in double quotes, such as \"\\x1b\""
                          : "save the file as UTF-8; write other bytes as escapes in double quotes";
    if (byte == 0)
        d->hint = "is this a text file in UTF-8?";
    return false;
}

bool
argot_yaml_text_init(struct argot_yaml_text *text, struct argot_diagnostics *diagnostics)
{
    *text = (struct argot_yaml_text){.bytes = diagnostics->source, .length = diagnostics->source_length};
    if (text->length > ARGOT_YAML_MAX_BYTES) {
        argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_SIZE, (struct argot_span){0},
                              "the file has more than %u bytes", ARGOT_YAML_MAX_BYTES);
        return false;
    }
    if (text->length >= 3 && !memcmp(text->bytes, BYTE_ORDER_MARK, 3))
        text->begin = 3;
    text->offset = text->begin;
    if (!find_lines(text, diagnostics->arena)) {
        argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_NO_MEMORY, (struct argot_span){0}, "out of memory");
        return false;
    }
    return check_text(text, diagnostics);
}

size_t
argot_yaml_text_offset(struct argot_yaml_text *text, size_t character)
{
    const char *bytes = text->bytes;
    while (text->character < character && text->offset < text->length) {
        do
            text->offset++;
        while (text->offset < text->length && ((unsigned char)bytes[text->offset] & 0xc0) == 0x80);
        text->character++;
    }
    while (text->character > character) {
        do
            text->offset--;
        while (((unsigned char)bytes[text->offset] & 0xc0) == 0x80);
        text->character--;
    }
    return text->offset;
}

struct argot_span
argot_yaml_text_span(const struct argot_yaml_text *text, size_t begin, size_t end)
{
    size_t low = 0, high = text->nlines; /* the last line that begins at or before `begin` */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (text->lines[middle] <= begin)
            low = middle;
        else
            high = middle;
    }
    size_t line_end = low + 1 < text->nlines ? text->lines[low + 1] - 1u : text->length;
    if (end > line_end)
        end = line_end;
    while (end > begin && (text->bytes[end - 1] == ' ' || text->bytes[end - 1] == '\r'))
        end--;
    return (struct argot_span){(uint32_t)(low + 1), (uint32_t)(begin - text->lines[low] + 1),
                               end > begin ? (uint32_t)(end - begin) : 1};
}

bool
argot_yaml_text_line(const struct argot_yaml_text *text, size_t number, const char **line, size_t *length)
{
    if (number == 0 || number > text->nlines)
        return false;
    size_t begin = text->lines[number - 1];
    size_t end = number < text->nlines ? text->lines[number] - 1u : text->length;
    if (end > begin && text->bytes[end - 1] == '\r')
        end--;
    *line = text->bytes + begin;
    *length = end - begin;
    return true;
}
