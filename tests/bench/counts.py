#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""counts.py [--argot PROGRAM] [--update] [FORMAT...]

Holds what each stock format costs against counts.tsv: instructions a byte and mispredicted branches a line over
samples/FORMAT.log, and how many times its median line's instructions a byte the worst line of slow/FORMAT.log takes.
What differs by more than the slack fails, fewer too, so that the table stays true; --update writes it anew. The row
`found` is all samples without -f. Another compiler makes other counts, and so does a processor without AVX2, which argot
asks for itself: then nothing is compared, and that is said.
"""
import argparse
import concurrent.futures
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys

import callgrind

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "counts.tsv"
FOUND = "found"
COLUMNS = ("format", "instructions/byte", "mispredicted/line", "slowest/median")
SLACK = 0.05
# Of branches in one format: callgrind's predictor knows them by their addresses, which any change of the program moves.
# That alone was up to 13 %, and less than 1 % for all samples together.
SLACK_MOVED = 0.25
FEW = 1.0  # mispredicted branches a line that are no difference
BAR = 4.0  # what no line should cost, beside the median


def lines_of(folder, name):
    path = HERE / folder / f"{name}.log"
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def samples_of(name):
    if name != FOUND:
        return lines_of("samples", name)
    return [line for path in sorted((HERE / "samples").glob("*.log")) for line in lines_of("samples", path.stem)]


def ratios(samples, counts, others, costs):
    """What each of the others costs a byte beside the median sample. One shorter than the samples' median length is taken
    to be as long: what a line costs whatever its length is not what this is about."""
    median = statistics.median(cost[0] / len(line) for line, cost in zip(samples, counts))
    least = statistics.median(map(len, samples))
    return [cost[0] / max(len(line), least) / median for line, cost in zip(others, costs)]


def row_of(argot, name):
    samples, slow = samples_of(name), lines_of("slow", name)
    counts, of_slow = callgrind.measure(argot, None if name == FOUND else name, samples, slow)
    instructions = sum(cost[0] for cost in counts) / sum(map(len, samples))
    missed = sum(cost[1] for cost in counts) / len(samples)
    worst = max(ratios(samples, counts, slow, of_slow), default=0)
    return name, round(instructions, 1), round(missed, 1), round(worst, 2)


def compiler_of(argot):
    """What compiled the program, as it says in a section of its own; and whether it may choose AVX2 when it runs."""
    done = subprocess.run(["readelf", "-p", ".comment", argot], capture_output=True, text=True, check=False)
    found = re.search(r"\]\s+(\S.*)", done.stdout)
    processor = pathlib.Path("/proc/cpuinfo")
    avx2 = processor.exists() and re.search(r"^flags\b.*\bavx2\b", processor.read_text(), re.M)
    return f"{found.group(1) if found else 'unknown'}, {platform.machine()}{', AVX2' if avx2 else ''}"


def read_table():
    if not TABLE.exists():
        return "", {}
    rows = [line.split("\t") for line in TABLE.read_text().splitlines()]
    compiler = next((row[0].split(": ", 1)[1] for row in rows if row[0].startswith("# compiler: ")), "")
    return compiler, {row[0]: tuple(map(float, row[1:])) for row in rows if row[0][0] != "#" and row[0] != COLUMNS[0]}


def write_table(compiler, rows):
    text = f"# SPDX-License-Identifier: Apache-2.0\n# counts.py --update writes this\n# compiler: {compiler}\n"
    text += "\t".join(COLUMNS) + "\n"
    TABLE.write_text(text + "".join("\t".join(map(str, row)) + "\n" for row in rows))


def differences(row, was):
    """What is told of a row that is not as it was."""
    if was is None:
        return ["is new"]
    told = []
    moved = SLACK if row[0] == FOUND else SLACK_MOVED
    for what, is_, due, slack, few in zip(COLUMNS[1:], row[1:], was, (SLACK, moved, SLACK), (0, FEW, 0)):
        if abs(is_ - due) > max(due * slack, few):
            told.append(f"{what} {due:g} -> {is_:g} ({(is_ - due) / due * 100:+.1f} %)" if due else f"{what} is {is_:g}")
    if row[3] > BAR >= was[2]:
        told.append(f"a line costs {row[3]:g} times the median: more than {BAR:g}")
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--argot", default="build/argot", metavar="PROGRAM")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    options = parser.parse_args()
    if not shutil.which("valgrind") or not shutil.which("readelf"):
        print("counts.py: valgrind or readelf is not installed: nothing is compared")
        return 0
    compiler, (was_compiler, table) = compiler_of(options.argot), read_table()
    if compiler != was_compiler and not options.update:
        print(f"the table was made with {was_compiler}, {options.argot} with {compiler}: nothing is compared")
        return 0
    shipped = sorted(path.stem for path in (HERE.parent.parent / "formats").glob("*.yaml") if path.stem != "schema")
    bare = [name for name in shipped if not samples_of(name)]
    if bare:
        raise SystemExit(f"no samples of {', '.join(bare)}: write tests/bench/samples/NAME.log")
    names = options.formats or [*shipped, FOUND]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda name: row_of(options.argot, name), names))
    if options.update:
        kept = {name: (name, *row) for name, row in table.items() if name in shipped or name == FOUND}
        kept.update({row[0]: row for row in rows})
        write_table(compiler, [kept[name] for name in [*shipped, FOUND] if name in kept])
    wrong = 0
    for row in rows:
        told = differences(row, table.get(row[0]))
        wrong += bool(told)
        print(f"{row[0]:16} {row[1]:7.1f} a byte {row[2]:7.1f} missed a line {row[3]:6.2f}  {'; '.join(told)}")
    if wrong and not options.update:
        print("where that is meant: python3 tests/bench/counts.py --update")
    wrong = 0 if options.update else wrong
    print(f"{len(rows) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
