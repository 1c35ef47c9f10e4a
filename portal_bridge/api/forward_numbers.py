"""``forward-numbers``: saved numbers, offered wherever a forward asks for one (numéros sauvegardés, spec §3)."""

from __future__ import annotations

from aiohttp import web

from callcontrol.changes import forward_numbers
from callcontrol.changes.forms import ForwardNumberIn
from callcontrol.changes.ports import ForwardNumber
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope

_TAG = "Forward numbers"


class ForwardNumberOut(ResponseBody):
    """A saved number."""

    id: str
    number: str
    name: str


def number_out(saved: ForwardNumber) -> ForwardNumberOut:
    """The answer that shows a saved number."""
    return ForwardNumberOut(id=saved.id, number=saved.number, name=saved.name)


async def list_numbers(asked: Asked) -> web.Response:
    """List the saved numbers, by name."""
    found = await asked.repositories.forward_numbers.all(asked.line.number)
    return reply(Items[ForwardNumberOut](items=[number_out(one) for one in found], next=None))


async def create(asked: Asked) -> web.Response:
    """Save a number.

    One that the line could not forward to now (unknown, barred, itself, an emergency number) is refused.
    """
    form = await asked.body(ForwardNumberIn)
    saved = await forward_numbers.add(asked.changes, asked.line, form, language=asked.language, by=asked.by)
    return reply(number_out(saved), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a saved number."""
    form = await asked.body(ForwardNumberIn)
    saved = await forward_numbers.replace(
        asked.changes, asked.line, asked.path("id"), form, language=asked.language, by=asked.by
    )
    return reply(number_out(saved))


async def remove(asked: Asked) -> web.Response:
    """Remove a saved number.

    Forwards that use it keep their number.
    """
    await forward_numbers.remove(asked.changes, asked.line, asked.path("id"), by=asked.by)
    return nothing()


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
