/* SPDX-License-Identifier: Apache-2.0
 * gzip (RFC 1952) by zlib, one member a stream. Its window is never larger than 32 KiB. */
#include "input/decompress.h"
#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

#define GZIP_ONLY (16 + MAX_WBITS) /* zlib's way to say: a gzip header, no zlib header */

static voidpf
allocate(voidpf opaque, uInt count, uInt size)
{
    struct argot_seam *seam = opaque;
    return seam->allocate(seam, (size_t)count * size);
}

static void
release(voidpf opaque, voidpf block)
{
    struct argot_seam *seam = opaque;
    seam->release(seam, block);
}

static void *
begin(struct argot_seam *seam)
{
    z_stream *stream = seam->allocate(seam, sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (z_stream){.zalloc = allocate, .zfree = release, .opaque = seam};
    if (inflateInit2(stream, GZIP_ONLY) != Z_OK) {
        seam->release(seam, stream);
        return NULL;
    }
    return stream;
}

static enum argot_decompress_status
run(void *state, struct argot_decompress_io *io)
{
    z_stream *stream = state;
    uInt in = io->in_left > UINT_MAX ? UINT_MAX : (uInt)io->in_left;
    uInt out = io->out_left > UINT_MAX ? UINT_MAX : (uInt)io->out_left;
    stream->next_in = io->in;
    stream->avail_in = in;
    stream->next_out = io->out;
    stream->avail_out = out;
    int status = inflate(stream, Z_NO_FLUSH);
    io->in = stream->next_in;
    io->in_left -= in - stream->avail_in;
    io->out = stream->next_out;
    io->out_left -= out - stream->avail_out;
    switch (status) {
    case Z_OK:
    case Z_BUF_ERROR: /* no progress was possible */
        return ARGOT_DECOMPRESS_MORE;
    case Z_STREAM_END:
        return ARGOT_DECOMPRESS_END;
    case Z_MEM_ERROR:
        return ARGOT_DECOMPRESS_MEMORY;
    default:
        return ARGOT_DECOMPRESS_DAMAGED;
    }
}

static void
end(struct argot_seam *seam, void *state)
{
    inflateEnd(state);
    seam->release(seam, state);
}

const struct argot_decompressor argot_decompress_gzip = {begin, run, end};
