"""Log-in, first log-in, lost password and log-out, as the guide's user sees them (guide 2, coverage rows 1 to 17)."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from callcontrol.mails.links import LinkSigner
from callcontrol.mails.mail import PasswordReset, SecurityEmailChanged, from_json
from callcontrol.portal_bridge.auth import COOKIE, LIFETIME, REMEMBERED
from callcontrol.portal_bridge.guessing import TRIES_HERE, WINDOW
from callcontrol.store.password_resets import MOST_WAITING
from callcontrol.store.pool import borrowed
from tests.web.portal.portal import Portal, log_in, whole
from tests.web.world import ADMINISTRATOR, CAMILLE, GROUP, NOW, PASSWORD, PAUL, World

NEW = "Heron&moulin-58"
HTML = {"Accept": "text/html"}


async def inside(page: Page, name: str = "") -> None:
    """Wait until the portal is open."""
    await page.locator("details.menu summary", has_text=name).last.wait_for()
    assert "/login" not in page.url
    assert "/welcome" not in page.url


async def mails(world: World) -> list[tuple[str, object]]:
    async with borrowed(world.pool) as connection:
        rows = await connection.fetch("SELECT address, body FROM mails ORDER BY queued_at, id")
    return [(row["address"], from_json(row["body"])) for row in rows]


async def test_the_log_in_is_whole(portal: Portal) -> None:
    await whole(portal, "/login", None)


async def test_the_log_in_has_the_guides_words_and_opens_the_portal(portal: Portal) -> None:
    await portal.settle(CAMILLE, PASSWORD)
    page = await portal.open("/", None)
    await expect(page.get_by_text("Veuillez ouvrir une session ci-dessous.")).to_be_visible()
    await expect(page.get_by_label("Se souvenir de moi")).not_to_be_checked()
    await expect(page.get_by_role("link", name="Réinitialiser le mot de passe")).to_be_visible()
    await log_in(page)
    await expect(page.locator("details.menu summary", has_text="Camille Martin")).to_be_visible()
    (cookie,) = [each for each in await page.context.cookies() if each["name"] == COOKIE]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["expires"] == -1, "it ends with the browser"
    assert (await page.request.get("/api/v1/me")).ok, "the cookie is good for the API too"
    assert not portal.trouble


async def test_a_wrong_password_is_told_and_nothing_typed_is_lost(portal: Portal) -> None:
    await portal.settle(CAMILLE, PASSWORD)
    page = await portal.open("/login?next=/security/pin", None)
    await page.get_by_label("Se souvenir de moi").check()
    await log_in(page, "02 22 96 95 69", "wrong")
    await expect(page.get_by_role("alert").first).to_contain_text(
        "Le numéro ou le mot de passe n’est pas le bon."
    )
    await expect(page.get_by_label("Numéro")).to_have_value("02 22 96 95 69")
    await expect(page.get_by_label("Se souvenir de moi")).to_be_checked()
    await page.get_by_label("Mot de passe", exact=False).first.fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/security/pin")


async def test_the_page_counts_tries_with_the_api_and_tells_the_wait(portal: Portal) -> None:
    await portal.settle(CAMILLE, PASSWORD)
    credentials = {"number": CAMILLE, "password": "wrong"}
    for _ in range(TRIES_HERE):
        answer = await portal.world.ask("POST", "/api/v1/sessions", credentials, line=None)
        assert answer.status == 401
    page = await portal.open("/login", None)
    await log_in(page)
    await expect(page.get_by_role("alert").first).to_contain_text("Trop d’essais : recommencez dans 15 min.")
    portal.world.services.clock.fix(NOW + WINDOW + timedelta(seconds=1))
    await log_in(page)
    await inside(page)


async def test_who_shall_be_remembered_is_for_thirty_days(portal: Portal) -> None:
    await portal.settle(CAMILLE, PASSWORD)
    page = await portal.open("/login", None)
    await page.get_by_label("Se souvenir de moi").check()
    await log_in(page)
    await inside(page)
    (cookie,) = [each for each in await page.context.cookies() if each["name"] == COOKIE]
    assert abs(cookie["expires"] - time.time() - REMEMBERED.total_seconds()) < 120
    (listed,) = await portal.world.repositories.sessions.listed(CAMILLE, NOW)
    assert listed.origin.remembered
    assert listed.session.expires_at == NOW + REMEMBERED
    assert "Chrome" in listed.origin.browser
    portal.world.services.clock.fix(NOW + LIFETIME + timedelta(days=1))
    assert (await page.goto("/account")) is not None
    assert page.url.endswith("/account")
    portal.world.services.clock.fix(NOW + REMEMBERED)
    await page.goto("/account")
    assert "/login" in page.url


async def test_a_log_out_ends_the_session_for_pages_and_api(portal: Portal) -> None:
    page = await portal.open("/account")
    await page.locator("details.menu summary", has_text="Camille").click()
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté.")
    await page.goto("/account")
    assert "/login" in page.url
    assert (await portal.world.ask("GET", "calls")).status == 401
    assert not portal.trouble


async def first_log_in(portal: Portal, line: str = ADMINISTRATOR) -> Page:
    """The portal before the security e-mail is set."""
    context = await portal.context()
    await context.add_cookies([{"name": COOKIE, "value": await portal.world.token(line), "url": portal.base}])
    page = await context.new_page()
    await page.goto("/security/pin")
    return page


@pytest.mark.parametrize("line", [ADMINISTRATOR, GROUP])
async def test_the_first_log_in_asks_for_the_security_mail_before_anything_else(
    portal: Portal, line: str
) -> None:
    page = await first_log_in(portal, line)
    assert page.url.endswith("/welcome")
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Paramétrez votre adresse e-mail de sécurité"
    )
    await expect(page.get_by_text("Cette action est nécessaire afin de vous tenir informé")).to_be_visible()
    await page.get_by_label("Adresse email").fill("anne@example")
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.locator("#wrong-address")).to_have_text("Cette adresse e-mail n’est pas valable.")
    await expect(page.get_by_label("Adresse email")).to_have_value("anne@example")
    await page.get_by_label("Adresse email").fill("anne@example.net")
    await page.get_by_role("button", name="Continuer").click()
    confirmation = "Un email de confirmation vient de vous être envoyé, merci de vérifier sa bonne réception."
    await expect(page.get_by_role("status")).to_have_text(confirmation)
    await page.get_by_role("button", name="OK").click()
    await inside(page)
    ((address, mail),) = await mails(portal.world)
    assert address == "anne@example.net"
    assert isinstance(mail, SecurityEmailChanged)


async def test_who_gives_no_address_may_only_leave(portal: Portal) -> None:
    page = await first_log_in(portal)
    await page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    await page.wait_for_url("**/login*")


async def test_the_first_log_in_is_whole(portal: Portal) -> None:
    async def forget(page: Page) -> None:
        await page.goto("about:blank")  # Accueil asks for its live part, which would lead to /welcome, too
        async with borrowed(portal.world.pool) as connection:
            await connection.execute("UPDATE credentials SET email = NULL")
        await page.goto("/welcome")

    await whole(portal, "/welcome", then=forget)


async def asked_link(portal: Portal, line: str = CAMILLE) -> str:
    """The link that a mail brings to who has lost the password."""
    await portal.settle(line, PASSWORD)
    page = await portal.open("/login", None)
    await page.get_by_role("link", name="Réinitialiser le mot de passe").click()
    await page.get_by_label("Numéro").fill(line)
    await page.get_by_role("button", name="Envoyer le lien").click()
    await expect(page.get_by_role("status")).to_contain_text("Si ce numéro a une adresse e-mail de sécurité")
    address, mail = (await mails(portal.world))[-1]
    assert address == "camille@example.net"
    assert isinstance(mail, PasswordReset)
    signer = LinkSigner(portal.world.services.config.link_key)
    return f"/login/reset/{signer.reset_token(mail.reset, NOW + timedelta(hours=1))}"


async def test_a_lost_password_is_replaced_once_by_the_link_of_a_mail(portal: Portal) -> None:
    world = portal.world
    link = await asked_link(portal)
    page = await portal.open(link, None)
    await expect(page.get_by_text(f"Pour le compte {CAMILLE}.")).to_be_visible()
    await page.get_by_label("Nouveau mot de passe", exact=False).first.fill("Heron&9569-moulin")
    await expect(page.locator("li.broken")).to_have_count(1)
    await page.get_by_label("Confirmer nouveau mot de passe").fill("another")
    await page.get_by_role("button", name="Changer le mot de passe").click()
    await expect(page.locator("#wrong-new")).to_contain_text("Pas votre numéro de téléphone")
    await expect(page.locator("#wrong-again")).to_be_visible()
    await page.get_by_label("Nouveau mot de passe", exact=False).first.fill(NEW)
    await page.get_by_label("Confirmer nouveau mot de passe").fill(NEW)
    other = await world.token(CAMILLE)
    await page.get_by_role("button", name="Changer le mot de passe").click()
    await expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est changé")
    assert await world.repositories.sessions.find(other, NOW) is None, "who was in is out"
    await log_in(page, CAMILLE, NEW)
    await inside(page)
    response = await page.goto(link)
    assert response is not None
    assert response.status == 410
    assert [type(mail).__name__ for _, mail in await mails(world)][-1] == "PasswordChanged"


async def test_a_reset_link_ends_after_an_hour_and_is_none_when_it_is_altered(portal: Portal) -> None:
    link = await asked_link(portal)
    for altered in (
        link[:-1],
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        "/login/reset/x.y",
        "/login/reset/é",
    ):
        async with portal.world.client.get(altered, headers=HTML) as response:
            assert response.status == 410, altered
    portal.world.services.clock.fix(NOW + timedelta(hours=1))
    async with portal.world.client.get(link, headers=HTML) as response:
        assert response.status == 410


async def ask_reset(world: World, number: str, address: str = "203.0.113.9") -> tuple[float, str]:
    headers = {**HTML, "X-Forwarded-For": address}
    async with world.client.get("/login/reset", headers=headers) as response:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', await response.text())
    assert found
    form, began = {"csrf": found[1], "number": number}, time.perf_counter()
    async with world.client.post("/login/reset", data=form, headers=headers) as response:
        text = await response.text()
        assert response.status == 200, text
        return time.perf_counter() - began, re.sub(r"[0-9a-f]{64}", "", text)


async def test_a_reset_tells_nothing_of_who_exists_neither_in_words_nor_in_time(portal: Portal) -> None:
    """The quickest of tries that take turns: what else the machine does only adds to it, so it may take some more."""
    await portal.settle(CAMILLE, PASSWORD)
    quickest = dict.fromkeys((CAMILLE, PAUL, "0299999999"), float("inf"))
    told = set()
    for turn in range(40):
        for number in quickest:
            took, text = await ask_reset(portal.world, number, f"203.0.113.{turn}")
            quickest[number] = min(took, quickest[number])
            told.add(text)
        assert len(told) == 1
        if turn > 1 and max(quickest.values()) - min(quickest.values()) < 0.010:
            return
    raise AssertionError(quickest)


async def test_nobodys_mailbox_is_filled_with_reset_links(portal: Portal) -> None:
    await portal.settle(CAMILLE, PASSWORD)
    for _ in range(MOST_WAITING + 2):
        await ask_reset(portal.world, CAMILLE)
    found = [mail for _, mail in await mails(portal.world) if isinstance(mail, PasswordReset)]
    assert len(found) == MOST_WAITING
    for number in range(5):
        await ask_reset(portal.world, f"02{number:08}")
    with pytest.raises(AssertionError, match="Trop de demandes"):
        await ask_reset(portal.world, "0299999999")


async def test_a_link_that_two_use_together_changes_the_password_once(portal: Portal) -> None:
    link = await asked_link(portal)
    pages = [await portal.open(link, None) for _ in range(2)]
    for page in pages:
        await page.get_by_label("Nouveau mot de passe", exact=False).first.fill(NEW)
        await page.get_by_label("Confirmer nouveau mot de passe").fill(NEW)
    await asyncio.gather(
        *(page.get_by_role("button", name="Changer le mot de passe").click() for page in pages)
    )
    for page in pages:
        await page.get_by_role("heading", level=1).wait_for()
    async with borrowed(portal.world.pool) as connection:
        changes = await connection.fetch(
            "SELECT who FROM audit WHERE field = 'portal_password' AND who <> 'test'"
        )
    assert [row[0] for row in changes] == [CAMILLE]


async def test_the_pages_of_a_lost_password_are_whole(portal: Portal) -> None:
    async def refused(page: Page) -> None:
        await page.get_by_role("textbox").first.fill("court")
        await page.locator("li.broken").first.wait_for()

    await whole(portal, "/login/reset", None)
    await whole(portal, await asked_link(portal), None, then=refused)


async def test_an_error_page_is_whole(portal: Portal) -> None:
    await whole(portal, "/nowhere")
