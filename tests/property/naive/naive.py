#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""naive.py --formats DIR [-f NAME] [--received ISO] [--zone NAME] FILE

A second implementation of the format language, written from its description and plain on purpose. Prints one JSON
object for each record of FILE: {"outcome": "event", "event": {…}}, {"outcome": "letter", "reason": …} or
{"outcome": "skipped"}. With --examples it checks the examples of the formats instead.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import examples  # noqa: E402
import times  # noqa: E402
from chain import Naive, dump  # noqa: E402


def records_of(data):
    """The records of a file: its lines without their newlines."""
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", required=True, metavar="DIR")
    parser.add_argument("--schema", metavar="FILE", help="DIR/schema.yaml without it")
    parser.add_argument("--only", metavar="NAME,…", help="load only these files of the folder")
    parser.add_argument("-f", "--format", metavar="NAME", help="a format, or a chain of them: a+b")
    parser.add_argument("--received", default="1970-01-01T00:00:00Z", metavar="ISO")
    parser.add_argument("--zone", default="UTC", metavar="NAME")
    parser.add_argument("--examples", action="store_true")
    parser.add_argument("file", nargs="?", metavar="FILE")
    options = parser.parse_args()
    naive = Naive(options.formats, options.schema, options.only.split(",") if options.only else None)
    if options.examples:
        return examples.check(naive)
    with open(options.file, "rb") as file:
        data = file.read()
    for record in records_of(data):
        print(dump(naive.record(record, options.format, times.read_iso(options.received), options.zone)))
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(20000)
    sys.exit(main())
