"""After any number of calls that end in any way, nothing is left, every count is 0, and each has its records."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import aiohttp
import pytest_asyncio

from rig import Phone, Trunk
from rig.outgoing import OutgoingCall
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import becomes, outside_call, register, take
from tests.e2e.web import Web, logged_in

CALLS = 500
WORKERS = 10
MOBILE = "0660611001"
CALLER = "0145740001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def counted(office: Office) -> AsyncIterator[Office]:
    """A company whose lines nobody else calls."""
    company = await Office.open(office.stack, 5 * WORKERS + 3, company="Comptée", prefix="02230")
    yield company
    await company.close()


@dataclass
class Worker:
    """Somebody who calls again and again, each time in another way. ``records`` is what the history must show."""

    world: Trunk
    a: Phone
    b: Phone
    rng: random.Random
    alice: Desk
    bob: Desk
    mailbox: Desk
    refuses: Desk
    forwards: Desk
    records: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)

    def ways(self) -> list[Callable[[], Awaitable[None]]]:
        """Every way that a call can go."""
        return [
            self.answered,
            self.from_outside,
            self.rejected,
            self.cancelled,
            self.cancelled_at_once,
            self.answered_as_the_caller_gives_up,
            self.to_the_mailbox,
            self.refused,
            self.forwarded_outside,
            self.to_the_outside,
            self.to_nobody,
            self.redirected,
        ]

    async def work(self, calls: int) -> None:
        """Make so many calls, one after the other."""
        for _ in range(calls):
            way = self.rng.choice(self.ways())
            self.made[way.__name__] += 1
            await way()

    def _saw(self, *desks: Desk) -> None:
        self.records.update(desk.number for desk in desks)

    async def _talk_to(self, call: OutgoingCall) -> None:
        ring = await take(self.b)
        await ring.answer()
        await call.answered()
        await self.rng.choice((call, ring)).hang_up()
        await asyncio.gather(call.ended(), ring.ended())

    async def answered(self) -> None:
        self._saw(self.alice, self.bob)
        await self._talk_to(await self.a.invite(self.bob.extension))

    async def from_outside(self) -> None:
        self._saw(self.bob)
        await self._talk_to(await outside_call(self.world, self.bob.number, CALLER))

    async def rejected(self) -> None:
        self._saw(self.alice, self.bob)
        call = await self.a.invite(self.bob.extension)
        await (await self.b.incoming(8)).reject(self.rng.choice((486, 480, 603, 500)))
        assert await becomes(call) == "answered"
        await call.hang_up()

    async def cancelled(self) -> None:
        self._saw(self.alice, self.bob)
        call = await self.a.invite(self.bob.extension)
        ring = await take(self.b)
        await call.ringing()
        await call.cancel()
        await ring.cancelled()

    async def cancelled_at_once(self) -> None:
        """Asterisk may have ended it before our application was told of it."""
        call = await self.a.invite("9998")
        await call.cancel()

    async def answered_as_the_caller_gives_up(self) -> None:
        self._saw(self.alice, self.bob)
        call = await self.a.invite(self.bob.extension)
        ring = await take(self.b)
        both = (ring.answer(), call.cancel()) if self.rng.random() < 0.5 else (call.cancel(), ring.answer())
        await asyncio.gather(*both, return_exceptions=True)  # whichever came too late fails
        await call.hang_up()
        await asyncio.gather(call.ended(), ring.ended())

    async def to_the_mailbox(self) -> None:
        self._saw(self.alice, self.mailbox)
        call = await self.a.invite(self.mailbox.extension)
        await call.answered(8)
        await call.hang_up()

    async def refused(self) -> None:
        self._saw(self.alice, self.refuses)
        call = await self.a.invite(self.refuses.extension)
        assert await becomes(call) == "announced"
        await call.cancel()

    async def forwarded_outside(self) -> None:
        self._saw(self.alice, self.forwards)
        call = await self.a.invite(self.forwards.extension)
        await call.answered(8)
        await call.hang_up()

    async def to_the_outside(self) -> None:
        self._saw(self.alice)
        call = await self.a.invite(MOBILE)
        await call.answered(8)
        await call.hang_up()

    async def to_nobody(self) -> None:
        self._saw(self.alice)
        call = await self.a.invite("9999")
        assert await becomes(call) == "announced"
        await call.cancel()

    async def redirected(self) -> None:
        self._saw(self.alice, self.bob, self.mailbox)
        self.b.auto_redirect(self.mailbox.extension)
        call = await self.a.invite(self.bob.extension)
        await call.answered(8)
        await call.hang_up()
        self.b.manual()
        self.b.forget()


async def test_after_500_calls_that_end_in_every_way_nothing_is_left_and_all_are_recorded(
    counted: Office,
) -> None:
    loop = asyncio.get_running_loop()
    begun, entered_before = loop.time(), _entered(counted)
    async with counted.trunk() as world:
        world.auto_answer(ring=False)
        workers = [_worker(counted, world, seed) for seed in range(WORKERS)]
        await counted.set_all(
            {
                w.refuses: {"call-manager": {"selective_reject": _everybody(w.alice)}} for w in workers
            } | {w.forwards: {"call-manager": _forward(MOBILE)} for w in workers}
        )  # fmt: skip
        await asyncio.gather(*(_calls(worker) for worker in workers))
    assert loop.time() - begun < 90
    made: Counter[str] = sum((worker.made for worker in workers), Counter())
    assert (made.total(), len(made)) == (CALLS, len(workers[0].ways()))
    await counted.nothing_left()
    expected: Counter[str] = sum((worker.records for worker in workers), Counter())
    await eventually(lambda: _recorded(counted, _entered(counted) - entered_before), "all are recorded")
    found = await _records(counted, expected)
    at_once = sum(worker.made["cancelled_at_once"] for worker in workers)
    assert not expected - found, f"calls without a record of each line: {expected - found}"
    assert (found - expected).total() <= at_once
    assert set(found - expected) <= {worker.alice.number for worker in workers}
    await _every_count_is_0(counted, workers)


def _worker(office: Office, world: Trunk, seed: int) -> Worker:
    desks = office.desks(5)
    a, b = office.phone(desks[0]), office.phone(desks[1])
    alice, bob, mailbox, refuses, forwards = desks
    return Worker(world, a, b, random.Random(seed), alice, bob, mailbox, refuses, forwards)


async def _calls(worker: Worker) -> None:
    async with worker.a, worker.b:
        await register(worker.a, worker.b)
        await worker.work(CALLS // WORKERS)


def _everybody(desk: Desk) -> dict[str, object]:
    return {"enabled": True, "callers": {"extensions": [desk.extension]}}


def _forward(number: str) -> dict[str, object]:
    return {"incoming": "forward", "unconditional": {"number": number}}


def _entered(office: Office) -> int:
    """How many calls the app was told of."""
    return office.stack.app_log().count("call.entered")


async def _recorded(office: Office, calls: int) -> bool | None:
    """Whether so many calls of the company's lines are in the history: each call, whatever became of it."""
    lines = f"{office.chief.number[:5]}%"
    found = await office.pool.fetchval("SELECT count(DISTINCT call) FROM calls WHERE line LIKE $1", lines)
    assert found <= calls
    return found == calls or None


async def _records(office: Office, lines: Iterable[str]) -> Counter[str]:
    """How many calls the history of each line has: (call, line) is its key, so none is there twice."""
    rows = await office.pool.fetch(
        "SELECT line, count(*) FROM calls WHERE line = ANY($1) GROUP BY line", list(lines)
    )
    return Counter({row["line"]: row["count"] for row in rows})


async def _every_count_is_0(office: Office, workers: list[Worker]) -> None:
    """Where each line has room for one call, and the company for one outside, an old one that counts is in the way."""
    async with aiohttp.ClientSession() as session, session.get(f"{office.stack.web_url}/healthz") as answer:
        assert (await answer.json())["calls"] == 0
    await office.provision({"max_calls": 1}, {"max_calls": 1})
    async with logged_in(office) as web, office.trunk() as world:
        await _known(web, office.chief, 1)
        for worker in workers:
            async with office.phone(worker.alice) as a, office.phone(worker.bob) as b:
                await register(a, b)
                b.auto_ring()
                world.auto_ring()
                for called in (worker.bob, worker.forwards):
                    call = await a.invite(called.extension)
                    assert await becomes(call) == "rings"
                    await call.cancel()
                await (await world.incoming(to=MOBILE)).cancelled()


async def rule_of(web: Web, desk: Desk) -> str:
    """The rule that would decide a call now."""
    told = await web.get(f"lines/{desk.number}/explain", {"from": CALLER})
    return str(told["steps"][0]["rule"]["id"])


async def _known(web: Web, desk: Desk, most: int) -> None:
    async def known() -> bool | None:
        return (await web.get(f"lines/{desk.number}"))["max_calls"] == most or None

    await eventually(known, "the new maximum is known")


async def test_after_a_storm_of_holds_and_resumes_the_call_still_counts_once_and_then_no_more(
    counted: Office,
) -> None:
    await counted.provision({}, {"max_calls": 1})
    alice, bob = counted.desks(2)
    async with logged_in(counted) as web, counted.phone(alice) as a, counted.phone(bob) as b:
        await _known(web, counted.chief, 1)
        await register(a, b)
        call = await a.invite(bob.extension)
        ring = await take(b)
        await ring.answer()
        await call.answered()
        for _ in range(20):
            await call.hold()
            await ring.reinvite()
            await call.resume()
        for desk in (alice, bob):
            assert await rule_of(web, desk) == "voicemail.busy"
        await call.hears(ring.tone)
        await call.hang_up()
        await ring.ended()
        for desk in (alice, bob):
            assert await rule_of(web, desk) == "ring.default"
    for desk in (alice, bob):
        await counted.records(desk)
    await counted.nothing_left()
