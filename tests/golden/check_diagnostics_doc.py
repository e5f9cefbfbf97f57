#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_diagnostics_doc.py SOURCE [...] [--update]

docs/diagnostics.md has a section for each code, in the order of their numbers, headed by the number and the title in
codes.h. The prose is written by hand; the two blocks behind it are a golden file of that code and what argot-gen (for
rules: argot check) says about it, which check_diagnostics.py holds against the program. Each reason of dead letters and each exit status has
its place there too. --update writes the headings and blocks anew and keeps the prose; a new code gets a section
without any, which is not enough to pass.
"""
import pathlib
import re
import sys

PAGE = "docs/diagnostics.md"
GOLDEN = "tests/golden/diagnostics"
CODES = {"runtime/base/codes.h": "YAML and the schema", "generator/codes.h": "Formats",
         "runtime/config/codes.h": "The configuration", "grammar/codes.h": "Rules"}
CODE = re.compile(r'^\s+X\((\d+), (\w+),\s+"([^"]+)"\)', re.M)
REASON = re.compile(r'X\(\w+, "(\w+)"\)')
STATUS = re.compile(r"ARGOT_EXIT_\w+ = (\d+),")
SECTION = re.compile(r"^### ARGOT-(\d{4}): .*\n", re.M)
BLOCK = re.compile(r"^```\w+\n(.*?)^```\n", re.M | re.S)
LEAST_WORDS = 8  # of prose


def shown(data):
    """Bytes as argot-gen shows them: what is no text as an escape."""
    text = data.decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda m: f"\\x{ord(m.group()):02x}", text)


def golden(root, number, section):
    """The golden file that a section shows already, else the first of its code; None: it has none."""
    files = sorted(file for file in (root / GOLDEN).glob(f"{number:04}_*") if file.suffix in (".yaml", ".rule"))
    for file in files:
        if f"\n{file.name}:" in section:
            return file
    return files[0] if files else None


def blocks(file):
    said = file.with_suffix(".expected").read_text(encoding="utf-8").replace(f"{GOLDEN}/", "")
    return f"\n```{file.suffix[1:]}\n{shown(file.read_bytes())}```\n```text\n{said}```\n"


def render(root, number, title, section):
    """(the section as it has to be, its prose)"""
    prose = BLOCK.sub("", section).strip()
    file = golden(root, number, section)
    return f"### ARGOT-{number:04}: {title}\n\n{prose}\n{blocks(file) if file else ''}", prose


def old_sections(page):
    """number -> body of its section, up to the next heading."""
    found = {}
    for match in SECTION.finditer(page):
        body = re.split(r"^#{2,3} ", page[match.end():], maxsplit=1, flags=re.M)[0]
        found[int(match.group(1))] = body
    return found


def part(root, header, name, old, wrong):
    text = [f"## {name}\n"]
    for number, _, title in CODE.findall((root / header).read_text(encoding="utf-8")):
        section, prose = render(root, int(number), title, old.get(int(number), ""))
        if len(prose.split()) < LEAST_WORDS:
            wrong.append(f"{PAGE}: nothing is said about ARGOT-{int(number):04}, {title}")
        text.append(section)
    return "\n".join(text)


def due(root, page, wrong):
    """The page as it has to be: the hand-written pages around the parts of codes stay."""
    old = old_sections(page)
    for header, name in CODES.items():
        begin = page.find(f"## {name}\n")
        if begin < 0:
            wrong.append(f"{PAGE}: no heading `## {name}`")
            continue
        behind = re.search(r"^## ", page[begin + 3:], re.M)
        end = begin + 3 + behind.start() if behind else len(page)
        page = page[:begin] + part(root, header, name, old, wrong) + ("\n" if behind else "") + page[end:]
    return page


def check_words(root, page, wrong):
    reasons = REASON.findall((root / "runtime/event/event.h").read_text(encoding="utf-8"))
    statuses = STATUS.findall((root / "runtime/cli/cli.h").read_text(encoding="utf-8"))
    for reason in reasons:
        if f"\n### {reason}\n" not in page:
            wrong.append(f"{PAGE}: no section about the reason {reason}")
    for status in statuses:
        if f"\n| {status} |" not in page:
            wrong.append(f"{PAGE}: no row about the exit status {status}")
    if not reasons or not statuses:
        wrong.append("event.h or cli.h is written in another way than this test reads")


def main():
    update = "--update" in sys.argv
    root = pathlib.Path(sys.argv[1]).resolve()
    path = root / PAGE
    page = path.read_text(encoding="utf-8")
    wrong = []
    wanted = due(root, page, wrong)
    check_words(root, wanted, wrong)
    if update:
        path.write_text(wanted, encoding="utf-8")
    elif wanted != page:
        lines = [number for number, (a, b) in enumerate(zip(page.split("\n"), wanted.split("\n")), 1) if a != b]
        place = lines[0] if lines else min(page.count("\n"), wanted.count("\n"))
        wrong.append(f"{PAGE}:{place}: not what codes.h and {GOLDEN} say; {pathlib.Path(__file__).name} --update "
                     "writes it anew")
    print("\n".join(wrong) or f"{len(old_sections(wanted))} codes are explained")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
