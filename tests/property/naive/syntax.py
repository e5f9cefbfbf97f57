# SPDX-License-Identifier: Apache-2.0
# How far a field reaches: the syntax of each typed field, the class of each string, and what can follow a place of a
# template (its "begins"). Loose on purpose: the values are checked afterwards, in values.py.
import re

import shortcuts
import times
from template import Blanks, Field, Group, Problem, Text

BLANK = b" \t"
BLANKS = re.compile(rb"[ \t]*")
HOST_REFUSED = b" \t\"',;[]{}<>()"
UNITS = {"ns", "us", "ms", "s", "min", "h", "B", "KB", "KiB", "MB", "MiB", "GB", "GiB"}
STRING_HOWS = {"", "list", "hex", "base64", "percent"}
WORD_HOWS = {"word", "account", "url"}
PIECES = {"kv", "csv", "json"}

NUMBER = rb"-?[0-9]+(?:\.[0-9]+)?"
# name -> (regex, bytes it may begin with); of two forms the one that is longer, where it fits, stands first
TYPED = {
    "uint": (rb"0[xX][0-9A-Fa-f]+|[0-9]+", b"0123456789"),
    "int": (rb"[+-]?(?:0[xX][0-9A-Fa-f]+|[0-9]+)", b"+-0123456789"),
    "port": (rb"[0-9]+", b"0123456789"),
    "bytes": (rb"0[xX][0-9A-Fa-f]+|[0-9]+", b"0123456789"),
    "float": (rb"[0-9.eE+-]+", b"+-.0123456789"),
    "ip": (rb"[0-9A-Fa-f:.]+", b"0123456789ABCDEFabcdef:"),
    "mac": (rb"[0-9A-Fa-f:.-]+", b"0123456789ABCDEFabcdef"),
    "bool": (rb"[A-Za-z0-9]+", b"TtFfYyNn10"),
    "unit": (NUMBER, b"-0123456789"),
    "clock": (rb"[0-9:.hms]+", b"0123456789"),
    "pri": (rb"[0-9]{1,3}", b"0123456789"),
}
TYPED = {name: (re.compile(regex), first) for name, (regex, first) in TYPED.items()}
IP_BYTES = b"0123456789ABCDEFabcdef:."
# schema type -> syntax
OF_TYPE = {"int": "int", "uint": "uint", "port": "port", "bytes": "bytes", "float": "float", "ip": "ip", "mac": "mac",
           "bool": "bool", "duration": "unit", "ip_list": "ip"}  # fmt: skip


class Syntax:
    """One typed syntax: where its longest match ends, and what it may begin with. regex: of `types:`, a formats.Regex."""

    def __init__(self, name, regex=None):
        self.name = name
        self.regex = regex
        if regex is not None:
            self.first = None
            self.end = regex.end
        elif times.is_time(name):
            self.first = bytes(byte for byte in range(256) if times.begins(name, byte))
            self.end = times.lexer(name)
        else:
            match, self.first = TYPED[name][0].match, TYPED[name][1]
            self.end = lambda data, at: found.end() if (found := match(data, at)) else None

    def begins(self, data, at):
        if at >= len(data):
            return False
        return self.end(data, at) is not None if self.first is None else data[at] in self.first


class Lexis:
    """How one field of a template is read. kind: typed, ip, string, text, quoted, piece, sd."""

    def __init__(self, kind, **more):
        self.kind = kind
        self.syntaxes = more.get("syntaxes", [])
        self.cls = more.get("cls", "")  # of a string: "", word, host, endpoint
        self.path = more.get("path", False)
        self.style = more.get("style", "")  # of quoted; of a piece its block's name
        self.first_key = more.get("first_key")  # of a kv piece: key and separator
        self.absent = more.get("absent", [])

    def text_like(self):
        return self.kind in ("text", "piece")


def _type_lexis(kind):
    """The syntax or class of a field by its schema type: ("typed", syntax) or ("string", class)."""
    if kind == "timestamp":
        return "typed", Syntax("rfc3339")
    if kind in OF_TYPE:
        return "typed", Syntax(OF_TYPE[kind])
    return "string", "host" if kind == "host" else ""


def lexis_of(field, schema, types, absent, blocks):
    """The Lexis of a template's field. schema: name -> type; types: name -> compiled regex."""
    how = field.how
    if how in types:
        return Lexis("typed", syntaxes=[Syntax(how, types[how])], absent=absent)
    if how in ("text", "lines"):
        return Lexis("text")
    if how in ("quoted", "quoted_single", "quoted_csv"):
        return Lexis("quoted", style=how)
    if how in PIECES:
        first_key = None
        if how == "kv" and blocks.get("kv", {}).get("first_key"):
            block = blocks["kv"]
            first_key = (str(block["first_key"]) + str(block.get("value_separator", "="))).encode()
        return Lexis("piece", style=how, first_key=first_key)
    if how == "sd":
        return Lexis("sd")
    if how == "path":
        return Lexis("string", path=True)
    if how == "endpoint":
        return Lexis("string", cls="endpoint")
    if how in WORD_HOWS:
        return Lexis("string", cls="word")
    if how in UNITS:
        return Lexis("typed", syntaxes=[Syntax("unit")], absent=absent)
    if how in TYPED:
        kind = "ip" if how == "ip" else "typed"
        return Lexis(kind, syntaxes=[Syntax(how)], absent=absent)
    if times.is_time(how):
        return Lexis("typed", syntaxes=[Syntax(how)], absent=absent)
    if how not in STRING_HOWS:
        raise Problem(f"no way of writing is called {how}")
    if how:
        return Lexis("string")
    return _widest([_type_lexis(schema.get(name, "string")) for name in field.targets[0]], absent)


def _widest(kinds, absent):
    """Of alternatives the widest: string, then host, then all the typed ones together."""
    strings = [cls for kind, cls in kinds if kind == "string"]
    if strings:
        return Lexis("string", cls="" if "" in strings else "host")
    syntaxes = [syntax for _, syntax in kinds]
    alone = all(syntax.name == "ip" for syntax in syntaxes)
    return Lexis("ip" if alone else "typed", syntaxes=syntaxes, absent=absent)


def end_of_blanks(data, at):
    return BLANKS.match(data, at).end()


def first_key_at(data, at, begin, first_key):
    """Do the pairs of a kv piece begin at `at`? `begin`: of the text or piece before it."""
    return data.startswith(first_key, at) and (at == begin or data[at - 1] in BLANK)


class Follow:
    """What can begin at a place of a template. One test a kind; `end`: the template may end there."""

    def __init__(self):
        self.literals = []
        self.blanks = False
        self.fields = []
        self.end = False
        self.places = None  # shortcuts.Places, where they are on

    def first_place(self, data, at, begin):
        """The first place from `at` on, before the end of the line, where something that can follow begins."""
        if self.places is not None:
            return self.places.first(data, at, begin)
        return next((place for place in range(at, len(data)) if self.begins(data, place, begin)), None)

    def begins(self, data, at, begin):
        """Does something that can follow begin at `at`? The end of the line is not asked here."""
        if any(data.startswith(literal, at) for literal in self.literals):
            return True
        if self.blanks and at < len(data) and data[at] in BLANK:
            return True
        return any(field_begins(field, data, at, begin) for field in self.fields)


def field_begins(field, data, at, begin):
    lexis = field.lexis
    if lexis.kind in ("typed", "ip"):
        if any(text and data.startswith(text, at) for text in lexis.absent):
            return True
        return any(syntax.begins(data, at) for syntax in lexis.syntaxes)
    if lexis.kind == "quoted":
        return data.startswith(b"'" if lexis.style == "quoted_single" else b'"', at)
    if lexis.kind == "sd":
        return data.startswith((b"-", b"["), at)
    if lexis.kind == "piece" and lexis.style == "json":
        return data.startswith(b"{", at)
    if lexis.kind == "piece" and lexis.first_key:
        return first_key_at(data, at, begin, lexis.first_key)
    if lexis.path:
        return data.startswith(b"/", at)
    return True


def field_marks(field):
    """field_begins() as expressions, or None where the field may begin anywhere."""
    lexis = field.lexis
    if lexis.kind in ("typed", "ip"):
        patterns = [re.escape(text) for text in lexis.absent if text]
        patterns += [shortcuts.one_of(each.regex.bytes if each.first is None else each.first) for each in lexis.syntaxes]
        return shortcuts.Marks(patterns, sure=all(each.first is not None for each in lexis.syntaxes))
    if lexis.kind == "quoted":
        return shortcuts.Marks([b"'" if lexis.style == "quoted_single" else b'"'], exact=True)
    if lexis.kind == "sd":
        return shortcuts.Marks([rb"[-\[]"])
    if lexis.kind == "piece" and lexis.style == "json":
        return shortcuts.Marks([rb"\{"], exact=True)
    if lexis.kind == "piece" and lexis.first_key:
        return shortcuts.Marks([re.escape(lexis.first_key)], sure=False)
    if lexis.path:
        return shortcuts.Marks([b"/"], exact=True)
    return None


def may_be_empty(field):
    lexis = field.lexis
    if lexis.kind in ("typed", "ip"):
        return b"" in lexis.absent
    return lexis.kind in ("string", "text", "piece") and not lexis.path and not lexis.first_key and lexis.style != "json"


def follow(place):
    """What can follow: a walk over the places of a template that can be reached without reading a byte."""
    found = Follow()
    _walk(place, found)
    if shortcuts.on:
        found.places = shortcuts.Places(found, field_marks)
    return found


def _walk(place, into):
    if place is None:
        into.end = True
        return
    node = place.node
    if isinstance(node, Text):
        into.literals.append(node.text)
    elif isinstance(node, Blanks):
        into.blanks = True
        if node.least == 0:
            _walk(place.rest, into)
    elif isinstance(node, Field):
        into.fields.append(node)
        if may_be_empty(node):
            _walk(place.rest, into)
    elif isinstance(node, Group):
        for each in node.links:
            _walk(each, into)
        if node.optional:
            _walk(place.rest, into)
