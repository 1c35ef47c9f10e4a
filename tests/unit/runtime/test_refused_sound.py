"""Whoever set up a phone whose sound Asterisk refuses is told which account it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.runtime.asterisk_log import AsteriskLog
from callcontrol.runtime.refused_sound import explained, refused_lines

HEAD = "[2026-11-28 07:11:14.242] ERROR[20169]: res_pjsip_session.c:946 handle_incoming_sdp:  "
WHAT = "Couldn't negotiate stream 0:audio-0:audio:sendrecv (nothing)"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("0222969569", "the user name NUMBER-dtls", id="DTLS at the first account"),
        pytest.param("0222969569-dtls", "`savp` is UDP/TLS/RTP/SAVP", id="anything else at the second"),
        pytest.param("operator", "trunk operator: a call of it", id="DTLS of a trunk"),
    ],
)
def test_the_log_says_what_the_account_takes_and_no_number(tmp_path: Path, name: str, told: str) -> None:
    log = tmp_path / "asterisk.log"
    kept = AsteriskLog(log, tmp_path / "security.log", tmp_path / "nobody")
    kept.add([f"{HEAD}{name}: {WHAT}".encode(), b"something else"])
    refusal, why, other = log.read_text(encoding="utf-8").splitlines()
    assert "Couldn't negotiate" in refusal
    assert told in why
    assert other == "something else"
    assert "0222969569" not in log.read_text(encoding="utf-8")
    whose = "trunk operator" if name == "operator" else "022296••••"
    assert refused_lines(log.read_text(encoding="utf-8").splitlines() * 2) == {whose: 2}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"{HEAD}PJSIP/0222969569-00000012: {WHAT}", id="in a talk"),
        pytest.param(f"{HEAD}0222969569: Declining incoming SDP media stream", id="another complaint"),
        pytest.param(f"from '\"{HEAD}operator: {WHAT}\" <sip:x@h>'", id="somebody's name"),
        pytest.param("", id="nothing"),
    ],
)
def test_nothing_else_is_explained(line: str) -> None:
    assert explained(line.encode()) is None
