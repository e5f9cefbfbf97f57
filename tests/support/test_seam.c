/* SPDX-License-Identifier: Apache-2.0
 * The seam for tests. Every block is a malloc of its own, so that AddressSanitizer sees each byte outside of it. */
#include "test_seam.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 16                     /* before each block: its size; keeps the alignment */
#define FIRST_FREE 3                      /* descriptors and files behind the standard streams */
#define NOON INT64_C(1767268800000000000) /* 2026-01-01T12:00:00Z */

static struct argot_test_seam *
of(struct argot_seam *seam)
{
    return (struct argot_test_seam *)seam;
}

static bool
is_due(const struct argot_test_seam *test, uint64_t call, uint64_t failing)
{
    return failing && (call == failing || (test->fail_for_good && call > failing));
}

static void
count_bytes(struct argot_test_seam *test, size_t more, size_t less)
{
    test->live_bytes += more;
    test->live_bytes -= less;
    if (test->live_bytes > test->peak_bytes)
        test->peak_bytes = test->live_bytes;
}

static void *
test_allocate(struct argot_seam *seam, size_t size)
{
    struct argot_test_seam *test = of(seam);
    if (size == 0)
        abort(); /* the contract: never asked for */
    if (is_due(test, ++test->allocations, test->fail_allocation) || size > SIZE_MAX / 4)
        return NULL;
    uint8_t *head = malloc(HEAD_BYTES + size);
    if (!head)
        return NULL;
    memcpy(head, &size, sizeof size);
    memset(head + HEAD_BYTES, 0xa5, size); /* nobody may count on zeroes */
    test->live_blocks++;
    count_bytes(test, size, 0);
    return head + HEAD_BYTES;
}

static void
test_release(struct argot_seam *seam, void *block)
{
    struct argot_test_seam *test = of(seam);
    if (!block)
        return;
    uint8_t *head = (uint8_t *)block - HEAD_BYTES;
    size_t size;
    memcpy(&size, head, sizeof size);
    test->live_blocks--;
    count_bytes(test, 0, size);
    free(head);
}

/* Always moves, so that a pointer kept over a resize is found. */
static void *
test_resize(struct argot_seam *seam, void *block, size_t size)
{
    void *moved = test_allocate(seam, size);
    if (!moved || !block)
        return moved;
    size_t old;
    memcpy(&old, (uint8_t *)block - HEAD_BYTES, sizeof old);
    memcpy(moved, block, old < size ? old : size);
    test_release(seam, block);
    return moved;
}

static argot_time
test_now(struct argot_seam *seam)
{
    return of(seam)->now;
}

static argot_time
test_monotonic(struct argot_seam *seam)
{
    return of(seam)->monotonic;
}

static int
test_random(struct argot_seam *seam, void *bytes, size_t count)
{
    uint8_t *at = bytes;
    while (count--) {
        uint64_t *state = &of(seam)->random_state;
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        *at++ = (uint8_t)(*state >> 56);
    }
    return 0;
}

static struct argot_test_seam_descriptor *
descriptor(struct argot_test_seam *test, int fd)
{
    if (fd < 0 || fd >= ARGOT_TEST_SEAM_DESCRIPTORS || !test->descriptors[fd].file)
        return NULL;
    return &test->descriptors[fd];
}

static int
test_open(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    struct argot_test_seam *test = of(seam);
    struct argot_test_seam_file *file = argot_test_seam_file(test, path);
    if (file && file->open_error)
        return file->open_error;
    if (!file && how == ARGOT_OPEN_READ)
        return -ENOENT;
    if (how == ARGOT_OPEN_WRITE) {
        file = argot_test_seam_put(test, file ? file->path : path, "", 0);
        if (!file)
            return -ENOSPC;
    }
    for (int fd = FIRST_FREE; fd < ARGOT_TEST_SEAM_DESCRIPTORS; fd++) {
        if (!test->descriptors[fd].file) {
            test->descriptors[fd] = (struct argot_test_seam_descriptor){.file = file};
            return fd;
        }
    }
    return -EMFILE;
}

/* The injected failures that reads and writes share; 0: goes well. */
static int
interruption(const struct argot_test_seam *test, uint64_t call)
{
    if (test->interrupt_every && call % test->interrupt_every == 0)
        return -EINTR;
    if (test->would_block_every && call % test->would_block_every == 0)
        return -EAGAIN;
    return 0;
}

static int64_t
test_read(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    struct argot_test_seam *test = of(seam);
    struct argot_test_seam_descriptor *from = descriptor(test, fd);
    if (!from)
        return -EBADF;
    if (is_due(test, ++test->reads, test->fail_read))
        return test->read_error;
    int interrupted = interruption(test, test->reads);
    if (interrupted)
        return interrupted;
    if (from->file->info.kind == ARGOT_FILE_DIRECTORY)
        return -EISDIR;
    size_t left = from->at < from->file->length ? from->file->length - from->at : 0;
    if (count > left)
        count = left;
    if (test->read_most && count > test->read_most)
        count = test->read_most;
    if (count)
        memcpy(bytes, from->file->bytes + from->at, count);
    from->at += count;
    return (int64_t)count;
}

/* Fails as reads do, and counts among them. */
static int64_t
test_read_at(struct argot_seam *seam, int fd, void *bytes, size_t count, uint64_t offset)
{
    struct argot_test_seam *test = of(seam);
    struct argot_test_seam_descriptor *from = descriptor(test, fd);
    if (!from)
        return -EBADF;
    size_t before = from->at;
    from->at = offset < SIZE_MAX ? (size_t)offset : SIZE_MAX;
    int64_t got = from->file->info.kind == ARGOT_FILE_REGULAR ? test_read(seam, fd, bytes, count) : -ESPIPE;
    from->at = before;
    return got;
}

static int64_t
test_write(struct argot_seam *seam, int fd, const void *bytes, size_t count)
{
    struct argot_test_seam *test = of(seam);
    struct argot_test_seam_descriptor *to = descriptor(test, fd);
    if (!to)
        return -EBADF;
    if (is_due(test, ++test->writes, test->fail_write))
        return test->write_error;
    int interrupted = interruption(test, test->writes);
    if (interrupted)
        return interrupted;
    if (test->write_most && count > test->write_most)
        count = test->write_most;
    struct argot_test_seam_file *file = to->file;
    if (count == 0)
        return 0;
    uint8_t *grown = realloc(file->bytes, file->length + count);
    if (!grown)
        return -ENOSPC;
    memcpy(grown + file->length, bytes, count);
    file->bytes = grown;
    file->length += count;
    file->info.size_bytes = file->length;
    return (int64_t)count;
}

static int
test_info(struct argot_seam *seam, int fd, struct argot_file_info *info)
{
    struct argot_test_seam_descriptor *of_file = descriptor(of(seam), fd);
    if (!of_file)
        return -EBADF;
    *info = of_file->file->info;
    return 0;
}

static int
test_set_mode(struct argot_seam *seam, int fd, unsigned mode)
{
    struct argot_test_seam_descriptor *changed = descriptor(of(seam), fd);
    if (!changed)
        return -EBADF;
    changed->file->mode = mode;
    return 0;
}

static int
test_copy_rights(struct argot_seam *seam, int from, int to)
{
    struct argot_test_seam_descriptor *one = descriptor(of(seam), from), *other = descriptor(of(seam), to);
    if (!one || !other)
        return -EBADF;
    other->file->mode = one->file->mode;
    return 0;
}

static int
test_sync(struct argot_seam *seam, int fd)
{
    struct argot_test_seam_descriptor *synced = descriptor(of(seam), fd);
    if (!synced)
        return -EBADF;
    synced->file->synced = synced->file->length;
    return 0;
}

static int
test_close(struct argot_seam *seam, int fd)
{
    struct argot_test_seam_descriptor *closed = descriptor(of(seam), fd);
    if (!closed)
        return -EBADF;
    closed->file = NULL;
    return 0;
}

/* The destination's name moves to the source's file; both paths must live as long as the seam. */
static int
test_rename(struct argot_seam *seam, const char *from, const char *to)
{
    struct argot_test_seam *test = of(seam);
    struct argot_test_seam_file *file = argot_test_seam_file(test, from);
    struct argot_test_seam_file *replaced = argot_test_seam_file(test, to);
    if (!file)
        return -ENOENT;
    if (replaced && replaced != file)
        replaced->path = NULL;
    file->path = to;
    return 0;
}

static int
test_remove(struct argot_seam *seam, const char *path)
{
    struct argot_test_seam_file *file = argot_test_seam_file(of(seam), path);
    if (!file)
        return -ENOENT;
    file->path = NULL;
    return 0;
}

static int
test_is_terminal(struct argot_seam *seam, int fd)
{
    (void)fd;
    return of(seam)->terminal;
}

static int
test_wait(struct argot_seam *seam, int fd, enum argot_open_how what)
{
    (void)what;
    of(seam)->waits++;
    return descriptor(of(seam), fd) ? 0 : -EBADF;
}

struct argot_test_seam_file *
argot_test_seam_file(struct argot_test_seam *test, const char *path)
{
    for (size_t i = 0; i < ARGOT_TEST_SEAM_FILES; i++)
        if (test->files[i].path && !strcmp(test->files[i].path, path))
            return &test->files[i];
    return NULL;
}

struct argot_test_seam_file *
argot_test_seam_put(struct argot_test_seam *test, const char *path, const void *bytes, size_t length)
{
    struct argot_test_seam_file *file = argot_test_seam_file(test, path);
    for (size_t i = FIRST_FREE; !file && i < ARGOT_TEST_SEAM_FILES; i++)
        if (!test->files[i].path && !test->files[i].bytes)
            file = &test->files[i];
    if (!file)
        return NULL;
    /* Never empty: a file that has bytes is in use, though its name is gone. */
    uint8_t *copy = malloc(length ? length : 1);
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, bytes, length);
    free(file->bytes);
    file->path = path;
    file->bytes = copy;
    file->length = length;
    file->info.size_bytes = length;
    if (file >= test->files + FIRST_FREE && file->info.kind == ARGOT_FILE_OTHER)
        file->info.kind = ARGOT_FILE_REGULAR;
    file->info.modified = test->now;
    file->info.inode = (uint64_t)(file - test->files) + 1;
    return file;
}

void
argot_test_seam_init(struct argot_test_seam *test)
{
    static const char *const streams[FIRST_FREE] = {"-", "(out)", "(err)"};
    *test = (struct argot_test_seam){
        .seam = {.allocate = test_allocate,
                 .resize = test_resize,
                 .release = test_release,
                 .now = test_now,
                 .monotonic = test_monotonic,
                 .random = test_random,
                 .open = test_open,
                 .read = test_read,
                 .read_at = test_read_at,
                 .write = test_write,
                 .info = test_info,
                 .set_mode = test_set_mode,
                 .copy_rights = test_copy_rights,
                 .sync = test_sync,
                 .close = test_close,
                 .rename = test_rename,
                 .remove = test_remove,
                 .is_terminal = test_is_terminal,
                 .wait = test_wait},
        .read_error = -EIO,
        .write_error = -EIO,
        .now = NOON,
        .monotonic = 1,
        .random_state = 1,
    };
    for (size_t i = 0; i < FIRST_FREE; i++) {
        test->files[i].path = streams[i];
        test->descriptors[i].file = &test->files[i];
    }
}

void
argot_test_seam_finish(struct argot_test_seam *test)
{
    for (size_t i = 0; i < ARGOT_TEST_SEAM_FILES; i++)
        free(test->files[i].bytes);
    memset(test->files, 0, sizeof test->files);
    memset(test->descriptors, 0, sizeof test->descriptors);
}
