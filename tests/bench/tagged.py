#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tagged.py [--build DIR]

What one tagged DFA would save that decides and finds the fields at once (tagged/su.re), beside the generated DFA and
extractors, over the messages of su's samples: instructions and mispredicted branches a line, bytes of machine code. Both
must find the same messages.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
TIMES = 100
BEFORE = re.compile(rb"^.*? su(?:\[\d+\])?: (?:\[ID [^]]*\] )?", re.M)
OF = {"run_generated": r" (extract_\w+|lexer_\w+_decide|run_generated)$", "run_tagged": r" (tagged|run_tagged)$"}


def count(program, log, function, folder):
    """(instructions, mispredicted branches) of all calls of a function."""
    out = folder / "count"
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--branch-sim=yes", f"--toggle-collect={function}",
                    f"--callgrind-out-file={out}", program, log], check=True, stderr=subprocess.DEVNULL)  # fmt: skip
    numbers = list(map(int, re.search(r"^totals: (.*)$", out.read_text(), re.M).group(1).split())) + [0] * 4
    return numbers[0], numbers[2] + numbers[4]


def size_of(program, names):
    done = subprocess.run(["nm", "-S", program], check=True, capture_output=True, text=True)
    return sum(int(line.split()[1], 16) for line in done.stdout.splitlines() if re.search(names, line))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", metavar="DIR", help="where argot-gen was built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        messages = BEFORE.sub(b"", (HERE / "samples" / "su.log").read_bytes())
        (folder / "log").write_bytes(messages * TIMES)
        subprocess.run([pathlib.Path(options.build) / "argot-gen", "format", "--schema", SOURCE / "formats/schema.yaml", "--formats",
                        SOURCE / "formats", "--re2c", "re2c", "--output", folder / "su.c", SOURCE / "formats/su.yaml"], check=True)  # fmt: skip
        subprocess.run(["re2c", "-i", "--tags", "--case-ranges", HERE / "tagged/su.re", "-o", folder / "tagged.c"], check=True)
        subprocess.run(["cc", "-O2", "-w", f"-I{SOURCE / 'runtime/include'}", f'-DTABLES="{folder}/su.c"',
                        f'-DTAGGED="{folder}/tagged.c"', HERE / "tagged/main.c", "-o", folder / "both"], check=True)  # fmt: skip
        lines = messages.count(b"\n") * TIMES
        for function, names in OF.items():
            instructions, missed = count(folder / "both", folder / "log", function, folder)
            size = size_of(folder / "both", names)
            print(f"{function:14} {instructions / lines:6.0f} instructions {missed / lines:5.1f} missed a line, {size} bytes")


if __name__ == "__main__":
    main()
