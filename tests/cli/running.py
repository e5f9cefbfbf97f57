# SPDX-License-Identifier: Apache-2.0
"""A run that goes on, for the tests of what it tells of itself; and what is in its store meanwhile."""
import json
import signal
import socket
import sqlite3
import time

from program import MOST_SECONDS, Skip

CONFIG = """store: sqlite:events.db
inputs:
  - {file: web.log, format: apache_access}
  - file: absent.log
  - syslog: udp://127.0.0.1:PORT
rules: [r.rule]
"""
RULE = 'rule each { title "each" severity low match any }\n'


def ask(folder, query):
    """Rows of a store that is being written to."""
    if not (folder / "events.db").exists():
        return []
    with sqlite3.connect(f"file:{folder / 'events.db'}?mode=ro", uri=True, timeout=MOST_SECONDS) as store:
        try:
            return store.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []  # not made yet


class Running:
    """A run of the configuration in the case's folder, which is asked until it has come so far."""

    def __init__(self, setting, config=CONFIG):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        setting.file("r.rule", RULE)
        setting.file("argot.yaml", config.replace("PORT", str(self.port)))
        self.setting = setting
        with open(setting.folder / "err.txt", "ab") as err:
            self.process = setting.start("run", stderr=err)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, condition):
        """The report once the condition holds of it."""
        until = time.monotonic() + MOST_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            done = self.setting.run("status", "--json")
            report = json.loads(done.out) if done.status == 0 else None
            if report and condition(report):
                return report
            time.sleep(0.05)
        if "built without SQLite" in self.said():
            raise Skip("this argot was built without SQLite")
        raise AssertionError(f"never came so far: {done.out} {done.err} {self.said()}")

    def said(self):
        return (self.setting.folder / "err.txt").read_text(encoding="utf-8")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(MOST_SECONDS) == 0, self.said()


def source(report, name):
    return next(one for one in report["sources"] if one["source"] == name)
