#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_rules.py [--argot PROGRAM] [--formats DIR] [--count N] [--seed N] [--jobs N] [--keep DIR] [CASE...]

Holds `argot detect` against the naive evaluator in rules/: random rules of all kinds over random streams, in order and
permuted, in one file and several, with late events and strays. All alerts must be equal but for their ids; equal alerts
must have equal ids and different ones different. The cases that are kept in rules/cases are compared first (or those
that are named, alone). A pair that differs is made as small as it still differs, printed, and written to --keep.
"""
import argparse
import collections
import glob
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import runner

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "rules"))

import make_events  # noqa: E402
import make_rules  # noqa: E402
from pair import Outcome, Pair, Program, closure, differing, of_oracle, way, wrong_ids, wrong_order, write_files  # noqa: E402
from shrink import Shrinker, size  # noqa: E402

CASES_A_RUN = 40
LEAST_EVENTS, MOST_EVENTS = 30, 90
NUMBERS_OF_TYPES = [2, 3, 6]  # few let steps meet the same events
LATES = [None, None, None, None, None, "0s", "1s", "8s", "1m"]
SAYS_LITTLE = ("raw_line", "raw_line_base64", "format", "event_type", "rule_name")
PERMUTED_EVERY = 8  # batches: one is also evaluated in another order

shared = {}  # program, schema, folder: for the workers, which are forked


# ---- random pairs


def batch_of(seed, number):
    """Many cases over one stream: a start of the program costs more than a rule."""
    dice = random.Random(repr((seed, number)))
    rules = {}
    types = dice.sample(make_rules.TYPES, dice.choice(NUMBERS_OF_TYPES))
    for case in make_rules.cases(dice, CASES_A_RUN, types):
        rules.update({name: text for name, text, _ in case.rules})
    files = make_events.stream(dice, dice.randint(LEAST_EVENTS, MOST_EVENTS), types)
    return Pair(make_rules.SHARED, rules, [lines_of(lines) for lines in files], dice.choice(LATES))


def lines_of(lines):
    return [line.text().encode("utf-8", "surrogateescape") for line in lines]


def compare(pair):
    """(what differs as {rule or other name: text}, the oracle's outcome)"""
    oracle = of_oracle(pair, shared["schema"], shared["folder"])
    program = shared["program"].run(pair)
    if program.problem:
        return {"the program": program.problem}, oracle
    found = {name: way(oracle, program, name) for name in differing(oracle, program)}
    for what in wrong_ids(oracle, program) + wrong_order(program, shared["schema"]):
        found[what.split()[-1]] = what
    return found, oracle


def check_permuted(seed, number):
    """The law of the page, of the evaluator alone: another order within the lateness changes no alert. What is wrong."""
    dice = random.Random(repr((seed, number, "permuted")))
    rules = {name: text for case in make_rules.cases(dice, CASES_A_RUN // 4) for name, text, _ in case.rules}
    lines = make_events.in_order(dice, MOST_EVENTS)
    outcomes = []
    for each in (lines, make_events.permuted(dice, lines)):
        outcome = of_oracle(Pair(make_rules.SHARED, rules, [lines_of(each)]), shared["schema"], shared["folder"])
        outcomes.append(Outcome(without_records(alert) for alert in outcome.found))
    return [name for name in rules if sorted(outcomes[0].by_rule.get(name, [])) != sorted(outcomes[1].by_rule.get(name, []))]


def without_records(value):
    if isinstance(value, dict):
        return {key: without_records(each) for key, each in value.items() if key != "record"}
    return [without_records(each) for each in value] if isinstance(value, list) else value


def check_batch(work):
    """(number of cases, kinds of rules that fired, [(Pair, name, what)])"""
    seed, number = work
    pair = batch_of(seed, number)
    found, oracle = compare(pair)
    kinds = collections.Counter()
    for rule in oracle.world.rules:
        kind = rule.window if rule.kind == "window" else rule.kind
        kinds[kind] += 1
        kinds[kind, "fired"] += rule.name in oracle.by_rule
    kinds["alerts"] = len(oracle.found)
    wrong = [(reduced(pair, oracle.world, name, what), name, what) for name, what in found.items()]
    if number % PERMUTED_EVERY == 0:
        what = f"another order: it gives other alerts (seed {seed}, batch {number})"
        wrong += [(None, name, what) for name in check_permuted(seed, number)]
    return kinds, wrong


def reduced(pair, world, name, what):
    """The pair with the rules alone that a difference is about, where they still differ so."""
    if name not in pair.rules:
        return pair
    fewer = pair.with_rules(closure(world, name))
    return fewer if what in compare(fewer)[0].values() else pair


# ---- reports


def report(found, keep, number):
    """One way of differing: the smallest pair of those that differ so, made smaller."""
    pair, name, what = min(found, key=lambda each: 0 if each[0] is None else size(each[0]))
    print(f"\n{len(found)} differ in {what} ({name})")
    if pair is None:
        return
    pair = Shrinker(lambda each: what in compare(each)[0].values()).shrink(pair)
    for lines in pair.files:
        print("    --\n" + "\n".join("    " + line.decode(errors="replace") for line in lines))
    late = [f"--late {pair.late}"] if pair.late else []
    print("\n".join("    " + line for line in [*late, *pair.rule_text().splitlines()]))
    differs, oracle = compare(pair)
    program = shared["program"].run(pair)
    for rule in differs:
        print_alerts("argot", program.by_rule.get(rule, []), oracle.by_rule.get(rule, []))
        print_alerts("naive", oracle.by_rule.get(rule, []), program.by_rule.get(rule, []))
    if keep:
        path = os.path.join(keep, f"found_{number:02}.case")
        pair.note = what
        pair.write(path)
        print(f"    written to {path}")
    sys.stdout.flush()


def print_alerts(who, alerts, others):
    print(f"    {who}: {len(alerts)} alerts")
    for alert in alerts:
        if alert not in others:
            print(f"    {who}* {json.dumps(shorter(json.loads(alert)), ensure_ascii=False)}")


def shorter(value):
    """An alert without what says little."""
    if isinstance(value, dict):
        return {key: shorter(each) for key, each in value.items() if key not in SAYS_LITTLE}
    return [shorter(each) for each in value] if isinstance(value, list) else value


# ---- the whole


def compile_module(argot, folder):
    module = os.path.join(folder, "event.so")
    command = [argot, "compile", os.path.join(HERE, "rules", "event.yaml"), "-o", module]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{argot} compile: {done.stdout.decode()}{done.stderr.decode()}")
    return module


def kept_cases(options):
    wrong = []
    paths = options.cases or sorted(glob.glob(os.path.join(HERE, "rules", "cases", "*.case")))
    for path in paths:
        pair = Pair.read(path)
        found, oracle = compare(pair)
        for name, what in found.items():
            wrong.append((reduced(pair, oracle.world, name, what), f"{os.path.basename(path)}: {name}", what))
    return len(paths), wrong


def random_pairs(options):
    batches = (options.count + CASES_A_RUN - 1) // CASES_A_RUN
    work = [(options.seed, number) for number in range(batches)]
    kinds, wrong = collections.Counter(), []
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for counted, found in pool.imap_unordered(check_batch, work):
            kinds += counted
            wrong += found
    return batches * CASES_A_RUN, kinds, wrong


def print_kinds(kinds):
    names = [name for name in kinds if isinstance(name, str) and name != "alerts"]
    shown = [f"{kinds[name]} {name} ({100 * kinds[name, 'fired'] // kinds[name]} % fire)" for name in sorted(names)]
    print(f"{kinds['alerts']} alerts of {sum(kinds[name] for name in names)} rules:", ", ".join(shown))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=3000, metavar="N", help="pairs of some rules and a stream")
    parser.add_argument("--keep", metavar="DIR", help="where a pair that differs is written to")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="ways of differing that are shown, shrunk")
    parser.add_argument("--way", default="", metavar="REGEX", help="only such ways of differing are shown")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    options = parser.parse_args()
    argot = os.path.abspath(options.argot)
    gen = options.gen or os.path.join(os.path.dirname(argot), "argot-gen")
    os.environ.setdefault("ARGOT_GEN", os.path.abspath(gen))
    from schema import Schema

    with tempfile.TemporaryDirectory(prefix="argot-compare-rules-") as folder:
        shared["schema"] = Schema(options.schema or os.path.join(options.formats, "schema.yaml"))
        shared["folder"] = folder
        write_files(Pair([], {}, []), folder)
        shared["program"] = Program(argot, compile_module(argot, folder))
        begin = time.monotonic()
        total, wrong = kept_cases(options)
        if not options.cases:
            pairs, kinds, found = random_pairs(options)
            total, wrong = total + pairs, wrong + found
            print_kinds(kinds)
        print(f"{total} pairs, {total / (time.monotonic() - begin):.0f} a second")
        ways = collections.defaultdict(list)
        for each in wrong:
            ways[each[2]].append(each)
        chosen = [what for what in ways if re.search(options.way, what)][: options.show]
        for number, what in enumerate(chosen, 1):
            report(ways[what], options.keep, number)
        for what, found in ((what, found) for what, found in ways.items() if what not in chosen):
            print(f"{len(found)} differ in {what}; --show N shows more")
    return runner.finish(total - len(wrong), len(wrong))


if __name__ == "__main__":
    sys.exit(main())
