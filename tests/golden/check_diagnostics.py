#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_diagnostics.py SOURCE ARGOT ARGOT_GEN [SCHEMA_DOC] [--update]

Each diagnostics/NNNN_name.yaml is a file with one mistake, NNNN the code that argot-gen must report for it, and
NNNN_name.expected is all that it says. Codes 20 to 39 belong to schema files, 200 to
299 to configurations, which `argot check -c` reads, the others to formats. A first line
`# argot-gen: OPTION VALUE` names another re2c (--re2c), or formats to compare with (--overlaps). NNNN_name.rule is for `argot check` in the same way. --update writes what is said now; read the difference then.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = "tests/golden/diagnostics"
SCHEMA_CODES = range(20, 40)
CONFIG_CODES = range(200, 300)
MOST_SECONDS = 60


def command(argot_gen, name, code, text, scratch):
    if code in SCHEMA_CODES:
        return [argot_gen, "schema", "--c", f"{scratch}/out.c", "--doc", f"{scratch}/out.md", name]
    options = re.match(r"# argot-gen: (--\S+) (\S+)\n", text)
    return [argot_gen, "format", "--schema", "formats/schema.yaml", "--re2c", "re2c",
            *(options.groups() if options else ()), "--output", f"{scratch}/out.c", name]


def run_check(root, argot, file):
    """What argot check says about a rule file or a configuration, and what is wrong with how it ended."""
    option = ["-c"] if int(file.name[:4]) in CONFIG_CODES else []
    done = subprocess.run([argot, "check", *option, f"{FOLDER}/{file.name}"], cwd=root, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=MOST_SECONDS, check=False)
    said, _, count = done.stdout.decode("utf-8", "replace").rstrip("\n").rpartition("\n")
    due = 1 if ": error[" in said else 0
    wrong = [] if done.returncode == due else [f"ended with {done.returncode}, not {due}"]
    if f"[ARGOT-{file.name[:4]}]" not in said:
        wrong.append(f"does not report ARGOT-{file.name[:4]}")
    if not count.startswith("1 checked") or done.stderr:
        wrong.append(f"says {count!r} and {done.stderr!r}")
    return f"{said}\n", wrong


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


def check(root, argot, argot_gen, file, update, scratch):
    by_check = file.suffix == ".rule" or int(file.name[:4]) in CONFIG_CODES
    said, wrong = run_check(root, argot, file) if by_check else run(root, argot_gen, file, scratch)
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
    for source in ("runtime/base/codes.h", "generator/codes.h", "runtime/config/codes.h", "grammar/codes.h"):
        for number, name in re.findall(r"^\s+X\((\d+), (\w+),", (root / source).read_text(encoding="utf-8"), re.M):
            if int(number) not in have and name != "NO_MEMORY":
                yield f"{source}: no file for {number} {name} in {FOLDER}"


def main():
    update = "--update" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--update"]
    root, argot, argot_gen = (pathlib.Path(word).resolve() for word in words[:3])
    files = sorted(file for file in (root / FOLDER).glob("[0-9][0-9][0-9][0-9]_*")
                   if file.suffix in (".yaml", ".rule"))
    wrong = list(uncovered(root, files))
    for orphan in (root / FOLDER).glob("*.expected"):
        if orphan.with_suffix(".yaml") not in files and orphan.with_suffix(".rule") not in files:
            wrong.append(f"{orphan.name}: its file is gone")
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            wrong += check(root, str(argot), str(argot_gen), file, update, scratch)
    for line in wrong:
        print(line)
    print(f"{len(files)} files, {len(wrong)} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
