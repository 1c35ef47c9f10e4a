"""Click to call by the API, on real phones: rung in turn, joined, followed in the stream, ended (spec §2.7)."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from rig import both_hear
from tests.e2e.office import PORTAL_PASSWORD, Office
from tests.e2e.people import MESSAGE_SECONDS, register, speak_after_the_tone, take
from tests.e2e.test_live_stream import Stream

RINGING = 440
"""Hz, in France."""


async def logged_in(office: Office, web: aiohttp.ClientSession) -> dict[str, str]:
    login = {"number": office.chief.number, "password": PORTAL_PASSWORD}
    async with web.post("/api/v1/sessions", json=login) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}


async def test_my_phone_rings_then_the_other_and_the_stream_tells(office: Office) -> None:
    (colleague,) = office.desks(1)
    async with (
        aiohttp.ClientSession(office.stack.web_url) as web,
        office.phone(office.chief) as chief,
        office.phone(colleague) as other,
    ):
        headers = await logged_in(office, web)
        await register(chief, other)
        async with web.get("/api/v1/me/events", headers=headers) as answer:
            told = Stream(answer)
            await told.hears("read-anew")
            made = await post(web, headers, {"to": colleague.extension})
            assert (made["state"], made["from"]) == ("ringing_from", office.chief.number)
            mine = await take(chief)
            assert (mine.caller.uri.user, mine.caller.display) == (colleague.extension, colleague.name)
            await other.no_incoming(0.2)
            await mine.answer()
            theirs = await take(other)
            await told.hears("call", f'{{"id": "{made["id"]}", "state": "ringing_to"}}')
            await mine.hears(RINGING)
            await theirs.answer()
            await told.hears("call", f'{{"id": "{made["id"]}", "state": "talking"}}')
            await both_hear(mine, theirs)
            async with web.delete(f"/api/v1/me/calls/{made['id']}", headers=headers) as ended:
                assert ended.status == 204
            await mine.ended()
            await theirs.ended()
            await told.hears("call", f'{{"id": "{made["id"]}", "state": "ended"}}')
            async with web.get(f"/api/v1/me/calls/{made['id']}", headers=headers) as over:
                assert (await over.json())["state"] == "ended"
    await office.nothing_left()


async def post(web: aiohttp.ClientSession, headers: dict[str, str], body: dict[str, str]) -> Any:
    async with web.post("/api/v1/me/calls", json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


async def test_who_was_called_first_hears_the_operators_ringing_or_ours(office: Office) -> None:
    async with (
        aiohttp.ClientSession(office.stack.web_url) as web,
        office.trunk() as world,
        office.phone(office.chief) as chief,
    ):
        headers = await logged_in(office, web)
        await register(chief)
        await post(web, headers, {"to": "0612345678"})
        mine = await (await take(chief)).answer()
        theirs = await take(world)
        await mine.hears(RINGING)
        await theirs.progress()
        await mine.hears(theirs.tone)
        await mine.does_not_hear(RINGING, for_=2.0)
        await theirs.answer()
        await both_hear(mine, theirs)
        await mine.hang_up()
        await theirs.ended()
    await office.nothing_left()


async def test_an_outside_phone_is_called_first_and_must_press_1(office: Office) -> None:
    (colleague,) = office.desks(1)
    async with (
        aiohttp.ClientSession(office.stack.web_url) as web,
        office.trunk() as world,
        office.phone(colleague) as other,
    ):
        headers = await logged_in(office, web)
        await register(other)
        await post(web, headers, {"to": colleague.extension, "from": "0612345678"})
        mobile = await (await world.incoming()).answer()
        await mobile.hears_speech()
        await other.no_incoming(0.5)
        await mobile.send_dtmf("1")
        theirs = await take(other)
        await theirs.answer()
        await both_hear(mobile, theirs)
        await mobile.hang_up()
        await theirs.ended()
    await office.nothing_left()


async def test_who_is_called_first_may_leave_a_message_at_the_other(office: Office) -> None:
    (colleague,) = office.desks(1)
    async with aiohttp.ClientSession(office.stack.web_url) as web, office.phone(office.chief) as chief:
        headers = await logged_in(office, web)
        await register(chief)
        await post(web, headers, {"to": colleague.extension})
        mine = await (await take(chief)).answer()
        await speak_after_the_tone(mine)
        (message,) = await office.messages(colleague)
    assert message.sender.number == f"+33{office.chief.number[1:]}"
    assert message.duration == pytest.approx(MESSAGE_SECONDS, abs=0.5)
    await office.nothing_left()
