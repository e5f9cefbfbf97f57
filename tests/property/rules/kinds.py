# SPDX-License-Identifier: Apache-2.0
# The kinds of rules over a `match`: each takes events in order and gives firings, and keeps all that it has seen of a key.
# A runner has take(event), and due() and ring() for what time alone makes fire.
from alerts import Firing
from expressions import Context
from windows import in_order


class Runner:
    def __init__(self, rule):
        self.rule = rule
        self.last_hit = {}  # key: when the open alert was hit last
        self.fired = {}  # key: when the open alert fired

    # ---- open alerts

    def is_open(self, key, time):
        """Is an alert of the key open at that time? One that is not any more is forgotten."""
        since = {"after": self.last_hit, "every": self.fired}.get(self.rule.rearm, {})
        if key in since and time - since[key] <= self.rule.rearm_span:
            return True
        self.last_hit.pop(key, None)
        self.fired.pop(key, None)
        return False

    def opens(self, key, time):
        """Something would fire: does it? Else it is a hit of the open alert."""
        if self.is_open(key, time):
            self.last_hit[key] = time
            return False
        self.last_hit[key] = self.fired[key] = time
        return True

    # ---- events

    def counted(self, event):
        """The key under which an event counts, else None."""
        for match in self.rule.matches:
            if match.takes(event):
                return match.key(event)
        return None

    def cleared(self, event):
        """The keys that an event of `until` clears."""
        for until in self.rule.until:
            if until.takes(event):
                key = until.key(event)
                if key is not None:
                    yield key

    def take(self, event):
        for key in self.cleared(event):
            self.clear(key, event.time)
        key = self.counted(event)
        return [] if key is None else self.count(key, event)

    def clear(self, key, time):
        pass

    def due(self):
        """When time alone makes something happen next, or None."""
        return None

    def ring(self, time):
        """What happens at that time."""
        return []


class Each(Runner):
    def count(self, key, event):
        if not self.rule.stateful or self.opens(key, event.time):
            return [Firing(self.rule, key, event.time, [event])]
        return []


class Within(Runner):
    """A window that slides, judged after each event."""

    def __init__(self, rule):
        super().__init__(rule)
        self.events = {}  # key: the counted events since they were cleared
        self.episodes = {}  # key: those since a pause longer than the window, hits included
        self.below_open = set()

    def clear(self, key, time):
        self.events.pop(key, None)
        self.episodes.pop(key, None)

    def count(self, key, event):
        rule = self.rule
        episode = self.episodes.get(key, [])
        goes_on = episode and event.time - episode[-1].time <= rule.span
        self.episodes[key] = [*episode, event] if goes_on else [event]
        if rule.rearm in ("after", "every") and self.is_open(key, event.time):
            self.last_hit[key] = event.time
            return []
        events = self.events.setdefault(key, [])
        events.append(event)
        window = [each for each in events if event.time - each.time <= rule.span]
        if not rule.aggregates.true_of(window):
            self.below_open.discard(key)
            return []
        if rule.rearm == "below" and key in self.below_open:
            return []
        firing = Firing(rule, key, event.time, rule.aggregates.causes(window), self.episodes[key])
        if rule.rearm == "below":
            self.below_open.add(key)
        elif rule.rearm != "always":
            self.opens(key, event.time)
            del self.events[key]
        return [firing]


class Bucket:
    """level: in ns; new: the events that made it rise."""

    def __init__(self):
        self.level = 0
        self.time = None
        self.events, self.new, self.values = [], [], set()


class Leak(Runner):
    def __init__(self, rule):
        super().__init__(rule)
        self.buckets = {}
        self.aggregate = rule.aggregates.all[0]

    def clear(self, key, time):
        self.buckets.pop(key, None)

    def count(self, key, event):
        rule = self.rule
        if rule.rearm in ("after", "every") and self.is_open(key, event.time):
            self.last_hit[key] = event.time
            return []
        bucket = self.buckets.setdefault(key, Bucket())
        if bucket.time is not None and event.time - bucket.time >= bucket.level:
            bucket = self.buckets[key] = Bucket()
        elif bucket.time is not None:
            bucket.level -= event.time - bucket.time
        bucket.time = event.time
        bucket.events.append(event)
        value = event.number if self.aggregate.kind == "count" else self.aggregate.tuple_of(event)
        if value is not None and value not in bucket.values:
            bucket.values.add(value)
            bucket.new.append(event)
            bucket.level += rule.span
        if not self.over(bucket.level):
            return []
        causes = in_order([*bucket.new[-self.aggregate.least :], event])
        firing = Firing(rule, key, event.time, causes, bucket.events)
        if rule.rearm != "always":
            self.opens(key, event.time)
            self.clear(key, event.time)
        return [firing]

    def over(self, level):
        """`> N` means more than N times the span, `>= N` as much; least is N + 1 or N."""
        exceeds = self.rule.aggregates.exceeds
        least = self.aggregate.least
        return level > (least - 1) * self.rule.span if exceeds else level >= least * self.rule.span


class Every(Runner):
    """Windows side by side from the epoch, judged at their ends."""

    def __init__(self, rule):
        super().__init__(rule)
        self.windows = {}  # (key, end): its events

    def clear(self, key, time):
        """What is over and waits to be judged stays."""
        self.windows = {each: events for each, events in self.windows.items() if each[0] != key or each[1] <= time}

    def count(self, key, event):
        end = (event.time // self.rule.span + 1) * self.rule.span
        self.windows.setdefault((key, end), []).append(event)
        return []

    def due(self):
        return min((end for _, end in self.windows), default=None)

    def ring(self, time):
        found = []
        for (key, end), events in list(self.windows.items()):
            if end != time:
                continue
            del self.windows[key, end]
            if self.rule.aggregates.true_of(events) and self.opens(key, time):
                found.append(Firing(self.rule, key, time, self.rule.aggregates.causes(events), events))
        return found


class Session(Every):
    """A window that ends a span after its last event."""

    def clear(self, key, time):
        self.windows = {each: events for each, events in self.windows.items() if each[0] != key}

    def count(self, key, event):
        before = next((each for each in self.windows if each[0] == key), None)
        events = self.windows.pop(before, [])
        self.windows[key, event.time + self.rule.span] = [*events, event]
        return []


class Absent(Runner):
    def __init__(self, rule):
        super().__init__(rule)
        self.last = {}

    def clear(self, key, time):
        self.last.pop(key, None)

    def count(self, key, event):
        self.last[key] = event
        return []

    def due(self):
        return min((event.time + self.rule.span for event in self.last.values()), default=None)

    def ring(self, time):
        found = []
        for key, event in list(self.last.items()):
            if event.time + self.rule.span == time:
                del self.last[key]
                if self.opens(key, time):
                    found.append(Firing(self.rule, key, time, [event]))
        return found


class New(Runner):
    """Tuples that were not seen for some time."""

    def __init__(self, rule):
        super().__init__(rule)
        self.first = None
        self.seen = {}  # (key, tuple): when last

    def clear(self, key, time):
        self.seen = {each: time for each, time in self.seen.items() if each[0] != key}

    def count(self, key, event):
        rule = self.rule
        self.first = event.time if self.first is None else self.first
        values = tuple(expr.get(Context(event)) for expr in rule.tuple)
        if None in values:
            return []
        last = self.seen.get((key, values))
        self.seen[key, values] = event.time
        if last is not None and event.time - last <= rule.over or event.time - self.first < rule.learning:
            return []
        return [Firing(rule, key, event.time, [event])] if self.opens(key, event.time) else []
