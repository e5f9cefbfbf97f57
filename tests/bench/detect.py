#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""detect.py --tools FOLDER --logs FOLDER --build TEXT ARGOT

Raw sshd lines to alerts, processor time of whole processes, one thread: argot with one threshold rule, with a hundred,
and with a hundred that each have a condition more that holds for every event; a program written by hand for the one
rule, and SEC (where it is installed) with the same rules as regular expressions, over a smaller log. In turn, so that a
busy machine is unfair to all alike. ARGOT_BENCH_MB is the log's size (100), ARGOT_BENCH_ROUNDS how often each runs (5).
"""
import os
import re
import shutil

import bench

MB = int(os.environ.get("ARGOT_BENCH_MB", "100"))
SEC_MB = min(10, MB)
RULES = 100
ARGOT = re.compile(r"^(?P<good>\d+) lines, ", re.M)
PEER = re.compile(r"^(?P<good>\d+) lines, \d+ alerts$", re.M)
NOTHING = re.compile(r"(?P<good>)")

# A threshold a rule: the condition for argot, the pattern for SEC.
FIRST = (
    'process_name == "sshd" and event_outcome == "failure" and auth_method == "password"',
    r"sshd\[\d+\]: Failed password for (?:invalid user )?(\S+) from (\d+\.\d+\.\d+\.\d+) port \d+",
)
OTHERS = [
    ('user_name starts "u{i}" and event_outcome == "failure"', r"sshd\[\d+\]: Invalid user (u{i}\w*) from (\d+\.\d+\.\d+\.\d+)"),
    (
        'process_name == "sshd" and event_outcome == "failure" and user_name starts "u{i}"',
        r"sshd\[\d+\]: Failed password for (?:invalid user )?(u{i}\w*) from (\d+\.\d+\.\d+\.\d+) port \d+",
    ),
    (
        'process_name == "sshd" and event_outcome == "success" and user_name == "u{i}"',
        r"sshd\[\d+\]: Accepted password for (u{i}) from (\d+\.\d+\.\d+\.\d+) port \d+",
    ),
    ('process_name == "sshd" and source_port == 1{i}', r"sshd\[\d+\]: \S+ password for (\S+) from (\S+) port 1{i} "),
    ('event_outcome == "failure" and source_ip in 10.{i}.0.0/16', r"sshd\[\d+\]: Failed password for (\S+) from (10\.{i}\.\S+)"),
]


def rules(count, more=""):
    text = ""
    for i in range(1, count + 1):
        condition = (FIRST if i == 1 else OTHERS[i % len(OTHERS)])[0].replace("{i}", str(i))
        text += f"rule r{i} {{ match AUTH_LOGIN where {condition}{more} by source_ip when count >= 5 within 60s }}\n"
    return text


def sec_rules(count):
    text = ""
    for i in range(1, count + 1):
        pattern = (FIRST if i == 1 else OTHERS[i % len(OTHERS)])[1].replace("{i}", str(i))
        text += f"type=SingleWithThreshold\nptype=RegExp\npattern={pattern}\ncontinue=TakeNext\n"
        text += f"desc=r{i} $2\naction=write /dev/null %s\nwindow=60\nthresh=5\n\n"
    return text


def written(options, name, text):
    path = options.logs / name
    path.write_text(text)
    return path


def argot_programs(options, log):
    always = " and (len(host_name) > 0 or event_time is not null)"
    modes = [("1 rule", rules(1)), (f"{RULES} rules", rules(RULES)), (f"{RULES}, each more", rules(RULES, always))]
    start = [options.argot, "detect", "-f", "sshd", "--received-at", "2026-12-31T00:00:00Z", "-o", "none", "-r"]
    programs = []
    for number, (title, text) in enumerate(modes):
        path = written(options, f"bench-{number}.rule", text)
        programs.append(bench.Program(f"argot detect, {title}", [*start, path], log, ARGOT))
    return programs


def sec_programs(options, log):
    if not shutil.which("sec"):
        print("left out: sec is not installed")
        return []
    programs = []
    for count in (1, RULES):
        path = written(options, f"bench-{count}.sec", sec_rules(count))
        command = ["sec", f"--conf={path}", "--notail", "--debug=1", "--quiet"]
        program = bench.Program(f"sec, {count} rules", command, log, NOTHING)
        program.command[-1] = f"--input={log}"
        programs.append(program)
    return programs


def measure(programs, meter, rounds):
    for _ in range(rounds):
        for program in programs:
            program.seconds.append(program.run(meter)[1])


def main():
    options = bench.benchmark_parser("tools", "logs").parse_args()
    meter = options.tools / "meter"
    print(f"build      {options.build}\nprocessor  {bench.processor()}")
    print(f"times      user and system of the whole process, one thread; best of {bench.ROUNDS} interleaved rounds (SEC: 1);")
    print("           the last columns divide by a peer's time: less is better")
    log = bench.sshd_log(options, MB)
    peers = [bench.Program("threshold_peer", [options.tools / "threshold_peer"], log, PEER)]
    parse = [options.argot, "parse", "-j", "1", "-f", "sshd", "--output", "none"]
    peers.append(bench.Program("argot parse", parse, log, ARGOT))
    modes = argot_programs(options, log)
    for program in peers + modes:
        program.lines = int(program.says.search(program.run(meter)[0])["good"])
    measure(peers + modes, meter, bench.ROUNDS)
    bench.print_table(peers, modes)
    small = bench.sshd_log(options, SEC_MB)
    sec = sec_programs(options, small)
    if sec:
        modes = argot_programs(options, small)[:2]
        measure(sec, meter, 1)
        measure(modes, meter, bench.ROUNDS)
        with open(small, "rb") as lines:
            count = sum(1 for _ in lines)
        for program in sec + modes:
            program.lines = count
        bench.print_table(sec, modes)


if __name__ == "__main__":
    main()
