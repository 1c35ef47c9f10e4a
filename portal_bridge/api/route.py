"""One row of the table of routes: everything that serving it and describing it needs, once.

Pure data. The OpenAPI document is made from these rows and nothing else, so that it cannot say what is not served. The
handler's docstring is the operation's text: its first line the summary, the rest the description.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel

if TYPE_CHECKING:
    from callcontrol.portal_bridge.api.asked import Asked

API = "/api/v1"
JSON = "application/json"
LARGEST_BODY = 64 * 1024
"""Bytes of a JSON body, where its row says nothing else. The largest document that is kept (``changes.line_settings``)
fits, spaces and all."""
LARGEST_OF_NOBODY = 2 * 1024
"""Bytes of what somebody sends who is not logged in."""

Handler = Callable[["Asked"], Awaitable[web.StreamResponse]]


class Scope(Enum):
    """Whose a resource is, and who may ask for it."""

    OPEN = "open"
    """Anybody."""
    LOGIN = "login"
    """Whoever is logged in."""
    LINE = "line"
    """A line's: under ``/me`` its own, under ``/lines/{number}`` for an administrator of its company."""
    OWN = "own"
    """A line's own alone; under ``/lines/{number}`` an administrator is refused (spec §13)."""
    ADMINISTRATOR = "administrator"
    """An administrator's."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: ``model`` for JSON, else only ``media_type`` (None: nothing)."""

    status: int = 200
    text: str = "Done."
    model: type[BaseModel] | None = None
    media_type: str | None = JSON
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header name to its meaning."""


NOTHING = Reply(204, "Done.", None, None)


@dataclass(frozen=True, slots=True)
class Body:
    """What a request sends. ``patch``: an RFC 7396 merge patch of ``model``, any part of it. ``largest`` is bytes."""

    model: type[BaseModel]
    example: Any = None
    patch: bool = False
    largest: int = LARGEST_BODY

    @property
    def media_types(self) -> tuple[str, ...]:
        """What ``Content-Type`` may be."""
        return (JSON, "application/merge-patch+json") if self.patch else (JSON,)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a request sends as its body, read by ``upload.received`` alone. ``largest`` is bytes."""

    media_types: tuple[str, ...]
    largest: int
    text: str


@dataclass(frozen=True, slots=True)
class Route:
    """A method of a path. ``path`` is below ``/api/v1``, and for a line's resource below the line."""

    method: str
    path: str
    handler: Handler
    operation: str
    """The operationId: a verb and a noun, ``list_calls``."""
    tag: str
    scope: Scope
    replies: tuple[Reply, ...]
    query: type[BaseModel] | None = None
    body: Body | None = None
    upload: Upload | None = None
    problems: tuple[str, ...] = ()
    """Kinds of ``texts.PROBLEMS`` beyond those that every such route can give."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers that mean something here, and what."""
    asks_phones: bool = False
    """It asks the telephone system, which has calls to carry: at a measured pace only (``pace.py``)."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """A route at one full path. ``as_administrator``: the line is another one than the asker's."""

    path: str
    route: Route
    as_administrator: bool = False

    @property
    def operation(self) -> str:
        """The operationId, unique in the whole document."""
        return f"{self.route.operation}_of_line" if self.as_administrator else self.route.operation

    @property
    def hidden(self) -> bool:
        """Left out of the documentation: it only refuses."""
        return self.as_administrator and self.route.scope is Scope.OWN


def mounted(route: Route) -> tuple[Mounted, ...]:
    """The full paths of a route."""
    match route.scope:
        case Scope.LINE | Scope.OWN:
            return (
                Mounted(f"{API}/me/{route.path}".rstrip("/"), route),
                Mounted(f"{API}/lines/{{number}}/{route.path}".rstrip("/"), route, as_administrator=True),
            )
        case _:
            return (Mounted(f"{API}/{route.path}", route),)


def summary(route: Route) -> tuple[str, str]:
    """The summary and the description of a route, from its handler's docstring."""
    text = (route.handler.__doc__ or "").strip()
    first, _, rest = text.partition("\n\n")
    return " ".join(first.split()), "\n\n".join(" ".join(part.split()) for part in rest.split("\n\n") if part)


PATH_PARAMETERS: Mapping[str, tuple[str, str]] = {
    "number": ("The line's number, in any spelling.", "0222969569"),
    "id": ("The identifier that the list gives.", "019ab5c4-0000-7000-8000-000000000001"),
    "call": ("The call's identifier.", "019ab5c4-0000-7000-8000-000000000002"),
}
"""Each path parameter: its meaning and an example."""
