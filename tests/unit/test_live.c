/* SPDX-License-Identifier: Apache-2.0
 * Live inputs together: who has something gives it in turn; files come and go; a writer at full speed is followed
 * through its rotations without the loss of a line. */
#include "base/buffer.h"
#include "input/live.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test_case.h"

#define PATH_BYTES 256
#define WAIT_NS INT64_C(10000000000)
#define SHORT_NS INT64_C(50000000)

static char folder[PATH_BYTES], pattern[PATH_BYTES], one_path[PATH_BYTES], two_path[PATH_BYTES], third_path[PATH_BYTES];
static struct argot_live_input inputs[4];
static struct argot_live_options options;
static struct argot_live *live;
static struct argot_live_block block;
static struct argot_buffer got;
static char problem[256];
static struct argot_seam seam; /* the system's, with a disk of its own */
static bool disk_fails;

static int64_t
test_read_at(struct argot_seam *self, int fd, void *bytes, size_t count, uint64_t offset)
{
    return disk_fails ? -EIO : argot_seam_system()->read_at(self, fd, bytes, count, offset);
}

static void
on_problem(void *context, size_t input, const char *name, const char *reason)
{
    (void)context;
    snprintf(problem, sizeof problem, "%zu %.100s: %.100s", input, strrchr(name, '/') ? strrchr(name, '/') : name,
             reason);
}

static void
set_up(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.128s/argot_live_XXXXXX", base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(pattern, sizeof pattern, "%.200s/*.log", folder);
    snprintf(one_path, sizeof one_path, "%.200s/one.log", folder);
    snprintf(two_path, sizeof two_path, "%.200s/two.log", folder);
    seam = *argot_seam_system();
    seam.read_at = test_read_at;
    disk_fails = false;
    options = (struct argot_live_options){
        .seam = &seam, .live = argot_seam_live_system(), .inputs = inputs, .problem = on_problem};
    argot_buffer_init(&got, options.seam);
    memset(inputs, 0, sizeof inputs);
    *problem = 0;
}

static bool
remove_one(void *context, const char *name)
{
    char path[2 * PATH_BYTES];
    (void)context;
    snprintf(path, sizeof path, "%.200s/%.200s", folder, name);
    unlink(path);
    return true;
}

static void
tear_down(void)
{
    argot_live_free(live);
    live = NULL;
    argot_block_finish(options.seam, &block.bytes);
    argot_buffer_finish(&got);
    options.live->list(options.live, folder, remove_one, NULL);
    rmdir(folder);
}

static void
begin(size_t count)
{
    options.ninputs = count;
    live = argot_live_new(&options);
    ck_assert_ptr_nonnull(live);
}

static void
append(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Takes blocks until there are so many bytes. */
static void
take(size_t length)
{
    while (got.length < length) {
        enum argot_live_status status = argot_live_next(live, WAIT_NS, 0, &block);
        ck_assert_msg(status == ARGOT_LIVE_BLOCK || status == ARGOT_LIVE_END, "%zu of %zu bytes, %d", got.length,
                      length, (int)status);
        if (status == ARGOT_LIVE_BLOCK)
            argot_buffer_append(&got, block.bytes.bytes, block.bytes.length);
    }
}

static void
expect(const char *text)
{
    take(strlen(text));
    argot_buffer_append_byte(&got, 0);
    ck_assert_str_eq((const char *)got.bytes, text);
    got.length = 0;
}

static void
send_datagram(const char *text)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)argot_live_port(live, 1)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(sendto(fd, text, strlen(text), 0, (const struct sockaddr *)&to, sizeof to), (ssize_t)strlen(text));
    close(fd);
}

static void
add_listener(size_t input)
{
    inputs[input] = (struct argot_live_input){.kind = ARGOT_LIVE_LISTENER, .name = "udp://127.0.0.1:0"};
    inputs[input].endpoint = (struct argot_endpoint){.kind = ARGOT_ENDPOINT_UDP, .host = "127.0.0.1"};
}

START_TEST(files_and_listeners_give_blocks)
{
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    add_listener(1);
    begin(2);
    ck_assert_int_eq(argot_live_next(live, SHORT_NS, 0, &block), ARGOT_LIVE_WAIT);
    append(one_path, "one\n");
    expect("one\n");
    ck_assert(block.source.input == 0 && block.source.file && block.source.number == 1);
    ck_assert_uint_eq(block.source.position.offset, 4);
    *block.source.tag = 7;
    send_datagram("<34>two");
    expect("<34>two\n");
    ck_assert(block.source.input == 1 && !block.source.file);
    ck_assert_uint_eq(block.source.position.next_record, 2);
    append(one_path, "three\n");
    expect("three\n");
    ck_assert_uint_eq(*block.source.tag, 7);
}
END_TEST

START_TEST(files_of_a_pattern_come_and_rotate)
{
    char old[PATH_BYTES + 2];
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_PATTERN, .name = pattern};
    append(one_path, "one\n");
    begin(1);
    expect("one\n");
    append(two_path, "two\n");
    expect("two\n");
    ck_assert_str_eq(block.source.name, two_path);
    snprintf(old, sizeof old, "%s.1", two_path);
    ck_assert_int_eq(rename(two_path, old), 0);
    append(two_path, "three\n");
    expect("three\n");
    ck_assert_str_eq(block.source.name, two_path);
    ck_assert_uint_eq(block.source.number, 2);
    ck_assert_uint_eq(argot_live_counts(live, 0).logs, 2);
}
END_TEST

/* A run that knows of an earlier one, which has read `one`; `two` is still to be read. */
static void
begin_behind_one(void)
{
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    append(one_path, "one\n");
    begin(1);
    expect("one\n");
    struct argot_tail_position position = block.source.position;
    argot_live_free(live);
    append(one_path, "two\n");
    begin(1);
    ck_assert(argot_live_know(live, one_path, 1, &position, NULL, false));
}

START_TEST(a_run_goes_on_from_what_is_known)
{
    begin_behind_one();
    expect("two\n");
    ck_assert_uint_eq(block.bytes.first_record, 2);
}
END_TEST

static bool
note_failing(void *context, const struct argot_live_source *source)
{
    unsigned *seen = context;
    ck_assert_str_eq(source->name, one_path);
    ck_assert(source->file && source->number == 1);
    *seen |= source->failing ? 1 : 2;
    return true;
}

START_TEST(what_cannot_be_read_on_just_now_is_told_of)
{
    unsigned seen = 0;
    begin_behind_one();
    disk_fails = true;
    ck_assert(argot_live_each(live, &seen, note_failing));
    ck_assert_uint_eq(seen, 1);
    disk_fails = false;
    expect("two\n");
    ck_assert(argot_live_each(live, &seen, note_failing));
    ck_assert_uint_eq(seen, 3);
}
END_TEST

START_TEST(files_that_are_read_once_end)
{
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_PATTERN, .name = pattern, .once = true};
    append(one_path, "one\n");
    append(two_path, "two without end");
    begin(1);
    take(strlen("one\ntwo without end"));
    enum argot_live_status status;
    while ((status = argot_live_next(live, WAIT_NS, 0, &block)) == ARGOT_LIVE_END)
        ;
    ck_assert_int_eq(status, ARGOT_LIVE_DONE);
}
END_TEST

START_TEST(what_cannot_be_read_is_said_once_and_harms_nobody)
{
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = folder};
    inputs[1] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    append(one_path, "one\n");
    begin(2);
    expect("one\n");
    ck_assert_ptr_nonnull(strstr(problem, "Is a directory"));
    *problem = 0;
    ck_assert_int_eq(argot_live_next(live, ARGOT_LIVE_TICK_NS + SHORT_NS, 0, &block), ARGOT_LIVE_WAIT);
    ck_assert_str_eq(problem, "");
}
END_TEST

/* ---- a writer at full speed ---- */

#define LINES 60000
#define LINES_BETWEEN 3000

/* Keeps its file open for a few lines after it was renamed, as writers do until they are told. */
static void
write_and_rotate(void)
{
    char line[32], old[PATH_BYTES + 16];
    int fd = open(one_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    for (int i = 1, turn = 0; i <= LINES; i++) {
        int length = snprintf(line, sizeof line, "%d\n", i);
        if (write(fd, line, (size_t)length) != length)
            _exit(1);
        if (i % LINES_BETWEEN == 0) {
            snprintf(old, sizeof old, "%s.%d", one_path, 1000 - ++turn);
            if (rename(one_path, old))
                _exit(1);
        }
        if (i % LINES_BETWEEN == 5) {
            close(fd);
            fd = open(one_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        }
    }
    close(fd);
    _exit(0);
}

START_TEST(a_writer_at_full_speed_loses_nothing_by_renaming)
{
    static uint8_t seen[LINES + 1];
    memset(seen, 0, sizeof seen);
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    begin(1);
    ck_assert_int_eq(argot_live_next(live, SHORT_NS, 0, &block),
                     ARGOT_LIVE_WAIT); /* what is older is not its to read */
    pid_t writer = fork();
    if (writer == 0)
        write_and_rotate();
    uint64_t lines = 0, turns = 0, first = 0;
    for (; lines < LINES; turns++) {
        enum argot_live_status status = argot_live_next(live, WAIT_NS, 0, &block);
        ck_assert_msg(status == ARGOT_LIVE_BLOCK || status == ARGOT_LIVE_END, "%llu lines", (unsigned long long)lines);
        if (status != ARGOT_LIVE_BLOCK)
            continue;
        const char *at = (const char *)block.bytes.bytes, *end = at + block.bytes.length;
        for (first = block.bytes.first_record; at < end; first++, lines++) {
            char *behind;
            long number = strtol(at, &behind, 10);
            ck_assert(number >= 1 && number <= LINES && *behind == '\n' && !seen[number]);
            seen[number] = 1;
            at = behind + 1;
        }
        ck_assert_uint_eq(first, block.source.position.next_record);
    }
    int status;
    ck_assert_int_eq(waitpid(writer, &status, 0), writer);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(argot_live_counts(live, 0).files.lost_bytes, 0);
}
END_TEST

static bool
tell(void *context, const struct argot_live_state *state)
{
    struct argot_live_state *states = context;
    states[state->input] = *state;
    return true;
}

START_TEST(states_say_what_is_there_and_what_is_not_read)
{
    struct argot_live_state states[3] = {{0}};
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    add_listener(1);
    inputs[2] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = two_path};
    append(one_path, "one\nrest");
    begin(3);
    expect("one\n");
    *block.source.tag = 7;
    argot_live_states(live, states, tell);
    ck_assert(states[0].there && states[0].lag_bytes == 4 && states[0].tag == 7 && !states[0].problem);
    ck_assert(states[1].there && !states[1].problem);
    ck_assert(!states[2].there && !states[2].tag && !strcmp(states[2].name, two_path));
}
END_TEST

START_TEST(files_beyond_the_limit_are_told_and_counted)
{
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_PATTERN, .name = pattern, .once = true};
    options.max_logs = 1; /* and one for the input */
    append(one_path, "one\n");
    append(two_path, "two\n");
    snprintf(third_path, sizeof third_path, "%.200s/zzz.log", folder);
    append(third_path, "six\n");
    begin(1);
    take(strlen("one\ntwo\n"));
    enum argot_live_status status;
    while ((status = argot_live_next(live, SHORT_NS, 0, &block)) == ARGOT_LIVE_END)
        continue;
    ck_assert_int_eq(status, ARGOT_LIVE_DONE);
    ck_assert_ptr_nonnull(strstr(problem, ": is not read, nor are others: there are too many"));
    ck_assert_uint_eq(argot_live_counts(live, 0).crowded, 1);
}
END_TEST

START_TEST(somebody_at_a_descriptor_of_others_ends_the_wait)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    inputs[0] = (struct argot_live_input){.kind = ARGOT_LIVE_FILE, .name = one_path};
    options.nattended = 1;
    options.attended = &ends[0];
    begin(1);
    ck_assert_int_eq(argot_live_next(live, SHORT_NS, 0, &block), ARGOT_LIVE_WAIT);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    argot_time before = options.seam->monotonic(options.seam);
    ck_assert_int_eq(argot_live_next(live, 4 * WAIT_NS, 0, &block), ARGOT_LIVE_WAIT);
    ck_assert_int_lt(options.seam->monotonic(options.seam) - before, 4 * WAIT_NS);
    append(one_path, "one\n");
    expect("one\n");
    close(ends[0]);
    close(ends[1]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("live");
    TCase *all = tcase_create("live");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, files_and_listeners_give_blocks);
    tcase_add_test(all, files_of_a_pattern_come_and_rotate);
    tcase_add_test(all, a_run_goes_on_from_what_is_known);
    tcase_add_test(all, what_cannot_be_read_on_just_now_is_told_of);
    tcase_add_test(all, files_that_are_read_once_end);
    tcase_add_test(all, states_say_what_is_there_and_what_is_not_read);
    tcase_add_test(all, files_beyond_the_limit_are_told_and_counted);
    tcase_add_test(all, somebody_at_a_descriptor_of_others_ends_the_wait);
    tcase_add_test(all, what_cannot_be_read_is_said_once_and_harms_nobody);
    tcase_add_test(all, a_writer_at_full_speed_loses_nothing_by_renaming);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
