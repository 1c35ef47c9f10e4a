"""Floods at the web's door (docs/security.md): connections, heads and bodies that are too many, too long, too slow or
no HTTP. Over the sockets that are really served, bounded and on loopback."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry

from callcontrol.changes.line_settings import LARGEST_DOCUMENT
from callcontrol.portal_bridge.app import build, serve
from callcontrol.portal_bridge.body import PAUSE_SECONDS
from callcontrol.portal_bridge.connection import LONGEST_HEAD, Patience
from callcontrol.portal_bridge.places import Places, most_connections
from callcontrol.portal_bridge.security_headers import ALWAYS, DEFAULTS
from callcontrol.sentences.table import MOST_MISTAKES
from tests.web.world import CAMILLE, World

pytestmark = pytest.mark.hostile

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Heard:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def is_ours(self) -> bool:
        """It has our security headers and tells of no software."""
        ours = all(self.headers.get(name.lower()) == value for name, value in {**ALWAYS, **DEFAULTS}.items())
        return ours and b"aiohttp" not in self.body and "python" not in str(self.headers).lower()


class Client:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def hears(self, within: float = 5.0) -> Heard | None:
        """The next answer; None when the connection ends without one."""
        async with asyncio.timeout(within):
            try:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            status, *lines = head.strip().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length", "0"))
            return Heard(int(status.split()[1]), headers, await self.reader.readexactly(length))

    async def is_closed(self, within: float = 5.0) -> bool:
        async with asyncio.timeout(within):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True


Open = Callable[..., Awaitable[Client]]


@asynccontextmanager
async def door(
    world: World,
    places: Places | None = None,
    patience: Patience = Patience(),  # noqa: B008
) -> AsyncIterator[Open]:
    runner = await serve(
        build(replace(world.services, registry=CollectorRegistry())), "127.0.0.1", 0, places, patience
    )
    made: list[Client] = []

    async def opened(address: str = "127.0.0.1") -> Client:
        port = runner.addresses[0][1]
        client = Client(*await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)))
        made.append(client)
        return client

    try:
        yield opened
    finally:
        for client in made:
            client.writer.transport.abort()
        await runner.cleanup()


async def post(
    client: Client, world: World, path: str, body: bytes, *headers: str, method: str = "POST"
) -> None:
    lines = (
        f"Authorization: Bearer {await world.token(CAMILLE)}",
        "Content-Type: application/json",
        *headers,
    )
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n" + "\r\n".join(lines)
    await client.send(head.encode() + b"\r\n\r\n" + body)


# -- bodies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "largest"),
    [
        ("POST", "/api/v1/sessions", 2048),
        ("PUT", "/api/v1/dev/clock", 2048),
        ("PUT", "/api/v1/me/call-manager", 65536),
        ("PATCH", "/api/v1/me/call-manager", 65536),
        ("POST", "/api/v1/me/contacts", 65536),
    ],
)
async def test_a_body_longer_than_its_route_allows_is_refused_unread(
    world: World, method: str, path: str, largest: int
) -> None:
    async with door(world) as opened:
        for size, refused in ((largest, False), (largest + 1, True), (50_000_000, True)):
            client = await opened()
            body = b'{"x":"' + b"x" * (min(size, largest + 1) - 8) + b'"}'
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            token = f"Authorization: Bearer {await world.token(CAMILLE)}\r\n"
            since = asyncio.get_running_loop().time()
            await client.send(
                f"{head}{token}Content-Length: {size}\r\n\r\n".encode() + (b"" if refused else body)
            )
            heard = await client.hears()
            assert heard is not None
            assert (heard.status == 413) is refused, (size, heard)
            assert heard.is_ours()
            if refused:  # who sends them without a pause is not served without one
                assert asyncio.get_running_loop().time() - since >= PAUSE_SECONDS


async def test_a_body_without_a_length_is_refused_as_it_passes_its_limit(world: World) -> None:
    async with door(world) as opened:
        client = await opened()
        head = "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        await client.send(
            f"{head}Transfer-Encoding: chunked\r\n\r\n800\r\n".encode() + b"x" * 0x800 + b"\r\n10\r\n"
        )
        await client.send(b"x" * 0x10 + b"\r\n")
        heard = await client.hears()
        assert heard is not None
        assert (heard.status, heard.is_ours()) == (413, True)


async def test_what_is_compressed_is_not_opened(world: World) -> None:
    async with door(world) as opened:
        client = await opened()
        await post(
            client, world, "/api/v1/sessions", gzip.compress(b"0" * 1_000_000), "Content-Encoding: gzip"
        )
        heard = await client.hears()
        assert heard is not None
        assert (heard.status, heard.headers["accept-encoding"]) == (415, "identity")


async def test_a_body_that_is_broken_or_breaks_off_is_nobodys_error(world: World) -> None:
    async with door(world) as opened:
        broken, gone, after = await opened(), await opened(), await opened()
        head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        await broken.send(head + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n")
        heard = await broken.hears()
        assert heard is not None
        assert (heard.status, heard.is_ours()) == (400, True)
        await gone.send(head + b"Content-Length: 1000\r\n\r\n{")
        gone.writer.transport.abort()
        await after.send(GET)
        heard = await after.hears()
        assert heard is not None
        assert heard.status == 200


async def test_a_body_that_does_not_come_is_given_up_after_ten_seconds(world: World) -> None:
    async with door(world) as opened:
        slow = [await opened() for _ in range(3)]
        begun = time.monotonic()
        head = b"HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
        token = f"Authorization: Bearer {await world.token(CAMILLE)}\r\n\r\n".encode()
        await slow[0].send(b"POST /api/v1/sessions " + head + b"\r\n{")
        await slow[1].send(b"PUT /api/v1/me/call-manager " + head + token + b"{")
        sound = head.replace(b"application/json", b"audio/wav")
        await slow[2].send(b"POST /api/v1/me/recordings?kind=greeting " + sound + token + b"RIFF")
        for client in slow:
            heard = await client.hears(within=15)
            assert heard is not None
            assert (heard.status, heard.is_ours()) == (408, True)
            assert await client.is_closed()
        assert 9 < time.monotonic() - begun < 14
    assert list(world.media.iterdir()) == [], "nothing is left of the upload"


# -- mistakes ------------------------------------------------------------------------------------------------------

WRONG = {
    "unknown fields": {f"k{n}": 0 for n in range(5000)},
    "too many callers": {"selective_reject": {"callers": {"numbers": ["x"] * 12_000}}},
    "callers that are none": {
        part: {"callers": {kind: ["?"] * 990 for kind in ("numbers", "contacts", "contact_groups")}}
        for part in ("selective_reject", "selective_forward", "distinctive_ring")
    },
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_document_of_mistakes_costs_little_and_tells_the_first_hundred(
    world: World, what: str
) -> None:
    body = json.dumps(WRONG[what], separators=(",", ":")).encode()
    begun = time.process_time()
    answers = [await world.ask("PATCH", "call-manager", data=body) for _ in range(5)]
    spent = (time.process_time() - begun) / 5
    assert {answer.status for answer in answers} == {422}
    assert 1 <= len(answers[0].json["errors"]) <= MOST_MISTAKES
    assert spent < 0.2, "seconds for one, and this process also asks"


async def test_whatever_is_kept_can_be_sent_back(world: World) -> None:
    """Patches make a document longer and longer: never longer than what a PUT may send."""
    numbers = [f"+33 (0)6 {n:08}" for n in range(990)]
    answers = [
        await world.ask("PATCH", "call-manager", {part: {"callers": {"numbers": numbers}}})
        for part in ("selective_reject", "selective_forward", "distinctive_ring")
    ]
    assert {answer.status for answer in answers} == {200, 422}
    kept = await world.ask("GET", "call-manager")
    assert len(kept.raw) <= LARGEST_DOCUMENT
    assert (await world.ask("PUT", "call-manager", kept.json)).status == 200


async def test_patches_sent_together_without_a_version_are_all_kept(world: World) -> None:
    """412 is for who named a version."""
    numbers = [f"06{n:08}" for n in range(40)]
    answers = await asyncio.gather(
        *(world.ask("PATCH", "call-manager", {"unconditional": {"number": number}}) for number in numbers)
    )
    assert [answer.status for answer in answers] == [200] * 40


# -- connections ---------------------------------------------------------------------------------------------------


async def test_who_asks_is_served_while_others_hold_every_place_without_asking(world: World) -> None:
    places = Places(most=20)
    async with door(world, places) as opened:
        idle = [await opened() for _ in range(40)]
        for client in idle[20:30]:
            await client.send(b"GET /heal")
        asking = [await opened() for _ in range(15)]
        for client in asking:
            await client.send(GET)
        heard = [await client.hears() for client in asking]
        assert [each.status if each else None for each in heard] == [200] * 15
        assert len(places) <= 20
        assert await idle[0].is_closed()


async def test_half_bodies_hold_no_place_against_who_asks(world: World) -> None:
    async with door(world, Places(most=10)) as opened:
        for _ in range(10):
            client = await opened()
            await client.send(
                b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            )
            await client.send(b"Content-Length: 100\r\n\r\n{")
        client = await opened()
        await client.send(GET)
        heard = await client.hears()
        assert heard is not None
        assert heard.status == 200


def test_a_company_behind_one_address_has_its_share_and_takes_nobody_elses() -> None:
    class Client:
        def __init__(self, address: str, *, busy: bool) -> None:
            self.address, self.waited_for, self.gone = address, not busy, False

        def give_way(self) -> None:
            self.gone = True

    places = Places(most=10, most_of_address=4)
    busy = [Client("192.0.2.1", busy=True) for _ in range(5)]
    assert [places.take(client) for client in busy] == [True] * 4 + [False]
    idle = [Client("192.0.2.2", busy=False) for _ in range(5)]
    assert all(places.take(client) for client in idle)
    assert [client.gone for client in idle] == [True] + [False] * 4
    proxy = [Client("127.0.0.1", busy=True) for _ in range(7)]
    assert [places.take(client) for client in proxy] == [True] * 6 + [False], "the idle four gave way"
    assert len(places) == 10
    for client in (*busy, *idle, *proxy, *proxy):
        places.leave(client)
    assert len(places) == 0


def test_the_places_are_far_below_the_limit_of_open_files() -> None:
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert most_connections() <= max(8, soft // 4)


async def test_when_all_are_served_one_more_is_told_to_come_back(world: World) -> None:
    class Full(Places):
        def take(self, newcomer: object) -> bool:
            return False

    async with door(world, Full()) as opened:
        client = await opened()
        heard = await client.hears()
        assert heard is not None
        assert (heard.status, heard.is_ours(), heard.headers["retry-after"]) == (503, True, "5")
        assert await client.is_closed()


# -- heads ---------------------------------------------------------------------------------------------------------


async def test_a_head_that_does_not_come_is_given_up(world: World) -> None:
    assert Patience().head == 10
    async with door(world, patience=Patience(head=0.5)) as opened:
        silent, half, second = await opened(), await opened(), await opened()
        await half.send(b"GET /healthz HTTP/1.1\r\n")
        await second.send(GET)
        heard = await second.hears()
        assert heard is not None
        assert heard.status == 200
        for drop in (b"GET /hea", b"l"):
            await second.send(drop)
            await asyncio.sleep(0.2)
        assert await silent.is_closed()
        for client in (half, second):
            heard = await client.hears()
            assert heard is not None
            assert (heard.status, heard.is_ours()) == (408, True)
            assert await client.is_closed()


async def test_an_idle_connection_is_kept_for_its_next_request(world: World) -> None:
    async with door(world, patience=Patience(head=0.3)) as opened:
        client = await opened()
        for _ in range(2):
            await client.send(GET)
            heard = await client.hears()
            assert heard is not None
            assert heard.status == 200
            await asyncio.sleep(0.5)  # longer than a head may take


async def test_a_head_that_never_ends_is_cut(world: World) -> None:
    async with door(world) as opened:
        client = await opened()
        await client.send(b"GET / HTTP/1.1\r\n")
        with suppress(ConnectionError):
            for n in range(100):
                await client.send(f"X-{n}: {'x' * 2000}\r\n".encode())
                await asyncio.sleep(0.001)
        heard = await client.hears()
        assert heard is None or (heard.status in (400, 431) and heard.is_ours())
        assert LONGEST_HEAD < 100 * 2000


async def test_who_takes_no_answer_is_not_waited_for(world: World) -> None:
    async with door(world, patience=Patience(taking=0.5)) as opened:
        client = await opened()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        document = b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        async with asyncio.timeout(10):
            while not client.writer.is_closing():
                client.writer.write(document)
                await asyncio.sleep(0.01)


# -- what is no HTTP -----------------------------------------------------------------------------------------------

NO_HTTP = {
    "a bad request line": b"NONSENSE\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40 + b"\r\n\r\n",
    "SIP": b"OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP z\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a long line": b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a NUL": b"GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\n y\r\nX : z\r\n\r\n",
}


@pytest.mark.parametrize("what", NO_HTTP)
async def test_what_is_no_http_gets_an_answer_like_any_other_and_no_version(world: World, what: str) -> None:
    async with door(world) as opened:
        client = await opened()
        await client.send(NO_HTTP[what])
        heard = await client.hears()
        assert heard is not None
        assert heard.status in (400, 431)
        assert heard.is_ours()
        assert heard.headers["content-type"] == "application/problem+json"
        assert await client.is_closed()
