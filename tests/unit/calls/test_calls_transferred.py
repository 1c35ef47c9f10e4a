"""Transfers by the phone's own key (SIP REFER, spec §2.6): who may, where calls go, what comes back, what counts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callcontrol.config.model import LimitsConfig
from callcontrol.history import Direction
from callcontrol.telephony import HangupCause, HoldChanged, TransferAsked
from tests.fakes.actors import Caller
from tests.fakes.channel import FakeChannel
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME

CAMILLE, DOMINIQUE, CLAUDE, SACHA = "0222969569", "0222969570", "0222969571", "0222969572"
MOBILE, ABROAD = "0612345678", "+442079460958"
DECLINED, DONE = ["channel_declined"], ["channel_answered"]


async def talking(world: World, caller: str = "+33145678901") -> tuple[Caller, FakeChannel]:
    """Somebody outside talks with Dominique; the phone of hers that does so."""
    contact = world.line("4003").device(answers=1)
    call = world.trunk_call(to=DOMINIQUE, caller=caller, speaks=5)
    await talks_with(call, contact)
    return call, next(leg for leg in world.line("4003").legs if leg.alive)


async def talks_with(call: Caller, whom: str) -> None:
    """Until it talks with this phone or number outside, and the app knows."""
    async with asyncio.timeout(60):
        while not (call.talks_now and list(call.talked)[-1] == whom):  # noqa: ASYNC110 - a look is free
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)


async def transfers(world: World, phone: FakeChannel, target: str | None, to: Caller | None = None) -> None:
    """Press the key, and wait for the answer to it."""
    told = len(phone.transfer)
    world.asterisk.refer(phone, target, None if to is None else to.channel)
    async with asyncio.timeout(5):
        while len(phone.transfer) == told and phone.alive:  # noqa: ASYNC110 - on virtual time a look is free
            await asyncio.sleep(0.001)


async def everybody_gone(world: World) -> None:
    await world.asterisk.until(lambda: not world.asterisk.channels, within=400)
    await world.settles()
    world.nothing_left()


# --- blind ------------------------------------------------------------------------------------------------


async def test_a_caller_is_transferred_to_a_colleague_and_one_chain_tells_it(world: World) -> None:
    colleague = world.line("4004").device(rings=0.2, answers=3)
    call, phone = await talking(world)
    await transfers(world, phone, "4004")
    assert phone.transfer == DONE
    await call.hears("transferring")
    await talks_with(call, colleague)
    assert phone.cause == HangupCause.NORMAL
    assert [world.line(name).calls for name in ("4003", "4004")] == [0, 1]
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await call.hangs_up(after=10)
    await everybody_gone(world)
    got, taken = world.line("4003").record, world.line("4004").record
    assert (got.direction, taken.direction) == (Direction.RECEIVED, Direction.RECEIVED)
    assert (taken.peer.number, taken.chain) == ("+33145678901", got.chain)
    assert got.ended_at < taken.ended_at


async def test_who_was_called_outside_is_transferred_to_a_colleague(world: World) -> None:
    world.outside(MOBILE, rings=0.2, answers=1)
    colleague = world.line("4004").device(rings=0.2, answers=3, leaves=10)
    call = world.line("4002").dials(MOBILE)
    await call.talks()
    await transfers(world, call.channel, "4004")
    assert call.channel.transfer == DONE
    await asyncio.sleep(5)
    assert not call.channel.alive
    (leg,) = world.legs_outside(MOBILE)
    assert leg.alive
    assert leg.bridge == world.line("4004").legs[0].bridge
    assert [world.line(name).calls for name in ("4002", "4004")] == [0, 1]
    assert world.process.occupancy.outside_calls_of("demo") == 1
    assert len(world.process.occupancy.forwards_of(CAMILLE)) == 1
    await everybody_gone(world)
    made, taken = world.line("4002").record, world.line("4004").record
    assert (made.direction, taken.direction) == (Direction.OUTGOING, Direction.RECEIVED)
    assert (taken.peer.number, taken.chain) == ("+33612345678", made.chain)
    assert colleague in [record.target for record in taken.legs]


async def test_a_transfer_outside_is_a_forward_of_the_line_that_made_it(world: World) -> None:
    world.outside(MOBILE, rings=0.2, answers=3, leaves=10)
    call, phone = await talking(world)
    await transfers(world, phone, MOBILE)
    assert phone.transfer == DONE
    await talks_with(call, MOBILE)
    assert world.line("4003").calls == 0
    assert len(world.process.occupancy.forwards_of(DOMINIQUE)) == 1
    assert world.process.occupancy.outside_calls_of("demo") == 2
    await everybody_gone(world)
    (leg,) = world.legs_outside(MOBILE)
    assert "0222969570" in leg.variables["PJSIP_HEADER(add,Diversion)"]
    record = world.line("4003").record
    assert (record.direction, record.rule.rule) == (Direction.RECEIVED, "transfer.outside")
    assert "+33612345678" in [each.target for each in record.legs]


async def test_a_forward_of_the_target_is_obeyed(world: World) -> None:
    world.line("4004").sets(incoming="forward", unconditional={"number": "4005"})
    colleague = world.line("4005").device(rings=0.2, answers=2, leaves=5)
    call, phone = await talking(world)
    await transfers(world, phone, "4004")
    await talks_with(call, colleague)
    await everybody_gone(world)


async def test_nobody_in_thirty_seconds_and_the_phone_rings_again_with_the_word_retour(world: World) -> None:
    world.line("4004").device(rings=0.2)
    call, phone = await talking(world)
    begun = asyncio.get_running_loop().time()
    await transfers(world, phone, "4004")
    await world.asterisk.until(lambda: len(world.line("4003").legs) == 2, within=40)
    assert asyncio.get_running_loop().time() - begun == pytest.approx(30, abs=0.1)
    back = world.line("4003").legs[-1]
    assert back.variables["CONNECTEDLINE(name,i)"] == "Retour : Société Dupont"
    assert [leg.alive for leg in world.line("4004").legs] == [False]
    await call.talks()
    assert world.line("4003").calls == 1
    await call.hangs_up(after=5)
    await everybody_gone(world)
    assert world.line("4003").record.direction is Direction.RECEIVED
    assert world.line("4004").record.direction is Direction.MISSED


async def test_nobody_there_and_nobody_back_a_message_is_left_where_the_call_came_from(world: World) -> None:
    world.line("4004").device(rings=0.2)
    call, phone = await talking(world)
    await transfers(world, phone, "4004")
    world.asterisk.contacts[DOMINIQUE].clear()
    world.line("4003").device(rings=0.2)
    await call.is_recorded()
    await call.ends()
    assert [message.line for message in world.messages.rows.values()] == [DOMINIQUE]
    assert world.line("4003").record.message is not None
    await everybody_gone(world)


@pytest.mark.parametrize("target", ["4004", MOBILE])
async def test_a_busy_target_sends_the_call_back_at_once(world: World, target: str) -> None:
    world.line("4004").sets(busy={"voicemail_enabled": False})
    world.line("4004").device(rejects=486, after=0.5)
    world.outside(MOBILE, rejects=486, after=0.5)
    call, phone = await talking(world)
    await transfers(world, phone, target)
    await asyncio.sleep(3)
    assert call.talks_now
    assert len(world.line("4003").legs) == 2
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_mailbox_within_thirty_seconds_takes_the_call(world: World) -> None:
    world.line("4004").sets(no_answer={"voicemail_after": 12})
    world.line("4004").device(rings=0.2)
    call, phone = await talking(world)
    await transfers(world, phone, "4004")
    await call.ends()
    assert [message.line for message in world.messages.rows.values()] == [CLAUDE]
    await everybody_gone(world)


# --- refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "prompt"),
    [
        ("0899123456", "barred-premium"),
        (ABROAD, "barred-international"),
        ("0044 20 7946 0958", "barred-international"),
        ("*72", "transfer-refused"),
        ("*318", "transfer-refused"),
        ("*8", "transfer-refused"),
        ("*670899123456", "barred-premium"),
        ("4999", "number-unknown"),
        ("", "number-unknown"),
        ("sip:0899123456@evil.example;maddr=203.0.113.9?Route=%3Csip:x%3E", "barred-premium"),
        ("'; drop table", "number-unknown"),
        (None, "number-unknown"),
    ],
)
async def test_what_may_not_be_dialled_may_not_be_transferred_to_and_the_talk_goes_on(
    world: World, target: str | None, prompt: str
) -> None:
    world.line("4003").sets_document("call-settings", {"barring": {"premium": True, "international": True}})
    call, phone = await talking(world)
    await transfers(world, phone, target)
    assert phone.transfer == DECLINED
    await asyncio.sleep(3)
    assert [heard.prompt for heard in phone.heard] == [prompt]
    assert call.talks_now
    assert call.prompts == []
    assert world.asterisk.outside == {}
    await call.hangs_up()
    await everybody_gone(world)
    assert world.line("4003").record.rule.rule == "ring.default"


async def test_a_phone_that_holds_hears_why_not_when_it_resumes(world: World) -> None:
    call, phone = await talking(world)
    world.asterisk.emit(HoldChanged(phone.told(), held=True))
    await transfers(world, phone, "4999")
    await asyncio.sleep(3)
    assert phone.heard == []
    world.asterisk.emit(HoldChanged(phone.told(), held=False))
    await asyncio.sleep(3)
    assert [heard.prompt for heard in phone.heard] == ["number-unknown"]
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_flood_of_refers_is_refused_and_changes_nothing(world: World) -> None:
    call, phone = await talking(world)
    for _ in range(100):
        world.asterisk.refer(phone, "4999")
    await asyncio.sleep(10)
    assert phone.transfer == DECLINED * 100
    assert len(phone.heard) < 5
    assert call.talks_now
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_phone_that_does_not_talk_yet_is_refused(world: World) -> None:
    world.line("4003").device(rings=0.2)
    call = world.line("4002").dials("4003")
    await call.hears_ringing()
    await transfers(world, call.channel, "4004")
    assert call.channel.transfer == DECLINED
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_line_transfers_no_more_calls_outside_at_once_than_it_may_hold(world: World) -> None:
    world.change_line("4003", max_calls=1)
    world.outside(MOBILE, rings=0.2, answers=1)
    first, phone = await talking(world)
    await transfers(world, phone, MOBILE)
    await talks_with(first, MOBILE)
    world.asterisk.contacts[DOMINIQUE].clear()
    second, phone = await talking(world, "+33145678902")
    await transfers(world, phone, MOBILE)
    assert phone.transfer == DECLINED
    for call in (first, second):
        await call.hangs_up()
    await everybody_gone(world)


async def test_an_emergency_number_is_reached_whatever_is_barred_and_presents_the_site(world: World) -> None:
    barring = {"national": True, "international": True, "premium": True}
    world.line("4002").sets_document("call-settings", {"barring": barring})
    world.outside("112", rings=0.2, answers=1, leaves=5)
    world.line("4004").device(answers=1)
    call = world.line("4002").dials("4004")
    await call.talks()
    await transfers(world, call.channel, "112")
    assert call.channel.transfer == DONE
    await asyncio.sleep(3)
    (rescue,) = world.legs_outside("112")
    assert rescue.variables["CONNECTEDLINE(num,i)"] == "0222969501"
    assert rescue.bridge == world.line("4004").legs[0].bridge
    await everybody_gone(world)


async def test_a_phone_that_refers_and_leaves_at_once_ends_the_call(world: World) -> None:
    call, phone = await talking(world)
    world.asterisk.emit(TransferAsked(phone.told(), "4999"))
    world.asterisk.far_end_leaves(phone)
    await call.ends()
    assert call.prompts == []  # no apology: nothing is broken
    await everybody_gone(world)


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.002, 0.003, 0.005])
async def test_the_other_party_that_leaves_in_the_instant_of_the_transfer(world: World, after: float) -> None:
    world.line("4004").device(rings=0.2, answers=3)
    call, phone = await talking(world)
    world.asterisk.refer(phone, "4004")
    call.will_hang_up(after)
    await everybody_gone(world)
    assert world.line("4004").record.answered_at is None if world.line("4004").records else True


async def test_a_costly_party_is_cut_off_though_it_was_transferred(tmp_path: Path) -> None:
    world = World(tmp_path, limits=LimitsConfig(costly_minutes_per_day=1))
    world.outside(ABROAD, rings=0.2, answers=1)
    world.line("4004").device(rings=0.2, answers=1)
    call = world.line("4002").dials("00442079460958")
    await call.talks()
    await transfers(world, call.channel, "4004")
    assert call.channel.transfer == DONE
    begun = asyncio.get_running_loop().time()
    await everybody_gone(world)
    assert asyncio.get_running_loop().time() - begun < 75


# --- attended ---------------------------------------------------------------------------------------------


async def consults(world: World, **colleague: Any) -> tuple[Caller, FakeChannel, Caller]:
    """Dominique talks with somebody outside and calls Claude on the side."""
    call, phone = await talking(world)
    world.line("4004").device(rings=0.2, **colleague)
    return call, phone, world.line("4003").dials("4004")


async def test_two_calls_are_joined_and_have_one_chain(world: World) -> None:
    call, phone, other = await consults(world, answers=2)
    await other.talks()
    await transfers(world, phone, None, other)
    assert phone.transfer == DONE
    await asyncio.sleep(1)
    assert (phone.alive, other.channel.alive) == (False, False)
    assert call.talks_now
    assert [world.line(name).calls for name in ("4003", "4004")] == [0, 1]
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await call.hangs_up(after=5)
    await everybody_gone(world)
    chains = {record.chain for record in world.history.rows.values()}
    assert len(chains) == 1
    kinds = [record.direction for record in world.line("4003").records]
    assert kinds == [Direction.RECEIVED, Direction.OUTGOING]
    assert world.line("4004").record.direction is Direction.RECEIVED


async def test_the_target_still_rings_and_answers_whoever_was_transferred(world: World) -> None:
    call, phone, other = await consults(world, answers=10)
    await other.hears_ringing()
    await transfers(world, phone, None, other)
    assert phone.transfer == DONE
    await call.talks()
    assert len(call.talked) == 2
    await call.hangs_up(after=5)
    await everybody_gone(world)
    assert "ring;tonezone=fr" in call.prompts


async def test_the_consulted_line_was_called_by_the_other_side(world: World) -> None:
    """Claude calls Dominique, who talks with somebody outside, and is joined to it."""
    call, phone = await talking(world)
    other = world.line("4004").dials("4003")
    await other.talks()
    second = next(leg for leg in world.line("4003").legs if leg.alive and leg is not phone)
    world.asterisk.refer(phone, None, second)
    await asyncio.sleep(1)
    assert (phone.alive, second.alive) == (False, False)
    assert call.talks_now
    assert other.talks_now
    assert [world.line(name).calls for name in ("4003", "4004")] == [0, 1]
    await call.hangs_up(after=5)
    await everybody_gone(world)


async def test_two_calls_outside_are_joined_and_both_count_for_the_line(world: World) -> None:
    for number in (MOBILE, "0145000001"):
        world.outside(number, rings=0.2, answers=1)
    first = world.line("4002").dials(MOBILE)
    await first.talks()
    second = world.line("4002").dials("0145000001", phone=1)
    await talks_with(second, "0145000001")
    await transfers(world, first.channel, None, second)
    assert first.channel.transfer == DONE
    await asyncio.sleep(1)
    assert world.line("4002").calls == 0
    assert world.process.occupancy.outside_calls_of("demo") == 2
    assert len(world.process.occupancy.forwards_of(CAMILLE)) == 2
    world.asterisk.far_end_leaves(world.legs_outside(MOBILE)[0])
    await everybody_gone(world)


async def test_the_mailbox_that_was_reached_takes_whoever_is_transferred(world: World) -> None:
    call, phone = await talking(world)
    other = world.line("4003").dials("4005")
    await other.hears("vm-greeting-system")
    await transfers(world, phone, None, other)
    assert phone.transfer == DONE
    await call.ends()
    assert [message.line for message in world.messages.rows.values()] == [SACHA]
    await everybody_gone(world)


async def test_a_dialog_of_somebody_else_is_never_taken(world: World) -> None:
    call, phone = await talking(world)
    world.line("4004").device(rings=0.2, answers=1)
    strangers = world.line("4002").dials("4004")
    await strangers.talks()
    await transfers(world, phone, None, strangers)
    assert phone.transfer == DECLINED
    own = replace_target(phone)
    world.asterisk.emit(own)
    await asyncio.sleep(3)
    assert phone.transfer == DECLINED * 2
    assert call.talks_now
    assert strangers.talks_now
    for each in (call, strangers):
        await each.hangs_up()
    await everybody_gone(world)


def replace_target(phone: FakeChannel) -> TransferAsked:
    """A REFER that names its own dialog."""
    return TransferAsked(phone.told(), None, phone.id)


async def test_a_target_that_refuses_the_transferred_call_sends_it_back(world: World) -> None:
    world.line("4004").sets(busy={"voicemail_enabled": False})
    call, phone = await talking(world)
    world.line("4004").device(rings=0.2, rejects=486, after=6)
    other = world.line("4003").dials("4004")
    await other.hears_ringing()
    await transfers(world, phone, None, other)
    await asyncio.sleep(12)
    assert call.talks_now
    assert world.line("4003").legs[-1].variables["CONNECTEDLINE(name,i)"].startswith("Retour : ")
    await call.hangs_up(after=2)
    await everybody_gone(world)


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004])
@pytest.mark.parametrize("who", ["caller", "colleague", "other call"])
async def test_somebody_leaves_in_the_instant_of_an_attended_transfer(
    world: World, who: str, after: float
) -> None:
    call, phone, other = await consults(world, answers=2)
    await other.talks()
    leaver = {"caller": call.channel, "colleague": world.line("4004").legs[0], "other call": other.channel}
    world.asterisk.refer(phone, None, other.channel)
    world.later(after, lambda: world.asterisk.far_end_leaves(leaver[who]))
    await asyncio.sleep(5)
    for channel in list(world.asterisk.channels.values()):
        world.asterisk.far_end_leaves(channel)
    await everybody_gone(world)


async def test_a_call_that_was_transferred_is_transferred_again(world: World) -> None:
    claude = world.line("4004").device(rings=0.2, answers=1)
    sacha = world.line("4005").device(rings=0.2, answers=1)
    call, phone = await talking(world)
    dominique = next(iter(call.talked))
    await transfers(world, phone, "4004")
    await talks_with(call, claude)
    await transfers(world, world.line("4004").legs[0], "4005")
    await talks_with(call, sacha)
    assert [world.line(name).calls for name in ("4003", "4004", "4005")] == [0, 0, 1]
    await transfers(world, world.line("4005").legs[0], "4003")
    await asyncio.sleep(5)
    assert list(call.talked)[-1] in (sacha, dominique)
    assert call.talks_now
    assert [world.line(name).calls for name in ("4003", "4004", "4005")] == [1, 0, 0]
    await call.hangs_up(after=2)
    await everybody_gone(world)
    assert {record.direction for record in world.history.rows.values()} == {Direction.RECEIVED}


# --- what the phones show ---------------------------------------------------------------------------------


def displays(world: World) -> dict[str, list[str]]:
    """What each phone of ours was told while it talked, by extension; a trunk is told nothing."""
    found = {name: phones(world, name) for name in ("4002", "4003", "4004", "4005")}
    shown = {name: [d for phone in every for d in phone.displays] for name, every in found.items()}
    told = sum(len(channel.displays) for channel in world.asterisk.every_channel())
    assert told == sum(len(each) for each in shown.values())
    return {name: each for name, each in shown.items() if each}


def phones(world: World, name: str) -> list[FakeChannel]:
    line = world.line(name)
    return [c for c in world.asterisk.every_channel() if c.endpoint.split("/")[1:2] == [line.number]]


async def test_joined_phones_show_each_other(world: World) -> None:
    world.line("4003").device(answers=1)
    world.line("4005").device(answers=1)
    call = world.line("4002").dials("4003")
    await call.talks()
    other = world.line("4003").dials("4005", phone=1)
    await other.talks()
    assert displays(world) == {}
    await transfers(world, world.line("4003").legs[0], None, other)
    await asyncio.sleep(1)
    assert displays(world) == {"4002": [world.line("4005").line.name], "4005": [world.line("4002").line.name]}
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_phone_that_still_rang_shows_whoever_was_transferred_once_it_answers(world: World) -> None:
    call, phone, other = await consults(world, answers=10)
    await other.hears_ringing()
    await transfers(world, phone, None, other)
    assert displays(world) == {}
    await call.talks()
    await asyncio.sleep(0.1)
    assert displays(world) == {"4004": ["Société Dupont"]}
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_blind_transfer_is_shown_to_whom_it_moved_alone(world: World) -> None:
    """The target's phone has shown it since it rang."""
    world.line("4003").device(answers=1)
    world.line("4004").device(rings=0.2, answers=2)
    call = world.line("4002").dials("4003")
    await call.talks()
    await transfers(world, world.line("4003").legs[0], "4004")
    await asyncio.sleep(5)
    assert displays(world) == {"4002": [world.line("4004").line.name]}
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_call_that_came_back_goes_on_to_say_so(world: World) -> None:
    world.line("4004").sets(busy={"voicemail_enabled": False})
    world.line("4004").device(rejects=486, after=0.5)
    call, phone = await talking(world)
    await transfers(world, phone, "4004")
    await asyncio.sleep(3)
    assert call.talks_now
    assert displays(world) == {}  # "Retour : Société Dupont" stays
    await call.hangs_up()
    await everybody_gone(world)


async def test_who_hides_its_number_stays_hidden(world: World) -> None:
    world.line("4005").sets_document("call-settings", {"hide_number": True})
    world.line("4003").device(answers=1)
    world.line("4005").device(answers=1)
    call = world.line("4002").dials("4003")
    await call.talks()
    other = world.line("4003").dials("4005", phone=1)
    await other.talks()
    await transfers(world, world.line("4003").legs[0], None, other)
    await asyncio.sleep(1)
    assert displays(world)["4002"] == ["anonymous"]
    await call.hangs_up()
    await everybody_gone(world)


async def test_the_number_that_a_line_forwards_to_is_not_shown_to_whom_is_transferred_to_it(
    world: World,
) -> None:
    world.line("4004").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rings=0.2, answers=2)
    world.line("4003").device(answers=1)
    call = world.line("4002").dials("4003")
    await call.talks()
    await transfers(world, world.line("4003").legs[0], "4004")
    await talks_with(call, MOBILE)
    assert displays(world) == {"4002": [world.line("4004").line.name]}
    await call.hangs_up()
    await everybody_gone(world)


async def test_a_flood_of_refers_updates_no_display_again(world: World) -> None:
    call, phone, other = await consults(world, answers=2)
    await other.talks()
    await transfers(world, phone, None, other)
    await asyncio.sleep(1)
    target = world.line("4004").legs[0]
    for _ in range(20):
        world.asterisk.refer(target, "4999")
        await asyncio.sleep(3)
    assert displays(world) == {"4004": ["Société Dupont"]}
    await call.hangs_up()
    await everybody_gone(world)


async def test_the_target_outside_that_still_rings_is_heard_ringing_by_whoever_was_transferred(
    world: World,
) -> None:
    world.outside(MOBILE, rings=0.5, answers=10)
    call, phone = await talking(world)
    other = world.line("4003").dials(MOBILE, phone=1)
    await other.hears_ringing()
    await transfers(world, phone, None, other)
    await call.hears("ring;tonezone=fr")
    await talks_with(call, MOBILE)
    await call.hangs_up()
    await everybody_gone(world)


async def test_an_unknown_transferrer_changes_nothing(world: World) -> None:
    call, phone = await talking(world)
    world.asterisk.emit(TransferAsked(replace(phone.told(), id="nobody"), "4004"))
    await asyncio.sleep(1)
    assert call.talks_now
    await call.hangs_up()
    await everybody_gone(world)
