#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_doc_examples.py SOURCE ARGOT ARGOT_GEN [...]

What README.md and the pages in docs show is what happens. In a ```console block each line behind `$ ` is run by sh in
the source folder, `argot` being the program that was built; what it prints must be the lines up to the next one. A
```yaml block that is a whole format must be one that argot-gen takes without a word. docs/diagnostics.md has a test of
its own for its formats, which are wrong on purpose.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```$", re.M | re.S)
FORMAT = re.compile(r"^format: (\w+)$", re.M)
WRONG_ON_PURPOSE = "diagnostics.md"
MOST_SECONDS = 60


def commands(block):
    """(command, what it prints) of a console block. A backslash at a line's end goes on in the next."""
    parts = re.split(r"^\$ ", block, flags=re.M)
    for part in parts[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = f"{command[:-1]}{more.lstrip('> ')}"
        yield command, printed


def run(words, root, argot):
    environment = {"PATH": f"{pathlib.Path(argot).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=root, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=MOST_SECONDS, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def check_console(root, argot, place, block, wrong):
    count = 0
    for command, printed in commands(block):
        count += 1
        _, said = run(["sh", "-c", command], root, argot)
        if said.rstrip("\n") != printed.rstrip("\n"):
            wrong.append(f"{place}: `{command}` prints\n{said}instead of\n{printed}")
    if not count:
        wrong.append(f"{place}: a console block without a command")
    return count


def check_format(root, argot, argot_gen, place, text, wrong):
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / f"{FORMAT.search(text).group(1)}.yaml"
        file.write_text(text, encoding="utf-8")
        status, said = run([argot_gen, "format", "--schema", "formats/schema.yaml", "--formats", "formats", "--re2c",
                            "re2c", "--output", f"{scratch}/out.c", str(file)], root, argot)
    if status or said:
        wrong.append(f"{place}: argot-gen ends with {status} and says\n{said}")


def main():
    root, argot, argot_gen = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:4])
    wrong = []
    ran = formats = 0
    for page in [*pathlib.Path(root).glob("*.md"), *sorted(pathlib.Path(root, "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            place = f"{page.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
            if match.group(1) == "console":
                ran += check_console(root, argot, place, match.group(2), wrong)
            elif FORMAT.search(match.group(2)) and page.name != WRONG_ON_PURPOSE:
                formats += 1
                check_format(root, argot, argot_gen, place, match.group(2), wrong)
    if not ran or not formats:
        wrong.append(f"found {ran} commands and {formats} formats: not what the pages have")
    print("\n".join(wrong) or f"{ran} commands and {formats} formats do what the pages say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
