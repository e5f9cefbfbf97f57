# SPDX-License-Identifier: Apache-2.0
"""argot explain RULE: why a rule fired over logs, or did not."""
import gzip
import json
import sys

from program import GOOD, case, expect, main


def line(second, ip="203.0.113.9", status=200, path="/", user="-"):
    """A line of apache_access, so many seconds after nine o'clock."""
    time = f"{9 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f'{ip} - {user} [24/Nov/2026:{time} +0000] "GET {path} HTTP/1.1" {status} 12 "-" "curl/8.9.1"\n'


def clock(second):
    return f"2026-11-24T{9 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def shown(second):
    return clock(second).replace("T", " ")


def explain(run, rule, lines, *words, name="why", status=1):
    """What is told of the one rule of the text over lines: words for people, and objects for programs."""
    rules = run.file("my.rule", rule)
    log = run.file("web.log", b"".join(each if isinstance(each, bytes) else each.encode() for each in lines))
    done = expect(run.run("explain", "-r", rules, *words, name, log), status, err="")
    told = expect(run.run("explain", "-r", rules, "-o", "jsonl", *words, name, log), status, err="")
    return done.out, [json.loads(row) for row in told.out.splitlines()]


def about(told, what):
    return [row for row in told if row["about"] == what]


def key(told, number=0):
    return about(told, "key")[number]


# ---- conditions ----

PARTS = """rule why {
    match HTTP_ACCESS where status_code == 401 and (request_path starts "/admin" or not user_name == "bob")
    except source_ip in 198.51.100.0/24
}
"""


@case
def parts_of_a_condition_are_counted(run):
    out, told = explain(run, PARTS, [line(0, status=401, path="/admin"), line(1, status=200, path="/admin"),
                                     line(2, status=401, path="/", user="bob"), line(3, status=200, user="bob"),
                                     line(4, "198.51.100.7", status=401)], status=0)
    found = about(told, "condition")[0]
    assert (found["came"], found["judged"], found["taken"], found["counted"]) == (5, 5, 1, 1), found
    parts = {part["text"]: part for part in found["parts"]}
    assert [part["depth"] for part in found["parts"]] == [1, 1, 1, 2, 2, 3, 1, 2], found["parts"]
    assert [parts["status_code == 401"][name] for name in ("true", "false", "null", "alone")] == [3, 2, 0, 1], parts
    assert [parts["one of"][name] for name in ("true", "false", "null", "alone")] == [3, 2, 0, 1], parts
    assert [parts["except"][name] for name in ("true", "false", "null", "alone")] == [4, 1, 0, 1], parts
    # A comparison with what is not there is neither true nor false; `not` turns it into true.
    assert [parts['user_name == "bob"'][name] for name in ("true", "false", "null")] == [2, 0, 3], parts
    assert [parts["not"][name] for name in ("true", "false", "null")] == [3, 2, 0], parts
    assert "      3      2      0      1  status_code == 401\n" in out, out
    assert "      2      0      3             user_name == \"bob\"\n" in out, out


@case
def nearest_misses_are_shown_with_what_they_had(run):
    out, told = explain(run, PARTS, [line(1, path="/admin"), line(2, status=401, user="bob")])
    first, second = about(told, "condition")[0]["nearest_misses"]
    assert (first["record"], first["raw_line"], first["failed_parts"]) == (1, line(1, path="/admin").strip(), 1), first
    assert first["failed"][0]["values"] == {"status_code": "200"}, first
    assert second["failed"][0]["values"] == {"request_path": "/", "user_name": "bob"}, second
    assert f"web.log:1  {line(1, path='/admin')}      not held: status_code == 401; status_code is 200\n" in out, out
    # Where never one part alone failed, those that fewest did.
    _, told = explain(run, PARTS, [line(0, user="bob")] * 5)
    misses = about(told, "condition")[0]["nearest_misses"]
    assert [miss["failed_parts"] for miss in misses] == [2, 2], misses
    assert all(part["alone"] == 0 for part in about(told, "condition")[0]["parts"] if part["depth"] == 1), told


@case
def null_is_told_apart(run):
    rule = 'rule why { match HTTP_ACCESS where user_name == "bob" }'
    out, told = explain(run, rule, [line(0), line(1, user="eve")])
    part = about(told, "condition")[0]["parts"][1]
    assert (part["true"], part["false"], part["null"], part["alone"]) == (0, 1, 1, 2), part
    assert "user_name is null\n" in out and "user_name is eve\n" in out, out


@case
def events_of_other_types_are_told(run):
    rule = 'rule why { match DNS_QUERY where dns_query_name == "evil.example" }'
    out, told = explain(run, rule, [line(0), line(1), "nonsense\n"])
    assert about(told, "input")[0] == {"about": "input", "lines": 3, "events": 2, "dead_letters": 1,
                                       "types": {"HTTP_ACCESS": 2}}, told
    assert about(told, "rule")[0]["can_fire"] and about(told, "rule")[0]["formats"], told
    assert "nothing it could take; such events come from " in out and "  0 events of its types, 0 taken\n" in out, out


@case
def what_no_format_feeds_is_told(run):
    rules = run.file("my.rule", 'rule why { match DRIVER_LOAD }')
    log = run.file("web.log", GOOD)
    expect(run.run("explain", "-r", rules, "why", log), 1, out="it cannot fire with the formats at hand: line 1: no format")
    told = json.loads(run.run("explain", "-o", "jsonl", "-r", rules, "why", log).out.splitlines()[0])
    assert told["can_fire"] is False and "no format" in told["why"], told
    rules = run.file("my.rule", "rule why { match AUTH_LOGIN }")
    expect(run.run("explain", "-r", rules, "-f", "apache_access", "why", log), 1,
           out="the format apache_access gives no event that it takes\n")


# ---- windows ----

THRESHOLD = """rule why {
    match HTTP_ACCESS where status_code == 401
    by source_ip
    when count >= 5 within 2m
    rearm after 10m
    alert "{source_ip} fails"
}
"""


@case
def threshold_tells_how_far_each_key_came(run):
    lines = [line(second, status=401) for second in (0, 20, 40, 60, 300)]
    out, told = explain(run, THRESHOLD, lines + [line(310, "198.51.100.7", status=401)])
    first, second = about(told, "key")
    assert first["key"] == {"source_ip": "203.0.113.9"} and first["counted"] == 5, first
    assert first["aggregates"][0]["asked"] == 5, first
    assert first["aggregates"][0]["greatest"] == {
        "value": 4, "time": clock(60), "source": f"{run.folder}/web.log", "record": 4}, first
    assert second["aggregates"][0]["greatest"]["value"] == 1, second
    assert about(told, "counts")[0]["keys"] == 2 and about(told, "when")[0]["judged"] == 6, told
    assert "count reached 4 of 5 at " in out and "\nno alert\n" in out, out


@case
def hits_of_an_open_alert_are_told(run):
    out, told = explain(run, THRESHOLD, [line(second, status=401) for second in range(8)], status=0)
    counts = about(told, "counts")[0]
    assert (counts["alerts"], counts["hits"]) == (1, 3), counts
    alert = about(told, "alert")[0]
    assert alert["time"] == clock(4) and alert["message"] == "203.0.113.9 fails", alert
    assert alert["newest_cause"]["record"] == 5 and len(alert["id"]) == 32, alert
    assert "1 alert, and 3 hits of alerts that were open\n" in out, out
    assert f"  {shown(4)}  {run.folder}/web.log:5  203.0.113.9 fails\n" in out, out


@case
def parts_of_when_are_counted(run):
    rule = """rule why {
        match HTTP_ACCESS by source_ip
        when count >= 3 and distinct(request_path) >= 2 and count(status_code == 401) * 2 > count within 1m
    }"""
    out, told = explain(run, rule, [line(second, status=401) for second in range(4)])
    when = about(told, "when")[0]
    assert [part["text"] for part in when["parts"]] == [
        "count >= 3", "distinct(request_path) >= 2", "count(status_code == 401) * 2 > count"], when
    assert [(part["true"], part["alone"]) for part in when["parts"]] == [(2, 0), (0, 2), (4, 0)], when
    assert [each["greatest"]["value"] for each in key(told)["aggregates"]] == [4, 1, 4], told
    assert "  judged 4 times, held 0 times\n" in out and "distinct(request_path) reached 1 at " in out, out


@case
def least_values_are_told_where_less_is_asked(run):
    rule = "rule why { match HTTP_ACCESS when min(status_code) < 200 within 1m }"
    out, told = explain(run, rule, [line(0, status=401), line(1, status=204), line(2, status=500)])
    assert "min(status_code) came down to 204 at " in out and "how far it came\n  all events: 3 events" in out, out
    assert key(told)["aggregates"][0]["least"]["value"] == 204, told


@case
def windows_that_are_open_at_the_end_are_told(run):
    rule = "rule why { match HTTP_ACCESS by source_ip when count >= 5 every 1h }"
    out, told = explain(run, rule, [line(0), line(1), line(3700), line(3701), line(3702)])
    assert key(told)["judged"] == 1 and key(told)["pending_until"] == "2026-11-24T11:00:00Z", told
    assert key(told)["aggregates"][0]["greatest"]["value"] == 3, told
    assert "its window was open when the input ended; due at 2026-11-24 11:00:00Z\n" in out, out
    out, told = explain(run, "rule why { match HTTP_ACCESS when count >= 5 session 5m }", [line(0), line(400)])
    assert key(told)["judged"] == 1 and key(told)["pending_until"] == clock(700), told


@case
def bucket_tells_its_level(run):
    rule = "rule why { match HTTP_ACCESS by source_ip when count > 4 leak 1m rearm after 10m }"
    out, told = explain(run, rule, [line(0), line(30), line(60)])
    assert (key(told)["level"], key(told)["capacity"], key(told)["exceeds"]) == (2.0, 4, True), told
    assert f"the level reached 2.00 of more than 4 at {shown(60)} " in out, out


# ---- what is kept out ----

@case
def null_keys_are_told(run):
    rule = "rule why { match HTTP_ACCESS by user_name when count >= 2 within 1m }"
    out, told = explain(run, rule, [line(0), line(1), line(2, user="bob")])
    assert about(told, "counts")[0]["null_keys"] == about(told, "condition")[0]["null_keys"] == 2, told
    assert "  2 events kept out by a null in the key\n" in out, out


@case
def late_events_are_told_and_what_would_take_them(run):
    lines = [line(600 + second, status=401) for second in range(4)] + [line(0, status=401), line(300, status=401)]
    out, told = explain(run, THRESHOLD, lines)
    counts = about(told, "counts")[0]
    assert counts["late"] == 2 and counts["late_needed"] == "10m3s", counts
    assert about(told, "condition")[0]["first_lost"]["raw_line"] == line(0, status=401).strip(), told
    assert f"  2 events came too late: --late 10m3s takes all of them\n    {run.folder}/web.log:5  {lines[4]}" in out, out
    _, told = explain(run, THRESHOLD, lines, "--late", "10m3s")
    assert about(told, "counts")[0]["late"] == 0 and about(told, "counts")[0]["counted"] == 6, told
    _, told = explain(run, THRESHOLD, lines, "--late", "10m2s")
    assert about(told, "counts")[0]["late"] == 1, told


@case
def strays_are_told(run):
    out, told = explain(run, THRESHOLD, [line(0, status=401), line(36000, status=401), line(1, status=401)])
    assert about(told, "counts")[0]["strays"] == 1 and about(told, "counts")[0]["counted"] == 2, told
    assert "1 event kept out by a time far from those around it\n" in out and "web.log:2  " in out, out


@case
def what_is_given_up_at_limits_is_told(run):
    rule = "rule why { limit 1 match HTTP_ACCESS by source_ip when count >= 3 within 1h }"
    out, told = explain(run, rule, [line(0, "192.0.2.1"), line(1, "192.0.2.2"), line(2, "192.0.2.1")])
    assert about(told, "counts")[0]["evicted"] == 2 and "2 keys given up at `limit`" in out, out
    assert key(told)["key"] == {"source_ip": "192.0.2.1"} and key(told)["evicted"] == 1, told
    rule = "rule why { limit 2 events match HTTP_ACCESS when count != 2 and sum(status_code) > 1000 within 1h }"
    out, told = explain(run, rule, [line(second) for second in range(5)])
    assert about(told, "counts")[0]["dropped"] == 3 and "3 events dropped from windows" in out, out


# ---- absent, new ----

@case
def silence_is_told(run):
    rule = """rule why { match HTTP_ACCESS where status_code != 503 by source_ip when absent 15m
        until HTTP_ACCESS where status_code == 503 }"""
    lines = [line(0), line(60), line(660), line(700, status=503), line(1200, "192.0.2.1")]
    out, told = explain(run, rule, lines)
    first, second = about(told, "key")
    assert (first["longest_silence"], first["silent_from"], first["until"]) == ("10m", clock(60), 1), first
    assert "pending_until" not in first and second["pending_until"] == clock(2100), told
    assert "its longest silence was 10m of 15m, from " in out and "begun anew 1 time by `until`, the last at" in out, out
    assert f"silent when the input ended; due at {shown(2100)}\n" in out, out


@case
def tuples_are_told(run):
    rule = "rule why { match HTTP_ACCESS by source_ip when new (user_name) over 1d learning 10m }"
    lines = [line(0, user="a"), line(1, user="a"), line(2), line(700, user="a"), line(800, user="b")]
    out, told = explain(run, rule, lines, status=0)
    assert key(told)["tuples"] == {"learnt": 1, "known": 2, "null": 1, "new": 1}, told
    assert "of its tuples 1 were new, 1 were new while it learnt, 2 had been seen, 1 had a null\n" in out, out


# ---- sequences ----

STEPS = """rule why {
    by source_ip
    sequence within 10m {
        without HTTP_ACCESS where request_path == "/health" within 1m
        first fails = 3 * HTTP_ACCESS where status_code == 401 within 1m
        without HTTP_ACCESS where request_path == "/logout"
        then HTTP_ACCESS where status_code == 200 and request_path == fails.request_path within 5m
        then no HTTP_ACCESS where status_code == 503 within 2m
        until HTTP_ACCESS where request_path == "/reset"
    }
}
"""
FAILS = [line(second, status=401, path="/in") for second in (0, 10, 20)]


@case
def steps_that_were_passed_are_told(run):
    out, told = explain(run, STEPS, FAILS[:2] + [line(100, status=401)])
    assert key(told)["passed"] == [] and key(told)["counting"]["events"] == 2, told
    assert "of step 1: 2 of 3 within its span at " in out, out
    out, told = explain(run, STEPS, FAILS + [line(30, path="/out")])
    assert [moment["record"] for moment in key(told)["passed"]] == [3], told
    assert (key(told)["in_vain"], key(told)["in_vain_why"]) == (1, "not_held"), told
    assert "step 1 passed at" in out and "step 2 came 1 time in vain" in out, out
    misses = about(told, "condition")[3]["nearest_misses"]
    assert misses[0]["failed"][0]["values"] == {"request_path": "/out", "fails.request_path": "/in"}, misses
    assert misses[0]["raw_line"] == line(30, path="/out").strip(), misses
    assert [step["passed"] for step in about(told, "step")] == [1, 0], told


@case
def what_killed_a_partial_is_told(run):
    for path, ended, words in (("/logout", "killed", "without HTTP_ACCESS where request_path == \"/logout\""),
                               ("/reset", "until", "until HTTP_ACCESS where request_path == \"/reset\"")):
        lines = FAILS + [line(30, path=path, status=404), line(40, path="/in")]
        out, told = explain(run, STEPS, lines)
        assert key(told)["ended"] == ended and key(told)["ended_at"]["record"] == 4, told
        assert about(told, "step")[0]["ended"] == {ended: 1}, told
        assert f"ended at {shown(30)} {run.folder}/web.log:4: {words} (" in out, out
    lines = FAILS + [line(30, path="/in"), line(60, status=503)]
    out, told = explain(run, STEPS, lines)
    assert key(told)["ended"] == "killed" and len(key(told)["passed"]) == 2, told
    assert ": then no HTTP_ACCESS where status_code == 503 (" in out, out


@case
def steps_that_came_too_late_are_told(run):
    out, told = explain(run, STEPS, FAILS + [line(400, path="/in")])
    assert key(told)["in_vain_why"] == "later_than_step" and "later than the `within` of the step" in out, told
    out, told = explain(run, STEPS, FAILS + [line(900, path="/in")])
    assert key(told)["in_vain_why"] == "later_than_sequence", told
    assert "its time was over: no step 2 within 10m of the first\n" in out, out
    out, told = explain(run, STEPS, [line(0, path="/health", status=404)] + [
        line(20 + second, status=401, path="/in") for second in range(3)])
    assert key(told)["passed"] == [] and key(told)["in_vain_why"] == "leading_without", told
    assert "too soon behind a leading `without`" in out, out


@case
def what_is_undecided_at_the_end_is_told(run):
    out, _ = explain(run, STEPS, FAILS)
    assert "step 2 had not come when the input ended\n" in out, out
    out, told = explain(run, STEPS, FAILS + [line(30, path="/in")])
    assert key(told)["pending_until"] == clock(150), told
    assert f"`then no` was not decided when the input ended; due at {shown(150)}\n" in out, out
    out, told = explain(run, STEPS, FAILS + [line(30, path="/in"), line(300, "192.0.2.1")], status=0)
    assert "a complete match, since nothing came that must not\n" in out, out
    assert about(told, "alert")[0]["time"] == clock(150), told


@case
def partials_that_were_replaced_are_counted(run):
    rule = """rule why { by source_ip sequence within 1h {
        first HTTP_ACCESS where status_code == 401  then HTTP_ACCESS where status_code == 200 } }"""
    out, told = explain(run, rule, [line(0)] + FAILS)
    first, second = about(told, "step")
    assert first["passed"] == 3 and first["ended"] == {"replaced": 2}, first
    assert second["passed"] == 0 and second["in_vain"] == {"nothing_before": 1}, second
    assert "in vain: 1 with nothing before them\n" in out, out
    out, told = explain(run, rule, FAILS + [line(30)], status=0)
    assert "that was a complete match\n" in out and len(key(told)["passed"]) == 2, out


@case
def members_are_told(run):
    rule = """rule why { by source_ip together within 2m {
        has a = HTTP_ACCESS where status_code == 401
        has b = 3 * HTTP_ACCESS where status_code == 404
        has c = HTTP_ACCESS where status_code == 500 } }"""
    lines = [line(0, status=401), line(10, status=404), line(20, status=404), line(300, status=500)]
    out, told = explain(run, rule, lines)
    assert (key(told)["asked"], key(told)["members"]) == (3, [1]), told
    assert key(told)["counting"] | {"time": ""} == {
        "step": 2, "events": 2, "asked": 3, "time": "", "source": f"{run.folder}/web.log", "record": 3}, told
    assert "1 of 3 members at once at " in out and "; missing 2 (b), 3 (c)\n" in out, out


# ---- rules over alerts ----

@case
def rules_below_are_told(run):
    rule = """
    rule probe { silent severity low match HTTP_ACCESS where status_code == 404 by source_ip when count >= 2 within 1m }
    rule login { severity high match HTTP_ACCESS where status_code == 401 by source_ip }
    rule why { by source_ip sequence within 5m { first alert probe then alert login where event_severity == "low" } }
    """
    out, told = explain(run, rule, [line(0, status=404), line(1, status=404), line(5, status=401)])
    first, second = about(told, "condition")
    assert (first["came"], first["taken"], second["came"], second["taken"]) == (1, 1, 1, 0), told
    miss = second["nearest_misses"][0]
    assert miss["alert"].startswith("alert login") and miss["failed"][0]["values"] == {"event_severity": "high"}, miss
    assert [(row["rule"], row["counted"], row["alerts"]) for row in about(told, "below")] == [
        ("login", 1, 1), ("probe", 2, 1)], told
    assert "  probe: 2 counted, 1 alerts, 0 hits\n" in out, out


# ---- one key ----

@case
def one_key_alone_can_be_asked_about(run):
    lines = [line(second, status=401) for second in range(4)] + [
        line(10, "198.51.100.7", status=401), line(11, "198.51.100.7", status=200), line(12, status=200)]
    out, told = explain(run, THRESHOLD, lines, "--key", "198.51.100.7")
    assert len(about(told, "key")) == 1 and key(told)["counted"] == 1, told
    found = about(told, "condition")[0]
    assert (found["came"], found["taken"], found["counted"]) == (2, 1, 1), found
    assert about(told, "counts")[0]["counted"] == 1 and "count reached 1 of 5 at " in out, out
    assert explain(run, THRESHOLD, lines, "--key", "::ffff:198.51.100.7")[1] == told
    out, told = explain(run, THRESHOLD, lines, "--key", "192.0.2.99")
    assert "no event has this key\n" in out and not about(told, "key"), out


@case
def alerts_of_other_keys_do_not_count_for_one(run):
    lines = [line(second, status=401) for second in range(6)] + [line(10, "198.51.100.7", status=401)]
    _, told = explain(run, THRESHOLD, lines, "--key", "198.51.100.7")
    assert about(told, "counts")[0]["alerts"] == 0 and not about(told, "alert"), told
    _, told = explain(run, THRESHOLD, lines, "--key", "203.0.113.9", status=0)
    assert about(told, "counts")[0]["alerts"] == 1 and about(told, "counts")[0]["hits"] == 1, told


@case
def key_of_several_values_stands_at_commas(run):
    rule = "rule why { match HTTP_ACCESS by source_ip, user_name? when count >= 9 within 1h }"
    lines = [line(0, user="bob"), line(1, user="eve"), line(2)]
    _, told = explain(run, rule, lines, "--key", "203.0.113.9,eve")
    assert key(told)["key"] == {"source_ip": "203.0.113.9", "user_name": "eve"} and key(told)["counted"] == 1, told
    _, told = explain(run, rule, lines, "--key", "203.0.113.9,null")
    assert key(told)["key"] == {"source_ip": "203.0.113.9", "user_name": None} and key(told)["counted"] == 1, told
    rules, log = run.file("my.rule", rule), run.file("web.log", line(0))
    for wrong in ("203.0.113.9", "203.0.113.9,bob,eve"):
        expect(run.run("explain", "-r", rules, "--key", wrong, "why", log), 2, out="", err="--key: `203.0.113.9")
    rules = run.file("my.rule", "rule why { match HTTP_ACCESS }")
    expect(run.run("explain", "-r", rules, "--key", "x", "why", log), 2, out="", err="--key: `x`")


@case
def keys_that_came_furthest_stand_first(run):
    lines = []
    for number in range(1, 9):
        lines += [line(number * 100 + i, f"192.0.2.{number}", status=401) for i in range(number % 5)]
    _, told = explain(run, THRESHOLD, lines)
    assert [each["key"]["source_ip"] for each in about(told, "key")] == [
        "192.0.2.4", "192.0.2.3", "192.0.2.8", "192.0.2.2", "192.0.2.7"], told
    assert len(about(explain(run, THRESHOLD, lines, "--top", "2")[1], "key")) == 2
    assert len(about(explain(run, THRESHOLD, lines, "--top", "1000")[1], "key")) == 7
    rules, log = run.file("my.rule", THRESHOLD), run.file("web.log", line(0))
    expect(run.run("explain", "-r", rules, "--top", "0", "why", log), 2, out="", err="--top: `0`")


# ---- the same meaning as argot detect ----

@case
def stock_rules_are_explained_as_they_are_detected(run):
    logs = sorted(str(path) for path in (run.source / "docs/samples").glob("*.log"))
    summary = run.folder / "summary.json"
    expect(run.run("detect", "-q", "-o", "none", "--summary", str(summary), *logs), 0)
    rules = json.loads(summary.read_text())["detection"]["rules"]
    assert rules
    for rule in rules:
        done = run.run("explain", "-o", "jsonl", rule["rule"], *logs)
        expect(done, 0 if rule["alerts"] else 1, err="")
        told = [json.loads(row) for row in done.out.splitlines()]
        counts = about(told, "counts")[0]
        for name in ("alerts", "hits", "null_keys", "evicted", "dropped", "pending"):
            assert counts[name] == rule[name], (rule, counts)
        conditions = about(told, "condition")
        assert sum(each["counted"] for each in conditions) == rule["taken"], (rule, conditions)
        assert sum(each["late"] for each in conditions) == rule["late"], (rule, conditions)
        for each in conditions:
            whole = [part for part in each["parts"] if part["depth"] == 1]
            assert all(part["true"] + part["false"] + part["null"] == each["judged"] for part in whole), each
            assert each["judged"] - each["taken"] >= sum(part["alone"] for part in whole), each
            assert all(part["true"] >= each["taken"] for part in whole), each
        expect(run.run("explain", rule["rule"], *logs), 0 if rule["alerts"] else 1, err="",
               out=f"{rule['rule']}  {rule['severity'] if 'severity' in rule else ''}")


# ---- hostile inputs ----

@case
def nothing_of_a_log_drives_a_terminal(run):
    rule = 'rule why { match HTTP_ACCESS where request_path == "/\\x1b[31m" by request_path when count > 9 within 1h }'
    bad = line(0, path="/\x1b]0;x\x07\u202e\u009b31m").encode() + line(1, path="/").encode().replace(b'"GET /', b'"GET /\xff\xfe')
    out, told = explain(run, rule, [bad])
    written = run.run("explain", "-r", str(run.folder / "my.rule"), "-o", "jsonl", "why", str(run.folder / "web.log"))
    for text in (out, written.raw.decode("utf-8")):
        assert not any(mark in text for mark in ("\x1b", "\x07", "\u202e", "\u009b")), text
    assert about(told, "condition")[0]["nearest_misses"], told
    expect(run.run("explain", "-r", run.file("my\x1b[2J.rule", rule), "why", run.file("web\x07.log", bad)), 1)
    done = run.run("explain", "-r", str(run.folder / "my\x1b[2J.rule"), "why", str(run.folder / "web\x07.log"))
    assert b"\x1b" not in done.raw and b"\x07" not in done.raw, done.raw


@case
def long_values_are_cut(run):
    rule = 'rule why { match HTTP_ACCESS where request_path == "/" by request_path, user_name when count > 9 within 1h }'
    out, told = explain(run, rule, [line(0, path="/" + "ä" * 30000, user="u" * 30000)] * 3)
    miss = about(told, "condition")[0]["nearest_misses"][0]
    assert miss["cut"] and len(miss["raw_line"].encode()) <= 400 and "\ufffd" not in miss["raw_line"], miss
    assert len(miss["failed"][0]["values"]["request_path"].encode()) <= 120 and len(out) < 6000, out


@case
def long_keys_are_cut(run):
    rule = "rule why { match HTTP_ACCESS by request_path when count > 9 within 1h }"
    out, told = explain(run, rule, [line(0, path="/" + "ä" * 30000)])
    assert key(told)["key"]["request_path"] == "/" + "ä" * 30000 and "ä…: 1 event" in out and len(out) < 2000, out


@case
def large_conditions_stay_bounded(run):
    many = " and ".join(f'request_path != "/{number}"' for number in range(5000))
    deep = "not (" * 90 + "status_code == 401" + ")" * 90
    out, told = explain(run, f"rule why {{ match HTTP_ACCESS where {deep} and ({many}) }}", [line(0)])
    found = about(told, "condition")[0]
    assert found["judged"] == 1 and found["taken"] == 0 and len(found["parts"]) <= 1024, found
    assert len(out) < 100000, len(out)
    lets = ["let e0 = HTTP_ACCESS where status_code == 401"]
    lets += [f"let e{number} = e{number - 1}, e{number - 1} where status_code != {number}" for number in range(1, 16)]
    out, told = explain(run, "\n".join(lets) + "\nrule why { match e15 }", [line(0), line(1, status=401)], status=0)
    found = about(told, "condition")[0]
    assert found["taken"] == 1 and len(found["parts"]) <= 1024, found


@case
def many_keys_stay_bounded(run):
    lines = [line(number // 100, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", status=401)
             for number in range(110000)]
    _, told = explain(run, THRESHOLD, lines + [line(1099, status=401)] * 3)
    assert about(told, "counts")[0]["keys"] == 110001, about(told, "counts")
    assert key(told)["key"] == {"source_ip": "203.0.113.9"} and key(told)["counted"] == 3, told


# ---- the command line ----

@case
def inputs_are_those_of_detect(run):
    rules = run.file("my.rule", THRESHOLD)
    text = "".join(line(second, status=401) for second in range(5))
    expect(run.run("explain", "-r", rules, "why", "-", stdin=text), 0, err="", out="\n1 alert\n")
    (run.folder / "logs").mkdir()
    run.file("logs/a.log", line(0, status=401) + line(2, status=401) + line(4, status=401))
    run.file("logs/b.log.gz", gzip.compress((line(1, status=401) + line(3, status=401)).encode()))
    done = expect(run.run("explain", "-r", rules, "why", str(run.folder / "logs")), 0, err="", out="\n1 alert\n")
    assert "a.log:3  203.0.113.9 fails" in done.out, done.out
    expect(run.run("explain", "-r", rules, "why", "missing.log"), 3, err="missing.log")
    expect(run.run("explain", "-r", rules, "why"), 2, out="", err="`why` is a rule; a file is missing")
    expect(run.run("explain", "-r", rules, "whi", "-"), 2, out="", err="no rule is called `whi`; did you mean `why`?")
    expect(run.run("explain", "-r", rules), 2, out="", err="the name of a rule is missing")
    expect(run.run("explain", "-r", rules, "-o", "csv", "why", "-"), 2, out="", err="none of text, jsonl")


@case
def first_operand_says_what_is_explained(run):
    log = run.file("auth.log", "Nov 24 09:20:07 web1 sshd[4719]: Failed password for root from 203.0.113.9 port 1 ssh2\n")
    expect(run.run("explain", "ssh_bruteforce", log), 1, err="", out="ssh_bruteforce  high  within 2m  ")
    expect(run.run("explain", "ssh_bruteforce"), 2, out="", err="`ssh_bruteforce` is a rule; a file is missing")
    expect(run.run("explain", "ssh_brutforce", log), 2, out="",
           err="neither a format nor a rule is called `ssh_brutforce`; did you mean `ssh_bruteforce`?")
    for words in (("--key", "x"), ("--late", "1h"), ("--top", "3")):
        expect(run.run("explain", *words, GOOD.strip()), 2, out="", err=f"{words[0]} is for a rule and files")
    expect(run.run("explain", "hello"), 1, err="", out="dead letter: ")
    expect(run.run("explain", "apache_access", GOOD.strip()), 0, err="", out="event: format apache_access")
    # With -r a rule is meant, whatever formats are called.
    rules = run.file("my.rule", "rule apache_access { match HTTP_ACCESS }")
    expect(run.run("explain", "-r", rules, "apache_access", run.file("web.log", GOOD)), 0, err="", out="\n1 alert\n")


if __name__ == "__main__":
    sys.exit(main())
