#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# setup.sh [--dev] [--bench]
# Installs what building and testing argot needs and what is not here yet, from Debian's packages. With nothing to do
# it is quiet, quick and needs no network. --dev adds the second compiler, the checkers and, unpacked only, the programs
# that argot hears syslog from; --bench the programs that argot is measured against.
set -eu

has_command() { command -v "$1" >/dev/null 2>&1; }
has_library() { has_command pkg-config && pkg-config --exists "$1"; }
has_header() { has_command cc && echo "#include <$1>" | cc -E -x c - >/dev/null 2>&1; }
has_file() { [ -e "$1" ]; }
has_fuzzer() {
    has_command clang &&
        [ -e "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null)" ] 2>/dev/null
}

missing=
# need PROBE ARGUMENT PACKAGE
need() {
    "has_$1" "$2" || missing="$missing $3"
}

base_set() {
    need command gcc gcc
    need header stdio.h libc6-dev
    need command meson meson
    need command ninja ninja-build
    need command python3 python3
    need command re2c re2c
    need command bison bison
    need command pkg-config pkg-config
    need library yaml-0.1 libyaml-dev
    need library check check
    need library zlib zlib1g-dev
    need library libzstd libzstd-dev
    need library liblzma liblzma-dev
    need header bzlib.h libbz2-dev
    need library libpcre2-8 libpcre2-dev
    need library sqlite3 libsqlite3-dev
    need library libmicrohttpd libmicrohttpd-dev
    need library libseccomp libseccomp-dev
    need library libsystemd libsystemd-dev
    need library openssl libssl-dev
    need library libcurl libcurl4-openssl-dev
    need file /usr/share/zoneinfo/Europe/Berlin tzdata
}

dev_set() {
    need command clang clang
    need command clang-format clang-format
    need command clang-tidy clang-tidy
    need fuzzer - "libclang-rt-$(clang_major)-dev"
    need command cppcheck cppcheck
    need command shellcheck shellcheck
    need command codespell codespell
    need command mandoc mandoc
    need command valgrind valgrind
    need command strace strace
    need command openssl openssl
    need file /lib/systemd/systemd-journal-remote systemd-journal-remote
}

bench_set() {
    need command lognormalizer liblognorm-utils
    need command sec sec
    need command c++ g++
    need library simdjson libsimdjson-dev
}

clang_major() {
    if has_command clang; then
        clang -dumpversion | cut -d. -f1
    else
        echo 14
    fi
}

# run_as_root COMMAND...
run_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has_command sudo; then
        sudo "$@"
    else
        echo "setup.sh: need root to install:$missing" >&2
        exit 1
    fi
}

apt() {
    run_as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null
}

# Unquoted below: a list of packages.
# shellcheck disable=SC2086
install_all() {
    apt update && apt install -y --no-install-recommends $missing
}

# install_missing required|optional: all in one go; optional ones, if that fails, one by one and without those that
# cannot be had.
install_missing() {
    [ -n "$missing" ] || return 0
    if ! has_command apt-get; then
        echo "setup.sh: no apt-get here; please install by hand (Debian's names):$missing" >&2
        [ "$1" = optional ]
        return
    fi
    echo "setup.sh: installing$missing" >&2
    log=$(mktemp)
    status=0
    install_all >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ] && [ "$1" = optional ]; then
        status=0
        for package in $missing; do
            apt install -y --no-install-recommends "$package" >>"$log" 2>&1 ||
                echo "setup.sh: went on without $package" >&2
        done
    fi
    [ "$status" -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    missing=
    return "$status"
}

dev=no bench=no
for argument; do
    case $argument in
    --dev) dev=yes ;;
    --bench) bench=yes ;;
    *)
        echo "usage: setup.sh [--dev] [--bench]" >&2
        exit 2
        ;;
    esac
done

base_set
if [ -n "$missing" ]; then
    install_missing required
    base_set
    if [ -n "$missing" ]; then
        echo "setup.sh: still missing after the installation:$missing" >&2
        exit 1
    fi
fi
if [ "$dev" = yes ]; then
    dev_set
    install_missing optional
    sh "$(dirname "$0")/peers.sh" || echo "setup.sh: went on without rsyslog and syslog-ng" >&2
fi
if [ "$bench" = yes ]; then
    bench_set
    install_missing optional
fi
