# SPDX-License-Identifier: Apache-2.0
"""argot detect --from-store: stored history through rules gives the alerts of the logs, marked as a replay, and changes
nothing. tests/property/replay.py does the same for random rules and streams."""
import contextlib
import json
import os
import sqlite3
import sys

from program import Skip, case, expect, main

RULES = """rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip
  when count >= 3 within 1m collect user_name alert "{source_ip} guesses" }
rule created { match any where event_action == "CreateUser" by user_name when count >= 2 every 1m }
"""
FROM = ("detect", "-q", "-o", "jsonl", "-r", "a.rule", "--from-store", "sqlite:events.db")
# Two inputs of which the one that says no zone has another than UTC.
INPUTS = """inputs:
  - {file: auth.log, follow: false, timezone: +02:00}
  - {file: trail.log, follow: false, format: aws_cloudtrail}
"""


def failed(second, day=24):
    return (f"Nov {day} 09:{second // 60:02}:{second % 60:02} web1 sshd[7]: Failed password for root from 203.0.113.9 port 4"
            " ssh2\n")


def trail(minute, count):
    """A record of several events, whose times are those of others that stand between them."""
    events = [{"eventVersion": "1.08", "eventTime": f"2026-11-24T07:{minute:02}:{i % 60:02}Z", "eventSource":
               "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.5",
               "eventType": "AwsApiCall", "userIdentity": {"type": "IAMUser", "userName": "ann"}, "eventID": f"{minute}-{i}"}
              for i in range(count)]
    return json.dumps({"Records": events}, separators=(",", ":")) + "\n"


def fill(run, more="", lines=30):
    run.file("auth.log", "".join(failed(i) + ("nobody knows this\n" if i % 7 == 0 else "") for i in range(lines)))
    run.file("trail.log", trail(0, 5) + trail(0, 40) + trail(3, 3))
    run.file("a.rule", RULES)
    run.file("argot.yaml", f"store: {{at: sqlite:events.db{more}}}\nrules: a.rule\n{INPUTS}")
    done = run.run("run", "-q", "--commit-rows", "20")
    if "without SQLite" in done.err:
        raise Skip("built without SQLite")
    expect(done, 0)


def execute(run, sql, file="events.db"):
    with contextlib.closing(sqlite3.connect(run.folder / file)) as db:
        db.execute(sql)
        db.commit()


def alerts(done):
    """Without the mark, which each must have."""
    found = [json.loads(line) for line in expect(done, 0).out.splitlines()]
    for alert in found:
        assert alert["alert"].pop("replay") is True, alert
    return found


def of_logs(run, *words):
    done = expect(run.run("detect", "-q", "-o", "jsonl", "-r", "a.rule", "-z", "+02:00", *words, "auth.log", "trail.log"), 0)
    return [json.loads(line) for line in done.out.splitlines()]


@case
def alerts_are_those_of_the_logs_and_say_that_they_are_a_replay(run):
    for more in ("", ", segment_size: 100KB"):
        for path in run.folder.glob("events*"):
            path.unlink()
        fill(run, more)
        found = alerts(run.run(*FROM, "-c", "argot.yaml"))
        assert {alert["rule_name"] for alert in found} == {"guessing", "created"}
        assert found == of_logs(run)
        assert all("raw_line" in cause for alert in found for cause in alert["alert"]["causes"])
    done = expect(run.run(*FROM, "-c", "argot.yaml", "-o", "text"), 0)
    assert "high  guessing (replay)  203.0.113.9 guesses" in done.out, done.out


@case
def nothing_is_written_and_a_run_may_go_on(run):
    fill(run)
    with contextlib.closing(sqlite3.connect(run.folder / "events.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        before = (run.folder / "events.db").read_bytes()
        owner = other.execute("SELECT value FROM meta WHERE key = 'owner'").fetchone()
        assert alerts(run.run(*FROM, "-c", "argot.yaml"))
        assert owner == other.execute("SELECT value FROM meta WHERE key = 'owner'").fetchone()
    assert before == (run.folder / "events.db").read_bytes()


@case
def a_range_of_time_is_read_with_both_its_ends(run):
    fill(run)
    summary = str(run.folder / "summary.json")
    for words, count in ((("--from", "2026-11-24T07:00:10Z", "--to", "2026-11-24T07:00:12Z"), 3 + 3),
                         (("--from", "2026-11-24", "--to", "2026-11-24"), 30 + 48), (("--to", "2026-11-23"), 0),
                         (("--last", "1s"), 0)):
        expect(run.run(*FROM, "-c", "argot.yaml", "--summary", summary, *words), 0)
        with open(summary, encoding="utf-8") as file:
            assert json.load(file)["total"]["events"] == count, words


@case
def history_is_put_in_the_order_of_its_times(run):
    fill(run)
    run.file("auth.log", failed(600) + failed(601) + failed(0) + failed(1) + failed(2))  # three are ten minutes late
    for path in run.folder.glob("events*"):
        path.unlink()
    expect(run.run("run", "-q"), 0)
    assert "guessing" not in {alert["rule_name"] for alert in of_logs(run)}
    assert "guessing" in {alert["rule_name"] for alert in alerts(run.run(*FROM, "-c", "argot.yaml"))}


@case
def equal_times_stand_in_the_order_of_a_run(run):
    """By the names of the logs, whichever was met first: so of one pair a sequence is seen, of the other none."""
    fill(run)
    run.file("a.rule", """rule pair { by source_ip sequence within 1m {
  first a = AUTH_LOGIN where event_outcome == "failure" then b = AUTH_LOGIN where event_outcome == "success" }
  alert "{source_ip}" }
""")
    good = "Nov 24 09:00:00 web1 sshd[7]: Accepted password for root from 203.0.113.9 port 4 ssh2\n"
    run.file("argot.yaml", "store: sqlite:events.db\ninputs: [{file: z.log, follow: false}, {file: b.log, follow: false}]\n")
    for first, second, seen in ((failed(0), good, 1), (good, failed(0), 0)):
        for path in run.folder.glob("events*"):
            path.unlink()
        run.file("b.log", first)
        run.file("z.log", second)
        expect(run.run("run", "-q"), 0)
        assert len(alerts(run.run(*FROM))) == seen


@case
def events_of_dead_letters_are_part_of_history(run):
    fill(run)
    whole = alerts(run.run(*FROM, "-c", "argot.yaml"))
    for path in run.folder.glob("events*"):
        path.unlink()
    right = (run.folder / "argot.yaml").read_text()
    run.file("argot.yaml", right.replace("format: aws_cloudtrail", "format: sshd").replace(
        "timezone: +02:00", "timezone: +02:00, format: aws_cloudtrail"))
    expect(run.run("run", "-q"), 0)
    run.file("argot.yaml", right)
    assert not alerts(run.run(*FROM, "-c", "argot.yaml"))
    expect(run.run("replay", "--act"), 0)
    assert alerts(run.run(*FROM, "-c", "argot.yaml")) == whole


@case
def what_is_not_what_it_was_is_told(run):
    fill(run)
    done = expect(run.run(*[word for word in FROM if word != "-q"]), 0)
    assert "30 stored events have another time now than when it was stored; is the time zone as it was?" in done.err, done.err
    execute(run, "UPDATE events SET raw_line = NULL WHERE source = 1 AND record < 5")
    done = expect(run.run(*[word for word in FROM if word != "-q"], "-c", "argot.yaml"), 0)
    assert "3 stored events could not be read again for the rules" in done.err and "another time" not in done.err, done.err


@case
def what_cannot_be_is_said(run):
    fill(run)
    expect(run.run(*FROM, "auth.log"), 2, err="either files are read, or a store is")
    expect(run.run("detect", "-r", "a.rule", "--last", "1h", "auth.log"), 2, err="go with --from-store")
    expect(run.run(*FROM, "--last", "1h", "--to", "2026-11-24"), 2, err="do not go together")
    expect(run.run(*FROM, "--received-at", "2026-11-24T00:00:00Z"), 2, err="a store has its own")
    expect(run.run("detect", "-r", "a.rule", "--from-store", "sqlite:gone.db"), 3, err="gone.db: there is no such store")
    expect(run.run(*FROM, "-c", "gone.yaml"), 2, err="gone.yaml: No such file")
    expect(run.run(*FROM, "-f", "nothing"), 2, err="nothing")
    size = os.path.getsize(run.folder / "events.db")
    with open(run.folder / "events.db", "r+b") as file:
        file.seek(size // 8192 // 2 * 8192)
        file.write(b"\xff" * (size // 2))
    done = run.run(*FROM, "-c", "argot.yaml")
    assert done.status == 3 and "the file is damaged" in done.err, done.err


if __name__ == "__main__":
    sys.exit(main())
