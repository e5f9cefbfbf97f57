# SPDX-License-Identifier: Apache-2.0
# Times: the syntax of the named formats and of strptime directives, and what they mean in nanoseconds since the epoch.
import datetime
import functools
import re
import zoneinfo

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LONG_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"]  # fmt: skip
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
LONG_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ZONES = {"UTC": 0, "GMT": 0, "CET": 60, "CEST": 120, "BST": 60, "JST": 540, "IST": 330, "EST": -300, "EDT": -240,
         "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480,
         "HST": -600}  # fmt: skip

EPOCH = datetime.datetime(1970, 1, 1)
MAX_NS = 2**63 - 1
MAX_OFFSET_MINUTES = 18 * 60
CLOCK = r"(?P<H>[0-9]{2}):(?P<M>[0-9]{2}):(?P<S>[0-9]{2})"
MONTH = "(?P<b>(?i:" + "|".join(MONTHS) + "))"
SIGNED = r"[+-][0-9]{2}(?::?[0-9]{2})?"
DATE = r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
# Behind a blank a Z is a zone only where no word goes on.
ISO_ZONE = rf"(?P<z>[Zz]|{SIGNED}| (?:{SIGNED}|[Zz](?![^ \t\"',;\[\]{{}}<>()])))?"

NAMED = {
    "clf": rf"(?P<d>[0-9]{{1,2}})/{MONTH}/(?P<Y>[0-9]{{4}}):{CLOCK}(?:\.(?P<f>[0-9]+))?(?: (?P<z>[+-][0-9]{{4}}))?",
    "rfc3164": rf"{MONTH} (?P<d> ?[0-9]{{1,2}}) (?:(?P<Y>[0-9]{{4}}) )?{CLOCK}(?:\.(?P<f>[0-9]+))?",
    "rfc3339": rf"{DATE}[Tt ]{CLOCK}(?:[.,](?P<f>[0-9]+))?{ISO_ZONE}",
    "rfc5424": rf"{DATE}[Tt]{CLOCK}(?:[.,](?P<f>[0-9]+))?{ISO_ZONE}",
}
NAMED = {name: re.compile(text.encode()) for name, text in NAMED.items()}
EPOCHS = {"epoch": 10**9, "epoch_ms": 10**6, "epoch_us": 10**3, "epoch_ns": 1}
EPOCH_SYNTAX = re.compile(rb"(?P<whole>[0-9]+)(?:[.,](?P<part>[0-9]+))?")


def _names(*lists):
    every = sorted((name for names in lists for name in names), key=len, reverse=True)
    return "(?i:" + "|".join(re.escape(name) for name in every) + ")"


DIRECTIVES = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{2}", "d": " ?[0-9]{1,2}", "e": " ?[0-9]{1,2}",
    "b": _names(MONTHS), "B": _names(LONG_MONTHS, MONTHS), "a": _names(DAYS), "A": _names(LONG_DAYS, DAYS),
    "H": "[0-9]{2}", "I": "[0-9]{2}", "p": "[AaPp][Mm]", "M": "[0-9]{2}", "S": "[0-9]{2}", "f": "[0-9]+",
    "z": f"Z|{SIGNED}", "Z": "|".join(sorted(ZONES, key=len, reverse=True)), "s": "[0-9]+",
}  # fmt: skip
DIRECTIVES = {letter: re.compile(text.encode()) for letter, text in DIRECTIVES.items()}


def is_time(how):
    return how in NAMED or how in EPOCHS or how.startswith("%")


def _steps(how):
    """A strptime text as a list of (directive, "") and ("", literal)."""
    how = how.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S")
    at = 0
    while at < len(how):
        if how[at] == "%" and at + 1 < len(how):
            yield ("", "%") if how[at + 1] == "%" else (how[at + 1], "")
            at += 2
        else:
            yield "", how[at]
            at += 1


@functools.lru_cache(None)
def _prepared(how):
    return [(letter, literal.encode()) for letter, literal in _steps(how)]


def _strptime(how, data, at):
    """The parts read directive by directive from `at` and the end, or None. Nothing is given back."""
    parts = {}
    for letter, literal in _prepared(how):
        if not letter:
            if not data.startswith(literal, at):
                return None
            at += len(literal)
            continue
        found = DIRECTIVES[letter].match(data, at)
        if not found:
            return None
        parts[letter] = found.group().decode()
        at = found.end()
    return parts, at


def lexer(how):
    """A function (data, at): where the longest time in that way of writing ends that begins at `at`, or None."""
    if how.startswith("%"):
        return lambda data, at: read[1] if (read := _strptime(how, data, at)) else None
    match = (EPOCH_SYNTAX if how in EPOCHS else NAMED[how]).match
    return lambda data, at: found.end() if (found := match(data, at)) else None


def begins(how, byte):
    """May a time in that way of writing begin with this byte?"""
    if how in NAMED or how in EPOCHS:
        return byte in (b"JFMASONDjfmasond" if how == "rfc3164" else b"0123456789")
    letter, literal = next(_steps(how))
    if literal:
        return literal.encode()[0] == byte
    names = {"b": b"JFMASOND", "a": b"MTWFS", "p": b"AP"}.get(letter.lower() if letter in "bBaAp" else "")
    if names:
        return byte in names + names.lower()
    if letter in "de":
        return byte in b" 0123456789"
    return byte in {"z": b"Z+-", "Z": bytes({ord(zone[0]) for zone in ZONES})}.get(letter, b"0123456789")


class Clock:
    """What completes a time: the zone of the input, the time that gives the year."""

    def __init__(self, zone, received_ns):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.received_ns = received_ns


def _fraction_ns(digits):
    return int((digits or "0")[:9].ljust(9, "0"))


def _offset_minutes(text):
    text = text.strip()
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59 or hours * 60 + minutes > MAX_OFFSET_MINUTES:
        return None
    return (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)


def _month(text):
    text = text.capitalize()
    for names in (MONTHS, LONG_MONTHS):
        if text in names:
            return names.index(text) + 1
    return None


def _to_ns(naive, offset, fraction, clock):
    if offset is None:
        aware = naive.replace(tzinfo=clock.zone)
        seconds = (naive - EPOCH) // datetime.timedelta(seconds=1) - int(aware.utcoffset().total_seconds())
    else:
        seconds = (naive - EPOCH) // datetime.timedelta(seconds=1) - offset * 60
    return seconds * 10**9 + fraction


def _nearest_year(month, day, clock_parts, offset, fraction, clock, near_ns):
    """The time in the year that brings it nearest to `near_ns`; 29 February only in years that have one."""
    middle = (EPOCH + datetime.timedelta(seconds=near_ns // 10**9)).year
    best = None
    for year in range(middle - 8, middle + 9):
        try:
            naive = datetime.datetime(year, month, day, *clock_parts)
        except ValueError:
            continue
        value = _to_ns(naive, offset, fraction, clock)
        if best is None or abs(value - near_ns) < abs(best - near_ns):
            best = value
    return best


def _assemble(parts, clock, near_ns):
    """Nanoseconds from the parts of a time, or None where they are no time."""
    fraction = _fraction_ns(parts.get("f"))
    if parts.get("s"):
        return int(parts["s"]) * 10**9 + fraction
    month = int(parts["m"]) if parts.get("m") else _month(parts.get("b") or parts.get("B") or "")
    day = parts.get("d") or parts.get("e")
    hour = int(parts.get("H") or 0)
    if parts.get("I"):
        hour = int(parts["I"])
        if not 1 <= hour <= 12:
            return None
        if parts.get("p"):
            hour = hour % 12 + (12 if parts["p"].lower() == "pm" else 0)
    minute, second = int(parts.get("M") or 0), int(parts.get("S") or 0)
    second = 59 if second == 60 else second
    offset = None
    if parts.get("z"):
        offset = _offset_minutes(parts["z"])
        if offset is None:
            return None
    elif parts.get("Z"):
        offset = ZONES[parts["Z"]]
    if month is None or day is None:
        return None
    day = int(day)
    year = int(parts["Y"]) if parts.get("Y") else None
    if year is None and parts.get("y"):
        year = int(parts["y"]) + (1900 if int(parts["y"]) >= 69 else 2000)
    if year is None:
        return _nearest_year(month, day, (hour, minute, second), offset, fraction, clock, near_ns)
    try:
        naive = datetime.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return _to_ns(naive, offset, fraction, clock)


def decode(how, text, clock, near_ns):
    """(nanoseconds, had a year) of a whole text, or None where it is no time between 1970 and 2262."""
    if how in EPOCHS:
        found = EPOCH_SYNTAX.fullmatch(text)
        if not found:
            return None
        part = (found.group("part") or b"").decode()
        unit = EPOCHS[how]
        value = int(found.group("whole")) * unit + (int(part) * unit // 10 ** len(part) if part else 0)
        return (value, True) if value <= MAX_NS else None
    if how.startswith("%"):
        read = _strptime(how, text, 0)
        if read is None or read[1] != len(text):
            return None
        parts = read[0]
    else:
        found = NAMED[how].fullmatch(text)
        if not found:
            return None
        parts = {name: value.decode() for name, value in found.groupdict().items() if value}
    value = _assemble(parts, clock, near_ns)
    if value is None or not 0 <= value <= MAX_NS:
        return None
    return value, any(parts.get(letter) for letter in ("Y", "y", "s"))


def show(value_ns):
    """ISO 8601 in UTC, the fraction without trailing zeros."""
    seconds, fraction = divmod(value_ns, 10**9)
    text = (EPOCH + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    if fraction:
        text += "." + f"{fraction:09d}".rstrip("0")
    return text + "Z"


def read_iso(text):
    """Nanoseconds of an ISO time with a zone, for options and examples."""
    read = decode("rfc3339", text.encode(), Clock("UTC", 0), 0)
    if read is None:
        raise SystemExit(f"not a time: {text}")
    return read[0]
