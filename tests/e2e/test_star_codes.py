"""Star codes on real phones: what is said, what the API shows, and that the next call obeys it (spec §7)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from callcontrol.dialogue import say
from tests.e2e.office import PORTAL_PASSWORD, Office
from tests.e2e.people import outside_call, register, take
from tests.e2e.prompter import Prompter
from tests.stack import Stack

MOBILE = "0612345678"


@pytest_asyncio.fixture(loop_scope="session")
async def prompter(stack: Stack) -> AsyncIterator[Prompter]:
    async with Prompter.of(stack) as listening:
        yield listening


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_72_asks_reads_back_and_the_next_call_10_ms_later_obeys(
    office: Office, prompter: Prompter, method: str
) -> None:
    boss, colleague = office.desks(2)
    async with office.trunk(beside=True) as world, office.phone(boss) as b, office.phone(colleague) as c:
        await register(b, c)
        call = await b.invite("*72")
        await call.answered()
        await prompter.plays("enter-forward-number")
        await call.send_dtmf(f"{colleague.number}#", method=method)  # type: ignore[arg-type]
        await prompter.plays_all("forward-to-number", *say.phone_number(colleague.number, "fr"))
        await call.send_dtmf("1", method=method)  # type: ignore[arg-type]
        outside = await outside_call(world, boss.number, "0145730099")
        await take(c)
        await outside.cancel()
        await prompter.plays("forward-unconditional-on")
        await call.ended(within=10)
        call = await b.invite("*73")
        await call.answered()
        await prompter.plays("forward-unconditional-off")
        await call.ended(within=10)
        outside = await outside_call(world, boss.number, "0145730099")
        await take(b)
        await outside.cancel()
    await office.nothing_left()


async def test_a_code_and_the_api_write_the_same_setting(office: Office, prompter: Prompter) -> None:
    async with office.phone(office.chief) as phone, aiohttp.ClientSession(office.stack.web_url) as web:
        login = {"number": office.chief.number, "password": PORTAL_PASSWORD}
        async with web.post("/api/v1/sessions", json=login) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['token']}"}
        await phone.register()
        for code, prompt, on in (("*78", "dnd-on", True), ("*79", "dnd-off", False)):
            call = await phone.invite(code)
            await call.answered()
            await prompter.plays(prompt)
            async with web.get("/api/v1/me/call-manager", headers=headers) as answer:
                assert (await answer.json())["dnd"]["enabled"] is on
            await call.hears_speech()
            await call.ended(within=10)
    await office.nothing_left()


async def test_69_says_who_called_and_calls_back(office: Office, prompter: Prompter) -> None:
    boss, colleague = office.desks(2)
    async with office.phone(boss) as b, office.phone(colleague) as c:
        await register(b, c)
        missed = await c.invite(boss.extension)
        await take(b)
        await missed.cancel()
        call = await b.invite("*69")  # at once: its record is not written yet
        await call.answered()
        await prompter.plays_all(
            "last-caller-was", *say.phone_number(colleague.number, "fr"), "last-caller-called"
        )
        await call.send_dtmf("1")
        ring = await take(c)
        await call.hears(440)  # ringing
        await ring.answer()
        await call.hang_up()
        await ring.ended()
    await office.nothing_left()


async def test_a_barred_number_is_refused_in_words_and_nothing_changes(
    office: Office, prompter: Prompter
) -> None:
    (boss,) = office.desks(1)
    await office.set(boss, "call-settings", {"barring": {"premium": True}})
    async with office.phone(boss) as b:
        await register(b)
        call = await b.invite("*72089912345 6".replace(" ", ""))
        await call.answered()
        await prompter.plays("barred-premium")
        await prompter.plays("forward-not-changed")
        await call.ended(within=10)
    await office.nothing_left()
