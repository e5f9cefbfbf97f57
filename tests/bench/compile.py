#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compile.py ARGOT SOURCE: how long argot compile takes from YAML to a module that is loaded, for a small format and for
the largest of the stock ones. Prints processor time, of all programs that it starts, and the time on the clock; meant
are less than 1 s and less than 8 s of a processor. Never fails for being slow."""
import os
import resource
import subprocess
import sys
import tempfile
import time

ROUNDS = 3
FORMATS = [("small: docs/samples/ledger.yaml", "docs/samples/ledger.yaml", 1), ("large: formats/sshd.yaml", "formats/sshd.yaml", 8)]


def once(argot, source, output):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([argot, "compile", "-o", output, source], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([argot, "formats", "--load", output], check=True, stdout=subprocess.DEVNULL)
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, end - begin


def main():
    argot, source = sys.argv[1], sys.argv[2]
    print(f"compiler: {os.environ.get('CC', 'cc')}; best of {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        for name, path, meant in FORMATS:
            rounds = [once(argot, os.path.join(source, path), os.path.join(folder, "module.so")) for _ in range(ROUNDS)]
            used, clock = min(each[0] for each in rounds), min(each[1] for each in rounds)
            print(f"{name}: {used:.2f} s of a processor, {clock:.2f} s on the clock (meant: under {meant} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
