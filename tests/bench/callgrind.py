# SPDX-License-Identifier: Apache-2.0
"""What single lines cost to normalize, in instructions and mispredicted branches, as valgrind's callgrind counts them.
The counts do not depend on the machine's load: the C library is kept from choosing by processor, and addresses are those
that valgrind gives."""
import os
import pathlib
import re
import subprocess
import tempfile

RECEIVED = "2026-11-24T12:00:00Z"
FUNCTION = "argot_worker_record"  # one call a line
PLAIN = ",".join("-" + name for name in ("AVX2", "AVX512F", "AVX512VL", "AVX512BW", "AVX_Fast_Unaligned_Load", "ERMS", "FSRM",
                                         "SSE4_1", "SSE4_2", "SSSE3", "Fast_Unaligned_Copy"))  # fmt: skip
TOTALS = re.compile(r"^totals: (.*)$", re.M)
WARM = 2  # times; the first time a line is read, shapes are made and blocks got
WARM_LINES = 100  # or more times, until branches are as predictable as they get


def run(argot, format_, lines, folder):
    """[(instructions, mispredicted branches)] of each line, None: the formats are found."""
    log = folder / "lines.log"
    log.write_bytes(b"".join(line + b"\n" for line in lines))
    words = ["valgrind", "-q", f"--log-file={folder / 'log'}", "--tool=callgrind", "--branch-sim=yes", "--dump-line=no",
             f"--toggle-collect={FUNCTION}", f"--dump-after={FUNCTION}", f"--callgrind-out-file={folder / 'count'}",
             argot, "parse", "-j", "1", "-q", "--output", "none", "--received-at", RECEIVED]  # fmt: skip
    words += ["-f", format_, str(log)] if format_ else [str(log)]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={PLAIN}"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{' '.join(map(str, words))}: status {done.returncode}: {done.stderr}")
    counts = []
    for number in range(1, len(lines) + 1):
        path = folder / f"count.{number}"
        found = TOTALS.search(path.read_text())
        path.unlink()
        numbers = [int(word) for word in found.group(1).split()] if found else [0]
        if not numbers[0]:
            raise SystemExit(f"callgrind counted nothing of line {number}: {lines[number - 1]!r}")
        numbers += [0] * (5 - len(numbers))  # Ir Bc Bcm Bi Bim, without zeros at the end
        counts.append((numbers[0], numbers[2] + numbers[4]))
    return counts


def measure(argot, format_, *groups):
    """The same of each group of lines, all of which were read before. What other groups hold does not matter: each is
    read behind those before it. No line is empty or has a newline in it."""
    with tempfile.TemporaryDirectory() as folder:
        times = [max(WARM, WARM_LINES // max(len(group), 1)) for group in groups]
        lines = [line for group, count in zip(groups, times) for line in group * count]
        counts = run(str(pathlib.Path(argot).resolve()), format_, lines, pathlib.Path(folder))
    found = []
    for group, count in zip(groups, times):
        found.append(counts[len(group) * (count - 1) : len(group) * count])
        counts = counts[len(group) * count :]
    return found
