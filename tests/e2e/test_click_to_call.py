"""Click to call on real phones: the first party, ``1`` where it is outside, the destination; killed in it (spec §2.7).

The web cannot ask for a call yet, so it is made by ``calls_maker``, a process of the product's own parts; when that is
killed, the real app goes on with the call.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcontrol.history import Direction
from callcontrol.runtime.app_process import environment
from rig import both_hear
from rig.incoming import IncomingCall
from tests.e2e.office import Desk, Office
from tests.e2e.people import register, silent, take

MOBILE = "0612340001"
MOMENTS = ["while the first party is called", "while the destination rings", "while they talk"]


class Maker:
    """The process that makes the call, and the app after it. Use ``making``."""

    def __init__(self, office: Office, process: asyncio.subprocess.Process) -> None:
        self._office, self._process = office, process
        self.killed = False

    async def is_killed(self) -> None:
        """``kill -9``, of the maker or of the app that goes on for it; then (another) app."""
        if self.killed:
            await self._office.stack.kill_app()
        await self.end()
        await self._office.stack.start_app()

    async def end(self) -> None:
        """Let go of the maker."""
        if not self.killed:
            self.killed = True
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def making(office: Office, desk: Desk, to: str, first: str | None = None) -> AsyncIterator[Maker]:
    """A call for ``desk``, made while the app is down; the app is up again afterwards."""
    stack = office.stack
    await stack.stop_app()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLCONTROL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.calls_maker", desk.number, first or desk.number, to,
        env={**clean, **environment(stack.config)},
    )  # fmt: skip
    maker = Maker(office, process)
    try:
        yield maker
    finally:
        if not maker.killed:
            await maker.end()
            await stack.start_app()


async def test_my_phone_rings_and_then_the_colleagues_and_either_hears_the_other(trio: Office) -> None:
    alice, bob = trio.desks(2)
    async with trio.phone(alice) as a, trio.phone(alice) as a2, trio.phone(bob) as b:
        await register(a, a2, b)
        async with making(trio, alice, bob.extension):
            ring, other = await take(a, within=15), await take(a2)
            assert ring.caller.user == bob.extension  # who will be called
            await silent(b)
            await ring.answer()
            assert "cause=200" in " ".join((await other.cancelled()).headers("Reason"))
            called = await take(b)
            assert called.caller.user == alice.number
            await called.answer()
            await both_hear(ring, called)
            await called.hang_up()
            await ring.ended(within=2)
            (made,), (got,) = await trio.records(alice), await trio.records(bob)
    assert (made.direction, got.direction) == (Direction.OUTGOING, Direction.RECEIVED)
    assert made.answered_at is not None
    await trio.nothing_left()


async def test_a_first_party_outside_is_joined_only_once_it_has_pressed_1(trio: Office) -> None:
    alice, bob = trio.desks(2)
    async with trio.trunk() as world, trio.phone(bob) as b:
        await b.register()
        async with making(trio, alice, bob.extension, first=MOBILE):
            mobile = await take(world, to=MOBILE, within=15)
            await mobile.answer()
            await mobile.hears_speech()  # that it must press 1
            await silent(b)
            await mobile.send_dtmf("1")
            called = await take(b)
            await called.answer()
            await both_hear(mobile, called)
            await mobile.hang_up()
            await called.ended(within=2)
            (made,) = await trio.records(alice)
    assert made.direction is Direction.OUTGOING
    await trio.nothing_left()


async def test_a_voicemail_that_answers_first_is_never_joined_to_anybody(trio: Office) -> None:
    alice, bob = trio.desks(2)
    async with trio.trunk() as world, trio.phone(bob) as b:
        await b.register()
        async with making(trio, alice, bob.extension, first=MOBILE):
            mobile = await take(world, to=MOBILE, within=15)
            await mobile.answer()
            await mobile.ended(within=40)
            await silent(b)
            (made,) = await trio.records(alice)
    assert (made.rule.rule, made.answered_at) == ("call.first_party_away", None)
    await trio.nothing_left()


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("first", ["own phone", "outside"])
async def test_the_process_is_killed_and_the_call_goes_on(trio: Office, first: str, moment: str) -> None:
    alice, bob = trio.desks(2)
    outside = MOBILE if first == "outside" else None
    async with trio.trunk() as world, trio.phone(alice) as a, trio.phone(bob) as b:
        await register(a, b)
        async with making(trio, alice, bob.extension, first=outside) as maker:
            one: IncomingCall = await take(world if outside else a, within=15)
            if outside:
                await one.answer()
                await one.hears_speech()
            if moment == MOMENTS[0]:
                await maker.is_killed()
            if outside:
                await one.hears_speech()  # said again by whoever goes on
                await one.send_dtmf("1")
            else:
                await one.answer()
            called = await take(b)
            if moment == MOMENTS[1]:
                await maker.is_killed()
            await called.answer()
            await both_hear(one, called)
            if moment == MOMENTS[2]:
                await maker.is_killed()
                await both_hear(one, called)
            await one.hang_up()
            await called.ended(within=2)
            (made,), (got,) = await trio.records(alice), await trio.records(bob)
    assert (made.direction, got.direction) == (Direction.OUTGOING, Direction.RECEIVED)
    assert got.duration == pytest.approx(made.duration, abs=0.2)
    await trio.nothing_left()
