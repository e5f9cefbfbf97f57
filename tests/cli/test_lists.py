# SPDX-License-Identifier: Apache-2.0
"""argot formats, fields, types, test and check."""
import json
import os
import re
import sys

from program import FORMAT, case, expect, main

GOLDEN = "tests/golden/diagnostics"
RIGHT = """\
format: right
title: A format without a mistake
event_time: received
line: 'hello {user_name}'
examples:
  - line: hello alice
    expect: {event_type: UNKNOWN, user_name: alice}
"""
WRONG = RIGHT.replace("{user_name}", "{user_nmae}")


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


# ---- formats ----


@case
def formats_are_listed_by_name(run):
    done = expect(run.run("formats"), 0, err="")
    names = [line.split()[0] for line in done.out.splitlines()]
    assert names == sorted(names) and FORMAT in names, names
    in_source = sorted(path.stem for path in run.source.glob("formats/*.yaml") if path.stem != "schema")
    assert names == in_source, (names, in_source)


@case
def gears_are_told_with_their_reasons(run):
    def told(name):
        return expect(run.run("formats", "-v", name), 0, err="").out

    assert re.search(r"^    body: 5 templates, tried in turn: fewer than 6$", told("apache_access"), re.M)
    assert re.search(r"^    body: \d+ templates, told apart by a DFA of \d{3,4} states over", told("sshd"), re.M)
    assert re.search(r"told apart by a DFA of \d+ states over whole lines: each may begin with anything$", told("vsftpd"), re.M)
    assert re.search(r"^    inside \d fields: up to 2 templates, tried", told("suricata_eve"), re.M)
    assert "    record: fields looked up by their names, without templates\n" in told("docker_json")
    assert re.search(r"^    behind texts: \d+ rests read backwards when 4 ends did not fit, by DFAs of up to \d+ states", told("sshd"), re.M)
    assert "behind texts" not in told("su")
    for one in objects(expect(run.run("formats", "--json"), 0, err="").out):
        gears = {gear["of"]: gear for gear in one["gears"]}
        assert bool(gears) == (one["templates"] > 0), one
        assert all(gear["why"].startswith("told" if gear["gear"] in ("dfa", "lines") else "tried") for gear in gears.values()), one
        assert sum(gear["states"] for gear in gears.values()) == one["states"], one
        assert (one["texts"]["backwards"] > 0) == (one["texts"]["states"] > 0), one


@case
def formats_as_json_say_the_same(run):
    formats = objects(expect(run.run("formats", "--json"), 0, err="").out)
    names = [line.split()[0] for line in run.run("formats").out.splitlines()]
    assert [one["name"] for one in formats] == names
    for one in formats:
        assert one["examples"] > 0 and one["messages"] > 0 and one["inside"], one
        assert one["states"] <= 8000 and one["re2c_ms"] < 10000, one


@case
def verbose_formats_add_their_version_and_how_templates_are_found(run):
    short, long = run.run("formats").out, expect(run.run("formats", "-v"), 0, err="").out
    lines = long.splitlines()
    assert [line for line in lines if line[0] != " "] == short.splitlines(), long
    assert len([line for line in lines if line.startswith("    version ")]) == short.count("\n"), long
    assert "    body: " in long and "told apart by a DFA of " in long, long


@case
def format_by_name_is_its_file(run):
    done = expect(run.run("formats", FORMAT), 0, err="")
    assert done.out == (run.source / f"formats/{FORMAT}.yaml").read_text(encoding="utf-8")


@case
def unknown_format_gets_the_nearest(run):
    expect(run.run("formats", "apache_acess"), 2, out="", err=f"did you mean `{FORMAT}`?")


# ---- fields and types ----


@case
def fields_are_those_of_the_schema(run):
    names = [line.split()[0] for line in expect(run.run("fields"), 0, err="").out.splitlines()]
    schema = (run.source / "formats/schema.yaml").read_text(encoding="utf-8")
    assert len(set(names)) == len(names) > 100
    assert all(f"\n  - name: {name}\n" in schema for name in names)


@case
def fields_are_found_by_part_or_pattern(run):
    every = [line.split()[0] for line in run.run("fields").out.splitlines()]
    for pattern, fits in (("source", lambda name: "source" in name), ("event_*", lambda name: name[:6] == "event_"),
                          ("*_ip", lambda name: name[-3:] == "_ip"), ("source_ip", lambda name: "source_ip" in name)):
        names = [line.split()[0] for line in expect(run.run("fields", pattern), 0, err="").out.splitlines()]
        assert names == [name for name in every if fits(name)], (pattern, names)


@case
def no_field_of_that_name_is_status_1(run):
    expect(run.run("fields", "quux"), 1, out="", err="no field is called like that")


@case
def verbose_fields_tell_values_and_formats(run):
    done = expect(run.run("fields", "-v", "event_outcome"), 0, err="", out="values: success failure unknown\n")
    filled = [line for line in done.out.splitlines() if line.startswith("    filled by:")]
    assert len(filled) == 1 and FORMAT in filled[0].split(), done.out


@case
def fields_as_json_are_objects(run):
    fields = objects(expect(run.run("fields", "--json"), 0, err="").out)
    by_name = {one["name"]: one for one in fields}
    assert by_name["source_ip"]["type"] == "ip" and FORMAT in by_name["source_ip"]["formats"]
    assert by_name["event_outcome"]["values"] == ["success", "failure", "unknown"]


@case
def types_are_those_that_fields_have(run):
    done = expect(run.run("types"), 0, err="")
    types = {line.split()[0] for line in done.out.splitlines()[1:]}
    fields = objects(run.run("fields", "--json").out)
    assert {one["type"] for one in fields} <= types and len(types) == 16, types
    expect(run.run("types", "ip"), 2, out="", err="takes no names")


# ---- test ----


@case
def examples_of_all_formats_hold(run):
    done = expect(run.run("test"), 0, err="", out=" 0 failed\n")
    assert expect(run.run("test", "--all"), 0).out == done.out
    assert "messages without an example" not in done.out


@case
def examples_of_one_format_are_counted(run):
    done = expect(run.run("test", "-v", FORMAT), 0, err="", out=f"{FORMAT}: ")
    assert done.out.splitlines()[-1].startswith("1 formats, "), done.out


@case
def test_of_what_is_no_format_is_wrong_use(run):
    expect(run.run("test", "apache_acess"), 2, out="", err="did you mean")
    expect(run.run("test", "--all", FORMAT), 2, out="", err="either --all or names")
    expect(run.run("test", "formats/mine.yaml"), 3, out="", err="formats/mine.yaml: No such file")


# ---- check ----


@case
def right_format_passes_the_check(run):
    expect(run.run("check", run.file("right.yaml", RIGHT)), 0, err="", out="1 checked, 0 with errors\n")
    done = expect(run.run("check", "--json", run.file("right.yaml", RIGHT)), 0, err="", out="")
    assert not done.out


@case
def wrong_format_is_shown_with_place_and_hint(run):
    done = expect(run.run("check", run.file("wrong.yaml", WRONG), run.file("right.yaml", RIGHT)), 1, err="")
    assert ":4:15: error[ARGOT-0107]: the schema has no field `user_nmae`\n" in done.out, done.out
    assert "  hint: did you mean `user_name`?\n" in done.out and "2 checked, 1 with errors\n" in done.out, done.out


@case
def wrong_format_as_json_is_an_object_a_mistake(run):
    path = run.file("wrong.yaml", WRONG)
    (mistake,) = objects(expect(run.run("check", "--json", path), 1, err="").out)
    assert (mistake["path"], mistake["line"], mistake["column"], mistake["code"], mistake["severity"]) == \
        (path, 4, 15, "ARGOT-0107", "error"), mistake


@case
def check_says_what_argot_gen_says(run):
    for name in ("0002_yaml_duplicate", "0107_unknown_field", "0127_adjacent_fields", "0163_no_time"):
        wanted = (run.source / GOLDEN / f"{name}.expected").read_text(encoding="utf-8").replace(f"{GOLDEN}/", "")
        path = run.file(f"{name}.yaml", (run.source / GOLDEN / f"{name}.yaml").read_bytes())
        done = run.run("check", os.path.basename(path))
        expect(done, 1 if "error[" in wanted else 0, err="", out=wanted)


@case
def file_that_cannot_be_read_is_no_file_with_mistakes(run):
    done = expect(run.run("check", "--json", "nowhere.yaml", run.file("wrong.yaml", WRONG)), 3,
                  err="argot: nowhere.yaml: No such file or directory\n")
    assert len(objects(done.out)) == 1, done.out
    expect(run.run("check", "."), 2, err="argot: .: no rule file (*.rule) in it\n")


@case
def check_with_another_schema_uses_it(run):
    path = run.file("right.yaml", RIGHT)
    schema = (run.source / "formats/schema.yaml").read_text(encoding="utf-8")
    other = run.file("schema.yaml", schema.replace("  - name: user_name\n", "  - name: user_nmae\n"))
    done = run.run("check", "--schema", other, path)
    expect(done, 1, out="ARGOT-")
    expect(run.run("check", "--schema", "nowhere.yaml", path), 3, err="nowhere.yaml")


@case
def check_without_a_file_is_wrong_use(run):
    expect(run.run("check"), 2, out="", err="a file is missing")


if __name__ == "__main__":
    sys.exit(main())
