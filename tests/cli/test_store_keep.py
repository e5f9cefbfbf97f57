# SPDX-License-Identifier: Apache-2.0
"""What a store keeps: policies of formats, with restarts in between and segments that are closed at awkward moments, and
what is given up by its kind and age."""
import contextlib
import json
import sqlite3
import sys

from program import Skip, case, expect, main

RULE = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m alert "{source_ip} guesses" }
"""
YEAR_NS = 365 * 86400 * 10**9


def failed(second, address="203.0.113.9"):
    return (f"Nov 24 09:{second // 60:02}:{second % 60:02} web1 sshd[7]: Failed password for root from {address} port 4"
            f" ssh2\n")


def access(second):
    return (f'192.0.2.{second} - - [24/Nov/2026:09:00:{second:02} +0000] "GET /{second} HTTP/1.1" 200 12 "-"'
            ' "curl/8.9.1"\n')


def configure(run, store, more=""):
    run.file("a.rule", RULE)
    run.file("argot.yaml", f"store: {{at: sqlite:events.db{store}}}\nrules: a.rule\n"
             f"inputs: [{{file: a.log, follow: false, timezone: +00:00}}]\n{more}")


def add(run, text, *words):
    with (run.folder / "a.log").open("a", encoding="utf-8") as log:
        log.write(text)
    done = run.run("run", "-q", *words)
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    return expect(done, 0)


def files(run):
    return [*sorted(run.folder.glob("events-*.db")), run.folder / "events.db"]


def rows(run, sql):
    found = []
    for path in files(run):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            found += db.execute(sql).fetchall()
    return found


# ---- policies ----


@case
def events_that_an_alert_names_are_kept(run):
    configure(run, ", formats: {sshd: {events: matched}}")
    add(run, failed(1) + failed(2, "203.0.113.1") + failed(3) + access(4))
    assert rows(run, "SELECT record FROM events") == [(4,)]
    done = add(run, failed(5) + failed(7, "203.0.113.1"))  # the two before are known to this run, though not kept
    assert rows(run, "SELECT record FROM events ORDER BY id") == [(1,), (3,), (4,), (5,)], done.err
    assert rows(run, "SELECT record, CAST(raw_line AS TEXT) FROM alert_causes ORDER BY number") == [
        (record, failed(record).strip()) for record in (1, 3, 5)]
    found = [json.loads(line) for line in run.run("query", "user_name == \"root\"", "-o", "jsonl").out.splitlines()]
    assert len(found) == 3, found
    expect(run.run("store", "check", "events.db"), 0)


@case
def policies_hold_across_segments(run):
    """Each commit closes a segment, so that what an alert names lies in several."""
    configure(run, ", events: matched, segment_size: 1B")
    seconds = [1, 2, 3, 20, 21, 22, 40]
    for second in seconds:
        add(run, failed(second) + failed(second, f"203.0.113.{second + 100}"))
    assert len(files(run)) > 5
    assert sorted(rows(run, "SELECT record FROM events")) == [(1 + 2 * i,) for i in range(3)], rows(
        run, "SELECT record FROM events")
    expect(run.run("store", "check", "events.db"), 0)


@case
def what_waits_goes_when_newer_events_came(run):
    configure(run, ", events: matched, raw: unmatched")
    add(run, "".join(failed(number, f"203.0.113.{number}") for number in range(20)), "--warm-up", "5", "--commit-rows", "1")
    assert rows(run, "SELECT count(*) FROM waiting") == [(20,)]  # all may be named within a minute
    add(run, "".join(failed(120 + number, f"203.0.113.{number}") for number in range(10)), "--warm-up", "5",
        "--commit-rows", "1")
    assert rows(run, "SELECT min(record), count(*) FROM waiting") == [(21, 10)]
    assert rows(run, "SELECT count(*) FROM events") == [(0,)]
    add(run, failed(140, "203.0.113.0") + failed(141, "203.0.113.0"))
    assert rows(run, "SELECT record, raw_line FROM events") == [(21, None), (31, None), (32, None)]


@case
def nothing_is_kept_and_rules_know_it_all_the_same(run):
    configure(run, ", events: none")
    add(run, failed(1) + failed(2))
    add(run, failed(3))
    assert rows(run, "SELECT count(*) FROM events") == [(0,)]
    assert rows(run, "SELECT message FROM alerts") == [("203.0.113.9 guesses",)]
    assert [record for record, in rows(run, "SELECT record FROM alert_causes ORDER BY number")] == [1, 2, 3]
    add(run, access(4))  # the numbers of events go on
    assert rows(run, "SELECT max(id) FROM waiting") == [(4,)]


@case
def raw_lines_stand_where_the_policy_says(run):
    bad = "no format knows this\n"
    for raw, event, letter, cause in (("all", True, True, True), ("unmatched", False, True, True),
                                      ("none", False, False, False)):
        for path in run.folder.glob("events*.db*"):
            path.unlink()
        run.file("a.log")
        configure(run, f", raw: {raw}")
        add(run, failed(1) + bad + failed(2))
        add(run, failed(4))
        assert [(line is not None) for line, in rows(run, "SELECT raw_line FROM events")] == [event] * 3, raw
        assert rows(run, "SELECT length(raw_line) > 0 FROM dead_letters") == [(letter,)], raw
        assert [(line is not None) for line, in rows(run, "SELECT raw_line FROM alert_causes")] == [cause] * 3, raw


# ---- retention ----


def give_up(run, retention):
    """As the store is when a minute has passed for it: what is written meanwhile is young."""
    configure(run, ", segment_size: 1B", f"retention: {retention}\n")
    add(run, access(50))


def fill_segment(run):
    configure(run, ", segment_size: 1B")
    add(run, failed(1) + failed(2) + "no format knows this\n" + failed(3))
    with contextlib.closing(sqlite3.connect(run.folder / "events.db")) as db:
        db.execute("UPDATE segments SET first_time = first_time - ?1, last_time = last_time - ?1, last_alert = last_alert -"
                   " ?1, last_letter = last_letter - ?1", (YEAR_NS,))
        db.commit()
    assert len(files(run)) == 2


def counts(run):
    path = files(run)[0]
    if path.name == "events.db":
        return None
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return tuple(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in (
            "events", "events WHERE raw_line IS NOT NULL", "alerts", "alert_causes", "dead_letters"))


@case
def each_kind_is_given_up_at_its_age(run):
    fill_segment(run)
    assert counts(run) == (3, 3, 1, 3, 1)
    give_up(run, "{raw: 300d, events: 1000d}")
    assert counts(run) == (3, 0, 1, 3, 1)
    give_up(run, "{dead_letters: 300d, alerts: 1000d}")
    assert counts(run) == (3, 0, 1, 3, 0)
    done = expect(run.run("store", "check", "events.db"), 0)
    assert "0 dead letters" in done.out, done.out
    give_up(run, "{events: 300d}")
    assert counts(run) == (0, 0, 1, 3, 0)
    assert len(run.run("query", "--alerts", "-o", "jsonl").out.splitlines()) == 1
    give_up(run, "{alerts: 300d}")
    assert counts(run) == (1, 1, 0, 0, 0)  # of the next segment, which may have taken the name
    expect(run.run("store", "check", "events.db"), 0)


@case
def the_oldest_go_when_all_are_too_large(run):
    configure(run, ", segment_size: 1B", "retention: {size: 1GB}\n")
    for second in range(4):
        add(run, access(second))
    assert len(files(run)) == 5
    size = sum(path.stat().st_size for path in files(run))
    configure(run, ", segment_size: 1B", f"retention: {{size: {size - 1}B}}\n")
    add(run, access(9))
    kept = [record for record, in rows(run, "SELECT record FROM events ORDER BY id")]
    assert 2 <= len(kept) <= 4 and kept == sorted(kept) and kept[-1] == 5, kept


if __name__ == "__main__":
    sys.exit(main())
