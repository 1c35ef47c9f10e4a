"""What a reload takes, and what it says waits: of two configurations, which keys differ and what becomes of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from callcontrol.commands import reload
from callcontrol.config.flat import changed, flat, shown, waits
from callcontrol.config.load import Config, load

SECRET = "hunter2-of-the-database"


def config(text: str = "", **environ: str) -> Config:
    given = {f"CALLCONTROL_{name}": value for name, value in environ.items()}
    found = load(None, {"CALLCONTROL_RUNTIME_DIR": "/nowhere", **given}, make_secrets=False)
    return replace(found, log_level=text or found.log_level)


@pytest.mark.parametrize(
    ("variable", "value", "key", "later"),
    [
        ("LOG_LEVEL", "debug", "log.level", False),
        ("LIMITS_EMERGENCY_CALLS", "9", "limits.emergency_calls", False),
        ("RTP_END", "19000", "rtp.end", False),
        ("WEB_PORT", "81", "web.port", False),
        ("SIP_PHONE_NETWORKS", "192.0.2.0/24", "sip.phone_networks", False),
        ("MEDIA_KEEP_FREE_MB", "7", "media.keep_free_mb", False),
        ("SIP_PORT", "5070", "sip.port", True),
        ("SIP_BIND", "127.0.0.1", "sip.bind", True),
        ("MEDIA_DIR", "/elsewhere", "media.dir", True),
        ("DATABASE_URL", "postgresql://db/x", "database.url", True),
        ("ASTERISK_ARI_URL", "http://127.0.0.1:9/ari", "asterisk.ari_url", True),
        ("SMTP_CATCH_ALL", "false", "smtp.catch_all", True),
    ],
)
def test_each_key_is_taken_or_waits(variable: str, value: str, key: str, later: bool) -> None:
    old, new = config(), config(**{variable: value})
    keys = changed(flat(old), flat(new))
    assert key in keys
    assert waits(key, new) is later


def test_a_trunk_is_one_key_and_no_secret_is_written_down(tmp_path: Path) -> None:
    file = tmp_path / "callcontrol.yaml"
    file.write_text(f"trunks: [{{name: op, host: op.example.net, user: u, password: {SECRET}}}]")
    environ = {
        "CALLCONTROL_RUNTIME_DIR": "/nowhere", "CALLCONTROL_DATABASE_URL": f"postgresql://u:{SECRET}@db/x",
        "CALLCONTROL_SMTP_URL": f"smtp://u:{SECRET}@mail", "CALLCONTROL_ASTERISK_ARI_PASSWORD": SECRET,
    }  # fmt: skip
    with_trunk = load(file, environ, make_secrets=False)
    with_trunk = replace(with_trunk, link_key=SECRET)
    assert SECRET not in str(flat(with_trunk))
    old, new = flat(replace(with_trunk, trunks=())), flat(with_trunk)
    assert changed(old, new) == ["trunks.op"]
    assert not waits("trunks.op", with_trunk)
    assert shown("trunks.op", old, new) == "trunks.op (new)"
    assert shown("trunks.op", new, old) == "trunks.op (gone)"
    other = flat(replace(with_trunk, trunks=(replace(with_trunk.trunks[0], qualify=60),)))
    assert shown("trunks.op", new, other) == "trunks.op (changed)"
    assert shown("database.url", new, {**new, "database.url": "x"}) == "database.url (changed)"
    assert shown("sip.port", {"sip.port": "5060"}, {"sip.port": "5070"}) == "sip.port (5060 → 5070)"


def test_a_change_of_who_is_trusted_over_tls_is_refused_whole(tmp_path: Path) -> None:
    def trunks(text: str) -> Config:
        file = tmp_path / "callcontrol.yaml"
        file.write_text(f"trunks: [{text}]")
        return load(file, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path)}, make_secrets=False)

    (tmp_path / "run").mkdir()
    tls = "{name: op, host: op.example.net, transport: tls%s}"
    reload.note(trunks(tls % ", qualify: 60"))
    for change in (", tls_ca: ca.pem", ", tls_verify: no"):
        with pytest.raises(reload.NeedsStart, match=r"restart callcontrol\. Nothing was changed"):
            reload.run(trunks(tls % change))
    assert changed(flat(trunks(tls % "")), flat(trunks(tls % ", qualify: 60"))) == ["trunks.op"]
    reload.note(trunks("{name: op, host: op.example.net}"))
    with pytest.raises(reload.NeedsStart):
        reload.run(trunks(tls % ""))
