/* SPDX-License-Identifier: Apache-2.0
 * A place is an offset in its upper 48 bits, of the file or of all that was ever put into the ring, and a check of the
 * record in the lower 16: so that a file which was cut or written anew is not taken for what it was. */
#include "pipeline/evidence.h"
#include <string.h>

#define CHECK_BITS 16
#define MOST_OFFSET (UINT64_MAX >> CHECK_BITS)
#define NOWHERE UINT64_MAX
#define FIRST_READ_BYTES ((size_t)4 << 10)
#define LENGTH_BYTES sizeof(uint32_t) /* before each record in the ring */

void
argot_evidence_init(struct argot_evidence *evidence, struct argot_seam *seam, size_t ring_bytes,
                    size_t record_max_bytes)
{
    *evidence = (struct argot_evidence){
        .seam = seam,
        .ring_bytes = ring_bytes ? ring_bytes : ARGOT_EVIDENCE_RING_BYTES,
        .record_max_bytes = record_max_bytes ? record_max_bytes : ARGOT_RECORD_MAX_BYTES,
    };
    argot_buffer_init(&evidence->line, seam);
}

void
argot_evidence_finish(struct argot_evidence *evidence)
{
    evidence->seam->release(evidence->seam, evidence->ring);
    evidence->ring = NULL;
    argot_buffer_finish(&evidence->line);
}

/* Of length, begin and end, where log lines have their time and what differs from line to line. */
static uint64_t
check_of(struct argot_slice raw)
{
    uint64_t begin = 0, end = 0;
    size_t some = raw.length < sizeof begin ? raw.length : sizeof begin;
    for (size_t at = 0; at + sizeof begin <= raw.length && at < 4 * sizeof begin; at += sizeof begin) {
        uint64_t word;
        memcpy(&word, raw.at + at, sizeof word);
        begin = (begin ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    }
    if (some)
        memcpy(&end, raw.at + raw.length - some, some);
    uint64_t sum = (begin ^ end ^ raw.length) * UINT64_C(0xff51afd7ed558ccd);
    return sum >> (64 - CHECK_BITS);
}

static argot_raw_place
place_of(struct argot_slice raw, uint64_t offset)
{
    return offset >= MOST_OFFSET ? NOWHERE : offset << CHECK_BITS | check_of(raw);
}

argot_raw_place
argot_evidence_in_file(struct argot_slice raw, uint64_t offset)
{
    return place_of(raw, offset);
}

/* ---- the ring ---- */

static void
put_bytes(struct argot_evidence *evidence, const void *bytes, size_t count)
{
    size_t at = (size_t)(evidence->written % evidence->ring_bytes), room = evidence->ring_bytes - at;
    size_t first = count < room ? count : room;
    memcpy(evidence->ring + at, bytes, first);
    memcpy(evidence->ring, (const uint8_t *)bytes + first, count - first);
    evidence->written += count;
}

static void
get_bytes(const struct argot_evidence *evidence, uint64_t offset, void *bytes, size_t count)
{
    size_t at = (size_t)(offset % evidence->ring_bytes), room = evidence->ring_bytes - at;
    size_t first = count < room ? count : room;
    memcpy(bytes, evidence->ring + at, first);
    memcpy((uint8_t *)bytes + first, evidence->ring, count - first);
}

argot_raw_place
argot_evidence_keep(struct argot_evidence *evidence, struct argot_slice raw)
{
    if (!evidence->ring)
        evidence->ring = evidence->seam->allocate(evidence->seam, evidence->ring_bytes);
    if (!evidence->ring || raw.length + LENGTH_BYTES > evidence->ring_bytes)
        return NOWHERE;
    argot_raw_place place = place_of(raw, evidence->written);
    put_bytes(evidence, &raw.length, LENGTH_BYTES);
    if (raw.length)
        put_bytes(evidence, raw.at, raw.length);
    return place;
}

static bool
find_in_ring(struct argot_evidence *evidence, uint64_t offset)
{
    uint32_t length;
    if (!evidence->ring || offset + LENGTH_BYTES > evidence->written ||
        evidence->written - offset > evidence->ring_bytes)
        return false;
    get_bytes(evidence, offset, &length, LENGTH_BYTES);
    if (length > evidence->written - offset - LENGTH_BYTES || !argot_buffer_reserve(&evidence->line, length))
        return false;
    get_bytes(evidence, offset + LENGTH_BYTES, evidence->line.bytes, length);
    evidence->line.length = length;
    return true;
}

/* ---- files ---- */

/* A record ends at its newline, or with the file. */
static bool
find_in_file(struct argot_evidence *evidence, const struct argot_input *input, uint64_t offset)
{
    struct argot_buffer *line = &evidence->line;
    for (size_t wanted = FIRST_READ_BYTES;; wanted *= 4) {
        if (wanted > evidence->record_max_bytes + 1)
            wanted = evidence->record_max_bytes + 1;
        if (!argot_buffer_reserve(line, wanted - line->length))
            return false;
        size_t asked = wanted - line->length;
        int64_t got = argot_input_read_at(input, line->bytes + line->length, asked, offset + line->length);
        if (got < 0)
            return false;
        const uint8_t *newline = got ? memchr(line->bytes + line->length, '\n', (size_t)got) : NULL;
        line->length = newline ? (size_t)(newline - line->bytes) : line->length + (size_t)got;
        if (newline || (size_t)got < asked || wanted > evidence->record_max_bytes)
            return true;
    }
}

struct argot_slice
argot_evidence_find(struct argot_evidence *evidence, const struct argot_input *input, argot_raw_place place)
{
    uint64_t offset = place >> CHECK_BITS;
    struct argot_buffer *line = &evidence->line;
    line->length = 0;
    bool found = place != NOWHERE &&
                 (argot_input_rereads(input) ? find_in_file(evidence, input, offset) : find_in_ring(evidence, offset));
    struct argot_slice raw = {line->bytes, (uint32_t)line->length};
    if (found && line->bytes && check_of(raw) == (place & ((1u << CHECK_BITS) - 1)))
        return raw;
    if (line->failed) {
        argot_buffer_finish(line);
        argot_buffer_init(line, evidence->seam);
    }
    evidence->lost++;
    return (struct argot_slice){0};
}
