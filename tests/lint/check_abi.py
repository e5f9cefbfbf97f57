#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_abi.py SOURCE [--update]

A module that was compiled before a change of normalizer.h is read by an argot compiled after it. So the header's code
(not its comments) is held against the digest that was noted for its ARGOT_ABI in abi.digests: each change needs a new
number. Then --update notes it; a number that is noted keeps its digest.
"""
import hashlib
import pathlib
import re
import sys

HEADER = "runtime/include/argot/normalizer.h"
DIGESTS = "tests/lint/abi.digests"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
NUMBER = re.compile(r"^#define ARGOT_ABI (\d+)u$", re.M)
TOKEN = re.compile(r"\w+|\S")


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / HEADER).read_text(encoding="utf-8")
    number = NUMBER.search(text).group(1)
    # The oldest that is read may go down or up without a change of what is read.
    code = re.sub(r"#define ARGOT_ABI(_OLDEST)? .*", "", COMMENT.sub(" ", text))
    digest = hashlib.sha256(" ".join(TOKEN.findall(code)).encode()).hexdigest()[:32]
    file = root / DIGESTS
    noted = dict(line.split() for line in file.read_text(encoding="utf-8").splitlines() if line)
    if noted.get(number) == digest:
        print(f"{HEADER} is what ABI {number} is")
        return 0
    if number in noted:
        print(f"{HEADER} is not what ABI {number} was, and modules compiled before would be read wrongly: raise ARGOT_ABI, "
              "and ARGOT_ABI_OLDEST unless older modules are read as they were; say at the head what changed; then "
              "python3 tests/lint/check_abi.py . --update")
        return 1
    if "--update" not in sys.argv:
        print(f"ABI {number} is new: python3 tests/lint/check_abi.py . --update")
        return 1
    with file.open("a", encoding="utf-8") as out:
        out.write(f"{number} {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
