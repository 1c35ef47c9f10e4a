"""A caller in the voice menu, and the box that it opens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind
from tests.fakes.actors import Caller
from tests.fakes.clock import MORNING
from tests.fakes.world import World

BOX = "0222969569"
PIN = "731946"
SENDER = Peer(Presentation.SHOWN, "+33145678901", "Société Dupont")
COLLEAGUE = Peer(Presentation.SHOWN, "+33222969570", "Dominique Petit")
WITHHELD = Peer(Presentation.ANONYMOUS)
SECONDS = 20.0
"""How long a message lasts here unless said otherwise."""


def ready(world: World, **access: Any) -> None:
    """4002 has its PIN, was told how to set its box up, and may walk in without the PIN unless said otherwise."""
    for line in world.directory.lines():
        world.access.pins[line.number] = PIN
        world.access.tutorials.add(line.number)
    world.line("4002").sets_document("inbox-access", {"pin_disabled": True, **access})


def put(world: World, name: str, age: float = 60.0, **fields: Any) -> Message:
    """A message in the box of 4002, so many minutes old, with its file; ``name`` is its id and its sound's."""
    line, kind = fields.pop("line", BOX), fields.pop("kind", MessageKind.VOICE)
    path = f"messages/{line}/{name}.{'pdf' if kind is MessageKind.FAX else 'wav16'}"
    received = MORNING - timedelta(minutes=age)
    fields.setdefault("duration", None if kind is MessageKind.FAX else SECONDS)
    message = Message(name, line, kind, fields.pop("sender", SENDER), received, path, **fields)
    world.messages.rows[name] = message
    world.recordings.kept[path] = SECONDS
    world.asterisk.media.lasts[name] = SECONDS
    return message


async def opens(world: World, name: str = "4002", dialled: str = "*318", **more: Any) -> Caller:
    """A phone of a line dials the code."""
    call = world.line(name).dials(dialled, **more)
    await asyncio.sleep(0)
    return call


async def types(call: Caller, keys: str, gap: float = 0.1) -> None:
    """Press keys one after the other."""
    for key in keys:
        await call.presses(key, after=gap)


async def hears_new(call: Caller, prompt: str, within: float = 60.0) -> None:
    """Until ``prompt`` is played to it, from this moment on."""
    world = call._world
    begun = world.asterisk.time

    def plays() -> bool:
        now = call.channel.plays[0] if call.channel.plays else None
        return (
            now is not None and now.started_at is not None and now.started_at >= begun - 1e-9
            and prompt in world.asterisk.media.playing(call.channel)
        )  # fmt: skip

    await world.asterisk.until(plays, within)


async def menu(call: Caller, first: str) -> None:
    """Until a menu that begins with the offer ``first`` is being said."""
    await hears_new(call, first)
