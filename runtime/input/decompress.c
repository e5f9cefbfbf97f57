/* SPDX-License-Identifier: Apache-2.0
 * What all compressed formats share: recognizing them, feeding compressed bytes from the descriptor, going from one
 * stream to the next, and saying at which byte it went wrong. */
#include "input/decompress.h"
#include "input/input.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FEED_BYTES ((size_t)64 << 10) /* compressed bytes in memory */
#define PROBLEM_BYTES 160

enum {
    GZIP,
    ZSTD,
    XZ,
    BZIP2,
    FORMATS,
};

static const struct argot_decompress_format formats[FORMATS] = {
    [GZIP] = {.name = "gzip",
#ifdef ARGOT_WITH_ZLIB
              .decompressor = &argot_decompress_gzip
#endif
    },
    [ZSTD] = {.name = "zstd",
#ifdef ARGOT_WITH_ZSTD
              .decompressor = &argot_decompress_zstd
#endif
    },
    [XZ] = {.name = "xz",
#ifdef ARGOT_WITH_LZMA
            .decompressor = &argot_decompress_xz
#endif
    },
    [BZIP2] = {.name = "bzip2",
#ifdef ARGOT_WITH_BZIP2
               .decompressor = &argot_decompress_bzip2
#endif
    },
};

/* bzip2's own mark is three letters that a log may begin with, so the block or end mark behind it is asked for too. */
static const struct magic {
    uint8_t format, length;
    uint8_t bytes[ARGOT_DECOMPRESS_MAGIC_BYTES];
    uint8_t ignored[ARGOT_DECOMPRESS_MAGIC_BYTES]; /* bits of the bytes that say nothing */
} magics[] = {
    {GZIP, 2, {0x1f, 0x8b}, {0}},
    {ZSTD, 4, {0x28, 0xb5, 0x2f, 0xfd}, {0}},
    {ZSTD, 4, {0x50, 0x2a, 0x4d, 0x18}, {0x0f}}, /* skippable frame */
    {XZ, 6, {0xfd, '7', 'z', 'X', 'Z', 0}, {0}},
    {BZIP2, 10, {'B', 'Z', 'h', '0', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, {0, 0, 0, 0x0f}},
    {BZIP2, 10, {'B', 'Z', 'h', '0', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90}, {0, 0, 0, 0x0f}},
};

enum argot_decompress_match
argot_decompress_recognize(const uint8_t *bytes, size_t count, const struct argot_decompress_format **format)
{
    enum argot_decompress_match match = ARGOT_DECOMPRESS_NOT;
    *format = NULL;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *magic = &magics[i];
        size_t seen = count < magic->length ? count : magic->length, same = 0;
        while (same < seen && !((bytes[same] ^ magic->bytes[same]) & ~magic->ignored[same]))
            same++;
        if (same < seen)
            continue;
        if (seen == magic->length) {
            *format = &formats[magic->format];
            return ARGOT_DECOMPRESS_IS;
        }
        match = ARGOT_DECOMPRESS_MAYBE;
    }
    return match;
}

static bool
may_begin(const struct argot_decompress_format *format, uint8_t byte)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (format == &formats[magics[i].format] && !((byte ^ magics[i].bytes[0]) & ~magics[i].ignored[0]))
            return true;
    return false;
}

struct argot_decompress {
    struct argot_seam *seam;
    const struct argot_decompress_format *format;
    void *state;
    int fd;
    bool ended;   /* there is nothing more, for better or worse */
    bool between; /* behind a complete stream */
    struct argot_decompress_io io;
    uint64_t taken; /* of the descriptor */
    bool has_problem;
    int error; /* negative errno; 0: the bytes are wrong */
    char problem[PROBLEM_BYTES];
    uint8_t feed[FEED_BYTES];
};

struct argot_decompress *
argot_decompress_new(struct argot_seam *seam, int fd, const struct argot_decompress_format *format,
                     const uint8_t *first, size_t count)
{
    struct argot_decompress *decompress = seam->allocate(seam, sizeof *decompress);
    if (!decompress)
        return NULL;
    memset(decompress, 0, offsetof(struct argot_decompress, feed));
    decompress->seam = seam;
    decompress->fd = fd;
    decompress->format = format;
    decompress->state = format->decompressor->begin(seam);
    if (!decompress->state) {
        seam->release(seam, decompress);
        return NULL;
    }
    memcpy(decompress->feed, first, count);
    decompress->io.in = decompress->feed;
    decompress->io.in_left = count;
    decompress->taken = count;
    return decompress;
}

void
argot_decompress_free(struct argot_decompress *decompress)
{
    if (!decompress)
        return;
    if (decompress->state)
        decompress->format->decompressor->end(decompress->seam, decompress->state);
    decompress->seam->release(decompress->seam, decompress);
}

const char *
argot_decompress_problem(const struct argot_decompress *decompress)
{
    return decompress->has_problem ? decompress->problem : NULL;
}

int
argot_decompress_error(const struct argot_decompress *decompress)
{
    return decompress->error;
}

uint64_t
argot_decompress_taken(const struct argot_decompress *decompress)
{
    return decompress->taken;
}

static void
fail(struct argot_decompress *decompress, const char *what)
{
    unsigned long long at = decompress->taken - decompress->io.in_left;
    snprintf(decompress->problem, sizeof decompress->problem, "%s, at compressed byte %llu", what, at);
    decompress->has_problem = true;
    decompress->ended = true;
}

static void
fail_memory(struct argot_decompress *decompress)
{
    fail(decompress, "there is no memory");
    decompress->error = -ENOMEM;
}

static void
fail_format(struct argot_decompress *decompress, const char *before, const char *behind)
{
    char what[PROBLEM_BYTES / 2];
    snprintf(what, sizeof what, "%s%s%s", before, decompress->format->name, behind);
    fail(decompress, what);
}

/* Called with an empty feed. false: nothing more comes. */
static bool
feed(struct argot_decompress *decompress)
{
    int64_t got = argot_seam_read_some(decompress->seam, decompress->fd, decompress->feed, sizeof decompress->feed);
    if (got < 0) {
        char what[PROBLEM_BYTES / 2];
        snprintf(what, sizeof what, "cannot be read further: %s", strerror((int)-got));
        fail(decompress, what);
        decompress->error = (int)got;
        return false;
    }
    decompress->io.in = decompress->feed;
    decompress->io.in_left = (size_t)got;
    decompress->taken += (uint64_t)got;
    if (got > 0)
        return true;
    if (decompress->between)
        decompress->ended = true;
    else
        fail_format(decompress, "is truncated: ends inside its ", " stream");
    return false;
}

/* Behind a complete stream: passes padding and begins the next stream. false: there is none. */
static bool
begin_next(struct argot_decompress *decompress)
{
    struct argot_decompress_io *io = &decompress->io;
    for (;;) {
        while (io->in_left > 0 && *io->in == 0) {
            io->in++;
            io->in_left--;
        }
        if (io->in_left > 0)
            break;
        if (!feed(decompress))
            return false;
    }
    if (!may_begin(decompress->format, *io->in)) {
        fail_format(decompress, "has other bytes behind the end of its ", " stream");
        return false;
    }
    const struct argot_decompressor *decompressor = decompress->format->decompressor;
    decompressor->end(decompress->seam, decompress->state);
    decompress->state = decompressor->begin(decompress->seam);
    if (!decompress->state) {
        fail_memory(decompress);
        return false;
    }
    decompress->between = false;
    return true;
}

/* One step; false when the stream ended. */
static bool
step(struct argot_decompress *decompress, bool *progress)
{
    const struct argot_decompress_io before = decompress->io;
    switch (decompress->format->decompressor->run(decompress->state, &decompress->io)) {
    case ARGOT_DECOMPRESS_MORE:
        break;
    case ARGOT_DECOMPRESS_END:
        decompress->between = true;
        break;
    case ARGOT_DECOMPRESS_DAMAGED:
        fail_format(decompress, "is damaged: not valid ", "");
        return false;
    case ARGOT_DECOMPRESS_WINDOW:
        fail_format(decompress, "wants more memory than is allowed for ", "");
        return false;
    case ARGOT_DECOMPRESS_MEMORY:
        fail_memory(decompress);
        return false;
    }
    *progress = decompress->io.in != before.in || decompress->io.out != before.out || decompress->between;
    return true;
}

size_t
argot_decompress_read(struct argot_decompress *decompress, uint8_t *bytes, size_t room)
{
    struct argot_decompress_io *io = &decompress->io;
    io->out = bytes;
    io->out_left = room;
    while (!decompress->ended && io->out_left > 0) {
        if (decompress->between && !begin_next(decompress))
            break;
        bool progress = false;
        if (!step(decompress, &progress))
            break;
        if (progress && (io->in_left > 0 || decompress->between))
            continue;
        if (io->in_left > 0)
            fail_format(decompress, "is damaged: not valid ", "");
        /* What there is goes out before more is waited for. */
        else if (io->out_left < room || !feed(decompress))
            break;
    }
    return room - io->out_left;
}
