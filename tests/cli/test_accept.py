# SPDX-License-Identifier: Apache-2.0
"""argot test --accept: copies of stock formats whose expectations are broken here, and what becomes of them."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from program import Skip, case, expect, main

NAMES = ("cri", "docker_json", "aws_cloudtrail", "suricata_eve", "sudo", "syslog", "nginx_access")
MOST_COLUMNS = 120
BLOCK = """
      message: x   # inside
      extra:
        stream: stdout
    # behind"""
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)


def stock(run, name):
    return (run.source / f"formats/{name}.yaml").read_text(encoding="utf-8")


def put(run, name, text):
    folder = run.folder / "formats"
    folder.mkdir(exist_ok=True)
    return Path(run.file(f"formats/{name}.yaml", text))


def end_of_flow(text, begin):
    """Where the flow map or list that begins there ends. Quotes open only where a value may begin."""
    depth, quote, at = 0, None, begin
    while True:
        byte = text[at]
        if quote:
            at += quote == '"' and byte == "\\"
            quote = None if byte == quote else quote
        elif byte in "'\"" and text[at - 1] in " [{\n":
            quote = byte
        elif byte in "{[":
            depth += 1
        elif byte in "}]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1


def expectations(text):
    """(begin, end) of each."""
    return [(m.end(), end_of_flow(text, m.end())) for m in re.finditer(r"\bexpect: (?=[{\[])", text)]


def emptied(text):
    for begin, end in reversed(expectations(text)):
        text = text[:begin] + "{}" + text[end:]
    return text


def around(text):
    """The text without its expectations."""
    return emptied(text).split("expect: {}")


def c_text(literal):
    def plain(match):
        return bytes([int(match[1], 8)]) if len(match[1]) == 3 else match[1]
    return ESCAPE.sub(plain, literal.encode()).decode()


def compiled(run, path):
    """The expectations that argot-gen makes of a file."""
    generator = Path(run.argot).parent / "argot-gen"
    output = run.folder / "compiled.c"
    done = subprocess.run(
        [generator, "format", "--schema", run.source / "formats/schema.yaml", "--re2c", "re2c", "--output", output,
         "--stat", run.folder / "stat", "--depfile", run.folder / "dep", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    table = output.read_text(encoding="utf-8").partition("static const struct argot_example examples[] = {\n")[2]
    lines = [STRING.findall(line) for line in table.partition("\n};\n")[0].splitlines()]
    return [json.loads(c_text(texts[1])) for texts in lines if len(texts) > 1 and texts[1][0] in "{["]


def accept(run, *names):
    return run.run("test", "--accept", *names)


def broken(text, old, new):
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


# ---- what is written ----


@case
def accepted_expectations_compile_to_what_the_stock_ones_say(run):
    for name in NAMES:
        text = stock(run, name)
        path = put(run, name, emptied(text))
        count = len(expectations(text))
        assert count > 1, name
        done = expect(accept(run, name), 0, err="", out=f"formats/{name}.yaml:")
        assert done.out.endswith(f"\n{name}: {count} changed in formats/{name}.yaml, 0 cannot be accepted\n"), done.out
        written = path.read_text(encoding="utf-8")
        assert around(written) == around(text), name
        assert max(map(len, written.splitlines())) <= MOST_COLUMNS, name
        wanted = compiled(run, run.source / f"formats/{name}.yaml")
        assert len(wanted) == count and compiled(run, path) == wanted, name


@case
def only_the_broken_expectation_is_rewritten(run):
    text = stock(run, "sudo")
    begin, end = expectations(text)[1]
    path = put(run, "sudo", text[:begin] + "{event_type: AUTH_LOGIN, extra: {a: '1'}}" + text[end:])
    done = expect(accept(run, "sudo"), 0, err="", out="sudo: 1 changed in ")
    written = path.read_text(encoding="utf-8")
    assert written[:begin] == text[:begin] and written.endswith(text[end:]), written
    assert compiled(run, path) == compiled(run, run.source / "formats/sudo.yaml")
    line = text.count("\n", 0, text.rfind("- line:", 0, begin)) + 1
    assert done.out.startswith(f"formats/sudo.yaml:{line}: example of sudo:\n"), done.out


@case
def each_difference_is_a_line(run):
    text = broken(stock(run, "cri"), "message: plain words", "message: 'plain'")
    text = broken(text, "extra: {stream: stderr}", "extra: {stream: [1], odd: 7}")
    text = broken(text, "event_type: UNKNOWN, event_time: '2026-01-28T16:04:05.413656027Z', message: a part of a",
                  "event_time: '2026-01-28T16:04:05.413656027Z', message: a part of a")
    put(run, "cri", text)
    done = expect(accept(run, "cri"), 0, err="")
    lines = done.out.splitlines()
    assert lines[1:4] == ['  message: "plain" -> "plain words"', '  extra.stream: [1] -> "stderr"',
                          "  extra.odd: 7 -> nothing"], done.out
    assert lines[5] == '  event_type: nothing -> "UNKNOWN"' and len(lines) == 7, done.out


@case
def quotes_do_not_matter_outside_of_extra(run):
    text = stock(run, "nginx_access")
    quoted = re.sub(r"\bstatus_code: (\d+)", r"status_code: '\1'", text)
    assert quoted != text
    path = put(run, "nginx_access", quoted)
    expect(accept(run, "nginx_access"), 0, out="nginx_access: 0 changed in ")
    assert path.read_text(encoding="utf-8") == quoted
    typed = broken(stock(run, "suricata_eve"), "extra: {flow_id: 18,", "extra: {flow_id: '18',")
    put(run, "suricata_eve", typed)
    expect(accept(run, "suricata_eve"), 0, out='  extra.flow_id: "18" -> 18\n')


@case
def accepting_twice_changes_nothing(run):
    path = put(run, "cri", emptied(stock(run, "cri")))
    expect(accept(run, "cri"), 0, err="")
    once, inode = path.read_bytes(), path.stat().st_ino
    done = expect(accept(run, "cri"), 0, err="")
    assert done.out == "cri: 0 changed in formats/cri.yaml, 0 cannot be accepted\n"
    assert (path.read_bytes(), path.stat().st_ino) == (once, inode), "written though nothing changed"


@case
def comments_line_ends_and_blocks_are_kept(run):
    text = stock(run, "cri")
    first, second = expectations(text)[:2]
    text = text[:second[0]] + "{message: x}  # on the tail" + text[second[1]:]
    text = text[:first[0] - 1] + BLOCK + text[first[1]:]
    text = ("# mine\n" + text).replace("\n", "\r\n")
    path = put(run, "cri", text)
    expect(accept(run, "cri"), 0, err="", out="cri: 2 changed in ")
    written = path.read_bytes().decode()
    for kept in ("# mine\r\n# SPDX", "}  # on the tail\r\n", "}\r\n    # behind\r\n"):
        assert kept in written, (kept, written)
    assert "    expect:\r\n      {event_type: UNKNOWN, " in written and "# inside" not in written, written
    assert compiled(run, path) == compiled(run, run.source / "formats/cri.yaml")


@case
def wide_examples_keep_their_lines_short(run):
    text = stock(run, "cri")
    begin, end = expectations(text)[0]
    line = text.rfind("- line: ", 0, begin)
    text = text[:line] + "- {" + re.sub(r"\n +", ", ", text[line + 2:begin]) + "{}}" + text[end:]
    path = put(run, "cri", text)
    expect(accept(run, "cri"), 0, err="", out="cri: 1 changed in ")
    written = path.read_text(encoding="utf-8").splitlines()
    assert all(len(one) <= MOST_COLUMNS or one.startswith("  - {line: ") for one in written), written
    assert compiled(run, path) == compiled(run, run.source / "formats/cri.yaml")


@case
def permissions_stay_and_no_temporary_file_does(run):
    path = put(run, "cri", emptied(stock(run, "cri")))
    path.chmod(0o640)
    link = run.folder / "other"
    link.mkdir()
    (link / "cri.yaml").symlink_to(path)
    expect(run.run("test", "--accept", "--formats", "other", "cri"), 0, err="", out="changed in other/cri.yaml")
    assert path.stat().st_mode & 0o777 == 0o640 and (link / "cri.yaml").is_symlink()
    assert os.listdir(run.folder / "formats") == ["cri.yaml"] and os.listdir(link) == ["cri.yaml"]
    assert "expect: {}" not in path.read_text(encoding="utf-8")


# ---- what is refused; the file stays ----


def stays(run, name, text, err):
    path = put(run, name, text)
    done = expect(accept(run, name), 1, out="", err=err)
    assert path.read_bytes() == (text if isinstance(text, bytes) else text.encode()), "the file is another"
    return done


@case
def file_that_argot_was_not_built_from_stays(run):
    text = emptied(stock(run, "cri"))
    line = text.count("\n", 0, text.index("plain words")) + 1
    stays(run, "cri", broken(text, "F plain words", "F other words"), f"formats/cri.yaml:{line}: ")
    stays(run, "cri", broken(text, "title: ", "title: new "), "build it first")
    stays(run, "cri", broken(text, "    expect: {}", "    received_at: '2026-01-01T00:00:00Z'\n    expect: {}"),
          "build it first")
    stays(run, "cri", text + "  - line: '2026-01-28T16:04:05Z stdout F more'\n    expect: {}\n", "build it first")
    stays(run, "cri", text[:text.rindex("  - reject")], "build it first")
    stays(run, "cri", stock(run, "sudo"), "build it first")


@case
def file_that_is_no_yaml_is_shown_with_its_place(run):
    stays(run, "cri", stock(run, "cri") + "{", "error[ARGOT-0001]")
    stays(run, "cri", b"\xff\xfe", "error[ARGOT-0009]")


@case
def aliases_and_anchors_are_left_to_their_writer(run):
    text = stock(run, "cri")
    first, second = expectations(text)[:2]
    aliased = text[:second[0]] + "*same" + text[second[1]:]
    right = aliased[:first[0]] + "&same " + aliased[first[0]:]
    done = accept(run, "cri") if put(run, "cri", right) else None
    expect(done, 1, err="", out="  its `expect` is an alias; write it out\ncri: 0 changed in ")
    stays(run, "cri", broken(right, "message: plain words", "message: x"), "nothing is changed")


@case
def files_are_looked_for_before_any_is_changed(run):
    path = put(run, "cri", emptied(stock(run, "cri")))
    before = path.read_bytes()
    expect(accept(run, "cri", "sudo"), 2, out="", err="there is no formats/sudo.yaml here; --formats DIR says where")
    expect(run.run("test", "--accept", "--formats", "nowhere", "cri"), 2, out="", err="nowhere/cri.yaml: No such file")
    assert path.read_bytes() == before
    put(run, "sudo", emptied(stock(run, "sudo")))
    done = expect(accept(run, "cri", "sudo"), 0, err="", out="\nsudo: ")
    assert "\ncri: 4 changed" in done.out, done.out


@case
def installed_copy_is_not_rewritten(run):
    share = Path(run.argot).parent / "share/argot"
    if not (share / "formats/cri.yaml").is_file():
        raise Skip("the program has no share folder beside it")
    before = (share / "formats/cri.yaml").read_bytes()
    expect(run.run("test", "--accept", "--formats", str(share / "formats"), "cri"), 2, out="",
           err="is the installed copy")
    assert (share / "formats/cri.yaml").read_bytes() == before


@case
def accept_wants_names_and_formats_wants_accept(run):
    expect(run.run("test", "--accept"), 2, out="", err="name the formats")
    expect(run.run("test", "--accept", "--all"), 2, out="", err="name the formats")
    expect(run.run("test", "--formats", "x", "cri"), 2, out="", err="--formats goes with --accept")


@case
def folder_that_takes_no_file_is_an_error(run):
    path = put(run, "cri", emptied(stock(run, "cri")))
    before = path.read_bytes()
    path.parent.chmod(0o500)
    try:
        if os.access(path.parent, os.W_OK):
            raise Skip("permissions do not bind this user")
        expect(accept(run, "cri"), 3, out="", err="formats/cri.yaml: Permission denied")
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before


if __name__ == "__main__":
    sys.exit(main())
