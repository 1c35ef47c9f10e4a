"""Calls on the real system: every way in and out, with sound both ways, and every moment to hang up (issue A1)."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.history import Direction
from rig import Phone, Trunk, both_hear
from tests.e2e.office import Desk, Office


@pytest.mark.parametrize("spelling", ["{extension}", "{number}", "+33{short}", "0033{short}"])
async def test_a_colleague_is_called_by_extension_and_by_number_in_any_spelling(
    office: Office, spelling: str
) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as b:
        await a.register()
        await b.register()
        dialled = spelling.format(extension=bob.extension, number=bob.number, short=bob.number[1:])
        call = await a.invite(dialled)
        ring = await b.incoming()
        assert ring.caller.uri.user == alice.number
        assert ring.caller.display == alice.name
        await ring.ring()
        await call.ringing()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended()
    (made,), (got,) = await office.records(alice), await office.records(bob)
    assert (made.direction, got.direction) == (Direction.OUTGOING, Direction.RECEIVED)
    assert got.duration > 0
    assert got.peer.number == f"+33{alice.number[1:]}"


@pytest.mark.parametrize("spelling", ["{number}", "+33{short}"])
async def test_an_outside_caller_rings_the_phone_and_talks(office: Office, spelling: str) -> None:
    (bob,) = office.desks(1)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(
            spelling.format(number=bob.number, short=bob.number[1:]),
            from_uri="sip:0145678901@outside.example",
        )
        ring = await b.incoming()
        assert ring.caller.uri.user == "0145678901"
        await ring.ring()
        await call.ringing()
        await ring.answer()
        await call.answered()
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended()
    (record,) = await office.records(bob)
    assert (record.direction, record.peer.number) == (Direction.RECEIVED, "+33145678901")


async def test_a_phone_calls_out_and_hears_the_network_before_the_answer(office: Office) -> None:
    (alice,) = office.desks(1)
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        call = await a.invite("0145678901")
        out = await world.incoming()
        assert out.dialled == "0145678901"
        assert out.caller.uri.user == alice.number
        await out.progress()
        await call.early_media()
        await call.hears(out.tone)
        await out.answer()
        await call.answered()
        await both_hear(call, out)
        await out.hang_up()
        await call.ended()
    (record,) = await office.records(alice)
    assert (record.direction, record.peer.number) == (Direction.OUTGOING, "+33145678901")
    assert record.legs[0].result == "answered"


async def test_two_devices_ring_and_the_one_that_loses_is_told_that_it_was_answered_elsewhere(
    office: Office,
) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as desk, office.phone(bob) as softphone:
        for phone in (a, desk, softphone):
            await phone.register()
        call = await a.invite(bob.extension)
        first, second = await asyncio.gather(desk.incoming(), softphone.incoming())
        await first.ring()
        await second.ring()
        await second.answer()
        await call.answered()
        cancel = await first.cancelled()
        assert any("SIP" in reason and "cause=200" in reason for reason in cancel.headers("Reason"))
        await both_hear(call, second)
        await call.hang_up()
    (record,) = await office.records(bob)
    assert sorted(leg.result for leg in record.legs) == ["answered", "elsewhere"]


async def test_a_call_on_hold_hears_music_and_goes_on(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as b:
        call, ring = await _talking(a, b, bob)
        await ring.hold()
        await call.hears_speech()  # music: sound that is no single tone
        await ring.resume()
        await both_hear(call, ring)
        await call.hang_up()


@pytest.mark.parametrize("emergency", ["112", "15", "116117"])
async def test_an_emergency_number_goes_out_and_presents_the_site(office: Office, emergency: str) -> None:
    (alice,) = office.desks(1)
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        call = await a.invite(emergency)
        out = await world.incoming()
        assert out.dialled == emergency
        assert out.caller.uri.user == "0222199999"
        await out.answer()
        await call.answered()
        await both_hear(call, out)
        await call.hang_up()


@pytest.mark.parametrize("dialled", ["0999999999999", "9999", "*99999"])
async def test_a_number_that_cannot_be_is_announced_and_refused(office: Office, dialled: str) -> None:
    (alice,) = office.desks(1)
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite(dialled)
        await call.early_media()
        await call.hears_speech()
        await call.ended(within=15)
        assert call.final_status in (403, 404)
    (record,) = await office.records(alice)
    assert record.direction is Direction.OUTGOING
    assert record.answered_at is None


async def test_a_caller_of_a_number_that_is_not_ours_hears_so(office: Office) -> None:
    async with office.trunk() as world:
        call = await world.invite("0222188888", from_uri="sip:0145678901@outside.example")
        await call.early_media()
        await call.hears_speech()
        await call.ended(within=15)
        assert call.final_status == 404


# --- the caller hangs up, at every moment -------------------------------------------------------------------


async def test_the_caller_hangs_up_while_it_rings(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as b:
        await a.register()
        await b.register()
        call = await a.invite(bob.extension)
        ring = await b.incoming()
        await ring.ring()
        await call.ringing()
        await call.cancel()
        await ring.cancelled()
    (record,) = await office.records(bob)
    assert record.direction is Direction.MISSED
    await office.nothing_left()


async def test_the_caller_hangs_up_while_they_talk(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a, office.phone(bob) as b:
        call, ring = await _talking(a, b, bob)
        await call.hang_up()
        await ring.ended()
    (record,) = await office.records(bob)
    assert record.direction is Direction.RECEIVED
    await office.nothing_left()


async def test_the_caller_hangs_up_during_an_announcement(office: Office) -> None:
    (alice,) = office.desks(1)
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite("9999")
        await call.early_media()
        await call.hears_speech()
        await call.cancel()
    await office.records(alice)
    await office.nothing_left()


async def test_the_caller_hangs_up_while_leaving_a_message_and_the_message_is_kept(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite(bob.extension)  # no device: the mailbox at once
        await call.answered()
        await _past_the_beep(call)
        await asyncio.sleep(3.0)  # the length of the message itself
        await call.hang_up()
    (message,) = await office.messages(bob)
    assert message.duration is not None
    assert 2.5 < message.duration < 5.0
    assert message.sender.number == f"+33{alice.number[1:]}"
    (record,) = await office.records(bob)
    assert (record.direction, record.message) == (Direction.MISSED, message.id)
    assert (office.stack.media_dir / message.path).stat().st_size > 2 * 32000
    await office.nothing_left()


async def test_nobody_answers_and_a_message_is_left(office: Office) -> None:
    alice, bob = office.desks(2)
    await office.set(bob, "call-manager", {"no_answer": {"voicemail_after": 2}})
    async with office.phone(alice) as a, office.phone(bob) as b:
        await a.register()
        await b.register()
        call = await a.invite(bob.extension)
        ring = await b.incoming()
        await ring.ring()
        await call.answered(within=6)
        await ring.cancelled()
        await _past_the_beep(call)
        await asyncio.sleep(2.5)  # the message
        await call.send_dtmf("#")
        await call.hears_speech()  # the menu after a message
        await call.send_dtmf("1")
        await call.ended(within=10)
    (message,) = await office.messages(bob)
    assert message.new
    (record,) = await office.records(bob)
    assert record.rule.rule.startswith("voicemail.")


async def test_a_message_of_less_than_two_seconds_is_dropped(office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice) as a:
        await a.register()
        call = await a.invite(bob.extension)
        await call.answered()
        await _past_the_beep(call)
        await call.hang_up()
    (record,) = await office.records(bob)
    assert record.message is None
    await office.messages(bob, 0)
    await office.nothing_left()


async def _talking(a: Phone | Trunk, b: Phone, bob: Desk) -> tuple:  # type: ignore[type-arg]
    if isinstance(a, Phone):
        await a.register()
    await b.register()
    call = await a.invite(bob.extension)
    ring = await b.incoming()
    await ring.ring()
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    return call, ring


async def _past_the_beep(call) -> None:  # type: ignore[no-untyped-def]
    """The greeting is skipped with #; the beep of 1000 Hz says that it records."""
    await call.hears_speech()
    await call.send_dtmf("#")
    await call.hears(1000)
    await call.hears_silence(within=3)
