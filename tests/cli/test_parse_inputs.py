# SPDX-License-Identifier: Apache-2.0
"""What argot parse reads: files of all sorts, whole and broken, and what it says of those that it cannot read."""
import bz2
import gzip
import json
import lzma
import os
import shutil
import subprocess
import sys
import threading

from program import BAD, BLANK, FORMAT, GOOD, Skip, case, expect, main

MIXED = GOOD + BAD + BLANK + GOOD  # 4 lines: 2 events, 1 dead letter, 1 skipped
HUNDREDS = 2000  # lines, so that compressed files have something to be cut


def summary(run, *words, stdin=b"", status=0):
    done = run.run("parse", "-q", "--summary", "summary.json", *words, stdin=stdin)
    expect(done, status)
    return json.loads((run.folder / "summary.json").read_text(encoding="utf-8")), done


def counts(total):
    return tuple(total[key] for key in ("lines", "events", "dead_letters", "skipped"))


def zstd(data):
    program = shutil.which("zstd")
    if not program:
        raise Skip("zstd is not installed")
    return subprocess.run([program, "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


PACKED = {"gzip": gzip.compress, "xz": lzma.compress, "bzip2": bz2.compress, "zstd": zstd}


@case
def mixed_lines_are_events_letters_and_skipped(run):
    total, done = summary(run, run.file("mixed.log", MIXED))
    assert counts(total["total"]) == (4, 2, 1, 1), total
    assert total["end"] == "done" and total["total"]["bytes"] == len(MIXED)
    assert [json.loads(line)["request_path"] for line in done.out.splitlines()] == ["/cart", "/cart"]


@case
def standard_input_is_a_dash(run):
    path = run.file("mixed.log", MIXED)
    total, done = summary(run, "-", stdin=MIXED)
    assert counts(total["total"]) == (4, 2, 1, 1) and total["sources"][0]["source"] == "-", total
    assert done.out == expect(run.run("parse", "-q", path), 0).out


@case
def several_files_are_counted_each(run):
    paths = [run.file("a.log", GOOD), run.file("b.log", BAD), run.file("c.log", "")]
    total, _ = summary(run, *paths)
    assert [counts(source) for source in total["sources"]] == [(1, 1, 0, 0), (1, 0, 1, 0), (0, 0, 0, 0)], total
    assert [source["source"] for source in total["sources"]] == paths


@case
def empty_file_is_no_error(run):
    expect(run.run("parse", run.file("empty.log")), 0, out="", err="0 lines, 0 events, 0 dead letters, 0 skipped")


@case
def last_line_needs_no_newline(run):
    whole = run.run("parse", "-q", "-", stdin=GOOD + GOOD)
    cut = run.run("parse", "-q", "-", stdin=GOOD + GOOD[:-1])
    assert expect(cut, 0).out == expect(whole, 0).out and whole.out.count("\n") == 2


@case
def carriage_returns_are_no_part_of_a_line(run):
    assert expect(run.run("parse", "-q", "-", stdin=GOOD.replace("\n", "\r\n")), 0).out == \
        run.run("parse", "-q", "-", stdin=GOOD).out


@case
def zero_bytes_and_bad_utf8_are_bytes_like_others(run):
    line = GOOD.encode().replace(b"curl/8.9.1", b"a\0b\xff")
    total, done = summary(run, "-", stdin=line)
    assert json.loads(done.out)["user_agent"] == "a\0b\ufffd", done.out
    assert total["total"]["replaced_bytes"] == 1, total


@case
def missing_file_is_told_and_the_others_are_read(run):
    done = run.run("parse", "-o", "text", "nowhere.log", run.file("good.log", GOOD))
    expect(done, 3, out="HTTP_ACCESS", err="argot: nowhere.log: no such file\n")


@case
def directory_is_told_and_the_others_are_read(run):
    os.mkdir(run.folder / "logs")
    expect(run.run("parse", "logs", run.file("good.log", GOOD)), 3, out="HTTP_ACCESS", err="logs: is a directory")


@case
def file_without_permission_is_told(run):
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    path = run.file("secret.log", GOOD)
    os.chmod(path, 0)
    expect(run.run("parse", path), 3, out="", err="secret.log: no permission to read it")


@case
def read_error_is_told(run):
    # Nothing is mapped at address 0, so the first read of this file fails.
    expect(run.run("parse", "/proc/self/mem"), 3, out="", err="/proc/self/mem: cannot be read further")


@case
def closed_standard_input_is_told(run):
    done = run.run("parse", "-", stdin=None, preexec_fn=lambda: os.close(0))
    expect(done, 3, out="", err="standard input")


@case
def file_named_twice_is_refused_before_anything_is_read(run):
    path = run.file("good.log", GOOD)
    expect(run.run("parse", path, path), 2, out="", err="is named twice")
    os.link(path, run.folder / "other.log")
    expect(run.run("parse", path, "other.log"), 2, out="", err="are the same file")


@case
def named_pipe_is_read_like_a_file(run):
    pipe = run.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(MIXED,))
    writer.start()
    total, _ = summary(run, str(pipe))
    writer.join()
    assert counts(total["total"]) == (4, 2, 1, 1), total


@case
def named_format_is_the_only_one_tried(run):
    path = run.file("mixed.log", MIXED)
    total, _ = summary(run, "-f", FORMAT, path)
    assert counts(total["total"]) == (4, 2, 1, 1) and total["total"]["reasons"] == {"no_match": 1}, total
    total, _ = summary(run, path)
    assert total["total"]["reasons"] == {"no_format": 1}, total


@case
def compressed_files_are_read_whatever_their_names_are(run):
    plain = GOOD * HUNDREDS
    wanted = expect(run.run("parse", "-q", run.file("plain.log", plain)), 0).out
    for name, pack in PACKED.items():
        done = run.run("parse", "-q", run.file(f"{name}.log", pack(plain.encode())))
        assert expect(done, 0, err="").out == wanted, name
        done = run.run("parse", "-q", "-", stdin=pack(plain.encode()))
        assert expect(done, 0, err="").out == wanted, f"{name} on standard input"


@case
def streams_behind_one_another_are_one_input(run):
    for name, pack in PACKED.items():
        half = len(GOOD) // 2
        data = pack(GOOD.encode()[:half]) + pack(GOOD.encode()[half:])
        assert expect(run.run("parse", "-q", "-", stdin=data), 0, err="").out.count("\n") == 1, name


@case
def truncated_compressed_file_gives_what_was_before_the_cut(run):
    plain = "".join(GOOD.replace("/cart", f"/item/{number * 7919 % 99991}") for number in range(HUNDREDS))
    for name, pack in PACKED.items():
        data = pack(plain.encode())
        total, done = summary(run, run.file("cut.log", data[:len(data) * 2 // 3]), run.file("good.log", GOOD), status=3)
        cut, good = total["sources"]
        assert "is truncated" in cut["problem"] and name in cut["problem"], total
        assert "is truncated" in done.err, done.err
        assert cut["events"] < HUNDREDS and good["events"] == 1, total
        assert cut["events"] + cut["dead_letters"] == cut["records"], total


@case
def damaged_compressed_file_is_told(run):
    for name, pack in PACKED.items():
        data = bytearray(pack((GOOD * HUNDREDS).encode()))
        for place in range(len(data) // 2, len(data) // 2 + 8):
            data[place] ^= 0x55
        expect(run.run("parse", "-q", run.file("damaged.log", bytes(data))), 3, err=f"{name}")


@case
def other_bytes_behind_a_stream_are_told(run):
    for name, pack in PACKED.items():
        done = run.run("parse", "-q", run.file("more.log", pack(GOOD.encode()) + b"more"))
        expect(done, 3, out="HTTP_ACCESS", err="more.log")
        assert name in done.err, done.err


@case
def bytes_that_only_begin_like_a_compressed_file_are_a_line(run):
    total, _ = summary(run, "-", stdin=b"\x1f\n" + GOOD.encode())
    assert counts(total["total"]) == (2, 1, 1, 0), total


if __name__ == "__main__":
    sys.exit(main())
