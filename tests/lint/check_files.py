#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_files.py SOURCE

What every file of ours has: the SPDX line and, in C, a comment of at most eight lines that says what the file does;
at most 800 lines; no tab in C, no blank at a line's end, a newline at the end of the file; no path of anybody's
machine and no writable global.
"""
import pathlib
import re
import sys

MAX_LINES = 800
MAX_HEADER_LINES = 9  # the SPDX line and eight more
SPDX = "SPDX-License-Identifier: Apache-2.0"
SKIPPED_FOLDERS = {".git", "__pycache__", "corpus", "samples", "golden"}
CHECKED = {".c", ".h", ".re", ".y", ".py", ".sh", ".yaml", ".md", ".build", ".txt", ".1"}
NEEDS_SPDX = {".c", ".h", ".re", ".y", ".py", ".sh", ".build"}
LONG_BY_NATURE = {".yaml", ".md"}
# Paths that exist on one machine only, and remarks to oneself.
FORBIDDEN = [re.compile(p) for p in (r"/work/(?!\.\.)\w", r"/tmp/(brief|bash)", r"/home/\w+/src", r"\bFIXME\b", r"\bXXX\b")]
STATIC = re.compile(r"^static\s+(?!const\b|inline\b|_Noreturn\b|_Thread_local\b)[\w\s\*]*\b(\w+)(\[[^\]]*\])*\s*(=|;)")


def our_files(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(p in SKIPPED_FOLDERS or p.startswith("build") and (root / p / "build.ninja").exists() for p in parts[:-1]):
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


def check_lines(path, name, text, wrong):
    lines = text.split("\n")
    if path.suffix not in LONG_BY_NATURE and len(lines) - 1 > MAX_LINES:
        wrong.append(f"{name}: {len(lines) - 1} lines; at most {MAX_LINES}")
    if text and not text.endswith("\n"):
        wrong.append(f"{name}: no newline at the end")
    own = name == "tests/lint/check_files.py"
    code = path.suffix in {".c", ".h"}
    for number, line in enumerate(lines, 1):
        place = f"{name}:{number}"
        if line != line.rstrip() and path.suffix != ".md":
            wrong.append(f"{place}: blank at the end of the line")
        if code and "\t" in line:
            wrong.append(f"{place}: a tab")
        if not own and any(p.search(line) for p in FORBIDDEN):
            wrong.append(f"{place}: belongs to one machine or to nobody: {line.strip()[:60]}")
        if code and name.startswith(("runtime/", "generator/")) and STATIC.match(line) and "(" not in line.split("=")[0]:
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
        check_lines(path, name, text, wrong)
    print("\n".join(wrong) or f"{seen} files are as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
