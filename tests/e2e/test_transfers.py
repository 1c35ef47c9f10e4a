"""Transfers by the phone's own key, with real REFERs (spec §2.6): who then talks with whom, and what is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from callcontrol.history import Direction
from rig import Phone, Transfer, Trunk, both_hear, midcall, sipp_phone, tones
from rig.baresip import Baresip, missing
from rig.call import Call
from rig.dialog import new_tag
from rig.message import Header, Request
from rig.midcall import replacing
from rig.sipp_phone import SippPhone
from tests.e2e.office import Desk, Office
from tests.e2e.people import outside_call, register, take, talk

OUTSIDE = "+33145720045"
HALF_A_SECOND = 4000
"""Samples."""
MUSIC_LEVEL = 200


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firm(trio: Office) -> AsyncIterator[Office]:
    """Lines for these tests, on the system whose app may be killed."""
    opened = await Office.open(trio.stack, 50, company="Transferts", prefix="02245", people=4)
    yield opened
    await opened.close()


async def talking(office: Office, world: Trunk, alice: Desk, a: Phone) -> tuple[Call, Call]:
    """Somebody outside talks with Alice."""
    call = await outside_call(world, alice.number, OUTSIDE)
    ring = await take(a)
    await talk(call, ring)
    return call, ring


async def hears_music_at_once(call: Call, before: int) -> None:
    """Half a second after it was put on hold it hears sound that is not the tone ``before`` (spec §2.6)."""
    ear = call.media.ear
    begun = ear.position
    await call.agent.until(lambda: ear.position >= begun + HALF_A_SECOND, 3, "no sound comes on hold")
    last = ear.sound(begun + HALF_A_SECOND - tones.WINDOW, tones.WINDOW)
    assert tones.level(last) > MUSIC_LEVEL
    assert not tones.has_tone(last, before)


async def test_a_blind_transfer_to_a_colleague(firm: Office) -> None:
    alice, bob = firm.desks(2)
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        await leg.hold()
        await hears_music_at_once(call, leg.tone)
        asked = await leg.refer(bob.extension)
        ring = await take(b)
        assert ring.caller.uri.user == "0145720045"
        assert await asked.finished() == 200
        await leg.ended()
        await call.hears(440, within=8)
        await ring.answer()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    (got,), (taken,) = await firm.records(alice), await firm.records(bob)
    assert (got.direction, taken.direction) == (Direction.RECEIVED, Direction.RECEIVED)
    assert got.chain == taken.chain
    await firm.nothing_left()


async def test_an_attended_transfer(firm: Office) -> None:
    alice, bob = firm.desks(2)
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        await leg.hold()
        other = await a.invite(bob.extension)
        ring = await take(b)
        await ring.answer()
        await other.answered()
        await both_hear(other, ring)
        await other.hold()
        await ring.hears_speech()
        asked = await leg.refer_attended(other)
        assert await asked.finished() == 200
        await leg.ended()
        await other.ended()
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended(within=2)
    assert len({record.chain for record in (*await firm.records(alice, 2), *await firm.records(bob))}) == 1
    await firm.nothing_left()


async def test_an_attended_transfer_while_the_target_rings_outside(firm: Office) -> None:
    (alice,) = firm.desks(1)
    async with firm.trunk() as world, firm.phone(alice) as a:
        await register(a)
        call, leg = await talking(firm, world, alice, a)
        other = await a.invite("0612345678")
        ring = await take(world)
        await other.ringing()
        asked = await leg.refer_attended(other)
        assert await asked.finished() == 200
        await leg.ended()
        await other.ended()
        await ring.answer()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    await firm.nothing_left()


async def test_a_blind_transfer_of_an_outside_party_to_another_one_outside(firm: Office) -> None:
    (alice,) = firm.desks(1)
    async with firm.trunk() as world, firm.phone(alice) as a:
        await register(a)
        call = await a.invite("0145720001")
        first = await take(world)
        await talk(call, first)
        asked = await call.refer("0612345678")
        assert await asked.finished() == 200
        await call.ended()
        second = await take(world)
        await second.answer()
        await both_hear(first, second)
        await second.hang_up()
        await first.ended(within=2)
    (record,) = await firm.records(alice)
    assert record.direction is Direction.OUTGOING
    await firm.nothing_left()


async def test_a_busy_target_brings_the_call_back_with_the_word_retour(firm: Office) -> None:
    alice, bob = firm.desks(2)
    await firm.set(bob, "call-manager", {"busy": {"voicemail_enabled": False}})
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        b.auto_reject(486)
        await leg.refer(bob.extension)
        await leg.ended()
        back = await take(a)
        assert back.caller.display == "Retour : 0145720045"
        await back.answer()
        await both_hear(call, back)
        await back.hang_up()
        await call.ended(within=2)
    await firm.nothing_left()


HOSTILE = (
    "<sip:0899123456@{server}>",
    "<sip:0899123456@evil.example;maddr=203.0.113.9>",
    "<sip:0899123456@evil.example?Route=%3Csip:203.0.113.9;lr%3E&Replaces-Not=1>",
    "<sip:*72@{server}>",
    "<sip:%27%3B--@{server}>",
    "<sip:{server}>",
    "<sip:4@{server}?Replaces=nobody%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    "<sip:demo-trunk@{server}>",
    "<sip:PJSIP%2F0899123456%40demo-trunk@{server}>",
    "<sip:%00@{server}>",
    "<tel:0899123456>",
    f"<sip:{'9' * 2000}@{{server}}>",
    f"<sip:9@{{server}}?{'x' * 2000}=1>",
    "nonsense",
)


async def test_a_refer_to_what_may_not_be_called_is_refused_and_the_talk_goes_on(firm: Office) -> None:
    alice, bob = firm.desks(2)
    await firm.set(alice, "call-settings", {"barring": {"premium": True}})
    server = firm.stack.sip_server
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        said = await refused(leg, HOSTILE[0].format(server=server))
        await leg.hears_speech(within=4)
        for value in HOSTILE[1:]:
            said = await refused(leg, value.format(server=server))
            assert said >= 400, value
        strangers = await b.invite("0145720001")  # a dialog of another line
        outside = await take(world)
        await talk(strangers, outside)
        assert await refused(leg, replacing(strangers.dialog)) >= 400
        await both_hear(call, leg, within=8)
        await both_hear(strangers, outside)
        await strangers.hang_up()
        early = await b.invite("0145720002")  # a call that nobody has answered
        await (await world.incoming()).ring()
        await early.ringing()
        assert await refused(early, f"<sip:{alice.extension}@{server}>") >= 400
        await early.cancel()
        await world.no_incoming(for_=0.5)
        await call.hang_up()
    await firm.nothing_left()


async def refused(leg: Call, refer_to: str) -> int:
    """The status that refuses a REFER, at once or in a NOTIFY."""
    transfer = Transfer(leg.agent)
    leg.transfers.append(transfer)
    answer = await midcall.ask(leg, "REFER", headers=[("Refer-To", refer_to)])
    transfer.is_open = answer.status < 300
    return answer.status if answer.status >= 300 else await transfer.finished(within=8)


async def shows(leg: Call, desk: Desk) -> None:
    """The phone was told, while it talked, that it talks with ``desk``."""

    def told() -> bool:
        named = [r.address("P-Asserted-Identity") for r in leg.received if r.header("P-Asserted-Identity")]
        return bool(named) and (named[-1].uri.user, named[-1].display) == (desk.number, desk.name)

    await leg.agent.until(told, 3, f"it does not show {desk.name}")


async def test_joined_phones_show_each_other_and_no_longer_who_joined_them(firm: Office) -> None:
    alice, bob, carol = firm.desks(3)
    async with firm.phone(alice) as a, firm.phone(bob) as b, firm.phone(carol) as c:
        await register(a, b, c)
        call = await c.invite(alice.extension)
        leg = await take(a)
        await talk(call, leg)
        await leg.hold()
        other = await a.invite(bob.extension)
        ring = await take(b)
        await talk(other, ring)
        assert not any(each.header("P-Asserted-Identity") for each in (*call.received, *ring.received))
        asked = await leg.refer_attended(other)
        assert await asked.finished() == 200
        await shows(ring, carol)
        await shows(call, bob)
        await both_hear(call, ring)
        await ring.refer(alice.extension)  # and blind: back to Alice
        again = await take(a)
        assert again.caller.uri.user == carol.number
        await again.answer()
        await shows(call, alice)
        await both_hear(call, again)
        assert not any(each.header("P-Asserted-Identity") for each in again.received)
        await again.hang_up()
        await call.ended(within=2)
    await firm.nothing_left()


async def test_nobody_outside_transfers_at_our_cost(firm: Office) -> None:
    (alice,) = firm.desks(1)
    async with firm.trunk() as world, firm.phone(alice) as a:
        await register(a)
        called = await a.invite("0145720001")
        callee = await take(world)
        await talk(called, callee)
        caller, leg = await talking(firm, world, alice, a)
        for outsider in (callee, caller):
            for target in ("0899123456", alice.extension, "112"):
                assert await refused(outsider, f"<sip:{target}@{firm.stack.sip_server}>") >= 400
        await both_hear(called, callee)
        await both_hear(caller, leg)
        await world.no_incoming(for_=0.2)
        await called.hang_up()
        await caller.hang_up()
    await firm.nothing_left()


async def test_a_phone_that_wants_to_hear_nothing_of_its_transfer_is_told_all_the_same(firm: Office) -> None:
    """Refer-Sub (RFC 4488) has ended Asterisk 22.10, by one packet of one phone."""
    pid = firm.stack.asterisk_pid
    alice, bob = firm.desks(2)
    wanted = [("Refer-Sub", "false")]
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        assert await (await leg.refer("9", headers=wanted)).finished() == 603
        await both_hear(call, leg, within=15)  # after the words
        other = await a.invite(bob.extension)
        ring = await take(b)
        await talk(other, ring)
        assert await (await leg.refer_attended(other, headers=wanted)).finished() == 200
        await leg.ended()
        await other.ended()
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=2)
    assert firm.stack.asterisk_pid == pid
    await firm.nothing_left()


async def test_refers_in_many_dialogs_at_once_are_each_carried_out(firm: Office) -> None:
    desks, bob = firm.desks(2), firm.desks(1)[0]
    async with firm.trunk() as world, AsyncExitStack() as opened:
        phones = [await opened.enter_async_context(firm.phone(desk)) for desk in desks]
        await register(*phones)
        pairs = []
        for phone in phones * 4:
            dialog = await phone.invite("0145720001")
            pairs.append((dialog, await (await world.incoming()).answer()))
            await dialog.answered()
        asked = await asyncio.gather(*(dialog.refer(bob.extension) for dialog, _ in pairs))
        assert set(await asyncio.gather(*(each.finished() for each in asked))) == {200}
        await asyncio.gather(*(dialog.ended() for dialog, _ in pairs))
        await asyncio.gather(*(outside.hears_speech(within=20) for _, outside in pairs))  # Bob's mailbox
        await asyncio.gather(*(outside.hang_up() for _, outside in pairs))
    await firm.nothing_left()


async def test_a_refer_outside_a_dialog_or_to_nobody_is_refused(firm: Office) -> None:
    alice, bob = firm.desks(2)
    server = firm.stack.sip_server
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        for headers in ([], [("Refer-To", "")], [("Refer-To", f"<sip:9@{server}>")] * 2):
            asked = Transfer(a)
            leg.transfers.append(asked)
            answer = await midcall.ask(leg, "REFER", headers=headers)
            assert answer.status >= 400 or await asked.finished(within=8) == 603, headers
            asked.is_open = False
        for sender in (a, world):
            for target in (bob.extension, "0899123456", "112"):
                answer = await sender.ask(partial(out_of_dialog, sender, bob.number, target), 5, "REFER")
                assert answer.status >= 400, target
        await both_hear(call, leg, within=8)
        await b.no_incoming(for_=0.2)
        await world.no_incoming(for_=0.2)
        await call.hang_up()
    await firm.nothing_left()


def out_of_dialog(sender: Phone | Trunk, to: str, refer_to: str, extra: list[Header]) -> Request:
    """A REFER that belongs to no call."""
    head = (
        ("Via", sender.via()),
        ("Max-Forwards", "70"),
        ("From", str(sender.identity().with_tag(new_tag()))),
        ("To", f"<{sender.target(to)}>"),
        ("Call-ID", new_tag()),
        ("CSeq", "1 REFER"),
        ("Contact", sender.contact),
        ("Refer-To", f"<{sender.target(refer_to)}>"),
    )
    return Request((*head, *extra), b"", "REFER", sender.target(to))


@pytest.mark.parametrize("moment", ["as the target rings", "as both talk"])
@pytest.mark.parametrize("kind", ["blind", "attended"])
async def test_the_app_is_killed_and_the_transfer_goes_on(firm: Office, kind: str, moment: str) -> None:
    alice, bob = firm.desks(2)
    stack = firm.stack
    async with firm.trunk() as world, firm.phone(alice) as a, firm.phone(bob) as b:
        await register(a, b)
        call, leg = await talking(firm, world, alice, a)
        if kind == "blind":
            asked = await leg.refer(bob.extension)
            ring = await take(b)
        else:
            other = await a.invite(bob.extension)
            ring = await take(b)
            await other.ringing()
            asked = await leg.refer_attended(other)
        assert await asked.finished() == 200
        await leg.ended()
        if moment == "as the target rings":
            await stack.kill_app()
            await stack.start_app()
        await ring.answer()
        await both_hear(call, ring, within=8)
        if moment == "as both talk":
            await stack.kill_app()
            await both_hear(call, ring)
            await stack.start_app()
            await both_hear(call, ring)
        await call.hang_up()
        await ring.ended(within=5)
    await firm.nothing_left()


async def test_baresip_transfers_whom_it_talks_with(firm: Office) -> None:
    assert not missing(), missing()
    alice, bob = firm.desks(2)
    async with (
        Baresip(alice.number, alice.sip_password, firm.stack.sip_server, answers=True) as softphone,
        firm.trunk() as world,
        firm.phone(bob) as b,
    ):
        await softphone.registered()
        await b.register()
        call = await outside_call(world, alice.number, OUTSIDE)
        await call.answered()
        await softphone.established()
        await softphone.transfer(bob.extension)
        ring = await take(b)
        await softphone.closed()
        await ring.answer()
        await both_hear(call, ring)
        await ring.hang_up()
        await call.ended(within=2)
    await firm.nothing_left()


async def test_sipp_joins_its_calls_to_somebody_outside_and_to_a_baresip(
    firm: Office, tmp_path: Path
) -> None:
    assert not sipp_phone.missing(), sipp_phone.missing()
    assert not missing(), missing()
    alice, bob = firm.desks(2)
    server = firm.stack.sip_server
    async with (
        firm.trunk() as world,
        Baresip(bob.number, bob.sip_password, server, answers=True) as baresip,
    ):
        await baresip.registered()
        async with SippPhone(
            tmp_path / "second", alice.number, alice.sip_password, server, bob.extension
        ) as second:
            await baresip.established()
            to = f"<sip:{bob.extension}@{server}?Replaces={await second.dialog()}>"
            async with SippPhone(
                tmp_path / "first", alice.number, alice.sip_password, server, "0612345678", refer_to=to
            ) as first:
                outside = await take(world)
                await outside.answer()
                await outside.hears(baresip.tone, within=8)
                await first.over()
                await second.over()
        await outside.hears(baresip.tone)
        await baresip.hang_up()
        assert baresip.heard_tone(outside.tone)
        await outside.ended(within=2)
    await firm.nothing_left()
