#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py [--gen ARGOT-GEN] [--formats DIR] RULES... [--events FILE... [--late D]]

The naive evaluator of the rule language, which docs/rule-language.md describes: it keeps everything and looks through
all of it again for each event. Runs the tests in the rule files and, with --events, prints the alerts of the events,
JSON lines in the form of event.yaml, as `argot detect -o jsonl` does.
"""
import argparse
import json
import os
import sys

import alerts
import typed  # also finds the modules of naive/
import words
from blocks import Blocks
from ruleset import World
from run import Run
from schema import Schema
from stream import merged, read_file

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
RECEIVED_NS = 1767225600 * 10**9


def load(paths, schema):
    sources = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            sources.append((os.path.dirname(path), file.read()))
    return World(schema, sources)


def line_parser(folder):
    """A parser of the log lines in tests: the naive matcher of formats, loaded when it is first needed."""
    naive = []

    def parse(name, line):
        if not naive:
            from chain import Naive

            naive.append(Naive(folder))
        found = naive[0].record(line, name, RECEIVED_NS, "UTC")
        if found["outcome"] != "event":
            raise words.Refused(f"{line!r} is no event of {name}")
        shown = typed.from_json(json.loads(json.dumps(found["event"], default=str), parse_int=typed.Number,
                                           parse_float=typed.Number))  # fmt: skip
        return fields_of(shown, naive[0].schema)

    return parse


def fields_of(shown, schema):
    from stream import of_field

    extra = shown.pop("extra", {})
    fields = {name: of_field(value, schema.fields[name]) for name, value in shown.items() if name in schema.fields}
    return fields, extra


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="+")
    parser.add_argument("--events", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--late", default="5s", metavar="D")
    parser.add_argument("--formats", default=os.path.join(TOP, "formats"), metavar="DIR")
    parser.add_argument("--gen", metavar="PROGRAM", help="argot-gen")
    options = parser.parse_args()
    if options.gen:
        os.environ["ARGOT_GEN"] = options.gen
    schema = Schema(os.path.join(options.formats, "schema.yaml"))
    world = load(options.rules, schema)
    failures = Blocks(world, line_parser(options.formats)).failures()
    for name, line, what in failures:
        print(f"test {name}, line {line}: {what}", file=sys.stderr)
    if options.events:
        events, newest = merged([(path, read_file(path, schema)) for path in options.events])
        late = words.tokens_of(options.late)[0][1]
        for alert in Run(world.rules, late).over(events, newest):
            if not alert.alert.rule.silent:
                print(json.dumps(alerts.plain(alerts.as_json(alert, schema))))
    else:
        print(f"{len(world.tests) - len({name for name, _, _ in failures})} passed, {len({each[0] for each in failures})} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
