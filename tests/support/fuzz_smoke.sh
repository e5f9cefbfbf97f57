#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz_smoke.sh TARGET SCRATCH CORPUS...: a short run of a libFuzzer target from the kept inputs. What it finds lands in
# SCRATCH, never among the kept ones. FUZZ_SECONDS and FUZZ_RUNS change how long it goes on.
set -eu
target=$1 scratch=$2
shift 2
mkdir -p "$scratch"
for corpus; do
    shift
    [ ! -d "$corpus" ] || set -- "$@" "$corpus"
done
set -- "$scratch" "$@"
exec "$target" -artifact_prefix="$scratch/" -runs="${FUZZ_RUNS:-20000}" -max_total_time="${FUZZ_SECONDS:-10}" \
    -max_len=4096 -timeout=10 -rss_limit_mb=2048 "$@"
