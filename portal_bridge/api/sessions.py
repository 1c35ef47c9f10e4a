"""``sessions``: log in and out (contract.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import LARGEST_OF_NOBODY, NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.auth import log_in, set_device_cookie

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

    The token goes into `Authorization: Bearer`. Five wrong tries of a line from one place (a browser with our cookie
    `callcontrol_device`, else an address) within a quarter of an hour are answered by 429, with the seconds to wait in
    `Retry-After`; so are twenty from one address, and a hundred of a line from places that are not its own. The cookie
    opens nothing: by it a browser is known that the line has logged in from before.
    """
    given = await asked.body(Credentials)
    admitted = await log_in(asked.gate, asked.from_where, number=given.number, password=given.password)
    response = reply(SessionToken(token=admitted.token, expires_at=admitted.session.expires_at), 201)
    set_device_cookie(response, admitted.device, asked.services.config.web.public_url)
    return response


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
        body=Body(
            Credentials,
            {"number": "02 22 96 95 69", "password": "Kestrel-vole-86!b"},
            largest=LARGEST_OF_NOBODY,
        ),
        problems=("wrong-login", "too-many-tries", "too-many-requests"),
    ),
    Route("DELETE", "sessions/current", end, "end_session", _TAG, Scope.LOGIN, (NOTHING,)),
)
