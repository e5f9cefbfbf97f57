#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""replay.py --argot PROGRAM [--seed N] [--count N] [--keep]

Random rules over random streams, in order or permuted within the lateness, in one file and several: `argot detect` over
the files, `argot run` with these rules, and `argot detect --from-store` over what the run has stored, in one segment or
many, give the same alerts, with their ids and causes, but for the mark of the replay. So they do when some files were read
with a wrong format first, and `argot replay` made events of the dead letters, killed at random moments; and then the
store is the same, row for row.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "rules"), os.path.join(HERE, "naive")]

import kill  # noqa: E402
import make_events  # noqa: E402
import make_rules  # noqa: E402
from pair import Pair, write_files  # noqa: E402

CASES = 12  # of rules, in one round
LEAST_EVENTS, MOST_EVENTS = 60, 250
NOISE = 0.05  # of lines that no format knows
TIMEOUT_S = 60
MORE_SEEDS = 5  # where all replays were quicker than their ends
WRONG = "aws_cloudtrail"
# What may differ between a store that was right from the begin and one that was mended.
kill.LEFT_OUT = {"events": {"id", "event_ingest_time"}, "sources": {"path", "device", "inode", "ended_before"},
                 "dead_letters": {"id", "event_ingest_time", "reason", "format", "offset", "expected"}}


class Round:
    """A folder with logs and rules, and stores that are filled from them."""

    def __init__(self, argot, module, folder, dice):
        self.argot, self.folder, self.dice = argot, folder, dice
        types = dice.sample(make_rules.TYPES, dice.choice([2, 3, 6]))
        rules = {}
        for case in make_rules.cases(dice, CASES, types):
            rules.update({name: text for name, text, _ in case.rules})
        write_files(Pair(make_rules.SHARED, rules, []), folder)
        shutil.copy(module, folder / "event.so")
        self.logs = [f"{number}.jsonl" for number in range(dice.choice([1, 1, 2, 4]))]
        lines = make_events.in_order(dice, dice.randint(LEAST_EVENTS, MOST_EVENTS), types)
        if dice.random() < 0.5:
            lines = make_events.permuted(dice, lines)
        texts = {name: [] for name in self.logs}
        for line in lines:
            texts[dice.choice(self.logs)].append(line.text())
            if dice.random() < NOISE:
                texts[dice.choice(self.logs)].append("no format knows this")
        for name, found in texts.items():
            (folder / name).write_bytes("".join(line + "\n" for line in found).encode("utf-8", "surrogateescape"))
        self.segments = dice.choice(["", ", segment_size: 400KB"])

    def run(self, *words, status=0):
        done = subprocess.run([self.argot, *words], cwd=self.folder, capture_output=True, check=False, timeout=TIMEOUT_S)
        if done.returncode != status:
            sys.exit(f"{' '.join(words)}: status {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def alerts(self, *words):
        """As texts without the mark of a replay, sorted; and how many had it."""
        found, marked = [], 0
        for line in self.run(*words).splitlines():
            alert = json.loads(line)
            marked += alert["alert"].pop("replay", False) is True
            found.append(json.dumps(alert, sort_keys=True))
        return sorted(found), marked

    def detect(self):
        return self.alerts("detect", "-q", "-r", "rules.rule", "--load", "event.so", "-f", "event", "-o", "jsonl", *self.logs)[0]

    def configure(self, store, wrong=()):
        inputs = "".join(f"  - {{file: {name}, follow: false, format: {WRONG if name in wrong else 'event'}}}\n"
                         for name in self.logs)
        (self.folder / f"{store}.yaml").write_text(f"store: {{at: 'sqlite:{store}.db'{self.segments}}}\nrules: rules.rule\n"
                                                   f"modules: event.so\ninputs:\n{inputs}", encoding="utf-8")

    def fill(self, store):
        self.run("run", "-q", "-c", f"{store}.yaml", "--commit-rows", str(self.dice.choice([9, 40, 1000])))

    def told(self, store):
        return self.alerts("query", "-c", f"{store}.yaml", "--alerts", "--limit", "0", "-o", "jsonl")[0]

    def replayed(self, store):
        found, marked = self.alerts("detect", "-q", "-r", "rules.rule", "--from-store", f"sqlite:{store}.db", "-c",
                                    f"{store}.yaml", "-o", "jsonl")
        if marked != len(found):
            sys.exit(f"{len(found) - marked} alerts do not say that they are of a replay")
        return found

    def mend(self, store, kills):
        """Replays the dead letters, killed that often at random moments first. How many of the kills hit."""
        words = [self.argot, "replay", "-c", f"{store}.yaml", "--act", "--commit-rows", str(self.dice.choice([3, 20]))]
        hit = 0
        for _ in range(kills):
            with subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
                time.sleep(self.dice.uniform(0.003, 0.06))
                child.send_signal(signal.SIGKILL)
                status = child.wait()
            if status not in (0, -signal.SIGKILL):
                sys.exit(f"a replay that was killed ended with {status}")
            hit += status != 0
        self.run(*words[1:])
        return hit


def differences(what, wanted, got):
    missing, extra = [one for one in wanted if one not in got], [one for one in got if one not in wanted]
    return [f"{what}: {len(wanted)} alerts are due, {len(got)} came; missing {missing[:1]}, not due {extra[:1]}"] * (
        wanted != got)


def stored_differences(due, told):
    """A store has one alert for an id; a rule may tell several at one moment of which the id, as the page has it, is one."""
    ids = collections.Counter(json.loads(alert)["alert"]["id"] for alert in due)
    if sorted(ids) != sorted(json.loads(alert)["alert"]["id"] for alert in told):
        return ["argot run: it has told other ids"]
    alone = [[alert for alert in alerts if ids[json.loads(alert)["alert"]["id"]] == 1] for alerts in (due, told)]
    return differences("argot run", *alone)


def one_round(argot, module, folder, seed):
    """What differs, how many alerts there were, and how many replays were killed."""
    dice = random.Random(seed)
    this = Round(argot, module, folder, dice)
    due = this.detect()
    this.configure("right")
    this.fill("right")
    found = stored_differences(due, this.told("right")) + differences("the store", due, this.replayed("right"))
    wrong = [name for name in this.logs if dice.random() < 0.7] or this.logs[:1]
    this.configure("wrong", wrong)
    this.fill("wrong")
    this.configure("wrong")
    hit = this.mend("wrong", dice.choice([0, 1, 3]))
    found += differences("the mended store", due, this.replayed("wrong"))
    found += kill.compare(folder / "right.db", folder / "wrong.db")[0]
    this.run("store", "check", "wrong.db")
    return found, len(due), hit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--argot", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--keep", action="store_true", help="leaves the folder of a round that failed")
    chosen = parser.parse_args()
    argot = str(pathlib.Path(chosen.argot).resolve())
    alerts, hits = 0, 0
    with tempfile.TemporaryDirectory(prefix="argot-replay-") as shared:
        module = os.path.join(shared, "event.so")
        subprocess.run([argot, "compile", os.path.join(HERE, "rules", "event.yaml"), "-o", module], check=True,
                       stdout=subprocess.DEVNULL)
        seed, last = chosen.seed - 1, chosen.seed + chosen.count - 1
        while seed < last or (not hits and seed < last + MORE_SEEDS):
            seed += 1
            folder = pathlib.Path(tempfile.mkdtemp(prefix="argot-replay-"))
            found, count, hit = one_round(argot, module, folder, seed)
            alerts, hits = alerts + count, hits + hit
            if not found or not chosen.keep:
                shutil.rmtree(folder)
            if found:
                print(f"seed {seed}:", *found, *[f"kept in {folder}"] * chosen.keep, sep="\n")
                return 1
    print(f"{seed - chosen.seed + 1} rounds, {alerts} alerts, {hits} replays were killed")
    return 0 if alerts and hits else "nothing was shown"


if __name__ == "__main__":
    sys.exit(main())
