#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""conservation.py [--argot PROGRAM] [--formats DIR] [--corpus DIR] [--count N] [--seed N]

Nothing is lost and nothing depends on how the work is cut: over random bytes, spoilt logs and odd files the records are
events, dead letters and skipped ones, exactly; their raw bytes in order are the file; and events, letters and counts are
the same for any --block-bytes and -j.
"""
import argparse
import multiprocessing
import random
import sys

import mutate
import runner

BLOCKS = [1, 2, 7, 64, 300, 4096]
LIMITS = [16, 64, 1000]
TRIMMED = b" \t\r"
SHOWN = "record,raw_line"
CORPUS_LINES_A_FILE = 40
MOST_LINES = 400

shared = {}


class Wrong(Exception):
    """What does not hold, in words."""


def raw_of_letters(number, letters):
    """The bytes of a record that is one letter, or its pieces in order."""
    pieces = [int(each.get("piece", 0)) for each in letters]
    if pieces not in ([0], list(range(1, len(pieces) + 1))):
        raise Wrong(f"record {number} is in the pieces {pieces}")
    parts = [runner.raw_of(each) for each in letters]
    return None if None in parts else b"".join(parts)


def check_raw(data, run, skips):
    """Puts the file together again from its records."""
    at = 0
    records = run.count("records")
    for number in range(1, records + 1):
        shown = [runner.raw_of(each) for each in run.events.get(number, [])]
        if number in run.letters:
            shown.append(raw_of_letters(number, run.letters[number]))
        if number in run.letters and number in run.events:
            raise Wrong(f"record {number} is an event and a dead letter")
        if any(raw is None for raw in shown):
            raise Wrong(f"record {number} shows no raw bytes")
        if any(raw != shown[0] for raw in shown):
            raise Wrong(f"the events of record {number} differ in their raw bytes")
        if shown:
            raw = shown[0]
        else:
            end = data.find(b"\n", at)
            raw = data[at : len(data) if end < 0 else end]
            if not skippable(raw, skips):
                raise Wrong(f"record {number} was skipped: {raw[:200]!r}")
        if not data.startswith(raw, at):
            raise Wrong(f"record {number} is {raw[:200]!r}, but the file goes on with {data[at:at + 200]!r}")
        at += len(raw)
        if data.startswith(b"\n", at):
            at += 1
    if at != len(data):
        raise Wrong(f"{len(data) - at} bytes are in no record: {data[at:at + 200]!r}")
    unknown = [number for number in (*run.events, *run.letters) if not 1 <= number <= records]
    if unknown:
        raise Wrong(f"record {unknown[0]} is beyond the {records} of the summary")


def skippable(raw, skips):
    text = raw.rstrip(TRIMMED)
    return not text or any(
        text.startswith(before) and text.endswith(after) if star else text == before for before, star, after in skips
    )


def check_counts(run, data):
    events, letters, skipped = len(run.events), len(run.letters), run.count("skipped")
    if events + letters + skipped != run.count("records"):
        raise Wrong(f"{run.count('records')} records, but {events} with events, {letters} letters, {skipped} skipped")
    pieces = sum(len(each) for each in run.letters.values())
    if pieces != run.count("dead_letters"):
        raise Wrong(f"{pieces} letters, but {run.count('dead_letters')} counted")
    shown = sum(len(each) for each in run.events.values())
    if shown not in (run.count("events"), run.count("events") + run.count("split_events")):
        raise Wrong(f"{shown} events, but {run.count('events')} counted")
    if run.count("bytes") != len(data):
        raise Wrong(f"{len(data)} bytes, but {run.count('bytes')} counted")


def check_lines(run, data):
    """Without a limit that cuts, a record is a line and has its number."""
    lines = data.split(b"\n")
    if not lines[-1]:
        del lines[-1]
    if run.count("records") != len(lines):
        raise Wrong(f"{len(lines)} lines, but {run.count('records')} records")
    for number, events in run.events.items():
        if any(int(event["line"]) != number for event in events):
            raise Wrong(f"record {number} is said to be in line {events[0]['line']}")


def same(one, other, how):
    for what in ("out", "letter_bytes"):
        left, right = getattr(one, what), getattr(other, what)
        if left != right:
            pairs = zip(left.splitlines(), right.splitlines())
            first = next(((a, b) for a, b in pairs if a != b), (left[-200:], right[-200:]))
            raise Wrong(f"{how} gives other {'events' if what == 'out' else 'letters'}: {first[0]!r}, {first[1]!r}")
    for name in ("records", "events", "skipped", "bytes", "lines"):
        if one.count(name) != other.count(name):
            raise Wrong(f"{how} counts other {name}: {one.count(name)}, {other.count(name)}")


def check_file(job):
    """None, or what is wrong with one file."""
    title, name, data, key = job
    dice = random.Random(repr(key))
    argot, skips = shared["argot"], shared["skips"]
    try:
        plain = argot.run(data, name, with_=SHOWN, options=["-j", "1"])
        check_counts(plain, data)
        check_raw(data, plain, skips)
        check_lines(plain, data)
        # Blocks of a byte or two only where the file is small: each costs a round through the workers.
        for size in dice.sample(BLOCKS if len(data) < 20000 else BLOCKS[3:], 2):
            jobs = dice.choice(["1", "4"])
            again = argot.run(data, name, with_=SHOWN, options=["-j", jobs, "--block-bytes", str(size)])
            same(plain, again, f"-j {jobs} --block-bytes {size}")
        same(plain, argot.run(data, name, with_=SHOWN, options=["-j", "4"]), "-j 4")
        limit = str(dice.choice(LIMITS))
        cut = argot.run(data, name, with_=SHOWN, options=["-j", "1", "--record-max-bytes", limit])
        check_counts(cut, data)
        check_raw(data, cut, skips)
        block = str(dice.choice(BLOCKS[2:]))
        again = argot.run(data, name, with_=SHOWN,
                          options=["-j", "4", "--record-max-bytes", limit, "--block-bytes", block])  # fmt: skip
        same(cut, again, f"--record-max-bytes {limit} --block-bytes {block}")
    except Wrong as wrong:
        return title, str(wrong)
    except SystemExit as wrong:
        return title, str(wrong)
    return None


def files_of(options, naive):
    """[(title, format's name or None, bytes, key of its dice)]"""
    dice = random.Random(repr((options.seed, "conservation")))
    examples = runner.example_lines(naive)
    lines = [line for _, line in examples]
    if options.corpus:
        lines += runner.corpus_lines(options.corpus, CORPUS_LINES_A_FILE)
    mutator = mutate.Mutator(lines, [b"\n", b"\r\n", b"\n\n"])
    names = sorted(naive.formats)
    odd = [b"", b"\n", b"\n\n\n", b"\r\n", b" \t\r\n\n", b"\x00", b"a", b"a\n\n", b"\n\na", b"\xff\xfe\n", b"{\n", b"[" * 5000 + b"\n",
           b'{"a":' * 5000 + b"\n", b"a" * 5000, b"a" * 5000 + b"\n", b"\n" * 2000]  # fmt: skip
    for number, data in enumerate(odd):
        yield f"odd file {number}", None, data, (options.seed, "odd", number)
    for number in range(options.count):
        kind = number % 4
        if kind == 0:
            size = dice.choice((10, 300, 4000))
            data = bytes(dice.choice((dice.randrange(256), 10, 32, 123)) for _ in range(size))
        else:
            picked = [dice.choice(lines or [b"x"]) for _ in range(dice.randint(1, MOST_LINES))]
            data = b"\n".join(
                mutator.mutate(line, (options.seed, number, at)) if kind > 1 else line for at, line in enumerate(picked)
            )
            if kind == 3:  # line ends moved, too
                for _ in range(dice.randint(1, 20)):
                    at = dice.randint(0, len(data))
                    data = data[:at] + dice.choice((b"\n", b"\r\n", b"\n\n")) + data[at + dice.randint(0, 2) :]
            data += dice.choice((b"", b"\n", b"\r\n"))
        yield f"file {number}", dice.choice([None, None] + names), data, (options.seed, number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=60, metavar="N", help="files")
    options = parser.parse_args()
    shared["argot"], naive = runner.load(options)
    shared["skips"] = [pattern.partition(b"*") for format_ in naive.formats.values() for pattern in format_.skip]
    passed = failed = 0
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for wrong in pool.imap(check_file, files_of(options, naive)):
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong is not None:
                print(f"{wrong[0]} (seed {options.seed}): {wrong[1]}")
    return runner.finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
