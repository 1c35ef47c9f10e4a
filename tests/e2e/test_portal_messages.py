"""*Messages et appels* in a real browser on the real system: a message left by phone appears and plays; a reply spoken
into the browser lights the lamp of the colleague's phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests.e2e.office import PORTAL_PASSWORD, Office, eventually
from tests.e2e.people import leave_message, register, take
from tests.web.portal.portal import FLAGS, log_in

WITHIN = 5000
"""Milliseconds: 2 s when nothing holds the machine up."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def portal_office(office: Office) -> AsyncIterator[Office]:
    """A company whose first line uses the portal."""
    opened = await Office.open(office.stack, 4, company="Portail", prefix="02254")
    yield opened
    await opened.close()


async def plays(page: Page) -> bool | None:
    return await page.evaluate("document.querySelector('#player audio').currentTime > 0.5") or None


async def test_a_message_left_by_phone_plays_in_the_open_page_and_its_reply_lights_the_callers_lamp(
    portal_office: Office,
) -> None:
    office = portal_office
    (caller,) = office.desks(1)
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is missing: make test-packages"
    async with (
        async_playwright() as playwright,
        office.phone(caller) as phone,
        office.phone(office.chief) as mine,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(base_url=office.stack.web_url, locale="fr-FR")
        await page.goto("/messages")
        await log_in(page, office.chief.number, PORTAL_PASSWORD)
        await expect(page.get_by_text("Aucun message vocal.")).to_be_visible()
        await register(phone)
        await leave_message(await phone.invite(office.chief.extension))
        play = page.get_by_role("button", name=re.compile(f"Écouter le message de {caller.name}"))
        await expect(play).to_be_visible(timeout=WITHIN)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Messages et appels (1)")
        await play.click()
        await eventually(lambda: plays(page), "the sound of the message is played")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Messages et appels")
        await page.locator(".actions > summary").click()
        await page.get_by_role("button", name="Répondre").click()
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.locator("#compose [data-part=time]")).to_contain_text("0:02", timeout=WITHIN)
        await page.get_by_role("button", name="Arrêter").click()
        await page.get_by_role("button", name="Envoyer").click()
        await expect(page.get_by_text(f"Message envoyé à {caller.name}.")).to_be_visible(timeout=WITHIN)
        await phone.lamp_shows(new=1, within=WITHIN / 1000)
        (reply,) = await office.messages(caller)
        assert (reply.duration or 0) >= 1
        await page.get_by_role("link", name="Appels manqués").click()
        await page.get_by_text("Montrer la règle").click()
        await expect(
            page.get_by_text("Aucun téléphone n’est connecté : l’appel va à la messagerie.")
        ).to_be_visible()
        await register(mine)
        await page.locator(".number-menu > summary").click()
        await page.get_by_role("button", name=f"Composer le {caller.number} depuis le").click()
        first = await take(mine)
        await first.answer()
        second = await take(phone)
        await expect(page.get_by_text("Votre correspondant est appelé")).to_be_visible(timeout=WITHIN)
        await second.answer()
        await expect(page.get_by_text("En communication")).to_be_visible(timeout=WITHIN)
        await page.get_by_role("button", name="Terminer l’Appel").click()
        await first.ended()
        await second.ended()
        await browser.close()
    await office.nothing_left()
