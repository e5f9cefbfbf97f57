# SPDX-License-Identifier: Apache-2.0
# Arithmetic and the functions of the language. None comes of overflow, of division by zero and of what is no number.
import datetime
import math
from fractions import Fraction

import expressions
import typed
from patterns import regex
from typed import INT64, NUMBERS, characters, utf8
from words import Refused


def bounded(number):
    """A whole number with 64 bits and a sign, or a finite real one; else None."""
    if number is None or isinstance(number, float):
        return number if number is not None and math.isfinite(number) else None
    return number if INT64[0] <= number <= INT64[1] else None


def toward_zero(fraction):
    return int(fraction)  # of a Fraction


def _divide(a, b):
    if b == 0:
        return None
    if isinstance(a, int) and isinstance(b, int):
        return toward_zero(Fraction(a, b))
    return float(a) / float(b)


def _remainder(a, b):
    if b == 0 or isinstance(a, float) or isinstance(b, float):
        return None
    return a - b * toward_zero(Fraction(a, b))


OPERATORS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": _divide, "%": _remainder}


def numeric(operator):
    """The operator over numbers: a whole operand beyond 64 bits with a sign overflows."""

    def function(a, b):
        both_whole = isinstance(a, int) and isinstance(b, int)
        if both_whole and (bounded(a) is None or bounded(b) is None):
            return None
        if not both_whole and operator != "%":
            a, b = float(a), float(b)
        try:
            return bounded(OPERATORS[operator](a, b))
        except OverflowError:
            return None

    return function


def _scale(operator):
    """A duration times or by a number, in whole ns."""

    def function(duration, number):
        if operator == "/" and number == 0:
            return None
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if isinstance(number, int):
            if bounded(number) is None:
                return None
            found = Fraction(duration) * number if operator == "*" else Fraction(duration, number)
            return bounded(toward_zero(found))
        found = float(duration) * number if operator == "*" else float(duration) / number
        return bounded(int(found)) if math.isfinite(found) else None

    return function


def arithmetic(operator, left, right):
    """(type of the result, function of two values that are not null)"""
    if left in NUMBERS and right in NUMBERS:
        if operator == "%" and "real" in (left, right):
            raise Refused("% is for whole numbers")
        kind = "number" if "number" in (left, right) else left if left == right else "real"
        return kind, numeric(operator)
    plain = {("+", "duration", "duration"): "duration", ("-", "duration", "duration"): "duration",
             ("+", "time", "duration"): "time", ("+", "duration", "time"): "time", ("-", "time", "duration"): "time",
             ("-", "time", "time"): "duration"}  # fmt: skip
    if (operator, left, right) in plain:
        return plain[operator, left, right], lambda a, b: bounded(OPERATORS[operator](a, b))
    if operator in "*/" and left == "duration" and right in NUMBERS:
        return "duration", _scale(operator)
    if operator == "*" and right == "duration" and left in NUMBERS:
        return "duration", lambda a, b: _scale("*")(b, a)
    raise Refused(f"{left} {operator} {right}")


# ---- texts


def substr(text, begin, end=None):
    return utf8(characters(text)[begin:end])


def find(text, part, begin=0):
    text, part = characters(text), characters(part)
    if begin < 0:
        begin = max(0, len(text) + begin)
    found = text.find(part, begin)
    return None if found < 0 else found


def basename(text):
    return text[max(text.rfind(b"/"), text.rfind(b"\\")) + 1 :]


def geo_km(lat, lon, lat2, lon2):
    """Great circle on a sphere with the mean radius of the earth."""
    if max(abs(lat), abs(lat2)) > 90 or max(abs(lon), abs(lon2)) > 360:
        return None
    lat, lon, lat2, lon2 = (math.radians(each) for each in (lat, lon, lat2, lon2))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def _utc(time):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=time // 10**9)


# Type of the operands (the last for all that follow), type of the result, function.
PLAIN = {
    "lower": (["text"], "text", lambda t: t.lower()),
    "upper": (["text"], "text", lambda t: t.upper()),
    "substr": (["text", "whole"], "text", substr),
    "find": (["text", "text", "whole"], "whole", find),
    "basename": (["text"], "text", basename),
    "seconds": (["duration"], "real", lambda d: d / 1e9),
    "minutes": (["duration"], "real", lambda d: d / 6e10),
    "hours": (["duration"], "real", lambda d: d / 3.6e12),
    "hour": (["time"], "whole", lambda t: _utc(t).hour),
    "weekday": (["time"], "whole", lambda t: _utc(t).isoweekday()),
    "geo_km": (["number"], "real", geo_km),
}


def operand(expr, kind, scope):
    """An operand of a function as the type that it takes."""
    if kind == "text":
        if expr.type not in ("text", "enum", "untyped"):
            raise Refused(f"a text is due, not {expr.type}")
        return expressions.as_text(expr, scope)
    if kind in ("whole", "number"):
        expr = expressions.as_number(expr, scope)
        if expr.type not in NUMBERS or kind == "whole" and expr.type == "real":
            raise Refused(f"{kind} is due, not {expr.type}")
        if kind == "whole" and expr.type == "number":
            return expressions.mapped(expr, "number", lambda n: n if isinstance(n, int) else None)
        return expr
    if expr.type == "untyped" and kind == "time":
        return expressions.read_as(expr, "time", scope)
    if expr.type != kind:
        raise Refused(f"{kind} is due, not {expr.type}")
    return expr


def make(node, scope):
    if node.name == "extract":
        return make_extract(node, scope)
    args = [expressions.value(each, scope) for each in node.args]
    if node.name in PLAIN:
        kinds, result, function = PLAIN[node.name]
        args = [operand(arg, kinds[min(at, len(kinds) - 1)], scope) for at, arg in enumerate(args)]
        return expressions.combined(result, function, args)
    return SPECIAL[node.name](args, scope)


def make_extract(node, scope):
    text = operand(expressions.value(node.args[0], scope), "text", scope)
    compiled = regex(*node.args[1].value)

    def extract(found):
        match = compiled.search(found)
        return match and match.group(1 if compiled.groups else 0)

    return expressions.mapped(text, "text", extract)


def make_len(args, scope):
    if args[0].is_list:
        of_list = args[0]
        return expressions.Expr("whole", lambda c: None if of_list.get(c) is None else len(of_list.get(c)))
    return expressions.mapped(operand(args[0], "text", scope), "whole", lambda t: len(characters(t)))


def make_concat(args, scope):
    return expressions.combined("text", lambda *texts: b"".join(texts), [expressions.as_text(arg, scope) for arg in args])


def make_number(args, scope):
    if args[0].type in NUMBERS:
        return expressions.mapped(args[0], "number", lambda n: n)
    return expressions.mapped(operand(args[0], "text", scope), "number", typed.number_of)


def make_abs(args, scope):
    found = expressions.as_number(args[0], scope)
    if found.type not in (*NUMBERS, "duration"):
        raise Refused("abs takes a number or duration")
    return expressions.mapped(found, found.type, lambda n: bounded(abs(n)))


def make_coalesce(args, scope):
    model = next((arg for arg in args if arg.type != "untyped"), None)
    kind, field = ("untyped", None) if model is None else (model.type, model.field)
    if kind == "enum" and any(arg.type == "text" for arg in args):
        kind = "text"
    if kind in NUMBERS:
        kinds = {"number" if arg.type == "untyped" else arg.type for arg in args}
        kind = next(each for each in ("number", "real", "whole") if each in kinds)
    made = []
    for arg in args:
        if model is not None and arg.type == "untyped":
            arg = expressions.read_as(arg, kind, scope, field)
        elif kind == "text" and arg.type == "enum":
            arg = expressions.as_text(arg, scope)
        if arg.type != kind and not (arg.type in NUMBERS and kind in NUMBERS):
            raise Refused("coalesce takes values of one type")
        made.append(arg)

    lists = any(arg.is_list for arg in made)

    def get(c):
        for arg in made:
            found = arg.get(c)
            if found is not None:
                return [found] if lists and not arg.is_list else found
        return None

    return expressions.Expr(kind, get, lists, field)


SPECIAL = {"len": make_len, "concat": make_concat, "number": make_number, "abs": make_abs, "coalesce": make_coalesce,
           "text": lambda args, scope: expressions.as_text(args[0], scope)}  # fmt: skip
