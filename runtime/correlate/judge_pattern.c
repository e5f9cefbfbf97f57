/* SPDX-License-Identifier: Apache-2.0
 * like, contains, starts, ends: one text or the items of a list against one pattern or several. */
#include "correlate/judge_parts.h"
#include "correlate/judge_text.h"

#define CUT_ON_STACK 64 /* pieces of a computed pattern */

struct predicate {
    struct argot_judge *judge;
    const struct argot_expr *expr;
    const struct argot_scene *scene;
    bool fold; /* of the value: then every pattern ignores case */
};

/* A pattern with what is computed once for an event. */
struct pattern {
    const struct argot_expr_pattern *from;
    bool null, fold;
    struct argot_slice text;
};

/* ---- one text and one pattern ---- */

static bool
is_like_computed(struct argot_judge *judge, const struct pattern *pattern, struct argot_slice text)
{
    struct argot_expr_wildcard few[CUT_ON_STACK], *pieces = few;
    char bytes_on_stack[CUT_ON_STACK], *bytes = bytes_on_stack;
    struct argot_expr_text from = {(const char *)pattern->text.at, pattern->text.length};
    if (from.length > CUT_ON_STACK) {
        pieces = argot_judge_room(judge, from.length * sizeof *pieces);
        bytes = argot_judge_room(judge, from.length);
        if (!pieces || !bytes)
            return false;
    }
    uint32_t count = argot_expr_cut(from, bytes, pieces);
    return argot_judge_text_like(text, pieces, count, pattern->fold);
}

static bool
is_like(struct argot_judge *judge, const struct pattern *pattern, struct argot_slice text)
{
    const struct argot_judge_table_entry *entry;
    switch (pattern->from->kind) {
    case ARGOT_EXPR_PATTERN_TEXT:
        return argot_judge_text_like(text, pattern->from->wildcards, pattern->from->nwildcards, pattern->fold);
    case ARGOT_EXPR_PATTERN_REGEX:
        entry = argot_judge_table_find(&judge->prepared, pattern->from);
        return entry && argot_judge_regex_search(judge, entry->value, text);
    case ARGOT_EXPR_PATTERN_COMPUTED:
        return is_like_computed(judge, pattern, text);
    }
    return false;
}

static bool
fits(const struct predicate *predicate, const struct pattern *pattern, struct argot_slice text)
{
    switch ((enum argot_expr_kind)predicate->expr->kind) {
    case ARGOT_EXPR_LIKE:
        return is_like(predicate->judge, pattern, text);
    case ARGOT_EXPR_CONTAINS:
        return argot_judge_text_find(text, pattern->text, pattern->fold);
    case ARGOT_EXPR_STARTS:
        return argot_judge_text_starts(text, pattern->text, pattern->fold);
    default:
        return argot_judge_text_ends(text, pattern->text, pattern->fold);
    }
}

static void
prepare(const struct predicate *predicate, uint32_t number, struct pattern *pattern)
{
    const struct argot_expr_pattern *from = &predicate->expr->patterns[number];
    *pattern = (struct pattern){.from = from,
                                .fold = from->fold || predicate->fold,
                                .text = {(const uint8_t *)from->text.at, from->text.length}};
    if (from->kind != ARGOT_EXPR_PATTERN_COMPUTED)
        return;
    struct argot_datum value;
    argot_judge_value_of(predicate->judge, from->expr, predicate->scene, 0, &value);
    pattern->null = value.null;
    pattern->text = argot_judge_value_slice(&value);
}

/* ---- lists ---- */

/* Whether some item fits; *some: whether there is one that is not null. */
static bool
some_item_fits(const struct predicate *predicate, const struct pattern *pattern, bool *some)
{
    const struct argot_expr *operand = predicate->expr->args[0];
    int64_t count = argot_judge_value_count(predicate->judge, operand, predicate->scene);
    for (int64_t i = 0; i < count; i++) {
        struct argot_datum value;
        argot_judge_value_of(predicate->judge, operand, predicate->scene, (uint32_t)i, &value);
        if (value.null)
            continue;
        *some = true;
        if (!pattern->null && fits(predicate, pattern, argot_judge_value_slice(&value)))
            return true;
    }
    return false;
}

/* The value, or the items of the operand where `value` is NULL, against all patterns. A pattern that is null fits
 * nothing, and where no pattern is anything else the predicate is false in its negative form too. */
static bool
judge_patterns(const struct predicate *predicate, const struct argot_datum *value)
{
    const struct argot_expr *expr = predicate->expr;
    bool some = value, known = !expr->npatterns;
    if (!expr->npatterns && !value)
        (void)some_item_fits(predicate, &(struct pattern){.null = true}, &some);
    for (uint32_t i = 0; i < expr->npatterns; i++) {
        struct pattern pattern;
        prepare(predicate, i, &pattern);
        if (pattern.null && expr->all && !expr->negated)
            return false;
        if (pattern.null)
            continue;
        known = true;
        bool holds = value ? fits(predicate, &pattern, argot_judge_value_slice(value))
                           : some_item_fits(predicate, &pattern, &some);
        if (!some)
            return false;
        if (holds != expr->all)
            return holds != expr->negated;
    }
    return some && known && expr->all != expr->negated;
}

bool
argot_judge_pattern(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    struct predicate predicate = {judge, expr, scene, expr->args[0]->fold};
    struct argot_datum value;
    if (expr->args[0]->list)
        return judge_patterns(&predicate, NULL);
    argot_judge_value_of(judge, expr->args[0], scene, 0, &value);
    return !value.null && judge_patterns(&predicate, &value);
}
