# SPDX-License-Identifier: Apache-2.0
# Random rules of all kinds, as texts. A Case is some rules that belong together: those over events, and those over alerts
# of theirs. Durations are few, so that events lie at exactly one, and 1 ns off.
from make_conditions import SEVERITIES, Conditions

TYPES = ["AUTH_LOGIN", "HTTP_ACCESS", "PROCESS_START", "NETWORK_CONNECTION", "FIREWALL_TRAFFIC", "APP_LOG"]
SPANS = ["1s", "2s", "5s", "5s", "10s", "10s", "10s", "20s", "20s", "1m", "1m", "4999999999ns", "1ns"]
KEYS = ["user_name", "host_name", "user_name", "host_name", "source_ip", "host_name", "target_user_name", "status_code",
        "event_outcome", "source_mac", "mfa_used",
        "event_severity", "destination_port"]  # fmt: skip
COMPUTED = ["lower(user_name) as who", "upper(host_name) as host_name", "(status_code / 100) as class", "extra.k as k",
            "lower(user_name) as user_name", "extra.n as n", "(event_duration * 2) as twice", "extra.o.p as user_name",
            "(process_args[0]) as arg", "coalesce(user_name, target_user_name) as who", "hour(event_time) as hour",
            "(status_code / 2.0) as half", "text(source_ip) as address", "extra.k", "(extra.l[0]) as item",
            "event_duration", "source_bytes"]  # fmt: skip
COLLECTED = ["user_name", "source_ip", "status_code", "process_args", "extra.s", "extra.n", "event_outcome", "dns_resolved_ips",
             "event_time", "mfa_used", "source_mac", "event_duration", "extra.o.p", "extra.u", "extra.u",
             "request_path", "extra.l"]  # fmt: skip
PIECES = ["{user_name}", "{source_ip}", "{status_code}", "{alert.count}", "{alert.first_time}", "{alert.last_time}",
          "{extra.s}", "{extra.n}", "{event_time}", "{mfa_used}", "{event_duration}", "{event_outcome}", "{source_mac}", "{{x}", "ü ",
          "{request_path}", "{extra.o}",
          "{event_severity}", "{process_args}", "{dns_resolved_ips}", "{extra.l}", "{alert.tags}"]  # fmt: skip
LISTS = {
    "names": ('list names = ["ann", "BOB"i, "svc-1"]', "user_name"),
    "nets": ("list nets = [192.0.2.0/28, 2001:db8::/32, 198.51.100.7]", "source_ip"),
    "codes": ("list codes = [200, 404, 2.5]", "status_code"),
    "from_file": ('list from_file from "names.txt"', "user_name"),
    "hosts": ('table hosts from "hosts.csv" key host', "host_name"),
}
FILES = {"names.txt": "# names\n\n  eve \nsvc-1\nzoé\n",
         "hosts.csv": "host,tier,cpus,net\nweb1,server,4,192.0.2.1\nweb2,,2,none\nother,server,8,\n"}  # fmt: skip
LETS = [
    'let failed = AUTH_LOGIN where event_outcome == "failure"',
    'let odd = failed, HTTP_ACCESS where status_code >= 400 or user_name == "ann"',
    'let local = any where source_ip in 192.0.2.0/24',
]  # fmt: skip
SHARED = [*(line for line, _ in LISTS.values()), *LETS]


class Case:
    """rules: [(name, text, the rules below)]"""

    def __init__(self, rules):
        self.rules = rules


class Maker:
    def __init__(self, dice, prefix, types):
        self.dice = dice
        self.types = types
        self.prefix = prefix
        self.rules = []
        self.takes_any = False

    def chance(self, probability):
        return self.dice.random() < probability

    def span(self):
        return self.dice.choice(SPANS)

    def case(self):
        for _ in range(self.dice.choice([1, 1, 1, 2])):
            self.rule([])
        while len(self.rules) < 4 and self.chance(0.4):
            self.rule([name for name, _, _ in self.rules])
        if self.chance(0.02):
            self.takes_any = True  # no rule takes the alerts of this one
            self.rule([name for name, _, _ in self.rules])
        return Case(self.rules)

    def conditions(self, alerts=False, captures=()):
        return Conditions(self.dice, alerts, captures, "asset" if self.lookup else None,
                          [(name, field) for name, (_, field) in LISTS.items()])  # fmt: skip

    # ---- a rule

    def rule(self, below):
        """below: names of rules whose alerts it may take."""
        name = f"{self.prefix}{len(self.rules)}"
        self.below, self.breadth = below, (1, 4)
        self.used = set()
        self.lookup = self.chance(0.12)
        self.keyed = self.key_list()
        self.read = []
        kind = self.dice.choices(
            [self.each, self.within, self.every, self.session, self.leak, self.absent, self.new, self.sequence, self.together],
            [2, 6, 2, 2, 3, 2, 2, 9, 3],
        )[0]
        clauses = [f"lookup hosts on {self.dice.choice(['host_name', 'target_user_name'])} as asset"] if self.lookup else []
        clauses += kind() + self.decorations()
        text = f"rule {name} {{\n    " + "\n    ".join(clauses) + "\n}\n"
        if self.chance(0.05):
            text += f"extend {name} {{ {' '.join(self.tuning())} }}\n"
        self.rules.append((name, text, sorted(self.used)))

    def tuning(self):
        """Clauses of an extension."""
        every = [f"except {self.conditions().condition(0)}", "tags z", 'meta id "e-9"', "collect source_ip", 'title "Tuned"',
                 "severity low",
                 'alert "tuned {alert.count}"', "keep 2", f"rearm after {self.span()}", "late 7s", "silent"]  # fmt: skip
        return self.dice.sample(every, self.dice.randint(1, 3))

    def key_list(self):
        """[(as it is written, its name)]"""
        found = []
        for _ in range(self.dice.choices([0, 1, 2], [3, 6, 1])[0]):
            if self.chance(0.25):
                text = self.dice.choice(COMPUTED)
            else:
                text = self.dice.choice(KEYS) + ("?" if self.chance(0.2) else "")
                text += " as renamed" if self.chance(0.15) else ""
            name = text.split()[-1].rstrip("?") if " as " in text else text.rstrip("?")
            if name not in [each for _, each in found]:
                found.append((text, name))
        return found

    def keys(self, keyed=None):
        keyed = self.keyed if keyed is None else keyed
        return "by " + ", ".join(text for text, _ in keyed) if keyed else ""

    def event(self, captures=(), rare=False):
        """An event; one of alerts where there are rules below."""
        alerts = bool(self.below) and self.chance(0.6)
        if alerts:
            names = self.dice.sample(self.below, 1 if len(self.below) == 1 or self.chance(0.7) else 2)
            self.used |= set(names)
            kinds = "alert any" if self.takes_any else "alert " + ", ".join(names)
        else:
            breadth = 1 if rare else min(len(self.types), self.dice.randint(*self.breadth))
            types = self.dice.sample(self.types, breadth)
            kinds = self.dice.choices(
                ["any", ", ".join(types), "failed", "odd, APP_LOG", "local"],
                [2 if not rare else 0, 8, 0.5, 0.7, 0.7],
            )[0]
        if self.chance(0.2 if alerts else 0.4) or captures and self.chance(0.7) or rare:
            return f"{kinds} where {self.conditions(alerts, captures).condition(1 if self.chance(0.5) else 0)}"
        return kinds

    # ---- match

    def matches(self):
        found = [f"match {self.event()} {self.keys()}".rstrip()]
        while self.chance(0.15):
            own = self.keys() if self.chance(0.5) else ""
            found.append(f"match {self.event()} {own}".rstrip())
        return found

    def untils(self):
        found = []
        while self.chance(0.2):
            found.append(f"until {self.event(rare=True)}")
        return found

    def rearm(self, *more):
        how = self.dice.choice(["after", "after", "every", "always", None, None, *more])
        if how is None:
            return []
        return [f"rearm {how} {self.span()}"] if how in ("after", "every") else [f"rearm {how}"]

    def each(self):
        return self.matches() + self.rearm()

    def bounded(self):
        parts = []
        if self.chance(0.7):
            at_least = f">= {self.dice.choice([1, 2, 2, 3, 3, 4, 4, 12, 25])}"
            parts.append(f"count {at_least}" if self.chance(0.7) else f"count > {self.dice.randint(1, 3)}")
        if not parts or self.chance(0.3):
            parts.append(f"distinct({self.tuple()}) >= {self.dice.randint(1, 3)}")
        if self.chance(0.1):
            parts.append(f"{self.dice.randint(1, 3)} <= count")
        self.dice.shuffle(parts)
        return " and ".join(parts)

    def tuple(self):
        return ", ".join(self.dice.sample(["user_name", "source_ip", "status_code", "extra.n", "extra.u", "host_name",
                                           "lower(user_name)", "request_path", "extra.l",
                                           "destination_port", "event_outcome"], self.dice.choice([1, 1, 2])))  # fmt: skip

    def aggregate(self):
        """(aggregate, what it is compared with)"""
        number = self.dice.choice(["status_code", "source_bytes", "extra.n", "destination_port", "(status_code / 2.0)",
                                   "len(user_name)"])  # fmt: skip
        with_condition = f"count({self.conditions().condition(0)})"
        return self.dice.choice([
            ("count", str(self.dice.randint(1, 5))), ("count", str(self.dice.randint(1, 5))),
            (with_condition, str(self.dice.randint(1, 3))), (f"{with_condition} * 2", "count"),
            (f"distinct({self.tuple()})", str(self.dice.randint(1, 3))), (f"distinct({self.tuple()}) * 2", "count"),
            (f"sum({number})", "500"), (f"avg({number})", "200.5"), (f"min({number})", "200"), (f"max({number})", "300"),
            (f"pct({number}, {self.dice.choice([1, 25, 50, 75, 95, 100])})", "301"),
            ("sum(event_duration)", "2s"), ("avg(event_duration)", "1s"), ("max(event_time) - min(event_time)", self.span()),
            ("pct(event_duration, 50)", "1500ms"),
        ])  # fmt: skip

    def kept(self):
        parts = []
        for _ in range(self.dice.choice([1, 1, 2])):
            left, right = self.aggregate()
            part = f"{left} {self.dice.choice(['>=', '>', '<', '<=', '==', '!='])} {right}"
            parts.append(f"not {part}" if self.chance(0.1) else part)
        return self.dice.choice([" and ", " or "]).join(parts)

    def asked(self):
        return self.bounded() if self.chance(0.5) else self.kept()

    def within(self):
        clauses = self.matches() + [f"when {self.asked()} within {self.span()}"] + self.untils()
        return clauses + self.rearm("when below", "when below")

    def every(self):
        return self.matches() + [f"when {self.asked()} every {self.span()}"] + self.untils() + self.rearm()

    def session(self):
        return self.matches() + [f"when {self.asked()} session {self.span()}"] + self.untils() + self.rearm()

    def leak(self):
        what = "count" if self.chance(0.6) else f"distinct({self.tuple()})"
        bound = f"{what} {self.dice.choice(['>', '>='])} {self.dice.randint(1, 3)}"
        return self.matches() + [f"when {bound} leak {self.span()}"] + self.untils() + (self.rearm() or ["rearm after 5s"])

    def absent(self):
        return self.matches() + [f"when absent {self.span()}"] + self.untils() + self.rearm()

    def new(self):
        learning = f" learning {self.span()}" if self.chance(0.4) else ""
        return self.matches() + [f"when new ({self.tuple()}) over {self.span()}{learning}"] + self.untils() + self.rearm()

    # ---- sequence, together

    def step_keys(self):
        """A key of the step's own, under one name in every step."""
        return f" by {self.dice.choice(self.own)} as own" if self.own else ""

    def start_steps(self):
        self.breadth = (2, 5)
        self.own = self.dice.choice([None, None, None, ["user_name", "target_user_name"], ["source_ip", "destination_ip"]])
        self.names = []

    def unit(self, number, captures=()):
        name = ""
        if self.chance(0.7):
            self.names.append(f"s{number}")
            name = f"s{number} = "
        count = f"{self.dice.randint(2, 3)} * " if self.chance(0.25) else ""
        return f"{name}{count}{self.event(captures)}{self.step_keys()}", bool(count)

    def captures(self):
        return tuple(self.names) if self.names and self.chance(0.4) else ()

    def withouts(self, captures):
        found = []
        while self.chance(0.15):
            found.append(f"without {self.event(captures, rare=True)}{self.step_keys()}")
        return found

    def sequence(self):
        self.start_steps()
        lines = []
        if self.chance(0.15):
            lines.append(f"without {self.event(rare=True)}{self.step_keys()} within {self.span()}")
        count = self.dice.choices([1, 2, 3, 4], [1, 6, 3, 1])[0]
        for number in range(count):
            if number:
                lines += self.withouts(self.captures())
            text, counted = self.unit(number, self.captures() if number else ())
            span = f" within {self.span()}" if self.chance(0.3) and (number or counted) else ""
            lines.append(f"{'then' if number else 'first'} {text}{span}")
        if self.chance(0.25):
            lines += self.withouts(self.captures())
            lines.append(f"then no {self.event(self.captures(), rare=True)}{self.step_keys()} within {self.span()}")
        while self.chance(0.15):
            lines.append(f"until {self.event(rare=True)}{self.step_keys()}")
        body = "\n        ".join(lines)
        self.read = [f"{{{name}.{field}}}" for name in self.names for field in ("user_name", "extra.n")]
        return [self.keys()] * bool(self.keyed) + [f"sequence within {self.span()} {{\n        {body}\n    }}"] + self.rearm()

    def together(self):
        self.start_steps()
        count = self.dice.choice([1, 2, 2, 3])
        lines = [f"has {self.unit(number)[0]}" for number in range(count)]
        quorum = f"any {self.dice.randint(1, count)} " if self.chance(0.5) else ""
        body = "\n        ".join(lines)
        self.read = [f"{{{name}.{field}}}" for name in self.names for field in ("user_name", "extra.n")]
        text = f"together {quorum}within {self.span()} {{\n        {body}\n    }}"
        return [self.keys()] * bool(self.keyed) + [text] + self.rearm()

    # ---- what every rule may have

    def decorations(self):
        found = []
        if self.chance(0.15):
            found.append(f"except {self.conditions().condition(1)}")
        if self.chance(0.3):
            found.append("collect " + ", ".join(self.dice.sample(COLLECTED, self.dice.randint(1, 3))))
        if self.chance(0.25):
            found.append(f"keep {self.dice.choice([1, 2, 3, 4, 24])}")
        if self.chance(0.15):
            found.append(f"late {self.dice.choice(['1s', '6s', '10s', '30s'])}")
        if self.chance(0.5):
            named = [f"{{{name}}}" for _, name in self.keyed]
            pieces = self.dice.sample(PIECES + named + self.read, 3)
            found.append(f'alert "{" ".join(pieces)}"')
        if self.chance(0.2):
            found.append(f"severity {self.dice.choice(SEVERITIES)}")
        if self.chance(0.25):
            found.append(self.dice.choice(["tags a", "tags attack.t1110, b", "tags \"attack.t1059.001\", attack.t1003, a.b"]))
        if self.chance(0.1):
            found.append('meta id "r-7"')
        if self.chance(0.1):
            found.append("silent")
        return found


def cases(dice, count, types=TYPES):
    """Independent cases whose rules do not share names, about events of some types."""
    return [Maker(dice, f"c{number}r", types).case() for number in range(count)]
