#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill.py --argot PROGRAM [--seed N] [--runs N] [--lines N] [--keep]

Whatever ends a run, the next one goes on without loss or double. Logs of several kinds are read into a store with rules
on, once undisturbed, and several times by programs that are killed or asked to stop at random moments until one comes to
the end. All tables must be the same, row for row, but for ids and the time of receipt. Meanwhile a file is renamed, as
rotation does.
"""
import argparse
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

DAY = "24/Nov/2026:"
MOST_WRITTEN = 500000  # bytes, before the next end
MORE_SEEDS = 5  # where all runs were quicker than their ends
RULES = """
rule guessing { severity high match AUTH_LOGIN where event_outcome == "failure" by source_ip when count >= 4 within 30s
  collect user_name alert "{source_ip} guesses" }
rule tries { silent match HTTP_ACCESS by source_ip when distinct(request_path) >= 3 within 20s rearm every 1m }
rule both { by source_ip sequence within 5m { first alert guessing then HTTP_ACCESS } alert "{source_ip}" }
rule minutes { match any by event_type when count >= 1 every 1m alert "{event_type}" }
rule gaps { match AUTH_LOGIN by host_name when absent 40s }
rule each { match HTTP_ACCESS where status_code == 500 alert "{request_path}" }
rule calls { match any where event_provider is not null by event_action when count >= 3 session 20s }
"""

# What may differ between two runs, by table.
LEFT_OUT = {"events": {"id", "event_ingest_time"}, "alerts": {"number"}, "alert_causes": set(),
            "dead_letters": {"id", "event_ingest_time"}, "sources": {"path", "device", "inode"}}


def clock(second):
    return f"{9 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def access(rng, second):
    path = rng.choice(["/", "/cart", "/login", "/a?b=c", "/x/y"])
    return (f'192.0.2.{rng.randrange(1, 6)} - - [{DAY}{clock(second)} +0000] "GET {path} HTTP/1.1" '
            f'{rng.choice([200, 200, 404, 500])} {rng.randrange(9999)} "-" "curl/8.9.1"\n')


def auth(rng, second):
    return (f"Nov 24 {clock(second)} web{rng.randrange(2)} sshd[7]: Failed password for "
            f"{rng.choice(['root', 'ann'])} from 192.0.2.{rng.randrange(1, 6)} port {rng.randrange(1024, 65535)} ssh2\n")


def trail(rng, second):
    events = [{"eventVersion": "1.08", "eventTime": f"2026-11-24T{clock(second + i * rng.randrange(9))}Z",
               "eventSource": "iam.amazonaws.com", "eventName": rng.choice(["CreateUser", "ListUsers"]),
               "awsRegion": "us-east-1", "sourceIPAddress": f"192.0.2.{rng.randrange(1, 6)}", "eventType": "AwsApiCall",
               "userIdentity": {"type": "IAMUser", "userName": "ann"}, "eventID": f"e{second}-{i}"}
              for i in range(rng.randrange(1, 30))]
    return json.dumps({"Records": events}, separators=(",", ":")) + "\n"


def odd(rng, _):
    return rng.choice(["\n", "no format knows this line\n", "x" * 20000 + "\n", '{"a":\n', "\xff\xfe\x01bytes\n"])


def log(rng, make, lines):
    """A log in whose order a few lines are not."""
    text, second = [], 0
    for _ in range(lines):
        second += rng.randrange(3)
        text.append((odd if rng.random() < 0.03 else make)(rng, max(0, second - rng.choice([0, 0, 0, 0, 3, 30]))))
    return "".join(text).encode("latin-1")


def configure(folder, at, sandbox):
    (folder / "a.rule").write_text(RULES, encoding="utf-8")
    (folder / "argot.yaml").write_text(
        f"store: {at}\nrules: a.rule\n{sandbox}inputs:\n"
        "  - {file: web.log*, follow: false}\n  - {file: 'auth*.log', follow: false, timezone: +00:00}\n"
        "  - {file: trail.log, follow: false, format: aws_cloudtrail}\n", encoding="utf-8")


def command(argot, rng):
    """Within the folder: names of sources are the paths as they are given, and alerts are named by them."""
    return [argot, "run", "-q", "-c", "argot.yaml", "--commit-rows", str(rng.choice([1, 7, 50, 400])),
            "--record-max-bytes", "8000", "--block-bytes", str(rng.choice([100, 4096, 262144]))]


def finish(argot, folder, rng):
    """Runs to the end; how long it took."""
    began = time.monotonic()
    done = subprocess.run(command(argot, rng), cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        sys.exit(f"an undisturbed run ended with {done.returncode}: {done.stderr}")
    return time.monotonic() - began


def written(folder):
    total = 0
    for path in folder.glob("events.db*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # gone meanwhile
            pass
    return total


def wait(child, folder, rng, start):
    """Until a moment while it begins, or while it writes."""
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0, start))
        return
    enough = written(folder) + rng.randrange(MOST_WRITTEN)
    while child.poll() is None and written(folder) < enough:
        time.sleep(0.0005)


def disturb(argot, folder, rng, start, kills):
    """Starts it so often, and ends each by force at a random moment, until one ends by itself. How many did not."""
    hit = 0
    while hit < kills:
        with subprocess.Popen(command(argot, rng), cwd=folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:
            wait(child, folder, rng, start)
            child.send_signal(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            status = child.wait()
        if status not in (0, -signal.SIGKILL, -signal.SIGTERM, 130):
            sys.exit(f"a run that was killed ended with {status}")
        if status == 0:
            break
        hit += 1
    return hit


def segments(live):
    """The closed ones and the live one."""
    with sqlite3.connect(live) as db:
        files = [live.parent / file for (file,) in db.execute("SELECT file FROM segments ORDER BY number")]
    return [*files, live]


def table(live, name):
    """Its rows in all segments, but the sources, which the live one has."""
    rows, names = [], {}
    with sqlite3.connect(live) as db:
        names = dict(db.execute("SELECT id, name FROM sources"))
    for path in segments(live) if name != "sources" else [live]:
        with sqlite3.connect(path) as db:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})") if row[1] not in LEFT_OUT[name]]
            wanted = ", ".join(f'"{column}"' for column in columns)
            at = columns.index("source") if "source" in columns else None
            for row in db.execute(f"SELECT {wanted} FROM {name}"):
                rows.append(row if at is None else (*row[:at], names[row[at]], *row[at + 1:]))
    return sorted(rows, key=repr)


def compare(one, other):
    """What differs, and how many rows there are."""
    differences, counts = [], {}
    for name in LEFT_OUT:
        a, b = table(one, name), table(other, name)
        counts[name] = len(a)
        if a != b:
            missing, extra = [r for r in a if r not in b], [r for r in b if r not in a]
            differences.append(f"{name}: {len(a)} rows undisturbed, {len(b)} disturbed; missing {missing[:2]}, "
                               f"not due {extra[:2]}")
    for path in [*segments(one), *segments(other)]:
        with sqlite3.connect(path) as db:
            damage = db.execute("PRAGMA integrity_check").fetchone()[0]
        if damage != "ok":
            differences.append(f"{path}: {damage}")
    counts["segments"] = len(segments(other))
    return differences, counts


def store_of(seed, calm):
    """Of every third run not all events are kept; of every second one the disturbed store is in segments."""
    keys = "at: sqlite:events.db"
    if seed % 3 == 0:
        keys += ", events: matched, formats: {aws_cloudtrail: {raw: none}, sshd: {raw: unmatched}}"
    return f"{{{keys}}}" if calm or seed % 2 else f"{{{keys}, segment_size: 300KB}}"


def one_run(argot, folder, seed, lines):
    rng = random.Random(seed)
    logs = {"web.log": log(rng, access, lines), "auth1.log": log(rng, auth, lines), "auth2.log": log(rng, auth, lines // 3),
            "trail.log": log(rng, trail, lines // 20)}
    calm, rough = folder / "calm", folder / "rough"
    sandbox = "sandbox: kill\n" if b"seccomp_load" in pathlib.Path(argot).read_bytes() else ""
    for place in (calm, rough):
        place.mkdir()
        configure(place, store_of(seed, place == calm), sandbox)
        for name, content in logs.items():
            (place / name).write_bytes(content)
    finish(argot, calm, rng)
    start = finish(argot, calm, rng)  # there is nothing left to do
    hit = disturb(argot, rough, rng, start, 3)
    (rough / "web.log").rename(rough / "web.log.1")  # its name changes, and it goes on
    hit += disturb(argot, rough, rng, start, 6)
    finish(argot, rough, rng)
    differences, counts = compare(calm / "events.db", rough / "events.db")
    return differences, counts, hit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--argot", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lines", type=int, default=1500)
    parser.add_argument("--keep", action="store_true", help="leaves the folder of a run that failed")
    chosen = parser.parse_args()
    argot = str(pathlib.Path(chosen.argot).resolve())
    hits, seed, last = 0, chosen.seed, chosen.seed + chosen.runs
    while seed < last or (not hits and seed < last + MORE_SEEDS):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="argot-kill-"))
        differences, counts, hit = one_run(argot, folder, seed, chosen.lines)
        hits += hit
        print(f"seed {seed}: {hit} ends by force, {counts}")
        if differences:
            print("\n".join(differences))
            print(f"kept in {folder}" if chosen.keep else "")
        if not differences or not chosen.keep:
            shutil.rmtree(folder)
        if differences:
            return 1
        if min(counts.values()) == 0:
            print("a table is empty: nothing was shown")
            return 1
        seed += 1
    if not hits:
        print("no run was ended by force: nothing was shown")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
