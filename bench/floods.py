"""M11: what floods cost the calls: 200 clients of the API, bodies of 1 MB, half requests, guessing at registrations,
each without a pause, while calls come in at M1's rate. From INVITE to 180, beside quiet rounds in the same run.

Who floods is a process of its own (``senders``) that takes only what nobody else wants of the processors, since in life
it is another machine; what ``Dial()`` loses beside it is the machine's doing.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp

from bench import beside
from bench.measures import RATE, ROUND_CALLS, Found
from bench.report import Row
from bench.senders import Sender, Target
from bench.sipp import Answers, median
from bench.site import NAMES, NATIVE, OURS, Site

ROUNDS = 2
API_CLIENTS, BODY_CLIENTS, HALVES = 200, 4, 200
GUESSES_A_SECOND = 400
"""As fast as one Python process gets them out beside 20 calls a second."""
AIM = 1.25
BODY = b'{"number":"0222900001","password":[' + b"{}," * 349_000 + b"{}]}"
"""As slow to read as a body of this size can be: a third of a million objects."""
BODIES = "bodies of 1 MB"


async def _api(target: Target, counts: Counter[str], ready: Callable[[], None]) -> None:
    async def client() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{target.web_url}/api/v1/me/calls") as answer:
                        await answer.read()
                        counts[str(answer.status)] += 1

    await _at_once(client, API_CLIENTS, ready)


async def _bodies(target: Target, counts: Counter[str], ready: Callable[[], None]) -> None:
    async def client() -> None:
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError):
                    url = f"{target.web_url}/api/v1/sessions"
                    async with session.post(url, data=BODY, headers=headers) as answer:
                        await answer.read()
                        counts[str(answer.status)] += 1

    await _at_once(client, BODY_CLIENTS, ready)


async def _halves(target: Target, counts: Counter[str], ready: Callable[[], None]) -> None:
    url = urlsplit(target.web_url)

    async def client() -> None:
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(url.hostname, url.port)
                writer.write(b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n")
                counts["halves"] += 1
                with suppress(TimeoutError):
                    async with asyncio.timeout(2):
                        await reader.read()
                writer.transport.abort()

    await _at_once(client, HALVES, ready)


async def _at_once(client: Callable[[], Awaitable[None]], count: int, ready: Callable[[], None]) -> None:
    ready()
    await asyncio.gather(*(client() for _ in range(count)))


async def _guesses(target: Target, counts: Counter[str], ready: Callable[[], None]) -> None:
    host, _, port = target.sip_server.partition(":")
    dice = random.Random(1)
    ready()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.77", 0))
        wire.setblocking(False)
        for number in itertools.count():
            line = f"02229{dice.randrange(1, 300):05d}"
            text = (
                f"REGISTER sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.77:5099;branch=z9hG4bKg{number};rport\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:{line}@{host}>;tag=g{number}\r\nTo: <sip:{line}@{host}>\r\n"
                f"Call-ID: guess-{number}\r\nCSeq: 1 REGISTER\r\nContact: <sip:{line}@127.0.0.77:5099>\r\n"
                f'Authorization: Digest username="{line}", realm="asterisk", nonce="{number}/x", uri="sip:{host}", '
                f'response="{dice.getrandbits(128):032x}", algorithm=MD5\r\nContent-Length: 0\r\n\r\n'
            )
            with suppress(BlockingIOError):
                wire.sendto(text.encode(), (host, int(port)))
                counts["guesses"] += 1
            await asyncio.sleep(1 / GUESSES_A_SECOND)


FLOODS: Mapping[str, Sender] = MappingProxyType(
    {
        f"{API_CLIENTS} clients of the API": _api,
        BODIES: _bodies,
        f"{HALVES} half requests": _halves,
        "guesses at registrations": _guesses,
    }
)


async def calls_beside(site: Site, say: Callable[[str], None]) -> Found:
    """Each flood in turn, its quiet rounds beside it, through both doors."""
    rows, sent = [], []
    target = Target(site.stack.web_url, site.stack.sip_server)
    for name in FLOODS:
        found = await beside.calls_beside(site, "M11", name, target, ROUNDS, say)
        rows += [
            _row(name, door, found.answers[door, False], found.answers[door, True]) for door in (OURS, NATIVE)
        ]
        seconds = 2 * ROUNDS * ROUND_CALLS / RATE
        sent += [
            f"{name}: {count / seconds:.0f} {what} a second" for what, count in sorted(found.sent.items())
        ]
    note = f"M11: {ROUNDS} rounds of {ROUND_CALLS} calls at {RATE}/s each; {'; '.join(sent)}"
    return Found(tuple(rows), (note,))


def _row(name: str, door: str, quiet: Answers, hostile: Answers) -> Row:
    ratio, ours = median(hostile.rung) / median(quiet.rung), door == OURS
    lost = hostile.tried - hostile.good
    return Row(
        "M11", f"{NAMES[door]}: INVITE to 180 beside {name}", f"{ratio:.2f}×",
        f"≤ {AIM}×, none lost" if ours else "", f"{median(hostile.rung):.1f} ms, {lost} lost",
        f"{median(quiet.rung):.1f} ms quiet", (ratio <= AIM and not lost) if ours else None,
    )  # fmt: skip
