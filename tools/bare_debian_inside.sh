#!/bin/bash
# Runs inside the bare Debian that tools/bare_debian.sh made; see there. Each STEP is one function. A step that fails is
# told, with the end of its log, and the next one is tried all the same; the exit code says whether one failed.
set -u
cd ~root || exit 1
clone=$PWD/callcontrol
export DEBIAN_FRONTEND=noninteractive
mkdir -p /var/log/steps

newcomer() { # what README.md asks for, and nothing else
    apt-get -qq update && apt-get -qq install -y git make && rm -rf callcontrol && git clone -q /clone.git callcontrol
}

until_ready() { # the log of `make run`, the process that runs it
    n=0
    while ! grep -q '^ready$' "$1"; do
        n=$((n + 1))
        if [ $n -gt 900 ] || ! kill -0 "$2" 2>/dev/null; then return 1; fi
        sleep 1
    done
}

step_run() {
    setsid make run >run.out 2>&1 & # a session of its own, which Ctrl-C reaches as a whole
    made=$!
    until_ready run.out "$made" || { cat run.out; return 1; }
    cat run.out
    .venv/bin/python - <<'END' || return 1
import json, urllib.request
print(json.load(urllib.request.urlopen("http://127.0.0.1:8080/healthz")))
END
    kill -INT -"$made"
    wait "$made" || return 1
    tail -n 3 run.out
    grep -q '^stopped$' run.out || return 1
    if grep -lazE 'asterisk|postgres|callcontrol' /proc/[0-9]*/cmdline 2>/dev/null; then echo "something is left"; return 1; fi
}

step_demo() { make demo ARGS=--with-crash; }
step_check() { make check; }
step_unit() { make test-unit; }
step_test() { make test; }
step_rings() { # all but what needs Asterisk, as `make test` does
    make test-packages && .venv/bin/python -m pytest -n 2 tests --ignore=tests/e2e --ignore=tests/realtime
}
step_e2e() {
    make test-packages rootfs &&
        .venv/bin/python -m pytest tests/e2e/test_calls.py tests/e2e/test_baresip.py tests/e2e/test_kamailio.py \
            tests/e2e/test_demo_by_hand.py tests/web/portal/test_portal_security.py
}
step_guide() { make .venv/.installed && bash tools/try_guide.sh; }

failed=0
if [ ! -e "$clone/.git" ] || [ "${1:-}" != again ]; then
    newcomer >/var/log/steps/newcomer.log 2>&1 || { tail -n 20 /var/log/steps/newcomer.log; echo "FAILED: clone"; exit 1; }
fi
[ "${1:-}" != again ] || shift
cd "$clone" || exit 1
for step in "$@"; do
    began=$(date +%s)
    ("step_$step") >"/var/log/steps/$step.log" 2>&1
    code=$?
    if [ $code -eq 0 ]; then
        echo "ok      $step ($(($(date +%s) - began)) s)"
    else
        failed=1
        tail -n 25 "/var/log/steps/$step.log"
        echo "FAILED  $step (exit code $code; /var/log/steps/$step.log in the root)"
    fi
done
exit $failed
