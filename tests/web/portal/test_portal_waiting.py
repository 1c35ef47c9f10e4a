"""What takes long is seen to be under way; what asks the telephone system goes at a measured pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.web.portal.mailbox import a_day
from tests.web.portal.portal import Portal
from tests.web.world import CAMILLE, World

SPINS = "each => getComputedStyle(each, '::before').backgroundImage.includes('svg')"


async def hold(page: Page, address: str) -> asyncio.Event:
    """Whatever is asked of ``address`` is answered once the event is set."""
    gone = asyncio.Event()

    async def wait(route: Route) -> None:
        await gone.wait()
        await route.continue_()

    await page.route(address, wait)
    return gone


async def question(page: Page) -> Locator:
    await page.goto("/")
    await page.locator("#if-from").fill("4003")
    return page.locator(".if [type=submit]")


async def settings(page: Page) -> Locator:
    await page.goto("/message-settings")
    return page.locator("#apply")


async def dialog(page: Page) -> Locator:
    await page.goto("/messages")
    await page.locator("#actions-m-paul > summary").click()
    await page.locator("#actions-m-paul").get_by_role("button", name="Renvoyer par e-mail").click()
    await page.get_by_label("Adresse e-mail").fill("nathalie@example.net")
    return page.locator("#email [type=submit]")


async def dialler(page: Page) -> Locator:
    await page.goto("/messages/missed")
    await page.locator("#number-c-1 > summary").click()
    await page.locator("#number-c-1").get_by_role("button", name="depuis un autre numéro").click()
    return page.locator("#dialler [type=submit]")


@pytest.mark.parametrize(
    ("opened", "held"),
    [
        (question, "**/home/explain*"),
        (settings, "**/message-settings"),
        (dialog, "**/email"),
        (dialler, "**/call"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_who_waits_sees_a_spinner_where_they_pressed_until_the_answer_is_there(
    portal: Portal, opened: Callable[[Page], Awaitable[Locator]], held: str
) -> None:
    await a_day(portal.world)
    page = await portal.open("/account")
    button = await opened(page)
    gone = await hold(page, held)
    await button.click(no_wait_after=True)
    await expect(button).to_have_attribute("aria-busy", "true")
    assert await button.evaluate(SPINS)
    gone.set()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert not portal.trouble


async def test_so_does_who_sends_a_plain_form(portal: Portal) -> None:
    page = await portal.open("/security/email")
    gone = await hold(page, "**/security/email")
    await page.evaluate(
        """new MutationObserver(([{ target }]) => console.log(`waits: ${target.getAttribute("aria-busy")}`))
             .observe(document.querySelector("main [type=submit]"), { attributeFilter: ["aria-busy"] })"""
    )
    async with page.expect_console_message(lambda said: said.text == "waits: true"):
        await page.locator("main [type=submit]").click(no_wait_after=True)
    gone.set()
    await expect(page.get_by_role("status").first).to_be_visible()
    assert not portal.trouble


async def test_the_state_of_the_line_shows_that_it_is_asked_for(portal: Portal) -> None:
    page = await portal.open("/account")
    gone = await hold(page, "**/home/live*")
    await page.goto("/")
    await expect(page.locator("#live")).to_have_attribute("aria-busy", "true")
    assert await page.locator("#live").evaluate(SPINS)
    gone.set()
    await expect(page.locator("#live .calls")).to_be_visible()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)


async def test_the_pages_ask_the_telephone_system_at_the_pace_of_the_api(world: World) -> None:
    await Portal(world, None).settle(CAMILLE)  # type: ignore[arg-type]
    cookie = {"Cookie": f"callcontrol_session={await world.token(CAMILLE)}", "HX-Request": "true"}
    for path in ["/home/live", "/home/explain?from=4003"] * 5:
        assert (await world.ask("GET", path, headers=cookie)).status == 200
    for path in ("/home/live", "/home/explain?from=4003", "/api/v1/me/explain?from=4003"):
        answer = await world.ask("GET", path, headers=cookie)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1"), path
    assert (await world.ask("GET", "/account", headers=cookie)).status == 200
