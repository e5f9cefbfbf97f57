# SPDX-License-Identifier: Apache-2.0
# Runs `argot parse` over records and gives back what became of each; takes lines out of formats and of a folder of logs.
import base64
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "naive"))

RECEIVED = "2026-03-01T12:00:00Z"
TIMEOUT_S = 60
IDENTITY = ("source", "record", "line", "part")


class Number(str):
    """A JSON number as it was written; equal to another that means the same double."""

    def __eq__(self, other):
        if not isinstance(other, Number):
            return False
        return str.__eq__(self, other) or ((set(self) | set(other)) & set(".eE") and float(self) == float(other))

    def __ne__(self, other):
        return not self == other

    __hash__ = None


def parse(text):
    """JSON with numbers as they were written, so that nothing is lost."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)


def raw_of(shown):
    """The raw bytes that an event or letter shows, or None."""
    if "raw_line_base64" in shown:
        return base64.b64decode(shown["raw_line_base64"])
    return shown["raw_line"].encode() if "raw_line" in shown else None


class Run:
    """What one run of argot gave: events and letters by record number, the summary, the bytes of both outputs."""

    def __init__(self, status, out, letters, summary, messages):
        self.status = status
        self.out = out
        self.letter_bytes = letters
        self.summary = summary
        self.messages = messages
        self.events = {}
        self.letters = {}
        for line in out.splitlines():
            event = parse(line)
            self.events.setdefault(int(event["record"]), []).append(event)
        for line in letters.splitlines():
            letter = parse(line)
            self.letters.setdefault(int(letter["record"]), []).append(letter)  # several: the pieces of a long record

    def outcome(self, record):
        """What became of a record, without its identity: ["event", …], ["letter"] or ["skipped"]."""
        found = []
        for event in self.events.get(record, []):
            found.append({name: value for name, value in event.items() if name not in IDENTITY})
        if record in self.letters:
            return ["letter"] if not found else ["event and letter"]
        return ["event"] + found if found else ["skipped"]

    def count(self, *names):
        """A count of the summary by the first of its names that is there."""
        total = self.summary.get("total", self.summary)
        for name in names:
            if name in total:
                return int(total[name])
        raise SystemExit(f"the summary has none of {names}: {self.summary}")


class Argot:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        if not os.access(self.path, os.X_OK):
            raise SystemExit(f"{path}: not a program; build argot first or name it with --argot")

    def run(self, data, name=None, received=RECEIVED, zone="UTC", options=(), with_="record"):
        """argot parse over the bytes of a file."""
        with tempfile.TemporaryDirectory(prefix="argot-property-") as folder:
            paths = {each: os.path.join(folder, each) for each in ("input.log", "letters", "summary")}
            with open(paths["input.log"], "wb") as file:
                file.write(data)
            command = [self.path, "parse", "--output", "jsonl", "--with", with_, "--dead-letters", paths["letters"],
                       "--summary", paths["summary"], "--received-at", received, "--timezone", zone]  # fmt: skip
            command += [*options, *(["-f", name] if name else []), "input.log"]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S, check=False,
                                  cwd=folder, env={**os.environ, "LC_ALL": "C"})  # fmt: skip
            if done.returncode != 0:
                raise SystemExit(f"{' '.join(command)}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")
            letters = b""
            if os.path.exists(paths["letters"]):
                with open(paths["letters"], "rb") as file:
                    letters = file.read()
            with open(paths["summary"], encoding="utf-8") as file:
                summary = json.load(file)
            return Run(done.returncode, done.stdout, letters, summary, done.stderr)


def add_options(parser):
    """The options that every check has."""
    parser.add_argument("--argot", default=os.path.join(TOP, "build", "argot"), metavar="PROGRAM")
    parser.add_argument("--gen", metavar="PROGRAM", help="argot-gen; beside argot without it")
    parser.add_argument("--formats", default=os.path.join(TOP, "formats"), metavar="DIR")
    parser.add_argument("--schema", metavar="FILE", help="schema.yaml of the formats' folder without it")
    parser.add_argument("--corpus", metavar="DIR", help="a folder of folders of logs, taken too")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")


def load(options):
    """(Argot, Naive) by the options."""
    beside = options.gen or os.path.join(os.path.dirname(os.path.abspath(options.argot)), "argot-gen")
    if os.access(beside, os.X_OK):
        os.environ.setdefault("ARGOT_GEN", os.path.abspath(beside))
    sys.setrecursionlimit(20000)
    from chain import Naive

    return Argot(options.argot), Naive(options.formats, options.schema)


def example_lines(naive):
    """[(format's name, line)] of all examples."""
    found = []
    for format_ in naive.formats.values():
        for example in format_.examples:
            line = str(example["reject"] if "reject" in example else example["line"]).encode()
            found += [(format_.name, each) for each in line.split(b"\n")]
    return found


def corpus_lines(folder, most):
    """Lines of a folder of folders of logs, at most `most` of each file."""
    found = []
    for path, _, files in sorted(os.walk(folder)):
        for name in sorted(files):
            if name.endswith(".log"):
                with open(os.path.join(path, name), "rb") as file:
                    found += file.read().split(b"\n")[:most]
    return found


def finish(passed, failed):
    """The last line of every check, and its exit status."""
    print(f"{passed} passed, {failed} failed")
    sys.stdout.flush()
    return 1 if failed else 0
