"""``dev/clock``: tests set the time of every decision. Mounted only where ``dev.clock`` is configured."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import Instant, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import LARGEST_OF_NOBODY, Body, Reply, Route, Scope


class NewTime(RequestBody):
    """The time to be."""

    now: Instant
    runs: Annotated[bool, Field(description="Whether it goes on from there; else it stands still.")] = False


class TimeNow(ResponseBody):
    """The time that it is."""

    now: datetime


async def put(asked: Asked) -> web.Response:
    """Set the time, for tests.

    It stands still from then on, unless it `runs`. Exists only where `dev.clock` is configured.
    """
    given = await asked.body(NewTime)
    await asked.services.call_side.set_clock(given.now, runs=given.runs)
    asked.services.clock.fix(given.now, runs=given.runs)
    return reply(TimeNow(now=asked.services.clock.now()))


_EXAMPLE = {"now": "2026-11-22T09:30:00Z"}
ROUTES = (
    Route(
        "PUT",
        "dev/clock",
        put,
        "set_clock",
        "Development",
        Scope.OPEN,
        (Reply(200, "The time.", TimeNow, example=_EXAMPLE),),
        body=Body(NewTime, _EXAMPLE, largest=LARGEST_OF_NOBODY),
        problems=("calls-away",),
    ),
)
