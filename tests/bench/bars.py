#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bars.py --tools FOLDER --logs FOLDER --rules RULEBASE --build TEXT ARGOT

The ratios that docs/performance.md sets bars for, but those of JSON input (json_lines.py): access lines and sshd lines
against programs of ours, PCRE2, wc, lognormalizer and Python, lines of all shipped formats with and without -f, two
threads against one. Processor time of whole processes, medians of rounds in turn; for threads the best time on the clock.
ARGOT_BENCH_MB is the size of the large logs (100), ARGOT_BENCH_ROUNDS how often each runs (5). Never fails for being slow.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import bench

MB = int(os.environ.get("ARGOT_BENCH_MB", "100"))
SMALL_MB = min(20, MB)  # for the slow ones
HERE = pathlib.Path(__file__).resolve().parent


def seconds(program):
    return statistics.median(program.seconds)


def argot(options, words, log, writes=False):
    return bench.Program(f"argot parse {words}", [options.argot, "parse", "-j", "1", *words.split()], log, bench.ARGOT, writes)


def mixed_logs(options):
    """The samples of all formats in turn, again and again, and the same lines by format."""
    samples = {path.stem: path.read_bytes().splitlines(True) for path in sorted((HERE / "samples").glob("*.log"))}
    times = MB * 1000000 // sum(len(line) for lines in samples.values() for line in lines)
    mixed, logs = options.logs / "mixed.log", {}
    longest = max(map(len, samples.values()))
    block = b"".join(lines[i] for i in range(longest) for lines in samples.values() if i < len(lines))
    mixed.write_bytes(block * times)
    for name, lines in samples.items():
        logs[name] = options.logs / f"mixed-{name}.log"
        logs[name].write_bytes(b"".join(lines) * times)
    return mixed, logs


def run_all(programs, meter):
    """Those that can run here, after all rounds."""
    able = []
    for program in programs:
        try:
            program.run(meter)
            able.append(program)
        except bench.CannotRun as why:
            print(f"left out: {why}")
    for _ in range(bench.ROUNDS):
        for program in able:
            program.seconds.append(program.run(meter)[1])
    return able


def tell(what, reached, meant, more):
    good = reached >= meant if more else reached <= meant
    print(f"{what:72} {reached:8.2f}  {'at least' if more else 'at most'} {meant:g}{'' if good else '  MISSED'}", flush=True)


def access_bars(options, meter):
    log, small = bench.access_log(options, MB), bench.access_log(options, SMALL_MB)
    none, jsonl = argot(options, "-f apache_access -o none", log), argot(options, "-f apache_access -o jsonl", log, True)
    few = argot(options, "-f apache_access -o jsonl", small, True)
    peers = {
        "prims": bench.Program("prims_peer", [options.tools / "prims_peer"], log, bench.PEER),
        "prims json": bench.Program("prims_peer --json", ["sh", "-c", '"$0" "$1" --json', options.tools / "prims_peer"], log,
                                    bench.PEER, True),
        "pcre2": bench.Program("pcre2_peer", [options.tools / "pcre2_peer"], log, bench.PEER),
        "wc": bench.Program("wc -l", ["wc", "-l"], log, bench.WC),
        "seed": bench.Program("seed_peer.py", [sys.executable, HERE / "seed_peer.py"], small, bench.PEER, True),
    }  # fmt: skip
    if shutil.which("lognormalizer"):
        command = ["lognormalizer", "-H", "-r", options.rules]
        peers["lognormalizer"] = bench.Program("lognormalizer", command, small, bench.LOGNORM, True, by_stdin=True)
    peers = {name: peer for name, peer in peers.items() if "/" not in peer.command[0] or pathlib.Path(peer.command[0]).exists()}
    able = run_all([none, jsonl, few, *peers.values()], meter)
    bars = [
        ("Apache lines, typed, no output: time / prims_peer's", none, "prims", 1.2, False),
        ("Apache lines to JSON lines: time / prims_peer --json's", jsonl, "prims json", 1.3, False),
        ("Apache lines, typed: pcre2_peer's time / ours", none, "pcre2", 2, True),
        ("Apache lines, typed: share of wc -l's speed", none, "wc", 0.3, True),
        ("Apache lines to JSON lines: lognormalizer's time / ours", few, "lognormalizer", 12, True),
        ("Apache lines to JSON lines: seed_peer.py's time / ours", few, "seed", 75, True),
    ]
    for what, ours, peer, meant, more in bars:
        if peer in peers and peers[peer] in able:
            ratio = seconds(ours) / seconds(peers[peer])
            tell(what, 1 / ratio if more else ratio, meant, more)


def sshd_bars(options, meter):
    log = bench.sshd_log(options, MB)
    ours = argot(options, "-f sshd -o none", log)
    peer = bench.Program("pcre2_sshd_peer", [options.tools / "pcre2_sshd_peer"], log, bench.PEER)
    able = run_all([ours] + [peer] * pathlib.Path(peer.command[0]).exists(), meter)
    if peer in able:
        tell("sshd in syslog, typed: pcre2_sshd_peer's time / ours", seconds(peer) / seconds(ours), 2.5, True)
    tell("sshd in syslog, typed: GB/s, whole process", log.stat().st_size / seconds(ours) / 1e9, 1, True)


def mixed_bar(options, meter):
    mixed, logs = mixed_logs(options)
    found = argot(options, "-o none", mixed)
    named = [argot(options, f"-f {name} -o none", log) for name, log in logs.items()]
    start = argot(options, "-o none", os.devnull)
    for program in (found, *named):
        program.command = ["sh", "-c", '"$@"; test $? -le 1', "sh", *program.command]  # dead letters are not what this is about
    run_all([found, start, *named], meter)
    alone = sum(map(seconds, named)) - (len(named) - 1) * seconds(start)
    tell("lines of all formats without -f: time / with their format named", seconds(found) / alone, 1.5, False)


def thread_bar(options):
    best = {}
    log = bench.access_log(options, MB)
    for _ in range(bench.ROUNDS + 1):
        for jobs in (1, 2):
            command = [options.argot, "parse", "-q", "-j", str(jobs), "-f", "apache_access", "-o", "jsonl", log]
            begin = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            best[jobs] = min(best.get(jobs, 1e9), time.monotonic() - begin)
    tell("two threads: time of one on the clock / theirs", best[1] / best[2], 1.7, True)


def main():
    options = bench.benchmark_parser("tools", "logs", "rules").parse_args()
    meter = options.tools / "meter"
    options.logs.mkdir(parents=True, exist_ok=True)
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print(f"times      user and system of whole processes, one thread; medians of {bench.ROUNDS} interleaved rounds; {MB} MB")
    access_bars(options, meter)
    sshd_bars(options, meter)
    mixed_bar(options, meter)
    thread_bar(options)


if __name__ == "__main__":
    main()
