/* SPDX-License-Identifier: Apache-2.0
 * Values: fields, members of extra, columns, attributes of alerts, captures, keys and aggregates as data. */
#include "correlate/judge_parts.h"
#include <string.h>

/* ---- slots ---- */

static void
set_unsigned(struct argot_datum *value, uint64_t number)
{
    value->type = ARGOT_EXPR_WHOLE_TYPE;
    value->large = number > INT64_MAX;
    value->slot.u64 = number;
}

void
argot_judge_value_slot(enum argot_type type, uint16_t field, const struct argot_slot *slot, struct argot_datum *value)
{
    bool list;
    *value = (struct argot_datum){.field = field, .slot = *slot};
    switch (type) {
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        set_unsigned(value, slot->u64);
        return;
    case ARGOT_TYPE_FLOAT:
        value->type = ARGOT_EXPR_REAL_TYPE;
        value->null = !__builtin_isfinite(slot->f64);
        return;
    default:
        value->type = (uint8_t)argot_expr_type_of(type, &list);
    }
}

static enum argot_type
item_type(enum argot_type list)
{
    return list == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : ARGOT_TYPE_STRING;
}

static void
read_field(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene, uint32_t item,
           struct argot_datum *value)
{
    const struct argot_slot *slot = argot_judge_field(judge, &scene->subject, expr->field);
    enum argot_type type = (enum argot_type)argot_schema.fields[expr->field].type;
    if (!slot)
        argot_judge_value_null(value, expr->type);
    else if (!expr->list)
        argot_judge_value_slot(type, expr->field, slot, value);
    else if (item < slot->list.count)
        argot_judge_value_slot(item_type(type), expr->field, &slot->list.items[item], value);
    else
        argot_judge_value_null(value, expr->type);
}

static void
read_constant(const struct argot_expr *expr, struct argot_datum *value)
{
    const struct argot_expr_constant *constant = expr->constant;
    *value = (struct argot_datum){
        .type = constant->type, .large = constant->large, .field = expr->field, .slot = constant->slot};
}

/* ---- extra ---- */

static const struct argot_extra *
find_extra(const struct argot_subject *subject, struct argot_expr_text key)
{
    const struct argot_extra *extra = subject->event ? subject->event->extra : NULL;
    uint32_t count = subject->event ? subject->event->nextra : 0;
    if (subject->alert) {
        extra = subject->alert->extra;
        count = subject->alert->nextra;
    }
    for (uint32_t i = 0; i < count; i++)
        if (extra[i].key.length == key.length && (!key.length || !memcmp(extra[i].key.at, key.at, key.length)))
            return &extra[i];
    return NULL;
}

static void
read_extra(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
           struct argot_datum *value)
{
    const struct argot_extra *extra = expr->npath ? find_extra(&scene->subject, expr->path[0]) : NULL;
    if (!extra) {
        argot_judge_value_null(value, ARGOT_EXPR_UNTYPED_TYPE);
        return;
    }
    argot_judge_untyped(judge, extra->type, &extra->value, value);
    for (uint16_t i = 1; i < expr->npath && !value->null; i++)
        argot_judge_untyped_member(judge, value, expr->path[i]);
}

/* ---- columns ---- */

static int
compare_bytes(struct argot_expr_text a, struct argot_slice b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static const struct argot_plan_row *
find_row(const struct argot_plan_table *table, struct argot_slice key)
{
    uint32_t low = 0, high = table->nrows;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_bytes(table->rows[middle].cells[table->key], key);
        if (!order)
            return &table->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void
read_column(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
            struct argot_datum *value)
{
    const struct argot_plan_lookup *lookup = scene->rule ? &scene->rule->lookups[expr->lookup] : NULL;
    const struct argot_plan_row *row = NULL;
    struct argot_datum key;
    if (lookup) {
        argot_judge_value_of(judge, lookup->key, scene, 0, &key);
        row = key.null ? NULL : find_row(&judge->plan->tables[lookup->table], argot_judge_value_slice(&key));
    }
    if (!row || !row->cells[expr->column].at) {
        argot_judge_value_null(value, ARGOT_EXPR_UNTYPED_TYPE);
        return;
    }
    argot_judge_value_text(value, row->cells[expr->column].at, row->cells[expr->column].length);
    value->type = ARGOT_EXPR_UNTYPED_TYPE;
    value->extra_type = ARGOT_TYPE_STRING;
}

/* ---- alert.… ---- */

static bool
is_path(const char *name, const struct argot_expr_text *path, uint16_t npath)
{
    for (uint16_t i = 0; i < npath; i++) {
        size_t left = strnlen(name, (size_t)path[i].length + 1);
        if (left < path[i].length || memcmp(name, path[i].at, path[i].length) != 0)
            return false;
        name += path[i].length;
        if (*name != (i + 1 < npath ? '.' : '\0'))
            return false;
        name++;
    }
    return npath > 0;
}

static const struct argot_alert_values *
find_values(const struct argot_expr *expr, const struct argot_alert *alert)
{
    for (uint32_t i = 0; i < alert->nvalues; i++) {
        const struct argot_alert_values *values = &alert->values[i];
        if (expr->npath ? values->name && is_path(values->name, expr->path, expr->npath)
                        : !values->name && values->field == expr->field)
            return values;
    }
    return NULL;
}

static void
read_id(struct argot_judge *judge, const struct argot_alert *alert, struct argot_datum *value)
{
    static const char digits[] = "0123456789abcdef";
    char *text = argot_judge_room(judge, 2 * ARGOT_ALERT_ID_BYTES);
    if (!text) {
        argot_judge_value_null(value, ARGOT_EXPR_TEXT_TYPE);
        return;
    }
    for (size_t i = 0; i < ARGOT_ALERT_ID_BYTES; i++) {
        text[2 * i] = digits[alert->id[i] >> 4];
        text[2 * i + 1] = digits[alert->id[i] & 15];
    }
    argot_judge_value_text(value, text, 2 * ARGOT_ALERT_ID_BYTES);
}

static void
read_collected(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_alert *alert, uint32_t item,
               struct argot_datum *value)
{
    const struct argot_alert_values *values = find_values(expr, alert);
    if (!values || item >= values->count)
        return;
    const struct argot_extra *one = &values->values[item];
    if (expr->npath) {
        argot_judge_untyped(judge, one->type, &one->value, value);
        return;
    }
    enum argot_type type = (enum argot_type)argot_schema.fields[expr->field].type;
    bool list;
    argot_expr_type_of(type, &list);
    argot_judge_value_slot(list ? item_type(type) : type, expr->field, &one->value, value);
}

static void
read_attribute(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene, uint32_t item,
               struct argot_datum *value)
{
    const struct argot_alert *alert = scene->subject.alert;
    argot_judge_value_null(value, expr->type);
    if (!alert)
        return;
    switch ((enum argot_expr_attribute)expr->attribute) {
    case ARGOT_EXPR_ALERT_ID:
        read_id(judge, alert, value);
        break;
    case ARGOT_EXPR_ALERT_COUNT:
        *value = (struct argot_datum){0};
        set_unsigned(value, alert->count);
        break;
    case ARGOT_EXPR_ALERT_FIRST_TIME:
        *value = (struct argot_datum){.type = expr->type, .slot.i64 = alert->first_time};
        break;
    case ARGOT_EXPR_ALERT_LAST_TIME:
        *value = (struct argot_datum){.type = expr->type, .slot.i64 = alert->last_time};
        break;
    case ARGOT_EXPR_ALERT_TAGS:
        if (item < alert->ntags)
            argot_judge_value_text(value, alert->tags[item], strlen(alert->tags[item]));
        break;
    case ARGOT_EXPR_ALERT_VALUES:
        read_collected(judge, expr, alert, item, value);
        break;
    default:
        break;
    }
}

/* ---- the other kinds ---- */

static const struct argot_scene *
capture_scene(const struct argot_expr *expr, const struct argot_scene *scene, struct argot_scene *inner)
{
    *inner = *scene;
    inner->subject = scene->captures ? scene->captures[expr->capture] : (struct argot_subject){NULL, NULL};
    return inner;
}

static void
read_capture(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene, uint32_t item,
             struct argot_datum *value)
{
    struct argot_scene inner;
    capture_scene(expr, scene, &inner);
    if (inner.subject.event || inner.subject.alert)
        argot_judge_value_of(judge, expr->args[0], &inner, item, value);
    else
        argot_judge_value_null(value, expr->type);
}

static void
read_given(const struct argot_datum *given, uint32_t number, const struct argot_expr *expr, struct argot_datum *value)
{
    if (given)
        *value = given[number];
    else
        argot_judge_value_null(value, expr->type);
}

static void
read_item(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
          struct argot_datum *value)
{
    argot_judge_value_of(judge, expr->args[0], scene, expr->index, value);
    if (!expr->args[0]->list && !value->null)
        argot_judge_untyped_item(judge, value, expr->index);
}

void
argot_judge_value_of(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene,
                     uint32_t item, struct argot_datum *value)
{
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_CONSTANT:
        read_constant(expr, value);
        break;
    case ARGOT_EXPR_FIELD:
        read_field(judge, expr, scene, item, value);
        break;
    case ARGOT_EXPR_EXTRA:
        read_extra(judge, expr, scene, value);
        break;
    case ARGOT_EXPR_COLUMN:
        read_column(judge, expr, scene, value);
        break;
    case ARGOT_EXPR_ALERT:
        read_attribute(judge, expr, scene, item, value);
        break;
    case ARGOT_EXPR_CAPTURE:
        read_capture(judge, expr, scene, item, value);
        break;
    case ARGOT_EXPR_KEY:
        read_given(scene->keys, expr->key, expr, value);
        break;
    case ARGOT_EXPR_AGGREGATE:
        read_given(scene->aggregates, expr->aggregate, expr, value);
        break;
    case ARGOT_EXPR_ITEM:
        read_item(judge, expr, scene, value);
        break;
    case ARGOT_EXPR_READ:
        argot_judge_value_of(judge, expr->args[0], scene, item, value);
        argot_judge_untyped_read(judge, (enum argot_expr_type)expr->type, expr->field, value);
        break;
    case ARGOT_EXPR_ADD:
    case ARGOT_EXPR_SUBTRACT:
    case ARGOT_EXPR_MULTIPLY:
    case ARGOT_EXPR_DIVIDE:
    case ARGOT_EXPR_REMAINDER:
    case ARGOT_EXPR_NEGATE:
        argot_judge_arithmetic(judge, expr, scene, item, value);
        break;
    case ARGOT_EXPR_CALL:
        argot_judge_call(judge, expr, scene, item, value);
        break;
    default: /* a condition is no value */
        argot_judge_value_null(value, expr->type);
        break;
    }
}

/* ---- how many items ---- */

static int64_t
count_attribute(const struct argot_expr *expr, const struct argot_scene *scene)
{
    const struct argot_alert *alert = scene->subject.alert;
    if (!alert)
        return -1;
    if (expr->attribute == ARGOT_EXPR_ALERT_TAGS)
        return alert->ntags;
    const struct argot_alert_values *values = find_values(expr, alert);
    return values ? (int64_t)values->count : -1;
}

/* Of a call or a sum: its operand that is a list says how many. coalesce gives one item where that is null. */
static int64_t
count_operands(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    int64_t count = -1;
    for (uint16_t i = 0; i < expr->nargs && count < 0; i++)
        if (expr->args[i]->list)
            count = argot_judge_value_count(judge, expr->args[i], scene);
    bool coalesce = expr->kind == ARGOT_EXPR_CALL && expr->function == ARGOT_EXPR_CALL_COALESCE;
    return count < 0 && coalesce ? 1 : count;
}

int64_t
argot_judge_value_count(struct argot_judge *judge, const struct argot_expr *expr, const struct argot_scene *scene)
{
    struct argot_scene inner;
    const struct argot_slot *slot;
    switch ((enum argot_expr_kind)expr->kind) {
    case ARGOT_EXPR_FIELD:
        slot = argot_judge_field(judge, &scene->subject, expr->field);
        return slot ? (int64_t)slot->list.count : -1;
    case ARGOT_EXPR_ALERT:
        return count_attribute(expr, scene);
    case ARGOT_EXPR_CAPTURE:
        capture_scene(expr, scene, &inner);
        return inner.subject.event || inner.subject.alert ? argot_judge_value_count(judge, expr->args[0], &inner) : -1;
    default:
        return count_operands(judge, expr, scene);
    }
}
