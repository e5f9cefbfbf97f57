/* SPDX-License-Identifier: Apache-2.0
 * The statement of a search: columns, conditions, order. Names come from the tables' own lists or are quoted; values
 * are parameters. */
#include "store/sqlite_search.h"
#include <inttypes.h>
#include <string.h>

struct own {
    const char *name, *column; /* NULL: the name is the column's */
    uint8_t type;
};

static const struct own of_events[] = {
    {"id", NULL, ARGOT_TYPE_INT},
    {"record", NULL, ARGOT_TYPE_INT},
    {"line", NULL, ARGOT_TYPE_INT},
    {"part", NULL, ARGOT_TYPE_INT},
};
static const struct own of_alerts[] = {
    {"alert_id", NULL, ARGOT_TYPE_STRING},
    {"record", NULL, ARGOT_TYPE_INT},
    {"part", NULL, ARGOT_TYPE_INT},
    {"count", NULL, ARGOT_TYPE_INT},
    {"first_time", NULL, ARGOT_TYPE_TIMESTAMP},
    {"last_time", NULL, ARGOT_TYPE_TIMESTAMP},
    {"tags", NULL, ARGOT_TYPE_STRING_LIST},
    {"collected", NULL, ARGOT_TYPE_STRING_LIST},
};
static const struct own of_letters[] = {
    {"id", NULL, ARGOT_TYPE_INT},
    {"record", NULL, ARGOT_TYPE_INT},
    {"line", NULL, ARGOT_TYPE_INT},
    {"piece", "nullif(t.piece, 0)", ARGOT_TYPE_INT},
    {"event_ingest_time", NULL, ARGOT_TYPE_TIMESTAMP},
    {"reason", NULL, ARGOT_TYPE_STRING},
    {"format", NULL, ARGOT_TYPE_STRING},
    {"offset", "t.\"offset\"", ARGOT_TYPE_INT},
    {"expected", NULL, ARGOT_TYPE_STRING},
    {"field", NULL, ARGOT_TYPE_STRING},
    {"value", "CAST(t.value AS TEXT)", ARGOT_TYPE_STRING},
};

static const struct table {
    const char *name, *time, *order;
    const struct own *own;
    size_t count;
    bool fields, raw;
} tables[] = {
    [ARGOT_SEARCH_EVENTS] = {"events", "event_time", "t.event_time DESC, t.id DESC", of_events,
                             sizeof of_events / sizeof *of_events, true, true},
    [ARGOT_SEARCH_ALERTS] = {"alerts", "event_time", "t.number DESC", of_alerts, sizeof of_alerts / sizeof *of_alerts,
                             true, false},
    [ARGOT_SEARCH_LETTERS] = {"dead_letters", "event_ingest_time", "t.id DESC", of_letters,
                              sizeof of_letters / sizeof *of_letters, false, true},
};

/* ---- columns ---- */

static const struct own *
find_own(enum argot_search_table table, const char *name)
{
    for (size_t i = 0; i < tables[table].count; i++)
        if (!strcmp(tables[table].own[i].name, name))
            return &tables[table].own[i];
    return NULL;
}

const char *
argot_search_own_name(enum argot_search_table table, size_t number)
{
    static const char *const others[] = {"source", "raw_line", "extra", "alert"};
    if (number < tables[table].count)
        return tables[table].own[number].name;
    number -= tables[table].count;
    size_t count = table == ARGOT_SEARCH_EVENTS ? 3 : table == ARGOT_SEARCH_ALERTS ? 4 : 2;
    return number < count ? others[number] : NULL;
}

bool
argot_search_column(enum argot_search_table table, const char *name, struct argot_search_column *column)
{
    static const char head[] = "extra.";
    const struct table *row = &tables[table];
    const struct own *own = find_own(table, name);
    int field = row->fields ? argot_schema_find(name) : -1;
    *column = (struct argot_search_column){.name = name, .field = ARGOT_NONE};
    if (own) {
        column->kind = ARGOT_SEARCH_OWN;
        column->type = own->type;
    } else if (!strcmp(name, "source")) {
        column->kind = ARGOT_SEARCH_SOURCE;
    } else if (!strcmp(name, "raw_line")) {
        column->kind = ARGOT_SEARCH_RAW;
        return row->raw;
    } else if (!strcmp(name, "alert")) {
        column->kind = ARGOT_SEARCH_ALERT;
        return table == ARGOT_SEARCH_ALERTS;
    } else if (!strcmp(name, "extra")) {
        column->kind = ARGOT_SEARCH_EXTRA;
        return row->fields;
    } else if (row->fields && !strncmp(name, head, strlen(head)) && name[strlen(head)]) {
        column->kind = ARGOT_SEARCH_MEMBER;
        column->path = name + strlen(head);
    } else {
        column->kind = ARGOT_SEARCH_FIELD;
        column->field = (uint16_t)field;
        return field >= 0;
    }
    return true;
}

static void
put_quoted(struct argot_buffer *sql, const char *text)
{
    argot_buffer_append_byte(sql, '\'');
    for (; *text; text++) {
        argot_buffer_append_byte(sql, *text);
        if (*text == '\'')
            argot_buffer_append_byte(sql, '\'');
    }
    argot_buffer_append_byte(sql, '\'');
}

/* The record stands with the first of the events that were made of it. */
void
argot_sqlite_select_record(struct argot_buffer *sql)
{
    argot_buffer_printf(sql,
                        "CASE t.part WHEN 0 THEN t.raw_line ELSE (SELECT r.raw_line FROM events r WHERE r.id <"
                        " t.id AND r.id >= t.id - %d AND r.part = 0 AND r.source = t.source AND r.record ="
                        " t.record ORDER BY r.id DESC LIMIT 1) END",
                        ARGOT_SQLITE_MAX_PARTS);
}

static void
put_raw(struct argot_search *search, struct argot_buffer *sql)
{
    if (search->query.table != ARGOT_SEARCH_EVENTS)
        argot_buffer_append_text(sql, "t.raw_line");
    else
        argot_sqlite_select_record(sql);
}

static void
put_field(struct argot_search *search, struct argot_buffer *sql, uint16_t field)
{
    const char *name = argot_schema.fields[field].name;
    if (!strcmp(name, "raw_line") && search->query.table == ARGOT_SEARCH_EVENTS)
        put_raw(search, sql);
    else if (!strcmp(name, "raw_line"))
        argot_buffer_append_text(sql, "NULL");
    else if (argot_sqlite_where_may_be_large(field))
        argot_buffer_printf(sql, "coalesce(t.%s, argot_large(t.extra, '%s'))", name, name);
    else
        argot_buffer_printf(sql, "t.%s", name);
}

static void
put_column(struct argot_search *search, struct argot_buffer *sql, const struct argot_search_column *column)
{
    const struct own *own;
    switch ((enum argot_search_column_kind)column->kind) {
    case ARGOT_SEARCH_FIELD:
        put_field(search, sql, column->field);
        break;
    case ARGOT_SEARCH_EXTRA:
        argot_buffer_append_text(sql, "argot_extra(t.extra)");
        break;
    case ARGOT_SEARCH_MEMBER:
        argot_buffer_append_text(sql, "argot_member(t.extra, ");
        put_quoted(sql, column->path);
        argot_buffer_append_byte(sql, ')');
        break;
    case ARGOT_SEARCH_RAW:
        put_raw(search, sql);
        break;
    case ARGOT_SEARCH_SOURCE:
        argot_buffer_append_text(sql, "(SELECT s.name FROM sources s WHERE s.id = t.source)");
        break;
    case ARGOT_SEARCH_ALERT:
        argot_buffer_append_text(sql, "t.alert_id");
        break;
    case ARGOT_SEARCH_OWN:
        own = find_own(search->query.table, column->name);
        argot_buffer_printf(sql, own && own->column ? "%s" : "t.%s", own && own->column ? own->column : column->name);
        break;
    }
}

/* ---- conditions ---- */

static void
put_judge(struct argot_search *search, struct argot_buffer *sql)
{
    const struct argot_sqlite_judged *judged = &search->judged;
    argot_buffer_append_text(sql, "argot_holds(t.event_time, t.event_ingest_time, argot_extra(t.extra)");
    if (search->query.table == ARGOT_SEARCH_ALERTS)
        argot_buffer_append_text(sql, ", t.alert_id, t.count, t.first_time, t.last_time, t.tags, t.collected");
    for (uint16_t i = 0; i < judged->count; i++) {
        argot_buffer_append_text(sql, ", ");
        put_field(search, sql, judged->fields[i]);
    }
    argot_buffer_append_byte(sql, ')');
}

static const char *
word(bool *first)
{
    const char *text = *first ? " WHERE " : " AND ";
    *first = false;
    return text;
}

static bool
put_where(struct argot_search *search, struct argot_buffer *sql)
{
    const struct argot_search_query *query = &search->query;
    const char *time = tables[query->table].time;
    bool first = true;
    if (query->from != INT64_MIN)
        argot_buffer_printf(sql, "%st.%s >= %" PRId64, word(&first), time, query->from);
    if (query->to != INT64_MAX)
        argot_buffer_printf(sql, "%st.%s <= %" PRId64, word(&first), time, query->to);
    search->judged.on = false;
    search->where.count = 0;
    if (!query->where)
        return true;
    size_t length = sql->length;
    search->where.arena = &search->arena;
    search->where.sql = sql;
    argot_buffer_append_text(sql, first ? " WHERE " : " AND ");
    enum argot_sqlite_match match = argot_sqlite_where_put(&search->where, query->where);
    if (search->where.no_memory)
        return argot_sqlite_search_no_memory(search);
    if (match == ARGOT_SQLITE_MATCH_ALL)
        sql->length = length;
    else
        first = false;
    if (match == ARGOT_SQLITE_MATCH_EXACT)
        return true;
    search->judged = (struct argot_sqlite_judged){.on = true};
    argot_sqlite_judged_gather(&search->judged, query->where);
    argot_sqlite_judged_shape(&search->judged);
    argot_buffer_append_text(sql, word(&first));
    put_judge(search, sql);
    return true;
}

/* ---- the whole ---- */

/* A store that is older than the schema lacks columns. */
static void
put_from(struct argot_search *search, const struct argot_sqlite_cursor *cursor, struct argot_buffer *sql)
{
    const struct table *table = &tables[search->query.table];
    const bool *has = table->fields ? cursor->has_column[search->query.table] : NULL;
    bool missing = false;
    for (uint16_t i = 0; has && i < argot_schema.count; i++) {
        if (has[i] || !strcmp(argot_schema.fields[i].name, "raw_line"))
            continue;
        argot_buffer_printf(sql, "%s, NULL AS %s", missing ? "" : " FROM (SELECT *", argot_schema.fields[i].name);
        missing = true;
    }
    argot_buffer_printf(sql, missing ? " FROM %s) t" : " FROM %s t", table->name);
}

static void
put_selected(struct argot_search *search, struct argot_buffer *sql)
{
    const struct argot_search_query *query = &search->query;
    const char *time = tables[query->table].time;
    argot_buffer_append_text(sql, "SELECT ");
    if (query->what == ARGOT_SEARCH_BOUNDS)
        argot_buffer_printf(sql, "min(t.%s), max(t.%s), count(*)", time, time);
    if (query->what == ARGOT_SEARCH_TIMES) /* rounds down before 1970 too */
        argot_buffer_printf(sql, "t.%s - ((t.%s %% %" PRId64 ") + %" PRId64 ") %% %" PRId64 ", count(*)", time, time,
                            query->span_ns, query->span_ns, query->span_ns);
    if (query->what == ARGOT_SEARCH_BOUNDS || query->what == ARGOT_SEARCH_TIMES)
        return;
    bool keys = query->what == ARGOT_SEARCH_ROWS && query->table == ARGOT_SEARCH_EVENTS;
    argot_buffer_append_text(sql, keys ? "t.event_time, t.id" : "");
    for (size_t i = 0; i < query->ncolumns; i++) {
        argot_buffer_append_text(sql, i || keys ? ", " : "");
        put_column(search, sql, &query->columns[i]);
    }
    argot_buffer_append_text(sql, query->what == ARGOT_SEARCH_COUNTS ? ", count(*)" : "");
}

static void
put_order(struct argot_search *search, struct argot_buffer *sql)
{
    const struct argot_search_query *query = &search->query;
    if (query->what == ARGOT_SEARCH_ROWS)
        argot_buffer_printf(sql, " ORDER BY %s",
                            query->oldest_first ? "t.event_time, t.id" : tables[query->table].order);
    if (query->what == ARGOT_SEARCH_TIMES)
        argot_buffer_append_text(sql, " GROUP BY 1");
    for (size_t i = 0; query->what == ARGOT_SEARCH_COUNTS && i < query->ncolumns; i++)
        argot_buffer_printf(sql, "%s %zu", i ? "," : " GROUP BY", i + 1);
    /* Of counts the most frequent are known when those of all files are together. */
    if (query->limit && query->what == ARGOT_SEARCH_ROWS)
        argot_buffer_printf(sql, " LIMIT %" PRIu64, query->limit);
}

bool
argot_sqlite_select(struct argot_search *search, const struct argot_sqlite_cursor *cursor)
{
    struct argot_buffer *sql = &search->text;
    sql->length = 0;
    argot_arena_reset(&search->arena);
    put_selected(search, sql);
    put_from(search, cursor, sql);
    if (!put_where(search, sql))
        return false;
    put_order(search, sql);
    argot_buffer_append_byte(sql, 0);
    if (sql->failed)
        return argot_sqlite_search_no_memory(search);
    if (!search->judged.too_many)
        return true;
    return argot_sqlite_search_refuse(search, "the expression reads more than %d fields, and is not all SQL",
                                      ARGOT_SEARCH_MAX_JUDGED);
}
