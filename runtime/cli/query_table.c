/* SPDX-License-Identifier: Apache-2.0
 * Tables for people: the first rows are kept until their widths are known; what is wider than its column is cut. Where
 * standard output is no terminal nothing is cut. */
#include "cli/query.h"
#include "cli/terminal.h"
#include <stdio.h>

#define SAMPLE 200 /* rows that the widths are taken of */
#define GAP 2
#define LEAST 16 /* columns of a text, which others have to make room for */
#define STANDARD_OUTPUT 1
#define CUT "…"

struct argot_table {
    struct argot_seam *seam;
    const char *const *names;
    size_t width, rows; /* rows that are kept */
    bool hide, drawn;   /* the head was drawn, and rows are drawn as they come */
    unsigned room;      /* columns of the terminal; 0: no end */
    bool has[ARGOT_SEARCH_MAX_COLUMNS + 1], right[ARGOT_SEARCH_MAX_COLUMNS + 1];
    bool texts[ARGOT_SEARCH_MAX_COLUMNS + 1]; /* may be cut: half a time or address says nothing */
    size_t widths[ARGOT_SEARCH_MAX_COLUMNS + 1];
    struct argot_buffer kept; /* texts of cells, a NUL behind each */
    struct argot_buffer text;
};

struct argot_table *
argot_query_table_new(struct argot_seam *seam, const char *const *names, size_t width, bool hide)
{
    struct argot_table *table = seam->allocate(seam, sizeof *table);
    if (!table)
        return NULL;
    *table = (struct argot_table){.seam = seam, .names = names, .width = width, .hide = hide};
    if (seam->is_terminal(seam, STANDARD_OUTPUT) == 1)
        table->room = argot_terminal_columns(STANDARD_OUTPUT);
    argot_buffer_init(&table->kept, seam);
    argot_buffer_init(&table->text, seam);
    for (size_t i = 0; i < width; i++) {
        table->widths[i] = strlen(names[i]);
        table->has[i] = !hide;
    }
    return table;
}

void
argot_query_table_free(struct argot_table *table)
{
    if (!table)
        return;
    argot_buffer_finish(&table->kept);
    argot_buffer_finish(&table->text);
    table->seam->release(table->seam, table);
}

/* ---- texts ---- */

/* Characters; what is written here is valid UTF-8. */
static size_t
count(const char *text)
{
    size_t characters = 0;
    for (; *text; text++)
        characters += ((uint8_t)*text & 0xc0) != 0x80;
    return characters;
}

/* Bytes of the first so many characters. */
static size_t
bytes_of(const char *text, size_t characters)
{
    size_t at = 0;
    while (text[at]) {
        size_t next = at + 1;
        while (((uint8_t)text[next] & 0xc0) == 0x80)
            next++;
        if (!characters--)
            break;
        at = next;
    }
    return at;
}

static void
put_cell(const struct argot_table *table, size_t column, const char *text, bool last, struct argot_buffer *out)
{
    size_t width = table->widths[column], characters = count(text);
    size_t blanks = characters < width ? width - characters : 0;
    if (table->right[column])
        argot_buffer_printf(out, "%*s", (int)blanks, "");
    if (characters > width && table->room && table->texts[column])
        argot_buffer_printf(out, "%.*s" CUT, (int)bytes_of(text, width ? width - 1 : 0), text);
    else
        argot_buffer_append_text(out, text);
    if (!last)
        argot_buffer_printf(out, "%*s", (int)(GAP + (table->right[column] ? 0 : blanks)), "");
}

/* ---- widths ---- */

/* `least`: with texts as narrow as they get. */
static size_t
total(const struct argot_table *table, bool least)
{
    size_t sum = 0;
    for (size_t i = 0; i < table->width; i++) {
        bool cut = least && table->texts[i] && table->widths[i] > LEAST;
        if (table->has[i])
            sum += (cut ? LEAST : table->widths[i]) + (sum ? GAP : 0);
    }
    return sum;
}

static size_t
last_column(const struct argot_table *table)
{
    size_t last = 0;
    for (size_t i = 0; i < table->width; i++)
        last = table->has[i] ? i : last;
    return last;
}

static size_t
widest_text(const struct argot_table *table)
{
    size_t widest = table->width;
    for (size_t i = 0; i < table->width; i++)
        if (table->has[i] && table->texts[i] && table->widths[i] > LEAST &&
            (widest == table->width || table->widths[i] > table->widths[widest]))
            widest = i;
    return widest;
}

/* Of the usual columns the last ones give way, which are wanted least; then the widest texts. */
static void
fit(struct argot_table *table)
{
    if (!table->room)
        return;
    for (size_t last = last_column(table); table->hide && last && total(table, true) > table->room;
         last = last_column(table))
        table->has[last] = false;
    for (size_t sum = total(table, false); sum > table->room; sum--) {
        size_t widest = widest_text(table);
        if (widest == table->width)
            return;
        table->widths[widest]--;
    }
}

/* ---- rows ---- */

/* The texts lie behind each other, one for each column. */
static const char *
put_row(const struct argot_table *table, const char *texts, struct argot_buffer *out)
{
    size_t last = last_column(table);
    for (size_t i = 0; i < table->width; i++) {
        if (table->has[i])
            put_cell(table, i, texts, i == last, out);
        texts += strlen(texts) + 1;
    }
    argot_buffer_append_byte(out, '\n');
    return texts;
}

static void
draw(struct argot_table *table, struct argot_buffer *out)
{
    if (table->drawn || table->kept.failed)
        return;
    table->drawn = true;
    if (!table->rows)
        return;
    fit(table);
    size_t last = last_column(table);
    for (size_t i = 0; i < table->width; i++)
        if (table->has[i])
            put_cell(table, i, table->names[i], i == last, out);
    argot_buffer_append_byte(out, '\n');
    const char *texts = (const char *)table->kept.bytes;
    for (size_t i = 0; i < table->rows; i++)
        texts = put_row(table, texts, out);
    table->kept.length = 0;
}

static bool
is_number(const struct argot_cell *cell)
{
    return cell->kind == ARGOT_CELL_VALUE &&
           (cell->type == ARGOT_TYPE_INT || cell->type == ARGOT_TYPE_UINT || cell->type == ARGOT_TYPE_FLOAT ||
            cell->type == ARGOT_TYPE_PORT || cell->type == ARGOT_TYPE_BYTES || cell->type == ARGOT_TYPE_DURATION);
}

static bool
is_text(const struct argot_cell *cell)
{
    return cell->kind == ARGOT_CELL_BYTES ||
           (cell->kind == ARGOT_CELL_VALUE &&
            (cell->type == ARGOT_TYPE_STRING || cell->type == ARGOT_TYPE_KEYWORD || cell->type == ARGOT_TYPE_HOST));
}

void
argot_query_table_row(struct argot_table *table, const struct argot_cell *cells, struct argot_buffer *out)
{
    struct argot_buffer *texts = table->drawn ? &table->text : &table->kept;
    table->text.length = 0;
    for (size_t i = 0; i < table->width; i++) {
        size_t begin = texts->length;
        if (cells[i].kind == ARGOT_CELL_ABSENT)
            argot_buffer_append_byte(texts, '-');
        else
            argot_cells_text(&cells[i], texts);
        argot_buffer_append_byte(texts, 0);
        if (table->drawn || texts->failed)
            continue;
        size_t characters = count((const char *)texts->bytes + begin);
        table->has[i] = table->has[i] || cells[i].kind != ARGOT_CELL_ABSENT;
        table->right[i] = table->right[i] || is_number(&cells[i]);
        table->texts[i] = table->texts[i] || is_text(&cells[i]);
        table->widths[i] = characters > table->widths[i] ? characters : table->widths[i];
    }
    out->failed = out->failed || texts->failed;
    if (texts->failed)
        return;
    if (table->drawn)
        put_row(table, (const char *)table->text.bytes, out);
    else if (++table->rows == SAMPLE)
        draw(table, out);
}

void
argot_query_table_end(struct argot_table *table, struct argot_buffer *out)
{
    draw(table, out);
}
