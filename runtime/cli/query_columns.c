/* SPDX-License-Identifier: Apache-2.0
 * Which columns are shown: all that argot parse would write, what a person wants to see first, or what was asked for.
 */
#include "cli/query.h"
#include "base/arena.h"
#include "cli/say.h"
#include <stdio.h>

#define MAX_NAMES 512
#define MAX_SHOWN 64 /* bytes of a wrong name in a message */

/* The most wanted first: on a narrow terminal the last ones are left out. */
static const char *const events_table[] = {
    "event_time",     "event_type",     "event_outcome",        "user_name",         "source_ip",
    "host_name",      "destination_ip", "destination_port",     "http_method",       "request_path",
    "status_code",    "process_name",   "target_user_name",     "event_disposition", "event_action",
    "dns_query_name", "file_path",      "process_command_line", "message",           NULL};
static const char *const alerts_table[] = {"event_time", "rule_name", "message", "event_severity", "count", NULL};
static const char *const letters_table[] = {"event_ingest_time", "reason", "raw_line", "source", "record", "format",
                                            "expected",          NULL};
static const char *const letters_all[] = {"source",   "record", "line",  "format", "reason",   "offset",
                                          "expected", "field",  "value", "piece",  "raw_line", NULL};

/* ---- names ---- */

static bool
refuse(const struct argot_args *args, const char *option, enum argot_search_table table, const char *name)
{
    const char *names[MAX_NAMES], *own;
    char hint[160] = "";
    size_t count = 0;
    while (count < MAX_NAMES && (own = argot_search_own_name(table, count)))
        names[count++] = own;
    for (uint16_t i = 0; table != ARGOT_SEARCH_LETTERS && i < argot_schema.count && count < MAX_NAMES; i++)
        names[count++] = argot_schema.fields[i].name;
    if (strlen(name) <= MAX_SHOWN)
        argot_args_nearest(name, names, count, hint, sizeof hint);
    argot_args_refuse(args, "--%s: there is no column `%.*s`%s", option, MAX_SHOWN, name, hint);
    return false;
}

static bool
add(const struct argot_args *args, const char *option, enum argot_search_table table, const char *name,
    struct argot_query_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (!strcmp(columns->names[i], name))
            return true;
    if (columns->count == ARGOT_SEARCH_MAX_COLUMNS) {
        argot_args_refuse(args, "--%s: more than %d columns", option, ARGOT_SEARCH_MAX_COLUMNS);
        return false;
    }
    if (!argot_search_column(table, name, &columns->columns[columns->count]))
        return refuse(args, option, table, name);
    columns->names[columns->count++] = name;
    return true;
}

static bool
add_list(const struct argot_args *args, enum argot_search_table table, const char *const *names,
         struct argot_query_columns *columns)
{
    for (; *names; names++)
        if (!add(args, "columns", table, *names, columns))
            return false;
    return true;
}

/* ---- the usual ones ---- */

/* As argot parse writes them, but for what it writes on demand alone. */
static bool
add_fields(const struct argot_args *args, enum argot_search_table table, struct argot_query_columns *columns)
{
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        const char *name = argot_schema.fields[i].name;
        bool on_demand =
            table == ARGOT_SEARCH_EVENTS && (!strcmp(name, "event_ingest_time") || !strcmp(name, "format_name"));
        if (!on_demand && strcmp(name, "raw_line") != 0 && !add(args, "columns", table, name, columns))
            return false;
    }
    return add(args, "columns", table, "extra", columns) &&
           (table != ARGOT_SEARCH_ALERTS || add(args, "columns", table, "alert", columns));
}

bool
argot_query_columns_all(const struct argot_args *args, enum argot_search_table table,
                        struct argot_query_columns *columns)
{
    columns->count = 0;
    columns->chosen = true;
    return add_fields(args, table, columns) && add(args, "columns", table, "format_name", columns) &&
           (table != ARGOT_SEARCH_ALERTS || add(args, "columns", table, "alert_id", columns));
}

static bool
add_usual(const struct argot_args *args, enum argot_search_table table, enum argot_query_output output,
          struct argot_query_columns *columns)
{
    static const char *const *const lists[] = {[ARGOT_SEARCH_EVENTS] = events_table,
                                               [ARGOT_SEARCH_ALERTS] = alerts_table,
                                               [ARGOT_SEARCH_LETTERS] = letters_table};
    if (output == ARGOT_QUERY_TABLE)
        return add_list(args, table, lists[table], columns);
    if (table == ARGOT_SEARCH_LETTERS)
        return add_list(args, table, letters_all, columns);
    return add_fields(args, table, columns);
}

bool
argot_query_columns_read(const struct argot_args *args, const char *option, struct argot_arena *arena,
                         enum argot_search_table table, enum argot_query_output output, const char *names,
                         struct argot_query_columns *columns)
{
    columns->count = 0;
    columns->chosen = names != NULL;
    if (!names)
        return add_usual(args, table, output, columns);
    if (*names == '+' && !add_usual(args, table, output, columns))
        return false;
    for (names += *names == '+';; names++) {
        size_t length = strcspn(names, ",");
        const char *name = argot_arena_copy(arena, names, length);
        if (!name)
            argot_say(args->cli->seam, "there is no memory");
        if (!name || !add(args, option, table, name, columns))
            return false;
        names += length;
        if (!*names)
            return true;
    }
}
