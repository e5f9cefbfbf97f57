#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_tls.py ARGOT SOURCE

Syslog over TLS: what peers send is stored, who has no right certificate is not heard, garbage and peers that do nothing
harm nobody, certificates are read anew. The peer is Python's ssl; certificates are made by openssl.
"""
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time

ARGOT = pathlib.Path(sys.argv[1]).resolve()
SANDBOX = "sandbox: kill\n" if b"seccomp_load" in ARGOT.read_bytes() else ""  # a call that is missing shows
MOST_SECONDS = 60
SHAKING = 256  # as runtime/input/listener.h has it

wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)
        print("WRONG:", what)


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificate(folder, name, issuer="ca"):
    """NAME.pem and NAME.key, signed by a root that is made where it is not there."""
    if issuer and not (folder / f"{issuer}.pem").exists():
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                "2", "-subj", f"/CN={issuer}", "-keyout", f"{issuer}.key", "-out", f"{issuer}.pem")
    (folder / "extra").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
            "-CAcreateserial", "-days", "2", "-extfile", "extra", "-out", f"{name}.pem")


class Run:
    """argot run with one listener over TLS, in a folder with certificates."""

    def __init__(self, folder, more=""):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name = f"tls://127.0.0.1:{self.port}"
        (folder / "argot.yaml").write_text(
            f"store: sqlite:events.db\n{SANDBOX}inputs:\n  - syslog: {self.name}\n    certificate: server.pem\n"
            f"    key: server.key\n{more}rules: []\n", encoding="utf-8")
        with open(folder / "err.txt", "wb") as words:
            self.process = subprocess.Popen([ARGOT, "run"], cwd=folder, stdin=subprocess.DEVNULL, stderr=words)
        self.wait(lambda: "running" in self.said() or self.process.poll() is not None, "it does not run")

    def said(self):
        return (self.folder / "err.txt").read_text(encoding="utf-8", errors="replace")

    def wait(self, condition, what):
        until = time.monotonic() + MOST_SECONDS
        while not condition() and time.monotonic() < until:
            time.sleep(0.02)
        check(condition(), f"{what}; said {self.said()}")

    def count(self, table="events"):
        if not (self.folder / "events.db").exists():
            return 0
        with sqlite3.connect(f"file:{self.folder / 'events.db'}?mode=ro", uri=True, timeout=MOST_SECONDS) as store:
            return store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    def wait_for(self, count, what):
        self.wait(lambda: self.count() >= count, what)
        check(self.count() == count, f"{what}: {self.count()} events, not {count}")

    def connect(self, certificate=None, timeout=MOST_SECONDS):
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        if certificate:
            context.load_cert_chain(self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {self.said()}")


def message(number):
    return (f"<38>Mar  3 10:00:{number % 60:02} web1 sshd[{number + 1}]: Failed password for root from 203.0.113.9 "
            f"port 4000 ssh2").encode()


def counted(first, last):
    return b"".join(b"%d %s" % (len(message(i)), message(i)) for i in range(first, last))


def stores_what_peers_send(folder):
    run = Run(folder)
    with run.connect() as peer:
        peer.sendall(counted(0, 3))
        run.wait_for(3, "messages with lengths")
        peer.sendall(counted(3, 6000))  # full records of TLS, many at a time
        with run.connect() as other:
            other.sendall(b"".join(message(i) + b"\n" for i in range(100)))
        run.wait_for(6100, "many messages of two peers")
        peer.unwrap()  # the other one just goes
    run.end()
    check(run.count("dead_letters") == 0, "dead letters")


def harms_nobody(folder):
    run = Run(folder)
    with run.connect() as peer:
        with socket.create_connection(("127.0.0.1", run.port)) as plain:
            plain.sendall(b"<38>Mar  3 10:00:00 web1 sshd[1]: this is no TLS\n" * 100)
            try:
                while plain.recv(1000):
                    pass
            except ConnectionError:
                pass
        silent = [socket.create_connection(("127.0.0.1", run.port)) for _ in range(SHAKING + 20)]
        for one in silent[SHAKING:]:
            one.settimeout(MOST_SECONDS)
            try:
                check(one.recv(1) == b"", "a connection beyond the limit was kept")
            except ConnectionError:
                pass
        peer.sendall(counted(0, 10))
        run.wait_for(10, "messages beside peers that do nothing")
        for one in silent:
            one.close()
        peer.sendall(b"1000 never complete")
    with run.connect() as peer:  # there is room again
        peer.sendall(counted(0, 5))
        run.wait_for(15, "messages after peers that did nothing")
    run.end()
    check("connections ended before TLS was agreed on" in run.said() and "20 connections refused" in run.said(),
          f"what became of connections is not said: {run.said()}")
    check(run.count("dead_letters") == 1, "a message without its end is not kept")


def hears_only_who_is_trusted(folder):
    make_certificate(folder, "client")
    make_certificate(folder, "stranger", "other_ca")
    run = Run(folder, "    ca: ca.pem\n")
    for certificate in (None, "stranger"):
        try:
            with run.connect(certificate) as peer:  # TLS 1.3 tells the client with the first answer
                peer.sendall(counted(0, 5))
                check(peer.recv(1) == b"", f"{certificate} was answered")
        except (ssl.SSLError, ConnectionError):
            pass
    with run.connect("client") as peer:
        peer.sendall(counted(0, 5))
        run.wait_for(5, "messages of the trusted one alone")
    run.end()
    check("2 connections ended before TLS was agreed on" in run.said(), f"said {run.said()}")


def reads_certificates_anew(folder):
    run = Run(folder)
    with run.connect() as first:
        before = first.getpeercert(True)
        (folder / "server.pem").write_text("no certificate\n", encoding="utf-8")
        run.process.send_signal(signal.SIGHUP)
        run.wait(lambda: "server.pem" in run.said(), "a certificate that is none is not said")
        with run.connect() as again:
            check(again.getpeercert(True) == before, "the old certificate does not go on")
        make_certificate(folder, "server")
        run.process.send_signal(signal.SIGHUP)
        run.wait(lambda: run.said().count("rules") >= 2, "a second reload")
        with run.connect() as again:
            check(again.getpeercert(True) != before, "the new certificate is not used")
        first.sendall(counted(0, 4))
        run.wait_for(4, "a connection from before")
    run.end()


def has_tls(folder):
    (folder / "check.yaml").write_text("store: sqlite:events.db\ninputs:\n  - syslog: tls://127.0.0.1:6514\n"
                                       "    certificate: server.pem\n    key: server.key\n", encoding="utf-8")
    done = subprocess.run([ARGOT, "check", "-c", "check.yaml"], cwd=folder, capture_output=True, text=True, check=False)
    return "built without OpenSSL" not in done.stderr + done.stdout


def main():
    if not shutil.which("openssl"):
        print("there is no openssl to make certificates with")
        return 77
    for test in (stores_what_peers_send, harms_nobody, hears_only_who_is_trusted, reads_certificates_anew):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            make_certificate(folder, "server")
            before = time.monotonic()
            if not has_tls(folder):
                print("this argot has no OpenSSL")
                return 77
            test(folder)
            print(f"{test.__name__}: {time.monotonic() - before:.1f} s")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
