/* SPDX-License-Identifier: Apache-2.0
 * SQL's null runs through a comparison and ends in a row that is not taken, which is what the language wants of a
 * predicate over null, its negative form too. `not (…)` is another matter: it holds where the predicate is false for
 * that reason, so it is `IS NOT TRUE`, and stands only around what SQL says exactly. Above predicates `not` is pushed
 * down; a part that SQL cannot say drops out of an AND, and takes an OR with it. */
#include "store/sqlite_where.h"
#include "base/utf8.h"
#include "event/format.h"
#include <string.h>

enum parameter_kind { WHOLE, REAL, TEXT, BYTES };

struct argot_sqlite_parameter {
    enum parameter_kind kind;
    union {
        int64_t whole;
        double real;
        struct argot_slice bytes;
    };
};

#define TWO_63 9223372036854775808.0

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ---- parameters ---- */

static bool
add(struct argot_sqlite_where *where, struct argot_sqlite_parameter parameter)
{
    if (where->count == ARGOT_SQLITE_WHERE_MAX_VALUES)
        return false;
    where->parameters[where->count++] = parameter;
    argot_buffer_append_byte(where->sql, '?');
    return true;
}

static bool
add_whole(struct argot_sqlite_where *where, int64_t number)
{
    return add(where, (struct argot_sqlite_parameter){.kind = WHOLE, .whole = number});
}

static bool
add_bytes(struct argot_sqlite_where *where, enum parameter_kind kind, const void *at, size_t length)
{
    uint8_t *copy = argot_arena_alloc(where->arena, length + 1);
    where->no_memory = where->no_memory || !copy;
    if (!copy)
        return false;
    if (length)
        memcpy(copy, at, length);
    copy[length] = 0;
    return add(where, (struct argot_sqlite_parameter){.kind = kind, .bytes = {copy, (uint32_t)length}});
}

bool
argot_sqlite_where_bind(const struct argot_sqlite_where *where, sqlite3_stmt *statement, int first)
{
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < where->count && code == SQLITE_OK; i++) {
        const struct argot_sqlite_parameter *one = &where->parameters[i];
        int number = first + (int)i;
        if (one->kind == WHOLE)
            code = sqlite3_bind_int64(statement, number, one->whole);
        else if (one->kind == REAL)
            code = sqlite3_bind_double(statement, number, one->real);
        else if (one->kind == TEXT)
            code = sqlite3_bind_text64(statement, number, (const char *)one->bytes.at, one->bytes.length,
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
        else
            code = sqlite3_bind_blob64(statement, number, one->bytes.at, one->bytes.length, SQLITE_TRANSIENT);
    }
    return code == SQLITE_OK;
}

/* ---- texts ---- */

/* Columns hold valid UTF-8 without NUL, and SQLite counts characters of such. */
static bool
is_sayable(struct argot_expr_text text)
{
    const uint8_t *at = (const uint8_t *)text.at, *end = at + text.length;
    if (text.length > ARGOT_SQLITE_WHERE_MAX_TEXT_BYTES)
        return false;
    while (at < end) {
        unsigned length = *at < 0x80 ? *at > 0 : argot_utf8_sequence(at, end);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

static int64_t
count_characters(struct argot_expr_text text)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < text.length; i++)
        count += ((uint8_t)text.at[i] & 0xc0) != 0x80;
    return count;
}

static uint8_t
lower(char letter)
{
    return (uint8_t)(letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter);
}

static bool
add_lower(struct argot_sqlite_where *where, struct argot_expr_text text)
{
    uint8_t *copy = argot_arena_alloc(where->arena, (size_t)text.length + 1);
    where->no_memory = where->no_memory || !copy;
    for (uint32_t i = 0; copy && i < text.length; i++)
        copy[i] = lower(text.at[i]);
    return copy && add(where, (struct argot_sqlite_parameter){.kind = TEXT, .bytes = {copy, text.length}});
}

/* ---- values ---- */

bool
argot_sqlite_where_may_be_large(uint16_t field)
{
    return argot_schema.fields[field].type == ARGOT_TYPE_UINT || argot_schema.fields[field].type == ARGOT_TYPE_BYTES;
}

/* Records are bytes and stand with the first of several events alone. */
static bool
is_plain_field(const struct argot_expr *expr)
{
    return expr->kind == ARGOT_EXPR_FIELD && !expr->list && strcmp(argot_schema.fields[expr->field].name, "raw_line");
}

static bool
put_address(struct argot_sqlite_where *where, const uint8_t ip[16])
{
    size_t skip = memcmp(ip, mapped, sizeof mapped) ? 0 : sizeof mapped;
    return add_bytes(where, BYTES, ip + skip, 16 - skip);
}

static bool
put_constant(struct argot_sqlite_where *where, const struct argot_expr_constant *constant)
{
    char mac[ARGOT_FORMAT_ROOM];
    struct argot_expr_text text = {(const char *)constant->slot.text.at, constant->slot.text.length};
    switch ((enum argot_expr_type)constant->type) {
    case ARGOT_EXPR_WHOLE_TYPE:
        return !constant->large && add_whole(where, constant->slot.i64);
    case ARGOT_EXPR_BOOL_TYPE:
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
    case ARGOT_EXPR_ENUM_TYPE:
        return add_whole(where, constant->slot.i64);
    case ARGOT_EXPR_REAL_TYPE:
        return __builtin_isfinite(constant->slot.f64) &&
               add(where, (struct argot_sqlite_parameter){.kind = REAL, .real = constant->slot.f64});
    case ARGOT_EXPR_TEXT_TYPE:
        return is_sayable(text) && add_bytes(where, TEXT, text.at, text.length);
    case ARGOT_EXPR_MAC_TYPE:
        return add_bytes(where, TEXT, mac, argot_format_mac(constant->slot.u64, mac));
    case ARGOT_EXPR_ADDRESS_TYPE:
        return put_address(where, constant->slot.ip);
    default:
        return false;
    }
}

static bool
put_attribute(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    static const char *const columns[ARGOT_EXPR_ATTRIBUTE_COUNT] = {
        [ARGOT_EXPR_ALERT_ID] = "t.alert_id",
        [ARGOT_EXPR_ALERT_COUNT] = "t.count",
        [ARGOT_EXPR_ALERT_FIRST_TIME] = "t.first_time",
        [ARGOT_EXPR_ALERT_LAST_TIME] = "t.last_time",
    };
    if (expr->list || !columns[expr->attribute])
        return false;
    argot_buffer_append_text(where->sql, columns[expr->attribute]);
    return true;
}

static bool put_value(struct argot_sqlite_where *where, const struct argot_expr *expr);

/* Functions that SQL has in the same meaning for text that is valid UTF-8. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_call(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    static const char *const names[ARGOT_EXPR_FUNCTION_COUNT] = {
        [ARGOT_EXPR_CALL_LOWER] = "lower", [ARGOT_EXPR_CALL_UPPER] = "upper", [ARGOT_EXPR_CALL_LEN] = "length"};
    if (!names[expr->function] || expr->list || expr->args[0]->list || expr->args[0]->type != ARGOT_EXPR_TEXT_TYPE)
        return false;
    argot_buffer_printf(where->sql, "%s(", names[expr->function]);
    bool good = put_value(where, expr->args[0]);
    argot_buffer_append_byte(where->sql, ')');
    return good;
}

/* False: SQL cannot say it; what was written is taken back by the predicate. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_value(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_CONSTANT:
        return put_constant(where, expr->constant);
    case ARGOT_EXPR_FIELD:
        if (is_plain_field(expr))
            argot_buffer_printf(where->sql, "t.%s", argot_schema.fields[expr->field].name);
        return is_plain_field(expr);
    case ARGOT_EXPR_ALERT:
        return put_attribute(where, expr);
    case ARGOT_EXPR_CALL:
        return put_call(where, expr);
    default:
        return false;
    }
}

/* ---- comparisons ---- */

static bool
may_compare(const struct argot_expr *expr)
{
    const struct argot_expr *left = expr->args[0], *right = expr->args[1];
    bool equality = expr->compare == ARGOT_EXPR_EQUAL || expr->compare == ARGOT_EXPR_NOT_EQUAL;
    if (expr->fold && !equality)
        return false;
    switch ((enum argot_expr_type)left->type) {
    case ARGOT_EXPR_ADDRESS_TYPE: /* four bytes do not lie among sixteen as their mapped form does */
        return equality && right->type == left->type;
    case ARGOT_EXPR_ENUM_TYPE:
        return right->type == left->type && right->field == left->field;
    case ARGOT_EXPR_WHOLE_TYPE:
    case ARGOT_EXPR_REAL_TYPE:
        return right->type == ARGOT_EXPR_WHOLE_TYPE || right->type == ARGOT_EXPR_REAL_TYPE;
    case ARGOT_EXPR_BOOL_TYPE:
    case ARGOT_EXPR_TEXT_TYPE:
    case ARGOT_EXPR_TIME_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
    case ARGOT_EXPR_MAC_TYPE:
        return right->type == left->type;
    default:
        return false;
    }
}

static bool
put_compare(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    static const char *const signs[] = {
        [ARGOT_EXPR_EQUAL] = " = ",       [ARGOT_EXPR_NOT_EQUAL] = " <> ", [ARGOT_EXPR_LESS] = " < ",
        [ARGOT_EXPR_LESS_EQUAL] = " <= ", [ARGOT_EXPR_GREATER] = " > ",    [ARGOT_EXPR_GREATER_EQUAL] = " >= "};
    if (!may_compare(expr) || !put_value(where, expr->args[0]))
        return false;
    argot_buffer_append_text(where->sql, signs[expr->compare]);
    if (!put_value(where, expr->args[1]))
        return false;
    argot_buffer_append_text(where->sql, expr->fold ? " COLLATE NOCASE" : "");
    return true;
}

/* ---- sets ---- */

/* Those constants of a set that are compared with, or without, regard to case. */
static bool
put_members(struct argot_sqlite_where *where, const struct argot_expr *expr, bool fold, uint32_t *written)
{
    const struct argot_expr_set *set = expr->set;
    bool all_fold = expr->args[0]->fold;
    uint32_t count = 0;
    for (uint32_t i = 0; i < set->nconstants; i++) {
        bool folds = set->constants[i].type == ARGOT_EXPR_TEXT_TYPE && (all_fold || set->constants[i].fold);
        if (folds != fold)
            continue;
        if (!count++) {
            argot_buffer_append_text(where->sql, *written ? " OR " : "");
            if (!put_value(where, expr->args[0]))
                return false;
            argot_buffer_append_text(where->sql, fold ? " COLLATE NOCASE IN (" : " IN (");
        } else {
            argot_buffer_append_text(where->sql, ", ");
        }
        if (!put_constant(where, &set->constants[i]))
            return false;
    }
    argot_buffer_append_text(where->sql, count ? ")" : "");
    *written += count;
    return true;
}

/* A range of bytes and the length tell the two kinds of addresses apart. */
static bool
put_network(struct argot_sqlite_where *where, const struct argot_expr *field, const struct argot_expr_network *network)
{
    bool four = network->bits >= 96 && !memcmp(network->ip, mapped, sizeof mapped);
    size_t skip = four ? sizeof mapped : 0;
    const char *name = argot_schema.fields[field->field].name;
    uint8_t last[16];
    memcpy(last, network->ip, sizeof last);
    for (unsigned bit = network->bits; bit < 128; bit++)
        last[bit / 8] = (uint8_t)(last[bit / 8] | 0x80u >> bit % 8);
    argot_buffer_printf(where->sql, "t.%s BETWEEN ", name);
    bool good = add_bytes(where, BYTES, network->ip + skip, 16 - skip);
    argot_buffer_append_text(where->sql, " AND ");
    good = good && add_bytes(where, BYTES, last + skip, 16 - skip);
    argot_buffer_printf(where->sql, " AND length(t.%s) = %d", name, four ? 4 : 16);
    return good;
}

static bool
put_in(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    const struct argot_expr_set *set = expr->set;
    const struct argot_expr *operand = expr->args[0];
    uint32_t written = 0;
    bool networks_fit = !set->nnetworks || is_plain_field(operand);
    if (operand->list || set->nexprs || !networks_fit || set->nnetworks > ARGOT_SQLITE_WHERE_MAX_NETWORKS ||
        set->nconstants > ARGOT_SQLITE_WHERE_MAX_VALUES || set->nconstants + set->nnetworks == 0)
        return false;
    argot_buffer_append_text(where->sql, expr->negated ? "NOT (" : "(");
    if (!put_members(where, expr, false, &written) || !put_members(where, expr, true, &written))
        return false;
    for (uint32_t i = 0; i < set->nnetworks; i++) {
        argot_buffer_append_text(where->sql, written++ ? " OR " : "");
        if (!put_network(where, operand, &set->networks[i]))
            return false;
    }
    argot_buffer_append_byte(where->sql, ')');
    return true;
}

/* ---- patterns ---- */

/* As GLOB has it: * and ? are the same there, and a sign in brackets is itself. */
static bool
put_glob(struct argot_sqlite_where *where, const struct argot_expr_pattern *pattern, bool fold)
{
    struct argot_buffer glob;
    unsigned runs = 0;
    argot_buffer_init(&glob, where->sql->seam);
    for (uint32_t i = 0; i < pattern->nwildcards; i++) {
        const struct argot_expr_wildcard *piece = &pattern->wildcards[i];
        runs += piece->kind == ARGOT_EXPR_WILDCARD_RUN;
        if (piece->kind != ARGOT_EXPR_WILDCARD_TEXT)
            argot_buffer_append_byte(&glob, piece->kind == ARGOT_EXPR_WILDCARD_RUN ? '*' : '?');
        for (uint32_t j = 0; piece->kind == ARGOT_EXPR_WILDCARD_TEXT && j < piece->text.length; j++) {
            char letter = piece->text.at[j];
            if (letter == '*' || letter == '?' || letter == '[')
                argot_buffer_printf(&glob, "[%c]", letter);
            else
                argot_buffer_append_byte(&glob, fold ? (char)lower(letter) : letter);
        }
    }
    bool good = !glob.failed && runs <= ARGOT_SQLITE_WHERE_MAX_RUNS &&
                is_sayable((struct argot_expr_text){(const char *)glob.bytes, (uint32_t)glob.length}) &&
                add_bytes(where, TEXT, glob.bytes, glob.length);
    argot_buffer_finish(&glob);
    return good;
}

static bool
put_like(struct argot_sqlite_where *where, const struct argot_expr *expr, const struct argot_expr_pattern *pattern,
         bool fold)
{
    argot_buffer_append_text(where->sql, fold ? "lower(" : "");
    if (!put_value(where, expr->args[0]))
        return false;
    argot_buffer_append_text(where->sql, fold ? ") GLOB " : " GLOB ");
    return put_glob(where, pattern, fold);
}

static bool
put_contains(struct argot_sqlite_where *where, const struct argot_expr *expr, struct argot_expr_text text, bool fold)
{
    argot_buffer_append_text(where->sql, fold ? "instr(lower(" : "instr(");
    if (!put_value(where, expr->args[0]))
        return false;
    argot_buffer_append_text(where->sql, fold ? "), " : ", ");
    if (!(fold ? add_lower(where, text) : add_bytes(where, TEXT, text.at, text.length)))
        return false;
    argot_buffer_append_text(where->sql, ") > 0");
    return true;
}

static bool
put_end(struct argot_sqlite_where *where, const struct argot_expr *expr, struct argot_expr_text text, bool fold)
{
    int64_t count = count_characters(text);
    argot_buffer_append_text(where->sql, "substr(");
    if (!put_value(where, expr->args[0]))
        return false;
    if (expr->kind == ARGOT_EXPR_STARTS)
        argot_buffer_printf(where->sql, ", 1, %lld) = ", (long long)count);
    else
        argot_buffer_printf(where->sql, ", -%lld) = ", (long long)count);
    if (!add_bytes(where, TEXT, text.at, text.length))
        return false;
    argot_buffer_append_text(where->sql, fold ? " COLLATE NOCASE" : "");
    return true;
}

static bool
put_pattern(struct argot_sqlite_where *where, const struct argot_expr *expr, const struct argot_expr_pattern *pattern)
{
    bool fold = pattern->fold || expr->args[0]->fold;
    if (pattern->kind != ARGOT_EXPR_PATTERN_TEXT)
        return false;
    if (expr->kind == ARGOT_EXPR_LIKE)
        return put_like(where, expr, pattern, fold);
    if (!pattern->text.length || !is_sayable(pattern->text))
        return false;
    return expr->kind == ARGOT_EXPR_CONTAINS ? put_contains(where, expr, pattern->text, fold)
                                             : put_end(where, expr, pattern->text, fold);
}

/* One pattern more than SQL can say would change a disjunction, but takes nothing from a conjunction but exactness. */
static enum argot_sqlite_match
put_patterns(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    bool conjunction = expr->all != expr->negated;
    uint32_t written = 0;
    if (expr->args[0]->list || !expr->npatterns || expr->npatterns > ARGOT_SQLITE_WHERE_MAX_LEAVES)
        return ARGOT_SQLITE_MATCH_ALL;
    argot_buffer_append_byte(where->sql, '(');
    for (uint32_t i = 0; i < expr->npatterns; i++) {
        size_t length = where->sql->length;
        uint32_t count = where->count;
        argot_buffer_append_text(where->sql, !written ? "" : conjunction ? " AND " : " OR ");
        argot_buffer_append_text(where->sql, expr->negated ? "NOT (" : "(");
        if (put_pattern(where, expr, &expr->patterns[i])) {
            argot_buffer_append_byte(where->sql, ')');
            written++;
            continue;
        }
        where->sql->length = length;
        where->count = count;
        if (!conjunction)
            return ARGOT_SQLITE_MATCH_ALL;
    }
    argot_buffer_append_byte(where->sql, ')');
    where->leaves += written;
    return written == expr->npatterns ? ARGOT_SQLITE_MATCH_EXACT
           : written                  ? ARGOT_SQLITE_MATCH_SOME
                                      : ARGOT_SQLITE_MATCH_ALL;
}

/* ---- predicates ---- */

static bool
put_is_null(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    const struct argot_expr *operand = expr->args[0];
    bool list_field = operand->kind == ARGOT_EXPR_FIELD && operand->list;
    if (list_field)
        argot_buffer_printf(where->sql, "t.%s", argot_schema.fields[operand->field].name);
    else if (!put_value(where, operand))
        return false;
    argot_buffer_append_text(where->sql, expr->negated ? " IS NOT NULL" : " IS NULL");
    return true;
}

static enum argot_sqlite_match
put_plain(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    bool good = false;
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_COMPARE:
        good = put_compare(where, expr);
        break;
    case ARGOT_EXPR_IN:
        good = put_in(where, expr);
        break;
    case ARGOT_EXPR_IS_NULL:
        good = put_is_null(where, expr);
        break;
    case ARGOT_EXPR_LIKE:
    case ARGOT_EXPR_CONTAINS:
    case ARGOT_EXPR_STARTS:
    case ARGOT_EXPR_ENDS:
        return put_patterns(where, expr);
    default:
        break;
    }
    return good ? ARGOT_SQLITE_MATCH_EXACT : ARGOT_SQLITE_MATCH_ALL;
}

/* ---- numbers too large for their column ---- */

static const struct argot_expr *
large_operand(const struct argot_expr *expr)
{
    for (uint16_t i = 0; i < expr->nargs; i++)
        if (expr->args[i]->kind == ARGOT_EXPR_FIELD && argot_sqlite_where_may_be_large(expr->args[i]->field))
            return expr->args[i];
    return NULL;
}

/* Whether a number above INT64_MAX fulfils a predicate, where that is so whatever the number: it is above all that
 * stands beside it. */
enum large { LARGE_NEVER, LARGE_ALWAYS, LARGE_MAYBE };

static bool
is_small(const struct argot_expr *expr)
{
    const struct argot_expr_constant *constant = expr->constant;
    return expr->kind == ARGOT_EXPR_CONSTANT &&
           ((constant->type == ARGOT_EXPR_WHOLE_TYPE && !constant->large) ||
            (constant->type == ARGOT_EXPR_REAL_TYPE && constant->slot.f64 < TWO_63));
}

static enum large
compare_large(const struct argot_expr *expr)
{
    bool left = is_small(expr->args[1]);
    if (!left && !is_small(expr->args[0]))
        return LARGE_MAYBE;
    switch ((enum argot_expr_compare)expr->compare) {
    case ARGOT_EXPR_EQUAL:
        return LARGE_NEVER;
    case ARGOT_EXPR_NOT_EQUAL:
        return LARGE_ALWAYS;
    case ARGOT_EXPR_LESS:
    case ARGOT_EXPR_LESS_EQUAL:
        return left ? LARGE_NEVER : LARGE_ALWAYS;
    default:
        return left ? LARGE_ALWAYS : LARGE_NEVER;
    }
}

/* Sets and `is null` become SQL only where no member is large. */
static enum large
judge_large(const struct argot_expr *expr)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_COMPARE:
        return compare_large(expr);
    case ARGOT_EXPR_IN:
    case ARGOT_EXPR_IS_NULL:
        return expr->negated ? LARGE_ALWAYS : LARGE_NEVER;
    default:
        return LARGE_MAYBE;
    }
}

/* Of `is null`, which such a number makes false, the column alone is not the answer. */
static void
put_large(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    const char *sign = expr->kind == ARGOT_EXPR_IS_NULL && !expr->negated ? "AND" : "OR";
    const char *what = *sign == 'A' ? "IS NULL" : "IS NOT NULL";
    for (uint16_t i = 0; i < expr->nargs; i++) {
        const char *name = argot_schema.fields[expr->args[i]->field].name;
        if (expr->args[i]->kind == ARGOT_EXPR_FIELD && argot_sqlite_where_may_be_large(expr->args[i]->field))
            argot_buffer_printf(where->sql, " %s (t.%s IS NULL AND argot_large(t.extra, '%s') %s)", sign, name, name,
                                what);
    }
}

/* Of what SQL cannot say at least that the operand is there, without which no predicate but `is null` holds. */
static enum argot_sqlite_match
put_presence(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    const struct argot_expr *operand = expr->nargs ? expr->args[0] : NULL;
    if (!operand || expr->kind == ARGOT_EXPR_IS_NULL || expr->kind == ARGOT_EXPR_FROM_RULE)
        return ARGOT_SQLITE_MATCH_ALL;
    while (operand->kind == ARGOT_EXPR_READ || operand->kind == ARGOT_EXPR_ITEM)
        operand = operand->args[0];
    if (operand->kind == ARGOT_EXPR_EXTRA)
        argot_buffer_append_text(where->sql, "t.extra IS NOT NULL");
    else if (operand->kind == ARGOT_EXPR_FIELD && (operand->list || is_plain_field(operand)))
        argot_buffer_printf(where->sql, "t.%s IS NOT NULL", argot_schema.fields[operand->field].name);
    else
        return ARGOT_SQLITE_MATCH_ALL;
    return ARGOT_SQLITE_MATCH_SOME;
}

static enum argot_sqlite_match
put_predicate(struct argot_sqlite_where *where, const struct argot_expr *expr)
{
    size_t length = where->sql->length;
    uint32_t count = where->count;
    const struct argot_expr *large = large_operand(expr);
    if (++where->leaves > ARGOT_SQLITE_WHERE_MAX_LEAVES)
        return ARGOT_SQLITE_MATCH_ALL;
    argot_buffer_append_text(where->sql, large ? "((" : "");
    enum argot_sqlite_match match = put_plain(where, expr);
    if (match == ARGOT_SQLITE_MATCH_ALL) {
        where->sql->length = length;
        where->count = count;
        argot_buffer_append_text(where->sql, large ? "((" : "");
        match = put_presence(where, expr);
    }
    if (match == ARGOT_SQLITE_MATCH_ALL || !large)
        return match;
    argot_buffer_append_byte(where->sql, ')');
    enum large answer = judge_large(expr);
    if (answer != LARGE_NEVER || match != ARGOT_SQLITE_MATCH_EXACT || expr->kind == ARGOT_EXPR_IS_NULL)
        put_large(where, expr);
    argot_buffer_append_byte(where->sql, ')');
    return answer == LARGE_MAYBE ? ARGOT_SQLITE_MATCH_SOME : match;
}

/* ---- conditions ---- */

static enum argot_sqlite_match put_condition(struct argot_sqlite_where *where, const struct argot_expr *expr,
                                             bool wanted);

// NOLINTNEXTLINE(misc-no-recursion)
static enum argot_sqlite_match
put_chain(struct argot_sqlite_where *where, const struct argot_expr *expr, bool wanted, bool conjunction)
{
    enum argot_sqlite_match all = ARGOT_SQLITE_MATCH_EXACT;
    unsigned written = 0;
    argot_buffer_append_byte(where->sql, '(');
    for (uint16_t i = 0; i < expr->nargs; i++) {
        size_t length = where->sql->length;
        uint32_t count = where->count;
        argot_buffer_append_text(where->sql, !written ? "" : conjunction ? " AND " : " OR ");
        enum argot_sqlite_match one = put_condition(where, expr->args[i], wanted);
        if (one != ARGOT_SQLITE_MATCH_EXACT)
            all = ARGOT_SQLITE_MATCH_SOME;
        if (one != ARGOT_SQLITE_MATCH_ALL) {
            written++;
            continue;
        }
        where->sql->length = length;
        where->count = count;
        if (!conjunction)
            return ARGOT_SQLITE_MATCH_ALL;
    }
    argot_buffer_append_byte(where->sql, ')');
    return written ? all : ARGOT_SQLITE_MATCH_ALL;
}

/* What holds wherever the condition is as wanted. With MATCH_ALL whatever was written is the caller's to take back. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum argot_sqlite_match
put_condition(struct argot_sqlite_where *where, const struct argot_expr *expr, bool wanted)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_AND:
        return put_chain(where, expr, wanted, wanted);
    case ARGOT_EXPR_OR:
        return put_chain(where, expr, wanted, !wanted);
    case ARGOT_EXPR_NOT:
        return put_condition(where, expr->args[0], !wanted);
    default:
        break;
    }
    if (wanted)
        return put_predicate(where, expr);
    argot_buffer_append_byte(where->sql, '(');
    enum argot_sqlite_match match = put_predicate(where, expr);
    argot_buffer_append_text(where->sql, ") IS NOT TRUE");
    return match == ARGOT_SQLITE_MATCH_EXACT ? match : ARGOT_SQLITE_MATCH_ALL;
}

enum argot_sqlite_match
argot_sqlite_where_put(struct argot_sqlite_where *where, const struct argot_expr *condition)
{
    size_t length = where->sql->length;
    where->count = where->leaves = 0;
    where->parameters = argot_arena_zalloc(where->arena, ARGOT_SQLITE_WHERE_MAX_VALUES, sizeof *where->parameters);
    where->no_memory = !where->parameters;
    enum argot_sqlite_match match = where->no_memory ? ARGOT_SQLITE_MATCH_ALL : put_condition(where, condition, true);
    if (match == ARGOT_SQLITE_MATCH_ALL) {
        where->sql->length = length;
        where->count = 0;
    }
    return match;
}
