#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh FOLDER [MESON OPTION...]
# Configures FOLDER if that is still to do, again if a file came or went that the build finds by looking, and builds.
# Says nothing unless something fails; then it shows what. ARGOT_TARGETS names what to build where that is not all.
set -eu
folder=$1
shift
cd "$(dirname "$0")/.."
mkdir -p "$folder"
log=$folder/build.log

fail() {
    cat "$log" >&2
    echo "build.sh: $1" >&2
    exit 1
}

# What meson.build files find by looking; its list is kept beside the build to see when it changes.
found() {
    find formats rules generator grammar tests docs/samples -name build -prune -o -type f -print | LC_ALL=C sort
}

if [ ! -f "$folder/build.ninja" ]; then
    meson setup "$folder" "$@" >"$log" 2>&1 || fail "could not configure $folder"
elif [ "$(found)" != "$(cat "$folder/found.list" 2>/dev/null)" ]; then
    meson setup --reconfigure "$folder" "$@" >"$log" 2>&1 || fail "could not configure $folder again"
fi
found >"$folder/found.list"
# Unquoted: targets of their own.
# shellcheck disable=SC2086
ninja -C "$folder" ${ARGOT_TARGETS:-} >"$log" 2>&1 || fail "could not build $folder"
