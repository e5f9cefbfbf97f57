/* SPDX-License-Identifier: Apache-2.0
 * bzip2 by libbz2, one stream at a time. It never takes more than 4 MiB. */
#include "input/decompress.h"
#include <bzlib.h>
#include <limits.h>

static void *
allocate(void *opaque, int count, int size)
{
    struct argot_seam *seam = opaque;
    if (count < 0 || size < 0)
        return NULL;
    return seam->allocate(seam, (size_t)count * (size_t)size);
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
    bz_stream *stream = seam->allocate(seam, sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (bz_stream){.bzalloc = allocate, .bzfree = release, .opaque = seam};
    if (BZ2_bzDecompressInit(stream, 0, 0) != BZ_OK) {
        seam->release(seam, stream);
        return NULL;
    }
    return stream;
}

static enum argot_decompress_status
run(void *state, struct argot_decompress_io *io)
{
    bz_stream *stream = state;
    unsigned in = io->in_left > UINT_MAX ? UINT_MAX : (unsigned)io->in_left;
    unsigned out = io->out_left > UINT_MAX ? UINT_MAX : (unsigned)io->out_left;
    stream->next_in = (char *)(uintptr_t)io->in; /* read only, for all its type says */
    stream->avail_in = in;
    stream->next_out = (char *)io->out;
    stream->avail_out = out;
    int status = BZ2_bzDecompress(stream);
    in -= stream->avail_in;
    out -= stream->avail_out;
    io->in += in;
    io->in_left -= in;
    io->out += out;
    io->out_left -= out;
    switch (status) {
    case BZ_OK:
        return ARGOT_DECOMPRESS_MORE;
    case BZ_STREAM_END:
        return ARGOT_DECOMPRESS_END;
    case BZ_MEM_ERROR:
        return ARGOT_DECOMPRESS_MEMORY;
    default:
        return ARGOT_DECOMPRESS_DAMAGED;
    }
}

static void
end(struct argot_seam *seam, void *state)
{
    BZ2_bzDecompressEnd(state);
    seam->release(seam, state);
}

const struct argot_decompressor argot_decompress_bzip2 = {begin, run, end};
