#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py --corpus FOLDER [--argot ARGOT]

Runs the rules beside it, which are crowdsec's scenarios in our words, over crowdsec's own test logs (FOLDER/*/crowdsec_*
with NAME.log, NAME.config.yaml and NAME.expected.scenario.txt) and holds alert against alert: scenario, address, number
of events, and the time of the newest event without its year, where it is given. A log takes part if it lies in one of
FOLDERS and our rules know all of its scenarios; of a log only those are asked for. Ends with `N passed, N failed`,
counted in alerts.
"""
import argparse
import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent.parent
MOST_SECONDS = 60
FOLDERS = ("apache_access", "cloudtrail", "iptables", "modsecurity", "nginx_access", "sshd", "vsftpd")  # that we read
LATE = "90d"  # crowdsec takes each event by its own time, whatever came before
RULE = re.compile(r'^rule (\w+) \{\n    meta id "([^"]+)"\n    meta file "([^"]+)"$', re.M)
ALERT = r"results\[(\d+)\]\.Overflow\."
SOURCE = re.compile(ALERT + r'Sources\["[^"]+"\]\.IP == "([^"]+)"')
SCENARIO = re.compile(ALERT + r'Alert\.GetScenario\(\) == "([^"]+)"')
COUNT = re.compile(ALERT + r"Alert\.GetEventsCount\(\) == (\d+)")
TIME = re.compile(ALERT + r'Alert\.Events\[\d+\]\.GetMeta\("timestamp"\)(?:\[4:\])? == "([^"]+)"')


def known():
    """file name of a scenario -> names of what stands in it"""
    found = collections.defaultdict(set)
    for path in sorted(HERE.glob("*.rule")):
        for _, name, file in RULE.findall(path.read_text(encoding="utf-8")):
            found[file].add(name)
    return found


def scenarios(config):
    """The file names that a test's configuration lists."""
    listed = re.search(r"^scenarios:\n((?:[ \t]*(?:-|#).*\n?)*)", config, re.M)
    names = re.findall(r"^[ \t]*-[ \t]*[\"']?([^\"'\s]+)", listed.group(1), re.M) if listed else []
    return [re.sub(r"\.ya?ml$", "", name.rsplit("/", 1)[-1]) for name in names]


def day_and_time(text):
    """Without its year, in UTC. Where crowdsec does not give the year either, the text begins with a dash."""
    text = re.sub(r"\.\d+", "", f"2024{text}" if text.startswith("-") else text).replace("Z", "+00:00")
    moment = datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)
    return moment.strftime("%m-%dT%H:%M:%S")


def expected(path):
    """[(scenario, address, events, time or None)]"""
    text = path.read_text(encoding="utf-8")
    source, count, time = (dict(pattern.findall(text)) for pattern in (SOURCE, COUNT, TIME))
    return [(name, source.get(at), int(count.get(at, 0)), day_and_time(time[at]) if at in time else None)
            for at, name in SCENARIO.findall(text)]  # fmt: skip


def raised(argot, log, names):
    done = subprocess.run([argot, "detect", "-q", "-o", "jsonl", "--late", LATE, "-r", str(HERE), str(log)],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=MOST_SECONDS, check=True)  # fmt: skip
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    return [(each["rule_id"], each["source_ip"], each["alert"]["count"], day_and_time(each["event_time"]))
            for each in alerts if each["rule_id"] in names]  # fmt: skip


def differences(wanted, got):
    """(what is missing, what is too much)"""
    missing, left = [], list(got)
    for want in wanted:
        same = [each for each in left if each[:3] == want[:3] and want[3] in (None, each[3])]
        if same:
            left.remove(same[0])
        else:
            missing.append(want)
    return missing, left


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--argot", default=str(TOP / "build/argot"))
    options = parser.parse_args()
    files, passed, failed, logs = known(), 0, 0, 0
    for path in sorted(pathlib.Path(options.corpus).glob("*/crowdsec_*.expected.scenario.txt")):
        stem = str(path).removesuffix(".expected.scenario.txt")
        asked = scenarios(pathlib.Path(stem + ".config.yaml").read_text(encoding="utf-8"))
        wanted = expected(path)
        names = {name for file in asked for name in files.get(file, ())}
        if path.parent.name not in FOLDERS or not all(file in files for file in asked):
            continue
        logs += 1
        got = raised(options.argot, stem + ".log", names)
        missing, more = differences(wanted, got)
        passed += len(wanted) - len(missing)
        failed += len(missing) + len(more)
        for each in missing:
            print(f"{pathlib.Path(stem).name}: crowdsec raises {each}, we do not")
        for each in more:
            print(f"{pathlib.Path(stem).name}: we raise {each}, crowdsec does not")
    print(f"{logs} logs")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
