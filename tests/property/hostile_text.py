#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile_text.py [--argot PROGRAM] [--formats DIR] [-f NAME] [--show N]

The rule of `:text`: what an attacker chooses cannot move another field. In the examples of every message with such a
field its text is replaced by hostile ones: what follows it repeated, addresses, quotes, bytes that are no text. argot
must give the field exactly that text (less the blanks at a line's end; absent where it is empty) and every other field
as it was. Where nothing can tell what is true, a format may give all of it as `extra.claimed_…` instead; then nothing
else may differ. The naive matcher says where the field lies. A field that no example shows is a failure.
"""
import argparse
import collections
import copy
import re
import sys

import runner

TRIMMED = b" \t\r"
LONG = 500
WORD = b"mallory"
CLAIMED = "claimed_"
# Names that servers write without quotes around them but with the quotes in them escaped: unescaped ones make of a name
# and a request the same bytes, and no reading could tell which of the two is hostile.
ESCAPED = {("apache_access", "user_name"): b'\\"', ("nginx_access", "user_name"): b"\\x22"}
# Whatever the field is: words, addresses and endings as logs have them, marks that close something, bytes that are odd.
ODD = [b"", WORD, b"mal lory  of\tnowhere", b" mallory", b"mallory ", b"mallory port 1", b" port 1", b"mallory ssh2",
       b" ssh2", b"mallory from 192.0.2.66", b" from 192.0.2.66", b"mallory from 192.0.2.66 port 1 ssh2",
       b"2001:db8::66", b"mallory 2001:db8::66", b'"', b'mal"lory', b'"mallory"', b'mal\\"lory\\', b"'", b"mal'lory",
       b"'mallory'", b"[", b"]", b"[mallory]", b"mal] [lory", b"(mallory)", b"{mallory}", b"<mallory>",
       b"mallory, 1; 2: 3", b'a=b c="d"', b"%s%n\\n\\x00", b"\xff", b"mal\xff\xfelory", b"mallory\xc3",
       b"mal\xed\xa0\x80lory", b"\x01", b"mal\x00\x01\x1b[2J\x7flory", b"m\rl\x0bl\x1dry", b"m" * LONG,
       b"m " * (LONG // 2) + b"m", b'"' * LONG, b"\xff" * LONG]  # fmt: skip


# ---- where a field lies


class Spot:
    """A field in an example's line."""

    def __init__(self, read, capture, found):
        self.level, self.captures, self.text = read
        self.field, self.begin, self.end, _ = capture
        self.before, self.after = found
        self.name = self.field.targets[0][0]

    def shortened(self):
        """The same with the line cut behind the field, or None where the line goes on or must."""
        rest = self.text[self.end :]
        if not rest or self.after != rest or not self.field.follow.end:
            return None
        cut = copy.copy(self)
        cut.after, cut.text = b"", self.text[: self.end]
        cut.captures = [each for each in self.captures if each[1] <= self.begin]
        return cut

    def line(self, value):
        return self.before + value + self.after

    def follows(self):
        """What stands between the field and the next one, or the end."""
        later = [begin for _, begin, end, _ in self.captures if begin >= self.end and end > begin]
        return self.text[self.end : min(later, default=len(self.text))]

    def kept(self, value):
        """What a field holds of its text: blanks at an end are cut, and what an envelope or head hands on is a line."""
        from ends import value_end

        at_end = self.end == len(self.text) or self.name == "message" and (self.level.format.envelope or self.in_head())
        if at_end:
            return value.rstrip(TRIMMED)
        return value[: value_end(self.field, value, 0, len(value))]

    def in_head(self):
        return bool(self.level.format.head) and self.level.read[0][0] is self.captures


def place(line, way, number, text, begin, end):
    """(bytes before, bytes after) of a piece of the text of way[number], or None where the line may hold it encoded."""
    if line.count(text) != 1 or any(level.format.kind != "line" for level in way[:number]):
        return None
    at = line.index(text)
    return line[: at + begin], line[at + end :]


def is_text(node):
    from template import Field

    return isinstance(node, Field) and node.lexis.kind == "text" and node.targets[0][0] != "_"


def text_fields(naive, only):
    """{id of a field: (format's name, message's id, field's name)} of all text fields, in the order of the files."""
    from template import walk

    found = {}
    for format_ in naive.formats.values():
        lines = [("head", each) for each in format_.head]
        lines += [(message.id, each) for message in format_.messages if not message.skip for each in message.templates]
        for id_, template in lines if only in (None, format_.name) else ():
            for node in filter(is_text, walk(template.nodes)):
                found[id(node)] = (format_.name, id_, node.targets[0][0])
    return found


def spots_of(naive, format_, example, wanted):
    """([Spot], [field that could not be found again]) of one example."""
    import examples

    if "reject" in example or examples.check_one(naive, format_, example):
        return [], []
    line = str(example["line"]).encode()
    ways = naive.ways
    found, lost = [], []
    for number, level in enumerate(ways[0] if len(ways) == 1 else ()):
        for captures, text in level.read:
            for capture in captures:
                field, begin, end, _ = capture
                if id(field) not in wanted or end == begin:
                    continue
                where = place(line, ways[0], number, text, begin, end)
                if where is None:
                    lost.append(field)
                else:
                    spot = Spot((level, captures, text), capture, where)
                    found += filter(None, (spot, spot.shortened()))
    return found, lost


# ---- what is put there


def hostile_values(spot):
    """Texts that look like what follows the field, or what stands before it, and odd ones."""
    ending, rest = spot.follows(), spot.text[spot.end :]
    others = re.sub(rb"[0-9]", lambda found: b"%d" % ((int(found.group()) + 1) % 10), rest)
    values = [ending, ending * 2, ending + WORD, WORD + ending, WORD + ending + b"x", WORD + ending * 2 + b"x", rest,
              rest * 2, WORD + rest, WORD + rest + b" x", others, WORD + others, WORD + others + rest,
              WORD + spot.after, spot.text[: spot.begin] + WORD, spot.text, spot.text + b" " + WORD]  # fmt: skip
    quote = ESCAPED.get((spot.level.format.name, spot.name), b'"')
    return list(dict.fromkeys(value.replace(b"\n", b" ").replace(b'"', quote) for value in values + ODD))


# ---- what must come out


def set_value(event, name, value):
    """Sets a field of an event as it is shown, or takes it away."""
    from chain import show_text

    into = event.setdefault("extra", {}) if name.startswith("extra.") else event
    name = name.removeprefix("extra.")
    if value:
        into[name] = show_text(value)
    else:
        into.pop(name, None)
    if not event.get("extra", True):
        del event["extra"]


def derivations(level):
    found = level.format.derive + (level.message.derive if level.message else [])
    return found + [each for case in level.chosen for each in case.derive]


def expected(spot, before, value):
    """The event of an example with the field's text replaced. before: its event as it is."""
    event = copy.deepcopy(before)
    kept = spot.kept(value)
    kept = b"" if kept in spot.level.format.absent else kept
    if not spot.name.startswith("$"):
        set_value(event, spot.name, kept)
    for each in derivations(spot.level):
        if spot.name in each.sources and not each.table.kind:
            texts = (kept if name == spot.name else spot.level.look_up(name) for name in each.sources)
            set_value(event, each.target, next((text for text in texts if text), b""))
    return event


def shows(spot, event):
    """Does the example's event have the field?"""
    own = spot.text[spot.begin : spot.end]
    return expected(spot, event, own) == event and expected(spot, event, b"") != event


def is_unclear(found, before):
    """Is all that differs given as something claimed?"""
    extra, extra_before = found.get("extra", {}), before.get("extra", {})
    own = {name: value for name, value in extra.items() if not name.startswith(CLAIMED)}
    same = all(before.get(name) == value for name, value in found.items() if name != "extra")
    return same and len(own) < len(extra) and all(extra_before.get(name) == value for name, value in own.items())


def difference(found, wanted):
    """The names of what differs, with what is there and what should be."""
    if found[0] != "event" or len(found) != 2:
        return f"{found[0]}, {len(found) - 1} events"
    wrong = []
    pairs = {"": (found[1], wanted), "extra.": (found[1].get("extra", {}), wanted.get("extra", {}))}
    for prefix, (one, other) in pairs.items():
        for name in {**one, **other}:
            if name != "extra" and one.get(name) != other.get(name):
                wrong.append(f"{prefix}{name}: {one.get(name)!r}, not {other.get(name)!r}")
    return "; ".join(wrong)


# ---- the check


class Tally:
    def __init__(self, most):
        self.passed = self.failed = self.unclear = 0
        self.most = most
        self.varied = collections.Counter()  # (format, message, field): spots
        self.shown = collections.Counter()

    def fail(self, key, what, line):
        self.failed += 1
        self.shown[key] += 1
        if self.shown[key] <= self.most:
            print(f"{' '.join(key)}: {what[:600]}\n    {line!r}"[:1600])

    def record(self, key, spot, value, run, numbers):
        before, found = (run.outcome(number) for number in numbers)
        wanted = expected(spot, before[1], value)
        if found == ["event", wanted]:
            self.passed += 1
        elif len(found) == 2 and is_unclear(found[1], before[1]):
            self.passed += 1
            self.unclear += 1
        else:
            self.fail(key, difference(found, wanted), spot.line(value))


def check_spots(argot, name, context, spots, keys, tally):
    """All variants of some examples of a format in one run, each example's own line before its variants."""
    received, zone = context
    lines, plan = [], []
    for spot in spots:
        lines.append(spot.line(spot.text[spot.begin : spot.end]))
        own = len(lines)
        for value in hostile_values(spot):
            lines.append(spot.line(value))
            plan.append((spot, value, own, len(lines)))
    run = argot.run(b"".join(line + b"\n" for line in lines), name, received, zone)
    usable = {}
    for spot, value, *numbers in plan:
        if spot not in usable:
            before = run.outcome(numbers[0])
            usable[spot] = len(before) == 2 and shows(spot, before[1])
            tally.varied[keys[id(spot.field)]] += usable[spot]
        if usable[spot]:
            tally.record(keys[id(spot.field)], spot, value, run, numbers)


def check_format(argot, naive, format_, keys, tally):
    """The number of fields that were left out since they could not be found again in their line."""
    by_context, left_out = collections.defaultdict(list), 0
    for example in format_.examples:
        found, lost = spots_of(naive, format_, example, keys)
        context = str(example.get("received_at", runner.RECEIVED)), str(example.get("timezone", "UTC"))
        by_context[context] += [spot for spot in found if spot.level.format is format_]
        left_out += len(lost)
    for context, spots in by_context.items():
        if spots:
            check_spots(argot, format_.name, context, spots, keys, tally)
    return left_out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--show", type=int, default=3, metavar="N", help="failures of a field that are shown")
    parser.add_argument("-f", "--format", metavar="NAME", help="this format only")
    options = parser.parse_args()
    argot, naive = runner.load(options)
    keys = text_fields(naive, options.format)
    tally = Tally(options.show)
    left_out = 0
    for name in dict.fromkeys(key[0] for key in keys.values()):
        left_out += check_format(argot, naive, naive.formats[name], keys, tally)
    for key in dict.fromkeys(keys.values()):
        if not tally.varied[key]:
            tally.fail(key, "no example shows this field", b"")
    lines = sum(tally.varied.values())
    print(f"{len(set(keys.values()))} fields in {lines} lines; {left_out} left out, which a line may hold encoded")
    print(f"{tally.unclear} texts were given as claimed")
    return runner.finish(tally.passed, tally.failed)


if __name__ == "__main__":
    sys.exit(main())
