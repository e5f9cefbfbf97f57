/* SPDX-License-Identifier: Apache-2.0
 * A seam for tests: files in memory, a clock that stands still, and calls that fail on demand. It counts what it gives
 * out, so that a test can ask for leaks and for the most that was held. Put `.seam` wherever a seam is wanted. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

#define ARGOT_TEST_SEAM_FILES 32
#define ARGOT_TEST_SEAM_DESCRIPTORS 32

struct argot_test_seam_file {
    const char *path; /* NULL: unused, or removed */
    uint8_t *bytes;
    size_t length;
    struct argot_file_info info; /* size_bytes follows length */
    unsigned mode;               /* as it was set last */
    size_t synced;               /* bytes that are safe */
    int open_error;              /* what opening it returns, when not 0: -EACCES */
};

struct argot_test_seam_descriptor {
    struct argot_test_seam_file *file; /* NULL: closed */
    size_t at;
};

struct argot_test_seam {
    struct argot_seam seam;                                   /* first, since the calls get only this */
    struct argot_test_seam_file files[ARGOT_TEST_SEAM_FILES]; /* 0, 1, 2 are the standard streams */
    struct argot_test_seam_descriptor descriptors[ARGOT_TEST_SEAM_DESCRIPTORS];

    /* Which call fails, counted from 1 over the seam's life; 0: none. It fails once, or from there on. */
    uint64_t fail_allocation, fail_read, fail_write;
    bool fail_for_good;
    int read_error, write_error;                 /* default -EIO */
    size_t read_most, write_most;                /* short reads and writes: at most so many bytes a call; 0: any */
    unsigned interrupt_every, would_block_every; /* each n-th read or write says EINTR, EAGAIN; 0: none */
    bool terminal;                               /* what is_terminal says */

    argot_time now, monotonic;
    uint64_t random_state;

    uint64_t allocations, reads, writes, waits; /* calls so far */
    size_t live_blocks, live_bytes, peak_bytes;
};

void argot_test_seam_init(struct argot_test_seam *test);
/* Frees the files. Blocks that were not released are the test's to complain about (live_blocks). */
void argot_test_seam_finish(struct argot_test_seam *test);
/* A file with a copy of the bytes, new or replaced. The path must outlive the seam. "-" is standard input. */
struct argot_test_seam_file *argot_test_seam_put(struct argot_test_seam *test, const char *path, const void *bytes,
                                                 size_t length);
/* NULL when there is none. "(out)" and "(err)" are what was written to descriptors 1 and 2. */
struct argot_test_seam_file *argot_test_seam_file(struct argot_test_seam *test, const char *path);
