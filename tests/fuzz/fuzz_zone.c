/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a time zone file: refused, or a zone whose offsets are less than a day or so at any moment and whose
 * wall clock gives moments back. */
#include "decode/zone.h"
#include "fuzz_case.h"

#define MOST_OFFSET_S (26 * 3600) /* less than this, by the reader's own limits */

static void
check_moment(const struct argot_zone *zone, int64_t moment)
{
    int32_t offset_s = argot_zone_offset(zone, moment);
    check(offset_s > -MOST_OFFSET_S && offset_s < MOST_OFFSET_S);
    int64_t back = argot_zone_to_utc(zone, moment);
    if (moment > INT64_MIN + MOST_OFFSET_S && moment < INT64_MAX - MOST_OFFSET_S)
        check(back > moment - MOST_OFFSET_S && back < moment + MOST_OFFSET_S);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t moments[] = {INT64_MIN, INT64_MIN + 1, -(1ll << 59), -2208988800, -1,        0,
                                      1,         1767225600,    4102444800,   13569465600, 1ll << 59, INT64_MAX - 1,
                                      INT64_MAX};
    struct argot_zone *zone = argot_zone_parse(argot_seam_system(), data, size);
    if (!zone)
        return 0;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        check_moment(zone, moments[i]);
    for (int64_t moment = 1700000000; moment < 1800000000; moment += 999983)
        check_moment(zone, moment);
    argot_zone_free(zone);
    return 0;
}
