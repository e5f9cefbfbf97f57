#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_metrics.py ARGOT SOURCE

Metrics of a run over HTTP: what is given is held against the grammar of Prometheus' text format 0.0.4 and its rules for
names, whatever files are called; and whoever asks badly, slowly or with many harms neither the run nor others.
"""
import http.client
import os
import pathlib
import re
import socket
import sys
import time

from program import GOOD, MOST_SECONDS, Skip, case, main
from running import CONFIG, Running

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)\Z|NaN\Z")
TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}


class Wrong(Exception):
    """Not of the grammar, or against the rules for names; the text says what."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def read_value(text, at):
    """The text of a label from behind its first quote, and the place behind its last one."""
    value = []
    while True:
        need(at < len(text), f"a label without an end: {text}")
        if text[at] == '"':
            return "".join(value), at + 1
        if text[at] == "\\":
            need(text[at + 1:at + 2] in ("\\", '"', "n"), f"no such escape: {text[at:at + 2]}")
            value.append("\n" if text[at + 1] == "n" else text[at + 1])
            at += 2
        else:
            value.append(text[at])
            at += 1


def read_labels(text, at):
    """Labels from behind the brace, and the place behind the other one."""
    labels = {}
    while text[at:at + 1] != "}":
        end = text.find('="', at)
        need(end > 0 and LABEL.match(text[at:end]), f"no label: {text[at:]}")
        name = text[at:end]
        need(name not in labels and not name.startswith("__"), f"a label that may not be: {name}")
        labels[name], at = read_value(text, end + 2)
        if text[at:at + 1] == ",":
            at += 1
        else:
            need(text[at:at + 1] == "}", f"behind a label: {text[at:]}")
    return labels, at + 1


def read_sample(line):
    """Name, labels, number. No time stands behind it here."""
    end = min(at for at in (line.find("{"), line.find(" "), len(line)) if at >= 0)
    name, labels = line[:end], {}
    need(NAME.match(name), f"no name: {line}")
    if line[end:end + 1] == "{":
        labels, end = read_labels(line, end + 1)
    need(line[end:end + 1] == " " and NUMBER.match(line[end + 1:]), f"no number: {line}")
    return name, labels, float(line[end + 1:])


def read_family(name, kind):
    need(NAME.match(name) and kind in TYPES, f"no type: {name} {kind}")
    need((kind == "counter") == name.endswith("_total"), f"{name} is a {kind}")
    for unit in ("millis", "minutes", "kilobytes", "percent"):
        need(unit not in name, f"{name}: not a base unit")


def read_exposition(body):
    """(name, sorted labels) -> number. Raises Wrong."""
    text = body.decode("utf-8")  # strict
    need(text.endswith("\n"), "no newline at the end")
    samples, helps, kinds, closed, last = {}, set(), {}, set(), None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            _, _, name, words = line.split(" ", 3)
            need(name not in helps and words, f"HELP twice or empty: {name}")
            helps.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            need(name in helps and name not in kinds, f"TYPE twice, or before HELP: {name}")
            read_family(name, kind)
            kinds[name] = kind
        else:
            name, labels, number = read_sample(line)
            need(name in kinds, f"no TYPE before {name}")
            need(name == last or name not in closed, f"{name} stands in two places")
            need(kinds[name] != "counter" or number >= 0, f"a counter below nothing: {line}")
            closed.add(name)
            last = name
            key = name, tuple(sorted(labels.items()))
            need(key not in samples, f"one series twice: {line}")
            samples[key] = number
    return samples


@case
def the_checker_sees_what_is_wrong(_):
    good = b'# HELP a_total b\n# TYPE a_total counter\na_total{x="y\\"\\n"} 1\na_total{x="z"} 2.5e3\n'
    assert len(read_exposition(good)) == 2
    for old, new in ((b"\n", b"", ), (b'"z"', b'"y\\"\\n"'), (b"2.5e3", b"x"), (b"# TYPE a_total counter\n", b""),
                     (b"counter", b"gauge"), (b"a_total{x=\"z\"}", b"a-b"), (b'\\"\\n', b"\\q"), (b'"z"', b'"z'),
                     (b"2.5e3", b"2.5e3 "), (b"x=", b"1x="), (b"y", b"\xff"), (b"2.5e3", b"-1"),
                     (b"# HELP a_total b\n", b"")):
        bad = good[:-1] if old == b"\n" else good.replace(old, new)
        assert bad != good
        try:
            read_exposition(bad)
        except (Wrong, UnicodeDecodeError, ValueError):
            continue
        raise AssertionError(f"passed: {bad}")


def with_metrics(setting, inputs=None):
    """A run with metrics, and their port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = inputs or CONFIG
    if b"seccomp_load" in pathlib.Path(setting.argot).read_bytes():
        config += "sandbox: kill\n"  # the library keeps to what is allowed
    run = Running(setting, config + f"metrics: 127.0.0.1:{port}\n")
    try:
        run.wait(lambda one: one["state"] == "running")
    except AssertionError:
        run.__exit__()
        raise
    if "built without libmicrohttpd" in run.said():
        run.__exit__()
        raise Skip("this argot was built without libmicrohttpd")
    return run, port


def ask(port, path="/metrics", method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read()
    finally:
        connection.close()


def wait_for(port, condition):
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        samples = read_exposition(ask(port)[2])
        if condition(samples):
            return samples
        time.sleep(0.1)
    raise AssertionError(f"never came so far: {samples}")


@case
def metrics_are_of_the_grammar(setting):
    setting.file("web.log", GOOD + "no such line\n")
    run, port = with_metrics(setting)
    with run:
        samples = wait_for(port, lambda one: one[("argot_events_total", ())] == 1)
        status, content, _ = ask(port)
        assert status == 200 and content == "text/plain; version=0.0.4; charset=utf-8", (status, content)
        source = (("source", "web.log"),)
        assert samples[("argot_source_records_total", source)] == 2, samples
        assert samples[("argot_source_dead_letters_total", source)] == 1, samples
        assert samples[("argot_dead_letters_total", (("reason", "no_match"),))] == 1, samples
        assert samples[("argot_rule_alerts_total", (("rule", "each"),))] == 1, samples
        assert samples[("argot_source_up", source)] == 1, samples
        assert samples[("argot_source_up", (("source", "absent.log"),))] == 0, samples
        assert samples[("process_resident_memory_bytes", ())] > 1 << 20, samples
        assert ask(port, method="HEAD")[2] == b""
        assert ask(port, "/")[0] == 404 and ask(port, method="POST")[0] == 405
        run.end()


@case
def names_of_files_break_nothing(setting):
    names = [b'a"} 1\n# TYPE x counter\n.log', b"b\\.log", b"c\xff.log", b"c\\xff.log", b"d\xe2\x82\xac.log", b"e\x1b.log"]
    for name in names:
        with open(os.path.join(os.fsencode(setting.folder), name), "wb") as log:
            log.write(GOOD.encode())
    inputs = "store: sqlite:events.db\ninputs:\n  - {file: '*.log', format: apache_access}\nrules: [r.rule]\n"
    run, port = with_metrics(setting, inputs)
    with run:
        samples = wait_for(port, lambda one: one[("argot_events_total", ())] == len(names))
        sources = {dict(labels)["source"] for name, labels in samples if name == "argot_source_events_total"}
        assert sources == {'a"} 1\n# TYPE x counter\n.log', "b\\\\.log", "c\\xff.log", "c\\\\xff.log", "d€.log",
                           "e\x1b.log"}, sources
        assert setting.run("status").out.count("\x1b") == 0
        run.end()


@case
def who_asks_badly_harms_nobody(setting):
    setting.file("web.log", GOOD)
    run, port = with_metrics(setting)
    with run:
        peers = []
        for _ in range(40):
            peer = socket.socket()
            peer.setblocking(False)
            try:
                peer.connect(("127.0.0.1", port))
            except BlockingIOError:
                pass
            peers.append(peer)
        time.sleep(0.1)
        for i, peer in enumerate(peers):
            for piece in (b"GET /metrics HT", b"\0\xff" * 5000, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 50000)[:i % 4]:
                try:
                    peer.send(piece)
                except OSError:  # sent away, or not taken
                    break
        with open(setting.folder / "web.log", "a", encoding="utf-8") as log:
            log.write(GOOD * 1000)
        report = run.wait(lambda one: one["run"]["events"] == 1001)
        assert report["memory_bytes"] < 512 << 20, report["memory_bytes"]
        for peer in peers:
            peer.close()
        wait_for(port, lambda one: one[("argot_events_total", ())] == 1001)
        run.end()


@case
def a_port_that_is_taken_is_said_and_tried_again(setting):
    setting.file("web.log", GOOD)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = Running(setting, CONFIG + f"metrics: 127.0.0.1:{port}\n")
        with run:
            run.wait(lambda one: one["run"]["events"] == 1)
            if "built without libmicrohttpd" in run.said():
                raise Skip("this argot was built without libmicrohttpd")
            assert run.said().count("another program listens there; there are no metrics") == 1, run.said()
            other.close()
            until = time.monotonic() + MOST_SECONDS
            while time.monotonic() < until:
                try:
                    assert ask(port)[0] == 200
                    break
                except OSError:
                    time.sleep(0.1)
            run.end()


if __name__ == "__main__":
    sys.exit(main())
