/* SPDX-License-Identifier: Apache-2.0
 * Trees of rule files as text: (kind what-it-holds operands…). */
#include "rule_dump.h"

#define PUT(...) argot_buffer_printf(out, __VA_ARGS__)

static void
dump_text(struct argot_ast_text text, struct argot_buffer *out)
{
    argot_buffer_append_byte(out, '"');
    for (uint32_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f)
            PUT("\\x%02x", byte);
        else
            argot_buffer_append_byte(out, (char)byte);
    }
    argot_buffer_append_byte(out, '"');
}

static void
dump_word(const char *label, struct argot_ast_word word, struct argot_buffer *out)
{
    if (!word.text.at)
        return;
    PUT(" %s=", label);
    dump_text(word.text, out);
}

static void
dump_duration(const char *label, struct argot_ast_duration duration, struct argot_buffer *out)
{
    if (duration.place.end)
        PUT(" %s=%lld", label, (long long)duration.ns);
}

static const char *const kinds[] = {
    [ARGOT_AST_TEXT] = "text",       [ARGOT_AST_REGEX] = "regex",     [ARGOT_AST_INT] = "int",
    [ARGOT_AST_FLOAT] = "float",     [ARGOT_AST_SIZE] = "size",       [ARGOT_AST_DURATION] = "duration",
    [ARGOT_AST_ADDRESS] = "address", [ARGOT_AST_NETWORK] = "network", [ARGOT_AST_BOOL] = "bool",
    [ARGOT_AST_NAME] = "name",       [ARGOT_AST_INDEX] = "index",     [ARGOT_AST_CALL] = "call",
    [ARGOT_AST_OR] = "or",           [ARGOT_AST_AND] = "and",         [ARGOT_AST_NOT] = "not",
    [ARGOT_AST_NEGATE] = "negate",   [ARGOT_AST_EQUAL] = "==",        [ARGOT_AST_LESS] = "<",
    [ARGOT_AST_LESS_EQUAL] = "<=",   [ARGOT_AST_GREATER] = ">",       [ARGOT_AST_GREATER_EQUAL] = ">=",
    [ARGOT_AST_ADD] = "+",           [ARGOT_AST_SUBTRACT] = "-",      [ARGOT_AST_MULTIPLY] = "*",
    [ARGOT_AST_DIVIDE] = "/",        [ARGOT_AST_REMAINDER] = "%",     [ARGOT_AST_IS_NULL] = "is-null",
    [ARGOT_AST_IN] = "in",           [ARGOT_AST_LIKE] = "like",       [ARGOT_AST_CONTAINS] = "contains",
    [ARGOT_AST_STARTS] = "starts",   [ARGOT_AST_ENDS] = "ends",       [ARGOT_AST_LIST] = "list",
};

static void
dump_value(const struct argot_ast_expr *expr, struct argot_buffer *out)
{
    switch (expr->kind) {
    case ARGOT_AST_FLOAT:
        PUT(" %.17g", expr->real);
        break;
    case ARGOT_AST_ADDRESS:
    case ARGOT_AST_NETWORK:
        argot_buffer_append_byte(out, ' ');
        for (unsigned i = 0; i < sizeof expr->ip; i++)
            PUT("%02x", expr->ip[i]);
        PUT("/%u%s", expr->prefix, expr->v4 ? "v4" : "");
        break;
    case ARGOT_AST_INT:
    case ARGOT_AST_SIZE:
    case ARGOT_AST_DURATION:
    case ARGOT_AST_BOOL:
    case ARGOT_AST_INDEX:
        PUT(" %llu", (unsigned long long)expr->number);
        break;
    case ARGOT_AST_NAME:
        for (unsigned i = 0; i < expr->nparts; i++) {
            argot_buffer_append_byte(out, ' ');
            dump_text(expr->parts[i], out);
        }
        break;
    default:
        if (!expr->text.at)
            break;
        argot_buffer_append_byte(out, ' ');
        dump_text(expr->text, out);
    }
}

void
rule_dump_expr(const struct argot_ast_expr *expr, struct argot_buffer *out)
{
    static const char *const quantifiers[] = {[ARGOT_AST_ONE] = "", [ARGOT_AST_ANY] = "-any", [ARGOT_AST_ALL] = "-all"};
    PUT("%s(%s%s%s%s%s%s", expr->parens ? "(" : "", expr->negated ? "not-" : "", kinds[expr->kind],
        quantifiers[expr->quantifier], expr->fold ? "-i" : "", expr->multiline ? "-m" : "", expr->dotall ? "-s" : "");
    dump_value(expr, out);
    for (const struct argot_ast_expr *operand = expr->first; operand; operand = operand->next) {
        argot_buffer_append_byte(out, ' ');
        rule_dump_expr(operand, out);
    }
    PUT("%s)", expr->parens ? ")" : "");
}

static void
dump_exprs(const char *label, const struct argot_ast_expr *exprs, struct argot_buffer *out)
{
    if (!exprs)
        return;
    PUT(" %s=", label);
    for (; exprs; exprs = exprs->next)
        rule_dump_expr(exprs, out);
}

static void
dump_one(const char *label, const struct argot_ast_expr *expr, struct argot_buffer *out)
{
    if (!expr)
        return;
    PUT(" %s=", label);
    rule_dump_expr(expr, out);
}

static void
dump_event(const struct argot_ast_event *event, struct argot_buffer *out)
{
    static const char *const sources[] = {[ARGOT_AST_NAMES] = "of",
                                          [ARGOT_AST_ANY_EVENT] = "any",
                                          [ARGOT_AST_ALERT_NAMES] = "alert",
                                          [ARGOT_AST_ANY_ALERT] = "alert-any"};
    if (!event)
        return;
    PUT(" (event %s", sources[event->source]);
    for (const struct argot_ast_name *name = event->names; name; name = name->next)
        dump_word("name", name->word, out);
    dump_one("where", event->where, out);
    argot_buffer_append_byte(out, ')');
}

static void
dump_keys(const struct argot_ast_key *keys, struct argot_buffer *out)
{
    for (const struct argot_ast_key *key = keys; key; key = key->next) {
        PUT(" (key%s ", key->optional ? "?" : "");
        rule_dump_expr(key->expr, out);
        dump_word("as", key->as, out);
        argot_buffer_append_byte(out, ')');
    }
}

static void
dump_clause(const struct argot_ast_clause *clause, struct argot_buffer *out)
{
    static const char *const words[] = {
#define X(name, word) [ARGOT_AST_CLAUSE_##name] = #name,
        ARGOT_AST_CLAUSES(X)
#undef X
    };
    PUT("  (%s", words[clause->kind]);
    dump_word("name", clause->name, out);
    dump_word("as", clause->as, out);
    dump_one("value", clause->value, out);
    dump_exprs("exprs", clause->exprs, out);
    dump_event(clause->event, out);
    dump_keys(clause->keys, out);
    if (clause->kind == ARGOT_AST_CLAUSE_WHEN)
        PUT(" window=%d", (int)clause->window);
    if (clause->kind == ARGOT_AST_CLAUSE_REARM)
        PUT(" rearm=%d", (int)clause->rearm);
    dump_duration("duration", clause->duration, out);
    dump_duration("learning", clause->learning, out);
    for (const struct argot_ast_step *step = clause->steps; step; step = step->next) {
        PUT("\n    (step %d", (int)step->kind);
        dump_word("capture", step->capture, out);
        dump_one("count", step->count, out);
        dump_event(step->event, out);
        dump_keys(step->keys, out);
        dump_duration("within", step->within, out);
        argot_buffer_append_byte(out, ')');
    }
    argot_buffer_append_text(out, ")\n");
}

static void
dump_test(const struct argot_ast_test *test, struct argot_buffer *out)
{
    PUT("  (line %d", (int)test->kind);
    dump_duration("at", test->at, out);
    dump_word("name", test->name, out);
    dump_one("log", test->line, out);
    dump_one("count", test->count, out);
    dump_duration("every", test->every, out);
    for (const struct argot_ast_field *field = test->fields; field; field = field->next) {
        dump_one("field", field->name, out);
        dump_one("value", field->value, out);
    }
    dump_one("where", test->where, out);
    argot_buffer_append_text(out, ")\n");
}

void
rule_dump_file(const struct argot_ast_file *file, struct argot_buffer *out)
{
    static const char *const words[] = {
        [ARGOT_AST_LET] = "let",     [ARGOT_AST_LISTED] = "list", [ARGOT_AST_LIST_FILE] = "list-file",
        [ARGOT_AST_TABLE] = "table", [ARGOT_AST_RULE] = "rule",   [ARGOT_AST_EXTEND] = "extend",
        [ARGOT_AST_TEST] = "test",
    };
    for (const struct argot_ast_decl *decl = file->decls; decl; decl = decl->next) {
        PUT("(%s", words[decl->kind]);
        dump_word("name", decl->name, out);
        dump_one("items", decl->items, out);
        dump_one("path", decl->path, out);
        dump_word("key", decl->key, out);
        dump_event(decl->event, out);
        argot_buffer_append_byte(out, '\n');
        for (const struct argot_ast_clause *clause = decl->clauses; clause; clause = clause->next)
            dump_clause(clause, out);
        for (const struct argot_ast_test *test = decl->tests; test; test = test->next)
            dump_test(test, out);
        argot_buffer_append_text(out, ")\n");
    }
    for (const struct argot_ast_comment *comment = file->comments; comment; comment = comment->next) {
        dump_text(comment->text, out);
        argot_buffer_append_byte(out, '\n');
    }
}
