"""The length of a message is time: while nothing comes from a caller Asterisk writes nothing (spec §5)."""

from __future__ import annotations

import asyncio

from tests.e2e.office import Office
from tests.e2e.people import outside_call

CALLER = "0145700001"


async def test_a_message_with_a_gap_in_its_sound_is_kept(office: Office) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world:
        call = await outside_call(world, bob.number, CALLER)
        await call.answered()
        await call.hears_speech()
        await call.send_dtmf("#")  # skips the greeting
        await call.hears(1000)
        await call.hears_silence(within=3)
        for voice, nothing in ((0.8, 2.5), (0.5, 0.0)):  # 1.3 s of voice: the length of each is what is tried
            call.media.unmute()
            await asyncio.sleep(voice)
            if nothing:
                call.media.mute()
                await asyncio.sleep(nothing)
        await call.hang_up()
    (message,) = await office.messages(bob)
    assert message.duration is not None
    (record,) = await office.records(bob)
    assert record.message == message.id


async def test_a_session_is_refreshed_and_silence_has_an_hour(office: Office) -> None:
    """RFC 4028 §7.1: what died without a BYE is found by the refresh; a muted phone sends nothing for long."""
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await outside_call(world, bob.number, CALLER)
        ring = await b.incoming()
        assert ring.header("Session-Expires") == "300"
        assert "timer" in (ring.header("Supported") or "")
        answer = await ring.answer()
        response = await call.answered()
        assert response.header("Session-Expires") == "300;refresher=uas"
        await answer.hang_up()
    for endpoint in (bob.number, "demo-trunk"):
        shown = await office.stack.asterisk_cli(f"pjsip show endpoint {endpoint}")
        assert dict(
            line.split(":") for line in shown.replace(" ", "").splitlines() if "rtp_timeout:" in line
        ) == {"rtp_timeout": "3600"}
