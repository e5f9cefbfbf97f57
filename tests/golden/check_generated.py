#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_generated.py SOURCE ARGOT ARGOT_GEN [...]

What argot-gen makes of each format in generated/ is C that compiles without a warning, and the same each time. The
formats there put things beside each other that stock formats may happen not to.
"""
import pathlib
import subprocess
import sys
import tempfile

FOLDER = "tests/golden/generated"
COMPILE = ["cc", "-std=c17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-Iruntime/include"]


def run(words, root):
    done = subprocess.run(words, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    said = done.stdout.decode("utf-8", "replace")
    return said or (f"{words[0]} ended with {done.returncode}" if done.returncode else "")


def check(root, argot_gen, file, scratch):
    """What is wrong."""
    made = []
    for name in ("one.c", "two.c"):
        path = f"{scratch}/{name}"
        said = run([argot_gen, "format", "--schema", "formats/schema.yaml", "--re2c", "re2c", "--output", path,
                    str(file.relative_to(root))], root)
        if said:
            return said
        made.append(pathlib.Path(path).read_bytes())
    if made[0] != made[1]:
        return "two runs make two files"
    return run([*COMPILE, path], root)


def main():
    root, argot_gen = pathlib.Path(sys.argv[1]).resolve(), str(pathlib.Path(sys.argv[3]).resolve())
    files = sorted((root / FOLDER).glob("*.yaml"))
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            said = check(root, argot_gen, file, scratch)
            wrong += bool(said)
            if said:
                print(f"{file.name}: {said}")
    print(f"{len(files)} formats, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
