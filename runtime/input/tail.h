/* SPDX-License-Identifier: Apache-2.0
 * One file that may grow, as blocks of whole records: what a log is between two rotations. It is known by device, inode
 * and a fingerprint of its first bytes, and read on from a position. The line that is being written waits until it has
 * its end. A compressed file does not grow; positions in it count its uncompressed bytes. */
#pragma once
#include "base/seam_live.h"
#include "input/input.h"

#define ARGOT_TAIL_FINGERPRINT_BYTES 1024 /* first bytes that a file is known by, or as many as it has */

#define ARGOT_TAIL_SUM_BYTES 16

/* The sum of a file's first bytes, which is the same on every machine. */
void argot_tail_sum(const void *bytes, size_t count, uint8_t sum[ARGOT_TAIL_SUM_BYTES]);

/* What is kept to go on from. All zero: nothing is known. */
struct argot_tail_position {
    uint64_t device, inode;
    uint8_t fingerprint[ARGOT_TAIL_SUM_BYTES]; /* of the first fingerprint_bytes */
    uint32_t fingerprint_bytes;
    argot_time modified;             /* as of the last look; 0: as the file has it when it is opened */
    uint64_t offset;                 /* of the first byte that was not given */
    uint64_t next_record, next_line; /* from 1; 0 as 1 */
    uint32_t pieces;                 /* given of a record that is longer than the limit */
};

struct argot_tail;

/* From a position, or from the begin for NULL. NULL with a negative errno: -EINVAL for what is no regular file. */
struct argot_tail *argot_tail_open(struct argot_seam *seam, struct argot_seam_live *live, const char *path,
                                   const struct argot_tail_position *from, const struct argot_input_options *options,
                                   int *error);
void argot_tail_close(struct argot_tail *tail); /* NULL is fine */

enum argot_tail_status {
    ARGOT_TAIL_BLOCK,
    ARGOT_TAIL_WAIT,     /* all whole records were given; more may come */
    ARGOT_TAIL_END,      /* of a compressed file, or after `last`: nothing more comes */
    ARGOT_TAIL_REPLACED, /* it was truncated or written anew: what it held behind the position is gone from it */
    ARGOT_TAIL_FAILED,   /* a negative errno in argot_tail_error, or words in argot_tail_problem */
};
/* `last`: no more will be written, so a last line without its end is a record too. */
enum argot_tail_status argot_tail_next(struct argot_tail *tail, bool last, struct argot_block_bytes *block);
const struct argot_tail_position *argot_tail_at(const struct argot_tail *tail);
/* The file's modification time, which is when its newest record came in. */
argot_time argot_tail_received(const struct argot_tail *tail);
/* Bytes behind the position that were there when it was looked at last and are not given. */
uint64_t argot_tail_lag(const struct argot_tail *tail);
/* The same as of the time when it had most: what is lost when it was truncated, at least. */
uint64_t argot_tail_pending(const struct argot_tail *tail);
/* The first bytes, as far as they are known: at most ARGOT_TAIL_FINGERPRINT_BYTES; of a compressed file none are. */
const uint8_t *argot_tail_first_known(const struct argot_tail *tail, size_t *count);
bool argot_tail_is_compressed(const struct argot_tail *tail);
/* After FAILED: the file itself is wrong, so that another try would be no better. */
bool argot_tail_is_damaged(const struct argot_tail *tail);
const char *argot_tail_problem(const struct argot_tail *tail);

/* The first bytes of a file, uncompressed: how many, at most ARGOT_TAIL_FINGERPRINT_BYTES; *compressed says whether it
 * is, *info which file it was. A negative errno when it cannot be read. */
int argot_tail_first(struct argot_seam *seam, struct argot_seam_live *live, const char *path, uint8_t *first,
                     bool *compressed, struct argot_file_info *info);
/* Whether a file that begins with these bytes can be the one of the position; also when that remembers none. */
bool argot_tail_begins(const struct argot_tail_position *position, const uint8_t *first, size_t count);
