/* SPDX-License-Identifier: Apache-2.0
 * What a run tells of itself: names that logs and rules bring can break neither JSON nor a terminal, and who asks for
 * it over the socket and does not read, or comes with many, holds up nobody. */
#include "base/seam_live.h"
#include "report/answer.h"
#include "report/report.h"
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "test_seam.h"
#include "test_case.h"

#define PATH_BYTES 256
#define LONG_TEXT ((size_t)4 << 20) /* more than a socket takes at once */
#define HOSTILE "a\"b\\c\nd\x1b[31m\xff"

static struct argot_report report;
static struct argot_report_log logs[2];
static struct argot_report_rule rules[1];
static struct argot_buffer out;

static void
make_report(void)
{
    argot_report_init(&report, argot_seam_system());
    argot_buffer_init(&out, argot_seam_system());
    logs[0] = (struct argot_report_log){.name = HOSTILE,
                                        .problem = HOSTILE,
                                        .state = ARGOT_REPORT_FAILED,
                                        .source = HOSTILE,
                                        .file = true,
                                        .offset = 77,
                                        .lag_bytes = 3 << 20,
                                        .last_seen = 0,
                                        .newest = 0,
                                        .watermark = 0,
                                        .run = {.records = 5, .events = 4, .letters = 1, .unmatched = 1},
                                        .events = 40};
    logs[0].run.reasons[ARGOT_LETTER_TOO_LONG] = 1;
    logs[1] = (struct argot_report_log){.name = "b.log",
                                        .state = ARGOT_REPORT_SILENT,
                                        .last_seen = INT64_MIN,
                                        .newest = INT64_MIN,
                                        .watermark = INT64_MIN};
    rules[0] = (struct argot_report_rule){HOSTILE, 2};
    report.phase = ARGOT_REPORT_RUNNING;
    report.store = HOSTILE;
    report.now = INT64_C(100000) * 1000000000;
    report.started = 0;
    report.logs = logs;
    report.nlogs = 2;
    report.rules = rules;
    report.nrules = 1;
    report.run = logs[0].run;
    report.counts[ARGOT_REPORT_DATAGRAMS] = 9;
}

static void
tear_down(void)
{
    argot_report_finish(&report);
    argot_buffer_finish(&out);
}

static const char *
text(void)
{
    argot_buffer_append_byte(&out, 0);
    ck_assert(!out.failed);
    return (const char *)out.bytes;
}

/* ---- texts ---- */

START_TEST(json_escapes_names_and_leaves_out_what_never_was)
{
    argot_report_json(&report, &out);
    const char *json = text();
    ck_assert_ptr_nonnull(strstr(json, "\"source\":\"a\\\"b\\\\c\\nd\\u001b[31m\xef\xbf\xbd\",\"state\":\"failed\""));
    ck_assert_ptr_nonnull(strstr(json, "\"rules\":[{\"rule\":\"a\\\"b"));
    ck_assert_ptr_nonnull(strstr(json, "\"typed\":0.750000"));
    ck_assert_ptr_nonnull(strstr(json, "\"reasons\":{\"too_long\":1}"));
    ck_assert_ptr_nonnull(strstr(json, "\"datagrams\":9,"));
    ck_assert_ptr_nonnull(strstr(json, "\"last_seen\":\"1970-01-01T00:00:00Z\""));
    const char *second = strstr(json, "\"b.log\"");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_null(strstr(second, "last_seen"));
    ck_assert_ptr_null(strstr(second, "position"));
    ck_assert_ptr_eq(strchr(json, '\n'), json + strlen(json) - 1);
}
END_TEST

START_TEST(table_escapes_names)
{
    argot_report_table(&report, &out);
    const char *table = text();
    ck_assert_ptr_null(strchr(table, '\x1b'));
    ck_assert_ptr_nonnull(strstr(table, "running for 1d 3h"));
    ck_assert_ptr_nonnull(strstr(table, "3.0 MiB"));
    ck_assert_ptr_nonnull(strstr(table, "75.0 %"));
    ck_assert_ptr_nonnull(strstr(table, "silent  never"));
    ck_assert_ptr_nonnull(strstr(table, "\nlost: Datagrams that the system dropped, since its buffer was full: 9\n"));
}
END_TEST

START_TEST(process_is_this_one)
{
    argot_report_process(&report, argot_seam_system());
    ck_assert_uint_eq(report.process, (uint64_t)getpid());
    ck_assert_uint_gt(report.memory_bytes, 100000);
}
END_TEST

START_TEST(metrics_escape_names_without_mixing_them_up)
{
    argot_report_metrics(&report, &out);
    const char *metrics = text();
    ck_assert_ptr_nonnull(
        strstr(metrics, "\nargot_source_records_total{source=\"a\\\"b\\\\\\\\c\\nd\x1b[31m\\\\xff\"} 5\n"));
    ck_assert_ptr_nonnull(strstr(metrics, "\nargot_source_last_seen_timestamp_seconds{source=\"a"));
    ck_assert_ptr_null(strstr(metrics, "last_seen_timestamp_seconds{source=\"b.log\"}"));
    ck_assert_ptr_nonnull(strstr(metrics, "\nargot_source_up{source=\"b.log\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(metrics, "\nprocess_start_time_seconds 0.000000000\n"));
    ck_assert_ptr_nonnull(strstr(metrics, "\nargot_drops_total{what=\"datagrams\"} 9\n"));
}
END_TEST

START_TEST(memory_may_end_anywhere)
{
    static void (*const writers[])(const struct argot_report *, struct argot_buffer *) = {
        argot_report_json, argot_report_table, argot_report_metrics};
    for (size_t i = 0; i < COUNT(writers); i++) {
        bool failed = true;
        for (uint64_t call = 1; failed; call++) {
            struct argot_test_seam poor;
            struct argot_buffer to;
            argot_test_seam_init(&poor);
            poor.fail_allocation = call;
            poor.fail_for_good = true;
            argot_buffer_init(&to, &poor.seam);
            writers[i](&report, &to);
            failed = to.failed;
            ck_assert(failed || (to.length && to.bytes[to.length - 1] == '\n'));
            argot_buffer_finish(&to);
            ck_assert_uint_eq(poor.live_blocks, 0);
            argot_test_seam_finish(&poor);
        }
    }
}
END_TEST

/* ---- the socket ---- */

static char folder[PATH_BYTES], path[2 * PATH_BYTES];
static struct argot_answer *answer;
static size_t said_bytes;
static argot_time late; /* added to the clock */
static struct argot_seam seam;

static argot_time
monotonic(struct argot_seam *self)
{
    (void)self;
    return argot_seam_system()->monotonic(argot_seam_system()) + late;
}

static void
say(void *context, struct argot_buffer *to)
{
    (void)context;
    for (size_t i = 0; i < said_bytes; i++)
        argot_buffer_append_byte(to, (char)('a' + i % 26));
}

static void
open_answer(void)
{
    const char *base = getenv("TMPDIR");
    char why[PATH_BYTES] = "";
    seam = *argot_seam_system();
    seam.monotonic = monotonic;
    signal(SIGPIPE, SIG_IGN); /* as the program has it */
    late = 0;
    said_bytes = 5;
    snprintf(folder, sizeof folder, "%.80s/argot_report_XXXXXX", base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%.100s/s", folder);
    struct argot_answer_options options = {.seam = &seam, .live = argot_seam_live_system(), .path = path, .text = say};
    answer = argot_answer_open(&options, why, sizeof why);
    ck_assert_msg(answer != NULL, "%s", why);
}

static void
close_answer(void)
{
    argot_answer_close(answer);
    ck_assert_int_ne(access(path, F_OK), 0);
    rmdir(folder);
}

static int
call(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%.100s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* What a peer gets until the other side closes. */
static size_t
hear(int fd)
{
    static char piece[1 << 16];
    size_t got = 0;
    for (;;) {
        ssize_t some = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (some == 0)
            break;
        for (ssize_t i = 0; i < some; i++)
            ck_assert_int_eq(piece[i], 'a' + (int)((got + (size_t)i) % 26));
        got += some > 0 ? (size_t)some : 0;
        if (some < 0)
            argot_answer_attend(answer);
    }
    close(fd);
    return got;
}

START_TEST(each_peer_gets_the_whole_text)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_uint_eq(hear(call()), 5);
    said_bytes = LONG_TEXT;
    ck_assert_uint_eq(hear(call()), LONG_TEXT);
    ck_assert_uint_eq(argot_answer_refused(answer), 0);
}
END_TEST

START_TEST(peers_that_do_not_read_are_sent_away)
{
    int slow[ARGOT_ANSWER_MAX_PEERS + 3];
    said_bytes = LONG_TEXT;
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        slow[i] = call();
    argot_answer_attend(answer);
    ck_assert_uint_eq(argot_answer_refused(answer), 3);
    late = ARGOT_ANSWER_PEER_NS;
    argot_answer_attend(answer);
    ck_assert_uint_eq(argot_answer_refused(answer), 3 + ARGOT_ANSWER_MAX_PEERS);
    said_bytes = 5;
    ck_assert_uint_eq(hear(call()), 5);
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        close(slow[i]);
}
END_TEST

START_TEST(peers_that_leave_are_forgotten)
{
    said_bytes = LONG_TEXT;
    for (int i = 0; i < 3 * ARGOT_ANSWER_MAX_PEERS; i++) {
        int fd = call();
        argot_answer_attend(answer);
        close(fd);
        argot_answer_attend(answer);
    }
    ck_assert_uint_eq(argot_answer_refused(answer), 3 * ARGOT_ANSWER_MAX_PEERS);
    said_bytes = 5;
    ck_assert_uint_eq(hear(call()), 5);
}
END_TEST

START_TEST(path_that_is_too_long_is_refused)
{
    char why[PATH_BYTES], name[200];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    struct argot_answer_options options = {.seam = &seam, .live = argot_seam_live_system(), .path = name, .text = say};
    ck_assert_ptr_null(argot_answer_open(&options, why, sizeof why));
    ck_assert_str_eq(why, "the path is too long for a socket");
    options.path = path;
    ck_assert_ptr_null(argot_answer_open(&options, why, sizeof why));
    ck_assert_str_eq(why, "another argot has it");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("report");
    TCase *texts = tcase_create("texts"), *peers = tcase_create("answer");
    tcase_add_checked_fixture(texts, make_report, tear_down);
    tcase_add_test(texts, json_escapes_names_and_leaves_out_what_never_was);
    tcase_add_test(texts, table_escapes_names);
    tcase_add_test(texts, process_is_this_one);
    tcase_add_test(texts, metrics_escape_names_without_mixing_them_up);
    tcase_add_test(texts, memory_may_end_anywhere);
    suite_add_tcase(suite, texts);
    tcase_add_checked_fixture(peers, open_answer, close_answer);
    tcase_add_test(peers, each_peer_gets_the_whole_text);
    tcase_add_test(peers, peers_that_do_not_read_are_sent_away);
    tcase_add_test(peers, peers_that_leave_are_forgotten);
    tcase_add_test(peers, path_that_is_too_long_is_refused);
    suite_add_tcase(suite, peers);
    return test_run(suite);
}
