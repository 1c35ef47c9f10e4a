"""One row of the table of pages: everything that serving it and leading to it needs, once. Pure data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from aiohttp import web

from callcontrol.facts import Licence, Line

if TYPE_CHECKING:
    from callcontrol.portal_bridge.pages.visit import Site, Visit

Handler = Callable[["Visit"], Awaitable[web.StreamResponse]]


class Menu(Enum):
    """Where the frame leads to a page from. What is not in the table is led to from nowhere: no dead links."""

    TAB = "tab"
    SERVICE = "service"
    """*Vos Services*."""
    COMMUNICATE = "communicate"
    PERSONAL = "personal"
    SECURITY = "security"
    SUPPORT = "support"


class Door(Enum):
    """Who is let in."""

    OPEN = "open"
    """Anybody."""
    UNSETTLED = "unsettled"
    """Whoever is logged in, a security e-mail or not (spec §10.1)."""
    SETTLED = "settled"
    """Whoever is logged in and has a security e-mail: every page but those of the log-in."""


def anybody(_: Line) -> bool:
    """Whatever the licence."""
    return True


def with_calls(line: Line) -> bool:
    """Every line and group but a fax licence, which has no call settings (spec §1)."""
    return line.licence is not Licence.FAX


@dataclass(frozen=True, slots=True)
class Page:
    """``name``: its words are ``words/NAME.py``, its template ``templates/NAME.html`` unless it says another one."""

    path: str
    name: str
    show: Handler
    acts: Mapping[str, Handler] = field(default_factory=dict)
    """POST, each by its path behind the page's own: ``""``, ``"/{id}/delete"``."""
    parts: Mapping[str, Handler] = field(default_factory=dict)
    """GET of what htmx puts into the page, in the same way."""
    looks: Mapping[str, Handler] = field(default_factory=dict)
    """POST that only looks at what is typed so far, for htmx: nothing is kept."""
    menu: Menu | None = None
    icon: str = ""
    """A macro of ``templates/icons.html``, for tabs and services."""
    door: Door = Door.SETTLED
    shown_to: Callable[[Line], bool] = anybody
    """Which lines' licences have it: others are not led to it, and are told so there (403)."""
    badge: Callable[[Site, Line], Awaitable[Mapping[str, int]]] | None = None
    """What is counted beside its tab, on every page: the sum of what is new, by its kind."""
    largest: int = 64 * 1024
    """Bytes of a form."""
    keeps: bool = True
    """Whether what is typed here outlives the end of its session (``kept_form``): no secret does."""
