"""*Messages et appels* in a real browser: every button of the guide's chapter 2.2, on real messages and calls."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from callcontrol.facts import Presentation
from callcontrol.history import Direction, Peer
from callcontrol.live import CallsChanged, MadeCallChanged, MadeState, MailboxChanged
from callcontrol.message import Message
from tests.web.portal.mailbox import LONG_NAME, OUTSIDE, PAUL_CALLS, a_day, call, calls, message
from tests.web.portal.portal import Portal, whole
from tests.web.world import CAMILLE, FAX_LINE, PAUL, World

PAGES = ("", "/faxes", "/missed", "/outgoing", "/received", "/rejected", "/deleted")


@pytest.mark.parametrize("path", PAGES)
async def test_each_list_is_whole(portal: Portal, path: str) -> None:
    await a_day(portal.world)
    await whole(portal, f"/messages{path}", then=unfolded)


@pytest.mark.parametrize("path", ["/faxes", "/missed"])
async def test_an_empty_list_is_whole(portal: Portal, path: str) -> None:
    await whole(portal, f"/messages{path}?empty")


async def unfolded(page: Page) -> None:
    """The rule of the first call is shown."""
    if await page.locator(".rule > summary").count():
        await page.locator(".rule > summary").first.click()


async def until(page: Page, true: str) -> None:
    """Wait until a script's expression is true. (The browser's own waiting would need a policy that lets it.)"""
    for _ in range(500):
        if await page.evaluate(true):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within 10 s: {true}")


async def box(world: World, line: str = CAMILLE, *, deleted: bool = False) -> dict[str, Message]:
    page = await world.repositories.messages.page(line, None, deleted=deleted)
    return {each.id: each for each in page.items}


async def choose(page: Page, identity: str, name: str) -> None:
    """Open the menu of a message and choose."""
    await page.locator(f"#actions-{identity} > summary").click()
    await page.locator(f"#actions-{identity}").get_by_role("button", name=name, exact=True).click()


async def speak(page: Page) -> None:
    """Record something in the dialog that is open."""
    dialog = page.locator("#compose")
    await dialog.get_by_role("button", name="Enregistrer").click()
    await expect(dialog.locator("[data-part=time]")).to_have_text(
        re.compile(r"0:0[2-9] / 5:00"), timeout=15_000
    )
    await dialog.get_by_role("button", name="Arrêter").click()
    await expect(dialog.locator("audio")).to_be_visible()


async def test_a_message_is_played_sought_and_heard_at_another_speed(portal: Portal) -> None:
    await a_day(portal.world)
    page = await portal.open("/messages")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Messages et appels (3)")
    await expect(page.locator("#tab-voicemail")).to_have_text("Répondeur (2)")
    await expect(page.locator("#main-tabs .badge")).to_contain_text("3")
    await page.get_by_role("button", name=re.compile("Écouter le message de Paul")).press("Enter")
    await until(page, "document.querySelector('#player audio').currentTime > 0.3")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Messages et appels (2)")
    await expect(page).to_have_title(re.compile(r"Messages et appels \(2\) – Répondeur"))
    assert (await box(portal.world))["m-paul"].new is False
    player = page.locator("#player")
    playing = "() => !document.querySelector('#player audio').paused"
    assert await page.evaluate(playing), "the row that is shown anew plays on"
    assert await page.evaluate("document.activeElement.id") == "play-m-paul"
    await player.get_by_label("Vitesse").select_option("1.5")
    assert await page.evaluate("document.querySelector('#player audio').playbackRate") == 1.5
    await player.get_by_role("button", name="Suspendre").click()
    await player.get_by_label("Position").focus()
    await page.keyboard.press("Home")
    await until(page, "document.querySelector('#player audio').currentTime === 0")
    await page.keyboard.press("PageUp")
    await until(page, "document.querySelector('#player audio').currentTime > 0.2")
    await player.get_by_role("button", name="Avancer").click()
    await until(page, "document.querySelector('#player audio').currentTime > 2.5")
    await page.keyboard.press("Escape")
    await expect(player).to_be_hidden()
    assert not portal.trouble


async def test_messages_are_deleted_restored_and_erased(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages")
    await page.get_by_role("button", name=re.compile("Supprimer le message de Paul")).press("Enter")
    await expect(page.locator("#row-m-paul")).to_have_count(0)
    assert await page.evaluate("document.activeElement.id") == "delete-m-outside", (
        "the next row has the focus"
    )
    await page.get_by_role("button", name="Annuler").click()
    await expect(page.locator("#row-m-paul")).to_be_visible()
    await page.get_by_role("button", name="Supprimer tout").click()
    await expect(page.get_by_text("Aucun message vocal.")).to_be_visible()
    await expect(page.get_by_role("button", name="Supprimer tout")).to_be_hidden()
    assert set(await box(world)) == {"f-bare"}
    await page.get_by_role("link", name="Message(s) supprimé(s)").click()
    await page.get_by_role("button", name=re.compile("Écouter le message de Paul")).click()
    await until(page, "document.querySelector('#player audio').currentTime > 0.1")
    await choose(page, "m-paul", "Restaurer")
    await expect(page.locator("#row-m-paul")).to_have_count(0)
    await choose(page, "m-long", "Supprimer définitivement")
    await expect(page.locator("#row-m-long")).to_have_count(0)
    assert set(await box(world, deleted=True)) == {"m-outside", "m-withheld", "m-gone", "f-gone"}
    await page.get_by_role("button", name="Tout supprimer définitivement").click()
    await expect(page.get_by_text("Aucun message supprimé")).to_be_visible()
    assert (set(await box(world, deleted=True)), set(await box(world))) == (set(), {"m-paul", "f-bare"})
    assert not portal.trouble


async def test_a_message_is_marked_mailed_and_passed_on(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages")
    await choose(page, "m-withheld", "Marquer comme nouveau")
    await expect(page.locator("#tab-voicemail")).to_have_text("Répondeur (3)")
    await choose(page, "m-withheld", "Marquer comme lu")
    await expect(page.locator("#tab-voicemail")).to_have_text("Répondeur (2)")
    await choose(page, "m-paul", "Renvoyer par e-mail")
    await page.get_by_label("Adresse e-mail").fill("nobody")
    await page.keyboard.press("Enter")
    await expect(page.locator("#email-wrong")).not_to_be_empty()
    await page.get_by_label("Adresse e-mail").fill("nathalie@example.net")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("part vers nathalie@example.net")).to_be_visible()
    assert (await box(world))["m-paul"].mail == "waiting"
    await choose(page, "m-paul", "Renvoyer vers une autre messagerie")
    await page.get_by_label("Destinataires", exact=True).first.fill("9999")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.locator("#compose-to-wrong")).to_contain_text("« 9999 » n’est le numéro ni le poste")
    await page.get_by_role("button", name="Retirer 9999").click()
    await page.locator("#compose-to").fill("Paul Le Goff · 4003")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("Message envoyé à Paul Le Goff.")).to_be_visible()
    assert len(await box(world, PAUL)) == 1
    assert len(await box(world)) == 5, "it stays here too"
    assert not portal.trouble


async def test_a_reply_and_a_new_message_are_spoken_into_the_browser(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages")
    await page.locator("#actions-m-outside > summary").click()
    reply = page.locator("#actions-m-outside").get_by_role("button", name="Répondre")
    await expect(reply).to_have_attribute("aria-disabled", "true")
    await expect(reply).to_have_accessible_description(re.compile("n’a pas de messagerie dans l’entreprise"))
    await reply.click(force=True)
    await expect(page.locator("#compose")).to_be_hidden()
    await page.keyboard.press("Escape")
    await choose(page, "m-paul", "Répondre")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("Enregistrez d’abord votre message.")).to_be_visible()
    await speak(page)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("Message envoyé à Paul Le Goff.")).to_be_visible()
    (got,) = (await box(world, PAUL)).values()
    assert got.duration is not None
    assert got.duration >= 1
    assert (world.media / got.path).stat().st_size > 30_000
    await page.get_by_role("button", name="Nouveau message vocal").click()
    await page.locator("#compose-to").fill("4003")
    await page.keyboard.press("Enter")
    await page.locator("#compose-to").fill("4004")
    await speak(page)
    await page.get_by_label("Message urgent").check()
    await page.get_by_role("button", name="Envoyer").click()
    await expect(
        page.get_by_text(re.compile("Message envoyé à Paul Le Goff, Anne Admin|Anne Admin, Paul"))
    ).to_be_visible()
    assert sorted(each.urgent for each in (await box(world, PAUL)).values()) == [False, True]
    for _ in range(100):
        left = (await world.repositories.recordings.page(CAMILLE, None)).items
        if not left:
            break
        await asyncio.sleep(0.05)
    assert not left, "what was uploaded to be sent is not kept"
    assert not portal.trouble


async def test_the_history_says_the_rule_and_plays_what_was_left_while_it_is_there(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages/missed")
    await page.locator("#rule-c-1 > summary").press("Enter")
    await expect(page.get_by_text("Personne n’a répondu : l’appel va à la messagerie.")).to_be_visible()
    await page.locator("#play-c-1").click()
    await until(page, "document.querySelector('#player audio').currentTime > 0.1")
    await expect(page.locator("#tab-voicemail")).to_have_text("Répondeur (1)")
    await expect(page.locator("#play-c-3")).to_have_count(0)
    await expect(page.locator("#row-c-3")).to_contain_text("Numéro masqué")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Exporter").click()
    text = (await (await download.value).path()).read_text("utf-8-sig")
    assert len(text.splitlines()) == 9
    assert not portal.trouble


async def test_the_menu_of_a_number_calls_writes_adds_and_blocks(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages/missed")

    async def menu(identity: str, name: str | re.Pattern[str]) -> None:
        await page.locator(f"#number-{identity} > summary").press("Enter")
        await page.locator(f"#number-{identity}").get_by_role("button", name=name).press("Enter")

    await menu("c-1", f"Composer le {PAUL} depuis le {CAMILLE}")
    await expect(page.get_by_text("Faire sonner votre téléphone")).to_be_visible()
    for state, told in (
        (MadeState.RINGING_TO, "Votre correspondant est appelé"),
        (MadeState.TALKING, "En communication"),
    ):
        made = world.call_side.made[CAMILLE, "made-0"]
        world.call_side.made[CAMILLE, "made-0"] = replace(made, state=state)
        world.call_side.told.tell(MadeCallChanged(CAMILLE, "made-0", state))
        await expect(page.locator("#call").get_by_text(told)).to_be_visible()
    await page.get_by_role("button", name="Terminer l’Appel").click()
    await expect(page.get_by_text("L’appel est terminé")).to_be_visible()
    assert world.call_side.made == {}
    await page.get_by_role("button", name="Fermer", exact=True).click()
    await expect(page.locator("#call")).to_be_hidden()
    await menu("c-1", re.compile("depuis un autre numéro"))
    await page.locator("#dialler #from").fill("06 98 76 54 32")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Faire sonner cet autre téléphone")).to_be_visible()
    assert [each.first for each in world.call_side.made.values()] == ["06 98 76 54 32"]
    await page.keyboard.press("Escape")
    await menu("c-1", "Envoyer un message vocal")
    await expect(page.get_by_role("button", name="Retirer Paul Le Goff")).to_be_visible()
    await page.keyboard.press("Escape")
    await menu("c-2", "Ajouter aux contacts")
    await expect(page.get_by_label("Prénom")).to_have_value("Marie-Antoinette")
    number = page.locator("#contact-number")
    await number.fill("abc")
    await page.get_by_role("button", name="Ajouter", exact=True).last.click()
    await expect(number).to_be_focused()
    await expect(number).to_have_attribute("aria-invalid", "true")
    await number.fill("0299724913")
    await page.get_by_role("button", name="Ajouter", exact=True).last.click()
    await expect(page.get_by_text("Ajouté aux contacts.")).to_be_visible()
    (card,) = (await world.repositories.contacts.page(CAMILLE)).items
    assert card.numbers == (("work", "0299724913"),)
    await menu("c-2", "Bloquer cet appelant")
    await expect(page.get_by_text("la liste de rejet compte 1 appelant")).to_be_visible()
    assert not portal.trouble


async def test_a_call_that_ends_is_read_in_the_history_alone(portal: Portal) -> None:
    world = portal.world

    async def opened(path: str) -> Page:
        """With its stream, at whose beginning a page asks once more."""
        page = await (await portal.context(CAMILLE)).new_page()
        async with page.expect_response(
            lambda answer: answer.request.resource_type == "fetch" and answer.url.endswith(path)
        ):
            await page.goto(path)
        return page

    history, box = await opened("/messages/missed"), await opened("/messages")
    await message(world, "m-later", OUTSIDE)
    await calls(world, [call("c-ended", Direction.MISSED, LONG_NAME)])
    for held in (1, 0):
        world.call_side.told.tell(CallsChanged(CAMILLE, held))
    await expect(history.locator("#row-c-ended")).to_be_visible()
    await expect(box.locator("#row-m-later")).to_have_count(0)
    world.call_side.told.tell(MailboxChanged(CAMILLE))
    await expect(box.locator("#row-m-later")).to_be_visible()
    assert not portal.trouble


async def test_a_new_message_appears_without_a_reload_and_disturbs_nobody(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages")
    await until(page, "document.body.dataset.live === 'on'")
    await page.get_by_role("button", name=re.compile("Écouter le message de Numéro masqué")).click()
    await page.locator("#actions-m-paul > summary").click()
    await message(world, "m-fresh", OUTSIDE)
    world.call_side.told.tell(MailboxChanged(CAMILLE))
    await expect(page.locator("#row-m-fresh")).to_be_visible(timeout=2000)
    await expect(page.locator("#tab-voicemail")).to_have_text("Répondeur (3)")
    assert await page.locator(".row").first.get_attribute("id") in ("row-m-fresh", "row-m-paul")
    await expect(page.locator("#actions-m-paul")).to_have_attribute("open", "")
    assert await page.evaluate("!document.querySelector('#player audio').paused")
    assert not portal.trouble


async def test_names_are_text_whatever_a_caller_calls_itself(portal: Portal) -> None:
    world, evil = portal.world, "<img src=x onerror=alert(1)>\"'{{7*7}}"
    nasty = Peer(Presentation.SHOWN, "+33612345679", evil)
    await message(world, "m-nasty", nasty)
    await calls(
        world, [call("c-nasty", Direction.MISSED, nasty), call("c-long", Direction.MISSED, LONG_NAME)]
    )
    for path, identity in (("", "m-nasty"), ("/missed", "c-nasty")):
        page = await portal.open(f"/messages{path}")
        await expect(page.locator(f"#number-{identity} > summary")).to_have_text(f"{evil} - 0612345679")
        assert await page.locator("img").count() == 0
        await page.locator(f"#number-{identity} > summary").click()
        await page.locator(f"#number-{identity}").get_by_role("button", name="Ajouter aux contacts").click()
        await expect(page.get_by_label("Prénom")).to_have_value("<img")
    assert not portal.trouble


async def test_a_fax_is_looked_at_marked_mailed_passed_on_and_deleted(portal: Portal) -> None:
    world = portal.world
    await a_day(world)
    page = await portal.open("/messages/faxes")
    await expect(page.locator("#tab-faxes")).to_have_text("Fax (1)")
    await expect(page.locator("#row-f-bare .when")).to_have_text("Dim 22/11, 09:40, 2 pages")
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name=re.compile("Ouvrir le fax de 0970711046")).click()
    await (await opened.value).close()
    document = await page.request.get("/api/v1/me/faxes/f-bare/document")
    assert (document.status, document.headers["content-type"]) == (200, "application/pdf")
    await expect(page.locator("#tab-faxes")).to_have_text("Fax")
    await choose(page, "f-bare", "Marquer comme nouveau")
    await expect(page.locator("#tab-faxes")).to_have_text("Fax (1)")
    await choose(page, "f-bare", "Renvoyer par e-mail")
    await page.get_by_label("Adresse e-mail").fill("nathalie@example.net")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("part vers nathalie@example.net")).to_be_visible()
    await choose(page, "f-bare", "Renvoyer vers une autre messagerie")
    await page.locator("#compose-to").fill("4003")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("Message envoyé à Paul Le Goff.")).to_be_visible()
    assert [each.kind.value for each in (await box(world, PAUL)).values()] == ["fax"]
    await page.get_by_role("button", name="Supprimer tout").click()
    await expect(page.get_by_text("Cette ligne n’a pas de numéro de fax.")).to_be_visible()
    assert "m-paul" in await box(world), "voice messages stay"
    assert not portal.trouble


async def test_a_fax_line_has_faxes_alone(portal: Portal) -> None:
    page = await portal.open("/messages", FAX_LINE)
    assert page.url.endswith("/messages/faxes")
    assert await page.locator("#messages-tabs a").count() == 2
    response = await page.request.get("/messages/missed")
    assert response.status == 403


async def test_many_rows_are_shown_page_by_page(portal: Portal) -> None:
    world = portal.world
    await calls(world, [call(f"c-{n:04}", Direction.MISSED, PAUL_CALLS, ago=n) for n in range(120)])
    page = await portal.open("/messages/missed")
    seen = []
    while True:
        seen += await page.eval_on_selector_all("#rows > li", "rows => rows.map(row => row.id)")
        older = page.get_by_role("link", name="Plus anciens")
        if not await older.count():
            break
        await older.click()
    assert seen == [f"row-c-{n:04}" for n in range(120)]
    await page.get_by_role("link", name="Les plus récents").click()
    await expect(page.locator("#row-c-0000")).to_be_visible()
    assert (await page.request.get("/messages/missed?cursor=nonsense")).status == 400
