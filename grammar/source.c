/* SPDX-License-Identifier: Apache-2.0
 * Lists and tables, in the rule file or in files of their own: one value a line, CSV with a header line. Their paths
 * are seen from the folder of the rule file. */
#include <errno.h>
#include "decode/decode.h"
#include "decode/number.h"
#include "decode/record.h"
#include "grammar/check.h"
#include "grammar/limits.h"
#include <stdlib.h>
#include <string.h>

#define V4_BITS 32u
#define V6_BITS 128u
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* ---- networks as texts ---- */

bool
argot_source_network(struct argot_expr_text text, struct argot_expr_network *network)
{
    const char *slash = memchr(text.at, '/', text.length);
    if (!slash)
        return false;
    size_t bytes = (size_t)(slash - text.at);
    bool v4 = !memchr(text.at, ':', bytes);
    uint64_t bits, most = v4 ? V4_BITS : V6_BITS;
    struct argot_slice digits = {(const uint8_t *)slash + 1, (uint32_t)(text.length - bytes - 1)};
    if (!argot_ip_parse((const uint8_t *)text.at, bytes, network->ip) || !argot_number_digits(digits, most, &bits))
        return false;
    network->bits = (uint8_t)(bits + V6_BITS - most);
    for (unsigned i = network->bits; i < V6_BITS; i++)
        network->ip[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
    return true;
}

/* ---- files ---- */

struct text_file {
    struct argot_checker *checker;
    uint32_t file; /* the rule file that names it */
    struct argot_place place;
    const char *name; /* as written there */
    const char *bytes;
    size_t size;
};

static void
refuse(const struct text_file *text, uint32_t line, const char *why)
{
    if (line)
        argot_check_add(text->checker, text->file, ARGOT_ERROR, ARGOT_CODE_RULE_FILE, text->place, "%s, line %u: %s",
                        text->name, (unsigned)line, why);
    else
        argot_check_add(text->checker, text->file, ARGOT_ERROR, ARGOT_CODE_RULE_FILE, text->place, "%s: %s", text->name,
                        why);
}

static const char *
why_not(int status)
{
    switch (status) {
    case -ENOENT:
        return "there is no such file";
    case -EISDIR:
        return "this is a folder";
    case -EFBIG:
        return "a list or table has at most 64 MiB";
    case -ENOMEM:
        return "there is no memory";
    default:
        return strerror(-status);
    }
}

/* Copies the file into the arena; false after telling. */
static bool
read_file(struct text_file *text)
{
    struct argot_checker *checker = text->checker;
    const char *rules = checker->files[text->file]->diagnostics->path, *slash = strrchr(rules, '/');
    bool own = text->name[0] != '/' && slash;
    const char *path =
        own ? argot_arena_printf(checker->arena, "%.*s/%s", (int)(slash - rules), rules, text->name) : text->name;
    char *bytes = NULL;
    int status =
        path ? argot_seam_read_file(checker->seam, path, ARGOT_RULE_MAX_LIST_BYTES, &bytes, &text->size) : -ENOMEM;
    if (status) {
        refuse(text, 0, why_not(status));
        return false;
    }
    text->bytes = argot_arena_copy(checker->arena, bytes, text->size);
    checker->seam->release(checker->seam, bytes);
    if (!text->bytes) {
        refuse(text, 0, why_not(-ENOMEM));
        return false;
    }
    size_t mark = sizeof BYTE_ORDER_MARK - 1;
    if (text->size >= mark && !memcmp(text->bytes, BYTE_ORDER_MARK, mark)) {
        text->bytes += mark;
        text->size -= mark;
    }
    return true;
}

static struct argot_expr_text
next_line(const char **at, const char *end)
{
    const char *begin = *at, *newline = memchr(begin, '\n', (size_t)(end - begin));
    const char *stop = newline ? newline : end;
    *at = newline ? newline + 1 : end;
    if (stop > begin && stop[-1] == '\r')
        stop--;
    return (struct argot_expr_text){begin, (uint32_t)(stop - begin)};
}

/* ---- lists ---- */

static struct argot_expr_text
trim(struct argot_expr_text line)
{
    while (line.length > 0 && strchr(" \t", line.at[0])) {
        line.at++;
        line.length--;
    }
    while (line.length > 0 && strchr(" \t", line.at[line.length - 1]))
        line.length--;
    return line;
}

static void
read_list_file(struct argot_symbol *symbol, struct text_file *text)
{
    struct argot_checker *checker = text->checker;
    const char *end = text->bytes + text->size;
    size_t lines = 0;
    for (const char *at = text->bytes; at < end;) {
        (void)next_line(&at, end);
        lines++;
    }
    struct argot_list_item *items = argot_check_alloc(checker, lines, sizeof *items);
    uint32_t number = 0;
    for (const char *at = text->bytes; at < end;) {
        struct argot_expr_text line = trim(next_line(&at, end));
        number++;
        if (line.length == 0 || line.at[0] == '#')
            continue;
        char *copy = argot_check_alloc(checker, (size_t)line.length + 1, 1);
        memcpy(copy, line.at, line.length);
        items[symbol->nitems++] = (struct argot_list_item){.text = {copy, line.length}, .line = number};
    }
    symbol->items = items;
}

bool
argot_source_list(struct argot_checker *checker, struct argot_symbol *symbol)
{
    if (symbol->made)
        return symbol->loaded;
    symbol->made = true;
    const struct argot_ast_decl *decl = symbol->decl;
    if (decl->kind == ARGOT_AST_LIST_FILE) {
        struct text_file text = {
            .checker = checker, .file = symbol->file, .place = decl->path->place, .name = decl->path->text.at};
        symbol->loaded = read_file(&text);
        if (symbol->loaded)
            read_list_file(symbol, &text);
        return symbol->loaded;
    }
    struct argot_list_item *items = argot_check_alloc(checker, argot_ast_count(decl->items->first), sizeof *items);
    for (const struct argot_ast_expr *item = decl->items->first; item; item = item->next)
        items[symbol->nitems++].expr = item;
    symbol->items = items;
    symbol->loaded = true;
    return true;
}

/* ---- tables ---- */

struct table_reader {
    struct text_file text;
    struct argot_plan_table *table;
    struct argot_decode decode;
    struct argot_record record;
    struct argot_plan_row *rows;
};

static struct argot_expr_text
cell_of(const struct table_reader *reader, uint32_t column)
{
    uint32_t node = column < reader->record.columns ? reader->record.column_nodes[column] : 0;
    if (!node || reader->record.nodes[node].kind != ARGOT_NODE_STRING)
        return (struct argot_expr_text){NULL, 0};
    struct argot_slice value = argot_node_text(&reader->record.nodes[node]);
    char *copy = argot_check_alloc(reader->text.checker, (size_t)value.length + 1, 1);
    memcpy(copy, value.at, value.length);
    return (struct argot_expr_text){copy, value.length};
}

static bool
read_record(struct table_reader *reader, struct argot_expr_text line, uint32_t number)
{
    static const struct argot_csv dialect = {.separator = ',', .quote = '"'};
    struct argot_slice slice = {(const uint8_t *)line.at, line.length};
    enum argot_decode_status status = argot_record_csv(&reader->decode, &dialect, slice, &reader->record);
    if (status == ARGOT_DECODED)
        return true;
    refuse(&reader->text, number,
           status == ARGOT_DECODE_BAD ? "this is no CSV (a cell with a line break is not read)" : "there is no memory");
    return false;
}

static bool
read_header(struct table_reader *reader, const struct argot_ast_decl *decl)
{
    struct argot_plan_table *table = reader->table;
    const char **columns = argot_check_alloc(reader->text.checker, reader->record.columns, sizeof *columns);
    bool found = false;
    for (uint32_t i = 0; i < reader->record.columns; i++) {
        struct argot_expr_text name = cell_of(reader, i);
        columns[i] = name.at ? name.at : "";
        for (uint32_t j = 0; j < i; j++)
            if (!strcmp(columns[i], columns[j])) {
                refuse(&reader->text, 1, "two columns have one name");
                return false;
            }
        if (!strcmp(columns[i], decl->key.text.at)) {
            table->key = i;
            found = true;
        }
    }
    table->columns = columns;
    table->ncolumns = reader->record.columns;
    if (found)
        return true;
    struct argot_checker *checker = reader->text.checker;
    struct argot_diagnostic *said =
        argot_check_add(checker, reader->text.file, ARGOT_ERROR, ARGOT_CODE_RULE_FILE, decl->key.place,
                        "%s has no column `%s`", reader->text.name, decl->key.text.at);
    argot_diagnostic_suggest(checker->files[reader->text.file]->diagnostics, said, decl->key.text.at, columns,
                             table->ncolumns);
    return false;
}

static bool
read_row(struct table_reader *reader, uint32_t number)
{
    struct argot_plan_table *table = reader->table;
    if (reader->record.columns > table->ncolumns) {
        refuse(&reader->text, number, "this line has more cells than the header");
        return false;
    }
    struct argot_expr_text *cells = argot_check_alloc(reader->text.checker, table->ncolumns, sizeof *cells);
    for (uint32_t i = 0; i < table->ncolumns; i++)
        cells[i] = cell_of(reader, i);
    if (!cells[table->key].at) {
        refuse(&reader->text, number, "the key of this line is empty");
        return false;
    }
    reader->rows[table->nrows++] = (struct argot_plan_row){cells, number};
    return true;
}

static int
compare_rows(const void *a, const void *b, void *context)
{
    uint32_t key = *(uint32_t *)context;
    const struct argot_expr_text *x = &((const struct argot_plan_row *)a)->cells[key];
    const struct argot_expr_text *y = &((const struct argot_plan_row *)b)->cells[key];
    int order = memcmp(x->at, y->at, x->length < y->length ? x->length : y->length);
    if (order)
        return order;
    return x->length != y->length ? (x->length < y->length ? -1 : 1) : 0;
}

static void
check_keys(struct table_reader *reader)
{
    struct argot_plan_table *table = reader->table;
    qsort_r(reader->rows, table->nrows, sizeof *reader->rows, compare_rows, &table->key);
    for (uint32_t i = 1; i < table->nrows; i++)
        if (!compare_rows(&reader->rows[i - 1], &reader->rows[i], &table->key)) {
            uint32_t a = reader->rows[i - 1].line, b = reader->rows[i].line;
            refuse(&reader->text, a > b ? a : b, "this key stands on an earlier line too");
            return;
        }
}

void
argot_source_table(struct argot_checker *checker, const struct argot_symbol *symbol, struct argot_plan_table *table)
{
    const struct argot_ast_decl *decl = symbol->decl;
    struct table_reader reader = {
        .text = {.checker = checker, .file = symbol->file, .place = decl->path->place, .name = decl->path->text.at},
        .table = table,
        .decode = {.arena = checker->arena},
    };
    *table = (struct argot_plan_table){.name = symbol->name, .path = decl->path->text.at};
    if (!read_file(&reader.text))
        return;
    const char *at = reader.text.bytes, *end = at + reader.text.size;
    size_t lines = 0;
    for (const char *from = at; from < end; lines++)
        (void)next_line(&from, end);
    reader.rows = argot_check_alloc(checker, lines, sizeof *reader.rows);
    if (at == end) {
        refuse(&reader.text, 0, "a table has a header line");
        return;
    }
    bool good = read_record(&reader, next_line(&at, end), 1) && read_header(&reader, decl);
    for (uint32_t number = 2; good && at < end; number++) {
        struct argot_expr_text line = next_line(&at, end);
        good = line.length == 0 || (read_record(&reader, line, number) && read_row(&reader, number));
    }
    if (good)
        check_keys(&reader);
    table->rows = reader.rows;
}
