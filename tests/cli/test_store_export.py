# SPDX-License-Identifier: Apache-2.0
"""argot store export: the files have what argot parse writes of the same records, from all segments, while a run has the
store open, for a range of time; nothing is written over."""
import csv
import io
import json
import os
import sqlite3
import sys

from program import Skip, case, expect, main

RULE = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m rearm always alert "{source_ip} guesses" }
"""
BESIDE = {"source", "record", "line", "part", "event_ingest_time", "format_name", "raw_line"}
LINES = 300


def fill(run, more=", segment_size: 300KB"):
    lines = [f"Nov 24 09:{number // 60:02}:{number % 60:02} web1 sshd[7]: Failed password for root from 203.0.113."
             f"{number % 5} port 4 ssh2\n" if number % 10 else "no format knows this\n" for number in range(LINES)]
    run.file("auth.log", "".join(lines))
    run.file("a.rule", RULE)
    run.file("argot.yaml", f"store: {{at: sqlite:events.db{more}}}\nrules: a.rule\n"
             "inputs: [{file: auth.log, follow: false, timezone: +00:00}]\n")
    done = run.run("run", "-q", "--commit-rows", "50")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)


def lines_of(run, name):
    return [json.loads(line) for line in (run.folder / name).read_text(encoding="utf-8").splitlines()]


@case
def files_have_what_parse_writes(run):
    fill(run)
    reader = sqlite3.connect(run.folder / "events.db")
    reader.execute("SELECT count(*) FROM events").fetchone()
    writer = sqlite3.connect(run.folder / "events.db")
    writer.execute("BEGIN IMMEDIATE")  # as a run that writes has it
    done = expect(run.run("store", "export", "sqlite:events.db", "out"), 0, err="")
    assert "out/events.jsonl: 270 events" in done.out and "nothing was written; --act does it" in done.out, done.out
    assert not (run.folder / "out").exists()
    done = expect(run.run("store", "export", "events.db", "out", "--act"), 0, err="")
    assert "out/dead_letters.jsonl: 30 dead letters" in done.out and "nothing" not in done.out, done.out
    assert sorted(os.listdir(run.folder / "out")) == ["alerts.jsonl", "dead_letters.jsonl", "events.jsonl"]
    writer.close()
    reader.close()
    parsed = [json.loads(line) for line in expect(
        run.run("parse", "--dead-letters", "letters.jsonl", "auth.log"), 0).out.splitlines()]
    events = sorted(lines_of(run, "out/events.jsonl"), key=lambda event: event["record"])
    assert all(BESIDE - {"part"} <= set(event) for event in events), events[0]
    assert [event["raw_line"] + "\n" for event in events] == [
        line for line in (run.folder / "auth.log").read_text(encoding="utf-8").splitlines(True) if "no format" not in line]
    assert [{key: value for key, value in event.items() if key not in BESIDE} for event in events] == parsed
    letters = sorted(lines_of(run, "out/dead_letters.jsonl"), key=lambda letter: letter["record"])
    for letter in letters:
        assert letter.pop("event_ingest_time")
    assert letters == lines_of(run, "letters.jsonl"), letters[0]
    alerts = lines_of(run, "out/alerts.jsonl")
    told = [json.loads(line) for line in run.run("query", "--alerts", "--store", "sqlite:events.db").out.splitlines()]
    assert alerts and alerts == told


@case
def a_range_of_time_is_exported(run):
    fill(run)
    expect(run.run("store", "export", "events.db", "out", "--from", "2026-11-24T09:01:00Z", "--to", "2026-11-24T09:01:59Z",
                   "--output", "csv", "--act"), 0)
    rows = list(csv.DictReader(io.StringIO((run.folder / "out/events.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 54 and {row["event_time"][:16] for row in rows} == {"2026-11-24T09:01"}, rows[0]
    assert (run.folder / "out/alerts.csv").read_text(encoding="utf-8").count("guesses") > 0


@case
def nothing_is_written_over(run):
    fill(run)
    (run.folder / "out").mkdir()
    run.file("out/alerts.jsonl", "mine\n")
    expect(run.run("store", "export", "events.db", "out", "--act"), 3, err="out/alerts.jsonl: is there already")
    assert os.listdir(run.folder / "out") == ["alerts.jsonl"]
    run.file("file")
    expect(run.run("store", "export", "events.db", "file/out", "--act"), 3, err="file/out: Not a directory")
    expect(run.run("store", "export", "events.db"), 2, err="a store and a folder are due")
    expect(run.run("store", "export", "events.db", "x", "-o", "xml"), 2, err="--output: jsonl or csv, not `xml`")
    expect(run.run("store", "export", "events.db", "x", "--last", "1d", "--to", "2026-01-01"), 2, err="do not go together")
    expect(run.run("store", "check", "events.db", "--last", "1d"), 2, err="--last goes with `export`")
    expect(run.run("store", "export", "gone.db", "x"), 3, err="gone.db: there is no such store")


if __name__ == "__main__":
    sys.exit(main())
