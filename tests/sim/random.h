/* SPDX-License-Identifier: Apache-2.0
 * Numbers that a seed gives: the same on every machine. Each thing that chooses has a stream of its own, so that
 * leaving out one changes nothing for the others. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_random {
    uint64_t state;
};

/* splitmix64: any state is a good one. */
static inline uint64_t
sim_random_next(struct sim_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline struct sim_random
sim_random_of(uint64_t seed, uint64_t stream)
{
    struct sim_random random = {seed * UINT64_C(0xd1342543de82ef95) + stream};
    random.state = sim_random_next(&random);
    return random;
}

/* 0 … count - 1; count >= 1. */
static inline uint64_t
sim_random_below(struct sim_random *random, uint64_t count)
{
    return sim_random_next(random) % count;
}

static inline int64_t
sim_random_between(struct sim_random *random, int64_t least, int64_t most)
{
    return least + (int64_t)sim_random_below(random, (uint64_t)(most - least) + 1);
}

/* True so often of a thousand times. */
static inline bool
sim_random_often(struct sim_random *random, unsigned of_1000)
{
    return sim_random_below(random, 1000) < of_1000;
}
