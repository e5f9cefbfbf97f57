/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a syslog stream, cut anywhere: the messages are the same however the reads fall, every byte is one of a
 * message, of a length before one or of a newline between two, and it always goes on. The first byte says how the
 * stream is cut. */
#include "input/syslog_frame.h"
#include "fuzz_case.h"
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES 4096

struct got {
    uint8_t bytes[MOST_BYTES * 2 + 16]; /* messages, each with a NUL behind it that ended */
    size_t length, malformed, inside;
};

static void
add(struct got *got, const struct argot_syslog_part *part)
{
    check(got->length + part->length + 1 <= sizeof got->bytes);
    if (part->length)
        memcpy(got->bytes + got->length, part->bytes, part->length);
    got->length += part->length;
    got->inside += part->length;
    if (part->end)
        got->bytes[got->length++] = 0;
    got->malformed += part->malformed;
}

static void
run(const uint8_t *data, size_t size, unsigned step, struct got *got)
{
    struct argot_syslog_frame frame = {0};
    *got = (struct got){0};
    for (size_t at = 0; at < size;) {
        size_t end = at + (step ? 1 + (at * step) % 13 : size);
        end = end > size ? size : end;
        while (at < end) {
            enum argot_syslog_frame_mode before = frame.mode;
            struct argot_syslog_part part = argot_syslog_frame_next(&frame, data + at, end - at);
            check(part.taken <= end - at);
            check(part.taken || part.length || part.malformed || frame.mode != before);
            add(got, &part);
            at += part.taken;
        }
    }
    struct argot_syslog_part part = argot_syslog_frame_end(&frame);
    add(got, &part);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct got whole, cut;
    if (size < 1 || size > MOST_BYTES)
        return 0;
    run(data + 1, size - 1, 0, &whole);
    run(data + 1, size - 1, data[0] ? data[0] : 1, &cut);
    check(whole.length == cut.length && !memcmp(whole.bytes, cut.bytes, whole.length));
    check(whole.malformed == cut.malformed && whole.malformed <= 1);
    check(whole.inside <= size - 1);
    if (memchr(data + 1, '<', size - 1) == NULL || data[1] < '1' ||
        data[1] > '9') { /* lines: only newlines are left out */
        size_t newlines = 0;
        for (size_t i = 1; i < size; i++)
            newlines += data[i] == '\n';
        check(whole.inside + newlines == size - 1);
    }
    return 0;
}
