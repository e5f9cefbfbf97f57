# SPDX-License-Identifier: Apache-2.0
# Rule files to trees, by recursive descent. A node is a Node with a kind and whatever that kind has; nothing is looked up
# here and no type is known.
from words import Refused, tokens_of

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
PATTERNS = ("like", "contains", "starts", "ends")
SINGLE = ("title", "note", "alert")


class Node:
    def __init__(self, kind, **members):
        self.kind = kind
        self.__dict__.update(members)

    def __repr__(self):
        return f"Node({self.__dict__})"


class Reader:
    def __init__(self, source):
        self.tokens = tokens_of(source)
        self.at = 0

    # ---- tokens

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)][0]

    def next(self):
        token = self.tokens[self.at]
        self.at += 1
        return token

    def take(self, kind):
        """The value of the next token, which must be of this kind."""
        found, value, place = self.next()
        if found != kind:
            raise Refused(f"line {place}: {kind} is due, not {found}")
        return value

    def have(self, kind):
        if self.peek() != kind:
            return False
        self.at += 1
        return True

    def word(self):
        parts = self.take("name")
        if len(parts) != 1:
            raise Refused("a name of one part is due")
        return parts[0]

    def text(self):
        return self.take("text")[0]

    def several(self, one):
        found = [one()]
        while self.have(","):
            found.append(one())
        return found

    def duration_after(self, keyword):
        return self.take("duration") if self.have(keyword) else None

    # ---- a file

    def file(self):
        found = []
        while self.peek() != "end of file":
            found.append(self.declaration())
        return found

    def declaration(self):
        place = self.tokens[self.at][2]
        kind = self.next()[0]
        if kind not in ("let", "list", "table", "rule", "extend", "test"):
            raise Refused(f"line {place}: a declaration is due, not {kind}")
        name = self.word()
        node = Node(kind, name=name, place=place)
        if kind == "let":
            self.take("=")
            node.event = self.event()
        elif kind == "list" and self.have("="):
            node.items = self.listed(self.constant)
        elif kind == "list":
            self.take("from")
            node.path = self.text().decode()
        elif kind == "table":
            self.take("from")
            node.path = self.text().decode()
            self.take("key")
            node.key = self.word()
        else:
            self.take("{")
            one = self.line if kind == "test" else self.clause
            members = []
            while not self.have("}"):
                members.append(one())
            node.members = members
        return node

    def listed(self, one):
        self.take("[")
        found = [one()]
        while self.have(",") and self.peek() != "]":
            found.append(one())
        self.take("]")
        return found

    def constant(self):
        if self.peek() == "regex":
            return Node("regex", value=self.next()[1])
        if self.have("-"):
            return Node("negate", operand=self.literal())
        return self.literal()

    # ---- clauses

    def clause(self):
        kind, _, place = self.next()
        if kind in SINGLE:
            return Node(kind, value=self.text())
        simple = {"except": self.expr, "match": self.event, "until": self.event, "by": self.keys,
                  "collect": lambda: self.several(self.ref), "keep": lambda: self.take("int"),
                  "late": lambda: self.take("duration"), "tags": lambda: self.several(self.tag),
                  "severity": self.word, "silent": lambda: True}  # fmt: skip
        if kind in simple:
            return Node(kind, value=simple[kind]())
        if kind == "meta":
            return Node("meta", name=self.word(), value=self.text())
        if kind == "lookup":
            table = self.word()
            self.take("on")
            key = self.ref()
            self.take("as")
            return Node("lookup", table=table, key=key, alias=self.word())
        if kind == "when":
            return self.when()
        if kind == "sequence":
            return self.sequence()
        if kind == "together":
            return self.together()
        if kind == "rearm":
            return self.rearm()
        if kind == "limit":
            number = self.take("int")
            return Node("limit", value=number, events=self.peek() == "name" and self.word() == "events")
        raise Refused(f"line {place}: a clause is due, not {kind}")

    def tag(self):
        kind, value, _ = self.next()
        if kind not in ("name", "text"):
            raise Refused("a tag is due")
        return ".".join(value).encode() if kind == "name" else value[0]

    def when(self):
        if self.have("absent"):
            return Node("absent", span=self.take("duration"))
        if self.have("new"):
            self.take("(")
            exprs = self.several(self.expr)
            self.take(")")
            self.take("over")
            over = self.take("duration")
            return Node("new", exprs=exprs, over=over, learning=self.duration_after("learning") or 0)
        condition = self.expr()
        window = self.next()[0]
        if window not in ("within", "every", "session", "leak"):
            raise Refused("a window is due")
        return Node("when", condition=condition, window=window, span=self.take("duration"))

    def rearm(self):
        if self.have("always"):
            return Node("rearm", how="always", span=None)
        if self.have("when"):
            self.take("below")
            return Node("rearm", how="below", span=None)
        how = self.next()[0]
        return Node("rearm", how=how, span=self.take("duration"))

    def event(self):
        names, alerts = [], self.have("alert")
        if self.have("any"):
            names = None
        else:
            names = self.several(self.word)
        where = self.expr() if self.have("where") else None
        return Node("event", alerts=alerts, names=names, where=where)

    def keys(self):
        return self.several(self.key)

    def key(self):
        if self.have("("):
            expr = self.expr()
            self.take(")")
            self.take("as")
            return Node("key", expr=expr, name=self.word(), optional=False)
        if self.peek(1) == "(":
            expr = self.call()
            self.take("as")
            return Node("key", expr=expr, name=self.word(), optional=False)
        ref = self.ref()
        optional = self.have("?")
        name = self.word() if self.have("as") else ".".join(ref.parts)
        return Node("key", expr=ref, name=name, optional=optional)

    # ---- sequence, together

    def sequence(self):
        node = Node("sequence", within=self.duration_after("within"), steps=[], then_no=None, last_without=[], until=[])
        self.take("{")
        absences = []
        while self.peek() in ("first", "then", "without"):
            if self.have("without"):
                absences.append(Node("without", event=self.event(), keys=self.own_keys(), within=self.duration_after("within")))
                continue
            first = self.next()[0] == "first"
            if self.have("no"):
                node.then_no = Node("then no", event=self.event(), keys=self.own_keys(), within=self.duration_after("within"))
                node.last_without = absences
                break
            if first == bool(node.steps):
                raise Refused("a sequence has one `first`, which comes first")
            step = self.step()
            step.without, absences = absences, []
            node.steps.append(step)
        while self.have("until"):
            node.until.append(Node("until", event=self.event(), keys=self.own_keys()))
        self.take("}")
        return node

    def own_keys(self):
        return self.keys() if self.have("by") else []

    def step(self):
        name, count = None, 1
        if self.peek() == "name" and self.peek(1) == "=":
            name = self.word()
            self.take("=")
        if self.peek() == "int":
            count = self.take("int")
            self.take("*")
        event = self.event()
        return Node("step", name=name, count=count, event=event, keys=self.own_keys(), within=self.duration_after("within"))

    def together(self):
        quorum = self.take("int") if self.have("any") else None
        node = Node("together", quorum=quorum, within=self.duration_after("within"), members=[])
        self.take("{")
        while self.have("has"):
            node.members.append(self.step())
        self.take("}")
        return node

    # ---- lines of a test

    def line(self):
        kind, _, place = self.next()
        if kind == "expect":
            node = self.expectation()
        elif kind == "log":
            node = Node("log", at=None, format=self.word(), line=self.text(), times=1, every=0)
        elif kind == "at":
            node = self.happening()
        else:
            raise Refused(f"line {place}: a line of a test is due, not {kind}")
        node.place = place
        return node

    def happening(self):
        at = self.take("duration")
        if self.have("end"):
            return Node("end", at=at)
        if self.have("log"):
            node = Node("log", at=at, format=self.word(), line=self.text())
        else:
            node = Node("event line", at=at, type=self.word(), fields=[])
            self.take("{")
            while not self.have("}"):
                name = self.ref()
                self.take(":")
                node.fields.append((name, self.constant()))
                if not self.have(",") and self.peek() != "}":
                    raise Refused("a comma is due")
        node.times, node.every = 1, 0
        if self.have("*"):
            node.times = self.take("int")
            self.take("every")
            node.every = self.take("duration")
        return node

    def expectation(self):
        node = Node("expect", count=None, rule=None, at=None, where=None)
        if self.have("no"):
            node.count = 0
            self.take("alert")
            if self.peek() != "name":
                return node
        elif self.peek() == "int":
            node.count = self.take("int")
            self.take("alert")
        else:
            self.take("alert")
        node.rule = self.word()
        if node.count is None:
            self.take("at")
            node.at = self.take("duration")
        node.where = self.expr() if self.have("where") else None
        return node

    # ---- expressions

    def expr(self):
        found = [self.conjunction()]
        while self.have("or"):
            found.append(self.conjunction())
        return found[0] if len(found) == 1 else Node("or", operands=found)

    def conjunction(self):
        found = [self.negation()]
        while self.have("and"):
            found.append(self.negation())
        return found[0] if len(found) == 1 else Node("and", operands=found)

    def negation(self):
        return Node("not", operand=self.negation()) if self.have("not") else self.comparison()

    def comparison(self):
        left = self.sum()
        kind = self.peek()
        if kind in COMPARISONS:
            self.next()
            return Node("compare", operator=kind, left=left, right=self.sum())
        if kind == "is":
            self.next()
            negated = self.have("not")
            self.take("null")
            return Node("is null", operand=left, negated=negated)
        plain = kind[4:] if kind.startswith("not ") else kind
        if plain == "in":
            self.next()
            return Node("in", left=left, set=self.set(), negated=kind != plain)
        if plain in PATTERNS:
            self.next()
            quantifier = self.next()[0] if self.peek() in ("any", "all") else None
            if quantifier and self.peek() == "[":
                patterns = self.listed(self.pattern)
            elif quantifier:
                patterns = self.word()
            else:
                patterns = [self.pattern()]
            return Node("pattern", operator=plain, left=left, patterns=patterns, quantifier=quantifier, negated=kind != plain)
        return left

    def set(self):
        if self.peek() == "name":
            return self.word()
        if self.peek() == "net":
            return [self.literal()]
        return self.listed(self.expr)

    def pattern(self):
        if self.peek() == "regex":
            return Node("regex", value=self.next()[1])
        return self.literal() if self.peek() == "text" else self.element()

    def sum(self):
        left = self.product()
        while self.peek() in ("+", "-"):
            left = Node("arithmetic", operator=self.next()[0], left=left, right=self.product())
        return left

    def product(self):
        left = self.signed()
        while self.peek() in ("*", "/", "%"):
            left = Node("arithmetic", operator=self.next()[0], left=left, right=self.signed())
        return left

    def signed(self):
        return Node("negate", operand=self.signed()) if self.have("-") else self.primary()

    def primary(self):
        if self.have("("):
            inside = self.expr()
            self.take(")")
            return Node("parens", operand=inside)
        return self.element() if self.peek() == "name" else self.literal()

    def literal(self):
        kind, value, place = self.next()
        if kind in ("true", "false"):
            return Node("literal", type="bool", value=kind == "true")
        if kind not in ("text", "int", "float", "duration", "ip", "net"):
            raise Refused(f"line {place}: a value is due, not {kind}")
        return Node("literal", type=kind, value=value)

    def element(self):
        if self.peek(1) == "(":
            return self.call()
        ref = self.ref()
        if not self.have("["):
            return ref
        index = self.take("int")
        self.take("]")
        return Node("item", operand=ref, index=index)

    def call(self):
        name = self.word()
        self.take("(")
        args = []
        while not self.have(")"):
            args.append(Node("regex", value=self.next()[1]) if self.peek() == "regex" else self.expr())
            if self.peek() != ")":
                self.take(",")
        return Node("call", name=name, args=args)

    def ref(self):
        return Node("ref", parts=self.take("name"))


def read(source):
    """The declarations of a rule file."""
    return Reader(source).file()
