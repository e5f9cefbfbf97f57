#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plain.py [--argot PROGRAM] [--formats DIR] [--corpus DIR] [--count N] [--seed N] [-f NAME]

Holds the second implementation in naive/ against itself without its shortcuts (naive/shortcuts.py): the lines of all
examples and --count mutants, as compare.py makes them. What is said of a line must be the same, byte by byte.
"""
import argparse
import sys

import compare
import runner


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    runner.add_options(parser)
    parser.add_argument("--count", type=int, default=300, metavar="N", help="mutants")
    parser.add_argument("--lines", type=int, default=20, metavar="N", help="lines of each file of the corpus")
    parser.add_argument("-f", "--format", metavar="NAME", help="this format only")
    options = parser.parse_args()
    compare.shared["argot"], fast = runner.load(options)
    compare.shared["naive"] = fast
    import chain
    import shortcuts

    assert shortcuts.on
    shortcuts.plain()
    plain = chain.Naive(options.formats, options.schema)
    work, failed = compare.work_of(options), 0
    for name, recipe in work:
        line = compare.made_line(recipe)
        said, wanted = (chain.dump(each.record(line, name, 0, "Europe/Berlin")) for each in (fast, plain))
        if said != wanted:
            failed += 1
            print(f"{line!r} (format {name or 'found'})\n    with shortcuts: {said}\n    without:        {wanted}")
    return runner.finish(len(work) - failed, failed)


if __name__ == "__main__":
    sys.exit(main())
