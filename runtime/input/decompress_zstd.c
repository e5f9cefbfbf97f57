/* SPDX-License-Identifier: Apache-2.0
 * zstd (RFC 8878) by libzstd, one frame a stream, skippable frames included. Its memory does not come from the seam:
 * the stable part of the library's API has no way to give it an allocator. */
#include "input/decompress.h"
#include "input/input.h"
#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 27

_Static_assert(1u << WINDOW_LOG_MAX == ARGOT_WINDOW_MAX_BYTES, "the limit as zstd wants it");

static void *
begin(struct argot_seam *seam)
{
    (void)seam;
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream && ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
        ZSTD_freeDStream(stream);
        return NULL;
    }
    return stream;
}

static enum argot_decompress_status
run(void *state, struct argot_decompress_io *io)
{
    ZSTD_inBuffer in = {io->in, io->in_left, 0};
    ZSTD_outBuffer out = {io->out, io->out_left, 0};
    size_t status = ZSTD_decompressStream(state, &out, &in);
    io->in += in.pos;
    io->in_left -= in.pos;
    io->out += out.pos;
    io->out_left -= out.pos;
    if (status == 0)
        return ARGOT_DECOMPRESS_END;
    if (!ZSTD_isError(status))
        return ARGOT_DECOMPRESS_MORE;
    switch (ZSTD_getErrorCode(status)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return ARGOT_DECOMPRESS_WINDOW;
    case ZSTD_error_memory_allocation:
        return ARGOT_DECOMPRESS_MEMORY;
    default:
        return ARGOT_DECOMPRESS_DAMAGED;
    }
}

static void
end(struct argot_seam *seam, void *state)
{
    (void)seam;
    ZSTD_freeDStream(state);
}

const struct argot_decompressor argot_decompress_zstd = {begin, run, end};
