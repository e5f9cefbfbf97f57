#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""store_large.py --logs FOLDER --build TEXT ARGOT

A store of many events, and what it costs to ask it and to go on with it: a search for an address, by which most rows are
passed over, in all segments; the begin of a run, which reads the newest events again; a run with nothing to do.
ARGOT_BENCH_EVENTS is how many (1,000,000; ten million take some minutes and 5 GB). The store stays in the logs' folder for
the next time.
"""
import os
import pathlib
import random
import resource
import subprocess
import sys
import time

import bench

EVENTS = int(os.environ.get("ARGOT_BENCH_EVENTS", "1000000"))
IDLE_SECONDS = 10
TICKS = os.sysconf("SC_CLK_TCK")


def write_log(path):
    """Logins and web accesses of random addresses, five a second."""
    rng = random.Random(7)
    with path.open("w", encoding="ascii") as log:
        for number in range(EVENTS):
            second = number // 5
            clock = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
            day = 1 + second // 86400 % 28
            address = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
            if number % 3:
                log.write(f'{address} - - [{day:02}/Nov/2026:{clock} +0000] "GET /item/{rng.randrange(5000)} HTTP/1.1" '
                          f'{rng.choice((200, 200, 404, 500))} {rng.randrange(9000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"\n')
            else:
                log.write(f"Nov {day:2} {clock} web{number % 20} sshd[{number % 30000}]: Failed password for root from "
                          f"{address} port {1024 + number % 60000} ssh2\n")


def configure(folder, name, inputs):
    path = folder / name
    path.write_text(f"store: sqlite:events.db\ninputs: [{inputs}]\n", encoding="utf-8")
    return path


def make_store(options, folder):
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "lines.log"
    if not log.exists():
        write_log(folder / "lines.new")
        (folder / "lines.new").rename(log)
    began = time.monotonic()
    path = configure(folder, "argot.yaml", "{file: lines.log, follow: false, timezone: +00:00}")
    if subprocess.run([options.argot, "run", "-q", "-c", path], check=False).returncode:
        sys.exit("the store could not be made")
    return time.monotonic() - began


def cost(command):
    """The best of some rounds: seconds by the clock, and of the processor."""
    best = []
    for _ in range(bench.ROUNDS + 1):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"{command} failed")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best.append((time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return [min(column) for column in zip(*best[1:])]


def idle(options, folder, store):
    """Share of a processor, and memory in KiB, of a run that waits."""
    (folder / "none.log").touch()
    path = configure(folder, "idle.yaml", "{file: none.log}")
    path.write_text(path.read_text(encoding="utf-8").replace("events.db", store), encoding="utf-8")
    with subprocess.Popen([options.argot, "run", "-c", path], stderr=subprocess.PIPE, text=True) as run:
        while "running" not in run.stderr.readline():
            if run.poll() is not None:
                sys.exit("it does not run")

        def ticks():
            return sum(int(word) for word in pathlib.Path(f"/proc/{run.pid}/stat").read_text("ascii").split()[13:15])
        time.sleep(1)
        before = ticks()
        time.sleep(IDLE_SECONDS)
        share = (ticks() - before) / TICKS / IDLE_SECONDS
        status = pathlib.Path(f"/proc/{run.pid}/status").read_text("ascii")
        run.terminate()
    return share, int(status.split("VmRSS:")[1].split()[0])


def main():
    options = bench.benchmark_parser("logs").parse_args()
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    folder = options.logs / f"store-{EVENTS}"
    seconds = make_store(options, folder)
    files = sorted(folder.glob("events*.db"))
    print(f"{EVENTS} events in {len(files)} segments, {sum(path.stat().st_size for path in files) / 1e9:.1f} GB, made or "
          f"found in {seconds:.0f} s; best of {bench.ROUNDS} rounds\n{'':34}{'seconds':>9}{'CPU s':>9}")
    query = [options.argot, "query", "--store", f"sqlite:{folder / 'events.db'}", "-o", "jsonl"]
    for title, command in (
            ("search by source_ip", [*query, "source_ip == 10.3.19.215"]),
            ("search by a network", [*query, "source_ip in 10.3.19.0/24"]),
            ("run that begins and ends", [options.argot, "run", "-q", "-c", folder / "argot.yaml"])):
        wall, processor = cost(command)
        print(f"{title:34}{wall:9.3f}{processor:9.3f}")
    for title, store in (("idle, empty store", "empty.db"), ("idle, behind these events", "events.db")):
        share, peak = idle(options, folder, store)
        print(f"{title:34}{share * 100:8.2f} % of a processor, {peak / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
