/* SPDX-License-Identifier: Apache-2.0
 * argot explain: how a line becomes an event, or how far it gets. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/load.h"
#include "cli/moment.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "cli/terminal.h"
#include "decode/zone.h"
#include "input/input.h"
#include "output/json.h"

#define STANDARD_OUTPUT 1
#define WHY_BYTES 256
#define COLUMNS_ELSEWHERE 160           /* where standard output is no terminal */
#define OUTPUT_BYTES ((size_t)64 << 10) /* before it is written */

enum { OPTION_FORMAT, OPTION_JSON, OPTION_RECEIVED, OPTION_TIMEZONE, OPTION_LOAD, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_FORMAT] = {"format", 'f', "FORMAT", "the same as FORMAT before the line"},
    [OPTION_JSON] = {"json", 0, NULL, "the event or dead letter as one JSON object, with all there is"},
    [OPTION_RECEIVED] = {"received-at", 0, "TIME", "when the line came in, for times without a year; else now"},
    [OPTION_TIMEZONE] = {"timezone", 'z', "ZONE", "of times without one: Europe/Berlin, +02:00; else UTC"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
};

struct explain_command {
    struct argot_args args;
    struct argot_explain explain;
    struct argot_zone *zone;
    bool json, received;
    struct argot_worker *worker;
    struct argot_batch batch;
    struct argot_json *writer;
    struct argot_buffer out;
    uint64_t records, letters;
    int status; /* of writing */
};

/* ---- records ---- */

static void
write_json(struct explain_command *command)
{
    for (size_t i = 0; i < command->batch.count; i++) {
        const struct argot_result *result = &command->batch.results[i];
        if (result->outcome == ARGOT_EVENT)
            argot_json_event(command->writer, result->event, "-", &command->out);
        else if (result->outcome == ARGOT_LETTER)
            argot_json_letter(command->writer, result->letter, "-", &command->out);
    }
}

static void
flush(struct explain_command *command)
{
    int status = argot_say_write(command->args.cli->seam, &command->out);
    if (!command->status)
        command->status = status;
}

/* False: no memory. */
static bool
explain_record(struct explain_command *command, const uint8_t *at, size_t length)
{
    struct argot_batch *batch = &command->batch;
    uint64_t number = ++command->records;
    if (!argot_worker_record(command->worker, batch, at, length, number, number))
        return false;
    command->letters += batch->counts.letters;
    if (command->json) {
        write_json(command);
    } else {
        if (number > 1)
            argot_buffer_append_byte(&command->out, '\n');
        argot_explain_results(&command->explain, (struct argot_slice){at, (uint32_t)length}, batch, &command->out);
    }
    argot_batch_reset(batch);
    if (command->out.length >= OUTPUT_BYTES)
        flush(command);
    return !command->out.failed;
}

static bool
explain_block(struct explain_command *command, const uint8_t *at, size_t length)
{
    const uint8_t *end = at + length;
    while (at < end && !command->status) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *record_end = newline ? newline : end;
        if (!explain_record(command, at, (size_t)(record_end - at)))
            return false;
        at = newline ? newline + 1 : end;
    }
    return true;
}

static bool
explain_piece(struct explain_command *command, const struct argot_block_bytes *block)
{
    command->letters++;
    if (block->piece_number == 1) {
        command->records++;
        argot_buffer_printf(&command->out, "dead letter: too_long: line %llu is longer than %u bytes\n",
                            (unsigned long long)block->first_line, ARGOT_RECORD_MAX_BYTES);
    }
    return !command->out.failed;
}

/* Lines of standard input. 0, or an exit status. */
static int
explain_input(struct explain_command *command)
{
    struct argot_seam *seam = command->args.cli->seam;
    char why[WHY_BYTES];
    struct argot_input *input = argot_input_open(seam, "-", NULL, why, sizeof why);
    if (!input) {
        argot_say(seam, "standard input: %s", why);
        return ARGOT_EXIT_FAILED;
    }
    struct argot_block_bytes block = {0};
    bool good = true;
    while (good && !command->status && argot_input_next(input, &block) == ARGOT_INPUT_BLOCK) {
        good = block.piece ? explain_piece(command, &block) : explain_block(command, block.bytes, block.length);
        flush(command);
    }
    const char *problem = good ? argot_input_problem(input) : "there is no memory";
    if (problem)
        argot_say(seam, "standard input: %s", problem);
    argot_block_finish(seam, &block);
    argot_input_close(input);
    return problem ? ARGOT_EXIT_FAILED : 0;
}

/* A line of the command line. */
static int
explain_text(struct explain_command *command, const char *line)
{
    struct argot_seam *seam = command->args.cli->seam;
    size_t length = strlen(line);
    uint8_t *copy = length < ARGOT_RECORD_MAX_BYTES ? seam->allocate(seam, length + 1 + ARGOT_PADDING) : NULL;
    bool good = copy != NULL;
    if (copy) {
        memcpy(copy, line, length);
        memset(copy + length, 0, 1 + ARGOT_PADDING);
        copy[length] = '\n';
        /* The empty text is an empty line. */
        good = length == 0 ? explain_record(command, copy, 0) : explain_block(command, copy, length);
    }
    flush(command);
    seam->release(seam, copy);
    if (!good)
        argot_say(seam, "there is no memory");
    return good ? 0 : ARGOT_EXIT_FAILED;
}

/* ---- the command line ---- */

static bool
read_option(struct explain_command *command, int option, const char *value)
{
    struct argot_settings *settings = &command->explain.settings;
    switch (option) {
    case OPTION_FORMAT:
        settings->format = value;
        return true;
    case OPTION_JSON:
        command->json = true;
        return true;
    case OPTION_RECEIVED:
        command->received = true;
        return argot_moment_read(&command->args, options[option].name, value, &settings->received);
    case OPTION_TIMEZONE:
        argot_zone_free(command->zone);
        command->zone = argot_moment_zone(&command->args, value);
        settings->zone = command->zone;
        return command->zone != NULL;
    case OPTION_LOAD:
        return argot_load_option(&command->args, value);
    default:
        return false;
    }
}

/* The line among the operands, or NULL after saying what is wrong. */
static const char *
find_line(struct explain_command *command)
{
    struct argot_args *args = &command->args;
    struct argot_settings *settings = &command->explain.settings;
    if (args->noperands == 2 && !settings->format) {
        settings->format = args->operands[0];
        args->operands++;
    } else if (args->noperands > 1) {
        argot_args_refuse(args, "more than a line; it stands in quotes");
        return NULL;
    } else if (args->noperands == 0) {
        argot_args_refuse(args, "a line is missing; `-` is standard input");
        return NULL;
    }
    const char *line = args->operands[0];
    if (!settings->format && argot_registry_find(args->cli->registry, line)) {
        argot_args_refuse(args, "`%s` is a format; the line is missing", line);
        return NULL;
    }
    return settings->format && !argot_stock_known(args->cli, settings->format) ? NULL : line;
}

static int
run_checked(struct explain_command *command, const char *line)
{
    struct argot_cli *cli = command->args.cli;
    struct argot_settings *settings = &command->explain.settings;
    if (!command->received)
        settings->received = cli->seam->now(cli->seam);
    bool terminal = cli->seam->is_terminal(cli->seam, STANDARD_OUTPUT);
    command->explain.columns = terminal ? argot_terminal_columns(STANDARD_OUTPUT) : COLUMNS_ELSEWHERE;
    command->worker = argot_worker_new(cli->registry, settings);
    command->writer = argot_json_new(cli->seam, ARGOT_JSON_WITH_RAW_LINE | ARGOT_JSON_WITH_INGEST_TIME |
                                                    ARGOT_JSON_WITH_FORMAT_NAME | ARGOT_JSON_WITH_RECORD);
    if (!command->worker || !command->writer) {
        argot_say(cli->seam, "there is no memory");
        return ARGOT_EXIT_FAILED;
    }
    int status = strcmp(line, "-") ? explain_text(command, line) : explain_input(command);
    if (!status)
        status = command->status;
    return status ? status : command->letters > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct explain_command command = {
        .args = {.cli = cli, .command = &argot_cmd_explain, .argc = argc, .argv = argv},
        .explain = {.cli = cli},
    };
    argot_batch_init(&command.batch, cli->seam);
    argot_buffer_init(&command.out, cli->seam);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT) {
        status = command.args.status;
    } else if (argot_stock_registry(cli)) {
        const char *line = find_line(&command);
        if (line)
            status = run_checked(&command, line);
    }
end:
    argot_json_free(command.writer);
    argot_worker_free(command.worker);
    argot_buffer_finish(&command.out);
    argot_batch_finish(&command.batch);
    argot_zone_free(command.zone);
    return status;
}

const struct argot_command argot_cmd_explain = {
    .name = "explain",
    .summary = "how a line becomes an event, or how far it gets",
    .usage = "[OPTION...] [FORMAT] LINE\n[OPTION...] [FORMAT] -",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "Exit status: 0 an event, or a line that is skipped; 1 a dead letter; 2 wrong use; 3 an\n"
            "input or output failed.\n\n"
            "Examples:\n"
            "  argot explain 'Nov 24 09:20:07 web1 sshd[4719]: Failed password for root'\n"
            "  tail -n 1 access.log | argot explain nginx_access -\n",
    .run = run,
};
