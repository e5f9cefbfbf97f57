#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_service.py ARGOT SOURCE

What a run gives up: the rights of root for those of a user, and calls of the system. What only root can try is skipped
for others, and said.
"""
import os
import pathlib
import pwd
import re
import socket
import sys

from program import GOOD, Skip, case, expect, main
from running import CONFIG, RULE, Running, source

USER = "nobody"


def needs_seccomp(setting):
    if b"seccomp_load" not in pathlib.Path(setting.argot).read_bytes():
        raise Skip("this argot was built without libseccomp")


def of_process(run):
    """What the system says of the process: key -> text."""
    text = pathlib.Path(f"/proc/{run.process.pid}/status").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+):\s*(.*?)\s*$", text, re.M))


@case
def calls_of_the_system_are_given_up(setting):
    needs_seccomp(setting)
    setting.file("web.log", GOOD)
    for key, filtered in (("", "2"), ("sandbox: kill\n", "2"), ("sandbox: off\n", "0")):
        with Running(setting, CONFIG + key) as run:
            run.wait(lambda one: one["state"] == "running")
            status = of_process(run)
            assert status["Seccomp"] == filtered, (key, status)
            assert (status["NoNewPrivs"] == "1") == (filtered == "2"), (key, status)
            run.end()


@case
def programs_of_alerts_are_left_alone(setting):
    needs_seccomp(setting)
    setting.file("web.log", GOOD)
    command = "alerts:\n  - command: [touch, told]\n"
    for key, filtered in (("", "0"), ("sandbox: on\n", "2")):
        told = setting.folder / "told"
        with Running(setting, CONFIG + command + key) as run:
            run.wait(lambda one: one["run"]["events"] >= 1)
            assert of_process(run)["Seccomp"] == filtered, key
            run.end()
        assert told.exists(), run.said()
        told.unlink()
        setting.file("web.log", GOOD * 2)


@case
def a_filter_that_cannot_be_had_is_an_error_where_it_is_asked_for(setting):
    if b"seccomp_load" in pathlib.Path(setting.argot).read_bytes():
        raise Skip("this argot has libseccomp")
    setting.file("r.rule", RULE)
    setting.file("argot.yaml", CONFIG.replace("PORT", "5514") + "sandbox: on\n")
    expect(setting.run("run"), 3, err="`sandbox`: this argot was built without libseccomp")


@case
def users_that_cannot_be_are_refused(setting):
    setting.file("r.rule", "")
    cases = [("no_such_user_here", "there is no such user"), ("root", "that is root")]
    if os.geteuid() != 0:
        cases.append(("daemon", "only root can become another user"))
    for name, words in cases:
        setting.file("argot.yaml", CONFIG.replace("PORT", "5514") + f"user: {name}\n")
        expect(setting.run("run"), 2, err=words)
    assert not (setting.folder / "events.db").exists()


@case
def being_the_user_already_is_fine(setting):
    if os.geteuid() == 0:
        raise Skip("this is root, who may not be the user")
    setting.file("web.log", GOOD)
    with Running(setting, CONFIG + f"user: {pwd.getpwuid(os.geteuid()).pw_name}\n") as run:
        run.wait(lambda one: one["run"]["events"] == 1)
        run.end()


def low_port():
    """A port for the privileged that is free."""
    for port in range(1023, 600, -1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Skip("no port below 1024 is free")


@case
def root_becomes_the_user_for_good(setting):
    if os.geteuid() != 0:
        raise Skip("this is not root")
    entry = pwd.getpwnam(USER)
    port = low_port()
    setting.file("web.log", GOOD)
    secret = pathlib.Path(setting.file("secret.log", GOOD))
    secret.chmod(0o600)
    os.chown(setting.folder, entry.pw_uid, entry.pw_gid)
    config = CONFIG.replace("PORT", str(port)).replace("file: absent.log", "file: secret.log") + f"user: {USER}\n"
    with Running(setting, config) as run:
        report = run.wait(lambda one: one["run"]["events"] == 1 and one["state"] == "running")
        status = of_process(run)
        assert status["Uid"].split() == [str(entry.pw_uid)] * 4, status["Uid"]
        assert status["Gid"].split() == [str(entry.pw_gid)] * 4, status["Gid"]
        assert "0" not in status["Groups"].split(), status["Groups"]
        assert all(int(status[key], 16) == 0 for key in ("CapEff", "CapPrm", "CapInh", "CapAmb")), status
        secret = source(report, "secret.log")
        assert secret["state"] == "failed" and "no permission" in secret["problem"], secret
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(b"<34>Oct 11 22:14:15 web1 su: x", ("127.0.0.1", port))
        url = f"udp://127.0.0.1:{port}"
        run.wait(lambda one: source(one, url)["records"] == 1)
        assert (setting.folder / "events.db").stat().st_uid == entry.pw_uid
        run.end()


@case
def a_store_that_the_user_may_not_write_is_told(setting):
    if os.geteuid() != 0:
        raise Skip("this is not root")
    setting.file("r.rule", RULE)
    setting.folder.chmod(0o755)
    (setting.folder / "r.rule").chmod(0o644)
    setting.file("argot.yaml", CONFIG.replace("PORT", str(low_port())) + f"user: {USER}\n")
    expect(setting.run("run"), 3, err=f"; it is opened as {USER}")


if __name__ == "__main__":
    sys.exit(main())
