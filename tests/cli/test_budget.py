# SPDX-License-Identifier: Apache-2.0
"""Format files that are made to blow up: whatever the shape, the compiler refuses it with the place that is to be mended,
or compiles it, in seconds and in less than a gigabyte. Shapes that re2c takes for ever over are told before it runs."""
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from program import Skip, case, expect, main

MOST_SECONDS = 10  # of processor time, for argot-gen and re2c together
MOST_BYTES = 1 << 30
HEAD = "format: hostile\ntitle: A format that is too much\nevent_time: received\n"
EXAMPLES = "examples:\n  - reject: ''\n"
ANY = "types: {any: '[^#]+'}\n"


def messages(lines):
    return "messages:\n" + "".join(f"  - {{id: m{number}, line: '{line}'}}\n" for number, line in enumerate(lines)) + EXAMPLES


def whole(line, before=""):
    return f"{HEAD}{before}line: '{line}'\n{EXAMPLES}"


def measured(run, words):
    """(status, what was said, seconds of processor time) of a program and all that it starts. What is beyond the limit
    is killed, so that no case hangs."""
    most = MOST_SECONDS * (6 if run.instrumented() else 1)

    def limits():
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, cwd=run.folder, env=run.environment, stdin=subprocess.DEVNULL, capture_output=True,
                          preexec_fn=limits, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), seconds


def hold(run, text, *, refused=None, place=None):
    """The compiler's end of a shape. refused: the code it is refused with, place: LINE or LINE:COLUMN; else C is made."""
    if not shutil.which("re2c"):
        raise Skip("re2c is not installed")
    source = run.file("hostile.yaml", text)
    words = [str(Path(run.argot).parent / "argot-gen"), "format", "--schema", run.source / "formats/schema.yaml", "--re2c",
             "re2c", "--output", "hostile.c", source]
    # The same code as in argot-gen stands in argot: with sanitizers it is run once.
    for program in ([words] if run.instrumented() else [[run.argot, "check", source], words]):
        status, said, seconds = measured(run, program)
        assert status == (1 if refused else 0), f"{program[1]} ends with {status}: {said[:1500]}"
        if not run.instrumented():
            assert seconds < MOST_SECONDS, f"{program[1]} took {seconds} s"
        if refused:
            assert re.search(rf"hostile.yaml:{place}(:\d+)?: error\[ARGOT-{refused:04}\]", said), said[:1500]
        else:
            assert "error" not in said.replace("0 with errors", ""), said[:1500]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    assert run.instrumented() or peak < MOST_BYTES, f"{peak >> 20} MiB"


# ---- what blows up re2c ----


@case
def fields_that_hold_each_other_s_delimiters_compile(run):
    fields = "/".join("{extra.f%d}:{extra.g%d}@{extra.h%d}#{extra.i%d}" % (k, k, k, k) for k in range(6))
    hold(run, HEAD + messages([f"{fields} {number}" for number in range(40)]))
    hold(run, HEAD + "types: {w: '[^ ]+'}\n" +
         messages([f"{{extra.a:w}}/{{extra.b:w}}:{{extra.c:w}}@{{extra.d:w}}={number}" for number in range(20)]))


@case
def templates_that_share_a_prefix_and_have_two_free_fields_compile(run):
    hold(run, HEAD + ANY + messages([f"msg {{extra.a:any}} foo{number} {{extra.b:any}} bar" for number in range(40)]))
    hold(run, HEAD + messages([f"msg {{extra.a}} foo{number} {{extra.b}} bar" for number in range(40)]))


@case
def templates_that_begin_with_a_free_field_compile(run):
    hold(run, HEAD + ANY + messages([f"{{extra.a:any}} foo{number} {{extra.b:any}} bar" for number in range(100)]))
    hold(run, HEAD + messages([f"{{extra.a}} foo{number} {{extra.b}} bar" for number in range(400)]))


@case
def chains_of_optional_groups_compile(run):
    chain = "".join(f"{{( {{extra.f{k}:w}})?}}" for k in range(12))
    hold(run, HEAD + "types: {w: '[^ #]+'}\n" + messages([f"t{number}{chain}" for number in range(10)]))
    chain = "".join(f"{{( k{k}={{extra.f{k}}})?}}" for k in range(20))
    hold(run, HEAD + messages([f"t{number}{chain}" for number in range(10)]))


@case
def many_alternatives_that_all_overlap_compile(run):
    lines = ", ".join(f"'x {{extra.a:any}} y{number} {{extra.b:any}}'" for number in range(1500))
    hold(run, f"{HEAD}{ANY}line: [{lines}]\n{EXAMPLES}")


@case
def types_that_explode_are_refused_where_they_stand(run):
    for regex in ("[ab]*a[ab]{22}", "((a|b|ab){1,200}c){1,200}", "(((a{1,1000}){1,1000}){1,1000}){1,1000}",
                  "|".join(f"a[^x]*b{number}[^y]*c" for number in range(30)), "(a?){900}(a{900}|(b|a){800})"):
        hold(run, whole("x {extra.a:boom} y", f"types:\n  fine: '[a-z]+'\n  boom: '{regex}'\n"), refused=170, place=6)


@case
def many_types_are_refused_where_they_become_too_many(run):
    types = "".join(f"  t{number}: '[ab]*a[ab]{{9}}'\n" for number in range(60))
    hold(run, whole("x {extra.a:t0} y", f"types:\n{types}"), refused=170, place=10)


@case
def types_in_the_heads_of_templates_compile(run):
    hold(run, HEAD + "types: {run: '[ab]*a[ab]{9}'}\n" +
         messages([f"{{extra.a:run}} {{extra.b:run}} {number}" for number in range(12)]))
    hold(run, HEAD + "types: {name: '[a-z]{1,900}'}\n" + messages([f"{{extra.a:name}} {number}" for number in range(12)]))


# ---- what blows up the compiler itself, or the C compiler ----


@case
def long_texts_are_refused_or_compile(run):
    hold(run, whole("a" * 1000000 + "{message}"), refused=110, place=4)
    hold(run, whole("{@long}{@long} {message}", f"parts: {{long: '{'b' * 4000}'}}\n"), refused=110, place=4)
    texts = ["".join("abcdefghij"[(number * 7 + k * k) % 10] for k in range(4000)) for number in range(100)]
    hold(run, HEAD + messages([f"{number} {text}{{message}}" for number, text in enumerate(texts)]))


@case
def parts_that_double_are_refused(run):
    def doubling(first, count):
        return f"  p0: {first}\n" + "".join(f"  p{n}: '{{@p{n - 1}}}{{@p{n - 1}}}'\n" for n in range(1, count))

    hold(run, whole("{@p14}", "parts:\n" + doubling("x", 15)), refused=110, place=5)
    hold(run, whole("{@p39}", "parts:\n" + doubling("x", 40)), refused=110, place=r"\d+")
    hold(run, whole("{@p12}", "parts:\n" + doubling("'{extra.a} x'", 13)), refused=110, place=5)
    choices = "  p0: ['x{extra.a} ', 'y{extra.b} ']\n"
    choices += "".join(f"  p{n}: ['{{@p{n - 1}}}a', 'b{{@p{n - 1}}}']\n" for n in range(1, 9))
    hold(run, f"{HEAD}parts:\n{choices}" + messages([f"{number} {{@p8}}z" for number in range(300)]), refused=110, place=5)


@case
def groups_in_great_number_or_depth_are_refused(run):
    many = "".join(f"{{(a{k}|b{k}|c{k})}}" for k in range(199))
    hold(run, whole(many), refused=110, place=4)
    hold(run, whole("{(a" * 5000 + "b" + ")?}" * 5000), refused=110, place=4)
    hold(run, whole("x {extra.a}{(" + "|".join(f"q{k} " for k in range(5000)) + ")}"), refused=110, place=4)


@case
def large_formats_are_refused_where_they_become_too_large(run):
    lines = [f"t{number} " + " ".join(f"{{extra.f{k}}}" for k in range(90)) for number in range(1000)]
    hold(run, HEAD + messages(lines), refused=110, place=r"\d+")
    lines = ", ".join(f"'x {{extra.a}} y{number}'" for number in range(9000))
    hold(run, f"{HEAD}line: [{lines}]\n{EXAMPLES}", refused=110, place=4)
    hold(run, f"{HEAD}absent: [{', '.join(f'n{k}' for k in range(5000))}]\nline: 'x {{source_ip}}'\n{EXAMPLES}",
         refused=110, place=4)


@case
def large_tables_and_choices_compile_or_are_refused(run):
    table = ", ".join(f"k{k}: v{k}" for k in range(65000))
    hold(run, HEAD + f"tables: {{t: {{{table}}}}}\nline: 'x {{extra.a}}'\n"
         f"derive: {{extra.b: {{from: extra.a, map: t}}}}\n{EXAMPLES}")

    def cases(path, count, inner):
        return "[" + ", ".join(f"{{when: {{{path}: x{k}}}, {inner}}}" for k in range(count)) + "]"

    inner = f"choose: {cases('$.b', 30, 'choose: ' + cases('$.c', 6, 'set: {event_reason: r}'))}"
    hold(run, f"{HEAD}kind: json\ndetect: {{$.a: b}}\nchoose: {cases('$.a', 30, inner)}\n{EXAMPLES}", refused=110, place=6)


@case
def yaml_that_grows_by_aliases_or_depth_is_refused(run):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    bomb += "".join(f"{chr(98 + k)}: &{chr(98 + k)} [" + ",".join([f"*{chr(97 + k)}"] * 9) + "]\n" for k in range(12))
    hold(run, bomb + HEAD, refused=5, place=r"\d+")
    hold(run, HEAD + "set: " + "[" * 100000 + "\n", refused=4, place=4)


@case
def heads_are_read_no_further_than_they_differ(run):
    """States of the DFA over heads: what stands behind the byte that tells a template from the others has none."""
    def states(lines):
        hold(run, HEAD + messages(lines))
        return int(re.search(r"^#define ARGOT_STATES_0 (\d+)$", (run.folder / "hostile.c").read_text(), re.M)[1])

    letters = "abcdefgh"
    assert states([f"{letter}{'x' * 90} {{event_reason:text}}" for letter in letters]) < 20 * len(letters)
    assert states([f"{'x' * 90}{letter} {{event_reason:text}}" for letter in letters]) > 90
    assert states([f"{{(error: )?}}{letter}{'x' * 90} {{event_reason:text}}" for letter in letters]) < 20 * len(letters)
    # The word may be as long as it likes, and what tells stands behind it.
    assert states([f"{{extra.a:word}} {letter}{'x' * 90} {{event_reason:text}}" for letter in letters]) < 20 * len(letters)


@case
def what_compiles_is_loaded_and_reads_its_lines(run):
    """A DFA over all heads would have too many states; the templates must be told apart all the same."""
    if not shutil.which("re2c") or not shutil.which(os.environ.get("CC", "cc").split()[0]):
        raise Skip("re2c or the C compiler is not installed")
    run.compile_quickly()
    word = "abababbabbab"
    text = HEAD + "types: {run: '[ab]*a[ab]{9}'}\nmessages:\n"
    for letter in "cdefghij":
        text += f"  - {{id: {letter}, line: '{{extra.a:run}}{letter} {{extra.b:run}} x', set: {{event_reason: is {letter}}}}}\n"
    text += "examples:\n"
    for letter in "cdefghij":
        text += (f"  - {{line: '{word}{letter} b{word} x', received_at: '2026-01-01T00:00:00Z', expect: {{event_type: UNKNOWN, "
                 f"event_time: '2026-01-01T00:00:00Z', event_reason: is {letter}, extra: {{a: {word}, b: b{word}}}}}}}\n")
    hold(run, text)
    expect(run.run("compile", run.file("hostile.yaml", text)), 0, err="", out="8 examples hold")
    done = run.run("parse", "-q", "--load", "hostile.so", "-", stdin=f"{word}h a{word} x\n{word}z a{word} x\n")
    assert '"event_reason":"is h"' in expect(done, 0).out and done.out.count("\n") == 1, done.out


if __name__ == "__main__":
    sys.exit(main())
