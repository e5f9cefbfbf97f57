# SPDX-License-Identifier: Apache-2.0
"""Formats of one's own as modules: argot compile, --load, argot test FILE.yaml; and modules that are none, or are no
good, which must be refused with a reason and without harm."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from program import GOOD, Skip, case, expect, main

NAME = "ledger"
YAML = """format: ledger
title: Ledger, a bookkeeping server
line: '{event_time:rfc3339} ledger[{process_pid}] {message}'
set: {event_type: AUTH_LOGIN}
messages:
  - {id: accepted, line: 'login of {user_name} from {source_ip} accepted', set: {event_outcome: success}}
  - {id: refused, line: 'login of {user_name} from {source_ip} refused', set: {event_outcome: failure}}
examples:
  - line: '2026-11-24T09:15:02Z ledger[812] login of alice from 192.0.2.40 accepted'
    expect: {event_type: AUTH_LOGIN, event_outcome: success, event_time: '2026-11-24T09:15:02Z', process_pid: 812,
             user_name: alice, source_ip: 192.0.2.40}
  - line: '2026-11-24T09:15:02Z ledger[812] login of bob from 192.0.2.40 refused'
    expect: {event_type: AUTH_LOGIN, event_outcome: failure, event_time: '2026-11-24T09:15:02Z', process_pid: 812,
             user_name: bob, source_ip: 192.0.2.40}
  - reject: 'ledger: starting'
"""
LINE = "2026-11-24T09:15:02Z ledger[7] login of carol from 192.0.2.41 accepted\n"
EVENT = ('{"event_type":"AUTH_LOGIN","event_time":"2026-11-24T09:15:02Z","event_outcome":"success",'
         '"source_ip":"192.0.2.41","user_name":"carol","process_pid":7}\n')
OTHER = YAML.replace("ledger", "cashbox").replace("Ledger", "Cashbox")
WRONG_EXAMPLE = YAML.replace("user_name: alice", "user_name: alicia")
# A stock format's name; the line is one of GOOD's kind.
OWN_ACCESS = """format: apache_access
title: All of an access log as one text
event_time: received
line: '{source_ip} - - {message}'
examples:
  - line: '192.0.2.1 - - x'
    received_at: '2026-01-01T00:00:00Z'
    expect: {event_type: UNKNOWN, event_time: '2026-01-01T00:00:00Z', source_ip: 192.0.2.1, message: x}
"""
PAIRS = """format: pairs
title: Pairs, of which some have no place
kind: kv
event_time: received
detect: {$.id: '*'}
fields:
  id: extra.id
  verb: {to: extra.verb, map: {GET: read}}
  level: {to: event_severity, map: {low: low}}
examples:
  - line: 'id=1 verb=GET level=low'
    received_at: '2026-01-01T00:00:00Z'
    expect: {event_type: UNKNOWN, event_time: '2026-01-01T00:00:00Z', event_severity: low, extra: {id: '1', verb: read}}
  - reject: 'verb=GET'
"""
TRUNCATIONS = 150
FLIPS = 30
MOST_SECONDS = 60


def compiler():
    return os.environ.get("CC", "").split() or ["cc"]


def need_tools():
    for tool in ("re2c", compiler()[0]):
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")


def scratch(run):
    """A folder for temporary files, to see that nothing stays there."""
    folder = run.folder / "scratch"
    folder.mkdir(exist_ok=True)
    run.environment["TMPDIR"] = str(folder)
    return folder


def module(run, text=YAML, name=NAME):
    need_tools()
    path = str(run.folder / f"{name}.so")
    expect(run.run("compile", "-o", path, run.file(f"{name}.yaml", text)), 0, err="")
    return path


def by_hand(run, change, before="", text=YAML):
    """A module that argot compile would not make: its C is changed, or has lines before it."""
    need_tools()
    source, c, path = run.file("hand.yaml", text), run.folder / "hand.inc", str(run.folder / "hand.so")
    subprocess.run([Path(run.argot).parent / "argot-gen", "format", "--schema", run.source / "formats/schema.yaml",
                    "--re2c", "re2c", "--output", c, source], check=True, capture_output=True)
    made = c.read_text(encoding="utf-8")
    changed = change(made)
    assert changed != made or before, "nothing was changed"
    c.write_text(changed, encoding="utf-8")
    wrapper = run.file("hand.c", f'#include "argot/normalizer.h"\n{before}#define ARGOT_SYMBOL argot_normalizer_v1\n'
                                 '#include "hand.inc"\n')
    link(run, wrapper, path)
    return path


def link(run, source, path):
    subprocess.run([*compiler(), "-std=c17", "-fPIC", "-shared", "-I", run.source / "runtime/include", "-o", path, source],
                   check=True, capture_output=True)


def refused(run, path, why):
    done = expect(run.run("parse", "-q", "--load", path, "-", stdin=LINE), 2, out="", err=why)
    assert f"{path} is not used" in done.err, done.err
    return done


# ---- compiling and loading ----


@case
def compiled_format_is_loaded_and_found_for_its_lines(run):
    path, folder = module(run), scratch(run)
    expect(run.run("parse", "-q", "--load", path, "-", stdin=LINE), 0, out=EVENT, err="")
    expect(run.run("parse", "-q", "-", stdin=LINE), 0, out="", err="")
    done = run.run("parse", "-q", "--with", "format_name", "--load", path, "-", stdin=GOOD + LINE)
    assert [word in done.out for word in ("apache_access", "ledger/1")] == [True, True], done.out
    assert not list(folder.iterdir())


@case
def module_is_named_after_its_file_when_no_name_is_given(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", YAML)
    expect(run.run("compile", "ledger.yaml"), 0, err="", out="ledger.so: 1 format, 3 examples hold\n")
    # Without a slash it is the file in this folder, and not one of the system's libraries.
    expect(run.run("parse", "-q", "--load", "ledger.so", "-", stdin=LINE), 0, out=EVENT)
    assert not list(folder.iterdir())


@case
def module_exports_its_normalizer_alone_and_needs_only_the_c_library(run):
    if not shutil.which("nm"):
        raise Skip("nm is not installed")
    path = module(run)
    names = subprocess.run(["nm", "-D", path], check=True, capture_output=True, text=True).stdout.split("\n")
    defined = [line.split()[-1] for line in names if line and " U " not in line and " w " not in line]
    assert defined == ["argot_normalizer_v1"], names
    undefined = {line.split()[-1].split("@")[0] for line in names if " U " in line}
    assert undefined <= {"memchr", "memcmp", "memcpy", "memset", "memmove", "memrchr", "__stack_chk_fail"}, undefined


@case
def loaded_format_wins_over_the_stock_format_of_its_name(run):
    path = module(run, OWN_ACCESS, "own")
    done = expect(run.run("parse", "-q", "--load", path, "-f", "apache_access", "-", stdin=GOOD), 0)
    assert '"event_type":"UNKNOWN"' in done.out and '"message":"[24/Nov' in done.out, done.out
    assert "WEB" not in expect(run.run("parse", "-q", "--load", path, "-", stdin=GOOD), 0).out
    expect(run.run("formats", "--load", path, "apache_access"), 0, out=OWN_ACCESS)


@case
def two_modules_and_two_formats_in_one_are_loaded(run):
    first, second = module(run), module(run, OTHER, "cashbox")
    both = str(run.folder / "both.so")
    expect(run.run("compile", "-o", both, "ledger.yaml", "cashbox.yaml"), 0, out="2 formats, 6 examples hold")
    lines = LINE + LINE.replace("ledger", "cashbox")
    for words in (("--load", first, "--load", second), ("--load", both), ("--load", both, "--load", first)):
        expect(run.run("parse", "-q", *words, "-", stdin=lines), 0, out=EVENT * 2, err="")
    expect(run.run("parse", "-q", "--load", first, "-", stdin=lines), 0, out=EVENT)


@case
def what_a_format_has_no_place_for_is_counted(run):
    need_tools()
    path = module(run, PAIRS, "pairs")
    words = ("parse", "--load", path, "-f", "pairs", "--summary", "summary.json", "-")
    done = expect(run.run(*words, stdin="id=1 verb=GET level=low\nid=2 one two verb=PUT\nid=3 level=high three\n"), 0)
    assert "2 values that their maps lack (dropped), 3 words that are no pairs (dropped)" in done.err, done.err
    total = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))["total"]
    assert (total["unmapped_values"], total["dropped_words"], total["events"]) == (2, 3, 3), total
    assert '"event_severity"' not in done.out.splitlines()[2] and "one" not in done.out, done.out


@case
def later_module_wins_over_an_earlier_one(run):
    first = module(run)
    second = module(run, YAML.replace("event_type: AUTH_LOGIN", "event_type: AUTH_LOGOUT"), "second")
    done = run.run("parse", "-q", "--load", first, "--load", second, "-", stdin=LINE)
    assert '"AUTH_LOGOUT"' in expect(done, 0, err="").out, done.out
    done = run.run("parse", "-q", "--load", second, "--load", first, "-", stdin=LINE)
    assert '"AUTH_LOGIN"' in expect(done, 0, err="").out, done.out


@case
def format_inside_an_envelope_of_the_same_or_a_loaded_module_is_read(run):
    need_tools()
    envelope = """format: box
title: An envelope
envelope: true
event_time: received
line: 'box<{message}>'
examples:
  - line: 'box<x>'
    received_at: '2026-01-01T00:00:00Z'
    expect: {event_type: UNKNOWN, event_time: '2026-01-01T00:00:00Z', message: x}
"""
    inner = OTHER.replace("title:", "inside: [box]\ntitle:").replace("line: '2026", "line: 'box<2026")
    inner = inner.replace("accepted'\n    expect", "accepted>'\n    expect")
    inner = inner.replace("refused'\n    expect", "refused>'\n    expect")
    run.file("box.yaml", envelope)
    run.file("cashbox.yaml", inner)
    line = f"box<{LINE.replace('ledger', 'cashbox').rstrip()}>\n"
    expect(run.run("compile", "cashbox.yaml"), 1, out="", err="example of cashbox")
    expect(run.run("compile", "-o", "both.so", "box.yaml", "cashbox.yaml"), 0, err="")
    expect(run.run("parse", "-q", "--load", "both.so", "-", stdin=line), 0, out=EVENT)
    expect(run.run("compile", "box.yaml"), 0, err="")
    expect(run.run("compile", "--load", "box.so", "cashbox.yaml"), 0, err="")
    expect(run.run("parse", "-q", "--load", "box.so", "--load", "cashbox.so", "-", stdin=line), 0, out=EVENT)


@case
def other_commands_take_modules_too(run):
    path = module(run)
    expect(run.run("explain", "--load", path, NAME, LINE.rstrip()), 0, out="carol")
    expect(run.run("formats", "--load", path), 0, out="Ledger, a bookkeeping server (inside line; loaded)\n")
    expect(run.run("formats", "--load", path, "--json", NAME), 0, out='"loaded":true}')
    expect(run.run("formats", "--load", path, NAME), 0, out=YAML)
    expect(run.run("formats", "--load", path, "-v", NAME), 0, out="    body: 2 templates, tried in turn\n")
    expect(run.run("fields", "-v", "--load", path, "user_name"), 0, out=" ledger")
    expect(run.run("test", "--load", path, "-v", NAME), 0, out="ledger: 3 run, 0 failed")
    for words in (("explain", LINE), ("formats",), ("fields",), ("test",), ("compile", "ledger.yaml")):
        expect(run.run(*words, "--load", "nothing.so"), 2, out="", err="nothing.so is not used: No such file")


@case
def rules_may_ask_for_loaded_formats(run):
    path = module(run)
    line = LINE.rstrip()
    rule = run.file("a.rule", 'rule carol {\n    match AUTH_LOGIN where user_name == "carol"\n    alert "{user_name}"\n}\n'
                              f'test one {{\n    log ledger "{line}"\n    expect 1 alert carol\n}}\n')
    expect(run.run("check", rule), 1, err="", out="no format is called `ledger`")
    expect(run.run("check", "--load", path, rule), 0, err="", out="1 checked, 0 with errors\n")
    expect(run.run("check", "--load", "nothing.so", rule), 2, out="", err="nothing.so is not used: No such file")


RELOADS = """store: sqlite:events.db
inputs: [file: ledger.log]
modules: ledger.so
rules: [r.rule]
"""
RULE = 'rule refused { title "refused" match AUTH_LOGIN where event_outcome == "failure" }\n'


def wait_for(condition, what):
    until = time.monotonic() + MOST_SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition(), what


def stored(run):
    """The users of the events in the store, which may not be made yet."""
    if not (run.folder / "events.db").exists():
        return []
    with sqlite3.connect(f"file:{run.folder / 'events.db'}?mode=ro", uri=True, timeout=MOST_SECONDS) as store:
        try:
            return [user for user, in store.execute("SELECT user_name FROM events ORDER BY id")]
        except sqlite3.OperationalError:
            return []


@case
def changed_module_is_used_by_a_run_together_with_its_rules_or_not_at_all(run):
    path = Path(module(run))
    log, words = run.folder / "ledger.log", run.folder / "err.txt"
    new = module(run, YAML.replace("login of {user_name}", "{(login|entry)} of {user_name}"), "new")
    run.file("argot.yaml", RELOADS)
    run.file("r.rule", RULE)
    log.write_text(LINE, encoding="utf-8")
    with open(words, "wb") as err:
        process = subprocess.Popen([run.argot, "run"], cwd=run.folder, stdin=subprocess.DEVNULL, stderr=err)
    said = lambda: words.read_text(encoding="utf-8")

    def reload(due, count):
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: said().count(due) == count, f"{due}, {count} times: {said()}")

    def write(user):
        with open(log, "a", encoding="utf-8") as file:
            file.write(LINE.replace("login of carol", f"entry of {user}"))

    try:
        wait_for(lambda: stored(run) == ["carol"], "the first line")
        path.with_suffix(".part").write_bytes(b"no module")
        path.with_suffix(".part").replace(path)
        reload("the formats and the rules are as they were", 1)
        run.file("r.rule", "rule {")
        Path(new).replace(path)
        reload("the formats and the rules are as they were", 2)
        write("dave")
        wait_for(lambda: stored(run) == ["carol", None], "a message that the old format does not know")
        run.file("r.rule", RULE)
        reload("went on with other formats", 1)
        write("erin")
        wait_for(lambda: stored(run)[-1:] == ["erin"], f"a line of the new format: {stored(run)}, {said()}")
        os.utime(path, (1, 1))  # as if it had been written to, which really done might end the program
        reload("the formats and the rules are as they were", 3)
        assert "written over while it is used" in said(), said()
    finally:
        process.terminate()
        process.wait(MOST_SECONDS)
    assert process.returncode == 0 and stored(run) == ["carol", None, "erin"], (stored(run), said())


@case
def too_many_modules_are_wrong_use(run):
    words = ["--load", "x.so"] * 65
    expect(run.run("parse", *words, "-"), 2, out="", err="more than 64 times --load")


@case
def installed_argot_compiles(run):
    need_tools()
    bin_folder = run.folder / "usr/bin"
    bin_folder.mkdir(parents=True)
    shutil.copy(run.argot, bin_folder / "argot")
    shutil.copytree(Path(run.argot).parent / "share", run.folder / "usr/share")
    run.argot = str(bin_folder / "argot")
    path = module(run)
    expect(run.run("parse", "-q", "--load", path, "-", stdin=LINE), 0, out=EVENT)


@case
def readme_s_format_is_the_sample(run):
    sample = (run.source / "docs/samples/ledger.yaml").read_text(encoding="utf-8")
    assert f"```yaml\n{sample}```" in (run.source / "README.md").read_text(encoding="utf-8")


# ---- what compile refuses ----


@case
def mistakes_in_the_yaml_are_shown_as_check_shows_them(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", YAML.replace("{user_name}", "{user_nmae}"))
    shown = run.run("check", "ledger.yaml").out.rpartition("1 checked")[0]
    assert ":6:37: error[ARGOT-0107]" in shown and "did you mean `user_name`?" in shown, shown
    done = expect(run.run("compile", "ledger.yaml"), 1, out="")
    assert done.err == shown, done.err
    assert not (run.folder / "ledger.so").exists() and not list(folder.iterdir())


@case
def failing_example_makes_no_module_and_leaves_the_old_one(run):
    path, folder = Path(module(run)), scratch(run)
    old = path.read_bytes()
    wrong = run.file("wrong.yaml", WRONG_EXAMPLE)
    done = expect(run.run("compile", "-o", str(path), wrong), 1, out="", err=f"{wrong}:9: example of ledger:\n")
    assert 'user_name: expected "alicia", found "alice"' in done.err and "is not made" in done.err, done.err
    assert path.read_bytes() == old and not list(folder.iterdir())
    assert sorted(one.name for one in run.folder.glob("ledger.so*")) == ["ledger.so"]


@case
def wrong_use_of_compile_is_said(run):
    run.file("a.yaml", YAML)
    run.file("b.yaml", YAML)
    expect(run.run("compile"), 2, out="", err="a format file is missing")
    expect(run.run("compile", "a.yaml", "b.yaml"), 2, out="", err="--output NAME.so is missing")
    expect(run.run("compile", "a.yaml", "-o", "./a.yaml"), 2, out="", err="a.yaml would be written over")
    assert (run.folder / "a.yaml").read_text() == YAML
    need_tools()
    expect(run.run("compile", "-o", "x.so", "a.yaml", "b.yaml"), 2, out="", err="both hold a format `ledger`")
    expect(run.run("compile", "nothing.yaml"), 3, out="", err="nothing.yaml: No such file")
    expect(run.run("compile", "a.yaml", "-o", "no/where.so"), 3, out="", err="no/where.so: No such file")
    assert not list(run.folder.glob("**/*.so"))


@case
def missing_tools_are_named_with_the_way_out(run):
    need_tools()
    run.file("ledger.yaml", YAML)
    run.environment["PATH"] = str(run.folder)
    expect(run.run("compile", "ledger.yaml"), 2, out="", err="no `re2c` is in PATH; install it")
    expect(run.run("test", "ledger.yaml"), 2, out="", err="no `re2c` is in PATH; install it")
    (run.folder / "re2c").symlink_to(shutil.which("re2c"))
    run.environment.pop("CC", None)
    expect(run.run("compile", "ledger.yaml"), 2, out="", err="no C compiler `cc` is in PATH; install one")
    run.environment["CC"] = "nocc -m64"
    expect(run.run("compile", "ledger.yaml"), 2, out="", err="the C compiler `nocc` that CC names is not there")
    assert not (run.folder / "ledger.so").exists()


@case
def failing_compiler_is_said_and_cc_may_have_options(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", YAML)
    run.environment["CC"] = "false"
    expect(run.run("compile", "ledger.yaml"), 3, out="", err="false ended with status 1")
    run.environment["CC"] = " ".join([*compiler(), "-include", "no_such_header.h"])
    done = expect(run.run("compile", "ledger.yaml"), 3, out="", err="the C compiler made no module")
    assert "no_such_header.h" in done.err and not (run.folder / "ledger.so").exists() and not list(folder.iterdir())
    run.environment["CC"] = " ".join([*compiler(), "-g0"])
    expect(run.run("compile", "ledger.yaml"), 0, err="")


@case
def unwritable_output_is_said(run):
    need_tools()
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full")
    run.file("ledger.yaml", YAML)
    expect(run.run("compile", "ledger.yaml", "-o", "/dev/full"), 3, out="", err="/dev/full: no space is left")


@case
def interrupted_compile_leaves_nothing(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", YAML)
    slow = Path(run.file("slow", '#!/bin/sh\n: >"$TMPDIR/begun"\nexec sleep 60\n'))
    slow.chmod(0o755)
    run.environment["CC"] = str(slow)
    with run.start("compile", "ledger.yaml", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        end = time.monotonic() + MOST_SECONDS
        while not list(folder.glob("*/begun")) and time.monotonic() < end:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=MOST_SECONDS)
    assert child.returncode == 130 and b"interrupted" in said, (child.returncode, said)
    assert not list(folder.iterdir()) and not (run.folder / "ledger.so").exists()


# ---- what is refused when it is loaded ----


@case
def what_is_no_shared_object_is_refused(run):
    refused(run, run.file("empty.so"), "the file is empty")
    refused(run, run.file("text.so", "This is a text.\n"), "it is no shared object")
    refused(run, run.file("script.so", "#!/bin/sh\necho hello\n"), "it is no shared object")
    refused(run, run.file("zeros.so", bytes(5000)), "it is no shared object")
    refused(run, str(run.folder), "it is no file")
    refused(run, "/dev/null", "it is no file")
    refused(run, str(run.folder / "nothing.so"), "No such file")
    fifo = str(run.folder / "fifo.so")
    os.mkfifo(fifo)
    refused(run, fifo, "it is no file")


@case
def unreadable_module_is_refused(run):
    path = Path(module(run))
    path.chmod(0)
    if os.access(path, os.R_OK):
        raise Skip("whoever runs this may read everything")
    refused(run, str(path), "Permission denied")


@case
def truncated_module_is_refused_at_every_length(run):
    whole = Path(module(run)).read_bytes()
    lengths = {*range(1, 65, 7), *range(1, len(whole), len(whole) // TRUNCATIONS), len(whole) - 1, len(whole) - 64}
    for length in sorted(lengths):
        refused(run, run.file("cut.so", whole[:length]), "cut off" if length >= 4 else "no shared object")


@case
def damaged_module_is_refused_wherever_a_bit_fell(run):
    whole = Path(module(run)).read_bytes()
    for place in range(64, len(whole), len(whole) // FLIPS):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        refused(run, run.file("flipped.so", bytes(flipped)), " is not used: ")


@case
def module_that_a_tool_stripped_has_no_sum_and_is_read(run):
    path = module(run)
    if not shutil.which("strip"):
        raise Skip("strip is not installed")
    subprocess.run(["strip", path], check=True, capture_output=True)
    expect(run.run("parse", "-q", "--load", path, "-", stdin=LINE), 0, out=EVENT, err="")


@case
def broken_headers_are_refused(run):
    whole = Path(module(run)).read_bytes()
    broken = {
        4: ("another kind of machine", 1), 5: ("another kind of machine", 1), 18: ("another kind of machine", 2),
        16: ("another kind of ELF file", 2), 32: ("cut off", 8), 40: ("cut off", 8), 54: ("segments is broken", 2),
        56: ("segments is broken", 2), 58: ("sections is broken", 2), 60: ("sections is broken", 2),
    }
    if whole[4] != 2:
        raise Skip("the places are those of 64 bits")
    for place, (why, size) in broken.items():
        value = bytes(size) if place in (56, 60) else b"\x7f" * size
        refused(run, run.file("broken.so", whole[:place] + value + whole[place + size:]), why)


@case
def shared_object_that_is_none_of_ours_is_refused_without_running_it(run):
    need_tools()
    source = run.file("foreign.c", '#include <stdio.h>\n#include <stdlib.h>\n__attribute__((constructor)) static void '
                                   'begin(void) { puts("I ran"); exit(0); }\nint argot_normalizer_v1(void) '
                                   '{ return 1; }\n')
    path = str(run.folder / "foreign.so")
    link(run, source, path)
    refused(run, path, "exports neither argot_normalizer_v1 nor argot_normalizers_v1")


@case
def module_with_an_undefined_symbol_is_refused(run):
    path = by_hand(run, lambda c: c, "extern int no_such_function(void);\nint (*keep)(void);\n"
                                     "int (*keep)(void) = no_such_function;\n")
    refused(run, path, "undefined symbol: no_such_function")


@case
def module_of_another_abi_is_refused(run):
    number = "#undef ARGOT_ABI\n#define ARGOT_ABI {0}u\n#undef ARGOT_ABI_OLDEST\n#define ARGOT_ABI_OLDEST {0}u\n"
    refused(run, by_hand(run, lambda c: c, number.format(99)), "made for ABI 99 to 99, this argot has")
    refused(run, by_hand(run, lambda c: c, number.format(0)), "made for ABI 0 to 0, this argot has")


@case
def module_of_another_size_is_refused(run):
    size = "sizeof(struct argot_normalizer)"
    refused(run, by_hand(run, lambda c: c.replace(size, f"{size} - 8", 1)), "made for a normalizer of ")
    refused(run, by_hand(run, lambda c: c.replace(size, f"{size} + 8", 1)), "shorter than it says")


@case
def table_without_an_end_or_an_entry_is_refused(run):
    need_tools()
    path = str(run.folder / "table.so")
    link(run, run.file("table.c", "const void *const argot_normalizers_v1[] = {0};\n"), path)
    refused(run, path, "it holds no format")
    link(run, run.file("table.c", "const void *const argot_normalizers_v1[] = {&argot_normalizers_v1};\n"), path)
    refused(run, path, "has no end")


@case
def module_with_an_unknown_field_or_another_type_is_refused(run):
    def misspell(c):
        return c.replace(', "user_name"}', ', "user_nmae"}', 1)
    refused(run, by_hand(run, misspell), "the schema has no field user_nmae")

    def retype(c):
        return c.replace(', "user_name"}', ', "source_port"}', 1)
    refused(run, by_hand(run, retype), "the field source_port has another type in the schema")


@case
def module_whose_example_fails_is_refused_with_the_example(run):
    path = by_hand(run, lambda c: c, text=WRONG_EXAMPLE, before="/* as it is */\n")
    done = refused(run, path, "of its 3 examples 1 fail or are missing")
    assert 'ledger.yaml:9: example of ledger:\n  user_name: expected "alicia", found "alice"' in done.err, done.err
    done = expect(run.run("test", "--load", path, NAME), 1, out="1 formats, 3 examples, 1 failed", err="")
    assert "hand.so: ledger.yaml:9: example of ledger" in done.out, done.out


@case
def one_bad_module_among_good_ones_stops_the_run(run):
    path = module(run)
    done = run.run("parse", "-q", "--load", path, "--load", run.file("text.so", "text"), "-", stdin=LINE)
    expect(done, 2, out="", err="text.so is not used")


# ---- argot test FILE.yaml ----


@case
def test_compiles_files_that_are_not_built_in(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", YAML)
    run.file("cashbox.yaml", OTHER)
    expect(run.run("test", "ledger.yaml"), 0, err="", out="1 formats, 3 examples, 0 failed\n")
    done = expect(run.run("test", "-v", "./ledger.yaml", "cri", "cashbox.yaml"), 0, err="", out="3 formats, ")
    assert [line.split(":")[0] for line in done.out.splitlines()[:3]] == ["ledger", "cri", "cashbox"], done.out
    assert sorted(one.name for one in run.folder.iterdir()) == ["cashbox.yaml", "ledger.yaml", "scratch"]
    assert not list(folder.iterdir())


@case
def test_of_a_file_shows_failing_examples_and_mistakes(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", WRONG_EXAMPLE)
    done = expect(run.run("test", "ledger.yaml"), 1, err="", out="ledger.yaml:9: example of ledger:\n")
    assert 'user_name: expected "alicia", found "alice"' in done.out, done.out
    run.file("ledger.yaml", YAML.replace("{user_name}", "{user_nmae}"))
    expect(run.run("test", "ledger.yaml"), 1, out="", err="ledger.yaml:6:37: error[ARGOT-0107]")
    run.file("more.yaml", YAML.replace("examples:", "  - {id: gone, line: 'gone'}\nexamples:"))
    done = run.run("test", "more.yaml")
    assert done.status == 1 and "gone" in done.out + done.err, done.out + done.err
    expect(run.run("test", "nothing.yaml"), 3, out="", err="nothing.yaml: No such file")
    assert not list(folder.iterdir())


@case
def test_of_a_stock_format_s_own_file_needs_no_compiler(run):
    run.environment["PATH"] = str(run.folder)
    stock = (run.source / "formats/cri.yaml").read_text(encoding="utf-8")
    expect(run.run("test", "-v", run.file("cri.yaml", stock)), 0, err="", out="cri: ")


@case
def test_of_a_changed_stock_format_tests_the_change(run):
    need_tools()
    stock = (run.source / "formats/cri.yaml").read_text(encoding="utf-8")
    changed = run.file("cri.yaml", stock.replace("title: ", "set: {log_level: trace}\ntitle: ", 1))
    done = run.run("test", changed)
    assert done.status == 1 and "log_level" in done.out, (done.out, done.err)


@case
def two_files_of_one_name_are_tested_one_at_a_time(run):
    need_tools()
    run.file("a.yaml", YAML)
    run.file("b.yaml", YAML)
    expect(run.run("test", "a.yaml", "b.yaml"), 2, out="", err="both hold a format `ledger`")
    path = module(run)
    expect(run.run("test", "--load", path, "a.yaml"), 0, err="", out="1 formats, 3 examples, 0 failed\n")


@case
def accept_rewrites_a_file_that_is_not_built_in(run):
    need_tools()
    path = Path(run.file("ledger.yaml", WRONG_EXAMPLE))
    expect(run.run("test", "--accept", str(path)), 0, err="", out='user_name: "alicia" -> "alice"')
    text = path.read_text(encoding="utf-8")
    assert "alicia" not in text and text.startswith(YAML.partition("examples:")[0]), text
    expect(run.run("test", str(path)), 0, err="", out=" 0 failed\n")


@case
def explain_takes_the_file_of_a_format_whose_examples_fail(run):
    need_tools()
    folder = scratch(run)
    run.file("ledger.yaml", WRONG_EXAMPLE)
    line = LINE.rstrip("\n")
    done = expect(run.run("explain", "ledger.yaml", line), 0, err="", out="event: format ledger (version 1), message accepted")
    assert 'user_name      "carol"' in done.out, done.out
    done = expect(run.run("explain", "-f", "ledger.yaml", line.replace("accepted", "taken")), 0, err="")
    assert "the furthest came to byte 61, where this was due: ` accepted`" in done.out, done.out
    expect(run.run("explain", "./ledger.yaml", "-", stdin="ledger: starting\n"), 1, err="", out="dead letter: no_match")
    expect(run.run("explain", "nothing.yaml", line), 3, out="", err="nothing.yaml: No such file")
    run.file("ledger.yaml", YAML.replace("{user_name}", "{user_nmae}"))
    expect(run.run("explain", "ledger.yaml", line), 1, out="", err="ledger.yaml:6:37: error[ARGOT-0107]")
    assert not list(folder.iterdir())


# ---- formats that extend one ----

EXTENDING = """format: ledger
extends: ledger
messages:
  - {id: closed, line: 'books closed', set: {event_type: APP_LOG}}
  - {id: accepted, line: 'login of {user_name} from {source_ip} accepted', set: {event_outcome: success, event_reason: ours}}
examples:
  - line: '2026-11-24T09:15:02Z ledger[812] books closed'
    expect: {event_type: APP_LOG, event_time: '2026-11-24T09:15:02Z', process_pid: 812}
"""
SAME_LINE = """  - line: '2026-11-24T09:15:02Z ledger[812] login of alice from 192.0.2.40 accepted'
    expect: {}
"""


def extended(run, text):
    """A file that extends ledger, beside it."""
    need_tools()
    run.file("ledger.yaml", YAML)
    run.file("site.yaml", text)
    return "site.yaml"


@case
def mistake_in_the_format_that_is_extended_is_shown_where_it_stands(run):
    site = extended(run, EXTENDING)
    run.file("ledger.yaml", YAML.replace("refused', set", "{user_nmae}', set"))
    done = expect(run.run("check", site), 1, err="", out="ledger.yaml:7:65: error[ARGOT-0107]")
    assert " 7 |   - {id: refused, line: " in done.out, done.out
    assert '"path":"./ledger.yaml","line":7,' in run.run("check", "--json", site).out


@case
def inherited_example_that_fails_is_shown_where_it_stands(run):
    site = extended(run, EXTENDING)
    place = "ledger.yaml:9, which site.yaml extends: example of ledger:\n"
    expect(run.run("test", site), 1, err="", out=place)
    expect(run.run("compile", "-o", "site.so", site), 1, out="", err=place)
    expect(run.run("test", "--accept", site), 1, err="", out=place)


@case
def message_and_example_take_the_place_of_those_they_are_called_like(run):
    site = extended(run, EXTENDING + SAME_LINE)
    done = expect(run.run("test", "--accept", site), 0, err="", out="ledger: 1 changed in site.yaml, 0 cannot be accepted")
    assert "ledger.yaml:" not in done.out and 'event_reason: nothing -> "ours"' in done.out, done.out
    expect(run.run("test", site), 0, err="", out="1 formats, 4 examples, 0 failed\n")
    expect(run.run("compile", "-o", "site.so", site), 0, err="", out="site.so: 1 format, 4 examples hold\n")
    done = expect(run.run("parse", "-q", "--load", "site.so", "-", stdin=LINE), 0, err="")
    assert done.out == EVENT.replace('"source_ip"', '"event_reason":"ours","source_ip"'), done.out
    # Order tells, so what takes a place does not come before what stood before it.
    run.file("ledger.yaml", YAML.replace("messages:\n", "messages:\n  - {id: any, line: '{message}'}\n"))
    expect(run.run("explain", site, LINE.rstrip("\n")), 0, out="event: format ledger (version 1), message any\n")


if __name__ == "__main__":
    sys.exit(main())
