#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test.sh: installs what is missing, builds, runs every test. The last line is `N passed, N failed`, the status 0 when
# none failed. ARGOT_BUILD names another build folder, ARGOT_SETUP options for configuring it, ARGOT_SUITES the suites.
set -eu
cd "$(dirname "$0")/.."
build=${ARGOT_BUILD:-build}

# Even when nothing could be built or run, the last line says so in the form that is promised.
# Called by the trap.
# shellcheck disable=SC2317
finish() {
    status=$?
    [ "$status" -eq 0 ] || [ -n "${counted:-}" ] || echo "0 passed, 1 failed"
    exit "$status"
}
trap finish EXIT

sh scripts/setup.sh
# Unquoted: options of their own.
# shellcheck disable=SC2086
sh scripts/build.sh "$build" ${ARGOT_SETUP:-}

suites=
for suite in ${ARGOT_SUITES:-}; do
    suites="$suites --suite $suite"
done
rm -f "$build/meson-logs/testlog.json"
status=0
# shellcheck disable=SC2086
meson test -C "$build" --no-rebuild --print-errorlogs $suites || status=$?
counted=yes
python3 scripts/count_tests.py "$build/meson-logs/testlog.json" || status=1
exit "$status"
