/* SPDX-License-Identifier: Apache-2.0
 * Printing diagnostics, for people and as JSON. Names, texts and source lines may be anybody's bytes: whatever could
 * move a cursor, reorder text or is not UTF-8 comes out escaped, so that a terminal shows what the file holds. */
#include "base/diagnostic.h"

#define LINE_COLUMNS 160 /* longest excerpt of a source line */
#define BEFORE_MARKER 60 /* what is shown of a long line before the marked place */
#define TAB_COLUMNS 8
#define ESCAPE_COLUMNS 4 /* \x1b */
#define CUT "..."

/* One character of a text as it is shown: a code point, or one byte that is escaped. */
struct unit {
    uint32_t point;
    unsigned bytes;
    bool valid; /* UTF-8; else `point` is the byte */
};

static struct unit
decode(const char *text, size_t length)
{
    const uint8_t *at = (const uint8_t *)text;
    struct unit bad = {at[0], 1, false};
    if (at[0] < 0x80)
        return (struct unit){at[0], 1, true};
    unsigned bytes = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || bytes > length)
        return bad;
    uint32_t point = at[0] & (0x7fu >> bytes);
    for (unsigned i = 1; i < bytes; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return bad;
        point = point << 6 | (at[i] & 0x3f);
    }
    bool overlong = (bytes == 3 && point < 0x800) || (bytes == 4 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return bad;
    return (struct unit){point, bytes, true};
}

struct range {
    uint32_t first, last;
};

static bool
in_ranges(uint32_t point, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* Controls, and the characters that are invisible or change the direction of others. */
static bool
is_hidden(struct unit unit)
{
    static const struct range hidden[] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe000, 0xf8ff}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
    };
    return !unit.valid || in_ranges(unit.point, hidden, sizeof hidden / sizeof *hidden);
}

/* Columns on a terminal, as wcwidth would say in a UTF-8 locale, without a locale. */
static unsigned
columns_of(struct unit unit, unsigned column)
{
    static const struct range wide[] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
        {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f300, 0x1faff}, {0x20000, 0x3ffff},
    };
    static const struct range combining[] = {{0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
    if (unit.valid && unit.point == '\t')
        return TAB_COLUMNS - column % TAB_COLUMNS;
    if (is_hidden(unit))
        return unit.bytes * ESCAPE_COLUMNS;
    if (unit.point < 0x300)
        return 1;
    if (in_ranges(unit.point, combining, sizeof combining / sizeof *combining))
        return 0;
    return in_ranges(unit.point, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

static void
show_unit(struct argot_buffer *out, const char *text, struct unit unit)
{
    if (!is_hidden(unit)) {
        argot_buffer_append(out, text, unit.bytes);
        return;
    }
    for (unsigned i = 0; i < unit.bytes; i++)
        argot_buffer_printf(out, "\\x%02x", (unsigned)(uint8_t)text[i]);
}

static void
show_text(struct argot_buffer *out, const char *text)
{
    size_t left = strlen(text);
    while (left) {
        struct unit unit = decode(text, left);
        show_unit(out, text, unit);
        text += unit.bytes;
        left -= unit.bytes;
    }
}

static void
fill(struct argot_buffer *out, char byte, size_t count)
{
    while (count--)
        argot_buffer_append_byte(out, byte);
}

/* The line of the source without its line end; false when the source has no such line. */
static bool
find_line(const struct argot_diagnostics *all, uint32_t number, const char **line, size_t *length)
{
    if (!all->source || number == 0)
        return false;
    const char *at = all->source, *end = at + all->source_length;
    for (uint32_t i = 1; i < number; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            return false;
        at = newline + 1;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    *line = at;
    *length = (size_t)((newline ? newline : end) - at);
    if (*length && at[*length - 1] == '\r')
        --*length;
    return true;
}

static bool
fits_whole(const char *line, size_t length)
{
    unsigned column = 0;
    for (size_t i = 0; i < length && column <= LINE_COLUMNS;) {
        struct unit unit = decode(line + i, length - i);
        column += columns_of(unit, column);
        i += unit.bytes;
    }
    return column <= LINE_COLUMNS;
}

/* Begin of the character that ends where byte `at` begins; at > 0. */
static size_t
step_back(const char *line, size_t at)
{
    for (unsigned bytes = 2; bytes <= 4 && bytes <= at; bytes++)
        if (decode(line + at - bytes, bytes).bytes == bytes)
            return at - bytes;
    return at - 1;
}

/* Where the excerpt of a long line begins. */
static size_t
window_begin(const char *line, size_t length, size_t marked)
{
    if (fits_whole(line, length))
        return 0;
    size_t begin = marked;
    for (unsigned columns = 0; begin > 0;) {
        size_t before = step_back(line, begin);
        columns += columns_of(decode(line + before, begin - before), 0);
        if (columns > BEFORE_MARKER)
            break;
        begin = before;
    }
    return begin;
}

struct marker {
    size_t first, behind;     /* bytes of the line */
    unsigned column, columns; /* in the excerpt */
};

/* Shows the line from `begin` and finds the columns of the marked bytes. */
static void
show_excerpt(struct argot_buffer *out, const char *line, size_t length, size_t begin, struct marker *marker)
{
    unsigned column = 0;
    bool found = false;
    size_t at = begin;
    if (begin > 0) {
        argot_buffer_append_text(out, CUT);
        column = sizeof CUT - 1;
    }
    while (at < length && column < LINE_COLUMNS) {
        struct unit unit = decode(line + at, length - at);
        unsigned columns = columns_of(unit, column);
        if (at + unit.bytes > marker->first && at < marker->behind) {
            if (!found)
                marker->column = column;
            found = true;
            marker->columns = column + columns - marker->column;
        }
        if (unit.valid && unit.point == '\t')
            fill(out, ' ', columns);
        else
            show_unit(out, line + at, unit);
        column += columns;
        at += unit.bytes;
    }
    if (at < length)
        argot_buffer_append_text(out, CUT);
    if (!found) {
        marker->column = column;
        marker->columns = 1;
    }
}

static int
digits_of(uint32_t number)
{
    int digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

static void
print_excerpt(const struct argot_diagnostics *all, struct argot_buffer *out, struct argot_span span, int gutter)
{
    const char *line;
    size_t length;
    if (!find_line(all, span.line, &line, &length))
        return;
    struct marker marker = {.first = span.column ? span.column - 1 : 0};
    if (marker.first > length)
        marker.first = length;
    marker.behind = marker.first + (span.length ? span.length : 1);
    argot_buffer_printf(out, " %*u | ", gutter, (unsigned)span.line);
    show_excerpt(out, line, length, window_begin(line, length, marker.first), &marker);
    argot_buffer_printf(out, "\n %*s | ", gutter, "");
    fill(out, ' ', marker.column);
    argot_buffer_append_byte(out, '^');
    if (marker.columns > 1)
        fill(out, '~', marker.columns - 1);
    argot_buffer_append_byte(out, '\n');
}

static void
print_place(const struct argot_diagnostics *all, struct argot_buffer *out, struct argot_span span)
{
    show_text(out, all->path);
    if (span.line)
        argot_buffer_printf(out, ":%u:%u", (unsigned)span.line, (unsigned)(span.column ? span.column : 1));
    argot_buffer_append_text(out, ": ");
}

static const char *
severity_name(enum argot_severity severity)
{
    return severity == ARGOT_ERROR ? "error" : "warning";
}

static void
print_one(const struct argot_diagnostics *all, const struct argot_diagnostic *one, struct argot_buffer *out)
{
    struct argot_span span = one->span, second = one->second;
    const struct argot_diagnostics *file = argot_diagnostics_file(all, &span);
    const struct argot_diagnostics *other = argot_diagnostics_file(one->second_file ? one->second_file : all, &second);
    int gutter = digits_of(one->second_text && second.line > span.line ? second.line : span.line);
    print_place(file, out, span);
    argot_buffer_printf(out, "%s[ARGOT-%04u]: ", severity_name(one->severity), one->code);
    show_text(out, one->text);
    argot_buffer_append_byte(out, '\n');
    print_excerpt(file, out, span, gutter);
    if (one->second_text) {
        print_place(other, out, second);
        argot_buffer_append_text(out, "note: ");
        show_text(out, one->second_text);
        argot_buffer_append_byte(out, '\n');
        print_excerpt(other, out, second, gutter);
    }
    if (one->witness) {
        argot_buffer_append_text(out, "  for example: `");
        show_text(out, one->witness);
        argot_buffer_append_text(out, "`\n");
    }
    if (one->hint) {
        argot_buffer_append_text(out, "  hint: ");
        show_text(out, one->hint);
        argot_buffer_append_byte(out, '\n');
    }
}

void
argot_diagnostics_print(const struct argot_diagnostics *diagnostics, struct argot_buffer *out)
{
    for (const struct argot_diagnostic *one = diagnostics->first; one; one = one->next)
        print_one(diagnostics, one, out);
    unsigned more = diagnostics->errors + diagnostics->warnings - diagnostics->kept;
    if (more) {
        show_text(out, diagnostics->path);
        argot_buffer_printf(out, ": and %u more\n", more);
    }
}

static void
json_text(struct argot_buffer *out, const char *text)
{
    size_t left = strlen(text);
    argot_buffer_append_byte(out, '"');
    while (left) {
        struct unit unit = decode(text, left);
        if (!unit.valid)
            argot_buffer_append_text(out, "\xef\xbf\xbd");
        else if (unit.point == '"' || unit.point == '\\')
            argot_buffer_printf(out, "\\%c", (char)unit.point);
        else if (is_hidden(unit) && unit.point < 0x10000)
            argot_buffer_printf(out, "\\u%04x", (unsigned)unit.point);
        else
            argot_buffer_append(out, text, unit.bytes);
        text += unit.bytes;
        left -= unit.bytes;
    }
    argot_buffer_append_byte(out, '"');
}

static void
json_span(struct argot_buffer *out, struct argot_span span)
{
    argot_buffer_printf(out, "\"line\":%u,\"column\":%u,\"length\":%u", (unsigned)span.line, (unsigned)span.column,
                        (unsigned)span.length);
}

void
argot_diagnostics_print_json(const struct argot_diagnostics *diagnostics, struct argot_buffer *out)
{
    for (const struct argot_diagnostic *one = diagnostics->first; one; one = one->next) {
        struct argot_span span = one->span, second = one->second;
        const struct argot_diagnostics *file = argot_diagnostics_file(diagnostics, &span);
        const struct argot_diagnostics *other =
            argot_diagnostics_file(one->second_file ? one->second_file : diagnostics, &second);
        argot_buffer_append_text(out, "{\"path\":");
        json_text(out, file->path);
        argot_buffer_append_byte(out, ',');
        json_span(out, span);
        argot_buffer_printf(out, ",\"severity\":\"%s\",\"code\":\"ARGOT-%04u\",\"text\":", severity_name(one->severity),
                            one->code);
        json_text(out, one->text);
        if (one->second_text) {
            argot_buffer_append_text(out, ",\"second\":{");
            if (other != file) {
                argot_buffer_append_text(out, "\"path\":");
                json_text(out, other->path);
                argot_buffer_append_byte(out, ',');
            }
            json_span(out, second);
            argot_buffer_append_text(out, ",\"text\":");
            json_text(out, one->second_text);
            argot_buffer_append_byte(out, '}');
        }
        if (one->witness) {
            argot_buffer_append_text(out, ",\"witness\":");
            json_text(out, one->witness);
        }
        if (one->hint) {
            argot_buffer_append_text(out, ",\"hint\":");
            json_text(out, one->hint);
        }
        argot_buffer_append_text(out, "}\n");
    }
}
