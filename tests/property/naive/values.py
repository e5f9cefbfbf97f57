# SPDX-License-Identifier: Apache-2.0
# Texts to typed values: every way of writing and every type of the schema. A value is an int, a float, a bool, text as
# bytes, a Time, a Json (a value of a JSON record as it was written), or a list of these.
import base64
import ipaddress
import re
import sys

import times

sys.set_int_max_str_digits(0)  # a hostile line may hold a number of any length
INT64 = (-(2**63), 2**63 - 1)
UINT64 = (0, 2**64 - 1)
INTEGER = re.compile(rb"(?P<sign>[+-]?)(?:0[xX](?P<hex>[0-9A-Fa-f]+)|(?P<digits>[0-9]+))")
FLOAT = re.compile(rb"-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?")
DIGITS = re.compile(rb"[0-9]+")
NUMBER = re.compile(rb"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))?(?:[eE](?P<exponent>[+-]?[0-9]+))?")
BOOLS = {b"true": True, b"yes": True, b"1": True, b"false": False, b"no": False, b"0": False}
DURATIONS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
SIZES = {"B": 1, "KB": 10**3, "KiB": 2**10, "MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}
QUOTED = {"quoted": b'"', "quoted_single": b"'", "quoted_csv": b'"'}
DECODED = {"hex", "base64", "percent"}
# Ways of writing that name a type of their own for a target outside the schema.
TYPE_OF_HOW = {"uint": "uint", "int": "int", "float": "float", "ip": "ip", "port": "port", "mac": "mac", "bool": "bool"}


class Bad(Exception):
    """A text that is no value of its type."""


class Time:
    def __init__(self, value_ns):
        self.value_ns = value_ns

    def show(self):
        return times.show(self.value_ns)


class Json:
    """A value as a JSON record wrote it; node: records.Value."""

    def __init__(self, node):
        self.node = node


def lower(text):
    return bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in text)


def upper(text):
    return bytes(byte - 32 if 97 <= byte <= 122 else byte for byte in text)


def _within(value, limits):
    if not limits[0] <= value <= limits[1]:
        raise Bad
    return value


def integer(text, limits):
    found = INTEGER.fullmatch(text)
    if not found or (found.group("sign") and limits[0] == 0):
        raise Bad
    value = int(found.group("hex"), 16) if found.group("hex") else int(found.group("digits"))
    return _within(-value if found.group("sign") == b"-" else value, limits)


def _float(text):
    if not FLOAT.fullmatch(text):
        raise Bad
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Bad
    return value


def address(text):
    """The canonical text of an address; IPv4-mapped ones as IPv4."""
    try:
        if b"%" in text:
            raise Bad
        found = ipaddress.ip_address(text.decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        raise Bad from None
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found).encode()


def _mac(text):
    for shape in (rb"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}", rb"[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}",
                  rb"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}"):  # fmt: skip
        if re.fullmatch(shape, text):
            digits = lower(re.sub(rb"[:.-]", b"", text))
            return b":".join(digits[at : at + 2] for at in range(0, 12, 2))
    raise Bad


def _scaled(text, unit, limits):
    """A number times a unit, the nearest integer; a half goes away from zero."""
    found = NUMBER.fullmatch(text)
    if not found:
        raise Bad
    part = found.group("part") or b""
    digits = int(found.group("whole") + part) * unit
    power = int(found.group("exponent") or 0) - len(part)
    if digits and power > len(str(limits[1])):
        raise Bad
    if power >= 0:
        value = digits * 10**power if digits else 0
    else:
        whole = 10 ** min(-power, len(text) + 30)  # more would come to nothing too
        value = (2 * digits + whole) // (2 * whole)
    return _within(-value if found.group("sign") else value, limits)


# Hours, minutes, seconds: two or three with colons alone, or with letters, where colons may be left out.
CLOCK_BARE = re.compile(rb"(?:(?P<h>[0-9]+):)?(?P<m>[0-9]+):(?P<s>[0-9]+(?:\.[0-9]+)?)")
CLOCK_LETTERS = re.compile(rb"(?:(?P<h>[0-9]+(?:\.[0-9]+(?=h$))?)h(?::(?=.))?)?(?:(?P<m>[0-9]+(?:\.[0-9]+(?=m$))?)m(?::(?=.))?)?"
                           rb"(?:(?P<s>[0-9]+(?:\.[0-9]+)?)s)?", re.S)  # fmt: skip


def _clock(text):
    found = CLOCK_BARE.fullmatch(text) or CLOCK_LETTERS.fullmatch(text)
    parts = [(letter, found.group(letter)) for letter in "hms" if found.group(letter)] if found else []
    if not parts or any(int(number.partition(b".")[0]) > 59 for _, number in parts[1:]):
        raise Bad
    units = {"h": "h", "m": "min", "s": "s"}
    return _within(sum(_scaled(number, DURATIONS[units[letter]], INT64) for letter, number in parts), INT64)


def time(how, text, context):
    read = times.decode(how, text, context.clock, context.near_ns())
    if read is None:
        raise Bad
    return Time(read[0])


def of_type(kind, field, text, context):
    """A text as a value of a schema type; field: schema.Field or None."""
    if kind in ("uint", "bytes"):
        return integer(text, UINT64)
    if kind == "int":
        return integer(text, INT64)
    if kind == "port":
        if not DIGITS.fullmatch(text):
            raise Bad
        return integer(text, (0, 65535))
    if kind == "float":
        return _float(text)
    if kind == "bool":
        if lower(text) not in BOOLS:
            raise Bad
        return BOOLS[lower(text)]
    if kind in ("ip", "ip_list"):
        return address(text)
    if kind == "mac":
        return _mac(text)
    if kind == "duration":
        return _scaled(text, 1, INT64)
    if kind == "timestamp":
        return time("rfc3339", text, context)
    if kind == "enum":
        if text.decode("latin-1") not in field.members:
            raise Bad
        return text
    if kind == "host" and any(byte in b" \t\"',;[]{}<>()" for byte in text):
        raise Bad
    return lower(text) if field and field.lower else text


def written(how, kind, field, text, context):
    """A text, written in some way, as a value of a target's type."""
    if times.is_time(how):
        value = time(how, text, context)
        return value if field is None or kind == "timestamp" else of_type(kind, field, value.show().encode(), context)
    if how in DURATIONS:
        return _scaled(text, DURATIONS[how], INT64)
    if how == "clock":
        return _clock(text)
    if how in SIZES:
        return _scaled(text, SIZES[how], UINT64)
    if how in DECODED:
        text = decode(how, text)
    elif how in QUOTED:
        pass  # the quotes are off already
    if field is None and how in TYPE_OF_HOW:
        return of_type(TYPE_OF_HOW[how], None, text, context)
    return of_type(kind, field, text, context)


def _unpercent(text):
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found.group(1), 16)]), text)


def decode(how, text):
    """`decode:` of a value, and the ways of writing of the same names."""
    if how == "percent":
        return _unpercent(text)
    if how == "plus":
        return _unpercent(text.replace(b"+", b" "))
    if how == "hex":
        if len(text) % 2 or not re.fullmatch(rb"[0-9A-Fa-f]*", text):
            raise Bad
        return bytes.fromhex(text.decode())
    if how == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise Bad from None
    if how == "audit":
        if len(text) >= 2 and text[:1] == b'"' and text[-1:] == b'"':
            return text[1:-1]
        if len(text) >= 2 and len(text) % 2 == 0 and re.fullmatch(rb"[0-9A-Fa-f]+", text):
            return bytes.fromhex(text.decode())
        return text
    raise Bad


def _is_address(text):
    try:
        address(text)
    except Bad:
        return False
    return True


def _is_port(text):
    return DIGITS.fullmatch(text) and int(text) <= 65535


def endpoint(text):
    """Address or name, and port. A colon with nothing behind it is no port; more than one belong to an address."""
    found = re.fullmatch(rb"\[([^\]]+)\](?::(.*))?", text, re.S)
    if found:
        before, after = found.group(1), found.group(2) or b""
    elif text.count(b":") > 1:
        before, _, after = text.rpartition(b":")
        if not (_is_address(before) and _is_port(after)):
            before, after = text, b""
            if not _is_address(text):
                raise Bad
    else:
        before, _, after = text.partition(b":")
    if text.startswith(b"[") and not found or not before and not after or after and not _is_port(after):
        raise Bad
    return [before, after or None]


def account(text):
    """Domain and user."""
    if b"\\" in text:
        domain, _, user = text.partition(b"\\")
        return [domain, user]
    user, at, domain = text.rpartition(b"@")
    return [domain, user] if at else [None, text]


SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://")
AUTHORITY = re.compile(rb"(?:\[(?P<literal>[^\]]+)\]|(?P<name>[^][ \t\"',;(){}<>:@]*))(?::(?P<port>[0-9]*))?")


def url(text):
    """Host, port, path, query."""
    text = text.partition(b"#")[0]
    host = port = None
    if text != b"*" and text[:1] not in (b"/", b"?"):
        scheme = SCHEME.match(text)
        rest = text[scheme.end() :] if scheme else text
        place = re.match(rb"[^/?]*", rest).group()
        text = rest[len(place) :]
        found = AUTHORITY.fullmatch(place.rpartition(b"@")[2] if scheme else place)
        if not found or not scheme and b"@" in place or found.group("port") and not _is_port(found.group("port")):
            raise Bad
        host, port = found.group("literal") or found.group("name"), found.group("port")
    path, _, query = text.partition(b"?")
    if not (host or port or path or query):
        raise Bad
    return [host, port, path, query]


def pri(text):
    number = integer(text, (0, 191))
    return [b"%d" % (number // 8), b"%d" % (number % 8)]


SEVERAL = {"endpoint": endpoint, "account": account, "url": url, "pri": pri}
# What their pieces are for a target outside the schema.
KINDS = {"endpoint": ("", "port"), "account": ("", ""), "url": ("", "port", "", ""), "pri": ("uint", "uint")}


def show_float(value):
    """The shortest text that means the number: `0`, not `0.0`; without an exponent up to nine places."""
    for places in range(10):
        if abs(value) * 10**places < 2**53 and float(f"{value:.{places}f}") == value:
            return f"{value:.{places}f}".encode()
    texts = (f"{value:.{digits}g}" for digits in (15, 16, 17))
    return next(text for text in texts if float(text) == value).encode()


def as_text(value):
    """The text of a value, for conditions and derived values."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, float):
        return show_float(value)
    if isinstance(value, int):
        return str(value).encode()
    if isinstance(value, Time):
        return value.show().encode()
    if isinstance(value, Json):
        return value.node.as_text()
    if isinstance(value, list):
        return as_text(value[0]) if value else b""
    return value
