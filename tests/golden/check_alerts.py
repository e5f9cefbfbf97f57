#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_alerts.py SOURCE ARGOT [...] [--update]

The alerts of alerts/NAME.rule over alerts/NAME.log are alerts/NAME.jsonl as JSON and alerts/NAME.text for people, which a
person read once; what is told at the end is NAME.summary. --update writes what it is now; read the difference then.
"""
import json
import pathlib
import re
import subprocess
import sys

FOLDER = "tests/golden/alerts"
RECEIVED = "2026-11-24T12:00:00Z"
MOST_SECONDS = 60


def detect(argot, file, *words):
    done = subprocess.run([argot, "detect", "-r", file.name, "--received-at", RECEIVED, *words, file.with_suffix(".log").name],
                          cwd=file.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=MOST_SECONDS, check=False)
    if done.returncode:
        raise ValueError(f"ended with {done.returncode} and said\n{done.stderr.decode('utf-8', 'replace')}")
    return done.stdout, re.sub(rb"\d+\.\d+ s$", b"0.00 s", done.stderr, flags=re.M)


def check(argot, file, update):
    """What is not as it was, in words."""
    found = {}
    found[".jsonl"], found[".summary"] = detect(argot, file, "-o", "jsonl")
    found[".text"], _ = detect(argot, file, "-q", "-o", "text")
    for line in found[".jsonl"].splitlines():
        json.loads(line)
    wrong = []
    for suffix, text in found.items():
        expected = file.with_suffix(suffix)
        if update:
            expected.write_bytes(text)
        if not expected.exists() or expected.read_bytes() != text:
            wrong.append(f"{expected.name} is now\n{text.decode('utf-8', 'replace')}")
    return "\n".join(wrong)


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot = pathlib.Path(words[0]).resolve(), str(pathlib.Path(words[1]).resolve())
    files = sorted((root / FOLDER).glob("*.rule"))
    wrong = 0
    for file in files:
        try:
            why = check(argot, file, update)
        except ValueError as error:
            why = f"{file.name}: {error}"
        wrong += bool(why)
        if why:
            print(why)
    print(f"alerts of {len(files)} logs, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
