# SPDX-License-Identifier: Apache-2.0
# Records that name their fields: JSON, key=value pairs, CSV, RFC 5424 structured data. JSON keeps numbers and nested
# values as they were written.
import functools
import re

MAX_DEPTH = 64
JSON_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
JSON_BLANKS = re.compile(rb"[ \t\n\r]*")
JSON_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')  # of a string: what stands for itself
KV_BLANK = b" \t\x1d"
ESCAPES = {ord('"'): '"', ord("\\"): "\\", ord("/"): "/", ord("b"): "\b", ord("f"): "\f", ord("n"): "\n",
           ord("r"): "\r", ord("t"): "\t"}  # fmt: skip


LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}


class Broken(Exception):
    """A record or piece that is not of its kind."""


class Value:
    """A value of a record. kind: text, number, bool, null, map, list. raw: its bytes as written."""

    def __init__(self, kind, raw, text=b"", members=None, items=None):
        self.kind = kind
        self.raw = raw
        self.text = text  # of text decoded; of number and bool as written
        self.members = members  # of a map: {key bytes: Value}, the first of equal keys
        self.items = items
        self.repeats = {}  # of a map: {key bytes: [Value, …]} of keys that came again
        self.bare = b""  # of pairs: words that are no pair
        self.columns = None  # of CSV: their number
        self.cells = []
        self.names = []  # of the first columns

    def add(self, key, value):
        if key in self.members:
            self.repeats.setdefault(key, []).append(value)
        else:
            self.members[key] = value

    def as_text(self):
        """The text for matching and for string fields."""
        return self.raw if self.kind in ("map", "list") else self.text

    def has_value(self):
        return self.kind != "null" and not (self.kind == "text" and not self.text)


def text_value(data):
    return Value("text", data, data)


class _Json:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def skip(self):
        self.at = JSON_BLANKS.match(self.data, self.at).end()

    def peek(self):
        return self.data[self.at : self.at + 1]

    def take(self, wanted):
        if not self.data.startswith(wanted, self.at):
            raise Broken
        self.at += len(wanted)

    def value(self, depth):
        self.skip()
        begin = self.at
        first = self.peek()
        if first in (b"{", b"["):
            if depth >= MAX_DEPTH:
                raise Broken
            made = self.map(depth + 1) if first == b"{" else self.list(depth + 1)
        elif first == b'"':
            made = Value("text", b"", self.string())
        else:
            made = self.word()
        made.raw = self.data[begin : self.at]
        return made

    def word(self):
        for word, kind in ((b"true", "bool"), (b"false", "bool"), (b"null", "null")):
            if self.data.startswith(word, self.at):
                self.at += len(word)
                return Value(kind, word, word)
        found = JSON_NUMBER.match(self.data, self.at)
        if not found:
            raise Broken
        self.at = found.end()
        return Value("number", found.group(), found.group())

    def map(self, depth):
        self.take(b"{")
        made = Value("map", b"", members={})
        self.skip()
        if self.peek() == b"}":
            self.at += 1
            return made
        while True:
            self.skip()
            key = self.string()
            self.skip()
            self.take(b":")
            value = self.value(depth)
            made.add(key, value)
            self.skip()
            if self.peek() == b"}":
                self.at += 1
                return made
            self.take(b",")

    def list(self, depth):
        self.take(b"[")
        made = Value("list", b"", items=[])
        self.skip()
        if self.peek() == b"]":
            self.at += 1
            return made
        while True:
            made.items.append(self.value(depth))
            self.skip()
            if self.peek() == b"]":
                self.at += 1
                return made
            self.take(b",")

    def string(self):
        self.take(b'"')
        out = b""
        while True:
            plain = JSON_PLAIN.match(self.data, self.at)
            out += plain.group()
            self.at = plain.end()
            if self.peek() == b'"':
                self.at += 1
                return out
            self.take(b"\\")
            out += self.escape()

    def escape(self):
        if self.at >= len(self.data):
            raise Broken
        letter = self.data[self.at]
        self.at += 1
        if letter in ESCAPES:
            return ESCAPES[letter].encode()
        if letter != ord("u"):
            raise Broken
        code = self.hex4()
        if 0xD800 <= code < 0xDC00 and self.data.startswith(b"\\u", self.at):
            self.at += 2
            low = self.hex4()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)).encode()
        if 0xD800 <= code < 0xE000:
            raise Broken
        return chr(code).encode()

    def hex4(self):
        digits = self.data[self.at : self.at + 4]
        if not re.fullmatch(rb"[0-9A-Fa-f]{4}", digits):
            raise Broken
        self.at += 4
        return int(digits, 16)


def read_json(data):
    """The Value of a JSON object, which nobody changes; Broken for anything else."""
    made = _object(data)
    if made is None:
        raise Broken
    return made


@functools.lru_cache(16)  # all formats read the same line
def _object(data):
    reader = _Json(data)
    reader.skip()
    if reader.peek() != b"{":
        return None
    try:
        made = reader.value(0)
    except Broken:
        return None
    reader.skip()
    return made if reader.at == len(data) else None


def byte_of(node):
    """A byte of a dialect by its text, or none."""
    return {"none": b"", "\\t": b"\t"}.get(str(node), str(node).encode())


class Pairs:
    """The dialect of a kv block and its reading."""

    def __init__(self, block):
        def option(name, default):
            return str(block.get(name, default)).encode()

        self.separator = option("pair_separator", " ")
        self.equals = option("value_separator", "=")
        self.quotes = byte_of(block.get("quotes", '"'))
        self.escape = str(block.get("escape", "backslash"))
        self.wrap = option("wrap", "")
        self.trailing = byte_of(block.get("trailing", ""))
        self.keep_quotes = str(block.get("keep_quotes", "false")) in ("true", "yes")
        self.first_key = option("first_key", "")
        self.last_key = option("last_key", "")
        self.blank = not self.separator.strip(KV_BLANK)  # pairs stand apart by blanks

    def skip(self, data, at):
        """Behind separators and blanks."""
        while at < len(data):
            if data.startswith(self.separator, at):
                at += len(self.separator)
            elif data[at] in KV_BLANK:
                at += 1
            else:
                break
        return at

    def ends_here(self, data, at):
        if at >= len(data) or data.startswith(self.separator, at):
            return True
        return self.separator == b" " and data[at] in KV_BLANK

    def cut(self, data):
        return data if self.blank else data.strip(KV_BLANK)

    def read(self, data):
        """([(key, value bytes)], [bare word])."""
        pairs, bare = [], []
        at = self.find_first(data) if self.first_key else 0
        while True:
            at = self.skip(data, at)
            if at >= len(data):
                return pairs, bare
            begin = at
            while not self.ends_here(data, at) and not data.startswith(self.equals, at):
                at += 1
            key = self.cut(data[begin:at])
            if not data.startswith(self.equals, at) or not key:
                while not self.ends_here(data, at):
                    at += 1
                bare.append(self.cut(data[begin:at]))
                continue
            at += len(self.equals)
            if self.last_key and key == self.last_key:
                pairs.append((key, data[at:]))
                return pairs, bare
            value, at = self.value(data, at)
            pairs.append((key, value))

    def find_first(self, data):
        wanted = self.first_key + self.equals
        for at in range(len(data)):
            if data.startswith(wanted, at) and (at == 0 or data[at - 1] in b" \t"):
                return at
        raise Broken

    def value(self, data, at):
        """The value that begins at `at`, and the place behind it."""
        if not self.blank:
            while at < len(data) and data[at] in KV_BLANK and not self.ends_here(data, at):
                at += 1
        if at < len(data) and data[at] in self.quotes:
            return self.quoted(data, at)
        if len(self.wrap) == 2 and data[at : at + 1] == self.wrap[:1]:
            for close in range(at + 1, len(data)):
                if data[close] == self.wrap[1] and self.pair_may_end(data, close + 1):
                    return data[at + 1 : close], self.behind_trailing(data, close + 1)
        begin = at
        while not self.ends_here(data, at):
            at += 1
        text = self.cut(data[begin:at])
        if self.trailing and text.endswith(self.trailing):
            text = text[: -len(self.trailing)]
        return text, at

    def behind_trailing(self, data, at):
        if self.trailing and data.startswith(self.trailing, at):
            return at + len(self.trailing)
        return at

    def pair_may_end(self, data, at):
        return self.ends_here(data, at) or self.ends_here(data, self.behind_trailing(data, at))

    def quoted(self, data, at):
        """A quoted value and the place behind it; without the closing quote it runs to the end."""
        begin, quote = at, data[at]
        out = bytearray()
        at += 1
        while at < len(data):
            byte = data[at]
            if self.escape == "backslash" and byte == ord("\\") and at + 1 < len(data):
                text, length = unescape(data[at : at + 4], quote)
                out += text
                at += length
            elif byte == quote and self.escape == "doubled" and data[at + 1 : at + 2] == bytes([quote]):
                out.append(quote)
                at += 2
            elif byte == quote:
                value = data[begin : at + 1] if self.keep_quotes else bytes(out)
                return value, self.behind_trailing(data, at + 1)
            else:
                out.append(byte)
                at += 1
        return (data[begin:] if self.keep_quotes else bytes(out)), at


def read_kv(pairs, data):
    """The Value of a text of pairs; bare: the words that are no pair."""
    found, bare = pairs.read(data)
    made = Value("map", data, members={})
    for key, text in found:
        made.add(key, text_value(text))
    made.bare = b" ".join(bare)
    return made


def unescape(data, quote):
    """What a backslash at the begin of `data` stands for within such quotes, and how many bytes it takes."""
    letter = data[1:2]
    if letter in LETTERS:
        return LETTERS[letter], 2
    if letter in (b'"', b"\\", bytes([quote])):
        return letter, 2
    if letter == b"x" and re.fullmatch(rb"[0-9A-Fa-f]{2}", data[2:4]):
        return bytes([int(data[2:4], 16)]), 4
    return b"\\", 1


def unquote(data, style):
    """The text of a quoted capture, which comes with its quotes."""
    inner = data[1:-1]
    if style == "quoted_csv":
        return inner.replace(b'""', b'"')
    out = bytearray()
    at = 0
    while at < len(inner):
        if inner[at] == ord("\\"):
            text, length = unescape(inner[at : at + 4], data[0])
            out += text
            at += length
        else:
            out.append(inner[at])
            at += 1
    return bytes(out)


def read_csv(data, separator, quote):
    """The columns of a CSV record."""
    columns = []
    at = 0
    while True:
        if quote and data.startswith(quote, at):
            column, at = _csv_quoted(data, at, quote)
            if at < len(data) and not data.startswith(separator, at):
                raise Broken
        else:
            end = data.find(separator, at)
            end = len(data) if end < 0 else end
            column, at = data[at:end], end
        columns.append(column)
        if at >= len(data):
            return columns
        at += len(separator)


def _csv_quoted(data, at, quote):
    out = bytearray()
    at += len(quote)
    while at < len(data):
        if data.startswith(quote + quote, at):
            out += quote
            at += 2 * len(quote)
        elif data.startswith(quote, at):
            return bytes(out), at + len(quote)
        else:
            out.append(data[at])
            at += 1
    raise Broken


def read_columns(data, separator, quote, names):
    """The Value of a CSV record: columns by name, then column_N; those with _ and empty ones are left out."""
    made = Value("map", data, members={})
    made.cells = [text_value(text) for text in read_csv(data, separator, quote)]
    made.columns = len(made.cells)
    name_columns(made, names)
    return made


def name_columns(record, names):
    """Names the columns that have no name yet, in order; gives the ids of those that got one."""
    found = {id(cell) for name, cell in zip(names, record.cells[len(record.names) :]) if not name.startswith(b"_")}
    record.names += names
    record.members, record.repeats = {}, {}
    for number, cell in enumerate(record.cells):
        name = record.names[number] if number < len(record.names) else b"column_%d" % (number + 1)
        if cell.text and not name.startswith(b"_"):
            record.add(name, cell)
    return found


SD_NAME = re.compile(rb"[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e\x80-\xff]+")


def read_sd(data):
    """(length, [(name, value)]) of the structured data at the begin; Broken where there is none."""
    if data.startswith(b"-"):
        return 1, []
    pairs, at = [], 0
    while data.startswith(b"[", at):
        found = SD_NAME.match(data, at + 1)
        if not found:
            raise Broken
        at = found.end()
        while data.startswith(b" ", at):
            while data.startswith(b" ", at):
                at += 1
            if data.startswith(b"]", at):
                break
            found = SD_NAME.match(data, at)
            if not found or not data.startswith(b'="', found.end()):
                raise Broken
            value, at = _sd_value(data, found.end() + 2)
            pairs.append((found.group(), value))
        if not data.startswith(b"]", at):
            raise Broken
        at += 1
    if at == 0:
        raise Broken
    return at, pairs


def _sd_value(data, at):
    out = bytearray()
    while at < len(data):
        if data[at] == ord('"'):
            return bytes(out), at + 1
        if data[at] == ord("\\") and data[at + 1 : at + 2] in (b'"', b"\\", b"]"):
            at += 1
        out.append(data[at])
        at += 1
    raise Broken
