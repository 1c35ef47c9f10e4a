"""*Accueil*, the simple call manager, in a real browser: each button of the guide's chapter 2.1.1 on real data."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from callcontrol.directory.contacts import Contact, ContactBook, ContactGroup
from callcontrol.facts import Device, LineState
from callcontrol.live import CallsChanged, DevicesChanged, ReadAnew, SettingsChanged
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.sentences.table import sentence
from tests.web.portal.portal import Portal, whole
from tests.web.world import ADVANCED, CAMILLE, FAX_LINE, GROUP, PAUL, World

NASTY = "<img src=x onerror=alert(1)>"
LONG = "Marie-Hélène de La Rochefoucauld-Bernard"
MOBILE = "06 12 34 56 78"


async def kept(world: World, line: str = CAMILLE) -> dict[str, Any]:
    """The document as the API shows it."""
    found: dict[str, Any] = (await world.ask("GET", "call-manager", line=line)).json
    return found


async def press(page: Page | Locator, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def apply(page: Page) -> None:
    await press(page, "Appliquer")
    await expect(page.locator("#told")).to_contain_text("Enregistré")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def choose_number(page: Page, forward: str) -> Locator:
    """The dialog of a forward's number, when it stands: a moment before, its first field takes what is typed."""
    await page.locator(f"#{forward}-number-open").click()
    await expect(dialog(page).get_by_label("temporaire")).to_be_focused()
    await page.locator("#call-manager:not(.htmx-settling)").wait_for()
    return dialog(page)


def know(world: World, contacts: int = 0) -> None:
    """Contacts of Camille's, those with names of all kinds first."""
    book = [Contact("nasty", last_name=NASTY, numbers=("+33145730001",))]
    book.append(Contact("long", last_name=LONG, numbers=("+33145730002", "+33612345678")))
    book += [
        Contact(f"c{n}", last_name=f"Contact {n:04d}", numbers=(f"+3329900{n:04d}",)) for n in range(contacts)
    ]
    world.know_contacts(CAMILLE, ContactBook(book, [ContactGroup("family", "Famille", frozenset({"long"}))]))


# --- what every page must be ---------------------------------------------------------------------------------


async def test_the_page_is_whole(portal: Portal) -> None:
    know(portal.world)
    number = "01 45 73 00 01"
    await portal.world.ask("POST", "forward-numbers", {"number": number, "name": LONG})
    document = {
        "dnd": {"enabled": True, "priority_enabled": True, "priority": {"numbers": [MOBILE, "02*"]}},
        "busy": {"forward_enabled": True, "number": number},
        "no_answer": {"forward_enabled": True, "number": MOBILE, "forward_after": 36, "voicemail_after": 30},
        "selective_reject": {"enabled": True, "callers": {"contacts": ["nasty", "long"]}},
    }
    assert (await portal.world.ask("PATCH", "call-manager", document)).status == 200

    async def open_all(page: Page) -> None:
        await page.locator("#live .calls").wait_for()
        await page.eval_on_selector_all(
            "details.advanced", "all => all.forEach(each => { each.open = true; })"
        )
        await page.locator("#if-from").fill("4003")
        await page.locator(".if button").click()
        await page.locator(".way").wait_for()

    await whole(portal, "/", then=open_all)


@pytest.mark.parametrize("line", [GROUP, ADVANCED, FAX_LINE])
async def test_every_account_has_a_page_that_says_what_it_has(portal: Portal, line: str) -> None:
    page = await portal.open("/", line)
    await expect(page.locator("h1")).to_have_text("Accueil")
    assert await page.locator("#call-manager").count() == (line == GROUP)
    await portal.close()
    assert not portal.trouble


@pytest.mark.parametrize("what", ["callers", "contacts", "number"])
async def test_the_dialogs_are_whole(portal: Portal, what: str) -> None:
    know(portal.world, 120)
    await portal.world.ask("POST", "forward-numbers", {"number": MOBILE, "name": LONG})
    reject = {"enabled": True, "callers": {"numbers": [MOBILE, "02*"], "contacts": ["long"]}}
    await portal.world.ask("PATCH", "call-manager", {"selective_reject": reject})

    async def open_it(page: Page) -> None:
        if what == "number":
            await page.locator("#busy-number-open").click()
        else:
            await page.locator("[data-keep=selective_reject] > summary").click()
            await page.locator("#selective_reject-callers-open").click()
        await page.locator("dialog:modal").wait_for()
        if what == "contacts":
            await page.get_by_role("button", name="Contacts (1)").click()
            await page.locator("dialog:modal").get_by_text(LONG).wait_for()

    for width in (1280, 360, 320):
        page = await portal.open("/", width=width)
        await open_it(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.keyboard.press("Escape")
        await dialog(page).wait_for(state="detached")
        opener = "busy-number-open" if what == "number" else "selective_reject-callers-open"
        await expect(page.locator(f"#{opener}")).to_be_focused()
    await whole(portal, "/", then=open_it, shows=f"home-{what}")


# --- what the guide's user does ------------------------------------------------------------------------------


async def test_do_not_disturb_with_its_sentence_and_the_way_out_of_the_busy_forward(portal: Portal) -> None:
    page = await portal.open("/")
    told = page.locator("#dnd-sentence")
    await expect(told).to_be_hidden()
    await page.get_by_label("Statut Téléphone").select_option("— Ne pas déranger")
    await expect(told).to_contain_text("vers la messagerie vocale")
    await page.locator("#busy-number-open").click()
    await dialog(page).get_by_label("temporaire").fill("0660606060")
    await press(dialog(page), "OK")
    await expect(told).to_contain_text("vers 0660606060")
    assert (await kept(portal.world))["dnd"]["enabled"] is False, "nothing before Appliquer"
    await apply(page)
    document = await kept(portal.world)
    assert document["dnd"]["enabled"]
    assert (document["busy"]["forward_enabled"], document["busy"]["number"]) == (True, "0660606060")
    await press(page, "Désactiver le renvoi sur occupation")
    await expect(told).to_contain_text("vers la messagerie vocale")
    await page.get_by_label("Statut Téléphone").select_option("✓ Disponible pour les Appels")
    await apply(page)
    document = await kept(portal.world)
    assert (document["dnd"]["enabled"], document["busy"]["forward_enabled"]) == (False, False)
    assert document["busy"]["number"] == "0660606060", "a forward that is off keeps its number"
    assert not portal.trouble


async def test_callers_are_listed_by_number_contact_and_extension_and_emptied(portal: Portal) -> None:
    know(portal.world, 150)
    page = await portal.open("/")
    await page.locator("[data-keep=selective_reject] > summary").click()
    await page.locator("#selective_reject-enabled").check()
    await press(page, "liste de rejet")
    box = dialog(page)
    await expect(box).to_contain_text("Rejetez les appels provenant des numéros suivants")
    await box.get_by_label("Numéro").fill("abc")
    await press(box, "Ajouter")
    await expect(box).to_contain_text(sentence("number_impossible", "fr"))
    await expect(box.get_by_label("Numéro")).to_have_value("abc")
    await box.get_by_label("Numéro").fill("02*")
    await page.keyboard.press("Enter")
    await box.get_by_role("button", name="Retirer 02*").wait_for()
    await press(box, "Contacts (0)")
    await expect(box).to_contain_text(NASTY)
    await box.get_by_label("Rechercher un contact").fill("contact 0149")
    await page.keyboard.press("Enter")
    await expect(box.get_by_role("checkbox")).to_have_count(1)
    await box.get_by_role("checkbox").check()
    await press(box, "Extensions (0)")
    await box.get_by_label("Paul Le Goff").check()
    await press(box, "OK")
    await expect(page.locator("[data-keep=selective_reject]")).to_contain_text("(3 appelants)")
    await apply(page)
    callers = {"numbers": ["02*"], "contacts": ["c149"], "contact_groups": [], "extensions": ["4003"]}
    assert (await kept(portal.world))["selective_reject"] == {"enabled": True, "callers": callers}
    await press(page, "liste de rejet")
    await press(dialog(page), "Vider")
    await expect(dialog(page)).to_contain_text("Aucun numéro")
    await press(dialog(page), "OK")
    await expect(page.locator("[data-keep=selective_reject]")).to_contain_text("(liste vide)")
    await press(page, "Annuler")
    await expect(page.locator("[data-keep=selective_reject]")).to_contain_text("(3 appelants)")
    assert not portal.trouble


async def test_numbers_are_saved_chosen_and_forgotten(portal: Portal) -> None:
    page = await portal.open("/")
    box = await choose_number(page, "no_answer")
    await expect(box).to_contain_text("Ajoutez vos numéros de renvoi les plus utilisés")
    await box.get_by_label("Numéro", exact=True).fill("112")
    await box.get_by_label("Nom").fill(NASTY)
    await press(box, "Ajouter")
    await expect(box).to_contain_text(sentence("target_emergency", "fr"))
    await expect(box.get_by_label("Nom")).to_have_value(NASTY)
    await expect(box.get_by_label("Numéro", exact=True)).to_be_focused()  # where it is wrong
    await page.locator("#call-manager:not(.htmx-settling)").wait_for()
    await box.get_by_label("Numéro", exact=True).fill(MOBILE)
    await press(box, "Ajouter")
    await expect(box.get_by_role("radio")).to_be_checked()
    await expect(box.get_by_label("temporaire")).to_be_focused()
    await press(box, "Annuler")
    await choose_number(page, "busy")
    await box.get_by_label("Numéro", exact=True).fill("0145730009")
    await press(box, "OK")  # what is typed is not lost: it is saved, too, or told what it lacks
    await expect(box.get_by_label("Nom")).to_be_focused()
    await page.locator("#call-manager:not(.htmx-settling)").wait_for()
    await box.get_by_label("Nom").fill(LONG)
    await press(box, "OK")
    await expect(page.locator("#busy-number-open")).to_have_text(f"0145730009 ({LONG})")
    await page.locator("#no_answer-number-open").click()
    await box.get_by_label(MOBILE).check()
    await press(box, "OK")
    await expect(page.locator("#no_answer-number-open")).to_have_text(f"{MOBILE} ({NASTY})")
    await expect(page.locator("#no_answer-forward_enabled")).to_be_checked()
    await page.locator("#no_answer-forward_after").fill("20")
    await apply(page)
    rule = (await kept(portal.world))["no_answer"]
    assert (rule["forward_enabled"], rule["number"], rule["forward_after"]) == (True, MOBILE, 20)
    await page.locator("#no_answer-number-open").click()
    for name in (NASTY, LONG):
        await press(box, f"Retirer {name} des numéros sauvegardés")
    await expect(box.get_by_role("radio")).to_have_count(0)
    await press(box, "Annuler")
    await expect(page.locator("#no_answer-number-open")).to_have_text(MOBILE)
    assert (await portal.world.ask("GET", "forward-numbers")).json["items"] == []
    assert not portal.trouble


async def test_what_cannot_be_is_refused_at_its_field_in_the_words_of_the_api_and_stays_typed(
    portal: Portal,
) -> None:
    page = await portal.open("/")
    await page.locator("#no_answer-forward_enabled").check()
    await page.locator("#no_answer-forward_after").fill("3")
    await page.locator("#no_answer-voicemail_after").fill("soon")
    await press(page, "Appliquer")
    await expect(page.locator("#told")).to_contain_text("Rien n’est enregistré")
    raw = {"no_answer": {"forward_enabled": True, "forward_after": 3, "voicemail_after": "soon"}}
    api = (await portal.world.ask("PATCH", "call-manager", raw)).fields
    for where, text in api.items():
        await expect(page.locator(f"#wrong-{where.replace('.', '-')}")).to_have_text(text)
    assert len(api) == 3
    await expect(page.locator("#no_answer-forward_after")).to_have_value("3")
    await expect(page.locator("#no_answer-voicemail_after")).to_have_value("soon")
    assert (await kept(portal.world))["no_answer"]["forward_enabled"] is False
    portal.trouble[:] = [each for each in portal.trouble if "422" not in each]
    assert not portal.trouble


async def test_a_forward_that_can_never_happen_is_warned_of_while_it_is_typed(portal: Portal) -> None:
    page = await portal.open("/")
    await page.locator("#no_answer-number-open").click()
    await dialog(page).get_by_label("temporaire").fill(MOBILE)
    await press(dialog(page), "OK")
    await dialog(page).wait_for(state="detached")
    await page.locator("#no_answer-voicemail_after").fill("30")
    await expect(page.locator("#never")).to_contain_text("Le renvoi n’aura jamais lieu")
    await page.locator("#no_answer-forward_after").fill("20")
    await expect(page.locator("#never")).not_to_contain_text("jamais")


async def test_what_a_star_code_changed_meanwhile_is_told_and_neither_is_lost(portal: Portal) -> None:
    page = await portal.open("/")
    await page.locator("[data-keep=reject_anonymous] > summary").click()
    await page.get_by_label("Les appels venant d’appelants anonymes").check()
    await portal.world.ask(
        "PATCH", "call-manager", {"dnd": {"enabled": True}, "busy": {"voicemail_enabled": False}}
    )
    await press(page, "Appliquer")
    await expect(page.locator("#told")).to_contain_text("modifiés ailleurs")
    await expect(page.locator("#told")).to_contain_text("Statut Téléphone")
    assert (await kept(portal.world))["reject_anonymous"] is False
    await expect(page.get_by_label("Statut Téléphone")).to_have_value("on")
    await expect(page.locator("#busy-voicemail_enabled")).not_to_be_checked()
    await apply(page)
    document = await kept(portal.world)
    assert (document["dnd"]["enabled"], document["reject_anonymous"]) == (True, True)
    assert document["busy"]["voicemail_enabled"] is False


async def test_the_line_is_shown_as_it_is_now(portal: Portal) -> None:
    world = portal.world
    phones = (Device(f"sip:{CAMILLE}@192.0.2.7:5060", NASTY), Device(f"sip:{CAMILLE}@192.0.2.8:5060", None))
    world.call_side.states[CAMILLE] = LineState(devices=phones, calls=2)
    page = await portal.open("/")
    live = page.locator("#live")
    await expect(live).to_contain_text("2 appels en cours sur 5")
    await expect(live).to_contain_text(NASTY)
    world.call_side.states[CAMILLE] = LineState(calls=0)
    world.call_side.told.tell(DevicesChanged(CAMILLE))
    await expect(live).to_contain_text("la ligne est indisponible")
    await expect(live).to_contain_text("0 appel en cours sur 5")
    await world.ask("PATCH", "call-manager", {"incoming": "voicemail"})
    world.directory.put_document(CAMILLE, "call-manager", {"incoming": "voicemail"}, 1)
    world.call_side.told.tell(SettingsChanged(CAMILLE))
    await press(page, "Reprendre ces modifications")
    await expect(page.get_by_label("Les appels entrants vont")).to_have_value("voicemail")
    world.call_side.away = True
    world.call_side.told.tell(ReadAnew())
    await expect(live).to_contain_text("n’est pas connu")
    assert not portal.trouble


async def test_calls_are_counted_as_the_stream_tells_them_and_nothing_is_asked_for_it(portal: Portal) -> None:
    world, asked = portal.world, 0
    page = await portal.open("/")
    answered, shown = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        nonlocal asked
        asked += 1
        answer = await route.fetch()
        answered.set()
        await shown.wait()
        await route.fulfill(response=answer)

    count = page.locator("#live .calls")
    await expect(count).to_have_text("0 appel en cours sur 5")
    await page.locator("body[data-live=on]").wait_for()
    await page.route("**/home/live*", slowly)
    for calls, text in ((1, "1 appel en cours sur 5"), (3, "3 appels en cours sur 5")) * 5:
        world.call_side.told.tell(CallsChanged(CAMILLE, calls))
        await expect(count).to_have_text(text)
    assert asked <= 1, "what the page asks when its stream begins"
    world.call_side.states[CAMILLE] = LineState(calls=3)
    world.call_side.told.tell(DevicesChanged(CAMILLE))
    async with asyncio.timeout(10):
        await answered.wait()
    world.call_side.states[CAMILLE] = LineState(calls=2)
    world.call_side.told.tell(CallsChanged(CAMILLE, 2))
    await expect(count).to_have_text("2 appels en cours sur 5")
    shown.set()
    await expect(page.locator("#live")).to_contain_text("la ligne est indisponible")
    await expect(count).to_have_text("2 appels en cours sur 5")
    assert not portal.trouble


async def test_a_stream_that_is_refused_is_tried_again(portal: Portal) -> None:
    page = await (await portal.context(CAMILLE)).new_page()
    refused = 0

    async def refuse(route: Route) -> None:
        nonlocal refused
        refused += 1
        await route.fulfill(status=503)

    await page.route("**/api/v1/me/events", refuse, times=1)
    await page.goto("/")
    await page.locator("body[data-live=on]").wait_for()
    assert refused == 1
    portal.world.call_side.told.tell(CallsChanged(CAMILLE, 2))
    await expect(page.locator("#live")).to_contain_text("2 appels en cours sur 5")
    assert not portal.trouble


async def test_who_would_call_now_is_told_where_the_call_would_go(portal: Portal) -> None:
    await portal.world.ask("PATCH", "call-manager", {"no_answer": {"voicemail_after": 25}})
    page = await portal.open("/")
    await page.locator("#if-from").fill("4003")
    await press(page, "Montrer le chemin")
    way = page.locator(".way li")
    await expect(way).to_have_count(2)
    told = (await portal.world.ask("GET", "explain?from=4003")).json["steps"]
    for place, step in enumerate(told):
        await expect(way.nth(place)).to_contain_text(step["rule"]["because"])
    portal.world.directory.put_document(CAMILLE, "call-manager", {"incoming": "voicemail"}, 1)
    portal.world.call_side.told.tell(SettingsChanged(CAMILLE))
    await expect(way).to_have_count(1)  # what stands there is by the settings in force
    await page.locator("#if-from").fill("nobody at all")
    await page.keyboard.press("Enter")
    await expect(page.locator("#explained")).to_contain_text(sentence("no_caller", "fr"))
    assert not portal.trouble


async def test_all_of_it_goes_without_scripts(portal: Portal) -> None:
    context = await portal.browser.new_context(base_url=portal.base, java_script_enabled=False)
    await portal.settle(CAMILLE)
    cookie = {"name": COOKIE, "value": await portal.world.token(CAMILLE), "url": portal.base}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    await page.goto("/")
    await page.locator("#busy-number-open").click()
    await page.locator("#chooser-temporary").fill(MOBILE)
    await page.locator("#chooser-temporary").press("Enter")
    await page.locator("#dnd-enabled").select_option("on")
    await page.locator("#apply").click()
    await expect(page.locator("#told")).to_contain_text("Enregistré")
    document = await kept(portal.world)
    assert (document["dnd"]["enabled"], document["busy"]["number"]) == (True, MOBILE)
    await page.goto("/?from=4003")
    await expect(page.locator(".way")).to_contain_text("Messagerie vocale")
    await context.close()


# --- who may, and how fast -----------------------------------------------------------------------------------


async def test_nothing_is_done_with_what_is_anothers_or_no_page_sends(portal: Portal) -> None:
    world = portal.world
    theirs = (await world.ask("POST", "forward-numbers", {"number": MOBILE, "name": "x"}, line=PAUL)).json[
        "id"
    ]
    page = await portal.open("/")
    await page.locator("#busy-number-open").click()
    await dialog(page).wait_for()
    form = await page.evaluate("Object.fromEntries(new FormData(document.getElementById('call-manager')))")

    async def sent(**more: str) -> int:
        answer = await page.request.post("/", form={**form, **more})
        return answer.status

    assert await sent(do=f"forget:{theirs}") == 404
    assert len((await world.ask("GET", "forward-numbers", line=PAUL)).json["items"]) == 1
    assert await sent(do="nothing") == 400
    assert await sent(do="apply", seen="{}") == 400
    assert await sent(do="apply", **{"dnd.priority": "[" * 5000}) == 400
    assert await sent(do="apply", csrf="") == 403
    stranger = {"numbers": [], "contacts": ["stranger"], "contact_groups": [], "extensions": []}
    wrong = await page.request.post(
        "/", form={**form, "do": "apply", "dnd.priority": str(stranger).replace("'", '"')}
    )
    assert wrong.status == 422
    assert sentence("contact_unknown", "fr") in await wrong.text()
    assert (await kept(world))["dnd"]["priority"]["contacts"] == []
