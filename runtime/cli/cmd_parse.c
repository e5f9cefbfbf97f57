/* SPDX-License-Identifier: Apache-2.0
 * argot parse: log lines in, events out. Everything that can be wrong with the command line is
 * looked at before the first byte is read or a file is touched. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "decode/zone.h"
#include "output/csv.h"
#include "output/json.h"
#include <errno.h>
#include <sched.h>

#define STANDARD_OUTPUT 1
#define AUTO_WORKERS_MAX 16
#define WHY_BYTES 256

struct parse_command {
    struct argot_args args;
    struct argot_cli *cli;
    struct argot_parse_options options;
    struct argot_zone *zone;
    argot_time received;
    const char *letters, *summary;
    bool output_named, strict, quiet;
    struct argot_progress progress;
};

enum {
    OPTION_FORMAT,
    OPTION_OUTPUT,
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
    [OPTION_FORMAT] = {"format", 'f', "FORMAT",
                       "every line is of this format, or of a chain such as\ncri+nginx_access; "
                       "else it is found line by line"},
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "jsonl, text, csv or none; text on a terminal, else jsonl"},
    [OPTION_COLUMNS] = {"columns", 0, "NAMES", "columns of csv, separated by commas (`argot fields`)"},
    [OPTION_WITH] = {"with", 0, "NAMES",
                     "adds to jsonl: raw_line, event_ingest_time, format_name,\nrecord (source and number)"},
    [OPTION_LETTERS] = {"dead-letters", 0, "FILE", "keeps lines that became no event there, with the reasons"},
    [OPTION_WORKERS] = {"jobs", 'j', "N", "threads; auto, the default, takes what the machine has"},
    [OPTION_RECEIVED] = {"received-at", 0, "TIME",
                         "when the lines came in, for times without a year; else the\nfile's time of change"},
    [OPTION_TIMEZONE] = {"timezone", 0, "ZONE", "of times without one: Europe/Berlin, +02:00; else UTC"},
    [OPTION_STRICT] = {"strict", 0, NULL, "dead letters make the exit status 1"},
    [OPTION_QUIET] = {"quiet", 'q', NULL, "no summary and no progress; errors are told all the same"},
    [OPTION_SUMMARY] = {"summary", 0, "FILE", "writes the counts there, as JSON"},
    [OPTION_CHECKSUM] = {"checksum", 0, NULL, "adds up all values of all events and tells the sum"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_BLOCK_BYTES] = {"block-bytes", 0, "N", NULL},
    [OPTION_RECORD_MAX_BYTES] = {"record-max-bytes", 0, "N", NULL},
};

/* ---- the command line ---- */

static bool
read_output(struct parse_command *command, const char *value)
{
    static const char *const names[] = {
        [ARGOT_PARSE_JSONL] = "jsonl",
        [ARGOT_PARSE_TEXT] = "text",
        [ARGOT_PARSE_CSV] = "csv",
        [ARGOT_PARSE_NONE] = "none",
    };
    enum { COUNT = sizeof names / sizeof *names };
    for (unsigned i = 0; i < COUNT; i++) {
        if (strcmp(value, names[i]))
            continue;
        command->options.output = (enum argot_parse_output)i;
        command->output_named = true;
        return true;
    }
    char hint[WHY_BYTES];
    argot_args_refuse(&command->args, "--output: `%s` is none of jsonl, text, csv, none%s", value,
                      argot_args_nearest(value, names, COUNT, hint, sizeof hint));
    return false;
}

static bool
read_with(struct parse_command *command, const char *value)
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
            argot_args_refuse(&command->args,
                              "--with: `%s` is none of raw_line, event_ingest_time, format_name, record%s", word,
                              argot_args_nearest(word, names, COUNT, hint, sizeof hint));
            return false;
        }
        command->options.with |= bits[i];
        at += length;
        if (!*at)
            return true;
    }
}

static unsigned
count_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > AUTO_WORKERS_MAX ? AUTO_WORKERS_MAX : (unsigned)count;
}

static bool
read_number(struct parse_command *command, int option, const char *value, uint64_t most, uint64_t *number)
{
    if (argot_args_number(value, 1, most, number))
        return true;
    argot_args_refuse(&command->args, "--%s: `%s` is no number from 1 to %llu", options[option].name, value,
                      (unsigned long long)most);
    return false;
}

static bool
read_workers(struct parse_command *command, const char *value)
{
    uint64_t number = count_processors();
    bool good = !strcmp(value, "auto") || read_number(command, OPTION_WORKERS, value, ARGOT_PARSE_MAX_WORKERS, &number);
    command->options.workers = (unsigned)number;
    return good;
}

static bool
read_bytes(struct parse_command *command, int option, const char *value, size_t *bytes)
{
    uint64_t number;
    if (!read_number(command, option, value, ARGOT_BLOCK_LIMIT_BYTES, &number))
        return false;
    *bytes = (size_t)number;
    return true;
}

static bool
read_zone(struct parse_command *command, const char *value)
{
    argot_zone_free(command->zone);
    command->zone = argot_moment_zone(&command->args, value);
    command->options.zone = command->zone;
    return command->zone != NULL;
}

static bool
read_received(struct parse_command *command, const char *value)
{
    command->options.received = &command->received;
    return argot_moment_read(&command->args, options[OPTION_RECEIVED].name, value, &command->received);
}

static bool
read_option(struct parse_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_FORMAT:
        command->options.format = value;
        return true;
    case OPTION_OUTPUT:
        return read_output(command, value);
    case OPTION_COLUMNS:
        command->options.columns = value;
        return true;
    case OPTION_WITH:
        return read_with(command, value);
    case OPTION_LETTERS:
        command->letters = value;
        return true;
    case OPTION_WORKERS:
        return read_workers(command, value);
    case OPTION_RECEIVED:
        return read_received(command, value);
    case OPTION_TIMEZONE:
        return read_zone(command, value);
    case OPTION_STRICT:
        command->strict = true;
        return true;
    case OPTION_QUIET:
        command->quiet = true;
        return true;
    case OPTION_SUMMARY:
        command->summary = value;
        return true;
    case OPTION_CHECKSUM:
        command->options.checksum = true;
        return true;
    case OPTION_LOAD:
        return argot_load_option(&command->args, value);
    case OPTION_BLOCK_BYTES:
        return read_bytes(command, option, value, &command->options.input.block_bytes);
    case OPTION_RECORD_MAX_BYTES:
        return read_bytes(command, option, value, &command->options.input.record_max_bytes);
    default:
        return false;
    }
}

/* ---- running ---- */

static void
on_problem(void *context, const char *path, const char *reason)
{
    struct parse_command *command = context;
    argot_progress_clear(&command->progress);
    argot_say(command->cli->seam, "%s: %s", strcmp(path, "-") ? path : "standard input", reason);
}

static void
on_progress(void *context, const struct argot_parse_progress *state)
{
    struct parse_command *command = context;
    argot_progress_update(&command->progress, state);
}

static int
write_summary(struct parse_command *command, const struct argot_parse_result *result)
{
    struct argot_summary summary = {result, command->options.checksum, command->letters != NULL};
    struct argot_buffer text;
    argot_buffer_init(&text, command->cli->seam);
    if (!command->quiet)
        argot_summary_words(&summary, &text);
    argot_say_words(command->cli->seam, &text);
    int error = 0;
    if (command->summary) {
        argot_summary_json(&summary, &text);
        error = argot_files_replace(command->cli->seam, command->summary, &text);
        if (error)
            argot_say(command->cli->seam, "%s: %s", command->summary, argot_say_error(error));
    }
    argot_buffer_finish(&text);
    return error;
}

/* Says why it ended early. A reader that is gone (`| head`) is no news to whoever wants it quiet.
 */
static void
say_end(struct parse_command *command, const struct argot_parse_result *result)
{
    const char *error = argot_say_error(result->error);
    if (result->end == ARGOT_PARSE_OUTPUT_ERROR && !(command->quiet && result->error == -EPIPE))
        argot_say(command->cli->seam, "standard output: %s; stopped, not everything was read", error);
    if (result->end == ARGOT_PARSE_LETTERS_ERROR)
        argot_say(command->cli->seam, "%s: %s; stopped, not everything was read", command->letters, error);
    if (result->end == ARGOT_PARSE_NO_MEMORY)
        argot_say(command->cli->seam, "there is no memory; stopped, not everything was read");
    if (result->end == ARGOT_PARSE_STOPPED)
        argot_say(command->cli->seam, "interrupted; not everything was read");
}

/* Some file systems tell only here that what was written did not arrive. */
static void
close_outputs(struct parse_command *command, struct argot_parse_result *result)
{
    struct argot_seam *seam = command->cli->seam;
    int letters = command->options.letters_fd >= 0 ? seam->close(seam, command->options.letters_fd) : 0;
    int output = seam->close(seam, STANDARD_OUTPUT);
    if (result->end != ARGOT_PARSE_DONE && result->end != ARGOT_PARSE_STOPPED)
        return;
    if (letters || output) {
        result->end = output ? ARGOT_PARSE_OUTPUT_ERROR : ARGOT_PARSE_LETTERS_ERROR;
        result->error = output ? output : letters;
    }
}

static int
status_of(const struct parse_command *command, const struct argot_parse_result *result)
{
    if (result->end == ARGOT_PARSE_STOPPED)
        return ARGOT_EXIT_INTERRUPTED;
    if (result->end != ARGOT_PARSE_DONE || result->failed > 0)
        return ARGOT_EXIT_FAILED;
    return command->strict && result->total.letters > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

static int
parse(struct parse_command *command, uint64_t total_bytes)
{
    struct argot_seam *seam = command->cli->seam;
    struct argot_parse_result result;
    char why[WHY_BYTES];
    argot_progress_init(&command->progress, seam, total_bytes);
    bool scrolling = command->options.output != ARGOT_PARSE_NONE && seam->is_terminal(seam, STANDARD_OUTPUT);
    command->progress.enabled &= !command->quiet && !scrolling;
    if (!argot_parse_run(&command->options, &result, why, sizeof why)) {
        argot_say(seam, "%s", why);
        return ARGOT_EXIT_USAGE;
    }
    argot_progress_clear(&command->progress);
    close_outputs(command, &result);
    say_end(command, &result);
    int status = status_of(command, &result);
    if (write_summary(command, &result) && status != ARGOT_EXIT_INTERRUPTED)
        status = ARGOT_EXIT_FAILED;
    argot_parse_finish(seam, &result);
    return status;
}

static int
open_letters(struct parse_command *command)
{
    struct argot_seam *seam = command->cli->seam;
    command->options.letters_fd = -1;
    if (!command->letters)
        return 0;
    int fd = seam->open(seam, command->letters, ARGOT_OPEN_WRITE);
    if (fd < 0)
        argot_say(seam, "%s: %s", command->letters, argot_say_error(fd));
    command->options.letters_fd = fd;
    return fd < 0 ? fd : 0;
}

/* Columns are checked before the file of the dead letters is emptied. */
static bool
check_columns(struct parse_command *command)
{
    struct argot_parse_options *chosen = &command->options;
    if (chosen->output != ARGOT_PARSE_CSV) {
        if (chosen->columns)
            argot_args_refuse(&command->args, "--columns goes with --output csv");
        return !chosen->columns;
    }
    char why[WHY_BYTES] = "";
    struct argot_csv_writer *csv = argot_csv_new(chosen->seam, chosen->columns, why, sizeof why);
    if (!csv)
        argot_args_refuse(&command->args, "--columns: %s", why);
    argot_csv_free(csv);
    return csv != NULL;
}

static int
run_checked(struct parse_command *command)
{
    struct argot_parse_options *chosen = &command->options;
    struct argot_files files = {
        .cli = command->cli,
        .ninputs = chosen->npaths,
        .inputs = chosen->paths,
        .letters = command->letters,
        .summary = command->summary,
    };
    if (!command->output_named && chosen->seam->is_terminal(chosen->seam, STANDARD_OUTPUT))
        chosen->output = ARGOT_PARSE_TEXT;
    chosen->color = argot_terminal_colors(chosen->seam, STANDARD_OUTPUT);
    if (!check_columns(command) || (chosen->format && !argot_stock_known(command->cli, chosen->format)) ||
        !argot_files_check(&files))
        return ARGOT_EXIT_USAGE;
    chosen->registry = argot_stock_registry(command->cli);
    if (!chosen->registry)
        return ARGOT_EXIT_USAGE;
    if (open_letters(command))
        return ARGOT_EXIT_FAILED;
    return parse(command, files.total_bytes);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct parse_command command = {
        .args = {.cli = cli, .command = &argot_cmd_parse, .argc = argc, .argv = argv},
        .cli = cli,
        .options =
            {
                .seam = cli->seam,
                .output_fd = STANDARD_OUTPUT,
                .letters_fd = -1,
                .workers = count_processors(),
                .context = &command,
                .stop = argot_interrupt_stop,
                .problem = on_problem,
                .progress = on_progress,
            },
    };
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT) {
        status = command.args.status;
    } else if (command.args.noperands == 0) {
        argot_args_refuse(&command.args, "a file is missing; `-` is standard input");
    } else {
        command.options.paths = (const char *const *)command.args.operands;
        command.options.npaths = command.args.noperands;
        status = run_checked(&command);
    }
end:
    argot_zone_free(command.zone);
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
            "  argot parse -f nginx_access --dead-letters bad.jsonl access.log.*.gz >events.jsonl\n"
            "  journalctl -o short-iso | argot parse -o csv --columns event_time,event_type,user_name "
            "-\n",
    .run = run,
};
