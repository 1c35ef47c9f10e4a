"""One request, understood: who asks, about which line, in which language, with which query and body.

Handlers see this and nothing of aiohttp's application. A handler must ask for the query and the body that its row of
the table declares: the first test of any other would fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Line
from callcontrol.portal_bridge.api.route import Route
from callcontrol.portal_bridge.auth import Asker, Gate, Login
from callcontrol.portal_bridge.json_body import keepable, read_json
from callcontrol.portal_bridge.problems import Problem, from_mistakes, wrong_field
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.turns import Turns
from callcontrol.sentences.table import mistakes, sentence

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the API."""

    request: web.Request
    route: Route
    services: WebServices
    repositories: Repositories
    changes: ChangeServices
    gate: Gate
    language: str
    sound_turns: Turns = field(default_factory=Turns)
    """Before work on sound, which is heavy: few at once."""
    login: Login | None = None
    subject: Line | None = None
    masked: bool = False
    """An administrator asks about another line: peers' last four digits are masked (spec §13)."""

    @property
    def line(self) -> Line:
        """The line that the resource belongs to."""
        assert self.subject is not None, "only routes of a line have one"
        return self.subject

    @property
    def asker(self) -> Line:
        """The line that is logged in."""
        assert self.login is not None, "only routes with a log-in have one"
        return self.login.line

    @property
    def from_where(self) -> Asker:
        """Where a secret is tried from."""
        return Asker.of(self.request)

    @property
    def directory(self) -> Directory:
        """Who is who, now."""
        return self.services.directory()

    @property
    def company(self) -> Company:
        """The company of the line."""
        return self.directory.company(self.line.company)

    @property
    def by(self) -> ChangedBy:
        """What the audit trail keeps of a change made here."""
        return ChangedBy(self.asker.number, Where.API, self.services.clock.now())

    def path(self, name: str) -> str:
        """A parameter of the path."""
        return self.request.match_info[name]

    def query(self, model: type[M]) -> M:
        """The query string. Raises Problem ``bad-parameter``."""
        assert model is self.route.query
        given = self.request.query
        errors = []
        values: dict[str, str] = {}
        for name, value in given.items():
            if name in values:
                errors.append(wrong_field(name[:100], sentence("object_twice", self.language)).errors[0])
            elif not (keepable(name) and keepable(value)):
                errors.append(
                    wrong_field(name[:100], sentence("character_impossible", self.language)).errors[0]
                )
            values[name] = value
        if errors:
            raise Problem("bad-parameter", errors=tuple(errors))
        return self._valid(model, values, "bad-parameter")

    async def body(self, model: type[M]) -> M:
        """The body. Raises Problem: ``malformed``, ``unsupported-media-type``, ``too-large``, ``too-slow``, or
        ``invalid``."""
        return self._valid(model, await self.raw_body(model), "invalid")

    async def raw_body(self, model: type[BaseModel]) -> object:
        """The decoded body, its meaning not yet looked at."""
        declared = self.route.body
        assert declared is not None
        assert declared.model is model
        return await read_json(self.request, self.language, declared.media_types, declared.largest)

    def wrong(self, field: str, code: str, kind: str = "invalid") -> Problem:
        """The problem of one wrong field, by the code of its sentence."""
        return wrong_field(field, sentence(code, self.language), kind)

    def not_found(self) -> Problem:
        """The problem of what does not exist, or is not the asker's to see."""
        return Problem("not-found")

    def _valid(self, model: type[M], raw: object, kind: str) -> M:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            raise from_mistakes(mistakes(error, self.language), kind) from None


def reply(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """The answer that a model is, as JSON."""
    return web.Response(
        status=status,
        body=model.model_dump_json().encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def nothing() -> web.Response:
    """Done, and nothing to say."""
    return web.Response(status=204)
