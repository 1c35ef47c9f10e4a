"""A connection to Asterisk that breaks under a command: it is given once more where twice is once, or where Asterisk
says that it was not carried out; otherwise nobody knows, and that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from callcontrol.asterisk import operations
from callcontrol.asterisk.client import AriClient
from callcontrol.errors import CommandLost, PhoneSystemDown
from tests.unit.asterisk.test_http import Server

pytestmark = pytest.mark.hostile

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
NONE = b"HTTP/1.1 204 No Content\r\n\r\n"
NOT_THERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"
THERE_ALREADY = b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[AriClient]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = AriClient(f"http://127.0.0.1:{port}/ari", "u", "p", "app")
    try:
        yield client
    finally:
        await client.close()
        listening.close()


def asked(server: Server) -> list[str]:
    return [" ".join(request.decode().split(" ")[:2]).partition("?")[0] for request in server.requests]


Command = Callable[[AriClient], Awaitable[object]]
TWICE_IS_ONCE: dict[str, Command] = {
    "answer": lambda ari: ari.channels.answer("c"),
    "ring": lambda ari: ari.channels.ring("c"),
    "hang up": lambda ari: ari.channels.hang_up("c", 16),
    "create": lambda ari: ari.channels.create("c", "PJSIP/x", originator=None, variables={}),
    "add to a bridge": lambda ari: ari.bridges.add_channel("b", ["c"]),
    "stop a playback": lambda ari: ari.playbacks.stop("p"),
    "stop a recording": lambda ari: ari.recordings.stop("r"),
}
ASKED_FIRST: dict[str, tuple[Command, str]] = {
    "play": (
        lambda ari: ari.channels.play("c", "p", ["sound:x"], offset_ms=None, skip_ms=1),
        "/ari/playbacks/p",
    ),
    "record": (lambda ari: ari.channels.record("c", "r", format="wav16"), "/ari/recordings/live/r"),
    "listen": (lambda ari: ari.channels.snoop("c", "ear"), "/ari/channels/ear"),
    "make a bridge": (lambda ari: ari.bridges.create("b"), "/ari/bridges/b"),
}


@pytest.mark.parametrize("what", TWICE_IS_ONCE)
@pytest.mark.parametrize("kept", [False, True], ids=["a new connection", "one that was kept"])
async def test_what_is_once_when_it_is_given_twice_is_given_twice(what: str, kept: bool) -> None:
    server = Server(*([OK] if kept else []), None, NONE)
    async with client_of(server) as client:
        if kept:
            await client.channels.list()
        await TWICE_IS_ONCE[what](client)
    assert len(set(asked(server)[kept:])) == 1
    assert len(server.requests) == 2 + kept


async def test_a_channel_that_the_first_try_made_is_ours() -> None:
    async with client_of(Server(None, THERE_ALREADY)) as client:
        await TWICE_IS_ONCE["create"](client)


@pytest.mark.parametrize("what", ASKED_FIRST)
async def test_what_plays_or_records_already_is_not_begun_again(what: str) -> None:
    command, place = ASKED_FIRST[what]
    server = Server(None, OK)
    async with client_of(server) as client:
        await command(client)
    assert asked(server)[1:] == [f"GET {place}"]
    server = Server(None, NOT_THERE, OK)
    async with client_of(server) as client:
        await command(client)
    assert asked(server)[1:] == [f"GET {place}", asked(server)[0]]


async def test_a_dial_is_never_given_twice() -> None:
    server = Server(None)
    async with client_of(server) as client:
        with pytest.raises(CommandLost):
            await client.channels.dial("c", timeout=30)
    assert [op for op in operations.ALL if not op.repeats] == [operations.DIAL]


async def test_a_connection_that_breaks_twice_is_asterisk_being_away() -> None:
    server = Server(None, None)
    async with client_of(server) as client:
        with pytest.raises(PhoneSystemDown):
            await client.channels.answer("c")
    assert len(server.requests) == 2
