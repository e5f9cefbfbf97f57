# SPDX-License-Identifier: Apache-2.0
"""argot query: what is found in a store and how it is shown, segments, and what is told of mistakes in an expression and
of stores that cannot be read. tests/property/compare_query.py holds its meaning against that of rules."""
import fcntl
import json
import os
import pathlib
import pty
import sqlite3
import struct
import sys
import termios

from program import BAD, GOOD, Skip, case, expect, main

STORE = ("--store", "sqlite:events.db")
CONFIGURATION = "store: {}\nrules: a.rule\ninputs: [{{file: '*.log', follow: false}}]\n"
RULE = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m collect user_name alert "{source_ip} guesses" }
"""


def failed(second, user="root", address="203.0.113.9"):
    return (f"Nov 24 09:{second // 60:02}:{second % 60:02} web1 sshd[7]: Failed password for {user} from {address} "
            "port 4 ssh2\n")


def keep(run, *words):
    done = run.run("run", "-q", *words)
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)


def store(run, log, at="sqlite:events.db", words=()):
    run.file("a.rule", RULE)
    run.file("auth.log", log)
    run.file("argot.yaml", CONFIGURATION.format(at))
    keep(run, *words)


def ask(run, *words, status=0, **wanted):
    return expect(run.run("query", *words), status, **wanted)


def rows(run, *words):
    return [json.loads(line) for line in ask(run, *words, err="").out.splitlines()]


# ---- what is found ----


@case
def one_short_command_finds_failed_logins_whatever_the_log(run):
    samples = run.source / "docs" / "samples"
    run.file("argot.yaml", f"store: sqlite:events.db\nrules: []\ninputs: [{{file: {samples}/*.log, follow: false}}]\n")
    keep(run)
    found = rows(run, 'event_type == "AUTH_LOGIN" and event_outcome == "failure" and source_ip in 203.0.113.0/24',
                 "--columns", "source,event_type,event_outcome,source_ip")
    assert len({row["source"] for row in found}) > 2, found
    assert all((row["event_type"], row["event_outcome"]) == ("AUTH_LOGIN", "failure") for row in found), found
    assert all(row["source_ip"].startswith("203.0.113.") for row in found), found


@case
def rows_are_as_parse_writes_them(run):
    samples = sorted(str(path) for path in (run.source / "docs" / "samples").glob("*.log"))
    run.file("argot.yaml", "store: sqlite:events.db\nrules: []\ninputs:\n" +
             "".join(f"  - {{file: {path}, follow: false}}\n" for path in samples))
    keep(run)
    parsed = run.run("parse", "-q", "-o", "jsonl", *samples).out.splitlines()
    stored = ask(run, "-o", "jsonl").out.splitlines()
    assert sorted(stored) == sorted(parsed), set(stored) ^ set(parsed)
    letters = run.file("letters.jsonl")
    run.run("parse", "-q", "-o", "none", "--dead-letters", letters, *samples)
    kept = ask(run, "--dead-letters", "-o", "jsonl").out.splitlines()
    assert sorted(kept) == sorted(pathlib.Path(letters).read_text(encoding="utf-8").splitlines()), kept


@case
def alerts_are_as_detect_writes_them(run):
    store(run, "".join(failed(second) for second in range(4)))
    detected = json.loads(run.run("detect", "-q", "-o", "jsonl", "-r", "a.rule", "auth.log").out)
    assert rows(run, "--alerts") == [detected]
    assert rows(run, 'alert.count >= 3 and alert.values.user_name == "root"', "--alerts") == [detected]
    assert not rows(run, "alert.count > 4", "--alerts")


@case
def the_newest_come_first_and_times_bound_them(run):
    store(run, failed(1) + failed(3) + failed(2) + GOOD)
    times = [row["event_time"] for row in rows(run, 'process_name == "sshd"', "--columns", "event_time")]
    assert times == sorted(times, reverse=True) and len(times) == 3, times
    year = times[0][:4]
    ranged = rows(run, "--columns", "event_time", "--from", f"{year}-11-24T09:00:02Z", "--to", f"{year}-11-24T09:00:03Z")
    assert [row["event_time"] for row in ranged] == [f"{year}-11-24T09:00:03Z", f"{year}-11-24T09:00:02Z"], ranged
    day = ("--from", f"{year}-11-24", "--to", f"{year}-11-24")
    assert len(rows(run, 'process_name == "sshd"', *day)) == 3
    assert not rows(run, "--from", "2200-01-01")
    assert not rows(run, 'process_name == "sshd"', "--last", "1ns")
    assert len(rows(run, "--limit", "2")) == 2


@case
def counts_by_value_and_by_time(run):
    store(run, failed(1) + failed(2, "ann") + failed(70) + failed(200, "ann", "192.0.2.1") + failed(201))
    assert rows(run, "--by", "user_name") == [{"user_name": "root", "count": 3}, {"user_name": "ann", "count": 2}]
    both = rows(run, "--by", "user_name,source_ip", "--limit", "1")
    assert both == [{"user_name": "root", "source_ip": "203.0.113.9", "count": 3}], both
    assert [row["count"] for row in rows(run, "--histogram", "1m")] == [2, 1, 2]
    bars = ask(run, "--histogram", "1m", "-o", "table").out.splitlines()
    assert [line.split()[-1] for line in bars] == ["2", "1", "0", "2"], bars
    assert "#" in bars[0] and "#" not in bars[2], bars
    assert len(ask(run, "--histogram", "-o", "table").out.splitlines()) <= 40


@case
def outputs_and_columns(run):
    store(run, failed(1, "a,b") + failed(2))
    assert ask(run, "--columns", "user_name,source_port", "-o", "csv").out == (
        'user_name,source_port\nroot,4\n"a,b",4\n')
    table = ask(run, "--columns", "user_name,source_port", "-o", "table").out
    assert table == "user_name  source_port\nroot                 4\na,b                  4\n", table
    more = rows(run, "--columns", "+source,raw_line,record")
    assert more[0]["raw_line"] == failed(2).strip() and more[0]["source"] == "auth.log" and more[0]["record"] == 2
    assert "event_type" in more[0], more
    assert rows(run, "--columns", "extra.none,record")[0] == {"record": 2}
    ask(run, "--columns", "user_nam", status=2, err="there is no column `user_nam`; did you mean `user_name`?")


@case
def a_table_hides_what_no_row_has_and_drives_no_terminal(run):
    store(run, failed(1, "\x1b[31mred"))
    table = ask(run, "-o", "table").out
    assert "\x1b" not in table and "\\u001b[31mred" in table, table
    assert "destination_ip" not in table, table


def on_terminal(run, columns, *words):
    """What a terminal of so many columns gets."""
    try:
        reader, writer = pty.openpty()
    except OSError as why:
        raise Skip(f"no terminal: {why}") from None
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    done = run.run("query", *words, stdout=writer)
    os.close(writer)
    assert done.status == 0, done.err
    text = b""
    with open(reader, "rb", buffering=0) as file:
        while True:
            try:
                text += file.read(4096)
            except OSError:  # the other end is closed
                return text.decode().replace("\r\n", "\n").splitlines()


@case
def a_table_fits_its_terminal(run):
    store(run, "".join(failed(second, f"somebody{second}é" * 5) for second in range(3)))
    for columns in (200, 100, 60):
        lines = on_terminal(run, columns)
        assert len(lines) == 4 and max(map(len, lines)) <= columns, lines
        assert "event_time" in lines[0] and ":00:02Z" in lines[1], lines
    assert "process_name" in on_terminal(run, 200)[0] and "process_name" not in on_terminal(run, 60)[0]
    cut = on_terminal(run, 40, "--columns", "user_name,source_ip")
    assert cut[1].split() == ["somebody2ésomebody2ésomebo…", "203.0.113.9"] and len(cut[1]) == 40, cut


# ---- segments ----


@case
def segments_are_one_store(run):
    log = "".join(failed(second, f"u{second % 7}", f"192.0.2.{second % 5}") for second in range(3000))
    store(run, log, "{at: sqlite:events.db, segment_size: 200KB}", ("--commit-rows", "100"))
    segments = [name for name in os.listdir(run.folder) if name.startswith("events-") and name.endswith(".db")]
    assert len(segments) > 2, segments
    times = [row["event_time"] for row in rows(run, "--columns", "event_time")]
    assert len(times) == 3000 and times == sorted(times, reverse=True)
    assert rows(run, "--by", "source_ip", "--limit", "1")[0]["count"] == 600
    assert len(rows(run, "--alerts")) == len(rows(run, "--alerts", "--columns", "alert_id")) == 5
    assert len(rows(run, 'user_name == "u3" and source_ip == 192.0.2.1')) == sum(
        second % 7 == 3 and second % 5 == 1 for second in range(3000))
    os.remove(run.folder / segments[0])
    assert len(rows(run, "--columns", "record")) < 3000


@case
def conditions_use_indexes(run):
    log = "".join(failed(second) for second in range(800))
    store(run, log, "{at: sqlite:events.db, segment_size: 100KB}", ("--commit-rows", "100"))
    segment = next(name for name in sorted(os.listdir(run.folder)) if name.startswith("events-"))
    for expression, index in (("source_ip in 203.0.113.0/24", "events_source_ip"), ("source_ip == 192.0.2.1", "events_source_ip"),
                              ('user_name == "root"', "events_user_name"), ('user_name in ["a", "b"]', "events_user_name"),
                              ('host_name == "web1"', "events_host_name"), ('event_type == "AUTH_LOGIN"', "events_event_type"),
                              ('event_time >= "2026-11-24T09:00:00Z"', "events_event_time")):  # fmt: skip
        sql = ask(run, expression, "--columns", "record", "--limit", "5", "--sql", "--store", f"sqlite:{segment}").out
        with sqlite3.connect(f"file:{run.folder}/{segment}?mode=ro", uri=True) as db:
            plan = " ".join(row[3] for row in db.execute("EXPLAIN QUERY PLAN " + sql.split("segment\n")[-1]))
        assert f"SEARCH t USING INDEX {index} " in plan, (expression, plan)


# ---- SQL ----


@case
def sql_is_shown_and_taken(run):
    store(run, failed(1) + failed(2, "ann"))
    shown = ask(run, 'user_name == "o\'hara"', "--columns", "user_name", "--sql").out
    assert "WHERE t.user_name = 'o''hara'" in shown or "t.user_name = 'o''hara'" in shown, shown
    assert "argot_holds" not in shown, shown
    assert "argot_holds" in ask(run, "user_name like /^r/", "--sql").out
    assert rows(run, "--sql", "SELECT user_name, count(*) AS n FROM events GROUP BY 1 ORDER BY 1") == [
        {"user_name": "ann", "n": 1}, {"user_name": "root", "n": 1}]
    assert ask(run, "--sql", "select 1 as a", "-o", "csv").out == "a\n1\n"
    ask(run, "--sql", "select nonsense", status=2, err="SQL: no such column: nonsense")
    ask(run, "--sql", "select 1; select 2", status=2, err="more than one statement")
    ask(run, "--sql", "with a as (select 1) insert into meta values ('x', 'y')", status=3, err="readonly")
    ask(run, "--sql", "select argot_holds(1)", status=3, err="not for statements of your own")


# ---- what is told ----


@case
def mistakes_in_expressions_are_marked(run):
    store(run, failed(1))
    for expression, said in (
        ('event_outcom == "failure"', "expression:1:1: error[ARGOT-0331]: the schema has no field `event_outcom`"),
        ('event_outcom == "failure"', "did you mean `event_outcome`?"),
        ("user_name ==", "the end of the expression stands where"),
        ('event_type == "AUTH_LOGN"', "AUTH_LOGIN"),
        ("destination_port == 70000", "error[ARGOT-0341]"),
        ("source_ip in internal_nets", "error[ARGOT-0334]"),
        ("true } rule x { match any", "error[ARGOT-0300]"),
        ("alert.count > 1", "error[ARGOT-0338]"),
        ("user_name", "error[ARGOT-0342]"),
        ("(" * 3000 + "1 == 1" + ")" * 3000, "error[ARGOT-0308]"),
        ("user_name like /(a+)+$(/", "error[ARGOT-0344]"),
    ):
        ask(run, expression, status=2, err=said)
    ask(run, "", status=2, err="error[ARGOT-0300]")
    ask(run, b"user_name == '\xff'", status=2, err="error[ARGOT-0306]")


@case
def hostile_expressions_are_answered(run):
    store(run, failed(1))
    names = [f'user_name == "u{number}"' for number in range(2000)]
    assert not rows(run, " or ".join(names))
    assert len(rows(run, " and ".join(name.replace("==", "!=") for name in names))) == 1
    assert not rows(run, f"user_name in [{', '.join(chr(34) + str(number) + chr(34) for number in range(9000))}]")
    nets = ", ".join(f"10.{number // 256}.{number % 256}.0/24" for number in range(500))
    assert not rows(run, f"source_ip in [{nets}]")
    assert len(rows(run, f"source_ip not in [{nets}]")) == 1
    assert len(rows(run, "not " * 98 + 'user_name == "root"')) == 1
    assert len(rows(run, 'user_name like "' + "*o" * 2 + "*" * 300 + '"')) == 1


@case
def stores_that_cannot_be_read_are_told(run):
    ask(run, "--store", "sqlite:none.db", status=3, err="none.db: there is no such store")
    ask(run, "--store", "postgres:x", status=2, err="no store such as sqlite:/var/lib/argot/events.db")
    ask(run, "--store", f"sqlite:{run.file('text.db', 'no database at all, but a text ' * 40)}", status=3,
        err="the file is not a SQLite database")
    with sqlite3.connect(run.folder / "other.db") as db:
        db.execute("CREATE TABLE a (b)")
    ask(run, "--store", "sqlite:other.db", status=3, err="other.db: is no store of argot")
    ask(run, "--store", f"sqlite:{run.folder}", status=3)
    ask(run, "-c", "none.yaml", status=2, err="none.yaml")
    if not os.path.exists("/etc/argot/argot.yaml"):
        ask(run, status=2, err="no store is named")


@case
def damaged_and_locked_stores_are_told(run):
    store(run, "".join(failed(second) for second in range(2000)))
    with sqlite3.connect(run.folder / "events.db", isolation_level=None) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("BEGIN EXCLUSIVE")
        ask(run, *STORE, status=3, err="another program holds a lock on it")
        db.execute("ROLLBACK")
    path = run.folder / "events.db"
    bytes_there = bytearray(path.read_bytes())
    bytes_there[len(bytes_there) // 3:-8192] = b"\xa5" * (len(bytes_there) - 8192 - len(bytes_there) // 3)
    path.write_bytes(bytes_there)
    ask(run, *STORE, status=3, err="the file is damaged")
    with sqlite3.connect(run.folder / "new.db") as db:
        db.execute("PRAGMA application_id = 0x6172676f")
        db.execute("PRAGMA user_version = 99")
        db.execute("CREATE TABLE a (b)")
    ask(run, "--store", "sqlite:new.db", status=3, err="is of a newer argot")


@case
def who_may_only_read_can_search(run):
    store(run, failed(1))
    os.chmod(run.folder, 0o555)
    os.chmod(run.folder / "events.db", 0o444)
    other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        done = run.run("query", *STORE, "--columns", "user_name", **other)
    except PermissionError as why:
        raise Skip("another user cannot start the program") from why
    finally:
        os.chmod(run.folder, 0o755)
    assert sorted(os.listdir(run.folder)) == ["a.rule", "argot.yaml", "auth.log", "events.db"], os.listdir(run.folder)
    expect(done, 0, out='{"user_name":"root"}', err="")


@case
def wrong_uses_are_told(run):
    store(run, failed(1) + BAD)
    for words, said in (
        (("a == 1", "b == 2"), "one expression"), (("--last", "yesterday"), "--last"), (("--from", "2026-13-01"), "--from"),
        (("--last", "1h", "--from", "2026-01-01"), "do not go together"), (("--from", "2026-02-01", "--to", "2026-01-01"), "later"),
        (("--alerts", "--dead-letters"), "do not go together"), (("--by", "user_name", "--histogram"), "do not go together"),
        (("--limit", "many"), "--limit"), (("-o", "tabel"), "did you mean `table`?"), (("--by", "nothing"), "no column"),
        (("--dead-letters", "1 == 1"), "dead letters have no fields"), (("--alerts", "--columns", "raw_line"), "no column"),
    ):  # fmt: skip
        ask(run, *words, status=2, err=said)
    assert rows(run, "--dead-letters", "--by", "reason") == [{"reason": "no_format", "count": 1}]


@case
def a_store_that_is_written_to_is_read(run):
    store(run, failed(1))
    with sqlite3.connect(run.folder / "events.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE events SET user_name = 'changed'")
        assert rows(run, "--columns", "user_name") == [{"user_name": "root"}]
        db.execute("ROLLBACK")


if __name__ == "__main__":
    sys.exit(main())
