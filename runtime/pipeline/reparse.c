/* SPDX-License-Identifier: Apache-2.0
 * Settings are only changed when they are others: most records that stand beside each other have the same. */
#include "pipeline/reparse.h"

void
argot_reparsed_init(struct argot_reparsed *reparsed, struct argot_seam *seam)
{
    *reparsed = (struct argot_reparsed){0};
    argot_batch_init(&reparsed->batch, seam);
    reparsed->batch.arena.block_bytes = ARGOT_REPARSE_BLOCK_BYTES;
    argot_buffer_init(&reparsed->line, seam);
}

void
argot_reparsed_finish(struct argot_reparsed *reparsed)
{
    argot_batch_finish(&reparsed->batch);
    argot_buffer_finish(&reparsed->line);
}

static bool
use_settings(struct argot_reparse *reparse, const struct argot_settings *settings)
{
    const struct argot_settings *old = &reparse->settings;
    if (reparse->settled && settings->received == old->received && settings->format == old->format &&
        settings->zone == old->zone)
        return true;
    reparse->settings = *settings;
    reparse->settled = true;
    return argot_worker_settings(reparse->worker, settings);
}

/* The worker needs a newline and padding behind the record. */
bool
argot_reparse_record(struct argot_reparse *reparse, const struct argot_settings *settings, struct argot_slice raw,
                     uint64_t record, uint64_t line, struct argot_reparsed *reparsed)
{
    static const uint8_t behind[ARGOT_PADDING] = {'\n'};
    reparsed->record = 0;
    argot_batch_reset(&reparsed->batch);
    reparsed->line.length = 0;
    argot_buffer_append(&reparsed->line, raw.at, raw.length);
    argot_buffer_append(&reparsed->line, behind, sizeof behind);
    if (reparsed->line.failed || !use_settings(reparse, settings) ||
        !argot_worker_record(reparse->worker, &reparsed->batch, reparsed->line.bytes, raw.length, record, line))
        return false;
    reparsed->record = record;
    return true;
}
