# SPDX-License-Identifier: Apache-2.0
"""argot fmt: in place, to standard output, or only asked whether something would change."""
import os
import sys

from program import case, expect, main

UGLY = 'rule  x{severity high match AUTH_LOGIN where user_name=="root"}  # why\n'
GOOD = 'rule x {\n    severity high\n    match AUTH_LOGIN where user_name == "root"\n}  # why\n'
WRONG = 'rule x { severty high }\n'


@case
def files_are_written_in_place(run):
    path = run.file("x.rule", UGLY)
    os.chmod(path, 0o640)
    expect(run.run("fmt", path), 0, out="", err="")
    assert open(path, encoding="utf-8").read() == GOOD
    assert os.stat(path).st_mode & 0o777 == 0o640


@case
def what_is_laid_out_already_is_not_written(run):
    path = run.file("x.rule", GOOD)
    os.utime(path, ns=(1, 1))
    expect(run.run("fmt", path), 0, out="", err="")
    assert os.stat(path).st_mtime_ns == 1


@case
def check_names_the_files_that_would_change(run):
    ugly, good = run.file("ugly.rule", UGLY), run.file("good.rule", GOOD)
    done = expect(run.run("fmt", "--check", ugly, good), 1, err="")
    assert done.out == f"{ugly}\n", done.out
    assert open(ugly, encoding="utf-8").read() == UGLY
    expect(run.run("fmt", "--check", good), 0, out="", err="")
    expect(run.run("fmt", "--check", "-", stdin=UGLY), 1, out="-", err="")


@case
def standard_output_is_asked_for_or_follows_from_standard_input(run):
    path = run.file("x.rule", UGLY)
    assert expect(run.run("fmt", "--stdout", path), 0, err="").out == GOOD
    assert open(path, encoding="utf-8").read() == UGLY
    assert expect(run.run("fmt", "-", stdin=UGLY), 0, err="").out == GOOD
    assert expect(run.run("fmt", "-", stdin=""), 0, err="").out == ""


@case
def file_with_a_syntax_error_stays_and_the_others_are_written(run):
    wrong, ugly = run.file("wrong.rule", WRONG), run.file("ugly.rule", UGLY)
    expect(run.run("fmt", wrong, ugly), 1, out="", err="error[ARGOT-0300]")
    assert open(wrong, encoding="utf-8").read() == WRONG
    assert open(ugly, encoding="utf-8").read() == GOOD


@case
def what_cannot_be_read_is_a_failure(run):
    expect(run.run("fmt", "no-such.rule"), 3, out="", err="no-such.rule: ")
    expect(run.run("fmt", str(run.folder)), 3, out="", err="directory")
    expect(run.run("fmt"), 2, out="", err="a rule file is missing")


@case
def too_large_a_file_is_refused(run):
    big = run.file("big.rule", "#" * ((8 << 20) + 1))
    expect(run.run("fmt", "--check", big), 3, out="", err="at most 8 MiB")
    with open(big, "rb") as stream:
        expect(run.run("fmt", "-", stdin=stream.read()), 3, out="", err="at most 8 MiB")
    expect(run.run("check", big), 3, err="at most 8 MiB")


@case
def check_counts_rule_files_and_formats_together(run):
    wrong, good = run.file("wrong.rule", WRONG), run.file("good.rule", GOOD)
    done = expect(run.run("check", good, wrong, str(run.source / "formats/nginx_error.yaml")), 1, err="")
    assert done.out.endswith("3 checked, 1 with errors\n"), done.out
    done = expect(run.run("check", "--json", wrong), 1, err="")
    assert '"code":"ARGOT-0300"' in done.out and done.out.count("\n") == 1, done.out
    expect(run.run("check", good, "no-such.rule"), 3, err="no-such.rule: ")


if __name__ == "__main__":
    sys.exit(main())
