#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_setup.py ARGOT SOURCE

argot setup over machines that the test makes: what it proposes, what it says it found nothing for, and that argot
checks and runs what it proposed.
"""
import json
import os

from program import Skip, case, expect, main

SSHD = "Nov 24 09:12:{:02d} web1 sshd[812]: Failed password for root from 192.0.2.17 port 40022 ssh2\n"
SUDO = "Nov 24 09:13:01 web1 sudo:     amy : TTY=pts/0 ; PWD=/home/amy ; USER=root ; COMMAND=/usr/bin/id\n"
CHRONY = "Nov 24 09:14:01 web1 chronyd[99]: Selected source 192.0.2.17\n"
ACCESS = '192.0.2.17 - - [24/Nov/2026:09:12:{:02d} +0000] "GET /cart HTTP/1.1" 200 5316 "-" "curl/8.9.1"\n'
UNREAD = "2026-11-24 09:12:01 status installed tzdata:all 2026b-0\n"


class Machine:
    """A folder with /var/log, /proc and a time zone."""

    def __init__(self, setting, name="machine"):
        self.root = setting.folder / name
        self.log("auth.log", "".join(SSHD.format(i) for i in range(9)) + SUDO)
        for folder in ("etc", "proc"):
            (self.root / folder).mkdir()

    def log(self, name, content):
        path = self.root / "var/log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def process(self, number, name):
        (self.root / "proc" / str(number)).mkdir()
        (self.root / "proc" / str(number) / "comm").write_text(name + "\n")


def propose(setting, machine, *words, status=0):
    return expect(setting.run("setup", "--root", str(machine.root), *words), status)


@case
def what_formats_read_becomes_an_input(setting):
    machine = Machine(setting)
    machine.log("nginx/access.log", "".join(ACCESS.format(i) for i in range(5)))
    done = propose(setting, machine)
    logs = machine.root / "var/log"
    assert f"  - file: {logs}/auth.log\n    format: syslog\n" in done.out, done.out
    assert f"  - file: {logs}/nginx/access.log\n    format: nginx_access\n" in done.out, done.out
    assert "of its last 10 lines 100 % are typed: sshd 9, sudo 1" in done.out, done.out
    assert "store: sqlite:events.db\n" in done.out and "  - jsonl: alerts.jsonl\n" in done.out, done.out
    assert "Not read" not in done.out, done.out


@case
def a_log_of_one_server_is_named_by_its_folder(setting):
    machine = Machine(setting)
    machine.log("apache2/access.log", "".join(ACCESS.format(i) for i in range(5)))
    machine.log("elsewhere.log", "".join(ACCESS.format(i) for i in range(5, 9)))
    out = propose(setting, machine).out
    assert "apache2/access.log\n    format: apache_access\n" in out, out
    assert "elsewhere.log\n    format: " in out, out


@case
def what_only_one_program_wrote_to_syslog_is_open_to_others(setting):
    machine = Machine(setting)
    log = machine.log("auth.log", SSHD.format(1) * 3)
    propose(setting, machine, "-o", "argot.yaml")
    log.write_text(log.read_text() + SUDO)
    whole = (setting.folder / "argot.yaml").read_text()
    assert "typed: sshd 3\n" in whole, whole
    (setting.folder / "argot.yaml").write_text(whole.replace("    format", "    follow: false\n    format"))
    expect(setting.run("run"), 0)
    expect(setting.run("query", "--columns", "user_name", 'event_type == "AUTH_PRIVILEGE_USE"'), 0, out='"amy"')


@case
def what_is_proposed_is_checked_and_runs(setting):
    machine = Machine(setting)
    propose(setting, machine, "-o", "argot.yaml")
    expect(setting.run("check", "-c", "argot.yaml"), 0)
    whole = (setting.folder / "argot.yaml").read_text()
    (setting.folder / "argot.yaml").write_text(whole.replace("    format", "    follow: false\n    format"))
    expect(setting.run("run"), 0)
    found = expect(setting.run("query", "--by", "format_name", "-o", "jsonl", 'event_type is not null'), 0)
    counts = {line["format_name"]: line["count"] for line in map(json.loads, found.out.splitlines())}
    assert counts == {"sshd/1": 9, "sudo/1": 1}, found.out


@case
def what_is_there_stays_as_it_is(setting):
    machine = Machine(setting)
    kept = setting.file("argot.yaml", "mine\n")
    done = propose(setting, machine, "-o", kept, status=2)
    assert "is there already" in done.err, done.err
    assert open(kept).read() == "mine\n"


@case
def a_place_that_cannot_be_looked_at_is_told(setting):
    setting.file("file")
    done = propose(setting, Machine(setting), "-o", "file/argot.yaml", status=2)
    assert "file/argot.yaml: Not a directory" in done.err, done.err


@case
def what_is_not_read_is_told(setting):
    machine = Machine(setting)
    machine.log("dpkg.log", UNREAD * 3)
    machine.log("empty.log", "")
    machine.log("wtmp", b"\0\1\2" * 99)
    machine.log("eve[1].log", SSHD.format(41))
    machine.process(10, "squid")
    machine.process(11, "postgres")
    machine.process(12, "sshd")
    done = propose(setting, machine, "-o", "argot.yaml")
    text = (setting.folder / "argot.yaml").read_text()
    for place in (done.err, text.partition("# Not read:\n")[2]):
        assert "dpkg.log: no format reads it: 0 of its last 3 lines" in place, place
        assert "eve[1].log: its name cannot stand in a configuration" in place, place
        assert "1 file is empty" in place, place
        assert "Squid (squid) runs: no log with its lines (squid) was found" in place, place
        assert "PostgreSQL (postgres) runs: argot has no format for its logs" in place, place
        assert "wtmp" not in place and "OpenSSH" not in place, place


@case
def lines_that_are_in_two_logs_are_read_once(setting):
    machine = Machine(setting)
    lines = [CHRONY, *(SSHD.format(i) for i in range(20, 40))]
    machine.log("syslog", "".join(lines))
    machine.log("sub.log", "".join(lines[5:]))
    out = propose(setting, machine).out
    assert f"- file: {machine.root}/var/log/syslog\n" in out, out
    assert f"sub.log: its lines are in {machine.root}/var/log/syslog too" in out, out
    assert f"- file: {machine.root}/var/log/auth.log\n" in out, out


@case
def envelopes_alone_are_not_called_typed(setting):
    machine = Machine(setting)
    machine.log("mail.log", CHRONY * 4)
    out = propose(setting, machine).out
    assert "of its last 4 lines 0 % are typed: syslog 4" in out, out


@case
def old_generations_are_left_out(setting):
    machine = Machine(setting)
    for name in ("auth.log.1", "auth.log-20261123", "auth.log.2.gz"):
        machine.log(name, SSHD.format(1))
    assert propose(setting, machine).out.count("- file: ") == 1


@case
def the_zone_of_the_machine_is_that_of_its_logs(setting):
    if not os.path.exists("/usr/share/zoneinfo/Asia/Tokyo"):
        raise Skip("there are no time zones here")
    machine = Machine(setting)
    link = machine.root / "etc/localtime"
    for target, expected in (("Asia/Tokyo", True), ("Etc/UTC", False), ("No/Where", False)):
        link.unlink(missing_ok=True)
        link.symlink_to("/usr/share/zoneinfo/" + target)
        out = propose(setting, machine).out
        assert (f"    timezone: {target}\n" in out) is expected, out


@case
def the_end_of_a_long_log_is_what_counts(setting):
    machine = Machine(setting)
    machine.log("long.log", UNREAD * 20000 + "".join(SSHD.format(i % 60) for i in range(5000)))
    out = propose(setting, machine).out
    assert "typed: sshd 2945\n" in out and "long.log\n    format: syslog\n" in out, out
    assert "dpkg" not in out, out


@case
def hostile_names_and_lines_do_no_harm(setting):
    machine = Machine(setting)
    names = ["a: b #c.log", 'quo"te.log', "-dash.log", "colon:", "Umläute.log"]
    for i, name in enumerate(names):
        machine.log(name, SSHD.format(40 + i))
    os.rename(machine.log("bytes", SSHD.format(59)), os.fsencode(machine.root) + b"/var/log/\xff\xfe.log")
    machine.log("new\nline.log", SSHD.format(58))
    machine.log("esc\x1bape.log", SSHD.format(57))
    machine.log("one-line.log", b"x" * 3000000)
    done = propose(setting, machine, "-o", "argot.yaml")
    expect(setting.run("check", "-c", "argot.yaml"), 0)
    text = (setting.folder / "argot.yaml").read_bytes()
    assert text.count(b"- file: ") == 1 + len(names), text
    assert b"\x1b" not in text and "\x1b" not in done.err, text
    for name in (b"\\xff\\xfe.log", b"new\\nline.log", b"esc\\x1bape.log"):
        assert name + b": its name cannot stand" in text, text


@case
def the_journal_is_read_where_syslog_writes_no_files(setting):
    if b"libsystemd.so" not in open(setting.argot, "rb").read():
        raise Skip("this argot reads no journal")
    machine = Machine(setting)
    machine.process(10, "sshd")
    (machine.root / "var/log/journal/0123").mkdir(parents=True)
    both = propose(setting, machine).out
    assert "journal:" not in both.partition("# Not read")[0] and "the journal: its lines are in" in both, both
    (machine.root / "var/log/auth.log").unlink()
    alone = propose(setting, machine).out
    assert f"  - journal: {machine.root}/var/log/journal\n" in alone and "OpenSSH" not in alone, alone


@case
def files_and_folders_can_be_named(setting):
    machine = Machine(setting)
    path = setting.file("app.log", SSHD.format(43))
    out = propose(setting, machine, path, str(machine.root / "var")).out
    assert f"- file: {path}\n" in out and "auth.log\n" in out, out


@case
def without_logs_nothing_is_proposed(setting):
    machine = Machine(setting)
    (machine.root / "var/log/auth.log").unlink()
    done = propose(setting, machine, "-o", "argot.yaml", status=1)
    assert "no log was found" in done.err, done.err
    assert not (setting.folder / "argot.yaml").exists()
    propose(setting, machine, str(machine.root / "nowhere"), status=1)


@case
def a_log_that_cannot_be_read_is_told(setting):
    if os.geteuid() == 0:
        raise Skip("root reads everything")
    machine = Machine(setting)
    machine.log("secret.log", SSHD.format(1)).chmod(0)
    assert "secret.log: Permission denied" in propose(setting, machine).out


main()
