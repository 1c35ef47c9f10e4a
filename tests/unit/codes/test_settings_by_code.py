"""Switches, lists of callers, the last caller and the last number, by code (spec §7)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcontrol.because import Because
from callcontrol.changed_by import Where
from callcontrol.dialogue import say
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, Peer
from callcontrol.settings.model import CallManager
from tests.fakes.clock import MORNING
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import hears_new, opens, types

pytestmark = VIRTUAL_TIME

LINE = "0222969569"
SHOWN = Peer(Presentation.SHOWN, "+33145678901")
EVERYTHING = {
    "reject_anonymous": True,
    "dnd": {"enabled": True},
    "selective_reject": {"enabled": True},
    "distinctive_ring": {"enabled": True},
    "selective_forward": {"enabled": True, "number": "4003"},
}
LISTS = [
    ("*60", "selective_reject", "reject-list"),
    ("*61", "distinctive_ring", "distinctive-ring-list"),
    ("*63", "selective_forward", "forward-list"),
]


def manager(world: World) -> CallManager:
    return world.directory.settings(LINE).call_manager


def called(world: World, peer: Peer, minutes: float = 10, way: Direction = Direction.MISSED) -> None:
    """A call in the history of 4002, so long ago."""
    at = MORNING - timedelta(minutes=minutes)
    record = CallRecord(f"c{minutes}", LINE, way, peer, at, None, at, Because("ring"))
    world.history.rows[record.call, LINE] = record


def listed(world: World, name: str) -> Any:
    return getattr(manager(world), name)


@pytest.mark.parametrize(
    ("code", "prompt", "field", "on"),
    [
        ("*77", "reject-anonymous-on", "reject_anonymous", True),
        ("*87", "reject-anonymous-off", "reject_anonymous", False),
        ("*78", "dnd-on", "dnd", True),
        ("*79", "dnd-off", "dnd", False),
        ("*80", "reject-list-off", "selective_reject", False),
        ("*81", "distinctive-ring-list-off", "distinctive_ring", False),
        ("*83", "forward-list-off", "selective_forward", False),
    ],
)
async def test_a_switch_is_set_said_and_audited(
    world: World, code: str, prompt: str, field: str, on: bool
) -> None:
    world.line("4002").sets(**({} if on else EVERYTHING))
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == [prompt]
    kept = listed(world, field)
    assert (kept if isinstance(kept, bool) else kept.enabled) is on
    line, document, by = world.audited.entries[-1]
    assert (line, document, by.where) == (LINE, "call-manager", Where.PHONE)
    (record,) = [row for row in world.history.rows.values() if row.direction is Direction.OUTGOING]
    assert record.peer.number == code
    world.nothing_left()


async def test_what_cannot_be_saved_is_said_and_changes_nothing(world: World) -> None:
    world.audited.down = True
    call = await opens(world, dialled="*78")
    await call.ends()
    assert call.prompts == ["not-saved-try-later"]
    assert manager(world) == CallManager()
    world.nothing_left()


# --- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "name", "prompt"), LISTS)
async def test_a_list_takes_numbers_and_extensions_gives_them_back_and_is_switched(
    world: World, code: str, name: str, prompt: str
) -> None:
    world.line("4002").sets(selective_forward={"number": "4003"})
    call = await opens(world, dialled=code)
    await hears_new(call, "list-menu")
    assert world.asterisk.media.playing(call.channel) == (
        "list-holds", *say.count(0, "listed-number", "fr"), f"{prompt}-off", "list-menu",
    )  # fmt: skip
    for number in ("0612345678", "4003"):
        await types(call, "#")
        await hears_new(call, "enter-number-to-add")
        await types(call, f"{number}#")
        await hears_new(call, "number-added")
    await types(call, "#")
    await hears_new(call, "enter-number-to-add")
    await types(call, "0033612345678#")
    await hears_new(call, "number-already-listed")
    await types(call, "3")
    await hears_new(call, f"{prompt}-on")
    kept = listed(world, name)
    assert (kept.enabled, kept.callers.numbers, kept.callers.extensions) == (True, ("0612345678",), ("4003",))
    for number in ("+33612345678".replace("+", "00"), "4003"):
        await types(call, "*")
        await hears_new(call, "enter-number-to-remove")
        await types(call, f"{number}#")
        await hears_new(call, "number-removed")
    await types(call, "*")
    await hears_new(call, "enter-number-to-remove")
    await types(call, "4003#")
    await hears_new(call, "number-not-listed")
    await types(call, "3")
    await hears_new(call, f"{prompt}-off")
    await call.hangs_up()
    kept = listed(world, name)
    assert (kept.enabled, kept.callers.numbers, kept.callers.extensions) == (False, (), ())
    world.nothing_left()


@pytest.mark.parametrize(
    ("peer", "prompt"),
    [
        (SHOWN, "caller-added-to-reject-list"),
        (Peer(Presentation.ANONYMOUS), "last-caller-cannot-be-listed"),
        (Peer(Presentation.UNAVAILABLE), "last-caller-cannot-be-listed"),
        (None, "no-caller-to-call-back"),
    ],
)
async def test_1_adds_the_last_caller(world: World, peer: Peer | None, prompt: str) -> None:
    if peer is not None:
        called(world, peer)
    call = await opens(world, dialled="*60")
    await hears_new(call, "list-menu")
    await types(call, "1")
    await hears_new(call, prompt)
    await call.hangs_up()
    assert listed(world, "selective_reject").callers.numbers == ((SHOWN.number,) if peer is SHOWN else ())
    world.nothing_left()


@pytest.mark.parametrize("code", ["*61", "*63"])
async def test_1_says_whom_it_added(world: World, code: str) -> None:
    called(world, SHOWN)
    call = await opens(world, dialled=code)
    await hears_new(call, "list-menu")
    await types(call, "1")
    await hears_new(call, "number-added")
    number = say.phone_number("+33145678901", "fr")
    assert world.asterisk.media.playing(call.channel) == ("number-added", *number, "list-menu")
    await call.hangs_up()
    world.nothing_left()


async def test_a_forward_list_without_a_number_is_not_switched_on(world: World) -> None:
    call = await opens(world, dialled="*63")
    await hears_new(call, "list-menu")
    await types(call, "3")
    await hears_new(call, "list-lacks-forward-number")
    await call.hangs_up()
    assert not manager(world).selective_forward.enabled
    world.nothing_left()


@pytest.mark.parametrize(("number", "prompt"), [("0", "number-impossible"), ("1" * 24, "number-impossible")])
async def test_nonsense_is_not_listed(world: World, number: str, prompt: str) -> None:
    call = await opens(world, dialled="*60")
    await hears_new(call, "list-menu")
    await types(call, "#")
    await hears_new(call, "enter-number-to-add")
    await types(call, f"{number}#")
    await hears_new(call, prompt)
    await call.hangs_up()
    assert manager(world) == CallManager()
    world.nothing_left()


async def test_a_list_menu_without_a_choice_says_goodbye(world: World) -> None:
    call = await opens(world, dialled="*60")
    await call.ends()
    assert call.prompts[-1] == "goodbye"
    assert call.prompts.count("list-menu") == 3
    world.nothing_left()


# --- the last caller and the last number ----------------------------------------------------------------------------


async def test_69_says_number_and_time_and_1_calls_back(world: World) -> None:
    world.outside("0145678901", answers=2)
    called(world, Peer(Presentation.SHOWN, "+33298000001"), minutes=60)
    called(world, SHOWN, minutes=30)
    called(world, Peer(Presentation.SHOWN, "+33612345678"), minutes=5, way=Direction.OUTGOING)
    call = await opens(world, dialled="*69")
    await hears_new(call, "press-1-to-call-back")
    number = say.phone_number("+33145678901", "fr")
    local = MORNING.astimezone(ZoneInfo("Europe/Paris"))
    time = say.moment(MORNING - timedelta(minutes=30), local, "fr")
    assert world.asterisk.media.playing(call.channel) == (
        "last-caller-was", *number, "last-caller-called", *time, "press-1-to-call-back",
    )  # fmt: skip
    await types(call, "1")
    await call.talks()
    await call.hangs_up()
    assert "0145678901" in call.talked
    newest = max(world.history.rows.values(), key=lambda row: row.started_at)
    assert (newest.direction, newest.peer.number) == (Direction.OUTGOING, "+33145678901")
    world.nothing_left()


@pytest.mark.parametrize(
    ("peer", "prompt"),
    [
        (None, "no-caller-to-call-back"),
        (Peer(Presentation.ANONYMOUS), "last-caller-withheld"),
        (Peer(Presentation.UNAVAILABLE), "last-caller-unknown"),
        (Peer(Presentation.SHOWN, "sales@firm"), "last-caller-unknown"),
    ],
)
async def test_69_says_why_nobody_can_be_called_back(world: World, peer: Peer | None, prompt: str) -> None:
    if peer is not None:
        called(world, peer)
    call = await opens(world, dialled="*69")
    await call.ends()
    assert call.prompts == [prompt]
    world.nothing_left()


async def test_69_says_goodbye_to_who_calls_nobody_back(world: World) -> None:
    called(world, SHOWN)
    call = await opens(world, dialled="*69")
    await call.ends()
    assert call.prompts[-1] == "goodbye"
    world.nothing_left()


async def test_69_obeys_barring(world: World) -> None:
    called(world, SHOWN)
    world.line("4002").sets_document("call-settings", {"barring": {"national": True}})
    call = await opens(world, dialled="*69")
    await hears_new(call, "press-1-to-call-back")
    await types(call, "1")
    await hears_new(call, "barred-national")
    await call.ends()
    world.nothing_left()


async def test_66_redials_what_was_dialled_before_the_codes(world: World) -> None:
    world.outside("0612345678", answers=2)
    called(world, Peer(Presentation.SHOWN, "+33612345678"), minutes=9, way=Direction.OUTGOING)
    called(world, Peer(Presentation.SHOWN, "*69"), minutes=3, way=Direction.OUTGOING)
    call = await opens(world, dialled="*66")
    await hears_new(call, "redialling")
    await call.talks()
    await call.hangs_up()
    assert "0612345678" in call.talked
    world.nothing_left()


async def test_66_with_nothing_to_redial_says_so(world: World) -> None:
    call = await opens(world, dialled="*66")
    await call.ends()
    assert call.prompts == ["nothing-to-redial"]
    world.nothing_left()


@pytest.mark.parametrize(("sounds_after", "begins"), [(0.0, 0.02), (0.2, 0.22), (None, 0.32)])
async def test_the_answer_to_a_code_waits_for_the_phones_sound_path(
    world: World, sounds_after: float | None, begins: float
) -> None:
    call = world.line("4002").dials("*78")
    call.channel.sounds_after = sounds_after
    await call.hears("dnd-on")
    playback, answered = call.channel.plays[0], call.channel.answered_at
    assert playback.started_at is not None
    assert answered is not None
    assert (sounds_after or 0.0) * (begins < 0.3) <= playback.started_at - answered <= begins
    await call.ends()
    world.nothing_left()


async def test_what_another_phone_of_the_line_calls_right_now_was_dialled_last(world: World) -> None:
    called(world, Peer(Presentation.SHOWN, "+33298000001"), way=Direction.OUTGOING)
    world.outside("0612345678", rings=0.2)
    first = world.line("4002").dials("0612345678")
    await asyncio.sleep(1)
    call = await opens(world, dialled="*66")
    await hears_new(call, "redialling")
    number = say.phone_number("+33612345678", "fr")
    assert world.asterisk.media.playing(call.channel) == ("redialling", *number)
    await call.hangs_up()
    await first.hangs_up()
    world.nothing_left()


@pytest.mark.parametrize("code", ["*69", "*60"])
async def test_who_leaves_a_message_right_now_is_the_last_caller(world: World, code: str) -> None:
    called(world, SHOWN)
    world.line("4002").sets(incoming="voicemail")
    caller = world.trunk_call(LINE, caller="0612345678")
    await caller.hears("beep")
    call = await opens(world, dialled=code)
    if code == "*69":
        await hears_new(call, "press-1-to-call-back")
        number = say.phone_number("+33612345678", "fr")
        assert world.asterisk.media.playing(call.channel)[: 1 + len(number)] == ("last-caller-was", *number)
    else:
        await hears_new(call, "list-menu")
        await types(call, "1")
        await hears_new(call, "caller-added-to-reject-list")
        assert listed(world, "selective_reject").callers.numbers == ("+33612345678",)
    await call.hangs_up()
    await caller.hangs_up()
    world.nothing_left()
