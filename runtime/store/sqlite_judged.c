/* SPDX-License-Identifier: Apache-2.0
 * Functions that a search calls in the middle of its statement: what SQL cannot say of an expression is judged over the
 * fields that it reads, of the rows that the rest of the condition leaves. */
#include "store/sqlite_search.h"
#include <string.h>

enum { /* arguments of argot_holds, the fields behind */
       ARGUMENT_TIME,
       ARGUMENT_INGEST_TIME,
       ARGUMENT_EXTRA,
       ARGUMENT_ALERT_ID, /* from here on of alerts alone */
       ARGUMENT_COUNT,
       ARGUMENT_FIRST_TIME,
       ARGUMENT_LAST_TIME,
       ARGUMENT_TAGS,
       ARGUMENT_COLLECTED,
       ARGUMENT_FIRST_FIELD_OF_ALERT,
       ARGUMENT_FIRST_FIELD_OF_EVENT = ARGUMENT_ALERT_ID
};

/* ---- what is read ---- */

static void
note_field(struct argot_sqlite_judged *judged, uint16_t field)
{
    uint16_t at = 0;
    while (at < judged->count && judged->fields[at] < field)
        at++;
    if (at < judged->count && judged->fields[at] == field)
        return;
    if (judged->count == ARGOT_SEARCH_MAX_JUDGED) {
        judged->too_many = true;
        return;
    }
    memmove(&judged->fields[at + 1], &judged->fields[at], (size_t)(judged->count - at) * sizeof *judged->fields);
    judged->fields[at] = field;
    judged->count++;
}

// NOLINTNEXTLINE(misc-no-recursion)
void
argot_sqlite_judged_gather(struct argot_sqlite_judged *judged, const struct argot_expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == ARGOT_EXPR_FIELD)
        note_field(judged, expr->field);
    for (uint16_t i = 0; i < expr->nargs; i++)
        argot_sqlite_judged_gather(judged, expr->args[i]);
    for (uint32_t i = 0; i < expr->npatterns; i++)
        argot_sqlite_judged_gather(judged, expr->patterns[i].expr);
    for (uint32_t i = 0; expr->set && i < expr->set->nexprs; i++)
        argot_sqlite_judged_gather(judged, expr->set->exprs[i]);
}

void
argot_sqlite_judged_shape(struct argot_sqlite_judged *judged)
{
    for (uint16_t i = 0; i < judged->count; i++)
        judged->shape_fields[i] = (struct argot_shape_field){.field = judged->fields[i], .index = (uint8_t)i};
    judged->shape = (struct argot_shape){
        .format = "", .message = "", .count = judged->count, .nslots = judged->count, .fields = judged->shape_fields};
}

/* ---- events ---- */

static bool
holds_for_event(struct argot_search *search, sqlite3_value **values, bool *holds)
{
    const struct argot_sqlite_judged *judged = &search->judged;
    struct argot_slot slots[ARGOT_SEARCH_MAX_JUDGED];
    struct argot_extra *extra = NULL;
    struct argot_event event = {.shape = &judged->shape, .slots = slots};
    event.time = sqlite3_value_int64(values[ARGUMENT_TIME]);
    event.received = sqlite3_value_int64(values[ARGUMENT_INGEST_TIME]);
    for (uint16_t i = 0; i < judged->count; i++)
        if (argot_sqlite_cell_slot(&search->row, judged->fields[i], values[ARGUMENT_FIRST_FIELD_OF_EVENT + i],
                                   &slots[i]))
            event.present |= UINT64_C(1) << i;
    if (!argot_sqlite_extra_read(&search->row, argot_sqlite_cell_bytes(values[ARGUMENT_EXTRA]), &extra, &event.nextra))
        return false;
    event.extra = extra;
    *holds = search->query.holds(search->query.context, &event, NULL);
    return true;
}

/* ---- alerts ---- */

static void
read_id(struct argot_slice text, uint8_t id[ARGOT_ALERT_ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < text.length && i < 2 * ARGOT_ALERT_ID_BYTES; i++) {
        const char *digit = text.at[i] ? strchr(digits, text.at[i]) : NULL;
        id[i / 2] = (uint8_t)(id[i / 2] << 4 | (digit ? digit - digits : 0));
    }
}

static bool
read_tags(struct argot_sqlite_room *room, struct argot_slice text, struct argot_alert *alert)
{
    struct argot_slot list;
    if (!argot_sqlite_cell_list(room, ARGOT_TYPE_STRING, ARGOT_NONE, text, &list))
        return true;
    const char **tags = argot_sqlite_room_take(room, (size_t)list.list.count + 1, sizeof *tags);
    for (uint32_t i = 0; tags && i < list.list.count; i++) {
        const struct argot_slot *item = &list.list.items[i];
        tags[i] = argot_sqlite_room_copy(room, item->text.at, item->text.length);
        if (!tags[i])
            return false;
    }
    alert->tags = tags;
    alert->ntags = tags ? list.list.count : 0;
    return tags != NULL;
}

/* Values of one field or member that an alert collected. */
static bool
read_collected(struct argot_sqlite_room *room, const struct argot_record *record, uint32_t at,
               struct argot_alert_values *values)
{
    static const char head[] = "extra.";
    const struct argot_node *node = &record->nodes[at];
    struct argot_extra *items = argot_sqlite_room_take(room, ARGOT_ALERT_MAX_VALUES, sizeof *items);
    char *name = argot_sqlite_room_copy(room, node->key_at, node->key_length);
    if (!items || !name)
        return false;
    int field = argot_schema_find(name);
    bool is_member = field < 0 && !strncmp(name, head, strlen(head));
    *values = (struct argot_alert_values){.field = field < 0 ? ARGOT_NONE : (uint16_t)field,
                                          .name = is_member ? name + strlen(head) : NULL,
                                          .values = items};
    enum argot_type type = field < 0 ? ARGOT_TYPE_STRING : argot_sqlite_cell_item_type((uint16_t)field);
    for (uint32_t item = argot_record_first(record, at); item && values->count < ARGOT_ALERT_MAX_VALUES;
         item = argot_record_next(record, item)) {
        struct argot_extra *value = &items[values->count];
        value->type = (uint8_t)type;
        if (is_member)
            value->value = argot_sqlite_cell_untyped(&record->nodes[item]);
        else if (!argot_sqlite_cell_node(room, type, values->field, &record->nodes[item], &value->value))
            continue;
        values->count++;
    }
    return true;
}

static bool
read_values(struct argot_sqlite_room *room, struct argot_slice text, struct argot_alert *alert)
{
    struct argot_record record;
    if (!text.length || !argot_sqlite_cell_json(room, text, &record))
        return true;
    struct argot_alert_values *values = argot_sqlite_room_take(room, record.count, sizeof *values);
    alert->values = values;
    for (uint32_t at = argot_record_first(&record, 0); values && at; at = argot_record_next(&record, at))
        if (!read_collected(room, &record, at, &values[alert->nvalues++]))
            return false;
    return values != NULL;
}

static bool
holds_for_alert(struct argot_search *search, sqlite3_value **values, bool *holds)
{
    const struct argot_sqlite_judged *judged = &search->judged;
    struct argot_sqlite_room *room = &search->row;
    struct argot_alert_field fields[ARGOT_SEARCH_MAX_JUDGED];
    struct argot_extra *extra = NULL;
    struct argot_alert alert = {.rule_name = "", .fields = fields, .time = sqlite3_value_int64(values[ARGUMENT_TIME])};
    for (uint16_t i = 0; i < judged->count; i++) {
        struct argot_alert_field *field = &fields[alert.nfields];
        field->field = judged->fields[i];
        alert.nfields +=
            argot_sqlite_cell_slot(room, field->field, values[ARGUMENT_FIRST_FIELD_OF_ALERT + i], &field->slot);
    }
    alert.count = (uint64_t)sqlite3_value_int64(values[ARGUMENT_COUNT]);
    alert.first_time = sqlite3_value_int64(values[ARGUMENT_FIRST_TIME]);
    alert.last_time = sqlite3_value_int64(values[ARGUMENT_LAST_TIME]);
    read_id(argot_sqlite_cell_bytes(values[ARGUMENT_ALERT_ID]), alert.id);
    if (!read_tags(room, argot_sqlite_cell_bytes(values[ARGUMENT_TAGS]), &alert) ||
        !read_values(room, argot_sqlite_cell_bytes(values[ARGUMENT_COLLECTED]), &alert) ||
        !argot_sqlite_extra_read(room, argot_sqlite_cell_bytes(values[ARGUMENT_EXTRA]), &extra, &alert.nextra))
        return false;
    alert.extra = extra;
    *holds = search->query.holds(search->query.context, NULL, &alert);
    return true;
}

/* ---- the function ---- */

/* argot_holds(…) as argot_sqlite_select calls it. */
static void
judge(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct argot_search *search = sqlite3_user_data(context);
    bool alerts = search->query.table == ARGOT_SEARCH_ALERTS, holds = false;
    int first = alerts ? ARGUMENT_FIRST_FIELD_OF_ALERT : ARGUMENT_FIRST_FIELD_OF_EVENT;
    if (!search->judged.on || count != first + search->judged.count) {
        sqlite3_result_error(context, "argot_holds is not for statements of your own", -1);
        return;
    }
    argot_sqlite_room_reset(&search->row);
    bool good = alerts ? holds_for_alert(search, values, &holds) : holds_for_event(search, values, &holds);
    if (good && !search->row.failed)
        sqlite3_result_int(context, holds);
    else
        sqlite3_result_error_nomem(context);
}

bool
argot_sqlite_judged_register(struct argot_search *search, sqlite3 *db)
{
    return sqlite3_create_function(db, "argot_holds", -1, SQLITE_UTF8, search, judge, NULL, NULL) == SQLITE_OK;
}
