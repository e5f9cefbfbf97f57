/* SPDX-License-Identifier: Apache-2.0
 * The tables, made of the schema. A later version of them has a step in `migrations`; fields that the schema gained
 * need none: their columns are added when a store is opened. */
#include "store/sqlite.h"
#include <stdio.h>
#include <string.h>

#define RECORD_FIELD "raw_line"

#define PLACE                                                                                                          \
    "id INTEGER PRIMARY KEY, source INTEGER NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, part INTEGER "   \
    "NOT"                                                                                                              \
    " NULL"
#define REST "extra TEXT, " RECORD_FIELD " BLOB"
/* Messages that wait to be told, and not beside the store: they come and go with what is committed. */
#define MESSAGES                                                                                                       \
    "CREATE TABLE messages (id INTEGER PRIMARY KEY, output TEXT NOT NULL, name TEXT NOT NULL, held INTEGER NOT NULL,"  \
    " text BLOB NOT NULL) STRICT;"                                                                                     \
    "CREATE INDEX messages_output ON messages (output, held);"

/* From version 1 to 2: events that wait, and what segments and sources know beside. */
#define SECOND                                                                                                         \
    "ALTER TABLE sources ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;"                                               \
    "CREATE TABLE named (id INTEGER PRIMARY KEY) STRICT;"                                                              \
    "ALTER TABLE segments ADD COLUMN raw INTEGER NOT NULL DEFAULT 1;"                                                  \
    "ALTER TABLE segments ADD COLUMN waiting INTEGER;"                                                                 \
    "ALTER TABLE segments ADD COLUMN last_alert INTEGER;"                                                              \
    "ALTER TABLE segments ADD COLUMN last_letter INTEGER;"                                                             \
    "UPDATE segments SET last_alert = last_time, last_letter = last_time;"
/* Grows at its end. An address is looked for in it without a look at the rows, which are ten times as large. */
#define EVENT_TIME "CREATE INDEX events_event_time ON events (event_time, source_ip);"
#define WAITING_INDEX "CREATE INDEX waiting_record ON waiting (source, record);"
#define WAITING "CREATE TABLE waiting (" PLACE ", " REST ") STRICT;" WAITING_INDEX

/* From version i to the next; there is no version 0. */
static const char *const migrations[] = {NULL, SECOND WAITING MESSAGES "DROP INDEX events_event_time;" EVENT_TIME};

/* Every store was this first, before the fields of the schema. */
#define TABLES                                                                                                         \
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;"                                      \
    "CREATE TABLE enums (field TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,"                            \
    " PRIMARY KEY (field, number)) STRICT, WITHOUT ROWID;"                                                             \
    "CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL, device INTEGER,"     \
    " inode INTEGER, fingerprint BLOB, fingerprint_bytes INTEGER, \"offset\" INTEGER NOT NULL, record INTEGER NOT"     \
    " NULL, line INTEGER NOT NULL, part INTEGER NOT NULL, pieces INTEGER NOT NULL, records INTEGER NOT NULL, events"   \
    " INTEGER NOT NULL, letters INTEGER NOT NULL, skipped INTEGER NOT NULL, ended_size INTEGER, ended_before"          \
    " INTEGER) STRICT;"                                                                                                \
    "CREATE TABLE segments (number INTEGER PRIMARY KEY, file TEXT NOT NULL, first_event INTEGER NOT NULL, last_event"  \
    " INTEGER NOT NULL, first_time INTEGER, last_time INTEGER, alerts INTEGER NOT NULL, dead_letters INTEGER NOT"      \
    " NULL, bytes INTEGER NOT NULL, indexed INTEGER NOT NULL) STRICT;"                                                 \
    "CREATE TABLE told (alert_id TEXT PRIMARY KEY, event_time INTEGER NOT NULL) STRICT, WITHOUT ROWID;"                \
    "CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, record INTEGER NOT NULL, line"        \
    " INTEGER NOT NULL, piece INTEGER NOT NULL, event_ingest_time INTEGER NOT NULL, reason TEXT NOT NULL, format"      \
    " TEXT, \"offset\" INTEGER NOT NULL, expected TEXT, field TEXT, value BLOB, raw_line BLOB NOT NULL) STRICT;"       \
    "CREATE TABLE alert_causes (alert_id TEXT NOT NULL, number INTEGER NOT NULL, inside INTEGER, event_time INTEGER"   \
    " NOT NULL, source INTEGER, record INTEGER, part INTEGER, format TEXT, cause_rule_name TEXT, cause_alert_id"       \
    " TEXT, raw_line BLOB, PRIMARY KEY (alert_id, number)) STRICT, WITHOUT ROWID;"

#define INDEXES                                                                                                        \
    EVENT_TIME                                                                                                         \
    "CREATE INDEX alerts_event_time ON alerts (event_time);"

struct table {
    const char *name;
    const char *before, *behind; /* columns around those of the fields */
};

static const struct table events = {
    "events",
    PLACE,
    REST,
};
static const struct table waiting = {
    "waiting",
    PLACE,
    REST,
};
static const struct table alerts = {
    "alerts",
    "number INTEGER PRIMARY KEY, alert_id TEXT NOT NULL UNIQUE, source INTEGER NOT NULL, record INTEGER NOT NULL, part"
    " INTEGER NOT NULL, count INTEGER NOT NULL, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, tags TEXT NOT"
    " NULL, collected TEXT",
    "extra TEXT",
};

bool
argot_sqlite_is_column(uint16_t field)
{
    return strcmp(argot_schema.fields[field].name, RECORD_FIELD) != 0;
}

void
argot_sqlite_event_columns(struct argot_buffer *sql)
{
    argot_buffer_append_text(sql, "id, source, record, line, part, extra");
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (argot_sqlite_is_column(i))
            argot_buffer_printf(sql, ", %s", argot_schema.fields[i].name);
}

static const char *
type_of(const struct argot_schema_field *field)
{
    switch (field->type) {
    case ARGOT_TYPE_ENUM:
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_BOOL:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_TIMESTAMP:
    case ARGOT_TYPE_DURATION:
    case ARGOT_TYPE_BYTES:
        return "INTEGER";
    case ARGOT_TYPE_FLOAT:
        return "REAL";
    case ARGOT_TYPE_IP:
        return "BLOB";
    default:
        return "TEXT";
    }
}

static void
put_table(struct argot_buffer *sql, const struct table *table)
{
    argot_buffer_printf(sql, "CREATE TABLE %s (%s", table->name, table->before);
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (argot_sqlite_is_column(i))
            argot_buffer_printf(sql, ", %s %s", argot_schema.fields[i].name, type_of(&argot_schema.fields[i]));
    argot_buffer_printf(sql, ", %s) STRICT;", table->behind);
}

/* Runs what is in the buffer. */
static bool
run(struct argot_sqlite *sqlite, struct argot_buffer *sql, const char *what)
{
    argot_buffer_append_byte(sql, 0);
    bool good =
        sql->failed ? argot_sqlite_no_memory(sqlite) : argot_sqlite_execute(sqlite, (const char *)sql->bytes, what);
    sql->length = 0;
    return good;
}

static bool
create(struct argot_sqlite *sqlite, struct argot_buffer *sql)
{
    struct argot_seam *seam = sqlite->store.seam;
    argot_buffer_append_text(sql, TABLES);
    put_table(sql, &events);
    put_table(sql, &alerts);
    put_table(sql, &waiting);
    argot_buffer_append_text(sql, SECOND INDEXES WAITING_INDEX MESSAGES);
    argot_buffer_printf(sql,
                        "PRAGMA application_id = %d; PRAGMA user_version = %d;"
                        "INSERT INTO meta (key, value) VALUES ('begun', '%lld');",
                        ARGOT_SQLITE_APPLICATION, ARGOT_SQLITE_VERSION, (long long)seam->now(seam));
    return run(sqlite, sql, "the tables cannot be made");
}

/* ---- versions ---- */

static bool
migrate(struct argot_sqlite *sqlite, struct argot_buffer *sql, int64_t version)
{
    for (int64_t from = version; from < ARGOT_SQLITE_VERSION; from++) {
        const char *step = migrations[from];
        if (!step)
            return false;
        argot_buffer_printf(sql, "%s; PRAGMA user_version = %d;", step, (int)from + 1);
        if (!run(sqlite, sql, "the tables cannot be brought up to date"))
            return false;
    }
    return true;
}

int
argot_sqlite_find_columns(sqlite3 *db, const char *table, bool *has)
{
    char sql[96];
    sqlite3_stmt *statement = NULL;
    memset(has, 0, argot_schema.count * sizeof *has);
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        const char *name = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        int field = name ? argot_schema_find(name) : -1;
        if (field >= 0)
            has[field] = true;
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Fields that the schema gained since the store was made. */
static bool
add_columns(struct argot_sqlite *sqlite, struct argot_buffer *sql, const struct table *table)
{
    struct argot_seam *seam = sqlite->store.seam;
    bool *there = seam->allocate(seam, argot_schema.count);
    if (!there)
        return argot_sqlite_no_memory(sqlite);
    bool good = argot_sqlite_find_columns(sqlite->db, table->name, there) == SQLITE_OK ||
                argot_sqlite_fail(sqlite, "cannot be read");
    for (uint16_t i = 0; good && i < argot_schema.count; i++) {
        const struct argot_schema_field *field = &argot_schema.fields[i];
        if (there[i] || !argot_sqlite_is_column(i))
            continue;
        argot_buffer_printf(sql, "ALTER TABLE %s ADD COLUMN %s %s;", table->name, field->name, type_of(field));
        good = run(sqlite, sql, "a column cannot be added");
    }
    seam->release(seam, there);
    return good;
}

static bool
add_enums(struct argot_sqlite *sqlite, struct argot_buffer *sql)
{
    int64_t there;
    size_t count = 0;
    argot_buffer_append_text(sql, "INSERT OR IGNORE INTO enums (field, number, name) VALUES ");
    for (uint16_t i = 0; i < argot_schema.count; i++)
        for (uint16_t j = 0; j < argot_schema.fields[i].nvalues; j++, count++)
            argot_buffer_printf(sql, "%s('%s', %u, '%s')", count ? ", " : "", argot_schema.fields[i].name, j,
                                argot_schema.fields[i].values[j]);
    if (!argot_sqlite_number(sqlite, "SELECT count(*) FROM enums", &there))
        return false;
    if (!count || there >= (int64_t)count) {
        sql->length = 0;
        return true;
    }
    return run(sqlite, sql, "names of values cannot be added");
}

/* ---- what people read ---- */

static void
put_octet(struct argot_buffer *sql, const char *column, unsigned at)
{
    argot_buffer_printf(sql,
                        "((instr('0123456789ABCDEF', substr(hex(%s), %u, 1)) - 1) * 16 +"
                        " instr('0123456789ABCDEF', substr(hex(%s), %u, 1)) - 1)",
                        column, 2 * at + 1, column, 2 * at + 2);
}

/* IPv6 addresses in full: to shorten them takes more than SQL. */
static void
put_address(struct argot_buffer *sql, const char *column)
{
    argot_buffer_printf(sql, "CASE length(%s) WHEN 4 THEN ", column);
    for (unsigned i = 0; i < 4; i++) {
        argot_buffer_append_text(sql, i ? " || '.' || " : "");
        put_octet(sql, column, i);
    }
    argot_buffer_printf(sql, " WHEN 16 THEN lower(substr(hex(%s), 1, 4)", column);
    for (unsigned i = 1; i < 8; i++)
        argot_buffer_printf(sql, " || ':' || substr(hex(%s), %u, 4)", column, 4 * i + 1);
    argot_buffer_append_text(sql, ") END");
}

/* ISO 8601; the fraction where there is one. Rounds down before 1970 too. */
static void
put_time(struct argot_buffer *sql, const char *column)
{
    argot_buffer_printf(sql,
                        "strftime('%%Y-%%m-%%dT%%H:%%M:%%S', (%s - (%s %% 1000000000 + 1000000000) %% 1000000000)"
                        " / 1000000000, 'unixepoch') || CASE WHEN %s %% 1000000000 = 0 THEN '' ELSE rtrim(printf("
                        "'.%%09d', (%s %% 1000000000 + 1000000000) %% 1000000000), '0') END || 'Z'",
                        column, column, column, column);
}

static void
put_column(struct argot_buffer *sql, const struct argot_schema_field *field)
{
    char column[80];
    snprintf(column, sizeof column, "t.%s", field->name);
    argot_buffer_append_text(sql, ", ");
    if (field->type == ARGOT_TYPE_IP)
        put_address(sql, column);
    else if (field->type == ARGOT_TYPE_TIMESTAMP)
        put_time(sql, column);
    else if (field->type == ARGOT_TYPE_ENUM)
        argot_buffer_printf(sql, "(SELECT name FROM enums WHERE field = '%s' AND number = %s)", field->name, column);
    else
        argot_buffer_append_text(sql, column);
    argot_buffer_printf(sql, " AS %s", field->name);
}

static void
put_view(struct argot_buffer *sql, const struct table *table, const char *key, const char *behind)
{
    argot_buffer_printf(sql, "CREATE VIEW %s_readable AS SELECT t.%s, s.name AS source, t.record, t.part", table->name,
                        key);
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (argot_sqlite_is_column(i))
            put_column(sql, &argot_schema.fields[i]);
    argot_buffer_printf(sql, ", t.extra%s FROM %s t LEFT JOIN sources s ON s.id = t.source", behind, table->name);
}

/* A view is made anew when it is another than this argot would make. */
static bool
make_view(struct argot_sqlite *sqlite, struct argot_buffer *sql, const char *table)
{
    sqlite3_stmt *statement;
    char query[128];
    snprintf(query, sizeof query, "SELECT 1 FROM sqlite_master WHERE name = '%s_readable' AND sql = ?", table);
    if (sql->failed)
        return argot_sqlite_no_memory(sqlite);
    if (sqlite3_prepare_v2(sqlite->db, query, -1, &statement, NULL) != SQLITE_OK)
        return argot_sqlite_fail(sqlite, "cannot be read");
    sqlite3_bind_text(statement, 1, (const char *)sql->bytes, (int)sql->length, SQLITE_STATIC);
    bool there = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    if (there) {
        sql->length = 0;
        return true;
    }
    snprintf(query, sizeof query, "DROP VIEW IF EXISTS %s_readable", table);
    return argot_sqlite_execute(sqlite, query, "a view cannot be dropped") && run(sqlite, sql, "a view cannot be made");
}

static bool
make_views(struct argot_sqlite *sqlite, struct argot_buffer *sql)
{
    put_view(sql, &events, "id", ", CAST(t." RECORD_FIELD " AS TEXT) AS " RECORD_FIELD);
    if (!make_view(sqlite, sql, events.name))
        return false;
    put_view(sql, &alerts, "alert_id", ", t.count, t.tags, t.collected");
    return make_view(sqlite, sql, alerts.name);
}

/* ---- the whole ---- */

/* True when the tables of version *version are there; 0: an empty file. */
static bool
look(struct argot_sqlite *sqlite, int64_t *version)
{
    int64_t application, tables;
    if (!argot_sqlite_number(sqlite, "PRAGMA application_id", &application) ||
        !argot_sqlite_number(sqlite, "SELECT count(*) FROM sqlite_master", &tables) ||
        !argot_sqlite_number(sqlite, "PRAGMA user_version", version))
        return false;
    char *problem = sqlite->store.problem;
    if (!tables && !application)
        *version = 0;
    else if (application != ARGOT_SQLITE_APPLICATION || *version < 1)
        snprintf(problem, ARGOT_STORE_PROBLEM_BYTES, "is a SQLite database of another program");
    else if (*version > ARGOT_SQLITE_VERSION)
        snprintf(problem, ARGOT_STORE_PROBLEM_BYTES,
                 "is of a newer argot: its tables are version %lld, this one knows %d", (long long)*version,
                 ARGOT_SQLITE_VERSION);
    return !*problem;
}

bool
argot_sqlite_layout(struct argot_sqlite *sqlite)
{
    struct argot_buffer sql;
    int64_t version;
    if (!look(sqlite, &version))
        return false;
    argot_buffer_init(&sql, sqlite->store.seam);
    bool good = version ? migrate(sqlite, &sql, version) && add_columns(sqlite, &sql, &events) &&
                              add_columns(sqlite, &sql, &alerts) && add_columns(sqlite, &sql, &waiting)
                        : create(sqlite, &sql);
    good = good && add_enums(sqlite, &sql) && make_views(sqlite, &sql);
    argot_buffer_finish(&sql);
    return good;
}
