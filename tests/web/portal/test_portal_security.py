"""Password, PIN, security e-mail and sessions (guide 2.11, coverage rows 202 to 209)."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from callcontrol.mails.mail import PasswordChanged, PinChanged, SecurityEmailChanged
from callcontrol.passwords import hashed, verified
from callcontrol.portal_bridge.guessing import TRIES_HERE
from callcontrol.store.sessions import Origin
from tests.web.portal.portal import BY, Portal, whole
from tests.web.portal.test_portal_log_in import NEW, mails
from tests.web.world import CAMILLE, NOW, PASSWORD, PAUL

PIN, NEW_PIN = "731946", "846173"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def settled(portal: Portal) -> Portal:
    await portal.settle(CAMILLE, PASSWORD)
    await portal.world.repositories.lines.set_pin(CAMILLE, await hashed(PIN), BY)
    return portal


async def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Appliquer").click()


async def test_the_rules_are_shown_as_they_are_kept(settled: Portal) -> None:
    page = await settled.open("/security/password")
    rules = page.locator("#rules li")
    await expect(rules).to_have_count(7)
    await expect(page.locator("#rules li.kept, #rules li.broken")).to_have_count(0)
    await page.locator("#new").press_sequentially("abc1234")
    await expect(page.locator("#rules li.broken")).to_have_count(3)  # length, special character, sequence
    await expect(rules.filter(has_text="suite logique")).to_contain_text("pas encore respectée")
    await page.locator("#new").fill(NEW)
    await expect(page.locator("#rules li.kept")).to_have_count(7)
    assert not settled.trouble


async def test_a_password_is_changed_with_the_current_one_and_mailed(settled: Portal) -> None:
    world = settled.world
    elsewhere, _ = await world.repositories.sessions.create(CAMILLE, NOW, NOW - NOW.replace(day=1))
    page = await settled.open("/security/password")
    await fill(page, current="not it", new="short1!", again="short1!")
    await expect(page.locator("#wrong-current")).to_have_text("Ce n’est pas votre mot de passe actuel.")
    await expect(page.locator("#wrong-new")).to_contain_text("Le mot de passe a de 12 à 20 caractères.")
    await fill(page, current=PASSWORD, new=NEW, again=NEW + "x")
    await expect(page.locator("#wrong-again")).to_have_text("Les deux saisies ne sont pas identiques.")
    await fill(page, current=PASSWORD, new=NEW, again=NEW)
    await expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est changé.")
    assert await verified((await world.repositories.lines.secrets(CAMILLE)).portal_password_hash, NEW)
    assert await world.repositories.sessions.find(elsewhere, NOW) is None
    await page.goto("/account")
    assert page.url.endswith("/account"), "who changed it stays"
    assert isinstance((await mails(world))[-1][1], PasswordChanged)


async def test_guesses_at_the_current_password_are_counted(settled: Portal) -> None:
    page = await settled.open("/security/password")
    for _ in range(TRIES_HERE):
        await fill(page, current="not it", new=NEW, again=NEW)
        await expect(page.locator("#wrong-current")).to_contain_text("Ce n’est pas")
    await fill(page, current=PASSWORD, new=NEW, again=NEW)
    await expect(page.locator("#wrong-current")).to_contain_text("Trop d’essais : recommencez dans 15 min.")


async def test_a_pin_is_changed_with_the_pin_or_with_the_password(settled: Portal) -> None:
    world = settled.world
    page = await settled.open("/security/pin")
    await expect(page.locator("#rules li")).to_have_count(5)
    await fill(page, current="111111", new="9569", again="9569")
    await expect(page.locator("#wrong-current")).to_have_text("Ce n’est pas votre code PIN actuel.")
    await expect(page.locator("#wrong-new")).to_contain_text("Le code PIN a de 6 à 8 chiffres.")
    await fill(page, current=PIN, new=NEW_PIN, again=NEW_PIN)
    await expect(page.get_by_role("status")).to_contain_text("Votre code PIN est changé.")
    assert await verified((await world.repositories.lines.secrets(CAMILLE)).pin_hash, NEW_PIN)
    await page.get_by_text("Vous ne connaissez plus votre code PIN ?").click()
    await fill(page, password=PASSWORD, new=PIN, again=PIN)
    await expect(page.get_by_role("status")).to_contain_text("Votre code PIN est changé.")
    assert await verified((await world.repositories.lines.secrets(CAMILLE)).pin_hash, PIN)
    assert [type(mail) for _, mail in await mails(world)][-2:] == [PinChanged, PinChanged]


async def test_a_box_without_a_pin_gets_one_with_the_password(portal: Portal) -> None:
    await portal.settle(PAUL, PASSWORD)
    portal.speak(PAUL, "fr")
    page = await portal.open("/security/pin", PAUL)
    await expect(page.get_by_text("Votre messagerie n’a pas encore de code PIN")).to_be_visible()
    await fill(page, password=PASSWORD, new=NEW_PIN, again=NEW_PIN)
    await expect(page.get_by_role("status")).to_be_visible()
    assert await verified((await portal.world.repositories.lines.secrets(PAUL)).pin_hash, NEW_PIN)


async def test_the_security_mail_is_changed_and_told_to_both_addresses(
    settled: Portal,
) -> None:
    page = await settled.open("/security/email")
    await expect(page.get_by_label("Adresse email")).to_have_value("camille@example.net")
    await fill(page, address="new@example")
    await expect(page.locator("#wrong-address")).to_have_text("Cette adresse e-mail n’est pas valable.")
    await expect(page.get_by_label("Adresse email")).to_have_value("new@example")
    await fill(page, address="new@example.net")
    await expect(page.get_by_role("status")).to_be_visible()
    told = [address for address, mail in await mails(settled.world) if isinstance(mail, SecurityEmailChanged)]
    assert sorted(told[-2:]) == ["camille@example.net", "new@example.net"]


async def test_sessions_are_listed_and_ended(settled: Portal) -> None:
    sessions, lifetime = settled.world.repositories.sessions, NOW - NOW.replace(day=1)
    there, _ = await sessions.create(CAMILLE, NOW, lifetime, Origin(FIREFOX, "203.0.113.9", True))
    third, _ = await sessions.create(
        CAMILLE, NOW, lifetime, Origin("<script>alert(1)</script>", "203.0.113.10")
    )
    pauls, _ = await sessions.create(PAUL, NOW, lifetime)
    page = await settled.open("/security/sessions")
    rows = page.locator(".list > li")
    await expect(rows).to_have_count(3)
    firefox = rows.filter(has_text="Firefox, Windows")
    await expect(firefox).to_contain_text("203.0.113.9")
    await expect(rows.filter(has_text="Cet appareil")).to_have_count(1)
    await firefox.get_by_role("button", name="Déconnecter").click()
    await expect(page.get_by_role("status")).to_have_text("Cet appareil est déconnecté.")
    assert await sessions.find(there, NOW) is None
    assert await sessions.find(third, NOW) is not None
    await page.get_by_role("button", name="Déconnecter tous les autres").click()
    await expect(rows).to_have_count(1)
    assert await sessions.find(third, NOW) is None
    assert await sessions.find(pauls, NOW) is not None
    assert not settled.trouble


async def test_what_is_refused_is_whole(settled: Portal) -> None:
    async def refused(page: Page) -> None:
        for field, text in (("current", "x"), ("new", "short1!"), ("again", "y")):
            await page.locator(f"#{field}").fill(text)
        await page.locator("form .buttons button").click()
        await page.locator("#wrong-new").wait_for()

    await whole(settled, "/security/password", then=refused, shows="-refused")
