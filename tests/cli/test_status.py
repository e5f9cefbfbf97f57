#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_status.py ARGOT SOURCE

How a run is: what argot status says of one that goes on, of one that has ended, and of a store that is none.
"""
import json
import os
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import time

from program import BAD, BLANK, GOOD, MOST_SECONDS, Skip, case, expect, main
from running import CONFIG, RULE, Running, source

@case
def a_run_tells_of_its_sources(setting):
    setting.file("web.log", GOOD + BAD + BLANK + GOOD)
    with Running(setting) as run:
        report = run.wait(lambda one: one["run"]["events"] == 2 and one["state"] == "running")
        assert report["process"] == run.process.pid and report["memory_bytes"] > 1 << 20, report
        assert report["alerts"] == 2 and report["rules"] == [{"rule": "each", "alerts": 2}], report
        assert report["uptime_seconds"] >= 0 and report["store"] == "events.db", report
        web = source(report, "web.log")
        size = (setting.folder / "web.log").stat().st_size
        assert web["position"] == {"file": "web.log", "offset": size, "record": 5}, web
        assert (web["records"], web["events"], web["dead_letters"], web["skipped"]) == (4, 2, 1, 1), web
        assert web["run"]["reasons"] == {"no_match": 1} and web["typed"] == 1 and web["lag_bytes"] == 0, web
        assert web["newest_event"] == "2026-11-24T09:12:03Z" and web["watermark"] == "2026-11-24T09:11:58Z", web
        assert web["state"] == "live" and web["records_per_second"] > 0, web
        assert source(report, "absent.log")["state"] == "absent", report
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"<34>Oct 11 22:14:15 web1 su: x", ("127.0.0.1", run.port))
        url = f"udp://127.0.0.1:{run.port}"
        run.wait(lambda one: source(one, url)["position"]["record"] == 2)
        table = expect(setting.run("status"), 0, err="").out
        assert "SOURCE\n" in table and table.count("\n") >= 6 and " absent.log\n" in table, table
        run.end()
    assert not (setting.folder / "events.db-status").exists()


@case
def without_a_run_the_store_tells(setting):
    setting.file("web.log", GOOD + BAD)
    with Running(setting) as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        run.end()
    done = expect(setting.run("status", "--json", "sqlite:events.db"), 1, err="no argot run has the store")
    report = json.loads(done.out)
    assert report["state"] == "stopped" and report["stored_alerts"] == 1, report
    web = source(report, "web.log")
    assert (web["records"], web["events"], web["dead_letters"]) == (2, 1, 1) and "last_seen" in web, web
    assert web["position"]["offset"] == len(GOOD + BAD) and "typed" not in web, web
    table = expect(setting.run("status"), 1).out
    assert "web.log\n" in table and "WATERMARK" not in table, table


@case
def a_source_that_was_silent_for_long_shows(setting):
    setting.file("web.log", GOOD)
    with Running(setting) as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        run.end()
    with sqlite3.connect(setting.folder / "events.db") as store:
        seen = int((time.time() - 7230) * 1e9)
        assert store.execute("UPDATE meta SET value = ? WHERE key = 'seen of source 1'", [seen]).rowcount == 1
    assert re.search(r"^2h +.* web\.log$", setting.run("status", "events.db").out, re.M)
    with Running(setting) as run:
        web = source(run.wait(lambda one: one["state"] == "running"), "web.log")
        assert web["state"] == "silent", web
        assert re.search(r"^silent +2h +.* web\.log$", setting.run("status").out, re.M)
        with open(setting.folder / "web.log", "a", encoding="utf-8") as log:
            log.write(GOOD)
        assert source(run.wait(lambda one: one["run"]["events"] == 1), "web.log")["state"] == "live"
        run.end()


@case
def a_rotated_log_is_one_source(setting):
    setting.file("web.log", GOOD)
    with Running(setting) as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        (setting.folder / "web.log").rename(setting.folder / "web.log.1")
        setting.file("web.log", GOOD + GOOD)
        web = source(run.wait(lambda one: one["run"]["events"] == 3), "web.log")
        assert web["files"] == 2 and web["position"]["file"] == "web.log#2" and web["events"] == 3, web
        run.end()
    with Running(setting) as run:  # what was before counts, what is of this run too
        report = run.wait(lambda one: one["state"] == "running")
        web = source(report, "web.log")
        assert web["events"] == 3 and web["run"]["events"] == 0 and "last_seen" in web, web


@case
def what_is_killed_leaves_a_socket_that_is_no_run(setting):
    setting.file("web.log", GOOD)
    with Running(setting) as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        mode = (setting.folder / "events.db-status").stat().st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, oct(mode)
        run.process.kill()
        run.process.wait()
    assert (setting.folder / "events.db-status").exists()
    expect(setting.run("status"), 1, err="no argot run has the store")
    with Running(setting) as run:
        run.wait(lambda one: one["state"] == "running")


@case
def who_asks_and_does_not_read_holds_up_nobody(setting):
    setting.file("web.log", GOOD)
    with Running(setting) as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        peers = []
        for _ in range(40):
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            peer.setblocking(False)
            try:
                peer.connect(str(setting.folder / "events.db-status"))
            except BlockingIOError:
                pass
            peers.append(peer)
        with open(setting.folder / "web.log", "a", encoding="utf-8") as log:
            log.write(GOOD)
        run.wait(lambda one: one["run"]["events"] == 2)
        for peer in peers:
            peer.close()
        run.end()


@case
def a_path_too_long_is_said_and_the_run_goes_on(setting):
    name = "d" * 100
    os.mkdir(setting.folder / name)
    setting.file("web.log", GOOD)
    setting.file("r.rule", RULE)
    config = CONFIG.replace("events.db", f"{name}/events.db").replace("  - syslog: udp://127.0.0.1:PORT\n", "")
    with Running(setting, config) as run:
        until = time.monotonic() + MOST_SECONDS
        while "running" not in run.said() and run.process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        assert "the path is too long for a socket" in run.said(), run.said()
        run.end()


@case
def a_socket_of_another_user_is_not_asked(setting):
    if os.geteuid() != 0:
        raise Skip("only root can make one")
    setting.file("web.log", GOOD)
    with Running(setting) as run:
        run.wait(lambda one: one["state"] == "running")
        os.chown(setting.folder / "events.db-status", 65534, 65534)
        expect(setting.run("status"), 3, err="belongs to another user", out="")
        run.end()


FULL_DISK = """
mkdir disk && mount -t tmpfs -o size=1m none disk && cd disk || exit 77
"$1" run -c ../argot.yaml --commit-rows 100 2>../said & pid=$!
until grep -q 'the disk is full; waits for room' ../said; do
    kill -0 "$pid" || exit 1
    sleep 0.05
done
"$1" status --json events.db >../full.json || exit 1
mount -o remount,size=40m "$PWD" || exit 77
until "$1" status --json events.db 2>../why >../roomy.json && grep -q '"events":5000' ../roomy.json; do
    kill -0 "$pid" || exit 1
    sleep 0.05
done
kill "$pid"
wait "$pid"
"""


@case
def a_run_that_waits_for_room_says_so(setting):
    if not shutil.which("unshare"):
        raise Skip("no unshare")
    setting.file("web.log", GOOD * 5000)
    setting.file("r.rule", RULE)
    setting.file("argot.yaml", f"store: sqlite:{setting.folder}/disk/events.db\nrules: r.rule\ninputs:\n"
                 f"  - {{file: {setting.folder}/web.log, format: apache_access}}\n")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", setting.argot], cwd=setting.folder,
                          capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    if done.returncode == 77 or "unshare" in done.stderr:
        raise Skip("no file system can be mounted here")
    assert done.returncode == 0, (done.stderr, (setting.folder / "said").read_text())
    full, roomy = (json.loads((setting.folder / name).read_text()) for name in ("full.json", "roomy.json"))
    assert full["state"] == "waiting_for_room" and full["sources"] == [], full
    assert roomy["state"] in ("running", "catching_up") and source(roomy, f"{setting.folder}/web.log")["events"] == 5000


@case
def stores_that_are_none_are_told(setting):
    expect(setting.run("status", "absent.db"), 3, err="absent.db: there is no such store")
    expect(setting.run("status"), 2, err="no store is named")
    expect(setting.run("status", "a", "b"), 2, err="one store")
    setting.file("x.db", "this is no database, and was never meant to be one" * 30)
    expect(setting.run("status", "x.db"), 3, err="x.db")


if __name__ == "__main__":
    sys.exit(main())
