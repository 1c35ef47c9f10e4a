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
    CallSideDown,
    ChannelGone,
    Duplicate,
    NotFound,
    NotInForce,
    PhoneSystemDown,
    PhoneSystemRefused,
    SettingsInvalid,
    StoreDown,
    VersionConflict,
)
from callcontrol.ids import uuid7
from callcontrol.portal_bridge.language import LINE_KEY, of_request
from callcontrol.portal_bridge.metrics import WebMetrics
from callcontrol.portal_bridge.problems import Problem, from_mistakes, respond
from callcontrol.store.page import BadCursor

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNMATCHED = "(no route)"
RETRY_AFTER = "5"
"""Seconds after which a part that is down is worth another try."""
NOT_NOW = (CallSideDown, NotInForce, StoreDown, PhoneSystemDown, PhoneSystemRefused, ChannelGone)
"""A part is down."""
_NOT_NOW: Mapping[type[Exception], str] = {CallSideDown: "calls-away", NotInForce: "not-in-force"}
"""Where there is more to say than ``unavailable``."""
_OF_STATUS = {
    400: "malformed",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    416: "range",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "callcontrol",
}
DEFAULTS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
"""Unless a handler said something else."""


def problems(metrics: WebMetrics) -> Middleware:
    """The one middleware; the outermost."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        status = 499  # the client went away: nobody sees an answer
        try:
            response = await _answer(request, handler)
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
    response.headers.update(HEADERS)
    for name, value in DEFAULTS.items():
        response.headers.setdefault(name, value)


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return respond(problem, of_request(request))
    except Duplicate as error:
        return respond(from_mistakes(error.mistakes, "conflict"), of_request(request))
    except SettingsInvalid as error:
        return respond(from_mistakes(error.mistakes), of_request(request))
    except VersionConflict:
        return respond(Problem("version-conflict"), of_request(request))
    except NotFound:
        return respond(Problem("not-found"), of_request(request))
    except BadCursor:
        return respond(Problem("bad-cursor"), of_request(request))
    except NOT_NOW as error:
        log.warning("web.not_now", route=_route(request), error=type(error).__name__)
        kind = _NOT_NOW.get(type(error), "unavailable")
        return respond(Problem(kind, headers={"Retry-After": RETRY_AFTER}), of_request(request))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return respond(_of_http(error), of_request(request))
    except asyncio.CancelledError:
        raise
    except Exception:
        incident = uuid7()
        log.exception("web.unexpected", incident=incident, method=request.method, route=_route(request))
        return respond(Problem("unexpected", incident=incident), of_request(request))


def _of_http(error: web.HTTPException) -> Problem:
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(_OF_STATUS.get(error.status, "other"), headers=headers, status=error.status)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNMATCHED
