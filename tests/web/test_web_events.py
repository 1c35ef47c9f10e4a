"""``events``: a line's own stream of what happens to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientResponse

from callcontrol.live import CallsChanged, DevicesChanged, MailboxChanged, ReadAnew
from callcontrol.portal_bridge.api import events
from tests.web.world import ADMINISTRATOR, CAMILLE, PAUL, World

BEGINNING = "retry: 1000\n\n"


@asynccontextmanager
async def following(world: World, line: str = CAMILLE) -> AsyncIterator[ClientResponse]:
    headers = {"Authorization": f"Bearer {await world.token(line)}"}
    async with world.client.get("/api/v1/me/events", headers=headers) as stream:
        assert stream.status == 200
        assert stream.content_type == "text/event-stream"
        assert stream.headers["Cache-Control"] == "no-store"
        assert await block(stream) == BEGINNING
        assert await block(stream) == "event: read-anew\ndata: {}\n\n"
        yield stream


async def block(stream: ClientResponse) -> str:
    """What the stream says next."""
    async with asyncio.timeout(5):
        return (await stream.content.readuntil(b"\n\n")).decode()


async def test_a_line_follows_its_own_calls_mailbox_and_devices(world: World) -> None:
    async with following(world) as stream:
        for event in (
            CallsChanged(PAUL, 1),
            CallsChanged(CAMILLE, 2),
            MailboxChanged(PAUL),
            MailboxChanged(CAMILLE),
            DevicesChanged(CAMILLE),
            ReadAnew(),
        ):
            world.call_side.told.tell(event)
        assert await block(stream) == 'event: calls\ndata: {"calls": 2}\n\n'
        assert await block(stream) == "event: mailbox\ndata: {}\n\n"
        assert await block(stream) == "event: devices\ndata: {}\n\n"
        assert await block(stream) == "event: read-anew\ndata: {}\n\n"


async def test_a_silent_stream_shows_that_it_is_alive_and_loses_nothing_by_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "ALIVE_SECONDS", 0.01)
    async with following(world) as stream:
        assert await block(stream) == ":\n\n"
        world.call_side.told.tell(MailboxChanged(CAMILLE))
        heard = await block(stream)
        while heard == ":\n\n":
            heard = await block(stream)
        assert heard == "event: mailbox\ndata: {}\n\n"


async def test_a_stream_ends_by_itself_and_nobody_listens_any_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.05)
    async with following(world) as stream:
        async with asyncio.timeout(5):
            assert await stream.content.read() == b""
    assert not world.call_side.told.listened


@pytest.mark.parametrize("line", [None, ADMINISTRATOR])
async def test_nobody_follows_another_line(world: World, line: str | None) -> None:
    path = f"/api/v1/lines/{CAMILLE}/events" if line else "/api/v1/me/events"
    answer = await world.ask("GET", path, line=line)
    assert answer.status == (403 if line else 401)
