# SPDX-License-Identifier: Apache-2.0
# Matches a text against a template: ordered choice with full backtracking, in the plainest way. Every place of a template
# becomes a function of the run, the position and the groups that are fixed, which gives the captures of the first
# reading from there to the end of the text, or None. Where a field ends is in ends.py.
import itertools

import ends
import shortcuts
import syntax
import template
from template import Blanks, Field, Group, Text

PIECE_BROKEN = ends.PIECE_BROKEN


class Template:
    """A template ready to match. read_piece(field, data) -> what a piece holds, or PIECE_BROKEN."""

    def __init__(self, text, parts, prepare_field):
        self.source = str(text)
        self.nodes = template.read(text, parts)
        for node in template.walk(self.nodes):
            if isinstance(node, Field):
                prepare_field(node)
        begin = template.link(self.nodes, None)
        for node in template.walk(self.nodes):
            if isinstance(node, Field):
                node.follow = syntax.follow(node.rest)
        _mark_text_points(self.nodes, None)
        self.groups = _number_fixed_groups(self.nodes)
        self.step = _step_at(begin)
        self.literals = shortcuts.Literals(self.nodes) if shortcuts.on else None

    def match(self, data, read_piece):
        """The captures [(field, begin, end, piece)] of the whole text, or None."""
        if self.literals is not None and not self.literals.are_in(data):
            return None
        captures = self.step(_Run(data, read_piece), 0, (None,) * self.groups)
        return None if captures is None else captures[::-1]


def _mark_text_points(nodes, point):
    """A text point is a text-like field or, while what encloses it is an optional group of one alternative, that."""
    for node in nodes:
        if isinstance(node, Field) and node.lexis.text_like():
            where = point or node
            for group in _later_groups(node, where):
                if group not in where.fixed:
                    where.fixed.append(group)
        elif isinstance(node, Group):
            inner = (point or node) if node.optional and len(node.alternatives) == 1 else None
            for each in node.alternatives:
                _mark_text_points(each, inner)


def _later_groups(field, point):
    """The optional groups after a text, in its sequence and those around it, that can hold what may end it."""
    literals = list(field.follow.literals)
    if field.follow.blanks:
        literals += [b" ", b"\t"]
    for each in field.follow.fields:
        if each.lexis.path:
            literals.append(b"/")
        elif each.lexis.kind == "quoted":
            literals.append(b"'" if each.lexis.style == "quoted_single" else b'"')
        elif each.lexis.style == "json":
            literals.append(b"{")
    groups = []
    place = field.rest
    while place is not None:
        node = place.node
        if isinstance(node, Group) and node.optional and any(_can_hold(node, literal) for literal in literals):
            groups.append(node)
        place = node.rest
    return groups


def _can_hold(group, literal):
    for node in template.walk([group]):
        if isinstance(node, Text) and literal in node.text:
            return True
        if isinstance(node, Blanks) and not literal.strip(b" \t"):
            return True
        if isinstance(node, Field) and _field_can_hold(node.lexis, literal):
            return True
    return False


def _field_can_hold(lexis, literal):
    if lexis.kind in ("text", "piece", "quoted", "sd"):
        return True
    if lexis.kind != "string":
        return False
    refused = {"": b"", "word": syntax.BLANK, "host": syntax.HOST_REFUSED, "endpoint": syntax.HOST_REFUSED}[lexis.cls]
    return not any(byte in refused for byte in literal)


def _number_fixed_groups(nodes):
    """Gives each optional group that some text fixes its place in the tuple `fixed`; the number of them."""
    groups = {id(group): group for node in template.walk(nodes) for group in getattr(node, "fixed", ())}
    for number, group in enumerate(groups.values()):
        group.number = number
    return len(groups)


class _Run:
    """One match of one text."""

    def __init__(self, data, read_piece):
        self.data = data
        self.read_piece = read_piece
        self.failed = set()  # (place, position, fixed groups) that led nowhere


# A step is a function (run, at, fixed) -> captures from this place on to the end of the text, last first, or None.
# fixed: for each group that some text fixes True (present), False (absent) or None (not fixed yet).


def _step_at(place):
    """The step of a place and all after it."""
    if place is None:
        return _at_end
    if place.step is None:
        node, rest = place.node, _step_at(place.node.rest)
        if isinstance(node, Text):
            place.step = _text(node.text, rest)
        elif isinstance(node, Blanks):
            place.step = _blanks(node.least, rest)
        else:
            step = _group(node, rest) if isinstance(node, Group) else _field(node, rest)
            place.step = _failing_once(_fixing(node.fixed, step) if node.fixed else step)
    return place.step


def _at_end(run, at, fixed):
    return [] if at == len(run.data) else None


def _text(text, rest):
    def step(run, at, fixed):
        return rest(run, at + len(text), fixed) if run.data.startswith(text, at) else None

    return step


def _blanks(least, rest):
    def step(run, at, fixed):
        end = syntax.end_of_blanks(run.data, at)
        return rest(run, end, fixed) if end - at >= least else None

    return step


def _group(group, rest):
    """The alternatives in order; of an optional group then nothing. A fixed one is only present, or only absent."""
    alternatives = [_step_at(each) for each in group.links]

    def step(run, at, fixed):
        wanted = None if group.number is None else fixed[group.number]
        if wanted is not False:
            for each in alternatives:
                captures = each(run, at, fixed)
                if captures is not None:
                    return captures
        return rest(run, at, fixed) if group.optional and wanted is not True else None

    return step


def _field(field, rest):
    """Each end that the field may have, in the order in which they are tried."""
    find_ends = ends.finder(field)

    def step(run, at, fixed):
        for end, piece in find_ends(run, at):
            captures = rest(run, end, fixed)
            if captures is not None:
                captures.append((field, at, end, piece))
                return captures
        return None

    return step


def _fixing(groups, inner):
    """A text point fixes groups: every combination of those not fixed yet in turn, present before absent."""

    def step(run, at, fixed):
        free = [group.number for group in groups if fixed[group.number] is None]
        for choice in itertools.product((True, False), repeat=len(free)):
            chosen = list(fixed)
            for number, value in zip(free, choice):
                chosen[number] = value
            captures = inner(run, at, tuple(chosen))
            if captures is not None:
                return captures
        return None

    return step


def _failing_once(inner):
    """The same step; what led nowhere once is not tried again, for a step depends on nothing but its arguments."""

    def step(run, at, fixed):
        key = (inner, at, fixed)
        if key in run.failed:
            return None
        captures = inner(run, at, fixed)
        if captures is None:
            run.failed.add(key)
        return captures

    return step
