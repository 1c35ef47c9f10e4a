"""Who asks: log-in by number and password, and the token that follows (spec §10.1); ``guessing`` has the limits.

A token comes in ``Authorization: Bearer`` (RFC 6750) or in the portal's cookie; a change asked for with the cookie must
also show that it comes from one of our own pages, since browsers send cookies along for anybody's. Which line exists
and which does not is never to be learnt here: both cost the same and answer the same. Every try counts as wrong before
it is judged, so that tries sent together cannot overtake a limit.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from callcontrol import numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.errors import NotFound
from callcontrol.facts import Line
from callcontrol.passwords import verified
from callcontrol.portal_bridge.address import remote
from callcontrol.portal_bridge.guessing import MOST_LOOKED_AT, WINDOW, is_alarming, seconds, wait
from callcontrol.portal_bridge.language import LINE_KEY, of_request
from callcontrol.portal_bridge.pace import Pace
from callcontrol.portal_bridge.problems import Problem
from callcontrol.portal_bridge.services import Repositories, WebServices
from callcontrol.portal_bridge.texts import TRIES_WAIT
from callcontrol.portal_bridge.turns import LogInTurns
from callcontrol.security_event import source
from callcontrol.store.lines import LineSecrets
from callcontrol.store.log_ins import Place
from callcontrol.store.sessions import Origin, Session

log = structlog.get_logger()

COOKIE = "callcontrol_session"
DEVICE_COOKIE = "callcontrol_device"
"""By it a browser that has logged in before is known: it opens nothing, its wrong tries are counted apart."""
DEVICE_LIFETIME = timedelta(days=180)
LIFETIME = timedelta(hours=12)
"""How long a token is good."""
REMEMBERED = timedelta(days=30)
"""How long, where the browser shall be remembered."""
LONGEST_COOKIE, LONGEST_BROWSER = 100, 300
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


@dataclass(frozen=True, slots=True)
class Gate:
    """What every proof of a secret works with; one for the pages and the API, so that both count the same tries."""

    services: WebServices
    repositories: Repositories
    turns: LogInTurns
    reset_pace: Pace = field(default_factory=lambda: Pace(most=10, seconds=900.0))
    """Of lost passwords that are asked for from one address."""
    feedback_pace: Pace = field(default_factory=lambda: Pace(most=5, seconds=600.0))
    """Of what one line writes to the support."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a secret is tried from: the client's address, the browser's own cookie ("" where there is none) and what it
    calls itself; in which language it is answered."""

    address: str
    device: str
    browser: str
    language: str

    @classmethod
    def of(cls, request: web.Request) -> Asker:
        """Who sent ``request``."""
        return cls(
            remote(request),
            request.cookies.get(DEVICE_COOKIE, "")[:LONGEST_COOKIE],
            request.headers.get("User-Agent", "")[:LONGEST_BROWSER],
            of_request(request),
        )


@dataclass(frozen=True, slots=True)
class _Right:
    """A try that was right."""

    line: Line
    attempt: int
    place: Place
    now: datetime


async def log_in(gate: Gate, asker: Asker, *, number: str, password: str, remember: bool = False) -> Admitted:
    """Log a line in, for ``LIFETIME``, or for ``REMEMBERED``.

    Raises Problem: ``wrong-login``; ``too-many-tries`` with Retry-After; those of ``turns``.
    """
    right = await _tried(gate, asker, number, password, _PASSWORD)
    repositories, device = gate.repositories, asker.device
    if not (device and await repositories.log_ins.gave(device)):
        device = secrets.token_urlsafe(32)  # a cookie that is not ours may be known to somebody else
    origin = Origin(asker.browser, source(asker.address), remember)
    try:
        await repositories.log_ins.succeeded(right.attempt, right.line.number, right.place, device, right.now)
        lifetime = REMEMBERED if remember else LIFETIME
        token, session = await repositories.sessions.create(right.line.number, right.now, lifetime, origin)
    except NotFound:  # it was deleted in this very moment
        raise Problem("wrong-login") from None
    return Admitted(token, session, device)


async def proves(gate: Gate, asker: Asker, line: Line, *, password: str = "", pin: str = "") -> bool:
    """Whether this is the password of ``line`` (or its PIN, where that is given), asked before something that only its
    owner may: tries count as those of a log-in do. Raises Problem: ``too-many-tries``; those of ``turns``."""
    try:
        right = await _tried(gate, asker, line.number, pin or password, _PIN if pin else _PASSWORD)
    except Problem as problem:
        if problem.kind == "wrong-login":
            return False
        raise
    device = asker.device or secrets.token_urlsafe(32)
    with suppress(NotFound):
        await gate.repositories.log_ins.succeeded(right.attempt, line.number, right.place, device, right.now)
    return True


_PASSWORD, _PIN = attrgetter("portal_password_hash"), attrgetter("pin_hash")


async def _tried(
    gate: Gate, asker: Asker, number: str, secret: str, digest_of: Callable[[LineSecrets], str | None]
) -> _Right:
    services, repositories, turns = gate.services, gate.repositories, gate.turns
    line = services.directory().account(number)
    known = numbers.canonical(number)
    login = line.number if line else numbers.national(known) if known else number
    log_ins, now, language = repositories.log_ins, services.clock.now(), asker.language
    address = asker.address
    place = await log_ins.place(line.number if line else "", source(address), asker.device)
    async with (turns.owners if place.known else turns.strangers).turn(place.address):
        attempt, failures = await log_ins.attempt(
            login, place, now, now - WINDOW, MOST_LOOKED_AT, lambda found: wait(found, place, now) is None
        )
        if attempt is None:
            log.warning("web.login_limited", login=_told(line), address=address)
            raise _too_many(wait(failures, place, now) or WINDOW, language)
        right = await verified(await _digest(line, repositories, digest_of), secret)
    if right and secret in services.refused_secrets:
        log.error("alarm.public_passwords", login=_told(line))
        right = False
    if not right or line is None:
        log.info("web.login_failed", login=_told(line), address=address)
        if not place.known and is_alarming(failures):
            company = line.company if line is not None else None
            about = (("address", place.address),)
            services.alarms.ring(
                Alarm(AlarmKind.WRONG_LOG_INS, line.number if line else None, company, about)
            )
        raise Problem("wrong-login")
    return _Right(line, attempt, place, now)


def set_device_cookie(answer: web.Response, device: str, public_url: str) -> None:
    """By it the browser is known at its next log-in."""
    _set(answer, DEVICE_COOKIE, device, DEVICE_LIFETIME, public_url)


def set_session_cookie(answer: web.Response, admitted: Admitted, *, remember: bool, public_url: str) -> None:
    """The session is the browser's, until it is closed unless it shall be remembered. No script reads it."""
    _set(answer, COOKIE, admitted.token, REMEMBERED if remember else None, public_url)


def _set(answer: web.Response, name: str, value: str, lifetime: timedelta | None, public_url: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()) if lifetime else None,
        httponly=True,
        samesite="Lax",
        secure=public_url.startswith("https://"),
    )


def _too_many(waiting: timedelta, language: str) -> Problem:
    minutes = math.ceil(waiting.total_seconds() / 60)
    told = TRIES_WAIT.get(language, TRIES_WAIT["fr"]).format(minutes=minutes)
    return Problem("too-many-tries", told, headers={"Retry-After": str(seconds(waiting))})


def _told(line: Line | None) -> str:
    """What was typed is not logged: a password is easily typed into the wrong field."""
    return numbers.redact(line.number) if line else "unknown"


async def _digest(
    line: Line | None, repositories: Repositories, digest_of: Callable[[LineSecrets], str | None]
) -> str | None:
    """None for a line that does not exist or has no such secret: checked all the same, in the same time."""
    try:
        return digest_of(await repositories.lines.secrets(line.number if line else ""))
    except NotFound:
        return None


async def who_asks(request: web.Request, services: WebServices, repositories: Repositories) -> Login:
    """The line that is logged in. Raises Problem ``not-logged-in``, or ``cross-site``."""
    token, from_cookie = _token(request)
    if from_cookie and request.method not in _SAFE and not _from_our_page(request):
        raise Problem("cross-site")
    login = await logged_in(token, services, repositories)
    if login is None:
        raise _not_logged_in()
    request[LINE_KEY] = login.line
    return login


async def logged_in(token: str, services: WebServices, repositories: Repositories) -> Login | None:
    """Whose session a token is; None: nobody's any more."""
    session = await repositories.sessions.find(token, services.clock.now())
    line = services.directory().account(session.line) if session else None
    return Login(line, token) if line is not None else None


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
