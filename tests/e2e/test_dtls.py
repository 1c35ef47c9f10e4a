"""Phones that encrypt by DTLS-SRTP alone (RFC 5764) have a second account of their line (key `dtls`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rig import Phone
from rig.baresip import Baresip, missing
from tests.e2e.office import Desk, Office
from tests.e2e.test_encrypted_sound import CRYPTO, DTLS, answered_with, offering
from tests.e2e.web import logged_in
from tests.stack import Stack

TONE = 440
BOB = "0225200008"
"""Nobody's phone is there: the mailbox answers."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def studio(stack: Stack) -> AsyncIterator[Office]:
    """Lines that all have the second account, in the profile that browsers have."""
    assert not missing(), missing()
    opened = await Office.open(stack, 8, company="Studio", prefix="02251", of_lines={"dtls": "savpf"})
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def plain_studio(stack: Stack) -> AsyncIterator[Office]:
    """And without feedback."""
    assert not missing(), missing()
    opened = await Office.open(stack, 8, company="Studio 2", prefix="02252", of_lines={"dtls": "savp"})
    yield opened
    await opened.close()


@pytest.fixture(params=["savp", "savpf"])
def place(request: pytest.FixtureRequest, studio: Office, plain_studio: Office) -> Office:
    """Either of them: its ``softphone`` offers ``UDP/TLS/RTP/SAVP`` or ``…/SAVPF``."""
    return plain_studio if request.param == "savp" else studio


def softphone_of(office: Office, desk: Desk) -> Baresip:
    account, server, feedback = (
        f"{desk.number}-dtls",
        office.stack.sip_server,
        desk.number.startswith("02251"),
    )
    return Baresip(account, desk.sip_password, server, tone=TONE, encryption="dtls_srtp", feedback=feedback)


async def test_it_calls_as_its_line_and_both_hear_each_other_after_a_hold_too(place: Office) -> None:
    alice, bob = place.desks(2)
    async with softphone_of(place, alice) as softphone, place.phone(bob) as b:
        await softphone.registered()
        await b.register()
        await softphone.dial(bob.extension)
        ring = await b.incoming()
        assert ring.caller.uri.user == alice.number
        await ring.answer()
        await softphone.established()
        await ring.hears(TONE, within=10)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears before a hold
        await softphone.hold()
        await ring.hears_speech()  # the music of a hold
        await softphone.resume()
        await ring.hears(TONE, within=10)
        await ring.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(ring.tone)


async def test_it_rings_with_the_desk_phone_of_its_line_and_counts_as_one_of_its_devices(
    place: Office,
) -> None:
    (bob,) = place.desks(1)
    async with (
        softphone_of(place, place.chief) as softphone,
        place.phone(place.chief) as desk,
        place.phone(bob) as b,
    ):
        await softphone.registered()
        await desk.register()
        await b.register()
        async with logged_in(place) as chief:
            assert len((await chief.get("me/devices"))["items"]) == 2
        call = await b.invite(place.chief.number)
        await softphone.ringing()
        ring = await desk.incoming()
        leg = await ring.answer()
        await call.answered()
        await softphone.closed()
        await call.hang_up()
        await leg.ended()
        call = await b.invite(place.chief.number)
        await desk.incoming()
        await softphone.ringing()
        await softphone.answer()
        await call.answered()
        await call.hears(TONE, within=10)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears
        await call.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(call.tone)
    await place.nothing_left()


async def test_its_password_and_its_lamp_are_the_lines(studio: Office) -> None:
    (alice,) = studio.desks(1)
    account = f"{alice.number}-dtls"
    async with Phone(account, "not-this-one", studio.stack.sip_server) as wrong:
        assert (await wrong.try_register()).status == 401
    async with Phone(account, alice.sip_password, studio.stack.sip_server) as right:
        await right.register()
        await right.lamp_shows(new=0)


FINGERPRINT = DTLS[0]
SAVP = "UDP/TLS/RTP/SAVP"


@pytest.mark.parametrize(
    ("profile", "lines", "answered"),
    [
        pytest.param(SAVP, DTLS, "a=setup:active", id="RFC 5763 5: actpass"),
        pytest.param(SAVP, [FINGERPRINT, "a=setup:active"], "a=setup:passive", id="RFC 4145 4: active"),
        pytest.param(SAVP, [FINGERPRINT, "a=setup:passive"], "a=setup:active", id="RFC 4145 4: passive"),
        pytest.param(SAVP, [FINGERPRINT, CRYPTO, "a=setup:active"], "a=setup:passive", id="SDES beside it"),
        pytest.param(f"{SAVP}F", DTLS, 488, id="RFC 5124: the other profile is its own setting"),
        pytest.param("RTP/SAVP", [CRYPTO], 488, id="SDES alone"),
        pytest.param("RTP/AVP", [], 488, id="plain"),
        pytest.param("RTP/AVP", DTLS, 488, id="RFC 8643 3.1: beside plain sound"),
    ],
)
async def test_what_a_phone_offers_there_is_taken_or_refused(
    plain_studio: Office,
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    lines: list[str],
    answered: str | int,
) -> None:
    alice, bob = plain_studio.chief, plain_studio.desk(BOB)
    async with Phone(f"{alice.number}-dtls", alice.sip_password, plain_studio.stack.sip_server) as a:
        await a.register()
        offering(monkeypatch, profile, *lines)
        expected = answered if isinstance(answered, int) else [SAVP, answered, "a=fingerprint:SHA-256"]
        await answered_with(await a.invite(bob.number), expected)
