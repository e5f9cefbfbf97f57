#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mutate.py [--seed N] [--count N] FILE

Log lines, spoilt in the ways in which logs are: bytes flipped, cut out, doubled; lines spliced; blanks, quotes,
brackets and literals put in; digits changed; bytes that are not UTF-8, NUL, CR; very long fields. The same seed and the
same lines give the same mutants.
"""
import argparse
import random
import sys

MAX_OPERATIONS = 3
LONG = 1500
ODD_BYTES = [b"\x00", b"\r", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x82", b"\x1b[2J", b"\x7f", b"\xc2\x85", b"\t", b"\x1d"]
PIECES = [b" ", b"  ", b'"', b"'", b"\\", b'\\"', b"[", b"]", b"(", b")", b"{", b"}", b"<", b">", b"=", b":", b",", b";", b"|",
          b"-", b".", b"/", b"?", b"%", b"%41", b"0", b"-1", b"0x1f", b"99999999999999999999", b"192.0.2.99", b"2001:db8::1",
          b"::ffff:192.0.2.1", b"user@example.com", b"EXAMPLE\\ann", b"null", b"true", b"1e3", b"\xc3\xa9", b"=\"\"",
          b"{}", b"[]", b'"a":1,', b"\\u0041", b"\\ud800"]  # fmt: skip


class Mutator:
    """others: lines to splice with; literals: texts to put in; key: what makes this mutant this one."""

    def __init__(self, others, literals):
        self.others = others or [b""]
        self.literals = literals or [b" "]

    def mutate(self, line, key):
        dice = random.Random(repr(key))
        for _ in range(dice.randint(1, MAX_OPERATIONS)):
            line = dice.choice(OPERATIONS)(self, dice, line)
        return line.replace(b"\n", b" ")

    def place(self, dice, line):
        """A place in the line; where words begin and end are likelier."""
        borders = [at for at in range(len(line)) if not line[at : at + 1].isalnum()]
        if borders and dice.random() < 0.6:
            return dice.choice(borders) + dice.randint(0, 1)
        return dice.randint(0, len(line))

    def flip(self, dice, line):
        if not line:
            return line
        at = dice.randrange(len(line))
        return line[:at] + bytes([line[at] ^ 1 << dice.randrange(8)]) + line[at + 1 :]

    def delete(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + line[at + dice.choice((1, 1, 1, 2, 5, 20)) :]

    def double(self, dice, line):
        """A field again, at once or elsewhere."""
        words = line.split(b" ")
        word = dice.choice(words)
        words.insert(dice.randint(0, len(words)), word)
        return b" ".join(words)

    def swap(self, dice, line):
        words = line.split(b" ")
        one, other = dice.randrange(len(words)), dice.randrange(len(words))
        words[one], words[other] = words[other], words[one]
        return b" ".join(words)

    def drop(self, dice, line):
        words = line.split(b" ")
        del words[dice.randrange(len(words))]
        return b" ".join(words)

    def splice(self, dice, line):
        other = dice.choice(self.others)
        return line[: self.place(dice, line)] + other[self.place(dice, other) :]

    def piece(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + dice.choice(PIECES) + line[at:]

    def literal(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + dice.choice(self.literals) + line[at:]

    def odd(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + dice.choice(ODD_BYTES) + line[at:]

    def digit(self, dice, line):
        places = [at for at in range(len(line)) if line[at : at + 1].isdigit()]
        if not places:
            return line
        at = dice.choice(places)
        return line[:at] + b"%d" % dice.randint(0, 9) + line[at + 1 :]

    def truncate(self, dice, line):
        return line[: self.place(dice, line)]

    def behead(self, dice, line):
        return line[self.place(dice, line) :]

    def long(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + dice.choice((b"a", b"1", b" ", b'"', b"\\", b"a=b ", b"%41")) * dice.randint(50, LONG) + line[at:]

    def end(self, dice, line):
        return line + dice.choice((b" ", b"\r", b"\t", b" \r", b".", b' "', b"-"))


OPERATIONS = [Mutator.flip, Mutator.delete, Mutator.delete, Mutator.double, Mutator.swap, Mutator.drop, Mutator.splice,
              Mutator.splice, Mutator.piece, Mutator.piece, Mutator.piece, Mutator.literal, Mutator.literal, Mutator.odd,
              Mutator.digit, Mutator.digit, Mutator.truncate, Mutator.behead, Mutator.end] * 3 + [Mutator.long]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--count", type=int, default=100, metavar="N")
    parser.add_argument("file", metavar="FILE")
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        lines = file.read().splitlines() or [b""]
    mutator = Mutator(lines, [])
    for number in range(options.count):
        sys.stdout.buffer.write(mutator.mutate(lines[number % len(lines)], (options.seed, number)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
