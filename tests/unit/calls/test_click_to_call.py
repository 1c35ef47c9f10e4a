"""Click to call: a line asks to be called first, then to be joined to somebody (spec §2.7)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from callcontrol.directory.contacts import Contact, ContactBook
from callcontrol.errors import NotFound
from callcontrol.history import Direction
from callcontrol.lifecycle.made_calls import MadeCalls
from callcontrol.live import MadeState
from callcontrol.telephony import HangupCause
from tests.fakes.actors import LineActor
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, TRUNK, World

pytestmark = VIRTUAL_TIME

CAMILLE, DOMINIQUE = "0222969569", "0222969570"
MOBILE, LANDLINE = "0612345678", "0145000001"
RINGING = "ring;tonezone=fr"


@pytest.fixture
def camille(world: World) -> LineActor:
    return world.line("4002")


async def test_my_phones_ring_and_whichever_answers_is_joined_to_the_destination(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2)
    camille.device(rings=0.2, answers=3)
    phone = world.line("4003").device(rings=0.2, answers=4)
    call = camille.asks_for("4003")
    await call.first_answers()
    mine = camille.legs
    assert {leg.variables["CONNECTEDLINE(num,i)"] for leg in mine} == {"4003"}  # who will be called
    await call.talks()
    assert [leg.cause for leg in mine if not leg.alive] == [HangupCause.ANSWERED_ELSEWHERE]
    assert (camille.calls, world.line("4003").calls) == (1, 1)
    world.asterisk.far_end_leaves(call.channel)
    await call.ends()
    assert list(call.talked) == [phone]
    made, got = camille.record, world.line("4003").record
    assert (made.direction, made.peer.number, made.rule.rule) == (
        Direction.OUTGOING, DOMINIQUE, "outgoing.inside",
    )  # fmt: skip
    assert (got.direction, got.peer.number) == (Direction.RECEIVED, "+33222969569")
    assert made.started_at < got.started_at
    assert made.answered_at is not None
    assert made.duration == pytest.approx(got.duration, abs=0.1)
    world.nothing_left()


@pytest.mark.parametrize(
    ("to", "number", "name"),
    [
        ("4003", "4003", "Dominique Petit"),
        ("+33 2 22 96 95 70", "4003", "Dominique Petit"),
        ("06 12 34 56 78", MOBILE, "Nathalie"),
        ("0044 20 7946 0958", "+442079460958", None),
        ("551", "0970711058", None),
        ("15", "15", None),
    ],
)
async def test_my_phone_shows_whom_it_will_be_joined_to(
    world: World, camille: LineActor, to: str, number: str, name: str | None
) -> None:
    world.directory.put_contacts(CAMILLE, ContactBook([Contact("1", "Nathalie", numbers=("+33612345678",))]))
    world.directory.put_short_code("demo", "551", "0970711058")
    camille.device(rings=0.2)
    call = camille.asks_for(to)
    await asyncio.sleep(0.5)
    variables = camille.legs[0].variables
    assert variables["CONNECTEDLINE(num,i)"] == number
    assert variables["CONNECTEDLINE(name,i)"] == (name or "")
    assert world.process.live_calls.end(call.id)
    await call.ends()
    world.nothing_left()


async def test_the_answer_of_the_record_is_the_destinations_not_the_first_partys(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2, leaves=15)
    world.outside(MOBILE, rings=1, answers=6)
    call = camille.asks_for(MOBILE)
    await call.ends()
    record = camille.record
    assert record.answered_at is not None
    assert (record.answered_at - record.started_at).total_seconds() == pytest.approx(8, abs=0.1)
    assert record.duration == pytest.approx(9, abs=0.1)
    (leg,) = world.legs_outside(MOBILE)
    assert leg.variables["CONNECTEDLINE(num,i)"] == CAMILLE
    world.nothing_left()


@pytest.mark.parametrize(
    ("does", "prompt"),
    [
        pytest.param({"rejects": 486}, "line-busy", id="busy"),
        pytest.param({"rings": 1}, "no-answer", id="unanswered"),
        pytest.param({"rings": None, "rejects": 404}, "number-unknown", id="unknown there"),
    ],
)
async def test_a_destination_outside_that_fails_is_told_to_whoever_was_called_first(
    world: World, camille: LineActor, does: dict[str, Any], prompt: str
) -> None:
    camille.device(rings=0.2, answers=2)
    world.outside(MOBILE, **does)
    call = camille.asks_for(MOBILE)
    await call.ends()
    assert call.prompts == [
        *([] if "rejects" in does and does.get("rings", 1) is None else [RINGING]),
        prompt,
    ]
    assert call.channel.ended_by_app
    assert (camille.record.direction, camille.record.answered_at) == (Direction.OUTGOING, None)
    world.nothing_left()


async def test_a_barred_destination_is_told_and_not_called(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2)
    camille.sets_document("call-settings", {"barring": {"premium": True}})
    call = camille.asks_for("0899123456")
    await call.ends()
    assert call.prompts == ["barred-premium"]
    assert world.legs_outside("0899123456") == []
    assert camille.record.rule.rule == "barred.premium"
    world.nothing_left()


async def test_a_destination_that_forwards_is_followed(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=20)
    world.line("4003").sets(incoming="forward", unconditional={"number": "4004"})
    phone = world.line("4004").device(rings=0.2, answers=3)
    call = camille.asks_for("4003")
    await call.talks()
    await call.ends()
    assert list(call.talked) == [phone]
    assert [world.line(name).record.direction for name in ("4002", "4003", "4004")] == [
        Direction.OUTGOING, Direction.MISSED, Direction.RECEIVED,
    ]  # fmt: skip
    world.nothing_left()


async def test_a_destination_that_forwards_outside_holds_one_trunk_leg_for_it(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2, leaves=20)
    world.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rings=1, answers=3)
    call = camille.asks_for("4003")
    await call.talks()
    assert world.process.occupancy.outside_calls_of("demo") == 1
    await call.ends()
    world.nothing_left()


async def test_a_destination_that_has_a_mailbox_takes_a_message(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=25)
    call = camille.asks_for("4003")
    await call.ends()
    (message,) = world.line("4003").messages
    assert message.sender.number == "+33222969569"
    assert camille.record.answered_at is not None
    world.nothing_left()


@pytest.mark.parametrize(
    "does",
    [
        pytest.param({"rings": 0.2}, id="nobody answers"),
        pytest.param({"rings": 0.2, "rejects": 486}, id="busy"),
        pytest.param({"rings": 0.2, "rejects": 603}, id="refused"),
        pytest.param({"rings": None}, id="silent"),
        pytest.param({"gone": True}, id="gone"),
        pytest.param({"rings": 0.2, "redirects": "4004"}, id="sends it elsewhere"),
        pytest.param(None, id="no phone is there"),
    ],
)
async def test_when_nobody_answers_first_the_destination_is_not_called_and_the_call_is_recorded(
    world: World, camille: LineActor, does: dict[str, Any] | None
) -> None:
    if does is not None:
        camille.device(**does)
    world.line("4003").device(rings=0.2, answers=1)
    call = camille.asks_for("4003")
    ended = await call.ends()
    assert ended < 34
    assert world.line("4003").legs == []
    record = camille.record
    assert (record.direction, record.rule.rule, record.answered_at) == (
        Direction.OUTGOING, "call.first_party_away", None,
    )  # fmt: skip
    assert record.peer.number == "4003"
    world.nothing_left()


# --- a first party outside ----------------------------------------------------------------------------------------


async def test_a_first_party_outside_is_joined_once_it_has_pressed_1(
    world: World, camille: LineActor
) -> None:
    world.outside(MOBILE, rings=1, answers=3, presses=((3, "1"),))
    phone = world.line("4003").device(rings=0.2, answers=4, leaves=10)
    call = camille.asks_for("4003", first=MOBILE)
    await call.first_answers()
    assert world.process.occupancy.outside_calls_of("demo") == 1
    assert camille.calls == 1
    assert world.line("4003").legs == []
    await call.talks()
    await call.ends()
    assert list(call.talked) == [phone]
    assert call.prompts == ["press-1-to-accept", RINGING]
    assert camille.record.duration == pytest.approx(10, abs=0.1)
    world.nothing_left()


@pytest.mark.parametrize(
    ("presses", "prompts", "leaves"),
    [
        pytest.param((), 2, None, id="nothing"),
        pytest.param(((1, "2"), (4, "9")), 2, None, id="wrong keys"),
        pytest.param((), 1, 1, id="hangs up"),
        pytest.param((), 0, 0, id="hangs up at once"),
    ],
)
async def test_a_first_party_outside_that_does_not_press_1_is_never_joined_to_anybody(
    world: World,
    camille: LineActor,
    presses: tuple[tuple[float, str], ...],
    prompts: int,
    leaves: float | None,
) -> None:
    world.outside(MOBILE, rings=1, answers=3, presses=presses, leaves=leaves)
    world.line("4003").device(rings=0.2, answers=1)
    call = camille.asks_for("4003", first=MOBILE)
    await call.ends()
    assert call.prompts == ["press-1-to-accept"] * prompts
    assert (call.talked, world.line("4003").legs) == ({}, [])
    record = camille.record
    assert (record.rule.rule, record.answered_at) == ("call.first_party_away", None)
    assert [leg.answered_at for leg in record.legs] == [None]
    world.nothing_left()


async def test_a_wrong_key_and_then_1_is_joined(world: World, camille: LineActor) -> None:
    world.outside(MOBILE, rings=1, answers=3, presses=((1, "5"), (2, "1")))
    world.line("4003").device(rings=0.2, answers=1, leaves=3)
    call = camille.asks_for("4003", first=MOBILE)
    await call.talks()
    await call.ends()
    world.nothing_left()


@pytest.mark.parametrize("first", ["0899123456", "112", "*8", "4999", "550", "x"])
async def test_a_first_party_that_may_not_be_called_is_not_called_and_the_reason_is_recorded(
    world: World, camille: LineActor, first: str
) -> None:
    camille.sets_document("call-settings", {"barring": {"premium": True}})
    for number in ("0899123456", "112"):
        world.outside(number, answers=1)
    call = camille.asks_for("4003", first=first)
    await call.ends()
    assert call.legs == []
    if first == "0899123456":
        assert camille.record.rule.rule == "barred.premium"
    world.nothing_left()


async def test_the_limits_hold_for_both_parties(world: World, camille: LineActor) -> None:
    world.directory.put_company(replace(COMPANY, max_calls=1))
    world.outside(MOBILE, rings=1, answers=2, presses=((3, "1"),))
    world.outside(LANDLINE, rings=1, answers=2)
    call = camille.asks_for(LANDLINE, first=MOBILE)
    await call.ends()
    assert call.prompts == ["press-1-to-accept", "company-limit-reached"]
    world.change_line("4002", max_calls=0)
    camille.device(rings=0.2, answers=1)
    full = camille.asks_for("4003")
    await full.ends()
    assert full.legs == []
    assert camille.records[-1].rule.rule == "outgoing.line_full"
    world.nothing_left()


async def test_a_new_process_does_not_refuse_a_first_party_for_the_trunk_that_it_holds_itself(
    world: World, camille: LineActor
) -> None:
    world.directory.put_company(replace(COMPANY, max_calls=1))
    world.outside(MOBILE, rings=1, answers=6, presses=((3, "1"),))
    world.line("4003").device(rings=0.2, answers=1, leaves=3)
    call = camille.asks_for("4003", first=MOBILE)
    await asyncio.sleep(2)
    await world.crashes(away=0.5)
    await call.talks()
    await call.ends()
    world.nothing_left()


# --- its end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.002, 0.1, 1.0, 2.5, 3.5, 6.0, 9.0])
@pytest.mark.parametrize("first", [CAMILLE, MOBILE])
async def test_the_user_ends_it_whenever_it_likes(
    world: World, camille: LineActor, first: str, after: float
) -> None:
    camille.device(rings=0.2, answers=2)
    world.outside(MOBILE, rings=0.2, answers=2, presses=((1, "1"),))
    world.line("4003").device(rings=0.2, answers=5)
    call = camille.asks_for("4003", first=first)
    await asyncio.sleep(after)
    assert world.process.live_calls.end(call.id)
    await call.ends()
    assert len(camille.records) == 1
    assert not world.process.live_calls.end(call.id)
    world.nothing_left()


async def test_whoever_asks_how_far_it_is_is_told_to_the_last(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2)
    world.line("4003").device(rings=0.2, answers=5)
    call = camille.asks_for("4003")
    made = MadeCalls(world.process.live_calls)
    assert made.get(CAMILLE, call.id).state is MadeState.RINGING_FROM
    await call.talks()
    assert made.get(CAMILLE, call.id).state is MadeState.TALKING
    world.database.down = True
    made.end(CAMILLE, call.id)
    await asyncio.sleep(2)
    assert made.get(CAMILLE, call.id).state is MadeState.ENDED, "the history has it not yet"
    with pytest.raises(NotFound):
        made.end(CAMILLE, call.id)
    with pytest.raises(NotFound):
        made.get(DOMINIQUE, call.id)
    world.database.down = False
    await call.ends()
    with pytest.raises(NotFound):
        made.get(CAMILLE, call.id)
    assert camille.record.call == call.id
    world.nothing_left()


async def test_when_either_of_them_hangs_up_the_other_is_let_go(world: World, camille: LineActor) -> None:
    camille.device(rings=0.2, answers=2, leaves=9)
    world.line("4003").device(rings=0.2, answers=3, leaves=4)
    call = camille.asks_for("4003")
    await call.ends()
    assert call.channel.ended_by_app
    assert call.prompts == [RINGING]
    world.nothing_left()


# --- what is heard while the other side rings ----------------------------------------------------------------


@pytest.mark.parametrize("says", [180, 183])
@pytest.mark.parametrize("to", ["4003", MOBILE])
async def test_whoever_was_called_first_hears_ringing_until_the_destination_answers(
    world: World, camille: LineActor, to: str, says: int
) -> None:
    camille.device(rings=0.2, answers=2)
    for far_end in (world.line("4003").device, partial(world.outside, MOBILE)):
        far_end(rings=0.5, says=says, answers=6, leaves=5)
    call = camille.asks_for(to)
    await call.talks()
    (heard,) = call.channel.heard
    assert heard.prompt == RINGING
    assert heard.seconds == pytest.approx(5.5, abs=0.1)
    await call.ends()
    world.nothing_left()


async def test_the_operators_own_sound_takes_the_place_of_our_ringing(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2)
    world.outside(MOBILE, rings=3, says=183, early_sound=True, answers=9, leaves=5)
    call = camille.asks_for(MOBILE)
    await call.first_answers()
    await asyncio.sleep(4)
    (leg,) = world.legs_outside(MOBILE)
    assert leg.bridge == call.channel.bridge is not None
    assert call.prompts == [RINGING]
    await call.talks()
    await call.ends()
    assert camille.record.duration == pytest.approx(5, abs=0.1)
    world.nothing_left()


async def test_after_a_trunk_that_was_heard_and_failed_the_next_one_rings(tmp_path: Path) -> None:
    world = World(tmp_path, trunks=(TRUNK, replace(TRUNK, name="second")))
    camille = world.line("4002")
    camille.device(rings=0.2, answers=2)
    world.outside("112@operator", rings=0.2, says=183, early_sound=True, rejects=503, after=2)
    world.outside("112@second", rings=0.5, answers=4, leaves=5)
    call = camille.asks_for("112")  # of all calls the one that is then tried elsewhere
    await call.talks()
    assert call.prompts == [RINGING, RINGING]
    await call.ends()
    world.nothing_left()


@pytest.mark.parametrize("code", ["*66", "*69"])
async def test_ringing_is_heard_of_a_number_that_a_code_calls_back(
    world: World, camille: LineActor, code: str
) -> None:
    world.line("4003").device(rings=0.2)
    first = world.line("4003").dials("4002") if code == "*69" else camille.dials("4003")
    await asyncio.sleep(3)
    await first.hangs_up()
    call = camille.dials(code)
    await asyncio.sleep(8)
    if code == "*69":
        await asyncio.sleep(8)
        await call.presses("1")
    await call.hears(RINGING)
    assert not call.channel.rung
    await call.hangs_up()
    world.nothing_left()


async def test_a_first_party_that_hangs_up_while_it_rings_stops_the_ring(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2, leaves=3)
    world.line("4003").device(rings=0.2)
    call = camille.asks_for("4003")
    await call.ends()
    assert world.line("4003").record.direction is Direction.MISSED
    assert [leg.alive for leg in world.line("4003").legs] == [False]
    world.nothing_left()


async def test_a_call_from_anywhere_is_ended_when_that_is_asked_for(world: World) -> None:
    world.line("4003").device(rings=0.2, answers=1)
    call = world.trunk_call(to=DOMINIQUE)
    await call.talks()
    (ours,) = world.process.live_calls.calls
    assert world.process.live_calls.end(ours)
    await call.ends()
    assert world.line("4003").record.duration is not None
    world.nothing_left()


async def test_a_message_is_kept_although_the_end_of_its_call_is_asked_for_while_it_is_spoken(
    world: World,
) -> None:
    call = world.trunk_call(to=DOMINIQUE)
    await call.is_recorded()
    await asyncio.sleep(7)
    (ours,) = world.process.live_calls.calls
    assert world.process.live_calls.end(ours)
    await call.ends()
    (message,) = world.line("4003").messages
    assert message.duration == pytest.approx(7, abs=0.1)
    assert message.new
    world.nothing_left()


async def test_a_call_that_we_make_picks_up_one_that_rings_elsewhere(
    world: World, camille: LineActor
) -> None:
    camille.device(rings=0.2, answers=2)
    world.line("4003").device(rings=0.2)
    caller = world.trunk_call(to=DOMINIQUE)
    await caller.hears_ringing()
    call = camille.asks_for("**4003")
    await caller.talks()
    assert (camille.calls, world.line("4003").calls) == (1, 0)
    await caller.hangs_up(after=5)
    await call.ends()
    record = camille.record
    assert (record.direction, record.rule.rule) == (Direction.RECEIVED, "call.picked_up")
    assert record.duration == pytest.approx(5, abs=0.1)
    world.nothing_left()
