#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peers.sh [FOLDER]
# Unpacks Debian's rsyslog and syslog-ng, and what they need and this machine has not, into a folder for
# tests/cli/test_run_peers.py (without one: ~/.cache/argot/peers). The two cannot both be installed, and installed ones
# would be the machine's own loggers: so nothing is installed, no service is started, and root is not needed.
set -eu

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/argot/peers}
if [ -e "$folder/complete" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
    echo "peers.sh: no apt-get and dpkg-deb here; tests look for rsyslogd and syslog-ng in PATH, too" >&2
    exit 1
fi

# packages_for NAME...: those and what is missing for them.
packages_for() {
    apt-get -s -o Debug::NoLocking=1 --no-install-recommends install "$@" | sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}

names=$({
    packages_for rsyslog rsyslog-gnutls rsyslog-openssl
    packages_for syslog-ng-core
} | sort -u)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"
# Unquoted: a list of packages.
# shellcheck disable=SC2086
(cd "$work" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download $names)
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$folder"
done
: >"$folder/complete"
