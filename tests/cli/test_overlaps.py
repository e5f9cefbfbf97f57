# SPDX-License-Identifier: Apache-2.0
"""Lines that argot check shows for messages that overlap, or that none reaches, go back through the program: who is said
to take them does, and who is said to fit them does without the other. tests/property/overlaps.py holds many more against
the independent matcher."""
import json
import os
import re
import shutil
import sys

from program import Skip, case, expect, main

HEAD = "format: gate\ntitle: A gate\nevent_time: received\n"
RECEIVED = "2026-01-01T00:00:00Z"
# id: its line, an example that it takes, and what that has beside the reason
MESSAGES = {
    "unknown": ("login of unknown {user_name} from {source_ip}", "login of unknown ann from 192.0.2.1",
                "user_name: ann, source_ip: 192.0.2.1"),
    "any": ("login of {user_name} from {source_ip}", "login of ann from 192.0.2.1", "user_name: ann, source_ip: 192.0.2.1"),
    "free": ("login of {message}", "login of somebody", "message: somebody"),
    "late": ("login of {user_name} at {source_port}", "login of ann at 22", "user_name: ann, source_port: 22"),
    "place": ("{user_name} came from {extra.place}", "ann came from home", "user_name: ann, extra: {place: home}"),
    "apart": ("logout of {user_name}", "logout of ann", "user_name: ann"),
}


def text_of(names, examples=(), name="gate"):
    lines = "".join(f"  - {{id: {each}, line: '{MESSAGES[each][0]}', set: {{event_reason: is {each}}}}}\n" for each in names)
    shown = "".join(f"  - {{line: '{MESSAGES[each][1]}', received_at: '{RECEIVED}', expect: {{event_type: UNKNOWN, "
                    f"event_time: '{RECEIVED}', event_reason: is {each}, {MESSAGES[each][2]}}}}}\n" for each in examples)
    return f"{HEAD.replace('gate', name)}messages:\n{lines}examples:\n{shown or '  - reject: nothing' + chr(10)}"


def overlaps(run, path, *words):
    done = expect(run.run("check", "--overlaps", "--json", path, *words), 0)
    return [json.loads(line) for line in done.out.splitlines()], done


def module(run, names):
    """A module whose format has these messages, all of which take their examples."""
    if not shutil.which("re2c") or not shutil.which(os.environ.get("CC", "cc").split()[0]):
        raise Skip("re2c or the C compiler is not installed")
    name = f"gate_{'_'.join(names)}"
    expect(run.run("compile", run.file(f"{name}.yaml", text_of(names, names, name))), 0, err="")
    return name


def taker(run, name, line):
    done = expect(run.run("parse", "-q", "--load", f"{name}.so", "-f", name, "-", stdin=f"{line}\n"), 0)
    found = re.search(r'"event_reason":"is (\w+)"', done.out)
    return found.group(1) if found else None


@case
def line_of_two_messages_is_taken_by_the_one_that_is_said_to(run):
    names = ["unknown", "any", "free", "apart"]
    found, _ = overlaps(run, run.file("gate.yaml", text_of(names)))
    pairs = {}
    for one in found:
        if one["code"] == "ARGOT-0176":
            later, earlier = re.findall(r"`(\w+)`", one["text"])
            pairs[later, earlier] = one["witness"]
    assert set(pairs) == {("any", "unknown"), ("free", "unknown"), ("free", "any")}, pairs
    whole = module(run, names)
    for (later, earlier), line in pairs.items():
        assert taker(run, whole, line) == earlier, (line, later, earlier)
        assert taker(run, module(run, [later, "apart"]), line) == later, (line, later)


@case
def line_of_a_message_that_none_reaches_is_taken_before_it(run):
    path = run.file("gate.yaml", text_of(["unknown", "free", "late"]))
    done = expect(run.run("check", "--json", path), 0)
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [one["code"] for one in found] == ["ARGOT-0173"] and found[0]["line"] == 7, found
    line = found[0]["witness"]
    assert found[0]["second"]["line"] == 6, found
    assert taker(run, module(run, ["late", "apart"]), line) == "late"
    assert taker(run, module(run, ["unknown", "free"]), line) == "free"


@case
def line_of_two_formats_is_read_by_the_one_that_is_said_to_come_first(run):
    name = module(run, ["any", "apart"])
    other = text_of(["free"], (), "aside").replace("is free", "is other")
    found, _ = overlaps(run, run.file("aside.yaml", other), "--load", f"{name}.so")
    one = next(one for one in found if one["code"] == "ARGOT-0177" and name in one["text"])
    assert "is tried after it" in one["text"], one  # its literal begin is as long, and its name comes later
    second = run.file("aside.yaml", other.replace("  - reject: nothing", f"  - {{line: login of x, received_at: '{RECEIVED}', "
                      f"expect: {{event_type: UNKNOWN, event_time: '{RECEIVED}', event_reason: is other, message: x}}}}"))
    expect(run.run("compile", second), 0, err="")
    done = run.run("parse", "-q", "--load", f"{name}.so", "--load", "aside.so", "-", stdin=one["witness"] + "\n")
    assert '"event_reason":"is other"' in expect(done, 0).out, done.out
    assert taker(run, name, one["witness"]) == "any"


@case
def modules_without_a_file_are_held_against_all_other_formats(run):
    one, other = module(run, ["any"]), module(run, ["any", "apart"])
    done = expect(run.run("check", "--json", "--load", f"{one}.so", "--load", f"{other}.so"), 0, err="suricata_eve")
    found = [json.loads(line) for line in done.out.splitlines()]
    told = {(each["path"], each["text"].split("`")[1], each["text"].rpartition(" ")[0].split()[-1])
            for each in found if each["code"] == "ARGOT-0177"}
    paths = {name: f"{name}.so: {name}.yaml" for name in (one, other)}
    assert {(paths[one], other, "after"), (paths[other], one, "before")} <= told, found
    assert {path for path, _, _ in told} == set(paths.values()), found
    expect(run.run("check", "--load", f"{one}.so"), 0, out="1 checked, 0 with errors\n")


@case
def string_that_may_hold_what_ends_it_ends_at_the_first_in_the_line_that_is_shown(run):
    found, _ = overlaps(run, run.file("gate.yaml", text_of(["place"])))
    one = next(one for one in found if one["code"] == "ARGOT-0178")
    name = module(run, ["place", "apart"])
    done = expect(run.run("parse", "-q", "--load", f"{name}.so", "-f", name, "-", stdin=one["witness"] + "\n"), 0)
    event = json.loads(done.out)
    assert one["witness"] == f"{event['user_name']} came from {event['extra']['place']}", (one, event)
    assert " came from " in event["extra"]["place"], (one, event)


@case
def overlaps_are_told_only_when_asked_for_and_are_no_mistakes(run):
    path = run.file("gate.yaml", text_of(["unknown", "any", "apart"]))
    expect(run.run("check", path), 0, err="", out="1 checked, 0 with errors\n")
    done = expect(run.run("check", "-v", path), 0, out="  for example: `login of unknown a from 192.0.2.1`\n")
    assert "0 with errors" in done.out and "pairs of messages" in done.err, done.err  # formats of other kinds are not examined


@case
def what_would_take_too_long_is_counted(run):
    lines = "".join(f"  - {{id: m{number}, line: '{{extra.a}} and {{extra.b}} or {{extra.c}} of {number}'}}\n" for number in range(900))
    done = expect(run.run("check", "--overlaps", run.file("gate.yaml", f"{HEAD}messages:\n{lines}examples:\n  - reject: ''\n")), 0)
    count = re.search(r"not examined: (\d+) pairs of messages", done.err)
    assert count and int(count.group(1)) > 0, done.err


@case
def stock_formats_have_no_message_out_of_reach(run):
    formats = sorted(str(path) for path in (run.source / "formats").glob("*.yaml") if path.name != "schema.yaml")
    done = expect(run.run("check", *formats), 0, err="")
    assert done.out == f"{len(formats)} checked, 0 with errors\n", done.out


if __name__ == "__main__":
    sys.exit(main())
