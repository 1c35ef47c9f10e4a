"""Who asks: log-in by number and password, the token that follows, and the limits on guessing (spec §10.1).

A token comes in ``Authorization: Bearer`` (RFC 6750) or in the portal's cookie; a change asked for with the cookie must
also show that it comes from one of our own pages, since browsers send cookies along for anybody's. Which line exists
and which does not is never to be learnt here: both cost the same and answer the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from callcontrol import numbers
from callcontrol.errors import NotFound
from callcontrol.facts import Line
from callcontrol.passwords import verified
from callcontrol.portal_bridge.language import LINE_KEY
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.turns import Turns
from callcontrol.store.sessions import Session

log = structlog.get_logger()

COOKIE = "callcontrol_session"
LIFETIME = timedelta(hours=12)
"""How long a token is good."""
WINDOW = timedelta(minutes=15)
"""Failed tries are counted over this time."""
TRIES_OF_LINE = 10
"""Failed tries of one line in the window, from wherever, since its last success."""
TRIES_OF_ADDRESS = 50
"""Failed tries from one address in the window: a whole company may sit behind one."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is logged in. ``token`` ends the session and is never logged."""

    line: Line
    token: str

    def __repr__(self) -> str:
        return f"Login({numbers.redact(self.line.number)})"


async def log_in(
    services: WebServices,
    repositories: Repositories,
    turns: Turns,
    *,
    number: str,
    password: str,
    address: str,
) -> tuple[str, Session]:
    """A token and its session. Raises Problem: ``wrong-login``, or ``too-many-tries`` with Retry-After."""
    line = services.directory().line(number)
    known = numbers.canonical(number)
    login = line.number if line else numbers.national(known) if known else number
    sessions = repositories.sessions
    async with turns.turn():
        now = services.clock.now()
        failures = await sessions.failures(login, address, now - WINDOW)
        if failures.login >= TRIES_OF_LINE or failures.address >= TRIES_OF_ADDRESS:
            log.warning("web.login_limited", login=_told(line), address=address)
            raise Problem("too-many-tries", headers={"Retry-After": str(int(WINDOW.total_seconds()))})
        right = await verified(await _password_hash(line, repositories), password)
        await sessions.note_attempt(login, address, now, succeeded=right)
    if not right or line is None:
        log.info("web.login_failed", login=_told(line), address=address)
        raise Problem("wrong-login")
    try:
        return await sessions.create(line.number, now, LIFETIME)
    except NotFound:  # it was deleted in this very moment
        raise Problem("wrong-login") from None


def _told(line: Line | None) -> str:
    """What was typed is not logged: a password is easily typed into the wrong field."""
    return numbers.redact(line.number) if line else "unknown"


async def _password_hash(line: Line | None, repositories: Repositories) -> str | None:
    """None for a line that does not exist or has no password: checked all the same, in the same time."""
    try:
        return (await repositories.lines.secrets(line.number if line else "")).portal_password_hash
    except NotFound:
        return None


async def who_asks(request: web.Request, services: WebServices, repositories: Repositories) -> Login:
    """The line that is logged in. Raises Problem ``not-logged-in``, or ``cross-site``."""
    token, from_cookie = _token(request)
    if from_cookie and request.method not in _SAFE and not _from_our_page(request):
        raise Problem("cross-site")
    session = await repositories.sessions.find(token, services.clock.now())
    line = services.directory().line(session.line) if session else None
    if line is None:
        raise _not_logged_in()
    request[LINE_KEY] = line
    return Login(line, token)


def _token(request: web.Request) -> tuple[str, bool]:
    """The token, and whether it came in the cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _not_logged_in()
        return token.strip(), False
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise _not_logged_in()
    return token, True


def _from_our_page(request: web.Request) -> bool:
    """A custom header needs our own script or a permission (CORS) that we never give; ``Origin`` is the browser's own
    word. Either will do."""
    if "X-Requested-With" in request.headers:
        return True
    try:
        origin = urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc == request.host


def _not_logged_in() -> Problem:
    return Problem("not-logged-in", headers={"WWW-Authenticate": 'Bearer realm="callcontrol"'})
