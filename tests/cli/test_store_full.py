# SPDX-License-Identifier: Apache-2.0
"""A live run whose disk fills up: senders are held up and nothing of theirs is lost, or what the configuration gives up is
counted. The disk is a small file system of a mount namespace of our own, in which this file runs itself."""
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from program import Skip, case, main

INSIDE = "ARGOT_TEST_INSIDE"
MOST_SECONDS = 60
RULE = 'rule each { match AUTH_LOGIN alert "{source_ip}" }\n'


def line(number):
    return (f"<38>Nov 24 {number // 3600:02}:{number // 60 % 60:02}:{number % 60:02} web1 sshd[7]: Failed password for invalid"
            f" user {'x' * 300} from 192.0.2.{number % 200} port 4 ssh2\n").encode()


def access(number):
    return f'192.0.2.1 - - [24/Nov/2026:00:00:00 +0000] "GET /{number} HTTP/1.1" 200 12 "-" "curl/8.9.1"\n'.encode()


def rows_of(path, sql):
    """Rows of a file, as docs/store.md wants it: a name may be given to another file before it is read, or go."""
    while path.exists():
        try:
            inode = path.stat().st_ino
            db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
            try:
                found = db.execute(sql).fetchall()
            finally:
                db.close()
            if path.stat().st_ino == inode:
                return found
        except FileNotFoundError:
            continue
        except sqlite3.DatabaseError:
            if path.exists() and path.stat().st_ino == inode:
                raise
    return []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, condition, pause=0.05):
    end = time.monotonic() + MOST_SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(pause)


class Disk:
    """A run over a listener and a followed file, with its store on a disk of a few MB."""

    def __init__(self, run, more, size, rules="a.rule"):
        if os.environ.get(INSIDE) != "1":
            raise Skip("no file system can be mounted here")
        self.run, self.port = run, free_port()
        self.disk = run.folder / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", self.disk], check=True)
        run.file("a.rule", RULE)
        run.file("a.log")
        run.file("argot.yaml", f"store: {{at: sqlite:disk/events.db{more}}}\nrules: {rules}\ninputs:\n"
                 f"  - {{syslog: tcp://127.0.0.1:{self.port}}}\n  - {{file: a.log}}\n")
        with (run.folder / "said").open("wb") as said:
            self.process = subprocess.Popen([run.argot, "run", "-q", "--commit-rows", "200"], cwd=run.folder,
                                            stdout=subprocess.DEVNULL, stderr=said)
        if self.process.poll() is None:
            until("it listens", lambda: self.connects() or self.process.poll() is not None)
        if "without SQLite" in self.said():
            raise Skip("built without SQLite")

    def said(self):
        return (self.run.folder / "said").read_text(encoding="utf-8")

    def connects(self):
        try:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
        except ConnectionRefusedError:
            return False
        return True

    def send(self, numbers):
        """As much as is taken without waiting long; how many lines."""
        self.socket.settimeout(1)
        for sent, number in enumerate(numbers):
            data = line(number)
            while data:
                try:
                    data = data[self.socket.send(data):]
                except TimeoutError:
                    return sent, data
        return len(numbers), b""

    def write(self, numbers):
        with (self.run.folder / "a.log").open("ab") as log:
            for number in numbers:
                log.write(access(number))

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=200m", self.disk], check=True)

    def files(self):
        return [*sorted(self.disk.glob("events-*.db")), self.disk / "events.db"]

    def rows(self, sql):
        return [row for path in self.files() for row in rows_of(path, sql)]

    def count(self, sql="SELECT count(*) FROM events"):
        return sum(number for number, in self.rows(sql))

    def records(self):
        """Of senders, that are stored. A reader needs room too, for what it notes beside the log."""
        try:
            return self.rows("SELECT records FROM sources WHERE name LIKE 'tcp:%'")[-1][0]
        except sqlite3.OperationalError as error:
            if "disk I/O error" not in str(error):
                raise
            return None

    def end(self):
        self.socket.close()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(MOST_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        subprocess.run(["umount", "-l", self.disk], check=False)
        if kind:
            print("# status", self.process.returncode)
            print("#", self.said().replace("\n", "\n# "))


def numbered(disk, source):
    """Numbers of the records of a source that are events, and of those that are no events."""
    return [record for record, in disk.rows("SELECT e.record FROM events e JOIN sources s ON s.id = e.source WHERE s.name "
                                            f"LIKE '{source}%' ORDER BY e.record")]


@case
def senders_wait_and_nothing_is_lost(run):
    with Disk(run, "", 1500) as disk:
        disk.write(range(300))
        sent, rest = disk.send(range(40000))
        assert rest, "the sender was not held up"
        until("it is said", lambda: "the disk is full; waits for room" in disk.said())
        assert disk.process.poll() is None
        disk.write(range(300, 400))
        disk.grow()
        disk.socket.settimeout(MOST_SECONDS)
        disk.socket.sendall(rest + b"".join(line(number) for number in range(sent + 1, sent + 51)))
        total = sent + 1 + 50
        until("all is stored", lambda: disk.count() == total + 400)
        assert "there is room again" in disk.said(), disk.said()
        assert numbered(disk, "tcp:") == list(range(1, total + 1))
        assert numbered(disk, "a.log") == list(range(1, 401))
        alerts = disk.count("SELECT count(*) FROM alerts")
        assert alerts == disk.count("SELECT count(DISTINCT alert_id) FROM alerts") == total, alerts
        assert disk.end() == 0, disk.said()


@case
def what_comes_is_dropped_and_counted(run):
    with Disk(run, ", if_full: drop_new", 1500) as disk:
        disk.write(range(300))
        sent, rest = disk.send(range(12000))
        assert sent == 12000 and not rest
        until("it is said", lambda: "drops what comes from senders" in disk.said())
        disk.write(range(300, 400))
        time.sleep(0.5)
        disk.grow()
        until("there is room", lambda: "records from senders were dropped meanwhile" in disk.said())
        assert disk.send(range(50)) == (50, b"")
        dropped = "SELECT dropped FROM sources WHERE name LIKE 'tcp:%'"
        until("the rest is stored", lambda: len(numbered(disk, "tcp:")) + disk.rows(dropped)[-1][0] == 12050)
        until("the file is", lambda: numbered(disk, "a.log") == list(range(1, 401)))
        records = numbered(disk, "tcp:")
        assert disk.rows(dropped)[-1][0] > 0 and records[-50:] == list(range(12001, 12051)), records[-3:]
        assert disk.end() == 0, disk.said()


@case
def the_oldest_segments_make_room(run):
    with Disk(run, ", if_full: drop_oldest, segment_size: 600KB", 12000, "[]") as disk:
        sent, rest = disk.send(range(30000))
        assert sent == 30000 and not rest
        # Segments cannot be closed while somebody reads them.
        until("all is stored", lambda: disk.records() == 30000, 1)
        assert disk.end() == 0, disk.said()
        words = disk.said()
        assert "gave up the oldest segment for want of room" in words and "dead letters" in words, words
        records = numbered(disk, "tcp:")
        given_up = disk.rows("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'given_up_events'")[-1][0]
        assert sorted(records) == list(range(given_up + 1, 30001)) and given_up > 0, (given_up, records[:3], len(records))


if __name__ == "__main__":
    if INSIDE not in os.environ:
        command = ["unshare", "-rm", "env", f"{INSIDE}=1", sys.executable, *sys.argv]
        inside = shutil.which("unshare") and subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                                                            stderr=subprocess.DEVNULL, check=False).returncode == 0
        os.environ[INSIDE] = "0"
        if inside:
            os.execvp(command[0], command)
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    sys.exit(main())
