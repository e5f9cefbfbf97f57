#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py [--argot PROGRAM] [--formats DIR] [--corpus DIR] [--count N] [--seed N] [-f NAME]

Holds argot against the second implementation in naive/: the lines of all examples and --count mutants of them, each with
its own format named and with none, and the lines of --corpus and as many mutants of those. Every event must be equal,
`extra` included; letters and skipped records must be the same records. A line that differs is shrunk and printed.
"""
import argparse
import collections
import multiprocessing
import random
import sys

import mutate
import runner

BATCH = 400
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
RECEIVED = ["2026-03-01T12:00:00Z", "2026-01-01T00:30:00Z", "2024-02-29T23:59:59Z", "2025-10-26T01:30:00Z"]
MAX_SHRINK_RUNS = 150
CORPUS_LINES_A_FILE = 200

shared = {}  # argot and naive, for the workers: they are forked


def naive_outcome(line, name, received, zone):
    import times
    from chain import dump

    found = runner.parse(dump(shared["naive"].record(line, name, times.read_iso(received), zone)))
    if found["outcome"] != "event":
        return [found["outcome"]]
    return ["event"] + found.get("events", [found["event"]])


def difference(one, other):
    """What differs between two outcomes, as a tuple that names it; None where they are equal."""
    if one == other:
        return None
    if one[0] != other[0] or len(one) != len(other):
        return (f"{one[0]} {len(one) - 1}", f"{other[0]} {len(other) - 1}")
    names = set()
    for left, right in zip(one[1:], other[1:]):
        for prefix, a, b in (("", left, right), ("extra.", left.get("extra", {}), right.get("extra", {}))):
            names |= {prefix + key for key in {**a, **b} if key != "extra" and a.get(key) != b.get(key)}
    return tuple(sorted(names)) or ("order",)


def order_wrong(outcome):
    """Are an event's fields out of the schema's order?"""
    place = {name: number for number, name in enumerate([*shared["naive"].schema.fields, "extra"])}
    for event in outcome[1:]:
        places = [place.get(name, -1) for name in event]
        if places != sorted(places) or -1 in places:
            return True
    return False


def check_batch(batch):
    """[(name, received, zone, line, what differs)] of one batch, and its size."""
    name, received, zone, lines = batch
    run = shared["argot"].run(b"".join(line + b"\n" for line in lines), name, received, zone)
    found = []
    for number, line in enumerate(lines, 1):
        ours = run.outcome(number)
        what = difference(ours, naive_outcome(line, name, received, zone))
        if what is None and order_wrong(ours):
            what = ("order of fields",)
        if what is not None:
            found.append((name, received, zone, line, what))
    skipped = sum(1 for number in range(1, len(lines) + 1) if run.outcome(number) == ["skipped"])
    if run.count("skipped") != skipped:
        found.append((name, received, zone, lines[0], ("count of skipped records in the summary",)))
    return found, len(lines)


def differs(line, name, received, zone):
    ours = shared["argot"].run(line + b"\n", name, received, zone).outcome(1)
    return difference(ours, naive_outcome(line, name, received, zone))


def shrink(name, received, zone, line, what):
    """A shorter line that still differs in the same way: delta debugging within a bound of runs."""
    runs, size = 0, max(1, len(line) // 2)
    while size >= 1 and runs < MAX_SHRINK_RUNS:
        at = 0
        while at < len(line) and runs < MAX_SHRINK_RUNS:
            shorter = line[:at] + line[at + size :]
            runs += 1
            if differs(shorter, name, received, zone) == what:
                line = shorter
            else:
                at += size
        size //= 2
    return line


def literals_of(naive):
    import template

    found = set()
    for format_ in naive.formats.values():
        for each in format_.head + [each for message in format_.messages for each in message.templates]:
            found |= {node.text for node in template.walk(each.nodes) if isinstance(node, template.Text)}
    return sorted(found)


def work_of(options):
    """[(name or None, line)]"""
    naive = shared["naive"]
    examples = [each for each in runner.example_lines(naive) if options.format in (None, each[0])]
    mutator = mutate.Mutator([line for _, line in examples], literals_of(naive))
    work = [each for name, line in examples for each in ((name, line), (None, line))]
    for number in range(options.count if examples else 0):
        name, line = examples[number % len(examples)]
        work.append((name if number // len(examples) % 2 else None, mutator.mutate(line, (options.seed, number))))
    if options.corpus:
        lines = runner.corpus_lines(options.corpus, CORPUS_LINES_A_FILE)
        mutator = mutate.Mutator(lines, literals_of(naive))
        work += [(options.format, line) for line in lines]
        for number in range(options.count):
            work.append((options.format, mutator.mutate(lines[number % len(lines)], (options.seed, "corpus", number))))
    return work


def batches_of(work, seed):
    by_name = collections.defaultdict(list)
    for name, line in work:
        by_name[name].append(line)
    for name, lines in by_name.items():
        for at in range(0, len(lines), BATCH):
            dice = random.Random(repr((seed, name, at)))
            yield name, dice.choice(RECEIVED), dice.choice(ZONES), lines[at : at + BATCH]


def report(differences, most):
    """One line of each way of differing, shrunk."""
    by_way = collections.defaultdict(list)
    for each in differences:
        by_way[(each[0], each[4])].append(each)
    for (name, what), found in sorted(by_way.items(), key=lambda each: -len(each[1]))[:most]:
        name, received, zone, line, what = min(found, key=lambda each: len(each[3]))
        line = shrink(name, received, zone, line, what)
        print(f"{len(found)} differ in {', '.join(what)} (format {name or 'found'}, received {received}, zone {zone})")
        print(f"    line:  {line!r}")
        print(f"    argot: {shared['argot'].run(line + bytes([10]), name, received, zone).outcome(1)}")
        print(f"    naive: {naive_outcome(line, name, received, zone)}")
    if len(by_way) > most:
        print(f"… and {len(by_way) - most} more ways of differing; --show N prints more")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=3000, metavar="N", help="mutants")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="ways of differing that are shown")
    parser.add_argument("-f", "--format", metavar="NAME", help="this format only")
    options = parser.parse_args()
    shared["argot"], shared["naive"] = runner.load(options)
    differences, total = [], 0
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for found, size in pool.imap_unordered(check_batch, batches_of(work_of(options), options.seed)):
            differences += found
            total += size
    report(differences, options.show)
    return runner.finish(total - len(differences), len(differences))


if __name__ == "__main__":
    sys.exit(main())
