"""Phones that encrypt by DTLS-SRTP alone (RFC 5764) have a second account of their line (key `dtls`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rig import Phone
from rig.baresip import Baresip, missing
from tests.e2e.office import Desk, Office
from tests.e2e.test_encrypted_sound import DTLS, offering
from tests.e2e.web import logged_in
from tests.stack import Stack

TONE = 440


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def studio(stack: Stack) -> AsyncIterator[Office]:
    """Lines that all have the second account."""
    assert not missing(), missing()
    opened = await Office.open(stack, 8, company="Studio", prefix="02251", of_lines={"dtls": "savpf"})
    yield opened
    await opened.close()


def browser(office: Office, desk: Desk) -> Baresip:
    """It offers ``UDP/TLS/RTP/SAVPF``, as a browser does."""
    account, server = f"{desk.number}-dtls", office.stack.sip_server
    return Baresip(account, desk.sip_password, server, tone=TONE, encryption="dtls_srtp")


async def test_it_calls_as_its_line_and_both_hear_each_other(studio: Office) -> None:
    alice, bob = studio.desks(2)
    async with browser(studio, alice) as softphone, studio.phone(bob) as b:
        await softphone.registered()
        await b.register()
        await softphone.dial(bob.extension)
        ring = await b.incoming()
        assert ring.caller.uri.user == alice.number
        await ring.answer()
        await softphone.established()
        await ring.hears(TONE, within=10)
        await asyncio.sleep(1.5)  # the length of the talk: baresip writes down what it hears
        await ring.hang_up()
        await softphone.closed()
        assert softphone.heard_tone(ring.tone)


async def test_it_rings_with_the_desk_phone_of_its_line_and_counts_as_one_of_its_devices(
    studio: Office,
) -> None:
    (bob,) = studio.desks(1)
    async with (
        browser(studio, studio.chief) as softphone,
        studio.phone(studio.chief) as desk,
        studio.phone(bob) as b,
    ):
        await softphone.registered()
        await desk.register()
        await b.register()
        async with logged_in(studio) as chief:
            assert len((await chief.get("me/devices"))["items"]) == 2
        call = await b.invite(studio.chief.number)
        await softphone.ringing()
        ring = await desk.incoming()
        leg = await ring.answer()
        await call.answered()
        await softphone.closed()
        await call.hang_up()
        await leg.ended()
        call = await b.invite(studio.chief.number)
        await desk.incoming()
        await softphone.ringing()
        await softphone.answer()
        await call.answered()
        await call.hears(TONE, within=10)
        await call.hang_up()
    await studio.nothing_left()


async def test_its_password_and_its_lamp_are_the_lines(studio: Office) -> None:
    (alice,) = studio.desks(1)
    account = f"{alice.number}-dtls"
    async with Phone(account, "not-this-one", studio.stack.sip_server) as wrong:
        assert (await wrong.try_register()).status == 401
    async with Phone(account, alice.sip_password, studio.stack.sip_server) as right:
        await right.register()
        await right.lamp_shows(new=0)


async def test_a_phone_without_feedback_is_answered_in_its_own_profile(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.open(stack, 3, company="Studio 2", prefix="02252", of_lines={"dtls": "savp"})
    try:
        alice, bob = office.desks(2)
        async with Phone(f"{alice.number}-dtls", alice.sip_password, stack.sip_server) as a:
            await a.register()
            offering(monkeypatch, "UDP/TLS/RTP/SAVP", *DTLS)
            call = await a.invite(bob.number)
            body = (await call.answered()).body.decode()  # by the mailbox
            assert "m=audio 0" not in body
            assert "UDP/TLS/RTP/SAVP " in body
            assert "a=fingerprint:SHA-256" in body
            await call.hang_up()
    finally:
        await office.close()
