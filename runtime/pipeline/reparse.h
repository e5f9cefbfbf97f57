/* SPDX-License-Identifier: Apache-2.0
 * Stored records, one by one through the formats: so an event is what the formats make of a record, as everywhere, and
 * not what a second reader makes of columns. */
#pragma once
#include "base/buffer.h"
#include "normalize/normalize.h"

#define ARGOT_REPARSE_BLOCK_BYTES ((size_t)4 << 10) /* of the arena of a batch that holds one record's events */

struct argot_reparse {
    struct argot_worker *worker; /* whose settings are changed */
    struct argot_settings settings;
    bool settled; /* it has some */
};

/* A record and what it became; results point in here. */
struct argot_reparsed {
    struct argot_batch batch;
    struct argot_buffer line;
    uint64_t record; /* its number; 0: none */
};

void argot_reparsed_init(struct argot_reparsed *reparsed, struct argot_seam *seam);
void argot_reparsed_finish(struct argot_reparsed *reparsed);
/* Results of a record are its events in their order, or a letter, or that it is to be skipped. False: no memory, or the
 * settings' format is unknown. */
bool argot_reparse_record(struct argot_reparse *reparse, const struct argot_settings *settings, struct argot_slice raw,
                          uint64_t record, uint64_t line, struct argot_reparsed *reparsed);
