"""``account``: an account's own log-in (spec §10.1): password, PIN, security e-mail, and where it is logged in. Its own
alone: an administrator sets new ones, and never sees these.

``own_secrets`` judges and changes, as for the pages.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.portal_bridge import own_secrets
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.line import EXAMPLE, LineOut, line_out
from callcontrol.portal_bridge.api.models import Items, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.settings.fields import MailAddress

_TAG = "Account"
_Secret = Annotated[str, Field(max_length=200)]
_TRIES = ("too-many-tries", "too-many-requests")


class PasswordIn(RequestBody):
    """A new portal password."""

    current: Annotated[_Secret, Field(description="The password until now.")]
    new: Annotated[
        _Secret, Field(description="12 to 20 characters; the answer tells every rule that it breaks.")
    ]


class PinIn(RequestBody):
    """A new PIN of the voicemail: with the PIN until now, or with the portal password."""

    current: Annotated[_Secret | None, Field(description="The PIN until now.")] = None
    password: Annotated[_Secret | None, Field(description="The portal password, for who has no PIN.")] = None
    new: Annotated[_Secret, Field(description="6 to 8 digits; the answer tells every rule that it breaks.")]


class EmailIn(RequestBody):
    """A new security e-mail."""

    address: MailAddress


class SessionOut(ResponseBody):
    """Somewhere that the account is logged in."""

    id: Annotated[str, Field(description="It ends the session, and opens nothing.")]
    browser: Annotated[str, Field(description="What the browser or program calls itself.")]
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    remembered: bool
    current: Annotated[bool, Field(description="The one that asks.")]


async def show(asked: Asked) -> web.Response:
    """Show the account.

    As `GET me`.
    """
    return reply(line_out(asked, asked.line))


async def change_password(asked: Asked) -> web.Response:
    """Change the portal password.

    Every other session of the account ends, and a mail tells of it. Wrong tries count as those of a log-in do.
    """
    given = await asked.body(PasswordIn)
    assert asked.login is not None
    await own_secrets.change_password(
        asked.gate, asked.from_where, asked.login, current=given.current, new=given.new, by=asked.by
    )
    return nothing()


async def change_pin(asked: Asked) -> web.Response:
    """Change the PIN of the voicemail.

    A mail tells of it. Wrong tries count as those of a log-in do.
    """
    given = await asked.body(PinIn)
    await own_secrets.change_pin(
        asked.gate,
        asked.from_where,
        asked.line,
        current=given.current,
        password=given.password,
        new=given.new,
        by=asked.by,
    )
    return nothing()


async def change_email(asked: Asked) -> web.Response:
    """Change the security e-mail.

    The old address and the new one are told.
    """
    given = await asked.body(EmailIn)
    await own_secrets.change_email(
        asked.repositories, asked.line, given.address, by=asked.by, language=asked.language
    )
    return nothing()


async def list_sessions(asked: Asked) -> web.Response:
    """List where the account is logged in.

    The last seen first.
    """
    assert asked.login is not None
    token = asked.login.token
    found = await asked.repositories.sessions.listed(asked.line.number, asked.services.clock.now())
    items = [
        SessionOut(
            id=each.id,
            browser=each.origin.browser,
            address=each.origin.address,
            created_at=each.session.created_at,
            seen_at=each.session.seen_at,
            expires_at=each.session.expires_at,
            remembered=each.origin.remembered,
            current=each.is_of(token),
        )
        for each in found
    ]
    return reply(Items[SessionOut](items=items, next=None))


async def end_session(asked: Asked) -> web.Response:
    """End one of them.

    Its token is good no longer.
    """
    if not await asked.repositories.sessions.end_one(asked.line.number, asked.path("id")):
        raise asked.not_found()
    return nothing()


_SESSION = {
    "id": "9f2c1b7e5d3a48c6b0e4f1a2d3c4b5a69f2c1b7e5d3a48c6b0e4f1a2d3c4b5a6",
    "browser": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "address": "203.0.113.9",
    "created_at": "2026-11-22T09:00:00Z",
    "seen_at": "2026-11-22T09:30:00Z",
    "expires_at": "2026-12-22T09:00:00Z",
    "remembered": True,
    "current": True,
}

ROUTES = (
    Route(
        "GET", "account", show, "get_account", _TAG, Scope.OWN, (Reply(200, "The account.", LineOut, example=EXAMPLE),)
    ),
    Route(
        "PUT", "account/password", change_password, "change_password", _TAG, Scope.OWN, (NOTHING,),
        body=Body(PasswordIn, {"current": "Kestrel-vole-86!b", "new": "Heron&moulin-58"}), problems=_TRIES,
    ),
    Route(
        "PUT", "account/pin", change_pin, "change_pin", _TAG, Scope.OWN, (NOTHING,),
        body=Body(PinIn, {"current": "731946", "new": "846173"}), problems=_TRIES,
    ),
    Route(
        "PUT", "account/security-email", change_email, "change_security_email", _TAG, Scope.OWN, (NOTHING,),
        body=Body(EmailIn, {"address": "camille@example.net"}),
    ),
    Route(
        "GET", "account/sessions", list_sessions, "list_sessions", _TAG, Scope.OWN,
        (Reply(200, "The sessions.", Items[SessionOut], example={"items": [_SESSION], "next": None}),),
    ),
    Route("DELETE", "account/sessions/{id}", end_session, "end_one_session", _TAG, Scope.OWN, (NOTHING,)),
)  # fmt: skip
