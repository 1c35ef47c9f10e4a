"""Short limits on a system of its own: a full disk, messages of silence, one side that says nothing (spec §3, §5)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from callcontrol.message import MessageKind
from tests.e2e.office import Office, eventually
from tests.e2e.people import leave_message, outside_call, register, take, talk
from tests.stack import Stack

CALLER = "0145700001"
SLACK = 1_500_000_000
"""Bytes that others on this machine may write meanwhile."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system that wants almost all of the free disk left free, and whose calls may be silent for 3 s."""
    folder = tmp_path_factory.mktemp("limits")
    free = shutil.disk_usage(folder).free
    settings = {
        "media": {"keep_free_mb": (free - SLACK) // 1_000_000},
        "rtp": {"timeout": 3},
    }
    async with Stack.start(folder, company=None, settings=settings) as stack:
        office = await Office.open(stack, size=12, of_company={"drop_silent_messages": True})
        yield office
        await office.close()


@contextmanager
def ballast(folder: Path) -> Iterator[None]:
    """The disk is full."""
    path = folder / "ballast"
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 2 * SLACK)
    try:
        yield
    finally:
        path.unlink()


async def _health(office: Office) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{office.stack.web_url}/healthz") as answer:
        return answer.status, (await answer.json())["storage"]["status"]


def _events(office: Office) -> list[str]:
    lines = [line for line in office.stack.app_log().splitlines() if line.startswith("{")]
    return [json.loads(line)["event"] for line in lines]


async def test_on_a_full_disk_the_caller_is_told_health_is_red_and_all_comes_back_by_itself(
    place: Office,
) -> None:
    (bob,) = place.desks(1)
    assert await _health(place) == (200, "ok")
    async with place.trunk() as world:
        with ballast(place.stack.media_dir):
            call = await outside_call(world, bob.number, CALLER)
            await call.early_media()
            await call.hears_speech()
            await call.refused(within=15)
            assert (call.final_status, call.is_answered) == (503, False)
            assert await _health(place) == (503, "down")

            async def alarmed() -> bool | None:
                return "storage.full" in _events(place) or None

            await eventually(alarmed, "the alarm of a full disk")
            assert "message.no_room" in _events(place)
        await leave_message(await outside_call(world, bob.number, CALLER))
    await place.messages(bob)
    assert await _health(place) == (200, "ok")
    await place.nothing_left()


async def test_a_message_of_nothing_but_silence_is_dropped_where_the_company_says_so(place: Office) -> None:
    robot, human = place.desks(2)
    async with place.trunk() as world:
        call = await outside_call(world, robot.number, CALLER)
        call.media.play_silence()
        await leave_message(call)
        await leave_message(await outside_call(world, human.number, CALLER))
        await place.messages(human)
        (record,) = await place.records(robot)
        assert record.message is None
    assert (await place.mailboxes.page(robot.number, MessageKind.VOICE)).items == ()
    await place.nothing_left()


async def test_what_is_dead_is_found_by_the_limit_of_silence_and_counts_no_more(place: Office) -> None:
    (bob,) = place.desks(1)
    async with place.trunk() as world, place.phone(bob) as b:
        await register(b)
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(b)
        await talk(call, ring)
        ring.media.mute()
        with pytest.raises(AssertionError):
            await call.ended(within=2)
        await call.ended(within=6)
    await place.nothing_left()
