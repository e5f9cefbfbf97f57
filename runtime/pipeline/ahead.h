/* SPDX-License-Identifier: Apache-2.0
 * Blocks to batches, a portion at a time. With a thread the next portion is normalized there while the last one is
 * stored and judged, so that a run can use two processors. Portions come in their order, and nothing is under way
 * between two blocks: who uses them sees no difference. */
#pragma once
#include "pipeline/portion.h"

#define ARGOT_AHEAD_FIRST_RECORDS ((size_t)64) /* of a block's first portion, which nobody stores anything beside */

struct argot_ahead;

/* NULL: no memory. Without a thread where none can be started. */
struct argot_ahead *argot_ahead_new(struct argot_seam *seam, bool threaded);
/* NULL is fine. */
void argot_ahead_free(struct argot_ahead *ahead);
/* Begins with a block. It and the worker are left alone until argot_ahead_end. */
void argot_ahead_begin(struct argot_ahead *ahead, const struct argot_block_bytes *block, struct argot_worker *worker);
/* The batch of the next portion, until the next call. NULL: that was all, or there is no memory. */
const struct argot_batch *argot_ahead_next(struct argot_ahead *ahead);
/* Ends with a block, be it before all of it was asked for, and forgets what was made of it. False: there was no
 * memory. */
bool argot_ahead_end(struct argot_ahead *ahead);
