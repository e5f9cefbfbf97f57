/* SPDX-License-Identifier: Apache-2.0
 * Memory that runs out behind some records may suffice for the next one alone, so what is complete is handed on first.
 */
#include "pipeline/portion.h"
#include <string.h>

void
argot_portion_begin(struct argot_portion *portion, const struct argot_block_bytes *block)
{
    *portion = (struct argot_portion){.block = block, .at = block->bytes};
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

bool
argot_portion_next(struct argot_portion *portion, struct argot_worker *worker, struct argot_batch *batch)
{
    const struct argot_block_bytes *block = portion->block;
    if (block->piece)
        return take_piece(portion, worker, batch);
    const uint8_t *end = block->bytes + block->length, *begin = portion->at;
    size_t records = 0;
    while (portion->at < end && records < ARGOT_PORTION_RECORDS &&
           (size_t)(portion->at - begin) < ARGOT_PORTION_BYTES) {
        const uint8_t *newline = memchr(portion->at, '\n', (size_t)(end - portion->at));
        const uint8_t *record_end = newline ? newline : end;
        if (!argot_worker_record(worker, batch, portion->at, (size_t)(record_end - portion->at),
                                 block->first_record + portion->taken, block->first_line + portion->taken)) {
            if (records == 0)
                return false;
            break;
        }
        portion->at = newline ? newline + 1 : end;
        portion->taken++;
        records++;
    }
    batch->counts.lines = records; /* framing's to count, and bytes too */
    batch->counts.bytes = (uint64_t)(portion->at - begin);
    return true;
}
