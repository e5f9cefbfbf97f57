#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_run_alerts.py ARGOT SOURCE

Alerts of argot run by webhook and by mail: what is told, signed and encoded; that what was stored is told though the
receiver fails, the run is killed, or both; that a flood becomes few messages.
"""
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import pathlib
import shutil
import signal
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from running import ask

ARGOT = pathlib.Path(sys.argv[1]).resolve()
MOST_SECONDS = 60
RULE = """rule failure {
    title "a failure"
    severity high
    match AUTH_LOGIN where event_outcome == "failure"
    alert "{user_name} from {source_ip}"
}
"""
CONFIG = """store: sqlite:events.db
inputs: [{{file: auth.log, format: sshd{follow}}}]
rules: [r.rule]
alerts:
{alerts}
"""
if b"seccomp_load" in ARGOT.read_bytes():
    CONFIG = "sandbox: kill\n" + CONFIG  # a call that is missing shows

wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)
        print("WRONG:", what)


def line(second, address, user="root"):
    return f"2026-03-03T10:00:{second:02}Z web1 sshd[1]: Failed password for {user} from {address} port 4000 ssh2\n"


class Receiver:
    """A web server that answers with the statuses that it is told, the last one for ever, and keeps what it gets."""

    def __init__(self, *statuses, tls=None):
        self.statuses = list(statuses)
        self.got = []  # (status, headers, body)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.statuses.pop(0) if len(outer.statuses) > 1 else outer.statuses[0]
                outer.got.append((status, self.headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a run that was killed
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}/in?secret=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def names(self, status=None):
        return [headers["webhook-id"] for told, headers, _ in self.got if status is None or told == status]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MailServer:
    """A mail server that wants a login, answers the data of mails with the replies that it is told, and keeps them.
    With `tls` it takes nothing without: it offers STARTTLS, or begins with it."""

    def __init__(self, *replies, tls=None, at_once=False):
        self.replies = list(replies)
        self.got = []  # (reply, from, to, data)
        self.logins = set()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def begin_tls(self):
                self.request = tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

            def handle(self):
                if tls and at_once:
                    self.begin_tls()
                self.say("220 mail.example.com")
                while self.talk():
                    self.begin_tls()

            def talk(self):
                """Until the end, or until TLS is asked for."""
                sender, to = None, []
                for line in self.rfile:
                    word, _, rest = line.decode().strip().partition(" ")
                    plain = tls and not isinstance(self.request, ssl.SSLSocket)
                    if word == "EHLO":
                        self.say(f"250-mail.example.com\r\n250 {'STARTTLS' if plain else 'AUTH PLAIN'}")
                    elif word == "STARTTLS" and plain:
                        self.say("220 go on")
                        return True
                    elif plain:
                        self.say("530 not without TLS")
                    elif word == "AUTH":
                        self.say("334 ")
                        outer.logins.add(base64.b64decode(self.rfile.readline()))
                        self.say("235 welcome")
                    elif word == "MAIL":
                        sender, to = rest, []
                        self.say("250 fine")
                    elif word == "RCPT":
                        to.append(rest)
                        self.say("550 nobody" if "nobody" in rest else "250 fine")
                    elif word == "DATA":
                        self.say("354 go on")
                        data = b""
                        while (line := self.rfile.readline()) != b".\r\n":
                            data += line[1:] if line.startswith(b".") else line
                        reply = outer.replies.pop(0) if len(outer.replies) > 1 else outer.replies[0]
                        outer.got.append((reply, sender, to, data))
                        self.say(f"{reply} so it is")
                    elif word == "QUIT":
                        self.say("221 goodbye")
                        return False
                    else:
                        self.say("500 what?")
                return False

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.url = f"smtp{'s' if at_once else ''}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def prepare(folder, alerts, follow=", follow: false"):
    (folder / "r.rule").write_text(RULE, encoding="utf-8")
    (folder / "argot.yaml").write_text(CONFIG.format(alerts=alerts, follow=follow), encoding="utf-8")


def run(folder):
    return subprocess.run([ARGOT, "run"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=MOST_SECONDS, check=False)


def start(folder):
    with open(folder / "err.txt", "ab") as words:
        return subprocess.Popen([ARGOT, "run"], cwd=folder, stdin=subprocess.DEVNULL, stderr=words)


def said(folder):
    return (folder / "err.txt").read_text(encoding="utf-8")


def wait_until(condition, what):
    until = time.monotonic() + MOST_SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    check(condition(), what)


def stored(folder):
    return {name for name, in ask(folder, "SELECT alert_id FROM alerts")}


def is_signed(headers, body, secret):
    due = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    due = base64.b64encode(hmac.new(secret, due, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{due}" and abs(int(headers["webhook-timestamp"]) - time.time()) < 600


def tells_by_webhook(folder):
    receiver = Receiver(200)
    secret = bytes(range(24))
    (folder / "token").write_text("a-token\n", encoding="utf-8")
    (folder / "key").write_text("whsec_" + base64.b64encode(secret).decode() + "\n", encoding="utf-8")
    prepare(folder, f"  - webhook: {receiver.url}\n    bearer: token\n    secret: key\n")
    (folder / "auth.log").write_text("".join(line(i, f"203.0.113.{i}") for i in range(1, 8)), encoding="utf-8")
    done = run(folder)
    check(done.returncode == 0 and "wait" not in done.stderr, f"status {done.returncode}: {done.stderr}")
    check(sorted(receiver.names()) == sorted(stored(folder)) and len(receiver.got) == 7, f"told {receiver.names()}")
    for _, headers, body in receiver.got:
        alert = json.loads(body)
        check(alert["alert"]["id"] == headers["webhook-id"], f"{headers['webhook-id']}: {alert}")
        check(headers["Authorization"] == "Bearer a-token", f"authorization {headers['Authorization']}")
        check(headers["Content-Type"] == "application/json", f"type {headers['Content-Type']}")
        check(is_signed(headers, body, secret), f"signature {headers['webhook-signature']}")
    check(ask(folder, "SELECT count(*) FROM messages") == [(0,)], "what was told still waits")
    check(len(run(folder).stderr) and len(receiver.got) == 7, "told again by a run that found nothing new")
    receiver.close()


def tries_again_and_gives_up_what_is_refused(folder):
    receiver = Receiver(503, 400, 429, 200)
    prepare(folder, f"  - webhook: {receiver.url}\n", "")
    (folder / "auth.log").write_text("".join(line(i, f"203.0.113.{i}") for i in range(1, 4)), encoding="utf-8")
    process = start(folder)
    wait_until(lambda: len(receiver.names(200)) == 2, "what was refused for a while was not told later")
    process.send_signal(signal.SIGTERM)
    check(process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {said(folder)}")
    check(set(receiver.names(200)) | set(receiver.names(400)) == stored(folder), "an alert was forgotten")
    check("answered with 503" in said(folder) and "1 messages about alerts could not be told" in said(folder),
          f"said {said(folder)}")
    check("secret=1" not in said(folder), "the address is said, which may be a secret")
    receiver.close()


def tells_after_a_kill(folder):
    """Nobody listens, the run is killed; a later one tells all, what was grouped too."""
    with socketserver.TCPServer(("127.0.0.1", 0), None) as unused:
        port = unused.server_address[1]
    alerts = (f"  - webhook: http://127.0.0.1:{port}/a\n"
              f"  - webhook: http://127.0.0.1:{port}/b\n    group: {{by: rule_name, every: 1h}}\n")
    prepare(folder, alerts, "")
    (folder / "auth.log").write_text("".join(line(i % 60, f"203.0.113.{i % 9}") for i in range(200)), encoding="utf-8")
    process = start(folder)
    wait_until(lambda: ask(folder, "SELECT count(*), sum(held) FROM messages") == [(202, 1)], "messages that wait")
    wait_until(lambda: said(folder).count("http://127.0.0.1") == 2, "each output is said")
    process.kill()
    process.wait()
    receiver = Receiver(200)
    prepare(folder, alerts.replace(str(port), str(receiver.server.server_port)), "")
    done = start(folder)
    wait_until(lambda: "are given up" in said(folder), "messages for an address that is gone")
    done.kill()
    done.wait()
    receiver.close()


def tells_after_a_restart(folder):
    """The same with an address that begins to answer; the alerts of an open group are told together."""
    receiver = Receiver(500)
    prepare(folder, f"  - webhook: {receiver.url}\n    group: {{by: rule_name, every: 1h}}\n", "")
    (folder / "auth.log").write_text("".join(line(i, "203.0.113.9") for i in range(50)), encoding="utf-8")
    process = start(folder)
    wait_until(lambda: ask(folder, "SELECT held FROM messages ORDER BY id") == [(0,), (1,)] and receiver.got, "a group")
    process.kill()
    process.wait()
    receiver.statuses = [200]
    process = start(folder)
    wait_until(lambda: len(receiver.names(200)) >= 2, "what waited is told by the next run")
    wait_until(lambda: ask(folder, "SELECT count(*) FROM messages") == [(0,)], "that it was told is committed")
    process.send_signal(signal.SIGTERM)
    check(process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {said(folder)}")
    bodies = [json.loads(body) for status, _, body in receiver.got if status == 200]
    bodies.sort(key=lambda body: "group" in body)  # both are under way at once
    check(len(bodies) == 2 and bodies[0]["rule_name"] == "failure" and bodies[1]["alerts"] == 49, f"told {bodies}")
    check([name.endswith("-group") for name in sorted(receiver.names(200), key=len)] == [False, True],
          f"names {receiver.names(200)}")
    receiver.close()


def tells_by_mail(folder):
    script = folder / "sendmail"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >args\ncat >"mail.$$"\n', encoding="utf-8")
    script.chmod(0o755)
    prepare(folder, f"  - mail: [ops@example.com, root]\n    from: argot@example.com\n    via: {script}\n")
    user = "j\u00f6rg\\r\\nBcc:_evil@example.com"
    (folder / "auth.log").write_text(line(1, "203.0.113.9", user), encoding="utf-8")
    done = run(folder)
    check(done.returncode == 0 and "wait" not in done.stderr, f"status {done.returncode}: {done.stderr}")
    args = (folder / "args").read_text(encoding="utf-8").split()
    check(args == ["-i", "-f", "argot@example.com", "--", "ops@example.com", "root"], f"arguments {args}")
    mails = list(folder.glob("mail.*"))
    raw = mails[0].read_bytes() if len(mails) == 1 else b""
    check(all(len(one) <= 76 and b"\r" not in one for one in raw.split(b"\n")), f"mail {raw}")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    check(mail["To"] == "ops@example.com, root" and mail["Bcc"] is None, f"headers {mail.items()}")
    check(mail["Subject"].startswith("argot: high  failure  j\u00f6rg") and "j\u00f6rg" in mail["Subject"], f"subject {mail['Subject']}")
    check(mail["Message-ID"] == f"<{stored(folder).pop()}@example.com>", f"id {mail['Message-ID']}")
    check(abs(mail["Date"].datetime.timestamp() - time.time()) < 600, f"date {mail['Date']}")
    check("203.0.113.9 port 4000" in mail.get_content(), f"body {mail.get_content()}")


def tells_by_smtp(folder):
    server = MailServer(451, 554, 250)
    (folder / "login").write_text("argot\nsecret word\n", encoding="utf-8")
    prepare(folder, f"  - mail: [ops@example.com, nobody@example.com]\n    from: argot@example.com\n"
                    f"    via: {server.url}\n    login: login\n", "")
    (folder / "auth.log").write_text("".join(line(i, f"203.0.113.{i}") for i in range(1, 4)), encoding="utf-8")
    process = start(folder)
    wait_until(lambda: len([one for one in server.got if one[0] == 250]) == 2, f"mails: {server.got}")
    process.send_signal(signal.SIGTERM)
    check(process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {said(folder)}")
    check(server.logins == {b"\0argot\0secret word"}, f"logins {server.logins}")
    names = {email.message_from_bytes(data)["Message-ID"] for _, _, _, data in server.got}
    check(names == {f"<{one}@example.com>" for one in stored(folder)}, f"mails {names}")
    for _, sender, to, data in server.got:
        check(sender.startswith("FROM:<argot@example.com>") and "<ops@example.com>" in to[0], f"envelope {sender} {to}")
        check(all(one.endswith(b"\r") for one in data.split(b"\n")[:-1]), f"line ends of {data}")
    check("secret word" not in said(folder) and "1 messages about alerts could not be told" in said(folder),
          f"said {said(folder)}")
    server.close()


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    f"{name}.key", "-out", f"{name}.pem"], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def tells_over_tls(folder, servers, alerts):
    """Nothing to whom the certificates are not trusted, which is said and waits; all with the right ones."""
    (folder / "login").write_text("argot\nsecret word\n", encoding="utf-8")
    (folder / "auth.log").write_text("".join(line(i, f"203.0.113.{i}") for i in range(1, 4)), encoding="utf-8")
    make_certificate(folder, "other")
    prepare(folder, alerts.format(ca="other"), "")
    process = start(folder)
    wait_until(lambda: said(folder).count("certificate") >= len(servers), "that a certificate is not trusted is not said")
    process.send_signal(signal.SIGTERM)
    check(process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {said(folder)}")
    check(all(not server.got for server in servers), "somebody was told who is not trusted")
    check(ask(folder, "SELECT count(*) FROM messages") == [(3 * len(servers),)], "what was not told does not wait")
    prepare(folder, alerts.format(ca="server"), "")
    process = start(folder)
    wait_until(lambda: all(len(server.got) == 3 for server in servers), "what waited is not told over TLS")
    process.send_signal(signal.SIGTERM)
    check(process.wait(MOST_SECONDS) == 0, f"ended with a wrong status: {said(folder)}")
    check(ask(folder, "SELECT count(*) FROM messages") == [(0,)], "what was told still waits")
    for server in servers:
        server.close()


def tells_by_https(folder):
    receiver = Receiver(200, tls=make_certificate(folder, "server"))
    tells_over_tls(folder, [receiver], f"  - webhook: {receiver.url}\n    ca: {{ca}}.pem\n")
    check(sorted(receiver.names()) == sorted(stored(folder)), f"told {receiver.names()}")


def tells_by_smtp_over_tls(folder):
    """With STARTTLS, and with TLS from the begin."""
    tls = make_certificate(folder, "server")
    servers = [MailServer(250, tls=tls, at_once=at_once) for at_once in (False, True)]
    tells_over_tls(folder, servers, "".join(
        f"  - mail: ops@example.com\n    from: argot@example.com\n    via: {server.url}\n    login: login\n"
        f"    ca: {{ca}}.pem\n" for server in servers))
    for server in servers:
        check(server.logins == {b"\0argot\0secret word"}, f"logins {server.logins}")


def has_libcurl(folder):
    prepare(folder, "  - webhook: https://alerts.example.com/\n")
    done = subprocess.run([ARGOT, "check", "-c", "argot.yaml"], cwd=folder, capture_output=True, text=True, check=False)
    return "built without libcurl" not in done.stderr + done.stdout


def main():
    tests = [tells_by_mail]
    with tempfile.TemporaryDirectory() as folder:
        if has_libcurl(pathlib.Path(folder)):
            tests += [tells_by_smtp, tells_by_webhook, tries_again_and_gives_up_what_is_refused, tells_after_a_kill,
                      tells_after_a_restart]
            if shutil.which("openssl"):
                tests += [tells_by_https, tells_by_smtp_over_tls]
            else:
                print("there is no openssl to make certificates with: TLS is not tested")
        else:
            print("this argot has no libcurl: webhooks are not tested")
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            before = time.monotonic()
            test(pathlib.Path(folder))
            print(f"{test.__name__}: {time.monotonic() - before:.1f} s")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
