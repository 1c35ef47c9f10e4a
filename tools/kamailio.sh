#!/bin/sh
# Brings Debian's Kamailio for the test of an operator (tests/e2e/test_kamailio.py): its package is unpacked into
# .runtime/kamailio and not installed, since installed it starts a server on port 5060. Only the libraries that it needs
# are installed. Where it cannot be had, the test says so and is not run.
set -eu

target=$PWD/.runtime/kamailio
PATH="$PATH:/usr/sbin"
if [ -x "$target/usr/sbin/kamailio" ] || command -v kamailio >/dev/null 2>&1; then exit 0; fi

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "== unpacking Debian's kamailio into .runtime"
libraries=$(apt-cache depends kamailio 2>/dev/null | sed -n 's/^  Depends: \(lib[a-z0-9.+-]*\)$/\1/p')
# shellcheck disable=SC2086  # a list of words is meant
if [ -n "$libraries" ] &&
    (cd "$work" && apt-get -qq download kamailio >/dev/null 2>&1) &&
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends \
        $libraries </dev/null >/dev/null; then
    mkdir -p "$work/root" "${target%/*}"
    dpkg-deb -x "$work"/kamailio_*.deb "$work/root"
    rm -rf "$target"
    mv "$work/root" "$target"
else
    echo "(it cannot be had here: the test of it is left out)" >&2
fi
