#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_query.py --argot PROGRAM [--formats DIR] [--count N] [--seed N] [--show N]

`argot query EXPR` finds in a store what a rule `match any where EXPR` takes of the same events, for random expressions
over random events: as far as the expression became SQL, SQL says the very same. The same of alerts, of their counts by
value, and of whole rows, which are as `argot parse` writes them. It tells how many expressions became SQL wholly, in
part, and not at all.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "rules"))

import make_events  # noqa: E402
import make_rules  # noqa: E402
from compare_rules import compile_module  # noqa: E402
from make_conditions import Conditions  # noqa: E402

EVENTS = 400
STORES = {"sqlite:whole.db": "sqlite:whole.db", "sqlite:parts.db": "{at: sqlite:parts.db, segment_size: 100KB}"}
CONFIGURATION = "store: {}\nmodules: [event.so]\nrules: base.rule\ninputs: [{{file: log.jsonl, follow: false}}]\n"
BASE = """
rule base0 { severity high tags a, attack.t1110 match any where user_name is not null by user_name
  when count >= 3 within 10s rearm always collect user_name, extra.s alert "{user_name} did it" }
rule base1 { severity low tags b match any by host_name, source_ip when count >= 2 within 5s rearm every 10s
  collect status_code, process_args }
rule base2 { match HTTP_ACCESS where status_code >= 400 alert "n {status_code}" }
"""
# What random conditions seldom say, and where SQL is near to saying something else.
MORE = [
    "status_code >= 404", "status_code < 404", "not (status_code < 404)", "source_bytes > 9223372036854775807",
    "source_bytes != 1", "not (source_bytes == 1)", "source_bytes is null", "source_bytes is not null",
    "source_bytes in [0, 1]", "source_bytes not in [0, 1]", "1000 < source_bytes", "source_bytes > 999.5",
    "not (source_bytes is null)", "source_bytes == file_size_bytes", "source_bytes >= 18446744073709551615",
    "file_size_bytes == 9007199254740993", "file_size_bytes == 9007199254740992.0", "user_name like \"*[a-z]*\"",
    "user_name like \"???\"", "user_name like \"*É\"i", "user_name contains \"\"", "user_name starts \"zoé\"",
    "user_name ends \"é\"", "not (user_name like \"a*\")", "not (user_name not like \"a*\")", "user_name not contains \"n\"i",
    "request_path like \"/[aA]dmin*\"", "request_path contains \"\\xff\"", "len(request_path) > 5", "upper(user_name) == \"ANN\"",
    "source_ip in 192.0.2.0/24", "source_ip not in 192.0.2.0/24", "not (source_ip in 192.0.2.0/24)", "source_ip in ::/0",
    "source_ip in 0.0.0.0/0", "source_ip == ::ffff:192.0.2.1", "source_ip != destination_ip", "source_ip in 2001:db8::/32",
    "mfa_used", "not mfa_used", "mfa_used == false", "not (mfa_used == false and user_name is null)",
    "event_severity >= \"high\"", "event_severity != \"low\"", "not (event_severity < \"high\" or user_name == \"ann\")",
    "process_args == \"-c\"", "process_args != \"-c\"", "process_args is null", "not (process_args is not null)",
    "event_duration >= 1s", "event_duration < 0s", "source_mac == \"00:00:5e:00:53:01\"", "source_mac != \"00:00:5e:00:53:01\"",
    "event_time >= \"2026-01-01T00:00:20Z\"", "user_name < \"b\"", "user_name >= \"zoé\"", "user_name == target_user_name",
    "user_name in [\"ANN\"i, \"eve\"]", "user_name not in [\"ANN\"i, \"eve\"]", "extra.s is null", "extra.s is not null",
    "not (extra.n > 1 and user_name == \"ann\")", "extra.n > 1 or user_name == \"ann\"", "user_name == \"ann\" or user_name like /e/",
    "user_name like all [\"a*\", /n$/]", "user_name not like any [\"a*\", /e$/]", "user_name not like all [\"a*\", /e$/]",
    "status_code in [404, 500] and not (user_name like any [\"a*\", \"*e\"] or source_ip in [192.0.2.0/28, 2001:db8::1])",
]  # fmt: skip


class Place:
    """A folder with a log, its store, and the program."""

    def __init__(self, argot, folder, dice):
        self.argot, self.folder = argot, folder
        self.module = compile_module(argot, folder)
        # Bytes that are not UTF-8 are others in the store, which says so.
        lines = [line.text() for line in make_events.in_order(dice, EVENTS)]
        self.lines = [line for line in lines if not any("\ud800" <= sign <= "\udfff" for sign in line)]
        self.write("log.jsonl", "".join(line + "\n" for line in self.lines))
        self.write("base.rule", BASE)
        for store in STORES.values():
            self.write("argot.yaml", CONFIGURATION.format(store))
            self.run("run", "-q", "--commit-rows", "30")
        self.segments = sum(name.startswith("parts-") for name in os.listdir(folder))
        self.store = list(STORES)[0]

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *words):
        done = subprocess.run([self.argot, *words], capture_output=True, cwd=self.folder, check=False, timeout=300)
        if done.returncode != 0:
            raise SystemExit(f"argot {' '.join(words)}: status {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def rows(self, *words):
        return [json.loads(line) for line in self.run("query", "--store", self.store, "-o", "jsonl", *words).splitlines()]

    def detect(self, rules):
        """The alerts of rules over the log."""
        self.write("asked.rule", rules)
        words = ["detect", "-q", "-r", "asked.rule", "--load", self.module, "-f", "event", "-o", "jsonl", "log.jsonl"]
        return [json.loads(line) for line in self.run(*words).splitlines()]


def expressions(dice, count, alerts):
    made, found = Conditions(dice, alerts=alerts), [] if alerts else list(MORE)
    while len(found) < count:
        text = made.condition(dice.choice([0, 1, 1, 2, 3]))
        if " names" not in text:  # a list, which is in a rule file
            found.append(text)
    return found


def taken(place, asked, alerts):
    """What the engine takes, by number of the expression: records, or ids of alerts."""
    match = "alert base0, base1, base2" if alerts else "any"
    rules = "".join(f"rule q{number} {{ match {match} where {text} }}\n" for number, text in enumerate(asked))
    found = collections.defaultdict(list)
    for alert in place.detect(BASE + rules if alerts else rules):
        if alert["rule_name"].startswith("q"):
            cause = alert["alert"]["causes"][0]
            found[int(alert["rule_name"][1:])].append(cause["id"] if alerts else cause["record"])
    return found


def sql_of(place, text, alerts):
    return place.run("query", text, "--sql", "--store", place.store, *["--alerts"] * alerts)


def kind_of(sql):
    condition = sql.partition(" WHERE ")[2]
    return "wholly" if "argot_holds" not in condition else "not at all" if condition.startswith("argot_holds") else "in part"


def compare(place, asked, alerts, wrong):
    expected, kinds = taken(place, asked, alerts), collections.Counter()
    column = "alert_id" if alerts else "record"
    for number, text in enumerate(asked):
        place.store = list(STORES)[number % 2]
        got = [row[column] for row in place.rows(text, "--columns", column, *["--alerts"] * alerts)]
        if sorted(got) != sorted(expected[number]):
            wrong.append((text, set(got) ^ set(expected[number]), sql_of(place, text, alerts)))
        if number % 4 == 0:
            kinds[kind_of(sql_of(place, text, alerts))] += 1
    held = sum(0 < len(expected[number]) for number in range(len(asked)))
    return f"{len(asked)} expressions, {held} hold for some; of a quarter became SQL: {dict(kinds)}"


def by_time(key):
    second, _, fraction = key[0].rstrip("Z").partition(".")
    return second, fraction.ljust(9, "0"), key[1]


def compare_rows(place, wrong):
    """Whole rows, and counts by value."""
    parsed = place.run("parse", "--load", place.module, "-f", "event", "-o", "jsonl", "log.jsonl").splitlines()
    stored = place.run("query", "--store", place.store, "-o", "jsonl").splitlines()
    for line in set(parsed) ^ set(stored):
        wrong.append(("a row", line, ""))
    if len(parsed) != len(stored):
        wrong.append(("rows", len(stored), len(parsed)))
    for name in ("user_name", "source_ip", "event_severity", "source_bytes"):
        wanted = collections.Counter(json.loads(line).get(name) for line in parsed)
        got = {row.get(name): row["count"] for row in place.rows("--by", name)}
        if got != dict(wanted):
            wrong.append((f"--by {name}", got, dict(wanted)))
    written = {alert["alert"]["id"]: alert for alert in place.detect(BASE)}
    order = [(row["event_time"], row["id"]) for row in place.rows("--columns", "event_time,id")]
    if order != sorted(order, key=by_time, reverse=True):
        wrong.append(("the order of rows", order, place.store))
    kept = {alert["alert"]["id"]: alert for alert in place.rows("--alerts")}
    for name in written.keys() | kept.keys():
        if written.get(name) != kept.get(name):
            wrong.append(("an alert", kept.get(name), written.get(name)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--argot", required=True)
    parser.add_argument("--gen")
    parser.add_argument("--count", type=int, default=300, metavar="N", help="expressions")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="differences that are shown")
    options = parser.parse_args()
    argot = os.path.abspath(options.argot)
    os.environ.setdefault("ARGOT_GEN", os.path.abspath(options.gen or os.path.join(os.path.dirname(argot), "argot-gen")))
    dice, wrong = random.Random(options.seed), []
    with tempfile.TemporaryDirectory(prefix="argot-compare-query-") as folder:
        place = Place(argot, folder, dice)
        print("events:", compare(place, expressions(dice, options.count, False), False, wrong))
        print("alerts:", compare(place, expressions(dice, options.count // 4, True), True, wrong))
        for place.store in STORES:
            compare_rows(place, wrong)
        print(f"{len(place.lines)} events, in one file and in {place.segments} segments")
        if place.segments < 2:
            wrong.append(("segments", place.segments, "so nothing was merged"))
    for text, found, more in wrong[: options.show]:
        print(f"DIFFERS: {text}\n    {found}\n    {more}")
    print(f"{len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
