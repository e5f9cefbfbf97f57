/* SPDX-License-Identifier: Apache-2.0
 * Raw lines of records that are past. Of a regular file what is still in memory is taken from there, all else is read
 * again at the record's place; of inputs that come only once (pipes, standard input, compressed files) the newest
 * records are kept in one ring. What cannot be had any more is counted. Not thread-safe. */
#pragma once
#include "correlate/engine.h"
#include "input/input.h"

#define ARGOT_EVIDENCE_RING_BYTES                                                                                      \
    ((size_t)64 << 20) /* of all such inputs together; taken when the first record comes */

#define ARGOT_EVIDENCE_WINDOW_BYTES                                                                                    \
    ((size_t)64 << 10) /* of a file, read at once where records that are asked for lie near each other */

/* Bytes of an input that are in memory. */
struct argot_evidence_bytes {
    const uint8_t *at;
    size_t length;
    uint64_t offset; /* of the first among all bytes of the input */
};

struct argot_evidence {
    struct argot_seam *seam;
    size_t ring_bytes, record_max_bytes;
    uint8_t *ring;    /* NULL: nothing was kept yet */
    uint64_t written; /* bytes ever put into the ring */
    /* What was read last: a record of the ring, or a part of a file around some. */
    struct argot_buffer window;
    const struct argot_input *window_of; /* NULL: no file */
    uint64_t window_at;                  /* its first byte among those of the file */
    uint64_t lost;                       /* asked for and not to be had */
};

/* 0: ARGOT_EVIDENCE_RING_BYTES; the limit of the inputs' records. */
void argot_evidence_init(struct argot_evidence *evidence, struct argot_seam *seam, size_t ring_bytes,
                         size_t record_max_bytes);
void argot_evidence_finish(struct argot_evidence *evidence);

/* The place of a record that lies in a regular file `offset` bytes from the begin. */
argot_raw_place argot_evidence_in_file(struct argot_slice raw, uint64_t offset);
/* Keeps a record. O(its length). */
argot_raw_place argot_evidence_keep(struct argot_evidence *evidence, struct argot_slice raw);
/* The record without its line end, until the next call; at NULL, and counted, when it cannot be had: it was written
 * over in the ring, the file has changed, there is no memory. `input` is where it came from, open, at its end too;
 * `at_hand` whole records of it that it gave last. */
struct argot_slice argot_evidence_find(struct argot_evidence *evidence, const struct argot_input *input,
                                       struct argot_evidence_bytes at_hand, argot_raw_place place);
