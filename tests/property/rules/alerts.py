# SPDX-License-Identifier: Apache-2.0
# Alerts: what a firing becomes, as an event for rules above and as the program prints it.
import base64
import hashlib

import typed
from expressions import Context
from stream import Event

MOST_VALUES = 20
NEVER_COPIED = ("event_ingest_time", "raw_line", "format_name", "event_type", "event_time", "rule_name", "rule_id",
                "message", "event_severity", "threat_technique_id")  # fmt: skip


class Firing:
    """What makes an alert: events are those that it covers, causes those that it shows, oldest first."""

    def __init__(self, rule, key, time, causes, events=None, captures=()):
        self.rule = rule
        self.key = key
        self.time = time
        self.causes = causes[-rule.keep :]
        self.captures = captures
        self.count = 1 if events is None else len(events)
        self.first_time = (causes if events is None else events)[0].time
        self.covered = self.causes if events is None else list(events)


class Alert:
    """What rules call alert.…"""

    def __init__(self, firing):
        rule = firing.rule
        self.rule = rule
        self.key = firing.key
        self.count = firing.count
        self.first_time = firing.first_time
        self.causes = firing.causes
        self.last_time = self.causes[-1].time
        self.tags = rule.tags
        self.values = {name: values_of(expr, firing.covered) for name, expr in rule.collect}
        newest = self.causes[-1]
        identity = repr((rule.name, firing.key, firing.time, newest.source, newest.record, newest.part))
        self.id = hashlib.md5(identity.encode()).hexdigest().encode()


def values_of(expr, events):
    """Distinct values, first seen first; items of a list field are values each."""
    found = []
    for event in events:
        value = expr.get(Context(event))
        for each in value if expr.is_list and value else [value]:
            if each is not None and each not in found and len(found) < MOST_VALUES:
                found.append(each)
    return found


def event_of(firing):
    """The alert as an event of type CORRELATION_ALERT."""
    rule, alert = firing.rule, Alert(firing)
    newest = alert.causes[-1]
    fields = {name: value for name, value in newest.fields.items() if name not in NEVER_COPIED}
    extra = dict(newest.extra)
    for (name, kind, _, column), value in zip(rule.keys, firing.key):
        target = fields if column else extra
        target.pop(name, None)
        if value is not None:
            target[name] = value if column else to_extra(value, kind)
    fields.update(event_type="CORRELATION_ALERT", event_time=firing.time, rule_name=rule.name.encode(),
                  event_severity=rule.severity)  # fmt: skip
    if rule.id is not None:
        fields["rule_id"] = rule.id
    if rule.techniques:
        fields["threat_technique_id"] = rule.techniques
    event = Event(firing.time, fields, extra, newest.source, newest.record, newest.part)
    event.alert, event.rule = alert, rule.name
    fields["message"] = message(firing, alert, event, newest)
    return event


def to_extra(value, kind):
    """A value as it is among those of JSON, such as a key in extra."""
    found = typed.to_json(value, kind)
    return found if isinstance(found, (bool, typed.Number)) else typed.show(value, kind)


def message(firing, alert, event, newest):
    """The text of an alert. A field reads the newest cause, alert.… the alert itself."""
    newest_and_alert = Event(newest.time, newest.fields, newest.extra)
    newest_and_alert.alert = alert
    context = Context(newest_and_alert, firing.captures, firing.key)
    found = b""
    for piece in firing.rule.pieces:
        if isinstance(piece, bytes):
            found += piece
            continue
        value = piece.get(context)
        found += b"-" if value is None else shown(value, piece.type)
    return found


def shown(value, kind):
    """The JSON form without quotes; of a list with brackets."""
    if isinstance(value, dict) or isinstance(value, list) and kind == "untyped":
        return typed.as_json_text(value)
    if isinstance(value, list):
        return b"[" + b",".join(map(typed.as_json_text, (to_extra(each, kind) for each in value))) + b"]"
    return typed.show(value, kind)


def plain(value):
    if isinstance(value, typed.Number):
        return value.value()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


# ---- as it is printed


def as_json(event, schema):
    """What the program prints of an alert, as json.loads would give it."""
    found = {}
    for name, field in schema.fields.items():
        if event.fields.get(name) is not None:
            found[name] = typed.to_json(event.fields[name], typed.OF_SCHEMA[field.kind])
    if event.extra:
        found["extra"] = typed.to_json(event.extra, "untyped")
    alert = event.alert
    found["alert"] = {
        "id": alert.id.decode(),
        "count": typed.Number(alert.count),
        "first_time": typed.to_json(alert.first_time, "time"),
        "last_time": typed.to_json(alert.last_time, "time"),
        "tags": [tag.decode() for tag in alert.tags],
        "values": {name: typed.to_json(alert.values[name], expr.type) for name, expr in alert.rule.collect},
        "causes": [cause_json(cause) for cause in alert.causes],
    }
    if not alert.rule.collect:
        del found["alert"]["values"]
    return found


def cause_json(cause):
    time = typed.to_json(cause.time, "time")
    if cause.alert is not None:
        return {"rule_name": cause.rule, "id": cause.alert.id.decode(), "event_time": time,
                "causes": [cause_json(each) for each in cause.alert.causes]}  # fmt: skip
    found = {"source": cause.path, "record": typed.Number(cause.record)}
    if cause.part:
        found["part"] = typed.Number(cause.part)
    found.update(event_time=time, format=cause.format)
    try:
        found["raw_line"] = cause.raw.encode().decode()
    except UnicodeEncodeError:  # surrogates stand for bytes that are none of UTF-8
        found["raw_line_base64"] = base64.b64encode(typed.utf8(cause.raw)).decode()
    return found
