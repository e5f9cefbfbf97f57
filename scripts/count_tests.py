#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count_tests.py TESTLOG_JSON

Prints `N passed, N failed` for a run of `meson test`: each TAP line of a test counts by itself, a test without TAP
counts once, a skipped one not at all. A test that failed as a whole (crash, timeout, wrong plan) without a failing
line counts as one more failure. Ends with status 1 when anything failed or nothing ran.
"""
import json
import re
import sys

TAP_PLAN = re.compile(r"^1\.\.\d+", re.M)
TAP_LINE = re.compile(r"^(not )?ok\b(.*)$", re.M)
TAP_EXCUSE = re.compile(r"#\s*(skip|todo)", re.I)
GOOD = {"OK", "EXPECTEDFAIL"}


def count(test):
    """(passed, failed) of one entry of the log."""
    if test["result"] == "SKIP":
        return 0, 0
    good = test["result"] in GOOD
    output = test.get("stdout") or ""
    passed = failed = 0
    if TAP_PLAN.search(output):
        for match in TAP_LINE.finditer(output):
            if TAP_EXCUSE.search(match.group(2)):
                continue
            if match.group(1):
                failed += 1
            else:
                passed += 1
    if good and not passed and not failed:
        passed = 1
    if not good and not failed:
        failed = 1
    return passed, failed


def main():
    passed = failed = 0
    try:
        with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.strip():
                    one = count(json.loads(line))
                    passed, failed = passed + one[0], failed + one[1]
    except (OSError, ValueError) as error:
        print(f"count_tests.py: {error}", file=sys.stderr)
        failed += 1
    if not passed and not failed:
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
