#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_load.py ARGOT SOURCE

argot run when more comes than it takes: over UDP each datagram is an event, a dead letter or counted as dropped, over
TCP senders wait and nothing is lost; and when nothing comes it takes next to nothing.
"""
import pathlib
import re
import signal
import socket
import sys
import threading
import time

from program import Skip, case, main
from running import Running, ask, source

UDP = """store: sqlite:events.db
inputs:
  - syslog: udp://127.0.0.1:PORT
rules: [r.rule]
"""
TCP = UDP.replace("udp:", "tcp:")
MESSAGE = "<38>Mar  3 10:00:00 web{} backup[{}]: " + "." * 1000  # so that buffers are soon full
GARBAGE = b"\x01 is no message"
WAIT_NS, MOST_IDLE = 2_000_000_000, 0.01  # of a processor
MOST_IDLE_KIB = 32 << 10


def drops(report):
    return sum(report["drops"].values())


@case
def each_datagram_is_stored_or_counted_as_dropped(setting):
    with Running(setting, UDP) as run, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        run.wait(lambda report: report["state"] == "running")
        peer.connect(("127.0.0.1", run.port))
        sent = 0
        for stopped in (True, False):  # a buffer that overflows, and a flood beside the reading
            if stopped:
                run.process.send_signal(signal.SIGSTOP)
            for i in range(10000):
                peer.send(GARBAGE if i % 100 == 0 else MESSAGE.format(sent, i + 1).encode())
                sent += 1
            run.process.send_signal(signal.SIGCONT)
            name = f"udp://127.0.0.1:{run.port}"
            report = run.wait(lambda report: source(report, name)["records"] + drops(report) >= sent)
        one = source(report, name)
        assert one["events"] + one["dead_letters"] + drops(report) == sent, (sent, one, report["drops"])
        assert drops(report) > 0 and one["dead_letters"] > 0, (one, report["drops"])
        run.end()
        assert f"{drops(report)} " in run.said(), run.said()
    rows = ask(setting.folder, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM dead_letters)")
    assert rows == [(one["events"], one["dead_letters"])], (rows, one)
    names = ask(setting.folder, "SELECT count(DISTINCT host_name) FROM events")
    assert names == [(one["events"],)], "datagrams were taken twice"


@case
def senders_over_tcp_wait(setting):
    lines, blank = 24000, MESSAGE.format("", "")
    sent = 0

    def send(port):
        nonlocal sent
        with socket.create_connection(("127.0.0.1", port)) as peer:
            for sent in range(100, lines + 1, 100):
                peer.sendall("".join(MESSAGE.format(i, i + 1) + "\n" for i in range(sent - 100, sent)).encode())

    with Running(setting, TCP) as run:
        run.wait(lambda report: report["state"] == "running")
        run.process.send_signal(signal.SIGSTOP)
        sender = threading.Thread(target=send, args=(run.port,), daemon=True)
        sender.start()
        before, still = None, 0
        while still < 5:
            time.sleep(0.05)
            still = still + 1 if before == (before := sent) and sent else 0
        run.process.send_signal(signal.SIGCONT)
        report = run.wait(lambda report: report["run"]["events"] >= lines)
        run.end()
    assert before < lines, f"nobody was made to wait: {lines * len(blank)} bytes are too few"
    assert drops(report) == 0 and report["run"]["events"] == lines, report
    rows = ask(setting.folder, "SELECT count(*), count(DISTINCT host_name) FROM events")
    assert rows == [(lines, lines)], rows


@case
def a_run_that_waits_takes_next_to_nothing(setting):
    config = UDP.replace("rules: [r.rule]\n", "  - file: web.log\n  - syslog: tcp://127.0.0.1:PORT\n"
                                              "alerts:\n  - webhook: http://127.0.0.1:9/\n")
    with Running(setting, config) as run:
        if setting.instrumented():
            raise Skip("a sanitizer takes memory and time of its own")
        if "built without libcurl" in run.said():
            raise Skip("this argot was built without libcurl")
        run.wait(lambda report: report["state"] == "running" and report["rules"])
        folder = pathlib.Path(f"/proc/{run.process.pid}")
        took = sum(-processor_ns(one) for one in (folder / "task").iterdir())
        time.sleep(WAIT_NS / 1e9)
        took += sum(processor_ns(one) for one in (folder / "task").iterdir())
        size = int(re.search(r"VmRSS:\s+(\d+)", (folder / "status").read_text(encoding="utf-8"))[1])
        run.end()
    assert took < WAIT_NS * MOST_IDLE, f"{took / WAIT_NS:.1%} of a processor while nothing comes"
    assert size < MOST_IDLE_KIB, f"{size} KiB while nothing comes"


def processor_ns(thread):
    if not (thread / "schedstat").exists():
        raise Skip("this kernel does not tell nanoseconds of threads")
    return int((thread / "schedstat").read_text(encoding="utf-8").split()[0])


if __name__ == "__main__":
    sys.exit(main())
