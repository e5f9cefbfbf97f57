#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""overlaps.py [--argot PROGRAM] [--formats DIR] [-f NAME] [--seed N] [--count N]

Lines that argot check --overlaps shows do what it says of them. The independent matcher reads each: the message that is
said to take it does, the one that is said to fit it does too; two formats that are said to fit it do, and are tried in
the order that is said; a string that is said to end at the first of two places does, and with `:text` takes more; no
line of a template that none reaches is found. Over the formats of the folder, and over random ones, where templates are
short and alike.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import runner  # finds the naive matcher

import engine  # noqa: E402
import formats as naive_formats  # noqa: E402
import times  # noqa: E402
from chain import Naive  # noqa: E402

OVERLAP, FORMATS, AMBIGUOUS, UNREACHABLE = "ARGOT-0176", "ARGOT-0177", "ARGOT-0178", "ARGOT-0173"
WORDS = ["a", "b", "x y", "from", "to", "1", "-", ":", "user", "[", "]"]
FIELDS = ["{user_name}", "{user_name:text}", "{source_ip}", "{source_port}", "{source_host}", "{event_reason}", "{extra.a}",
          "{extra.b:word}", "{process_pid}", "{extra.q:quoted}", "{url_path:path}", "{extra.n:int}", "{extra.f:float}",
          "{extra.t:letters}", "{_}", "{ }"]  # fmt: skip
LINES_A_TEMPLATE = 60


def check(argot, path):
    """The diagnostics of a format that tell of overlaps."""
    done = subprocess.run([argot, "check", "--overlaps", "--json", path], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return [json.loads(line) for line in done.stdout.splitlines()]


def raw(shown):
    """The bytes of a witness."""
    return re.sub(rb"\\(\\|x..)", lambda found: b"\\" if found[1] == b"\\" else bytes([int(found[1][1:], 16)]), shown.encode())


class Matcher:
    """Templates of one format, one by one."""

    def __init__(self, naive, name):
        self.naive, self.format = naive, naive.formats[name]
        level = engine.Level(self.format, engine.Context(times.Clock("UTC", 0), []))
        self.read_piece = engine.piece_reader(level)

    def fits(self, template, data):
        return template.match(data, self.read_piece)

    def value(self, captures, name, data):
        for field, begin, end, _ in captures:
            if any(name in targets for targets in field.targets):
                return data[begin:end]
        return None

    def body(self, line):
        """What the messages read of a line; None where no head fits."""
        if not self.format.head:
            return line
        for template in self.format.head:
            captures = self.fits(template, line)
            if captures is not None:
                text = self.value(captures, "message", line)
                return None if text is None else text.rstrip(b" \t\r")
        return None

    def message(self, wanted):
        return next(message for message in self.format.messages if message.id == wanted)

    def message_fits(self, message, text):
        return any(self.fits(template, text) is not None for template in message.templates)

    def first(self, text):
        """The first message without conditions that fits."""
        for message in self.format.messages:
            if not message.condition.tests and self.message_fits(message, text):
                return message.id
        return None

    def begins(self):
        return self.format.head or [each for message in self.format.messages if not message.condition.tests
                                    for each in message.templates]  # fmt: skip

    def format_fits(self, line):
        return any(self.fits(template, line) is not None for template in self.begins())


class Checker:
    def __init__(self, argot, naive, folder, only=None):
        self.argot, self.naive, self.folder, self.only = argot, naive, folder, only
        self.wrong, self.counts = [], {}

    def claim(self, holds, name, found, why):
        self.counts[found["code"]] = self.counts.get(found["code"], 0) + 1
        if not holds:
            self.wrong.append(f"{name}:{found['line']}: {found['text']}: {found.get('witness')}: {why}")

    def overlap(self, name, matcher, found):
        later, earlier = re.fullmatch(r"the message `(\w+)` fits lines that `(\w+)` takes", found["text"]).groups()
        text = matcher.body(raw(found["witness"]))
        self.claim(text is not None and matcher.message_fits(matcher.message(later), text), name, found, "it does not fit")
        self.claim(text is not None and matcher.first(text) == earlier, name, found, "another takes it")

    def formats(self, name, matcher, found):
        shape = r"the format `(\w+)` fits lines of this one too, and is tried (before|after) it(?: inside of (\w+))?"
        other, order, place = re.fullmatch(shape, found["text"]).groups()
        line = raw(found["witness"])
        self.claim(matcher.format_fits(line), name, found, "this one does not fit")
        self.claim(Matcher(self.naive, other).format_fits(line), name, found, "the other does not fit")
        tried = [format_.name for format_, _ in self.naive.inside(place or "line")]
        self.claim((tried.index(other) < tried.index(name)) == (order == "before"), name, found, "the order is another")

    def ambiguous(self, name, matcher, found):
        """In some template that has the field it ends at the first place, and with `:text` further right."""
        field = re.match(r"(\{.*?\}) ends at", found["text"]).group(1)
        line, holds = raw(found["witness"]), False
        head = [each for each in matcher.format.head if field in each.source]
        templates = head or [each for message in matcher.format.messages for each in message.templates if field in each.source]
        texts = [line] if head else [matcher.body(line)]
        parts = matcher.format.root.get("parts", {})
        inner = field.strip("{}").partition(":")[0]
        for template in templates or matcher.begins():
            if texts[0] is None or field not in template.source:
                continue
            captures = matcher.fits(template, texts[0])
            longer = naive_formats.matcher.Template(template.source.replace(field, f"{{{inner}:text}}", 1), parts,
                                                    self.prepare(matcher))
            with_text = matcher.fits(longer, texts[0])
            if captures is None or with_text is None:
                continue
            short, long = (matcher.value(each, inner.split("|")[0], texts[0]) for each in (captures, with_text))
            holds = holds or (short is not None and long is not None and long != short and long.startswith(short))
        if templates:
            self.claim(holds, name, found, "it does not take more")

    def prepare(self, matcher):
        import syntax

        def prepare(field):
            field.lexis = syntax.lexis_of(field, self.naive.schema.kinds, matcher.format.types, matcher.format.absent,
                                          {kind: {} for kind in ("kv", "json", "csv", "sd")})  # fmt: skip

        return prepare

    def check(self, name):
        matcher = Matcher(self.naive, name)
        found = check(self.argot, os.path.join(self.folder, name + ".yaml"))
        for one in found or []:
            if one["code"] == OVERLAP:
                self.overlap(name, matcher, one)
            elif one["code"] == FORMATS and (self.only is None or one["text"].split("`")[1] in self.only):
                self.formats(name, matcher, one)
            elif one["code"] == AMBIGUOUS:
                self.ambiguous(name, matcher, one)
        return found


# ---- random formats


def random_template(dice):
    pieces, fields = [], dice.sample(FIELDS, len(FIELDS))
    for _ in range(dice.randint(1, 3)):
        pieces.append(dice.choice(WORDS))
        pieces.append(fields.pop())
        if dice.random() < 0.2:
            pieces.append(f"{{( {dice.choice(WORDS)}{dice.choice(['', ' ' + fields.pop()])})?}}")
    if dice.random() < 0.5:
        pieces.append(" " + dice.choice(WORDS))
    return dice.choice(["", " "]).join(pieces)


def variant(dice, line):
    """A template nearly the same: one that takes more, or less, or something beside it."""
    change = dice.randint(0, 3)
    fields = re.findall(r"\{(?!\(|_\}| \})[^{}]*\}", line)
    if change == 0 and fields:
        return line.replace(dice.choice(fields), dice.choice(WORDS), 1)
    if change == 1 and fields:
        return line.replace(dice.choice(fields), dice.choice(["{extra.z}", "{extra.z:text}", "{extra.z:word}"]), 1)
    if change == 2:
        return line + dice.choice([" b", " {message}", "{( to)?}"])
    return line.partition("{")[0] + dice.choice(["{message}", "{message:text}", "{extra.z:word} {message}"])


def random_format(dice, name):
    """A format whose messages are m0, m1, …: written in JSON, which is YAML."""
    lines = [random_template(dice) for _ in range(dice.randint(1, 3))]
    while dice.random() < 0.8 and len(lines) < 7:
        lines.insert(dice.randint(0, len(lines)), variant(dice, dice.choice(lines)))
    messages = [{"id": f"m{number}", "line": line} for number, line in enumerate(lines)]
    return {"format": name, "title": "Random", "event_time": "received", "types": {"letters": "[a-z]+"}, "absent": ["-"],
            "inside": ["line"], "messages": messages, "examples": [{"reject": "\t"}]}  # fmt: skip


def random_line(dice, template):
    """A line in the template's shape, which it fits often."""
    line = re.sub(r"\{\(( [^{}]*(?:\{[^{}]*\})?)\)\?\}", lambda found: found[1] if dice.random() < 0.5 else "", template)
    values = ["a", "b", "1", "-", "x y", "a from b", "192.0.2.1", "/p", '"q"', "", "user", "to", "[1]", "7:8"]
    return re.sub(r"\{[^{}]*\}", lambda found: dice.choice([" ", "  "]) if found[0] == "{ }" else dice.choice(values),
                  line).encode()  # fmt: skip


def unreachable(checker, name, matcher, found, dice):
    """No line is taken by a message that is said to be out of reach."""
    lines = (raw(found["witness"]) if "witness" in found else b"").split(b"\0")
    number = found["line"] - checker.first_line
    message = matcher.format.messages[number]
    for source in [each.source for each in message.templates] * LINES_A_TEMPLATE:
        lines.append(random_line(dice, source).rstrip(b" \t\r"))
    for line in lines:
        if line and matcher.first(line) == message.id:
            checker.claim(False, name, found, f"{line!r} reaches it")
            return
    checker.claim(True, name, found, "")


def check_random(argot, schema, seed, count):
    dice = random.Random(seed)
    wrong, counts, made = [], {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            name = f"random_{number}"
            tree = random_format(dice, name)
            path = os.path.join(folder, name + ".yaml")
            text = json.dumps(tree, indent=1).replace('"messages": [', '"messages": [\n')
            text = re.sub(r'\{\s*"id": ("m\d+"),\s*"line": (".*")\s*\}', r'{"id": \1, "line": \2}', text)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            try:
                naive = Naive(folder, schema, [name])
            except Exception:  # no format of the language: argot must say so too
                naive = None
            checker = Checker(argot, naive, folder, {name})
            checker.first_line = next(i for i, line in enumerate(text.splitlines(), 1) if '"id": "m0"' in line)
            if naive is None or check(argot, path) is None:
                os.remove(path)
                continue
            made += 1
            for found in checker.check(name):
                if found["code"] == UNREACHABLE:
                    unreachable(checker, name, Matcher(naive, name), found, dice)
            wrong += [f"{each}\n{text}" for each in checker.wrong]
            for code, times_ in checker.counts.items():
                counts[code] = counts.get(code, 0) + times_
            os.remove(path)
    return wrong, counts, made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("-f", "--format", metavar="NAME")
    parser.add_argument("--count", type=int, default=300, metavar="N", help="random formats")
    options = parser.parse_args()
    _, naive = runner.load(options)
    checker = Checker(options.argot, naive, options.formats)
    for name in [options.format] if options.format else sorted(naive.formats):
        if checker.check(name) is None:
            checker.wrong.append(f"{name}: argot check does not take it")
    wrong, counts, made = check_random(options.argot, options.schema or os.path.join(options.formats, "schema.yaml"), options.seed, options.count)
    for line in (checker.wrong + wrong)[:20]:
        print(line)
    print(f"of {len(naive.formats)} formats: {checker.counts}; of {made} random ones: {counts}; "
          f"{len(checker.wrong) + len(wrong)} wrong")  # fmt: skip
    empty = {OVERLAP, AMBIGUOUS, UNREACHABLE} - set(counts) if options.count >= 300 else set()
    if empty:
        print(f"nothing was found of {sorted(empty)}")
    return 1 if checker.wrong or wrong or empty or (not options.format and not checker.counts) else 0


if __name__ == "__main__":
    sys.exit(main())
