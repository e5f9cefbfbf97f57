# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share: running the program, and cases that report in TAP.

A test file makes cases with @case and ends with main(). Its first argument is the program, its second the source
folder. A case gets a Setting; what does not hold is told with an assertion.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

MOST_SECONDS = 120

# Lines that the stock format apache_access reads, one that nothing reads, and one that is no event.
GOOD = '192.0.2.17 - - [24/Nov/2026:09:12:03 +0000] "GET /cart HTTP/1.1" 200 5316 "-" "curl/8.9.1"\n'
BAD = "This line comes from nowhere, says nothing, and fits no format.\n"
BLANK = "\n"
FORMAT = "apache_access"

_cases = []


class Skip(Exception):
    """The case cannot be tried here; the text says why."""


class Done:
    """How a run ended: status (negative: the signal), out, err as text, raw as bytes."""

    def __init__(self, status, raw, err):
        self.status, self.raw = status, raw
        self.out, self.err = raw.decode("utf-8", "replace"), err.decode("utf-8", "replace")


class Setting:
    """The program, the source folder, and a folder of the case's own."""

    def __init__(self, argot, source, folder):
        self.argot, self.source, self.folder = argot, pathlib.Path(source), pathlib.Path(folder)
        self.environment = {key: value for key, value in os.environ.items() if key not in ("TERM", "NO_COLOR")}

    def file(self, name, content=""):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def start(self, *words, **options):
        return subprocess.Popen([self.argot, *words], env=self.environment, cwd=self.folder, **options)

    def run(self, *words, stdin=b"", **streams):
        """Runs the program to its end. Streams other than pipes are given as stdout= and stderr=."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        with self.start(*words, **options) as child:
            try:
                out, err = child.communicate(data, timeout=MOST_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
        return Done(child.returncode, out or b"", err or b"")

    def compile_quickly(self):
        """Has modules compiled without optimizing: for where they are a way to something else."""
        compiler = pathlib.Path(self.file("quick-cc", f'#!/bin/sh\nexec {os.environ.get("CC", "cc")} "$@" -O0\n'))
        compiler.chmod(0o755)
        self.environment["CC"] = str(compiler)

    def instrumented(self):
        """Whether a sanitizer is in the program: then it needs more memory and time."""
        return any(mark in pathlib.Path(self.argot).read_bytes() for mark in (b"__asan_init", b"__tsan_init"))


def case(function):
    _cases.append(function)
    return function


def expect(done, status, *, err=None, out=None):
    """The status, and words that must stand in what was said. Nothing said where it is empty."""
    where = f"status {done.status}\nout: {done.out[:2000]}\nerr: {done.err[:2000]}"
    assert done.status == status, f"wanted status {status}, got {where}"
    for name, wanted, got in (("err", err, done.err), ("out", out, done.out)):
        if wanted == "":
            assert got == "", f"wanted nothing on {name}, got {where}"
        elif wanted is not None:
            assert wanted in got, f"wanted `{wanted}` on {name}, got {where}"
    return done


def run_case(function, argot, source):
    """The rest of the case's TAP line, and what it said."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            function(Setting(argot, source, folder))
    except Skip as why:
        return "ok", f" # SKIP {why}", ""
    except Exception:
        return "not ok", "", traceback.format_exc()
    return "ok", "", ""


def main():
    argot, source = str(pathlib.Path(sys.argv[1]).resolve()), str(pathlib.Path(sys.argv[2]).resolve())
    wanted = sys.argv[3:]
    cases = [function for function in _cases if not wanted or function.__name__ in wanted]
    print(f"1..{len(cases)}")
    failed = 0
    for number, function in enumerate(cases, 1):
        result, remark, said = run_case(function, argot, source)
        failed += result != "ok"
        print(f"{result} {number} {function.__name__}{remark}", flush=True)
        for line in said.splitlines():
            print(f"# {line}")
    return 1 if failed or not cases else 0
