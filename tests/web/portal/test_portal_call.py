"""*Communiquer › Appeler* (guide 2.13.1, rows 213 to 215); calls themselves: ``tests/e2e/test_click_to_call.py``."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Page, expect

from callcontrol.live import MadeCallChanged, MadeState
from tests.web.portal.portal import Portal, whole
from tests.web.world import CAMILLE, FAX_LINE, GROUP


async def dial(page: Page, to: str, first: str = "") -> None:
    await page.locator("#to").fill(to)
    other = page.locator("#from")
    if first and not await other.is_visible():
        await page.locator("details.from > summary").click()
    if await other.is_visible():
        await other.fill(first)
    await page.locator("main form button[type=submit]").first.click()


async def test_a_call_is_made_followed_as_it_goes_and_ended(portal: Portal) -> None:
    side = portal.world.call_side
    page = await portal.open("/account")
    await page.locator("details.menu summary", has_text="Communiquer").click()
    await page.get_by_role("link", name="Appeler").click()
    await dial(page, "4003")
    status = page.locator("#call-state")
    await expect(page.locator(".calling")).to_contain_text(
        "Paul Le Goff (Abonné de l’entreprise 0222969570) 4003"
    )
    await expect(status).to_contain_text("Faire sonner votre téléphone")
    ((key, made),) = side.made.items()
    side.made[key] = replace(made, state=MadeState.TALKING)
    side.told.tell(MadeCallChanged(CAMILLE, made.id, MadeState.TALKING))
    await expect(status).to_contain_text("En communication")
    await page.get_by_role("button", name="Terminer l’Appel").click()
    await expect(page.get_by_role("status")).to_contain_text("L’appel est terminé")
    await page.get_by_role("button", name="Fermer").click()
    await expect(page.locator("#to")).to_be_visible()
    assert side.made == {}
    assert not portal.trouble


async def test_what_cannot_be_called_is_refused_in_the_words_of_the_api_and_stays_typed(
    portal: Portal,
) -> None:
    page = await portal.open("/call?to=0612345678")
    await expect(page.locator("#to")).to_have_value("0612345678")
    for to, first, field in (("hello", "", "to"), ("4003", "hello", "from")):
        await dial(page, to, first)
        answer = await portal.world.ask("POST", "calls", {"to": to, "from": first or None})
        await expect(page.locator(f"#wrong-{field}")).to_have_text(answer.fields[field])
        await expect(page.locator("#to")).to_have_value(to)
    portal.world.call_side.away = True
    await dial(page, "4003")
    await expect(page.get_by_role("alert").first).to_contain_text(
        "ne peuvent pas être consultés pour le moment"
    )
    await expect(page.locator("#to")).to_have_value("4003")
    assert portal.world.call_side.made == {}


async def test_who_makes_no_calls_is_not_led_there(portal: Portal) -> None:
    for line in (GROUP, FAX_LINE):
        page = await portal.open("/call", line)
        await expect(page.get_by_role("alert").first).to_have_text(
            "Votre licence ne comprend pas cette page."
        )
        assert await page.get_by_role("link", name="Appeler").count() == 0


async def test_a_call_that_is_under_way_is_whole(portal: Portal) -> None:
    async def made(page: Page) -> None:
        portal.world.call_side.made.clear()
        await dial(page, "4003", "0612345678")
        await page.locator("#call-state").wait_for()

    await whole(portal, "/call", then=made, shows="-made")
