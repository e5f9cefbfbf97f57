# SPDX-License-Identifier: Apache-2.0
# What saves time and must never change an answer: necessary conditions that are cheap, and searches that skip the places
# where nothing can be. With ARGOT_NAIVE_PLAIN set (or plain() called before the formats are loaded) all of it is off;
# ../plain.py compares the two.
import os
import re

from template import Group, Text

on = "ARGOT_NAIVE_PLAIN" not in os.environ


def plain():
    global on
    on = False


class Literals:
    """The texts that a line must hold, in order and apart from each other, to fit a template."""

    def __init__(self, nodes):
        self.texts = []
        _collect(nodes, self.texts)
        self.begin = nodes[0].text if nodes and isinstance(nodes[0], Text) else b""
        self.end = nodes[-1].text if nodes and isinstance(nodes[-1], Text) else b""

    def are_in(self, data):
        if not (data.startswith(self.begin) and data.endswith(self.end)):
            return False
        at = 0
        for text in self.texts:
            at = data.find(text, at)
            if at < 0:
                return False
            at += len(text)
        return True


def _collect(nodes, texts):
    """The texts outside of what may be absent."""
    for node in nodes:
        if isinstance(node, Text):
            texts.append(node.text)
        elif isinstance(node, Group) and not node.optional and len(node.alternatives) == 1:
            _collect(node.alternatives[0], texts)


class Places:
    """Where something that can follow may begin, in a syntax.Follow: found by one expression, and asked where that is
    too loose. `exact`: a reading can begin at these places and nowhere else, which typed fields do not promise."""

    def __init__(self, follow, field_marks):
        patterns = [re.escape(text) for text in follow.literals] + ([rb"[ \t]"] if follow.blanks else [])
        self.follow, self.sure, self.anywhere, self.exact = follow, True, False, True
        for field in follow.fields:
            marks = field_marks(field)
            if marks is None:
                self.anywhere = True
                continue
            patterns += marks.patterns
            self.sure = self.sure and marks.sure
            self.exact = self.exact and marks.exact
        self.exact = self.exact and not self.anywhere
        self.regex = re.compile(b"|".join(patterns) or rb"(?!)")

    def first(self, data, at, begin):
        """The first place from `at` on, before the end; None without one."""
        if self.anywhere:
            return at if at < len(data) else None
        found = self.regex.search(data, at)
        while found and not self.sure and not self.follow.begins(data, found.start(), begin):
            found = self.regex.search(data, found.start() + 1)
        return found.start() if found else None

    def all_from_last(self, data, at):
        """All places from `at` on, the last first; the end too where the template may end there."""
        places = []
        found = self.regex.search(data, at)
        while found:
            places.append(found.start())
            found = self.regex.search(data, found.start() + 1)
        if self.follow.end:
            places.append(len(data))
        return places[::-1]


class Marks:
    """What a field may begin with, as expressions. sure: all of them are begins; exact: and the only ones."""

    def __init__(self, patterns, sure=True, exact=False):
        self.patterns = patterns
        self.sure = sure
        self.exact = exact


def one_of(found):
    """An expression for one of some bytes."""
    return b"[" + b"".join(re.escape(bytes([byte])) for byte in sorted(found)) + b"]"
