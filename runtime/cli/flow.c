/* SPDX-License-Identifier: Apache-2.0
 * Text is gathered in pieces that stay on one line: a member with the brackets that open before it, and the comma or
 * the brackets behind. Only a text too long for any line is folded, at single blanks, which YAML gives back. */
#include "cli/flow.h"
#include "output/json.h"
#include <stdio.h>
#include <stdlib.h>

struct writer {
    const struct argot_record *record;
    struct argot_buffer *out;
    struct argot_buffer piece;
    size_t fold_begin, fold_end; /* of the piece: where it may be folded */
    size_t indent, column, after;
    bool fresh; /* nothing of the value stands on this line yet */
};

/* ---- lines ---- */

static void
break_line(struct writer *w)
{
    argot_buffer_append_byte(w->out, '\n');
    for (size_t i = 0; i < w->indent; i++)
        argot_buffer_append_byte(w->out, ' ');
    w->column = w->indent;
    w->fresh = true;
}

/* Where the piece, from `from` on, should be folded: the last blank that fits, else the first; 0: nowhere. */
static size_t
fold_place(const struct writer *w, size_t from)
{
    const uint8_t *bytes = w->piece.bytes;
    size_t place = 0;
    for (size_t i = from > w->fold_begin ? from : w->fold_begin; i + 1 < w->fold_end; i++) {
        if (bytes[i] != ' ' || i <= from || i == w->fold_begin || bytes[i - 1] == ' ' || bytes[i + 1] == ' ')
            continue;
        if (place && w->column + (i - from) > ARGOT_FLOW_COLUMNS)
            break;
        place = i;
    }
    return place;
}

/* Puts the piece behind what is there, or on a line of its own. */
static void
flush(struct writer *w, size_t after)
{
    size_t length = w->piece.length, from = 0, place;
    if (!w->fresh && w->column + 1 + length + after > ARGOT_FLOW_COLUMNS)
        break_line(w);
    if (!w->fresh) {
        argot_buffer_append_byte(w->out, ' ');
        w->column++;
    }
    while (w->column + length - from + after > ARGOT_FLOW_COLUMNS && (place = fold_place(w, from))) {
        argot_buffer_append(w->out, w->piece.bytes + from, place - from);
        break_line(w);
        from = place + 1;
    }
    argot_buffer_append(w->out, w->piece.bytes + from, length - from);
    w->column += length - from;
    w->fresh = false;
    w->piece.length = w->fold_begin = w->fold_end = 0;
}

/* ---- scalars ---- */

/* Whether some reader of YAML would take the text for another thing than text. */
static bool
looks_typed(const char *text)
{
    static const char *const words[] = {"true", "false", "null", "~", "yes", "no", "on",
                                        "off",  "y",     "n",    "=", "<<",  "-"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(text, words[i]))
            return true;
    char *end;
    strtod(text, &end);
    return !*end; /* an empty text too */
}

static bool
is_plain(struct argot_slice text)
{
    char copy[48];                   /* longer than any word or number that means something */
    if (text.length < sizeof copy) { /* an empty text and a lone dash are told here */
        snprintf(copy, sizeof copy, "%.*s", (int)text.length, (const char *)text.at);
        if (looks_typed(copy))
            return false;
    }
    if (text.at[0] == ' ' || text.at[text.length - 1] == ' ' || strchr("!&*|>%@`", text.at[0]) ||
        (text.at[0] == '-' && text.at[1] == ' '))
        return false;
    for (uint32_t i = 0; i < text.length; i++)
        if (strchr(":,[]{}#?'\"\\", text.at[i]))
            return false;
    return true;
}

static void
append_single(struct argot_buffer *out, struct argot_slice text)
{
    argot_buffer_append_byte(out, '\'');
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\'')
            argot_buffer_append_byte(out, '\'');
        argot_buffer_append_byte(out, (char)text.at[i]);
    }
    argot_buffer_append_byte(out, '\'');
}

/* What JSON escapes needs escapes in YAML as well; a backslash and a double quote alone do not. */
static bool
needs_escapes(const struct argot_buffer *json, struct argot_slice text)
{
    size_t length = 2;
    for (uint32_t i = 0; i < text.length; i++)
        length += text.at[i] == '"' || text.at[i] == '\\' ? 2 : 1;
    return json->length != length;
}

static void
append_text(struct writer *w, struct argot_slice text, bool key)
{
    struct argot_buffer json;
    argot_buffer_init(&json, w->out->seam);
    argot_json_string(text.at, text.length, &json);
    size_t begin = w->piece.length;
    bool long_text = w->indent + begin + text.length > ARGOT_FLOW_COLUMNS - 8; /* room for what closes */
    if (json.failed)
        w->out->failed = true;
    else if (needs_escapes(&json, text))
        argot_buffer_append(&w->piece, json.bytes, json.length);
    else if (is_plain(text) && (key || !long_text))
        argot_buffer_append(&w->piece, text.at, text.length);
    else
        append_single(&w->piece, text);
    if (!key && w->piece.length > begin && strchr("'\"", w->piece.bytes[begin])) {
        w->fold_begin = begin + 1;
        w->fold_end = w->piece.length - 1;
    }
    argot_buffer_finish(&json);
}

static void
append_scalar(struct writer *w, const struct argot_node *node)
{
    static const char *const words[] = {
        [ARGOT_NODE_TRUE] = "true", [ARGOT_NODE_FALSE] = "false", [ARGOT_NODE_NULL] = "null"};
    if (node->kind == ARGOT_NODE_STRING)
        append_text(w, argot_node_text(node), false);
    else if (node->kind == ARGOT_NODE_NUMBER)
        argot_buffer_append(&w->piece, node->text_at, node->text_length);
    else
        argot_buffer_append_text(&w->piece, words[node->kind]);
}

/* ---- values ---- */

// NOLINTNEXTLINE(misc-no-recursion)
static void
append_value(struct writer *w, uint32_t at)
{
    const struct argot_node *node = &w->record->nodes[at];
    if (node->kind > ARGOT_NODE_ARRAY) {
        append_scalar(w, node);
        return;
    }
    bool object = node->kind == ARGOT_NODE_OBJECT;
    argot_buffer_append_byte(&w->piece, object ? '{' : '[');
    for (uint32_t child = argot_record_first(w->record, at); child; child = argot_record_next(w->record, child)) {
        if (object) {
            append_text(w, argot_node_key(&w->record->nodes[child]), true);
            argot_buffer_append_text(&w->piece, ": ");
        }
        append_value(w, child);
        if (argot_record_next(w->record, child)) {
            argot_buffer_append_byte(&w->piece, ',');
            flush(w, 0);
        }
    }
    argot_buffer_append_byte(&w->piece, object ? '}' : ']');
}

/* Events that one record makes. */
static void
append_objects(struct writer *w, uint32_t first)
{
    size_t outer = w->indent;
    argot_buffer_append_byte(&w->piece, '[');
    for (uint32_t child = first; child; child = argot_record_next(w->record, child)) {
        w->indent = outer + 1;
        append_value(w, child);
        if (!argot_record_next(w->record, child))
            break;
        argot_buffer_append_byte(&w->piece, ',');
        flush(w, 0);
        w->indent = outer;
        break_line(w);
    }
    argot_buffer_append_byte(&w->piece, ']');
}

void
argot_flow_write(const struct argot_flow *flow, uint32_t node)
{
    struct writer w = {
        .record = flow->record, .out = flow->out, .indent = flow->indent, .column = flow->column, .fresh = true};
    argot_buffer_init(&w.piece, flow->out->seam);
    uint32_t first = argot_record_first(flow->record, node);
    bool objects = flow->record->nodes[node].kind == ARGOT_NODE_ARRAY && first &&
                   flow->record->nodes[first].kind == ARGOT_NODE_OBJECT;
    if (objects)
        append_objects(&w, first);
    else
        append_value(&w, node);
    flush(&w, flow->after);
    flow->out->failed |= w.piece.failed;
    argot_buffer_finish(&w.piece);
}
