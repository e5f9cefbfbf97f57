/* SPDX-License-Identifier: Apache-2.0
 * A place is an offset in its upper 48 bits, of the file or of all that was ever put into the ring, and a check of the
 * record in the lower 16: so that a file which was cut or written anew is not taken for what it was. */
#include "pipeline/evidence.h"
#include <string.h>

#define CHECK_BITS 16
#define MOST_OFFSET (UINT64_MAX >> CHECK_BITS)
#define NOWHERE UINT64_MAX
#define FIRST_READ_BYTES ((size_t)4 << 10)
#define NEAR_BYTES (ARGOT_EVIDENCE_WINDOW_BYTES / 4)
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
    argot_buffer_init(&evidence->window, seam);
}

void
argot_evidence_finish(struct argot_evidence *evidence)
{
    evidence->seam->release(evidence->seam, evidence->ring);
    evidence->ring = NULL;
    argot_buffer_finish(&evidence->window);
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

static struct argot_slice
find_in_ring(struct argot_evidence *evidence, uint64_t offset)
{
    struct argot_buffer *window = &evidence->window;
    uint32_t length;
    window->length = 0;
    evidence->window_of = NULL;
    if (!evidence->ring || offset + LENGTH_BYTES > evidence->written ||
        evidence->written - offset > evidence->ring_bytes)
        return (struct argot_slice){0};
    get_bytes(evidence, offset, &length, LENGTH_BYTES);
    if (length > evidence->written - offset - LENGTH_BYTES || !argot_buffer_reserve(window, length))
        return (struct argot_slice){0};
    get_bytes(evidence, offset + LENGTH_BYTES, window->bytes, length);
    window->length = length;
    return (struct argot_slice){window->bytes, length};
}

/* ---- files ---- */

/* The record at the offset, if the bytes have it with its newline, or, where they are `whole` records, to their end. */
static struct argot_slice
find_in_bytes(struct argot_evidence_bytes bytes, uint64_t offset, bool whole)
{
    if (offset < bytes.offset || offset - bytes.offset >= bytes.length)
        return (struct argot_slice){0};
    const uint8_t *begin = bytes.at + (offset - bytes.offset), *end = bytes.at + bytes.length;
    const uint8_t *newline = memchr(begin, '\n', (size_t)(end - begin));
    if (!newline && !whole)
        return (struct argot_slice){0};
    return (struct argot_slice){begin, (uint32_t)((newline ? newline : end) - begin)};
}

/* The same in what was read last of the file. */
static struct argot_slice
find_in_window(const struct argot_evidence *evidence, const struct argot_input *input, uint64_t offset, bool whole)
{
    const struct argot_buffer *window = &evidence->window;
    if (evidence->window_of != input)
        return (struct argot_slice){0};
    return find_in_bytes((struct argot_evidence_bytes){window->bytes, window->length, evidence->window_at}, offset,
                         whole);
}

/* Whether the offset lies so near to what was read last that the next one will lie near to this one too. */
static bool
is_near(const struct argot_evidence *evidence, const struct argot_input *input, uint64_t offset)
{
    uint64_t begin = evidence->window_at, end = begin + evidence->window.length;
    return evidence->window_of == input && offset + NEAR_BYTES >= begin && offset <= end + NEAR_BYTES;
}

/* Reads the file anew. A record ends at its newline, or with the file. */
static struct argot_slice
find_in_file(struct argot_evidence *evidence, const struct argot_input *input, uint64_t offset)
{
    struct argot_buffer *window = &evidence->window;
    bool near = is_near(evidence, input, offset);
    size_t before = !near ? 0 : offset < NEAR_BYTES ? (size_t)offset : NEAR_BYTES; /* others may lie there */
    size_t most = before + evidence->record_max_bytes + 1;
    window->length = 0;
    evidence->window_of = input;
    evidence->window_at = offset - before;
    for (size_t wanted = near ? ARGOT_EVIDENCE_WINDOW_BYTES : FIRST_READ_BYTES;; wanted *= 4) {
        if (wanted > most)
            wanted = most;
        if (!argot_buffer_reserve(window, wanted - window->length))
            return (struct argot_slice){0};
        size_t asked = wanted - window->length;
        int64_t got =
            argot_input_read_at(input, window->bytes + window->length, asked, evidence->window_at + window->length);
        if (got < 0)
            return (struct argot_slice){0};
        window->length += (size_t)got;
        bool last = (size_t)got < asked || wanted == most;
        struct argot_slice raw = find_in_window(evidence, input, offset, last);
        if (raw.at || last)
            return raw;
    }
}

/* ---- both ---- */

static bool
is_it(struct argot_slice raw, argot_raw_place place)
{
    return raw.at && check_of(raw) == (place & ((1u << CHECK_BITS) - 1));
}

/* What was read before may be old by now, or end in the middle of a record that was being written. */
static struct argot_slice
find(struct argot_evidence *evidence, const struct argot_input *input, struct argot_evidence_bytes at_hand,
     argot_raw_place place)
{
    uint64_t offset = place >> CHECK_BITS;
    if (!argot_input_rereads(input))
        return find_in_ring(evidence, offset);
    struct argot_slice raw = find_in_bytes(at_hand, offset, true);
    if (!is_it(raw, place))
        raw = find_in_window(evidence, input, offset, false);
    return is_it(raw, place) ? raw : find_in_file(evidence, input, offset);
}

struct argot_slice
argot_evidence_find(struct argot_evidence *evidence, const struct argot_input *input,
                    struct argot_evidence_bytes at_hand, argot_raw_place place)
{
    struct argot_slice raw = {0};
    if (place != NOWHERE)
        raw = find(evidence, input, at_hand, place);
    if (is_it(raw, place))
        return raw;
    if (evidence->window.failed) {
        argot_buffer_finish(&evidence->window);
        argot_buffer_init(&evidence->window, evidence->seam);
        evidence->window_of = NULL;
    }
    evidence->lost++;
    return (struct argot_slice){0};
}
