#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_files.py SOURCE

What every file of ours has: the SPDX line and, in C, a comment of at most eight lines that says what the file does;
at most 800 lines; no tab in C, no blank at a line's end, a newline at the end of the file; no path of one machine,
no remark to oneself, no writable global.
"""
import pathlib
import re
import sys
import tempfile

MAX_LINES = 800
MAX_HEADER_LINES = 9  # the SPDX line and eight more
SPDX = "SPDX-License-Identifier: Apache-2.0"
SKIPPED_FOLDERS = {".git", "__pycache__", "corpus", "samples", "diagnostics", "generated"}
CHECKED = {".c", ".h", ".re", ".y", ".py", ".sh", ".yaml", ".md", ".build", ".txt", ".1"}
NEEDS_SPDX = {".c", ".h", ".re", ".y", ".py", ".sh", ".build"}
LONG_BY_NATURE = {".yaml", ".md"}
REMARK = re.compile(r"\b(FIXME|XXX|TODO)\b")  # to oneself
ANYBODYS = {"/", tempfile.gettempdir()}
STATIC = re.compile(r"^static\s+(?!const\b|inline\b|_Noreturn\b|_Thread_local\b)[\w\s\*]*\b(\w+)(\[[^\]]*\])*\s*(=|;)")


def own_path(root):
    """The folder that the checkout lies in: its path means something on this machine alone."""
    parent = str(root.resolve().parent)
    return None if parent in ANYBODYS else f"{parent}/"


def our_files(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(p in SKIPPED_FOLDERS or (root / p / "build.ninja").exists() for p in parts[:-1]):
            continue
        if path.is_file() and (path.suffix in CHECKED or path.name == "meson.build" or parts == (".ci", "run")):
            yield path, str(path.relative_to(root))


def check_header(name, text, wrong):
    head = text[:400]
    if SPDX not in head:
        wrong.append(f"{name}:1: no SPDX line")
        return
    if not name.endswith((".c", ".h")):
        return
    if not text.startswith("/* SPDX"):
        wrong.append(f"{name}:1: the SPDX line does not open the file")
        return
    comment = text[: text.find("*/")]
    lines = comment.count("\n") + 1
    if lines > MAX_HEADER_LINES:
        wrong.append(f"{name}:1: the opening comment has {lines} lines; {MAX_HEADER_LINES} are enough")
    if len(comment.split()) < 6:
        wrong.append(f"{name}:1: the opening comment does not say what the file does")


def is_global(name, line):
    return name.startswith(("runtime/", "generator/", "grammar/")) and STATIC.match(line) and "(" not in line.split("=")[0]


def check_lines(path, name, text, own, wrong):
    lines = text.split("\n")
    if path.suffix not in LONG_BY_NATURE and len(lines) - 1 > MAX_LINES:
        wrong.append(f"{name}: {len(lines) - 1} lines; at most {MAX_LINES}")
    if text and not text.endswith("\n"):
        wrong.append(f"{name}: no newline at the end")
    code = path.suffix in {".c", ".h"}
    for number, line in enumerate(lines, 1):
        place = f"{name}:{number}"
        if line != line.rstrip() and path.suffix != ".md":
            wrong.append(f"{place}: blank at the end of the line")
        if code and "\t" in line:
            wrong.append(f"{place}: a tab")
        if own and own in line:
            wrong.append(f"{place}: a path of this machine: {line.strip()[:60]}")
        if REMARK.search(line) and name != "tests/lint/check_files.py":
            wrong.append(f"{place}: a remark to oneself: {line.strip()[:60]}")
        if code and is_global(name, line):
            wrong.append(f"{place}: a writable global: {line.strip()[:60]}")


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = []
    seen = 0
    for path, name in our_files(root):
        seen += 1
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            wrong.append(f"{name}: {error}")
            continue
        if path.suffix in NEEDS_SPDX or path.name == "meson.build":
            check_header(name, text, wrong)
        check_lines(path, name, text, own_path(root), wrong)
    print("\n".join(wrong) or f"{seen} files are as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
