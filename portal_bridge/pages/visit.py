"""One request of a page, understood: who asks, in which language, with which form; and the answers that a page gives.

Handlers of pages see this and nothing of aiohttp's application. They validate by the functions that the API uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Line
from callcontrol.portal_bridge.auth import Asker, Gate, Login
from callcontrol.portal_bridge.pace import PhonesDoor
from callcontrol.portal_bridge.pages.form import Form
from callcontrol.portal_bridge.pages.frame import Frame
from callcontrol.portal_bridge.pages.kept_form import KeptForm
from callcontrol.portal_bridge.pages.page import Page
from callcontrol.portal_bridge.pages.words import Words
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.store.lines import LineSecrets

SAID = "said"
"""The parameter of an address that names the text with which a page begins after a change (its key, less ``said_``)."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages work with, built once."""

    services: WebServices
    repositories: Repositories
    changes: ChangeServices
    gate: Gate
    phones: PhonesDoor
    frame: Frame
    form_key: str = field(repr=False)
    """What the tokens of forms are signed with (``csrf``)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of a page."""

    request: web.Request
    page: Page
    site: Site
    words: Words
    csrf: str
    login: Login | None = None
    form: Form = field(default_factory=Form)
    badges: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What is counted beside each tab, by its path and kind; for a part of a page nothing is."""
    settled: LineSecrets | None = field(default=None, repr=False)
    """The secrets of who is logged in, on pages that let in only those who have a security e-mail."""
    kept: KeptForm | None = None
    """What the log-in carries of a form whose session had ended."""

    @property
    def language(self) -> str:
        """``fr`` or ``en``."""
        return self.words.language

    @property
    def line(self) -> Line:
        """Who is logged in."""
        assert self.login is not None, "an open page has none"
        return self.login.line

    @property
    def secrets(self) -> LineSecrets:
        """``settled``, on such a page."""
        assert self.settled is not None, "the page is open to others, too"
        return self.settled

    @property
    def directory(self) -> Directory:
        """Who is who, now."""
        return self.site.services.directory()

    @property
    def company(self) -> Company:
        """The company of who is logged in."""
        return self.directory.company(self.line.company)

    @property
    def by(self) -> ChangedBy:
        """What the audit trail keeps of a change made here."""
        return ChangedBy(self.line.number, Where.PORTAL, self.site.services.clock.now())

    @property
    def asker(self) -> Asker:
        """Where a secret is tried from."""
        return Asker.of(self.request)

    @property
    def in_part(self) -> bool:
        """htmx asks for a part of the page."""
        return "HX-Request" in self.request.headers

    def path(self, name: str) -> str:
        """A parameter of the path."""
        return self.request.match_info[name]

    def query(self, name: str) -> str:
        """A parameter of the address."""
        return self.request.query.get(name, "")

    def show(
        self, template: str = "", status: int = 200, errors: Mapping[str, str] | None = None, **context: Any
    ) -> web.Response:
        """The page, in its frame. ``errors`` has a sentence for each wrong field: the status is then 422."""
        said = f"said_{self.query(SAID)}"
        told = self.words(said) if self.query(SAID) and said in self.words else ""
        whole = {"said": told, "errors": errors or {}, **context}
        return self.site.frame.respond(
            self, template or f"{self.page.name}.html", 422 if errors else status, whole
        )

    def part(
        self, template: str, status: int = 200, errors: Mapping[str, str] | None = None, **context: Any
    ) -> web.Response:
        """A part of the page, for htmx: no frame around it."""
        whole = {"errors": errors or {}, **context}
        return self.site.frame.respond(self, template, 422 if errors else status, whole)

    def go(self, path: str, said: str = "", **query: str) -> web.Response:
        """Lead the browser to another page, or back to this one, after a change (303, so that reloading does nothing
        twice); it begins with the text ``said_…``."""
        asked = urlencode({**query, **({SAID: said} if said else {})}, quote_via=quote)
        address = f"{path}?{asked}" if asked else path
        if self.in_part:
            return web.Response(status=204, headers={"HX-Redirect": address})
        return web.Response(status=303, headers={"Location": address})
