"""*Paramètres de Message* in a real browser (guide 2.2.1, 2.6.1, 2.6.2): what the page keeps is what the API shows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.portal.portal import Portal, whole
from tests.web.world import ADVANCED, CAMILLE, FAX_LINE, GROUP, PAUL, World

LONG = "marie-antoinette.de.la.rochefoucauld-kerguelen@direction-generale.example.net"


async def kept(world: World, document: str = "message-settings", line: str = CAMILLE) -> dict[str, Any]:
    """A document as the API shows it."""
    found: dict[str, Any] = (await world.ask("GET", document, line=line)).json
    return found


async def press(page: Page | Locator, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def add(page: Page, address: str) -> None:
    """Through the dialog, which stays open where the address is refused."""
    await press(page, "Ajouter une adresse e-mail")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Adresse e-mail").fill(address)
    await page.keyboard.press("Enter")


async def apply(page: Page) -> None:
    await press(page, "Appliquer")
    await expect(page.locator("#told")).to_contain_text("Enregistré")


async def filled(world: World) -> None:
    addresses = [{"address": LONG}, {"address": "fax@example.net", "voice": False}]
    document = {"mail_enabled": True, "addresses": addresses, "live_screening": True}
    assert (await world.ask("PATCH", "message-settings", document)).status == 200


async def test_the_page_is_whole(portal: Portal) -> None:
    await filled(portal.world)
    await whole(portal, "/message-settings")


async def test_its_dialog_and_what_is_refused_are_whole(portal: Portal) -> None:
    await filled(portal.world)

    async def refused(page: Page) -> None:
        await page.locator("#voicemail_after").fill("61")
        await page.locator("#apply").click()
        await page.locator("#wrong-voicemail_after").wait_for()
        await page.locator("#add-address").click()
        await page.locator("#typed").fill("nobody")
        await page.keyboard.press("Enter")
        await page.locator("#typed-mistake").wait_for()

    await whole(portal, "/message-settings", then=refused, shows="-refused")


async def test_addresses_are_added_ticked_changed_and_taken_away_and_kept_by_apply_alone(
    portal: Portal,
) -> None:
    world = portal.world
    page = await portal.open("/messages")
    await page.get_by_role("link", name="Paramètres de Message").click()
    await page.get_by_label("Renvoyer les messages vocaux et fax par e-mail").check()
    await press(page, "Ajouter une adresse e-mail")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Adresse e-mail")).to_be_focused()
    assert await dialog.locator("datalist option").get_attribute("value") == "camille@example.net", (
        "known: it is ▼"
    )
    await dialog.get_by_label("Adresse e-mail").fill("expert@example.net")
    await press(dialog, "Ajouter")
    await expect(page.get_by_role("button", name="Ajouter une adresse e-mail")).to_be_focused()
    await add(page, "fax@example.net")
    await page.get_by_label("Messages vocaux vers fax@example.net").uncheck()
    await page.get_by_label("Fax vers expert@example.net").uncheck()
    await expect(page.locator(".unsaved")).to_be_visible()
    assert (await kept(world))["addresses"] == [], "nothing before Appliquer"
    await apply(page)
    await expect(page.locator(".unsaved")).to_have_count(0)
    document = await kept(world)
    assert document["mail_enabled"] is True
    assert document["addresses"] == [
        {"address": "expert@example.net", "voice": True, "fax": False},
        {"address": "fax@example.net", "voice": False, "fax": True},
    ]
    await press(page, "modifier fax@example.net")
    await expect(dialog.get_by_label("Adresse e-mail")).to_have_value("fax@example.net")
    await dialog.get_by_label("Adresse e-mail").fill("telecopie@example.net")
    await press(dialog, "OK")
    await press(page, "Retirer expert@example.net")
    await page.get_by_label("Laisser l’original dans la boîte de réception").check()
    await page.get_by_label("Inclure les liens d’action dans les e-mails").check()
    await apply(page)
    document = await kept(world)
    assert document["addresses"] == [{"address": "telecopie@example.net", "voice": False, "fax": True}]
    assert (document["keep_original"], document["action_links"]) == (True, True)
    await press(page, "Retirer telecopie@example.net")
    await expect(page.get_by_text("Aucune adresse n’est cochée")).to_be_visible()
    await press(page, "Annuler")
    await expect(page.locator(".targets strong")).to_have_text("telecopie@example.net")
    assert not portal.trouble


async def test_the_delay_is_that_of_the_first_page_and_the_box_opens_as_it_is_set(portal: Portal) -> None:
    world = portal.world
    page = await portal.open("/message-settings")
    await page.locator("#voicemail_after").fill("0")
    await page.get_by_label("Activer le filtrage en temps réel").check()
    await page.get_by_label("Désactivation du code PIN").check()
    await page.get_by_label("Connexion rapide").uncheck()
    await page.get_by_label("Lecture automatique des messages vocaux").check()
    await page.get_by_label("Fax en lecture automatique").check()
    await page.get_by_label("Consultation des messages vocaux").select_option("Message seulement")
    await apply(page)
    assert (await kept(world, "call-manager"))["no_answer"]["voicemail_after"] == 0
    assert (await kept(world))["live_screening"] is True
    assert await kept(world, "inbox-access") == {
        "pin_disabled": True, "quick_login": False, "autoplay_voice": True, "autoplay_fax": True, "playback": "message",
    }  # fmt: skip
    await page.reload()
    await expect(page.locator("#voicemail_after")).to_have_value("0")
    await expect(page.get_by_label("Connexion rapide")).not_to_be_checked()
    assert not portal.trouble


async def test_what_cannot_be_is_refused_in_the_words_of_the_api_and_stays_typed(portal: Portal) -> None:
    world = portal.world
    page = await portal.open("/account")
    for typed, sent in (("61", 61), ("soon", "soon"), ("", ""), ("-1", "-1")):
        await page.goto("/message-settings")
        await page.get_by_label("Activer le filtrage en temps réel").check()
        await page.locator("#voicemail_after").fill(typed)
        await press(page, "Appliquer")
        answer = await world.ask("PATCH", "message-settings", {"voicemail_after": sent})
        await expect(page.locator("#wrong-voicemail_after")).to_have_text(answer.fields["voicemail_after"])
        await expect(page.locator("#voicemail_after")).to_have_value(typed)
        await expect(page.get_by_label("Activer le filtrage en temps réel")).to_be_checked()
    assert (await kept(world))["live_screening"] is False
    await add(page, "a@example.net")
    await expect(page.locator(".targets strong")).to_have_text("a@example.net")
    for typed in ("nobody", "", "A@example.net", "<img src=x>@example.net"):
        await add(page, typed)
        await expect(page.locator("#typed-mistake")).not_to_be_empty()
        await expect(page.locator("#typed")).to_have_value(typed)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".targets li")).to_have_count(1)
    assert not portal.trouble


async def test_what_a_star_code_or_the_first_page_changed_meanwhile_is_told_and_not_overwritten(
    portal: Portal,
) -> None:
    world = portal.world
    page = await portal.open("/message-settings")
    await world.ask("PATCH", "call-manager", {"no_answer": {"voicemail_after": 20}})
    await page.get_by_label("Activer le filtrage en temps réel").check()
    await press(page, "Appliquer")
    await expect(page.get_by_role("alert").first).to_contain_text("Quelqu’un d’autre a changé ces réglages")
    assert (await kept(world, "call-manager"))["no_answer"]["voicemail_after"] == 20
    await expect(page.get_by_label("Activer le filtrage en temps réel")).to_be_checked()
    await apply(page)
    assert (await kept(world))["live_screening"] is True


@pytest.mark.parametrize(
    ("line", "there", "missing"),
    [
        (PAUL, ("voicemail_after", "live_screening", "quick_login"), ("action_links",)),
        (ADVANCED, ("voicemail_after", "live_screening", "action_links", "quick_login"), ()),
        (GROUP, ("voicemail_after", "action_links", "quick_login"), ("live_screening",)),
        (FAX_LINE, ("mail_enabled", "action_links"), ("voicemail_after", "live_screening", "quick_login")),
    ],
)
async def test_each_licence_has_what_it_can_use_and_the_rest_stays_as_it_was(
    portal: Portal, line: str, there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    every = {"live_screening": True, "action_links": True, "voicemail_after": 17}
    await portal.world.ask("PATCH", "message-settings", every, line=line)
    page = await portal.open("/message-settings", line)
    for name in there:
        await expect(page.locator(f"[name={name}]")).to_be_visible()
    for name in missing:
        await expect(page.locator(f"[name={name}]")).to_have_count(0)
    await page.locator("[name=keep_original]").check()
    await page.locator("#apply").click()
    await expect(page.locator("#told .good")).to_be_visible()
    document = await kept(portal.world, line=line)
    assert {name: document[name] for name in every} == every
    assert document["keep_original"] is True


async def test_forged_buttons_change_nothing_and_a_form_is_kept_whole_or_not_at_all(portal: Portal) -> None:
    await filled(portal.world)
    page = await portal.open("/message-settings")
    script = "Object.fromEntries(new FormData(document.getElementById('message-settings')))"
    form = await page.evaluate(script)  # of two addresses it has the last
    for do in ("remove:1", "remove:-1", "remove:", "edit:x", "remove:²", "nothing", ""):
        assert (await page.request.post("/message-settings", form={**form, "do": do})).status == 400, do
    wrong = {**form, "do": "apply", "playback": "aloud"}
    assert (await page.request.post("/message-settings", form=wrong)).status == 422
    assert (
        await page.request.post("/message-settings", form={**form, "do": "apply", "csrf": ""})
    ).status == 403
    assert len((await kept(portal.world))["addresses"]) == 2
