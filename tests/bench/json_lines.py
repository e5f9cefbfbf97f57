#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""json_lines.py --tools FOLDER --logs FOLDER --build TEXT --formats FOLDER ARGOT

JSON to typed events, processor time of whole processes, one thread: argot with a format for ten values that drops all
others, with the same that keeps them in extra, and with the stock format for Suricata; simdjson on demand, which picks
the ten (where it is installed), and wc. In turn, so that a busy machine is unfair to all alike. ARGOT_BENCH_MB is the
log's size (300), ARGOT_BENCH_ROUNDS how often each runs (5).
"""
import pathlib
import subprocess
import sys

import bench

MEANT = {"drop": 1.4, "keep": 2.0}


def eve_log(options):
    generator = pathlib.Path(__file__).with_name("gen_eve.py")
    log = options.logs / f"eve-{bench.MB}.jsonl"
    if not log.exists() or log.stat().st_mtime < generator.stat().st_mtime:
        options.logs.mkdir(parents=True, exist_ok=True)
        unfinished = log.with_suffix(".part")
        with open(unfinished, "wb") as out:
            subprocess.run([sys.executable, generator, str(bench.MB)], stdout=out, check=True)
        unfinished.rename(log)
    return log


def module(options, name, text):
    """The format as a module, made anew for this argot."""
    source, made = options.logs / f"{name}.yaml", options.logs / f"{name}.so"
    source.write_text(text)
    subprocess.run([options.argot, "compile", "-o", made, source], check=True, stdout=subprocess.DEVNULL)
    return made


def argot_programs(options, log):
    drop = (options.formats / "bench_eve.yaml").read_text()
    keep = drop.replace("unknown: drop", "").replace("bench_eve", "bench_eve_keep").replace('state":"new"', 'state":""')
    start = [options.argot, "parse", "-j", "1"]
    programs = {}
    for title, name, text in (("drop", "bench_eve", drop), ("keep", "bench_eve_keep", keep)):
        command = [*start, "--load", module(options, name, text), "-f", name, "-o", "none"]
        programs[title] = bench.Program(f"argot parse, ten values, {title}", command, log, bench.ARGOT)
    stock = [*start, "-f", "suricata_eve", "-o"]
    programs["stock"] = bench.Program("argot parse -f suricata_eve", [*stock, "none"], log, bench.ARGOT)
    programs["jsonl"] = bench.Program("argot parse -f suricata_eve -o jsonl", [*stock, "jsonl"], log, bench.ARGOT, True)
    return programs


def main():
    options = bench.benchmark_parser("tools", "logs", "formats").parse_args()
    meter = options.tools / "meter"
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print(f"times      user and system of the whole process, one thread; best of {bench.ROUNDS} interleaved rounds;")
    print("           the last columns divide by a peer's time: less is better")
    log = eve_log(options)
    peers = [bench.Program("wc -l", ["wc", "-l"], log, bench.WC)]
    if (options.tools / "json_peer").exists():
        peers.append(bench.Program("simdjson", [options.tools / "json_peer"], log, bench.PEER))
    else:
        print("left out: simdjson is not installed")
    programs = argot_programs(options, log)
    everybody = peers + list(programs.values())
    able = bench.look_at_all(everybody, meter)
    everybody, peers = able, [program for program in peers if program in able]
    for program in peers:
        program.sum = None  # not of the values that argot sums up
    bench.check_agreement(everybody)
    for _ in range(bench.ROUNDS):
        for program in everybody:
            program.seconds.append(program.run(meter)[1])
    bench.print_table(peers, list(programs.values()))
    for title, meant in MEANT.items() if len(peers) > 1 else ():
        print(f"{title}: {programs[title].best() / peers[1].best():.2f} times simdjson (meant: at most {meant})")


if __name__ == "__main__":
    main()
