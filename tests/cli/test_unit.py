#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_unit.py ARGOT SOURCE

argot run under a service manager: what the manager is told, and what systemd says of the unit.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from program import GOOD, MOST_SECONDS, Skip, case, main
from running import CONFIG, RULE, Running

WORST_EXPOSURE = 25  # of 100, where 0 is the least


class Manager:
    """The socket of a service manager, and the lines that it was told."""

    def __init__(self, setting, name):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name[0] == "@" else name)
        self.socket.settimeout(0.1)
        setting.environment["NOTIFY_SOCKET"] = name
        setting.environment["WATCHDOG_USEC"] = "400000"

    def wait(self, *due):
        """Until these lines came, in this order."""
        until, at = time.monotonic() + MOST_SECONDS, 0
        while at < len(due) and time.monotonic() < until:
            while self.lines and at < len(due):
                at += self.lines.pop(0) == due[at]
            if at == len(due):
                return
            try:
                self.lines += self.socket.recv(4096).decode().split("\n")
            except TimeoutError:
                pass
        assert at == len(due), f"{due[at:]} did not come"


@case
def the_manager_is_told(setting):
    setting.file("web.log", GOOD)
    for name in (str(setting.folder / "notify"), f"@argot-test-{os.getpid()}"):
        manager = Manager(setting, name)
        with Running(setting) as run:
            manager.wait("READY=1", "WATCHDOG=1", "WATCHDOG=1")
            setting.file("r.rule", RULE)
            run.process.send_signal(signal.SIGHUP)
            manager.wait("RELOADING=1", "READY=1")
            run.process.send_signal(signal.SIGTERM)
            manager.wait("STOPPING=1")
            assert run.process.wait(MOST_SECONDS) == 0, run.said()
        manager.socket.close()


def unit_of(setting):
    """The unit as it is installed, with the program of this build, in the case's folder."""
    if not shutil.which("systemd-analyze"):
        raise Skip("there is no systemd-analyze here")
    text = (setting.source / "service/argot.service.in").read_text(encoding="utf-8")
    text = text.replace("@bindir@/argot", setting.argot)
    assert "@" not in re.sub(r"=~?@.*", "", text), "something is not filled in"
    return setting.file("argot.service", text)


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    if "Unknown option" in done.stderr or "unrecognized option" in done.stderr:
        raise Skip("this systemd-analyze is too old")
    return done


@case
def systemd_takes_the_unit(setting):
    done = analyze("verify", "--man=no", "--recursive-errors=no", unit_of(setting))
    about = [line for line in done.stderr.splitlines() if "argot" in line]
    assert done.returncode == 0 and not about, (done.returncode, done.stdout, done.stderr)


@case
def systemd_finds_little_exposed(setting):
    done = analyze("security", "--offline=true", f"--threshold={WORST_EXPOSURE}", unit_of(setting))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK" in done.stdout, done.stdout


@case
def the_user_can_be_made(setting):
    if not shutil.which("systemd-sysusers"):
        raise Skip("there is no systemd-sysusers here")
    root = pathlib.Path(setting.folder) / "root"
    (root / "etc").mkdir(parents=True)
    done = subprocess.run(["systemd-sysusers", f"--root={root}", setting.source / "service/argot.sysusers"],
                          capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    assert done.returncode == 0, done.stderr
    assert "argot:" in (root / "etc/passwd").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
