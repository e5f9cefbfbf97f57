# SPDX-License-Identifier: Apache-2.0
# A pair: rules and a stream, small enough to be read, and what the two implementations make of it. It can be written to a
# file and read again.
import json
import os
import subprocess
import tempfile

import alerts
import make_rules
import reader
from ruleset import World
from run import Run
from stream import events_of, members_of, merged
from words import tokens_of

TIMEOUT_S = 60
FORMAT = "event"


class Pair:
    """declarations: texts of lists and lets. rules: {name: text}. files: lists of lines as bytes. late: a text or None."""

    def __init__(self, declarations, rules, files, late=None, note=""):
        self.declarations = declarations
        self.rules = rules
        self.files = files
        self.late = late
        self.note = note

    def rule_text(self):
        return "\n".join([*self.declarations, *self.rules.values()]) + "\n"

    def with_rules(self, names):
        return Pair(self.declarations, {name: self.rules[name] for name in self.rules if name in names}, self.files, self.late)

    # ---- as a file

    def write(self, path):
        with open(path, "wb") as file:
            file.write("".join(f"# {line}\n" for line in self.note.splitlines()).encode())
            file.write(b"".join([b"late " + self.late.encode() + b"\n"] * bool(self.late)))
            file.write(b"--- rules\n" + self.rule_text().encode())
            for lines in self.files:
                file.write(b"--- file\n" + b"".join(line + b"\n" for line in lines))

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            head, _, rest = file.read().partition(b"--- rules\n")
        pieces = rest.split(b"--- file\n")
        note, late = [], None
        for line in head.decode().splitlines():
            if line.startswith("late "):
                late = line[len("late ") :]
            else:
                note.append(line.lstrip("# "))
        text = pieces[0].decode()
        rules = {node.name: piece for node, piece in split(text) if node.kind == "rule"}
        others = [piece for node, piece in split(text) if node.kind != "rule"]
        return Pair(others, rules, [piece.splitlines() for piece in pieces[1:]], late, "\n".join(note))


def split(text):
    """[(declaration, its text)]"""
    nodes = reader.read(text)
    lines = text.splitlines(keepends=True)
    ends = [node.place - 1 for node in nodes[1:]] + [len(lines)]
    return [(node, "".join(lines[node.place - 1 : end]).rstrip("\n")) for node, end in zip(nodes, ends)]


class Outcome:
    """What one implementation says: alerts by rule, in their order. problem: a text where it says nothing."""

    def __init__(self, found=(), problem=None):
        self.found = list(found)
        self.problem = problem
        self.by_rule = {}
        for alert in self.found:
            self.by_rule.setdefault(alert["rule_name"], []).append(comparable(alert))


def comparable(value):
    """Without ids, numbers as numbers, as one text."""
    return json.dumps(without_ids(value), sort_keys=True, ensure_ascii=False)


def without_ids(value):
    if isinstance(value, dict):
        alert = "causes" in value
        return {key: without_ids(each) for key, each in value.items() if not (alert and key == "id")}
    if isinstance(value, list):
        return [without_ids(each) for each in value]
    return alerts.plain(value)


# ---- the two implementations


def of_oracle(pair, schema, folder):
    world = World(schema, [(folder, pair.rule_text())])
    files = [(path, events_of(b"".join(line + b"\n" for line in lines), path, schema)) for path, lines in named(pair)]
    events, newest = merged(files)
    late = [tokens_of(pair.late)[0][1]] if pair.late else []
    found = Run(world.rules, *late).over(events, newest)
    outcome = Outcome(alerts.as_json(alert, schema) for alert in found if not alert.alert.rule.silent)
    outcome.world = world
    return outcome


def named(pair):
    return [(f"{number}.jsonl", lines) for number, lines in enumerate(pair.files, 1)]


class Program:
    """The program under test."""

    def __init__(self, path, module):
        self.path = path
        self.module = module

    def run(self, pair):
        with tempfile.TemporaryDirectory(prefix="argot-rules-") as folder:
            write_files(pair, folder)
            command = [self.path, "detect", "-q", "-r", "rules.rule", "--load", self.module, "-f", FORMAT, "-o", "jsonl"]
            command += ["--late", pair.late] if pair.late else []
            command += [path for path, _ in named(pair)]
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S, check=False,
                                      cwd=folder, env={**os.environ, "LC_ALL": "C"})  # fmt: skip
            except subprocess.TimeoutExpired:
                return Outcome(problem=f"no end within {TIMEOUT_S} s")
        if done.returncode != 0:
            return Outcome(problem=f"status {done.returncode}: {errors_of(done.stderr.decode(errors='replace'))}")
        try:
            return Outcome(map(members_of, done.stdout.splitlines()))
        except ValueError as error:
            return Outcome(problem=f"no JSON: {error}")


def errors_of(text):
    """The lines of a program's words that tell of errors, else the last ones."""
    lines = text.splitlines()
    found = [line for at, line in enumerate(lines) if "error" in line or at and "error" in lines[at - 1]]
    return "\n".join((found or lines)[-8:])


def write_files(pair, folder):
    for name, text in make_rules.FILES.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(folder, "rules.rule"), "w", encoding="utf-8") as file:
        file.write(pair.rule_text())
    for path, lines in named(pair):
        with open(os.path.join(folder, path), "wb") as file:
            file.write(b"".join(line + b"\n" for line in lines))


# ---- the comparison


def differing(oracle, program):
    """The names of rules of which the two say something else, less those above such rules."""
    world = oracle.world
    wrong = set()
    for rule in world.rules:
        ours, theirs = oracle.by_rule.get(rule.name, []), program.by_rule.get(rule.name, [])
        if not rule.stateful or rule.below and not all_stateful(world, rule):
            ours, theirs = sorted(ours), sorted(theirs)
        if ours != theirs:
            wrong.add(rule.name)
    known = {rule.name for rule in world.rules}
    wrong |= set(program.by_rule) - known
    below = {rule.name: closure(world, rule.name) for rule in world.rules}
    return sorted(name for name in wrong if not (below.get(name, set()) - {name}) & wrong)


# The members of an alert from which others follow, first what tells most.
TELLING = ["event_time", "alert.causes", "alert.first_time", "alert.count", "alert.values", "message"]


def way(oracle, program, name):
    """How the two differ about a rule, in a few words, so that like differences can be told together."""
    rule = next((rule for rule in oracle.world.rules if rule.name == name), None)
    kind = "unknown" if rule is None else rule.window if rule.kind == "window" else rule.kind
    ours, theirs = oracle.by_rule.get(name, []), program.by_rule.get(name, [])
    if len(ours) != len(theirs):
        return f"{kind}: {'more' if len(theirs) > len(ours) else 'fewer'} alerts"
    if sorted(ours) == sorted(theirs):
        return f"{kind}: order"
    paths = set()
    for one, other in zip(ours, theirs):
        paths |= set(unlike(json.loads(one), json.loads(other), ""))
    telling = [each for each in TELLING if any(path.startswith(each) for path in paths)]
    return f"{kind}: {(telling or sorted(paths))[0]}"


def unlike(one, other, path):
    """The paths of members that differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from unlike(one.get(key), other.get(key), f"{path}.{key}".lstrip("."))
    elif one != other:
        yield path


def all_stateful(world, rule):
    rules = {each.name: each for each in world.rules}
    return all(rules[name].stateful for name in closure(world, rule.name))


def closure(world, name):
    """A rule and all below it."""
    rules = {rule.name: rule for rule in world.rules}
    found, new = set(), {name}
    while new:
        found |= new
        new = {below for each in new for below in rules[each].below} - found
    return found


def wrong_ids(oracle, program):
    """What is wrong with the ids of alerts: they stand for what the page says they are made of, one for one."""
    ours, theirs, found = {}, {}, []
    for one, other in zip(*(sorted(each.found, key=comparable) for each in (oracle, program))):
        if comparable(one) != comparable(other):
            continue
        for a, b in zip(ids_of(one), ids_of(other)):
            if ours.setdefault(a, b) != b or theirs.setdefault(b, a) != a:
                found.append(f"an id that is another's, or two for the same alert: {b} of {other['rule_name']}")
    return found


def ids_of(value):
    """All ids of an alert and its causes, in one order."""
    if isinstance(value, list):
        return [each for item in value for each in ids_of(item)]
    if not isinstance(value, dict):
        return []
    own = [value["id"]] if "causes" in value else []
    return own + [each for key in sorted(value) for each in ids_of(value[key])]


def wrong_order(program, schema):
    """Is there an alert whose members are out of order?"""
    place = {name: number for number, name in enumerate([*schema.fields, "extra", "alert"])}
    for alert in program.found:
        places = [place.get(name, -1) for name in alert]
        if places != sorted(places) or -1 in places:
            return [f"members of an alert of {alert['rule_name']} are out of order: {list(alert)}"]
    return []
