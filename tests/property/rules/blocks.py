# SPDX-License-Identifier: Apache-2.0
# Tests in rule files: what happens is one source, what is expected is held against the alerts of all rules of the run.
import expressions
import stream
import typed
from expressions import Context, Scope
from run import Run
from stream import Event
from words import Refused

CLOCK_NS = 1767225600 * 10**9  # 2026-01-01T00:00:00Z


class Blocks:
    """Runs the tests of a world. parse_line(format, line): (fields, extra) of a log line."""

    def __init__(self, world, parse_line=None):
        self.world = world
        self.parse_line = parse_line

    def failures(self):
        """[(test, line, what was wrong)]"""
        return [(test.name, *each) for test in self.world.tests for each in self._failures_of(test)]

    def _failures_of(self, test):
        events, end = self._events(test)
        ordered, newest = stream.merged([("test", events)])
        newest = max((each for each in (newest, end) if each is not None), default=None)
        found = Run(self.world.rules).over(ordered, newest)
        for line in test.members:
            if line.kind != "expect":
                continue
            matching = [alert for alert in found if self._fits(line, alert)]
            due = 1 if line.count is None else line.count
            if len(matching) != due:
                shown = [(alert.rule, alert.time - CLOCK_NS, alert.alert.count) for alert in found]
                yield line.place, f"{len(matching)} alerts instead of {due}; there are {shown}"

    def _fits(self, line, alert):
        if line.rule is not None and alert.rule != line.rule or line.at is not None and alert.time != CLOCK_NS + line.at:
            return False
        return line.where is None or expressions.condition(line.where, Scope(self.world))(Context(alert))

    def _events(self, test):
        """Events in the order of the lines, each line's repeats together; and the last `end`."""
        events, end = [], None
        for line in test.members:
            if line.kind == "end":
                end = CLOCK_NS + line.at
            elif line.kind in ("log", "event line"):
                for number in range(line.times):
                    at = None if line.at is None else CLOCK_NS + line.at + number * line.every
                    events.append(self._event(line, at))
        events.sort(key=lambda event: event.time)
        for record, event in enumerate(events, 1):
            event.record, event.raw, event.format = record, "", "test"
        return events, end

    def _event(self, line, time):
        if line.kind == "log":
            fields, extra = self.parse_line(line.format, line.line)
        else:
            fields, extra = {"event_type": line.type}, {}
            for name, value in line.fields:
                self._set(fields, extra, name.parts, value)
        if time is not None:
            fields["event_time"] = time
        return Event(fields["event_time"], fields, extra)

    def _set(self, fields, extra, parts, node):
        value = expressions.make(node, Scope(self.world)).get(None)
        if parts[0] == "extra":
            for part in parts[1:-1]:
                extra = extra.setdefault(part, {})
            extra[parts[-1]] = self._untyped(node, value)
            return
        field = self.world.schema.fields.get(parts[0])
        if field is None or len(parts) > 1:
            raise Refused(f"no field is called {'.'.join(parts)}")
        kind = typed.OF_SCHEMA[field.kind]
        if isinstance(value, bytes):
            value = typed.parse(typed.lower(value) if field.lower else value, kind, field.members)
        if field.kind.endswith("_list"):
            value = [*fields.get(parts[0], []), value]
        fields[parts[0]] = value

    def _untyped(self, node, value):
        if isinstance(value, bool):
            return value
        return typed.Number(repr(value)) if isinstance(value, (int, float)) else typed.show(value)
