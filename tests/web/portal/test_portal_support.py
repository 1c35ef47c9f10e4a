"""*Téléchargements* and *Envoyer des commentaires* (guide 2.12.2, 2.12.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from callcontrol.mails.mail import Feedback, from_json
from callcontrol.star_codes import TABLE
from tests.web.portal.portal import Portal, whole
from tests.web.world import ADVANCED, CAMILLE, FAX_LINE, GROUP, PAUL, World


def with_support(world: World) -> None:
    world.directory.put_company(replace(world.directory.company("c"), support_email="support@example.net"))


async def mails(world: World) -> list[tuple[str, Feedback]]:
    async with world.pool.acquire() as connection:
        rows = await connection.fetch("SELECT address, body FROM mails ORDER BY id")
    found = [(row["address"], from_json(row["body"])) for row in rows]
    return [(address, mail) for address, mail in found if isinstance(mail, Feedback)]


async def test_the_downloads_say_what_a_softphone_needs(portal: Portal) -> None:
    page = await portal.open("/account")
    await page.locator("footer").get_by_role("link", name="Téléchargements").click()
    for each in (CAMILLE, "5060 en UDP ou TCP, 5061 en TLS", "127.0.0.1", "*318"):
        await expect(page.locator("dl")).to_contain_text(each)
    for link in await page.locator("main .list a").all():
        assert (await link.get_attribute("href") or "").startswith("https://")
        assert await link.get_attribute("rel") == "noopener noreferrer"
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Historique de vos appels").click()
    assert (await download.value).suggested_filename.endswith(".csv")
    assert (await page.request.get("/downloads")).status == 200
    group = await portal.open("/downloads", GROUP)
    await expect(group.get_by_role("alert").first).to_contain_text("ne comprend pas cette page")
    assert not portal.trouble


async def test_the_help_has_the_star_codes_of_the_line(portal: Portal) -> None:
    """Those of ``star_codes.TABLE``, in the line's language; none for who has no phone."""
    page = await portal.open("/help")
    rows = page.locator("#codes tbody tr")
    assert await rows.count() == len(TABLE)
    for row, code in zip(await rows.all(), TABLE, strict=True):
        assert await row.locator("th").inner_text() == code.code
        told = await row.locator("td").inner_text()
        assert told.startswith(code.fr)
        assert ("un numéro" in told.removeprefix(code.fr)) is (code.argument != "none")
    english = await portal.open("/help", PAUL)
    await expect(english.locator("#codes")).to_contain_text("Forward all calls")
    rules = await portal.open("/help", ADVANCED)
    await expect(rules.locator("#codes")).to_contain_text("*72")
    await expect(rules.locator("#codes")).not_to_contain_text("*78")
    for account in (GROUP, FAX_LINE):
        page = await portal.open("/help", account)
        await expect(page.locator("#codes")).to_have_count(0)
    assert not portal.trouble


async def test_feedback_reaches_the_support_of_the_company(portal: Portal) -> None:
    world = portal.world
    with_support(world)
    page = await portal.open("/account")
    await page.locator("footer").get_by_role("link", name="Envoyer des commentaires").click()
    send = page.get_by_role("button", name="Envoyer", exact=True)
    await page.get_by_label("Votre message").fill("   ")
    await send.click()
    answer = await world.ask("POST", "feedback", {"text": "  "})
    await expect(page.locator("#wrong-text")).to_have_text(answer.fields["text"])
    await page.get_by_label("Votre message").fill("Bonjour,\n\n<b>rien ne va</b>.")
    await send.click()
    await expect(page.get_by_role("status").first).to_contain_text("Merci")
    ((address, mail),) = await mails(world)
    assert (address, mail.account, mail.name) == ("support@example.net", CAMILLE, "Camille Martin")
    assert (mail.text, mail.answer_to) == ("Bonjour,\n\n<b>rien ne va</b>.", "camille@example.net")
    assert not portal.trouble


async def test_nobody_floods_the_support(world: World) -> None:
    assert (await world.ask("POST", "feedback", {"text": "a"})).status == 409, "there is nobody to write to"
    with_support(world)
    found = [(await world.ask("POST", "feedback", {"text": "a"})).status for _ in range(6)]
    assert found == [204] * 5 + [429]
    for text in ("a" * 4001, "a\x07b"):
        assert (await world.ask("POST", "feedback", {"text": text})).status == 422
    assert len(await mails(world)) == 5


@pytest.mark.parametrize("there", [True, False])
async def test_the_form_and_the_want_of_one_are_whole(portal: Portal, there: bool) -> None:
    if there:
        with_support(portal.world)

    async def refused(page: Page) -> None:
        if there:
            await page.locator("main [type=submit]").click()
            await page.locator("#wrong-text").wait_for()

    await whole(portal, "/feedback", then=refused, shows="-refused" if there else "-nobody")
