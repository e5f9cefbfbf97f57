#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mutate.py [--seed N] [--count N] FILE

Log lines, spoilt in the ways in which logs are: bytes flipped, cut out, doubled; lines spliced; words swapped, taken from
other lines; blanks, quotes, brackets and literals put in; digits changed, numbers at and beyond their limits; bytes that
are not UTF-8, NUL, CR; very long fields; values of other types, members again; lines in an envelope. The same seed and
the same lines give the same mutants.
"""
import argparse
import json
import random
import re
import sys

OPERATIONS_A_LINE = (1, 1, 1, 1, 2, 3)  # most lines are spoilt once, so that many still fit a format
LONG = 1500
ODD_BYTES = [b"\x00", b"\r", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x82", b"\x1b[2J", b"\x7f", b"\xc2\x85", b"\t", b"\x1d"]
PIECES = [b" ", b"  ", b'"', b"'", b"\\", b'\\"', b"[", b"]", b"(", b")", b"{", b"}", b"<", b">", b"=", b":", b",", b";", b"|",
          b"-", b".", b"/", b"?", b"%", b"%41", b"0", b"-1", b"0x1f", b"99999999999999999999", b"192.0.2.99", b"2001:db8::1",
          b"::ffff:192.0.2.1", b"user@example.com", b"EXAMPLE\\ann", b"null", b"true", b"1e3", b"\xc3\xa9", b"=\"\"",
          b"{}", b"[]", b'"a":1,', b"\\u0041", b"\\ud800"]  # fmt: skip
NUMBERS = [b"0", b"00", b"007", b"-1", b"+1", b"191", b"192", b"255", b"256", b"65535", b"65536", b"4294967296", b"9223372036854775807",
           b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"18446744073709551615",
           b"18446744073709551616", b"9" * 40, b"0" * 30 + b"7", b"1.5", b"-0", b".5", b"1.", b"0.0000000001", b"1e3", b"1e400",
           b"1E-400", b"0x1F", b"0x", b"0xffffffffffffffff", b"0x10000000000000000", b"23", b"24", b"29", b"30", b"31", b"32",
           b"59", b"60", b"61", b"1969", b"1970", b"2024", b"2262", b"2263", b"9999", b"9223372036.854775807"]  # fmt: skip
JSON_VALUES = [b"null", b"true", b"false", b"0", b"-1", b"1.5", b"1e3", b"1.5e-05", b"18446744073709551616", b"1E400", b"01", b'""',
               b'" "', b'"-"', b'"0x1F"', b'"12"', b'"\\u0000"', b'"\\ud83d\\ude00"', b'"\\ud800"', b"[]", b"{}", b"[null]", b"[1,2]",
               b'["x","Y"]', b'["",null,"z"]', b"[[7],8]", b'{"a":1}', b'{"a":{"b":[1,{"c":null}]},"a":2}', b'[{"type":"T"}]',
               b"[" * 63 + b"]" * 63, b"[" * 70 + b"]" * 70]  # fmt: skip
JSON_VALUE = re.compile(rb'(?<=":)(?:\s*)(?:"(?:[^"\\]|\\.)*"|[-0-9.eE+]+|true|false|null|\[\]|\{\})')
PAIR_VALUES = [b"", b"-", b'""', b'"a b"', b'"', b"'x'", b"0x0", b"a=b", b"<z>", b"(none)", b"x,", b"[y]", b"\\n"]
PAIR_VALUE = re.compile(rb"(?<==)[^ ;,]*")
WORD = re.compile(rb"[A-Za-z0-9_.:@/\\-]+")
DIGITS = re.compile(rb"[0-9]+")
BORDER = re.compile(rb"[^A-Za-z0-9]")


class Mutator:
    """others: lines to splice with; literals: texts to put in; key: what makes this mutant this one."""

    def __init__(self, others, literals):
        self.others = others or [b""]
        self.literals = literals or [b" "]

    def mutate(self, line, key):
        dice = random.Random(repr(key))
        for _ in range(dice.choice(OPERATIONS_A_LINE)):
            line = dice.choice(OPERATIONS)(self, dice, line)
        return line.replace(b"\n", b" ")

    def place(self, dice, line):
        """A place in the line; where words begin and end are likelier."""
        borders = [found.start() for found in BORDER.finditer(line)]
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

    def number(self, dice, line):
        """Another number, most of them at the limits of a type."""
        return put(dice, line, DIGITS, dice.choice(NUMBERS))

    def value(self, dice, line):
        """Another value of a JSON member or of a pair, most of them of another type."""
        if dice.random() < 0.2:
            found = (JSON_VALUE if JSON_VALUE.search(line) else PAIR_VALUE).findall(dice.choice(self.others))
        else:
            found = JSON_VALUES if JSON_VALUE.search(line) else PAIR_VALUES
        pattern = JSON_VALUE if JSON_VALUE.search(line) else PAIR_VALUE
        return put(dice, line, pattern, dice.choice(found)) if found else line

    def member(self, dice, line):
        """A member of a JSON object or a pair again, with another value."""
        found = list(re.finditer(rb'"[A-Za-z_]+":\s*|[A-Za-z]+=', line))
        if not found:
            return self.double(dice, line)
        again, at = dice.choice(found).group(), dice.choice(found).start()
        return line[:at] + again + (dice.choice(JSON_VALUES) + b"," if b":" in again else dice.choice(PAIR_VALUES) + b" ") + line[at:]

    def exchange(self, dice, line):
        """Two words, which need not stand between blanks, in each other's place."""
        words = list(WORD.finditer(line))
        if len(words) < 2:
            return line
        one, other = sorted(dice.sample(words, 2), key=lambda word: word.start())
        return (line[: one.start()] + other.group() + line[one.end() : other.start()] + one.group()
                + line[other.end() :])  # fmt: skip

    def borrow(self, dice, line):
        """A word of another line in the place of one."""
        words = WORD.findall(dice.choice(self.others))
        return put(dice, line, WORD, dice.choice(words)) if words else line

    def empty(self, dice, line):
        """A word gone, its surroundings left."""
        return put(dice, line, WORD, dice.choice((b"", b"", b"-", b"(null)")))

    def hostile(self, dice, line):
        """A text that goes on as the template does, in the place of a word or before it."""
        words = list(WORD.finditer(line))
        if not words:
            return line
        word = dice.choice(words)
        text = line[word.start() : word.start() + dice.choice((10, 20, 40))] if dice.random() < 0.5 else dice.choice(self.literals)
        return line[: word.start()] + dice.choice((b"", word.group())) + text + line[dice.choice((word.start(), word.end())) :]

    def wrap(self, dice, line):
        """The line in an envelope."""
        quoted = json.dumps(line.decode("latin-1")).encode()
        return dice.choice((b"<34>Oct 11 22:14:15 web1 app[230]: " + line, b"Mar  3 00:17:22 web1 sshd[99]: " + line,
                            b"2026-01-28T16:04:05.413656027Z stderr F " + line, b"2026-03-01T22:14:15.003Z web1 nginx: " + line,
                            b'{"log":%s,"stream":"stdout","time":"2026-01-28T16:04:05.413656027Z"}' % quoted))  # fmt: skip

    def truncate(self, dice, line):
        return line[: self.place(dice, line)]

    def behead(self, dice, line):
        return line[self.place(dice, line) :]

    def long(self, dice, line):
        at = self.place(dice, line)
        return line[:at] + dice.choice((b"a", b"1", b" ", b'"', b"\\", b"a=b ", b"%41", b"[", b'{"a":')) * dice.randint(50, LONG) + line[at:]

    def end(self, dice, line):
        return line + dice.choice((b" ", b"\r", b"\t", b" \r", b".", b' "', b"-"))


def put(dice, line, pattern, text):
    """A text in the place of something that fits the pattern."""
    places = list(pattern.finditer(line))
    if not places:
        return line
    place = dice.choice(places)
    return line[: place.start()] + text + line[place.end() :]


WEIGHTS = {Mutator.flip: 6, Mutator.delete: 6, Mutator.double: 3, Mutator.swap: 3, Mutator.drop: 3, Mutator.splice: 5,
           Mutator.piece: 9, Mutator.literal: 5, Mutator.odd: 4, Mutator.digit: 7, Mutator.number: 8, Mutator.exchange: 6,
           Mutator.borrow: 10, Mutator.empty: 4, Mutator.hostile: 6, Mutator.truncate: 3, Mutator.behead: 1, Mutator.end: 3,
           Mutator.value: 10, Mutator.member: 3,
           Mutator.wrap: 4, Mutator.long: 1}  # fmt: skip
OPERATIONS = [operation for operation, weight in WEIGHTS.items() for _ in range(weight)]


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
