"""*Accueil* in a real browser on the real system: what the page sets is what the next call does, and what a phone sets
by a star code is told on the open page."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.e2e.office import PORTAL_PASSWORD, Office
from tests.e2e.people import greeted, register, silent, take
from tests.web.portal.portal import FLAGS, log_in

WITHIN = 5000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def accueil(office: Office) -> AsyncIterator[Office]:
    """A company whose first line uses the portal."""
    opened = await Office.open(office.stack, 4, company="Accueil", prefix="02255")
    yield opened
    await opened.close()


async def test_what_the_page_sets_is_what_the_next_call_does(accueil: Office) -> None:
    office, chief = accueil, accueil.chief
    caller, other = office.desks(2)
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is missing: make test-packages"
    async with (
        async_playwright() as playwright,
        office.phone(chief) as mine,
        office.phone(caller) as calling,
        office.phone(other) as others,
    ):
        await register(mine, calling, others)
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(base_url=office.stack.web_url, locale="fr-FR")
        await page.goto("/")
        await log_in(page, chief.number, PORTAL_PASSWORD)
        told, live = page.locator("#told"), page.locator("#live")
        await expect(live.locator(".phones li")).to_have_count(1, timeout=WITHIN)
        await mine.unregister()
        await expect(live).to_contain_text("Aucun téléphone n’est connecté", timeout=WITHIN)
        await mine.register()
        await expect(live.locator(".phones li")).to_have_count(1, timeout=WITHIN)

        await page.locator("#incoming").select_option("forward")
        await page.locator("#unconditional-number-open").click()
        box = page.get_by_role("dialog")
        await box.get_by_label("temporaire").fill(other.extension)
        await box.get_by_role("button", name="OK", exact=True).click()
        await box.wait_for(state="detached")
        await page.locator("#apply").click()
        await expect(told).to_contain_text("Enregistré", timeout=WITHIN)
        call = await calling.invite(chief.extension)
        ring = await take(others)
        await silent(mine)
        await call.cancel()
        await ring.cancelled()

        await page.locator("#incoming").select_option("ring")
        await page.locator("#dnd-enabled").select_option("on")
        await page.locator("#apply").click()
        await expect(told).to_contain_text("Enregistré", timeout=WITHIN)
        call = await calling.invite(chief.extension)
        await greeted(call)
        await silent(mine)
        await call.hang_up()

        code = await mine.invite("*79")
        await code.answered()
        await code.hears_speech(within=8)
        await code.hang_up()
        await page.locator("#apply").click()
        await expect(page.locator("#dnd-enabled")).to_have_value("", timeout=WITHIN)
        call = await calling.invite(chief.extension)
        ring = await take(mine)
        await expect(live).to_contain_text("1 appel en cours sur 5", timeout=WITHIN)
        await call.cancel()
        await ring.cancelled()
        await expect(live).to_contain_text("0 appel en cours sur 5", timeout=WITHIN)
        await browser.close()
    await office.nothing_left()
