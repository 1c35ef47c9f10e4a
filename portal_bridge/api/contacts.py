"""``contacts``: the personal contacts of a line, with every field of the guide (spec §10.4). Its own user's only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.changes import contacts
from callcontrol.changes.forms import ContactIn, ContactNumber
from callcontrol.directory.contact_card import ContactCard
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, Paging, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope

_TAG = "Contacts"


class ContactsQuery(Paging):
    """Which contacts."""

    search: Annotated[str, Field(max_length=100, description="Only those with this text in any field.")] = ""


class ContactOut(ResponseBody):
    """A contact."""

    id: str
    name: Annotated[str, Field(description="How it is shown with a call.")]
    first_name: str
    last_name: str
    nickname: str
    title: str
    company: str
    numbers: Sequence[ContactNumber]
    primary_number: str | None
    emails: Sequence[str]
    primary_email: str | None
    sms: str | None
    home_address: str
    work_address: str


def contact_out(card: ContactCard) -> ContactOut:
    """The answer that shows a card."""
    raw = card.to_json()
    raw["numbers"] = [{"kind": kind, "number": number} for kind, number in card.numbers]
    return ContactOut(id=card.id, name=card.contact().name, **raw)


async def list_contacts(asked: Asked) -> web.Response:
    """List the contacts, by last name."""
    query = asked.query(ContactsQuery)
    page = await asked.repositories.contacts.page(asked.line.number, query.cursor, query.limit, query.search)
    return reply(Items[ContactOut](items=[contact_out(card) for card in page.items], next=page.next))


async def get(asked: Asked) -> web.Response:
    """Show one contact."""
    return reply(contact_out(await asked.repositories.contacts.get(asked.line.number, asked.path("id"))))


async def create(asked: Asked) -> web.Response:
    """Add a contact.

    Its numbers are known from the next call on, in every list that names it.
    """
    form = await asked.body(ContactIn)
    card = await contacts.add(asked.changes, asked.line, form, language=asked.language, by=asked.by)
    return reply(contact_out(card), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a contact.

    The whole of it: a field that is left out is emptied.
    """
    form = await asked.body(ContactIn)
    card = await contacts.replace(
        asked.changes, asked.line, asked.path("id"), form, language=asked.language, by=asked.by
    )
    return reply(contact_out(card))


async def remove(asked: Asked) -> web.Response:
    """Remove a contact.

    From its groups too. Lists that name it no longer match its numbers.
    """
    await contacts.remove(asked.changes, asked.line, asked.path("id"), by=asked.by)
    return nothing()


_BODY_EXAMPLE = {
    "first_name": "Nathalie",
    "last_name": "Le Goff",
    "company": "Menuiserie Le Goff",
    "numbers": [{"kind": "mobile", "number": "06 12 34 56 78"}],
    "primary_number": "06 12 34 56 78",
    "emails": ["nathalie@example.net"],
    "primary_email": "nathalie@example.net",
}
_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000005",
    "name": "Nathalie Le Goff",
    "nickname": "",
    "title": "",
    "sms": None,
    "home_address": "",
    "work_address": "",
    **_BODY_EXAMPLE,
}
_BODY = Body(ContactIn, _BODY_EXAMPLE)
_OWN = Scope.OWN
ROUTES = (
    Route(
        "GET",
        "contacts",
        list_contacts,
        "list_contacts",
        _TAG,
        _OWN,
        (Reply(200, "A page of contacts.", Items[ContactOut], example={"items": [_EXAMPLE], "next": None}),),
        query=ContactsQuery,
        problems=("bad-cursor",),
    ),
    Route(
        "POST",
        "contacts",
        create,
        "create_contact",
        _TAG,
        _OWN,
        (Reply(201, "Added.", ContactOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("not-in-force",),
    ),
    Route(
        "GET",
        "contacts/{id}",
        get,
        "get_contact",
        _TAG,
        _OWN,
        (Reply(200, "The contact.", ContactOut, example=_EXAMPLE),),
    ),
    Route(
        "PUT",
        "contacts/{id}",
        replace,
        "replace_contact",
        _TAG,
        _OWN,
        (Reply(200, "Changed.", ContactOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("not-in-force",),
    ),
    Route(
        "DELETE",
        "contacts/{id}",
        remove,
        "delete_contact",
        _TAG,
        _OWN,
        (NOTHING,),
        problems=("not-in-force",),
    ),
)
