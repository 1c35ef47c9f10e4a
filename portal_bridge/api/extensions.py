"""``extensions`` and ``short-codes``: the company's internal directory, to read (spec §10.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol import numbers
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.route import Reply, Route, Scope

_TAG = "Company"


class ExtensionOut(ResponseBody):
    """A line or hunt group of the company."""

    name: str
    site: str | None
    number: str
    extension: str | None
    kind: Literal["line", "group"]


class ShortCodeOut(ResponseBody):
    """A short code (numéro abrégé)."""

    code: str
    number: Annotated[str, Field(description="As dialled inside the country.")]


async def list_extensions(asked: Asked) -> web.Response:
    """List the company's lines and groups.

    By name; those without an extension too.
    """
    company = asked.line.company
    found = [
        ExtensionOut(name=one.name, site=one.site, number=one.number, extension=one.extension, kind="line")
        for one in asked.directory.lines(company)
    ]
    found += [
        ExtensionOut(name=one.name, site=one.site, number=one.number, extension=one.extension, kind="group")
        for one in asked.directory.groups(company)
    ]
    found.sort(key=lambda one: (one.name.casefold(), one.number))
    return reply(Items[ExtensionOut](items=found, next=None))


async def list_short_codes(asked: Asked) -> web.Response:
    """List the company's short codes."""
    country = asked.company.country
    codes = sorted(asked.directory.short_codes(asked.line.company).items())
    return reply(
        Items[ShortCodeOut](
            items=[
                ShortCodeOut(code=code, number=numbers.national(number, country)) for code, number in codes
            ],
            next=None,
        )
    )


ROUTES = (
    Route(
        "GET",
        "extensions",
        list_extensions,
        "list_extensions",
        _TAG,
        Scope.LINE,
        (
            Reply(
                200,
                "The extensions.",
                Items[ExtensionOut],
                example={
                    "items": [
                        {
                            "name": "Camille Martin",
                            "site": "Site principal",
                            "number": "0222969569",
                            "extension": "4002",
                            "kind": "line",
                        }
                    ],
                    "next": None,
                },
            ),
        ),
    ),
    Route(
        "GET",
        "short-codes",
        list_short_codes,
        "list_short_codes",
        _TAG,
        Scope.LINE,
        (
            Reply(
                200,
                "The short codes.",
                Items[ShortCodeOut],
                example={"items": [{"code": "550", "number": "0970711058"}], "next": None},
            ),
        ),
    ),
)
