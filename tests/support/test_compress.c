/* SPDX-License-Identifier: Apache-2.0
 * The one-call compressors of each library. */
#include "test_compress.h"
#include <stdlib.h>
#ifdef ARGOT_WITH_ZLIB
#include <zlib.h>
#endif
#ifdef ARGOT_WITH_ZSTD
#include <zstd.h>
#endif
#ifdef ARGOT_WITH_LZMA
#include <lzma.h>
#endif
#ifdef ARGOT_WITH_BZIP2
#include <bzlib.h>
#endif

#define HEADROOM 4096 /* for what is stored and not compressed */

#ifdef ARGOT_WITH_ZLIB
static size_t
by_gzip(const void *bytes, size_t length, uint8_t *room, size_t size)
{
    z_stream stream = {
        .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)length, .next_out = room, .avail_out = (uInt)size};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    int status = deflate(&stream, Z_FINISH);
    size_t compressed = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? compressed : 0;
}
#endif

#ifdef ARGOT_WITH_ZSTD
static size_t
by_zstd(const void *bytes, size_t length, uint8_t *room, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t compressed = ZSTD_compress2(context, room, size, bytes, length);
    ZSTD_freeCCtx(context);
    return ZSTD_isError(compressed) ? 0 : compressed;
}
#endif

#ifdef ARGOT_WITH_LZMA
static size_t
by_xz(const void *bytes, size_t length, uint8_t *room, size_t size)
{
    size_t compressed = 0;
    lzma_ret status = lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, bytes, length, room, &compressed, size);
    return status == LZMA_OK ? compressed : 0;
}
#endif

#ifdef ARGOT_WITH_BZIP2
static size_t
by_bzip2(const void *bytes, size_t length, uint8_t *room, size_t size)
{
    unsigned compressed = (unsigned)size;
    int status =
        BZ2_bzBuffToBuffCompress((char *)room, &compressed, (char *)(uintptr_t)bytes, (unsigned)length, 1, 0, 0);
    return status == BZ_OK ? compressed : 0;
}
#endif

uint8_t *
test_compress(enum test_compress_format format, const void *bytes, size_t length, size_t *compressed)
{
    size_t size = length + length / 4 + HEADROOM;
    uint8_t *room = malloc(size);
    *compressed = 0;
    switch (room ? format : TEST_COMPRESS_FORMATS) {
#ifdef ARGOT_WITH_ZLIB
    case TEST_GZIP:
        *compressed = by_gzip(bytes, length, room, size);
        break;
#endif
#ifdef ARGOT_WITH_ZSTD
    case TEST_ZSTD:
        *compressed = by_zstd(bytes, length, room, size);
        break;
#endif
#ifdef ARGOT_WITH_LZMA
    case TEST_XZ:
        *compressed = by_xz(bytes, length, room, size);
        break;
#endif
#ifdef ARGOT_WITH_BZIP2
    case TEST_BZIP2:
        *compressed = by_bzip2(bytes, length, room, size);
        break;
#endif
    default:
        break;
    }
    if (*compressed)
        return room;
    free(room);
    return NULL;
}
