"""The app is killed after every single journal entry of a call, and another one goes on with it (design.md M9).

Each scenario is played once undisturbed; then once more for each of its journal entries, with the app killed
right after that entry and started again. The caller, the phones and Asterisk notice nothing: the same end, one
complete record for each line, nothing left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from structlog.typing import EventDict

from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import TRUNK, World
from tests.unit.calls import made_calls, reminder_calls, transfers

pytestmark = VIRTUAL_TIME

Script = Callable[[World], Awaitable[Caller]]
TRUNKS = (TRUNK, replace(TRUNK, name="second"))
AWAY = 0.8
MOBILE = "0612345678"


@dataclass(frozen=True)
class End:
    """What everybody who took part can tell of a call afterwards."""

    records: frozenset[tuple[str, str, str, bool, frozenset[tuple[str, str]]]]
    messages: tuple[tuple[str, bool, bool], ...]
    talked: frozenset[str]
    last_prompt: str | None
    sip_status: int | None


def end_of(world: World, call: Caller) -> End:
    """The end as it stands now."""
    return End(
        frozenset(
            (
                record.line,
                record.direction.value,
                record.rule.rule,
                record.message is not None,
                frozenset((leg.target, leg.result) for leg in record.legs),
            )
            for record in world.history.rows.values()
        ),
        tuple(sorted((m.line, (m.duration or 0) > 4, m.urgent) for m in world.messages.rows.values())),
        frozenset(call.talked),
        call.prompts[-1] if call.prompts else None,
        call.sip_status,
    )


# --- the scenarios: each sets its scene, makes one call, and says what the people do -----------------------------


async def two_phones_and_a_talk(world: World) -> Caller:
    world.line("4003").device(rings=0.2)
    world.line("4003").device(rings=0.2, answers=4, leaves=10)
    return world.trunk_call(to="0222969570")


async def a_talk_that_the_caller_ends(world: World) -> Caller:
    world.line("4003").device(answers=4)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(12)
    return call


async def a_caller_that_gives_up(world: World) -> Caller:
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(9)
    return call


async def a_message_ended_by_hash(world: World) -> Caller:
    world.line("4003").sets(no_answer={"voicemail_after": 6})
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    world.later(25, lambda: world.asterisk.press(call.channel, "#"))
    return call


async def a_message_made_again_and_urgent(world: World) -> Caller:
    world.line("4003").sets(no_answer={"voicemail_after": 6})
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    for at, key in ((25, "#"), (35, "3"), (55, "#"), (65, "4"), (80, "1")):
        world.later(at, partial(world.asterisk.press, call.channel, key))
    return call


async def a_greeting_of_its_own(world: World) -> Caller:
    world.line("4003").sets_document(
        "greetings", {"kind": "personal", "kinds": {"personal": {"recording": "mine"}}}
    )
    world.own_recordings.kept["mine"] = 5.0
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(25)
    return call


async def an_absence_without_deposit(world: World) -> Caller:
    world.line("4003").sets_document("greetings", {"kind": "absence", "absence": {"accept_messages": False}})
    return world.trunk_call(to="0222969570")


async def a_message_ended_by_hangup(world: World) -> Caller:
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(25)
    return call


async def phones_that_refuse(world: World) -> Caller:
    world.line("4003").device(rejects=486, after=1)
    world.line("4003").device(rejects=486, after=2)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(25)
    return call


async def a_refusal(world: World) -> Caller:
    world.line("4003").sets(reject_anonymous=True)
    return world.trunk_call(to="0222969570", privacy="id")


async def a_forward_inside(world: World) -> Caller:
    world.line("4003").sets(incoming="forward", unconditional={"number": "4004"})
    world.line("4004").device(answers=3, leaves=6)
    return world.trunk_call(to="0222969570")


async def a_forward_outside(world: World) -> Caller:
    world.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rings=1, answers=5, leaves=6)
    return world.trunk_call(to="0222969570")


async def a_forward_outside_that_is_busy(world: World) -> Caller:
    world.line("4003").sets(incoming="forward", unconditional={"number": MOBILE})
    world.outside(MOBILE, rejects=486, after=2)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(25)
    return call


async def a_call_to_a_colleague(world: World) -> Caller:
    world.line("4003").device(answers=3, leaves=6)
    return world.line("4002").dials("4003")


async def a_hidden_call_to_a_colleagues_mailbox(world: World) -> Caller:
    call = world.line("4002").dials("*674003")
    call.will_hang_up(25)
    return call


async def a_call_outside(world: World) -> Caller:
    world.outside(MOBILE, rings=1, answers=5, leaves=6)
    return world.line("4002").dials(MOBILE)


async def a_call_outside_with_early_media_only(world: World) -> Caller:
    world.outside(MOBILE, rings=None, answers=9, leaves=6)
    return world.line("4002").dials(MOBILE)


async def a_call_outside_that_is_busy(world: World) -> Caller:
    world.outside(MOBILE, rejects=486, after=2)
    return world.line("4002").dials(MOBILE)


async def a_call_that_the_second_trunk_takes(world: World) -> Caller:
    world.outside(f"{MOBILE}@operator", rings=None, rejects=503, after=1)
    world.outside(f"{MOBILE}@second", rings=1, answers=5, leaves=6)
    return world.line("4002").dials(MOBILE)


async def a_phone_that_redirects(world: World) -> Caller:
    world.line("4003").device(rings=None, redirects="4004", after=3)
    world.line("4004").device(answers=3, leaves=6)
    return world.trunk_call(to="0222969570")


async def a_pickup_that_the_picker_ends(world: World) -> Caller:
    for name in ("4003", "4005"):
        world.change_line(name, pickup_groups=("Bureau",))
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    world.later(4, lambda: world.line("4005").dials("*8").will_hang_up(9))
    return call


async def a_pickup_that_the_caller_ends(world: World) -> Caller:
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(15)
    world.later(4, lambda: world.line("4005").dials("**4003"))
    return call


async def a_message_that_its_owner_takes_live(world: World) -> Caller:
    world.line("4003").sets(no_answer={"voicemail_after": 0})
    world.line("4003").sets_document("message-settings", {"live_screening": True})
    world.line("4003").device(rings=0.2, answers=4, presses=((4, "1"),), leaves=14)
    return world.trunk_call(to="0222969570")


async def a_message_that_its_owner_only_hears(world: World) -> Caller:
    world.line("4003").sets(no_answer={"voicemail_after": 0})
    world.line("4003").sets_document("message-settings", {"live_screening": True})
    world.line("4003").device(rings=0.2, answers=4, leaves=6)
    world.line("4003").device(rings=0.2)
    call = world.trunk_call(to="0222969570")
    call.will_hang_up(30)
    return call


async def a_barred_call(world: World) -> Caller:
    world.line("4002").sets_document("call-settings", {"barring": {"premium": True}})
    return world.line("4002").dials("0899123456")


SCENARIOS: tuple[Script, ...] = (
    two_phones_and_a_talk,
    a_talk_that_the_caller_ends,
    a_caller_that_gives_up,
    a_message_ended_by_hash,
    a_message_made_again_and_urgent,
    a_greeting_of_its_own,
    an_absence_without_deposit,
    a_message_ended_by_hangup,
    phones_that_refuse,
    a_refusal,
    a_forward_inside,
    a_forward_outside,
    a_forward_outside_that_is_busy,
    a_call_to_a_colleague,
    a_hidden_call_to_a_colleagues_mailbox,
    a_call_outside,
    a_call_outside_with_early_media_only,
    a_call_outside_that_is_busy,
    a_call_that_the_second_trunk_takes,
    a_phone_that_redirects,
    a_pickup_that_the_picker_ends,
    a_pickup_that_the_caller_ends,
    a_message_that_its_owner_takes_live,
    a_message_that_its_owner_only_hears,
    a_barred_call,
    *made_calls.SCENARIOS,
    *transfers.SCENARIOS,
    *reminder_calls.SCENARIOS,
)


async def everybody_left(world: World) -> None:
    """Until the calls of all who called are over, and of whom they transferred."""
    for caller in (*world.callers, *world.made):
        await caller.ends()
    await world.asterisk.until(lambda: not world.asterisk.channels, within=400)
    await world.settles()


async def undisturbed(script: Script, folder: Path) -> tuple[End, list[str]]:
    """The end of the scenario, and the kinds of its journal entries."""
    world = World(folder, trunks=TRUNKS)
    call = await script(world)
    await everybody_left(world)
    world.nothing_left()
    await world.process.over()
    return end_of(world, call), [type(entry).__name__ for entry in world.process.entries]


@pytest.mark.parametrize("script", SCENARIOS, ids=lambda script: script.__name__.replace("_", " "))
async def test_a_call_reaches_the_same_end_wherever_the_app_dies(
    script: Script, tmp_path: Path, log: list[EventDict]
) -> None:
    meant, entries = await undisturbed(script, tmp_path / "undisturbed")
    wrong = []
    for number, kind in enumerate(entries, 1):
        world = World(tmp_path / str(number), trunks=TRUNKS)
        world.die_after = number
        call = await script(world)
        try:
            await world.dies()
            await world.returns(away=AWAY)
            await everybody_left(world)
            world.nothing_left()
        except (AssertionError, TimeoutError) as error:
            wrong.append(f"after {kind} ({number}): {type(error).__name__} {error}")
            continue
        finally:
            await world.process.over()
        got = end_of(world, call)
        if got != meant:
            wrong.append(f"after {kind} ({number}):\n   {got}\n   {meant}")
    assert wrong == [], "\n".join(wrong)
