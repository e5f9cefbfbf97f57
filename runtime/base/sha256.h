/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), for signatures that others check. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define ARGOT_SHA256_BYTES 32
#define ARGOT_SHA256_BLOCK_BYTES 64

struct argot_sha256 {
    uint32_t state[8];
    uint64_t length;                         /* bytes so far */
    uint8_t block[ARGOT_SHA256_BLOCK_BYTES]; /* the last, as far as it is filled */
};

void argot_sha256_init(struct argot_sha256 *sha256);
void argot_sha256_add(struct argot_sha256 *sha256, const void *bytes, size_t count);
/* The sum of all that was added; ends it. */
void argot_sha256_end(struct argot_sha256 *sha256, uint8_t sum[ARGOT_SHA256_BYTES]);

/* Begins an HMAC: what is added is signed. argot_sha256_sign ends it, with the same secret. */
void argot_sha256_begin_sign(struct argot_sha256 *sha256, const void *secret, size_t count);
void argot_sha256_sign(struct argot_sha256 *sha256, const void *secret, size_t count, uint8_t sum[ARGOT_SHA256_BYTES]);
