/* SPDX-License-Identifier: Apache-2.0
 * Syslog from sockets: messages to records, long ones to pieces, and what bounds peers. Over the loopback of this
 * machine, with peers in the same program. */
#include "base/buffer.h"
#include "input/listener.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "test_case.h"

#define WAIT_MS 10000
#define NS_PER_SECOND INT64_C(1000000000)

static struct argot_seam seam; /* the system's, with a clock of its own */
static argot_time monotonic;
static struct argot_listener_options options;
static struct argot_listener *listener;
static struct argot_block_bytes block;
static struct argot_buffer got;
static char socket_path[108];

static argot_time
test_monotonic(struct argot_seam *self)
{
    (void)self;
    return monotonic;
}

static void
set_up(void)
{
    seam = *argot_seam_system();
    seam.monotonic = test_monotonic;
    monotonic = NS_PER_SECOND;
    options = (struct argot_listener_options){.seam = &seam, .live = argot_seam_live_system()};
    argot_buffer_init(&got, &seam);
    snprintf(socket_path, sizeof socket_path, "/tmp/argot_listener_%ld.sock", (long)getpid());
}

static void
tear_down(void)
{
    argot_listener_close(listener);
    listener = NULL;
    argot_block_finish(&seam, &block);
    argot_buffer_finish(&got);
    ck_assert_int_ne(access(socket_path, F_OK), 0);
}

static void
begin(enum argot_endpoint_kind kind)
{
    bool local = kind >= ARGOT_ENDPOINT_UNIX_STREAM;
    struct argot_endpoint endpoint = {
        .kind = kind, .host = local ? NULL : "127.0.0.1", .path = local ? socket_path : NULL};
    char why[128] = "";
    listener = argot_listener_open(&options, &endpoint, why, sizeof why);
    ck_assert_msg(listener != NULL, "%s", why);
}

/* A peer that is connected. */
static int
peer(void)
{
    bool local = argot_listener_port(listener) == 0;
    struct sockaddr_in v4 = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)argot_listener_port(listener)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    memcpy(path.sun_path, socket_path, sizeof path.sun_path);
    const struct sockaddr *address = local ? (const struct sockaddr *)&path : (const struct sockaddr *)&v4;
    socklen_t length = local ? sizeof path : sizeof v4;
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (size_t i = 0; i < COUNT(types); i++) {
        int fd = socket(local ? AF_UNIX : AF_INET, types[i] | SOCK_CLOEXEC, 0);
        ck_assert_int_ge(fd, 0);
        if (connect(fd, address, length) == 0)
            return fd;
        close(fd);
    }
    ck_abort_msg("nobody listens");
    return -1;
}

static void
say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static bool
is_ready(int ms)
{
    struct pollfd wanted = {.fd = argot_listener_poll(listener), .events = POLLIN};
    return poll(&wanted, 1, ms) == 1;
}

/* Takes blocks until there are so many bytes. */
static void
take(size_t length)
{
    while (got.length < length) {
        ck_assert_msg(is_ready(WAIT_MS), "%zu of %zu bytes", got.length, length);
        while (argot_listener_next(listener, &block))
            argot_buffer_append(&got, block.bytes, block.length);
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

/* Lets it do what it can without waiting for more than that. */
static void
settle(void)
{
    while (is_ready(100))
        while (argot_listener_next(listener, &block))
            argot_buffer_append(&got, block.bytes, block.length);
}

static struct argot_seam_live failing; /* the system's, with sockets that fail */
static unsigned failures;

static int64_t
test_receive(struct argot_seam_live *self, int fd, void *bytes, size_t count, struct argot_datagram *datagram)
{
    (void)self;
    struct argot_seam_live *live = argot_seam_live_system();
    return failures && failures-- ? -EIO : live->receive(live, fd, bytes, count, datagram);
}

START_TEST(a_socket_that_keeps_failing_is_left_alone_for_a_while)
{
    failing = *argot_seam_live_system();
    failing.receive = test_receive;
    options.live = &failing;
    begin(ARGOT_ENDPOINT_UDP);
    int fd = peer();
    failures = ARGOT_LISTENER_FAILURES - 1;
    say(fd, "<34>one");
    expect("<34>one\n");
    failures = ARGOT_LISTENER_FAILURES;
    say(fd, "<34>two");
    settle();
    ck_assert_uint_eq(failures, 0);
    ck_assert_uint_eq(got.length, 0);
    ck_assert(!is_ready(0));
    argot_listener_tick(listener);
    ck_assert(!is_ready(0));
    monotonic += ARGOT_LISTENER_PAUSE_NS;
    argot_listener_tick(listener);
    expect("<34>two\n");
    ck_assert_uint_eq(argot_listener_counts(listener).failed, 2 * ARGOT_LISTENER_FAILURES - 1);
    close(fd);
}
END_TEST

START_TEST(a_datagram_is_a_record)
{
    begin(ARGOT_ENDPOINT_UDP);
    int fd = peer();
    say(fd, "<34>one");
    say(fd, "<34>two\n");
    say(fd, "<34>three\nlines");
    expect("<34>one\n<34>two\n<34>three lines\n");
    ck_assert_uint_eq(argot_listener_next_record(listener), 4);
    struct argot_listener_counts counts = argot_listener_counts(listener);
    ck_assert_uint_eq(counts.messages, 3);
    ck_assert_uint_eq(counts.newlines, 1);
    close(fd);
}
END_TEST

/* What comes while nobody reads is dropped by the kernel, which says how many. */
START_TEST(what_was_read_is_given_at_the_end)
{
    options.block_bytes = 8;
    begin(ARGOT_ENDPOINT_TCP);
    int fd = peer();
    say(fd, "<34>one\n<34>two\n<34>three\n<34>fo");
    while (!argot_listener_next(listener, &block))
        ck_assert(is_ready(WAIT_MS));
    argot_buffer_append(&got, block.bytes, block.length);
    ck_assert_uint_lt(got.length, strlen("<34>one\n<34>two\n<34>three\n"));
    say(fd, "ur\n"); /* which is not read any more */
    while (argot_listener_rest(listener, &block))
        argot_buffer_append(&got, block.bytes, block.length);
    expect("<34>one\n<34>two\n<34>three\n");
    close(fd);
}
END_TEST

START_TEST(dropped_datagrams_are_counted)
{
    begin(ARGOT_ENDPOINT_UDP);
    int fd = peer();
    static char text[8192];
    memset(text, 'a', sizeof text - 1);
    uint64_t sent = 0;
    for (; sent < 20000; sent++)
        say(fd, text);
    (void)argot_listener_tick(listener); /* counts what is newer than the datagrams that wait */
    while (is_ready(100))
        while (argot_listener_next(listener, &block))
            ;
    (void)argot_listener_tick(listener);
    struct argot_listener_counts counts = argot_listener_counts(listener);
    ck_assert_uint_gt(counts.dropped, 0);
    ck_assert_uint_eq(counts.messages + counts.dropped, sent);
    close(fd);
}
END_TEST

START_TEST(streams_have_lines_or_lengths)
{
    begin(ARGOT_ENDPOINT_TCP);
    int lines = peer();
    say(lines, "<34>one\n<34>t");
    expect("<34>one\n");
    int counted = peer();
    say(counted, "7 <34>two9 <34>th");
    expect("<34>two\n");
    say(lines, "hree\n");
    say(counted, "ree\n");
    expect("<34>three\n<34>three\n");
    ck_assert_uint_eq(argot_listener_counts(listener).connections, 2);
    close(lines);
    say(counted, "9 <34>cut");
    close(counted);
    expect("<34>cut\n");
    struct argot_listener_counts counts = argot_listener_counts(listener);
    ck_assert_uint_eq(counts.unfinished, 1);
    ck_assert_uint_eq(counts.connections, 0);
    ck_assert_uint_eq(counts.messages, 5);
}
END_TEST

START_TEST(unix_sockets_too)
{
    for (int kind = ARGOT_ENDPOINT_UNIX_STREAM; kind <= ARGOT_ENDPOINT_UNIX_DATAGRAM; kind++) {
        begin((enum argot_endpoint_kind)kind);
        int fd = peer();
        say(fd, "<34>one\n");
        expect("<34>one\n");
        close(fd);
        argot_listener_close(listener);
        listener = NULL;
    }
}
END_TEST

START_TEST(what_a_killed_run_left_is_taken_away_and_a_file_is_not)
{
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    memcpy(path.sun_path, socket_path, sizeof path.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&path, sizeof path), 0);
    close(fd);
    begin(ARGOT_ENDPOINT_UNIX_STREAM);
    struct argot_endpoint endpoint = {.kind = ARGOT_ENDPOINT_UNIX_STREAM, .path = socket_path};
    char why[128];
    ck_assert_ptr_null(argot_listener_open(&options, &endpoint, why, sizeof why)); /* somebody listens */
    ck_assert_int_eq(access(socket_path, F_OK), 0);
    argot_listener_close(listener);
    listener = NULL;
    FILE *file = fopen(socket_path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    ck_assert_ptr_null(argot_listener_open(&options, &endpoint, why, sizeof why));
    ck_assert_int_eq(unlink(socket_path), 0);
}
END_TEST

/* Of 64 bytes at most, however the peer sends them: the pieces are the message, with one number. */
START_TEST(a_message_without_end_comes_in_pieces)
{
    options.message_max_bytes = 64;
    for (int counted = 0; counted < 2; counted++) {
        begin(ARGOT_ENDPOINT_TCP);
        int fd = peer();
        char text[200 + 1] = "<34>";
        memset(text + 4, 'a', 196);
        if (counted)
            say(fd, "200 ");
        for (int i = 0; i < 200; i += 50) {
            char part[51] = "";
            memcpy(part, text + i, 50);
            say(fd, part);
        }
        say(fd, counted ? "5 <34>b" : "\n<34>b\n");
        uint32_t pieces = 0;
        while (got.length < 200 + 1 + 6) {
            ck_assert(is_ready(WAIT_MS));
            while (argot_listener_next(listener, &block)) {
                argot_buffer_append(&got, block.bytes, block.length);
                pieces += block.piece;
                ck_assert(!block.piece || (block.piece_number == pieces && block.first_record == 1));
                ck_assert(block.piece || block.first_record == 2);
                ck_assert(block.piece_last == (pieces == 4 && block.piece));
            }
        }
        ck_assert_uint_eq(pieces, 4);
        ck_assert_mem_eq(got.bytes, text, 200);
        ck_assert_mem_eq(got.bytes + 200, "\n<34>b\n", 7);
        got.length = 0;
        close(fd);
        argot_listener_close(listener);
        listener = NULL;
    }
}
END_TEST

START_TEST(garbage_becomes_records_and_harms_nobody)
{
    begin(ARGOT_ENDPOINT_TCP);
    int bad = peer(), good = peer();
    static uint8_t bytes[100000];
    uint64_t state = 7, newlines = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)test_random(&state);
        newlines += bytes[i] == '\n';
    }
    bytes[sizeof bytes - 1] = '\n';
    ck_assert_int_eq(send(bad, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
    say(good, "<34>fine\n");
    close(bad);
    take(sizeof bytes + strlen("<34>fine\n"));
    ck_assert_ptr_nonnull(memmem(got.bytes, got.length, "<34>fine\n", 9));
    ck_assert_uint_ge(argot_listener_counts(listener).messages, newlines);
    close(good);
}
END_TEST

START_TEST(peers_cannot_hold_more_than_there_is_room_for)
{
    options.pending_bytes = 4096;
    options.max_connections = 4;
    begin(ARGOT_ENDPOINT_TCP);
    int fds[6];
    for (size_t i = 0; i < COUNT(fds); i++)
        fds[i] = peer();
    settle();
    ck_assert_uint_eq(argot_listener_counts(listener).refused, 2);
    static char begin_of_line[1500 + 1];
    memset(begin_of_line, 'a', sizeof begin_of_line - 1);
    for (size_t i = 0; i < 4; i++)
        say(fds[i], begin_of_line);
    settle();
    struct argot_listener_counts counts = argot_listener_counts(listener);
    ck_assert_uint_eq(counts.crowded, 2); /* two of 2,048 bytes fit */
    ck_assert_uint_eq(counts.connections, 2);
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
    settle();
    ck_assert_uint_eq(got.length, 2 * 1501);
    got.length = 0;
}
END_TEST

START_TEST(a_peer_that_is_still_makes_room)
{
    options.max_connections = 1;
    begin(ARGOT_ENDPOINT_TCP);
    int still = peer();
    settle();
    monotonic += ARGOT_LISTENER_ROOM_NS;
    int busy = peer();
    say(busy, "<34>here\n");
    expect("<34>here\n");
    ck_assert_uint_eq(argot_listener_counts(listener).idle, 1);
    say(busy, "<34>no end");
    settle();
    monotonic += ARGOT_LISTENER_IDLE_NS;
    ck_assert(argot_listener_tick(listener));
    ck_assert(argot_listener_next(listener, &block));
    ck_assert_mem_eq(block.bytes, "<34>no end\n", 11);
    ck_assert_uint_eq(argot_listener_counts(listener).connections, 0);
    close(still);
    close(busy);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("listener");
    TCase *sockets = tcase_create("sockets");
    tcase_add_checked_fixture(sockets, set_up, tear_down);
    tcase_add_test(sockets, a_datagram_is_a_record);
    tcase_add_test(sockets, a_socket_that_keeps_failing_is_left_alone_for_a_while);
    tcase_add_test(sockets, what_was_read_is_given_at_the_end);
    tcase_add_test(sockets, dropped_datagrams_are_counted);
    tcase_add_test(sockets, streams_have_lines_or_lengths);
    tcase_add_test(sockets, unix_sockets_too);
    tcase_add_test(sockets, what_a_killed_run_left_is_taken_away_and_a_file_is_not);
    tcase_add_test(sockets, a_message_without_end_comes_in_pieces);
    tcase_add_test(sockets, garbage_becomes_records_and_harms_nobody);
    tcase_add_test(sockets, peers_cannot_hold_more_than_there_is_room_for);
    tcase_add_test(sockets, a_peer_that_is_still_makes_room);
    suite_add_tcase(suite, sockets);
    return test_run(suite);
}
