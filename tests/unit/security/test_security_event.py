"""What is read of Asterisk's security log, and what is kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.security_event import (
    SecurityEvent,
    from_datagram,
    parse,
    shown,
    source,
    to_datagram,
)

SESSION = "d3b0c442-98fc@127.0.0.66"
LINE = (
    "[2026-11-27 23:45:01.123] SECURITY[77]: res_security_log.c:114 in security_event_stasis_cb: "
    'SecurityEvent="ChallengeResponseFailed",EventTV="2026-11-27T23:45:01.122+0000",Severity="Error",Service="PJSIP",'
    'EventVersion="1",AccountID="{account}",SessionID="{session}",LocalAddress="IPV4/UDP/127.0.0.1/5060",'
    'RemoteAddress="{remote}",Challenge="1764287101/abcdef",Response="{response}",ExpectedResponse=""'
)
FRAMED = '",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/9.9.9.9/5'


def line(account: str = "0222969569", session: str = SESSION, remote: str = "IPV4/UDP/127.0.0.66/40123",
         response: str = "0123456789abcdef0123456789abcdef") -> str:  # fmt: skip
    return LINE.format(account=account, session=session, remote=remote, response=response)


def test_a_wrong_password_is_told_without_what_is_secret_in_it() -> None:
    event = parse(line())
    assert event == SecurityEvent(
        "2026-11-27 23:45:01.123", "ChallengeResponseFailed", "0222969569", "127.0.0.66", "UDP"
    )
    told = shown(event)
    assert told == (
        "2026-11-27 23:45:01.123 ChallengeResponseFailed account=022296•••• address=127.0.0.66 transport=UDP"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (line(remote="IPV6/TLS/2001:db8::7/40123"), "2001:db8::7"),
        (line(account="<unknown>"), "127.0.0.66"),
        (line(session='quoted"but without a comma"'), "127.0.0.66"),
        (line(response=FRAMED), "127.0.0.66"),
    ],
    ids=["IPv6", "no line", "a Call-ID with quotes", "a response that frames somebody"],
)
def test_nobody_else_is_framed_and_nobody_hides(text: str, address: str) -> None:
    event = parse(text)
    assert event is not None
    assert event.address == address


@given(st.text(max_size=60))
def test_whatever_an_account_is_called_none_of_it_is_kept_but_a_number(account: str) -> None:
    event = parse(line(account=account))
    if event is not None:
        assert event.address == "127.0.0.66"
        assert "\n" not in shown(event)
        assert from_datagram(to_datagram(event)) == event


@pytest.mark.parametrize("data", [b"", b"x", b"[]", b"[1,2,3,4,5]", b'["a","b"]', b"\xff", b"{}"])
def test_what_is_no_event_is_nothing(data: bytes) -> None:
    assert from_datagram(data) is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert source(address) == counted
