# SPDX-License-Identifier: Apache-2.0
# Format files as objects ready to run: extends and tables resolved, templates read, bindings and cases made.
# What they do to a record is in engine.py; how formats stand to each other in chain.py.
import os
import re

import matcher
import records
import shortcuts
import syntax
import template
import tree
from paths import Path

try:
    from re import _parser as regex_parser
except ImportError:  # Python before 3.11
    import sre_parse as regex_parser

KEEP = object()  # else: keep
DROP = object()  # a binding that drops
ADDED_KEYS = ("parts", "tables")  # of `extends`: added to, where other keys replace


class Regex:
    """A type of `types:`: the longest match, and which bytes it may hold at all."""

    def __init__(self, text):
        self.regex = re.compile(text.encode())
        self.bytes = set()
        _collect(regex_parser.parse(text.encode()), self.bytes)
        self.bytes.discard(ord("\n"))  # no class holds it
        self.run = re.compile(shortcuts.one_of(self.bytes) + b"*")

    def end(self, data, at):
        if not self.regex.match(data, at):
            return None
        for end in range(self.run.match(data, at).end(), at, -1):
            if self.regex.fullmatch(data, at, end):
                return end
        return None


def _collect(parsed, into):
    """The bytes that a regex may match anywhere."""
    for name, argument in parsed:
        name = str(name)
        if name == "LITERAL":
            into.add(argument)
        elif name == "NOT_LITERAL":
            into.update(set(range(256)) - {argument})
        elif name == "ANY":
            into.update(set(range(256)) - {10})
        elif name == "IN":
            into.update(_class(argument))
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            _collect(argument[2], into)
        elif name == "SUBPATTERN":
            _collect(argument[3], into)
        elif name == "BRANCH":
            for each in argument[1]:
                _collect(each, into)
        else:
            raise template.Problem(f"not regular: {name}")


def _class(items):
    inside, negated = set(), False
    for name, argument in items:
        name = str(name)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            inside.add(argument)
        elif name == "RANGE":
            inside.update(range(argument[0], argument[1] + 1))
        else:
            sets = {"CATEGORY_DIGIT": rb"\d", "CATEGORY_SPACE": rb"\s", "CATEGORY_WORD": rb"\w"}
            inside.update(byte for byte in range(256) if re.match(sets[str(argument)], bytes([byte])))
    return set(range(256)) - inside if negated else inside


class Condition:
    """Names and the values that they must have."""

    def __init__(self, node):
        self.tests = [(name, tree.as_list(value)) for name, value in (node or {}).items()]
        self.globs = {name: [_glob(each) for each in wanted] for name, wanted in self.tests}

    def names(self):
        return [name for name, _ in self.tests]

    def holds(self, look_up, columns):
        """look_up(name) -> text or None; columns: number of columns of a CSV record or None."""
        for name, wanted in self.tests:
            if name == "columns":
                if columns is None or not any(_in_range(str(each), columns) for each in wanted):
                    return False
                continue
            text = look_up(name)
            if not any(_fits(each, text) for each in self.globs[name]):
                return False
        return True


def _in_range(text, number):
    first, _, last = text.partition("-")
    return int(first) <= number <= int(last or first)


def _glob(wanted):
    """(text before the star, the star or nothing, text after it), or None for "no value"."""
    return None if wanted.is_null() else str(wanted).encode().partition(b"*")


def _fits(glob, text):
    if glob is None or text is None:
        return glob is text
    before, star, after = glob
    if not star:
        return text == before
    return len(text) >= len(before) + len(after) and text.startswith(before) and text.endswith(after)


class Table:
    """What map, ranges and contains look up. kind: "", map, ranges, contains."""

    def __init__(self, node, tables):
        self.kind = next((kind for kind in ("map", "ranges", "contains") if kind in node), "")
        entries = node.get(self.kind, {})
        if isinstance(entries, str):
            entries = tables(str(entries))
        self.entries = [(key, str(value).encode()) for key, value in entries.items()]
        otherwise = node.get("else")
        self.otherwise = KEEP if otherwise == "keep" else None if otherwise is None else str(otherwise).encode()

    def look_up(self, text):
        """The text for a text, or None."""
        if not self.kind:
            return text
        for key, value in self.entries:
            if self._fits(key, text):
                return value
        return text if self.otherwise is KEEP else self.otherwise

    def _fits(self, key, text):
        if self.kind == "map":
            return text == key.encode()
        if self.kind == "contains":
            return key.encode() in text
        if not re.fullmatch(rb"-?[0-9]+", text):
            return False
        first, _, last = key.partition("-")
        return int(first) <= int(text) <= int(last or first)


class Value:
    """The right side of a binding."""

    def __init__(self, node, format_):
        self.each = []  # a list of values: each takes the same
        self.targets = []
        self.how = self.argument = ""
        self.case = self.decode = ""
        self.take = "first"
        self.absent = []
        self.table = None
        self.lines = None
        self.block = None
        self.block_kind = ""
        if isinstance(node, list):
            self.each = [Value(each, format_) for each in node]
            return
        if not isinstance(node, dict):
            node = {"to": node}
        if "to" in node:
            field = template.read_field(str(node["to"]))
            self.targets = field.targets
        if "how" in node:
            field = template.read_field("_:" + str(node["how"]))
            self.how, self.argument = field.how, field.argument
        self.case, self.decode = str(node.get("case", "")), str(node.get("decode", ""))
        self.take = str(node.get("take", "first"))
        self.absent = [str(each).encode() for each in tree.as_list(node.get("absent"))]
        if "map" in node:
            self.table = Table(node, format_.table)
        if "line" in node:
            self.lines = [format_.template(each, {}) for each in tree.as_list(node["line"])]
        for kind in ("kv", "json", "csv"):
            if kind in node:
                self.block_kind, self.block = kind, Block(kind, node[kind], format_)


class Block:
    """How a record or a piece is read, and what its names are bound to."""

    def __init__(self, kind, node, format_, fields=None, unknown=None):
        self.kind = kind
        self.node = node
        self.pairs = records.Pairs(node) if kind == "kv" else None
        self.separator = records.byte_of(node.get("separator", ","))
        self.quote = records.byte_of(node.get("quote", '"'))
        self.columns = [str(each).encode() for each in tree.as_list(node.get("columns"))]
        self.bare_words = Value(node["bare_words"], format_) if "bare_words" in node else None
        self.detect = Condition(node.get("detect"))
        self.drop_unknown = str(node.get("unknown", unknown or "keep")) == "drop"
        self.fields = bindings({**(fields or {}), **node.get("fields", {})}, kind != "json", format_)

    def read(self, data):
        """The record, as a records.Value; records.Broken where it is none."""
        if self.kind == "json":
            return records.read_json(data)
        if self.kind == "kv":
            return records.read_kv(self.pairs, data)
        if self.kind == "csv":
            return records.read_columns(data, self.separator, self.quote, self.columns)
        raise records.Broken


def bindings(node, flat, format_):
    """[(Path, Value or DROP)]"""
    made = []
    for name, value in node.items():
        made.append((Path(name, flat), DROP if value == "drop" else Value(value, format_)))
    return made


class Case:
    def __init__(self, node, format_):
        node, self.condition = (node["else"], Condition(None)) if "else" in node else (node, Condition(node["when"]))
        self.set = node.get("set", {})
        self.fields = node.get("fields", {})
        self.columns = [str(each).encode() for each in tree.as_list(node.get("columns"))]
        self.derive = derivations(node, format_)
        self.choose = [Case(each, format_) for each in node.get("choose", [])]
        self.by_kind = {flat: bindings(self.fields, flat, format_) for flat in (False, True)}


class Derivation:
    def __init__(self, target, node, format_):
        node = node if isinstance(node, dict) else {"from": node}
        self.target = target
        self.sources = [str(each) for each in tree.as_list(node.get("from"))] or [target]
        self.case = str(node.get("case", ""))
        self.table = Table(node, format_.table)


def derivations(node, format_):
    return [Derivation(str(target), each, format_) for target, each in node.get("derive", {}).items()]


class Message:
    def __init__(self, node, format_):
        self.id = str(node.get("id", format_.name))
        self.condition = Condition(node.get("when"))
        self.set = node.get("set", {})
        self.derive = derivations(node, format_)
        self.choose = [Case(each, format_) for each in node.get("choose", [])]
        self.skip = str(node.get("skip", "false")) in ("true", "yes")
        self.blocks = {kind: node[kind] for kind in ("kv", "json", "csv") if kind in node}
        self.templates = [format_.template(each, self.blocks) for each in tree.as_list(node["line"])]


class Format:
    """A format file. look_for(name) -> the tree of another format; stock(name) -> a stock table or None."""

    def __init__(self, root, schema, look_for, stock):
        if "extends" in root:
            root = _extend(look_for(str(root["extends"])), root)
        self.root, self.schema, self.stock = root, schema, stock
        self.name = str(root["format"])
        self.kind = str(root.get("kind", "line"))
        for later in ("record", "pairs", "time", "header", "months"):
            if later in root:
                raise template.Problem(f"{self.name}: `{later}` is not of the first version")
        self.types = {name: Regex(str(text)) for name, text in root.get("types", {}).items()}
        self.absent = [str(each).encode() for each in tree.as_list(root.get("absent"))]
        self.envelope = str(root.get("envelope", "false")) in ("true", "yes")
        self.strict = str(root.get("strict", "false")) in ("true", "yes")
        self.received = str(root.get("event_time", "")) == "received"
        self.unmatched = str(root.get("unmatched", "keep"))
        self.split = str(root["split"]) if "split" in root else None
        self.skip = [str(each).encode() for each in tree.as_list(root.get("skip"))]
        self.before = [str(each) for each in tree.as_list(root.get("before"))]
        self.detect = Condition(root.get("detect"))
        self.examples = root.get("examples", [])
        self.set = dict(root.get("set", {}))
        if "event_type" in root:
            self.set["event_type"] = root["event_type"]
        self.inside = self._inside()
        self.derive = derivations(root, self)
        self.choose = [Case(each, self) for each in root.get("choose", [])]
        self.head, self.messages, self.block = [], [], None
        if self.kind == "line":
            self._lines()
        elif self.kind in ("json", "kv", "csv"):
            node = {**{key: root[key] for key in ("separator", "quote", "columns") if key in root},
                    **root.get(self.kind, {})}  # fmt: skip
            self.block = Block(self.kind, node, self, root.get("fields"), root.get("unknown"))
        else:
            raise template.Problem(f"{self.name}: kind {self.kind} is not of the first version")
        self.literals = self._literals()

    def _inside(self):
        """[(envelope's name or "line", Condition)]"""
        general = self.root.get("when")
        found = []
        for each in tree.as_list(self.root.get("inside")) or ["line"]:
            if isinstance(each, dict):
                found.extend((str(name), Condition(condition)) for name, condition in each.items())
            else:
                found.append((str(each), Condition(None if each == "line" else general)))
        return found

    def _lines(self):
        messages = self.root.get("messages")
        lines = tree.as_list(self.root.get("line"))
        if messages is None:
            self.messages = [Message({"line": lines}, self)]
            return
        self.head = [self.template(each, {}) for each in lines]
        self.messages = [Message(each, self) for each in messages]

    def table(self, name):
        found = self.root.get("tables", {}).get(name)
        found = found if found is not None else self.stock(name)
        if found is None:
            raise template.Problem(f"{self.name}: there is no table {name}")
        return found

    def template(self, text, blocks):
        """A template ready to match; its pieces keep the Block that reads them."""
        nodes = {kind: blocks.get(kind, self.root.get(kind, {})) for kind in ("kv", "json", "csv", "sd")}

        def prepare(field):
            field.lexis = syntax.lexis_of(field, self.schema.kinds, self.types, self.absent, nodes)
            if field.lexis.kind in ("piece", "sd"):
                field.block = Block(field.how, nodes[field.how], self)

        return matcher.Template(text, self.root.get("parts", {}), prepare)

    def _literals(self):
        """Bytes of literals before the first free field, the least of all lines of the format."""
        lines = self.head or [each for message in self.messages for each in message.templates]
        if not lines:
            return 0
        return min(_sure_literals(each.nodes)[0] for each in lines)


def _sure_literals(nodes):
    """(bytes of literals that surely stand before the first free field, met one)"""
    total = 0
    for node in nodes:
        if isinstance(node, template.Text):
            total += len(node.text)
        elif isinstance(node, template.Group) and not node.optional:
            inner = [_sure_literals(each) for each in node.alternatives]
            total += min(count for count, _ in inner)
            if any(met for _, met in inner):
                return total, True
        elif isinstance(node, template.Group) or isinstance(node, template.Field) and node.lexis.kind not in ("typed", "ip"):
            return total, True
    return total, False


def _identity(item):
    return next((str(item[key]) for key in ("id", "line", "reject") if isinstance(item.get(key), str)), None)


def _join(own, others):
    """A message or example that is known as one of the others takes its place; the rest of the file's own come first."""
    known = {_identity(item) for item in others} - {None}
    mine = {}
    for item in own:
        mine.setdefault(_identity(item), item)
    first = [item for item in own if _identity(item) not in known or mine[_identity(item)] is not item]
    return first + [mine.get(_identity(item), item) for item in others]


def _extend(base, own):
    merged = {**base, **own}
    for key in ADDED_KEYS:
        merged[key] = {**base.get(key, {}), **own.get(key, {})}
    for key in ("messages", "examples"):
        if key in base or key in own:
            merged[key] = _join(own.get(key, []), base.get(key, []))
    return merged


def load_all(folder, schema, names=None):
    """{name: Format} of a folder's files. names: only these files (without .yaml)."""
    trees = {}

    def look_for(name):
        if name not in trees:
            trees[name] = tree.load(os.path.join(folder, name + ".yaml"))
        return trees[name]

    def stock(name):
        path = os.path.join(folder, "tables", name + ".yaml")
        return tree.load(path) if os.path.exists(path) else None

    found = {}
    for file in sorted(os.listdir(folder)):
        stem, ending = os.path.splitext(file)
        if ending == ".yaml" and stem != "schema" and (names is None or stem in names):
            made = Format(look_for(stem), schema, look_for, stock)
            found[made.name] = made
    return found


