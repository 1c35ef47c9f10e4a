"""Forwards by code: asked for or in one go, read back, confirmed, corrected, refused in words (spec §7)."""

from __future__ import annotations

from typing import Any

import pytest

from callcontrol.changed_by import Where
from callcontrol.dialogue import say
from callcontrol.facts import Licence
from callcontrol.settings.model import CallManager, CallManagerAdvanced
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import hears_new, opens, types

pytestmark = VIRTUAL_TIME

LINE, COLLEAGUE = "0222969569", "0222969570"
MOBILE = "0612345678"
FORWARDS = [
    ("*72", "unconditional", "forward-to-number", "forward-unconditional"),
    ("*90", "busy", "forward-busy-to-number", "forward-busy"),
    ("*92", "no_answer", "forward-no-answer-to-number", "forward-no-answer"),
    ("*94", "unavailable", "forward-unavailable-to-number", "forward-unavailable"),
]
ENDS = {"*72": "*73", "*90": "*91", "*92": "*93", "*94": "*95"}


def manager(world: World) -> CallManager:
    return world.directory.settings(LINE).call_manager


def advanced(world: World) -> CallManagerAdvanced:
    return world.directory.settings(LINE).call_manager_advanced


def forwarded(world: World, name: str) -> tuple[bool, str | None]:
    kept = manager(world)
    part: Any = getattr(kept, name)
    return (kept.incoming == "forward" if name == "unconditional" else part.forward_enabled, part.number)


@pytest.mark.parametrize(("code", "name", "read_back", "prompt"), FORWARDS)
async def test_a_number_that_is_asked_for_is_read_back_and_confirmed(
    world: World, code: str, name: str, read_back: str, prompt: str
) -> None:
    call = await opens(world, dialled=code)
    await hears_new(call, "enter-forward-number")
    assert forwarded(world, name) == (False, None)
    await types(call, f"{MOBILE}#")
    await hears_new(call, read_back)
    assert forwarded(world, name) == (True, MOBILE), "what is read back is set"
    await types(call, "1", gap=15)  # at the end of what is said
    await hears_new(call, f"{prompt}-on")
    await call.ends()
    at = call.prompts.index(read_back)
    number = say.phone_number(MOBILE, "fr")
    assert tuple(call.prompts[at + 1 : at + 1 + len(number)]) == number
    assert forwarded(world, name) == (True, MOBILE)
    line, document, by = world.audited.entries[-1]
    assert (line, document, by.where) == (LINE, "call-manager", Where.PHONE)
    world.nothing_left()


@pytest.mark.parametrize(("code", "name", "read_back", "prompt"), FORWARDS)
async def test_the_end_of_a_forward_keeps_its_number(
    world: World, code: str, name: str, read_back: str, prompt: str
) -> None:
    call = await opens(world, dialled=f"{code}{MOBILE}")
    await hears_new(call, read_back)
    await call.hangs_up()
    assert forwarded(world, name) == (True, MOBILE), "a hangup confirms"
    call = await opens(world, dialled=ENDS[code])
    await hears_new(call, f"{prompt}-off")
    await call.ends()
    assert forwarded(world, name) == (False, MOBILE)
    world.nothing_left()


@pytest.mark.parametrize(
    "dialled", [f"*72{MOBILE}#", f"%2A72{MOBILE}%23", "*72+33612345678", f"*72 {MOBILE}"]
)
async def test_a_code_comes_as_phones_send_it(world: World, dialled: str) -> None:
    call = await opens(world, dialled=dialled)
    await hears_new(call, "press-1-to-confirm")
    await types(call, "1")
    await call.ends()
    assert manager(world).incoming == "forward"
    assert manager(world).unconditional.number in (MOBILE, "+33612345678")
    world.nothing_left()


async def test_2_puts_back_what_was_set_and_asks_again(world: World) -> None:
    world.line("4002").sets(incoming="voicemail", unconditional={"number": "4003"})
    call = await opens(world, dialled=f"*72{MOBILE}")
    await hears_new(call, "press-2-to-correct")
    await types(call, "2")
    await hears_new(call, "enter-forward-number")
    assert (manager(world).incoming, manager(world).unconditional.number) == ("voicemail", "4003")
    await types(call, "0298000001#")
    await hears_new(call, "press-1-to-confirm")
    await types(call, "1")
    await call.ends()
    assert manager(world).unconditional.number == "0298000001"
    world.nothing_left()


async def test_a_hangup_half_way_changes_nothing(world: World) -> None:
    call = await opens(world, dialled="*72")
    await hears_new(call, "enter-forward-number")
    await types(call, "06123")
    await call.hangs_up()
    assert manager(world) == CallManager()
    assert world.audited.entries == []
    world.nothing_left()


@pytest.mark.parametrize(("keys", "last"), [("", "nothing-typed"), ("*", "enter-forward-number")])
async def test_silence_and_star_change_nothing_and_say_so(world: World, keys: str, last: str) -> None:
    call = await opens(world, dialled="*90")
    await hears_new(call, "enter-forward-number")
    await types(call, keys)
    await call.ends()
    assert last in call.prompts
    assert call.prompts[-1] == "forward-not-changed"
    assert manager(world) == CallManager()
    world.nothing_left()


@pytest.mark.parametrize(
    ("asks", "before", "asked"), [(False, MOBILE, False), (False, None, True), (True, MOBILE, True)]
)
async def test_the_number_used_last_is_taken_unless_the_user_wants_to_be_asked(
    world: World, asks: bool, before: str | None, asked: bool
) -> None:
    actor = world.line("4002")
    actor.sets_document("call-settings", {"ask_number": {"busy": asks}})
    actor.sets(busy={"number": before})
    call = await opens(world, dialled="*90")
    await hears_new(call, "enter-forward-number" if asked else "forward-busy-to-number")
    await call.hangs_up()
    assert manager(world).busy.forward_enabled is not asked
    world.nothing_left()


REFUSALS = [
    ("0298000001", {"national": True}, "barred-national"),
    ("0033298000001", {"national": True}, "barred-national"),
    ("00442079460000", {"international": True}, "barred-international"),
    ("0899123456", {"premium": True}, "barred-premium"),
    (LINE, {}, "forward-to-oneself"),
    ("4002", {}, "forward-to-oneself"),
    ("4003", {}, "forward-would-loop"),
    ("9999", {}, "forward-number-unknown"),
    ("0", {}, "forward-number-unknown"),
    ("012345678901234567890123", {}, "forward-number-unknown"),
    ("112", {}, "forward-to-emergency"),
    ("15", {}, "forward-to-emergency"),
    ("551", {}, "short-code-without-target"),
]


@pytest.mark.parametrize(("number", "barring", "reason"), REFUSALS)
@pytest.mark.parametrize("in_one_go", [True, False], ids=["in one go", "asked for"])
async def test_a_number_that_cannot_be_is_refused_with_its_reason(
    world: World, number: str, barring: dict[str, bool], reason: str, in_one_go: bool
) -> None:
    world.directory.put_short_code("demo", "551", "0")
    world.line("4002").sets_document("call-settings", {"barring": barring})
    world.line("4003").sets(incoming="forward", unconditional={"number": "4002"})
    call = await opens(world, dialled=f"*72{number}" if in_one_go else "*72")
    if not in_one_go:
        await hears_new(call, "enter-forward-number")
        await types(call, f"{number}#")
    await hears_new(call, reason)
    if not in_one_go:
        await hears_new(call, "enter-forward-number")
        await types(call, "*")
    await call.ends()
    assert call.prompts[-1] == "forward-not-changed"
    assert manager(world) == CallManager()
    assert world.audited.entries == []
    world.nothing_left()


@pytest.mark.parametrize("code", ["*72", "*90", "*92", "*94"])
@pytest.mark.parametrize("other", ["*78", "*318", "*8", "**4003", "*72"])
async def test_a_code_is_not_reached_through_a_forward(world: World, code: str, other: str) -> None:
    call = await opens(world, dialled=code + other)
    await call.ends()
    assert call.prompts == ["forward-to-code", "forward-not-changed"]
    assert manager(world) == CallManager()
    assert world.audited.entries == []
    world.nothing_left()


@pytest.mark.parametrize(
    ("barring", "prompt"),
    [("access_codes", "barred-access-codes"), ("config_codes", "barred-config-codes")],
)
async def test_a_barred_code_says_so(world: World, barring: str, prompt: str) -> None:
    world.line("4002").sets_document("call-settings", {"barring": {barring: True}})
    call = await opens(world, dialled=f"*72{MOBILE}")
    await call.hears(prompt)
    await call.ends()
    assert manager(world) == CallManager()
    world.nothing_left()


async def test_a_forward_that_voicemail_always_overtakes_is_warned_of(world: World) -> None:
    world.line("4002").sets(no_answer={"voicemail_after": 20, "forward_after": 36})
    call = await opens(world, dialled=f"*92{MOBILE}")
    await hears_new(call, "forward-after-voicemail")
    await call.hangs_up()
    assert manager(world).no_answer.forward_enabled
    world.nothing_left()


async def test_the_next_call_obeys_what_the_code_set(world: World) -> None:
    world.outside(MOBILE, answers=2)
    world.line("4002").device(rings=0.1)
    call = await opens(world, dialled=f"*72{MOBILE}")
    await hears_new(call, "forward-to-number")
    caller = world.trunk_call(LINE)
    await caller.talks()
    await caller.hangs_up()
    await call.hangs_up()
    assert MOBILE in caller.talked
    world.nothing_left()


# --- the advanced manager (spec §4.4) -------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["ring", "voicemail"])
async def test_the_advanced_manager_forwards_and_goes_back_to_what_was_chosen_before(
    world: World, before: str
) -> None:
    world.change_line("4002", licence=Licence.FULL_MEETING_ADVANCED)
    world.line("4002").sets_document("call-manager-advanced", {"incoming": before})
    for number in (MOBILE, "0298000001"):
        call = await opens(world, dialled=f"*72{number}")
        await hears_new(call, "press-1-to-confirm")
        await types(call, "1")
        await call.ends()
    assert (advanced(world).incoming, advanced(world).number) == ("forward", "0298000001")
    call = await opens(world, dialled="*73")
    await hears_new(call, "forward-unconditional-off" if before == "ring" else "rules-restored")
    await call.ends()
    assert (advanced(world).incoming, advanced(world).number) == (before, "0298000001")
    world.nothing_left()


@pytest.mark.parametrize(("code", "name"), [("*90", "busy"), ("*92", "no_answer")])
async def test_the_advanced_manager_forwards_after_the_ring(world: World, code: str, name: str) -> None:
    world.change_line("4002", licence=Licence.FULL_MEETING_ADVANCED)
    call = await opens(world, dialled=f"{code}{MOBILE}")
    await hears_new(call, "press-1-to-confirm")
    await call.hangs_up()
    kept = getattr(advanced(world), name)
    assert (kept.action, kept.number) == ("forward", MOBILE)
    call = await opens(world, dialled=ENDS[code])
    await call.ends()
    kept = getattr(advanced(world), name)
    assert (kept.action, kept.number) == ("voicemail", MOBILE)
    world.nothing_left()


@pytest.mark.parametrize(
    "code", ["*94", "*95", "*77", "*87", "*78", "*79", "*60", "*80", "*61", "*81", "*63", "*83"]
)
async def test_what_rules_do_on_an_advanced_line_says_so(world: World, code: str) -> None:
    world.change_line("4002", licence=Licence.FULL_MEETING_ADVANCED)
    call = await opens(world, dialled=code)
    await call.ends()
    assert call.prompts == ["code-not-on-this-line"]
    assert world.audited.entries == []
    world.nothing_left()
