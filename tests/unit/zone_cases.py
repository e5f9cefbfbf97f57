#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes zone_cases.h: what Python's zoneinfo says about moments in real zones and under POSIX rules, for test_zone.c.
Run by hand when cases are added, then clang-format the header; real zones stop at 2024, since what lies ahead is
changed by governments.
Rules with zero-based days are not among them: zoneinfo (3.11) takes those one day early."""
import io
import random
import struct
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo",
         "Pacific/Apia", "Africa/Casablanca", "Europe/Dublin"]
RULES = ["EST5EDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "IST-2IDT,M3.4.4/26,M10.5.0",
         "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "XXX3EDT4,0/0,J365/23", "AAA0BBB,J60,J300/3:30:15", "<+03>-3",
         "AEST-10AEDT,M10.1.0,M4.1.0/3", "LMT0:12:34", "NZST-12NZDT,M9.5.0,M4.1.0/3"]
EPOCH = datetime(1970, 1, 1)


def tzif(rule):
    """A version 3 file without changes: type 0 holds until 1900, then the rule."""
    def block(width):
        return b"TZif3" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return block(4) + block(8) + b"\n" + rule.encode() + b"\n"


def rule_zone(rule):
    return ZoneInfo.from_file(io.BytesIO(tzif(rule)), key=rule)


def cases(zone, first, last, edges):
    moments = set(random.randrange(first, last) for _ in range(12))
    found, at = [], first
    step = 86400 * 7
    offset = lambda t: int(datetime.fromtimestamp(t, timezone.utc).astimezone(zone).utcoffset().total_seconds())
    while at < last and len(found) < 400:
        if offset(at) != offset(at + step):
            low, high = at, at + step
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append(high)
        at += step
    for change in random.sample(found, min(edges, len(found))):
        moments |= {change - 1, change, change + 1799, change - 1800}
    for t in sorted(moments):
        o = offset(t)
        yield t, o
    for t in sorted(moments):
        # A wall clock time around the change, perhaps in its gap or its doubled hour.
        wall = t + offset(t) + random.choice([0, 600, 3000, -600])
        local = (EPOCH + timedelta(seconds=wall)).replace(tzinfo=zone)
        yield wall, int(local.utcoffset().total_seconds()), True


def write(out, names, make, first, last, edges):
    for number, name in enumerate(names):
        for case in cases(make(name), first, last, edges):
            moment, offset, wall = case if len(case) == 3 else (*case, False)
            out.write("    {%d, %s, INT64_C(%d), %d},\n" % (number, "true" if wall else "false", moment, offset))


def main():
    random.seed(20240905)
    with open("zone_cases.h", "w") as out:
        out.write("/* SPDX-License-Identifier: Apache-2.0\n * Made by zone_cases.py: zone or rule, whether the seconds are"
                  " wall clock time, seconds, offset. */\n")
        for kind, names in (("zone", ZONES), ("rule", RULES)):
            out.write("static const char *const %s_names[] = {%s};\n"
                      % (kind, ", ".join('"%s"' % name for name in names)))
        out.write("static const struct zone_case zone_cases[] = {\n")
        write(out, ZONES, ZoneInfo, 0, 1704067200, 6)
        out.write("};\nstatic const struct zone_case rule_cases[] = {\n")
        write(out, RULES, rule_zone, 0, 9224318015, 6)
        out.write("};\n")


main()
