"""A golden call, and a world in which it stands as it did when its release went."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.fakes.actors import Caller
from tests.fakes.behaviour import Behaviour
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import MORNING
from tests.fakes.standing import set_up
from tests.fakes.world import World
from tests.unit.calls.test_calls_readopted import TRUNKS

HERE = Path(__file__).parent
AWAY = 0.8
"""Seconds between the end of the old release and the start of the new one."""


@dataclass(frozen=True)
class Golden:
    """One call of an earlier release. ``stood`` says for a number of entries what there was besides."""

    name: str
    journal: list[str]
    scene: dict[str, Any]
    records: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    stood: list[dict[str, Any]]

    def __str__(self) -> str:
        return self.name


def golden_calls() -> list[Golden]:
    """Every call of every release, as they are stored."""
    return [_read(path) for path in sorted(HERE.glob("*/*.jsonl"))]


def _read(path: Path) -> Golden:
    name = f"{path.parent.name} {path.stem.replace('_', ' ')}"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return Golden(name, lines, **json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))


def taken_up(golden: Golden, stood: dict[str, Any], folder: Path) -> tuple[World, Caller]:
    """The world as it stood, with the journal of the call up to then, and nobody who looks after it yet."""
    now = asyncio.get_running_loop().time()
    world = World(folder, trunks=TRUNKS, begin=MORNING + timedelta(seconds=stood["second"] - now))
    _set_scene(world, golden.scene)
    set_up(world.asterisk, stood)
    world.recordings.kept |= stood["kept"]
    caller = Caller(world, _caller_channel(world, golden.scene["caller"]))
    world.callers.append(caller)
    _plan(world, caller, golden.scene["caller"], stood["second"])
    first = json.loads(golden.journal[0])
    world.folder.mkdir(parents=True)
    text = "".join(golden.journal[: stood["entries"]])
    (world.folder / f"{first['call']}.jsonl").write_text(text, encoding="utf-8")
    return world, caller


def _set_scene(world: World, scene: dict[str, Any]) -> None:
    for line, documents in scene["documents"].items():
        for name, raw in documents.items():
            world.line(line).sets_document(name, raw)
    for line, contacts in scene["contacts"].items():
        world.asterisk.contacts[line] = {uri: Behaviour(**does) for uri, does in contacts.items()}
    for number, does in scene["outside"].items():
        world.outside(number, Behaviour(**does))


def _caller_channel(world: World, told: dict[str, Any]) -> FakeChannel:
    """The caller's own channel: there, or already over."""
    channel = world.asterisk.channels.get(told["id"])
    if channel is None:
        channel = FakeChannel(told["id"], told["name"], told["endpoint"], inbound=True)
        channel.ended_at = world.asterisk.time
        world.asterisk.past[channel.id] = channel
    channel.args, channel.speaks = tuple(told["args"]), told["speaks"]
    return channel


def _plan(world: World, caller: Caller, told: dict[str, Any], second: float) -> None:
    """What the caller was still going to do."""
    for at, digit in told["presses"]:
        if at > second:
            world.later(at - second, lambda digit=digit: world.asterisk.press(caller.channel, digit))  # type: ignore[misc]
    if told["leaves"] is not None and told["leaves"] > second:
        caller.will_hang_up(told["leaves"] - second)
