# SPDX-License-Identifier: Apache-2.0
"""argot compile --emit c: what it makes compiles by itself without a warning, and says of every line what argot parse
says of it: as JSON, field by field, and as structures."""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import emit_harness
from program import Skip, case, expect, main

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "property"))
from mutate import Mutator  # noqa: E402

MUTANTS = 4  # of each example
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wundef", "-Wvla", "-Werror"]
SANITIZED = ["-O0", "-fsanitize=address,undefined"]
# The C library's, POSIX included; threads for the one lock that a registry has; what the compiler brings along.
SYSTEM = """calloc clock_gettime close fchmod fchown free fstat fsync getrandom isatty malloc memchr memcmp memcpy memmem memmove
memrchr memset open poll pread read realloc rename snprintf strchr strcmp strerror strlen strncmp strspn strstr strtod unlink
vsnprintf __errno_location write pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_unlock
strtol strtoll strtoul strtoull __stack_chk_fail _GLOBAL_OFFSET_TABLE_ __popcountdi2 __cpu_model""".split()


def need_tools():
    for tool in ("re2c", "cc"):
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")


def emit(run, source, *words):
    """The folder with what is written. A module that runs the examples is made before."""
    need_tools()
    run.compile_quickly()
    out = run.folder / "out"
    expect(run.run("compile", "--emit", "c", "-o", str(out), *words, str(source)), 0, err="")
    return out


def only_once(run):
    """What is written does not depend on how argot was compiled, nor does what becomes of it."""
    if run.instrumented():
        raise Skip("the build without sanitizers compiles what is written, with sanitizers")


def sample(run, name):
    return run.source / "docs/samples" / name


def call(run, *words, data=b""):
    done = subprocess.run(words, cwd=run.folder, input=data, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0 and not said, f"{words} ends with {done.returncode} and says {said[:3000]}"
    return done.stdout.decode("utf-8", "replace")


# ---- the files ----


@case
def format_becomes_a_c_file_and_a_header(run):
    need_tools()
    shutil.copy(sample(run, "ledger.yaml"), run.folder)
    expect(run.run("compile", "--emit", "c", "ledger.yaml"), 0, err="",
           out="./ledger.c, ./ledger.h: 1 format, 3 examples hold\n")
    assert sorted(path.name for path in run.folder.iterdir()) == ["ledger.c", "ledger.h", "ledger.yaml"]
    text = (run.folder / "ledger.c").read_text(encoding="utf-8") + (run.folder / "ledger.h").read_text(encoding="utf-8")
    included = set(re.findall(r'^\s*#\s*include\s+(.*)$', text, re.M))
    assert {one for one in included if one.startswith('"')} == {'"ledger.h"'}, included
    assert str(run.source) not in text and "login of alice" not in text


@case
def two_compilers_and_standards_take_it_without_a_warning(run):
    compilers = [one for one in ("gcc", "clang") if shutil.which(one)]
    if not compilers:
        raise Skip("neither gcc nor clang is installed")
    only_once(run)
    ledger = emit(run, sample(run, "ledger.yaml")) / "ledger.c"
    sshd = emit(run, run.source / "formats/sshd.yaml") / "sshd.c"
    for compiler in compilers:
        # What is seen only while optimizing does not depend on the standard.
        call(run, compiler, "-std=c11", *STRICT, "-O2", "-c", ledger, "-o", "ledger.o")
        for standard in ("c11", "c17", "gnu17"):
            call(run, compiler, f"-std={standard}", *STRICT, "-fsyntax-only", ledger)
            call(run, compiler, f"-std={standard}", *STRICT, "-fsyntax-only", sshd)
    if shutil.which("g++"):
        run.file("user.cc", '#include "out/ledger.h"\nint main() { argot_ledger_free(argot_ledger_new(nullptr)); }\n')
        call(run, "g++", "-Wall", "-Wextra", "-Werror", "-c", "user.cc")


@case
def object_has_no_writable_data_and_needs_the_c_library_alone(run):
    if not shutil.which("nm") or not shutil.which("size"):
        raise Skip("binutils are not installed")
    only_once(run)
    out = emit(run, run.source / "formats/apache_access.yaml")
    call(run, "cc", "-fno-pic", "-c", out / "apache_access.c", "-o", "alone.o")
    sizes = dict(line.split()[:2] for line in call(run, "size", "-A", "alone.o").splitlines() if line.startswith("."))
    assert sizes[".data"] == sizes[".bss"] == "0", sizes
    names = [line.split() for line in call(run, "nm", "alone.o").splitlines()]
    undefined = {one[-1].split("@")[0].replace("__isoc23_", "") for one in names if one[-2] in "Uw"}
    assert undefined <= set(SYSTEM), undefined - set(SYSTEM)
    shown = {one[-1] for one in names if one[-2] not in "Uw" and one[-2].isupper()}
    assert all(one.startswith("argot_apache_access_") for one in shown), shown


@case
def several_formats_live_in_one_program(run):
    need_tools()
    only_once(run)
    expect(run.run("compile", "--emit", "c", "-o", "out", str(sample(run, "ledger.yaml")),
                   str(run.source / "formats/squid.yaml")), 0, err="", out="out/squid.c, out/squid.h: 2 formats, ")
    run.file("both.c", '#include "out/ledger.h"\n#include "out/squid.h"\n#include <stdio.h>\nint\nmain(void)\n{\n'
                       "    struct argot_ledger *a = argot_ledger_new(NULL), *b = argot_ledger_new(NULL);\n"
                       "    struct argot_squid *c = argot_squid_new(NULL);\n"
                       '    printf("%d %d", argot_ledger_parse(a, "x", 1), argot_squid_parse(c, "", 0));\n'
                       '    printf(" %d %d", argot_ledger_outcome(a, 0), argot_squid_outcome(c, 0));\n'
                       "    argot_ledger_free(a);\n    argot_ledger_free(b);\n    argot_squid_free(c);\n}\n")
    call(run, "cc", *SANITIZED, "-Wall", "-Wextra", "both.c", "out/ledger.c", "out/squid.c", "-o", "both")
    assert call(run, "./both") == "1 1 2 0"


@case
def files_are_made_only_if_all_examples_hold(run):
    need_tools()
    wrong = sample(run, "ledger.yaml").read_text(encoding="utf-8").replace("user_name: alice", "user_name: alicia")
    expect(run.run("compile", "--emit", "c", "-o", "out", run.file("ledger.yaml", wrong)), 1, out="", err="is not made")
    assert not (run.folder / "out").exists()


@case
def many_members_of_extra_have_a_name_each(run):
    need_tools()
    names = [f"m{number}" for number in range(60)] + ["a.b", "a-b"]
    fields = " ".join(f"{{extra.{name}}}" for name in names)
    text = (f"format: many\ntitle: Many members\nevent_time: received\nline: 'x {fields}'\nexamples:\n"
            f"  - line: 'x {' '.join('v' for _ in names)}'\n    received_at: '2026-01-01T00:00:00Z'\n"
            "    expect: {event_type: UNKNOWN, event_time: '2026-01-01T00:00:00Z', "
            f"extra: {{{', '.join(f'{name}: v' for name in names)}}}}}\n")
    run.compile_quickly()
    expect(run.run("compile", "--emit", "c", run.file("many.yaml", text)), 0, err="")
    header = (run.folder / "many.h").read_text(encoding="utf-8")
    members = re.findall(r"struct argot_alone_text (\w+);", header)
    wanted = [f"extra_{name}" for name in names[:60]] + ["extra_a_b", r"extra_a_b_\d+"]
    for name in wanted:
        assert sum(re.fullmatch(name, member) is not None for member in members) == 1, (name, members)


@case
def wrong_use_is_said(run):
    ledger = str(sample(run, "ledger.yaml"))
    expect(run.run("compile", "--emit", "rust", ledger), 2, out="", err="--emit takes module or c, not `rust`")
    need_tools()
    run.file("taken")
    expect(run.run("compile", "--emit", "c", "-o", "taken", ledger), 3, out="", err="taken: it is no folder")
    expect(run.run("compile", "--emit", "c", "-o", "no/such", ledger), 3, out="", err="no/such: No such file")


# ---- what it says of lines ----


def examples_of(run, source):
    """The lines of a format's examples, those of its messages too."""
    tree = json.loads(call(run, Path(run.argot).parent / "argot-gen", "dump", source))
    found = list(tree.get("examples", []))
    for message in tree.get("messages", []):
        found += message.get("examples", [])
    return [(one.get("line") or one["reject"]).encode() for one in found]


def compare(run, source, name, words=()):
    """The examples of a format, other formats' lines, what is odd, and mutants of all: the C and argot agree."""
    out = emit(run, source, *words)
    program, messages = emit_harness.build(run, out, name, SANITIZED)
    examples = examples_of(run, source)
    strange = [b"", b" ", b"\r", b"\x00", b"\xff\xfe", b"{", b'{"a":1}', b"a" * 70000, b"=" * 5000, b"\t\t\r"]
    mutator = Mutator(examples, [b" ", b'"', b"="])
    lines = [line for line in examples if b"\n" not in line]
    lines += [mutator.mutate(line, (name, number)) for line in lines for number in range(MUTANTS)]
    lines += [line.rstrip(b"\n") for path in sorted(sample(run, "").glob("*.log")) for line in path.read_bytes().splitlines()]
    lines += strange
    want = emit_harness.wanted(run, name, lines, *words)
    got = emit_harness.answers(run, program, lines)
    for line, results, due in zip(lines, got, want):
        emit_harness.check_line(line, results, due, messages)
    outcomes = {outcome for one in want for outcome, _ in one}
    assert {emit_harness.EVENT, emit_harness.LETTER} <= outcomes, outcomes
    assert any(result["is"] >= 0 for one in got for result in one)


def stock(run, name):
    only_once(run)
    compare(run, run.source / f"formats/{name}.yaml", name)


@case
def own_format_gives_what_argot_parse_gives(run):
    text = sample(run, "ledger.yaml").read_text(encoding="utf-8")
    source = run.file("ledger.yaml", text)
    module = str(run.folder / "ledger.so")
    expect(run.run("compile", "-o", module, source), 0)
    compare(run, Path(source), "ledger", ("--load", module))


@case
def lines_in_envelopes_give_what_argot_parse_gives(run):
    stock(run, "sshd")


@case
def access_logs_give_what_argot_parse_gives(run):
    stock(run, "apache_access")


@case
def heads_with_messages_give_what_argot_parse_gives(run):
    stock(run, "nginx_error")


@case
def key_and_value_records_give_what_argot_parse_gives(run):
    stock(run, "netfilter")


@case
def json_records_give_what_argot_parse_gives(run):
    stock(run, "suricata_eve")


@case
def records_that_are_split_give_what_argot_parse_gives(run):
    stock(run, "aws_cloudtrail")


# ---- the page ----


@case
def examples_of_the_page_are_the_samples_and_run(run):
    page = (run.source / "docs/modules.md").read_text(encoding="utf-8")
    for name, language in (("ledger_fields.c", "c"), ("ledger_fields.py", "python")):
        assert f"```{language}\n{sample(run, name).read_text(encoding='utf-8')}```" in page, name
    only_once(run)
    out = emit(run, sample(run, "ledger.yaml"))
    for name in ("ledger_fields.c", "ledger_fields.py"):
        shutil.copy(sample(run, name), out)
    call(run, "cc", "-Wall", "-Wextra", "-Werror", *SANITIZED, "-o", out / "ledger_fields", out / "ledger_fields.c",
         out / "ledger.c")
    call(run, "cc", "-O2", "-fPIC", "-shared", "-o", out / "libledger.so", out / "ledger.c")
    lines = (b"2026-11-24T09:15:02Z ledger[812] login of alice from 192.0.2.40 accepted\n"
             b"2026-11-24T09:15:09Z ledger[812] login of mallory from 198.51.100.7 refused: no such user\n"
             b"2026-11-24T09:15:11Z ledger: starting\n")
    said = call(run, out / "ledger_fields", data=lines)
    assert "refused: mallory\n" in said and "  source_ip = 192.0.2.40\n" in said, said
    assert "  process_pid = 812\n" in said and "no_match at byte 20, where ` ledger[` was due\n" in said, said
    environment = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
    done = subprocess.run([sys.executable, "ledger_fields.py"], cwd=out, input=lines, capture_output=True, check=True,
                          env=environment)
    assert done.stdout.decode() == ("success alice 192.0.2.40\nfailure mallory 198.51.100.7\n"
                                    "no_match where ` ledger[` was due\n"), done.stdout


if __name__ == "__main__":
    sys.exit(main())
