#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_journal.py ARGOT SOURCE

The journal of systemd: entries become the events that the same lines of syslog would; a run goes on behind what the one
before it stored, however that ended; what whoever logs may choose stays where it belongs. Journals are made by
systemd-journal-remote; where that is missing, the test is skipped.
"""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from running import ask

ARGOT = pathlib.Path(sys.argv[1]).resolve()
MOST_SECONDS = 60
MAKER = pathlib.Path("/lib/systemd/systemd-journal-remote")
START_US = 1772532000_000000  # 2026-03-03 10:00
BOOT = "a" * 32
CONFIG = """store: sqlite:events.db
inputs:
  - journal: {where}
{more}rules: []
"""
if b"seccomp_load" in ARGOT.read_bytes():
    CONFIG += "sandbox: kill\n"  # a call that is missing shows

wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)
        print("WRONG:", what)


def entry(number, message, **fields):
    """An entry in the export format; a message with a newline in it, or no UTF-8, has its length before it."""
    moment = START_US + number * 1000000
    message = message if isinstance(message, bytes) else message.encode()
    fields = {"PRIORITY": "6", "SYSLOG_FACILITY": "4", "_HOSTNAME": "web1", "_TRANSPORT": "syslog", **fields}
    head = f"__CURSOR=x\n__REALTIME_TIMESTAMP={moment}\n__MONOTONIC_TIMESTAMP={number * 1000000 + 1}\n_BOOT_ID={BOOT}\n"
    lines = head.encode() + "".join(f"{name}={value}\n" for name, value in fields.items()).encode()
    return lines + b"MESSAGE\n" + len(message).to_bytes(8, "little") + message + b"\n\n"


def sshd(number, address="203.0.113.9"):
    return entry(number, f"Failed password for root from {address} port 4000 ssh2", SYSLOG_IDENTIFIER="sshd",
                 _PID=str(number + 1), _SYSTEMD_UNIT="ssh.service", _UID="0", _COMM="sshd")


def make(path, entries):
    path.parent.mkdir(exist_ok=True)
    subprocess.run([MAKER, "-o", path, "-"], input=b"".join(entries), check=True, capture_output=True)


class Run:
    def __init__(self, folder):
        self.folder = folder
        with open(folder / "err.txt", "ab") as words:
            self.process = subprocess.Popen([ARGOT, "run"], cwd=folder, stdin=subprocess.DEVNULL, stderr=words)

    def said(self):
        return (self.folder / "err.txt").read_text(encoding="utf-8", errors="replace")

    def wait_for(self, count, what):
        until = time.monotonic() + MOST_SECONDS
        while ask(self.folder, "SELECT count(*) FROM events") != [(count,)] and time.monotonic() < until:
            time.sleep(0.02)
        got = ask(self.folder, "SELECT count(*) FROM events")
        check(got == [(count,)], f"{what}: {got}, not {count}; said {self.said()}")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {self.said()}")


def prepare(folder, where="journal", more=""):
    (folder / "argot.yaml").write_text(CONFIG.format(where=where, more=more), encoding="utf-8")


def gives_events(folder):
    make(folder / "journal" / "a.journal", [
        sshd(0),
        entry(1, "root : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls", SYSLOG_IDENTIFIER="sudo", _PID="7",
              SYSLOG_FACILITY="10", _SOURCE_REALTIME_TIMESTAMP=str(START_US + 500000)),
        entry(2, "two\nlines\n", SYSLOG_IDENTIFIER='a "b] c', _COMM="worker", _SYSTEMD_UNIT='odd"].service'),
        entry(3, b"no utf-8: \xff\x00 [journal unit=\"x\"] y", _COMM="kernel"),
        entry(4, "", SYSLOG_IDENTIFIER="silent"),
    ])
    prepare(folder)
    run = Run(folder)
    run.wait_for(5, "entries of a journal")
    told = subprocess.run([ARGOT, "status", "--json"], cwd=folder, capture_output=True, check=False).stdout
    states = [(one["state"], one["records"]) for one in json.loads(told)["sources"]]
    check(states == [("live", 5)], f"its status {states}")
    run.end()
    rows = ask(folder, "SELECT event_time, event_type, process_name, process_pid, host_name, syslog_facility, message, "
                       "extra FROM events_readable ORDER BY id")
    first = rows[0]
    check(first[:6] == ("2026-03-03T10:00:00Z", "AUTH_LOGIN", "sshd", 1, "web1", 4), f"sshd {first}")
    check(json.loads(first[7])["unit"] == "ssh.service" and json.loads(first[7])["uid"] == "0", f"extra {first[7]}")
    check(rows[1][0] == "2026-03-03T10:00:00.5Z" and rows[1][1] == "AUTH_PRIVILEGE_USE", f"sudo {rows[1]}")
    check(rows[2][2] == "a__b]_c" and rows[2][6] == "two lines", f"odd names {rows[2]}")
    check(json.loads(rows[2][7])["unit"] == 'odd"].service', f"structured data {rows[2]}")
    check(rows[3][2] == "kernel" and rows[3][6].startswith("no utf-8"), f"bytes {rows[3]}")
    check("unit" not in json.loads(rows[3][7]), f"a message made structured data: {rows[3]}")
    check(rows[4][2] == "silent" and rows[4][6] is None, f"no message {rows[4]}")
    check(ask(folder, "SELECT name, records, record FROM sources") == [("journal:journal", 5, 6)], "the source")


def goes_on(folder):
    """Files that come while it runs, a kill, and what came between two runs: each entry is there, and once."""
    make(folder / "journal" / "a.journal", [sshd(i) for i in range(3000)])
    prepare(folder)
    run = Run(folder)
    run.wait_for(3000, "entries that were there")
    make(folder / "journal" / "b.journal", [sshd(i) for i in range(3000, 3100)])
    run.wait_for(3100, "entries that came")
    run.process.kill()
    run.process.wait()
    make(folder / "journal" / "c.journal", [sshd(i) for i in range(3100, 3150)])
    run = Run(folder)
    run.wait_for(3150, "entries that came between two runs")
    run.end()
    run = Run(folder)
    time.sleep(0.3)
    run.end()
    rows = ask(folder, "SELECT count(*), count(DISTINCT process_pid), count(DISTINCT record), max(record) FROM events")
    check(rows == [(3150, 3150, 3150, 3150)], f"events, pids, records {rows}")


def tells_what_is_gone(folder):
    make(folder / "journal" / "a.journal", [sshd(i) for i in range(5)])
    prepare(folder)
    run = Run(folder)
    run.wait_for(5, "entries")
    run.end()
    (folder / "journal" / "a.journal").unlink()
    make(folder / "journal" / "b.journal", [sshd(i) for i in range(10, 13)])
    run = Run(folder)
    run.wait_for(8, "entries behind those that are gone")
    run.end()
    check("is gone from the journal" in run.said(), f"what is gone is not said: {run.said()}")


def chooses_units(folder):
    make(folder / "journal" / "a.journal", [sshd(0), entry(1, "x", _SYSTEMD_UNIT="cron.service", _COMM="cron"),
                                            entry(2, "y", _SYSTEMD_UNIT="other.service", _COMM="other")])
    prepare(folder, "journal/a.journal", "    units: [ssh, other.service]\n")
    run = Run(folder)
    run.wait_for(2, "entries of two units")
    run.end()


def main():
    if not MAKER.exists():
        print(f"there is no {MAKER} to make journals with")
        return 77
    for test in (gives_events, goes_on, tells_what_is_gone, chooses_units):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            prepare(folder)
            done = subprocess.run([ARGOT, "check", "-c", "argot.yaml"], cwd=folder, capture_output=True, text=True,
                                  check=False)
            if "built without libsystemd" in done.stdout + done.stderr:
                print("this argot has no libsystemd")
                return 77
            before = time.monotonic()
            test(folder)
            print(f"{test.__name__}: {time.monotonic() - before:.1f} s")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
