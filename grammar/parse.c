/* SPDX-License-Identifier: Apache-2.0
 * Scanner and grammar together. */
#include "grammar/parse.h"
#include "grammar/codes.h"
#include "grammar/limits.h"
#include "grammar/parser.h"

int
argot_parser_lex(ARGOT_PARSER_STYPE *value, struct argot_place *place, struct argot_parser *parser)
{
    if (parser->alone && !parser->started) {
        parser->started = true;
        *place = (struct argot_place){.line = 1, .column = 1, .end_line = 1};
        return ARGOT_TOKEN_ALONE;
    }
    return argot_scanner_next(&parser->scanner, &value->expr, place);
}

static bool
fits(struct argot_diagnostics *diagnostics, const char *what)
{
    if (diagnostics->source_length <= ARGOT_RULE_MAX_BYTES)
        return true;
    argot_diagnostics_add(diagnostics, ARGOT_ERROR, ARGOT_CODE_RULE_SIZE, (struct argot_span){0},
                          "%s has at most %u MiB", what, ARGOT_RULE_MAX_BYTES >> 20);
    return false;
}

struct argot_ast_file *
argot_parse_file(struct argot_diagnostics *diagnostics)
{
    struct argot_ast_file *file = argot_arena_zalloc(diagnostics->arena, 1, sizeof *file);
    if (!file)
        return NULL;
    file->diagnostics = diagnostics;
    if (!fits(diagnostics, "a rule file"))
        return file;
    struct argot_parser parser = {0};
    argot_scanner_init(&parser.scanner, diagnostics);
    argot_parser_parse(&parser); /* what it returns says no more than the diagnostics do */
    if (parser.scanner.no_memory)
        return NULL;
    file->decls = argot_build_first(parser.decls);
    file->comments = parser.scanner.comments;
    return file;
}

struct argot_ast_expr *
argot_parse_expression(struct argot_diagnostics *diagnostics)
{
    struct argot_parser parser = {.alone = true};
    if (!fits(diagnostics, "an expression"))
        return NULL;
    argot_scanner_init(&parser.scanner, diagnostics);
    argot_parser_parse(&parser);
    return parser.scanner.no_memory || diagnostics->errors ? NULL : parser.expression;
}
