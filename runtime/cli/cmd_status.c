/* SPDX-License-Identifier: Apache-2.0
 * argot status: how the run of a store is, as it tells itself; without one, what the store knows. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/configuration.h"
#include "cli/reporting.h"
#include "cli/say.h"
#include "store/search.h"
#include <errno.h>
#include <sys/stat.h>

#define WHY_BYTES 320
#define STANDARD_OUTPUT 1
#define PIECE_BYTES ((size_t)64 << 10)
#define MOST_BYTES ((size_t)256 << 20) /* of an answer */
#define WAIT_NS INT64_C(10000000000)   /* for a run that is busy */
#define SOURCES                                                                                                        \
    "SELECT path, name, \"offset\", record, sum(records), sum(events), sum(letters), sum(skipped), count(*), max(id)," \
    " device IS NOT NULL, (SELECT max(CAST(m.value AS INTEGER)) FROM sources t JOIN meta m ON m.key = 'seen of "       \
    "source '"                                                                                                         \
    " || t.id WHERE t.path = s.path) FROM sources s GROUP BY path ORDER BY min(id)"
#define ALERTS "SELECT count(*) FROM alerts"

enum { PATH, NAME, OFFSET, RECORD, RECORDS, EVENTS, LETTERS, SKIPPED, FILES, NEWEST, IS_FILE, SEEN, CELLS };
enum { OPTION_CONFIG, OPTION_JSON, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration; else argot.yaml in this folder, or in /etc/argot"},
    [OPTION_JSON] = {"json", 0, NULL, "one JSON object"},
};

struct status_command {
    struct argot_args args;
    struct argot_seam *seam;
    const char *store, *configuration_path;
    bool json;
    struct argot_configuration configuration;
    struct argot_buffer answer;
};

/* ---- a run ---- */

/* What the run says, as far as it comes in time. A negative errno when there is none to ask, or it does not answer. */
static int
read_answer(struct status_command *command, int fd)
{
    struct argot_seam *seam = command->seam;
    struct argot_seam_live *live = argot_seam_live_system();
    struct argot_buffer *answer = &command->answer;
    argot_time until = seam->monotonic(seam) + WAIT_NS, now;
    int poll = live->poll_new(live);
    int error = poll < 0 ? poll : live->poll_add(live, poll, fd, 0);
    int64_t got = 1;
    while (!error && got && (now = seam->monotonic(seam)) < until && answer->length < MOST_BYTES) {
        uint64_t ready;
        int count = live->poll_wait(live, poll, &ready, 1, until - now);
        if (count == -EINTR)
            error = -EINTR;
        if (count <= 0)
            continue;
        if (!argot_buffer_reserve(answer, PIECE_BYTES)) {
            error = -ENOMEM;
            break;
        }
        got = seam->read(seam, fd, answer->bytes + answer->length, PIECE_BYTES);
        answer->length += got > 0 ? (size_t)got : 0;
        error = got < 0 && got != -EAGAIN ? (int)got : 0;
    }
    if (poll >= 0)
        seam->close(seam, poll);
    return error ? error : got ? -ETIMEDOUT : answer->length ? 0 : -EBUSY;
}

static int
ask_run(struct status_command *command, const char *path)
{
    struct argot_seam_live *live = argot_seam_live_system();
    struct argot_endpoint endpoint = {.kind = ARGOT_ENDPOINT_UNIX_STREAM, .path = path};
    int fd = live->connect(live, &endpoint);
    if (fd < 0)
        return fd;
    int error = read_answer(command, fd);
    command->seam->close(command->seam, fd);
    return error;
}

/* The first line is JSON, what is behind it for people. */
static int
show_answer(struct status_command *command)
{
    struct argot_buffer out, *answer = &command->answer;
    const uint8_t *end = memchr(answer->bytes, '\n', answer->length);
    size_t first = end ? (size_t)(end - answer->bytes) + 1 : answer->length;
    argot_buffer_init(&out, command->seam);
    if (command->json)
        argot_buffer_append(&out, answer->bytes, first);
    else
        argot_buffer_append(&out, answer->bytes + first, answer->length - first);
    return argot_say_write(command->seam, &out);
}

/* ---- the store ---- */

static uint64_t
number_of(const struct argot_cell *cell)
{
    return cell->kind == ARGOT_CELL_VALUE ? cell->slot.u64 : 0;
}

static const char *
text_of(struct argot_report *report, const struct argot_cell *cell)
{
    bool there = cell->kind == ARGOT_CELL_VALUE;
    return argot_arena_copy(&report->arena, there ? (const char *)cell->slot.text.at : "",
                            there ? cell->slot.text.length : 0);
}

static bool
add_log(struct argot_report *report, size_t *room, const struct argot_cell *cells)
{
    if (report->nlogs == *room) {
        size_t more = *room ? *room * 2 : 16;
        struct argot_report_log *logs = argot_arena_zalloc(&report->arena, more, sizeof *logs);
        if (!logs)
            return false;
        if (report->nlogs)
            memcpy(logs, report->logs, report->nlogs * sizeof *logs);
        report->logs = logs;
        *room = more;
    }
    struct argot_report_log *log = &report->logs[report->nlogs++];
    *log = (struct argot_report_log){
        .name = text_of(report, &cells[PATH]),
        .source = text_of(report, &cells[NAME]),
        .file = number_of(&cells[IS_FILE]) != 0,
        .offset = number_of(&cells[OFFSET]),
        .record = number_of(&cells[RECORD]),
        .records = number_of(&cells[RECORDS]),
        .events = number_of(&cells[EVENTS]),
        .letters = number_of(&cells[LETTERS]),
        .skipped = number_of(&cells[SKIPPED]),
        .sources = number_of(&cells[FILES]),
        .last_seen = cells[SEEN].kind == ARGOT_CELL_VALUE ? cells[SEEN].slot.i64 : INT64_MIN,
        .newest = INT64_MIN,
        .watermark = INT64_MIN,
    };
    return log->name && log->source;
}

static bool
read_store(struct argot_search *search, struct argot_report *report)
{
    struct argot_search_query query = {0};
    struct argot_cell cells[ARGOT_SEARCH_MAX_COLUMNS + 1];
    size_t room = 0;
    if (!argot_search_start_sql(search, SOURCES, &query))
        return false;
    while (argot_search_next(search, cells))
        if (argot_search_width(search) != CELLS || !add_log(report, &room, cells))
            return false;
    if (*argot_search_problem(search) || !argot_search_start_sql(search, ALERTS, &query))
        return false;
    if (argot_search_next(search, cells))
        report->stored_alerts = number_of(&cells[0]);
    return !*argot_search_problem(search);
}

static int
show_store(struct status_command *command)
{
    struct argot_seam *seam = command->seam;
    struct argot_report report;
    struct argot_buffer out;
    char why[WHY_BYTES];
    struct argot_search *search = argot_search_open(seam, command->store, why, sizeof why);
    if (!search) {
        argot_say(seam, "%s: %s", command->store, why);
        return ARGOT_EXIT_FAILED;
    }
    argot_report_init(&report, seam);
    argot_buffer_init(&out, seam);
    report.store = command->store;
    report.now = seam->now(seam);
    int status = ARGOT_EXIT_FAILED;
    if (read_store(search, &report)) {
        (command->json ? argot_report_json : argot_report_table)(&report, &out);
        status = argot_say_write(seam, &out);
    } else {
        const char *problem = argot_search_problem(search);
        argot_say(seam, "%s: %s", command->store, *problem ? problem : "there is no memory");
    }
    argot_report_finish(&report);
    argot_search_close(search);
    return status == ARGOT_EXIT_DONE ? ARGOT_EXIT_NOT_HELD : status;
}

/* ---- the command ---- */

/* In a folder that many may write to, anybody can put a socket beside a store, and what it says is shown. */
static bool
is_of_owner(const struct status_command *command, const char *path)
{
    struct stat of_socket, of_store;
    return lstat(path, &of_socket) || stat(command->store, &of_store) || of_socket.st_uid == of_store.st_uid;
}

static int
ask(struct status_command *command)
{
    char path[ARGOT_REPORTING_PATH_BYTES];
    int error = -ENOENT;
    if (argot_reporting_place(command->store, path, sizeof path))
        error = is_of_owner(command, path) ? ask_run(command, path) : -EPERM;
    if (!error)
        return show_answer(command);
    if (error != -ENOENT && error != -ECONNREFUSED) {
        argot_say(command->seam, "%s: %s", path,
                  error == -ETIMEDOUT ? "a run is there and does not answer: it is busy, or about to begin"
                  : error == -EBUSY   ? "a run is there, and too many ask it"
                  : error == -EPERM   ? "belongs to another user than the store, and is not asked"
                  : error == -EACCES  ? "a run is there; its user or root may ask it"
                                      : argot_say_error(error));
        return ARGOT_EXIT_FAILED;
    }
    if (argot_seam_is_there(command->seam, command->store))
        argot_say(command->seam, "no argot run has the store; this is what the store knows");
    return show_store(command);
}

static int
find_store(struct status_command *command)
{
    const struct argot_args *args = &command->args;
    if (args->noperands > 1 || (args->noperands && command->configuration_path))
        return argot_args_refuse(args, "one store, or one configuration, is all there is");
    command->store = args->noperands
                         ? argot_args_store(args->operands[0])
                         : argot_configuration_store(&command->configuration, args, command->configuration_path);
    return command->store ? ask(command) : ARGOT_EXIT_USAGE;
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct status_command command = {.args = {.cli = cli, .command = &argot_cmd_status, .argc = argc, .argv = argv},
                                     .seam = cli->seam};
    const char *value;
    int option;
    argot_configuration_init(&command.configuration, cli);
    argot_buffer_init(&command.answer, cli->seam);
    while ((option = argot_args_next(&command.args, &value)) >= 0) {
        if (option == OPTION_CONFIG)
            command.configuration_path = value;
        else
            command.json = true;
    }
    int status = option == ARGOT_ARGS_EXIT ? command.args.status : find_store(&command);
    argot_buffer_finish(&command.answer);
    argot_configuration_finish(&command.configuration);
    return status;
}

const struct argot_command argot_cmd_status = {
    .name = "status",
    .summary = "how a run is: its sources, what was lost, what it holds",
    .usage = "[-c FILE] [--json]\n[--json] STORE",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "The run that has the store is asked, over a socket beside it that is for its user and root.\n"
            "Where none is, what the store knows is told. A source is silent when nothing came for an hour.\n\n"
            "Exit status: 0 a run told; 1 there is none, and the store told; 2 wrong use; 3 neither\n"
            "answered.\n\n"
            "Examples:\n"
            "  argot status\n"
            "  argot status --json /var/lib/argot/events.db\n",
    .run = run,
};
