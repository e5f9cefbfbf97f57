/* SPDX-License-Identifier: Apache-2.0
 * Options are read by the decoders that read logs, so that they take the same times. */
#include "cli/moment.h"
#include "decode/decode.h"
#include "decode/zone.h"
#include "grammar/rules.h"
#include <stdio.h>

#define WHY_BYTES 256
#define DATE "2026-03-03"

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

void
argot_moment_write_span(struct argot_buffer *out, int64_t span_ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"d", INT64_C(86400000000000)},
                 {"h", INT64_C(3600000000000)},
                 {"m", INT64_C(60000000000)},
                 {"s", 1000000000},
                 {"ms", 1000000},
                 {"us", 1000},
                 {"ns", 1}};
    if (span_ns == 0)
        argot_buffer_append_text(out, "0s");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (span_ns / units[i].ns)
            argot_buffer_printf(out, "%lld%s", (long long)(span_ns / units[i].ns), units[i].name);
        span_ns %= units[i].ns;
    }
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

/* ---- ranges ---- */

/* A date alone is its first moment, or its last. */
static bool
read_end(const struct argot_args *args, const char *option, const char *text, bool last, argot_time *time)
{
    char whole[64];
    if (strlen(text) != strlen(DATE))
        return argot_moment_read(args, option, text, time);
    snprintf(whole, sizeof whole, "%sT%sZ", text, last ? "23:59:59.999999999" : "00:00:00");
    if (argot_time_parse(whole, time))
        return true;
    argot_args_refuse(args, "--%s: `%s` is no date such as " DATE, option, text);
    return false;
}

bool
argot_moment_range(const struct argot_args *args, struct argot_moment_range *range)
{
    struct argot_seam *seam = args->cli->seam;
    int64_t span_ns = 0;
    range->oldest = INT64_MIN;
    range->newest = INT64_MAX;
    if (range->last && (range->from || range->to)) {
        argot_args_refuse(args, "--last and --from or --to do not go together");
        return false;
    }
    if (range->last) {
        if (!argot_moment_span(args, "last", range->last, &span_ns))
            return false;
        if (__builtin_sub_overflow(seam->now(seam), span_ns, &range->oldest))
            range->oldest = INT64_MIN;
    }
    if ((range->from && !read_end(args, "from", range->from, false, &range->oldest)) ||
        (range->to && !read_end(args, "to", range->to, true, &range->newest)))
        return false;
    if (range->oldest <= range->newest)
        return true;
    argot_args_refuse(args, "--from is later than --to");
    return false;
}
