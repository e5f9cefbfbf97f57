# SPDX-License-Identifier: Apache-2.0
"""What all commands have in common: help, wrong use, a full disk, and the man page."""
import os
import re
import sys

from program import GOOD, case, expect, main

COMMANDS = ("parse", "detect", "run", "setup", "status", "store", "query", "replay", "explain", "formats", "rules", "fields", "types",
            "test", "check", "compile", "fmt")
LISTS = (("help",), ("help", "parse"), ("--version",), ("formats",), ("formats", "-v"), ("rules",), ("fields",), ("types",),
         ("test",), ("explain", GOOD.strip()))
OPTION = re.compile(r"^  (?:-(\w), |    )--([\w-]+)", re.M)


@case
def help_lists_every_command(run):
    done = expect(run.run("help"), 0, err="")
    assert re.findall(r"^  (\w+) ", done.out, re.M)[:len(COMMANDS)] == list(COMMANDS), done.out
    for word in ("--help", "-h"):
        assert expect(run.run(word), 0, err="").out == done.out


@case
def each_command_tells_its_use_statuses_and_an_example(run):
    for command in COMMANDS:
        done = expect(run.run(command, "--help"), 0, err="", out=f"Usage: argot {command}")
        assert "Exit status: 0 " in done.out and "\n  argot " in done.out, done.out
        assert all(len(line) <= 100 for line in done.out.splitlines()), done.out
        assert expect(run.run(command, "-h"), 0, err="").out == done.out
        assert expect(run.run("help", command), 0, err="").out == done.out


@case
def help_wins_over_what_is_missing_or_follows(run):
    expect(run.run("parse", "--help", "no-such-file"), 0, err="")
    expect(run.run("explain", "-h"), 0, err="")


@case
def version_is_one_line(run):
    done = expect(run.run("--version"), 0, err="")
    assert re.fullmatch(r"argot \d+\.\d+\.\d+\n", done.out), done.out
    assert run.run("-V").out == run.run("version").out == done.out


@case
def no_command_is_wrong_use(run):
    expect(run.run(), 2, out="", err="a command is missing")


@case
def unknown_command_gets_the_nearest(run):
    expect(run.run("prase", "file"), 2, out="", err="did you mean `parse`?")
    expect(run.run("help", "prase"), 2, out="", err="did you mean `parse`?")
    done = expect(run.run("quux"), 2, out="", err="no command is called `quux`")
    assert "did you mean" not in done.err, done.err


@case
def unknown_option_is_named_with_the_command_and_its_help(run):
    for command in COMMANDS:
        expect(run.run(command, "--no-such-option"), 2, out="", err="unknown option `--no-such-option`")
        expect(run.run(command, "-Z"), 2, out="", err="unknown option `-Z`")
        expect(run.run(command, "-Z"), 2, err=f"`argot {command} --help`")


@case
def misspelt_option_gets_the_nearest(run):
    expect(run.run("parse", "--outptu", "csv", "-"), 2, out="", err="did you mean `--output`?")
    expect(run.run("parse", "--outptu=csv", "-"), 2, out="", err="did you mean `--output`?")


@case
def value_is_due_where_the_option_takes_one(run):
    expect(run.run("parse", "-f"), 2, out="", err="option `--format` needs a value: FORMAT")
    expect(run.run("parse", "--output"), 2, out="", err="option `--output` needs a value: KIND")
    expect(run.run("parse", "--strict=yes", "-"), 2, out="", err="takes no value")


@case
def what_was_typed_is_shown_without_control_bytes(run):
    done = expect(run.run("parse\x1b[2J\n"), 2, out="")
    assert "\x1b" not in done.err and "\\x1b[2J\\n" in done.err, done.err


@case
def full_disk_is_a_failure_of_every_list(run):
    for words in LISTS:
        with open("/dev/full", "wb") as full:
            expect(run.run(*words, stdout=full), 3, err="standard output: no space is left on the device")


@case
def closed_standard_output_is_a_failure(run):
    for words in LISTS:
        done = run.run(*words, stdout=None, preexec_fn=lambda: os.close(1))
        expect(done, 3, err="standard output")


@case
def closed_standard_error_changes_nothing(run):
    done = run.run("parse", "-", stdin=GOOD, stderr=None, preexec_fn=lambda: os.close(2))
    expect(done, 0, out="HTTP_ACCESS")


@case
def man_page_has_every_command_and_option(run):
    page = (run.source / "docs/argot.1").read_text(encoding="utf-8").replace("\\-", "-")
    for command in COMMANDS:
        section = re.split(r"^\.S[hs] ", page.partition(f".Ss argot {command}\n")[2], maxsplit=1, flags=re.M)[0]
        assert section, f"no section about {command}"
        for letter, name in OPTION.findall(run.run(command, "--help").out):
            if name == "help":
                continue
            wanted = f"Fl {letter} , Fl -{name}" if letter else f"Fl -{name}"
            assert f".It {wanted}\n" in section or f".It {wanted} " in section, f"{command}: no `.It {wanted}`"


if __name__ == "__main__":
    sys.exit(main())
