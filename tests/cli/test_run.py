# SPDX-License-Identifier: Apache-2.0
"""argot run over files: what is stored, how a run goes on where the one before it was, and what is told when an input or
the store is not as it should be. tests/property/kill.py ends runs by force."""
import gzip
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

from program import BAD, BLANK, GOOD, Skip, case, expect, main

RULE = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m collect user_name alert "{source_ip} guesses" }
"""
CONFIGURATION = """store: sqlite:events.db
rules: a.rule
inputs:
  - {{file: {}, follow: false}}
"""


def failed(second, host="web1"):
    return f"Nov 24 09:00:{second:02} {host} sshd[7]: Failed password for root from 203.0.113.9 port 4 ssh2\n"


def configure(run, pattern="auth.log", more="", text=CONFIGURATION):
    run.file("a.rule", RULE)
    run.file("argot.yaml", text.format(pattern) + more)


def store(run, status=0, words=(), err=None):
    done = run.run("run", *words)
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    return expect(done, status, err=err)


def rows(run, sql):
    with sqlite3.connect(f"file:{run.folder}/events.db?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def one(run, sql):
    return rows(run, sql)[0]


# ---- what is stored ----


@case
def events_letters_and_alerts_are_stored(run):
    path = run.file("auth.log", failed(1) + failed(2) + BAD + BLANK + failed(3))
    configure(run)
    done = store(run)
    assert "5 lines, 3 events, 1 dead letters, 1 skipped" in done.err, done.err
    assert done.out == "", done.out
    assert rows(run, "SELECT record, part, event_type, user_name, source_ip FROM events_readable") == [
        (number, 0, "AUTH_LOGIN", "root", "203.0.113.9") for number in (1, 2, 5)]
    assert one(run, "SELECT record, reason, CAST(raw_line AS TEXT) FROM dead_letters") == (3, "no_format", BAD.strip())
    assert rows(run, "SELECT rule_name, count, message, collected FROM alerts") == [
        ("guessing", 3, "203.0.113.9 guesses", '{"user_name":["root"]}')]
    assert rows(run, "SELECT number, record, CAST(raw_line AS TEXT) FROM alert_causes") == [
        (number, record, failed(number).strip()) for number, record in ((1, 1), (2, 2), (3, 5))]
    assert one(run, 'SELECT name, "offset", record, records, events, letters, skipped, ended_size FROM sources') == (
        "auth.log", os.path.getsize(path), 6, 5, 3, 1, 1, os.path.getsize(path))


@case
def alerts_are_those_of_detect(run):
    samples = run.source / "docs" / "samples"
    run.file("argot.yaml", f"store: sqlite:events.db\ninputs: [{{file: {samples}/*.log, follow: false}}]\n")
    store(run)
    logs = sorted(str(path) for path in samples.glob("*.log"))
    told = [json.loads(line) for line in expect(run.run("detect", "-o", "jsonl", *logs), 0).out.splitlines()]
    assert told and rows(run, "SELECT alert_id, rule_name, message FROM alerts ORDER BY number") == [
        (alert["alert"]["id"], alert["rule_name"], alert["message"]) for alert in told]


@case
def each_input_has_its_format_and_zone(run):
    for name in ("a.log", "b.log", "c.log"):
        run.file(name, failed(1))
    run.file("argot.yaml", "store: sqlite:events.db\nrules: []\ninputs:\n"
             "  - {file: a.log, follow: false, timezone: +02:00}\n  - {file: b.log, follow: false}\n"
             "  - {file: c.log, follow: false, format: aws_cloudtrail}\n")
    store(run)
    assert rows(run, "SELECT source, substr(event_time, 12) FROM events_readable ORDER BY source") == [
        ("a.log", "07:00:01Z"), ("b.log", "09:00:01Z")]
    assert one(run, "SELECT reason, format FROM dead_letters")[0] == "no_match"


@case
def alerts_go_to_standard_output_once(run):
    run.file("auth.log", failed(1) + failed(2) + failed(3))
    configure(run, more="alerts: [stdout: jsonl]\n")
    assert json.loads(store(run).out)["rule_name"] == "guessing"
    assert store(run).out == ""


# ---- going on ----


@case
def a_file_that_grew_is_read_on(run):
    path = pathlib.Path(run.file("auth.log", failed(1) + failed(2)))
    configure(run)
    store(run)
    assert one(run, "SELECT count(*) FROM alerts") == (0,)
    with path.open("a", encoding="utf-8") as log:
        log.write(failed(3))
    done = store(run)
    assert "1 lines, 1 events" in done.err and "2 stored events" in done.err, done.err
    assert rows(run, "SELECT record, line FROM events ORDER BY id") == [(1, 1), (2, 2), (3, 3)]
    assert one(run, "SELECT count FROM alerts") == (3,), "the engine has to know what was before"
    assert "0 lines" in store(run).err
    assert one(run, "SELECT count(*) FROM events") == (3,)


@case
def a_renamed_file_is_the_same_and_its_successor_another(run):
    path = pathlib.Path(run.file("auth.log", failed(1)))
    configure(run, "auth.log*")
    store(run)
    path.rename(run.folder / "auth.log.1")
    run.file("auth.log", failed(2))
    with (run.folder / "auth.log.1").open("a", encoding="utf-8") as log:
        log.write(failed(3))
    store(run)
    assert rows(run, "SELECT s.name, e.record, substr(e.event_time, 18) FROM events_readable e JOIN sources s ON s.name ="
                " e.source ORDER BY 3") == [("auth.log", 1, "01Z"), ("auth.log#2", 1, "02Z"), ("auth.log", 2, "03Z")]
    assert rows(run, "SELECT name, path FROM sources ORDER BY id") == [("auth.log", "auth.log.1"),
                                                                      ("auth.log#2", "auth.log")]


@case
def a_file_that_was_written_anew_is_another(run):
    path = pathlib.Path(run.file("auth.log", failed(1) + failed(2)))
    configure(run)
    store(run)
    inode = path.stat().st_ino
    path.write_text(failed(30), encoding="utf-8")
    assert path.stat().st_ino == inode
    store(run)
    assert rows(run, "SELECT source, record FROM events_readable ORDER BY id") == [("auth.log", 1), ("auth.log", 2),
                                                                                  ("auth.log#2", 1)]


@case
def a_compressed_file_is_read_once(run):
    run.file("auth.log.gz", gzip.compress("".join(failed(second) for second in range(50)).encode()))
    configure(run, "auth.log.gz")
    store(run)
    assert "0 lines" in store(run).err
    assert one(run, "SELECT count(*), max(record) FROM events") == (50, 50)


@case
def standard_input_goes_on_with_its_numbers(run):
    configure(run, "'-'")
    for second in (1, 2):
        done = run.run("run", stdin=failed(second))
        if "without SQLite" in done.err:
            raise Skip("built without SQLite")
        expect(done, 0)
    assert rows(run, "SELECT source, record, substr(event_time, 18) FROM events_readable") == [("-", 1, "01Z"),
                                                                                              ("-", 2, "02Z")]


@case
def an_input_that_is_no_more_named_still_counts_for_rules(run):
    run.file("old.log", failed(1) + failed(2))
    run.file("new.log", failed(3))
    configure(run, "old.log")
    store(run)
    configure(run, "new.log")
    store(run)
    assert rows(run, "SELECT s.name, c.record FROM alert_causes c JOIN sources s ON s.id = c.source ORDER BY number") == [
        ("old.log", 1), ("old.log", 2), ("new.log", 1)]


@case
def rules_that_know_only_the_newest_tell_nothing_of_the_past(run):
    path = pathlib.Path(run.file("auth.log", "".join(failed(second) for second in range(20))))
    configure(run)
    run.file("a.rule", RULE + 'rule each { match AUTH_LOGIN alert "{source_port}" }\n')
    store(run)
    before = rows(run, "SELECT alert_id FROM alerts ORDER BY alert_id")
    assert len(before) == 21
    done = store(run, words=["--warm-up", "10"])
    assert "10 stored events went" in done.err and "10 older stored events did not" in done.err, done.err
    assert rows(run, "SELECT alert_id FROM alerts ORDER BY alert_id") == before, "the threshold is met by the last ten too"
    with path.open("a", encoding="utf-8") as log:
        log.write(failed(50))
    store(run, words=["--warm-up", "10"])
    assert one(run, "SELECT count(*), count(DISTINCT record) FROM alerts") == (22, 21)


@case
def segments_are_closed_and_given_up(run):
    path = run.file("auth.log", "".join(failed(second % 60, f"web{second}") for second in range(3000)))
    configure(run)
    text = (run.folder / "argot.yaml").read_text(encoding="utf-8").replace(
        "sqlite:events.db", "{at: sqlite:events.db, segment_size: 200KB}")
    run.file("argot.yaml", text)
    store(run, words=["--commit-rows", "500"])
    count, events, names = one(run, "SELECT count(*), max(last_event) + (SELECT count(*) FROM events), group_concat(file) FROM"
                               " segments")
    assert count == 6 and events == 3000, (count, events)
    assert sorted(file.name for file in run.folder.glob("events-*.db")) == sorted(names.split(","))
    run.file("argot.yaml", text + "retention: {size: 900KB}\n")
    store(run)
    size = sum(file.stat().st_size for file in run.folder.glob("events-*.db"))
    assert 0 < one(run, "SELECT count(*) FROM segments")[0] < 6 and size < 2000000, size
    assert os.path.getsize(path) == one(run, 'SELECT "offset" FROM sources')[0]


# ---- what goes wrong ----


@case
def an_input_that_is_not_there_harms_no_other(run):
    run.file("auth.log", failed(1))
    configure(run, more="  - {file: gone.log, follow: false}\n")
    store(run, 3, err="gone.log: no such file")
    assert one(run, "SELECT count(*) FROM events") == (1,)
    run.file("gone.log", failed(2))
    store(run)
    assert one(run, "SELECT count(*) FROM events") == (2,)


@case
def a_damaged_store_is_told(run):
    run.file("auth.log", failed(1))
    configure(run)
    run.file("events.db", "x" * 10000)
    store(run, 3, err="events.db: cannot be used: the file is not a SQLite database")


@case
def a_store_that_cannot_be_opened_is_told(run):
    run.file("auth.log", failed(1))
    run.file("a.rule", RULE)
    run.file("file")
    for name in ("folder", "closed"):
        (run.folder / name).mkdir()
    (run.folder / "closed").chmod(0o555)
    for path, words in (("gone/events.db", "the folder is not there"), ("file/events.db", "Not a directory"),
                        ("folder", "it is a folder"), ("closed/events.db", "no permission")):
        if path.startswith("closed") and os.access(run.folder / "closed", os.W_OK):
            continue  # nothing is closed to root
        run.file("argot.yaml", CONFIGURATION.format("auth.log").replace("events.db", path))
        store(run, 3, err=words)
    configure(run)
    store(run)
    path = run.folder / "events.db"
    whole = bytearray(path.read_bytes())
    whole[8192:40000] = b"\xff" * (40000 - 8192)
    path.write_bytes(whole)
    store(run, 3, err="the file is damaged: `argot store check` says where")


@case
def a_store_that_is_locked_is_told(run):
    run.file("auth.log", failed(1))
    configure(run)
    store(run)
    db = sqlite3.connect(run.folder / "events.db")
    db.execute("BEGIN IMMEDIATE")
    store(run, 3, err="another program holds a lock on it")
    db.rollback()
    db.close()
    store(run)


FULL_DISK = """
mkdir disk && mount -t tmpfs -o size=1m none disk && cd disk || exit 77
"$1" run -q -c ../argot.yaml --commit-rows 100 2>../said & pid=$!
until grep -q 'the disk is full; waits for room' ../said; do
    kill -0 "$pid" || exit 1
    sleep 0.1
done
mount -o remount,size=40m "$PWD" || exit 77
wait "$pid" || exit 1
cp events.db ..
"""


@case
def a_full_disk_is_waited_for(run):
    run.file("auth.log", "".join(failed(second % 60, f"web{second}") for second in range(5000)))
    run.file("a.rule", RULE)
    run.file("argot.yaml", f"store: sqlite:{run.folder}/disk/events.db\nrules: a.rule\ninputs:\n"
             f"  - {{file: {run.folder}/auth.log, follow: false}}\n")
    if not shutil.which("unshare"):
        raise Skip("no unshare")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", run.argot], cwd=run.folder, capture_output=True,
                          text=True, check=False, timeout=100)
    if done.returncode == 77 or "unshare" in done.stderr or "without SQLite" in done.stderr:
        raise Skip("no file system can be mounted here")
    assert done.returncode == 0, (done.stderr, (run.folder / "said").read_text())
    assert one(run, "SELECT count(*), count(DISTINCT record), max(record) FROM events") == (5000, 5000, 5000)
    assert one(run, "SELECT count(*) FROM alerts")[0] > 0


@case
def mistakes_are_told_before_anything_is_read(run):
    configure(run, text="store: sqlite:events.db\nrules: a.rule\ninputs: [{{file: {}, follow: fals}}]\n")
    expect(run.run("run"), 2, err="argot.yaml:3:")
    expect(run.run("run", "-c", "none.yaml"), 2, err="none.yaml: No such file")
    configure(run)
    run.file("a.rule", "rule x { }")
    expect(run.run("run"), 2, err="a.rule:1:")
    expect(run.run("run", "auth.log"), 2, err="what is read stands in the configuration")
    assert not (run.folder / "events.db").exists()


if __name__ == "__main__":
    sys.exit(main())
