# SPDX-License-Identifier: Apache-2.0
# What `when` asks of the events of a window: aggregates over a list of events, and which of them are causes.
import math
from fractions import Fraction

import expressions
import functions
from expressions import Context, Expr, Scope
from reader import Node
from typed import NUMBERS
from words import Refused

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Aggregate:
    def __init__(self, kind, args, condition, percent):
        self.kind = kind
        self.args = args
        self.holds = condition
        self.percent = percent
        self.least = None  # of a lower bound

    def tuple_of(self, event):
        """The values of distinct(…) for an event; None where one is null."""
        found = tuple(arg.get(Context(event)) for arg in self.args)
        return None if None in found else found

    def over(self, events):
        if self.kind == "count":
            return sum(1 for event in events if self.holds is None or self.holds(Context(event)))
        if self.kind == "distinct":
            return len({self.tuple_of(event) for event in events} - {None})
        found = [each for each in (self.args[0].get(Context(event)) for event in events) if each is not None]
        return self.measure(found) if found else None

    def measure(self, found):
        if self.kind == "min":
            return min(found)
        if self.kind == "max":
            return max(found)
        if self.kind == "pct":
            rank = math.ceil(Fraction(self.percent) * len(found) / 100)
            return sorted(found)[rank - 1]
        total = sum(found)  # of whole numbers exactly, of reals in order
        if self.kind == "sum":
            return functions.bounded(total)
        if self.args[0].type == "duration":
            return functions.toward_zero(Fraction(total, len(found)))
        return functions.bounded(total / len(found))


class Aggregates:
    """The aggregates of a condition. bounded: it is made of lower bounds of count and distinct alone."""

    def __init__(self, node):
        self.node = node
        self.all = []
        self.holds = None
        self.exceeds = False  # of a leak: `> N` and not `>= N`

    def condition(self, scope):
        scope = Scope(scope.world, lookups=scope.lookups, aggregates=self)
        self.holds = expressions.condition(self.node, scope)
        self.bounded = self._find_bounds(scope)
        return self.holds

    def add(self, node, scope):
        """An expression that is the value of an aggregate."""
        inner = Scope(scope.world, lookups=scope.lookups)
        made = self._make(node, inner)
        self.all.append(made)
        number = len(self.all) - 1
        kind = "whole"
        if made.kind not in ("count", "distinct"):
            kind = "real" if made.kind == "avg" and made.args[0].type in NUMBERS else made.args[0].type
        return Expr(kind, lambda c: c.measures[number])

    def _make(self, node, inner):
        if node.name == "count":
            return Aggregate("count", [], expressions.condition(node.args[0], inner) if node.args else None, None)
        percent = None
        args = node.args
        if node.name == "pct":
            args, literal = node.args[:1], node.args[1]
            percent = literal.value
        made = [expressions.value(arg, inner) for arg in args]
        if node.name == "distinct":  # untyped values are told apart by their texts
            made = [expressions.as_text(arg, inner) if arg.type == "untyped" else arg for arg in made]
        else:
            made = [expressions.as_number(made[0], inner)]
            if made[0].type not in (*NUMBERS, "duration", "time"):
                raise Refused(f"{node.name} of {made[0].type}")
        return Aggregate(node.name, made, None, percent)

    def true_of(self, events):
        return self.holds(Context(None, measures=[each.over(events) for each in self.all]))

    # ---- lower bounds

    def _find_bounds(self, scope):
        parts = self.node.operands if self.node.kind == "and" else [self.node]
        if len(parts) != len(self.all):
            return False
        bounds = [lower_bound(part) for part in parts]
        if any(bound is None or bound[1] == 0 for bound in bounds):
            return False
        for aggregate, (operator, least) in zip(self.all, bounds):
            aggregate.least = least
            self.exceeds = operator == ">"
        return True

    def causes(self, events):
        """Of the events of a window, those whose times a rule keeps anyway; the newest is always one."""
        if not self.bounded:
            return list(events)
        found = [events[-1]]
        for aggregate in self.all:
            if aggregate.kind == "count":
                found += events[-aggregate.least :]
                continue
            newest = {}
            for event in events:
                each = aggregate.tuple_of(event)
                if each is not None:
                    newest[each] = event
            found += sorted(newest.values(), key=lambda event: event.number)[-aggregate.least :]
        return in_order(found)


def in_order(events):
    """Events once each, in their order."""
    return sorted({event.number: event for event in events}.values(), key=lambda event: event.number)


def lower_bound(node):
    """(operator, the least whole number) of `count >= 5` and the like; None for another condition."""
    while node.kind == "parens":
        node = node.operand
    if node.kind != "compare" or node.operator not in FLIPPED:
        return None
    left, right, operator = node.left, node.right, node.operator
    if left.kind == "literal":
        left, right, operator = right, left, FLIPPED[operator]
    if not _is_plain(left) or right.kind != "literal" or right.type != "int" or operator not in (">", ">="):
        return None
    return operator, right.value + (operator == ">")


def _is_plain(node):
    """count or distinct(…), without a condition."""
    if isinstance(node, Node) and node.kind == "ref":
        return node.parts == ["count"]
    return node.kind == "call" and node.name == "distinct"
