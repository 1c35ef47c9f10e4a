#!/bin/sh
# Renews requirements.lock: every package that pyproject.toml asks for, directly or not, at its newest version that all
# specifiers admit. Called by make. It takes the oldest Python that we support: a newer one would choose versions that
# this one does not have, while what this one needs does for the newer ones.
set -eu

python=python3.11
"$python" -c '' 2>/dev/null || { echo "make lock needs Python 3.11: newer ones choose versions that 3.11 lacks." >&2; exit 1; }
echo "== choosing the newest versions (nothing is installed)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install -qq --disable-pip-version-check --use-pep517 --dry-run --ignore-installed \
    --report "$scratch/report.json" '.[dev]'
"$python" - "$scratch/report.json" >"$scratch/lock" <<'END'
import json, re, sys

print("# Every Python package of .venv, for Python 3.11 to 3.13. Written by `make lock`; `make` installs it.")
chosen = [row["metadata"] for row in json.load(open(sys.argv[1], encoding="utf-8"))["install"]]
names = {re.sub(r"[-_.]+", "-", one["name"]).lower(): one["version"] for one in chosen}
names.pop("callcontrol")
for name in sorted(names):
    print(f"{name}=={names[name]}")
END
mv "$scratch/lock" requirements.lock
git --no-pager diff --stat -- requirements.lock 2>/dev/null || true
echo "== now: make check test"
