#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gears.py [--argot PROGRAM] [--count N] [--seed N] FORMAT-GEAR.so...

A gear never changes an event. Each module is a stock format whose texts end in one way alone (argot-gen --gear); it must
make of every line what the format that is built in does: of the examples, of lines spoilt as logs are, and of lines in
which a piece stands many times, so that a text could have hundreds of ends. Forward alone must tell of every letter how
far it got as the built-in way does, unless a piece is repeated in it.
"""
import argparse
import os
import random
import sys

import runner
from mutate import Mutator

TOLD = ("reason", "format", "offset", "expected")


def repeated(dice, line):
    """A piece of the line many times over, where it stands or at the end."""
    at = dice.randrange(len(line))
    piece = line[at : at + dice.choice((1, 2, 3, 5, 9, 20, 40))]
    return line[:at] + piece * dice.choice((3, 20, 80)) + dice.choice((line[at:], line[at + len(piece) :], b"", b" z"))


def lines_of(examples, count, seed, name):
    """(lines without repeated pieces, lines with them)"""
    dice = random.Random(repr((seed, name)))
    mutator = Mutator(examples, [b" ", b'"', b" from ", b" port ", b"] "])
    spoilt = [mutator.mutate(dice.choice(examples), (seed, name, number)) for number in range(count)]
    many = [repeated(dice, dice.choice(examples)) for _ in range(count)]
    return [line for line in examples + spoilt if line], [line.replace(b"\n", b" ") for line in many]


def said(run, record, told):
    """What became of a record, with what a letter tells of it by these names."""
    return run.outcome(record), [[letter.get(name) for name in told] for letter in run.letters.get(record, [])]


def compare(argot, module, lines, exact):
    """(lines that became events, differences)"""
    name, gear = os.path.basename(module).removesuffix(".so").rsplit("-", 1)
    data = b"".join(line + b"\n" for line in lines)
    built_in, other = argot.run(data, name), argot.run(data, name, options=("--load", module))
    told = TOLD if exact and gear == "forward" else TOLD[:1]
    events = failed = 0
    for record, line in enumerate(lines, 1):
        wanted, found = said(built_in, record, told), said(other, record, told)
        events += wanted[0][0] == "event"
        if found != wanted:
            failed += 1
            print(f"{name}, {gear}: {line!r}\n    built in: {wanted}\n    {gear}: {found}"[:3000])
    return events, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=400, metavar="N", help="lines of each kind for a format")
    parser.add_argument("modules", nargs="+", metavar="FORMAT-GEAR.so")
    options = parser.parse_args()
    argot, naive = runner.load(options)
    passed = failed = 0
    for module in map(os.path.abspath, options.modules):
        name = os.path.basename(module).rsplit("-", 1)[0]
        examples = [line for of, line in runner.example_lines(naive) if of == name and line]
        few, many = lines_of(examples, options.count, options.seed, name)
        for lines, exact in ((few, True), (many, False)):
            events, wrong = compare(argot, module, lines, exact)
            if not 0 < events < len(lines):
                raise SystemExit(f"{events} of {len(lines)} lines of {name} became events: the lines show nothing")
            failed += wrong
            passed += len(lines) - wrong
    return runner.finish(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
