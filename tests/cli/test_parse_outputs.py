# SPDX-License-Identifier: Apache-2.0
"""What argot parse writes: events, dead letters, counts; and what happens where it cannot."""
import base64
import csv
import json
import os
import subprocess
import sys

from program import BAD, BLANK, FORMAT, GOOD, MOST_SECONDS, case, expect, main

MIXED = GOOD + BAD + BLANK + GOOD
MANY = 20000  # lines, more than pipes and buffers hold
FULL = "no space is left on the device"


def letters(run, name="letters.jsonl"):
    return [json.loads(line) for line in (run.folder / name).read_text(encoding="utf-8").splitlines()]


@case
def json_lines_are_the_default_where_nobody_looks(run):
    done = expect(run.run("parse", "-q", "-", stdin=GOOD), 0, err="")
    event = json.loads(done.out)
    assert event["event_type"] == "HTTP_ACCESS" and event["status_code"] == 200, event
    assert event["event_time"] == "2026-11-24T09:12:03Z" and event["source_ip"] == "192.0.2.17", event
    assert done.out == run.run("parse", "-q", "-o", "jsonl", "-", stdin=GOOD).out


@case
def text_is_a_line_an_event_without_colours_in_files(run):
    done = expect(run.run("parse", "-q", "-o", "text", "-", stdin=GOOD), 0)
    assert done.out.startswith("2026-11-24 09:12:03Z  HTTP_ACCESS success") and done.out.count("\n") == 1, done.out
    assert "\x1b" not in done.out


@case
def csv_has_the_columns_that_were_asked_for(run):
    columns = "event_time,source_ip,request_path,record"
    done = expect(run.run("parse", "-q", "-o", "csv", "--columns", columns, "-", stdin=MIXED), 0)
    rows = list(csv.reader(done.out.splitlines()))
    assert rows == [columns.split(","), ["2026-11-24T09:12:03Z", "192.0.2.17", "/cart", "1"],
                    ["2026-11-24T09:12:03Z", "192.0.2.17", "/cart", "4"]], rows


@case
def none_writes_nothing_and_counts_all_the_same(run):
    expect(run.run("parse", "-o", "none", "-", stdin=MIXED), 0, out="",
           err="4 lines, 2 events, 1 dead letters, 1 skipped")


@case
def checksum_is_that_of_the_events_not_of_their_form(run):
    sums = set()
    for words in (("-o", "none"), ("-o", "jsonl"), ("-o", "csv"), ("-j", "1"), ("-j", "3", "--block-bytes", "1")):
        done = expect(run.run("parse", "--checksum", *words, "-", stdin=MIXED), 0)
        sums |= {line for line in done.err.splitlines() if line.startswith("checksum ")}
    assert len(sums) == 1, sums
    other = run.run("parse", "--checksum", "-o", "none", "-", stdin=MIXED.replace(" 200 ", " 201 "))
    assert not sums & set(other.err.splitlines()), other.err


@case
def with_adds_what_is_named(run):
    words = "raw_line,event_ingest_time,format_name,record"
    done = expect(run.run("parse", "-q", "--with", words, "--received-at", "2026-11-24T12:00:00Z", "-", stdin=MIXED), 0)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["raw_line"] == GOOD.rstrip("\n"), first
    assert first["event_ingest_time"] == "2026-11-24T12:00:00Z", first
    assert first["format_name"].startswith(FORMAT + "/"), first
    assert (second["source"], second["record"], second["line"]) == ("-", 4, 4), second
    plain = json.loads(run.run("parse", "-q", "-", stdin=GOOD).out)
    assert not {"raw_line", "event_ingest_time", "format_name", "record", "source"} & plain.keys(), plain


@case
def dead_letters_keep_the_line_its_place_and_the_reason(run):
    path = run.file("mixed.log", MIXED)
    done = expect(run.run("parse", "--dead-letters", "letters.jsonl", path), 0,
                  err="1 no_format; argot explain shows why")
    assert "--dead-letters FILE keeps them" not in done.err, done.err
    (letter,) = letters(run)
    assert letter["raw_line"] == BAD.rstrip("\n") and letter["reason"] == "no_format", letter
    assert (letter["source"], letter["record"], letter["line"]) == (path, 2, 2), letter


@case
def dead_letters_that_are_no_text_are_kept_exactly(run):
    raw = b"\xff\xfe caf\xe9 \x1b[2J \0"
    expect(run.run("parse", "-q", "--dead-letters", "letters.jsonl", "-", stdin=raw + b"\n"), 0, out="", err="")
    (letter,) = letters(run)
    assert base64.b64decode(letter["raw_line_base64"]) == raw and "raw_line" not in letter, letter


@case
def dead_letters_of_a_run_before_are_gone(run):
    run.file("letters.jsonl", "old\n")
    expect(run.run("parse", "-q", "--dead-letters", "letters.jsonl", "-", stdin=GOOD), 0)
    assert not letters(run)


@case
def strict_makes_dead_letters_a_failure(run):
    expect(run.run("parse", "-q", "--strict", "-", stdin=MIXED), 1, out="HTTP_ACCESS", err="")
    expect(run.run("parse", "-q", "--strict", "-", stdin=GOOD + BLANK), 0, err="")


@case
def quiet_says_nothing_but_errors(run):
    expect(run.run("parse", "-q", "-", stdin=MIXED), 0, err="")
    done = expect(run.run("parse", "-q", "nowhere.log"), 3, out="")
    assert done.err == "argot: nowhere.log: no such file\n", done.err


@case
def summary_replaces_the_file_and_leaves_none_beside_it(run):
    target = run.file("real.json", "old")
    os.symlink(target, run.folder / "summary.json")
    expect(run.run("parse", "--summary", "summary.json", "-", stdin=MIXED), 0)
    assert json.loads((run.folder / "real.json").read_text())["total"]["lines"] == 4
    assert os.path.islink(run.folder / "summary.json")
    assert sorted(os.listdir(run.folder)) == ["real.json", "summary.json"], os.listdir(run.folder)


@case
def summary_may_go_to_standard_error(run):
    done = expect(run.run("parse", "-q", "--summary", "/dev/stderr", "-", stdin=GOOD), 0)
    assert json.loads(done.err)["total"]["events"] == 1, done.err


@case
def outputs_that_would_destroy_an_input_are_refused(run):
    path = run.file("good.log", GOOD)
    expect(run.run("parse", "--dead-letters", path, path), 2, out="",
           err="is an input and the file of the dead letters")
    expect(run.run("parse", "--summary", path, path), 2, out="", err="is an input and the file of the summary")
    with open(path, "ab") as out:
        expect(run.run("parse", path, stdout=out), 2, err="is an input and standard output")
    expect(run.run("parse", "--dead-letters", "x", "--summary", "x", path), 2, out="", err="need files of their own")
    assert open(path, encoding="utf-8").read() == GOOD


@case
def wrong_options_are_refused_before_a_file_is_touched(run):
    run.file("letters.jsonl", "kept")
    path = run.file("good.log", GOOD)
    for words, said in (
        (("-o", "jsno"), "--output: `jsno` is none of jsonl, text, csv, none"),
        (("-o", "jsnol"), "did you mean `jsonl`?"),
        (("--columns", "event_time"), "--columns goes with --output csv"),
        (("-o", "csv", "--columns", "event_tiem"), "event_tiem"),
        (("-o", "csv", "--columns", "event_time,event_time"), "event_time"),
        (("--with", "raw_lines"), "did you mean `raw_line`?"),
        (("--with", ""), "--with"),
        (("-j", "0"), "--jobs: `0` is no number from 1 to 256"),
        (("-j", "257"), "--jobs"),
        (("-j", "2x"), "--jobs"),
        (("-f", "apache_acess"), "did you mean `apache_access`?"),
        (("-f", ""), "no format is called"),
        (("-f", f"{FORMAT}+{FORMAT}"), "is no chain"),
        (("--timezone", "Europe/Atlantis"), "--timezone: `Europe/Atlantis`"),
        (("--timezone", "../../etc/passwd"), "--timezone"),
        (("--received-at", "yesterday"), "--received-at: `yesterday` is no time such as"),
        (("--received-at", "2026-03-03"), "--received-at: `2026-03-03` is no time such as"),
    ):
        expect(run.run("parse", "--dead-letters", "letters.jsonl", *words, path), 2, out="", err=said)
    expect(run.run("parse", "--dead-letters", "letters.jsonl"), 2, out="", err="a file is missing")
    assert (run.folder / "letters.jsonl").read_text() == "kept"


@case
def full_disk_under_the_events_ends_the_run(run):
    with open("/dev/full", "wb") as full:
        done = run.run("parse", "-", stdin=GOOD, stdout=full)
    expect(done, 3, err=f"standard output: {FULL}; stopped, not everything was read")


@case
def full_disk_under_the_dead_letters_ends_the_run(run):
    done = run.run("parse", "--dead-letters", "/dev/full", "-", stdin=BAD + GOOD)
    expect(done, 3, err=f"/dev/full: {FULL}; stopped")


@case
def full_disk_under_the_summary_is_told(run):
    expect(run.run("parse", "-q", "--summary", "/dev/full", "-", stdin=GOOD), 3, out="HTTP_ACCESS",
           err=f"/dev/full: {FULL}")


@case
def outputs_that_cannot_be_opened_are_told(run):
    expect(run.run("parse", "--dead-letters", "no/such/folder", "-", stdin=GOOD), 3, out="", err="no/such/folder: ")
    expect(run.run("parse", "-q", "--summary", "no/such/folder", "-", stdin=GOOD), 3, err="no/such/folder: ")


CALL = {"eventTime": "2026-01-01T00:00:00Z", "eventSource": "s", "eventName": "n"}


def events_of(run, path, *words):
    return [json.loads(line) for line in expect(run.run("parse", "-q", *words, path), 0, err="").out.splitlines()]


@case
def members_of_a_split_record_are_events_of_their_own(run):
    members = [{**CALL, "eventName": f"n\n{number}", "deep": {"a": [number, {"b": None, "c": []}], "": "x"}}
               for number in range(5000)]
    record = json.dumps({"head": 1, "Records": members, "tail": {"x": 2}})
    path = run.file("split.json", record + "\n" + GOOD)
    events = events_of(run, path, "-j", "1")
    assert [event.get("event_action") for event in events] == [each["eventName"] for each in members] + [None]
    assert all(event["extra"]["deep"]["a"][0] == number for number, event in enumerate(events[:-1]))
    assert events[0]["extra"] == {"deep": {"a": [0, {"c": []}], "": "x"}}, events[0]
    expect(run.run("parse", "-q", "-j", "1", "--summary", "summary.json", path), 0)
    total = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))["total"]
    assert (total["events"], total["records"], total["lines"]) == (5001, 2, 2), total
    assert events_of(run, path, "-j", "2") == events


@case
def record_that_one_format_split_in_vain_is_whole_for_the_next(run):
    alert = {"timestamp": "2026-01-01T00:00:00Z", "event_type": "alert", "Records": [CALL, {**CALL, "a": [1, 2]}, 3]}
    events = events_of(run, run.file("odd.json", json.dumps(alert) + "\n"))
    assert [event["extra"]["Records"] for event in events] == [alert["Records"]], events


@case
def reader_that_is_gone_ends_the_run(run):
    path = run.file("many.log", GOOD * MANY)
    for words, said in (((), "standard output: whoever read it is gone"), (("-q",), "")):
        with run.start("parse", *words, path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            assert child.stdout.readline()
            child.stdout.close()
            err = child.stderr.read().decode()
            assert child.wait(MOST_SECONDS) == 3, child.returncode
        assert said in err if said else err == "", err


if __name__ == "__main__":
    sys.exit(main())
