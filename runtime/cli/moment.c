/* SPDX-License-Identifier: Apache-2.0
 * Options are read by the decoders that read logs, so that they take the same times. */
#include "cli/moment.h"
#include "decode/decode.h"
#include "decode/zone.h"
#include "grammar/rules.h"

#define WHY_BYTES 256

bool
argot_moment_read(const struct argot_args *args, const char *option, const char *text, argot_time *time)
{
    if (argot_time_parse(text, time))
        return true;
    argot_args_refuse(args, "--%s: `%s` is no time such as 2026-03-03T10:00:00Z", option, text);
    return false;
}

bool
argot_moment_span(const struct argot_args *args, const char *option, const char *text, int64_t *span_ns)
{
    const char *wrong = argot_rules_duration(text, span_ns);
    if (wrong)
        argot_args_refuse(args, "--%s: `%s`: %s", option, text, wrong);
    return !wrong;
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
