/* SPDX-License-Identifier: Apache-2.0
 * Where lines begin and comments go. */
#include "grammar/layout.h"
#include <string.h>

static void
begin_line(struct argot_layout *layout)
{
    for (layout->line_indent = layout->indent; layout->column < layout->indent; layout->column++)
        argot_buffer_append_byte(layout->out, ' ');
}

static void
put(struct argot_layout *layout, const char *bytes, size_t count)
{
    if (layout->flat && layout->column > ARGOT_LAYOUT_WIDTH)
        return; /* too long already */
    if (count == 0)
        return;
    if (layout->must_break)
        argot_layout_line(layout);
    if (layout->column == 0)
        begin_line(layout);
    argot_buffer_append(layout->out, bytes, count);
    for (size_t i = 0; i < count; i++)
        layout->column += ((unsigned char)bytes[i] & 0xc0) != 0x80;
}

/* No blanks at a line's end. */
static void
strip(struct argot_layout *layout)
{
    struct argot_buffer *out = layout->out;
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->length--;
}

void
argot_layout_line(struct argot_layout *layout)
{
    layout->must_break = false;
    if (layout->column == 0)
        return;
    strip(layout);
    argot_buffer_append_byte(layout->out, '\n');
    layout->column = 0;
}

void
argot_layout_text(struct argot_layout *layout, const char *text)
{
    if (layout->must_break && *text == ' ')
        text++; /* blanks that part two words are not needed at a line's begin */
    put(layout, text, strlen(text));
}

static void
put_trailing(struct argot_layout *layout, const struct argot_ast_comment *comment)
{
    strip(layout);
    argot_buffer_append_text(layout->out, "  ");
    argot_buffer_append(layout->out, comment->text.at, comment->text.length);
    layout->must_break = true;
    layout->last_line = comment->line;
    layout->comment = comment->next;
}

static void
put_own_line(struct argot_layout *layout, const struct argot_ast_comment *comment)
{
    argot_layout_line(layout);
    put(layout, comment->text.at, comment->text.length);
    layout->must_break = true;
    layout->last_line = comment->line;
    layout->comment = comment->next;
}

void
argot_layout_comments(struct argot_layout *layout, uint32_t before)
{
    while (!layout->flat && layout->comment && layout->comment->begin < before) {
        const struct argot_ast_comment *comment = layout->comment;
        if (!comment->own_line && layout->column > 0 && !layout->must_break)
            put_trailing(layout, comment);
        else
            put_own_line(layout, comment);
    }
}

void
argot_layout_source(struct argot_layout *layout, struct argot_place place)
{
    argot_layout_comments(layout, place.begin);
    put(layout, layout->source + place.begin, place.end - place.begin);
    layout->last_line = place.end_line;
}

static void
put_blank(struct argot_layout *layout, uint32_t line, bool force)
{
    if ((force || line > layout->last_line + 1) && !layout->block_begin)
        argot_buffer_append_byte(layout->out, '\n');
    layout->block_begin = false;
}

/* Whether the source has an empty line among the comments before a place, or before the first of them. */
static bool
has_blank(const struct argot_layout *layout, struct argot_place place)
{
    uint32_t line = layout->last_line;
    for (const struct argot_ast_comment *comment = layout->comment; comment && comment->begin < place.begin;
         comment = comment->next) {
        if (comment->line > line + 1)
            return true;
        line = comment->line;
    }
    return place.line > line + 1;
}

/* The comments before an offset, the first of them behind what stands on this line if it stood there. */
static void
put_comments(struct argot_layout *layout, uint32_t before, bool force)
{
    if (layout->comment && layout->comment->begin < before && !layout->comment->own_line && layout->column > 0 &&
        !layout->must_break)
        put_trailing(layout, layout->comment);
    argot_layout_line(layout);
    while (layout->comment && layout->comment->begin < before) {
        put_blank(layout, layout->comment->line, force);
        force = false;
        put_own_line(layout, layout->comment);
        argot_layout_line(layout);
    }
}

void
argot_layout_statement(struct argot_layout *layout, struct argot_place place, bool force)
{
    force = force && !has_blank(layout, place);
    const struct argot_ast_comment *first = layout->comment;
    bool comments =
        first && first->begin < place.begin && (first->own_line || (first->next && first->next->begin < place.begin));
    put_comments(layout, place.begin, force && comments);
    put_blank(layout, place.line, force && !comments);
    begin_line(layout); /* here: what follows may set another indent for the lines that go on */
}

void
argot_layout_end(struct argot_layout *layout, uint32_t end)
{
    put_comments(layout, end, false);
    layout->block_begin = false;
}

bool
argot_layout_has_comment(const struct argot_layout *layout, struct argot_place place)
{
    const struct argot_ast_comment *comment = layout->comment;
    while (comment && comment->begin < place.begin)
        comment = comment->next;
    return comment && comment->begin < place.end;
}

struct argot_layout
argot_layout_try(struct argot_layout *layout)
{
    struct argot_layout before = *layout;
    layout->flat = true;
    return before;
}

bool
argot_layout_fits(struct argot_layout *layout, const struct argot_layout *before, size_t length)
{
    bool fits = layout->column <= ARGOT_LAYOUT_WIDTH;
    if (!fits) {
        layout->out->length = length;
        *layout = *before;
    }
    layout->flat = before->flat;
    return fits;
}
