"""SRTP is optional: SDES (RFC 4568) is taken from phones and offered to them beside plain sound (spec §9.1)."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.numbers import redact
from rig import both_hear, sdp
from rig.baresip import Baresip, missing
from rig.outgoing import OutgoingCall
from tests.e2e.office import Office, eventually
from tests.e2e.people import outside_call

TONE = 440
MOBILE = "0660613001"
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


async def answered_with(call: OutgoingCall, expected: int | list[str]) -> None:
    """It is refused with that status, or answered by a mailbox with sound and with all of that in the description."""
    if isinstance(expected, int):
        await call.refused()
        assert call.final_status == expected
        return
    body = (await call.answered()).body.decode()
    assert "m=audio 0" not in body
    assert [part for part in expected if part not in body] == [], body
    await call.hang_up()


SHORT = f"a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}"
UNKNOWN = f"a=crypto:1 F8_128_HMAC_SHA1_80 inline:{KEY}"
SECOND = f"a=crypto:2 {SUITE} inline:{KEY}"


@pytest.mark.parametrize(
    ("profile", "lines", "answered"),
    [
        pytest.param("RTP/AVP", [], ["RTP/AVP"], id="RFC 3264: plain"),
        pytest.param("RTP/SAVP", [CRYPTO], ["RTP/SAVP", f"a=crypto:1 {SUITE}"], id="RFC 4568: SDES"),
        pytest.param(
            "RTP/SAVP", [f"{CRYPTO}|2^20|1:4"], ["RTP/SAVP", f"a=crypto:1 {SUITE}"],
            id="RFC 4568 6.1: with lifetime and MKI",
        ),
        pytest.param("RTP/SAVP", [SHORT], ["RTP/SAVP", "SHA1_32"], id="RFC 3711 5.2: a tag of 32 bits"),
        pytest.param(
            "RTP/SAVP", [SHORT, SECOND], ["a=crypto:1 AES_CM_128_HMAC_SHA1_32"],
            id="RFC 4568 5.1.2: of two suites the first",
        ),
        pytest.param(
            "RTP/SAVP", [UNKNOWN, SECOND], [f"a=crypto:2 {SUITE}"],
            id="RFC 4568 5.1.2: of two suites the one that is known",
        ),
        pytest.param("RTP/SAVP", [UNKNOWN], 488, id="RFC 4568 5.1.2: an unknown suite alone"),
        pytest.param("RTP/SAVP", [], 488, id="RFC 4568 5.1.1: SAVP without a key"),
        pytest.param("RTP/SAVP", [CRYPTO, *DTLS], [f"a=crypto:1 {SUITE}"], id="both keys: SDES"),
        pytest.param("RTP/AVP", [CRYPTO], ["RTP/AVP", f"a=crypto:1 {SUITE}"], id="RFC 8643: SDES beside plain RTP"),
        pytest.param("RTP/AVP", [UNKNOWN], ["RTP/AVP"], id="RFC 8643: an unknown suite beside plain RTP"),
        pytest.param("RTP/AVP", DTLS, ["RTP/AVP"], id="RFC 8643: DTLS beside plain RTP"),
        pytest.param("UDP/TLS/RTP/SAVPF", DTLS, 488, id="RFC 5764: DTLS alone has an account of its own"),
        pytest.param("RTP/SAVPF", [CRYPTO], 488, id="RFC 5124: SDES with feedback"),
    ],
)  # fmt: skip
async def test_what_a_phone_offers_is_taken_or_refused(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    lines: list[str],
    answered: list[str] | int,
) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        offering(monkeypatch, profile, *lines)
        await answered_with(await a.invite(bob.number), answered)


async def test_a_phone_that_speaks_dtls_alone_is_named_with_the_account_that_it_needs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = office.desks(2)
    log = office.stack.layout.logs / "asterisk.log"
    async with office.phone(alice) as a:
        await a.register()
        before = log.stat().st_size
        offering(monkeypatch, "UDP/TLS/RTP/SAVPF", *DTLS)
        await (await a.invite(bob.number)).refused()

    async def told() -> str | None:
        text = log.read_bytes()[before:].decode()
        return text if "the user name NUMBER-dtls" in text else None

    assert f"line {redact(alice.number)}: " in await eventually(told, "the log names the account")


async def test_a_trunk_whose_offer_is_refused_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bob,) = office.desks(1)
    log = office.stack.layout.logs / "asterisk.log"
    before = log.stat().st_size
    async with office.trunk() as world:
        offering(monkeypatch, "UDP/TLS/RTP/SAVP", *DTLS)
        await answered_with(await outside_call(world, bob.number, MOBILE), 488)

    async def told() -> bool | None:
        return (
            b"callcontrol: trunk demo-trunk: a call of it was refused (488)" in log.read_bytes()[before:]
            or None
        )

    await eventually(told, "the log names the trunk")


async def test_a_hold_and_its_end_may_bring_new_keys(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 4568 §7.1.4: an offer in the call has keys of its own, and so has its answer."""
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        offering(monkeypatch, "RTP/SAVP", CRYPTO)
        call = await a.invite(bob.number)
        await call.answered()
        monkeypatch.undo()
        again: tuple[tuple[sdp.Direction, str], ...] = (
            ("sendonly", KEY[::-1]),
            ("sendrecv", KEY.swapcase()),
        )
        for direction, key in again:
            offering(monkeypatch, "RTP/SAVP", CRYPTO.replace(KEY, key))
            body = (await call.reinvite(direction)).body.decode()
            monkeypatch.undo()
            assert "RTP/SAVP" in body
            assert "m=audio 0" not in body
            assert f"a=crypto:1 {SUITE}" in body
        await call.hang_up()


async def test_an_encrypted_call_is_forwarded_to_a_plain_trunk_and_both_hear_each_other(
    office: Office,
) -> None:
    assert not missing(), missing()
    alice, bob = office.desks(2)
    await office.set(bob, "call-manager", {"incoming": "forward", "unconditional": {"number": MOBILE}})
    server = f"127.0.0.1:{office.stack.ports.sip_tls}"
    async with (
        office.trunk() as world,
        Baresip(
            alice.number, alice.sip_password, server, tone=TONE, encryption="srtp-mand", transport="tls"
        ) as softphone,
    ):
        await softphone.registered()
        await softphone.dial(bob.number)
        out = await world.incoming()
        body = out.request.body.decode()
        assert "RTP/AVP" in body
        assert "a=crypto" not in body
        await out.answer()
        await softphone.established()
        await out.hears(TONE)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears before a hold
        await softphone.hold()
        await out.hears_speech()  # the music of a hold
        await softphone.resume()
        await out.hears(TONE)
        await out.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(out.tone)


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


@pytest.mark.parametrize("encryption", ["srtp", "srtp-mand"])  # it may, it must
async def test_a_softphone_that_is_called_takes_the_encryption_that_is_offered(
    office: Office, encryption: str
) -> None:
    assert not missing(), missing()
    alice, bob = office.desks(2)
    async with (
        Baresip(
            alice.number,
            alice.sip_password,
            f"127.0.0.1:{office.stack.ports.sip_tls}",
            tone=TONE,
            encryption=encryption,
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
        await softphone.closed()


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


async def test_a_phone_that_takes_nothing_but_encrypted_sound_rings_and_both_hear_each_other(
    office: Office,
) -> None:
    """It refuses plain sound with a key beside it (488), and is asked by RTP/SAVP; the next call begins there."""
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob, encrypts=True) as b:
        await a.register()
        await b.register()
        call = await a.invite(bob.number)
        plain = await b.incoming()
        assert sdp.parse(plain.request.body).profile == "RTP/AVP"
        await plain.reject(488)
        ring = await b.incoming()
        offered = sdp.parse(ring.request.body)
        assert (offered.profile, offered.key is not None) == ("RTP/SAVP", True)
        assert ring.caller.uri.user == alice.number
        await ring.ring()
        await call.ringing()
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        await leg.hold()
        await call.hears_speech()  # the music of a hold
        await leg.resume()
        await both_hear(call, leg)
        await leg.hang_up()
        await call.ended()
        call = await a.invite(bob.number)
        ring = await b.incoming()
        assert sdp.parse(ring.request.body).profile == "RTP/SAVP"
        await call.cancel()
        await ring.cancelled()
    records = await office.records(bob, 2)
    assert {record.rule.rule for record in records} == {"ring.default"}
