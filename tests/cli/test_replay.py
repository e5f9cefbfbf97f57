# SPDX-License-Identifier: Apache-2.0
"""argot replay: dead letters that the formats now read become events, exactly once, wherever in a store they are; the rest
stays. tests/property/replay_kill.py ends it by force, tests/unit/test_letters.c at each of its writes."""
import contextlib
import json
import pathlib
import sqlite3
import sys

from program import BAD, Skip, case, expect, main

INPUTS = """inputs:
  - {{file: auth.log, follow: false, format: {}, timezone: +02:00}}
  - {{file: web.log, follow: false}}
  - {{file: trail.log, follow: false, format: {}}}
"""
WRONG, RIGHT = ("aws_cloudtrail", "sshd"), ("auto", "aws_cloudtrail")
# What may differ from a store that was filled with the right formats.
LEFT_OUT = {"events": {"id", "event_ingest_time"}, "dead_letters": {"id", "event_ingest_time", "reason", "format", "offset",
                                                                   "expected"},
            "sources": {"id", "path", "device", "inode", "ended_before"}}


def failed(second):
    return (f"Nov 24 09:{second // 60:02}:{second % 60:02} web1 sshd[7]: Failed password for root from 203.0.113.9 port 4"
            " ssh2\n")


def access(second):
    return (f'192.0.2.17 - - [24/Nov/2026:09:{second // 60:02}:{second % 60:02} +0000] "GET /{second} HTTP/1.1" 200 5316 "-"'
            ' "curl/8.9.1"\n')


def trail(number):
    events = [{"eventVersion": "1.08", "eventTime": f"2026-11-24T10:00:0{i}Z", "eventSource": "iam.amazonaws.com",
               "eventName": "CreateUser", "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.5", "eventType":
               "AwsApiCall", "userIdentity": {"type": "IAMUser", "userName": "ann"}, "eventID": f"e{number}-{i}"}
              for i in range(number)]
    return json.dumps({"Records": events}, separators=(",", ":")) + "\n"


def configure(run, formats, more=""):
    run.file("argot.yaml", f"store: {{at: sqlite:events.db{more}}}\nrules: []\n" + INPUTS.format(*formats))


def fill(run, formats=WRONG, more="", lines=20):
    """A store of inputs with these formats, whose configuration then has the right ones."""
    run.file("auth.log", "".join(failed(i) + (BAD if i % 5 == 0 else "") for i in range(lines)))
    run.file("web.log", "".join(access(i) for i in range(lines)))
    run.file("trail.log", trail(3) + trail(1) + '{"Records":\n' + trail(2))
    configure(run, formats, more)
    done = run.run("run", "-q", "--commit-rows", "60")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)
    configure(run, RIGHT, more)


def files(run, live="events.db"):
    with contextlib.closing(sqlite3.connect(run.folder / live)) as db:
        return [run.folder / live, *((run.folder / live).parent / file for (file,) in db.execute("SELECT file FROM segments"))]


def tables(run, live="events.db"):
    """All rows by table but for what may differ, sorted."""
    found = {table: [] for table in LEFT_OUT}
    for path in files(run, live):
        with contextlib.closing(sqlite3.connect(path)) as db:
            for table, left_out in LEFT_OUT.items():
                columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in left_out]
                if table != "sources" or path == files(run, live)[0]:
                    found[table] += db.execute("SELECT {} FROM {}".format(
                        ", ".join(f'"{column}"' for column in columns), table)).fetchall()
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def rows(run, sql, file="events.db"):
    with contextlib.closing(sqlite3.connect(run.folder / file)) as db:
        return db.execute(sql).fetchall()


def execute(run, sql, file="events.db"):
    with contextlib.closing(sqlite3.connect(run.folder / file)) as db:
        db.execute(sql)
        db.commit()


def as_if_right(run, more=""):
    """The tables of a store that was filled with the right formats from the begin."""
    folder = run.folder / "right"
    folder.mkdir()
    for name in ("auth.log", "web.log", "trail.log"):
        (folder / name).write_bytes((run.folder / name).read_bytes())
    (folder / "argot.yaml").write_bytes((run.folder / "argot.yaml").read_bytes())
    expect(run.run("run", "-q", "--commit-rows", "60", "-c", str(folder / "argot.yaml")), 0)
    found = tables(run, "right/events.db")
    found["sources"] = [tuple(str(value).replace(f"{folder}/", "") if isinstance(value, str) else value for value in row)
                        for row in found["sources"]]
    return found


# ---- what becomes of letters ----


@case
def first_it_is_only_told_what_would_be_done(run):
    fill(run)
    before = tables(run)
    done = expect(run.run("replay"), 0, err="")
    assert done.out.splitlines() == [
        "auth.log: 20 of 24 dead letters would become 20 events: sshd 20",
        "trail.log: 3 of 4 dead letters would become 6 events: aws_cloudtrail 6",
        "23 of 28 dead letters would become 26 events, 5 stay", "nothing was changed; --act does it"], done.out
    assert tables(run) == before


@case
def a_store_is_as_if_the_formats_had_been_right(run):
    fill(run)
    done = expect(run.run("replay", "--act"), 0, err="", out="23 of 28 dead letters became 26 events, 5 stay\n")
    assert "auth.log: 20 of 24 dead letters became 20 events: sshd 20" in done.out, done.out
    assert tables(run) == as_if_right(run)
    assert rows(run, "SELECT min(event_time), max(event_time) FROM events_readable WHERE source = 'auth.log'") == [
        ("2026-11-24T07:00:00Z", "2026-11-24T07:00:19Z")], "the input's time zone holds"
    expect(run.run("store", "check", "events.db"), 0, err="")
    expect(run.run("replay", "--act"), 0, err="", out="0 of 5 dead letters became 0 events, 5 stay\n")
    assert rows(run, "PRAGMA journal_mode") == [("wal",)]


@case
def letters_of_closed_segments_become_events_there(run):
    fill(run, more=", segment_size: 200KB", lines=400)
    closed = files(run)[1:]
    assert len(closed) > 1
    name = closed[0].name
    before = rows(run, f"SELECT count(*) FROM events", name)
    assert rows(run, f"SELECT dead_letters > 20 FROM segments WHERE file = '{name}'") == [(1,)]
    expect(run.run("replay", "--act", "--commit-rows", "70"), 0, err="")
    assert rows(run, "SELECT count(*) FROM events", name) > before
    assert tables(run) == as_if_right(run)
    expect(run.run("store", "check", "events.db"), 0, err="")
    for file, first, last, letters, indexed in rows(run, "SELECT file, first_time, last_time, dead_letters, indexed FROM"
                                                    " segments"):
        assert indexed == 1
        assert rows(run, "SELECT min(event_time) >= ?, max(event_time) <= ? FROM events".replace("?", "{}").format(
            first, last), file) == [(1, 1)]
        assert rows(run, "SELECT count(*) FROM dead_letters", file) == [(letters,)]
    done = expect(run.run("query", "source_ip == 203.0.113.9", "--by", "source"), 0)
    assert json.loads(done.out) == {"source": "auth.log", "count": 400}
    expect(run.run("store", "repair", "--act", name), 0, out="0 places cannot be read")
    expect(run.run("store", "check", "events.db"), 0, err="")


@case
def events_of_letters_are_not_seen_by_rules(run):
    fill(run)
    run.file("a.rule", "rule each { match AUTH_LOGIN alert \"{user_name}\" }\n")
    expect(run.run("replay", "--act"), 0)
    run.file("argot.yaml", "store: sqlite:events.db\nrules: a.rule\n" + INPUTS.format(*RIGHT))
    with (run.folder / "auth.log").open("a", encoding="utf-8") as log:
        log.write(failed(100))
    expect(run.run("run", "-q"), 0)
    assert rows(run, "SELECT record FROM alerts") == [(25,)]
    assert rows(run, "SELECT count(*) FROM events WHERE id < 0") == [(26,)]


@case
def the_command_line_names_format_and_zone(run):
    fill(run)
    done = expect(run.run("replay", "--store", "sqlite:events.db", "-f", "sshd", "-z", "+01:00", "--act"), 0)
    assert "20 of 28 dead letters became 20 events, 8 stay" in done.out
    assert rows(run, "SELECT min(event_time) FROM events_readable WHERE source = 'auth.log'") == [("2026-11-24T08:00:00Z",)]
    expect(run.run("replay", "--store", "events.db", "-f", "nothing"), 2, err="--format")


@case
def pieces_of_a_long_record_stay(run):
    run.file("auth.log", "x" * 5000 + "\n" + failed(1))
    run.file("argot.yaml", "store: sqlite:events.db\nrules: []\ninputs: [{file: auth.log, follow: false}]\n")
    done = run.run("run", "-q", "--record-max-bytes", "2000")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(run.run("replay", "--act"), 0,
           out="0 of 3 dead letters became 0 events, 3 stay, of which 3 are pieces of a record that is too long\n")


@case
def a_policy_decides_what_is_kept(run):
    fill(run, more=", raw: unmatched, formats: {aws_cloudtrail: {events: none}}")
    expect(run.run("replay"), 0, out="6 of the events are not kept, as the store's policy says")
    done = expect(run.run("replay", "--act"), 0, out="23 of 28 dead letters became 26 events, 5 stay\n6 of the events are not")
    assert rows(run, "SELECT count(*), count(raw_line) FROM events WHERE id < 0") == [(20, 0)]
    assert rows(run, "SELECT count(*), min(length(raw_line)) > 0 FROM dead_letters") == [(5, 1)], done.out
    expect(run.run("store", "check", "events.db"), 0, err="")


@case
def letters_without_their_record_stay(run):
    fill(run, more=", raw: none")
    expect(run.run("replay", "--act"), 0, out="0 of 28 dead letters became 0 events, 28 stay, of which 28 have no record")
    assert rows(run, "SELECT count(*) FROM dead_letters") == [(28,)]


# ---- when it cannot be done ----


@case
def a_store_that_is_in_use_is_left_alone(run):
    fill(run)
    before = tables(run)
    with contextlib.closing(sqlite3.connect(run.folder / "events.db")) as other:
        other.execute("SELECT count(*) FROM events").fetchone()
        expect(run.run("replay", "--act"), 3, out="", err="another program has it open: `argot run` has to be ended")
        expect(run.run("replay"), 0, out="23 of 28")
    assert tables(run) == before


@case
def a_run_that_comes_meanwhile_takes_the_store_over(run):
    fill(run)
    execute(run, "CREATE TRIGGER other AFTER DELETE ON dead_letters WHEN old.record = 9 AND old.source = 1 BEGIN UPDATE"
            " meta SET value = 'other' WHERE key = 'owner'; END")
    done = expect(run.run("replay", "--act", "--commit-rows", "3"), 3, err="another argot has taken it over")
    left = rows(run, "SELECT count(*) FROM dead_letters")[0][0]
    assert 0 < left < 28 and f"{28 - left} of " in done.out, done.out


@case
def what_fails_in_the_middle_is_done_as_far_as_it_was_committed(run):
    fill(run)
    execute(run, "CREATE TRIGGER full BEFORE INSERT ON events WHEN new.source = 3 AND new.part = 2 BEGIN SELECT"
            " raise(ABORT, 'no'); END")
    done = expect(run.run("replay", "--act", "--commit-rows", "5"), 3, err="events.db: an event cannot be written: no")
    assert rows(run, "SELECT count(*) FROM events WHERE source = 3") == [(0,)]
    taken = 28 - rows(run, "SELECT count(*) FROM dead_letters")[0][0]
    assert taken and f"{taken} of " in done.out, done.out
    expect(run.run("store", "check", "events.db"), 0, err="")
    execute(run, "DROP TRIGGER full")
    expect(run.run("replay", "--act"), 0)
    assert tables(run) == as_if_right(run)


@case
def a_segment_that_cannot_be_used_is_left_out(run):
    fill(run, more=", segment_size: 200KB", lines=400)
    closed = [file for (file,) in rows(run, "SELECT file FROM segments WHERE dead_letters > 0")]
    path = run.folder / closed[0]
    whole = path.read_bytes()
    path.write_bytes(b"no database" * 1000)
    expect(run.run("replay", "--act"), 3, err=f"{closed[0]}: left out: ")
    path.write_bytes(whole)
    expect(run.run("replay", "--act"), 0, err="")
    assert tables(run) == as_if_right(run)
    path.unlink()
    expect(run.run("replay", "--act"), 0, err="")


@case
def what_is_no_store_is_said(run):
    fill(run)
    with contextlib.closing(sqlite3.connect(run.folder / "other.db")) as db:
        db.execute("CREATE TABLE events (id)")
    pathlib.Path(run.file("text.db", "no database at all\n" * 100))
    for words in (["--act"], []):
        expect(run.run("replay", "--store", "other.db", *words), 3, err="is no store of argot")
        expect(run.run("replay", "--store", "gone.db", *words), 3, err="there is no such store")
        expect(run.run("replay", "--store", "text.db", *words), 3, err="not a SQLite database")
    with contextlib.closing(sqlite3.connect(run.folder / "other.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    expect(run.run("replay", "events.db"), 2, err="the store is that of the configuration")
    expect(run.run("replay", "-c", "gone.yaml"), 2, err="gone.yaml: No such file")


if __name__ == "__main__":
    sys.exit(main())
