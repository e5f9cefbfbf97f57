/* SPDX-License-Identifier: Apache-2.0
 * Compressed inputs: which format the first bytes announce, and the stream of decompressed bytes behind a descriptor.
 * One decompressor a format (decompress_gzip.c, ...), each only in builds that have its library. Files that are
 * several streams behind one another read as one; zero bytes behind the last are padding. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

#define ARGOT_DECOMPRESS_MAGIC_BYTES 10 /* the longest of first bytes that tell a format */

enum argot_decompress_status {
    ARGOT_DECOMPRESS_MORE, /* wants more input, or more room */
    ARGOT_DECOMPRESS_END,  /* one stream is complete; the input stands behind it */
    ARGOT_DECOMPRESS_DAMAGED,
    ARGOT_DECOMPRESS_WINDOW, /* wants more memory than ARGOT_WINDOW_MAX_BYTES allows */
    ARGOT_DECOMPRESS_MEMORY, /* there is no memory */
};

struct argot_decompress_io {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
};

struct argot_decompressor {
    /* The state at the begin of a stream, or NULL without memory. */
    void *(*begin)(struct argot_seam *seam);
    /* Takes from in and writes to out what it can; moves the pointers. */
    enum argot_decompress_status (*run)(void *state, struct argot_decompress_io *io);
    void (*end)(struct argot_seam *seam, void *state);
};

extern const struct argot_decompressor argot_decompress_gzip, argot_decompress_zstd, argot_decompress_xz,
    argot_decompress_bzip2;

struct argot_decompress_format {
    const char *name;
    const struct argot_decompressor *decompressor; /* NULL: this build has none */
};

enum argot_decompress_match {
    ARGOT_DECOMPRESS_NOT,   /* no format begins like this */
    ARGOT_DECOMPRESS_MAYBE, /* more first bytes are needed to tell */
    ARGOT_DECOMPRESS_IS,
};

/* What the first `count` bytes say; the format only with ARGOT_DECOMPRESS_IS. */
enum argot_decompress_match argot_decompress_recognize(const uint8_t *bytes, size_t count,
                                                       const struct argot_decompress_format **format);

struct argot_decompress;

/* A stream whose first `count` bytes were read already. NULL without memory. */
struct argot_decompress *argot_decompress_new(struct argot_seam *seam, int fd,
                                              const struct argot_decompress_format *format, const uint8_t *first,
                                              size_t count);
void argot_decompress_free(struct argot_decompress *decompress);
/* Writes up to `room` (>= 1) decompressed bytes and returns how many. 0: the end, clean or not. */
size_t argot_decompress_read(struct argot_decompress *decompress, uint8_t *bytes, size_t room);
/* NULL, or why the stream ended before its end. */
const char *argot_decompress_problem(const struct argot_decompress *decompress);
/* A negative errno where that was the machine's fault, so that another try may go better; 0: it is the bytes'. */
int argot_decompress_error(const struct argot_decompress *decompress);
/* Compressed bytes taken from the descriptor so far. */
uint64_t argot_decompress_taken(const struct argot_decompress *decompress);
