#!/bin/bash
# Types the commands of docs/operations.md, "From nothing to the first call", as they stand there; tools/bare_debian.sh
# runs it in a bare system, as root. What is not there is played: systemctl, the repository's address, the operator and
# its address (tools/guide_operator.py, which also is two phones and makes the first calls).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
sed -n '/^## From nothing to the first call/,/^## Configuration/p' "$here/docs/operations.md" |
    awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' |
    sed -e 's,REPOSITORY,/clone.git,' -e 's/host: sip.operator.example/host: 127.0.0.77, port: 5080/' >"$work/guide.sh"

cat >"$work/systemctl" <<'END'
#!/bin/bash
# Starts what the unit says, without systemd.
case "$*" in
*"enable --now callcontrol")
    cd /srv/callcontrol
    setsid runuser -u callcontrol -- .venv/bin/callcontrol run >/var/log/callcontrol.out 2>&1 </dev/null &
    ;;
esac
END
chmod +x "$work/systemctl"
"$here/.venv/bin/python" "$here/tools/guide_operator.py" operator &
operator=$!
trap 'kill $operator $(cat /srv/callcontrol/.runtime/run/supervisor.pid 2>/dev/null) 2>/dev/null || true' EXIT
rm -rf /srv/callcontrol
git config --global --add safe.directory '*'
PATH="$work:$PATH" timeout 1500 bash -eux "$work/guide.sh"
"$here/.venv/bin/python" "$here/tools/guide_operator.py" calls /srv/callcontrol/company.yaml
runuser -u callcontrol -- /srv/callcontrol/.venv/bin/callcontrol --config /srv/callcontrol/callcontrol.yaml status
