"""``POST calls``: click to call (spec §2.7). The platform calls ``from``, then ``to``, and joins them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol.changes.check import call_problem
from callcontrol.errors import NotFound, TooMany
from callcontrol.facts import Line
from callcontrol.live import MadeCall
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.problems import Problem, wrong_field
from callcontrol.portal_bridge.services import WebServices
from callcontrol.sentences.table import sentence
from callcontrol.settings.fields import Dialled


class CallIn(RequestBody):
    """Whom to call, and from where."""

    to: Annotated[Dialled, Field(description="A number in any spelling, an extension, or a short code.")]
    from_: Annotated[
        Dialled | None,
        Field(
            alias="from",
            description="Who is called first: the line's own phones unless said otherwise. An outside number must "
            "press 1, so that no voicemail is joined to anybody.",
        ),
    ] = None


class MadeCallOut(ResponseBody):
    """A call that the platform makes for the line."""

    id: str
    state: Annotated[
        Literal["ringing_from", "ringing_to", "talking", "ended"],
        Field(description="The stream `events` tells each change."),
    ]
    to: str
    from_: Annotated[str, Field(alias="from")]
    started_at: datetime


def made_call_out(call: MadeCall) -> MadeCallOut:
    """``call`` as the line's user sees it."""
    return MadeCallOut.model_validate(
        {
            "id": call.id,
            "state": call.state.value,
            "to": call.to,
            "from": call.first,
            "started_at": call.started_at,
        }
    )


async def call(asked: Asked) -> web.Response:
    """Call somebody from my line, or from another number.

    `from` rings for 30 s; when it answers, `to` is called as if the line had dialled it: barring, limits and
    announcements are those of every call. At most two such calls of a line at once.
    """
    made = await begin(asked.services, asked.line, await asked.body(CallIn), asked.language)
    return reply(made_call_out(made), 201)


async def begin(services: WebServices, line: Line, wanted: CallIn, language: str) -> MadeCall:
    """The same for page and API. Raises Problem: ``invalid``, ``too-many-calls``; CallSideDown."""
    directory = services.directory()
    wrong = {"to": call_problem(wanted.to, line=line, directory=directory)}
    if wanted.from_ is not None:
        wrong["from"] = call_problem(wanted.from_, line=line, directory=directory, first=True)
    for field, code in wrong.items():
        if code is not None:
            raise wrong_field(field, sentence(code, language))
    try:
        return await services.call_side.make_call(line.number, wanted.from_, wanted.to)
    except TooMany:
        raise Problem("too-many-calls") from None


async def end(asked: Asked) -> web.Response:
    """End a call that the platform makes for the line.

    404 for any other call, and for one that is over.
    """
    try:
        await asked.services.call_side.end_call(asked.line.number, asked.path("call"))
    except NotFound:
        raise asked.not_found() from None
    return nothing()


_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000004",
    "state": "ringing_from",
    "to": "0612345678",
    "from": "0222969569",
    "started_at": "2026-11-22T09:30:00Z",
}
ROUTES = (
    Route(
        "POST",
        "calls",
        call,
        "make_call",
        "Calls",
        Scope.OWN,
        (Reply(201, "It is under way.", MadeCallOut, example=_EXAMPLE),),
        body=Body(CallIn, example={"to": "06 12 34 56 78"}),
        problems=("too-many-calls",),
    ),
    Route("DELETE", "calls/{call}", end, "end_call", "Calls", Scope.OWN, (NOTHING,)),
)
