"""What a browser is told as it happens: calls, messages and phones of a line, from the real Asterisk to the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.e2e.office import PORTAL_PASSWORD, Office
from tests.e2e.people import leave_message, register, take

TOLD_SECONDS = 2.0


class Stream:
    """The stream of one line."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def hears(self, name: str, data: str = "{}") -> None:
        """Until this is told; what else is told before it does not matter."""
        async with asyncio.timeout(TOLD_SECONDS):
            while (
                await self._answer.content.readuntil(b"\n\n") != f"event: {name}\ndata: {data}\n\n".encode()
            ):
                pass


@asynccontextmanager
async def stream_of_the_chief(office: Office) -> AsyncIterator[Stream]:
    async with aiohttp.ClientSession(office.stack.web_url) as web:
        login = {"number": office.chief.number, "password": PORTAL_PASSWORD}
        async with web.post("/api/v1/sessions", json=login) as answer:
            token = (await answer.json())["token"]
        async with web.get("/api/v1/me/events", headers={"Authorization": f"Bearer {token}"}) as answer:
            stream = Stream(answer)
            await stream.hears("read-anew")
            yield stream


async def test_calls_messages_and_phones_of_a_line_are_told_as_they_happen(office: Office) -> None:
    (caller,) = office.desks(1)
    async with stream_of_the_chief(office) as told, office.phone(caller) as c:
        async with office.phone(office.chief) as chief:
            await register(c, chief)
            await told.hears("devices")
            call = await c.invite(office.chief.extension)
            await take(chief)
            await told.hears("calls", '{"calls": 1}')
            await call.cancel()
            await told.hears("calls", '{"calls": 0}')
            await chief.unregister()
            await told.hears("devices")
        call = await c.invite(office.chief.extension)  # nobody is there: the mailbox answers
        await leave_message(call)
        await told.hears("mailbox")
    await office.nothing_left()
