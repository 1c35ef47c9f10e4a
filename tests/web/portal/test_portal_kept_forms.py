"""A form that was sent when its session was over: what was typed is found again after the log-in, by its owner."""

from __future__ import annotations

import re

from aiohttp import ClientResponse
from playwright.async_api import Page, expect

from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.pages.csrf import token
from tests.web.portal.mailbox import a_day
from tests.web.portal.portal import Portal, log_in, whole
from tests.web.world import CAMILLE, PASSWORD, PAUL, World

AGAIN = "Envoyer ce que j’ai saisi"


async def over(world: World, line: str = CAMILLE) -> None:
    """All sessions of a line have ended."""
    await world.repositories.sessions.end_all(line)
    world.tokens.clear()


async def settled(portal: Portal, *lines: str) -> None:
    for line in lines:
        await portal.settle(line, PASSWORD)


async def typed_too_late(portal: Portal) -> Page:
    """The delay is typed and *Appliquer* pressed; the log-in stands there."""
    await settled(portal, CAMILLE)
    page = await portal.open("/message-settings")
    await page.locator("#voicemail_after").fill("25")
    await over(portal.world)
    await page.locator("#apply").click()
    await expect(page.get_by_text("Ce que vous avez saisi est gardé")).to_be_visible()
    return page


async def test_settings_are_sent_after_the_log_in_by_one_press(portal: Portal) -> None:
    page = await typed_too_late(portal)
    await log_in(page, password="wrong")
    await expect(page.locator("#told")).to_contain_text("n’est pas le bon")
    await log_in(page)
    await page.get_by_role("button", name=AGAIN).click()
    await expect(page.get_by_text("Enregistré : le prochain message")).to_be_visible()
    kept = (await portal.world.ask("GET", "message-settings")).json
    assert kept["voicemail_after"] == 25
    assert not portal.trouble


async def test_they_may_be_dropped(portal: Portal) -> None:
    page = await typed_too_late(portal)
    await log_in(page)
    await page.get_by_role("button", name="Abandonner").click()
    await expect(page.locator("#voicemail_after")).to_have_value("60")


async def test_accueil_loses_neither_what_was_changed_nor_what_was_changed_elsewhere(portal: Portal) -> None:
    world = portal.world
    await settled(portal, CAMILLE)
    page = await portal.open("/")
    # its questions of the beginning are answered: it asks nothing more
    await page.locator("body[data-live=on] #live:not(.htmx-request) .calls").wait_for()
    await page.locator("#no_answer-voicemail_after").fill("33")
    await over(world)
    await world.ask("PATCH", "call-manager", {"reject_anonymous": True})
    await over(world)
    await page.locator("#apply").click()
    await expect(page.get_by_text("Ce que vous avez saisi est gardé")).to_be_visible()
    await log_in(page)
    await page.get_by_role("button", name=AGAIN).click()
    await expect(page.locator("#told")).to_contain_text("Appelants Anonymes")
    await expect(page.locator("#no_answer-voicemail_after")).to_have_value("33")
    await page.locator("#apply").click()
    await expect(page.locator("#told")).to_contain_text("Enregistré")
    document = (await world.ask("GET", "call-manager")).json
    assert (document["no_answer"]["voicemail_after"], document["reject_anonymous"]) == (33, True)
    assert not portal.trouble


async def test_a_form_without_scripts_is_kept_too_and_one_of_another_tabs_session_is_sent_again(
    portal: Portal,
) -> None:
    await settled(portal, CAMILLE)
    page = await portal.open("/security/email")
    await page.locator("#address").fill("nouvelle@example.net")
    await over(portal.world)
    other = await page.context.new_page()
    await other.goto("/login")
    await log_in(other)
    await expect(other.locator("h1")).to_have_text("Accueil")
    await page.get_by_role("button", name="Appliquer").click()
    await page.get_by_role("button", name=AGAIN).click()
    await expect(page.locator("#address")).to_have_value("nouvelle@example.net")
    assert (await portal.world.repositories.lines.secrets(CAMILLE)).email == "nouvelle@example.net"
    assert not portal.trouble


async def test_somebody_else_who_logs_in_is_not_shown_it(portal: Portal) -> None:
    await settled(portal, PAUL)
    page = await typed_too_late(portal)
    await log_in(page, PAUL)
    await expect(page.locator("h1")).to_have_text("Message settings")
    await expect(page.locator("#voicemail_after")).to_have_value("60")


async def test_a_page_that_asks_by_itself_leaves_what_is_typed_and_says_that_the_session_is_over(
    portal: Portal,
) -> None:
    await settled(portal, CAMILLE)
    page = await portal.open("/")
    await page.locator("#no_answer-voicemail_after").fill("33")
    await over(portal.world)
    await page.locator("#dnd-enabled").select_option("on")  # the sentence is asked for
    await expect(page.get_by_role("dialog")).to_contain_text("Votre session est terminée")
    await page.get_by_role("button", name="Rester sur cette page").click()
    await expect(page.locator("#no_answer-voicemail_after")).to_have_value("33")
    assert not portal.trouble


async def test_what_is_said_to_the_api_stays_in_its_dialog_until_somebody_is_logged_in_again(
    portal: Portal,
) -> None:
    world = portal.world
    await a_day(world)
    await settled(portal, CAMILLE)
    page = await portal.open("/messages")
    await page.locator("#actions-m-paul > summary").click()
    await page.locator("#actions-m-paul").get_by_role("button", name="Renvoyer par e-mail").click()
    await page.get_by_label("Adresse e-mail").fill("nathalie@example.net")
    await over(world)
    await page.keyboard.press("Enter")
    ended = page.locator("#session-ended")
    await expect(ended).to_be_visible()
    async with page.context.expect_page() as opened:
        await ended.get_by_role("button", name=re.compile("Se connecter")).click()
    await log_in(await opened.value)
    await expect((await opened.value).locator("h1")).to_have_text("Accueil")
    await ended.get_by_role("button", name="Rester sur cette page").click()
    await page.locator("#email button[type=submit]").click()
    await expect(page.get_by_text("part vers nathalie@example.net")).to_be_visible()
    assert not portal.trouble


async def test_the_log_in_that_keeps_and_the_page_of_what_was_kept_are_whole(portal: Portal) -> None:
    async def late(page: Page) -> None:
        await page.locator("#voicemail_after").fill("25")
        await over(portal.world)
        await page.locator("#apply").click()
        await page.locator("main [name=password]").wait_for()

    async def back(page: Page) -> None:
        await late(page)
        await page.locator("#number").fill(CAMILLE)
        await page.locator("#password").fill(PASSWORD)
        await page.locator("main [type=submit]").last.click()
        await page.locator("main form[action='/message-settings']").wait_for()

    await settled(portal, CAMILLE)
    await whole(portal, "/message-settings", then=late, shows="-kept-login")
    await whole(portal, "/message-settings", then=back, shows="-kept")


async def sent(world: World, path: str, form: dict[str, str], cookie: str = "") -> tuple[ClientResponse, str]:
    headers = {"Accept": "text/html", **({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})}
    async with world.client.post(path, data=form, headers=headers, allow_redirects=False) as answer:
        return answer, await answer.text()


async def test_what_was_not_shown_to_the_line_is_not_offered_to_it(world: World) -> None:
    portal = Portal(world, None)  # type: ignore[arg-type]
    await settled(portal, CAMILLE, PAUL)
    key = world.services.config.link_key
    mine = await world.token(CAMILLE)
    right = token(key, "another session", CAMILLE)
    answer, page = await sent(world, "/feedback", {"csrf": right, "text": "<b>Bonjour"}, mine)
    assert (answer.status, AGAIN in page, "&lt;b&gt;Bonjour" in page) == (403, True, True)
    for given in (
        token(key, "another session", PAUL),
        token(key, "another session"),
        "." + right,
        right + "0",
    ):
        answer, page = await sent(world, "/feedback", {"csrf": given, "text": "Bonjour"}, mine)
        assert (answer.status, "Bonjour" in page) == (403, False), given
    secret = {
        "csrf": right,
        "current": "Kestrel-vole-86!b",
        "new": "Heron&moulin-58",
        "again": "Heron&moulin-58",
    }
    for cookie in (mine, ""):
        answer, page = await sent(world, "/security/password", secret, cookie)
        assert "Heron" not in page + str(answer.headers), "a secret is carried nowhere"
    answer, page = await sent(world, "/feedback", {"csrf": right, "text": "x" * 140_000})
    assert answer.status == 303, "what is too long is not carried"
    foreign = {"Accept": "text/html", "Origin": "https://evil.example"}
    async with world.client.post(
        "/feedback", data={"csrf": right, "text": "Bonjour"}, headers=foreign, allow_redirects=False
    ) as response:
        assert (response.status, "Bonjour" in await response.text()) == (303, False)
