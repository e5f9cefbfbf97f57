#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_rule_layout.py SOURCE ARGOT [...] [--update]

rules/NAME.rule in canonical layout is rules/NAME.formatted, which a person read once; `argot fmt` changes nothing in
that, nor in the rule files of OTHERS; and those of COMPILED and of OTHERS compile, but for the stock rules, which stand
on each other: check_stock_rules.py compiles these. --update writes what it is now; read the difference then.
"""
import pathlib
import subprocess
import sys

FOLDER = "tests/golden/rules"
STOCK = "rules"
OTHERS = (STOCK, "docs/samples", "tests/rules/crowdsec")
COMPILED = ("example.rule",)
MOST_SECONDS = 60


def fmt(argot, text):
    done = subprocess.run([argot, "fmt", "-"], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=MOST_SECONDS, check=False)
    if done.returncode or done.stderr:
        raise ValueError(f"ended with {done.returncode} and said\n{done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


def check(argot, file, update):
    text = fmt(argot, file.read_bytes())
    expected = file.with_suffix(".formatted")
    if update:
        expected.write_bytes(text)
    if not expected.exists() or expected.read_bytes() != text:
        return f"has another layout than {expected.name}:\n{text.decode('utf-8', 'replace')}"
    return "" if fmt(argot, text) == text else "changes when it is laid out once more"


def compiles(argot, file):
    """What argot check says, when it finds an error."""
    done = subprocess.run([argot, "check", file.name], cwd=file.parent, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=MOST_SECONDS, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode else ""


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot = pathlib.Path(words[0]).resolve(), str(pathlib.Path(words[1]).resolve())
    files = sorted((root / FOLDER).glob("*.rule"))
    others = [file for folder in OTHERS for file in sorted((root / folder).rglob("*.rule"))]
    wrong = 0
    for file in files + others:
        try:
            why = check(argot, file, update) if file in files else \
                ("" if fmt(argot, file.read_bytes()) == file.read_bytes() else "is not in canonical layout")
            alone = file.name in COMPILED or (file in others and root / STOCK not in file.parents)
            why = why or (compiles(argot, file) if alone else "")
        except ValueError as error:
            why = str(error)
        wrong += bool(why)
        if why:
            print(f"{file.name}: {why}")
    print(f"{len(files)} layouts and {len(others)} others, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
