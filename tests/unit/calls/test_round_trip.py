"""Whether Asterisk is heard: a sign that goes there and comes back; without it the socket is opened anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from callcontrol.errors import PhoneSystemRefused
from callcontrol.lifecycle.round_trip import EVERY_SECONDS, PATIENCE_SECONDS, RoundTrip
from callcontrol.telephony import UserEvent
from tests.fakes.virtual_time import VIRTUAL_TIME

pytestmark = VIRTUAL_TIME


class Asterisk:
    """Sends each sign back, unless it is deaf; refuses what belongs to an application that it does not know."""

    def __init__(self) -> None:
        self.deaf = self.unknown = False
        self.connected = True
        self.reopened = 0
        self.trip = RoundTrip(self, lambda: self.connected, self.reopen)  # type: ignore[arg-type]

    async def user_event(self, name: str, variables: Mapping[str, str]) -> None:
        if self.unknown:
            raise PhoneSystemRefused("POST /events/user", 404, "Application not found")
        if not self.deaf:
            self.trip.on_event(UserEvent(None, name, tuple(variables.items())))

    def reopen(self) -> None:
        self.reopened += 1


@asynccontextmanager
async def watched() -> AsyncIterator[Asterisk]:
    asterisk = Asterisk()
    task = asyncio.create_task(asterisk.trip.run())
    try:
        with capture_logs():
            yield asterisk
    finally:
        task.cancel()


async def test_the_way_is_known_soon_after_the_socket_is_open_and_as_long_as_signs_come_back() -> None:
    async with watched() as asterisk:
        assert not asterisk.trip.closed
        await asyncio.sleep(0.5)
        assert asterisk.trip.closed
        await asyncio.sleep(60)
        assert (asterisk.trip.closed, asterisk.reopened) == (True, 0)


@pytest.mark.parametrize("how", ["deaf", "unknown"])
async def test_without_an_echo_it_is_told_and_the_socket_opened_anew_again_and_again(how: str) -> None:
    async with watched() as asterisk:
        await asyncio.sleep(1)
        setattr(asterisk, how, True)
        await asyncio.sleep(PATIENCE_SECONDS + EVERY_SECONDS)
        assert not asterisk.trip.closed
        await asyncio.sleep(3 * PATIENCE_SECONDS)
        assert asterisk.reopened >= 2
        setattr(asterisk, how, False)
        await asyncio.sleep(2 * EVERY_SECONDS)
        assert asterisk.trip.closed


async def test_while_there_is_no_socket_nothing_is_asked_and_the_way_is_not_known() -> None:
    async with watched() as asterisk:
        await asyncio.sleep(1)
        asterisk.connected = False
        await asyncio.sleep(EVERY_SECONDS + 0.1)
        assert not asterisk.trip.closed
        await asyncio.sleep(60)
        assert asterisk.reopened == 0
        asterisk.connected = True
        await asyncio.sleep(0.5)
        assert asterisk.trip.closed


async def test_an_old_sign_is_no_echo() -> None:
    async with watched() as asterisk:
        asterisk.deaf = True
        for _ in range(20):
            asterisk.trip.on_event(UserEvent(None, "callcontrol-echo", (("sign", "another"),)))
            await asyncio.sleep(0.1)
        assert not asterisk.trip.closed
