#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seed_peer.py FILE: an access log as JSON lines by the standard library of Python alone, the way it is often done: one
regular expression, a parsed time, two numbers."""
import datetime
import json
import re
import sys

LINE = re.compile(
    r"(?P<ip>[\d.]+) (?P<ident>\S+) (?P<user>\S+) \[(?P<timestamp>[^\]]+)\] "
    r'"(?P<method>\w+) (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d+) (?P<size>\d+|-) "(?P<referer>[^"]*)" "(?P<user_agent>[^"]*)"'
)


def main():
    good = bad = 0
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        for line in log:
            found = LINE.match(line)
            if not found:
                bad += 1
                continue
            event = found.groupdict()
            event["timestamp"] = datetime.datetime.strptime(event["timestamp"], "%d/%b/%Y:%H:%M:%S %z").isoformat()
            event["status"] = int(event["status"])
            event["size"] = None if event["size"] == "-" else int(event["size"])
            sys.stdout.write(json.dumps(event) + "\n")
            good += 1
    print(f"{good} lines, {bad} others, sum 0", file=sys.stderr)


if __name__ == "__main__":
    main()
