# SPDX-License-Identifier: Apache-2.0
# Where a field of a template may end, by its kind. finder(field) gives a function (run, at) -> [(end, piece)] in the
# order in which the ends are tried; piece: what a piece holds, else None. run: data, and read_piece(field, data).
import re

import syntax
from template import Field

PIECE_BROKEN = object()
NO_END = ()
REFUSED = {"": b"", "word": syntax.BLANK, "host": syntax.HOST_REFUSED, "endpoint": syntax.HOST_REFUSED}
REFUSED = {cls: re.compile(b"[" + re.escape(refused) + b"]") if refused else None for cls, refused in REFUSED.items()}


def finder(field):
    kind = field.lexis.kind
    if kind == "text":
        first_key = directly_before_first_key(field)
        return _before_first_key(first_key) if first_key else _text(field)
    if kind == "piece":
        return _piece(field)
    if kind == "sd":
        return _sd(field)
    one = {"typed": _typed, "ip": _address, "string": _string, "quoted": _quoted}[kind](field)

    def find(run, at):
        end = one(run.data, at)
        return NO_END if end is None else ((end, None),)

    return find


# ---- texts and pieces: several ends


def _text(field):
    """Any: the last first."""
    places = field.follow.places
    narrow = places is not None and places.exact

    def find(run, at):
        if narrow:
            return ((end, None) for end in places.all_from_last(run.data, at))
        return ((end, None) for end in range(len(run.data), at - 1, -1))

    return find


def _before_first_key(first_key):
    def find(run, at):
        for end in range(at, len(run.data)):
            if syntax.first_key_at(run.data, end, at, first_key):
                return ((end, None),)
        return NO_END

    return find


def _piece(field):
    """As a text: the last end first; only those with which the piece can be read."""
    json = field.lexis.style == "json"

    def find(run, at):
        if json and not run.data.startswith(b"{", at):
            return
        last = len(run.data)
        for end in range(last, at - 1, -1) if field.rest is not None else [last]:
            if field.rest is not None and not _follows(field, run.data, end, at):
                continue
            piece = run.read_piece(field, run.data[at:end])
            if piece is not PIECE_BROKEN:
                yield end, piece

    return find


def _sd(field):
    def find(run, at):
        read = run.read_piece(field, run.data[at:])
        return NO_END if read is PIECE_BROKEN else ((at + read[0], read[1]),)

    return find


def directly_before_first_key(field):
    place = field.rest
    if place is not None and isinstance(place.node, Field) and place.node.lexis.first_key:
        return place.node.lexis.first_key
    return None


# ---- all others: one end, or None


def _typed(field):
    """The longest of the syntaxes and the texts that mean "no value"."""
    lexis = field.lexis
    if len(lexis.syntaxes) == 1 and not lexis.absent:
        only = lexis.syntaxes[0]

        def one(data, at):
            end = only.end(data, at)
            return None if end == at else end

        return one

    def longest(data, at):
        found = (each.end(data, at) for each in lexis.syntaxes)
        return _with_absent(lexis, data, at, [end for end in found if end is not None])

    return longest


def _with_absent(lexis, data, at, found):
    found += [at + len(text) for text in lexis.absent if data.startswith(text, at)]
    end = max(found, default=None)
    return None if end == at and b"" not in lexis.absent else end


def _address(field):
    """An address gives back from its right until what follows it begins, where the two share bytes."""
    lexis, shares = field.lexis, _shares_bytes(field.follow)

    def one(data, at):
        run = lexis.syntaxes[0].end(data, at)
        if run is not None and shares:
            run = next((end for end in range(run, at, -1) if _follows(field, data, end, at)), None)
        return _with_absent(lexis, data, at, [] if run is None else [run])

    return one


def _follows(field, data, at, begin):
    if at == len(data) and field.follow.end:
        return True
    return field.follow.begins(data, at, begin)


def _shares_bytes(found):
    """May what follows an address begin with a byte of an address?"""
    if any(literal[0] in syntax.IP_BYTES for literal in found.literals):
        return True
    for field in found.fields:
        if field.lexis.kind in ("typed", "ip"):
            if any(each.begins(bytes([byte]), 0) for each in field.lexis.syntaxes for byte in syntax.IP_BYTES):
                return True
        elif field.lexis.kind in ("string", "text", "piece") and syntax.may_be_empty(field):
            return False
    return False


def _string(field):
    """The first place where something that can follow begins, else the end of the line if it may end there."""
    lexis, follow, refused = field.lexis, field.follow, REFUSED[field.lexis.cls]

    def one(data, at):
        search = own = at
        if lexis.path:
            if not data.startswith(b"/", at):
                return None
            search = at + 1
        if lexis.cls == "endpoint" and data.startswith(b"[", at):
            close = data.find(b"]", at)
            if close < 0 or refused.search(data, at + 1, close):
                return None
            search = own = close + 1
        end = follow.first_place(data, search, at)
        if end is None:
            if not follow.end:
                return None
            end = len(data)
        return None if refused and refused.search(data, own, end) else end

    return one


def _quoted(field):
    style = field.lexis.style
    quote = b"'" if style == "quoted_single" else b'"'
    special = re.compile(quote if style == "quoted_csv" else b"[" + quote + rb"\\]")

    def one(data, at):
        if not data.startswith(quote, at):
            return None
        found = special.search(data, at + 1)
        while found:
            at = found.start()
            if style == "quoted_csv" and data.startswith(b'""', at) or found.group() == b"\\":
                found = special.search(data, at + 2)
            else:
                return at + 1
        return None

    return one


def value_end(field, data, begin, end):
    """The end of a capture's value: a text before pairs with a first key loses the blanks between."""
    if directly_before_first_key(field):
        while end > begin and data[end - 1] in syntax.BLANK:
            end -= 1
    return end
