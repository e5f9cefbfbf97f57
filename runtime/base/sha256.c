/* SPDX-License-Identifier: Apache-2.0
 * Plain, since it is asked for a few messages a second at most. */
#include "base/sha256.h"
#include <string.h>

#define LENGTH_BYTES 8 /* behind the padding of the last block */
#define INNER 0x36     /* of an HMAC */
#define OUTER 0x5c

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
turned(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static void
read_words(const uint8_t *block, uint32_t words[64])
{
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t old = words[i - 15], near = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turned(old, 7) ^ turned(old, 18) ^ old >> 3) +
                   (turned(near, 17) ^ turned(near, 19) ^ near >> 10);
    }
}

static void
take_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[64], v[8];
    read_words(block, words);
    memcpy(v, state, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t chosen = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t most = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        uint32_t one =
            v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) + chosen + constants[i] + words[i];
        uint32_t two = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)) + most;
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += one;
        v[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++)
        state[i] += v[i];
}

void
argot_sha256_init(struct argot_sha256 *sha256)
{
    *sha256 = (struct argot_sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void
argot_sha256_add(struct argot_sha256 *sha256, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    while (count) {
        size_t filled = sha256->length % ARGOT_SHA256_BLOCK_BYTES, room = ARGOT_SHA256_BLOCK_BYTES - filled;
        size_t some = count < room ? count : room;
        memcpy(sha256->block + filled, at, some);
        sha256->length += some;
        at += some;
        count -= some;
        if (some == room)
            take_block(sha256->state, sha256->block);
    }
}

void
argot_sha256_end(struct argot_sha256 *sha256, uint8_t sum[ARGOT_SHA256_BYTES])
{
    static const uint8_t padding[ARGOT_SHA256_BLOCK_BYTES] = {0x80};
    uint64_t bits = sha256->length * 8;
    uint8_t length[LENGTH_BYTES];
    size_t filled = sha256->length % ARGOT_SHA256_BLOCK_BYTES;
    size_t last = ARGOT_SHA256_BLOCK_BYTES - LENGTH_BYTES;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    argot_sha256_add(sha256, padding, filled < last ? last - filled : ARGOT_SHA256_BLOCK_BYTES + last - filled);
    argot_sha256_add(sha256, length, sizeof length);
    for (size_t i = 0; i < ARGOT_SHA256_BYTES; i++)
        sum[i] = (uint8_t)(sha256->state[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- signatures ---- */

static void
begin_with(struct argot_sha256 *sha256, const void *secret, size_t count, uint8_t mask)
{
    uint8_t key[ARGOT_SHA256_BLOCK_BYTES] = {0};
    if (count > sizeof key) {
        argot_sha256_init(sha256);
        argot_sha256_add(sha256, secret, count);
        argot_sha256_end(sha256, key);
    } else if (count) {
        memcpy(key, secret, count);
    }
    for (size_t i = 0; i < sizeof key; i++)
        key[i] ^= mask;
    argot_sha256_init(sha256);
    argot_sha256_add(sha256, key, sizeof key);
}

void
argot_sha256_begin_sign(struct argot_sha256 *sha256, const void *secret, size_t count)
{
    begin_with(sha256, secret, count, INNER);
}

void
argot_sha256_sign(struct argot_sha256 *sha256, const void *secret, size_t count, uint8_t sum[ARGOT_SHA256_BYTES])
{
    uint8_t inner[ARGOT_SHA256_BYTES];
    argot_sha256_end(sha256, inner);
    begin_with(sha256, secret, count, OUTER);
    argot_sha256_add(sha256, inner, sizeof inner);
    argot_sha256_end(sha256, sum);
}
