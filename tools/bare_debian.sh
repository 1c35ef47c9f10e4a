#!/bin/sh
# Tries this clone on a bare Debian, as a newcomer would: a root file system with nothing but apt in it, and in it a
# fresh clone of what is committed here. Everything that is missing there, the set-up must bring or do without.
#
# Usage, as root:  tools/bare_debian.sh bookworm|trixie FOLDER [STEP ...]
#
# STEPs, by default all but rings and test: run (make run until it is healthy, then Ctrl-C), demo, check, unit, rings (every
# test that needs no Asterisk), e2e (a few that do), test (make test, whole: 50 minutes), guide (the commands of docs/operations.md, "From nothing to the first
# call", as they stand there). What a step prints goes to /var/log/steps/STEP.log in the root. FOLDER/SUITE is made when
# it is not there; the clone in it is made anew each time, unless "again" stands before the steps.
#
# The root is entered by pivot_root (from a chroot no user namespace can be made), in mount, pid and ipc namespaces of
# its own; it shares the host's network, since it installs packages: nothing else may have the ports 5060, 8080 …
# meanwhile. Mirrors, proxies and certificates are
# those that the host's own apt and pip use.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
suite=$1
folder=$2/$1
shift 2
[ $# -gt 0 ] || set -- run demo check unit e2e guide
case $suite in bookworm | trixie) ;; *) echo "which Debian: bookworm or trixie?" >&2; exit 2 ;; esac
[ "$(id -u)" -eq 0 ] || { echo "this needs root" >&2; exit 2; }
mkdir -p "$folder"

host_sources() { # the host's mirror of Debian, for another release of it
    sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null
    sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
}
mirror=$(host_sources | grep -E '/debian/?$' | head -n 1)
[ -n "$mirror" ] || { echo "no Debian mirror in /etc/apt" >&2; exit 1; }

root=$folder/root
if [ ! -e "$root/.bare" ]; then
    echo "== a bare $suite in $root"
    rm -rf "$root.new"
    mmdebstrap --variant=minbase "$suite" "$root.new" "$mirror" >"$folder/mmdebstrap.log" 2>&1 ||
        { tail -n 5 "$folder/mmdebstrap.log" >&2; exit 1; }
    touch "$root.new/.bare"
    mv "$root.new" "$root"
fi

echo "== the host's own ways to packages"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/hosts "$root/etc/hosts"
for part in /etc/apt/apt.conf.d/*; do # proxies, retries, dates: what the host needs to reach its mirror
    if grep -qsE 'Acquire' "$part"; then cp "$part" "$root/etc/apt/apt.conf.d/"; fi
done
if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi
for conf in "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
    if [ -e "$conf" ]; then mkdir -p "$root/root/.config/pip" && cp "$conf" "$root/root/.config/pip/pip.conf"; fi
done
if [ -d /usr/local/share/ca-certificates ]; then
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
fi

echo "== a fresh clone of $(git -C "$here" log -1 --format='%h %s')"
rm -rf "$folder/clone.git"
git clone --quiet --bare "$here" "$folder/clone.git"
git -C "$folder/clone.git" update-ref refs/heads/main "$(git -C "$here" rev-parse HEAD)"
git -C "$folder/clone.git" symbolic-ref HEAD refs/heads/main

cp "$here/tools/bare_debian_inside.sh" "$root/inside.sh"
mkdir -p "$root/clone.git"
# Local folders that pip was told to look into are laid in where they are.
locals=$(cat "$root/etc/pip.conf" "$root/root/.config/pip/pip.conf" 2>/dev/null | grep -oE '(file://)?/[^ ]+' |
    sed 's,^file://,,' | grep -E '^/(opt|srv|mnt)/' | cut -d / -f 1-3 | sort -u; printenv PIP_FIND_LINKS || true)
export SUITE="$suite" ROOT="$root" FOLDER="$folder" LOCALS="$locals"
exec unshare --mount --pid --ipc --fork --kill-child=TERM sh -eu -c '
    mount --make-rprivate /
    mount --bind "$ROOT" "$ROOT"
    for place in dev dev/shm sys; do mkdir -p "$ROOT/$place"; done
    mount --rbind /dev "$ROOT/dev"
    mount --rbind /sys "$ROOT/sys"
    mount -t proc proc "$ROOT/proc"
    mount --bind -o ro "$FOLDER/clone.git" "$ROOT/clone.git"
    for place in $LOCALS; do
        [ -d "$place" ] && mkdir -p "$ROOT$place" && mount --bind -o ro "$place" "$ROOT$place"
    done
    mkdir -p "$ROOT/.host"
    cd "$ROOT"
    pivot_root . .host
    umount -l .host
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 \
        ${PIP_FIND_LINKS:+PIP_FIND_LINKS="$PIP_FIND_LINKS"} ${PIP_DEFAULT_TIMEOUT:+PIP_DEFAULT_TIMEOUT="$PIP_DEFAULT_TIMEOUT"} \
        ${PIP_CERT:+PIP_CERT=/etc/ssl/certs/ca-certificates.crt} /bin/bash /inside.sh "$@"
' sh "$@"
