/* SPDX-License-Identifier: Apache-2.0
 * SipHash (Aumasson and Bernstein, 2012), with a key: nobody who writes into logs can make the keys of a rule collide.
 * 1-3 with 64 bits for tables, 2-4 with 128 bits for identities that are kept. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct argot_hash_key {
    uint64_t word[2];
};

uint64_t argot_hash_table(const struct argot_hash_key *key, const void *bytes, size_t count);
/* 16 bytes, the same on every machine. */
void argot_hash_identity(const struct argot_hash_key *key, const void *bytes, size_t count, uint8_t out[16]);
