"""``me`` and ``lines``: what a line is, as it was provisioned; the lines of an administrator's company."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol import numbers
from callcontrol.facts import Line
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import Items, Paging, ResponseBody
from callcontrol.portal_bridge.api.route import Reply, Route, Scope
from callcontrol.store.page import bounded, cursor, place

_TAG = "Lines"
EXAMPLE = {
    "number": "0222969569",
    "kind": "line",
    "extension": "4002",
    "name": "Camille Martin",
    "licence": "full",
    "company": "Démo",
    "site": "Site principal",
    "language": "fr",
    "timezone": "Europe/Paris",
    "max_calls": 5,
    "fax_number": "0970717800",
    "administrator": False,
}


class LineOut(ResponseBody):
    """A line as provisioned: what its user cannot change."""

    number: Annotated[str, Field(description="Ten digits: the login.")]
    kind: Annotated[Literal["line", "group"], Field(description="A group has no phone and makes no calls.")]
    extension: str | None
    name: str
    licence: str
    company: str
    site: str | None
    language: str
    timezone: str
    max_calls: Annotated[int, Field(description="Calls that the line may hold at once.")]
    fax_number: str | None
    administrator: bool


def line_out(asked: Asked, line: Line) -> LineOut:
    """The answer that describes ``line``."""
    company = asked.directory.company(line.company)
    return LineOut(
        number=line.number,
        kind="group" if line.group else "line",
        extension=line.extension,
        name=line.name,
        licence=line.licence.value,
        company=company.name,
        site=line.site,
        language=line.language,
        timezone=company.timezone,
        max_calls=line.max_calls,
        fax_number=numbers.national(line.fax_number, company.country) if line.fax_number else None,
        administrator=line.administrator,
    )


async def get(asked: Asked) -> web.Response:
    """Show the line.

    What was provisioned; what its user sets is in the settings documents.
    """
    return reply(line_out(asked, asked.line))


async def list_lines(asked: Asked) -> web.Response:
    """List the lines of the company.

    In order of their numbers. For administrators.
    """
    query = asked.query(Paging)
    after = place(query.cursor)[0] if query.cursor else ""
    limit = bounded(query.limit)
    found = sorted(line.number for line in asked.directory.lines(asked.asker.company) if line.number > after)
    shown = found[:limit]
    lines = [line for number in shown if (line := asked.directory.line(number))]
    more = cursor(shown[-1], "") if len(found) > limit else None
    return reply(Items[LineOut](items=[line_out(asked, line) for line in lines], next=more))


ROUTES = (
    Route("GET", "", get, "get_line", _TAG, Scope.LINE, (Reply(200, "The line.", LineOut, example=EXAMPLE),)),
    Route(
        "GET",
        "lines",
        list_lines,
        "list_lines",
        _TAG,
        Scope.ADMINISTRATOR,
        (Reply(200, "A page of lines.", Items[LineOut], example={"items": [EXAMPLE], "next": None}),),
        query=Paging,
        problems=("bad-cursor",),
    ),
)
