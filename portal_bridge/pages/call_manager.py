"""``/``: *Accueil*, the simple call manager (guide 2.1.1, spec §3). The form's buttons are ``call_manager.actions``."""

from __future__ import annotations

from aiohttp import web

from callcontrol.facts import Licence
from callcontrol.portal_bridge.call_manager import actions, live, state
from callcontrol.portal_bridge.call_manager.form import BadForm
from callcontrol.portal_bridge.call_manager.imagined import Imagined, imagined
from callcontrol.portal_bridge.call_manager.state import State
from callcontrol.portal_bridge.call_manager.view import Home
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.settings.delay import is_advanced

LARGEST = 512 * 1024
"""Bytes of the form: the largest document (``line_settings``) as it is and as it was, percent-encoded."""
FORM = "call_manager/form.html"


async def show(visit: Visit) -> web.StreamResponse:
    """The settings as they are kept; without scripts also the way of a call that was asked about."""
    if is_advanced(visit.line) or visit.line.licence is Licence.FAX:
        return visit.show("call_manager_none.html")
    desk = _desk(visit)
    asked = visit.query("from")
    explained = await _explained(visit, asked) if asked else None
    return await _page(visit, desk, state.of_kept(await desk.kept()), explained=explained)


async def act(visit: Visit) -> web.StreamResponse:
    """A button of the form."""
    _refuse_others(visit)
    desk = _desk(visit)
    try:
        page = await actions.act(desk, visit.form.values)
    except BadForm:
        raise Problem("malformed") from None
    wrong = page.told in ("refused", "overtaken")
    return await _page(visit, desk, page, status=422 if wrong else 200)


async def look(visit: Visit) -> web.StreamResponse:
    """What the form as it stands would do, in words. Nothing is kept."""
    _refuse_others(visit)
    try:
        page = state.of_form(visit.form.values)
    except BadForm:
        raise Problem("malformed") from None
    home = Home(visit.page.path, page, visit.line, visit.directory, (), visit.words)
    return visit.part("call_manager/look.html", home=home)


async def show_live(visit: Visit) -> web.StreamResponse:
    """What the line does right now, and whether its settings were changed since the page was made."""
    _refuse_others(visit)
    async with visit.site.phones.passed(visit.line.number):
        found = await live.of_line(
            visit.site.services.call_side, visit.line, visit.directory, visit.query("etag")
        )
    return visit.part("call_manager/live.html", live=found)


async def show_explained(visit: Visit) -> web.StreamResponse:
    """What would happen if somebody called now."""
    _refuse_others(visit)
    return visit.part("call_manager/explained.html", explained=await _explained(visit, visit.query("from")))


async def _explained(visit: Visit, typed: str) -> Imagined:
    async with visit.site.phones.passed(visit.line.number):
        return await imagined(visit, typed)


async def _page(
    visit: Visit, desk: actions.Desk, page: State, status: int = 200, explained: Imagined | None = None
) -> web.Response:
    home = Home(visit.page.path, page, visit.line, visit.directory, await desk.saved(), visit.words)
    if visit.in_part:
        return visit.part(FORM, status, home=home)
    return visit.show(status=status, home=home, explained=explained)


def _desk(visit: Visit) -> actions.Desk:
    return actions.Desk(visit.site.changes, visit.line, visit.language, visit.by)


def _refuse_others(visit: Visit) -> None:
    if is_advanced(visit.line) or visit.line.licence is Licence.FAX:
        raise Problem("not-in-licence")


PAGES = (
    Page(
        "/",
        "call_manager",
        show,
        acts={"": act},
        looks={"home/look": look},
        parts={"home/live": show_live, "home/explain": show_explained},
        menu=Menu.TAB,
        icon="home",
        largest=LARGEST,
    ),
)
