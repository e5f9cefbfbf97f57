#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# list_files.sh DIR PATTERN...          the names in DIR that fit a pattern, sorted, one a line
# list_files.sh --check DIR OUT DEPFILE NAME...
#     fails unless the formats in DIR are NAME...; DEPFILE names DIR itself, so that the build asks again when a file
#     comes or goes
set -eu
LC_ALL=C
export LC_ALL

list() {
    for file in $1; do
        [ -f "$file" ] && echo "$file"
    done
    return 0
}

if [ "$1" != --check ]; then
    cd "$1"
    shift
    for pattern; do list "$pattern"; done | sort
    exit 0
fi

dir=$2 out=$3 depfile=$4
shift 4
wanted=$(for name; do echo "$name.yaml"; done | sort)
found=$(cd "$dir" && list '*.yaml' | sed '/^schema\.yaml$/d' | sort)
if [ "$wanted" != "$found" ]; then
    echo "$dir: a format came or went: run meson setup --reconfigure in the build folder, then build again" >&2
    exit 1
fi
echo "$found" >"$out"
printf '%s: %s\n' "$out" "$dir" >"$depfile"
