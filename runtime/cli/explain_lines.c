/* SPDX-License-Identifier: Apache-2.0
 * Lines of the command line and of standard input go through the same worker, a record at a time. */
#include "cli/explain_lines.h"
#include "cli/explain.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "input/input.h"
#include "output/json.h"

#define STANDARD_OUTPUT 1
#define WHY_BYTES 256
#define COLUMNS_ELSEWHERE 160           /* where standard output is no terminal */
#define OUTPUT_BYTES ((size_t)64 << 10) /* before it is written */

struct lines {
    struct argot_seam *seam;
    struct argot_explain explain;
    bool json;
    struct argot_worker *worker;
    struct argot_batch batch;
    struct argot_json *writer;
    struct argot_buffer out;
    uint64_t records, letters;
    int status; /* of writing */
};

/* ---- records ---- */

static void
write_json(struct lines *lines)
{
    for (size_t i = 0; i < lines->batch.count; i++) {
        const struct argot_result *result = &lines->batch.results[i];
        if (result->outcome == ARGOT_EVENT)
            argot_json_event(lines->writer, result->event, "-", &lines->out);
        else if (result->outcome == ARGOT_LETTER)
            argot_json_letter(lines->writer, result->letter, "-", &lines->out);
    }
}

static void
flush(struct lines *lines)
{
    int status = argot_say_write(lines->seam, &lines->out);
    if (!lines->status)
        lines->status = status;
}

/* False: no memory. */
static bool
explain_record(struct lines *lines, const uint8_t *at, size_t length)
{
    struct argot_batch *batch = &lines->batch;
    uint64_t number = ++lines->records;
    if (!argot_worker_record(lines->worker, batch, at, length, number, number))
        return false;
    lines->letters += batch->counts.letters;
    if (lines->json) {
        write_json(lines);
    } else {
        if (number > 1)
            argot_buffer_append_byte(&lines->out, '\n');
        argot_explain_results(&lines->explain, (struct argot_slice){at, (uint32_t)length}, batch, &lines->out);
    }
    argot_batch_reset(batch);
    if (lines->out.length >= OUTPUT_BYTES)
        flush(lines);
    return !lines->out.failed;
}

static bool
explain_block(struct lines *lines, const uint8_t *at, size_t length)
{
    const uint8_t *end = at + length;
    while (at < end && !lines->status) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *record_end = newline ? newline : end;
        if (!explain_record(lines, at, (size_t)(record_end - at)))
            return false;
        at = newline ? newline + 1 : end;
    }
    return true;
}

static bool
explain_piece(struct lines *lines, const struct argot_block_bytes *block)
{
    lines->letters++;
    if (block->piece_number == 1) {
        lines->records++;
        argot_buffer_printf(&lines->out, "dead letter: too_long: line %llu is longer than %u bytes\n",
                            (unsigned long long)block->first_line, ARGOT_RECORD_MAX_BYTES);
    }
    return !lines->out.failed;
}

/* Lines of standard input. 0, or an exit status. */
static int
explain_input(struct lines *lines)
{
    struct argot_seam *seam = lines->seam;
    char why[WHY_BYTES];
    struct argot_input *input = argot_input_open(seam, "-", NULL, why, sizeof why);
    if (!input) {
        argot_say(seam, "standard input: %s", why);
        return ARGOT_EXIT_FAILED;
    }
    struct argot_block_bytes block = {0};
    bool good = true;
    while (good && !lines->status && argot_input_next(input, &block) == ARGOT_INPUT_BLOCK) {
        good = block.piece ? explain_piece(lines, &block) : explain_block(lines, block.bytes, block.length);
        flush(lines);
    }
    const char *problem = good ? argot_input_problem(input) : "there is no memory";
    if (problem)
        argot_say(seam, "standard input: %s", problem);
    argot_block_finish(seam, &block);
    argot_input_close(input);
    return problem ? ARGOT_EXIT_FAILED : 0;
}

/* A line of the lines line. */
static int
explain_text(struct lines *lines, const char *line)
{
    struct argot_seam *seam = lines->seam;
    size_t length = strlen(line);
    uint8_t *copy = length < ARGOT_RECORD_MAX_BYTES ? seam->allocate(seam, length + 1 + ARGOT_PADDING) : NULL;
    bool good = copy != NULL;
    if (copy) {
        memcpy(copy, line, length);
        memset(copy + length, 0, 1 + ARGOT_PADDING);
        copy[length] = '\n';
        /* The empty text is an empty line. */
        good = length == 0 ? explain_record(lines, copy, 0) : explain_block(lines, copy, length);
    }
    flush(lines);
    seam->release(seam, copy);
    if (!good)
        argot_say(seam, "there is no memory");
    return good ? 0 : ARGOT_EXIT_FAILED;
}

/* ---- the whole ---- */

static int
explain(struct lines *lines, const char *line)
{
    bool terminal = lines->seam->is_terminal(lines->seam, STANDARD_OUTPUT);
    lines->explain.columns = terminal ? argot_terminal_columns(STANDARD_OUTPUT) : COLUMNS_ELSEWHERE;
    lines->worker = argot_worker_new(lines->explain.cli->registry, &lines->explain.settings);
    lines->writer = argot_json_new(lines->seam, ARGOT_JSON_WITH_RAW_LINE | ARGOT_JSON_WITH_INGEST_TIME |
                                                    ARGOT_JSON_WITH_FORMAT_NAME | ARGOT_JSON_WITH_RECORD);
    if (!lines->worker || !lines->writer) {
        argot_say(lines->seam, "there is no memory");
        return ARGOT_EXIT_FAILED;
    }
    int status = strcmp(line, "-") ? explain_text(lines, line) : explain_input(lines);
    if (!status)
        status = lines->status;
    return status ? status : lines->letters > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

int
argot_explain_lines(struct argot_cli *cli, const struct argot_settings *settings, bool json, const char *line)
{
    struct lines lines = {.seam = cli->seam, .explain = {.cli = cli, .settings = *settings}, .json = json};
    argot_batch_init(&lines.batch, cli->seam);
    argot_buffer_init(&lines.out, cli->seam);
    int status = explain(&lines, line);
    argot_json_free(lines.writer);
    argot_worker_free(lines.worker);
    argot_buffer_finish(&lines.out);
    argot_batch_finish(&lines.batch);
    return status;
}
