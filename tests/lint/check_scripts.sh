#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_scripts.sh SOURCE: shell scripts pass shellcheck, Python compiles, prose is spelled, man pages parse: as far as
# the checkers are installed (scripts/setup.sh --dev).
set -eu
cd "$1"
failed=0
has() { command -v "$1" >/dev/null 2>&1; }

scripts=$(find scripts tests .ci -type f \( -name '*.sh' -o -path '.ci/run' \) | LC_ALL=C sort)
if has shellcheck; then
    # shellcheck disable=SC2086
    shellcheck $scripts || failed=1
fi
for script in $scripts; do
    case $script in
    .ci/run) bash -n "$script" || failed=1 ;;
    *) sh -n "$script" || failed=1 ;;
    esac
done
find scripts tests -name '*.py' | LC_ALL=C sort | python3 -c '
import ast, sys
failed = 0
for path in sys.stdin.read().split():
    try:
        with open(path, "rb") as file:
            ast.parse(file.read(), path)
    except SyntaxError as error:
        print(error)
        failed = 1
sys.exit(failed)' || failed=1
if has codespell; then
    codespell --ignore-words tests/lint/codespell.words --skip '*.log,*/corpus/*,*/golden/*,*.expected' \
        README.md CHANGELOG.md docs scripts runtime generator tests/lint tests/support tests/bench \
        tests/unit || failed=1
fi
if has mandoc; then
    for page in docs/*.1; do
        [ ! -f "$page" ] || mandoc -Tlint -W warning "$page" || failed=1
    done
fi
exit "$failed"
