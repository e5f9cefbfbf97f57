# SPDX-License-Identifier: Apache-2.0
"""argot test over rule files: what holds, and what is told when a line is no event or an alert is not as expected."""
import os
import sys

from program import case, expect, main

RULE = """rule guessing {
    match AUTH_LOGIN where event_outcome == "failure"
    by source_ip
    when count >= 3 within 1m
    collect user_name
}
"""
LINE = '"Jan  1 00:00:00 web1 sshd[7]: Failed password for root from 203.0.113.9 port 4 ssh2"'
HOLDS = "1 rules, 1 tests, 0 failed"


def of_lines(run, *lines, rule=RULE, more=""):
    """A run over a rule file whose test has these lines."""
    run.file("a.rule", rule + "test guessing {\n" + "".join(f"    {line}\n" for line in lines) + "}\n" + more)
    return run.run("test", "a.rule")


def holds(run, *lines, rules=1, **more):
    done = expect(of_lines(run, *lines, **more), 0, err="")
    assert done.out.startswith(f"{rules} rules, 1 tests, 0 failed"), done.out


def fails(run, *lines, said, **more):
    done = expect(of_lines(run, *lines, **more), 1, err="")
    for words in said if isinstance(said, tuple) else (said,):
        assert words in done.out, done.out
    return done


# ---- what happens ----


@case
def lines_become_events_at_their_time(run):
    holds(run, f"at 0s log sshd {LINE} * 3 every 10s",
          "expect alert guessing at 20s where source_ip == 203.0.113.9 and alert.count == 3",
          'expect 1 alert guessing where alert.values.user_name == "root" and event_time - alert.first_time == 20s')


@case
def lines_keep_their_own_time_without_at(run):
    at = LINE.replace("00:00:00", "00:00:%02d")
    holds(run, *(f"log sshd {at % second}" for second in (5, 7, 9)), "expect alert guessing at 9s")


@case
def events_are_written_field_by_field(run):
    event = 'AUTH_LOGIN { event_outcome: "failure", source_ip: 203.0.113.9, user_name: "root", source_port: 0x16 }'
    holds(run, f"at 1m {event} * 3 every 1s", "expect alert guessing at 1m2s where source_port == 22")
    holds(run, f"at 1m {event} * 2 every 1s", "expect no alert")


@case
def fields_of_all_types_reach_the_rule(run):
    rule = """rule typed {
    match HTTP_ACCESS where
        extra.a.b == 1 and extra.a.c == "x" and extra.a.d.e == 1.5 and extra.n == 7 and extra.t == true
        and status_code == 404 and request_size_bytes == 64KiB and request_path == "/a" and event_duration == 90s
        and dns_answers == "b" and dns_answers == "a" and len(dns_answers) == 2 and event_severity == "high"
        and source_mac == "00:11:22:33:44:55" and dns_resolved_ips in 192.0.2.0/24 and user_name is null
}
"""
    done = of_lines(run, """at 0s HTTP_ACCESS {
        extra.a.b: 1, extra.n: 7, extra.a.c: "x", extra.a.d.e: 1.5, extra.t: true,
        status_code: 404, request_size_bytes: 64KiB, request_path: "/a", event_duration: 90s,
        dns_answers: "a", dns_answers: "b", event_severity: "high", source_mac: "00:11:22:33:44:55",
        dns_resolved_ips: 192.0.2.7
    }""", "expect 1 alert typed", rule=rule)
    assert expect(done, 0, err="").out.endswith(HOLDS + "\n"), done.out


@case
def what_happens_is_put_in_the_order_of_its_time(run):
    event = 'AUTH_LOGIN { event_outcome: "failure", source_ip: 203.0.113.9 }'
    holds(run, f"at 10m {event}", f"at 20s {event}", f"at 0s {event} * 2 every 50s",
          "expect alert guessing at 50s", "expect 1 alert guessing")


@case
def time_passes_until_the_end(run):
    rule = "rule silence {\n    match any\n    by host_name\n    when absent 15m\n}\n"
    event = 'at 0s HTTP_ACCESS { host_name: "web1" }'
    holds(run, event, "at 20m end", "expect alert silence at 15m", rule=rule)
    holds(run, event, "at 14m end", "expect no alert", rule=rule)
    holds(run, event, "expect no alert", rule=rule)


@case
def silent_alerts_are_seen(run):
    rule = RULE.replace("{\n", "{\n    silent\n", 1) + "rule above { match alert guessing }\n"
    holds(run, f"at 0s log sshd {LINE} * 3 every 1s", "expect 1 alert guessing", "expect 1 alert above", rule=rule, rules=2)
    fails(run, f"at 0s log sshd {LINE} * 3 every 1s", "expect no alert", rule=rule, said="came at 2s: (silent) guessing")


@case
def tests_leave_nothing_behind(run):
    two = f"test guessing {{ at 0s log sshd {LINE} * 2 every 1s expect no alert }}\n"
    run.file("a.rule", RULE + two + two)
    expect(run.run("test", "a.rule"), 0, out="1 rules, 2 tests, 0 failed, 1 rules without a test\n")


# ---- what is told ----


@case
def missing_alert_shows_the_nearest(run):
    done = fails(run, f"at 0s log sshd {LINE} * 3 every 10s", "expect alert guessing at 30s",
                 said=("a.rule:9:5: test guessing: no alert guessing at 30s\n 9 |     expect alert guessing at 30s\n"
                       "  came at 20s: guessing alert.count=3 ", "source_ip=203.0.113.9"))
    assert done.out.endswith("1 rules, 1 tests, 1 failed\n"), done.out
    fails(run, f"at 0s log sshd {LINE} * 3 every 10s", "expect alert guessing at 20s where alert.count == 4",
          said="no such alert guessing at 20s\n")
    fails(run, f"at 0s log sshd {LINE}", "expect alert guessing at 0s", said="  no alert came\n")


@case
def wrong_number_is_told_with_those_that_came(run):
    rule = RULE.replace("    collect", "    rearm always\n    collect")
    done = fails(run, f"at 0s log sshd {LINE} * 20 every 1s", "expect 3 alert guessing where source_ip in 203.0.113.0/24",
                 rule=rule, said=("18 such alerts guessing, not 3\n", "came at 2s", "came at 6s", "  and 13 more\n"))
    assert done.out.count("came at") == 5, done.out


@case
def alert_where_none_was_expected_is_shown(run):
    fails(run, f"at 0s log sshd {LINE} * 3 every 1s", "expect no alert guessing",
          said="1 alert guessing, where none was expected\n")
    fails(run, f"at 0s log sshd {LINE} * 3 every 1s", "expect no alert", said="1 alert, where none was expected\n")
    holds(run, f"at 0s log sshd {LINE} * 3 every 1s", 'expect no alert guessing where source_ip == 192.0.2.1',
          "expect 1 alert guessing")


@case
def line_that_is_no_event_fails_with_a_mark(run):
    fails(run, 'at 0s log apache_access "203.0.113.9 - - [24/Nov/2026:09:12:03 +0000] \\"GET / HTTP/1.1\\" 20 x"',
          "expect no alert",
          said=("a.rule:8:5: test guessing: this line is no event\n", "\n" + " " * 65 + "^\ndead letter: no_match"))


@case
def reports_do_not_drive_the_terminal(run):
    line = LINE.replace("root", "a\\x1b[2J\\x9b")
    done = fails(run, f"at 0s log sshd {line} * 3 every 1s", "expect no alert", said="came at 2s")
    assert "\x1b" not in done.out and "\x9b" not in done.out, done.out


# ---- files ----


@case
def rule_files_of_a_run_are_one_namespace(run):
    run.file("a.rule", RULE)
    os.mkdir(run.folder / "tests")
    run.file("tests/b.rule", f"test guessing {{ at 0s log sshd {LINE} * 3 every 1s expect 1 alert guessing }}\n")
    expect(run.run("test", "a.rule", "tests"), 0, out=HOLDS)
    expect(run.run("test", "tests"), 1, out="no rule is called `guessing`")
    expect(run.run("test", "-v", "a.rule", "tests/b.rule"), 0, out="tests/b.rule:1: test guessing: holds\n")


@case
def formats_and_rules_may_be_tested_together(run):
    run.file("a.rule", RULE)
    done = expect(run.run("test", "sshd", "a.rule"), 0, err="")
    assert done.out.startswith("1 formats, ") and done.out.endswith("1 rules, 0 tests, 0 failed, 1 rules without a test\n"), done.out


@case
def everything_includes_the_stock_rules(run):
    done = expect(run.run("test", "--all"), 0, err="")
    assert " formats, " in done.out and " rules, " in done.out and " tests, 0 failed" in done.out, done.out


@case
def what_is_wrong_is_told(run):
    run.file("bad.rule", RULE.replace("source_ip", "sorce_ip"))
    expect(run.run("test", "bad.rule"), 1, err="", out="did you mean `source_ip`?")
    expect(run.run("test", "missing.rule"), 3, err="missing.rule: No such file")
    os.mkdir(run.folder / "none")
    expect(run.run("test", "none"), 2, err="none: no rule file (*.rule) in it")
    run.file("a.rule", RULE)
    expect(run.run("test", "--accept", "a.rule"), 2, err="rules have nothing to accept")


if __name__ == "__main__":
    sys.exit(main())
