#!/bin/sh
# Installs the Debian packages that are missing, and only those: the one list of what the system needs of its host.
# A package counts as there when its program is. Usage: tools/packages.sh run|test   (test: what the tests need, too)
set -eu

# package:program
run="bubblewrap:bwrap sox:sox openssl:openssl util-linux:setpriv ca-certificates:update-ca-certificates"
build="mmdebstrap:mmdebstrap uidmap:newuidmap" # to build Asterisk's root filesystem
test="baresip-core:baresip sip-tester:sipp iproute2:ip nftables:nft chromium:chromium"

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
wanted="$run $build"
[ "${1:-run}" = test ] && wanted="$wanted $test"

missing=""
if [ "${1:-run}" = test ] && ! ldconfig -p | grep -q 'libatomic\.so\.1'; then
    missing=" libatomic1" # of the browser's driver (Playwright's own Node.js)
fi
for pair in $wanted; do
    command -v "${pair#*:}" >/dev/null 2>&1 || missing="$missing ${pair%%:*}"
done
if ! { [ -x .venv/bin/python ] || python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
    || /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'; } 2>/dev/null; then
    missing="$missing python3 python3-venv"
fi
if [ "${1:-run}" = test ]; then trap 'tools/kamailio.sh' EXIT; fi # last, when the package lists are new
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These programs are missing, and this is no Debian to install them on:$missing" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "Please have these packages installed (apt-get install):$missing" >&2; exit 1; }
    as_root="sudo"
fi
echo "== installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
install="$as_root apt-get -o DPkg::Lock::Timeout=300 -qq"
$install update >/dev/null || echo "(the package lists could not be refreshed; going on with those there are)" >&2
# shellcheck disable=SC2086  # a list of words is meant
$install install -y --no-install-recommends $missing </dev/null >/dev/null
