# SPDX-License-Identifier: Apache-2.0
"""argot rules: what rules read, which formats feed them, and which cannot fire, with the reason."""
import json
import os
import sys

from program import case, expect, main

RULES = """rule guessing {
    title "Passwords are guessed"
    severity high
    tags attack.t1110.001
    match AUTH_LOGIN where event_outcome == "failure" and user_name is not null
    by source_ip, lower(user_name) as who
    when count >= 3 within 1m30s
    limit 500
}
rule unmade { match PROCESS_START where process_name == "x" }
rule unfilled { match HTTP_ACCESS where source_geo_country == "XX" }
rule of_two { silent match alert guessing, unmade by source_ip }
rule of_none { match alert unmade }
rule either { match PROCESS_START, AUTH_LOGIN }
rule chain { by host_name sequence within 1h { first AUTH_LOGIN then PROCESS_START } }
rule some { by host_name together any 1 within 1h { has AUTH_LOGIN has PROCESS_START } }
rule anything { match any where host_name == "a" or source_geo_country == "XX" by host_name when absent 5m }
"""


def rules_of(run, text=RULES):
    run.file("a.rule", text)
    done = expect(run.run("rules", "-r", "a.rule", "-o", "jsonl"), 0, err="")
    return {rule["rule"]: rule for rule in map(json.loads, done.out.splitlines())}


@case
def all_there_is_stands_in_json(run):
    rule = rules_of(run)["guessing"]
    formats, key, most = rule.pop("formats"), rule.pop("key_bytes"), rule.pop("key_most_bytes")
    assert "sshd" in formats and "vsftpd" in formats and "apache_access" not in formats and "syslog" not in formats, formats
    assert 100 < key < most < 1000, (key, most)
    assert rule == {
        "rule": "guessing", "title": "Passwords are guessed", "file": "a.rule", "line": 1, "severity": "high",
        "kind": "within 1m30s", "silent": False, "stateful": True, "event_types": ["AUTH_LOGIN"], "any_event": False,
        "alerts_of": [], "fields": ["event_type", "event_outcome", "source_ip", "user_name"], "keys": ["source_ip", "who"],
        "techniques": ["T1110.001"], "depth": 0, "limit_keys": 500, "limit_events": 10000, "can_fire": True}, rule


@case
def rules_that_cannot_fire_are_told_with_the_reason(run):
    rules = rules_of(run)
    wanted = {"guessing": None, "unmade": "line 10: no format makes PROCESS_START",
              "unfilled": "line 11: no format fills source_geo_country there", "of_two": None,
              "of_none": "line 13: none of the rules below it can fire", "either": None,
              "chain": "line 15: no format makes PROCESS_START", "some": None, "anything": None}
    assert {name: rule.get("why") for name, rule in rules.items()} == wanted, rules
    assert all(rule["can_fire"] == (wanted[name] is None) for name, rule in rules.items()), rules
    assert rules["unmade"]["formats"] == rules["of_two"]["formats"] == [] and rules["of_two"]["depth"] == 1, rules
    assert rules["of_two"]["alerts_of"] == ["guessing", "unmade"] and rules["of_two"]["silent"], rules
    assert rules["anything"]["any_event"] and "sshd" in rules["anything"]["formats"], rules


@case
def list_has_a_line_for_each_rule(run):
    run.file("a.rule", RULES)
    done = expect(run.run("rules", "-r", "a.rule"), 0, err="")
    lines = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == sorted(rules_of(run)), done.out
    assert "guessing  high           within 1m30s  AUTH_LOGIN\n" in done.out, done.out
    assert "\n    cannot fire: line 15: no format makes PROCESS_START\n" in done.out, done.out


@case
def named_rule_is_shown_in_full(run):
    run.file("a.rule", RULES)
    done = expect(run.run("rules", "-r", "a.rule", "of_two", "guessing"), 0, err="")
    assert done.out.index("of_two") < done.out.index("guessing  high"), done.out
    for words in ("    takes     alerts of guessing, unmade\n", "    fed by    other rules\n", "; its alerts are silent\n",
                  "    reads     event_type, event_outcome, source_ip, user_name\n", "    keys      source_ip, who\n",
                  "    ATT&CK    T1110.001\n", "    bounds    500 keys, 10000 events a key; depth 0\n",
                  "    file      a.rule:1\n"):
        assert words in done.out, done.out
    expect(run.run("rules", "-r", "a.rule", "gessing"), 2, out="", err="did you mean `guessing`?")


@case
def stock_rules_are_the_default(run):
    done = expect(run.run("rules"), 0, err="", out="ssh_bruteforce")
    assert "cannot fire" not in done.out, done.out


@case
def wrong_use_is_told(run):
    run.file("bad.rule", RULES.replace("source_ip,", "sorce_ip,"))
    expect(run.run("rules", "-r", "bad.rule"), 2, out="", err="did you mean `source_ip`?")
    expect(run.run("rules", "-r", "missing.rule"), 2, out="", err="missing.rule: No such file")
    expect(run.run("rules", "-o", "csv"), 2, out="", err="`csv` is none of text, jsonl")
    os.mkdir(run.folder / "none")
    expect(run.run("rules", "-r", "none"), 2, out="", err="none: no rule file (*.rule) in it")


if __name__ == "__main__":
    sys.exit(main())
