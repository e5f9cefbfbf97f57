/* SPDX-License-Identifier: Apache-2.0
 * Constants: literals by their own type, texts by the type beside them, and what a field can never hold. */
#include "decode/decode.h"
#include "decode/number.h"
#include "grammar/check.h"
#include <string.h>
#include <strings.h>

#define MAX_PORT 65535u

static struct argot_slice
slice(struct argot_expr_text text)
{
    return (struct argot_slice){(const uint8_t *)text.at, text.length};
}

static void
set_text(struct argot_expr_constant *constant, struct argot_expr_text text)
{
    constant->slot.text.at = (const uint8_t *)text.at;
    constant->slot.text.length = text.length;
}

static void
set_whole(struct argot_expr_constant *constant, uint64_t number)
{
    constant->large = number > INT64_MAX;
    constant->slot.u64 = number;
}

/* -5, -1.5; a whole number up to 2^63. */
static bool
negate(struct argot_expr_constant *constant)
{
    if (constant->type == ARGOT_EXPR_REAL_TYPE) {
        constant->slot.f64 = -constant->slot.f64;
        return true;
    }
    if (constant->type == ARGOT_EXPR_DURATION_TYPE) {
        constant->slot.i64 = -constant->slot.i64;
        return true;
    }
    if (constant->type != ARGOT_EXPR_WHOLE_TYPE || constant->slot.u64 > (uint64_t)INT64_MAX + 1)
        return false;
    constant->slot.u64 = -constant->slot.u64;
    constant->large = false;
    return true;
}

bool
argot_constant_of(const struct argot_ast_expr *ast, struct argot_expr_constant *constant)
{
    if (ast->kind == ARGOT_AST_NEGATE)
        return argot_constant_of(ast->first, constant) && negate(constant);
    memset(constant, 0, sizeof *constant);
    switch (ast->kind) {
    case ARGOT_AST_TEXT:
        constant->type = ARGOT_EXPR_TEXT_TYPE;
        constant->fold = ast->fold;
        set_text(constant, argot_check_text(ast->text));
        return true;
    case ARGOT_AST_INT:
    case ARGOT_AST_SIZE:
        constant->type = ARGOT_EXPR_WHOLE_TYPE;
        set_whole(constant, ast->number);
        return true;
    case ARGOT_AST_FLOAT:
        constant->type = ARGOT_EXPR_REAL_TYPE;
        constant->slot.f64 = ast->real;
        return true;
    case ARGOT_AST_DURATION:
        constant->type = ARGOT_EXPR_DURATION_TYPE;
        constant->slot.i64 = (int64_t)ast->number;
        return true;
    case ARGOT_AST_ADDRESS:
        constant->type = ARGOT_EXPR_ADDRESS_TYPE;
        memcpy(constant->slot.ip, ast->ip, sizeof ast->ip);
        return true;
    case ARGOT_AST_BOOL:
        constant->type = ARGOT_EXPR_BOOL_TYPE;
        constant->slot.u64 = ast->number;
        return true;
    default:
        return false;
    }
}

/* ---- texts as other types ---- */

static bool
equals(const char *word, struct argot_expr_text text, bool fold)
{
    return strlen(word) == text.length &&
           (fold ? !strncasecmp(word, text.at, text.length) : !memcmp(word, text.at, text.length));
}

static bool
read_enum(struct argot_expr_text text, uint16_t field, struct argot_expr_constant *constant)
{
    const struct argot_schema_field *row = &argot_schema.fields[field];
    for (uint16_t i = 0; i < row->nvalues; i++)
        if (equals(row->values[i], text, constant->fold)) {
            constant->slot.u64 = i;
            return true;
        }
    return false;
}

static bool
read_number(struct argot_expr_text text, struct argot_expr_constant *constant)
{
    int64_t number;
    uint64_t large;
    if (argot_number_int(slice(text), &number)) {
        constant->type = ARGOT_EXPR_WHOLE_TYPE;
        constant->slot.i64 = number;
        return true;
    }
    if (argot_number_uint(slice(text), &large)) {
        constant->type = ARGOT_EXPR_WHOLE_TYPE;
        set_whole(constant, large);
        return true;
    }
    constant->type = ARGOT_EXPR_REAL_TYPE;
    return argot_number_float(slice(text), &constant->slot.f64);
}

bool
argot_constant_read(struct argot_checker *checker, struct argot_expr_text text, enum argot_expr_type type,
                    uint16_t field, struct argot_expr_constant *constant)
{
    const char *copy = text.at; /* NUL-terminated */
    (void)checker;
    constant->type = (uint8_t)type;
    switch (type) {
    case ARGOT_EXPR_TEXT_TYPE:
        set_text(constant, text);
        return true;
    case ARGOT_EXPR_WHOLE_TYPE:
    case ARGOT_EXPR_REAL_TYPE:
    case ARGOT_EXPR_NUMBER_TYPE:
        return read_number(text, constant);
    case ARGOT_EXPR_ADDRESS_TYPE:
        return argot_ip_parse((const uint8_t *)text.at, text.length, constant->slot.ip);
    case ARGOT_EXPR_TIME_TYPE:
        return strlen(copy) == text.length && argot_time_parse(copy, &constant->slot.i64);
    case ARGOT_EXPR_MAC_TYPE:
        return argot_number_mac(slice(text), &constant->slot.u64);
    case ARGOT_EXPR_BOOL_TYPE:
        return argot_number_bool(slice(text), &constant->slot.u64);
    case ARGOT_EXPR_ENUM_TYPE:
        return read_enum(text, field, constant);
    default:
        return false;
    }
}

void
argot_constant_refuse(struct argot_scope *scope, const struct argot_expr *beside, struct argot_expr_text text,
                      struct argot_place place)
{
    struct argot_checker *checker = scope->checker;
    const struct argot_schema_field *row = &argot_schema.fields[beside->field];
    int length = text.length < 64 ? (int)text.length : 64;
    struct argot_diagnostic *said;
    if (beside->type == ARGOT_EXPR_ENUM_TYPE) {
        said = argot_check_add(checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_IMPOSSIBLE, place,
                               "`%s` is never \"%.*s\"", row->name, length, text.at);
        argot_diagnostic_suggest(checker->files[scope->file]->diagnostics, said, text.at, row->values, row->nvalues);
        if (!said->hint)
            argot_check_hint(checker, said, "`argot fields -v %s` lists its values", row->name);
        return;
    }
    said = argot_check_add(checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_IMPOSSIBLE, place, "\"%.*s\" is not %s",
                           length, text.at, argot_expr_type_words(beside->type));
    if (beside->type == ARGOT_EXPR_TIME_TYPE)
        argot_check_hint(checker, said, "times are written 2026-01-31T08:30:00Z");
}

/* ---- what fields can hold ---- */

static bool
is_unsigned(uint8_t type)
{
    return type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_PORT || type == ARGOT_TYPE_BYTES;
}

/* NULL, or why a field never equals a number. */
static const char *
never(uint8_t type, const struct argot_expr_constant *constant)
{
    bool real = constant->type == ARGOT_EXPR_REAL_TYPE;
    bool negative = real ? constant->slot.f64 < 0 : !constant->large && constant->slot.i64 < 0;
    if (is_unsigned(type) && negative)
        return "is never negative";
    if (type == ARGOT_TYPE_PORT &&
        (real ? constant->slot.f64 > MAX_PORT : constant->large || constant->slot.i64 > (int64_t)MAX_PORT))
        return "ends at 65535";
    return NULL;
}

bool
argot_constant_fits(struct argot_scope *scope, const struct argot_expr *field,
                    const struct argot_expr_constant *constant, const struct argot_ast_expr *ast)
{
    if (field->kind != ARGOT_EXPR_FIELD && field->kind != ARGOT_EXPR_CAPTURE)
        return true;
    const struct argot_expr *read = field->kind == ARGOT_EXPR_CAPTURE ? field->args[0] : field;
    if (read->kind != ARGOT_EXPR_FIELD)
        return true;
    const struct argot_schema_field *row = &argot_schema.fields[read->field];
    if (constant->type == ARGOT_EXPR_WHOLE_TYPE || constant->type == ARGOT_EXPR_REAL_TYPE) {
        const char *why = never(row->type, constant);
        if (why)
            argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_IMPOSSIBLE, ast->place, "`%s` %s",
                            row->name, why);
        return !why;
    }
    if (constant->type != ARGOT_EXPR_TEXT_TYPE || !row->lower || constant->fold)
        return true;
    for (uint32_t i = 0; i < constant->slot.text.length; i++) {
        if (constant->slot.text.at[i] < 'A' || constant->slot.text.at[i] > 'Z')
            continue;
        struct argot_diagnostic *said =
            argot_check_add(scope->checker, scope->file, ARGOT_ERROR, ARGOT_CODE_RULE_IMPOSSIBLE, ast->place,
                            "`%s` is kept in lower case, so that it is never this", row->name);
        argot_check_hint(scope->checker, said, "write it in lower case, or with an i behind the quotes");
        return false;
    }
    return true;
}
