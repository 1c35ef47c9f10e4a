#!/bin/sh
# Makes .venv with the Python packages of requirements.lock, at the versions there. Usage: tools/venv.sh PYTHON
# Called by make under a lock: where `make run` and `make demo` begin together, the second finds the work done.
set -eu

stamp=.venv/.installed
if [ "$stamp" -nt pyproject.toml ] && [ "$stamp" -nt requirements.lock ]; then exit 0; fi

python=${1:-/usr/bin/python3}
echo "== installing the Python packages into .venv (a minute or two, once)"
[ -x .venv/bin/python ] || "$python" -m venv .venv || /usr/bin/python3 -m venv --clear .venv
# -qq: errors only; pip's warnings are about the host's own settings.
.venv/bin/pip install -qq --disable-pip-version-check --use-pep517 --requirement requirements.lock
# Ours is built with the locked hatchling, not with one fetched for the occasion; its dependencies are there.
.venv/bin/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
touch "$stamp"
