#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rules.py --tools FOLDER --logs FOLDER --build TEXT

What many rules cost: thousands of generated rules of one predicate each over a million mixed events, from JSON text to
alerts, against one rule that takes nothing, and against the same rules tried one by one, with the same code for their
predicates, over fewer events. And what much state costs: a key for each event of one threshold, and distinct values in
one window, few of them and as many as events. Each way is run in turn, the best time counts. It fails when two ways
give another number of alerts over the same events, and when memory reaches MAX_PEAK_KIB, or MAX_KEYS_PEAK_KIB with a
million keys. ARGOT_BENCH_EVENTS is the number of events (1000000), ARGOT_BENCH_ROUNDS how often each way runs (5).
"""
import os
import re
import subprocess
import sys

import bench

EVENTS = int(os.environ.get("ARGOT_BENCH_EVENTS", "1000000"))
FEW_EVENTS = min(10000, EVENTS)  # for one by one
FORMAT = "bench_events"
MAX_PEAK_KIB = 100 * 1024
MAX_KEYS_PEAK_KIB = 200 * 1000 * 1000 // 1024
SAYS = re.compile(
    r"^(?P<rules>\d+) rules, load (?P<load>[\d.]+) s, (?P<events>\d+) events, (?P<alerts>\d+) alerts, "
    r"make (?P<make>[\d.]+) s, judge (?P<judge>[\d.]+) s, judged (?P<judged>[\d.]+), peak (?P<peak>\d+) KiB$"
)
KEYS = "rule keys { limit 2000000 match AUTH_LOGIN by source_ip when count >= 5 within 12h }\n"
DISTINCT = "rule values { match AUTH_LOGIN by host_name when distinct(source_ip) >= 100000000 within 12h }\n"
ALWAYS = 'event_provider in ["windows", "linux", "apache"] and '


class Way:
    """One set of rules over one log."""

    def __init__(self, title, rules, log, each=False, log_format=FORMAT):
        self.title = title
        self.command = ["-e"] if each else []
        self.command += ["-f", log_format, str(rules), str(log)]
        self.runs = []

    def run(self, program):
        done = subprocess.run([program, *self.command], capture_output=True, text=True, check=False)
        said = SAYS.match(done.stdout.strip())
        if done.returncode or not said:
            sys.exit(f"{self.title}: status {done.returncode}\n{done.stdout}{done.stderr}")
        self.runs.append({name: float(value) for name, value in said.groupdict().items()})

    def best(self, name):
        return min(run[name] for run in self.runs)

    def last(self, name):
        return int(self.runs[-1][name])

    def us(self, name):
        return self.best(name) / self.best("events") * 1e6


def made(options, name, *arguments):
    """What the generator writes; kept while the generator is the same."""
    generator = options.tools / "gen_events"
    path = options.logs / name
    if not path.exists() or path.stat().st_mtime < generator.stat().st_mtime:
        options.logs.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with open(unfinished, "wb") as out:
            subprocess.run([generator, *arguments], stdout=out, check=True)
        unfinished.rename(path)
    return path


def rules_of(options, count, where=""):
    arguments = ["rules", str(count), str(EVENTS)] + ([where] if where else [])
    return made(options, f"bench-{count}{'-always' if where else ''}-{EVENTS}.rule", *arguments)


def written(options, name, text):
    path = options.logs / name
    path.write_text(text)
    return path


def state_ways(options):
    many = made(options, f"sshd-{EVENTS}-many.log", "sshd", str(EVENTS), str(EVENTS))
    few = made(options, f"sshd-{EVENTS}-few.log", "sshd", str(EVENTS), "10")
    keys, values = written(options, "keys.rule", KEYS), written(options, "values.rule", DISTINCT)
    return [
        Way("10 values", values, few, log_format="sshd"),
        Way(f"{EVENTS} values", values, many, log_format="sshd"),
        Way(f"{EVENTS} keys", keys, many, log_format="sshd"),
    ]


def print_table(ways, one):
    print(f"{'':24}{'load s':>8}{'make':>8}{'judge':>8}{'sum':>8}{'events/s':>10}{'/ 1 rule':>10}{'judged':>10}{'alerts':>8}{'MiB':>6}")
    for way in ways:
        total = way.us("make") + way.us("judge")
        share = 100 * way.best("judged") / way.best("rules")
        print(
            f"{way.title:24}{way.best('load'):8.3f}{way.us('make'):8.3f}{way.us('judge'):8.3f}{total:8.3f}"
            f"{1e6 / total:10.0f}{total / (one.us('make') + one.us('judge')):10.2f}{share:9.4f}%"
            f"{way.last('alerts'):8}{way.best('peak') / 1024:6.0f}"
        )


def main():
    options = bench.benchmark_parser("tools", "logs", argot=False).parse_args()
    program = options.tools / "rules_bench"
    log = made(options, f"events-{EVENTS}.jsonl", "events", str(EVENTS))
    few = made(options, f"events-{FEW_EVENTS}-few.jsonl", "events", str(FEW_EVENTS))
    one = Way("1 rule", written(options, "nothing.rule", "rule nothing { match APP_LOG }\n"), log)
    ways = [
        one,
        Way("3000 rules", rules_of(options, 3000), log),
        Way("3000, one true for all", rules_of(options, 3000, ALWAYS), log),
        Way("10000 rules", rules_of(options, 10000), log),
    ]
    each = Way("3000 one by one", rules_of(options, 3000), few, each=True)
    same = Way("3000 rules", rules_of(options, 3000), few)
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print(f"times      microseconds of processor time for each event; best of {bench.ROUNDS} interleaved rounds. make: from")
    print("           JSON text to events, judge: from events to alerts. judged: share of the rules that were evaluated")
    state = state_ways(options)
    for _ in range(bench.ROUNDS):
        for way in ways + state:
            way.run(program)
    for _ in range(min(2, bench.ROUNDS)):
        for way in (each, same):
            way.run(program)
    print(f"{EVENTS} events")
    print_table(ways, one)
    print(f"{FEW_EVENTS} events")
    print_table([same, each], same)
    print(f"one by one takes {each.us('judge') / same.us('judge'):.0f} times as long to judge")
    print(f"{EVENTS} lines of sshd")
    print_table(state, state[0])
    if each.last("alerts") != same.last("alerts") or ways[1].last("alerts") != ways[2].last("alerts"):
        sys.exit("not the same alerts")
    if ways[1].best("peak") >= MAX_PEAK_KIB:
        sys.exit(f"3000 rules take {ways[1].best('peak') / 1024:.0f} MiB")
    if EVENTS <= 1000000 and state[2].best("peak") >= MAX_KEYS_PEAK_KIB:
        sys.exit(f"{EVENTS} keys take {state[2].best('peak') / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
