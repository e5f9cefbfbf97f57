/* SPDX-License-Identifier: Apache-2.0
 * A block on its way through a worker, a few hundred records at a time: so that events are used while they are in the
 * cache, and memory does not grow with the block. */
#pragma once
#include "input/input.h"
#include "normalize/normalize.h"

#define ARGOT_PORTION_RECORDS 512               /* normalized together */
#define ARGOT_PORTION_BYTES ((size_t)128 << 10) /* or fewer, when they have more bytes than this */

#define ARGOT_PORTION_WORDS 64 /* of the block's newlines, found together */

struct argot_portion {
    const struct argot_block_bytes *block; /* must stay as it is */
    const uint8_t *at;                     /* the next record */
    uint64_t taken;                        /* records before it */
    size_t most;                           /* records of the next portion: ARGOT_PORTION_RECORDS, or fewer */
    /* The newlines behind it, by argot_frame_find_newlines. */
    uint64_t left;           /* of the word at hand: those that no record took */
    unsigned word, nwords;   /* number of the next word, and how many there are */
    const uint8_t *words_at; /* the bytes of words[0] */
    uint64_t words[ARGOT_PORTION_WORDS];
};

void argot_portion_begin(struct argot_portion *portion, const struct argot_block_bytes *block);
/* Whether there are further records. */
bool argot_portion_more(const struct argot_portion *portion);
/* Normalizes the next records into an empty batch, and sets how many lines and bytes they have among its counts. False:
 * no memory even for one record alone. */
bool argot_portion_next(struct argot_portion *portion, struct argot_worker *worker, struct argot_batch *batch);
