# SPDX-License-Identifier: Apache-2.0
# Values as Python values, and as texts. While it is judged a value is: of text bytes, of an address one of ipaddress, of a
# time or duration an int of ns, of a MAC address an int, of an enum its word as str, of a number an int or float, else a
# bool. A JSON value of extra is bytes, a Number as it was written, a bool, a list or a dict. None is null.
import ipaddress
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "naive"))

import times  # noqa: E402
import values  # noqa: E402
from words import address  # noqa: E402

INT64 = (-(2**63), 2**63 - 1)
UINT64_MAX = 2**64 - 1
# The type of a field by its type in the schema.
OF_SCHEMA = {"string": "text", "host": "text", "keyword": "text", "enum": "enum", "int": "whole", "uint": "whole",
             "port": "whole", "bytes": "whole", "float": "real", "bool": "bool", "ip": "ip", "mac": "mac",
             "timestamp": "time", "duration": "duration", "string_list": "text", "ip_list": "ip"}  # fmt: skip
NUMBERS = ("whole", "real", "number")


class Number(str):
    """A JSON number as it was written."""

    def value(self):
        return float(self) if set(self) & set(".eE") else int(self)


def from_json(value):
    """What json.loads with Number for numbers gave: texts become bytes."""
    if isinstance(value, dict):
        return {key: from_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [from_json(each) for each in value]
    if isinstance(value, str) and not isinstance(value, Number):
        return value.encode("utf-8", "surrogateescape")
    return value


def number_of(text):
    """The number that a text is, or None."""
    for limits in (INT64, (0, UINT64_MAX)):
        try:
            return values.integer(text, limits)
        except values.Bad:
            pass
    try:
        return values.of_type("float", None, text, None)
    except values.Bad:
        return None


def time_of(text):
    try:
        return times.read_iso(text.decode())
    except (ValueError, TypeError, UnicodeDecodeError, SystemExit):
        return None


def parse(text, kind, members=()):
    """A text read as a type; None where it is none. members: of the enum."""
    if kind == "text":
        return text
    if kind in NUMBERS:
        return number_of(text)
    if kind == "ip":
        try:
            return address(text.decode())
        except ValueError:
            return None
    if kind == "time":
        return time_of(text)
    if kind == "mac":
        try:
            return int(values.of_type("mac", None, text, None).replace(b":", b""), 16)
        except values.Bad:
            return None
    if kind == "bool":
        return values.BOOLS.get(values.lower(text))
    if kind == "enum":
        return text.decode() if text.decode("latin-1") in members else None
    return None


def read(value, kind, members=()):
    """An untyped value read as the type of what it meets; None where it does not fit."""
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        return as_json_text(value) if kind == "text" else None
    if isinstance(value, bytes):
        return parse(value, kind, members)
    if kind == "text":
        return show(value)
    if isinstance(value, bool):
        return value if kind == "bool" else None
    return value.value() if kind in NUMBERS else None


def as_json_text(value):
    """An array, object or other JSON value as output shows it."""
    if isinstance(value, dict):
        return b"{" + b",".join(as_json_text(key.encode()) + b":" + as_json_text(each) for key, each in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(as_json_text, value)) + b"]"
    if isinstance(value, bytes):
        return json.dumps(valid(value), ensure_ascii=False).encode()
    return b"null" if value is None else show(value)


def show(value, kind=None):
    """A value as JSON output shows it, less the quotes."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Number):
        return value.encode()
    if isinstance(value, float):
        return values.show_float(value)
    if isinstance(value, int):
        if kind == "time":
            return times.show(value).encode()
        if kind == "mac":
            return ":".join(re.findall("..", f"{value:012x}")).encode()
        return str(value).encode()
    return str(value).encode()  # addresses and words


def to_json(value, kind):
    """A value as json.loads would give it of the output, numbers being Number."""
    if value is None:
        return None
    if isinstance(value, list):
        return [to_json(each, kind) for each in value]
    if isinstance(value, dict):
        return {key: to_json(each, kind) for key, each in value.items()}
    if isinstance(value, bool):
        return value
    shown = show(value, kind)
    if isinstance(value, (int, float, Number)) and kind not in ("time", "mac"):
        return Number(shown.decode())
    return valid(shown)


def valid(text):
    """A text as output shows it: each byte that belongs to no character of UTF-8 is a replacement."""
    return re.sub("[\udc80-\udcff]", "\ufffd", characters(text))


def sort_key(value):
    """Keys are ordered: null first, numbers by value, texts and addresses by bytes, false before true."""
    if value is None:
        return (0, 0)
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        packed = value.packed
        return (1, packed if len(packed) == 16 else b"\0" * 10 + b"\xff\xff" + packed)
    return (1, value)


def lower(text):
    return text.lower()  # of bytes: ASCII letters alone


def characters(text):
    """A text whose characters are those of UTF-8, each invalid byte being one."""
    return text.decode("utf-8", "surrogateescape")


def utf8(text):
    return text.encode("utf-8", "surrogateescape")
