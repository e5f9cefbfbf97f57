#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_live.py ARGOT SOURCE

argot run over inputs that have no end: followed files through rotations and restarts, syslog over sockets, signals. What
is in the store is compared with what was written.
"""
import datetime
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

from running import ask

ARGOT = pathlib.Path(sys.argv[1]).resolve()
MOST_SECONDS = 60

RULE = """rule brute_force {
    title "many failures"
    severity high
    match AUTH_LOGIN where event_outcome == "failure"
    by source_ip
    when count >= 3 within 5m
}
"""
CONFIG = """store: sqlite:events.db
inputs:
{inputs}
rules: [r.rule]
{sandbox}alerts:
  - stdout: jsonl
"""
SANDBOX = "sandbox: kill\n" if b"seccomp_load" in ARGOT.read_bytes() else ""  # a call that is missing shows
START = datetime.datetime(2026, 3, 3, 10, tzinfo=datetime.timezone.utc)

wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)
        print("WRONG:", what)


def line(second, address, port=4000):
    moment = (START + datetime.timedelta(seconds=second)).isoformat()
    return f"{moment} web1 sshd[1]: Failed password for root from {address} port {port} ssh2\n"


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Run:
    """One argot run in a folder, until it is told to end."""

    def __init__(self, folder):
        self.folder = folder
        with open(folder / "err.txt", "ab") as words, open(folder / "out.jsonl", "ab") as out:
            self.process = subprocess.Popen([ARGOT, "run"], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=words)

    def said(self):
        return (self.folder / "err.txt").read_text(encoding="utf-8", errors="replace")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        before = time.monotonic()
        status = self.process.wait(MOST_SECONDS)
        return status, time.monotonic() - before


def wait_for(folder, query, due, what):
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        rows = ask(folder, query)
        if rows == due:
            return
        time.sleep(0.05)
    check(False, f"{what}: {ask(folder, query)}, not {due}")


def wait_for_events(folder, count, what):
    wait_for(folder, "SELECT count(*) FROM events", [(count,)], what)


def prepare(folder, inputs):
    (folder / "r.rule").write_text(RULE, encoding="utf-8")
    text = "\n".join(f"  - {one}" for one in inputs)
    (folder / "argot.yaml").write_text(CONFIG.format(inputs=text, sandbox=SANDBOX), encoding="utf-8")


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def follows_through_rotation_and_restart(folder):
    prepare(folder, ["{file: auth.log, format: auto}"])
    log = folder / "auth.log"
    run = Run(folder)
    append(log, line(1, "203.0.113.9") + line(2, "203.0.113.9"))
    wait_for_events(folder, 2, "lines that were appended")
    log.rename(folder / "auth.log.1")
    append(log, line(4, "203.0.113.9"))
    append(folder / "auth.log.1", line(3, "203.0.113.9"))
    wait_for_events(folder, 4, "lines of both generations")
    run.process.kill()
    run.process.wait()
    append(log, line(5, "203.0.113.9"))
    log.rename(folder / "auth.log.2")
    append(log, line(6, "203.0.113.9") + line(60, "203.0.113.10"))
    run = Run(folder)
    wait_for_events(folder, 7, "lines that came between two runs")
    wait_for(folder, "SELECT count(*) FROM alerts", [(1,)], "the alert")
    status, seconds = run.end()
    check(status == 0, f"ended with {status}: {run.said()}")
    check(seconds < 5, f"took {seconds:.1f} s to end")
    rows = ask(folder, "SELECT s.name, e.record, e.raw_line FROM events e JOIN sources s ON s.id = e.source "
                       "ORDER BY s.id, e.record")
    names = [(name, record) for name, record, _ in rows]
    check(names == [("auth.log", 1), ("auth.log", 2), ("auth.log", 3), ("auth.log#2", 1), ("auth.log#2", 2),
                    ("auth.log#3", 1), ("auth.log#3", 2)], f"sources and records {names}")


def truncates_with_a_copy(folder):
    prepare(folder, ["file: auth.log"])
    log = folder / "auth.log"
    append(log, line(1, "203.0.113.9"))
    run = Run(folder)
    wait_for_events(folder, 1, "the first line")
    run.process.send_signal(signal.SIGSTOP)  # so that it does not see what is written before it is cut
    append(log, line(2, "203.0.113.9"))
    (folder / "auth.log.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, line(3, "203.0.113.9"))
    run.process.send_signal(signal.SIGCONT)
    wait_for_events(folder, 3, "lines around a cut")
    append(log, "half a line")
    time.sleep(0.3)
    check(ask(folder, "SELECT count(*) FROM dead_letters") == [(0,)], "half a line was taken")
    run.process.send_signal(signal.SIGSTOP)
    os.truncate(log, 0)
    append(log, line(4, "203.0.113.9"))
    run.process.send_signal(signal.SIGCONT)
    wait_for_events(folder, 4, "lines behind a cut without a copy")
    run.end()
    check("at least 11 bytes lost" in run.said(), f"what is lost is not told: {run.said()}")


def takes_syslog(folder):
    ports = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    prepare(folder, [f"syslog: udp://127.0.0.1:{ports[0]}", f"syslog: tcp://127.0.0.1:{ports[1]}",
                     "syslog: unix:log.sock", "{file: absent.log}"])
    run = Run(folder)
    while "running" not in run.said() and run.process.poll() is None:
        time.sleep(0.02)
    message = "<38>Mar  3 10:00:0{} web1 sshd[1]: Failed password for root from 203.0.113.{} port 1 ssh2"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for i in range(4):
            peer.sendto(message.format(i, 1).encode(), ("127.0.0.1", ports[0]))
    with socket.create_connection(("127.0.0.1", ports[1])) as peer:
        for i in range(4):
            text = message.format(i, 2)
            peer.sendall(f"{len(text)} {text}".encode())
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(str(folder / "log.sock"))
        for i in range(4):
            peer.sendall((message.format(i, 3) + "\n").encode())
        peer.sendall(b"\0\xff garbage without end")
    wait_for_events(folder, 12, "messages of three sockets")
    wait_for(folder, "SELECT count(*) FROM dead_letters", [(1,)], "garbage")
    run.end()
    check(not (folder / "log.sock").exists(), "the socket was left behind")
    rows = ask(folder, "SELECT name, records, events, letters, record FROM sources ORDER BY name")
    check(rows == [(f"tcp://127.0.0.1:{ports[1]}", 4, 4, 0, 5), (f"udp://127.0.0.1:{ports[0]}", 4, 4, 0, 5),
                   ("unix:log.sock", 5, 4, 1, 6)], f"sources {rows}")


def takes_other_rules(folder):
    prepare(folder, ["file: auth.log"])
    (folder / "r.rule").write_text(RULE.replace(">= 3", ">= 100"), encoding="utf-8")
    log = folder / "auth.log"
    run = Run(folder)
    append(log, line(1, "203.0.113.9"))
    wait_for_events(folder, 1, "the first line")
    (folder / "r.rule").write_text("rule {", encoding="utf-8")
    run.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + MOST_SECONDS
    while "the formats and the rules are as they were" not in run.said() and time.monotonic() < until:
        time.sleep(0.02)
    check("ARGOT-0300" in run.said(), f"what is wrong with the rules is not said: {run.said()}")
    (folder / "r.rule").write_text(RULE, encoding="utf-8")
    run.process.send_signal(signal.SIGHUP)
    while "went on with other rules" not in run.said() and time.monotonic() < until:
        time.sleep(0.02)
    append(log, "".join(line(10 + i, "203.0.113.9") for i in range(3)) + line(60, "203.0.113.10"))
    wait_for(folder, "SELECT count(*) FROM alerts", [(1,)], "the alert of the new rule")
    run.end()
    alerts = (folder / "out.jsonl").read_text(encoding="utf-8")
    check(alerts.count('"rule_name":"brute_force"') == 1 and "203.0.113.9 port" in alerts, f"alerts {alerts}")


def follows_patterns(folder):
    (folder / "web").mkdir()
    prepare(folder, ['file: "web/*.log*"'])
    append(folder / "web" / "a.log.1", line(1, "203.0.113.1"))
    append(folder / "web" / "a.log", line(2, "203.0.113.1"))
    run = Run(folder)
    wait_for_events(folder, 2, "files that were there")
    append(folder / "web" / "b.log", line(3, "203.0.113.1"))
    wait_for_events(folder, 3, "a file that came later")
    run.end()
    names = [name for name, in ask(folder, "SELECT name FROM sources ORDER BY name")]
    check(names == ["web/a.log", "web/a.log#2", "web/b.log"], f"sources {names}")


def tells_alerts(folder):
    prepare(folder, ["file: auth.log"])
    (folder / "r.rule").write_text('rule failure { title "one" severity high match AUTH_LOGIN where event_outcome == '
                                   '"failure" }\n', encoding="utf-8")
    script = folder / "notify.sh"
    script.write_text('#!/bin/sh\ncat >>"$1"\n', encoding="utf-8")
    script.chmod(0o755)
    with open(folder / "argot.yaml", "a", encoding="utf-8") as file:
        file.write(f"""  - jsonl: all.jsonl
  - jsonl: grouped.jsonl
    group: {{by: [rule_name, source_ip], every: 1h}}
  - command: [{script}, {folder}/told.jsonl]
    group: {{by: rule_name, every: 1s}}
  - syslog: unixgram:{folder}/log.sock
  - jsonl: absent/alerts.jsonl
""")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(folder / "log.sock"))
        peer.settimeout(MOST_SECONDS)
        run = Run(folder)
        append(folder / "auth.log", "".join(line(i, f"203.0.113.{i % 2}") for i in range(1, 6)))
        wait_for(folder, "SELECT count(*) FROM alerts", [(5,)], "alerts")
        message = peer.recv(10000).decode()
        check(message.startswith("<83>argot: failure ") and "source_ip=203.0.113.1" in message, f"syslog {message}")
        until = time.monotonic() + MOST_SECONDS
        told = folder / "told.jsonl"
        while (not told.exists() or told.read_text(encoding="utf-8").count("\n") < 2) and time.monotonic() < until:
            time.sleep(0.05)
        run.end()
    every = (folder / "all.jsonl").read_text(encoding="utf-8").splitlines()
    check(len(every) == 5 and all('"rule_name":"failure"' in one for one in every), f"all.jsonl {every}")
    grouped = (folder / "grouped.jsonl").read_text(encoding="utf-8").splitlines()
    check(len(grouped) == 4, f"grouped.jsonl {grouped}")
    check(grouped[2].startswith('{"group":{"rule_name":"failure","source_ip":"203.0.113.1"},"alerts":2,'
                                '"first_time":"2026-03-03T10:00:03') and '"alerts":1,' in grouped[3], f"{grouped[2:]}")
    lines = told.read_text(encoding="utf-8").splitlines()
    check(len(lines) == 2 and '"alerts":4,' in lines[1], f"the command was told {lines}")
    check(run.said().count("absent/alerts.jsonl: No such file") == 1 and "5 messages" in run.said(), run.said())


def survives_kills(folder):
    """A log is written and rotated while runs are killed: each line is stored, and once."""
    lines, turns = 6000, 12
    prepare(folder, ["file: auth.log"])
    choose = random.Random(7)
    run = Run(folder)
    while "running" not in run.said():
        time.sleep(0.02)
    for turn in range(turns):
        part = lines // turns
        for at in range(turn * part, (turn + 1) * part, 50):
            append(folder / "auth.log", "".join(line(i, "203.0.113.9", 1 + i) for i in range(at, at + 50)))
            time.sleep(choose.random() * 0.01)
            if choose.random() < 0.08:
                run.process.kill()
                run.process.wait()
                run = Run(folder)
        if turn % 3 < 2:
            (folder / "auth.log").rename(folder / f"auth.log.{turns - turn}")
    wait_for_events(folder, lines, "lines of a log that was rotated under runs that were killed")
    run.end()
    rows = ask(folder, "SELECT count(*), count(DISTINCT raw_line), count(DISTINCT source * 1000000 + record) FROM events")
    check(rows == [(lines, lines, lines)], f"events, lines, identities {rows}")
    check(ask(folder, "SELECT count(*) FROM dead_letters") == [(0,)], "half lines were taken")


def refuses(folder):
    prepare(folder, ["file: '-'", "file: auth.log"])
    run = Run(folder)
    check(run.process.wait(MOST_SECONDS) == 2, f"standard input beside followed files: {run.said()}")


def main():
    for test in (follows_through_rotation_and_restart, truncates_with_a_copy, takes_syslog, takes_other_rules,
                 follows_patterns, tells_alerts, survives_kills, refuses):
        with tempfile.TemporaryDirectory() as folder:
            before = time.monotonic()
            test(pathlib.Path(folder))
            print(f"{test.__name__}: {time.monotonic() - before:.1f} s")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
