/* SPDX-License-Identifier: Apache-2.0
 * SipHash: words mixed by additions, rotations and exclusive ors, so that no time depends on what is hashed. */
#include "base/hash.h"
#include <string.h>

struct state {
    uint64_t v[4];
};

static inline uint64_t
rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void
round_once(struct state *s)
{
    uint64_t *v = s->v;
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static inline void
rounds(struct state *s, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        round_once(s);
}

/* Little-endian whatever the machine. */
static inline uint64_t
load_some(const uint8_t *at, size_t count)
{
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

static inline uint64_t
load(const uint8_t *at)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
#else
    return load_some(at, 8);
#endif
}

static inline void
absorb(struct state *s, const uint8_t *at, size_t count, unsigned compressions)
{
    uint64_t last = (uint64_t)count << 56;
    for (; count >= 8; at += 8, count -= 8) {
        uint64_t word = load(at);
        s->v[3] ^= word;
        rounds(s, compressions);
        s->v[0] ^= word;
    }
    last |= load_some(at, count);
    s->v[3] ^= last;
    rounds(s, compressions);
    s->v[0] ^= last;
}

static inline struct state
begin(const struct argot_hash_key *key)
{
    return (struct state){{key->word[0] ^ UINT64_C(0x736f6d6570736575), key->word[1] ^ UINT64_C(0x646f72616e646f6d),
                           key->word[0] ^ UINT64_C(0x6c7967656e657261), key->word[1] ^ UINT64_C(0x7465646279746573)}};
}

static uint64_t
end(const struct state *s)
{
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

uint64_t
argot_hash_table(const struct argot_hash_key *key, const void *bytes, size_t count)
{
    struct state s = begin(key);
    absorb(&s, bytes, count, 1);
    s.v[2] ^= 0xff;
    rounds(&s, 3);
    return end(&s);
}

void
argot_hash_identity(const struct argot_hash_key *key, const void *bytes, size_t count, uint8_t out[16])
{
    struct state s = begin(key);
    s.v[1] ^= 0xee;
    absorb(&s, bytes, count, 2);
    s.v[2] ^= 0xee;
    for (unsigned half = 0; half < 2; half++) {
        rounds(&s, 4);
        uint64_t word = end(&s);
        for (unsigned i = 0; i < 8; i++)
            out[half * 8 + i] = (uint8_t)(word >> (8 * i));
        s.v[1] ^= 0xdd;
    }
}
