/* SPDX-License-Identifier: Apache-2.0
 * xz by liblzma, one stream at a time, its memory from the seam and under a limit. */
#include "input/decompress.h"
#include "input/input.h"
#include <lzma.h>

#define BESIDE_WINDOW ((uint64_t)4 << 20) /* what the decoder takes beside the window, generously */

struct xz {
    lzma_stream stream;
    lzma_allocator allocator;
};

static void *
allocate(void *opaque, size_t count, size_t size)
{
    struct argot_seam *seam = opaque;
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return seam->allocate(seam, total ? total : 1);
}

static void
release(void *opaque, void *block)
{
    struct argot_seam *seam = opaque;
    seam->release(seam, block);
}

static void *
begin(struct argot_seam *seam)
{
    struct xz *xz = seam->allocate(seam, sizeof *xz);
    if (!xz)
        return NULL;
    xz->allocator = (lzma_allocator){allocate, release, seam};
    xz->stream = (lzma_stream)LZMA_STREAM_INIT;
    xz->stream.allocator = &xz->allocator;
    if (lzma_stream_decoder(&xz->stream, ARGOT_WINDOW_MAX_BYTES + BESIDE_WINDOW, 0) != LZMA_OK) {
        lzma_end(&xz->stream);
        seam->release(seam, xz);
        return NULL;
    }
    return xz;
}

static enum argot_decompress_status
run(void *state, struct argot_decompress_io *io)
{
    struct xz *xz = state;
    xz->stream.next_in = io->in;
    xz->stream.avail_in = io->in_left;
    xz->stream.next_out = io->out;
    xz->stream.avail_out = io->out_left;
    lzma_ret status = lzma_code(&xz->stream, LZMA_RUN);
    io->in = xz->stream.next_in;
    io->in_left = xz->stream.avail_in;
    io->out = xz->stream.next_out;
    io->out_left = xz->stream.avail_out;
    switch (status) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* no progress was possible */
        return ARGOT_DECOMPRESS_MORE;
    case LZMA_STREAM_END:
        return ARGOT_DECOMPRESS_END;
    case LZMA_MEMLIMIT_ERROR:
        return ARGOT_DECOMPRESS_WINDOW;
    case LZMA_MEM_ERROR:
        return ARGOT_DECOMPRESS_MEMORY;
    default:
        return ARGOT_DECOMPRESS_DAMAGED;
    }
}

static void
end(struct argot_seam *seam, void *state)
{
    struct xz *xz = state;
    lzma_end(&xz->stream);
    seam->release(seam, xz);
}

const struct argot_decompressor argot_decompress_xz = {begin, run, end};
