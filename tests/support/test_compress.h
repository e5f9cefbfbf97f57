/* SPDX-License-Identifier: Apache-2.0
 * Compressed texts for tests, by the libraries that this build has. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum test_compress_format { TEST_GZIP, TEST_ZSTD, TEST_XZ, TEST_BZIP2, TEST_COMPRESS_FORMATS };

/* One stream with a checksum, in a block of malloc's; NULL when this build has no such library. */
uint8_t *test_compress(enum test_compress_format format, const void *bytes, size_t length, size_t *compressed);
