# SPDX-License-Identifier: Apache-2.0
# Sequences and together. A partial is a sequence that has come some steps far; those that wait for a step lie in its slot.
from alerts import Firing
from kinds import Runner
from windows import in_order

MOST_READ = 4  # partials in a slot whose step reads captures


class Partial:
    """events: those of each step so far. counted: what it counted itself of a step that reads captures."""

    def __init__(self, events):
        self.events = events
        self.counted = []

    def first(self):
        return self.events[0][0]

    def last(self):
        return self.events[-1][-1]

    def captures(self):
        return [each[-1] for each in self.events]


class Slot:
    """The partials that wait for a step. past: replaced ones, which an event of a counted step may still remember."""

    def __init__(self):
        self.now = []
        self.past = []
        self.counted = []  # of a counted step: (event, the partial that waited when it came)

    def all(self):
        return self.past + self.now

    def remove(self, partial):
        self.now = [each for each in self.now if each is not partial]
        self.past = [each for each in self.past if each is not partial]


class Key:
    """What is kept of a key."""

    def __init__(self, steps):
        self.slots = [Slot() for _ in range(steps)]
        self.waiting = None


class Sequence(Runner):
    def __init__(self, rule):
        super().__init__(rule)
        self.keys = {}
        self.absences = {}  # key: the events of a leading `without`
        self.last = len(rule.steps) - 1
        self.reads = [self.reads_later(number) for number in range(len(rule.steps))]

    def reads_later(self, number):
        """Does this step, or a later one, read a capture of a step before this one?"""
        return any(capture < number for step in self.rule.steps[number:] for capture in step.taken.reads_captures)

    def of(self, key):
        return self.keys.setdefault(key, Key(len(self.rule.steps)))

    # ---- an event

    def take(self, event):
        """First `until`, then the steps from the last back, then `without` and `then no`."""
        self.firings, self.spared, self.done = [], [], set()
        for key in self.cleared(event):
            self.keys.pop(key, None)
        for number in range(self.last, -1, -1):
            self.try_step(number, event)
        self.kill(event)
        return self.firings

    def try_step(self, number, event):
        step = self.rule.steps[number]
        if step.taken.reads_captures:
            key = step.taken.key(event)
            if key is not None and key not in self.done:
                self.step_that_reads(number, key, event)
            return
        if not step.taken.takes(event):
            return
        key = step.taken.key(event)
        if key is None or key in self.done:
            return
        if number == 0:
            self.first_step(key, event)
        elif step.count == 1:
            fitting = [each for each in self.of(key).slots[number].now if self.fits(each, number, [event])]
            if fitting:
                self.advance(key, number, fitting[-1], [event])
        else:
            self.counted_step(number, key, event)

    def first_step(self, key, event):
        step, slot = self.rule.steps[0], self.of(key).slots[0]
        slot.counted.append((event, None))
        newest = [each for each, _ in slot.counted[-step.count :]]
        if len(newest) < step.count or newest[-1].time - newest[0].time > self.rule.span:
            return
        if step.count > 1 and step.within is not None and newest[-1].time - newest[0].time > step.within:
            return
        if step.without:
            begin = newest[0].time - step.without_span
            if any(each.time >= begin and each.number < newest[0].number for each in self.absences.get(key, [])):
                return
        self.put(key, 0, Partial([newest]))

    def counted_step(self, number, key, event):
        """The partial that the first of the N newest remembers advances, if it still lives."""
        step, slot = self.rule.steps[number], self.of(key).slots[number]
        slot.counted.append((event, slot.now[-1] if slot.now else None))
        newest = slot.counted[-step.count :]
        partial = newest[0][1]
        if len(newest) < step.count or not any(each is partial for each in slot.all()):
            return
        events = [each for each, _ in newest]
        if self.fits(partial, number, events):
            self.advance(key, number, partial, events)

    def step_that_reads(self, number, key, event):
        """The newest partial for which the condition and the spans hold advances; each counts its own events."""
        step, slot = self.rule.steps[number], self.of(key).slots[number]
        ready = []
        for partial in slot.now:
            if not step.taken.takes(event, partial.captures()):
                continue
            partial.counted.append(event)
            newest = partial.counted[-step.count :]
            if len(newest) == step.count and self.fits(partial, number, newest):
                ready.append((partial, newest))
        if ready:
            self.advance(key, number, *ready[-1])

    def fits(self, partial, number, events):
        step = self.rule.steps[number]
        if events[-1].time - partial.first().time > self.rule.span:
            return False
        begin = partial.last() if step.count == 1 else events[0]
        return step.within is None or events[-1].time - begin.time <= step.within

    def copies(self, number):
        """Does a partial stay in the slot before this step when it advances? Where a later one has a `within`."""
        return any(step.within is not None for step in self.rule.steps[number + 1 :])

    def advance(self, key, number, partial, events):
        if not self.copies(number):
            self.of(key).slots[number].remove(partial)
        self.put(key, number, Partial([*partial.events, events]))

    def put(self, key, number, partial):
        """A partial that has made a step: into the next slot, or it is complete."""
        self.spared.append(partial)
        if number == self.last:
            self.complete(key, partial)
            return
        slot = self.of(key).slots[number + 1]
        slot.now.append(partial)
        most = MOST_READ if self.reads[number + 1] else 1
        while len(slot.now) > most:
            slot.past.append(slot.now.pop(0))

    def complete(self, key, partial):
        if not self.rule.then_no:
            self.fire(key, partial, partial.last().time)
            if self.rule.rearm != "always":
                self.done.add(key)
        elif self.of(key).waiting is None:
            self.of(key).waiting = partial

    def fire(self, key, partial, time):
        if self.rule.rearm != "always":
            del self.keys[key]
        if self.opens(key, time):
            causes = in_order([each for step in partial.events for each in step])
            self.firings.append(Firing(self.rule, key, time, causes, captures=partial.captures()))

    # ---- what must not come

    def kill(self, event):
        for number, step in enumerate(self.rule.steps):
            for without in step.without:
                if number == 0 and without.takes(event):
                    key = without.key(event)
                    if key is not None:
                        self.absences.setdefault(key, []).append(event)
                elif number > 0:
                    self.kill_waiting(without, number, event)
        for without in self.rule.last_without:
            self.kill_complete(without, event)
        if self.rule.then_no:
            self.kill_complete(self.rule.then_no, event)

    def is_spared(self, partial):
        return any(each is partial for each in self.spared)

    def kill_waiting(self, without, number, event):
        key = without.key(event)
        if key is None or key not in self.keys:
            return
        slot = self.keys[key].slots[number]
        for partial in slot.all():
            if not self.is_spared(partial) and without.takes(event, partial.captures()):
                slot.remove(partial)

    def kill_complete(self, absent, event):
        key = absent.key(event)
        waiting = self.keys[key].waiting if key is not None and key in self.keys else None
        if waiting and not self.is_spared(waiting) and absent.takes(event, waiting.captures()):
            self.keys[key].waiting = None

    # ---- time

    def due(self):
        waiting = [key.waiting.last().time for key in self.keys.values() if key.waiting]
        return min(waiting) + self.rule.then_no_span if waiting else None

    def ring(self, time):
        self.firings = []
        for key, kept in list(self.keys.items()):
            if kept.waiting and kept.waiting.last().time + self.rule.then_no_span == time:
                partial, kept.waiting = kept.waiting, None
                self.fire(key, partial, time)
        return self.firings


class Together(Runner):
    """Each member keeps its newest events."""

    def __init__(self, rule):
        super().__init__(rule)
        self.members = {}  # key: the events of each member

    def take(self, event):
        touched = []
        for number, step in enumerate(self.rule.steps):
            if not step.taken.takes(event):
                continue
            key = step.taken.key(event)
            if key is not None:
                self.members.setdefault(key, [[] for _ in self.rule.steps])[number].append(event)
                touched += [key] if key not in touched else []
        return [firing for key in touched for firing in self.judge(key, event)]

    def judge(self, key, event):
        rule = self.rule
        used = []
        for step, events in zip(rule.steps, self.members[key]):
            newest = events[-step.count :]
            within = len(newest) == step.count and event.time - newest[0].time <= rule.span
            used.append(newest if within else None)
        there = [each for each in used if each]
        if len(there) < rule.quorum or not any(each[-1] is event for each in there):
            return []
        if rule.rearm != "always":
            del self.members[key]
        if not self.opens(key, event.time):
            return []
        causes = in_order([each for newest in there for each in newest])
        return [Firing(rule, key, event.time, causes, captures=[each and each[-1] for each in used])]
