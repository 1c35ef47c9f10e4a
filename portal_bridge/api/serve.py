"""Puts the table of routes into an application: who asks, whose resource it is, then the handler.

The only place where access is decided; a handler is never reached by somebody who may not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

from aiohttp import web

from callcontrol.changes.services import ChangeServices
from callcontrol.facts import Line
from callcontrol.portal_bridge.api.asked import Asked
from callcontrol.portal_bridge.api.route import Mounted, Scope
from callcontrol.portal_bridge.auth import Gate, Login, who_asks
from callcontrol.portal_bridge.json_body import keepable
from callcontrol.portal_bridge.language import of_request
from callcontrol.portal_bridge.pace import PhonesDoor
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.turns import Turns

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LONGEST_PARAMETER = 150
"""Characters of a path parameter; ids are shorter."""


@dataclass(frozen=True, slots=True)
class Server:
    """Serves rows of the table."""

    services: WebServices
    repositories: Repositories
    changes: ChangeServices
    gate: Gate
    phones: PhonesDoor
    sound_turns: Turns = field(default_factory=lambda: Turns(at_once=1, most_waiting=20))

    def add(self, app: web.Application, rows: Iterable[Mounted]) -> None:
        """Add each row's path and method."""
        rows = tuple(rows)
        paths = {row.path for row in rows}
        for row in rows:
            path, handler = _matching(row.path, paths), self._handler(row)
            app.router.add_route(row.route.method, path, handler)
            if row.route.method == "GET":
                app.router.add_route("HEAD", path, handler)  # RFC 9110 §9.3.2

    def _handler(self, row: Mounted) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(row, request)

        return handle

    async def _serve(self, row: Mounted, request: web.Request) -> web.StreamResponse:
        login, subject = None, None
        if row.route.scope is not Scope.OPEN:
            login = await who_asks(request, self.services, self.repositories)
        for value in request.match_info.values():
            if len(value) > LONGEST_PARAMETER or not keepable(value):
                raise Problem("not-found")
        if login is not None:
            subject = self._subject(row, login, request)
        if row.route.query is None and request.query_string:
            raise Problem("bad-parameter")
        asked = Asked(
            request,
            row.route,
            self.services,
            self.repositories,
            self.changes,
            self.gate,
            of_request(request),
            self.sound_turns,
            login,
            subject,
            masked=row.as_administrator,
        )
        if not row.route.asks_phones:
            return await row.route.handler(asked)
        async with self.phones.passed(asked.asker.number):
            return await row.route.handler(asked)

    def _subject(self, row: Mounted, login: Login, request: web.Request) -> Line | None:
        scope = row.route.scope
        if (row.as_administrator or scope is Scope.ADMINISTRATOR) and not login.line.administrator:
            raise Problem("administrators-only")
        if not row.as_administrator:
            return login.line
        line = self.services.directory().account(request.match_info["number"])
        if line is None or line.company != login.line.company:
            raise Problem("not-found")  # one of another company does not exist for this administrator
        if scope is Scope.OWN:
            raise Problem("private")
        return line


def _matching(path: str, paths: Collection[str]) -> str:
    """The pattern of a path: an identifier in it is none of the words that other paths have in its place, so that
    ``Allow`` names what is possible there and nothing else."""
    before, found, behind = path.partition("/{id}")
    words = {
        other.removeprefix(f"{before}/").partition("/")[0]
        for other in paths
        if other.startswith(f"{before}/")
    } - {"{id}"}
    if not found or not words:
        return path
    return f"{before}/{{id:(?!(?:{'|'.join(sorted(words))})(?:/|$))[^{{}}/]+}}{behind}"
