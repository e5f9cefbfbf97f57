#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""syslog.py --tools FOLDER --logs FOLDER --build TEXT ARGOT

`argot run` as a syslog server under load: four clients send lines of sshd (gen_sshd.py) from this machine. For each
policy of the store over TCP as fast as they are taken, which tells what a run takes, and how much of a processor it
needed for a line: the thread that stores is the limit. Then at ARGOT_BENCH_RATE lines a second (200,000), and over UDP
at twice what was taken. Fails when the lines that were sent are not those that were stored, became letters, or were
counted as dropped, or when memory grows. ARGOT_BENCH_SECONDS is how long each sends (10).
"""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import bench

MB = 30
SECONDS = float(os.environ.get("ARGOT_BENCH_SECONDS", "10"))
RATE = int(os.environ.get("ARGOT_BENCH_RATE", "200000"))
CLIENTS = 4
MOST_SECONDS = 600
STILL_SECONDS = 3
MOST_GROWTH_KIB = 24 << 10  # from a run that has stored for a moment to its end
SENT = re.compile(r"^(\d+) lines, (\d+) bytes, ([\d.]+) s", re.M)
CONFIG = """store: {{at: sqlite:events.db{store}}}
inputs:
  - {{syslog: {kind}://127.0.0.1:{port}, format: auto}}
{rules}"""
WAYS = (("all rows", "", "rules: []"), ("no raw lines", ", raw: none", "rules: []"),
        ("matched only", ", events: matched, raw: unmatched", "rules: []"),
        ("no rows", ", events: none, raw: none", "rules: []"), ("all rows, stock rules", "", ""))
HERTZ = os.sysconf("SC_CLK_TCK")

wrong = []


class Run:
    """An argot run that listens, and what it takes."""

    def __init__(self, options, folder, kind, store, rules):
        self.options, self.folder = options, folder
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (folder / "argot.yaml").write_text(CONFIG.format(store=store, kind=kind, port=self.port, rules=rules), "utf-8")
        with open(folder / "err.txt", "wb") as err:
            self.process = subprocess.Popen([options.argot, "run"], cwd=folder, stdin=subprocess.DEVNULL, stderr=err)
        while "running" not in self.said() and self.process.poll() is None:
            time.sleep(0.02)

    def said(self):
        return (self.folder / "err.txt").read_text("utf-8")

    def report(self):
        done = subprocess.run([self.options.argot, "status", "--json"], cwd=self.folder, capture_output=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def seconds(self):
        """Of each thread, the busiest first."""
        found = []
        for thread in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                fields = (thread / "stat").read_text("utf-8").rpartition(")")[2].split()
                found.append((int(fields[11]) + int(fields[12])) / HERTZ)
        return sorted(found, reverse=True)

    def memory(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(MOST_SECONDS):
            sys.exit(f"argot run failed: {self.said()}")


def counted(report):
    """What was stored or became a letter, and what was counted as dropped."""
    source = report["sources"][0]
    return source["events"] + source["dead_letters"], sum(report["drops"].values())


def await_all(run, sent):
    until, last, since = time.monotonic() + MOST_SECONDS, None, time.monotonic()
    while time.monotonic() < until:
        report = run.report()
        if report:
            now = counted(report)
            if sum(now) >= sent:
                return now
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > STILL_SECONDS:
                return now
        time.sleep(0.1)
    sys.exit("argot run does not come to an end")


def load(options, log, title, kind, rate, store, rules):
    """Lines a second that were taken."""
    with tempfile.TemporaryDirectory(dir=options.logs) as name:
        run = Run(options, pathlib.Path(name), kind, store, rules)
        command = [options.tools / "syslog_blast", kind, str(run.port), str(CLIENTS), str(rate), str(SECONDS), log]
        begin, sizes = time.monotonic(), []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as blast:
            while blast.poll() is None:
                time.sleep(0.5)
                sizes.append(run.memory())
            sent = int(SENT.search(blast.stdout.read())[1])
        stored, dropped = await_all(run, sent)
        took, threads = time.monotonic() - begin, run.seconds()
        sizes.append(run.memory())
        run.end()
    if stored + dropped != sent:
        wrong.append(f"{title}: {sent} sent, {stored} stored, {dropped} dropped")
    if sizes[-1] - sizes[len(sizes) // 4] > MOST_GROWTH_KIB:
        wrong.append(f"{title}: memory grew: {sizes}")
    busy = " + ".join(f"{one / max(stored, 1) * 1e6:.2f}" for one in threads if one > 0.01 * took)
    print(f"{title:30}{sent:10}{dropped:10}{stored / took:11.0f}{busy:>14}{threads[0] and stored / threads[0]:11.0f}"
          f"{max(sizes) / 1024:8.1f}", flush=True)
    return stored / took


def sshd_log(options):
    log = options.logs / f"syslog-{MB}.log"
    if not log.exists():
        lines = bench.sshd_log(options, MB).read_bytes().splitlines(keepends=True)
        log.write_bytes(b"".join(b"<38>" + line for line in lines))
    return log


def main():
    options = bench.benchmark_parser("tools", "logs").parse_args()
    log = sshd_log(options)
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print("taken      lines a second by the clock, clients on the same machine; could: by the busiest thread's time\n")
    print(f"{'':30}{'sent':>10}{'dropped':>10}{'taken/s':>11}{'us a line':>14}{'could/s':>11}{'MiB':>8}")
    most = 0
    for title, store, rules in WAYS:
        taken = load(options, log, f"tcp, {title}", "tcp", 0, store, rules)
        most = most or taken
    load(options, log, f"tcp at {RATE}/s", "tcp", RATE, "", "rules: []")
    load(options, log, "udp at twice what was taken", "udp", int(2 * most), "", "rules: []")
    for one in wrong:
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
