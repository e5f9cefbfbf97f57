#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_peers.py ARGOT SOURCE

The programs that send syslog elsewhere, and argot run: logger, rsyslog and syslog-ng in each way that they have. All
that they send is stored with the right fields; what comes while argot is not there waits with them, be it killed. They
are looked for in PATH and where scripts/peers.sh puts them (ARGOT_PEERS); what is not there is skipped.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from program import Skip, case, main
from running import Running, ask

PEERS = pathlib.Path(os.environ.get("ARGOT_PEERS") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "argot/peers")
SOME = 40
MOST_SECONDS = 30
CONFIG = """store: sqlite:events.db
inputs:
  - syslog: udp://127.0.0.1:PORT
  - syslog: {tcp}://127.0.0.1:PORT
{tls}  - syslog: unix:stream.sock
  - syslog: unixgram:datagrams.sock
rules: [r.rule]
"""
PLAIN = CONFIG.format(tcp="tcp", tls="")
TLS = CONFIG.format(tcp="tls", tls="    certificate: server.pem\n    key: server.key\n")
TEXT = "Failed password for root from 203.0.113.9 port {} ssh2"


def find(name):
    """The program, its environment and the folder that it was unpacked to, which is / for one that is installed."""
    unpacked = PEERS / "usr/sbin" / name
    if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"):
        return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"), dict(os.environ), pathlib.Path("/")
    if not unpacked.exists():
        raise Skip(f"there is no {name}; scripts/peers.sh gets one")
    libraries = [str(PEERS / "usr/lib/syslog-ng")]
    libraries += [str(one) for one in (PEERS / "usr/lib").glob("*-linux-gnu*")]
    return str(unpacked), {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}, PEERS


def stored(folder):
    return ask(folder, "SELECT source_port, process_name, process_pid, host_name, user_name, hex(source_ip), event_type "
                       "FROM events ORDER BY source_port")


def await_ports(run, ports, host, pid="41"):
    """Waits until an event of each is there, and checks them all: a port names a message."""
    folder, until = run.setting.folder, time.monotonic() + MOST_SECONDS
    while len({row[0] for row in stored(folder)}) < len(ports) and time.monotonic() < until:
        time.sleep(0.05)
    rows = stored(folder)
    assert [row[0] for row in rows] == sorted(ports), f"{[row[0] for row in rows]}, not {sorted(ports)}: {run.said()}"
    letters = ask(folder, "SELECT reason, raw_line FROM dead_letters")
    assert not letters, letters
    for row in rows:
        assert (row[1], str(row[2]), row[3], row[4]) == ("sshd", pid, host, "root"), row
        assert row[5].endswith("CB007109") and row[6] is not None, row


class Peer:
    """A logging daemon in the case's folder, which takes datagrams at in.sock and sends them on."""

    def __init__(self, setting, *words, env):
        self.path = setting.folder / "in.sock"
        self.words = setting.folder / "peer.txt"
        with open(self.words, "ab") as said:
            self.process = subprocess.Popen(words, cwd=setting.folder, env=env, stdin=subprocess.DEVNULL, stdout=said,
                                            stderr=said)
        until = time.monotonic() + MOST_SECONDS
        while not self.path.exists() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        assert self.path.exists(), self.words.read_text(encoding="utf-8", errors="replace")

    def send(self, ports):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.connect(str(self.path))
            for port in ports:
                out.send(f"<38>Mar  3 10:00:00 sshd[41]: {TEXT.format(port)}".encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def await_start(run):
    run.wait(lambda report: report["state"] == "running")


def survives(setting, run, start):
    """What is sent before, while nobody is there after a kill, and behind it, is stored, and once."""
    await_start(run)
    with start(run.port) as peer:
        peer.send(range(1, SOME))
        await_ports(run, range(1, SOME), socket.gethostname())
        run.process.kill()
        run.process.wait()
        peer.send(range(SOME, 2 * SOME))
        time.sleep(0.3)  # so that it has tried, and failed
        with open(setting.folder / "err.txt", "ab") as err:
            run.process = setting.start("run", stderr=err)
        await_start(run)
        peer.send(range(2 * SOME, 3 * SOME))
        await_ports(run, range(1, 3 * SOME), socket.gethostname())


# ---- logger ----

WAYS = (("--udp", "--rfc3164"), ("--udp", "--rfc5424"), ("--tcp", "--rfc3164"), ("--tcp", "--rfc5424"),
        ("--tcp", "--octet-count", "--rfc3164"), ("--tcp", "--octet-count", "--rfc5424"))


@case
def logger_is_heard(setting):
    if not shutil.which("logger"):
        raise Skip("there is no logger")
    with Running(setting, PLAIN) as run:
        await_start(run)
        for number, way in enumerate(WAYS, 1):
            log("--server", "127.0.0.1", "--port", str(run.port), *way, TEXT.format(number))
        await_ports(run, range(1, len(WAYS) + 1), socket.gethostname())
        run.end()


@case
def logger_is_heard_at_sockets(setting):
    """Of its machine's own daemon nothing needs to be told which host it is."""
    if not shutil.which("logger"):
        raise Skip("there is no logger")
    with Running(setting, PLAIN) as run:
        await_start(run)
        log("--socket", setting.folder / "datagrams.sock", TEXT.format(1))
        log("--socket", setting.folder / "stream.sock", TEXT.format(2))
        log("--socket", setting.folder / "datagrams.sock", "--rfc5424", TEXT.format(3))
        await_ports_of_sockets(run)
        run.end()


def await_ports_of_sockets(run):
    folder, until = run.setting.folder, time.monotonic() + MOST_SECONDS
    while len(stored(folder)) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    rows = stored(folder)
    assert [row[:2] for row in rows] == [(1, "sshd"), (2, "sshd"), (3, "sshd")], (rows, run.said())
    assert [str(row[2]) for row in rows] == ["41"] * 3 and rows[2][3] == socket.gethostname(), rows


def log(*words):
    subprocess.run(["logger", "--id=41", "--tag", "sshd", "--priority", "auth.info", *map(str, words)], check=True,
                   timeout=MOST_SECONDS)


# ---- rsyslog ----

RSYSLOG = """global(workDirectory="{folder}" maxMessageSize="64k"{more})
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/in.sock" RateLimit.Interval="0")
action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" TCP_Framing="{framing}" template="{template}"
    queue.type="LinkedList" action.resumeRetryCount="-1" action.resumeInterval="1"{tls})
"""


def start_rsyslog(setting, framing="octet-counted", template="RSYSLOG_SyslogProtocol23Format", more="", tls=""):
    program, env, root = find("rsyslogd")
    modules = next(iter((root / "usr/lib").glob("*-linux-gnu*/rsyslog")), None)
    assert modules, f"no modules of rsyslog in {root}"

    def start(port):
        path = setting.file("rsyslog.conf", RSYSLOG.format(folder=setting.folder, port=port, framing=framing,
                                                           template=template, more=more, tls=tls))
        return Peer(setting, program, "-n", "-f", path, "-i", str(setting.folder / "rsyslog.pid"), "-M", str(modules),
                    env=env)
    return start, modules


@case
def rsyslog_forwards_with_lengths(setting):
    start, _ = start_rsyslog(setting)
    with Running(setting, PLAIN) as run:
        survives(setting, run, start)
        run.end()


@case
def rsyslog_forwards_lines(setting):
    start, _ = start_rsyslog(setting, "traditional", "RSYSLOG_ForwardFormat")
    with Running(setting, PLAIN) as run:
        survives(setting, run, start)
        run.end()


def make_certificate(setting):
    if not shutil.which("openssl"):
        raise Skip("there is no openssl to make certificates with")
    for words in (("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                   "-subj", "/CN=argot.example.com", "-addext", "subjectAltName=DNS:argot.example.com", "-keyout",
                   "server.key", "-out", "server.pem"),):
        subprocess.run(["openssl", *words], cwd=setting.folder, check=True, capture_output=True)


def forwards_over_tls(setting, driver, library):
    make_certificate(setting)
    start, modules = start_rsyslog(
        setting, more=f' defaultNetstreamDriver="{driver}" defaultNetstreamDriverCAFile="{setting.folder}/server.pem"',
        tls=f' StreamDriver="{driver}" StreamDriverMode="1" StreamDriverAuthMode="x509/name"'
            ' StreamDriverPermittedPeers="argot.example.com"')
    if not (modules / library).exists():
        raise Skip(f"this rsyslog has no {library}")
    with Running(setting, TLS) as run:
        if "built without OpenSSL" in run.said():
            raise Skip("this argot was built without OpenSSL")
        survives(setting, run, start)
        run.end()


@case
def rsyslog_forwards_over_tls_of_gnutls(setting):
    forwards_over_tls(setting, "gtls", "lmnsd_gtls.so")


@case
def rsyslog_forwards_over_tls_of_openssl(setting):
    forwards_over_tls(setting, "ossl", "lmnsd_ossl.so")


# ---- syslog-ng ----

SYSLOG_NG = """@version: 3.38
options {{ stats-freq(0); time-reopen(1); keep-hostname(yes); use-dns(no); }};
source in {{ unix-dgram("{folder}/in.sock"); }};
destination out {{ {destination}; }};
log {{ source(in); destination(out); }};
"""


def syslog_ng_forwards(setting, destination):
    program, env, root = find("syslog-ng")
    modules = next(iter(sorted((root / "usr/lib/syslog-ng").glob("[0-9]*"))), None)
    if root == pathlib.Path("/"):
        modules = None  # it knows itself

    def start(port):
        path = setting.file("syslog-ng.conf", SYSLOG_NG.format(folder=setting.folder,
                                                               destination=destination.format(port=port)))
        files = [f"{option}={setting.folder}/ng{end}" for option, end in (("--pidfile", ".pid"), ("--control", ".ctl"),
                                                                         ("--persist-file", ".persist"))]
        more = [f"--module-path={modules}"] if modules else []
        return Peer(setting, program, "--foreground", "--no-caps", f"--cfgfile={path}", *files, *more, env=env)

    with Running(setting, PLAIN) as run:
        survives(setting, run, start)
        run.end()


@case
def syslog_ng_forwards_with_lengths(setting):
    syslog_ng_forwards(setting, 'syslog("127.0.0.1" transport("tcp") port({port}))')


@case
def syslog_ng_forwards_lines(setting):
    syslog_ng_forwards(setting, 'network("127.0.0.1" transport("tcp") port({port}))')


if __name__ == "__main__":
    sys.exit(main())
