/* SPDX-License-Identifier: Apache-2.0
 * Everything that can be wrong with the command line is looked at before the first byte is read or a file is touched.
 */
#include "cli/reading.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "cli/terminal.h"
#include "decode/zone.h"
#include <errno.h>
#include <sched.h>

#define STANDARD_OUTPUT 1
#define HINT_BYTES 256

/* ---- what is told meanwhile ---- */

static void
on_problem(void *context, const char *path, const char *reason)
{
    struct argot_reading *reading = context;
    argot_progress_clear(&reading->progress);
    argot_say(reading->cli->seam, "%s: %s", strcmp(path, "-") ? path : "standard input", reason);
}

static void
on_progress(void *context, const struct argot_parse_progress *state)
{
    struct argot_reading *reading = context;
    argot_progress_update(&reading->progress, state);
}

void
argot_reading_init(struct argot_reading *reading)
{
    struct argot_parse_options *chosen = &reading->options;
    chosen->seam = reading->cli->seam;
    chosen->output_fd = STANDARD_OUTPUT;
    chosen->letters_fd = -1;
    chosen->context = reading;
    chosen->stop = argot_interrupt_stop;
    chosen->problem = on_problem;
    chosen->progress = on_progress;
}

unsigned
argot_reading_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > ARGOT_READING_AUTO_WORKERS ? ARGOT_READING_AUTO_WORKERS : (unsigned)count;
}

void
argot_reading_finish(struct argot_reading *reading)
{
    argot_zone_free(reading->zone);
    reading->zone = NULL;
}

/* ---- options ---- */

static bool
read_output(struct argot_reading *reading, const char *value)
{
    static const struct {
        const char *name;
        enum argot_parse_output output;
    } kinds[] = {
        {"jsonl", ARGOT_PARSE_JSONL}, {"text", ARGOT_PARSE_TEXT}, {"none", ARGOT_PARSE_NONE}, {"csv", ARGOT_PARSE_CSV}};
    enum { COUNT = sizeof kinds / sizeof *kinds };
    const char *names[COUNT];
    size_t count = reading->csv ? COUNT : COUNT - 1;
    for (size_t i = 0; i < count; i++) {
        names[i] = kinds[i].name;
        if (strcmp(value, names[i]))
            continue;
        reading->options.output = kinds[i].output;
        reading->output_named = true;
        return true;
    }
    char hint[HINT_BYTES];
    argot_args_refuse(&reading->args, "--output: `%s` is none of jsonl, text, %snone%s", value,
                      reading->csv ? "csv, " : "", argot_args_nearest(value, names, count, hint, sizeof hint));
    return false;
}

bool
argot_reading_number(struct argot_reading *reading, int option, const char *value, uint64_t most, uint64_t *number)
{
    if (argot_args_number(value, 1, most, number))
        return true;
    argot_args_refuse(&reading->args, "--%s: `%s` is no number from 1 to %llu",
                      reading->args.command->options[option].name, value, (unsigned long long)most);
    return false;
}

static bool
read_bytes(struct argot_reading *reading, int option, const char *value, size_t *bytes)
{
    uint64_t number;
    if (!argot_reading_number(reading, option, value, ARGOT_BLOCK_LIMIT_BYTES, &number))
        return false;
    *bytes = (size_t)number;
    return true;
}

static bool
read_zone(struct argot_reading *reading, const char *value)
{
    argot_zone_free(reading->zone);
    reading->zone = argot_moment_zone(&reading->args, value);
    reading->options.zone = reading->zone;
    return reading->zone != NULL;
}

static bool
read_received(struct argot_reading *reading, const char *name, const char *value)
{
    reading->options.received = &reading->received;
    return argot_moment_read(&reading->args, name, value, &reading->received);
}

enum argot_reading_taken
argot_reading_option(struct argot_reading *reading, int option, const char *value)
{
    const char *name = reading->args.command->options[option].name;
    bool good = true;
    if (!strcmp(name, "format"))
        reading->options.format = value;
    else if (!strcmp(name, "output"))
        good = read_output(reading, value);
    else if (!strcmp(name, "schema"))
        good = argot_standard_read(&reading->args, value, &reading->options.standard);
    else if (!strcmp(name, "dead-letters"))
        reading->letters = value;
    else if (!strcmp(name, "received-at"))
        good = read_received(reading, name, value);
    else if (!strcmp(name, "timezone"))
        good = read_zone(reading, value);
    else if (!strcmp(name, "strict"))
        reading->strict = true;
    else if (!strcmp(name, "quiet"))
        reading->quiet = true;
    else if (!strcmp(name, "summary"))
        reading->summary = value;
    else if (!strcmp(name, "load"))
        good = argot_load_option(&reading->args, value);
    else if (!strcmp(name, "block-bytes"))
        good = read_bytes(reading, option, value, &reading->options.input.block_bytes);
    else if (!strcmp(name, "record-max-bytes"))
        good = read_bytes(reading, option, value, &reading->options.input.record_max_bytes);
    else
        return ARGOT_READING_UNKNOWN;
    return good ? ARGOT_READING_TAKEN : ARGOT_READING_REFUSED;
}

/* ---- before ---- */

static int
open_letters(struct argot_reading *reading)
{
    struct argot_seam *seam = reading->cli->seam;
    if (!reading->letters)
        return 0;
    int fd = seam->open(seam, reading->letters, ARGOT_OPEN_WRITE);
    if (fd < 0)
        argot_say(seam, "%s: %s", reading->letters, argot_say_error(fd));
    reading->options.letters_fd = fd;
    return fd < 0 ? fd : 0;
}

int
argot_reading_begin(struct argot_reading *reading)
{
    struct argot_parse_options *chosen = &reading->options;
    struct argot_seam *seam = reading->cli->seam;
    struct argot_files files = {
        .cli = reading->cli,
        .ninputs = chosen->npaths,
        .inputs = chosen->paths,
        .letters = reading->letters,
        .summary = reading->summary,
        .results = reading->results,
    };
    if (chosen->standard && chosen->output != ARGOT_PARSE_JSONL)
        return argot_args_refuse(&reading->args, "--schema goes with --output jsonl");
    if ((chosen->format && !argot_stock_known(reading->cli, chosen->format)) || !argot_files_check(&files))
        return ARGOT_EXIT_USAGE;
    chosen->registry = argot_stock_registry(reading->cli);
    if (!chosen->registry)
        return ARGOT_EXIT_USAGE;
    if (open_letters(reading))
        return ARGOT_EXIT_FAILED;
    argot_progress_init(&reading->progress, seam, files.total_bytes);
    bool scrolling = chosen->output != ARGOT_PARSE_NONE && seam->is_terminal(seam, STANDARD_OUTPUT);
    reading->progress.enabled &= !reading->quiet && !scrolling;
    return ARGOT_EXIT_DONE;
}

void
argot_reading_output(struct argot_reading *reading)
{
    struct argot_parse_options *chosen = &reading->options;
    if (!reading->output_named && !chosen->standard && chosen->seam->is_terminal(chosen->seam, STANDARD_OUTPUT))
        chosen->output = ARGOT_PARSE_TEXT;
    chosen->color = argot_terminal_colors(chosen->seam, STANDARD_OUTPUT);
}

/* ---- behind ---- */

static int
write_summary(struct argot_reading *reading, const struct argot_summary *summary)
{
    struct argot_buffer text;
    argot_buffer_init(&text, reading->cli->seam);
    if (!reading->quiet)
        argot_summary_words(summary, &text);
    argot_say_words(reading->cli->seam, &text);
    int error = 0;
    if (reading->summary) {
        argot_summary_json(summary, &text);
        error = argot_files_replace(reading->cli->seam, reading->summary, &text);
        if (error)
            argot_say(reading->cli->seam, "%s: %s", reading->summary, argot_say_error(error));
    }
    argot_buffer_finish(&text);
    return error;
}

/* Says why it ended early. A reader that is gone (`| head`) is no news to whoever wants it quiet. */
static void
say_end(struct argot_reading *reading, const struct argot_parse_result *result)
{
    const char *error = argot_say_error(result->error);
    if (result->end == ARGOT_PARSE_OUTPUT_ERROR && !(reading->quiet && result->error == -EPIPE))
        argot_say(reading->cli->seam, "standard output: %s; stopped, not everything was read", error);
    if (result->end == ARGOT_PARSE_LETTERS_ERROR)
        argot_say(reading->cli->seam, "%s: %s; stopped, not everything was read", reading->letters, error);
    if (result->end == ARGOT_PARSE_NO_MEMORY)
        argot_say(reading->cli->seam, "there is no memory; stopped, not everything was read");
    if (result->end == ARGOT_PARSE_STOPPED)
        argot_say(reading->cli->seam, "interrupted; not everything was read");
}

/* Some file systems tell only here that what was written did not arrive. */
static void
close_outputs(struct argot_reading *reading, struct argot_parse_result *result)
{
    struct argot_seam *seam = reading->cli->seam;
    int letters = reading->options.letters_fd >= 0 ? seam->close(seam, reading->options.letters_fd) : 0;
    int output = seam->close(seam, STANDARD_OUTPUT);
    if (result->end != ARGOT_PARSE_DONE && result->end != ARGOT_PARSE_STOPPED)
        return;
    if (letters || output) {
        result->end = output ? ARGOT_PARSE_OUTPUT_ERROR : ARGOT_PARSE_LETTERS_ERROR;
        result->error = output ? output : letters;
    }
}

static int
status_of(const struct argot_reading *reading, const struct argot_parse_result *result)
{
    if (result->end == ARGOT_PARSE_STOPPED)
        return ARGOT_EXIT_INTERRUPTED;
    if (result->end != ARGOT_PARSE_DONE || result->failed > 0)
        return ARGOT_EXIT_FAILED;
    return reading->strict && result->total.letters > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

int
argot_reading_end(struct argot_reading *reading, struct argot_summary *summary)
{
    argot_progress_clear(&reading->progress);
    close_outputs(reading, summary->result);
    say_end(reading, summary->result);
    int status = status_of(reading, summary->result);
    summary->letters_kept |= reading->letters != NULL;
    if (write_summary(reading, summary) && status != ARGOT_EXIT_INTERRUPTED)
        status = ARGOT_EXIT_FAILED;
    return status;
}
