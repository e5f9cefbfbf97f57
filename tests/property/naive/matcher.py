# SPDX-License-Identifier: Apache-2.0
# Matches a text against a template: ordered choice with full backtracking, in the plainest way. Prepares each
# template once: what can follow each string, and which optional groups a `:text` fixes.
import itertools

import syntax
import template
from template import Blanks, Field, Group, Text

PIECE_BROKEN = object()


class Template:
    """A template ready to match. read_piece(field, data) -> what a piece holds, or PIECE_BROKEN."""

    def __init__(self, text, parts, prepare_field):
        self.source = str(text)
        self.nodes = template.read(text, parts)
        for node in template.walk(self.nodes):
            if isinstance(node, Field):
                prepare_field(node)
        self.begin = template.link(self.nodes, None)
        for node in template.walk(self.nodes):
            if isinstance(node, Field):
                node.follow = syntax.follow(node.rest)
            node.texts_in = None
        _mark_text_points(self.nodes, None)

    def match(self, data, read_piece):
        """The captures [(field, begin, end, piece)] of the whole text, or None."""
        return _Match(data, read_piece).place(self.begin, 0, (), {})


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


class _Match:
    def __init__(self, data, read_piece):
        self.data = data
        self.read_piece = read_piece
        self.failed = set()  # (place, position, fixed groups) that led nowhere

    def place(self, place, at, captures, fixed):
        """The captures of the first reading from this place on to the end of the text, or None."""
        if place is None:
            return captures if at == len(self.data) else None
        key = (id(place), at, tuple(sorted((id(group), value) for group, value in fixed.items())))
        if key in self.failed:
            return None
        result = self.text_point(place.node, at, captures, fixed)
        if result is None:
            self.failed.add(key)
        return result

    def text_point(self, node, at, captures, fixed):
        """Fixes the groups that a text point fixes, every combination in turn, present before absent."""
        groups = [group for group in getattr(node, "fixed", ()) if id(group) not in {id(each) for each in fixed}]
        for choice in itertools.product((True, False), repeat=len(groups)):
            result = self.node(node, at, captures, {**fixed, **dict(zip(groups, choice))})
            if result is not None:
                return result
        return None

    def node(self, node, at, captures, fixed):
        data = self.data
        if isinstance(node, Text):
            return self.place(node.rest, at + len(node.text), captures, fixed) if data.startswith(node.text, at) else None
        if isinstance(node, Blanks):
            end = at
            while end < len(data) and data[end] in syntax.BLANK:
                end += 1
            return self.place(node.rest, end, captures, fixed) if end - at >= node.least else None
        if isinstance(node, Group):
            return self.group(node, at, captures, fixed)
        for end, piece in self.ends(node, at):
            result = self.place(node.rest, end, captures + ((node, at, end, piece),), fixed)
            if result is not None:
                return result
        return None

    def group(self, node, at, captures, fixed):
        wanted = fixed.get(node)
        if wanted is not False:
            for each in node.links:
                result = self.place(each, at, captures, fixed)
                if result is not None:
                    return result
        if node.optional and wanted is not True:
            return self.place(node.rest, at, captures, fixed)
        return None

    def ends(self, field, at):
        """Where the field may end, in the order in which the ends are tried, each with its piece if it is one."""
        kind = field.lexis.kind
        if kind == "text":
            first_key = _directly_before_first_key(field)
            if first_key:
                found = self.first_key_from(at, first_key)
                return [] if found is None else [(found, None)]
            return ((end, None) for end in range(len(self.data), at - 1, -1))
        if kind == "piece":
            return self.piece_ends(field, at)
        if kind == "sd":
            return self.sd_end(field, at)
        one = {"typed": self.typed_end, "ip": self.address_end, "string": self.string_end, "quoted": self.quoted_end}
        end = one[kind](field, at)
        return [] if end is None else [(end, None)]

    def typed_end(self, field, at):
        """The longest of the syntaxes and the texts that mean "no value"."""
        ends = [syn.end(self.data, at) for syn in field.lexis.syntaxes]
        return self.with_absent(field, at, [end for end in ends if end is not None])

    def with_absent(self, field, at, ends):
        ends = ends + [at + len(text) for text in field.lexis.absent if self.data.startswith(text, at)]
        end = max(ends, default=None)
        if end == at and b"" not in field.lexis.absent:
            return None
        return end

    def address_end(self, field, at):
        """An address gives back from its right until what follows it begins, where the two share bytes."""
        run = field.lexis.syntaxes[0].end(self.data, at)
        if run is not None and _shares_bytes(field.follow):
            ends = [end for end in range(run, at, -1) if self.follows(field, end, at)]
            run = ends[0] if ends else None
        return self.with_absent(field, at, [] if run is None else [run])

    def follows(self, field, at, begin):
        if at == len(self.data) and field.follow.end:
            return True
        return field.follow.begins(self.data, at, begin)

    def string_end(self, field, at):
        """The first place where something that can follow begins, else the end of the line if it may end there."""
        data, lexis = self.data, field.lexis
        if lexis.path and not data.startswith(b"/", at):
            return None
        search = at
        if lexis.cls == "endpoint" and data.startswith(b"[", at):
            close = data.find(b"]", at)
            if close < 0 or any(byte in syntax.HOST_REFUSED for byte in data[at + 1 : close]):
                return None
            search = close + 1
        if lexis.path:
            search = at + 1
        for end in range(search, len(data)):
            if field.follow.begins(data, end, at):
                break
        else:
            if not field.follow.end:
                return None
            end = len(data)
        refused = {"": b"", "word": syntax.BLANK, "host": syntax.HOST_REFUSED, "endpoint": syntax.HOST_REFUSED}
        own = data[search if lexis.cls == "endpoint" else at : end]
        return None if any(byte in refused[lexis.cls] for byte in own) else end

    def quoted_end(self, field, at):
        style = field.lexis.style
        quote = b"'" if style == "quoted_single" else b'"'
        if not self.data.startswith(quote, at):
            return None
        at += 1
        while at < len(self.data):
            here = self.data[at : at + 1]
            if style == "quoted_csv" and self.data.startswith(b'""', at):
                at += 2
            elif here == quote:
                return at + 1
            elif here == b"\\" and style != "quoted_csv":
                at += 2
            else:
                at += 1
        return None

    def first_key_from(self, at, first_key):
        for end in range(at, len(self.data)):
            if syntax.first_key_at(self.data, end, at, first_key):
                return end
        return None

    def piece_ends(self, field, at):
        """As a text: the last end first; only those with which the piece can be read."""
        lexis = field.lexis
        if lexis.style == "json" and not self.data.startswith(b"{", at):
            return
        last = len(self.data)
        for end in range(last, at - 1, -1) if field.rest is not None else [last]:
            if field.rest is not None and not self.follows(field, end, at):
                continue
            piece = self.read_piece(field, self.data[at:end])
            if piece is not PIECE_BROKEN:
                yield end, piece

    def sd_end(self, field, at):
        read = self.read_piece(field, self.data[at:])
        return [] if read is PIECE_BROKEN else [(at + read[0], read[1])]


def _directly_before_first_key(field):
    place = field.rest
    if place is not None and isinstance(place.node, Field) and place.node.lexis.first_key:
        return place.node.lexis.first_key
    return None


def value_end(field, data, begin, end):
    """The end of a capture's value: a text before pairs with a first key loses the blanks between."""
    if _directly_before_first_key(field):
        while end > begin and data[end - 1] in syntax.BLANK:
            end -= 1
    return end


def _shares_bytes(found):
    """May what follows an address begin with a byte of an address?"""
    if any(literal[0] in syntax.IP_BYTES for literal in found.literals):
        return True
    for field in found.fields:
        if field.lexis.kind in ("typed", "ip"):
            if any(field_syntax_begins(each, byte) for each in field.lexis.syntaxes for byte in syntax.IP_BYTES):
                return True
        elif field.lexis.kind in ("string", "text", "piece") and syntax.may_be_empty(field):
            return False
    return False


def field_syntax_begins(each, byte):
    return each.begins(bytes([byte]), 0)
