# SPDX-License-Identifier: Apache-2.0
# Random conditions of the rule language, as texts, over the fields of event.yaml. Values are few, so that conditions hold
# for about half of the events; what argot refuses (a port above 65535, a negative size) is not made.
import contextlib

USERS = ["ann", "Bob", "eve", "svc-1", "zoé"]
HOSTS = ["web1", "web2", "db1"]
PROCESSES = ["sshd", "cron", "a*b"]
PATHS = ["/", "/a\\xff", "文/é", "/admin", "/Admin/x.php", "/a/b?c", "C:\\\\dir\\\\x.exe"]
ARGS = ["-c", "sh", "--all", "x y"]
ADDRESSES = ["192.0.2.1", "192.0.2.77", "198.51.100.7", "2001:db8::1", "::ffff:192.0.2.1"]
NETWORKS = ["192.0.2.0/24", "192.0.2.64/26", "2001:db8::/32", "0.0.0.0/0", "::/0", "::ffff:192.0.2.0/120", "198.51.100.7/32"]
MACS = ["00:00:5e:00:53:01", "00:00:5e:00:53:02"]
OUTCOMES = ["success", "failure", "unknown"]
SEVERITIES = ["informational", "low", "medium", "high", "critical"]
LEVELS = ["info", "warn", "error"]
DURATIONS = ["500ms", "1s", "1500ms", "2s"]
TEXT_FIELDS = {"user_name": USERS, "target_user_name": USERS, "host_name": HOSTS, "process_name": PROCESSES,
               "request_path": PATHS, "log_level": LEVELS}  # fmt: skip
NUMBER_FIELDS = {"status_code": [200, 301, 404, 500], "destination_port": [22, 80, 443], "source_port": [1024, 40000],
                 "source_bytes": [0, 1, 1000, 2**63 - 1, 2**64 - 1], "file_size_bytes": [0, 1024, 2**53 + 1]}  # fmt: skip
EXTRA_TEXTS = ["x", "10", "ann", "192.0.2.1", "true"]
EXTRA_NUMBERS = ["0", "1", "2", "10", "-3", "1.5", "2.0"]
REGEXES = ["/a/", "/^[a-m]/", "/e$/", "/(?i)ADMIN/", "/n{2}/", "/^.{3,4}$/", "/[^a-z]/", "/b|v/i", "/\\d+$/",
           "/\\/a/", "/^$/", "/o./s"]  # fmt: skip
WILDCARDS = ["*", "?", "/?", "*\\xff", "??é", "a*", "*n", "?o?", "*-?", "/*", "*[*]*", "???", "w?b*", "*e*"]
SHOWN = ["status_code", "source_ip", "mfa_used", "event_outcome", "extra.n"]
FOUND = ['"a"', '"n"', '"e", 1', '"b", -2']
FOLDED = ["ANN", "bob", "eVe", "SSHD", "/ADMIN"]


def quoted(text):
    return f'"{text}"'


class Conditions:
    """alerts: whether the event is an alert; captures: names of steps that may be read; lookup: an alias, or None."""

    def __init__(self, dice, alerts=False, captures=(), lookup=None, lists=()):
        self.dice = dice
        self.alerts = alerts
        self.captures = captures
        self.lookup = lookup
        self.lists = lists
        self.inside_capture = True

    def one(self, *choices):
        """One of some functions, called; a pair has a weight."""
        pairs = [choice if isinstance(choice, tuple) else (1, choice) for choice in choices]
        return self.dice.choices([choice for _, choice in pairs], [weight for weight, _ in pairs])[0]()

    def chance(self, probability):
        return self.dice.random() < probability

    @contextlib.contextmanager
    def without_captures(self):
        captures, self.captures = self.captures, ()
        yield
        self.captures = captures

    def of(self, name):
        """A field, now and then of an earlier step."""
        if self.captures and self.chance(0.4):
            return f"{self.dice.choice(self.captures)}.{name}"
        return name

    # ---- conditions

    def condition(self, depth=2):
        if depth > 0 and self.chance(0.5):
            parts = [self.condition(depth - 1) for _ in range(self.dice.choice([2, 2, 3]))]
            joined = self.dice.choice([" and ", " or "]).join(parts)
            return f"({joined})" if self.chance(0.6) else f"not ({joined})"
        return self.predicate()

    def predicate(self):
        return self.one((4, self.text_compare), (3, self.number_compare), (2, self.address), (2, self.in_set),
                        (3, self.pattern), (1, self.is_null), (2, self.enum), (1, self.flag), (1, self.duration_compare),
                        (1, self.time_compare), (2, self.listed), (2, self.extra), (0.5, self.of_mac),
                        (6 if self.captures else 0, self.of_captures), (3 if self.alerts else 0, self.of_alert),
                        (2 if self.lookup else 0, self.of_lookup))  # fmt: skip

    def equality(self):
        return self.dice.choice(["==", "==", "!="])

    def order(self):
        return self.dice.choice(["<", "<=", ">", ">=", "==", "!="])

    def text_compare(self):
        name = self.dice.choice(list(TEXT_FIELDS))
        if self.chance(0.15) and name != "log_level":
            return f"{self.of(name)} {self.equality()} {quoted(self.dice.choice(FOLDED))}i"
        if self.chance(0.2):
            return f"{self.text()} {self.order()} {self.text()}"
        operator = self.order() if self.chance(0.3) else self.equality()
        return f"{self.of(name)} {operator} {quoted(self.dice.choice(TEXT_FIELDS[name]))}"

    def number_compare(self):
        if self.chance(0.4):
            return f"{self.number()} {self.order()} {self.number()}"
        name = self.dice.choice(list(NUMBER_FIELDS))
        literal = self.dice.choice(NUMBER_FIELDS[name])
        literal = self.dice.choice([literal, literal, literal, f"{literal}.0", f"{literal}.5"]) if literal < 2**40 else literal
        return f"{self.of(name)} {self.order()} {literal}"

    def address(self):
        name = self.dice.choice(["source_ip", "source_ip", "destination_ip", "dns_resolved_ips"])
        if self.chance(0.5):
            return f"{self.of(name)} {self.dice.choice(['in', 'in', 'not in'])} {self.dice.choice(NETWORKS)}"
        return f"{self.of(name)} {self.equality()} {self.dice.choice([*ADDRESSES, 'destination_ip'])}"

    def in_set(self):
        word = self.dice.choice(["in", "in", "not in"])

        def texts():
            items = [quoted(each) for each in self.dice.sample(USERS, 2)]
            items += [quoted(self.dice.choice(FOLDED)) + "i"] if self.chance(0.3) else []
            items += ["target_user_name"] if self.chance(0.2) else []
            return f"{self.of('user_name')} {word} [{', '.join(items)}]"

        def numbers():
            items = self.dice.sample(["200", "404", "404.0", "500", "2.5"], 3)
            items += [self.number()] if self.chance(0.2) else []
            return f"{self.of('status_code')} {word} [{', '.join(items)}]"

        def addresses():
            items = self.dice.sample(ADDRESSES + NETWORKS, self.dice.randint(1, 3))
            items += [quoted("192.0.2.77")] if self.chance(0.2) else []
            return f"{self.of(self.dice.choice(['source_ip', 'dns_resolved_ips']))} {word} [{', '.join(items)}]"

        def named():
            name, field = self.dice.choice(self.lists)
            return f"{self.of(field)} {word} {name}"

        return self.one((3, texts), (2, numbers), (2, addresses), (2 if self.lists else 0, named))

    def pattern(self):
        left = self.one((4, lambda: self.of(self.dice.choice(["user_name", "request_path", "host_name", "process_name"]))),
                        (1, self.text), (1, lambda: "process_args"),
                        (1, lambda: self.of(self.dice.choice(["source_ip", "status_code", "mfa_used", "event_outcome"]))))  # fmt: skip
        negative = "not " if self.chance(0.25) else ""
        operator = self.dice.choice(["like", "like", "contains", "starts", "ends"])
        if self.chance(0.05):
            return f"{left} {negative}{operator} {self.dice.choice(['any', 'all'])} names"
        if self.chance(0.35):
            items = [self.one_pattern(operator, True) for _ in range(self.dice.randint(1, 3))]
            return f"{left} {negative}{operator} {self.dice.choice(['any', 'all'])} [{', '.join(items)}]"
        return f"{left} {negative}{operator} {self.one_pattern(operator, False)}"

    def one_pattern(self, operator, in_list):
        if operator == "like" and self.chance(0.5):
            return self.dice.choice(REGEXES)
        if operator == "like":
            return quoted(self.dice.choice(WILDCARDS)) + ("i" if self.chance(0.2) else "")
        if self.chance(0.15):
            return self.dice.choice(["target_user_name", "lower(process_name)", "extra.s"])
        return self.dice.choice(['"a"', '"e"', '"/"', '"B"i', '"-"', '"0"', '"é"', '"AN"i'])

    def is_null(self):
        name = self.dice.choice(["user_name", "target_user_name", "source_port", "mfa_used", "extra.s", "extra.o.p",
                                 "process_args", "process_args[1]", "lower(user_name)", "source_bytes + 1"])  # fmt: skip
        return f"{name} is {self.dice.choice(['', 'not '])}null"

    def enum(self):
        if self.chance(0.4):
            return f"{self.of('event_severity')} {self.order()} {quoted(self.dice.choice(SEVERITIES))}"
        if self.chance(0.2):
            words = [quoted(each) for each in self.dice.sample(SEVERITIES, 2)]
            return f"event_severity {self.dice.choice(['in', 'not in'])} [{', '.join(words)}]"
        fold = "i" if self.chance(0.1) else ""
        return f"{self.of('event_outcome')} {self.equality()} {quoted(self.dice.choice(OUTCOMES))}{fold}"

    def flag(self):
        return self.dice.choice(["mfa_used", "not mfa_used", "mfa_used == true", "mfa_used != true", "mfa_used == false"])

    def of_mac(self):
        return f"source_mac {self.equality()} {quoted(self.dice.choice(MACS).upper())}"

    def duration_compare(self):
        return f"{self.duration()} {self.order()} {self.duration()}"

    def time_compare(self):
        if self.chance(0.4):
            return f"{self.dice.choice(['hour', 'weekday'])}(event_time) {self.order()} {self.dice.randint(0, 7)}"
        time = f"2026-01-01T00:00:{self.dice.randint(10, 50)}Z"
        return f"event_time {self.dice.choice(['<', '>=', '=='])} {quoted(time)}"

    def listed(self):
        return self.dice.choice([
            f"process_args {self.equality()} {quoted(self.dice.choice(ARGS))}",
            f"process_args[{self.dice.randint(0, 2)}] {self.equality()} {quoted(self.dice.choice(ARGS))}",
            f"len(process_args) {self.order()} {self.dice.randint(0, 3)}",
            f"upper(process_args) {self.equality()} {quoted(self.dice.choice(ARGS).upper())}",
            "extract(process_args, /c|y/) is null", "extract(process_args, /-(.)/) == \"c\"",
            "extract(process_args, /-(.)/) != \"c\"", "find(process_args, \"-\") == 0",
            "substr(process_args, 0, 1) in [\"s\", \"x\"]",
            "concat(process_args, user_name) like \"*cann\"", f"len(dns_resolved_ips) {self.order()} 1",
            f"process_args {self.dice.choice(['in', 'not in'])} [\"-c\", \"x y\"]",
        ])  # fmt: skip

    def extra(self):
        return self.dice.choice([
            f"extra.s {self.equality()} {quoted(self.dice.choice(EXTRA_TEXTS))}",
            f"extra.n {self.order()} {self.dice.choice(['0', '1', '1.5', '10'])}",
            f"extra.n {self.equality()} {quoted(self.dice.choice(EXTRA_NUMBERS))}",
            f"extra.o.p {self.equality()} {quoted(self.dice.choice(EXTRA_TEXTS))}",
            f"extra.s {self.order()} extra.n",
            "extra.n == extra.m",
            "extra.s in 192.0.2.0/24",
            "extra.n in [1, 2.0, 10]",
            "extra.b == true",
            "user_name == extra.s",
            "extra.n + 1 > extra.m",
            f"extra.l[{self.dice.randint(0, 2)}] == {self.dice.choice(['1', '_x_', '10.5'])}".replace("_", '"'),
            "extra.l is null", "extra.l like \"*x*\"", "extra.o contains \"ann\"", "extra.s == true",
            "user_name not in [target_user_name]",
            "user_name not in [target_user_name, extra.s]", "user_name not like any [target_user_name, extra.s]",
            "geo_km(extra.n, extra.m, 1, status_code) > 100", "coalesce(process_args, user_name) == \"ann\"",
            "len(extra.s) > 2", "number(extra.s) >= 10", "extra.s like \"1*\"", "not extra.b == true",
        ])  # fmt: skip

    def of_captures(self):
        name = self.dice.choice(self.captures)
        return self.dice.choice([
            f"user_name == {name}.user_name", f"user_name != {name}.user_name", f"source_ip == {name}.source_ip",
            f"status_code > {name}.status_code", f"host_name == {name}.host_name", f"source_bytes >= {name}.source_bytes",
            f"event_time - {name}.event_time {self.order()} {self.dice.choice(['1s', '2s', '5s'])}",
            f"lower(user_name) == lower({name}.target_user_name)", f"extra.n == {name}.extra.n",
            f"process_name in [{name}.process_name, \"cron\"]",
        ])  # fmt: skip

    def of_alert(self):
        return self.dice.choice([f"alert.count >= {self.dice.randint(1, 4)}", f"alert.tags == {quoted(self.dice.choice('ab'))}",
                                 "alert.last_time > alert.first_time", "event_time - alert.first_time >= 2s",
                                 f"event_severity >= {quoted(self.dice.choice(SEVERITIES))}",
                                 "alert.values.user_name == \"ann\"",
                                 "len(alert.values.user_name) >= 2", "threat_technique_id starts \"T1\"",
                                 "alert.tags is null", "alert.tags != \"a\"", "len(alert.tags) == 0",
                                 "alert.values.user_name is null",
                                 "alert.values.user_name[0] == \"ann\"", "alert.values.user_name not like \"a*\"",
                                 "alert.tags not in [\"a\"]", "upper(alert.tags) != \"A\"", "len(upper(alert.tags)) == 0",
                                 "alert.values.extra.s == \"x\"", "len(alert.id) == 32", "rule_name ends \"0\"",
                                 "message like \"*n*\"", "rule_id is null"])  # fmt: skip

    def of_lookup(self):
        name = self.lookup
        return self.dice.choice([f"{name}.tier == \"server\"", f"{name}.cpus >= 4", f"{name}.tier is null",
                                 f"{name}.net == source_ip",
                                 f"{name}.tier == extra.s", f"{name}.cpus == extra.n"])  # fmt: skip

    # ---- values

    def text(self, depth=2):
        if depth == 0 or self.chance(0.4):
            return self.of(self.dice.choice(["user_name", "target_user_name", "host_name", "process_name", "request_path"]))
        inner = self.text(depth - 1)
        return self.one(lambda: f"lower({inner})", lambda: f"upper({inner})",
                        lambda: f"substr({inner}, {self.dice.choice(['0, 2', '1', '-2', '1, -1', '-3, -1', '5'])})",
                        lambda: f"concat({inner}, \"-\", {self.text(0)})",
                        lambda: f"coalesce({inner}, {self.text(0)}, \"none\")", lambda: f"basename({inner})",
                        lambda: f"extract({inner}, {self.dice.choice(['/n(.)/', '/[a-z]+/', '/(x)|(.)$/', '/^.(.*).$/'])})",
                        lambda: f"text({self.dice.choice(SHOWN)})")  # fmt: skip

    def number(self, depth=2):
        if depth == 0 or self.chance(0.4):
            return self.one((4, lambda: self.of(self.dice.choice(list(NUMBER_FIELDS)))), lambda: f"len({self.text(0)})",
                            lambda: "extra.n", lambda: "extra.m",
                            lambda: f"find({self.text(0)}, {self.dice.choice(FOUND)})",
                            lambda: f"number({self.dice.choice(['extra.s', 'request_path', 'text(status_code)'])})",
                            lambda: f"seconds({self.duration(0)})")  # fmt: skip
        inner = self.number(depth - 1)
        literal = self.dice.choice(["1", "2", "-3", "0", "100", "2.0", "0.5"])
        whole = inner if inner in NUMBER_FIELDS else "status_code"
        return self.one(lambda: f"({inner} + {literal})", lambda: f"({inner} - {self.number(0)})",
                        lambda: f"({inner} * {literal})", lambda: f"({inner} / {literal})",
                        lambda: f"({whole} % {self.dice.choice(['7', '100', 'source_port', '0'])})",
                        lambda: f"abs({inner} - 300)", lambda: f"-({inner})", lambda: f"coalesce({inner}, 7)")  # fmt: skip

    def duration(self, depth=1):
        if depth == 0 or self.chance(0.6):
            return self.dice.choice([self.of("event_duration"), self.dice.choice(DURATIONS)])
        return self.dice.choice([f"({self.duration(0)} + {self.duration(0)})",
                                 f"(event_duration * {self.dice.choice(['2', '1.5', '0'])})",
                                 f"(event_duration / {self.dice.choice(['2', '3', '0.5'])})", "(2s - event_duration)",
                                 "abs(event_duration - 1s)"])  # fmt: skip
