"""``/help``: the *Aide* of all pages together, with the star codes; ``/help/NAME``: that of one page, in its own window
(guide 2.12.1)."""

from __future__ import annotations

from aiohttp import web

from callcontrol.facts import Licence
from callcontrol.portal_bridge.pages import texts
from callcontrol.portal_bridge.pages.call import may_call
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.star_codes import TABLE


async def show(visit: Visit) -> web.StreamResponse:
    """Every page's."""
    return visit.show(topics=_topics(visit), codes=_codes(visit))


async def show_one(visit: Visit) -> web.StreamResponse:
    """One page's."""
    topics = [topic for topic in _topics(visit) if topic["name"] == visit.path("name")]
    if not topics:
        raise Problem("not-found")
    return visit.show(topics=topics, codes=())


def _topics(visit: Visit) -> list[dict[str, object]]:
    """The help of each page that the line has, in the order of the table."""
    found: dict[str, dict[str, object]] = {}
    for page in visit.site.frame.pages:
        words = texts.of_page(page.name, visit.language)
        if "help" in words and page.shown_to(visit.line):
            found[page.name] = {
                "name": page.name, "path": page.path, "title": words("title"), "paragraphs": words.paragraphs("help"),
            }  # fmt: skip
    return list(found.values())


def _codes(visit: Visit) -> list[dict[str, str]]:
    """The star codes that do something on the line; none where there is no phone (spec §7)."""
    if not may_call(visit.line):
        return []
    rules = visit.line.licence is Licence.FULL_MEETING_ADVANCED
    return [
        {
            "code": code.code,
            "name": code.en if visit.language == "en" else code.fr,
            "follows": "" if code.argument == "none" else str(visit.words(f"codes_{code.argument}")),
        }
        for code in TABLE
        if not (rules and code.simple)
    ]


PAGES = (Page("/help", "help", show, parts={"/{name}": show_one}, menu=Menu.SUPPORT),)
