# SPDX-License-Identifier: Apache-2.0
# Names in a record: a.b, a[0], "a.dotted.key", a# and a*. Which values a name finds, and what is left of a record once
# its bound values are taken out.
import functools
import re

import records

STEP = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^.\[\]"]+)|\[(?P<index>[0-9]+)\])')


class Path:
    """A name. flat: the records hold no nested values, so dots and brackets are part of the name."""

    def __init__(self, text, flat):
        self.text = text
        self.steps = []  # (bytes, pattern or None) of a key, int of an index
        if flat:
            self._add(text, True)
            return
        at = 0
        while at < len(text):
            found = STEP.match(text, at)
            if not found:
                raise ValueError(f"not a name in a record: {text}")
            if found.group("index") is not None:
                self.steps.append(int(found.group("index")))
            elif found.group("quoted") is not None:
                self._add(found.group("quoted"), False)
            else:
                self._add(found.group("plain"), True)
            at = found.end()
            if at < len(text) and text[at] == ".":
                at += 1

    def _add(self, key, may_be_pattern):
        if key.startswith('"') and key.endswith('"') and len(key) > 1:
            key, may_be_pattern = key[1:-1], False
        pattern = None
        if may_be_pattern and ("#" in key or "*" in key):
            pieces = re.split(r"([#*])", key)
            spelled = {"#": "[0-9]+", "*": ".*"}
            pattern = re.compile("".join(spelled.get(each, re.escape(each)) for each in pieces).encode(), re.S)
        self.steps.append((key.encode(), pattern))

    def is_pattern(self):
        return any(not isinstance(step, int) and step[1] for step in self.steps)

    def find(self, root):
        """The values of that name, each as a list: itself, then those of the same key that came again."""
        found = [[root]]
        for step in self.steps:
            found = [each for values in found for each in _step(values[0], step)]
        return found


path = functools.lru_cache(None)(Path)


def _step(value, step):
    if isinstance(step, int):
        return [[value.items[step]]] if value.kind == "list" and step < len(value.items) else []
    if value.kind != "map":
        return []
    key, pattern = step
    keys = [each for each in value.members if pattern.fullmatch(each)] if pattern else [key]
    return [[value.members[each]] + value.repeats.get(each, []) for each in keys if each in value.members]


def is_empty(value):
    return value.kind == "null" or value.kind == "text" and not value.text


def rest(value, used):
    """What is left of a value without those used (a set of ids), or None: containers that lost all they had go too."""
    if id(value) in used:
        return None
    if value.kind not in ("map", "list"):
        return value
    inside = value.members.items() if value.kind == "map" else enumerate(value.items)
    # What has no value is no member; in a list it keeps its place.
    kept = [(key, None if value.kind == "map" and is_empty(each) else rest(each, used)) for key, each in inside]
    if any(each is None for _, each in kept) and all(each is None for _, each in kept):
        return None
    made = records.Value(value.kind, value.raw, members={}, items=[])
    made.members = {key: each for key, each in kept if each is not None} if value.kind == "map" else None
    made.items = [each for _, each in kept if each is not None] if value.kind == "list" else None
    return made


def plain(value):
    """A value of a record as what JSON can show: text stays bytes, numbers stay as they were written."""
    if value.kind == "map":
        return {key: plain(each) for key, each in value.members.items()}
    if value.kind == "list":
        return [plain(each) for each in value.items]
    if value.kind == "text":
        return value.text
    if value.kind == "number":
        return Number(value.text.decode())
    return {b"true": True, b"false": False, b"null": None}[value.text]


class Number(str):
    """A JSON number as it was written."""

    is_number = True
