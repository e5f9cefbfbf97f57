# SPDX-License-Identifier: Apache-2.0
# Patterns: wildcards, and the language's regular expressions as those of Python's re over bytes.
import re

from typed import lower

CHARACTER = re.compile(  # of UTF-8
    rb"[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
POSIX = {b"alpha": b"A-Za-z", b"digit": b"0-9", b"alnum": b"A-Za-z0-9", b"upper": b"A-Z", b"lower": b"a-z",
         b"space": rb"\s", b"blank": rb" \t", b"xdigit": b"0-9A-Fa-f", b"word": rb"\w"}  # fmt: skip


def wildcards(text, fold):
    """A pattern of like: a function that says whether it covers a whole text."""
    units = _units(lower(text) if fold else text)
    return lambda value: _covers(units, lower(value) if fold else value)


def _units(text):
    """A pattern as a list: None for a run, True for one character, a byte for itself."""
    found, at = [], 0
    while at < len(text):
        sign = text[at : at + 3] in (b"[*]", b"[?]")
        letter = text[at + 1 : at + 2] if sign else text[at : at + 1]
        found.append(letter if sign else {b"*": None, b"?": True}.get(letter, letter))
        at += 3 if sign else 1
    return found


def _covers(units, value):
    """Every place that what was read so far of the pattern may end at is kept."""
    places = {0}
    for unit in units:
        if unit is None:
            places = set(range(min(places), len(value) + 1)) if places else places
        elif unit is True:
            places = {_behind_character(value, place) for place in places if place < len(value)}
        else:
            places = {place + 1 for place in places if value[place : place + 1] == unit}
    return len(value) in places


def _behind_character(value, place):
    found = CHARACTER.match(value, place)
    return found.end() if found else place + 1


def regex(text, flags):
    """The language's regular expression, compiled by Python; (?ims) at the start are flags."""
    found = re.match(rb"\(\?([ims]+)\)", text)
    if found:
        text, flags = text[found.end() :], flags + found.group(1).decode()
    modes = sum({"i": re.I, "m": re.M, "s": re.S}[each] for each in set(flags))
    return re.compile(_translate(text, "m" in flags), modes)


def _translate(text, multiline):
    """`$` is the value's end and no place before a last newline; names and classes are spelled as Python has them."""
    found, at, inside = [], 0, False
    while at < len(text):
        two, letter = text[at : at + 2], text[at : at + 1]
        if letter == b"\\":
            found.append({rb"\z": rb"\Z", rb"\h": rb" \t" if inside else rb"[ \t]"}.get(two, two))
            at += 2
            continue
        if inside and two == b"[:" and text.find(b":]", at) > 0:
            end = text.index(b":]", at)
            found.append(POSIX[text[at + 2 : end]])
            at = end + 2
            continue
        if inside:
            inside = letter != b"]"
            found.append(b"\\[" if letter == b"[" else letter)
        elif letter == b"[":
            inside = True
            found.append(letter)
            for first in (b"^", b"]"):
                if text[at + 1 : at + 2] == first:
                    at += 1
                    found.append(b"\\]" if first == b"]" else first)
        elif letter == b"$" and not multiline:
            found.append(rb"\Z")
        elif two == b"(?" and text[at + 2 : at + 3] == b"<":
            found.append(b"(?P")
            at += 1
        else:
            found.append(letter)
        at += 1
    return b"".join(found)
