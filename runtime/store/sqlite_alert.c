/* SPDX-License-Identifier: Apache-2.0
 * Alerts and their causes. They come seldom, so one INSERT names all columns. Causes that are alerts have causes of
 * their own: a tree, whose nodes are numbered as they are met and say inside which other they lie. */
#include "store/sqlite.h"
#include "output/json.h"
#include <string.h>

#define MAX_DEPTH 8 /* alerts within alerts; the engine tells no more */

/* By a segment that is closed now. */
#define UNLESS_TOLD " WHERE NOT EXISTS (SELECT 1 FROM told WHERE alert_id = ?1)"
#define OWN "alert_id, source, record, part, count, first_time, last_time, tags, collected, extra"

enum {
    PARAMETER_ALERT_ID = 1,
    PARAMETER_SOURCE,
    PARAMETER_RECORD,
    PARAMETER_PART,
    PARAMETER_COUNT,
    PARAMETER_FIRST_TIME,
    PARAMETER_LAST_TIME,
    PARAMETER_TAGS,
    PARAMETER_COLLECTED,
    PARAMETER_EXTRA,
    PARAMETER_FIRST_FIELD
};

/* ---- the alert ---- */

static sqlite3_stmt *
statement_of(struct argot_sqlite *sqlite)
{
    struct argot_buffer *sql = &sqlite->text;
    unsigned count = 0;
    if (sqlite->statements[ARGOT_SQLITE_ALERT])
        return sqlite->statements[ARGOT_SQLITE_ALERT];
    sql->length = 0;
    argot_buffer_append_text(sql, "INSERT OR IGNORE INTO alerts (" OWN);
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        if (!argot_sqlite_is_column(i))
            continue;
        argot_buffer_printf(sql, ", %s", argot_schema.fields[i].name);
        count++;
    }
    argot_buffer_append_text(sql, ") SELECT ?1");
    for (unsigned i = 2; i < PARAMETER_FIRST_FIELD + count; i++)
        argot_buffer_printf(sql, ", ?%u", i);
    argot_buffer_append_text(sql, UNLESS_TOLD);
    argot_buffer_append_byte(sql, 0);
    if (!sql->failed)
        return argot_sqlite_statement(sqlite, ARGOT_SQLITE_ALERT, (const char *)sql->bytes);
    argot_sqlite_no_memory(sqlite);
    return NULL;
}

static void
bind_tags(struct argot_sqlite *sqlite, sqlite3_stmt *insert, const struct argot_alert *alert)
{
    struct argot_buffer *text = &sqlite->text;
    text->length = 0;
    for (uint32_t i = 0; i < alert->ntags; i++) {
        argot_buffer_append_byte(text, i ? ',' : '[');
        argot_json_string((const uint8_t *)alert->tags[i], strlen(alert->tags[i]), text);
    }
    argot_buffer_append_text(text, alert->ntags ? "]" : "[]");
    if (!text->failed)
        argot_sqlite_bind_copy(sqlite, insert, PARAMETER_TAGS, (const char *)text->bytes, text->length);
}

static void
put_values(struct argot_sqlite *sqlite, const struct argot_alert_values *values)
{
    struct argot_buffer *text = &sqlite->text;
    struct argot_buffer name;
    argot_buffer_init(&name, text->seam);
    argot_buffer_printf(&name, "%s%s", values->name ? "extra." : "",
                        values->name ? values->name : argot_schema.fields[values->field].name);
    argot_json_string(name.bytes, name.length, text);
    text->failed |= name.failed;
    argot_buffer_finish(&name);
    argot_buffer_append_text(text, ":[");
    for (uint32_t i = 0; i < values->count; i++) {
        if (i)
            argot_buffer_append_byte(text, ',');
        sqlite->store.replaced +=
            argot_json_value((enum argot_type)values->values[i].type, values->field, &values->values[i].value, text);
    }
    argot_buffer_append_byte(text, ']');
}

static void
bind_collected(struct argot_sqlite *sqlite, sqlite3_stmt *insert, const struct argot_alert *alert)
{
    struct argot_buffer *text = &sqlite->text;
    text->length = 0;
    for (uint32_t i = 0; i < alert->nvalues; i++) {
        argot_buffer_append_byte(text, i ? ',' : '{');
        put_values(sqlite, &alert->values[i]);
    }
    argot_buffer_append_byte(text, '}');
    if (alert->nvalues && !text->failed)
        argot_sqlite_bind_copy(sqlite, insert, PARAMETER_COLLECTED, (const char *)text->bytes, text->length);
}

static void
bind_fields(struct argot_sqlite *sqlite, sqlite3_stmt *insert, const struct argot_alert *alert)
{
    int parameter = PARAMETER_FIRST_FIELD;
    sqlite->extra.length = 0;
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        const struct argot_slot *slot = argot_alert_get(alert, i);
        const struct argot_schema_field *field = &argot_schema.fields[i];
        enum argot_type type = (enum argot_type)field->type;
        if (!argot_sqlite_is_column(i))
            continue;
        if (slot && !argot_sqlite_bind(sqlite, insert, parameter, type, slot))
            argot_sqlite_member(sqlite, field->name, strlen(field->name), type, i, slot);
        parameter++;
    }
    for (uint32_t i = 0; i < alert->nextra; i++) {
        const struct argot_extra *extra = &alert->extra[i];
        argot_sqlite_member(sqlite, extra->key.at, extra->key.length, (enum argot_type)extra->type, ARGOT_NONE,
                            &extra->value);
    }
    argot_sqlite_bind_extra(sqlite, insert, PARAMETER_EXTRA);
}

static bool
put_alert(struct argot_sqlite *sqlite, const struct argot_alert *alert, const uint32_t *sources)
{
    sqlite3_stmt *insert = statement_of(sqlite);
    if (!insert)
        return false;
    sqlite3_clear_bindings(insert);
    argot_sqlite_bind_id(sqlite, insert, PARAMETER_ALERT_ID, alert->id);
    argot_sqlite_bind_number(insert, PARAMETER_SOURCE, sources[alert->identity.source]);
    argot_sqlite_bind_number(insert, PARAMETER_RECORD, alert->identity.record);
    argot_sqlite_bind_number(insert, PARAMETER_PART, alert->identity.part);
    argot_sqlite_bind_number(insert, PARAMETER_COUNT, alert->count);
    sqlite3_bind_int64(insert, PARAMETER_FIRST_TIME, alert->first_time);
    sqlite3_bind_int64(insert, PARAMETER_LAST_TIME, alert->last_time);
    bind_tags(sqlite, insert, alert);
    bind_collected(sqlite, insert, alert);
    bind_fields(sqlite, insert, alert);
    if (sqlite->text.failed || sqlite->extra.failed)
        return argot_sqlite_no_memory(sqlite);
    return argot_sqlite_run(sqlite, insert, "an alert cannot be written");
}

/* ---- causes ---- */

#define CAUSE                                                                                                          \
    "INSERT INTO alert_causes (alert_id, number, inside, event_time, source, record, part, format, cause_rule_name,"   \
    " cause_alert_id, raw_line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"

struct causes {
    struct argot_sqlite *sqlite;
    const struct argot_alert *alert; /* the outermost */
    const uint32_t *sources;
    uint64_t number;
};

static void
bind_cause(struct causes *causes, sqlite3_stmt *insert, const struct argot_cause *cause)
{
    struct argot_sqlite *sqlite = causes->sqlite;
    sqlite3_bind_int64(insert, 4, cause->time);
    argot_sqlite_bind_number(insert, 5, causes->sources[cause->identity.source]);
    argot_sqlite_bind_number(insert, 6, cause->identity.record);
    argot_sqlite_bind_number(insert, 7, cause->identity.part);
    if (cause->alert) {
        argot_sqlite_bind_word(sqlite, insert, 9, cause->alert->rule_name);
        argot_sqlite_bind_id(sqlite, insert, 10, cause->alert->id);
    } else {
        argot_sqlite_bind_word(sqlite, insert, 8, cause->format);
        if (argot_sqlite_policy(sqlite, cause->format)->raw != ARGOT_STORE_RAW_NONE)
            argot_sqlite_bind_bytes(insert, 11, cause->raw);
    }
}

static bool
name_cause(struct causes *causes, const struct argot_cause *cause)
{
    const struct argot_identity *identity = &cause->identity;
    return cause->alert ||
           argot_sqlite_name(causes->sqlite, cause->format, causes->sources[identity->source], identity->record);
}

/* The engine bounds how deep and how many. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool
put_causes(struct causes *causes, const struct argot_alert *alert, uint64_t inside, unsigned depth)
{
    sqlite3_stmt *insert = argot_sqlite_statement(causes->sqlite, ARGOT_SQLITE_CAUSE, CAUSE);
    if (!insert)
        return false;
    for (uint32_t i = 0; i < alert->ncauses; i++) {
        uint64_t number = ++causes->number;
        sqlite3_clear_bindings(insert);
        argot_sqlite_bind_id(causes->sqlite, insert, 1, causes->alert->id);
        argot_sqlite_bind_number(insert, 2, number);
        if (inside)
            argot_sqlite_bind_number(insert, 3, inside);
        bind_cause(causes, insert, &alert->causes[i]);
        if (!argot_sqlite_run(causes->sqlite, insert, "the cause of an alert cannot be written") ||
            !name_cause(causes, &alert->causes[i]))
            return false;
        if (alert->causes[i].alert && depth < MAX_DEPTH &&
            !put_causes(causes, alert->causes[i].alert, number, depth + 1))
            return false;
    }
    return true;
}

bool
argot_sqlite_alert(struct argot_store *store, const struct argot_alert *alert, const uint32_t *sources, bool *fresh)
{
    struct argot_sqlite *sqlite = (struct argot_sqlite *)store;
    struct causes causes = {.sqlite = sqlite, .alert = alert, .sources = sources};
    if (!argot_sqlite_begin(sqlite) || !put_alert(sqlite, alert, sources))
        return false;
    *fresh = sqlite3_changes(sqlite->db) > 0;
    if (!*fresh)
        return true;
    store->pending += 1 + alert->ncauses;
    return put_causes(&causes, alert, 0, 1);
}
