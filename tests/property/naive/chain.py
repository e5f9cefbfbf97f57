# SPDX-License-Identifier: Apache-2.0
# Formats together: envelopes and what is inside them, the order of trying, and the event that comes out.
import functools
import json
import os

import engine
import formats
import records
import times
import values
from engine import Context, Level
from paths import Number, plain
from schema import Schema
from values import Json, Time

MAX_DEPTH = 4
TRIMMED = b" \t\r"


class Naive:
    """All formats of a folder."""

    def __init__(self, folder, schema_path=None, names=None):
        self.schema = Schema(schema_path or os.path.join(folder, "schema.yaml"))
        self.formats = formats.load_all(folder, self.schema, names)
        self.ways = []  # of the last record that became events: the levels of each, outermost first

    # ---- which formats are tried, in which order

    @functools.lru_cache(None)
    def inside(self, place):
        """[(Format, Condition)] of what may be found in an envelope or, for "line", bare: in the order of trying."""
        every = [(format_, condition) for format_ in self.formats.values() for name, condition in format_.inside
                 if name == place]  # fmt: skip
        every.sort(key=lambda each: (not (each[1].tests or each[0].detect.tests), -each[0].literals, each[0].name))
        ordered = []
        while every:
            free = (each for each in every if not any(each[0].name in other.before for other, _ in every))
            ordered.append(next(free, every[0]))
            every.remove(ordered[-1])
        return ordered

    @functools.lru_cache(None)
    def way_to(self, name):
        """The names of a format and of all envelopes around it."""
        way, new = set(), {name}
        while new:
            way |= new
            new = {place for each in new for place, _ in self.formats[each].inside if place in self.formats} - way
        return way

    # ---- one record

    def record(self, data, name=None, received_ns=0, zone="UTC"):
        """What becomes of a record: {"outcome": …}."""
        text = data.rstrip(TRIMMED)
        if not text:
            return {"outcome": "skipped"}
        clock = times.Clock(zone, received_ns)
        reason = "no_match" if name else "no_format"
        for format_, chain in self.starts(name):
            result = self.attempt(format_, text, [], clock, chain, name)
            if result is not None:
                return result
        if any(_globs(format_.skip, text) for format_ in self.formats.values() if not name or format_.name == name):
            return {"outcome": "skipped"}
        if text.startswith(b"{"):
            try:
                records.read_json(text)
            except records.Broken:
                reason = "bad_json"
        return {"outcome": "letter", "reason": reason}

    def starts(self, name):
        """[(Format, names of the formats that may follow inside, or None for any)]"""
        if name is None:
            return [(format_, None) for format_, _ in self.inside("line")]
        if "+" in name:
            names = name.split("+")
            return [(self.formats[names[0]], names[1:])]
        way = self.way_to(name)
        bare = [self.formats[name]] if any(place == "line" for place, _ in self.formats[name].inside) else []
        bare += [format_ for format_, _ in self.inside("line") if format_.name in way and format_.name != name]
        return [(format_, way) for format_ in bare]

    def children(self, format_, chain, name):
        for child, condition in self.inside(format_.name):
            if chain is None or (child.name == chain[0] if isinstance(chain, list) and chain else child.name in chain):
                yield child, condition, chain[1:] if isinstance(chain, list) else chain
            elif name == format_.name and not isinstance(chain, list):
                yield child, condition, None  # an envelope was named: all that is inside it

    def attempt(self, format_, text, outer, clock, chain, name):
        """The outcome if the format fits the text, else None."""
        if len(outer) >= MAX_DEPTH:
            return None
        if name and format_.name == name.split("+")[-1] and _globs(format_.skip, text):
            return {"outcome": "skipped"}
        levels = engine.run(format_, text, Context(clock, outer))
        if levels is None:
            return None
        if levels[0].skipped:
            return {"outcome": "skipped"}
        if format_.envelope:
            return self.unwrap(levels[0], outer, clock, chain, name)
        return self.finish([outer + [level] for level in levels], clock)

    def unwrap(self, level, outer, clock, chain, name):
        """What is inside an envelope."""
        text = level.fields.get("message", b"").rstrip(TRIMMED + b"\n")
        way = outer + [level]
        refused = None
        for child, condition, further in self.children(level.format, chain, name) if text else ():
            if not condition.holds(_look(way), level.columns()):
                continue
            result = self.attempt(child, text.lstrip(b" \t"), way, clock, further, name)
            if result is not None:
                return result
            if condition.tests and refused is None:
                refused = Level(child, Context(clock, way))
                refused.unmatched = True
        if text:
            level.fields["message"] = text
        else:
            level.fields.pop("message", None)
        if refused is not None:
            refused.fields["message"] = text
            return self.finish([way + [engine.finish(refused)]], clock)
        level.unmatched = True
        return self.finish([way], clock)

    # ---- events

    def finish(self, ways, clock):
        """The events of the ways through the levels, or the letter that one of them makes of the record."""
        self.ways, events = ways, []
        for way in ways:
            reason = self.refusal(way)
            if reason:
                return {"outcome": "letter", "reason": reason}
            events.append(self.event(way, clock))
        return {"outcome": "event", "event": events[0], **({"events": events} if len(events) > 1 else {})}

    def refusal(self, way):
        for level in way:
            if level.unmatched and level.format.unmatched == "dead_letter":
                return "unmatched"
        for level in way:
            if level.bad and level.format.strict:
                return "bad_value"
        if any("event_time" in level.fields for level in way):
            return None
        if any(name == "event_time" for level in way for name, _ in level.bad):
            return "bad_value"
        return None if any(level.format.received for level in way) else "no_time"

    def event(self, way, clock):
        fields, extra = {"event_type": b"UNKNOWN", "event_time": Time(clock.received_ns)}, {}
        for level in way:
            if level is not way[0]:
                fields.pop("message", None)
            extra.update(level.extra)
            for name, value in level.fields.items():
                if not (name == "event_type" and value == b"UNKNOWN"):
                    fields[name] = value
        shown = {name: show(fields[name]) for name in self.schema.fields if name in fields}
        if extra:
            shown["extra"] = {show_text(key.encode("utf-8", "surrogateescape")): show(each) for key, each in extra.items()}
        return shown


def _look(way):
    """Looks a name up in the levels of a way, the innermost first."""

    def look_up(name):
        return next((text for level in reversed(way) if (text := level.own(name)) is not None), None)

    return look_up


def _globs(patterns, text):
    for pattern in patterns:
        before, star, after = pattern.partition(b"*")
        if text == before if not star else (
            len(text) >= len(before) + len(after) and text.startswith(before) and text.endswith(after)
        ):  # fmt: skip
            return True
    return False


# ---- showing


def show_text(data):
    """Bytes as text; each byte that is not UTF-8 becomes U+FFFD."""
    shown, at = [], 0
    while True:
        try:
            shown.append(data[at:].decode())
            return "".join(shown)
        except UnicodeDecodeError as error:
            shown.append(data[at : at + error.start].decode() + "\ufffd")
            at += error.start + 1


def show(value):
    """A value as json.dumps takes it; numbers of records stay as they were written."""
    if isinstance(value, Time):
        return value.show()
    if isinstance(value, Json):
        return show(plain(value.node))
    if isinstance(value, bytes):
        return show_text(value)
    if isinstance(value, list):
        return [show(each) for each in value]
    if isinstance(value, dict):
        return {show_text(key): show(each) for key, each in value.items()}
    return value


def dump(value):
    """One line of JSON."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump(each) for each in value) + "]"
    if isinstance(value, float):
        return values.show_float(value).decode()
    return json.dumps(value)
