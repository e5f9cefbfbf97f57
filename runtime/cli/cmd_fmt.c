/* SPDX-License-Identifier: Apache-2.0
 * argot fmt: rule files in their one canonical layout, in place like other formatters of source code do it. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/say.h"
#include "grammar/limits.h"
#include "grammar/rules.h"
#include <errno.h>

enum { OPTION_CHECK, OPTION_STDOUT, OPTION_COUNT };

#define STANDARD_INPUT 0
#define READ_BYTES 65536

static const struct argot_option options[] = {
    [OPTION_CHECK] = {"check", 0, NULL, "writes nothing; names the files that would change, and ends with 1"},
    [OPTION_STDOUT] = {"stdout", 0, NULL, "writes to standard output instead of the file"},
};

struct fmt {
    struct argot_cli *cli;
    bool check, to_stdout;
    struct argot_buffer out;
    bool failed, wrong;
};

/* Everything from standard input, a NUL behind. 0 or a negative errno. */
static int
read_standard_input(struct argot_seam *seam, struct argot_buffer *text)
{
    int64_t got = 1;
    while (got > 0 && text->length <= ARGOT_RULE_MAX_BYTES) {
        if (!argot_buffer_reserve(text, READ_BYTES))
            return -ENOMEM;
        got = argot_seam_read_some(seam, STANDARD_INPUT, text->bytes + text->length, READ_BYTES);
        text->length += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        return (int)got;
    argot_buffer_append_byte(text, '\0');
    if (text->failed)
        return -ENOMEM;
    text->length--;
    return text->length > ARGOT_RULE_MAX_BYTES ? -EFBIG : 0;
}

static int
read_source(struct argot_seam *seam, const char *path, struct argot_buffer *text)
{
    if (!strcmp(path, "-"))
        return read_standard_input(seam, text);
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_RULE_MAX_BYTES, &bytes, &size);
    if (status)
        return status;
    argot_buffer_append(text, bytes, size);
    argot_buffer_append_byte(text, '\0');
    seam->release(seam, bytes);
    if (text->failed)
        return -ENOMEM;
    text->length--;
    return 0;
}

static bool
equal(const struct argot_buffer *a, const struct argot_buffer *b)
{
    return a->length == b->length && (a->length == 0 || !memcmp(a->bytes, b->bytes, a->length));
}

/* What becomes of a file in its layout. */
static void
deliver(struct fmt *fmt, const char *path, const struct argot_buffer *before, const struct argot_buffer *after)
{
    if (fmt->check) {
        if (equal(before, after))
            return;
        fmt->wrong = true;
        argot_say_escape(&fmt->out, path, strlen(path));
        argot_buffer_append_byte(&fmt->out, '\n');
        return;
    }
    if (fmt->to_stdout || !strcmp(path, "-")) {
        argot_buffer_append(&fmt->out, after->bytes, after->length);
        return;
    }
    int status = equal(before, after) ? 0 : argot_files_replace(fmt->cli->seam, path, after);
    if (status) {
        argot_say(fmt->cli->seam, "%s: %s", path, argot_say_error(status));
        fmt->failed = true;
    }
}

static void
format(struct fmt *fmt, const char *path)
{
    struct argot_seam *seam = fmt->cli->seam;
    struct argot_buffer before, after, words;
    argot_buffer_init(&before, seam);
    argot_buffer_init(&after, seam);
    argot_buffer_init(&words, seam);
    int status = read_source(seam, path, &before);
    if (status == -EFBIG)
        argot_say(seam, "%s: a rule file has at most %u MiB", path, ARGOT_RULE_MAX_BYTES >> 20);
    else if (status)
        argot_say(seam, "%s: %s", path, argot_say_error(status));
    fmt->failed = fmt->failed || status;
    if (!status && argot_rules_format(seam, path, (const char *)before.bytes, before.length, &after, &words)) {
        if (after.failed)
            argot_say(seam, "there is no memory");
        else
            deliver(fmt, path, &before, &after);
        fmt->failed = fmt->failed || after.failed;
    } else if (!status) {
        argot_say_words(seam, &words);
        fmt->wrong = true;
    }
    argot_buffer_finish(&before);
    argot_buffer_finish(&after);
    argot_buffer_finish(&words);
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_fmt, .argc = argc, .argv = argv};
    struct fmt fmt = {.cli = cli};
    const char *value;
    int option;
    while ((option = argot_args_next(&args, &value)) >= 0) {
        fmt.check = fmt.check || option == OPTION_CHECK;
        fmt.to_stdout = fmt.to_stdout || option == OPTION_STDOUT;
    }
    if (option == ARGOT_ARGS_EXIT)
        return args.status;
    if (args.noperands == 0)
        return argot_args_refuse(&args, "a rule file is missing");
    argot_buffer_init(&fmt.out, cli->seam);
    for (size_t i = 0; i < args.noperands; i++)
        format(&fmt, args.operands[i]);
    int status = argot_say_write(cli->seam, &fmt.out);
    if (status || fmt.failed)
        return ARGOT_EXIT_FAILED;
    return fmt.wrong ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

const struct argot_command argot_cmd_fmt = {
    .name = "fmt",
    .summary = "brings rule files into their canonical layout",
    .usage = "[OPTION...] FILE.rule...|-",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "A file is written anew only where its layout changes; comments stay. - is standard input,\n"
            "formatted to standard output. A file with syntax errors is left as it is.\n\n"
            "Exit status: 0 done; 1 a syntax error, or with --check a file that would change;\n"
            "2 wrong use; 3 a file could not be read or written.\n\n"
            "Examples:\n  argot fmt my_rules.rule\n  argot fmt --check rules/*.rule\n",
    .run = run,
};
