"""``blocked-callers``: a caller whom the history shows is refused from now on, or no longer (spec §10.3)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.changes import blocked, listed_callers
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Query, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope

_Number = Annotated[str, Field(min_length=1, max_length=40, description="In any spelling.")]


class BlockIn(RequestBody):
    """Whom to refuse."""

    number: _Number


class UnblockQuery(Query):
    """Whom to refuse no longer."""

    number: _Number


class BlockedOut(ResponseBody):
    """The list of refused callers, `selective_reject` of `call-manager`: it is on now."""

    callers: Annotated[int, Field(description="How many entries it has.")]


async def block(asked: Asked) -> web.Response:
    """Block a caller.

    It is put on the list `selective_reject` of `call-manager`, which is switched on: the next call is refused.
    """
    given = await asked.body(BlockIn)
    rejected = await blocked.block(
        asked.changes, asked.line, given.number, language=asked.language, by=asked.by
    )
    return reply(BlockedOut(callers=listed_callers.size(rejected.callers)), 201)


async def unblock(asked: Asked) -> web.Response:
    """Block a caller no longer.

    It is taken off the list; one that is not there is no error. A wildcard, contact or group that lists it stays.
    """
    given = asked.query(UnblockQuery)
    await blocked.unblock(asked.changes, asked.line, given.number, language=asked.language, by=asked.by)
    return nothing()


_PROBLEMS = ("conflict", "not-in-force")
ROUTES = (
    Route(
        "POST",
        "blocked-callers",
        block,
        "block_caller",
        "Calls",
        Scope.OWN,
        (Reply(201, "Blocked.", BlockedOut, example={"callers": 3}),),
        body=Body(BlockIn, {"number": "0612345678"}),
        problems=_PROBLEMS,
    ),
    Route(
        "DELETE",
        "blocked-callers",
        unblock,
        "unblock_caller",
        "Calls",
        Scope.OWN,
        (NOTHING,),
        UnblockQuery,
        problems=_PROBLEMS,
    ),
)
