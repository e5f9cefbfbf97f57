# SPDX-License-Identifier: Apache-2.0
# All rules of a run over all its events: an event goes through every rule, then the alerts that it raised do, and what
# time makes fire comes between events of different times.
import alerts
import chains
import kinds
from stream import NEVER

RUNNERS = {"each": kinds.Each, "absent": kinds.Absent, "new": kinds.New, "sequence": chains.Sequence,
           "together": chains.Together, "within": kinds.Within, "every": kinds.Every, "session": kinds.Session,
           "leak": kinds.Leak}  # fmt: skip


DEFAULT_LATE_NS = 5 * 10**9


class Run:
    def __init__(self, rules, late=DEFAULT_LATE_NS):
        self.runners = [RUNNERS[rule.window if rule.kind == "window" else rule.kind](rule) for rule in rules]
        self.late = late  # of the run; that of a rule may be larger
        self.alerts = []
        self.numbers = 0

    def over(self, events, newest):
        """All alerts, those of silent rules too, as events in their order. newest: up to when timers ring; what is
        beyond are strays."""
        newest = -NEVER if newest is None else newest
        for event in events:
            self.ring_before(min(event.time, newest + 1))
            self.cascade(event)
        self.ring_before(newest + 1)
        return self.alerts

    # ---- events

    def sees(self, runner, event):
        """Strays and events that are late for a rule reach rules without state alone, alerts what is above them."""
        if event.rule is not None and event.rule not in runner.rule.below:
            return False
        return not runner.rule.stateful or event.late <= max(runner.rule.late, self.late)

    def firings(self, event):
        """[(firing, how late its alert is)] of an event or alert, of all rules."""
        event.number = self.numbers
        self.numbers += 1
        found = []
        for runner in self.runners:
            if self.sees(runner, event):
                found += [(firing, event.late) for firing in runner.take(event)]
        return found

    def cascade(self, event):
        """Gives an event to all rules, then the alerts by depth, name and key, those over alerts too."""
        pending = self.firings(event)
        while pending:
            pending.sort(key=lambda each: rank(each[0]))
            firing, late = pending.pop(0)
            pending += self.firings(self.raise_alert(firing, late))

    def raise_alert(self, firing, late):
        alert = alerts.event_of(firing)
        alert.late = late
        self.alerts.append(alert)
        return alert

    # ---- time

    def ring_before(self, time):
        """Lets ring all timers that are due before a time, in their order."""
        while True:
            due = min((each for each in (runner.due() for runner in self.runners) if each is not None), default=None)
            if due is None or due >= time:
                return
            self.ring(due)

    def ring(self, time):
        """The timers of one time: by their newest causes, then depth, name and key; then the alerts over those."""
        due = [firing for runner in self.runners if runner.due() == time for firing in runner.ring(time)]
        raised = [self.raise_alert(firing, -NEVER) for firing in sorted(due, key=timer_rank)]
        pending = [firing for alert in raised for firing, _ in self.firings(alert)]
        while pending:
            pending.sort(key=timer_rank)
            alert = self.raise_alert(pending.pop(0), -NEVER)
            pending += [firing for firing, _ in self.firings(alert)]


def timer_rank(firing):
    return (firing.causes[-1].order(), rank(firing))


def rank(firing):
    return (firing.rule.depth, firing.rule.number, tuple(each(value) for each, value in zip(firing.rule.key_orders, firing.key)))
