"""What hostile hands try at every page: forms that we did not show, ids of another's things, names that are scripts.

The pages are those of the table, and their fields those that they show: a new page is tried, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.directory.contact_card import ContactCard
from callcontrol.directory.contacts import ContactBook, ContactGroup
from callcontrol.facts import Device, LineState, Presentation
from callcontrol.history import Direction, Peer
from callcontrol.message import MessageKind
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.pages.csrf import FIELD, token
from callcontrol.portal_bridge.pages.page import Door, Page
from callcontrol.portal_bridge.pages.table import PAGES
from callcontrol.store.pool import borrowed
from callcontrol.store.sessions import Origin
from tests.hostile_size import tried
from tests.web.portal.mailbox import call, calls
from tests.web.world import CAMILLE, NOW, PAUL, World, leave

pytestmark = pytest.mark.hostile

ID = "019ab5c4-0000-7000-8000-00000000000f"
NASTY = "<img src=x onerror=alert(1)>\"'{{7*7}}"
BY = ChangedBy("test", Where.PROVISION, NOW)


class Dangers(HTMLParser):
    """What a browser would run or show that is no text, in a page of ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        inline = tag == "script" and "src" not in named
        styled = any(name == "style" or name.startswith("on") for name in named)
        led = any((value or "").strip().lower().startswith("javascript:") for value in named.values())
        if inline or styled or led or tag in ("img", "style", "iframe", "object", "base"):
            self.found.append(self.get_starttag_text() or tag)


def gets() -> Iterator[tuple[Page, str]]:
    for page in PAGES:
        for behind in ("", *page.parts):
            yield page, _named(page.path + behind)


def posts() -> Iterator[tuple[Page, str]]:
    for page in PAGES:
        for behind in (*page.acts, *page.looks):
            yield page, _named(page.path + behind)


def _named(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}", ID, path)


async def ask(
    world: World, method: str, path: str, who: str | None, form: dict[str, str] | None = None, **headers: str
) -> tuple[int, str, str]:
    """Status, where it leads, and the text."""
    if who is not None:
        headers["Cookie"] = f"{COOKIE}={await world.token(who)}"
    options = {"headers": {"Accept": "text/html", **headers}, "allow_redirects": False}
    async with world.client.request(method, path, data=form, **options) as response:  # type: ignore[arg-type]
        return response.status, response.headers.get("Location", ""), await response.text()


async def right(world: World, who: str) -> str:
    """The token of forms shown to ``who``."""
    return token(world.services.config.link_key, await world.token(who))


@pytest.fixture
async def settled(world: World) -> World:
    for line in (CAMILLE, PAUL):
        await world.repositories.lines.set_email(line, f"{line}@example.net", BY)
    return world


async def everything(world: World, line: str) -> dict[str, list[str]]:
    """Every row of the database that is of ``line``, by its table."""
    async with borrowed(world.pool) as connection:
        tables = await connection.fetch(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'line'"
        )
        return {
            name: [
                str(row)
                for (row,) in await connection.fetch(
                    f"SELECT t::text FROM {name} t WHERE line = $1 ORDER BY 1",
                    line,
                )
            ]
            for (name,) in tables
        }


async def test_no_page_takes_a_form_that_it_did_not_show_to_this_session(settled: World) -> None:
    before = await everything(settled, CAMILLE)
    good, pauls = await right(settled, CAMILLE), await right(settled, PAUL)
    count = 0
    for page, path in posts():
        for form in ({}, {FIELD: ""}, {FIELD: "0" * 64}, {FIELD: pauls}, {FIELD: good[:-1]}, {FIELD: "é"}):
            assert (await ask(settled, "POST", path, CAMILLE, form))[0] == 403, (path, form)
            count += 1
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            assert (await ask(settled, "POST", path, CAMILLE, {FIELD: good}, **headers))[0] == 403, (
                path,
                headers,
            )
            count += 1
        status, where, _ = await ask(settled, "POST", path, None, {FIELD: good})
        wanted = (403, "") if page.door is Door.OPEN else (303, "/login")
        assert (status, where.partition("?")[0]) == wanted, path
    after = await everything(settled, CAMILLE)
    assert {**after, "sessions": []} == {**before, "sessions": []}, "nothing was changed"
    assert len(after["sessions"]) == 1
    tried("forged forms", count)


async def test_nobody_sees_a_page_without_a_log_in(settled: World) -> None:
    for page, path in gets():
        if page.door is not Door.OPEN:
            status, where, text = await ask(settled, "GET", path, None)
            assert (status, where.partition("?")[0], text) == (303, "/login", ""), path


async def test_no_page_gives_or_takes_what_is_anothers_whatever_id_it_is_sent(settled: World) -> None:
    """Whoever knows the id of everything that Paul has."""
    world = settled
    await pauls_things(world)
    before = await everything(world, PAUL)
    good, count = await right(world, CAMILLE), 0
    session = (await world.repositories.sessions.listed(PAUL, NOW))[0].id
    for _, path in gets():
        for query in (
            "",
            f"?id={ID}&call={ID}&cursor={ID}&message={ID}&contact={ID}&line={PAUL}&number={PAUL}",
        ):
            status, _, text = await ask(world, "GET", path + query, CAMILLE)
            assert status < 500, path
            assert "PAULS-SECRET" not in text, path
            count += 1
    for _, path in posts():
        for identity in (ID, session):
            names = ("id", "call", "message", "contact", "group", "recording", "reminder", "number")
            form = {FIELD: good, **dict.fromkeys(names, identity), "line": PAUL, "do": f"forget:{identity}"}
            status, _, text = await ask(world, "POST", path, CAMILLE, form)
            assert status < 500, path
            assert "PAULS-SECRET" not in text, path
            good = await right(world, CAMILLE)
            count += 1
            await back(world)
            good = await right(world, CAMILLE)
    after = await everything(world, PAUL)
    assert {name: rows for name, rows in after.items() if name != "sessions"} == {
        name: rows for name, rows in before.items() if name != "sessions"
    }
    assert len(after["sessions"]) == len(before["sessions"])
    tried("requests for others' data", count)


async def back(world: World) -> None:
    """Log in again after a page that logged out."""
    if await world.repositories.sessions.find(await world.token(CAMILLE), NOW) is None:
        del world.tokens[CAMILLE]


async def pauls_things(world: World) -> None:
    secret = Peer(Presentation.SHOWN, "+33612345678", "PAULS-SECRET")
    await leave(world, ID, line=PAUL, sender=secret)
    await leave(world, f"{ID[:-1]}e", MessageKind.FAX, line=PAUL, sender=secret)
    await calls(world, [replace(call(ID, Direction.MISSED, secret), line=PAUL)])
    card = ContactCard(ID, last_name="PAULS-SECRET", numbers=(("mobile", "0612345678"),))
    await world.repositories.contacts.put(PAUL, [card], BY)
    await world.ask("POST", "forward-numbers", {"number": "0612345678", "name": "PAULS-SECRET"}, line=PAUL)
    await world.repositories.sessions.create(PAUL, NOW, timedelta(days=1), Origin("PAULS-SECRET"))


async def test_names_are_text_on_every_page(settled: World) -> None:
    await nasty_world(settled)
    query = "&".join(f"{name}=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22" for name in ECHOED)
    count = 0
    for _, path in gets():
        for asked in (path, f"{path}?{query}"):
            status, _, text = await ask(settled, "GET", asked, CAMILLE)
            assert status < 500, asked
            assert Dangers(text).found == [], asked
            count += 1
    tried("names that are scripts", count)


ECHOED = (
    "from",
    "to",
    "said",
    "next",
    "cursor",
    "call",
    "search",
    "name",
    "number",
    "etag",
    "q",
    "tab",
    "id",
)


async def test_what_is_typed_is_text_when_it_is_shown_again(settled: World) -> None:
    """Every field that a page shows, filled with a script."""
    count = 0
    for page, path in posts():
        _, _, shown = await ask(settled, "GET", page.path, CAMILLE)
        names = set(re.findall(r'\sname="([^"]+)"', shown)) - {FIELD, "viewport", "htmx-config"}
        fields = {**dict.fromkeys(names, NASTY), FIELD: await right(settled, CAMILLE)}
        for form in (fields, {**fields, "do": "apply"}):
            status, _, text = await ask(settled, "POST", path, CAMILLE, form)
            assert status < 500, path
            assert Dangers(text).found == [], path
            count += 1
            await back(settled)
            form[FIELD] = fields[FIELD] = await right(settled, CAMILLE)
    tried("names that are scripts", count)


async def nasty_world(world: World) -> None:
    """Everything that somebody can name is a script."""
    nasty = Peer(Presentation.SHOWN, "+33612345679", NASTY)
    await leave(world, "m-nasty", sender=nasty)
    await leave(world, "f-nasty", MessageKind.FAX, sender=nasty)
    await calls(world, [call(f"c-{each.value}", each, nasty) for each in Direction])
    card = ContactCard(
        ID, last_name=NASTY, company=NASTY, numbers=(("mobile", "0612345679"),), emails=(NASTY,)
    )
    await world.repositories.contacts.put(CAMILLE, [card], BY)
    world.know_contacts(CAMILLE, ContactBook([card.contact()], [ContactGroup("g", NASTY, frozenset({ID}))]))
    await world.repositories.sessions.create(CAMILLE, NOW, timedelta(days=1), Origin(NASTY, NASTY))
    await world.ask("POST", "forward-numbers", {"number": "0612345678", "name": NASTY[:40]})
    await world.ask("PATCH", "call-manager", {"busy": {"forward_enabled": True, "number": "0612345678"}})
    device = Device("sip:x@192.0.2.7:5060;x=<img src=x>", NASTY)
    world.call_side.states[CAMILLE] = LineState(devices=(device,), calls=1)
    account = world.directory.line(CAMILLE)
    assert account is not None
    world.directory.put_line(replace(account, name=NASTY, site=NASTY))
    other = world.directory.line(PAUL)
    assert other is not None
    world.directory.put_line(replace(other, name=NASTY))
    world.directory.put_company(replace(world.directory.company("c"), name=NASTY))
