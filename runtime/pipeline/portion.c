/* SPDX-License-Identifier: Apache-2.0
 * Memory that runs out behind some records may suffice for the next one alone, so what is complete is handed on first.
 */
#include "pipeline/portion.h"
#include "input/frame.h"

_Static_assert(ARGOT_FRAME_WORD_BYTES <= ARGOT_PADDING, "a block's last word may be read");

void
argot_portion_begin(struct argot_portion *portion, const struct argot_block_bytes *block)
{
    portion->block = block;
    portion->at = block->bytes;
    portion->words_at = block->bytes;
    portion->taken = portion->left = 0;
    portion->word = portion->nwords = 0;
    portion->most = ARGOT_PORTION_RECORDS;
}

bool
argot_portion_more(const struct argot_portion *portion)
{
    return portion->block && portion->at < portion->block->bytes + portion->block->length;
}

static bool
take_piece(struct argot_portion *portion, struct argot_worker *worker, struct argot_batch *batch)
{
    const struct argot_block_bytes *block = portion->block;
    size_t length = block->length;
    if (block->piece_last && !block->missing_newline)
        length--;
    portion->at = block->bytes + block->length;
    if (!argot_worker_too_long(worker, batch, block->bytes, length, block->first_record, block->first_line,
                               block->piece_number))
        return false;
    batch->counts.bytes = block->length;
    batch->counts.lines = block->piece_last;
    return true;
}

/* Finds the newlines behind the words that there were, as far as they have room. False: the block ends there. */
static bool
look_on(struct argot_portion *portion, const uint8_t *end)
{
    const uint8_t *at = portion->words_at + (size_t)portion->nwords * ARGOT_FRAME_WORD_BYTES;
    if (at >= end)
        return false;
    size_t rest = (size_t)(end - at), words = (rest + ARGOT_FRAME_WORD_BYTES - 1) / ARGOT_FRAME_WORD_BYTES;
    if (words > ARGOT_PORTION_WORDS)
        words = ARGOT_PORTION_WORDS;
    argot_frame_find_newlines(at, words, portion->words);
    if (rest < words * ARGOT_FRAME_WORD_BYTES)
        portion->words[words - 1] &= (UINT64_C(1) << rest % ARGOT_FRAME_WORD_BYTES) - 1;
    portion->words_at = at;
    portion->word = 0;
    portion->nwords = (unsigned)words;
    return true;
}

/* The newline that ends the next record, or the block's end. */
static inline const uint8_t *
record_end(struct argot_portion *portion, const uint8_t *end)
{
    uint64_t left = portion->left;
    unsigned word = portion->word;
    while (!left) {
        if (word == portion->nwords) {
            if (!look_on(portion, end))
                return end;
            word = 0;
        }
        left = portion->words[word++];
    }
    portion->left = left;
    portion->word = word;
    return portion->words_at + (word - 1) * (size_t)ARGOT_FRAME_WORD_BYTES + __builtin_ctzll(left);
}

bool
argot_portion_next(struct argot_portion *portion, struct argot_worker *worker, struct argot_batch *batch)
{
    const struct argot_block_bytes *block = portion->block;
    if (block->piece)
        return take_piece(portion, worker, batch);
    const uint8_t *end = block->bytes + block->length, *begin = portion->at;
    size_t records = 0;
    while (portion->at < end && records < portion->most && (size_t)(portion->at - begin) < ARGOT_PORTION_BYTES) {
        const uint8_t *newline = record_end(portion, end);
        if (!argot_worker_record(worker, batch, portion->at, (size_t)(newline - portion->at),
                                 block->first_record + portion->taken, block->first_line + portion->taken)) {
            if (records == 0)
                return false;
            break;
        }
        portion->at = newline < end ? newline + 1 : end;
        portion->left &= portion->left - 1;
        portion->taken++;
        records++;
    }
    batch->counts.lines = records; /* framing's to count, and bytes too */
    batch->counts.bytes = (uint64_t)(portion->at - begin);
    return true;
}
