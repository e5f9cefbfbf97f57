/* SPDX-License-Identifier: Apache-2.0
 * Followed files: growing, renamed, truncated, compressed, missing, gone on with. With real files in a folder of its
 * own, since what a kernel does with them is the point. */
#include "base/buffer.h"
#include "input/rotation.h"
#include "input/wildcard.h"
#include "test_compress.h"
#include "test_seam.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "folder_fixture.h"

#define NS_PER_SECOND INT64_C(1000000000)

static char log_path[PATH_BYTES];
static struct argot_rotation *rotation;
static struct argot_rotation_options options;
static struct argot_block_bytes block;
static struct argot_buffer got; /* all that was given, each block with its generation before it */
static uint64_t ended;          /* bits of generations that are done */
static struct argot_seam seam;  /* the system's, with a clock of its own */
static argot_time monotonic;
static int64_t wall_ahead;            /* of the system's clock */
static unsigned reads_before_failure; /* of the disk; UINT_MAX: it never fails */
static unsigned reads_before_cut;     /* of the log to no length; 0: it is not cut */
static unsigned calls_before_shift;   /* of old files to the next names; 0: they keep theirs */
static struct argot_seam_live live;   /* the system's, with what counts */

static argot_time
test_monotonic(struct argot_seam *self)
{
    (void)self;
    return monotonic;
}

static argot_time
test_now(struct argot_seam *self)
{
    (void)self;
    return argot_seam_system()->now(argot_seam_system()) + wall_ahead;
}

static void shift(void);

static void
count_call(void)
{
    if (calls_before_shift && !--calls_before_shift)
        shift();
}

static bool
disk_fails(void)
{
    return !reads_before_failure || (reads_before_failure < UINT_MAX && !--reads_before_failure);
}

static int64_t
test_read(struct argot_seam *self, int fd, void *bytes, size_t count)
{
    return disk_fails() ? -EIO : argot_seam_system()->read(self, fd, bytes, count);
}

static int64_t
test_read_at(struct argot_seam *self, int fd, void *bytes, size_t count, uint64_t offset)
{
    count_call();
    if (reads_before_cut && !--reads_before_cut)
        ck_assert_int_eq(truncate(log_path, 0), 0);
    return disk_fails() ? -EIO : argot_seam_system()->read_at(self, fd, bytes, count, offset);
}

static int
test_list(struct argot_seam_live *self, const char *path, bool (*entry)(void *context, const char *name), void *context)
{
    count_call();
    int status = argot_seam_live_system()->list(self, path, entry, context);
    count_call();
    return status;
}

static void
write_bytes(const char *name, int flags, const void *bytes, size_t length)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | flags, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static void
append(const char *name, const char *text)
{
    write_bytes(name, O_APPEND, text, strlen(text));
}

static void
move(const char *from, const char *to)
{
    ck_assert_int_eq(rename(at(from), at(to)), 0);
}

static void
shift(void)
{
    move("a.log.3", "a.log.4");
    move("a.log.2", "a.log.3");
    move("a.log.1", "a.log.2");
    move("a.log", "a.log.1");
    append("a.log", "six\n");
}

static void
set_time(const char *name, time_t seconds)
{
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    ck_assert_int_eq(utimensat(AT_FDCWD, at(name), times, 0), 0);
}

static void
begin(const char *pattern)
{
    options.pattern = pattern;
    rotation = argot_rotation_new(&options, log_path);
    ck_assert_ptr_nonnull(rotation);
}

static void
set_up(void)
{
    make_folder();
    snprintf(log_path, sizeof log_path, "%.200s/a.log", folder);
    seam = *argot_seam_system();
    seam.monotonic = test_monotonic;
    seam.now = test_now;
    wall_ahead = 0;
    seam.read = test_read;
    seam.read_at = test_read_at;
    reads_before_failure = UINT_MAX;
    reads_before_cut = calls_before_shift = 0;
    live = *argot_seam_live_system();
    live.list = test_list;
    monotonic = NS_PER_SECOND;
    options = (struct argot_rotation_options){.seam = &seam, .live = &live};
    argot_buffer_init(&got, &seam);
    ended = 0;
    begin(NULL);
}

static void
tear_down(void)
{
    argot_rotation_free(rotation);
    argot_block_finish(&seam, &block);
    block = (struct argot_block_bytes){0};
    argot_buffer_finish(&got);
    remove_folder();
}

/* All that there is now: `1:` before what is of generation 1, and so on. */
static void
read_all(void)
{
    struct argot_generation *generation;
    enum argot_rotation_status status;
    uint64_t before = 0;
    while ((status = argot_rotation_next(rotation, &block, &generation)) != ARGOT_ROTATION_WAIT) {
        if (status == ARGOT_ROTATION_END) {
            ended |= UINT64_C(1) << generation->number;
            continue;
        }
        if (before != generation->number)
            argot_buffer_printf(&got, "%llu:", (unsigned long long)generation->number);
        before = generation->number;
        argot_buffer_append(&got, block.bytes, block.length);
    }
}

static void
look(void)
{
    ck_assert(argot_rotation_look(rotation, true));
    read_all();
}

static void
expect(const char *text)
{
    argot_buffer_append_byte(&got, 0);
    ck_assert_str_eq((const char *)got.bytes, text);
    got.length = 0;
}

/* A run ends and the next begins, with what the one before knew of generations. */
static void
restart(const struct argot_tail_position *positions, const bool *done, uint64_t first, size_t count)
{
    argot_rotation_free(rotation);
    begin(options.pattern);
    for (size_t i = 0; i < count; i++)
        ck_assert(argot_rotation_know(rotation, first + i, &positions[i], done[i]));
}

static struct argot_tail_position
position_of(const char *text)
{
    struct argot_generation *generation;
    struct argot_tail_position position = {0};
    while (argot_rotation_next(rotation, &block, &generation) == ARGOT_ROTATION_BLOCK)
        position = generation->position;
    got.length = 0;
    ck_assert_uint_eq(position.offset, strlen(text));
    return position;
}

START_TEST(a_file_is_read_as_it_grows)
{
    append("a.log", "one\ntwo\nthr");
    look();
    expect("1:one\ntwo\n");
    append("a.log", "ee");
    read_all();
    expect("");
    append("a.log", "\nfour\n");
    read_all();
    expect("1:three\nfour\n");
    ck_assert_uint_eq(block.first_record, 3);
}
END_TEST

START_TEST(a_file_may_come_later)
{
    look();
    ck_assert_ptr_null(argot_rotation_problem(rotation));
    append("a.log", "one\n");
    look();
    expect("1:one\n");
}
END_TEST

START_TEST(what_is_renamed_is_read_to_its_end_and_then_the_new_one)
{
    append("a.log", "one\n");
    look();
    append("a.log", "two\n");
    move("a.log", "a.log.1");
    append("a.log", "three\n");
    look();
    expect("1:one\n1:two\n2:three\n");
    append("a.log.1", "late\n"); /* the writer had it still open */
    append("a.log", "four\n");
    read_all();
    expect("1:late\n2:four\n");
    ck_assert_uint_eq(ended, 0);
    monotonic += ARGOT_ROTATION_LINGER_NS;
    append("a.log.1", "cut");
    read_all();
    expect("1:cut"); /* no more is to come: a record without its end */
    ck_assert_uint_eq(ended, 1 << 1);
    ck_assert_uint_eq(argot_rotation_counts(rotation).lost_bytes, 0);
}
END_TEST

START_TEST(rotations_that_were_missed_are_read_in_order)
{
    append("a.log", "one\n");
    look();
    expect("1:one\n");
    append("a.log", "two\n");
    move("a.log", "a.log.3");
    append("a.log.2", "three\n");
    append("a.log.1", "four\n");
    append("a.log", "five\n");
    look();
    expect("1:two\n2:three\n3:four\n4:five\n");
}
END_TEST

START_TEST(old_files_are_left_alone_unless_a_pattern_fits)
{
    append("a.log.2", "one\n");
    append("a.log.1", "two\n");
    append("a.log", "three\n");
    set_time("a.log.2", 1000);
    set_time("a.log.1", 2000);
    look();
    expect("1:three\n");
    argot_rotation_free(rotation);
    begin(at("a.log*"));
    look();
    expect("1:one\n2:two\n3:three\n");
}
END_TEST

#ifdef ARGOT_WITH_ZLIB
static void
compress_away(const char *from, const char *to)
{
    char text[4096];
    int fd = open(at(from), O_RDONLY);
    ssize_t length = read(fd, text, sizeof text);
    struct stat status;
    ck_assert_int_ge(length, 0);
    ck_assert_int_eq(fstat(fd, &status), 0);
    close(fd);
    size_t size;
    uint8_t *packed = test_compress(TEST_GZIP, text, (size_t)length, &size);
    ck_assert_ptr_nonnull(packed);
    write_bytes(to, O_TRUNC, packed, size);
    free(packed);
    set_time(to, status.st_mtim.tv_sec);
    unlink(at(from));
}

START_TEST(what_was_compressed_is_the_same_file)
{
    append("a.log", "one\n");
    look();
    move("a.log", "a.log.1");
    append("a.log", "two\n");
    look();
    expect("1:one\n2:two\n");
    monotonic += ARGOT_ROTATION_LINGER_NS;
    read_all();
    compress_away("a.log.1", "a.log.2.gz");
    look();
    expect("");
    ck_assert_uint_eq(ended, 1 << 1);
}
END_TEST

START_TEST(what_was_compressed_before_it_was_read_is_the_same_file)
{
    append("a.log", "one\n");
    look();
    append("a.log", "two\n");
    compress_away("a.log", "a.log.1.gz");
    append("a.log", "three\n");
    ck_assert(argot_rotation_look(rotation, true)); /* before anything is read */
    read_all();
    look();
    expect("1:one\n1:two\n2:three\n");
}
END_TEST

START_TEST(a_compressed_file_that_cannot_be_read_for_a_while_is_read_later)
{
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    append("a.log", "two\n");
    compress_away("a.log", "a.log.1.gz");
    append("a.log", "three\n");
    restart(&position, &(bool){false}, 1, 1);
    for (unsigned reads = 1; reads < 30; reads++) {
        reads_before_failure = reads;
        look();
    }
    reads_before_failure = UINT_MAX;
    look();
    look();
    expect("1:two\n2:three\n");
}
END_TEST

START_TEST(a_run_goes_on_in_a_file_that_was_compressed_meanwhile)
{
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    append("a.log", "two\n");
    set_time("a.log", 2000);
    position.modified = 1000 * NS_PER_SECOND;
    compress_away("a.log", "a.log.1.gz");
    append("a.log", "three\n");
    position.fingerprint_bytes = 0; /* more was written than is known by: short files are known whole */
    argot_rotation_free(rotation);
    begin(NULL);
    uint8_t first[] = "one\ntwo\n";
    position.fingerprint_bytes = sizeof first - 1;
    argot_tail_sum(first, sizeof first - 1, position.fingerprint);
    ck_assert(argot_rotation_know(rotation, 1, &position, false));
    look();
    expect("1:two\n2:three\n");
}
END_TEST

#endif

START_TEST(a_run_goes_on_where_it_was)
{
    append("a.log", "one\ntwo\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\ntwo\n");
    append("a.log", "three\n");
    restart(&position, &(bool){false}, 1, 1);
    look();
    expect("1:three\n");
    ck_assert_uint_eq(block.first_record, 3);
    position.offset += strlen("three\n");
    move("a.log", "a.log.1"); /* and while it was away */
    append("a.log.1", "four\n");
    append("a.log", "five\n");
    restart(&position, &(bool){false}, 1, 1);
    look();
    expect("1:four\n2:five\n");
}
END_TEST

START_TEST(what_was_removed_before_it_was_read_is_counted)
{
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    unlink(at("a.log"));
    append("b.log", "held, so that the number is not given again\n");
    append("a.log", "another\n");
    restart(&position, &(bool){false}, 1, 1);
    look();
    expect("2:another\n");
    ck_assert_uint_eq(argot_rotation_counts(rotation).gone, 1);
}
END_TEST

START_TEST(a_truncated_file_is_begun_anew_and_its_copy_read_to_the_end)
{
    append("a.log", "one\n");
    look();
    append("a.log", "two\nthree\n");
    append("a.log.1", "one\ntwo\nthree\n"); /* the copy */
    ck_assert_int_eq(truncate(log_path, 0), 0);
    append("a.log", "4\n");
    read_all();
    expect("1:one\n1:two\nthree\n2:4\n");
    struct argot_rotation_counts counts = argot_rotation_counts(rotation);
    ck_assert_uint_eq(counts.truncated, 1);
    ck_assert_uint_eq(counts.recovered, 1);
    ck_assert_uint_eq(counts.lost_bytes, 0);
    look();
    expect(""); /* the copy is no file of its own */
}
END_TEST

START_TEST(a_copy_is_no_file_of_its_own_before_the_cut_either)
{
    append("a.log", "one\ntwo\n");
    look();
    append("a.log.1", "one\nt"); /* it is being written */
    look();
    append("a.log.1", "wo\n");
    look();
    expect("1:one\ntwo\n");
    append("a.log", "three\n");
    read_all();
    append("a.log.1", "three\n");
    ck_assert_int_eq(truncate(log_path, 0), 0);
    look(); /* which finds out before a read does */
    append("a.log", "4\n");
    look();
    expect("1:three\n2:4\n");
}
END_TEST

/* What was copied is newer than what was written after it, by the clock. */
START_TEST(a_copy_is_known_though_the_clock_was_set_back)
{
    time_t now = time(NULL);
    append("a.log", "one\n");
    look();
    append("a.log.1", "one\n");
    set_time("a.log.1", now - 40);
    wall_ahead = -84 * NS_PER_SECOND;
    append("a.log", "two\n");
    set_time("a.log", now - 84);
    read_all();
    ck_assert_int_eq(truncate(log_path, 0), 0);
    set_time("a.log", now - 80);
    look();
    look();
    expect("1:one\n1:two\n");
    append("a.log.1", "more\n"); /* so it is none */
    set_time("a.log.1", now - 40);
    look();
    expect("3:one\nmore\n");
}
END_TEST

START_TEST(a_run_goes_on_in_a_copy_that_holds_more_than_was_known)
{
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    append("a.log.2", "one\ntwo\n");
    append("a.log.1", "three\n");
    ck_assert_int_eq(truncate(log_path, 0), 0);
    append("a.log", "4\n");
    restart(&position, &(bool){false}, 1, 1);
    look();
    expect("1:two\n2:three\n3:4\n");
    look();
    expect("");
}
END_TEST

START_TEST(a_log_that_is_cut_while_it_is_looked_for_is_read_from_its_copy)
{
    time_t now = time(NULL);
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    position.modified = (now - 200) * NS_PER_SECOND;
    for (unsigned reads = 1; reads <= 8; reads++) {
        ck_assert_int_eq(truncate(log_path, 0), 0);
        append("a.log", "one\ntwo\n");
        set_time("a.log", now - 200);
        unlink(at("a.log.1"));
        append("a.log.1", "one\ntwo\n");
        set_time("a.log.1", now - 100);
        restart(&position, &(bool){false}, 1, 1);
        reads_before_cut = reads;
        look();
        reads_before_cut = 0;
        append("a.log", "three\n");
        look();
        expect("1:two\n2:three\n");
        ck_assert_uint_eq(argot_rotation_counts(rotation).gone, 0);
    }
}
END_TEST

START_TEST(a_rotation_while_files_are_looked_for_leaves_none_behind)
{
    static const char *const names[] = {"a.log.3", "a.log.2", "a.log.1", "a.log"};
    static const char *const texts[] = {"one\ntwo\n", "three\n", "four\n", "five\n"};
    time_t now = time(NULL);
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\n");
    position.modified = (now - 200) * NS_PER_SECOND;
    move("a.log", "a.log.3");
    for (unsigned calls = 1; calls <= 24; calls++) {
        for (size_t i = 1; i < 4; i++)
            unlink(at(names[i]));
        ck_assert_int_eq(truncate(at("a.log.3"), 0), 0);
        for (size_t i = 0; i < 4; i++) {
            append(names[i], texts[i]);
            set_time(names[i], now - 100 + (time_t)i);
        }
        restart(&position, &(bool){false}, 1, 1);
        calls_before_shift = calls;
        look();
        if (calls_before_shift)
            shift();
        calls_before_shift = 0;
        look();
        expect("1:two\n2:three\n3:four\n4:five\n5:six\n");
        move("a.log.4", "a.log.3");
    }
}
END_TEST

START_TEST(a_log_that_was_empty_is_not_known_by_its_inode)
{
    time_t now = time(NULL);
    append("a.log", "one\n");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position positions[2] = {position_of("one\n")};
    positions[0].modified = (now - 200) * NS_PER_SECOND;
    move("a.log", "a.log.3");
    append("a.log.2", "two\n");
    append("a.log.1", "three\n");
    append("a.log", "four\n");
    set_time("a.log.3", now - 200);
    set_time("a.log.2", now - 100);
    set_time("a.log.1", now - 90);
    struct stat status;
    ck_assert_int_eq(stat(at("a.log.1"), &status), 0);
    positions[1] = (struct argot_tail_position){.device = (uint64_t)status.st_dev,
                                                .inode = (uint64_t)status.st_ino,
                                                .modified = (now - 199) * NS_PER_SECOND,
                                                .next_record = 1,
                                                .next_line = 1};
    restart(positions, (bool[]){true, false}, 1, 2);
    look();
    expect("2:two\n3:three\n4:four\n");
}
END_TEST

START_TEST(a_name_that_leads_nowhere_holds_up_nothing)
{
    ck_assert_int_eq(symlink("nowhere", at("a.log.7")), 0);
    append("a.log", "one\n");
    look();
    move("a.log", "a.log.2");
    append("a.log", "three\n");
    look();
    expect("1:one\n2:three\n");
}
END_TEST

START_TEST(a_copy_that_lacks_what_was_read_is_no_file_of_its_own)
{
    append("a.log.1", "one\n");
    append("a.log", "one\ntwo\n");
    time_t now = time(NULL);
    set_time("a.log.1", now);
    set_time("a.log", now);
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = position_of("one\ntwo\n");
    ck_assert_int_eq(truncate(log_path, 0), 0);
    look();
    look();
    restart(&position, &(bool){true}, 1, 1);
    look();
    reads_before_failure = 0; /* of the file that is empty: nothing is known of it */
    look();
    reads_before_failure = UINT_MAX;
    look();
    append("a.log", "three\n");
    look();
    expect("2:three\n");
}
END_TEST

START_TEST(a_log_that_was_empty_is_read_from_its_copy)
{
    append("a.log", "");
    ck_assert(argot_rotation_look(rotation, true));
    struct argot_tail_position position = argot_rotation_open_at(rotation, 0)->position;
    append("a.log.1", "one\n");
    ck_assert_int_eq(truncate(log_path, 0), 0);
    append("a.log", "two\n");
    restart(&position, &(bool){false}, 1, 1);
    look();
    expect("1:one\n2:two\n");
    append("a.log", "three\n");
    append("a.log.0", "two\nthree\n"); /* a copy, and the cut is yet to come */
    restart(&position, &(bool){false}, 1, 1);
    unlink(at("a.log.1"));
    look();
    expect("1:two\nthree\n");
}
END_TEST

START_TEST(a_writer_that_was_silent_for_long_may_end_its_line)
{
    append("a.log", "one\nha");
    look();
    monotonic += 10 * ARGOT_ROTATION_LINGER_NS;
    move("a.log", "a.log.1");
    append("a.log", "new\n");
    look();
    append("a.log.1", "lf\n");
    read_all();
    expect("1:one\n2:new\n1:half\n");
    monotonic += ARGOT_ROTATION_LINGER_NS;
    read_all();
    ck_assert_uint_eq(ended, 1 << 1);
}
END_TEST

START_TEST(what_cannot_be_read_for_a_while_is_not_taken_for_something_else)
{
    append("a.log.1", "old\n");
    set_time("a.log.1", 1000);
    append("a.log", "one\ntwo\n");
    look();
    expect("1:one\ntwo\n");
    append("a.log", "three\n");
    for (unsigned reads = 0; reads < 12; reads++) {
        reads_before_failure = reads;
        look();
        look();
    }
    reads_before_failure = UINT_MAX;
    append("a.log", "four\n");
    look();
    move("a.log", "a.log.1");
    append("a.log", "five\n");
    reads_before_failure = 0;
    look();
    ck_assert_str_eq(argot_rotation_problem(rotation), strerror(EIO));
    reads_before_failure = UINT_MAX;
    look();
    expect("1:three\nfour\n2:five\n");
    ck_assert_uint_eq(argot_rotation_counts(rotation).gone, 0);
}
END_TEST

START_TEST(without_a_copy_what_is_lost_is_counted)
{
    append("a.log", "one\nhalf a li");
    look();
    expect("1:one\n");
    ck_assert_int_eq(truncate(log_path, 0), 0);
    append("a.log", "another, and longer than before\n");
    read_all();
    expect("2:another, and longer than before\n");
    struct argot_rotation_counts counts = argot_rotation_counts(rotation);
    ck_assert_uint_eq(counts.truncated, 1);
    ck_assert_uint_eq(counts.lost_bytes, strlen("half a li"));
    ck_assert_uint_eq(ended, 1 << 1);
}
END_TEST

START_TEST(what_is_no_file_is_said_and_left)
{
    ck_assert_int_eq(mkfifo(log_path, 0644), 0);
    ck_assert(argot_rotation_look(rotation, true)); /* and does not wait for a writer */
    ck_assert_ptr_nonnull(argot_rotation_problem(rotation));
    unlink(log_path);
    append("a.log", "one\n");
    look();
    expect("1:one\n");
    ck_assert_ptr_null(argot_rotation_problem(rotation));
}
END_TEST

START_TEST(a_line_without_end_is_bounded)
{
    options.input.record_max_bytes = 8;
    options.input.block_bytes = 4;
    argot_rotation_free(rotation);
    begin(NULL);
    append("a.log", "0123456789abcdefgh");
    look();
    expect("1:0123456789abcdef");
    ck_assert(block.piece && block.piece_number == 2 && !block.piece_last);
    append("a.log", "ij\nshort\n");
    read_all();
    expect("1:ghij\nshort\n");
    ck_assert_uint_eq(block.first_record, 2);
    ck_assert_uint_le(block.capacity, 64 + ARGOT_PADDING);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rotation");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_test(files, a_file_is_read_as_it_grows);
    tcase_add_test(files, a_file_may_come_later);
    tcase_add_test(files, what_is_renamed_is_read_to_its_end_and_then_the_new_one);
    tcase_add_test(files, rotations_that_were_missed_are_read_in_order);
    tcase_add_test(files, old_files_are_left_alone_unless_a_pattern_fits);
    tcase_add_test(files, a_run_goes_on_where_it_was);
    tcase_add_test(files, what_was_removed_before_it_was_read_is_counted);
    tcase_add_test(files, a_truncated_file_is_begun_anew_and_its_copy_read_to_the_end);
    tcase_add_test(files, a_copy_is_no_file_of_its_own_before_the_cut_either);
    tcase_add_test(files, a_copy_is_known_though_the_clock_was_set_back);
    tcase_add_test(files, a_run_goes_on_in_a_copy_that_holds_more_than_was_known);
    tcase_add_test(files, a_log_that_is_cut_while_it_is_looked_for_is_read_from_its_copy);
    tcase_add_test(files, a_rotation_while_files_are_looked_for_leaves_none_behind);
    tcase_add_test(files, a_log_that_was_empty_is_not_known_by_its_inode);
    tcase_add_test(files, a_name_that_leads_nowhere_holds_up_nothing);
    tcase_add_test(files, a_copy_that_lacks_what_was_read_is_no_file_of_its_own);
    tcase_add_test(files, a_log_that_was_empty_is_read_from_its_copy);
    tcase_add_test(files, a_writer_that_was_silent_for_long_may_end_its_line);
    tcase_add_test(files, what_cannot_be_read_for_a_while_is_not_taken_for_something_else);
    tcase_add_test(files, without_a_copy_what_is_lost_is_counted);
    tcase_add_test(files, what_is_no_file_is_said_and_left);
    tcase_add_test(files, a_line_without_end_is_bounded);
#ifdef ARGOT_WITH_ZLIB
    tcase_add_test(files, what_was_compressed_is_the_same_file);
    tcase_add_test(files, what_was_compressed_before_it_was_read_is_the_same_file);
    tcase_add_test(files, a_compressed_file_that_cannot_be_read_for_a_while_is_read_later);
    tcase_add_test(files, a_run_goes_on_in_a_file_that_was_compressed_meanwhile);
#endif
    suite_add_tcase(suite, files);
    return test_run(suite);
}
