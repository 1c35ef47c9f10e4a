"""The small HTTP client against a server that answers byte for byte what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcontrol.asterisk.http import Disconnected, HttpClient

CLOSE = b"<close>"
"""At the end of an answer: the server closes the connection after it."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Keeps what it was sent; gives the next of ``answers`` for each request; None closes the connection."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while not reader.at_eof():
            try:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError:
                break
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer.removesuffix(CLOSE))
            if answer.endswith(CLOSE):
                break
        writer.close()


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[HttpClient]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = HttpClient(f"http://127.0.0.1:{port}/ari", "Basic eDp5")
    try:
        yield client
    finally:
        client.close()
        listening.close()


async def test_one_connection_serves_one_request_after_the_other() -> None:
    server = Server(OK, b"HTTP/1.1 204 No Content\r\n\r\n")
    async with client_of(server) as client:
        assert await client.request("GET", "/channels?a=%2F") == (200, b"{}")
        assert await client.request("POST", "/channels/1/ring") == (204, b"")
    assert server.connections == 1
    first = server.requests[0].decode()
    assert first.startswith("GET /ari/channels?a=%2F HTTP/1.1\r\n")
    assert "Authorization: Basic eDp5\r\n" in first


async def test_requests_at_the_same_time_do_not_wait_for_each_other() -> None:
    server = Server(OK, OK, OK)
    async with client_of(server) as client:
        await asyncio.gather(*(client.request("GET", "/x") for _ in range(3)))
    assert server.connections == 3


async def test_a_long_answer_comes_in_pieces() -> None:
    body = b"x" * 1_000_000
    async with client_of(
        Server(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    ) as client:
        assert await client.request("GET", "/x") == (200, body)


async def test_a_refusal_is_an_answer_like_any_other() -> None:
    async with client_of(Server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", OK)) as client:
        assert await client.request("DELETE", "/channels/1") == (404, b"gone")
        assert await client.request("GET", "/x") == (200, b"{}")


async def test_a_connection_that_breaks_is_told_and_not_used_again() -> None:
    server = Server(OK, None, OK)
    async with client_of(server) as client:
        await client.request("GET", "/x")
        with pytest.raises(Disconnected):
            await client.request("GET", "/x")
        assert await client.request("GET", "/x") == (200, b"{}")
    assert server.connections == 2


async def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    async with client_of(Server(b"HTTP/1.1 200 OK\r\n\r\nall" + CLOSE, OK)) as client:
        assert await client.request("GET", "/x") == (200, b"all")
        assert await client.request("GET", "/x") == (200, b"{}")


@pytest.mark.parametrize(
    "answer",
    [
        b"SIP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 what\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    ],
)
async def test_what_is_no_answer_of_ari_is_refused_and_its_connection_is_not_used_again(
    answer: bytes,
) -> None:
    server = Server(answer, OK)
    async with client_of(server) as client:
        with pytest.raises(ValueError, match=r"."):
            await client.request("GET", "/x")
        assert await client.request("GET", "/x") == (200, b"{}")
    assert server.connections == 2


async def test_a_server_that_is_away_is_an_os_error() -> None:
    server = Server()
    async with client_of(server) as client:
        pass
    with pytest.raises(OSError, match=r"."):
        await client.request("GET", "/x")
