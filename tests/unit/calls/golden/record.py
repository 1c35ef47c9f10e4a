"""Writes the golden journals of the present release: ``python -m tests.unit.calls.golden.record RELEASE``.

Each scenario is played once on the fakes and virtual time. Kept are the journal as the release wrote it, what stood
in the telephone system right after each of its entries and a second later, what the people did, and the records that
came of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import looptime
import structlog

from callcontrol.journal.codec import encode
from callcontrol.journal.entries import Entry
from callcontrol.telephony import Event, KeyPressed
from tests.fakes.actors import Caller
from tests.fakes.process import Process
from tests.fakes.standing import behaviour_told, standing
from tests.fakes.world import World
from tests.unit.calls.golden.scenarios import KEPT
from tests.unit.calls.test_calls_readopted import TRUNKS, Script

HERE = Path(__file__).parent
LATER_SECONDS = 1.0
"""After an entry: what its command has brought about stands by then (a phone rings, a message is recorded)."""


class RecordedProcess(Process):
    """Notes the journal's text, and what stands, after each entry; and the keys that were pressed."""

    def __init__(self, world: RecordedWorld) -> None:
        super().__init__(world.around, world.delay)
        self._world = world

    def wrote(self, entry: Entry) -> None:
        super().wrote(entry)
        world = self._world
        (file,) = world.folder.iterdir()
        world.journal = file.read_text(encoding="utf-8")
        self._look(len(self.entries))
        asyncio.get_running_loop().call_later(LATER_SECONDS, self._look, len(self.entries))

    def _look(self, entries: int) -> None:
        """Keep what stands while the journal has so many entries."""
        world = self._world
        if len(self.entries) == entries and not self.dead:
            now = {"entries": entries, "second": round(world.asterisk.time, 6), **standing(world.asterisk)}
            world.stood.append(now | {"kept": dict(world.recordings.kept)})

    def switchboard_event(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            self._world.keys.append((round(self._world.asterisk.time, 6), event.digit))
        super().switchboard_event(event)


class RecordedWorld(World):
    """The world of one scenario, with what is to be kept of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, trunks=TRUNKS)
        self.around, self.delay = self._around, self._delay
        self.journal = ""
        self.stood: list[dict[str, Any]] = []
        self.keys: list[tuple[float, str]] = []

    def _begin(self) -> Process:
        process = RecordedProcess(self)
        self.processes.append(process)
        return process


def _scene(world: RecordedWorld, call: Caller) -> dict[str, Any]:
    """Who was there, what they were set to do, and what the caller did."""
    channel = call.channel
    asterisk = world.asterisk
    left = None if channel.ended_by_app else channel.ended_at
    return {
        "documents": world.documents,
        "contacts": {
            line: {contact: behaviour_told(does) for contact, does in contacts.items()}
            for line, contacts in asterisk.contacts.items()
        },
        "outside": {number: behaviour_told(does) for number, does in asterisk.outside.items()},
        "caller": {
            "id": channel.id,
            "name": channel.name,
            "endpoint": channel.endpoint,
            "args": channel.args,
            "speaks": channel.speaks,
            "leaves": left,
            "presses": world.keys,
        },
    }


def told(value: Any) -> Any:
    """A record or message as JSON, without the names of our classes."""
    return _untagged(encode(value))


def _untagged(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {name: _untagged(value) for name, value in raw.items() if name != "$"}
    return [_untagged(item) for item in raw] if isinstance(raw, list) else raw


async def play(script: Script, folder: Path) -> tuple[str, dict[str, Any]]:
    """The journal of one scenario, and all that belongs to it."""
    world = RecordedWorld(folder)
    call = await script(world)
    await call.ends()
    world.nothing_left()
    await world.process.over()
    return world.journal, {
        "scene": _scene(world, call),
        "records": [told(record) for record in world.history.rows.values()],
        "messages": [told(message) for message in world.messages.rows.values()],
        "stood": world.stood,
    }


def _on_virtual_time(script: Script) -> tuple[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        loop = looptime.new_event_loop(start=0, resolution=1e-9, noop_cycles=1)
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(play(script, Path(name)))
        finally:
            loop.close()


def write(folder: Path) -> None:
    """Play every scenario and keep it in ``folder``."""
    folder.mkdir()
    for script in KEPT:
        journal, rest = _on_virtual_time(script)
        (folder / f"{script.__name__}.jsonl").write_text(journal, encoding="utf-8")
        (folder / f"{script.__name__}.json").write_text(_in_lines(rest), encoding="utf-8")
        print(f"{script.__name__}: {journal.count(chr(10))} entries")


def _in_lines(rest: dict[str, Any]) -> str:
    """JSON with a line for each thing that stood, so that git shows what changed."""
    lists = {name: ",\n".join(map(json.dumps, rest[name])) for name in ("records", "messages", "stood")}
    texts = [
        f'"scene":\n{json.dumps(rest["scene"])}',
        *(f'"{name}": [\n{text}\n]' for name, text in lists.items()),
    ]
    return "{\n" + ",\n".join(texts) + "\n}\n"


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    (release,) = sys.argv[1:]
    write(HERE / release)
