#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh: installs what is missing, builds argot, and shows its main job on the logs in docs/samples: lines of many
# sources in, events of one schema out; what became of the broken ones; and what the stock rules make of the rest.
set -eu
cd "$(dirname "$0")/.."
LETTERS_SHOWN=4

sh scripts/setup.sh
sh scripts/build.sh build

letters=$(mktemp)
trap 'rm -f "$letters"' EXIT

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi
say() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

say "Log lines of $(find docs/samples -maxdepth 1 -name '*.log' | wc -l) kinds, as they were written:"
for log in docs/samples/*.log; do
    printf '%-24s %s\n' "$(basename "$log")" "$(head -n 1 "$log" | cut -c 1-120)"
done

say "The same as events of one schema: argot parse --output text docs/samples/*.log"
# A fixed receive time, which completes the years that syslog leaves out: so every run shows the same.
build/argot parse --output text --received-at 2026-11-24T12:00:00Z --dead-letters "$letters" docs/samples/*.log

say "One of them in full, as JSON: argot parse docs/samples/apache_access.log | head -n 1"
build/argot parse --quiet docs/samples/apache_access.log | head -n 1

say "Dead letters: what fitted no format, and why: argot explain LINE"
python3 - "$letters" "$LETTERS_SHOWN" <<'PYTHON'
import json
import subprocess
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    letters = [json.loads(line) for line in file]
for letter in letters[: int(sys.argv[2])]:
    if "raw_line" in letter and "\0" not in letter["raw_line"]:
        subprocess.run(["build/argot", "explain", letter["raw_line"]], check=False)
        print(flush=True)
PYTHON

say "What happened, as the stock rules see it: argot detect --output text docs/samples/*.log"
build/argot detect --output text --received-at 2026-11-24T12:00:00Z docs/samples/*.log

say "The classic: one address scans ports in the log of a firewall, then guesses passwords in that of sshd"
head -n 4 docs/samples/classic/firewall.log | cut -c 1-160
tail -n 4 docs/samples/classic/sshd.log
say "Rules over alerts of rules see one attack: argot detect --output text docs/samples/classic"
build/argot detect --output text --received-at 2026-11-24T12:00:00Z docs/samples/classic
