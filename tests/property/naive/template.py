# SPDX-License-Identifier: Apache-2.0
# Line templates: text -> tree of nodes, parts inlined. Every node knows what stands after it (`rest`, a linked list
# that ends with None at the end of the template), so that "what can follow" is a walk over links.
# The reading is in matcher.py, the syntax of typed fields in syntax.py.


class Problem(Exception):
    """A template or format that cannot be read."""


class Link:
    """A place in a template: the node that stands here and the place after it."""

    def __init__(self, node, rest):
        self.node = node
        self.rest = rest
        self.step = None  # matcher: the function that reads from here on


class Text:
    def __init__(self, text):
        self.text = text


class Blanks:
    def __init__(self, least):
        self.least = least


class Field:
    def __init__(self, targets, how, argument):
        self.targets = targets  # [[name, …], …]: for each value of the how, alternatives of names
        self.how = how  # "" without one
        self.argument = argument
        self.fixed = []  # optional groups that are fixed when this text point is reached
        self.lexis = None  # syntax.Lexis


class Group:
    def __init__(self, alternatives, optional):
        self.alternatives = alternatives  # lists of nodes
        self.optional = optional
        self.links = []  # a Link (or the group's rest) for each alternative
        self.fixed = []
        self.number = None  # among those that some text fixes


class _Reader:
    def __init__(self, text, parts):
        self.text = text
        self.at = 0
        self.parts = parts

    def sequence(self, in_group, open_parts):
        """Nodes up to the end of the template or, in a group, up to '|' or ')}' or ')?}'."""
        nodes = []
        text = self.text
        while self.at < len(text):
            if in_group and (text[self.at] == "|" or text.startswith((")}", ")?}"), self.at)):
                break
            if text[self.at] == "{":
                nodes.extend(self.brace(open_parts))
            else:
                nodes.append(Text(text[self.at].encode()))
                self.at += 1
        return nodes

    def brace(self, open_parts):
        text = self.text
        for spelled, make in (
            ("{{", lambda: Text(b"{")),
            ("{|}", lambda: Text(b"|")),
            ("{ }", lambda: Blanks(1)),
            ("{ ?}", lambda: Blanks(0)),
        ):
            if text.startswith(spelled, self.at):
                self.at += len(spelled)
                return [make()]
        if text.startswith("{(", self.at):
            return [self.group(open_parts)]
        end = text.find("}", self.at)
        if end < 0:
            raise Problem(f"a brace is never closed: {text[self.at:]}")
        inside = text[self.at + 1 : end]
        self.at = end + 1
        if inside.startswith("@"):
            return self.part(inside[1:], open_parts)
        return [read_field(inside)]

    def group(self, open_parts):
        self.at += 2
        alternatives = []
        while True:
            alternatives.append(self.sequence(True, open_parts))
            if self.at >= len(self.text):
                raise Problem(f"a group is never closed: {self.text}")
            if self.text[self.at] == "|":
                self.at += 1
                continue
            optional = self.text.startswith(")?}", self.at)
            self.at += 3 if optional else 2
            return Group(alternatives, optional)

    def part(self, name, open_parts):
        optional = name.endswith("?")
        name = name[:-1] if optional else name
        if name not in self.parts:
            raise Problem(f"there is no part {name}")
        if name in open_parts:
            raise Problem(f"part {name} holds itself")
        body = self.parts[name]
        templates = body if isinstance(body, list) else [body]
        alternatives = []
        for template in templates:
            reader = _Reader(str(template), self.parts)
            alternatives.append(reader.sequence(False, open_parts | {name}))
        if optional or len(alternatives) > 1:
            return [Group(alternatives, optional)]
        return alternatives[0]


def read_field(inside):
    """The inside of a field's braces: targets, a colon, the way of writing."""
    names, _, how = inside.partition(":")
    targets = [part.split("|") for part in names.split(",")]
    if not all(name for part in targets for name in part):
        raise Problem(f"a field without a name: {{{inside}}}")
    argument = ""
    if not how.startswith("%") and "(" in how:
        how, argument = how[: how.index("(")], how[how.index("(") + 1 : how.rindex(")")]
    return Field(targets, how, argument)


def _join_texts(nodes):
    joined = []
    for node in nodes:
        if isinstance(node, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + node.text)
        else:
            joined.append(node)
        if isinstance(node, Group):
            node.alternatives = [_join_texts(each) for each in node.alternatives]
    return joined


def link(nodes, rest):
    """The place where a list of nodes begins, each node linked to what stands after it."""
    for node in reversed(nodes):
        if isinstance(node, Group):
            node.links = [link(each, rest) for each in node.alternatives]
        node.rest = rest
        rest = Link(node, rest)
    return rest


def read(text, parts):
    """The nodes of a template, texts joined; link() comes next."""
    reader = _Reader(str(text), parts)
    nodes = _join_texts(reader.sequence(False, frozenset()))
    if reader.at != len(reader.text):
        raise Problem(f"not read to its end: {text}")
    return nodes


def walk(nodes):
    """All nodes, groups before what they hold."""
    for node in nodes:
        yield node
        if isinstance(node, Group):
            for each in node.alternatives:
                yield from walk(each)
