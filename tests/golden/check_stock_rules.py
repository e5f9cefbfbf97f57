#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_stock_rules.py SOURCE ARGOT [...] [--update]

What every rule under rules/ has: no word of argot check, an id of its own, a title, severity and message, a note on
what it tells and one on its false positives, whose extensions compile, and tests of raw lines in which it fires and in
which it does not. The tables of docs/rules.md are made of all that; --update writes them anew and keeps what stands
before them.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid

PAGE = "docs/rules.md"
TABLES = "## Tables\n"
MOST_SECONDS = 120
BLOCK = re.compile(r"^(rule|test) (\w+) \{\n(.*?)^\}\n", re.M | re.S)
NOTE = re.compile(r'^    note "((?:[^"\\]|\\.)*)"$', re.M)
FALSE = "False positives: "
WAY_OUT = re.compile(r"extend \w+ \{(?:[^{}])*\}")
MANY = 20  # alerts of more rules than this are those of all


def run(argot, *words):
    return subprocess.run([argot, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=MOST_SECONDS,
                          check=False)  # fmt: skip


def unescape(text):
    return re.sub(r"\\(.)", r"\1", text)


class Rule:
    def __init__(self, body):
        notes = [unescape(note) for note in NOTE.findall(body)]
        self.body = body
        self.tells = " ".join(note for note in notes if not note.startswith(FALSE))
        self.false = " ".join(note[len(FALSE):] for note in notes if note.startswith(FALSE))
        self.fires = self.near_miss = False

    def take_test(self, name, body):
        raw = re.search(r"^    (at \S+ )?log ", body, re.M)
        self.fires |= bool(raw and re.search(rf"^    expect (\d+ )?alert {name}\b", body, re.M))
        self.near_miss |= bool(raw and re.search(rf"^    expect no alert( {name})?$", body, re.M))


def read(root):
    """file name -> (what stands on top of it, {rule name: Rule})"""
    files = {}
    for path in sorted((root / "rules").glob("*.rule")):
        text = path.read_text(encoding="utf-8")
        rules = {}
        for kind, name, body in BLOCK.findall(text):
            if kind == "rule":
                rules[name] = Rule(body)
            elif name in rules:
                rules[name].take_test(name, body)
        head = text.split("\n\n")[0].split("\n")
        files[path.name] = (head, rules)
    return files


def lacks(name, rule, ids):
    """What a rule has not, in words."""
    wrong = []
    found = re.search(r'^    meta id "([^"]*)"$', rule.body, re.M)
    try:
        key = uuid.UUID(found.group(1)) if found else None
    except ValueError:
        key = None
    if key is None or key in ids:
        wrong.append("has no `meta id` that is a UUID of its own")
    ids.add(key)
    for clause in ("title", "severity", "alert"):
        if not re.search(rf"^    {clause} ", rule.body, re.M):
            wrong.append(f"has no {clause}")
    if not rule.tells:
        wrong.append("has no note on what it tells")
    if not rule.false:
        wrong.append(f'has no note that begins with "{FALSE.strip()}"')
    for other in re.findall(r"extend (\w+) \{", rule.tells + rule.false):
        if other != name and f"alert {other}" not in rule.body and other not in rule.body:
            wrong.append(f"speaks of extending {other}, which is not below it")
    if not rule.fires:
        wrong.append("has no test of raw lines in which it fires")
    if not rule.near_miss:
        wrong.append("has no test of raw lines in which it must not fire")
    return [f"{name} {what}" for what in wrong]


def check_rules(root, argot, files):
    """That argot check has nothing to say, neither about the rules nor with the extensions in their notes."""
    notes = [rule.tells + rule.false for _, rules in files.values() for rule in rules.values()]
    extensions = sorted({found for note in notes for found in WAY_OUT.findall(note)})
    with tempfile.TemporaryDirectory() as folder:
        local = pathlib.Path(folder, "notes.rule")
        local.write_text("\n".join(extensions) + "\n", encoding="utf-8")
        checked = run(argot, "check", *[str(root / "rules" / name) for name in files], str(local))
    said = (checked.stdout + checked.stderr).decode("utf-8", "replace")
    if checked.returncode or said != f"{len(files) + 1} checked, 0 with errors\n":
        return [f"argot check has something to say:\n{said}"]
    return []


# ---- the page


def cell(text):
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def prose(text):
    """A note as a cell: the extensions in it as code, all else plain."""
    parts, at = [], 0
    for match in WAY_OUT.finditer(text):
        parts += [cell(text[at : match.start()]), "`" + match.group().replace("|", "\\|") + "`"]
        at = match.end()
    return "".join(parts) + cell(text[at:])


def needs(rule):
    words = []
    if rule["any_event"]:
        words.append("any format with the keys")
    elif rule["event_types"]:
        words.append(", ".join(rule["formats"]))
    if len(rule["alerts_of"]) > MANY:
        words.append("alerts of all rules")
    elif rule["alerts_of"]:
        words.append("alerts of " + ", ".join(f"`{name}`" for name in rule["alerts_of"]))
    return "; ".join(words)


def tables(files, told):
    """The part of the page that is made."""
    text = [TABLES]
    for name, (head, rules) in files.items():
        text.append(f"### rules/{name}\n")
        text.append("\n".join(line.removeprefix("#").strip() for line in head[1:]) + "\n")
        text.append("| rule | severity | ATT&CK | per | needs | tells | false positives, and the way out |")
        text.append("|---|---|---|---|---|---|---|")
        for rule_name, rule in rules.items():
            one = told[rule_name]
            text.append(f"| `{rule_name}` | {one['severity']} | {', '.join(one['techniques']) or '-'} | "
                        f"{', '.join(f'`{key}`' for key in one['keys'])} | {needs(one)} | {prose(rule.tells)} | "
                        f"{prose(rule.false)} |")  # fmt: skip
        text.append("")
    return "\n".join(text)


def check_page(root, made, update):
    path = root / PAGE
    page = path.read_text(encoding="utf-8")
    begin = page.find(TABLES)
    if begin < 0:
        return [f"{PAGE}: no heading `{TABLES.strip()}`"]
    if update:
        path.write_text(page[:begin] + made, encoding="utf-8")
    elif page[begin:] != made:
        return [f"{PAGE} is not what the rules say; if they are right: {sys.argv[0]} SOURCE ARGOT --update"]
    return []


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot = pathlib.Path(words[0]).resolve(), str(pathlib.Path(words[1]).resolve())
    files = read(root)
    wrong, ids = check_rules(root, argot, files), set()
    rules = {name: rule for _, found in files.values() for name, rule in found.items()}
    for name, rule in rules.items():
        wrong += lacks(name, rule, ids)
    listed = run(argot, "rules", "-r", str(root / "rules"), "-o", "jsonl")
    told = {each["rule"]: each for each in map(json.loads, listed.stdout.splitlines())}
    if set(told) != set(rules):
        wrong.append(f"argot rules and the files differ about {sorted(set(told) ^ set(rules))}")
    wrong += [f"{name} can never fire" for name, each in told.items() if not each["can_fire"]]
    if not wrong:
        wrong += check_page(root, tables(files, told), update)
    print("\n".join(wrong) or f"{len(rules)} rules in {len(files)} files")
    return 1 if wrong or not rules else 0


if __name__ == "__main__":
    sys.exit(main())
