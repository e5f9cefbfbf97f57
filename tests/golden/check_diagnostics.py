#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_diagnostics.py SOURCE ARGOT ARGOT_GEN [SCHEMA_DOC] [--update]

Each diagnostics/NNNN_name.yaml is a file with one mistake, NNNN the code that argot-gen must report for it, and
NNNN_name.expected is all that it says. Codes 20 to 39 belong to schema files, the others to formats. A first line
`# argot-gen: --re2c PROGRAM` names another re2c. --update writes what is said now; read the difference then.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = "tests/golden/diagnostics"
SCHEMA_CODES = range(20, 40)
MOST_SECONDS = 60


def command(argot_gen, name, code, text, scratch):
    if code in SCHEMA_CODES:
        return [argot_gen, "schema", "--c", f"{scratch}/out.c", "--doc", f"{scratch}/out.md", name]
    re2c = re.match(r"# argot-gen: --re2c (\S+)\n", text)
    return [argot_gen, "format", "--schema", "formats/schema.yaml", "--re2c", re2c.group(1) if re2c else "re2c",
            "--output", f"{scratch}/out.c", name]


def run(root, argot_gen, file, scratch):
    """What argot-gen says, and what is wrong with how it ended."""
    code = int(file.name[:4])
    text = file.read_bytes().decode("utf-8", "replace")
    name = f"{FOLDER}/{file.name}"
    done = subprocess.run(command(argot_gen, name, code, text, scratch), cwd=root, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=MOST_SECONDS, check=False)
    said = done.stderr.decode("utf-8", "replace")
    wrong = []
    if f"[ARGOT-{code:04}]" not in said:
        wrong.append(f"does not report ARGOT-{code:04}")
    due = 1 if ": error[" in said else 0
    if done.returncode != due:
        wrong.append(f"ended with {done.returncode}, not {due}")
    if done.stdout:
        wrong.append("wrote to standard output")
    return said, wrong


def check(root, argot_gen, file, update, scratch):
    said, wrong = run(root, argot_gen, file, scratch)
    expected = file.with_suffix(".expected")
    if update:
        expected.write_text(said, encoding="utf-8")
    elif not expected.exists():
        wrong.append(f"no {expected.name}")
    elif expected.read_text(encoding="utf-8") != said:
        wrong.append(f"says\n{said}instead of\n{expected.read_text(encoding='utf-8')}")
    return [f"{file.name}: {what}" for what in wrong]


def uncovered(root, files):
    """Codes without a file here. Running out of memory cannot be written down."""
    have = {int(file.name[:4]) for file in files}
    for source in ("runtime/base/codes.h", "generator/codes.h"):
        for number, name in re.findall(r"^\s+X\((\d+), (\w+),", (root / source).read_text(encoding="utf-8"), re.M):
            if int(number) not in have and name != "NO_MEMORY":
                yield f"{source}: no file for {number} {name} in {FOLDER}"


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot_gen = pathlib.Path(words[0]).resolve(), str(pathlib.Path(words[2]).resolve())
    files = sorted((root / FOLDER).glob("[0-9][0-9][0-9][0-9]_*.yaml"))
    wrong = list(uncovered(root, files))
    for orphan in (root / FOLDER).glob("*.expected"):
        if not orphan.with_suffix(".yaml").exists():
            wrong.append(f"{orphan.name}: its file is gone")
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            wrong += check(root, argot_gen, file, update, scratch)
    for line in wrong:
        print(line)
    print(f"{len(files)} files, {len(wrong)} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
