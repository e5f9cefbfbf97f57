# SPDX-License-Identifier: Apache-2.0
"""--schema ecs and ocsf: the same events from files and from the store, alerts of each output, and wrong uses. That what
is written is of these standards is held in tests/standards."""
import json
import sqlite3
import sys

from program import BAD, GOOD, Skip, case, expect, main

STORE = ("--store", "sqlite:events.db")
LOGIN = "Nov 24 09:00:0{} web1 sshd[7]: Failed password for root from 203.0.113.9 port 4 ssh2\n"
RULE = """rule guessing { severity high tags attack.t1110.001 match AUTH_LOGIN where event_outcome == "failure"
  by source_ip when count >= 3 within 1m collect user_name alert "{source_ip} guesses" }
"""
RECEIVED = ("--received-at", "2026-11-24T12:00:00Z")


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def logs(run):
    """Lines of many formats, among them lists, hashes and large extras."""
    samples = run.source / "docs" / "samples"
    return [str(path) for path in sorted(samples.glob("*.log"))]


def parse(run, schema, *paths):
    return objects(expect(run.run("parse", "-q", *RECEIVED, "--schema", schema, *paths), 0, err="").out)


@case
def JSON_lines_are_in_the_words_that_were_asked_for(run):
    log = run.file("a.log", GOOD)
    native = objects(expect(run.run("parse", "-q", "--schema", "native", log), 0).out)
    assert native == objects(expect(run.run("parse", "-q", log), 0).out)
    ecs, = parse(run, "ecs", log)
    assert ecs["source"]["ip"] == native[0]["source_ip"] and ecs["event"]["category"] == ["web"], ecs
    ocsf, = parse(run, "ocsf", log)
    assert ocsf["class_uid"] == 4002 and ocsf["type_uid"] == 400203, ocsf


@case
def what_is_written_does_not_depend_on_the_number_of_threads(run):
    for schema in "ecs", "ocsf":
        one, four = (run.run("parse", "-q", "-j", jobs, "--schema", schema, *logs(run)).raw for jobs in "14")
        assert one == four and one


@case
def dead_letters_stay_as_they_are(run):
    log = run.file("a.log", GOOD + BAD)
    for schema in "native", "ocsf":
        expect(run.run("parse", "-q", "--schema", schema, "--dead-letters", schema, log), 0)
    assert (run.folder / "native").read_bytes() == (run.folder / "ocsf").read_bytes() != b""


@case
def the_store_gives_the_events_that_parse_writes(run):
    run.file("argot.yaml", "store: sqlite:events.db\nrules: []\ninputs:\n" +
             "".join(f"  - {{file: {path}, follow: false}}\n" for path in logs(run)))
    done = run.run("run", "-q")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)
    for schema in "ecs", "ocsf":
        stored = objects(expect(run.run("query", "--schema", schema, *STORE), 0, err="").out)
        read = objects(expect(run.run("parse", "-q", "--schema", schema, *logs(run)), 0).out)
        as_text = lambda events: sorted(json.dumps(event, sort_keys=True) for event in events)
        assert as_text(stored) == as_text(read), schema


def with_alerts(run, outputs):
    run.file("a.rule", RULE)
    run.file("auth.log", "".join(LOGIN.format(i) for i in range(3)))
    run.file("argot.yaml", "store: sqlite:events.db\nrules: a.rule\ninputs: [{file: auth.log, follow: false}]\n"
             "alerts:\n" + outputs)
    done = run.run("run", "-q")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    return expect(done, 0)


@case
def each_output_of_alerts_has_words_of_its_own(run):
    done = with_alerts(run, "  - {jsonl: own.jsonl}\n  - {jsonl: ecs.jsonl, schema: ecs}\n"
                            "  - {stdout: jsonl, schema: ocsf}\n")
    own, = objects((run.folder / "own.jsonl").read_text())
    ecs, = objects((run.folder / "ecs.jsonl").read_text())
    ocsf, = objects(done.out)
    assert ecs["event"]["id"] == own["alert"]["id"] == ocsf["finding_info"]["uid"], (own, ecs, ocsf)
    assert ecs["argot"]["alert"] == own["alert"] == ocsf["unmapped"]["alert"]
    assert ecs["rule"]["name"] == "guessing" and ecs["threat"]["technique"]["id"] == ["T1110.001"], ecs
    assert ocsf["class_uid"] == 2004 and ocsf["severity_id"] == 4, ocsf
    assert ocsf["attacks"] == [{"technique": {"uid": "T1110.001"}}], ocsf
    assert ocsf["evidences"][0]["src_endpoint"]["ip"] == "203.0.113.9", ocsf
    for schema, told in ("ecs", ecs), ("ocsf", ocsf):
        stored, = objects(expect(run.run("query", "--alerts", "--schema", schema), 0, err="").out)
        assert stored == told, (stored, told)


@case
def detect_writes_alerts_in_the_words_that_were_asked_for(run):
    run.file("a.rule", RULE)
    run.file("auth.log", "".join(LOGIN.format(i) for i in range(3)))
    for schema, place in ("ecs", "event"), ("ocsf", "finding_info"):
        done = expect(run.run("detect", "-q", "-r", "a.rule", "--schema", schema, "auth.log"), 0, err="")
        alert, = objects(done.out)
        assert place in alert, alert


@case
def a_list_that_is_none_in_the_store_is_told_all_the_same(run):
    with_alerts(run, "  - {jsonl: own.jsonl}\n")
    with sqlite3.connect(str(run.folder / "events.db")) as store:
        store.execute("UPDATE alerts SET threat_technique_id = '[1, {\"a\": 2}]'")
    alert, = objects(expect(run.run("query", "--alerts", "--schema", "ocsf"), 0, err="").out)
    assert "attacks" not in alert and alert["unmapped"]["threat_technique_id"] == [1, {"a": 2}], alert


@case
def wrong_uses_are_told(run):
    log = run.file("a.log", GOOD)
    run.file("a.rule", RULE)
    for words, err in (
            (("parse", "--schema", "esc", log), "--schema: `esc` is none of native, ecs, ocsf; did you mean `ecs`?"),
            (("parse", "--schema", "ecs", "-o", "csv", log), "--schema goes with --output jsonl"),
            (("detect", "-r", "a.rule", "--schema", "ecs", "-o", "text", log), "--schema goes with --output jsonl"),
            (("query", "--schema", "ocsf", "-o", "table"), "--schema goes with --output jsonl"),
            (("query", "--schema", "ocsf", "--by", "source_ip"), "--schema is for whole events and alerts"),
            (("query", "--schema", "ocsf", "--columns", "source_ip"), "--schema is for whole events and alerts"),
            (("query", "--schema", "ocsf", "--dead-letters"), "--schema is for whole events and alerts"),
            (("query", "--schema", "ocsf", "--sql", "SELECT 1"), "--schema is for whole events and alerts")):
        done = run.run(*words)
        assert done.status == 2 and err in done.err and not done.out, (words, done.err)


sys.exit(main())
