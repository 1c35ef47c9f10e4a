"""Around every request: each error becomes a problem, each answer gets its security headers, each request one log line.

The log has the route's template, never the path or the query, which hold phone numbers (spec §13); an unexpected error
has an id that the user is told and the log finds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from callcontrol import numbers
from callcontrol.errors import (
    NO_ROOM,
    CallSideDown,
    ChannelGone,
    Duplicate,
    NotFound,
    NotInForce,
    NotPossible,
    Overtaken,
    PhoneSystemDown,
    PhoneSystemRefused,
    SettingsInvalid,
    StoreDown,
    VersionConflict,
)
from callcontrol.ids import uuid7
from callcontrol.portal_bridge.body import ClientGone
from callcontrol.portal_bridge.language import LINE_KEY
from callcontrol.portal_bridge.metrics import WebMetrics
from callcontrol.portal_bridge.problems import Problem, from_mistakes
from callcontrol.portal_bridge.security_headers import add_to
from callcontrol.store.page import BadCursor

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNMATCHED = "(no route)"
RETRY_AFTER = "5"
"""Seconds after which a part that is down is worth another try."""
NOT_NOW = (CallSideDown, NotInForce, Overtaken, StoreDown, PhoneSystemDown, PhoneSystemRefused, ChannelGone)
"""A part is down."""
_NOT_NOW: Mapping[type[Exception], str] = {CallSideDown: "calls-away", NotInForce: "not-in-force"}
"""Where there is more to say than ``unavailable``."""
_OF_STATUS = {
    400: "malformed",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    415: "unsupported-media-type",
    416: "range",
}


Responder = Callable[[Problem, web.Request], web.Response]
"""A problem in the form in which this request is answered."""


def problems(metrics: WebMetrics, respond: Responder) -> Middleware:
    """The one middleware; the outermost."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        status = 499  # the client went away: nobody sees an answer
        try:
            response = await _answer(request, handler, respond)
            status = response.status
            return response
        finally:
            seconds = time.perf_counter() - began
            metrics.note(request.method, _route(request), status, seconds)
            line = request.get(LINE_KEY)
            log.info(
                "web.request",
                method=request.method,
                route=_route(request),
                status=status,
                ms=round(seconds * 1000, 1),
                line=numbers.redact(line.number) if line else None,
            )

    return middleware


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal of aiohttp: just before an answer's head is sent, whoever made it."""
    add_to(response.headers)


async def _answer(request: web.Request, handler: Handler, respond: Responder) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return respond(_of_http(error), request)
    except ClientGone as gone:
        raise ConnectionResetError from gone  # aiohttp ends the connection without a word
    except asyncio.CancelledError:
        raise
    except Exception as error:
        return respond(_of(error, request), request)


def _of(error: Exception, request: web.Request) -> Problem:
    """The problem that an exception of a handler is."""
    match error:
        case Problem():
            return error
        case Duplicate() | NotPossible():
            return from_mistakes(error.mistakes, "conflict")
        case SettingsInvalid():
            return from_mistakes(error.mistakes)
        case VersionConflict():
            return Problem("version-conflict")
        case NotFound():
            return Problem("not-found")
        case BadCursor():
            return Problem("bad-cursor")
        case _ if isinstance(error, NOT_NOW):
            log.warning("web.not_now", route=_route(request), error=type(error).__name__)
            kind = _NOT_NOW.get(type(error), "unavailable")
            return Problem(kind, headers={"Retry-After": RETRY_AFTER})
        case OSError(errno=number) if number in NO_ROOM:
            log.error("web.no_room", route=_route(request))
            return Problem("no-room", headers={"Retry-After": RETRY_AFTER})
        case _:
            incident = uuid7()
            log.error(
                "web.unexpected", incident=incident, method=request.method, route=_route(request), exc_info=error
            )  # fmt: skip
            return Problem("unexpected", incident=incident)


def _of_http(error: web.HTTPException) -> Problem:
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(_OF_STATUS.get(error.status, "other"), headers=headers, status=error.status)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED
