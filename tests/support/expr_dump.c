/* SPDX-License-Identifier: Apache-2.0
 * Checked expressions as text: (kind:type what-it-holds operands…). Numbers of fields and enums are written as names.
 */
#include "expr_dump.h"
#include "event/format.h"

#define PUT(...) argot_buffer_printf(out, __VA_ARGS__)

static const char *const types[] = {[ARGOT_EXPR_NO_TYPE] = "none",
#define X(name, words) [ARGOT_EXPR_##name##_TYPE] = #name,
                                    ARGOT_EXPR_TYPES(X)
#undef X
};

static const char *const kinds[] = {
    [ARGOT_EXPR_CONSTANT] = "constant",
    [ARGOT_EXPR_FIELD] = "field",
    [ARGOT_EXPR_EXTRA] = "extra",
    [ARGOT_EXPR_COLUMN] = "column",
    [ARGOT_EXPR_ALERT] = "alert",
    [ARGOT_EXPR_CAPTURE] = "capture",
    [ARGOT_EXPR_KEY] = "key",
    [ARGOT_EXPR_AGGREGATE] = "aggregate",
    [ARGOT_EXPR_ITEM] = "item",
    [ARGOT_EXPR_READ] = "read",
    [ARGOT_EXPR_OR] = "or",
    [ARGOT_EXPR_AND] = "and",
    [ARGOT_EXPR_NOT] = "not",
    [ARGOT_EXPR_COMPARE] = "compare",
    [ARGOT_EXPR_IN] = "in",
    [ARGOT_EXPR_LIKE] = "like",
    [ARGOT_EXPR_CONTAINS] = "contains",
    [ARGOT_EXPR_STARTS] = "starts",
    [ARGOT_EXPR_ENDS] = "ends",
    [ARGOT_EXPR_IS_NULL] = "is-null",
    [ARGOT_EXPR_FROM_RULE] = "from-rule",
    [ARGOT_EXPR_ADD] = "+",
    [ARGOT_EXPR_SUBTRACT] = "-",
    [ARGOT_EXPR_MULTIPLY] = "*",
    [ARGOT_EXPR_DIVIDE] = "/",
    [ARGOT_EXPR_REMAINDER] = "%",
    [ARGOT_EXPR_NEGATE] = "negate",
    [ARGOT_EXPR_CALL] = "call",
};

static void
dump_text(struct argot_expr_text text, struct argot_buffer *out)
{
    PUT(" \"%.*s\"", (int)text.length, text.at);
}

static void
dump_constant(const struct argot_expr_constant *constant, uint16_t field, struct argot_buffer *out)
{
    char text[ARGOT_FORMAT_ROOM];
    size_t length = 0;
    const struct argot_slot *slot = &constant->slot;
    switch (constant->type) {
    case ARGOT_EXPR_TEXT_TYPE:
        dump_text((struct argot_expr_text){(const char *)slot->text.at, slot->text.length}, out);
        break;
    case ARGOT_EXPR_REAL_TYPE:
        length = argot_format_double(slot->f64, text);
        break;
    case ARGOT_EXPR_ADDRESS_TYPE:
        length = argot_format_ip(slot->ip, text);
        break;
    case ARGOT_EXPR_TIME_TYPE:
        length = argot_format_time(slot->i64, text);
        break;
    case ARGOT_EXPR_MAC_TYPE:
        length = argot_format_mac(slot->u64, text);
        break;
    case ARGOT_EXPR_ENUM_TYPE:
        PUT(" %s", argot_schema.fields[field].values[slot->u64]);
        break;
    default:
        length = constant->large ? argot_format_u64(slot->u64, text) : argot_format_i64(slot->i64, text);
    }
    if (length)
        PUT(" %.*s", (int)length, text);
    if (constant->fold)
        PUT("i");
}

static void
dump_set(const struct argot_expr_set *set, uint16_t field, struct argot_buffer *out)
{
    PUT(" [");
    for (uint32_t i = 0; i < set->nconstants; i++)
        dump_constant(&set->constants[i], field, out);
    for (uint32_t i = 0; i < set->nnetworks; i++) {
        char text[ARGOT_FORMAT_ROOM];
        PUT(" %.*s/%u", (int)argot_format_ip(set->networks[i].ip, text), text, set->networks[i].bits);
    }
    for (uint32_t i = 0; i < set->nexprs; i++) {
        PUT(" ");
        expr_dump(set->exprs[i], out);
    }
    PUT(" ]");
}

static void
dump_pattern(const struct argot_expr_pattern *pattern, struct argot_buffer *out)
{
    static const char *const wildcards[] = {"", " one", " run"};
    if (pattern->kind == ARGOT_EXPR_PATTERN_REGEX)
        PUT(" /%.*s/%s%s%s", (int)pattern->text.length, pattern->text.at, pattern->fold ? "i" : "",
            pattern->multiline ? "m" : "", pattern->dotall ? "s" : "");
    else if (pattern->kind == ARGOT_EXPR_PATTERN_COMPUTED)
        expr_dump(pattern->expr, out);
    else if (!pattern->wildcards)
        dump_text(pattern->text, out);
    for (uint32_t i = 0; i < pattern->nwildcards; i++) {
        PUT("%s", wildcards[pattern->wildcards[i].kind]);
        if (pattern->wildcards[i].kind == ARGOT_EXPR_WILDCARD_TEXT)
            dump_text(pattern->wildcards[i].text, out);
    }
    if (pattern->kind == ARGOT_EXPR_PATTERN_TEXT && pattern->fold)
        PUT("i");
}

static void
dump_kind(const struct argot_expr *expr, struct argot_buffer *out)
{
    static const char *const compares[] = {" ==", " !=", " <", " <=", " >", " >="};
    switch (expr->kind) {
    case ARGOT_EXPR_CONSTANT:
        dump_constant(expr->constant, expr->field, out);
        break;
    case ARGOT_EXPR_FIELD:
        PUT(" %s", argot_schema.fields[expr->field].name);
        break;
    case ARGOT_EXPR_COLUMN:
        PUT(" %u.%u", expr->lookup, expr->column);
        break;
    case ARGOT_EXPR_ALERT:
        PUT(" %u", expr->attribute);
        break;
    case ARGOT_EXPR_CAPTURE:
    case ARGOT_EXPR_KEY:
    case ARGOT_EXPR_AGGREGATE:
    case ARGOT_EXPR_ITEM:
        PUT(" %u", (unsigned)expr->index);
        break;
    case ARGOT_EXPR_COMPARE:
        PUT("%s", compares[expr->compare]);
        break;
    case ARGOT_EXPR_CALL:
        PUT(" %s", argot_expr_function_name(expr->function));
        break;
    case ARGOT_EXPR_FROM_RULE:
        for (uint32_t i = 0; i < expr->nrules; i++)
            PUT(" %u", (unsigned)expr->rules[i]);
        break;
    default:
        break;
    }
}

void
expr_dump(const struct argot_expr *expr, struct argot_buffer *out)
{
    bool condition = expr->type == ARGOT_EXPR_TRUTH_TYPE;
    PUT("(%s%s%s%s", expr->negated ? "not-" : "", kinds[expr->kind], condition ? "" : ":",
        condition ? "" : types[expr->type]);
    PUT("%s%s%s", expr->list ? "*" : "", expr->all ? "-all" : "", expr->fold ? "-i" : "");
    dump_kind(expr, out);
    for (uint16_t i = 0; i < expr->npath; i++)
        dump_text(expr->path[i], out);
    for (uint16_t i = 0; i < expr->nargs; i++) {
        PUT(" ");
        expr_dump(expr->args[i], out);
    }
    if (expr->set)
        dump_set(expr->set, expr->args[0]->field, out);
    for (uint32_t i = 0; i < expr->npatterns; i++) {
        PUT(i ? " |" : "");
        dump_pattern(&expr->patterns[i], out);
    }
    PUT(")");
}
