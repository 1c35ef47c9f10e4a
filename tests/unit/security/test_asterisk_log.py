"""What Asterisk writes, sorted: security.log is short and safe, and the calls hear of each password that was tried."""

from __future__ import annotations

import socket
from pathlib import Path

from callcontrol.link.socket import bound
from callcontrol.runtime.asterisk_log import AsteriskLog
from callcontrol.security_event import from_datagram
from tests.unit.security.test_security_event import line


def events(*names: str, second: int = 1) -> list[bytes]:
    text = line().replace("23:45:01.123", f"23:45:{second:02}.123")
    return [text.replace("ChallengeResponseFailed", name).encode() for name in names]


def test_security_events_are_sorted_out_and_told(tmp_path: Path) -> None:
    told = bound(tmp_path / "security.sock", socket.SOCK_DGRAM)
    told.settimeout(1)
    log = AsteriskLog(tmp_path / "asterisk.log", tmp_path / "security.log", tmp_path / "security.sock")
    log.add(
        [
            b"[2026] WARNING[1]: a.c: something with 0612345678",
            *events("ChallengeResponseFailed", "ChallengeSent"),
        ]
    )
    log.add(events("SuccessfulAuth", "InvalidAccountID"))
    assert (tmp_path / "asterisk.log").read_text("utf-8").count("\n") == 1
    kept = (tmp_path / "security.log").read_text("utf-8").splitlines()
    assert [each.split()[2] for each in kept] == ["ChallengeResponseFailed", "InvalidAccountID"]
    assert not any("0222969569" in each or "0123456789abcdef" in each for each in kept)
    heard = [from_datagram(told.recv(4096)) for _ in range(2)]
    assert [each.event for each in heard if each] == ["ChallengeResponseFailed", "SuccessfulAuth"]
    told.close()


def test_without_the_calls_it_is_kept_all_the_same(tmp_path: Path) -> None:
    log = AsteriskLog(tmp_path / "asterisk.log", tmp_path / "security.log", tmp_path / "nobody.sock")
    log.add(events("ChallengeResponseFailed"))
    assert (tmp_path / "security.log").read_text("utf-8").count("\n") == 1


def test_who_is_refused_already_fills_no_log(tmp_path: Path) -> None:
    log = AsteriskLog(tmp_path / "asterisk.log", tmp_path / "security.log", tmp_path / "nobody.sock")
    noise = b"[2026] WARNING[1]: res_pjsip_acl.c: Incoming SIP message from 127.0.0.66 did not pass PJSIP ACL test"
    for second in (1, 1, 1, 2, 2):
        log.add([noise, *events("FailedACL", second=second)] * 100)
    assert not (tmp_path / "asterisk.log").exists()
    assert (tmp_path / "security.log").read_text("utf-8").count("\n") == 2


LONG_QUEUE = (
    b"[2026-11-28 16:11:24.401] WARNING[24557]: channel.c:1118 __ast_queue_frame: Exceptionally long queue length"
    b" (%d voice / %d total) queuing to PJSIP/0222969569-0000001c"
)


def test_a_channel_that_is_sent_more_than_it_takes_is_told_of_once(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "asterisk.log"
    log = AsteriskLog(path, tmp_path / "security.log", tmp_path / "nobody.sock", told.append)
    log.add([LONG_QUEUE % (97, 97), LONG_QUEUE % (97, 150), b"forged: " + LONG_QUEUE % (0, 129)])
    assert told == [], "sound that waits is of a machine without time, and dropped by Asterisk"
    log.add([LONG_QUEUE % (0, 129)])
    log.add([LONG_QUEUE % (0, 130 + n) for n in range(500)])
    assert told == ["PJSIP/0222969569-0000001c"]
    assert path.read_text("utf-8").count("\n") == 5
    assert "0222969569" not in path.read_text("utf-8")
