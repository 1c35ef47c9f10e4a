"""``forward-numbers``: saved numbers, offered wherever a forward asks for one (numéros sauvegardés, spec §3)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol import numbers
from callcontrol.changes.check import target_problem
from callcontrol.errors import NotFound
from callcontrol.ids import uuid7
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, OneLine, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.problems import wrong_field
from callcontrol.settings.messages import sentence
from callcontrol.store.contacts import NameTaken
from callcontrol.store.forward_numbers import ForwardNumber

_TAG = "Forward numbers"


class ForwardNumberIn(RequestBody):
    """A number to save."""

    number: Annotated[
        OneLine, Field(min_length=1, max_length=40, description="In any spelling, kept as typed.")
    ]
    name: Annotated[OneLine, Field(min_length=1, max_length=80)]


class ForwardNumberOut(ResponseBody):
    """A saved number."""

    id: str
    number: str
    name: str


async def list_numbers(asked: Asked) -> web.Response:
    """List the saved numbers, by name."""
    found = await asked.repositories.forward_numbers.all(asked.line.number)
    items = [ForwardNumberOut(id=one.id, number=one.number, name=one.name) for one in found]
    return reply(Items[ForwardNumberOut](items=items, next=None))


async def create(asked: Asked) -> web.Response:
    """Save a number.

    One that the line could not forward to now (unknown, barred, itself, an emergency number) is refused.
    """
    return await _put(asked, uuid7(), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a saved number."""
    saved = await asked.repositories.forward_numbers.all(asked.line.number)
    if all(one.id != asked.path("id") for one in saved):
        raise NotFound("this saved number does not exist")
    return await _put(asked, asked.path("id"), 200)


async def remove(asked: Asked) -> web.Response:
    """Remove a saved number.

    Forwards that use it keep their number.
    """
    await asked.repositories.forward_numbers.remove(asked.line.number, asked.path("id"), asked.by)
    return nothing()


async def _put(asked: Asked, identity: str, status: int) -> web.Response:
    given = await asked.body(ForwardNumberIn)
    if code := target_problem(given.number, line=asked.line, directory=asked.directory):
        raise wrong_field("number", sentence(code, asked.language, {"number": given.number}))
    saved = await asked.repositories.forward_numbers.all(asked.line.number)
    country = asked.company.country
    if any(one.id != identity and numbers.same(one.number, given.number, country) for one in saved):
        raise asked.wrong("number", "number_twice", "conflict")
    try:
        await asked.repositories.forward_numbers.put(
            asked.line.number, ForwardNumber(identity, given.number, given.name), asked.by
        )
    except NameTaken:
        raise asked.wrong("number", "number_twice", "conflict") from None
    return reply(ForwardNumberOut(id=identity, number=given.number, name=given.name), status)


_EXAMPLE = {"id": "019ab5c4-0000-7000-8000-000000000004", "number": "06 12 34 56 78", "name": "Mobile"}
_BODY = Body(ForwardNumberIn, {"number": "06 12 34 56 78", "name": "Mobile"})
ROUTES = (
    Route(
        "GET",
        "forward-numbers",
        list_numbers,
        "list_forward_numbers",
        _TAG,
        Scope.LINE,
        (Reply(200, "The numbers.", Items[ForwardNumberOut], example={"items": [_EXAMPLE], "next": None}),),
    ),
    Route(
        "POST",
        "forward-numbers",
        create,
        "create_forward_number",
        _TAG,
        Scope.LINE,
        (Reply(201, "Saved.", ForwardNumberOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("conflict",),
    ),
    Route(
        "PUT",
        "forward-numbers/{id}",
        replace,
        "replace_forward_number",
        _TAG,
        Scope.LINE,
        (Reply(200, "Changed.", ForwardNumberOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("conflict",),
    ),
    Route("DELETE", "forward-numbers/{id}", remove, "delete_forward_number", _TAG, Scope.LINE, (NOTHING,)),
)
