/* SPDX-License-Identifier: Apache-2.0
 * argot query: what a store has, by an expression of the rule language. The expression is compiled as rules are; the
 * store turns it into SQL as far as that says the same, and the judge of rules does the rest. */
#include "base/arena.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/interrupt.h"
#include "cli/moment.h"
#include "cli/query.h"
#include "cli/say.h"
#include "correlate/judge.h"
#include "grammar/rules.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define WHY_BYTES 512
#define STANDARD_OUTPUT 1
#define TABLE_ROWS 1000  /* that a table shows when nobody says how many */
#define TABLE_COUNTS 100 /* the same of --by */
#define MAX_LIMIT UINT64_C(1000000000000)

enum {
    OPTION_STORE,
    OPTION_CONFIG,
    OPTION_LAST,
    OPTION_FROM,
    OPTION_TO,
    OPTION_BY,
    OPTION_HISTOGRAM,
    OPTION_COLUMNS,
    OPTION_OUTPUT,
    OPTION_SCHEMA,
    OPTION_ALERTS,
    OPTION_LETTERS,
    OPTION_LIMIT,
    OPTION_SQL,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_STORE] = {"store", 0, "sqlite:PATH", "the store; else that of the configuration"},
    [OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration; else argot.yaml in this folder, or in /etc/argot"},
    [OPTION_LAST] = ARGOT_MOMENT_LAST,
    [OPTION_FROM] = ARGOT_MOMENT_FROM,
    [OPTION_TO] = ARGOT_MOMENT_TO,
    [OPTION_BY] = {"by", 0, "NAMES", "counts by value of these columns"},
    [OPTION_HISTOGRAM] = {"histogram", 0, NULL, "counts by time; a duration beside it is the span of each: 5m"},
    [OPTION_COLUMNS] = {"columns", 0, "NAMES",
                        "these columns, separated by commas (`argot fields`); with a +\nbefore them beside the usual "
                        "ones"},
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "table, jsonl or csv; table on a terminal, else jsonl"},
    [OPTION_SCHEMA] = ARGOT_STANDARD_OPTION,
    [OPTION_ALERTS] = {"alerts", 0, NULL, "searches alerts"},
    [OPTION_LETTERS] = {"dead-letters", 0, NULL, "shows dead letters, by when they were received"},
    [OPTION_LIMIT] = {"limit", 0, "N", "at most so many rows, 0 for all; else 1000 of a table, 100 with\n--by"},
    [OPTION_SQL] = {"sql", 0, NULL, "shows the statement; or runs one that is given in the place of\nEXPR"},
};

struct query_command {
    struct argot_args args;
    struct argot_seam *seam;
    struct argot_arena arena;
    const char *store, *configuration_path, *columns, *by, *expression;
    struct argot_moment_range range;
    enum argot_query_output output;
    enum argot_standard_number standard; /* whose words JSON lines have; NONE: argot's own */
    enum argot_search_table table;
    bool histogram, sql, alerts, letters, limited, cut, output_named;
    struct argot_configuration configuration;
    struct argot_rules *rules;
    struct argot_judge *judge;
    const struct argot_plan *plan;
    struct argot_query_columns shown;
    struct argot_search_query query;
    struct argot_search *search;
};

/* ---- the command line ---- */

static bool
read_output(struct query_command *command, const char *value)
{
    static const char *const names[] = {"table", "jsonl", "csv"};
    enum { COUNT = sizeof names / sizeof *names };
    char hint[128];
    for (int i = 0; i < COUNT; i++)
        if (!strcmp(value, names[i])) {
            command->output = (enum argot_query_output)i;
            command->output_named = true;
            return true;
        }
    argot_args_refuse(&command->args, "--output: `%s` is none of table, jsonl, csv%s", value,
                      argot_args_nearest(value, names, COUNT, hint, sizeof hint));
    return false;
}

static bool
read_limit(struct query_command *command, const char *value)
{
    command->limited = argot_args_number(value, 0, MAX_LIMIT, &command->query.limit);
    if (!command->limited)
        argot_args_refuse(&command->args, "--limit: `%s` is no number from 0 to %llu", value,
                          (unsigned long long)MAX_LIMIT);
    return command->limited;
}

static bool
read_store(struct query_command *command, const char *value)
{
    command->store = argot_args_store(value);
    if (command->store == value || !*command->store) {
        argot_args_refuse(&command->args, "--store: `%s` is no store such as sqlite:/var/lib/argot/events.db", value);
        return false;
    }
    return true;
}

static bool
read_option(struct query_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_STORE:
        return read_store(command, value);
    case OPTION_CONFIG:
        command->configuration_path = value;
        return true;
    case OPTION_LAST:
        command->range.last = value;
        return true;
    case OPTION_FROM:
        command->range.from = value;
        return true;
    case OPTION_TO:
        command->range.to = value;
        return true;
    case OPTION_BY:
        command->by = value;
        return true;
    case OPTION_HISTOGRAM:
        command->histogram = true;
        return true;
    case OPTION_COLUMNS:
        command->columns = value;
        return true;
    case OPTION_OUTPUT:
        return read_output(command, value);
    case OPTION_SCHEMA:
        return argot_standard_read(&command->args, value, &command->standard);
    case OPTION_ALERTS:
        command->alerts = true;
        return true;
    case OPTION_LETTERS:
        command->letters = true;
        return true;
    case OPTION_LIMIT:
        return read_limit(command, value);
    default:
        command->sql = true;
        return true;
    }
}

/* What stands beside the options: the expression or statement, and the span of --histogram. */
static bool
read_operands(struct query_command *command)
{
    for (size_t i = 0; i < command->args.noperands; i++) {
        const char *operand = command->args.operands[i];
        int64_t span_ns;
        if (command->histogram && !command->query.span_ns && !argot_rules_duration(operand, &span_ns) && span_ns > 0) {
            command->query.span_ns = span_ns;
        } else if (!command->expression) {
            command->expression = operand;
        } else {
            argot_args_refuse(&command->args, "`%s`: one expression, in quotes, is all there is", operand);
            return false;
        }
    }
    return true;
}

static bool
check_together(const struct query_command *command)
{
    const struct argot_args *args = &command->args;
    if (command->alerts && command->letters)
        argot_args_refuse(args, "--alerts and --dead-letters do not go together");
    else if (command->by && command->histogram)
        argot_args_refuse(args, "--by and --histogram do not go together");
    else if (command->columns && (command->by || command->histogram))
        argot_args_refuse(args, "--columns is for rows: with --by and --histogram there are none");
    else if (command->standard && (command->by || command->histogram || command->letters || command->columns))
        argot_args_refuse(args, "--schema is for whole events and alerts: it goes without --columns, --by, "
                                "--histogram and --dead-letters");
    else if (command->standard && command->output != ARGOT_QUERY_JSONL)
        argot_args_refuse(args, "--schema goes with --output jsonl");
    else
        return true;
    return false;
}

/* ---- the expression ---- */

static bool
holds(void *context, const struct argot_event *event, const struct argot_alert *alert)
{
    struct query_command *command = context;
    const struct argot_plan_rule *rule = &command->plan->rules[0];
    struct argot_scene scene = {.rule = rule, .subject = {.event = event, .alert = alert}};
    bool answer = argot_judge_holds(command->judge, rule->matches[0].condition, &scene);
    argot_judge_forget(command->judge);
    return answer;
}

static bool
compile(struct query_command *command)
{
    struct argot_rules_text text = {"expression", command->expression, strlen(command->expression)};
    struct argot_buffer words;
    char why[WHY_BYTES];
    command->rules = argot_rules_expression(command->seam, &text, command->alerts);
    if (!command->rules) {
        argot_say(command->seam, "there is no memory");
        return false;
    }
    argot_buffer_init(&words, command->seam);
    argot_rules_print(command->rules, false, &words);
    argot_say_words(command->seam, &words);
    argot_buffer_finish(&words);
    command->plan = argot_rules_plan(command->rules);
    if (!command->plan)
        return false;
    command->judge = argot_judge_new(command->seam, command->plan, why, sizeof why);
    if (!command->judge) {
        argot_say(command->seam, "%s", why);
        return false;
    }
    command->query.where = command->plan->rules[0].matches[0].condition;
    command->query.holds = holds;
    command->query.context = command;
    return true;
}

/* ---- the store ---- */

/* ---- answers ---- */

static int
tell_problem(const struct query_command *command)
{
    if (argot_interrupt_asked)
        return ARGOT_EXIT_INTERRUPTED;
    argot_say(command->seam, "%s: %s", command->store, argot_search_problem(command->search));
    return ARGOT_EXIT_FAILED;
}

static bool
set_standard(const struct query_command *command, struct argot_query_writer *writer)
{
    writer->export = argot_query_export_new(command->seam, command->standard, &command->shown);
    if (!writer->export)
        writer->error = -ENOMEM;
    return writer->export;
}

/* One row more than is shown was asked for, to know whether there are more. */
static int
show_rows(struct query_command *command, const char *const *names, size_t width, bool hide)
{
    struct argot_cell cells[ARGOT_SEARCH_MAX_COLUMNS + 1];
    struct argot_query_writer writer;
    uint64_t shown = 0, most = command->cut ? command->query.limit - 1 : UINT64_MAX;
    bool more = false;
    bool good = argot_query_writer_init(&writer, command->seam, command->output, names, width, hide);
    if (good && command->standard)
        good = set_standard(command, &writer);
    while (good && argot_search_next(command->search, cells)) {
        more = shown == most;
        if (more)
            break;
        good = argot_query_writer_row(&writer, cells);
        shown++;
    }
    good = argot_query_writer_end(&writer) && good;
    if (!good)
        return ARGOT_EXIT_FAILED;
    if (*argot_search_problem(command->search))
        return tell_problem(command);
    if (command->judge && argot_judge_failed(command->judge)) {
        argot_say(command->seam, "there is no memory");
        return ARGOT_EXIT_FAILED;
    }
    if (more)
        argot_say(command->seam, "there are more: --limit N shows so many, --limit 0 all");
    return ARGOT_EXIT_DONE;
}

static int
show_statement(struct query_command *command)
{
    struct argot_buffer out;
    argot_buffer_init(&out, command->seam);
    if (!argot_search_statement(command->search, &command->query, &out)) {
        argot_buffer_finish(&out);
        return tell_problem(command);
    }
    return argot_say_write(command->seam, &out);
}

static int
show_times(struct query_command *command)
{
    static const char *const names[] = {"event_time", "count"};
    struct argot_buffer out;
    if (command->output != ARGOT_QUERY_TABLE)
        return show_rows(command, names, 2, false);
    argot_buffer_init(&out, command->seam);
    if (argot_query_times_draw(command->search, command->seam, command->query.span_ns, &out))
        return argot_say_write(command->seam, &out);
    argot_buffer_finish(&out);
    return tell_problem(command);
}

/* The oldest and newest row say how long a span is good. */
static bool
choose_span(struct query_command *command)
{
    struct argot_search_query query = command->query;
    struct argot_cell cells[ARGOT_SEARCH_MAX_COLUMNS];
    query.what = ARGOT_SEARCH_BOUNDS;
    query.limit = 0;
    command->query.span_ns = argot_query_times_span(0, 0);
    if (!argot_search_start(command->search, &query))
        return false;
    if (argot_search_next(command->search, cells) && cells[0].kind == ARGOT_CELL_VALUE &&
        cells[1].kind == ARGOT_CELL_VALUE)
        command->query.span_ns = argot_query_times_span(cells[0].slot.i64, cells[1].slot.i64);
    return !*argot_search_problem(command->search);
}

static int
ask(struct query_command *command)
{
    struct argot_search_query *query = &command->query;
    query->table = command->table;
    query->columns = command->shown.columns;
    query->ncolumns = command->shown.count;
    query->what = command->by ? ARGOT_SEARCH_COUNTS : command->histogram ? ARGOT_SEARCH_TIMES : ARGOT_SEARCH_ROWS;
    command->cut = !command->limited && command->output == ARGOT_QUERY_TABLE && !command->histogram;
    if (command->cut)
        query->limit = (command->by ? TABLE_COUNTS : TABLE_ROWS) + 1;
    if (command->histogram && !query->span_ns && !choose_span(command))
        return tell_problem(command);
    if (command->sql)
        return show_statement(command);
    if (!argot_search_start(command->search, query))
        return tell_problem(command);
    if (command->histogram)
        return show_times(command);
    command->shown.names[command->shown.count] = "count";
    return show_rows(command, command->shown.names, command->shown.count + (command->by != NULL),
                     !command->shown.chosen);
}

static int
ask_sql(struct query_command *command)
{
    const char *names[ARGOT_SEARCH_MAX_COLUMNS];
    if (!argot_search_start_sql(command->search, command->expression, &command->query)) {
        argot_say(command->seam, "SQL: %s", argot_search_problem(command->search));
        return ARGOT_EXIT_USAGE;
    }
    size_t width = argot_search_width(command->search);
    if (width > ARGOT_SEARCH_MAX_COLUMNS) {
        argot_say(command->seam, "SQL: more than %d columns", ARGOT_SEARCH_MAX_COLUMNS);
        return ARGOT_EXIT_USAGE;
    }
    for (size_t i = 0; i < width; i++)
        names[i] = argot_search_column_name(command->search, i);
    return show_rows(command, names, width, false);
}

/* ---- the whole ---- */

static bool
is_statement(const char *text)
{
    static const char *const words[] = {"select", "with", "explain", "values", "pragma"};
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (!strncasecmp(text, words[i], length) && (!text[length] || strchr(" \t\n(*", text[length])))
            return true;
    }
    return false;
}

static bool
choose_columns(struct query_command *command, bool statement)
{
    const struct argot_args *args = &command->args;
    if (command->standard && command->sql && statement)
        argot_args_refuse(args, "--schema is for whole events and alerts: it goes without a statement");
    else if (command->standard)
        return argot_query_columns_all(args, command->table, &command->shown);
    else
        return statement || command->histogram ||
               argot_query_columns_read(args, command->by ? "by" : "columns", &command->arena, command->table,
                                        command->output, command->by ? command->by : command->columns, &command->shown);
    return false;
}

static int
run_query(struct query_command *command)
{
    char why[WHY_BYTES];
    bool statement = command->sql && is_statement(command->expression);
    const struct argot_args *args = &command->args;
    if (!command->output_named && !command->standard && command->seam->is_terminal(command->seam, STANDARD_OUTPUT) == 1)
        command->output = ARGOT_QUERY_TABLE;
    if (!check_together(command) || !argot_moment_range(args, &command->range))
        return ARGOT_EXIT_USAGE;
    command->query.from = command->range.oldest;
    command->query.to = command->range.newest;
    command->table = command->alerts    ? ARGOT_SEARCH_ALERTS
                     : command->letters ? ARGOT_SEARCH_LETTERS
                                        : ARGOT_SEARCH_EVENTS;
    if (command->letters && command->expression)
        return argot_args_refuse(args, "dead letters have no fields: --dead-letters goes without an expression");
    if (!statement && command->expression && !compile(command))
        return ARGOT_EXIT_USAGE;
    if (!choose_columns(command, statement))
        return ARGOT_EXIT_USAGE;
    if (!command->store)
        command->store =
            argot_configuration_store(&command->configuration, &command->args, command->configuration_path);
    if (!command->store)
        return ARGOT_EXIT_USAGE;
    command->query.stop = argot_interrupt_stop;
    command->search = argot_search_open(command->seam, command->store, why, sizeof why);
    if (command->search)
        return statement ? ask_sql(command) : ask(command);
    argot_say(command->seam, "%s: %s", command->store, why);
    return ARGOT_EXIT_FAILED;
}

static void
finish(struct query_command *command)
{
    argot_search_close(command->search);
    argot_judge_free(command->judge);
    argot_rules_free(command->rules);
    argot_arena_finish(&command->arena);
    argot_configuration_finish(&command->configuration);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct query_command command = {
        .args = {.cli = cli, .command = &argot_cmd_query, .argc = argc, .argv = argv},
        .seam = cli->seam,
        .output = ARGOT_QUERY_JSONL,
    };
    argot_configuration_init(&command.configuration, cli);
    argot_arena_init(&command.arena, cli->seam, 0);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = command.args.status;
    else if (read_operands(&command))
        status = run_query(&command);
end:
    finish(&command);
    return status;
}

const struct argot_command argot_cmd_query = {
    .name = "query",
    .summary = "what the store has, by an expression of the rule language",
    .usage = "[EXPR] [OPTION...]\n--sql STATEMENT [OPTION...]",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "The newest rows come first. EXPR is a condition as rules have it behind `where`; without one\n"
            "all rows are shown. What it means is what it means in a rule.\n\n"
            "Exit status: 0 done; 2 wrong use, or mistakes in the expression; 3 the store or the output\n"
            "failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot query 'event_outcome == \"failure\" and source_ip == 203.0.113.9' --last 24h\n"
            "  argot query 'status_code >= 500' --by request_path --limit 10\n"
            "  argot query 'event_type == \"AUTH_LOGIN\"' --histogram 1h\n",
    .run = run,
};
