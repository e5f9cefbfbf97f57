/* SPDX-License-Identifier: Apache-2.0
 * argot parse: log lines in, events out. What it shares with other commands that read logs stands in reading.c. */
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/reading.h"
#include "cli/say.h"
#include "output/csv.h"
#include "output/json.h"

#define WHY_BYTES 256

enum {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_SCHEMA,
    OPTION_COLUMNS,
    OPTION_WITH,
    OPTION_LETTERS,
    OPTION_WORKERS,
    OPTION_RECEIVED,
    OPTION_TIMEZONE,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_SUMMARY,
    OPTION_CHECKSUM,
    OPTION_LOAD,
    OPTION_BLOCK_BYTES,
    OPTION_RECORD_MAX_BYTES,
    OPTION_COUNT
};

static const struct argot_option options[] = {
    [OPTION_FORMAT] = ARGOT_READING_FORMAT,
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "jsonl, text, csv or none; text on a terminal, else jsonl"},
    [OPTION_SCHEMA] = ARGOT_READING_SCHEMA,
    [OPTION_COLUMNS] = {"columns", 0, "NAMES", "columns of csv, separated by commas (`argot fields`)"},
    [OPTION_WITH] = {"with", 0, "NAMES",
                     "adds to jsonl: raw_line, event_ingest_time, format_name,\nrecord (source and number)"},
    [OPTION_LETTERS] = ARGOT_READING_LETTERS,
    [OPTION_WORKERS] = {"jobs", 'j', "N", "threads; auto, the default, takes what the machine has"},
    [OPTION_RECEIVED] = ARGOT_READING_RECEIVED,
    [OPTION_TIMEZONE] = ARGOT_READING_TIMEZONE,
    [OPTION_STRICT] = ARGOT_READING_STRICT,
    [OPTION_QUIET] = ARGOT_READING_QUIET,
    [OPTION_SUMMARY] = ARGOT_READING_SUMMARY,
    [OPTION_CHECKSUM] = {"checksum", 0, NULL, "adds up all values of all events and tells the sum"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_BLOCK_BYTES] = ARGOT_READING_BLOCK_BYTES,
    [OPTION_RECORD_MAX_BYTES] = ARGOT_READING_RECORD_MAX_BYTES,
};

/* ---- the command line ---- */

static bool
read_with(struct argot_reading *reading, const char *value)
{
    static const char *const names[] = {"raw_line", "event_ingest_time", "format_name", "record"};
    static const unsigned bits[] = {ARGOT_JSON_WITH_RAW_LINE, ARGOT_JSON_WITH_INGEST_TIME, ARGOT_JSON_WITH_FORMAT_NAME,
                                    ARGOT_JSON_WITH_RECORD};
    enum { COUNT = sizeof names / sizeof *names };
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < COUNT && (strlen(names[i]) != length || memcmp(names[i], at, length)))
            i++;
        if (i == COUNT) {
            char word[64], hint[WHY_BYTES];
            size_t kept = length < sizeof word ? length : sizeof word - 1;
            memcpy(word, at, kept);
            word[kept] = 0;
            argot_args_refuse(&reading->args,
                              "--with: `%s` is none of raw_line, event_ingest_time, format_name, record%s", word,
                              argot_args_nearest(word, names, COUNT, hint, sizeof hint));
            return false;
        }
        reading->options.with |= bits[i];
        at += length;
        if (!*at)
            return true;
    }
}

static bool
read_workers(struct argot_reading *reading, const char *value)
{
    uint64_t number = argot_reading_processors();
    bool good = !strcmp(value, "auto") ||
                argot_reading_number(reading, OPTION_WORKERS, value, ARGOT_PARSE_MAX_WORKERS, &number);
    reading->options.workers = (unsigned)number;
    return good;
}

static bool
read_option(struct argot_reading *reading, int option, const char *value)
{
    switch (option) {
    case OPTION_COLUMNS:
        reading->options.columns = value;
        return true;
    case OPTION_WITH:
        return read_with(reading, value);
    case OPTION_WORKERS:
        return read_workers(reading, value);
    case OPTION_CHECKSUM:
        reading->options.checksum = true;
        return true;
    default:
        return argot_reading_option(reading, option, value) == ARGOT_READING_TAKEN;
    }
}

/* ---- running ---- */

/* Columns are checked before the file of the dead letters is emptied. */
static bool
check_columns(struct argot_reading *reading)
{
    struct argot_parse_options *chosen = &reading->options;
    if (chosen->output != ARGOT_PARSE_CSV) {
        if (chosen->columns)
            argot_args_refuse(&reading->args, "--columns goes with --output csv");
        return !chosen->columns;
    }
    char why[WHY_BYTES] = "";
    struct argot_csv_writer *csv = argot_csv_new(chosen->seam, chosen->columns, why, sizeof why);
    if (!csv)
        argot_args_refuse(&reading->args, "--columns: %s", why);
    argot_csv_free(csv);
    return csv != NULL;
}

static int
parse(struct argot_reading *reading)
{
    struct argot_seam *seam = reading->cli->seam;
    struct argot_parse_result result;
    char why[WHY_BYTES];
    argot_reading_output(reading);
    int status = check_columns(reading) ? argot_reading_begin(reading) : ARGOT_EXIT_USAGE;
    if (status)
        return status;
    if (!argot_parse_run(&reading->options, &result, why, sizeof why)) {
        argot_say(seam, "%s", why);
        return ARGOT_EXIT_USAGE;
    }
    struct argot_summary summary = {.result = &result, .checksum = reading->options.checksum};
    status = argot_reading_end(reading, &summary);
    argot_parse_finish(seam, &result);
    return status;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_reading reading = {
        .args = {.cli = cli, .command = &argot_cmd_parse, .argc = argc, .argv = argv},
        .cli = cli,
        .options = {.workers = argot_reading_processors()},
        .results = "events",
        .csv = true,
    };
    argot_reading_init(&reading);
    struct argot_args *args = &reading.args;
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(args, &value)) >= 0)
        if (!read_option(&reading, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT) {
        status = args->status;
    } else if (args->noperands == 0) {
        argot_args_refuse(args, "a file is missing; `-` is standard input");
    } else {
        reading.options.paths = (const char *const *)args->operands;
        reading.options.npaths = args->noperands;
        status = parse(&reading);
    }
end:
    argot_reading_finish(&reading);
    return status;
}

const struct argot_command argot_cmd_parse = {
    .name = "parse",
    .summary = "log lines in, events of one schema out",
    .usage = "[OPTION...] FILE...\n[OPTION...] -",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Files may be compressed (gzip, zstd, xz, bzip2). Events go to standard output, words to\n"
            "standard error.\n\n"
            "Exit status: 0 done; 1 dead letters with --strict; 2 wrong use; 3 an input or output\n"
            "failed; 130 interrupted.\n\n"
            "Examples:\n"
            "  argot parse /var/log/auth.log\n"
            "  argot parse --schema ecs /var/log/auth.log\n"
            "  argot parse -f nginx_access --dead-letters bad.jsonl access.log.*.gz >events.jsonl\n"
            "  journalctl -o short-iso | argot parse -o csv --columns event_time,event_type,user_name "
            "-\n",
    .run = run,
};
