#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py speed|memory --tools FOLDER --logs FOLDER --rules RULEBASE --build TEXT ARGOT

speed: processor time of whole processes, one thread, over one generated access log: argot and what it is measured
against, in turn, so that a busy machine is unfair to all alike. Fails if the programs do not agree about the lines.
memory: argot's peak, which must not depend on the size of the input. ARGOT_BENCH_MB is the log's size (300),
ARGOT_BENCH_ROUNDS how often each program runs (5).
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

MB = int(os.environ.get("ARGOT_BENCH_MB", "300"))
ROUNDS = int(os.environ.get("ARGOT_BENCH_ROUNDS", "5"))
SMALL_MB = min(30, MB)  # for the slow ones
LONG_LINE_MB = 100
MAX_PEAK_KIB = 16 * 1024
CANNOT_RUN = 77
METER = re.compile(r"^meter: ([\d.]+) s, (\d+) KiB$", re.M)

# What the programs say about the lines: how many they understood, how many not, and perhaps a sum of values.
WC = re.compile(r"^(?P<good>\d+) ")
PEER = re.compile(r"^(?P<good>\d+) lines, (?P<bad>\d+) others, sum (?P<sum>\w+)$", re.M)
ARGOT = re.compile(r"^\d+ lines, (?P<good>\d+) events, (?P<bad>\d+) dead letters, (?P<skipped>\d+) skipped", re.M)
LOGNORM = re.compile(r"^\d+ records processed, (?P<good>\d+) parsed, (?P<bad>\d+) unparsed", re.M)


class CannotRun(Exception):
    """This machine lacks what a program needs."""


class Program:
    def __init__(self, name, command, log, says, writes_events=False, by_stdin=False):
        self.name = name
        self.command = [str(word) for word in command] + ([] if by_stdin else [str(log)])
        self.log = log
        self.says = says
        self.writes_events = writes_events
        self.by_stdin = by_stdin
        self.seconds = []
        self.lines = self.sum = None

    def run(self, meter):
        """Returns what it said, its seconds and its peak in KiB."""
        with open(self.log if self.by_stdin else os.devnull, "rb") as stdin:
            done = subprocess.run(
                [meter, *self.command],
                stdin=stdin,
                stdout=subprocess.DEVNULL if self.writes_events else subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        said = ((done.stdout or b"") + done.stderr).decode("utf-8", "replace")
        if done.returncode == CANNOT_RUN:
            raise CannotRun(said.splitlines()[0])
        measured = METER.search(said)
        if done.returncode or not measured:
            sys.exit(f"{self.name}: status {done.returncode}\n{said}")
        return said, float(measured[1]), int(measured[2])

    def look(self, meter):
        """A round that is not counted: warms the caches and learns about the lines."""
        said = self.run(meter)[0]
        found = self.says.search(said)
        if not found:
            sys.exit(f"{self.name}: says nothing about lines\n{said}")
        found = found.groupdict()
        if int(found.get("bad", 0)) or int(found.get("skipped", 0)):
            sys.exit(f"{self.name}: did not understand every line\n{said}")
        self.lines = int(found["good"])
        self.sum = found.get("sum")

    def best(self):
        return min(self.seconds)


def absolute_path(text):
    return pathlib.Path(text).absolute()


def benchmark_parser(*folders, argot=True):
    """Of what each benchmark is started with: paths by name, how argot was built, and argot."""
    parser = argparse.ArgumentParser()
    for name in folders:
        parser.add_argument(f"--{name}", type=absolute_path, required=True)
    parser.add_argument("--build", required=True)
    if argot:
        parser.add_argument("argot", type=absolute_path)
    return parser


def made_log(options, name, generator, command):
    """What the command prints, made once and kept until the generator changes."""
    log = options.logs / name
    if not log.exists() or log.stat().st_mtime < generator.stat().st_mtime:
        options.logs.mkdir(parents=True, exist_ok=True)
        unfinished = log.with_suffix(".part")
        with open(unfinished, "wb") as out:
            subprocess.run(command, stdout=out, check=True)
        unfinished.rename(log)
    return log


def access_log(options, megabytes):
    generator = options.tools / "gen_access"
    return made_log(options, f"access-{megabytes}.log", generator, [generator, str(megabytes)])


def sshd_log(options, megabytes):
    generator = pathlib.Path(__file__).with_name("gen_sshd.py")
    return made_log(options, f"sshd-{megabytes}.log", generator, [sys.executable, generator, str(megabytes)])


def argot_modes(options, log):
    modes = [
        ("-f apache_access --output none", False),
        ("-f apache_access --output none --checksum", False),
        ("--output none", False),
        ("-f apache_access --output jsonl", True),
        ("--output jsonl", True),
    ]
    start = [options.argot, "parse", "-j", "1"]
    return [Program(f"argot parse {words}", start + words.split(), log, ARGOT, writes) for words, writes in modes]


def large_log_programs(options):
    log = access_log(options, MB)
    peers = [Program("wc -l", ["wc", "-l"], log, WC)]
    for name in ("prims_peer", "pcre2_peer"):
        if (options.tools / name).exists():
            peers.append(Program(name, [options.tools / name], log, PEER))
        else:
            print(f"left out: {name} was not built here")
    return peers, argot_modes(options, log)


def small_log_programs(options):
    log = access_log(options, SMALL_MB)
    modes = [mode for mode in argot_modes(options, log) if mode.writes_events]
    if not shutil.which("lognormalizer"):
        print("left out: lognormalizer is not installed")
        return [], []
    command = ["lognormalizer", "-H", "-r", options.rules]
    return [Program("lognormalizer", command, log, LOGNORM, writes_events=True, by_stdin=True)], modes


def look_at_all(programs, meter):
    """Returns those that can run here."""
    able = []
    for program in programs:
        try:
            program.look(meter)
            able.append(program)
        except CannotRun as why:
            print(f"left out: {why}")
    return able


def check_agreement(programs):
    """Programs over the same log have seen the same lines and, where they tell one, the same sum."""
    wrong = []
    for what in ("lines", "sum"):
        seen = {str(value): program.name for program in programs if (value := getattr(program, what)) is not None}
        if len(seen) > 1:
            wrong.append(f"they do not agree about the {what}: " + ", ".join(f"{seen[key]} {key}" for key in seen))
    if wrong:
        sys.exit("\n".join(wrong))


def print_table(peers, modes):
    """Each row's seconds divided by those of each peer."""
    size = modes[0].log.stat().st_size
    lines = modes[0].lines
    print(f"\n{size / 1e6:.0f} MB, {lines} lines, {size / lines:.0f} bytes each")
    titles = "".join(f"{'/ ' + peer.name:>16}" for peer in peers)
    width = max(len(program.name) for program in peers + modes)
    print(f"{'':{width}}{'CPU s':>8}{'spread':>8}{'MB/s':>7}{'lines/s':>11}{titles}")
    for program in peers + modes:
        best = program.best()
        ratios = "".join(f"{best / peer.best():16.3g}" for peer in peers)
        spread = f"{max(program.seconds) / best * 100 - 100:.0f} %"
        print(f"{program.name:{width}}{best:8.3f}{spread:>8}{size / best / 1e6:7.0f}{lines / best:11.0f}{ratios}")


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^(?:model name|Model)\s*:\s*(.*)$", text, re.M)
    return f"{model[1] if model else os.uname().machine}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


def speed(options, meter):
    print(f"build      {options.build}\nprocessor  {processor()}")
    print(f"times      user and system of the whole process, one thread; best of {ROUNDS} interleaved rounds,")
    print("           spread: how much longer the worst took; MB/s and lines/s: by a second of such time;")
    print("           the last columns divide by a peer's time: less is better")
    logs = (large_log_programs(options), small_log_programs(options))
    pairs = [(look_at_all(peers, meter), look_at_all(modes, meter)) for peers, modes in logs]
    for peers, modes in pairs:
        check_agreement(peers + modes)
    for _ in range(ROUNDS):
        for peers, modes in pairs:
            for program in peers + modes:
                program.seconds.append(program.run(meter)[1])
    for peers, modes in pairs:
        if modes:
            print_table(peers, modes)


def memory(options, meter):
    long_line = options.logs / f"line-{LONG_LINE_MB}.log"
    inputs = {
        f"{MB} MB access log": access_log(options, MB),
        f"one line of {LONG_LINE_MB} MB, no newline": long_line,
    }
    with open(long_line, "wb") as out:
        for _ in range(LONG_LINE_MB):
            out.write(b"x" * 1000000)
    too_much = False
    for title, path in inputs.items():
        for kind in ("none", "jsonl"):
            command = [options.argot, "parse", "-j", "1", "--output", kind]
            peak = Program("argot", command, path, ARGOT, writes_events=True).run(meter)[2]
            too_much |= peak >= MAX_PEAK_KIB
            print(f"peak {peak / 1024:5.1f} MiB, at most {MAX_PEAK_KIB // 1024}: --output {kind:5}, {title}")
    long_line.unlink()
    if too_much:
        sys.exit("argot takes more memory than it should")


def main():
    parser = benchmark_parser("tools", "logs", "rules", argot=False)
    parser.add_argument("what", choices=["speed", "memory"])
    parser.add_argument("argot", type=absolute_path)
    options = parser.parse_args()
    meter = options.tools / "meter"
    {"speed": speed, "memory": memory}[options.what](options, meter)


if __name__ == "__main__":
    main()
