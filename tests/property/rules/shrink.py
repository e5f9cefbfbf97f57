# SPDX-License-Identifier: Apache-2.0
# Makes a pair smaller for as long as the two implementations differ: fewer rules, files, events, clauses, members.
import json
import re

from pair import Pair
from words import Refused

MAX_RUNS = 1500
SIMPLER = [  # pieces of a clause that may be left out, or put simpler
    (re.compile(r" where .*$"), ""),
    (re.compile(r" within \w+$"), ""),
    (re.compile(r" by [^{]*$"), ""),
    (re.compile(r"\w+ = (?=\d+ \* |alert |any|[A-Z])"), ""),
    (re.compile(r"\d+ \* (?=alert |any|[A-Z])"), ""),
    (re.compile(r", [^,]*$"), ""),
    (re.compile(r" (and|or) [^()]*(?=\)|$)"), ""),
    (re.compile(r"\(([^()]*)\)"), r"\1"),
    (re.compile(r"[^() ]* [^() ]* [^() ]* (and|or) "), ""),
    (re.compile(r"\b(any|[A-Z_]+(, [A-Z_]+)+)(?=$| where| by| within)"), "AUTH_LOGIN"),
    (re.compile(r"\bodd, APP_LOG|failed|local\b"), "any"),
]


class Shrinker:
    def __init__(self, differs):
        """differs: does a Pair still differ? It may raise Refused."""
        self.differs = differs
        self.runs = 0

    def still(self, pair):
        if self.runs >= MAX_RUNS:
            return False
        self.runs += 1
        try:
            return self.differs(pair)
        except (Refused, KeyError, IndexError, ValueError, TypeError):
            return False

    def shrink(self, pair):
        before = None
        while before != size(pair) and self.runs < MAX_RUNS:
            before = size(pair)
            for step in (self.rules, self.files, self.events, self.clauses, self.declarations, self.members):
                pair = step(pair)
        return pair

    def rules(self, pair):
        for name in reversed(list(pair.rules)):
            fewer = pair.with_rules(set(pair.rules) - {name})
            if fewer.rules and self.still(fewer):
                pair = fewer
        return pair

    def declarations(self, pair):
        for text in list(pair.declarations):
            fewer = Pair([each for each in pair.declarations if each != text], pair.rules, pair.files, pair.late)
            pair = fewer if self.still(fewer) else pair
        fewer = Pair(pair.declarations, pair.rules, pair.files)
        return fewer if pair.late and self.still(fewer) else pair

    def files(self, pair):
        joined = Pair(pair.declarations, pair.rules, [sum(pair.files, [])], pair.late)
        if len(pair.files) > 1 and self.still(joined):
            return joined
        for lines in list(pair.files):
            fewer = Pair(pair.declarations, pair.rules, [each for each in pair.files if each is not lines], pair.late)
            if fewer.files and self.still(fewer):
                pair = fewer
        return pair

    def events(self, pair):
        for number in range(len(pair.files)):
            size_now = max(1, len(pair.files[number]) // 2)
            while size_now >= 1:
                at = 0
                while at < len(pair.files[number]):
                    lines = pair.files[number]
                    fewer = self.with_file(pair, number, lines[:at] + lines[at + size_now :])
                    if self.still(fewer):
                        pair = fewer
                    else:
                        at += size_now
                size_now //= 2
        return pair

    def with_file(self, pair, number, lines):
        files = [lines if at == number else each for at, each in enumerate(pair.files)]
        return Pair(pair.declarations, pair.rules, files, pair.late)

    def clauses(self, pair):
        for name in list(pair.rules):
            at = 1
            while at < len(pair.rules[name].splitlines()):
                lines = pair.rules[name].splitlines()
                for shorter in self.shorter(lines[at]):
                    text = "\n".join(lines[:at] + ([shorter] if shorter else []) + lines[at + 1 :])
                    fewer = Pair(pair.declarations, {**pair.rules, name: text}, pair.files, pair.late)
                    if self.still(fewer):
                        pair = fewer
                        break
                else:
                    at += 1
        return pair

    def shorter(self, line):
        yield None
        for pattern, into in SIMPLER:
            for found in pattern.finditer(line):
                made = line[: found.start()] + found.expand(into) + line[found.end() :]
                if made != line:
                    yield made

    def members(self, pair):
        for number in range(len(pair.files)):
            for at, line in enumerate(pair.files[number]):
                if line.startswith(b"#"):
                    continue
                for name in list(json.loads(line.decode("utf-8", "surrogateescape"))):
                    members = json.loads(pair.files[number][at].decode("utf-8", "surrogateescape"))
                    if name in ("type", "event_time"):
                        continue
                    del members[name]
                    text = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")
                    lines = list(pair.files[number])
                    lines[at] = text
                    fewer = self.with_file(pair, number, lines)
                    pair = fewer if self.still(fewer) else pair
        return pair


def size(pair):
    return len(pair.rule_text()) + sum(len(line) + 1 for lines in pair.files for line in lines)


