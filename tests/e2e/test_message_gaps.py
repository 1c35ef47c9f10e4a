"""The length of a message is time: while nothing comes from a caller Asterisk writes nothing (spec §5)."""

from __future__ import annotations

import asyncio
from array import array

import pytest

from tests.e2e.office import Desk, Office
from tests.e2e.people import outside_call

CALLER = "0145700001"


async def recorded(
    office: Office, desk: Desk, lead: float, voice: list[tuple[float, float]]
) -> tuple[float, list[bool]]:
    """The duration of a message of ``lead`` seconds of nothing, and so many of voice and of nothing after it, again and
    again; and whether there is sound in each tenth of a second of its file."""
    async with office.trunk() as world:
        call = await outside_call(world, desk.number, CALLER)
        await call.answered()
        await call.hears_speech()
        await call.send_dtmf("#")  # skips the greeting
        call.media.mute()
        await call.hears(1000)
        await call.hears_silence(within=3)
        await asyncio.sleep(lead)
        for spoken, nothing in voice:
            call.media.unmute()
            await asyncio.sleep(spoken)
            call.media.mute()
            await asyncio.sleep(nothing)
        await call.hang_up()
    (message,) = await office.messages(desk)
    assert message.duration is not None
    (record,) = await office.records(desk)
    assert record.message == message.id
    data = await asyncio.to_thread((office.stack.media_dir / message.path).read_bytes)
    samples = array("h", data[44 : 44 + (len(data) - 44) // 3200 * 3200])
    loud = [max(samples[at : at + 1600]) > 300 for at in range(0, len(samples), 1600)]
    assert len(loud) / 10 == pytest.approx(message.duration, abs=0.15)
    return message.duration, loud


@pytest.mark.parametrize(
    ("lead", "voice"),
    [
        pytest.param(0.0, [(1.0, 5.0), (0.7, 0.0)], id="a gap"),
        pytest.param(0.0, [(0.8, 2.5), (0.5, 0.0)], id="less than two seconds of sound"),
        pytest.param(
            1.6, [(1.5, 2.5), (1.2, 1.5), (1.4, 2.0)], id="several, at the beginning and the end too"
        ),
    ],
)
async def test_a_gap_in_the_sound_is_silence_in_the_message(
    office: Office, lead: float, voice: list[tuple[float, float]]
) -> None:
    (bob,) = office.desks(1)
    duration, loud = await recorded(office, bob, lead, voice)
    seen = f"{duration} s: {''.join('.#'[each] for each in loud)}"
    at = loud.index(True) / 10
    assert lead <= at < lead + 1.5, seen  # the caller hears that the beep is over a moment after it is
    assert duration == pytest.approx(at + sum(spoken + nothing for spoken, nothing in voice), abs=0.5), seen
    for spoken, nothing in voice:
        assert loud[int((at + spoken / 2) * 10)], (at, seen)
        if nothing:
            assert not loud[min(int((at + spoken + nothing / 2) * 10), len(loud) - 1)], (at, seen)
        at += spoken + nothing


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
