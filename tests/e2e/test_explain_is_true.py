"""What ``explain`` tells is what then really happens: 200 random settings and callers, told, then called."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from callcontrol.history import CallRecord
from rig import Phone, Trunk
from rig.outgoing import OutgoingCall
from tests.e2e.office import OBEYED_SECONDS, Desk, Office, eventually
from tests.e2e.people import becomes, outside_call, register, take
from tests.e2e.web import Web, logged_in

WORKERS = 20
ROUNDS = 10
HEARD = {"ring": "rings", "forward": "rings", "voicemail": "answered", "refuse": "announced"}
"""What the caller hears of each action; an outside number rings."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(office: Office) -> AsyncIterator[Office]:
    """A company whose lines hold one call each, so that a line that talks is busy."""
    company = await Office.open(
        office.stack,
        3 * WORKERS + 1,
        company="Racontée",
        prefix="02231",
        of_lines={"max_calls": 1},
        portals=WORKERS + 1,
        people=WORKERS,
    )
    yield company
    await company.close()


@dataclass
class Stage:
    """Anne is called, by Carl or from outside; Ben and Carl are where her forwards may lead."""

    office: Office
    web: Web
    world: Trunk
    index: int
    rng: random.Random
    anne: Desk
    ben: Desk
    carl: Desk
    phones: dict[str, list[Phone]]
    contact: str = ""
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def mobile(self) -> str:
        """An outside number that nobody else forwards to."""
        return f"06606200{self.index:02d}"

    @property
    def strangers(self) -> list[str]:
        return [f"014575{self.index:02d}01", f"024575{self.index:02d}02"]

    def number(self) -> str:
        """A target: usually one that can be called."""
        return self.rng.choice(
            [self.ben.extension, self.carl.number, self.mobile, self.mobile, self.anne.extension, "9999"]
        )

    def callers(self) -> dict[str, Any]:
        """A list with some of those who may call."""
        some = self.rng.sample(
            [
                {"numbers": [self.strangers[0]]},
                {"numbers": ["+33 2*"]},
                {"extensions": [self.carl.extension]},
                {"contacts": [self.contact]},
                {"numbers": ["9*"]},
            ],
            k=self.rng.choice((1, 2)),
        )
        return {name: values for entry in some for name, values in entry.items()}

    def chance(self, of: float) -> bool:
        return self.rng.random() < of

    def manager(self) -> dict[str, Any]:
        """Random settings of a line."""
        return {
            "incoming": self.rng.choice(["ring"] * 5 + ["forward"] * 2 + ["voicemail"]),
            "unconditional": {"number": self.number()},
            "dnd": {
                "enabled": self.chance(0.3),
                "priority_enabled": self.chance(0.6),
                "priority": self.callers(),
            },
            "no_answer": {"voicemail_after": self.rng.choice((0, 20, 60))},
            "busy": self._forward(0.5) | {"voicemail_enabled": self.chance(0.5)},
            "unavailable": self._forward(0.5),
            "selective_forward": {
                "enabled": self.chance(0.3),
                "number": self.number(),
                "callers": self.callers(),
            },
            "selective_reject": {"enabled": self.chance(0.25), "callers": self.callers()},
            "distinctive_ring": {"enabled": self.chance(0.4), "callers": self.callers()},
            "reject_anonymous": self.chance(0.5),
        }

    def _forward(self, of: float) -> dict[str, Any]:
        return {"forward_enabled": self.chance(of), "number": self.number()}

    async def set_anything(self) -> None:
        """New settings for all three."""
        for desk in (self.anne, self.ben, self.carl):
            plain = desk is not self.anne and self.chance(0.5)
            await self.office.write(desk, "call-manager", {} if plain else self.manager())
            barring = {"barring": {"national": self.chance(0.2)}}
            await self.office.write(desk, "call-settings", barring)
        await asyncio.sleep(OBEYED_SECONDS)

    async def call(self, caller: str) -> OutgoingCall:
        """Somebody calls Anne."""
        match caller:
            case "anonymous":
                return await self.world.invite(self.anne.number, from_uri="sip:anonymous@anonymous.invalid")
            case "unavailable":
                return await self.world.invite(self.anne.number, from_uri="sip:unavailable@unknown.invalid")
            case self.carl.extension:
                return await self.phones[self.carl.number][0].invite(self.anne.extension)
            case _:
                return await outside_call(self.world, self.anne.number, caller)

    async def play(self, round_: int) -> None:
        """Tell, call, compare."""
        await self.set_anything()
        caller = self.rng.choice([*self.strangers, "anonymous", "unavailable", self.carl.extension])
        steps = (await self.web.get("me/explain", {"from": caller}))["steps"]
        last = _where_it_stops(steps)
        self.seen[f"{last['action']} {last['rule']['id']}"] += 1
        call = await self.call(caller)
        assert await becomes(call) == HEARD[last["action"]], (caller, steps, str(call.agent.trace))
        await self.rings_as_told(last)
        await call.hang_up()
        await self.kept_as_told(round_, steps[0], last)

    async def rings_as_told(self, last: dict[str, Any]) -> None:
        """The phones of the line that is told to ring ring, or the outside number does, and nobody else."""
        if last["action"] == "forward":
            await self.world.incoming(to=self.mobile)
        rung = 0
        for line, phones in self.phones.items():
            for phone in phones:
                if last["action"] == "ring" and line == last["line"]:
                    await phone.incoming()
                    rung += 1
                else:
                    await phone.no_incoming(0)
        assert rung == (last["devices"] or 0), last

    async def kept_as_told(self, round_: int, first: dict[str, Any], last: dict[str, Any]) -> None:
        """The history gives the same reasons."""
        newest = await self._record(self.anne.number, round_)
        assert newest.rule.rule == first["rule"]["id"]
        if last["line"] != self.anne.number:
            page = await self.office.history.page(last["line"])
            (record,) = [record for record in page.items if record.call == newest.call]
            if last["line"] != self.carl.number or newest.peer.number != f"+33{self.carl.number[1:]}":
                assert record.rule.rule == last["rule"]["id"]

    async def _record(self, line: str, count: int) -> CallRecord:
        async def found() -> CallRecord | None:
            page = await self.office.history.page(line)
            return page.items[0] if len(page.items) == count else None

        return await eventually(found, f"call {count} of {line} is recorded")


def _where_it_stops(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The first step that is no forward to another of our lines (where the story goes on)."""
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if step["action"] != "forward" or after is None or after["line"] == step["line"]:
            return step
    raise AssertionError("a story has an end")


async def test_what_explain_tells_is_what_then_happens(told: Office) -> None:
    annes = told.desks(WORKERS)  # each asks for herself: a line may ask only so often
    async with told.trunk() as world, AsyncExitStack() as stack:
        world.auto_ring()
        stages = [await _stage(told, world, anne, index, stack) for index, anne in enumerate(annes)]
        await asyncio.gather(*(_all_rounds(stage) for stage in stages))
    seen: Counter[str] = sum((stage.seen for stage in stages), Counter())
    assert seen.total() == WORKERS * ROUNDS
    assert {key.partition(" ")[0] for key in seen} == set(HEARD)
    assert len(seen) >= 15, seen  # many different reasons were met
    await told.nothing_left()


async def _all_rounds(stage: Stage) -> None:
    rounds = range(1, ROUNDS + 1)
    if stage.index % 4 != 3:
        for round_ in rounds:
            await stage.play(round_)
        return
    phone = stage.phones[stage.anne.number][0]  # Anne talks all the time: her line is full
    call = await outside_call(stage.world, stage.anne.number, "0145759999")
    ring = await take(phone)
    await ring.answer()
    await call.answered()
    phone.auto_ring()
    for round_ in rounds:
        await stage.play(round_)
    await call.hang_up()


async def _stage(office: Office, world: Trunk, anne: Desk, index: int, stack: AsyncExitStack) -> Stage:
    ben, carl = office.desks(2)
    web = await stack.enter_async_context(logged_in(office, anne))
    devices = {anne: 1 if index % 4 == 3 else index % 3, ben: index % 2, carl: 1}
    phones: dict[str, list[Phone]] = {}
    for desk, count in devices.items():
        phones[desk.number] = [await stack.enter_async_context(office.phone(desk)) for _ in range(count)]
        await register(*phones[desk.number])
        for phone in phones[desk.number]:
            if desk is not anne or index % 4 != 3:
                phone.auto_ring()
    stage = Stage(office, web, world, index, random.Random(index), anne, ben, carl, phones)
    stage.contact = await office.contact(anne, "Connue", stage.strangers[1])
    return stage
