/* SPDX-License-Identifier: Apache-2.0
 * Inputs as blocks of whole records. An input is a file or standard input, plain or compressed (gzip, zstd, xz, bzip2
 * by their first bytes). Framing cuts at newlines; a record longer than the limit is handed out in numbered pieces.
 * The raw bytes of all blocks, in order, are the input's (uncompressed) bytes. */
#pragma once
#include "argot/normalizer.h"
#include "base/seam.h"
#include "input/frame.h"
#include <stdbool.h>

#define ARGOT_BLOCK_BYTES (256u << 10)      /* ordinary block size; a block holds at most a longest record more */
#define ARGOT_RECORD_MAX_BYTES (1u << 20)   /* longest record; longer ones are cut into pieces of this size */
#define ARGOT_BLOCK_LIMIT_BYTES (1u << 30)  /* what both sizes are held to, since slices count in 32 bits */
#define ARGOT_WINDOW_MAX_BYTES (128u << 20) /* largest window a compressed file may ask for */

struct argot_input;

struct argot_input_options {
    size_t block_bytes;      /* 0: ARGOT_BLOCK_BYTES; any size from 1 gives the same records */
    size_t record_max_bytes; /* 0: ARGOT_RECORD_MAX_BYTES */
};

/* A block's memory, owned by the caller and reused from block to block. */
struct argot_block_bytes {
    uint8_t *memory; /* of the seam; argot_block_finish gives it back */
    size_t capacity;
    const uint8_t
        *bytes;    /* the block: whole records, or one piece; ARGOT_PADDING readable bytes and a newline behind */
    size_t length; /* newlines included; the last record of the input may lack one */
    bool piece;    /* one piece of a record that is longer than the limit */
    uint32_t piece_number; /* from 1 */
    bool piece_last;
    bool missing_newline;              /* last block: the last record has no newline in the input */
    uint64_t first_record, first_line; /* of the block in its input, from 1 */
};

/* NULL with the reason in `why` (a person's words, the path not in it): directory, no permission, no file. Path "-"
 * is standard input. The path must outlive the input. */
struct argot_input *argot_input_open(struct argot_seam *seam, const char *path,
                                     const struct argot_input_options *options, char *why, size_t why_size);
/* The same of a file that is open already, which it closes in the end. NULL without memory; the file stays then. */
struct argot_input *argot_input_adopt(struct argot_seam *seam, int fd, const struct argot_input_options *options);
void argot_input_close(struct argot_input *input); /* NULL is fine */
/* The file's modification time, or the clock for what is not a regular file. */
argot_time argot_input_received(const struct argot_input *input);
/* Size of the (compressed) file and how much of it was read, for progress; total 0 when unknown. */
void argot_input_progress(const struct argot_input *input, uint64_t *done_bytes, uint64_t *total_bytes);

/* Where an input goes on that was read in part before. */
struct argot_input_start {
    uint64_t offset;       /* of the (uncompressed) bytes; a record begins there, or a piece of one */
    uint64_t record, line; /* their numbers */
    uint32_t pieces;       /* of that record that were given before */
};
/* Before the first block. What is no regular file cannot go back, and goes on where it stands with these numbers. Of a
 * compressed file what is before the offset is read and dropped. */
void argot_input_start(struct argot_input *input, const struct argot_input_start *start);
/* What was known of the file when it was opened; NULL for what is no regular file, and for standard input. */
const struct argot_file_info *argot_input_file(const struct argot_input *input);
/* The file's first bytes as they lie there: their number or a negative errno. */
int64_t argot_input_peek(const struct argot_input *input, void *bytes, size_t count);

enum argot_input_status {
    ARGOT_INPUT_BLOCK,
    ARGOT_INPUT_END,
    ARGOT_INPUT_FAILED, /* read error, damaged or truncated compressed file: reason in argot_input_problem. All that
                         * could be read was handed out before. */
};
enum argot_input_status argot_input_next(struct argot_input *input, struct argot_block_bytes *block);
/* Whether all that it has given can be read once more: a regular file that is not compressed. Known after the first
 * block. */
bool argot_input_rereads(const struct argot_input *input);
/* Bytes that it has given, from a place among them; fewer where it ends. Their number or a negative errno: -ESPIPE
 * where argot_input_rereads says no. */
int64_t argot_input_read_at(const struct argot_input *input, void *bytes, size_t count, uint64_t offset);
/* After FAILED; also after END when the input was odd (a file that shrank while read), else NULL. */
const char *argot_input_problem(const struct argot_input *input);
/* After FAILED: a negative errno where that was the machine's fault, so that another try may go better; 0: the file is
 * what it is. */
int argot_input_error(const struct argot_input *input);
void argot_block_finish(struct argot_seam *seam, struct argot_block_bytes *block);
/* Makes the block of what framing found at the begin of its memory, which has room for ARGOT_PADDING behind it.
 * `pieces` of its record were given before. */
void argot_block_describe(struct argot_block_bytes *block, struct argot_frame frame, uint64_t first_record,
                          uint64_t first_line, uint32_t pieces);
/* Records that end in the block. */
uint64_t argot_block_records(const struct argot_block_bytes *block);
/* Given of the record that the block leaves open: 0 where it leaves none. */
uint32_t argot_block_pieces(const struct argot_block_bytes *block);
/* For whoever stopped an input: a block that ends in the middle of a record loses that part, which is no record. */
void argot_block_drop_cut(struct argot_block_bytes *block);
