# SPDX-License-Identifier: Apache-2.0
"""How argot parse ends when it is interrupted, what it shows on a terminal, and how much memory it takes."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

from program import GOOD, MOST_SECONDS, Skip, case, expect, main

MANY = 20000
MIB = 1 << 20
LONG_BYTES = 100 * MIB
RECORD_MAX_BYTES = MIB
MOST_MIB = 16


def interrupt(run, number, *words, closing=False, **options):
    """A run that has got MANY lines, waits for more, and then gets a signal: (status, lines out, err). Its input stays
    open, unless closing, so it must end by itself."""
    with run.start("parse", "--summary", "summary.json", *words, "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                   stderr=subprocess.PIPE, **options) as child:
        out = []
        reader = threading.Thread(target=lambda: out.extend(child.stdout))
        reader.start()
        child.stdin.write(GOOD.encode() * MANY)
        child.stdin.flush()
        while not out:
            time.sleep(0.01)
        time.sleep(0.2)  # so that the signal finds it waiting, mostly
        os.kill(child.pid, number)
        if closing:
            child.stdin.close()
        reader.join(MOST_SECONDS)
        if reader.is_alive():
            child.kill()
        err = child.stderr.read().decode()
        return child.wait(MOST_SECONDS), out, err


def check_interrupted(run, number, *words):
    status, out, err = interrupt(run, number, *words)
    assert status == 130, (status, err)
    assert "argot: interrupted; not everything was read\n" in err, err
    assert re.search(r"^\d+ lines, \d+ events, 0 dead letters, 0 skipped", err, re.M), err
    summary = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["end"] == "interrupted", summary
    assert 0 < summary["total"]["events"] == len(out) <= MANY, summary
    assert all(line.endswith(b"}\n") for line in out)


@case
def interrupt_ends_in_order_with_a_summary(run):
    check_interrupted(run, signal.SIGINT, "-j", "1")


@case
def interrupt_ends_the_workers_too(run):
    check_interrupted(run, signal.SIGINT, "-j", "3")


@case
def termination_ends_like_an_interrupt(run):
    check_interrupted(run, signal.SIGTERM)


@case
def interrupt_that_is_ignored_stays_ignored(run):
    status, out, err = interrupt(run, signal.SIGINT, closing=True,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    assert (status, len(out)) == (0, MANY), (status, err)


# ---- terminals ----


def on_terminal(run, *words, stdin=b"", **environment):
    """What the program writes to a terminal that is its standard output and error."""
    run.environment.update(environment)
    try:
        master, slave = pty.openpty()
    except OSError as why:  # a bare root without /dev/pts
        raise Skip(f"no pseudo-terminal can be had: {why}")
    with run.start("parse", *words, stdin=subprocess.PIPE, stdout=slave, stderr=slave) as child:
        os.close(slave)
        child.stdin.write(stdin)
        child.stdin.close()
        said = b""
        while True:
            try:
                some = os.read(master, 65536)
            except OSError:  # on Linux the end of a terminal whose other side is closed
                break
            said += some
        child.wait(MOST_SECONDS)
    os.close(master)
    return said.decode()


@case
def terminal_gets_text_with_colours(run):
    said = on_terminal(run, "-", stdin=GOOD.encode(), TERM="xterm")
    assert "HTTP_ACCESS" in said and "{" not in said and "\x1b[" in said, said


@case
def colours_are_left_out_where_they_are_not_wanted(run):
    for environment in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}):
        said = on_terminal(run, "-", stdin=GOOD.encode(), **environment)
        assert "HTTP_ACCESS" in said and "\x1b" not in said, (environment, said)


@case
def control_bytes_of_a_log_do_not_reach_the_terminal(run):
    line = GOOD.replace("curl/8.9.1", "\x1b]0;title\x07\x9b31m\u202e")
    said = on_terminal(run, "-", stdin=line.encode(), TERM="xterm", NO_COLOR="1")
    assert "HTTP_ACCESS" in said and not set("\x1b\x07\x9b") & set(said), repr(said)


# ---- memory ----


def peak_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", file.read(), re.M).group(1)) / 1024


def feed(child, chunk, total):
    while total > 0:
        total -= child.stdin.write(chunk[:total])
    child.stdin.flush()


def memory_for(run, chunk, total, *words, output="none"):
    """(peak in MiB, summary) of a run with one job over total bytes of repeated chunks."""
    if run.instrumented():
        raise Skip("a sanitizer takes memory of its own")
    with run.start("parse", "-q", "-j", "1", "-o", output, "--summary", "summary.json", *words, "-",
                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        feed(child, chunk, total)
        peak = peak_mib(child.pid)  # before the end: all but what the pipe holds has been read
        child.stdin.close()
        status = child.wait(MOST_SECONDS)
    assert status == 0, status
    return peak, json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))


@case
def line_of_100_mb_takes_bounded_memory_and_loses_nothing(run):
    peak, summary = memory_for(run, b"x" * RECORD_MAX_BYTES, LONG_BYTES, "--dead-letters", "/dev/null")
    assert summary["total"]["reasons"] == {"too_long": LONG_BYTES // RECORD_MAX_BYTES}, summary
    assert summary["total"]["bytes"] == LONG_BYTES, summary
    assert peak < MOST_MIB, f"{peak:.1f} MiB"


@case
def log_of_100_mb_takes_bounded_memory(run):
    chunk = GOOD.encode() * (MIB // len(GOOD))
    total = len(chunk) * (LONG_BYTES // len(chunk))
    peak, summary = memory_for(run, chunk, total)
    assert summary["total"]["events"] == total // len(GOOD), summary
    assert peak < MOST_MIB, f"{peak:.1f} MiB"


def full(begin, member, separator, end):
    """As many numbered members between begin and end as one record holds."""
    text, size, number = [], RECORD_MAX_BYTES - len(begin) - len(end) - 1, 0
    while size >= len(separator) + len(member % number):
        text.append(member % number)
        size -= len(separator) + len(text[-1])
        number += 1
    return begin + separator.join(text) + end


CALL = '{"eventTime":"2026-01-01T00:00:00Z","eventSource":"s","eventName":"%d"}'
HOSTILE = {
    "keys": ('{%s}' % ",".join(f'"{number:05}":"{number}"' for number in range(60000)), {"dead_letters": 1}),
    "levels of small lists": (full('{"a":[', "[%d,1]", ",", "]}"), {"dead_letters": 1}),
    "events": ('{"Records":[%s]}' % ",".join(CALL % number for number in range(10000)), {"dead_letters": 0}),
    "too many events": (full('{"Records":[', CALL, ",", "]}"), {"reasons": {"limit": 1}}),
    "pairs": (full("Mar  3 10:00:00 h kernel: IN=eth0 OUT= SRC=192.0.2.1 ", "K%d=1", " ", ""), {}),
    "parameters": (full("<14>1 2026-01-01T00:00:00Z h a 1 - [x ", 'k%d="1"', " ", "] m"), {}),
}


@case
def hostile_record_takes_bounded_memory(run):
    behind = GOOD.encode() * (3 * MIB // len(GOOD))
    for what, (record, wanted) in HOSTILE.items():
        assert 600000 < len(record) < RECORD_MAX_BYTES, (what, len(record))
        chunk = record.encode() + b"\n" + behind
        for output in ("none", "jsonl"):
            peak, summary = memory_for(run, chunk, len(chunk), "--dead-letters", "/dev/null", output=output)
            assert summary["total"]["records"] == chunk.count(b"\n"), (what, summary)
            assert {**summary["total"], **wanted} == summary["total"], (what, summary)
            assert peak < MOST_MIB, f"{what}, {output}: {peak:.1f} MiB"


@case
def pieces_of_a_long_line_are_numbered_and_complete(run):
    line = bytes(range(32, 127)) * (3 * RECORD_MAX_BYTES // 95)
    path = run.file("long.log", GOOD.encode() + line + b"\n" + GOOD.encode())
    expect(run.run("parse", "-q", "-o", "none", "--dead-letters", "letters.jsonl", path), 0)
    letters = [json.loads(text) for text in (run.folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [letter["piece"] for letter in letters] == [1, 2, 3], [letter["piece"] for letter in letters]
    assert {letter["reason"] for letter in letters} == {"too_long"} and {letter["line"] for letter in letters} == {2}
    assert "".join(letter["raw_line"] for letter in letters).encode() == line


if __name__ == "__main__":
    sys.exit(main())
