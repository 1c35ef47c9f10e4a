"""Who asks: log-in by number and password, and the token that follows (spec §10.1); ``guessing`` has the limits.

A token comes in ``Authorization: Bearer`` (RFC 6750) or in the portal's cookie; a change asked for with the cookie must
also show that it comes from one of our own pages, since browsers send cookies along for anybody's. Which line exists
and which does not is never to be learnt here: both cost the same and answer the same. Every try counts as wrong before
it is judged, so that tries sent together cannot overtake a limit.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from callcontrol import numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.errors import NotFound
from callcontrol.facts import Line
from callcontrol.passwords import verified
from callcontrol.portal_bridge.guessing import MOST_LOOKED_AT, WINDOW, is_alarming, seconds, wait
from callcontrol.portal_bridge.language import LINE_KEY
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.texts import TRIES_WAIT
from callcontrol.portal_bridge.turns import LogInTurns
from callcontrol.security_event import source
from callcontrol.store.sessions import Session

log = structlog.get_logger()

COOKIE = "callcontrol_session"
DEVICE_COOKIE = "callcontrol_device"
"""By it a browser that has logged in before is known: it opens nothing, its wrong tries are counted apart."""
DEVICE_LIFETIME = timedelta(days=180)
LIFETIME = timedelta(hours=12)
"""How long a token is good."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is logged in. ``token`` ends the session and is never logged."""

    line: Line
    token: str

    def __repr__(self) -> str:
        return f"Login({numbers.redact(self.line.number)})"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A log-in that was right: the token and cookie of the browser, which are shown this once."""

    token: str
    session: Session
    device: str


async def log_in(
    services: WebServices,
    repositories: Repositories,
    turns: LogInTurns,
    *,
    number: str,
    password: str,
    address: str,
    device: str,
    language: str,
) -> Admitted:
    """Log a line in. ``device`` is the browser's own cookie, "" where there is none.

    Raises Problem: ``wrong-login``; ``too-many-tries`` with Retry-After; those of ``turns``.
    """
    line = services.directory().account(number)
    known = numbers.canonical(number)
    login = line.number if line else numbers.national(known) if known else number
    log_ins, now = repositories.log_ins, services.clock.now()
    place = await log_ins.place(line.number if line else "", source(address), device)
    async with (turns.owners if place.known else turns.strangers).turn(place.address):
        attempt, failures = await log_ins.attempt(
            login, place, now, now - WINDOW, MOST_LOOKED_AT, lambda found: wait(found, place, now) is None
        )
        if attempt is None:
            log.warning("web.login_limited", login=_told(line), address=address)
            raise _too_many(wait(failures, place, now) or WINDOW, language)
        right = await verified(await _password_hash(line, repositories), password)
    if not right or line is None:
        log.info("web.login_failed", login=_told(line), address=address)
        if not place.known and is_alarming(failures):
            company = line.company if line is not None else None
            about = (("address", place.address),)
            services.alarms.ring(
                Alarm(AlarmKind.WRONG_LOG_INS, line.number if line else None, company, about)
            )
        raise Problem("wrong-login")
    if not (device and await log_ins.gave(device)):  # a cookie that is not ours may be known to somebody else
        device = secrets.token_urlsafe(32)
    try:
        await log_ins.succeeded(attempt, line.number, place, device, now)
        token, session = await repositories.sessions.create(line.number, now, LIFETIME)
    except NotFound:  # it was deleted in this very moment
        raise Problem("wrong-login") from None
    return Admitted(token, session, device)


def _too_many(waiting: timedelta, language: str) -> Problem:
    minutes = math.ceil(waiting.total_seconds() / 60)
    told = TRIES_WAIT.get(language, TRIES_WAIT["fr"]).format(minutes=minutes)
    return Problem("too-many-tries", told, headers={"Retry-After": str(seconds(waiting))})


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
    line = services.directory().account(session.line) if session else None
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
