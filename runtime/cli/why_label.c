/* SPDX-License-Identifier: Apache-2.0
 * Parts of rules are named by what their author wrote; what nobody wrote, such as the test of an event's type, in
 * words. */
#include "cli/moment.h"
#include "cli/why.h"
#include "output/json.h"

#define NAMED 8u /* types or rules of a test */

/* ---- the source ---- */

static const char *
line_of(const struct argot_plan_file *file, uint32_t line)
{
    const char *at = file->source, *end = at + file->size;
    for (uint32_t i = 1; i < line && at; i++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : NULL;
    }
    return at;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Runs of blanks become one, comments none; in texts all stays as it is. */
static void
put_flat(const char *at, size_t length, struct argot_buffer *out)
{
    char quote = 0;
    size_t begin = out->length;
    for (size_t i = 0; i < length; i++) {
        if (out->length - begin >= ARGOT_WHY_LABEL_BYTES && (at[i] & 0xc0) != 0x80) {
            argot_buffer_append_text(out, "…");
            return;
        }
        if (!quote && at[i] == '#' && (i == 0 || is_blank(at[i - 1])))
            while (i + 1 < length && at[i] != '\n')
                i++;
        if (!quote && is_blank(at[i])) {
            if (i + 1 < length && !is_blank(at[i + 1]) && at[i + 1] != '#')
                argot_buffer_append_byte(out, ' ');
            continue;
        }
        if (quote == '"' && at[i] == '\\' && i + 1 < length)
            argot_buffer_append_byte(out, at[i++]);
        else if (at[i] == quote)
            quote = 0;
        else if (!quote && (at[i] == '"' || at[i] == '\''))
            quote = at[i];
        argot_buffer_append_byte(out, at[i]);
    }
}

void
argot_why_label_source(const struct argot_plan *plan, uint32_t file, struct argot_span span, struct argot_buffer *out)
{
    const struct argot_plan_file *source = file < plan->nfiles ? &plan->files[file] : NULL;
    const char *line = source && span.line ? line_of(source, span.line) : NULL;
    size_t left = line ? (size_t)(source->source + source->size - line) : 0;
    if (!line || span.column == 0 || span.column - 1 >= left)
        return;
    left -= span.column - 1;
    put_flat(line + span.column - 1, span.length < left ? span.length : left, out);
}

/* ---- what nobody wrote ---- */

static void
put_more(uint32_t count, struct argot_buffer *out)
{
    if (count > NAMED)
        argot_buffer_printf(out, ", and %u more", count - NAMED);
}

static void
put_types(const struct argot_why *why, const struct argot_expr *expr, struct argot_buffer *out)
{
    const struct argot_schema_field *types = &argot_schema.fields[why->event_type];
    argot_buffer_append_text(out, expr->negated ? "no event of type " : "an event of type ");
    for (uint32_t i = 0; i < expr->set->nconstants && i < NAMED; i++) {
        uint64_t type = expr->set->constants[i].slot.u64;
        argot_buffer_append_text(out, i ? ", " : "");
        argot_buffer_append_text(out, type < types->nvalues ? types->values[type] : "?");
    }
    put_more(expr->set->nconstants, out);
}

static void
put_rules(const struct argot_why *why, const struct argot_expr *expr, struct argot_buffer *out)
{
    argot_buffer_append_text(out, expr->nrules ? "an alert of " : "an alert of no rule");
    for (uint32_t i = 0; i < expr->nrules && i < NAMED; i++) {
        argot_buffer_append_text(out, i ? ", " : "");
        argot_buffer_append_text(out, why->plan->rules[expr->rules[i]].name);
    }
    put_more(expr->nrules, out);
}

static bool
is_type_test(const struct argot_why *why, const struct argot_expr *expr)
{
    return expr->kind == ARGOT_EXPR_IN && !expr->span.line && expr->nargs == 1 &&
           expr->args[0]->kind == ARGOT_EXPR_FIELD && expr->args[0]->field == why->event_type;
}

/* `except` is a `not` that stands where its operand does. */
static bool
is_except(const struct argot_expr *expr)
{
    const struct argot_span *own = &expr->span, *inner = expr->nargs ? &expr->args[0]->span : own;
    return expr->kind == ARGOT_EXPR_NOT && own->line == inner->line && own->column == inner->column &&
           own->length == inner->length;
}

void
argot_why_label_part(const struct argot_why *why, const struct argot_trace_node *node, struct argot_buffer *out)
{
    if (!node->open || !node->expr->span.line) {
        argot_why_label_node(why, node, out);
        return;
    }
    if (is_except(node->expr))
        argot_buffer_append_text(out, "except ");
    argot_why_label_source(why->plan, node->expr->file, node->expr->span, out);
}

void
argot_why_label_node(const struct argot_why *why, const struct argot_trace_node *node, struct argot_buffer *out)
{
    const struct argot_expr *expr = node->expr;
    size_t before = out->length;
    if (node->open && expr->kind == ARGOT_EXPR_NOT)
        argot_buffer_append_text(out, is_except(expr) ? "except" : "not");
    else if (node->open)
        argot_buffer_append_text(out, expr->kind == ARGOT_EXPR_OR ? "one of" : "all of");
    else if (expr->kind == ARGOT_EXPR_FROM_RULE)
        put_rules(why, expr, out);
    else if (is_type_test(why, expr))
        put_types(why, expr, out);
    else
        argot_why_label_source(why->plan, expr->file, expr->span, out);
    if (out->length == before && expr->nargs && expr->args[0]->span.line)
        argot_why_label_source(why->plan, expr->args[0]->file, expr->args[0]->span, out);
    if (out->length == before)
        argot_buffer_append_text(out, "(a condition of too many parts to be taken apart)");
}

void
argot_why_label_value(const struct argot_why *why, const struct argot_expr *expr, struct argot_buffer *out)
{
    size_t before = out->length;
    if (expr->kind == ARGOT_EXPR_FIELD)
        argot_buffer_append_text(out, argot_schema.fields[expr->field].name);
    else
        argot_why_label_source(why->plan, expr->file, expr->span, out);
    if (out->length == before)
        argot_buffer_append_text(out, "a value");
}

/* ---- values ---- */

void
argot_why_label_json(const struct argot_datum *value, struct argot_buffer *out)
{
    if (value->null)
        argot_buffer_append_text(out, "null");
    else
        argot_json_value(argot_datum_type(value), value->field, &value->slot, out);
}

/* Whether a text needs its quotes where it stands among other words. */
static bool
is_plain(const uint8_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || strchr("\"\\,;", text[i]))
            return false;
    return length > 0;
}

void
argot_why_label_datum(const struct argot_datum *value, struct argot_buffer *out)
{
    if (!value->null && value->type == ARGOT_EXPR_DURATION_TYPE) {
        argot_moment_write_span(out, value->slot.i64);
        return;
    }
    size_t begin = out->length;
    argot_why_label_json(value, out);
    size_t length = out->length - begin;
    if (length < 3 || out->bytes[begin] != '"' || !is_plain(out->bytes + begin + 1, length - 2))
        return;
    memmove(out->bytes + begin, out->bytes + begin + 1, length - 2);
    out->length -= 2;
}

/* ---- aggregates ---- */

static bool
is_less(const struct argot_expr *expr)
{
    return expr->compare == ARGOT_EXPR_LESS || expr->compare == ARGOT_EXPR_LESS_EQUAL;
}

/* Looks for an aggregate. *less: it stands where the smaller a value is the more it fits. */
// NOLINTNEXTLINE(misc-no-recursion)
static const struct argot_expr *
find_aggregate(const struct argot_expr *expr, uint32_t number, bool *less)
{
    if (expr->kind == ARGOT_EXPR_AGGREGATE)
        return expr->aggregate == number ? expr : NULL;
    for (uint16_t i = 0; i < expr->nargs; i++) {
        const struct argot_expr *found = find_aggregate(expr->args[i], number, less);
        if (!found)
            continue;
        if (expr->kind == ARGOT_EXPR_COMPARE && expr->compare >= ARGOT_EXPR_LESS)
            *less = is_less(expr) == (i == 0);
        return found;
    }
    return NULL;
}

bool
argot_why_label_aggregate(const struct argot_why *why, uint32_t number, struct argot_buffer *out)
{
    bool less = false;
    const struct argot_expr *expr = find_aggregate(why->rule->window->condition, number, &less);
    size_t before = out->length;
    if (expr)
        argot_why_label_source(why->plan, expr->file, expr->span, out);
    if (out->length == before)
        argot_buffer_append_text(out, "an aggregate");
    return less;
}
