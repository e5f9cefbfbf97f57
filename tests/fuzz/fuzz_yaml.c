/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a YAML file, then as a schema: a tree or an error, never both; every place lies in the file, and what
 * is called verbatim stands there. */
#include "generator/schema.h"
#include "fuzz_case.h"
#include <string.h>

static const char *
line_at(const struct argot_diagnostics *all, uint32_t number, size_t *left)
{
    const char *at = all->source, *end = at + all->source_length;
    for (uint32_t i = 1; i < number; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        check(newline != NULL);
        at = newline + 1;
    }
    *left = (size_t)(end - at);
    return at;
}

static void
check_block(const struct argot_diagnostics *all, const struct argot_yaml *node)
{
    const char *text = node->text, *end = text + node->length;
    for (uint32_t i = 0; text < end; i++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline ? newline : end) - text), left;
        const char *line = line_at(all, node->block_line + i, &left);
        check(!length ||
              (left >= node->block_column - 1 + length && !memcmp(line + node->block_column - 1, text, length)));
        text += length + 1;
    }
}

static void
check_node(const struct argot_diagnostics *all, const struct argot_yaml *node, unsigned level)
{
    check(level <= ARGOT_YAML_MAX_DEPTH);
    size_t left;
    const char *line = line_at(all, node->span.line, &left);
    check(node->span.column >= 1 && node->span.column - 1 <= left && node->span.length >= 1);
    if (node->kind == ARGOT_YAML_SCALAR) {
        check(strlen(node->text) == node->length);
        size_t begin = node->span.column - 1 + node->text_offset;
        check(!node->verbatim || (begin + node->length <= left && !memcmp(line + begin, node->text, node->length)));
        /* Line ends other than \n are no line ends of the block's lines. */
        if (node->block_line && !strpbrk(node->text, "\r\xe2\xc2") && !memchr(all->source, '\r', all->source_length))
            check_block(all, node);
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == ARGOT_YAML_MAP)
            check_node(all, node->keys[i], level + 1);
        check_node(all, node->items[i], level + 1);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct argot_arena arena;
    struct argot_buffer out;
    struct argot_diagnostics all;
    argot_arena_init(&arena, argot_seam_system(), 0);
    argot_buffer_init(&out, argot_seam_system());
    argot_diagnostics_init(&all, &arena, "fuzz.yaml", argot_arena_copy(&arena, (const char *)data, size), size);
    const struct argot_yaml *root = argot_yaml_parse(&all);
    check((root != NULL) == (all.errors == 0));
    if (root) {
        if (size < 4096)
            check_node(&all, root, 1);
        argot_yaml_print_json(root, true, &out);
        const struct argot_gen_schema *schema = argot_gen_schema_load(&arena, &all, root);
        check((schema != NULL) == (all.errors == 0));
        if (schema) {
            argot_gen_schema_emit_c(schema, &out);
            argot_gen_schema_emit_doc(schema, &out);
        }
    }
    argot_diagnostics_print(&all, &out);
    argot_diagnostics_print_json(&all, &out);
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    return 0;
}
