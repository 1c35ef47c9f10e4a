"""SRTP is optional: SDES (RFC 4568) is taken from phones and offered to them beside plain sound (spec §9.1)."""

from __future__ import annotations

import asyncio

import pytest

from rig import sdp
from rig.baresip import Baresip, missing
from tests.e2e.office import Office

TONE = 440
KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
"""Of RFC 4568 §6.1: any 30 bytes in base64."""
FINGERPRINT = ":".join(["4A"] * 32)
SUITE = "AES_CM_128_HMAC_SHA1_80"
CRYPTO = f"a=crypto:1 {SUITE} inline:{KEY}"


DTLS = (f"a=fingerprint:SHA-256 {FINGERPRINT}", "a=setup:actpass")


def offering(monkeypatch: pytest.MonkeyPatch, profile: str, *lines: str) -> None:
    """From now on our phones offer their sound so."""
    plain = sdp.build

    def build(description: sdp.Sdp, session: int, version: int) -> bytes:
        body = plain(description, session, version).decode().replace("RTP/AVP", profile)
        return (body + "".join(f"{line}\r\n" for line in lines)).encode()

    monkeypatch.setattr(sdp, "build", build)


@pytest.mark.parametrize(
    ("profile", "lines", "answered"),
    [
        pytest.param("RTP/AVP", [], ["RTP/AVP"], id="RFC 3264: plain"),
        pytest.param("RTP/SAVP", [CRYPTO], ["RTP/SAVP", f"a=crypto:1 {SUITE}"], id="RFC 4568: SDES"),
        pytest.param("RTP/AVP", [CRYPTO], ["RTP/AVP", f"a=crypto:1 {SUITE}"], id="SDES beside plain RTP"),
        pytest.param("RTP/AVP", DTLS, ["RTP/AVP"], id="DTLS beside plain RTP"),
    ],
)
async def test_what_a_phone_offers_is_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch, profile: str, lines: list[str], answered: list[str]
) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        offering(monkeypatch, profile, *lines)
        call = await a.invite(bob.number)
        body = (await call.answered()).body.decode()  # by the mailbox
        assert "m=audio 0" not in body
        assert [part for part in answered if part not in body] == [], body
        await call.hang_up()


@pytest.mark.parametrize("encryption", ["srtp", "srtp-mand"])
@pytest.mark.parametrize("transport", ["udp", "tls"])
async def test_a_softphone_that_encrypts_hears_and_is_heard(
    office: Office, encryption: str, transport: str
) -> None:
    assert not missing(), missing()
    alice, bob = office.desks(2)
    server = office.stack.sip_server
    if transport == "tls":
        server = f"127.0.0.1:{office.stack.ports.sip_tls}"
    async with (
        Baresip(
            alice.number, alice.sip_password, server, tone=TONE, encryption=encryption, transport=transport
        ) as softphone,
        office.phone(bob) as b,
    ):
        await softphone.registered()
        await b.register()
        await softphone.dial(bob.number)
        ring = await b.incoming()
        await ring.ring()
        await ring.answer()
        await softphone.established()
        await ring.hears(TONE)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears
        await ring.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(ring.tone)


async def test_a_softphone_that_is_called_takes_the_encryption_that_is_offered(office: Office) -> None:
    assert not missing(), missing()
    alice, bob = office.desks(2)
    async with (
        Baresip(
            alice.number,
            alice.sip_password,
            f"127.0.0.1:{office.stack.ports.sip_tls}",
            tone=TONE,
            encryption="srtp",
            transport="tls",
            answers=True,
        ) as softphone,
        office.phone(bob) as b,
    ):
        await softphone.registered()
        await b.register()
        call = await b.invite(alice.number)
        await call.answered()
        await call.hears(TONE)
        assert "SRTP" in softphone.output or "srtp" in softphone.output, softphone.output
        await call.hang_up()


async def test_a_phone_is_offered_encryption_beside_plain_sound(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as b:
        await a.register()
        await b.register()
        call = await a.invite(bob.number)
        ring = await b.incoming()
        body = ring.request.body.decode()
        assert "RTP/AVP" in body
        assert "a=crypto:1 AES_CM_128_HMAC_SHA1_80" in body
        await ring.reject(486)
        await call.hang_up()
