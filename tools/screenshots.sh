#!/bin/sh
# Makes the pictures of docs/screenshots anew: the pages as the tests see them. Needs what `make test` needs.
# Usage: tools/screenshots.sh [FOLDER]   (FOLDER: every picture, of each page, width and language, is left there)
set -eu

cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pictures=${1:-$scratch}
mkdir -p "$pictures" docs/screenshots
echo "== every page, in a browser"
CALLCONTROL_PICTURES="$pictures" .venv/bin/python -m pytest -q tests/web/portal -k whole
for name in login-1280-fr home-1280-fr home-360-fr messages-1280-fr security-password-1280-fr account-360-fr; do
    [ ! -e "$pictures/$name.png" ] || cp "$pictures/$name.png" "docs/screenshots/$name.png"
done
ls docs/screenshots
