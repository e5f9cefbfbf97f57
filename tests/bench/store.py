#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""store.py --tools FOLDER --logs FOLDER --build TEXT ARGOT

An access log into the store, processor time of the whole `argot run`, against SQLite alone with the same rows: a loop
over one prepared INSERT, of which only the loop counts (store_peer). In turn, so that a busy machine is unfair to both
alike. ARGOT_BENCH_MB is the log's size (100), ARGOT_BENCH_ROUNDS how often each runs (5). With three indexes from the
first row on, the loop once more: what a store would take that keeps them while it is written to; and argot run over
segments of a fifth of the store, of which all but the last get four indexes when they are closed.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import bench

MB = int(os.environ.get("ARGOT_BENCH_MB", "100"))
LOOP = re.compile(r"^(\d+) rows, ([\d.]+) s$", re.M)
CONFIGURATION = "store: {{at: sqlite:{}, segment_size: {}}}\nrules: []\ninputs: [{{file: {}, follow: false, format: apache_access}}]\n"


def run_argot(options, folder, log, segment_size="100GB"):
    for old in folder.glob("events*.db*"):
        old.unlink()
    configuration = folder / "argot.yaml"
    configuration.write_text(CONFIGURATION.format(folder / "events.db", segment_size, log), encoding="utf-8")
    program = bench.Program("argot run", [options.argot, "run", "-c"], configuration, None)
    return program.run(options.tools / "meter")[1]


def run_loop(options, folder, *more):
    command = [options.tools / "store_peer", folder / "events.db", folder / "copy.db", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = LOOP.search(done.stdout)
    if done.returncode or not said:
        sys.exit(f"store_peer: status {done.returncode}\n{done.stdout}{done.stderr}")
    return int(said[1]), float(said[2])


def main():
    options = bench.benchmark_parser("tools", "logs").parse_args()
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print(f"times      user and system; best of {bench.ROUNDS} interleaved rounds")
    log = bench.access_log(options, MB)
    argot, loop, rows = [], [], 0
    with tempfile.TemporaryDirectory(dir=options.logs) as name:
        folder = pathlib.Path(name)
        for _ in range(bench.ROUNDS):
            argot.append(run_argot(options, folder, log))
            rows, seconds = run_loop(options, folder)
            loop.append(seconds)
        indexed = run_loop(options, folder, "3")[1]
        size = (folder / "events.db").stat().st_size
        segments = run_argot(options, folder, log, f"{size // 5}B")
    print(f"\n{log.stat().st_size / 1e6:.0f} MB, {rows} rows, {size / rows:.0f} bytes each in the store")
    print(f"{'':38}{'CPU s':>8}{'rows/s':>10}{'speed':>8}")
    for title, seconds in (("bare loop", min(loop)), ("argot run", min(argot)), ("bare loop, three indexes (1 round)", indexed),
                           ("argot run, indexed segments (1 round)", segments)):
        print(f"{title:38}{seconds:8.3f}{rows / seconds:10.0f}{min(loop) / seconds * 100:6.0f} %")
    print(f"with indexes argot run is {indexed / segments:.1f} times as fast as the loop")


if __name__ == "__main__":
    main()
