#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_doc_examples.py SOURCE ARGOT ARGOT_GEN [...] [--update]

What README.md and the pages in docs show is what happens. In a ```console block each line behind `$ ` is run by sh in
the source folder, `argot` being the program that was built; what it prints must be the lines up to the next one. A
```yaml block that is a whole format must be one that argot-gen takes without a word, a ```rule block must pass argot
check without a word and be in the layout of argot fmt. docs/diagnostics.md has a test of its own for its formats and
rules, which are wrong on purpose. --update writes what the commands print now; read the difference.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(console|yaml|rule)\n(.*?)^```$", re.M | re.S)
FORMAT = re.compile(r"^format: (\w+)$", re.M)
WRONG_ON_PURPOSE = "diagnostics.md"
MOST_SECONDS = 60


def commands(block):
    """(command, what it prints) of a console block. A backslash at a line's end goes on in the next."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = f"{command}\n{more}"
        yield command, printed


def run(words, root, argot):
    environment = {"PATH": f"{pathlib.Path(argot).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=root, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=MOST_SECONDS, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def check_console(root, argot, place, block, wrong):
    """The block as it has to be."""
    made = []
    for command, printed in commands(block):
        _, said = run(["sh", "-c", command], root, argot)
        said = f"{said.rstrip()}\n" if said.strip() else ""
        if said.rstrip("\n") != printed.rstrip("\n"):
            wrong.append(f"{place}: `{command}` prints\n{said}instead of\n{printed}")
        made.append(f"$ {command}\n{said}")
    if not made:
        wrong.append(f"{place}: a console block without a command")
    return "".join(made)


def check_format(root, argot, argot_gen, place, text, wrong):
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / f"{FORMAT.search(text).group(1)}.yaml"
        file.write_text(text, encoding="utf-8")
        status, said = run([argot_gen, "format", "--schema", "formats/schema.yaml", "--formats", "formats", "--re2c",
                            "re2c", "--output", f"{scratch}/out.c", str(file)], root, argot)
    if status or said:
        wrong.append(f"{place}: argot-gen ends with {status} and says\n{said}")


def check_rule(root, argot, place, text, wrong):
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "page.rule"
        file.write_text(text, encoding="utf-8")
        for words in (["check", str(file)], ["fmt", "--check", str(file)]):
            status, said = run([argot, *words], root, argot)
            if status or said not in ("", "1 checked, 0 with errors\n"):
                wrong.append(f"{place}: argot {words[0]} ends with {status} and says\n{said}")


def check_page(root, argot, argot_gen, page, wrong):
    """(the page as it has to be, how many blocks of each kind it has)"""
    counts = {"console": 0, "yaml": 0, "rule": 0}
    text = page.read_text(encoding="utf-8")

    def check(match):
        kind, block = match.groups()
        place = f"{page.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
        if kind == "console":
            counts[kind] += 1
            return f"```console\n{check_console(root, argot, place, block, wrong)}```"
        if FORMAT.search(block) and page.name != WRONG_ON_PURPOSE:
            counts[kind] += 1
            check_format(root, argot, argot_gen, place, block, wrong)
        if kind == "rule" and page.name != WRONG_ON_PURPOSE:
            counts[kind] += 1
            check_rule(root, argot, place, block, wrong)
        return match.group(0)

    return BLOCK.sub(check, text), counts


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot, argot_gen = (str(pathlib.Path(word).resolve()) for word in words[:3])
    wrong = []
    total = {"console": 0, "yaml": 0, "rule": 0}
    for page in [*pathlib.Path(root).glob("*.md"), *sorted(pathlib.Path(root, "docs").glob("*.md"))]:
        made, counts = check_page(root, argot, argot_gen, page, wrong)
        if update and made != page.read_text(encoding="utf-8"):
            page.write_text(made, encoding="utf-8")
        for kind, count in counts.items():
            total[kind] += count
    if not all(total.values()):
        wrong.append(f"found {total}: not what the pages have")
    print("\n".join(wrong) or f"{total['console']} blocks of commands, {total['yaml']} formats and {total['rule']} blocks of "
          "rules do what the pages say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
