# SPDX-License-Identifier: Apache-2.0
"""argot store: what check finds in stores that are whole, damaged, or contradict themselves; what repair saves of a damaged
one, and that it invents nothing."""
import contextlib
import os
import random
import re
import sqlite3
import sys

from program import Skip, case, expect, main

RULE = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m rearm always alert "{source_ip} guesses" }
"""
TABLES = {"events": "id", "alerts": "number", "dead_letters": "id", "alert_causes": "alert_id, number", "sources": "id"}


def fill(run, lines=1500, more=""):
    """A store, and its path."""
    run.file("auth.log", "".join(
        "no format knows this\n" if number % 10 == 9 else
        f"Nov 24 09:{number // 60 % 60:02}:{number % 60:02} web{number} sshd[7]: Failed password for root from "
        f"203.0.113.{number % 5} port 4 ssh2\n" for number in range(lines)))
    run.file("a.rule", RULE)
    run.file("argot.yaml", f"store: {{at: sqlite:events.db{more}}}\nrules: a.rule\ninputs: [{{file: auth.log, follow: false}}]\n")
    done = run.run("run", "-q", "--commit-rows", "300")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)
    with contextlib.closing(sqlite3.connect(run.folder / "events.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return run.folder / "events.db"


def put(path, content):
    """The file as it was, without the log of what became of it."""
    for suffix in ("-wal", "-shm", ".damaged"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(content)


def everything(path):
    """All rows by table."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {table: set(db.execute(f"SELECT * FROM {table}")) for table in TABLES}


def execute(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


# ---- check ----


@case
def a_whole_store_is_told_to_be(run):
    fill(run)
    done = expect(run.run("store", "check", "sqlite:events.db"), 0, err="")
    assert re.fullmatch(r"1350 events, \d+ alerts, 150 dead letters in 1 file, all as it should be\n", done.out), done.out


@case
def segments_are_checked_with_the_live_one(run):
    fill(run, more=", segment_size: 100KB")
    done = expect(run.run("store", "check", "events.db"), 0, err="")
    assert "1350 events" in done.out and re.search(r"in \d\d files", done.out), done.out
    gone = sorted(run.folder.glob("events-*.db"))[1]
    gone.unlink()
    done = expect(run.run("store", "check", "events.db"), 1, err=f"{gone.name}: No such file or directory")
    assert "store repair" not in done.err, "there is nothing to repair"
    assert "of which 1 not as it should be" in done.out


@case
def what_contradicts_itself_is_told(run):
    path = fill(run)
    whole = path.read_bytes()
    for statement, words in (
            ("UPDATE events SET record = 1 WHERE id = 5", "1 events are there twice"),
            ("UPDATE events SET source = 7 WHERE id = 5", "1 events are of no source"),
            ("UPDATE sources SET record = 1400", "90 events lie behind the position of their source"),
            ("DELETE FROM events WHERE id = 5", "its sources count other events than there are"),
            ("DELETE FROM dead_letters WHERE id = 5", "its sources count other dead letters than there are"),
            ("DELETE FROM alerts WHERE number = 1", " causes are of no alert"),
            ("DELETE FROM alert_causes WHERE alert_id = (SELECT min(alert_id) FROM alerts)", "1 alerts are without causes"),
            ("PRAGMA user_version = 9", "its tables are version 9, this argot knows 2")):
        put(path, whole)
        execute(path, statement)
        expect(run.run("store", "check", "events.db"), 1, err=words)


@case
def other_files_are_told(run):
    run.file("text.db", "no database\n" * 1000)
    done = run.run("store", "check", "text.db")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    before = (run.folder / "text.db").read_bytes()
    expect(done, 1, err="text.db: the file is not a SQLite database, or its first bytes are damaged")
    expect(run.run("store", "check", "gone.db"), 3, err="gone.db: No such file or directory")
    expect(run.run("store", "check", "."), 3, err=".: it is a folder")
    expect(run.run("query", "--store", "sqlite:."), 3, err=".: it is a folder")
    execute(run.folder / "other.db", "CREATE TABLE events (id INTEGER PRIMARY KEY)")
    for words in (("repair",), ("repair", "--act")):
        expect(run.run("store", *words, "text.db"), 3, err="text.db: the file is not a SQLite database")
        expect(run.run("store", *words, "gone.db"), 3, err="gone.db: No such file or directory")
        expect(run.run("store", *words, "."), 3, err=".: it is a folder")
        expect(run.run("store", *words, "other.db"), 3, err="other.db: is no store of argot")
    assert (run.folder / "text.db").read_bytes() == before
    assert not list(run.folder.glob("*.damaged")) and not list(run.folder.glob("*.repaired"))
    expect(run.run("store", "look", "gone.db"), 2, err="`check`, `repair` or `export` comes first")
    expect(run.run("store", "check"), 2, err="one store is due")
    expect(run.run("store", "check", "--act", "gone.db"), 2, err="--act goes with `repair` and `export`")


# ---- repair ----


@case
def a_plan_changes_nothing(run):
    path = fill(run)
    before = path.read_bytes()
    done = expect(run.run("store", "repair", "events.db"), 0, err="")
    assert done.out.startswith("1350 events, ") and "can be saved, 0 places cannot be read" in done.out, done.out
    assert "nothing was changed; --act does it" in done.out
    assert path.read_bytes() == before
    assert not [file.name for file in run.folder.glob("events.db.*")]


@case
def a_whole_store_is_the_same_afterwards(run):
    path = fill(run)
    before = everything(path)
    expect(run.run("store", "repair", "--act", "events.db"), 0, out="the old file is events.db.damaged")
    assert everything(path) == before
    expect(run.run("store", "check", "events.db"), 0)
    expect(run.run("run", "-q"), 0)
    assert everything(path) == before, "the run has nothing left to read"


@case
def damaged_pages_cost_their_rows_only(run):
    path = fill(run)
    before, whole = everything(path), path.read_bytes()
    size = 8192
    # Pages of raw lines that are leaves of a table are those of events.
    leaves = [number + 1 for number in range(1, len(whole) // size) if whole[number * size] == 13 and
              whole[number * size:(number + 1) * size].count(b"Failed password") > 5]
    assert len(leaves) > 20
    rng, damaged = random.Random(1), bytearray(whole)
    rows_there = 0
    for page in rng.sample(leaves, 4):
        rows_there += int.from_bytes(whole[(page - 1) * size + 3:(page - 1) * size + 5], "big")
        damaged[(page - 1) * size:page * size] = rng.randbytes(size)
    path.write_bytes(damaged)
    expect(run.run("store", "check", "events.db"), 1, out="`argot store repair FILE` tells how much")
    done = expect(run.run("store", "repair", "--act", "events.db"), 0)
    after = everything(path)
    for table in TABLES:
        assert after[table] <= before[table], f"{table}: rows that were not there"
    assert len(before["events"]) - len(after["events"]) == rows_there, (rows_there, done.out)
    for table in ("sources", "dead_letters", "alerts"):
        assert after[table] == before[table], table
    assert (run.folder / "events.db.damaged").read_bytes() == bytes(damaged)


@case
def a_store_that_was_cut_keeps_the_rows_before_the_cut(run):
    path = fill(run)
    before, whole = everything(path), path.read_bytes()
    put(path, whole[:len(whole) * 3 // 4 + 100])
    expect(run.run("run", "-q"), 3, err="`argot store repair` saves what is intact")
    expect(run.run("store", "repair", "--act", "events.db"), 0)
    after = everything(path)
    for table in TABLES:
        assert after[table] <= before[table], f"{table}: rows that were not there"
    assert len(after["events"]) > len(before["events"]) // 2, len(after["events"])


@case
def the_first_page_is_made_anew(run):
    path = fill(run)
    before, whole = everything(path), path.read_bytes()
    for at, count in ((0, 16), (16, 2), (100, 12), (0, 8192)):
        put(path, whole[:at] + random.Random(at).randbytes(count) + whole[at + count:])
        done = expect(run.run("store", "repair", "--act", "events.db"), 0, err="")
        assert everything(path) == before, (at, count, done.out)
        assert "1 place cannot be read" in done.out, done.out
    assert not list(run.folder.glob("*.mended*")) and not list(run.folder.glob("*.repaired*"))


@case
def a_segment_without_its_first_page_stays_as_it_is(run):
    fill(run, more=", segment_size: 400KB")
    segment = sorted(run.folder.glob("events-*.db"))[0]
    damaged = bytes(8192) + segment.read_bytes()[8192:]
    put(segment, damaged)
    expect(run.run("store", "repair", "--act", segment.name), 3, err="or its first bytes are damaged")
    assert segment.read_bytes() == damaged and not list(run.folder.glob("*.mended*"))


@case
def a_second_repair_keeps_what_the_first_put_aside(run):
    path = fill(run, lines=100)
    whole = path.read_bytes()
    expect(run.run("store", "repair", "--act", "events.db"), 0)
    repaired = path.read_bytes()
    expect(run.run("store", "repair", "--act", "events.db"), 3, err="still there: move it away first")
    assert (run.folder / "events.db.damaged").read_bytes() == whole and path.read_bytes() == repaired


@case
def a_repaired_store_has_the_rights_of_the_old_one(run):
    path = fill(run, lines=100)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1, 2)
    before = path.stat()
    expect(run.run("store", "repair", "--act", "events.db"), 0)
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid), after


@case
def random_damage_is_survived(run):
    path = fill(run, lines=600)
    before, whole = everything(path), path.read_bytes()
    for seed in range(12):
        rng = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(100, len(damaged) - 600)
            damaged[at:at + 512] = bytes(512) if rng.random() < 0.5 else rng.randbytes(512)
        if rng.random() < 0.3:
            del damaged[rng.randrange(len(damaged) // 2, len(damaged)):]
        put(path, damaged)
        done = run.run("store", "repair", "--act", "events.db")
        assert done.status in (0, 3), (seed, done.err)
        if done.status == 3:
            assert path.read_bytes() == bytes(damaged), "what was not repaired is as it was"
            continue
        assert {row[0] for row in everything(path)["events"]} <= {row[0] for row in before["events"]}, seed
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


if __name__ == "__main__":
    sys.exit(main())
