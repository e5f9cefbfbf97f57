# SPDX-License-Identifier: Apache-2.0
# Events out of files of JSON lines in the form of event.yaml, and their order: how sources are merged, which events are
# late for which lateness, which are strays.
import json

import typed
from typed import Number

HOUR_NS = 3600 * 10**9
NEVER = float("inf")


class Event:
    """An event, or an alert as one. late: a rule sees it if its lateness is at least that; number: place in the order."""

    __slots__ = ("type", "time", "fields", "extra", "source", "record", "part", "late", "number", "alert", "rule", "raw",
                 "path", "format")  # fmt: skip

    def __init__(self, time, fields, extra, source=0, record=0, part=0):
        self.type = fields["event_type"]
        self.time = time
        self.fields = fields
        self.extra = extra
        self.source = source
        self.record = record
        self.part = part
        self.late = -NEVER
        self.number = None
        self.alert = self.rule = self.raw = self.path = self.format = None

    def order(self):
        return (self.time, self.source, self.record, self.part)


def members_of(line):
    return json.loads(line, parse_int=Number, parse_float=Number, parse_constant=Number)


def event_of(line, schema):
    """The event of a line; None for a comment or what is none."""
    if not line.strip() or line.startswith("#"):
        return None
    members = typed.from_json(members_of(line))
    fields, extra = {"event_type": members.pop("type").decode()}, {}
    for name, value in members.items():
        field = schema.fields.get(name)
        if field is None:
            extra[name] = value
        elif value is not None and value != b"":
            fields[name] = of_field(value, field)
    return Event(fields["event_time"], fields, extra)


def of_field(value, field):
    kind = typed.OF_SCHEMA[field.kind]
    if isinstance(value, list):
        return [of_field(each, field) for each in value]
    if isinstance(value, bool):
        return value
    text = value.encode() if isinstance(value, Number) else value
    text = typed.lower(text) if field.lower else text
    return int(text) if kind == "duration" else typed.parse(text, kind, field.members)


class Source:
    """A file: its events in the order of its records, how far it was read, its newest time."""

    def __init__(self, number, events):
        self.number = number
        self.events = events
        self.at = 0
        self.newest = None
        self.held = None
        self.ended = False


class Merge:
    """Reads sources in order. events: all, in the order in which they came; those that are strays stay NEVER in time."""

    def __init__(self, sources):
        self.sources = sources
        self.newest = None

    def run(self):
        while True:
            open_sources = [source for source in self.sources if not source.ended]
            if not open_sources:
                return
            source = min(open_sources, key=lambda each: (-NEVER if each.newest is None else each.newest, each.number))
            self._read(source)

    def _read(self, source):
        if source.at == len(source.events):
            if source.held is not None:
                self._accept(source, source.held)
            source.ended = True
            return
        event = source.events[source.at]
        source.at += 1
        if source.held is not None:
            if event.time >= source.held.time - HOUR_NS:
                self._accept(source, source.held)
            else:
                source.held.late = NEVER  # a stray
            source.held = None
        if source.newest is None or event.time > source.newest + HOUR_NS:
            source.held = event
        else:
            self._accept(source, event)

    def _accept(self, source, event):
        newest = [-NEVER if each.newest is None else each.newest for each in self.sources if not each.ended]
        event.late = min(newest) - event.time
        source.newest = event.time if source.newest is None else max(source.newest, event.time)
        self.newest = source.newest if self.newest is None else max(self.newest, source.newest)


def merged(files):
    """(events in their order, newest time). files: [(path, events by record)]; an event of a rule's lateness or more
    than its `late` is seen by the rule."""
    sources = []
    for number, (path, events) in enumerate(files):
        for event in events:
            event.source, event.path = number, path
        sources.append(Source(number, events))
    merge = Merge(sources)
    merge.run()
    events = [event for source in sources for event in source.events]
    return sorted(events, key=Event.order), merge.newest


def read_file(path, schema):
    """The events of a file, with their records and lines."""
    with open(path, "rb") as file:
        data = file.read()
    return events_of(data, path, schema)


def events_of(data, path, schema):
    found = []
    lines = data.split(b"\n")
    for record, line in enumerate(lines[:-1] if lines[-1] == b"" else lines, 1):
        text = line.decode("utf-8", "surrogateescape")
        event = event_of(text, schema)
        if event is not None:
            event.record, event.raw, event.path, event.format = record, text, path, "event"
            found.append(event)
    return found
