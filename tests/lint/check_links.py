#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_links.py SOURCE

Every link from one of our Markdown pages to a file of ours leads somewhere, its #heading too.
"""
import pathlib
import re
import sys

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)


def headings(text):
    """The anchors that the headings of a page make, as code hosts build them."""
    for match in re.finditer(r"^#{1,6}\s+(.*?)\s*#*$", text, re.M):
        anchor = re.sub(r"[^\w\- ]", "", match.group(1).lower())
        yield anchor.replace(" ", "-")


def main():
    root = pathlib.Path(sys.argv[1])
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    wrong = []
    links = 0
    for page in pages:
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            links += 1
            path, _, anchor = target.partition("#")
            file = (page.parent / path) if path else page
            name = page.relative_to(root)
            if not file.exists():
                wrong.append(f"{name}: {target} leads nowhere")
            elif anchor and file.suffix == ".md" and anchor not in headings(file.read_text(encoding="utf-8")):
                wrong.append(f"{name}: {path or name} has no heading {anchor}")
    print("\n".join(wrong) or f"{links} links lead somewhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
