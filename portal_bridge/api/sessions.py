"""``sessions``: log in and out (contract.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.portal_bridge.address import remote
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.auth import log_in

_TAG = "Sessions"


class Credentials(RequestBody):
    """What a line logs in with."""

    number: Annotated[str, Field(max_length=100, description="The line's number, in any spelling.")]
    password: Annotated[str, Field(max_length=200, description="The portal password.")]


class SessionToken(ResponseBody):
    """A log-in. The token is shown this once."""

    token: str
    expires_at: datetime


async def create(asked: Asked) -> web.Response:
    """Log in.

    The token goes into `Authorization: Bearer`. Ten wrong tries of a line, or fifty from one address, within a quarter
    of an hour are answered by 429.
    """
    given = await asked.body(Credentials)
    token, session = await log_in(
        asked.services,
        asked.repositories,
        asked.turns,
        number=given.number,
        password=given.password,
        address=remote(asked.request),
    )
    return reply(SessionToken(token=token, expires_at=session.expires_at), 201)


async def end(asked: Asked) -> web.Response:
    """Log out.

    The token is good no longer.
    """
    assert asked.login is not None
    await asked.repositories.sessions.end(asked.login.token)
    return nothing()


ROUTES = (
    Route(
        "POST",
        "sessions",
        create,
        "create_session",
        _TAG,
        Scope.OPEN,
        (
            Reply(
                201,
                "Logged in.",
                SessionToken,
                example={
                    "token": "kT3v0iX1b0n1o3zGm3oVn0p9l2sYqkq0a9e7Jv8b6mE",
                    "expires_at": "2026-11-22T21:00:00Z",
                },
            ),
        ),
        body=Body(Credentials, {"number": "02 22 96 95 69", "password": "Camille#2026!ok"}),
        problems=("wrong-login", "too-many-tries"),
    ),
    Route("DELETE", "sessions/current", end, "end_session", _TAG, Scope.LOGIN, (NOTHING,)),
)
