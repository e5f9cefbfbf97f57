/* SPDX-License-Identifier: Apache-2.0
 * What is told of an alert beside its fields: the object `alert` as outputs write it. Causes that are alerts have
 * causes of their own, which stand behind them in their order. */
#include "store/sqlite_search.h"
#include "output/json.h"
#include <inttypes.h>
#include <string.h>

#define MAX_DEPTH 8 /* alerts within alerts; what claims to lie deeper is written in the innermost */

#define ALERT "SELECT count, first_time, last_time, tags, collected FROM alerts WHERE alert_id = ?1"
#define CAUSES                                                                                                         \
    "SELECT c.number, c.inside, c.event_time, (SELECT s.name FROM sources s WHERE s.id = c.source), c.record, c.part," \
    " c.format, c.cause_rule_name, c.cause_alert_id, c.raw_line FROM alert_causes c WHERE c.alert_id = ?1 ORDER BY"    \
    " c.number"

enum { NUMBER, INSIDE, TIME, SOURCE, RECORD, PART, FORMAT, RULE_NAME, ALERT_ID, RAW_LINE };

struct telling {
    struct argot_buffer out;
    int64_t open[MAX_DEPTH + 1]; /* numbers of the causes whose causes are being written */
    unsigned depth;
};

/* ---- members ---- */

static void
put_text(struct argot_buffer *out, const char *key, sqlite3_stmt *row, int column)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return;
    struct argot_slice text = argot_sqlite_cell_bytes(sqlite3_column_value(row, column));
    argot_buffer_append_text(out, key);
    argot_json_string(text.at, text.length, out);
}

static void
put_time(struct argot_buffer *out, const char *key, sqlite3_stmt *row, int column)
{
    struct argot_slot slot = {.i64 = sqlite3_column_int64(row, column)};
    argot_buffer_append_text(out, key);
    argot_json_value(ARGOT_TYPE_TIMESTAMP, ARGOT_NONE, &slot, out);
}

/* JSON of a column as it stands. */
static void
put_json(struct argot_buffer *out, const char *key, sqlite3_stmt *row, int column)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return;
    struct argot_slice text = argot_sqlite_cell_bytes(sqlite3_column_value(row, column));
    struct argot_cell cell = argot_cell_text(text.at, text.length, ARGOT_SLOT_JSON);
    argot_buffer_append_text(out, key);
    argot_json_value(ARGOT_TYPE_STRING, ARGOT_NONE, &cell.slot, out);
}

/* ---- causes ---- */

static void
put_event(struct argot_buffer *out, sqlite3_stmt *row)
{
    argot_buffer_append_byte(out, '{');
    put_text(out, "\"source\":", row, SOURCE);
    argot_buffer_printf(out, "%s\"record\":%" PRId64, sqlite3_column_type(row, SOURCE) == SQLITE_NULL ? "" : ",",
                        (int64_t)sqlite3_column_int64(row, RECORD));
    if (sqlite3_column_int64(row, PART))
        argot_buffer_printf(out, ",\"part\":%" PRId64, (int64_t)sqlite3_column_int64(row, PART));
    put_time(out, ",\"event_time\":", row, TIME);
    put_text(out, ",\"format\":", row, FORMAT);
    if (sqlite3_column_type(row, RAW_LINE) != SQLITE_NULL) {
        argot_buffer_append_byte(out, ',');
        argot_json_raw("raw_line", argot_sqlite_cell_bytes(sqlite3_column_value(row, RAW_LINE)), out);
    }
    argot_buffer_append_byte(out, '}');
}

static void
put_cause(struct telling *telling, sqlite3_stmt *row)
{
    struct argot_buffer *out = &telling->out;
    int64_t inside = sqlite3_column_int64(row, INSIDE);
    while (telling->depth && telling->open[telling->depth - 1] != inside) {
        argot_buffer_append_text(out, "]}");
        telling->depth--;
    }
    if (out->length && out->bytes[out->length - 1] == '}')
        argot_buffer_append_byte(out, ',');
    if (sqlite3_column_type(row, RULE_NAME) == SQLITE_NULL) {
        put_event(out, row);
        return;
    }
    put_text(out, "{\"rule_name\":", row, RULE_NAME);
    put_text(out, ",\"id\":", row, ALERT_ID);
    put_time(out, ",\"event_time\":", row, TIME);
    argot_buffer_append_text(out, ",\"causes\":[");
    if (telling->depth < MAX_DEPTH)
        telling->open[telling->depth++] = sqlite3_column_int64(row, NUMBER);
    else
        argot_buffer_append_text(out, "]}");
}

static bool
put_causes(struct argot_search *search, struct telling *telling)
{
    int code;
    argot_buffer_append_text(&telling->out, ",\"causes\":[");
    while ((code = sqlite3_step(search->at->causes)) == SQLITE_ROW)
        put_cause(telling, search->at->causes);
    for (; telling->depth; telling->depth--)
        argot_buffer_append_text(&telling->out, "]}");
    argot_buffer_append_text(&telling->out, "]}");
    return code == SQLITE_DONE;
}

/* ---- the object ---- */

static bool
put_alert(struct argot_search *search, struct argot_slice id, struct argot_buffer *out)
{
    sqlite3_stmt *row = search->at->alert;
    if (sqlite3_step(row) != SQLITE_ROW)
        return false;
    argot_buffer_append_text(out, "{\"id\":");
    argot_json_string(id.at, id.length, out);
    argot_buffer_printf(out, ",\"count\":%" PRId64, (int64_t)sqlite3_column_int64(row, 0));
    put_time(out, ",\"first_time\":", row, 1);
    put_time(out, ",\"last_time\":", row, 2);
    put_json(out, ",\"tags\":", row, 3);
    put_json(out, ",\"values\":", row, 4);
    return true;
}

static bool
ask(struct argot_search *search, sqlite3_stmt **statement, const char *sql, struct argot_slice id)
{
    if (!*statement && sqlite3_prepare_v2(search->at->db, sql, -1, statement, NULL) != SQLITE_OK)
        return false;
    return sqlite3_bind_text64(*statement, 1, (const char *)id.at, id.length, SQLITE_TRANSIENT, SQLITE_UTF8) ==
           SQLITE_OK;
}

bool
argot_sqlite_told(struct argot_search *search, sqlite3_value *alert_id, struct argot_cell *cell)
{
    struct argot_slice id = argot_sqlite_cell_bytes(alert_id);
    struct telling telling = {.depth = 0};
    argot_buffer_init(&telling.out, search->seam);
    bool good = ask(search, &search->at->alert, ALERT, id) && ask(search, &search->at->causes, CAUSES, id) &&
                put_alert(search, id, &telling.out) && put_causes(search, &telling);
    if (search->at->alert)
        sqlite3_reset(search->at->alert);
    if (search->at->causes)
        sqlite3_reset(search->at->causes);
    char *text = good && !telling.out.failed
                     ? argot_sqlite_room_copy(&search->row, telling.out.bytes, telling.out.length)
                     : NULL;
    *cell = argot_cell_text(text, text ? telling.out.length : 0, ARGOT_SLOT_JSON);
    search->row.failed = search->row.failed || telling.out.failed;
    argot_buffer_finish(&telling.out);
    if (!text)
        cell->kind = ARGOT_CELL_ABSENT;
    return text != NULL;
}
