# SPDX-License-Identifier: Apache-2.0
"""argot detect: rules from files and folders, logs of all sorts, hostile ones too, alerts with their evidence, and what is
told when something is kept from a rule or goes wrong."""
import gzip
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time

from program import BAD, MOST_SECONDS, Skip, case, expect, main

RULE = """rule guessing {
    severity high
    tags attack.t1110
    match AUTH_LOGIN where event_outcome == "failure"
    by source_ip
    when count >= 3 within 1m
    collect user_name
    alert "{source_ip} guesses"
}
"""
EACH = 'rule each { match any alert "{event_time}" }\n'
FULL = "no space is left on the device"


def failed(second, address="203.0.113.9", user="root", host="web1"):
    """A failed login in the first hour of 24 November."""
    minute, second = divmod(second, 60)
    return f"Nov 24 09:{minute:02}:{second:02} {host} sshd[7]: Failed password for {user} from {address} port 4 ssh2\n"


def guesses(count=5, apart=2, **more):
    return "".join(failed(number * apart, **more) for number in range(count))


def detect(run, *words, stdin=b"", status=0, rule=RULE):
    """A run with a rule, of lines that came in on that day: (alerts, Done)"""
    run.file("a.rule", rule)
    done = run.run("detect", "-r", "a.rule", "--received-at", "2026-11-24T12:00:00Z", *words, stdin=stdin)
    expect(done, status)
    return [json.loads(line) for line in done.out.splitlines() if line.startswith("{")], done


def summary(run):
    return json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))


# ---- alerts ----


@case
def alert_has_columns_and_evidence(run):
    path = run.file("auth.log", guesses())
    alerts, done = detect(run, path)
    assert len(alerts) == 1, done.out
    alert = alerts[0]
    assert alert["event_type"] == "CORRELATION_ALERT" and alert["event_time"] == "2026-11-24T09:00:04Z", alert
    assert alert["event_severity"] == "high" and alert["rule_name"] == "guessing", alert
    assert alert["source_ip"] == "203.0.113.9" and alert["message"] == "203.0.113.9 guesses", alert
    beside = alert["alert"]
    assert re.fullmatch("[0-9a-f]{32}", beside["id"]) and beside["count"] == 3, beside
    assert (beside["first_time"], beside["last_time"]) == ("2026-11-24T09:00:00Z", "2026-11-24T09:00:04Z"), beside
    assert beside["tags"] == ["attack.t1110"] and beside["values"] == {"user_name": ["root"]}, beside
    assert [cause["record"] for cause in beside["causes"]] == [1, 2, 3], beside
    assert [cause["raw_line"] + "\n" for cause in beside["causes"]] == [failed(0), failed(2), failed(4)], beside
    assert {(cause["source"], cause["format"]) for cause in beside["causes"]} == {(path, "sshd")}, beside


@case
def the_same_input_gives_the_same_alerts_however_it_comes(run):
    path = run.file("auth.log", guesses(20, 3))
    _, plain = detect(run, path)
    for words, stdin in (((path, "--block-bytes", "7"), b""), (("-",), guesses(20, 3)),
                         (("-",), gzip.compress(guesses(20, 3).encode()))):
        _, done = detect(run, *words, stdin=stdin)
        # The name of the source is part of an alert's identity.
        strip = [(re.sub(r'"id":"\w+"', "", done.out).replace('"source":"-"', f'"source":"{path}"')) for done in (plain, done)]
        assert strip[0] == strip[1], strip


@case
def text_is_for_people(run):
    path = run.file("auth.log", guesses())
    _, done = detect(run, "-q", "-o", "text", path)
    assert done.out == (
        "2026-11-24 09:00:04Z  high  guessing  203.0.113.9 guesses\n"
        "    source_ip=203.0.113.9\n"
        "    3 events, 2026-11-24 09:00:00Z to 2026-11-24 09:00:04Z\n"
        "    ATT&CK T1110\n"
        "    user_name: root\n" + "".join(
            f"    2026-11-24 09:00:0{second}Z  {path}:{second // 2 + 1}  {failed(second)}" for second in (0, 2, 4))), done.out
    assert done.err == "", done.err


@case
def nothing_is_written_where_nothing_is_wanted(run):
    _, done = detect(run, "-o", "none", run.file("auth.log", guesses()))
    assert done.out == "" and "1 alerts: 1 guessing\n" in done.err, done


@case
def terminal_gets_text_with_colours_and_no_control_bytes(run):
    path = run.file("auth.log", guesses(user="a\x1b]0;x\x07\u202eb"))
    run.file("a.rule", RULE)
    run.environment["TERM"] = "xterm"
    try:
        master, slave = pty.openpty()
    except OSError as why:
        raise Skip(f"no pseudo-terminal can be had: {why}")
    with run.start("detect", "-q", "-r", "a.rule", path, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave) as child:
        os.close(slave)
        said = b""
        while True:
            try:
                some = os.read(master, 65536)
            except OSError:
                break
            said += some
        child.wait(MOST_SECONDS)
    os.close(master)
    said = said.decode()
    assert "\x1b[1mguessing\x1b[0m" in said and "Failed password" in said, repr(said)
    assert not re.search("\x1b(?!\\[[0-9;]*m)|\x07|\u202e", said), repr(said)


# ---- several inputs ----


@case
def files_are_merged_by_the_time_of_their_events(run):
    os.makedirs(run.folder / "logs/deep")
    lines = [failed(second) for second in range(6)]
    run.file("logs/a.log", lines[0] + lines[3])
    run.file("logs/deep/b.log", lines[1] + lines[4])
    run.file("logs/c.log", lines[2] + lines[5])
    alerts, _ = detect(run, "logs")
    assert len(alerts) == 1 and alerts[0]["event_time"] == "2026-11-24T09:00:02Z", alerts
    assert [(cause["source"], cause["record"]) for cause in alerts[0]["alert"]["causes"]] == \
        [("logs/a.log", 1), ("logs/deep/b.log", 1), ("logs/c.log", 1)], alerts


@case
def it_does_not_matter_which_file_a_line_stands_in(run):
    lines = [failed(second, address=f"203.0.113.{second * second % 5}", user=f"u{second % 7}") if second % 11 else
             failed(second, address=f"203.0.113.{second % 5}").replace("Failed", "Accepted") for second in range(900)]
    together = run.file("all.log", "".join(lines))
    os.mkdir(run.folder / "parts")
    for number in range(7):
        run.file(f"parts/{number}.log", "".join(lines[number::7]))
    rules = ("-r", str(run.source / "rules"), "--received-at", "2026-11-24T12:00:00Z")
    seen = []
    for path in (together, "parts"):
        done = expect(run.run("detect", "-q", *rules, path), 0, err="")
        alerts = [json.loads(line) for line in done.out.splitlines()]
        seen.append(sorted((alert["rule_name"], alert["event_time"], alert["message"], alert["alert"]["count"],
                            alert["alert"]["first_time"], [cause.get("raw_line") for cause in alert["alert"]["causes"]])
                           for alert in alerts))
    assert len(seen[0]) > 5 and seen[0] == seen[1], seen


@case
def folders_give_their_files_but_hidden_ones_and_links(run):
    os.mkdir(run.folder / "logs")
    run.file("logs/b.log", guesses())
    run.file("logs/a.log", "")
    run.file("logs/.hidden", guesses())
    run.file("elsewhere.log", guesses())
    os.symlink("../elsewhere.log", run.folder / "logs/link.log")
    os.symlink(".", run.folder / "logs/round")
    detect(run, "--summary", "summary.json", "logs/")
    assert [source["source"] for source in summary(run)["sources"]] == ["logs/a.log", "logs/b.log"], summary(run)
    os.mkdir(run.folder / "none")
    alerts, done = detect(run, "none")
    assert alerts == [] and "0 lines, 0 events" in done.err, done.err


@case
def thousand_files_are_read_at_once(run):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = min(1000, (hard if hard > 0 else 1 << 20) - 100)
    os.mkdir(run.folder / "logs")
    for number in range(many):
        run.file(f"logs/{number:04}.log", failed(number % 60))
    run.file("a.rule", RULE.replace("count >= 3", f"count >= {many}"))
    words = ("detect", "-q", "-r", "a.rule", "--received-at", "2026-11-24T12:00:00Z")

    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))

    done = expect(run.run(*words, "logs", preexec_fn=lower), 0, err="")
    assert done.out.count("CORRELATION_ALERT") == 1, done.out

    def forbid():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

    expect(run.run(*words, "logs", preexec_fn=forbid), 2, out="", err=f"{many} files are more than may be open at once")


@case
def late_lines_are_told_and_waited_for_on_request(run):
    path = run.file("auth.log", failed(100) + failed(101) + failed(10) + failed(11) + failed(12))
    alerts, done = detect(run, path)
    assert alerts == [] and "3 late events (--late D waits longer): 3 guessing\n" in done.err, done.err
    alerts, done = detect(run, "--late", "2m", path)
    assert len(alerts) == 1 and "late" not in done.err, done.err


@case
def what_is_kept_from_rules_is_told(run):
    lines = "".join(failed(second, address=f"192.0.2.{second}") for second in range(40))
    tight = RULE.replace("by source_ip\n", "by source_ip\n limit 10\n")
    _, done = detect(run, "--summary", "summary.json", run.file("auth.log", lines), rule=tight)
    assert "30 keys given up at `limit`: 30 guessing\n" in done.err, done.err
    rule = summary(run)["detection"]["rules"][0]
    assert (rule["rule"], rule["evicted"], rule["taken"], rule["alerts"]) == ("guessing", 30, 40, 0), rule
    nobody = 'rule a { match any by user_domain when count >= 1 within 1s }\n'
    _, done = detect(run, "auth.log", rule=nobody)
    assert "40 events without the key of their rule: 40 a\n" in done.err, done.err
    quiet = "rule silence { match any by source_ip when absent 1h }\n"
    _, done = detect(run, "auth.log", rule=quiet)
    assert "40 timers and windows left open at the end: 40 silence\n" in done.err, done.err


# ---- hostile and broken inputs ----


@case
def binary_and_empty_files_are_no_trouble(run):
    noise = bytes(range(256)) * 5000
    paths = [run.file("noise.bin", noise), run.file("empty.log"), run.file("auth.log", guesses())]
    alerts, _ = detect(run, "--summary", "summary.json", "--dead-letters", "letters.jsonl", *paths)
    assert len(alerts) == 1, alerts
    total = summary(run)
    assert total["sources"][0]["bytes"] == len(noise) and total["sources"][0]["events"] == 0, total
    assert total["total"]["dead_letters"] + total["total"]["skipped"] + total["total"]["events"] >= \
        total["total"]["records"], total
    assert (run.folder / "letters.jsonl").read_bytes().count(b"\n") == total["total"]["dead_letters"]


@case
def lines_that_are_not_utf8_are_evidence_in_base64(run):
    line = failed(0).encode().replace(b"root", b"r\xff\0t")
    alerts, _ = detect(run, run.file("auth.log", line * 3))
    for cause in alerts[0]["alert"]["causes"]:
        assert "raw_line" not in cause and "raw_line_base64" in cause, cause


@case
def a_time_far_ahead_silences_nothing(run):
    lines = guesses(2) + failed(5, host="odd").replace("Nov 24", "Dec 30") + guesses(3)
    alerts, done = detect(run, run.file("auth.log", lines))
    assert len(alerts) == 1, (alerts, done.err)
    assert "1 event with a time far from those around it, kept from rules with state\n" in done.err, done.err


@case
def what_cannot_be_read_is_told_and_the_rest_is_read(run):
    good = run.file("auth.log", guesses())
    packed = gzip.compress(guesses(2000).encode())
    cut = run.file("cut.gz", packed[:len(packed) // 2])
    words = ["missing.log", cut, good]
    if os.geteuid():
        words.append(run.file("secret.log", guesses()))
        os.chmod(words[-1], 0)
    alerts, done = detect(run, *words, status=3)
    assert len([alert for alert in alerts if alert["alert"]["causes"][0]["source"] == good]) <= 1 and alerts, alerts
    assert "argot: missing.log: no such file\n" in done.err and "is truncated" in done.err, done.err
    assert done.err.count("no permission") == len(words) - 3, done.err
    expect(run.run("detect", "-r", "a.rule", "/proc/self/mem"), 3, out="", err="cannot be read further")


@case
def dead_letters_are_counted_and_kept(run):
    path = run.file("auth.log", failed(0) + BAD)
    _, done = detect(run, "--dead-letters", "letters.jsonl", path)
    letters = (run.folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(letters) == 1 and json.loads(letters[0])["record"] == 2, letters
    assert "1 dead letter: 1 no_format" in done.err, done.err
    detect(run, "--strict", path, status=1)


@case
def full_disk_ends_it(run):
    path = run.file("auth.log", guesses())
    run.file("each.rule", EACH)
    with open("/dev/full", "wb") as full:
        expect(run.run("detect", "-r", "each.rule", path, stdout=full), 3, err=f"standard output: {FULL}; stopped")
    bad = run.file("bad.log", BAD * 100)
    expect(run.run("detect", "-r", "each.rule", "--dead-letters", "/dev/full", bad), 3, err=f"/dev/full: {FULL}; stopped")


@case
def reader_that_is_gone_is_told_once(run):
    path = run.file("auth.log", guesses(2000))
    run.file("each.rule", EACH)
    with run.start("detect", "-r", "each.rule", path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()
        err = child.stderr.read().decode()
        assert child.wait(MOST_SECONDS) == 3 and err.count("whoever read it is gone") == 1, err


@case
def outputs_are_no_inputs(run):
    path = run.file("auth.log", guesses())
    _, done = detect(run, path, path, status=2)
    assert "is named twice" in done.err, done.err
    _, done = detect(run, "--dead-letters", path, path, status=2)
    assert "is an input and the file of the dead letters too" in done.err, done.err
    assert open(path, encoding="utf-8").read() == guesses()


# ---- interrupts ----


@case
def interrupt_ends_in_order_with_what_was_read(run):
    run.file("a.rule", RULE + EACH)
    with run.start("detect", "-r", "a.rule", "--summary", "summary.json", "-", stdin=subprocess.PIPE,
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdin.write(guesses(100, 1).encode())
        child.stdin.flush()
        first = child.stdout.readline()  # alerts are written before more is waited for
        time.sleep(0.2)
        os.kill(child.pid, signal.SIGINT)
        rest = child.stdout.read()
        err = child.stderr.read().decode()
        assert child.wait(MOST_SECONDS) == 130, err
    assert "argot: interrupted; not everything was read\n" in err and "100 lines, 100 events" in err, err
    lines = first + rest
    assert lines.endswith(b"}\n") and b'"rule_name":"guessing"' in lines and lines.count(b"\n") == 101, lines
    assert summary(run)["end"] == "interrupted", summary(run)


# ---- rules and the command line ----


@case
def rules_come_from_files_and_folders(run):
    os.makedirs(run.folder / "rules/deep")
    run.file("rules/deep/a.rule", EACH)
    run.file("rules/notes.txt", "no rule")
    run.file("b.rule", RULE)
    done = run.run("detect", "-r", "rules", "-r", "b.rule", run.file("auth.log", guesses()))
    expect(done, 0, err="6 alerts: 5 each, 1 guessing\n")


@case
def stock_rules_are_the_default(run):
    done = run.run("detect", "--received-at", "2026-11-24T12:00:00Z", run.file("auth.log", guesses(30, 1)))
    expect(done, 0, out='"rule_name":"ssh_bruteforce"')


@case
def rules_with_mistakes_are_told_as_check_tells_them(run):
    run.file("a.rule", RULE.replace("source_ip\n", "sorce_ip\n"))
    checked = run.run("check", "a.rule")
    done = expect(run.run("detect", "-r", "a.rule", run.file("auth.log", guesses())), 2, out="")
    assert checked.out.startswith(done.err) and "did you mean `source_ip`?" in done.err, done.err


@case
def scan_and_guesses_in_two_logs_are_one_critical_alert(run):
    folder = run.source / "docs/samples/classic"
    done = run.run("detect", "-o", "jsonl", "--received-at", "2026-11-24T12:00:00Z", folder)
    alerts = {alert["rule_name"]: alert for alert in map(json.loads, expect(done, 0).out.splitlines())}
    assert list(alerts) == ["port_scan", "ssh_bruteforce", "scan_then_bruteforce"], list(alerts)
    alert = alerts["scan_then_bruteforce"]
    assert alert["event_severity"] == "critical" and alert["source_ip"] == "203.0.113.77", alert
    assert alert["event_time"] == "2026-11-24T10:13:16Z" and alert["alert"]["first_time"] == "2026-11-24T10:02:18Z"
    scan, guessing = alert["alert"]["causes"]
    assert scan["id"] == alerts["port_scan"]["alert"]["id"], scan
    assert len(scan["causes"]) == 10 and all("SRC=203.0.113.77" in cause["raw_line"] for cause in scan["causes"])
    assert len(guessing["causes"]) == 5 and all("Failed password" in cause["raw_line"] for cause in guessing["causes"])
    assert {cause["source"].rsplit("/")[-1] for cause in scan["causes"]} == {"firewall.log"}


@case
def wrong_use_is_told_before_anything_is_read(run):
    log = run.file("auth.log", guesses())
    run.file("a.rule", RULE)
    os.mkdir(run.folder / "none")
    run.file("lets.rule", 'let a = AUTH_LOGIN\n')
    for words, said in ((("-r", "a.rule"), "a file is missing"),
                        (("-r", "missing.rule", log), "missing.rule: No such file"),
                        (("-r", "none", log), "none: no rule file (*.rule) in it"),
                        (("-r", "lets.rule", log), "the rule files hold no rule"),
                        (("-r", "a.rule", "-f", "shd", log), "did you mean `sshd`?"),
                        (("-r", "a.rule", "-o", "csv", log), "`csv` is none of jsonl, text, none"),
                        (("-r", "a.rule", "--late", "5", log), "durations are spelled like"),
                        (("-r", "a.rule", "--late", "1s1h", log), "from large to small"),
                        (("-r", "a.rule", "--late", "999999999w", log), "durations end at 292 years"),
                        (("-r", "a.rule", "-z", "Mars", log), "--timezone: `Mars`")):
        expect(run.run("detect", *words), 2, out="", err=said)


@case
def warnings_are_mentioned_and_quiet_says_nothing(run):
    run.file("w.rule", RULE + "rule w { match AUTH_LOGIN where source_geo_country == \"XX\" }\n")
    log = run.file("auth.log", guesses(1))
    expect(run.run("detect", "-r", "w.rule", log), 0, err="there are warnings about the rules; `argot check` shows them\n")
    expect(run.run("detect", "-q", "-r", "w.rule", log), 0, err="")


if __name__ == "__main__":
    sys.exit(main())
