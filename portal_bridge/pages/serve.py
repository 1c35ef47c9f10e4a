"""Puts the table of pages into an application: who asks, from which page, then the handler. The only place where access
to pages is decided: a handler is never reached by somebody who may not, nor by a form that we did not show.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from callcontrol.portal_bridge import auth
from callcontrol.portal_bridge.auth import Login
from callcontrol.portal_bridge.json_body import keepable
from callcontrol.portal_bridge.language import LINE_KEY, of_request
from callcontrol.portal_bridge.pages import csrf, form, kept_form, texts
from callcontrol.portal_bridge.pages.form import Form
from callcontrol.portal_bridge.pages.kept_form import KeptForm
from callcontrol.portal_bridge.pages.page import Door, Handler, Page
from callcontrol.portal_bridge.pages.visit import Site, Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.store.lines import LineSecrets

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
        self._key = site.form_key
        self._log_in = next(page for page in self._pages if page.path == LOG_IN)

    def add(self, app: web.Application) -> None:
        """Add every path and method of every page."""
        for page in self._pages:
            for behind, part in {"": page.show, **page.parts}.items():
                app.router.add_get(f"{page.path}{behind}", self._served(page, part))
            for behind, act in {**page.acts, **page.looks}.items():
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
        settled = await self._settled(page, login)
        elsewhere = await self._sent_elsewhere(page, login, settled, request)
        if elsewhere is not None:
            return elsewhere
        if login is not None and not page.shown_to(login.line):
            raise Problem("not-in-licence")
        visit = replace(await self._visit(page, request, login), settled=settled)
        if request.method == "POST":
            visit = replace(visit, form=await _form(page.largest, request))
            if not csrf.is_right(self._key, self._holder(login, request), _token(visit.form, request)):
                return self._stale(visit)
        return self._with_cookie(visit, await handler(visit))

    async def _visit(self, page: Page, request: web.Request, login: Login | None) -> Visit:
        holder = self._holder(login, request)
        if not holder:
            holder = request[FRESH_KEY] = secrets.token_urlsafe(32)
        words = texts.of_page(page.name, of_request(request))
        token = csrf.shown(csrf.token(self._key, holder, login.line.number if login else ""))
        badges = await self._badges(login, request)
        return Visit(request, page, self._site, words, token, login, badges=badges)

    def _holder(self, login: Login | None, request: web.Request) -> str:
        return login.token if login else request.cookies.get(FORM_COOKIE, "")[:LONGEST_COOKIE]

    def _with_cookie(self, visit: Visit, answer: web.StreamResponse) -> web.StreamResponse:
        fresh = visit.request.get(FRESH_KEY)
        if fresh and isinstance(answer, web.Response):
            answer.set_cookie(FORM_COOKIE, fresh, httponly=True, samesite="Lax", secure=self._secure)
        return answer

    def _stale(self, visit: Visit) -> web.StreamResponse:
        """A form that was not shown in this session changes nothing. One that this line was shown in another session
        may be sent again. Raises Problem ``stale-form`` for any other."""
        page, token = visit.page, _token(visit.form, visit.request)
        log.warning("web.form_refused", page=page.name)
        if visit.login is None or not csrf.was_shown_to(self._key, visit.line.number, token):
            raise Problem("stale-form")
        if _only_looks(page, visit.request):
            return web.Response(status=204)
        kept = kept_form.of_sent(visit.form, visit.request.path, page.path, token) if page.keeps else None
        if kept is None:
            raise Problem("stale-form")
        return in_place(visit, visit.show("kept_form.html", 403, kept=kept))

    async def _login(self, request: web.Request) -> Login | None:
        token = request.cookies.get(auth.COOKIE, "")
        login = await auth.logged_in(token, self._site.services, self._site.repositories) if token else None
        if login is not None:
            request[LINE_KEY] = login.line
        return login

    async def _settled(self, page: Page, login: Login | None) -> LineSecrets | None:
        if page.door is not Door.SETTLED or login is None:
            return None
        return await self._site.repositories.lines.secrets(login.line.number)

    async def _sent_elsewhere(
        self, page: Page, login: Login | None, own: LineSecrets | None, request: web.Request
    ) -> web.StreamResponse | None:
        """Where to go first: to the log-in, or to the security e-mail that every account must have (spec §10.1)."""
        if page.door is Door.OPEN:
            return None
        if login is None:
            return await self._to_log_in(page, request)
        if own is not None and not own.email:
            return _leading(request, FIRST_LOG_IN)
        return None

    async def _to_log_in(self, page: Page, request: web.Request) -> web.StreamResponse:
        """Nobody is logged in: what was typed stays in the page, or goes through the log-in with its owner."""
        in_part = "HX-Request" in request.headers
        if request.method == "POST" and page.keeps and not _only_looks(page, request):
            kept = await _typed(page, request)
            if kept is not None:
                visit = replace(await self._visit(self._log_in, request, None), kept=kept)
                return self._with_cookie(visit, in_place(visit, await self._log_in.show(visit)))
        elif in_part:
            return web.Response(status=204, headers={"HX-Trigger": ENDED})
        asked = request.path_qs if request.method == "GET" else page.path
        return _leading(request, LOG_IN if asked == "/" else f"{LOG_IN}?next={quote(asked, safe='/')}")

    async def _badges(self, login: Login | None, request: web.Request) -> dict[str, Mapping[str, int]]:
        """Nothing is counted for a part of a page, which has no tabs."""
        if login is None or "HX-Request" in request.headers:
            return {}
        counted = [page for page in self._pages if page.badge is not None and page.shown_to(login.line)]
        return {page.path: await page.badge(self._site, login.line) for page in counted if page.badge}

    @property
    def _secure(self) -> bool:
        return self._site.services.config.web.public_url.startswith("https://")


PAGE_KEY = web.RequestKey("page", Page)
"""The page that a request is for: its errors are pages, too."""
FRESH_KEY = web.RequestKey("fresh", str)
"""The cookie that a browser is given for its forms."""
ENDED = "session-ended"
"""What the page that is open is told: its script says so, and leaves what was typed where it is."""


def _leading(request: web.Request, address: str) -> web.Response:
    if "HX-Request" in request.headers:
        return web.Response(status=204, headers={"HX-Redirect": address})
    return web.Response(status=303, headers={"Location": address})


def in_place(visit: Visit, answer: web.StreamResponse) -> web.StreamResponse:
    """A whole page in place of the one that is open, where htmx had asked for a part of it."""
    if visit.in_part:
        answer.set_status(200)
        answer.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML show:window:top"})
    return answer


def _only_looks(page: Page, request: web.Request) -> bool:
    return request.path.removeprefix(page.path) in page.looks


async def _typed(page: Page, request: web.Request) -> KeptForm | None:
    """A form whose session is over; None where there is nothing to be kept, or more than is carried."""
    try:
        given = await _form(kept_form.LARGEST, request)
    except Problem:
        return None
    return kept_form.of_sent(given, request.path, page.path, _token(given, request))


async def _form(largest: int, request: web.Request) -> Form:
    """Raises Problem ``cross-site``, and those of ``form.read``."""
    if not _from_here(request):
        raise Problem("cross-site")
    return await form.read(request, largest)


def _token(given: Form, request: web.Request) -> str:
    return request.headers.get(csrf.HEADER) or given.text(csrf.FIELD)


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
