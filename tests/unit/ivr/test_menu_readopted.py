"""The app dies after every journal entry of a stay in the menu: back at the main menu, nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from structlog.typing import EventDict

from callcontrol.journal.entries import MenuOpened
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import BOX, COLLEAGUE, PIN, hears_new, opens, put, ready, types

pytestmark = VIRTUAL_TIME
AWAY = 0.8
Script = Callable[[World], Coroutine[Any, Any, None]]


async def a_message_to_two_colleagues(world: World) -> None:
    call = await opens(world)
    await types(call, "24003#4005##")
    await hears_new(call, "beep", within=90)
    await call.is_recorded()
    await types(call, "#", gap=6)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "vm-sent")
    await call.hangs_up(after=1)


async def a_forwarded_message_with_an_introduction(world: World) -> None:
    call = await opens(world)
    await types(call, "154003#4005##1")
    await call.is_recorded()
    await types(call, "#", gap=6)
    await hears_new(call, "recording-menu")
    await types(call, "1")
    await hears_new(call, "message-forwarded")
    await call.hangs_up(after=1)


async def a_greeting_is_recorded_and_kept(world: World) -> None:
    call = await opens(world)
    await types(call, "323")
    await hears_new(call, "press-1-to-listen", within=90)
    await types(call, "2")
    await call.is_recorded()
    await types(call, "#", gap=5)
    await hears_new(call, "press-1-to-listen", within=90)
    await types(call, "3")
    await hears_new(call, "recording-saved")
    await call.hangs_up(after=1)


async def messages_are_heard_and_deleted(world: World) -> None:
    call = await opens(world)
    await types(call, "1")
    await hears_new(call, "first")
    await types(call, "3", gap=5)
    await hears_new(call, "second")
    await call.hangs_up(after=5)


async def a_box_is_opened_from_a_greeting(world: World) -> None:
    call = world.trunk_call(to=BOX)
    await hears_new(call, "vm-greeting-system")
    await types(call, f"*{PIN}#")
    await hears_new(call, "you-have")
    await types(call, "1")
    await hears_new(call, "first")
    await call.hangs_up(after=5)


async def a_sender_is_called_back(world: World) -> None:
    world.line("4003").device(answers=2, leaves=6)
    call = await opens(world)
    await types(call, "142")
    await hears_new(call, "press-1-to-confirm", within=90)
    await types(call, "1")
    await call.talks()
    await call.ends()


SCRIPTS = (
    a_message_to_two_colleagues,
    a_forwarded_message_with_an_introduction,
    a_greeting_is_recorded_and_kept,
    messages_are_heard_and_deleted,
    a_box_is_opened_from_a_greeting,
    a_sender_is_called_back,
)


def furnished(folder: Path) -> World:
    world = World(folder)
    ready(world, playback="message")
    put(world, "first", sender=COLLEAGUE)
    put(world, "second", 30, sender=COLLEAGUE)
    return world


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__.replace("_", " "))
async def test_the_menu_survives_the_app_wherever_it_dies(
    script: Script, tmp_path: Path, log: list[EventDict]
) -> None:
    whole = furnished(tmp_path / "whole")
    await script(whole)
    whole.nothing_left()
    await whole.process.over()
    told = [type(entry).__name__ for entry in whole.process.entries]
    assert "MenuOpened" in told
    wrong = []
    for number, kind in enumerate(told, 1):
        world = furnished(tmp_path / str(number))
        world.die_after = number
        acting = asyncio.create_task(script(world))
        try:
            await world.dies()
            acting.cancel()
            await asyncio.gather(acting, return_exceptions=True)
            await world.returns(away=AWAY)
            await goes_on(world)
            world.nothing_left()
            assert sent_to("0222969570", world) == sent_to("0222969572", world), "to both, or to none"
        except (AssertionError, TimeoutError) as error:
            wrong.append(f"after {kind} ({number}): {type(error).__name__} {error}")
        finally:
            await world.process.over()
    assert wrong == [], "\n".join(wrong)


async def goes_on(world: World) -> None:
    """Back at the main menu if the box was open; then everybody leaves."""
    (call,) = world.callers
    opened = any(isinstance(entry, MenuOpened) for entry in world.entries())
    if call.channel.alive and opened and not called_back(world):
        await hears_new(call, "you-have", within=20)
    if call.channel.alive:
        await call.hangs_up(after=4)
    await world.settles()


def called_back(world: World) -> bool:
    return bool(world.line("4003").legs) or any(
        getattr(getattr(entry, "step", None), "line", None) == "0222969570" for entry in world.entries()
    )


def sent_to(line: str, world: World) -> int:
    return len([message for message in world.messages.rows.values() if message.line == line])
