# SPDX-License-Identifier: Apache-2.0
# Expressions: a tree becomes an Expr with a type and a function of a Context that gives its value; of a condition, True or
# False. Null (None) makes a predicate false, its negative form too; a predicate over a list holds if it does for an item,
# its negative form if for none.
import functions
import typed
from patterns import regex, wildcards
from reader import Node
from typed import NUMBERS
from words import Refused

ORDERED = (*NUMBERS, "text", "time", "duration", "untyped")
READ_FROM_TEXT = ("ip", "time", "mac", "enum")


class Context:
    """What an expression is about. captures: the last event of each stage, or None."""

    __slots__ = ("event", "captures", "keys", "measures")

    def __init__(self, event, captures=(), keys=(), measures=()):
        self.event = event
        self.captures = captures
        self.keys = keys
        self.measures = measures


class Expr:
    """type: condition, bool, whole, real, number, text, ip, time, duration, mac, enum or untyped; field: of an enum."""

    def __init__(self, kind, get, is_list=False, field=None, fold=False, literal=False):
        self.type = kind
        self.get = get
        self.is_list = is_list
        self.field = field
        self.fold = fold
        self.literal = literal


class Scope:
    """What names stand for. captures: {name: number}; lookups: [(alias, Table, key)]; keys: [(name, type, field)]."""

    def __init__(self, world, captures=None, lookups=(), keys=(), aggregates=None):
        self.world = world
        self.captures = captures or {}
        self.lookups = lookups
        self.keys = keys
        self.aggregates = aggregates
        self.reads_captures = set()

    def members(self, field):
        return self.world.schema.fields[field].members if field else ()


def condition(node, scope):
    """A condition; a field of true and false is one, that it is true."""
    made = make(node, scope)
    if made.type == "condition":
        return made.get
    if made.type == "bool":
        return lambda c: made.get(c) is True
    raise Refused("a condition is due")


def value(node, scope):
    made = make(node, scope)
    if made.type == "condition":
        raise Refused("a value is due")
    return made


def make(node, scope):
    return MAKERS[node.kind](node, scope)


# ---- literals, and values as other types


def make_literal(node, scope):
    if node.type == "net":
        raise Refused("a network is no value")
    if node.type == "text":
        text, fold = node.value
        return Expr("text", lambda c: text, fold=fold, literal=True)
    constant = node.value
    kind = {"int": "whole", "float": "real"}.get(node.type, node.type)
    return Expr(kind, lambda c: constant, literal=True)


def mapped(expr, kind, function, field=None):
    """An expression whose value, or each item, goes through a function that takes no null."""

    def get(c):
        found = expr.get(c)
        if found is None:
            return None
        if expr.is_list:
            return [each for each in map(function, found) if each is not None]
        return function(found)

    return Expr(kind, get, expr.is_list, field, expr.fold)


def read_as(expr, kind, scope, field=None):
    """An untyped value, read as a type."""
    members = scope.members(field) if kind == "enum" else ()
    kind = "number" if kind in NUMBERS else kind
    return mapped(expr, kind, lambda found: typed.read(found, kind, members), field)


def as_text(expr, scope):
    if expr.type == "text":
        return expr
    if expr.type == "untyped":
        return read_as(expr, "text", scope)
    return mapped(expr, "text", lambda found: typed.show(found, expr.type))


def literal_beside(expr, other, scope):
    """A text literal read as the type of what stands beside it."""
    text = expr.get(None)
    members = scope.members(other.field) if other.type == "enum" else ()
    if other.type == "enum" and expr.fold:
        text = next((each.encode() for each in members if each.lower().encode() == typed.lower(text)), text)
    found = typed.parse(text, other.type, members)
    if found is None:
        raise Refused(f"{text} is no {other.type}")
    return Expr(other.type, lambda c: found, field=other.field, literal=True)


def meet(left, right, scope):
    """Two operands of a comparison as one type."""
    if right.literal and right.type == "text" and left.type in READ_FROM_TEXT:
        return left, literal_beside(right, left, scope)
    if left.literal and left.type == "text" and right.type in READ_FROM_TEXT:
        return literal_beside(left, right, scope), right
    if left.type == "untyped" and right.type != "untyped":
        left = read_as(left, right.type, scope, right.field)
    elif right.type == "untyped" and left.type != "untyped":
        right = read_as(right, left.type, scope, left.field)
    if left.type == "enum" and (right.type == "text" or right.type == "enum" and right.field != left.field):
        left = as_text(left, scope)
    if right.type == "enum" and left.type == "text":
        right = as_text(right, scope)
    return left, right


# ---- predicates


def over_lists(test, negated, *exprs):
    """A predicate over values of which some may be lists: for some items; negated, for none."""

    def holds(c):
        found = [expr.get(c) for expr in exprs]
        if None in found:
            return False
        choices = [[]]
        for expr, each in zip(exprs, found):
            choices = [[*before, item] for before in choices for item in (each if expr.is_list else [each])]
        return bool(choices) and (any(test(*each) for each in choices) != negated)

    return Expr("condition", holds)


def make_compare(node, scope):
    left, right = meet(value(node.left, scope), value(node.right, scope), scope)
    both_numbers = left.type in NUMBERS and right.type in NUMBERS
    if left.type != right.type and not both_numbers:
        raise Refused(f"{left.type} and {right.type} do not compare")
    ordered = left.type in ORDERED or left.field == "event_severity"
    if node.operator not in ("==", "!=") and not ordered:
        raise Refused(f"{left.type} has no order")
    key = order_of(left, right, scope, (left.fold or right.fold) and node.operator in ("==", "!="))

    def test(a, b):
        a, b = key(a, b)
        if a is None or b is None:
            return False
        return {"==": a == b, "!=": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[node.operator]

    def equal(a, b):
        a, b = key(a, b)
        return a == b

    if node.operator in ("==", "!="):
        return over_lists(equal, node.operator == "!=", left, right)
    return over_lists(test, False, left, right)


def order_of(left, right, scope, fold):
    """A function that makes two values comparable."""
    if left.type == "untyped":
        return untyped_pair
    if left.type == "text" and fold:
        return lambda a, b: (typed.lower(a), typed.lower(b))
    if left.type == "enum":
        place = {word: number for number, word in enumerate(scope.members(left.field))}
        return lambda a, b: (place.get(a), place.get(b))
    return lambda a, b: (a, b)


def untyped_pair(a, b):
    """Two untyped values: numbers if both are JSON numbers, else texts."""
    if isinstance(a, typed.Number) and isinstance(b, typed.Number):
        return a.value(), b.value()
    return typed.read(a, "text"), typed.read(b, "text")


def make_in(node, scope):
    left = value(node.left, scope)
    items = node.set if isinstance(node.set, list) else scope.world.set_items(node.set)
    if left.type == "untyped":
        left = read_as(left, first_type(items), scope)
    tests = [item_test(left, item, scope) for item in items]

    def holds(c):
        found = left.get(c)
        if found is None or left.is_list and not found:
            return False
        values = found if left.is_list else [found]
        answers = [test(each, c) for each in values for test in tests]
        if answers and all(answer is None for answer in answers):
            return False  # nothing but nulls
        return any(answers) != node.negated

    return Expr("condition", holds)


def first_type(items):
    """What an untyped value before `in` is read as: as the first item."""
    first = items[0] if items else None
    if isinstance(first, Node) and first.kind == "negate":
        first = first.operand
    if not isinstance(first, Node) or first.kind != "literal":
        return "text"
    return {"int": "number", "float": "number", "net": "ip"}.get(first.type, first.type)


def item_test(left, item, scope):
    """Does a value equal an item of a set (or lie in it)? None: the item is null. One of a file is bytes, else a tree."""
    if isinstance(item, bytes):
        if left.type == "ip" and b"/" in item:
            return network_test(typed_network(item))
        found = typed.parse(item, left.type, scope.members(left.field) if left.type == "enum" else ())
        if found is None:
            raise Refused(f"{item} is no {left.type}")
        return lambda a, c: a == found
    if item.kind == "literal" and item.type == "net":
        if left.type != "ip":
            raise Refused("networks are among addresses alone")
        return network_test(item.value)
    right = value(item, scope)
    if right.literal and right.type == "text" and left.type in READ_FROM_TEXT:
        right = literal_beside(right, left, scope)
    if right.type == "untyped":
        right = read_as(right, left.type, scope, left.field)
    if right.type == "enum" and left.type == "text":
        right = as_text(right, scope)
    if right.type != left.type and not (right.type in NUMBERS and left.type in NUMBERS):
        raise Refused(f"{left.type} is never in a set that holds {right.type}")
    fold = right.fold or left.fold

    def test(a, c):
        b = right.get(c)
        if b is None:
            return None
        return typed.lower(a) == typed.lower(b) if fold else a == b

    return test


def typed_network(text):
    from words import network

    return network(text.decode())


def network_test(network):
    return lambda a, c: a.version == network.version and a in network


def make_pattern(node, scope):
    left = as_text(value(node.left, scope), scope)
    items = node.patterns if isinstance(node.patterns, list) else scope.world.set_items(node.patterns)
    tests = [pattern_test(node.operator, item, left.fold, scope) for item in items]
    several = all if node.quantifier == "all" else any

    def holds(c):
        found = left.get(c)
        if found is None or left.is_list and not found:
            return False
        ready = [test(c) for test in tests]
        texts = found if left.is_list else [found]
        answers = [None if test is None else any(map(test, texts)) for test in ready]
        if node.negated:  # a null says nothing; of nothing but nulls the negative form is false too
            answers = [answer for answer in answers if answer is not None]
            return not several(answers) and bool(answers or not tests)
        return several(answers)

    return Expr("condition", holds)


def pattern_test(operator, item, fold, scope):
    """A function of a Context that gives a function of a text, or None where the pattern is null."""
    if isinstance(item, Node) and item.kind == "regex":
        compiled = regex(*item.value)
        return lambda c: lambda text: compiled.search(text) is not None
    if isinstance(item, bytes):
        item = Node("literal", type="text", value=(item, False))
    pattern = as_text(value(item, scope), scope)
    fold = fold or pattern.fold
    if pattern.literal:
        ready = text_test(operator, pattern.get(None), fold)
        return lambda c: ready

    def test(c):
        text = pattern.get(c)
        return None if text is None else text_test(operator, text, fold)

    return test


def text_test(operator, pattern, fold):
    if operator == "like":
        return wildcards(pattern, fold)
    prepared = typed.lower(pattern) if fold else pattern

    def test(text):
        text = typed.lower(text) if fold else text
        return {"contains": prepared in text, "starts": text.startswith(prepared), "ends": text.endswith(prepared)}[operator]

    return test


def make_is_null(node, scope):
    operand = value(node.operand, scope)
    return Expr("condition", lambda c: (operand.get(c) is None) != node.negated)


def make_and(node, scope):
    operands = [condition(each, scope) for each in node.operands]
    return Expr("condition", lambda c: all(each(c) for each in operands))


def make_or(node, scope):
    operands = [condition(each, scope) for each in node.operands]
    return Expr("condition", lambda c: any(each(c) for each in operands))


def make_not(node, scope):
    operand = condition(node.operand, scope)
    return Expr("condition", lambda c: not operand(c))


# ---- arithmetic


def as_number(expr, scope):
    return read_as(expr, "number", scope) if expr.type == "untyped" else expr


def combined(kind, function, exprs, field=None):
    """The function of all values, null if one is; of one list among them, for each item."""
    lists = [expr.is_list for expr in exprs]

    def get(c):
        found = [expr.get(c) for expr in exprs]
        if None in found:
            return None
        if True not in lists:
            return function(*found)
        at = lists.index(True)
        items = (function(*found[:at], item, *found[at + 1 :]) for item in found[at])
        return [item for item in items if item is not None]

    return Expr(kind, get, True in lists, field)


def make_arithmetic(node, scope):
    left, right = as_number(value(node.left, scope), scope), as_number(value(node.right, scope), scope)
    kind, function = functions.arithmetic(node.operator, left.type, right.type)
    return combined(kind, function, [left, right])


def make_negate(node, scope):
    operand = as_number(value(node.operand, scope), scope)
    if operand.type not in (*NUMBERS, "duration"):
        raise Refused(f"{operand.type} has no sign")
    made = mapped(operand, operand.type, lambda found: functions.bounded(-found))
    made.literal = operand.literal
    return made


# ---- names and calls


def make_ref(node, scope):
    parts = node.parts
    if parts == ["count"] and scope.aggregates is not None:
        return scope.aggregates.add(Node("call", name="count", args=[]), scope)
    if scope.aggregates is not None:
        raise Refused("a field stands within aggregates only")
    if len(parts) == 1:
        for number, (name, kind, field) in enumerate(scope.keys):
            if name == parts[0]:
                return Expr(kind, lambda c: c.keys[number], field=field)
        return make_field(parts[0], scope)
    return make_dotted(parts, scope)


def make_field(name, scope):
    field = scope.world.schema.fields.get(name)
    if field is None:
        raise Refused(f"no field is called {name}")
    kind = typed.OF_SCHEMA[field.kind]
    return Expr(kind, lambda c: c.event.fields.get(name), field.kind.endswith("_list"), name if kind == "enum" else None)


def make_dotted(parts, scope):
    if parts[0] == "extra":
        return make_extra(parts[1:])
    if parts[0] == "alert":
        return make_alert(parts[1:], scope)
    for alias, table, key in scope.lookups:
        if alias == parts[0] and len(parts) == 2:
            column = table.columns.index(parts[1])
            return Expr("untyped", lambda c: table.cell(key(c), column))
    if parts[0] in scope.captures:
        number = scope.captures[parts[0]]
        scope.reads_captures.add(number)
        inner_scope = Scope(scope.world, lookups=scope.lookups)
        inner = make_ref(Node("ref", parts=parts[1:]), inner_scope)

        def get(c):
            event = c.captures[number] if number < len(c.captures) else None
            return None if event is None else inner.get(Context(event))

        return Expr(inner.type, get, inner.is_list, inner.field)
    raise Refused(f"{parts[0]} is no step and no lookup")


def walk(found, path):
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def make_extra(path):
    return Expr("untyped", lambda c: walk(c.event.extra, path))


def make_alert(parts, scope):
    kinds = {"id": "text", "count": "whole", "first_time": "time", "last_time": "time", "tags": "text"}
    name = parts[0]
    if name == "values":
        kind, field = "untyped", None
        if parts[1] != "extra":
            made = make_field(parts[1], scope)
            kind, field = made.type, made.field
        key = ".".join(parts[1:])
        return Expr(kind, lambda c: c.event.alert and c.event.alert.values.get(key), True, field)
    if len(parts) != 1 or name not in kinds:
        raise Refused(f"an alert has no {name}")
    return Expr(kinds[name], lambda c: c.event.alert and getattr(c.event.alert, name), name == "tags")


def make_item(node, scope):
    of = make_ref(node.operand, scope)

    def get(c):
        found = of.get(c)
        return found[node.index] if isinstance(found, list) and node.index < len(found) else None

    return Expr(of.type, get, field=of.field)


def make_call(node, scope):
    if node.name in ("count", "distinct", "sum", "avg", "min", "max", "pct"):
        if scope.aggregates is None:
            raise Refused(f"{node.name} stands in `when` alone")
        return scope.aggregates.add(node, scope)
    return functions.make(node, scope)


MAKERS = {"literal": make_literal, "compare": make_compare, "in": make_in, "pattern": make_pattern,
          "is null": make_is_null, "and": make_and, "or": make_or, "not": make_not, "arithmetic": make_arithmetic,
          "negate": make_negate, "ref": make_ref, "item": make_item, "call": make_call,
          "parens": lambda node, scope: make(node.operand, scope)}  # fmt: skip
