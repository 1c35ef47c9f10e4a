"""Puts the table of pages into an application: who asks, from which page, then the handler. The only place where access
to pages is decided: a handler is never reached by somebody who may not, nor by a form that we did not show.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from callcontrol.portal_bridge import auth
from callcontrol.portal_bridge.auth import Login
from callcontrol.portal_bridge.json_body import keepable
from callcontrol.portal_bridge.language import LINE_KEY, of_request
from callcontrol.portal_bridge.pages import csrf, form, texts
from callcontrol.portal_bridge.pages.form import Form
from callcontrol.portal_bridge.pages.page import Door, Handler, Page
from callcontrol.portal_bridge.pages.visit import Site, Visit
from callcontrol.portal_bridge.problems import Problem

log = structlog.get_logger()

LOG_IN = "/login"
FIRST_LOG_IN = "/welcome"
FORM_COOKIE = "callcontrol_form"
"""Who is not logged in yet sends forms under this cookie: it opens nothing."""
LONGEST_COOKIE = 100
LONGEST_PARAMETER = 150

Served = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """Serves the rows of the table."""

    def __init__(self, site: Site, pages: Iterable[Page]) -> None:
        self._site, self._pages = site, tuple(pages)
        self._key = site.services.config.link_key or secrets.token_hex(32)

    def add(self, app: web.Application) -> None:
        """Add every path and method of every page."""
        for page in self._pages:
            for behind, part in {"": page.show, **page.parts}.items():
                app.router.add_get(f"{page.path}{behind}", self._served(page, part))
            for behind, act in page.acts.items():
                app.router.add_post(f"{page.path}{behind}", self._served(page, act))

    def _served(self, page: Page, handler: Handler) -> Served:
        async def serve(request: web.Request) -> web.StreamResponse:
            request[PAGE_KEY] = page
            return await self._serve(page, handler, request)

        return serve

    async def _serve(self, page: Page, handler: Handler, request: web.Request) -> web.StreamResponse:
        for value in request.match_info.values():
            if len(value) > LONGEST_PARAMETER or not keepable(value):
                raise Problem("not-found")
        login = await self._login(request)
        elsewhere = await self._sent_elsewhere(page, login, request)
        if elsewhere is not None:
            return elsewhere
        if login is not None and not page.shown_to(login.line):
            raise Problem("not-in-licence")
        holder = login.token if login else request.cookies.get(FORM_COOKIE, "")[:LONGEST_COOKIE]
        given = await self._form(page, request, holder) if request.method == "POST" else Form()
        fresh = "" if holder else secrets.token_urlsafe(32)
        words = texts.of_page(page.name, of_request(request))
        token = csrf.shown(csrf.token(self._key, holder or fresh))
        badges = await self._badges(login, request)
        answer = await handler(Visit(request, page, self._site, words, token, login, given, badges))
        if fresh and isinstance(answer, web.Response):
            answer.set_cookie(FORM_COOKIE, fresh, httponly=True, samesite="Lax", secure=self._secure)
        return answer

    async def _login(self, request: web.Request) -> Login | None:
        token = request.cookies.get(auth.COOKIE, "")
        login = await auth.logged_in(token, self._site.services, self._site.repositories) if token else None
        if login is not None:
            request[LINE_KEY] = login.line
        return login

    async def _sent_elsewhere(
        self, page: Page, login: Login | None, request: web.Request
    ) -> web.Response | None:
        """Where to go first: to the log-in, or to the security e-mail that every account must have (spec §10.1)."""
        if page.door is Door.OPEN:
            return None
        if login is None:
            asked = (
                request.path_qs
                if request.method == "GET" and "HX-Request" not in request.headers
                else page.path
            )
            return _leading(request, LOG_IN if asked == "/" else f"{LOG_IN}?next={quote(asked, safe='/')}")
        if page.door is Door.SETTLED and await self._has_no_email(login):
            return _leading(request, FIRST_LOG_IN)
        return None

    async def _badges(self, login: Login | None, request: web.Request) -> dict[str, int]:
        """Nothing is counted for a part of a page, which has no tabs."""
        if login is None or "HX-Request" in request.headers:
            return {}
        counted = [page for page in self._pages if page.badge is not None and page.shown_to(login.line)]
        return {page.path: await page.badge(self._site, login.line) for page in counted if page.badge}

    async def _has_no_email(self, login: Login) -> bool:
        return not (await self._site.repositories.lines.secrets(login.line.number)).email

    async def _form(self, page: Page, request: web.Request, holder: str) -> Form:
        """The form, if it is one that we showed to ``holder``. Raises Problem ``cross-site`` or ``stale-form``."""
        if not _from_here(request):
            raise Problem("cross-site")
        given = await form.read(request, page.largest)
        token = request.headers.get(csrf.HEADER) or given.text(csrf.FIELD)
        if not csrf.is_right(self._key, holder, token):
            log.warning("web.form_refused", page=page.name)
            raise Problem("stale-form")
        return given

    @property
    def _secure(self) -> bool:
        return self._site.services.config.web.public_url.startswith("https://")


PAGE_KEY = web.RequestKey("page", Page)
"""The page that a request is for: its errors are pages, too."""


def _leading(request: web.Request, address: str) -> web.Response:
    if "HX-Request" in request.headers:
        return web.Response(status=204, headers={"HX-Redirect": address})
    return web.Response(status=303, headers={"Location": address})


def _from_here(request: web.Request) -> bool:
    """What the browser itself says of where a form comes from (Fetch Metadata, ``Origin``); silence is no lie: the
    token is looked at in any case."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def own_path(address: str, otherwise: str = "/") -> str:
    """``address`` if it is a path here and nothing that a browser would read as another site, else ``otherwise``."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) < 500
    ours = address.startswith("/") and not address.startswith("//") and not parts.netloc and not parts.scheme
    return address if plain and ours else otherwise
