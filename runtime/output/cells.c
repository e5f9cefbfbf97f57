/* SPDX-License-Identifier: Apache-2.0
 * Rows of cells, written by the functions that write events. */
#include "output/cells.h"
#include "output/json_value.h"

static struct argot_slice
text_of(const struct argot_cell *cell)
{
    const uint8_t *at = cell->slot.text.at;
    return (struct argot_slice){at ? at : (const uint8_t *)"", at ? cell->slot.text.length : 0};
}

static bool
is_text(const struct argot_cell *cell)
{
    return cell->kind == ARGOT_CELL_BYTES || argot_json_value_is_text((enum argot_type)cell->type);
}

/* ---- JSON ---- */

static bool
put_member(struct argot_line *line, const char *name, const struct argot_cell *cell)
{
    struct argot_format_clock clock = {0};
    if (!argot_line_bytes(line, ",\"", 2) ||
        !argot_line_text(line, ARGOT_LINE_JSON, (const uint8_t *)name, strlen(name)))
        return false;
    if (cell->kind == ARGOT_CELL_BYTES)
        return argot_json_value_raw(line, text_of(cell));
    return argot_line_bytes(line, "\":", 2) &&
           argot_json_value_put(line, &clock, (enum argot_type)cell->type, cell->field, &cell->slot);
}

/* The first member's comma becomes the brace. */
size_t
argot_cells_json(const char *const *names, const struct argot_cell *cells, size_t count, struct argot_buffer *out)
{
    struct argot_line line;
    bool good = true, any = false;
    argot_line_begin(&line, out);
    for (size_t i = 0; good && i < count; i++) {
        if (cells[i].kind == ARGOT_CELL_ABSENT)
            continue;
        good = put_member(&line, names[i], &cells[i]);
        any = true;
    }
    if (good && (any || argot_line_bytes(&line, "{", 1)) && argot_line_bytes(&line, "}\n", 2)) {
        out->bytes[out->length] = '{';
        argot_line_end(&line);
    }
    return (size_t)line.replaced;
}

/* ---- CSV ---- */

static bool
put_cell(struct argot_line *line, const struct argot_cell *cell)
{
    struct argot_format_clock clock = {0};
    if (cell->kind == ARGOT_CELL_ABSENT)
        return true;
    if (is_text(cell))
        return argot_line_csv(line, text_of(cell));
    return argot_json_value_plain(line, &clock, ARGOT_LINE_CSV, (enum argot_type)cell->type, cell->field, &cell->slot);
}

size_t
argot_cells_csv(const struct argot_cell *cells, size_t count, struct argot_buffer *out)
{
    struct argot_line line;
    bool good = true;
    argot_line_begin(&line, out);
    for (size_t i = 0; good && i < count; i++)
        good = (!i || argot_line_bytes(&line, ",", 1)) && put_cell(&line, &cells[i]);
    if (good && argot_line_bytes(&line, "\n", 1))
        argot_line_end(&line);
    return (size_t)line.replaced;
}

size_t
argot_cells_csv_head(const char *const *names, size_t count, struct argot_buffer *out)
{
    struct argot_line line;
    bool good = true;
    argot_line_begin(&line, out);
    for (size_t i = 0; good && i < count; i++)
        good = (!i || argot_line_bytes(&line, ",", 1)) &&
               argot_line_csv(&line, (struct argot_slice){(const uint8_t *)names[i], (uint32_t)strlen(names[i])});
    if (good && argot_line_bytes(&line, "\n", 1))
        argot_line_end(&line);
    return (size_t)line.replaced;
}

/* ---- text ---- */

size_t
argot_cells_text(const struct argot_cell *cell, struct argot_buffer *out)
{
    struct argot_format_clock clock = {0};
    struct argot_slice text = text_of(cell);
    struct argot_line line;
    argot_line_begin(&line, out);
    bool good = true;
    if (cell->kind != ARGOT_CELL_ABSENT && is_text(cell))
        good = argot_line_text(&line, ARGOT_LINE_BARE, text.at, text.length);
    else if (cell->kind != ARGOT_CELL_ABSENT)
        good = argot_json_value_plain(&line, &clock, ARGOT_LINE_BARE, (enum argot_type)cell->type, cell->field,
                                      &cell->slot);
    if (good)
        argot_line_end(&line);
    return (size_t)line.replaced;
}
