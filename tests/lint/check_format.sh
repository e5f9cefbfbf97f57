#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_format.sh SOURCE: every C file looks as .clang-format says. Skipped (77) where clang-format is missing or of
# another version: what they print differs between versions.
set -eu
cd "$1"
WANTED_VERSION=14
if ! command -v clang-format >/dev/null 2>&1; then
    echo "clang-format is not installed"
    exit 77
fi
if ! clang-format --version | grep -q "version $WANTED_VERSION\."; then
    echo "clang-format is not version $WANTED_VERSION"
    exit 77
fi
wrong=$(find generator grammar runtime tests -type f \( -name '*.c' -o -name '*.h' \) | LC_ALL=C sort |
    while read -r file; do
        clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || echo "$file"
    done)
if [ -n "$wrong" ]; then
    echo "not formatted; run clang-format -i on:"
    echo "$wrong"
    exit 1
fi
