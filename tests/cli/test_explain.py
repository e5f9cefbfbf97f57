# SPDX-License-Identifier: Apache-2.0
"""argot explain: how a line becomes an event, or how far it gets."""
import json
import sys

from program import BAD, FORMAT, GOOD, case, expect, main

LINE, NONSENSE = GOOD.rstrip("\n"), BAD.rstrip("\n")
CUT = LINE.partition("5316")[0] + "x"  # no number of bytes


@case
def event_is_shown_field_by_field(run):
    done = expect(run.run("explain", LINE), 0, err="")
    lines = done.out.splitlines()
    assert lines[0] == LINE and f"format {FORMAT} (version 1)" in lines[1], done.out
    shown = dict(line.split(maxsplit=1) for line in lines[2:])
    assert shown["source_ip"] == '"192.0.2.17"' and shown["status_code"] == "200", shown


@case
def dead_letter_is_marked_where_it_stopped(run):
    done = expect(run.run("explain", CUT), 1, err="", out="dead letter: no_format: no format fits\n")
    line, mark = done.out.splitlines()[:2]
    assert line == CUT and mark == " " * CUT.index("x") + "^", done.out
    assert f"came furthest  {FORMAT}, to byte {CUT.index('x')} of {len(CUT)}\n" in done.out, done.out
    assert "expected here  " in done.out, done.out


@case
def bad_value_is_marked_whole(run):
    bad = LINE.replace("24/Nov", "31/Feb")
    done = expect(run.run("explain", bad), 1, err="", out="dead letter: bad_value: ")
    mark = done.out.splitlines()[1]
    assert mark.strip() == "^" + "~" * (len("31/Feb/2026:09:12:03 +0000") - 1), done.out
    assert mark.index("^") == bad.index("31/Feb") and "field          event_time" in done.out, done.out
    assert f"to byte {bad.index('31/Feb')} of {len(bad)}\n" in done.out, done.out


@case
def line_that_no_message_fits_is_marked_where_the_messages_stopped(run):
    line = "Nov 24 09:20:12 web1 sshd[7]: Failed password for joe from 192.0.2.1 prt 22 ssh2"
    done = expect(run.run("explain", line), 0, err="", out="message unmatched\n")
    shown, mark, _, stopped = done.out.splitlines()[:4]
    at = line.index(" prt")
    assert shown == line and mark == " " * at + "^", done.out
    assert stopped == f"no message fits; the furthest came to byte {at}, where this was due: ` port `", done.out
    plain = expect(run.run("explain", "Nov 24 09:20:12 web1 nothing[7]: known"), 0, err="", out="event: format syslog ")
    assert "no message fits" not in plain.out and "^" not in plain.out, plain.out  # of an envelope, which has none


@case
def format_may_stand_before_the_line(run):
    expect(run.run("explain", FORMAT, LINE), 0, err="")
    expect(run.run("explain", "-f", FORMAT, NONSENSE), 1, err="", out="dead letter: no_match: ")


@case
def empty_line_is_skipped(run):
    expect(run.run("explain", ""), 0, err="", out="skipped: ")


@case
def lines_of_standard_input_are_explained_one_by_one(run):
    done = expect(run.run("explain", "-", stdin=GOOD + BAD + GOOD), 1, err="")
    assert done.out.count("event: format") == 2 and done.out.count("dead letter: ") == 1, done.out
    expect(run.run("explain", FORMAT, "-", stdin=GOOD), 0, err="")
    expect(run.run("explain", "-", stdin=""), 0, out="", err="")


@case
def json_has_all_there_is(run):
    done = expect(run.run("explain", "--json", "--received-at", "2026-11-24T12:00:00Z", LINE), 0, err="")
    event = json.loads(done.out)
    assert event["raw_line"] == LINE and event["event_ingest_time"] == "2026-11-24T12:00:00Z", event
    assert event["format_name"] == f"{FORMAT}/1" and event["record"] == 1, event
    letter = json.loads(expect(run.run("explain", "--json", NONSENSE), 1, err="").out)
    assert letter["reason"] == "no_format" and letter["raw_line"] == NONSENSE, letter


@case
def long_line_is_cut_around_the_place(run):
    long = CUT.replace("/cart", "/" + "c" * 2000)
    done = expect(run.run("explain", long), 1)
    line, mark = done.out.splitlines()[:2]
    assert len(line) <= 160 and line.startswith("…") and line[mark.index("^")] == "x", done.out


@case
def control_bytes_are_shown_as_escapes(run):
    done = expect(run.run("explain", NONSENSE + "\x1b[31m\u202e"), 1)
    assert "\x1b" not in done.out and "\u202e" not in done.out and "\\x1b[31m" in done.out, done.out


@case
def too_long_line_is_told_once(run):
    done = expect(run.run("explain", "-", stdin="x" * (5 << 19) + "\n" + GOOD), 1, err="", out="too_long")
    assert done.out.count("too_long") == 1 and done.out.count("event: format") == 1, done.out


@case
def wrong_use_is_told(run):
    expect(run.run("explain"), 2, out="", err="a line is missing")
    expect(run.run("explain", FORMAT), 2, out="", err=f"`{FORMAT}` is a format; the line is missing")
    expect(run.run("explain", "apache_acess", LINE), 2, out="", err="did you mean")
    expect(run.run("explain", *LINE.split()), 2, out="", err="more than a line; it stands in quotes")
    expect(run.run("explain", "--timezone", "nowhere", LINE), 2, out="", err="--timezone: `nowhere`")
    expect(run.run("explain", "--received-at", "now", LINE), 2, out="", err="--received-at: `now`")


if __name__ == "__main__":
    sys.exit(main())
