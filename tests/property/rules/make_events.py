# SPDX-License-Identifier: Apache-2.0
# Random streams: JSON lines in the form of event.yaml. Few keys and values, gaps at exactly the durations of rules and 1 ns
# off, equal times; then permuted within the lateness, with events that are late or strays, in one file or several.
import json

import make_conditions as few
import make_rules

START_NS = 1767225600 * 10**9  # 2026-01-01T00:00:00Z
SECOND_NS = 10**9
HOUR_NS = 3600 * SECOND_NS
LATENESS_NS = 5 * SECOND_NS
# Surrogates stand for bytes that are none of UTF-8.
PATHS = ["/", "/admin", "/Admin/x.php", "/a/b?c", "C:\\dir\\x.exe", "a\nb", "10", 'q"ü\t', "/a\udcff", "\udce9\udca1/x", "文/é", ""]
SPANS_NS = [SECOND_NS, 2 * SECOND_NS, 5 * SECOND_NS, 10 * SECOND_NS]


class Line:
    """A line of a file: its time (None: a comment) and its members."""

    def __init__(self, time, members):
        self.time = time
        self.members = members

    def text(self):
        if self.time is None:
            return "# a comment, which has a record"
        return json.dumps({**self.members, "event_time": shown(self.time)}, ensure_ascii=False, separators=(",", ":"))


def shown(time):
    import times

    return times.show(time)


def maybe(dice, members, name, probability, value):
    if dice.random() < probability:
        members[name] = value()


def members_of(dice, types=make_rules.TYPES):
    found = {"type": dice.choice(types)}
    pick = dice.choice
    maybe(dice, found, "user_name", 0.9, lambda: pick(few.USERS[:2] * 4 + few.USERS))
    maybe(dice, found, "target_user_name", 0.5, lambda: pick(few.USERS))
    maybe(dice, found, "source_ip", 0.85, lambda: pick(few.ADDRESSES[:1] * 4 + few.ADDRESSES))
    maybe(dice, found, "destination_ip", 0.4, lambda: pick(few.ADDRESSES))
    maybe(dice, found, "host_name", 0.95, lambda: pick(few.HOSTS[:1] * 3 + few.HOSTS))
    maybe(dice, found, "process_name", 0.5, lambda: pick(few.PROCESSES))
    maybe(dice, found, "request_path", 0.5, lambda: pick(PATHS))
    maybe(dice, found, "log_level", 0.4, lambda: pick(["info", "WARN", "error"]))
    maybe(dice, found, "event_outcome", 0.8, lambda: pick(few.OUTCOMES[:2] + few.OUTCOMES))
    maybe(dice, found, "event_severity", 0.5, lambda: pick(few.SEVERITIES))
    for name, values in few.NUMBER_FIELDS.items():
        maybe(dice, found, name, 0.75, lambda values=values: pick(values))
    maybe(dice, found, "event_duration", 0.5, lambda: pick([500, 1000, 1500, 2000, 0, -500]) * 10**6)
    maybe(dice, found, "mfa_used", 0.5, lambda: pick([True, False]))
    maybe(dice, found, "source_mac", 0.4, lambda: pick(few.MACS))
    maybe(dice, found, "process_args", 0.5, lambda: dice.sample(few.ARGS, dice.randint(1, 3)))
    maybe(dice, found, "dns_resolved_ips", 0.3, lambda: dice.sample(few.ADDRESSES[:4], dice.randint(1, 2)))
    maybe(dice, found, "s", 0.5, lambda: pick(few.EXTRA_TEXTS))
    maybe(dice, found, "n", 0.5, lambda: pick([0, 1, 2, 10, -3, 1.5, 2.0, "10", "x"]))
    maybe(dice, found, "m", 0.3, lambda: pick([0, 1, 2.0]))
    maybe(dice, found, "k", 0.6, lambda: pick(["a", "b", 1]))
    maybe(dice, found, "b", 0.3, lambda: pick([True, False]))
    maybe(dice, found, "l", 0.3, lambda: pick([[1, "x"], ["x"], [10.5, 1, 1], "x", []]))
    maybe(dice, found, "o", 0.4, lambda: {"p": pick(few.EXTRA_TEXTS)})
    return found


def in_order(dice, count, types=make_rules.TYPES):
    """Events by time."""
    time, found, kinds = START_NS + dice.randint(0, 20) * SECOND_NS, [], [members_of(dice, types) for _ in range(max(3, count // 3))]
    for number in range(count):
        # An event is often one that was there before, but for a member or two.
        members = dict(dice.choice(kinds))
        fresh = members_of(dice, types)
        for name in dice.sample(list(fresh), min(len(fresh), 2)):
            members[name] = fresh[name]
        if dice.random() < 0.5:
            members["u"] = number
        found.append(Line(time, members))
        span = dice.choice(SPANS_NS)
        time += dice.choice([0, 0, 1, 500 * 10**6, SECOND_NS, SECOND_NS, SECOND_NS, span, span, span - 1, span + 1])
    return found


def permuted(dice, lines):
    """Events of different times change places within the lateness; those of equal times keep their order."""
    keyed = {}
    for line in lines:
        keyed.setdefault(line.time, line.time + dice.randint(0, LATENESS_NS))
    return sorted(lines, key=lambda line: keyed[line.time])


def disturbed(dice, lines):
    """With events that come too late, far ahead, and comments between."""
    found = list(lines)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(found))
        kind = dice.choice(["late", "late", "stray", "stray", "edge", "comment", "jump"])
        time = found[at].time
        if kind == "comment" or time is None:
            found.insert(at, Line(None, None))
        elif kind == "late":
            back = dice.choice([LATENESS_NS - 1, LATENESS_NS, LATENESS_NS + 1, 7 * SECOND_NS, 20 * SECOND_NS])
            found.insert(at, Line(time - back, members_of(dice)))
        elif kind == "edge":
            found.insert(at, Line(time + dice.choice([HOUR_NS, HOUR_NS + 1, HOUR_NS - 1]), members_of(dice)))
        elif kind == "stray":
            found.insert(at, Line(time + dice.choice([2, 24]) * HOUR_NS, members_of(dice)))
            if dice.random() < 0.3:
                found.insert(at + 1, Line(time + dice.choice([1, 2, 3]) * HOUR_NS, members_of(dice)))
        else:
            for line in found[at:]:
                line.time = line.time and line.time + HOUR_NS + dice.choice([-1, 0, 1, SECOND_NS])
    return found


def stream(dice, count, types=make_rules.TYPES):
    """Files, each a list of lines."""
    lines = in_order(dice, count, types)
    if dice.random() < 0.4:
        lines = permuted(dice, lines)
    if dice.random() < 0.3:
        lines = disturbed(dice, lines)
    how = dice.choices(["one", "dealt", "pieces"], [5, 3, 2])[0]
    number = dice.randint(2, 3)
    if how == "dealt":
        files = [[] for _ in range(number)]
        for line in lines:
            dice.choice(files).append(line)
        return files + [[]] * (dice.random() < 0.1)
    if how == "pieces":
        cuts = sorted(dice.sample(range(len(lines)), min(number - 1, len(lines))))
        return [lines[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(lines)])]
    return [lines]
