#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py [--argot PROGRAM] [--formats DIR] [--corpus DIR] [--count N] [--seed N] [--jobs N] [-f NAME]

Holds argot against the second implementation in naive/: the lines of all examples and --count mutants of them, each with
none named, its own format, the envelopes that it may be in and chains of both; and the lines of --corpus and as many
mutants of those, more of the lines that are typed than of others. Every event must be equal, `extra` included; letters
and skipped records must be the same records. A line that differs is shrunk and printed.
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
MAX_SHRINK_RUNS = 400
TYPED_AGAIN = 9

shared = {}  # argot, naive and the sources of lines, for the workers: they are forked


def naive_outcome(line, name, received, zone):
    import times

    found = shared["naive"].record(line, name, times.read_iso(received), zone)
    if found["outcome"] != "event":
        return [found["outcome"]]
    return ["event"] + [as_parsed(each) for each in found.get("events", [found["event"]])]


def as_parsed(value):
    """A shown value as runner.parse() would give it after it was written as JSON: numbers by how they are written."""
    if isinstance(value, dict):
        return {key: as_parsed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_parsed(each) for each in value]
    if value is None or isinstance(value, bool) or isinstance(value, str) and not hasattr(value, "is_number"):
        return value
    return runner.Number(value if isinstance(value, str) else repr(value))


def difference(one, other):
    """What differs between two outcomes, as a tuple that names it; None where they are equal."""
    if one == other:
        return None
    if one[0] != other[0] or len(one) != len(other):
        return (f"{one[0]} {len(one) - 1}", f"{other[0]} {len(other) - 1}")
    names = set()  # `not ==` below: a number has an == of its own
    for left, right in zip(one[1:], other[1:]):
        for prefix, a, b in (("", left, right), ("extra.", left.get("extra", {}), right.get("extra", {}))):
            names |= {prefix + key for key in {**a, **b} if key != "extra" and not a.get(key) == b.get(key)}
    return tuple(sorted(names)) or ("order",)


def order_wrong(outcome):
    """Are an event's fields out of the schema's order?"""
    place = {name: number for number, name in enumerate([*shared["naive"].schema.fields, "extra"])}
    for event in outcome[1:]:
        places = [place.get(name, -1) for name in event]
        if places != sorted(places) or -1 in places:
            return True
    return False


def kind_of(outcome):
    """What a comparison was of, for the summary: an event of a message, one of an envelope alone, or none."""
    if outcome[0] != "event":
        return outcome[0]
    return "unknown" if outcome[1]["event_type"] == "UNKNOWN" else "typed"


def check_batch(batch):
    """[(name, received, zone, line, what differs)] of one batch, and how many lines became what."""
    name, received, zone, recipes = batch
    lines = [made_line(each) for each in recipes]
    run = shared["argot"].run(b"".join(line + b"\n" for line in lines), name, received, zone)
    found, kinds = [], collections.Counter()
    for number, line in enumerate(lines, 1):
        ours = run.outcome(number)
        kinds[kind_of(ours)] += 1
        what = difference(ours, naive_outcome(line, name, received, zone))
        if what is None and order_wrong(ours):
            what = ("order of fields",)
        if what is not None:
            found.append((name, received, zone, line, what))
    if run.count("skipped") != kinds["skipped"]:
        found.append((name, received, zone, lines[0], ("count of skipped records in the summary",)))
    return found, kinds


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


# A recipe is (source, number of a line in it, key of the mutant or None for the line itself); sources are in `shared`.


def made_line(recipe):
    source, number, key = recipe
    line = shared[source][number]
    return line if key is None else shared[source + " mutator"].mutate(line, key)


def set_source(source, lines):
    shared[source] = lines
    shared[source + " mutator"] = mutate.Mutator(lines, literals_of(shared["naive"]))


def names_for(name):
    """How the lines of a format may be asked for: by none, by it, by an envelope, by a chain."""
    around = [place for place, _ in shared["naive"].formats[name].inside if place in shared["naive"].formats]
    return list(dict.fromkeys([None, name, *around, *(f"{place}+{name}" for place in around)]))


def kinds_of(name, lines):
    run = shared["argot"].run(b"".join(line + b"\n" for line in lines), name)
    return [kind_of(run.outcome(number)) for number in range(1, len(lines) + 1)]


def example_work(options):
    """The examples, asked for in each way, and mutants, asked for in the ways in which their lines are events."""
    examples = [each for each in runner.example_lines(shared["naive"]) if options.format in (None, each[0])]
    set_source("examples", [line for _, line in examples])
    work, fitting = [], []
    for name in dict.fromkeys(way for format_name, _ in examples for way in names_for(format_name)):
        numbers = [number for number, (format_name, _) in enumerate(examples) if name in names_for(format_name)]
        kinds = kinds_of(name, [examples[number][1] for number in numbers])
        work += [(name, ("examples", number, None)) for number in numbers]
        fitting += [(name, number) for number, kind in zip(numbers, kinds) if kind in ("typed", "unknown") or name is None]
    random.Random(0).shuffle(fitting)
    for count in range(options.count if examples else 0):
        name, number = fitting[count % len(fitting)]
        work.append((name, ("examples", number, (options.seed, count))))
    return work


def corpus_work(options):
    """Lines of the corpus and mutants of them, of those that are typed more than of the others."""
    lines = runner.corpus_lines(options.corpus, options.lines)
    set_source("corpus", lines)
    typed = [number for number, kind in enumerate(kinds_of(options.format, lines)) if kind == "typed"]
    numbers = [*range(len(lines)), *typed * TYPED_AGAIN]
    random.Random(0).shuffle(numbers)
    return [(options.format, ("corpus", number, None)) for number in range(len(lines))] + [
        (options.format, ("corpus", numbers[count % len(numbers)], (options.seed, "corpus", count)))
        for count in range(options.count)
    ]  # fmt: skip


def work_of(options):
    """[(name or None, recipe)]"""
    return example_work(options) + (corpus_work(options) if options.corpus else [])


def batches_of(work, seed):
    by_name = collections.defaultdict(list)
    for name, recipe in work:
        by_name[name].append(recipe)
    for name, recipes in by_name.items():
        for at in range(0, len(recipes), BATCH):
            dice = random.Random(repr((seed, name, at)))
            yield name, dice.choice(RECEIVED), dice.choice(ZONES), recipes[at : at + BATCH]


def only(outcome, what):
    """An outcome without the fields that do not differ."""
    events = [{**event, **{"extra." + name: value for name, value in event.get("extra", {}).items()}} for event in outcome[1:]]
    names = set(what) | {"event_type"}
    return [outcome[0], *({name: value for name, value in event.items() if name in names} for event in events)]


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
        ours = shared["argot"].run(line + bytes([10]), name, received, zone).outcome(1)
        print(f"    argot: {only(ours, what)}")
        print(f"    naive: {only(naive_outcome(line, name, received, zone), what)}")
    if len(by_way) > most:
        print(f"… and {len(by_way) - most} more ways of differing; --show N prints more")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=3000, metavar="N", help="mutants")
    parser.add_argument("--lines", type=int, default=200, metavar="N", help="lines of each file of the corpus")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="ways of differing that are shown")
    parser.add_argument("-f", "--format", metavar="NAME", help="this format only")
    options = parser.parse_args()
    shared["argot"], shared["naive"] = runner.load(options)
    differences, kinds = [], collections.Counter()
    work = work_of(options)  # before the workers are forked, which find the sources in `shared`
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for found, counted in pool.imap_unordered(check_batch, batches_of(work, options.seed)):
            differences += found
            kinds += counted
    report(differences, options.show)
    total = sum(kinds.values())
    print(f"{total} lines:", ", ".join(f"{100 * count / total:.1f} % {kind}" for kind, count in kinds.most_common()))
    return runner.finish(total - len(differences), len(differences))


if __name__ == "__main__":
    sys.exit(main())
