/* SPDX-License-Identifier: Apache-2.0
 * The seam: whole files and whole writes over a simulated disk whose calls are short, interrupted or failing, and the
 * calls of the operating system. */
#include "base/seam.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "test_case.h"
#include "test_seam.h"

#define MAX_BYTES ((size_t)1 << 20)

static struct argot_test_seam seam;
static char *bytes;
static size_t size;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    bytes = NULL;
}

static void
tear_down(void)
{
    seam.seam.release(&seam.seam, bytes);
    ck_assert_uint_eq(seam.live_blocks, 0);
    for (size_t fd = 3; fd < ARGOT_TEST_SEAM_DESCRIPTORS; fd++)
        ck_assert_msg(!seam.descriptors[fd].file, "descriptor %zu is still open", fd);
    argot_test_seam_finish(&seam);
}

static struct argot_test_seam_file *
put_file(size_t length)
{
    uint8_t *content = malloc(length ? length : 1);
    for (size_t i = 0; i < length; i++)
        content[i] = (uint8_t)(i * 31 >> 4);
    struct argot_test_seam_file *file = argot_test_seam_put(&seam, "a", content, length);
    free(content);
    return file;
}

static int
read_file(size_t max_bytes)
{
    seam.seam.release(&seam.seam, bytes);
    bytes = (char *)""; /* must be set in any case */
    size = 12345;
    int status = argot_seam_read_file(&seam.seam, "a", max_bytes, &bytes, &size);
    if (status) {
        ck_assert_ptr_null(bytes);
        ck_assert_uint_eq(size, 0);
    }
    return status;
}

static void
expect_file(void)
{
    const struct argot_test_seam_file *file = argot_test_seam_file(&seam, "a");
    ck_assert_uint_eq(size, file->length);
    ck_assert_mem_eq(bytes, file->bytes, size);
    ck_assert_int_eq(bytes[size], 0);
}

/* ---- whole files ---- */

static const size_t lengths[] = {0, 1, 2, 16382, 16383, 16384, 16385, 32767, 32768, 32769, MAX_BYTES};

START_TEST(files_are_read_whole)
{
    put_file(lengths[_i]);
    ck_assert_int_eq(read_file(MAX_BYTES), 0);
    expect_file();
}
END_TEST

/* Files in /proc say 0, others grow or shrink while they are read. */
START_TEST(the_size_is_but_a_hint)
{
    static const size_t hints[] = {0, 1, 1000, 20000, MAX_BYTES};
    for (size_t i = 0; i < COUNT(hints); i++) {
        put_file(lengths[_i])->info.size_bytes = hints[i];
        ck_assert_int_eq(read_file(MAX_BYTES), 0);
        expect_file();
    }
}
END_TEST

START_TEST(pipes_are_read_whole)
{
    put_file(lengths[_i])->info.kind = ARGOT_FILE_OTHER;
    seam.read_most = 1000;
    ck_assert_int_eq(read_file(MAX_BYTES), 0);
    expect_file();
}
END_TEST

START_TEST(reads_that_are_interrupted_go_on)
{
    put_file(lengths[_i]);
    seam.read_most = 700;
    seam.interrupt_every = 2;
    seam.would_block_every = 3;
    ck_assert_int_eq(read_file(MAX_BYTES), 0);
    expect_file();
    ck_assert(seam.waits > 0 || lengths[_i] < 700);
}
END_TEST

START_TEST(files_over_the_limit_are_refused)
{
    for (size_t limit = 0; limit < 5; limit++)
        for (size_t length = 0; length < 8; length++) {
            struct argot_test_seam_file *file = put_file(length);
            ck_assert_int_eq(read_file(limit), length > limit ? -EFBIG : 0);
            file->info.size_bytes = 0; /* found only while it is read */
            ck_assert_int_eq(read_file(limit), length > limit ? -EFBIG : 0);
        }
    put_file(MAX_BYTES)->info.size_bytes = 0;
    ck_assert_int_eq(read_file(MAX_BYTES - 1), -EFBIG);
    ck_assert_uint_le(seam.peak_bytes, 2 * MAX_BYTES + 2); /* while it moves */
    ck_assert_int_eq(read_file(SIZE_MAX), 0);
    expect_file();
}
END_TEST

START_TEST(what_cannot_be_read_tells_why)
{
    ck_assert_int_eq(read_file(MAX_BYTES), -ENOENT);
    struct argot_test_seam_file *file = put_file(5);
    file->open_error = -EACCES;
    ck_assert_int_eq(read_file(MAX_BYTES), -EACCES);
    file->open_error = 0;
    file->info.kind = ARGOT_FILE_DIRECTORY;
    ck_assert_int_eq(read_file(MAX_BYTES), -EISDIR);
}
END_TEST

START_TEST(each_read_may_fail)
{
    put_file(5000);
    seam.read_most = 1000;
    uint64_t reads = seam.reads;
    ck_assert_int_eq(read_file(MAX_BYTES), 0);
    reads = seam.reads - reads;
    ck_assert_uint_eq(reads, 6);
    for (uint64_t i = 1; i <= reads; i++) {
        seam.fail_read = seam.reads + i;
        ck_assert_int_eq(read_file(MAX_BYTES), -EIO);
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    put_file(100000)->info.size_bytes = 0;
    uint64_t calls = seam.allocations;
    ck_assert_int_eq(read_file(MAX_BYTES), 0);
    calls = seam.allocations - calls;
    ck_assert_uint_ge(calls, 2);
    for (uint64_t i = 1; i <= calls; i++) {
        seam.fail_allocation = seam.allocations + i;
        ck_assert_int_eq(read_file(MAX_BYTES), -ENOMEM);
    }
}
END_TEST

static int
failing_info(struct argot_seam *it, int fd, struct argot_file_info *info)
{
    (void)it, (void)fd, (void)info;
    return -EOVERFLOW;
}

START_TEST(information_may_fail)
{
    put_file(5);
    seam.seam.info = failing_info;
    ck_assert_int_eq(read_file(MAX_BYTES), -EOVERFLOW);
}
END_TEST

/* ---- whole writes ---- */

static const char text[] = "the quick brown fox jumps over the lazy dog";

static void
expect_written(size_t length)
{
    const struct argot_test_seam_file *out = argot_test_seam_file(&seam, "(out)");
    ck_assert_uint_eq(out->length, length);
    if (length)
        ck_assert_mem_eq(out->bytes, text, length);
}

START_TEST(writes_are_whole_however_they_are_cut)
{
    seam.write_most = (size_t)_i;
    seam.interrupt_every = 3;
    seam.would_block_every = 4;
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, text, sizeof text), 0);
    expect_written(sizeof text);
}
END_TEST

START_TEST(nothing_is_written_without_a_call)
{
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, NULL, 0), 0);
    ck_assert_uint_eq(seam.writes, 0);
}
END_TEST

START_TEST(each_write_may_fail)
{
    seam.write_most = 10;
    seam.fail_write = (uint64_t)_i;
    seam.write_error = -ENOSPC;
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, text, sizeof text), -ENOSPC);
    expect_written((size_t)(_i - 1) * 10);
}
END_TEST

static int64_t
write_nothing(struct argot_seam *it, int fd, const void *content, size_t count)
{
    (void)it, (void)fd, (void)content, (void)count;
    return 0;
}

START_TEST(a_device_that_takes_nothing_is_an_error)
{
    seam.seam.write = write_nothing;
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, "x", 1), -EIO);
}
END_TEST

START_TEST(simulated_files_know_what_is_safe)
{
    struct argot_seam *it = &seam.seam;
    int fd = it->open(it, "b", ARGOT_OPEN_WRITE);
    ck_assert_int_eq(argot_seam_write_all(it, fd, text, 5), 0);
    const struct argot_test_seam_file *file = argot_test_seam_file(&seam, "b");
    ck_assert_uint_eq(file->synced, 0);
    ck_assert_int_eq(it->sync(it, fd), 0);
    ck_assert_int_eq(argot_seam_write_all(it, fd, text, 5), 0);
    ck_assert_uint_eq(file->synced, 5);
    ck_assert_int_eq(it->set_mode(it, fd, 0600), 0);
    ck_assert_uint_eq(file->mode, 0600);
    int other = it->open(it, "c", ARGOT_OPEN_WRITE);
    ck_assert_int_eq(it->copy_rights(it, fd, other), 0);
    ck_assert_uint_eq(argot_test_seam_file(&seam, "c")->mode, 0600);
    ck_assert_int_eq(it->close(it, other), 0);
    ck_assert_int_eq(it->copy_rights(it, fd, other), -EBADF);
    ck_assert_int_eq(it->close(it, fd), 0);
    ck_assert_int_eq(it->sync(it, fd), -EBADF);
    ck_assert_int_eq(it->set_mode(it, fd, 0600), -EBADF);
}
END_TEST

static int
failing_wait(struct argot_seam *it, int fd, enum argot_open_how what)
{
    (void)it, (void)fd, (void)what;
    return -EBADF;
}

static int waits_left;

static int
interrupted_wait(struct argot_seam *it, int fd, enum argot_open_how what)
{
    (void)it, (void)fd;
    ck_assert_int_eq(what, ARGOT_OPEN_WRITE);
    return waits_left-- > 0 ? -EINTR : 0;
}

START_TEST(waiting_may_fail_or_be_interrupted)
{
    seam.would_block_every = 1; /* always: only the wait ends it */
    seam.seam.wait = failing_wait;
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, text, sizeof text), -EBADF);
    ck_assert_int_eq(argot_seam_read_some(&seam.seam, 0, &size, 1), -EBADF);
    seam.would_block_every = 2;
    seam.write_most = 1;
    seam.seam.wait = interrupted_wait;
    waits_left = 5;
    ck_assert_int_eq(argot_seam_write_all(&seam.seam, 1, text, sizeof text), 0);
    expect_written(sizeof text);
    ck_assert_int_lt(waits_left, 0);
}
END_TEST

/* ---- the operating system ---- */

static char folder[64];

static const char *
path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void
set_up_folder(void)
{
    set_up();
    snprintf(folder, sizeof folder, "%s/argot-XXXXXX", P_tmpdir);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
tear_down_folder(void)
{
    struct argot_seam *it = argot_seam_system();
    it->remove(it, path_of("a"));
    it->remove(it, path_of("b"));
    it->remove(it, path_of("rights"));
    ck_assert_int_eq(rmdir(folder), 0);
    tear_down();
}

START_TEST(real_files_are_written_renamed_read_and_removed)
{
    struct argot_seam *it = argot_seam_system();
    mode_t mask = umask(0);
    int fd = it->open(it, path_of("a"), ARGOT_OPEN_WRITE);
    umask(mask);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(argot_seam_write_all(it, fd, text, sizeof text), 0);
    struct argot_file_info info;
    ck_assert_int_eq(it->info(it, fd, &info), 0);
    ck_assert_int_eq(info.kind, ARGOT_FILE_REGULAR);
    ck_assert_uint_eq(info.size_bytes, sizeof text);
    ck_assert_int_le(info.modified / 1000000000 - time(NULL), 1);
    ck_assert_int_ge(info.modified / 1000000000 - time(NULL), -60);
    ck_assert_int_eq(it->is_terminal(it, fd), 0);
    struct stat status;
    ck_assert_int_eq(stat(path_of("a"), &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0644);
    ck_assert_int_eq(it->set_mode(it, fd, 0640), 0);
    int other = it->open(it, path_of("rights"), ARGOT_OPEN_WRITE);
    ck_assert_int_eq(it->copy_rights(it, fd, other), 0);
    ck_assert_int_eq(fstat(other, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0640);
    ck_assert_int_eq(it->close(it, other), 0);
    ck_assert_int_eq(it->copy_rights(it, fd, other), -EBADF);
    ck_assert_int_eq(it->sync(it, fd), 0);
    ck_assert_int_eq(it->close(it, fd), 0);
    ck_assert_int_eq(stat(path_of("a"), &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0640);
    ck_assert_uint_eq(info.inode, (uint64_t)status.st_ino);

    ck_assert_int_eq(it->rename(it, path_of("a"), path_of("b")), 0);
    char *content;
    size_t length;
    ck_assert_int_eq(argot_seam_read_file(it, path_of("b"), MAX_BYTES, &content, &length), 0);
    ck_assert_uint_eq(length, sizeof text);
    ck_assert_mem_eq(content, text, sizeof text);
    it->release(it, content);

    fd = it->open(it, path_of("b"), ARGOT_OPEN_WRITE); /* truncates */
    it->close(it, fd);
    ck_assert_int_eq(argot_seam_read_file(it, path_of("b"), MAX_BYTES, &content, &length), 0);
    ck_assert_uint_eq(length, 0);
    it->release(it, content);
    ck_assert_int_eq(it->remove(it, path_of("b")), 0);
    ck_assert_int_eq(it->remove(it, path_of("b")), -ENOENT);
    ck_assert_int_eq(it->rename(it, path_of("b"), path_of("a")), -ENOENT);
}
END_TEST

START_TEST(kinds_of_files_are_told_apart)
{
    struct argot_seam *it = argot_seam_system();
    struct argot_file_info info;
    int fd = it->open(it, folder, ARGOT_OPEN_READ);
    ck_assert_int_eq(it->info(it, fd, &info), 0);
    ck_assert_int_eq(info.kind, ARGOT_FILE_DIRECTORY);
    ck_assert_int_eq(it->read(it, fd, &info, 1), -EISDIR);
    it->close(it, fd);
    fd = it->open(it, "/dev/null", ARGOT_OPEN_READ);
    ck_assert_int_eq(it->info(it, fd, &info), 0);
    ck_assert_int_eq(info.kind, ARGOT_FILE_OTHER);
    it->close(it, fd);
}
END_TEST

START_TEST(bad_descriptors_and_paths_are_errors)
{
    struct argot_seam *it = argot_seam_system();
    struct argot_file_info info;
    char byte = 0;
    ck_assert_int_eq(it->open(it, path_of("missing"), ARGOT_OPEN_READ), -ENOENT);
    ck_assert_int_eq(it->open(it, folder, ARGOT_OPEN_WRITE), -EISDIR);
    ck_assert_int_eq(it->read(it, -1, &byte, 1), -EBADF);
    ck_assert_int_eq(it->write(it, -1, &byte, 1), -EBADF);
    ck_assert_int_eq(it->info(it, -1, &info), -EBADF);
    ck_assert_int_eq(it->set_mode(it, -1, 0600), -EBADF);
    ck_assert_int_eq(it->sync(it, -1), -EBADF);
    ck_assert_int_eq(it->close(it, -1), -EBADF);
    ck_assert_int_eq(it->is_terminal(it, -1), 0);
}
END_TEST

/* A pipe that does not block, of whose two ends each is waited for. */
START_TEST(pipes_that_do_not_block_are_waited_for)
{
    struct argot_seam *it = argot_seam_system();
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    fcntl(ends[1], F_SETPIPE_SZ, 4096);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    static const uint8_t wide[100000] = {1};
    if (child == 0) {
        close(ends[0]);
        usleep(20000);
        _exit(argot_seam_write_all(it, ends[1], wide, sizeof wide) ? 1 : 0);
    }
    close(ends[1]);
    size_t got = 0;
    for (;;) {
        static uint8_t room[3000];
        int64_t count = argot_seam_read_some(it, ends[0], room, sizeof room);
        ck_assert_int_ge(count, 0);
        if (count == 0)
            break;
        got += (size_t)count;
        usleep(100);
    }
    close(ends[0]);
    ck_assert_uint_eq(got, sizeof wide);
}
END_TEST

START_TEST(clocks_and_random_bytes_move_on)
{
    struct argot_seam *it = argot_seam_system();
    argot_time before = it->monotonic(it);
    int64_t away = it->now(it) / 1000000000 - time(NULL);
    ck_assert_int_ge(away, -2);
    ck_assert_int_le(away, 2);
    uint8_t a[32] = {0}, b[32] = {0};
    ck_assert_int_eq(it->random(it, a, sizeof a), 0);
    ck_assert_int_eq(it->random(it, b, sizeof b), 0);
    ck_assert(memcmp(a, b, sizeof a) != 0);
    ck_assert_int_gt(it->monotonic(it), before);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("files");
    TCase *tcase = tcase_create("simulated");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, files_are_read_whole, 0, COUNT(lengths));
    tcase_add_loop_test(tcase, the_size_is_but_a_hint, 0, COUNT(lengths));
    tcase_add_loop_test(tcase, pipes_are_read_whole, 0, COUNT(lengths));
    tcase_add_loop_test(tcase, reads_that_are_interrupted_go_on, 0, COUNT(lengths));
    tcase_add_test(tcase, files_over_the_limit_are_refused);
    tcase_add_test(tcase, what_cannot_be_read_tells_why);
    tcase_add_test(tcase, each_read_may_fail);
    tcase_add_test(tcase, each_allocation_may_fail);
    tcase_add_test(tcase, information_may_fail);
    tcase_add_loop_test(tcase, writes_are_whole_however_they_are_cut, 0, 46);
    tcase_add_test(tcase, nothing_is_written_without_a_call);
    tcase_add_loop_test(tcase, each_write_may_fail, 1, 6);
    tcase_add_test(tcase, a_device_that_takes_nothing_is_an_error);
    tcase_add_test(tcase, simulated_files_know_what_is_safe);
    tcase_add_test(tcase, waiting_may_fail_or_be_interrupted);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("system");
    tcase_add_checked_fixture(tcase, set_up_folder, tear_down_folder);
    tcase_add_test(tcase, real_files_are_written_renamed_read_and_removed);
    tcase_add_test(tcase, kinds_of_files_are_told_apart);
    tcase_add_test(tcase, bad_descriptors_and_paths_are_errors);
    tcase_add_test(tcase, pipes_that_do_not_block_are_waited_for);
    tcase_add_test(tcase, clocks_and_random_bytes_move_on);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
