"""Floods in a phone's own talk (docs/security.md): keys that come faster than Asterisk takes them end that talk and no
other one; requests of every kind hold nobody up, and nothing of them is left."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from itertools import count, cycle

import pytest
import pytest_asyncio

from rig import Call, Phone, both_hear
from rig.dtmf import info_body
from rig.message import Header
from tests.e2e.office import Desk, Office
from tests.e2e.people import register, take, talk
from tests.hostile_size import LONG, size, tried
from tests.stack import Stack

pytestmark = pytest.mark.hostile

KEYS = ("Content-Type", "application/dtmf-relay")
SDP = ("Content-Type", "application/sdp")
TEXT = ("Content-Type", "text/plain")
AT_ONCE = 10


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def flooded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system of its own: these floods kept others' calls from being set up for twenty seconds."""
    async with Stack.start(tmp_path_factory.mktemp("flooded"), company=None) as running:
        opened = await Office.open(running, 20, company="Inondée", prefix="02258")
        yield opened
        await opened.close()


@pytest.mark.parametrize("how", ["INFO", "RFC 4733"])
async def test_a_flood_of_keys_ends_no_call_but_its_own(flooded: Office, how: str) -> None:
    pid = flooded.stack.asterisk_pid
    thief, victim, carol, dan = flooded.desks(4)
    async with (
        flooded.phone(thief) as t,
        flooded.phone(victim) as v,
        flooded.phone(carol) as c,
        flooded.phone(dan) as d,
    ):
        await register(t, v, c, d)
        honest = await c.invite(dan.extension)
        other = await take(d)
        await talk(honest, other)
        call = await t.invite(victim.extension)
        leg = await take(v)
        await talk(call, leg)
        sent = await floods(call, infos(call) if how == "INFO" else events(call), size(3000, 20_000))
        if how == "RFC 4733":  # what Asterisk does not take of these it forgets
            await call.hang_up()
        await leg.ended(within=10)
        await both_hear(honest, other)
        await honest.hang_up()
        await other.ended()
        await rings(c, d, dan)
    assert flooded.stack.asterisk_pid == pid
    assert "it is ended, for the sake of all others" in (
        flooded.stack.layout.logs / "asterisk.log"
    ).read_text("utf-8")
    tried(f"keys in a flood ({how})", sent)
    await flooded.nothing_left()


async def rings(caller: Phone, called: Phone, desk: Desk) -> None:
    """A call is set up as ever."""
    call = await caller.invite(desk.extension)
    ring = await called.incoming()
    await ring.ring()
    await call.ringing()
    await call.cancel()


async def floods(call: Call, sending: Iterator[None], most: int) -> int:
    """Send until the call is over, ``most`` at most; how many were sent."""
    for number in range(most):
        next(sending)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        if call.is_over:
            return number
    return most


def infos(call: Call) -> Iterator[None]:
    while True:
        ask(call, "INFO", (KEYS,), info_body("5", 0.1))
        yield


def events(call: Call) -> Iterator[None]:
    """Ends of keys, each another one, in the stream of the call."""
    assert call.media.remote is not None
    where = (call.media.remote.host, call.media.remote.port)
    _, _, at, stamp, source = struct.unpack("!BBHII", call.media.mouth.next_packet()[:12])
    call.media.mute()
    for number in count(1):
        head = struct.pack(
            "!BBHII", 0x80, 101 | 0x80, (at + number) & 0xFFFF, (stamp + number * 1600) & 0xFFFFFFFF, source
        )
        call.media.send(head + struct.pack("!BBH", number % 10, 0x80 | 10, 800), where)
        yield


def ask(call: Call, method: str, headers: tuple[Header, ...], body: bytes) -> None:
    """Send a request of the call and wait for nothing."""
    agent = call.agent
    request = call.dialog.request(method, via=agent.via(), contact=agent.contact, headers=headers, body=body)
    agent.transmit(request, agent.destination(request))


@pytest.mark.skipif(not LONG, reason="make test-hostile")
async def test_floods_of_requests_in_a_talk_hold_nobody_up_and_leave_nothing(flooded: Office) -> None:
    pid = flooded.stack.asterisk_pid
    thief, victim, carol, dan = flooded.desks(4)
    async with (
        flooded.phone(thief) as t,
        flooded.phone(victim) as v,
        flooded.phone(carol) as c,
        flooded.phone(dan) as d,
    ):
        await register(t, v, c, d)
        for method, headers, body in REQUESTS:
            call = await t.invite(victim.extension)
            leg = await take(v)
            await talk(call, leg)
            directions = cycle(("sendonly", "sendrecv"))
            for number in range(1000):
                sdp = call.description(t.codecs, next(directions)) if SDP in headers else body  # type: ignore[arg-type]
                ask(call, method, headers, sdp)
                if number % 100 == 0:
                    await rings(c, d, dan)
            tried(f"{method} in a flood, in a talk", 1000)
            await call.hang_up(within=15)
            await leg.ended(within=15)
    assert flooded.stack.asterisk_pid == pid
    assert "\n0 active subscriptions" in await flooded.stack.asterisk_cli("pjsip list subscriptions inbound")
    await flooded.nothing_left()


REQUESTS: tuple[tuple[str, tuple[Header, ...], bytes], ...] = (
    ("UPDATE", (), b""),
    ("UPDATE", (SDP,), b""),
    ("INVITE", (SDP,), b""),
    ("INFO", (KEYS,), b"Signal=\r\nDuration=-1\r\n" + b"A" * 2000),
    ("OPTIONS", (), b""),
    ("MESSAGE", (TEXT,), b"x" * 1000),
    ("SUBSCRIBE", (("Event", "dialog"), ("Expires", "60")), b""),
    ("PUBLISH", (("Event", "presence"), ("Expires", "60")), b"x"),
    ("NOTIFY", (("Event", "refer"), ("Subscription-State", "active")), b"x"),
    ("PRACK", (("RAck", "1 1 INVITE"),), b""),
)
