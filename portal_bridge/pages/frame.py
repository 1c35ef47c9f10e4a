"""The frame around every page: tabs, services, menus, footer, its policy; and the templates.

A menu leads to what is in the table of pages and to what the line's licence has: nothing else is shown.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from callcontrol.facts import Line
from callcontrol.portal_bridge.pages import texts
from callcontrol.portal_bridge.pages.page import Door, Menu, Page
from callcontrol.portal_bridge.pages.static import StaticFiles, accepts_gzip
from callcontrol.portal_bridge.problems import Problem, document

if TYPE_CHECKING:
    from callcontrol.portal_bridge.pages.visit import Visit

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Scripts and styles are files of ours alone. ``data:`` is for the small pictures in Pico's style sheet, ``blob:`` for
what somebody has just recorded."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers hide where our own forms come from
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_HTMX = json.dumps(
    {
        "includeIndicatorStyles": False,  # it would be a style in the page
        "allowEval": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,  # nothing of a mailbox stays in the browser after the log-out
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)


ZIPPED_FROM = 1024
"""Bytes of a page from which it is sent compressed: a long list becomes a tenth."""


def zipped(answer: web.Response, request: web.Request) -> web.Response:
    """The same, compressed for whoever says that it may be."""
    body = answer.body
    answer.headers["Vary"] = "Accept-Encoding"
    if isinstance(body, bytes) and len(body) >= ZIPPED_FROM and accepts_gzip(request):
        answer.body = gzip.compress(body, 4, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    return answer


class Frame:
    """Renders pages."""

    def __init__(self, app: web.Application, pages: Iterable[Page], static: StaticFiles) -> None:
        self.pages = tuple(pages)
        self._environment = aiohttp_jinja2.setup(
            app,
            loader=jinja2.FileSystemLoader(TEMPLATES),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(static=static.address, htmx_config=_HTMX)

    def respond(self, visit: Visit, template: str, status: int, context: Mapping[str, Any]) -> web.Response:
        """A template as an answer: a whole page where it extends ``base.html``, else a part of one."""
        line = visit.login.line if visit.login else None
        common = {
            "visit": visit,
            "page": visit.page,
            "t": visit.words,
            "language": visit.language,
            "csrf": visit.csrf,
            "line": line,
            "company": visit.company if line else None,
            "menus": self.menus(line if visit.page.door is not Door.UNSETTLED else None, visit.language),
            "badges": defaultdict(
                int, {path: sum(counted.values()) for path, counted in visit.badges.items()}
            ),
        }
        answer = self._answer(template, status, {**common, **context})
        return zipped(answer, visit.request)

    def error(self, problem: Problem, status: int, line: Line | None, language: str) -> web.Response:
        """A problem as a page."""
        words = texts.of_page("error", language)
        title = words(f"title_{status}") if f"title_{status}" in words else words("title")
        context: dict[str, Any] = {
            "page": None, "t": words, "language": language, "csrf": "", "line": line, "company": None, "said": "",
            "menus": self.menus(line, language), "badges": defaultdict(int), "title": title,
            "problem": document(problem, language),
        }  # fmt: skip
        answer = self._answer("error.html", status, context)
        answer.headers.update(
            {name: value for name, value in problem.headers.items() if name != "Content-Type"}
        )
        return answer

    def menus(self, line: Line | None, language: str) -> Mapping[str, list[dict[str, str]]]:
        """What each menu leads to for ``line``: path, icon, label of each page."""
        found: dict[str, list[dict[str, str]]] = {menu.value: [] for menu in Menu}
        for page in self.pages if line is not None else ():
            assert line is not None
            if page.menu is not None and page.shown_to(line):
                words = texts.of_page(page.name, language)
                found[page.menu.value].append(
                    {
                        "path": page.path,
                        "icon": page.icon,
                        "label": words("menu" if "menu" in words else "title"),
                    }
                )
        return found

    def _answer(self, template: str, status: int, context: Mapping[str, Any]) -> web.Response:
        html = self._environment.get_template(template).render(context)
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)
