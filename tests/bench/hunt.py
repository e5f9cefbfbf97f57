#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hunt.py [--argot PROGRAM] [--seed N] [--rounds N] [--keep] [FORMAT...]

Hunts lines that a stock format takes long for: spoils the samples and the slowest lines so far in the ways of
tests/property/mutate.py and by saying a piece of them many times, and lets callgrind count the instructions of each. Says
for each format how many times the instructions a byte of its median sample the worst line takes, and how that line ends.
--keep writes the worst to slow/FORMAT.log, which counts.py holds against the table. The same seed finds the same.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import callgrind
import counts

sys.path.insert(0, str(counts.HERE.parent / "property"))
from mutate import Mutator  # noqa: E402

LINES_A_ROUND = 250
PARENTS = 40
KEPT = 5
LONGEST = 1500
ALIKE = 0.9  # a worse line is kept only where it is this much less or another's head differs


def plain(line):
    """Lines that are kept can be read."""
    try:
        return 0 < len(line) <= LONGEST and line.decode().isprintable() and line.strip() != b""
    except UnicodeDecodeError:
        return False


def repeat(dice, line):
    """A piece of the line many times over, where it stands."""
    at = dice.randrange(len(line))
    piece = line[at : at + dice.choice((1, 1, 2, 3, 5, 9, 20))]
    return line[:at] + piece * dice.choice((2, 5, 20, 80)) + line[at + dice.choice((0, len(piece))) :]


def cut(dice, line):
    """Without its end, or with one that fits nothing."""
    return line[: dice.randint(1, len(line))] if dice.random() < 0.5 else line + dice.choice((b" z", b"z", b'"', b" ", b"]"))


def children(mutator, dice, parents, key):
    made = []
    while len(made) < LINES_A_ROUND:
        line = dice.choice(parents)
        way = dice.random()
        line = repeat(dice, line) if way < 0.3 else cut(dice, line) if way < 0.5 else mutator.mutate(line, (*key, len(made)))
        made.append(line if plain(line) else dice.choice(parents))
    return made


def hunt(argot, name, seed, rounds):
    """[(ratio, line)], the worst first."""
    samples = counts.lines_of("samples", name)
    dice = random.Random(repr((seed, name)))
    mutator = Mutator(samples, [b" ", b'"', b"=", b"[", b"]", b"- ", b", "])
    known = {}
    made = samples + counts.lines_of("slow", name) + [b"x", b"x" * 200, *(line[:-1] for line in samples if len(line) > 1)]
    for number in range(rounds + 1):
        made = list(dict.fromkeys(line for line in made if line not in known and plain(line)))
        of_samples, of_made = callgrind.measure(argot, name, samples, made)
        known.update(zip(made, counts.ratios(samples, of_samples, made, of_made)))
        worst = sorted(known, key=known.get, reverse=True)[:PARENTS]
        made = children(mutator, dice, worst + samples, (seed, name, number))
    return sorted(((ratio, line) for line, ratio in known.items()), reverse=True)


def outcome(argot, name, line):
    """What becomes of a line: its event's type, or why and where it is a letter."""
    with tempfile.NamedTemporaryFile() as letters:
        done = subprocess.run([argot, "parse", "-q", "-f", name, "--received-at", callgrind.RECEIVED, "--dead-letters",
                               letters.name, "-"], input=line + b"\n", capture_output=True, check=False)  # fmt: skip
        said = json.loads((done.stdout or letters.read() or b"{}").splitlines()[0])
    return said.get("event_type") or f"{said.get('reason', 'skipped')} at byte {said.get('offset', 0)} of {len(line)}"


def differing(found):
    """The worst, each unlike those before in what it begins with and in its length."""
    kept = []
    for ratio, line in found:
        if all(line[:12] != other[:12] or not ALIKE < len(line) / len(other) < 1 / ALIKE for _, other in kept):
            kept.append((ratio, line))
        if len(kept) == KEPT:
            break
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--argot", default="build/argot", metavar="PROGRAM")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--rounds", type=int, default=4, metavar="N", help=f"of {LINES_A_ROUND} lines for each format")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    options = parser.parse_args()
    beyond = 0
    for name in options.formats or sorted(path.stem for path in (counts.HERE / "samples").glob("*.log")):
        found = differing(hunt(options.argot, name, options.seed, options.rounds))
        beyond += found[0][0] > counts.BAR
        print(f"{name:16} {found[0][0]:6.2f}  {outcome(options.argot, name, found[0][1])}  {found[0][1][:90]!r}", flush=True)
        if options.keep:
            (counts.HERE / "slow" / f"{name}.log").write_bytes(b"".join(line + b"\n" for _, line in found))
    print(f"{beyond} formats have a line that takes more than {counts.BAR:g} times the median")
    return 0


if __name__ == "__main__":
    sys.exit(main())
