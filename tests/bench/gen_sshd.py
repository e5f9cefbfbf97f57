#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_sshd.py MEGABYTES > FILE: an sshd log of that size, the same in every run: guessing from ever new addresses in
bursts of a few to a few dozen attempts, logins that succeed, sessions, lines of PAM and of sudo between them."""
import random
import sys
import time

random.seed(20260303)
WANT = int(float(sys.argv[1]) * 1e6)
START = 1767225600
USERS = ["root", "admin", "test", "oracle", "postgres", "amy", "bob", "git", "deploy", "www-data"] + [
    f"u{i}" for i in range(1, 2000)
]


def burst(out, now):
    """One address: what it does, and how long it takes."""
    ip = ".".join(str(random.randrange(1, 224)) for _ in range(4))
    guesses = random.choice((1, 1, 2, 3, 4, 5, 6, 12, 30))
    for _ in range(guesses):
        user, port, pid = random.choice(USERS), random.randrange(1024, 65536), random.randrange(300, 32768)
        sshd = f"gw1 sshd[{pid}]:"
        if random.random() < 0.4:
            out(now, f"{sshd} Invalid user {user} from {ip}")
            out(now, f"{sshd} pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip} ")
            out(now, f"{sshd} Failed password for invalid user {user} from {ip} port {port} ssh2")
        elif random.random() < 0.85:
            out(now, f"{sshd} Failed password for {user} from {ip} port {port} ssh2")
        else:
            out(now, f"{sshd} Accepted password for {user} from {ip} port {port} ssh2")
            out(now, f"{sshd} pam_unix(sshd:session): session opened for user {user} by (uid=0)")
            out(now, f"gw1 sudo[{pid}]: {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/id")
        out(now, f"{sshd} Received disconnect from {ip}: 11: Bye Bye [preauth]")
        now += random.choice((0, 1, 2, 5))
    return now


def main():
    written, now, last, stamp = 0, START, None, ""
    write = sys.stdout.write

    def out(when, text):
        nonlocal written, last, stamp
        if when != last:
            last, stamp = when, time.strftime("%b %e %H:%M:%S", time.gmtime(when))
        line = f"{stamp} {text}\n"
        written += len(line)
        write(line)

    while written < WANT:
        now = burst(out, now) + random.choice((0, 0, 1, 3))


if __name__ == "__main__":
    main()
