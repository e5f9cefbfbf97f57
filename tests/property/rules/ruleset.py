# SPDX-License-Identifier: Apache-2.0
# The declarations of all files of a run as rules that are ready to run: which events each takes and under which key, what
# it asks of them, what its alerts say.
import csv
import os
import re

import expressions
import reader
import typed
from expressions import Context, Scope
from windows import Aggregates
from words import Refused, parts_of

DEFAULT_KEEP = 20
ALERT_TYPE = "CORRELATION_ALERT"
TECHNIQUE = re.compile(rb"attack\.t([0-9].*)", re.S)
ADDED = ("except", "tags", "meta", "collect")
REPLACED = ("title", "note", "severity", "alert", "keep", "rearm", "late", "limit", "silent")


class Table:
    """A CSV file: a row by the text of its key."""

    def __init__(self, path, key):
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        self.columns = rows[0]
        at = self.columns.index(key)
        self.rows = {row[at].encode(): [cell.encode() for cell in row] for row in rows[1:]}

    def cell(self, key, column):
        row = self.rows.get(key)
        return row[column] or None if row is not None and column < len(row) else None


class Taken:
    """What a match, step, member, `without`, `then no` or `until` takes, and under which key."""

    def __init__(self, condition, keys, optional, reads_captures):
        self.condition = condition
        self.keys = keys
        self.optional = optional
        self.reads_captures = reads_captures

    def key(self, event):
        """The key of an event as a tuple; None where one is null that may not be."""
        found = tuple(key.get(Context(event)) for key in self.keys)
        missing = any(each is None and not may for each, may in zip(found, self.optional))
        return None if missing else found

    def takes(self, event, captures=()):
        return self.condition(Context(event, captures))


class Step:
    """A positive step of a sequence or a member of together."""

    def __init__(self, name, count, within, taken):
        self.name = name
        self.count = count
        self.within = within
        self.taken = taken
        self.without = []
        self.without_span = None


class Rule:
    """kind: each, window, absent, new, sequence or together; its own members are set by the builder."""

    def __init__(self, name):
        self.name = name
        self.matches, self.until, self.steps, self.collect, self.pieces, self.keys = [], [], [], [], [], []
        self.below = set()
        self.number = self.depth = 0


class World:
    """All files of a run, which are one namespace."""

    def __init__(self, schema, sources):
        """sources: [(folder of the file, its text)]"""
        self.schema = schema
        self.lists, self.tables, self.lets, nodes, self.tests, extensions = {}, {}, {}, {}, [], {}
        for folder, source in sources:
            for node in reader.read(source):
                node.folder = folder
                if node.kind == "test":
                    self.tests.append(node)
                elif node.kind == "extend":
                    extensions.setdefault(node.name, []).extend(node.members)
                else:
                    {"list": self.lists, "table": self.tables, "let": self.lets, "rule": nodes}[node.kind][node.name] = node
        for name, node in self.tables.items():
            self.tables[name] = Table(os.path.join(node.folder, node.path), node.key)
        self.rule_nodes = nodes
        self.any_users = {name for name, node in nodes.items() if self._uses_any(node)}
        self.rules = [self._rule(nodes[name], extensions.get(name, [])) for name in sorted(nodes)]
        self._set_graph()

    # ---- sets

    def set_items(self, name):
        """The items of a list or the keys of a table: trees, or bytes where they come out of a file."""
        if name in self.tables:
            return list(self.tables[name].rows)
        node = self.lists.get(name)
        if node is None:
            raise Refused(f"no list is called {name}")
        if not hasattr(node, "path"):
            return node.items
        with open(os.path.join(node.folder, node.path), "rb") as file:
            lines = [line.strip() for line in file.read().split(b"\n")]
        return [line for line in lines if line and not line.startswith(b"#")]

    # ---- the graph of rules over alerts

    def _events_of(self, node):
        """The event nodes of a rule, those of the lets that they name included."""
        for clause in node.members:
            found = []
            if clause.kind in ("match", "until"):
                found = [clause.value]
            elif clause.kind == "sequence":
                found = [each.event for step in clause.steps for each in (step, *step.without)]
                found += [each.event for each in (*clause.last_without, *clause.until)]
                found += [clause.then_no.event] if clause.then_no else []
            elif clause.kind == "together":
                found = [each.event for each in clause.members]
            for event in found:
                yield from self._with_lets(event)

    def _with_lets(self, event):
        yield event
        for name in event.names or [] if not event.alerts else []:
            if name in self.lets:
                yield from self._with_lets(self.lets[name].event)

    def _uses_any(self, node):
        return any(event.alerts and event.names is None for event in self._events_of(node))

    def rules_of(self, event):
        """The names of the rules whose alerts an `alert …` takes."""
        return {name for name in self.rule_nodes if name not in self.any_users} if event.names is None else set(event.names)

    def _set_graph(self):
        by_name = {rule.name: rule for rule in self.rules}
        for number, rule in enumerate(self.rules):
            rule.number = number
            for event in self._events_of(self.rule_nodes[rule.name]):
                if event.alerts:
                    rule.below |= self.rules_of(event)

        def depth(rule):
            return 1 + max(depth(by_name[name]) for name in rule.below) if rule.below else 0

        def late(rule):
            return max([rule.own_late] + [late(by_name[name]) for name in rule.below])

        for rule in self.rules:
            rule.depth, rule.late = depth(rule), late(rule)

    # ---- events

    def event(self, node, scope):
        """The condition of an event node: its type or rule, its lets, its `where`."""
        choices = []
        if node.alerts:
            rules = self.rules_of(node)
            choices.append(lambda c: c.event.rule in rules)
        elif node.names is None:
            choices.append(lambda c: c.event.rule is None)
        else:
            types = {name for name in node.names if name not in self.lets}
            choices.append(lambda c: c.event.rule is None and c.event.type in types)
            choices += [self.event(self.lets[name].event, Scope(self)) for name in node.names if name in self.lets]
        if node.where is None:
            return lambda c: any(choice(c) for choice in choices)
        where = expressions.condition(node.where, scope)
        return lambda c: any(choice(c) for choice in choices) and where(c)

    # ---- rules

    def _rule(self, node, extension):
        replaced = {clause.kind for clause in extension if clause.kind in REPLACED}
        clauses = [clause for clause in node.members if clause.kind not in replaced] + extension
        return RuleBuilder(self, node.name, clauses).rule


class RuleBuilder:
    def __init__(self, world, name, clauses):
        self.world = world
        self.rule = Rule(name)
        self.clauses = clauses
        self.captures = {}
        self.by = next((clause.value for clause in clauses if clause.kind == "by"), [])
        self.lookups = [self._lookup(clause) for clause in self.all("lookup")]
        self.excepts = [expressions.condition(clause.value, self.scope()) for clause in self.all("except")]
        self._words()
        self.taken_nodes = []  # [(Taken, its own keys)]
        self._body()
        self._keys()
        self._message()

    def all(self, kind):
        return [clause for clause in self.clauses if clause.kind == kind]

    def last(self, kind, default):
        found = self.all(kind)
        return found[-1].value if found else default

    def scope(self, captures=None):
        return Scope(self.world, captures, getattr(self, "lookups", ()))

    def _lookup(self, clause):
        key = expressions.as_text(expressions.make(clause.key, Scope(self.world)), Scope(self.world))
        return clause.alias, self.world.tables[clause.table], lambda c: key.get(c)

    def _words(self):
        rule = self.rule
        rule.title = self.last("title", rule.name.encode())
        rule.severity = self.last("severity", "medium")
        rule.tags = [tag for clause in self.all("tags") for tag in clause.value]
        rule.techniques = [b"T" + found.group(1).upper() for found in map(TECHNIQUE.fullmatch, rule.tags) if found]
        rule.id = next((clause.value for clause in reversed(self.all("meta")) if clause.name == "id"), None)
        rule.silent = self.last("silent", False)
        rule.keep = self.last("keep", DEFAULT_KEEP)
        rule.own_late = self.last("late", 0)

    def _taken(self, event, own_keys, captures=(), positive=False):
        scope = self.scope({name: at for name, at in self.captures.items() if at in captures})
        condition = self.world.event(event, scope)
        if positive and self.excepts:
            plain, excepts = condition, self.excepts
            condition = lambda c: plain(c) and not any(each(c) for each in excepts)  # noqa: E731
        made = Taken(condition, None, None, scope.reads_captures)
        self.taken_nodes.append((made, own_keys))
        return made

    # ---- what it is about

    def _body(self):
        rule = self.rule
        rule.collect = [(".".join(ref.parts), expressions.make(ref, self.scope())) for clause in self.all("collect")
                        for ref in clause.value]  # fmt: skip
        if self.all("sequence"):
            self._sequence(self.all("sequence")[0])
        elif self.all("together"):
            self._together(self.all("together")[0])
        else:
            self._matches()
            self._when()
        self._rearm()

    def _matches(self):
        for at, clause in enumerate(self.clauses):
            if clause.kind not in ("match", "until"):
                continue
            own = at + 1 < len(self.clauses) and self.clauses[at + 1].kind == "by"
            keys = self.clauses[at + 1].value if own else self.by
            match = clause.kind == "match"
            (self.rule.matches if match else self.rule.until).append(self._taken(clause.value, keys, positive=match))

    def _when(self):
        rule = self.rule
        rule.kind = "each"
        for clause in self.clauses:
            if clause.kind == "when":
                rule.kind, rule.window, rule.span = "window", clause.window, clause.span
                rule.aggregates = Aggregates(clause.condition)
                rule.condition = rule.aggregates.condition(self.scope())
            elif clause.kind == "absent":
                rule.kind, rule.span = "absent", clause.span
            elif clause.kind == "new":
                rule.kind, rule.over, rule.learning = "new", clause.over, clause.learning
                values = [expressions.value(each, self.scope()) for each in clause.exprs]
                rule.tuple = [expressions.as_text(each, self.scope()) if each.type == "untyped" else each for each in values]

    def _step(self, node, number, visible):
        taken = self._taken(node.event, self.by + node.keys, visible, positive=True)
        if node.name:
            self.captures[node.name] = number
        return Step(node.name, node.count, node.within, taken)

    def _sequence(self, clause):
        rule = self.rule
        rule.kind, rule.span = "sequence", clause.within
        for number, node in enumerate(clause.steps):
            visible = range(number)
            without = [self._taken(each.event, self.by + each.keys, visible) for each in node.without]
            step = self._step(node, number, visible)
            step.without, step.without_span = without, node.without[0].within if node.without else None
            rule.steps.append(step)
        every = range(len(clause.steps))
        rule.last_without = [self._taken(each.event, self.by + each.keys, every) for each in clause.last_without]
        end = clause.then_no
        rule.then_no = end and self._taken(end.event, self.by + end.keys, every)
        rule.then_no_span = end and end.within
        rule.until = [self._taken(each.event, self.by + each.keys) for each in clause.until]

    def _together(self, clause):
        rule = self.rule
        rule.kind, rule.span = "together", clause.within
        rule.steps = [self._step(node, number, ()) for number, node in enumerate(clause.members)]
        rule.quorum = clause.quorum or len(rule.steps)

    def _rearm(self):
        rule, clauses = self.rule, self.all("rearm")
        rule.rearm, rule.rearm_span = None, None
        if clauses:
            rule.rearm, rule.rearm_span = clauses[-1].how, clauses[-1].span
        elif rule.kind in ("sequence", "together") or rule.kind == "window" and rule.window == "within":
            rule.rearm, rule.rearm_span = "after", rule.span
        rule.stateful = rule.kind != "each" or rule.rearm in ("after", "every")

    # ---- keys

    def _keys(self):
        """The first positive event gives names, order and types; each event has a value for each."""
        scope = self.scope()
        positive = [step.taken for step in self.rule.steps] or self.rule.matches
        own = {id(taken): keys for taken, keys in self.taken_nodes}
        first = [(key.name, expressions.value(key.expr, scope)) for key in own[id(positive[0])]]
        optional = [any(key.optional for _, keys in self.taken_nodes for key in keys if key.name == name) for name, _ in first]
        kinds = {name: ("text" if made.type == "untyped" else made.type, made.field) for name, made in first}
        self.rule.key_orders = [self._order(*kinds[name]) for name, _ in first]
        self.rule.keys = [(name, *kinds[name], self._is_column(name, made)) for name, made in first]
        for taken, keys in self.taken_nodes:
            by_name = {key.name: expressions.value(key.expr, scope) for key in keys}
            if sorted(by_name) != sorted(kinds):
                raise Refused(f"{self.rule.name}: keys have other names")
            taken.keys = [self._as_key(by_name[name], *kinds[name], scope) for name in kinds]
            taken.optional = optional

    def _order(self, kind, field):
        """How values of a key are ordered: words of an enum by their places."""
        if kind != "enum":
            return typed.sort_key
        place = {word: number for number, word in enumerate(self.world.schema.fields[field].members)}
        return lambda value: typed.sort_key(place.get(value))

    def _is_column(self, name, made):
        field = self.world.schema.fields.get(name)
        if field is None or typed.OF_SCHEMA[field.kind] != made.type or field.kind.endswith("_list"):
            return False
        return made.type != "enum" or made.field == name

    def _as_key(self, made, kind, field, scope):
        if kind == "text":
            return expressions.as_text(made, scope)
        if made.type == "untyped":
            return expressions.read_as(made, kind, scope, field)
        if made.type != kind or made.field != field:
            raise Refused(f"{self.rule.name}: keys have other types")
        return made

    # ---- the message

    def _message(self):
        text = self.last("alert", None)
        if text is None:
            self.rule.pieces = [self.rule.title]
            return
        scope = Scope(self.world, self.captures, self.lookups, [(name, kind, field) for name, kind, field, _ in self.rule.keys])
        for piece in re.findall(rb"\{\{|\{[^}]*\}|[^{]+", text):
            if piece.startswith(b"{") and piece != b"{{":
                piece = expressions.make(reader.Node("ref", parts=parts_of(piece[1:-1].decode())), scope)
            self.rule.pieces.append(b"{" if piece == b"{{" else piece)
