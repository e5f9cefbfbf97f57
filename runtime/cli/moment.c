/* SPDX-License-Identifier: Apache-2.0
 * Options are read by the decoders that read logs, so that they take the same times. */
#include "cli/moment.h"
#include "decode/decode.h"
#include "decode/zone.h"

#define WHY_BYTES 256
#define TIME_BYTES_MAX 64

bool
argot_moment_read(const struct argot_args *args, const char *option, const char *text, argot_time *time)
{
    /* Decoders may read on behind the text, up to the padding. */
    uint8_t padded[TIME_BYTES_MAX + ARGOT_PADDING] = {0};
    size_t length = strlen(text);
    if (length <= TIME_BYTES_MAX) {
        memcpy(padded, text, length);
        padded[length] = '\n';
        struct argot_arena arena;
        argot_arena_init(&arena, args->cli->seam, 0);
        struct argot_decode context = {.arena = &arena};
        struct argot_slice slice = {padded, (uint32_t)length}, none = {0};
        bool good = argot_decode_time(&context, ARGOT_HOW_RFC3339, none, slice, time) == ARGOT_DECODED;
        argot_arena_finish(&arena);
        if (good)
            return true;
    }
    argot_args_refuse(args, "--%s: `%s` is no time such as 2026-03-03T10:00:00Z", option, text);
    return false;
}

struct argot_zone *
argot_moment_zone(const struct argot_args *args, const char *name)
{
    char why[WHY_BYTES] = "";
    struct argot_zone *zone = argot_zone_load(args->cli->seam, NULL, name, why, sizeof why);
    if (!zone)
        argot_args_refuse(args, "--timezone: `%s`: %s", name, why);
    return zone;
}
