"""``contacts``: the personal contacts of a line, with every field of the guide (spec §10.4). Its own user's only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from callcontrol import numbers
from callcontrol.directory.contact_card import ContactCard
from callcontrol.errors import NotFound
from callcontrol.ids import uuid7
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, OneLine, Paging, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.field_errors import sentence
from callcontrol.portal_bridge.problems import FieldError, Problem
from callcontrol.settings.fields import MailAddress

NumberKind = Literal["home", "work", "mobile", "fax", "other"]
_TAG = "Contacts"
_Short = Annotated[OneLine, Field(max_length=80)]
_Long = Annotated[OneLine, Field(max_length=300)]
_Number = Annotated[OneLine, Field(min_length=1, max_length=40)]


class ContactsQuery(Paging):
    """Which contacts."""

    search: Annotated[str, Field(max_length=100, description="Only those with this text in any field.")] = ""


class ContactNumber(RequestBody):
    """A number of a contact."""

    kind: NumberKind = "other"
    number: Annotated[_Number, Field(description="In any spelling, kept as typed; an extension too.")]


class ContactIn(RequestBody):
    """A contact. It needs a name, a nickname or a firm."""

    first_name: _Short = ""
    last_name: _Short = ""
    nickname: _Short = ""
    title: _Short = ""
    company: _Short = ""
    numbers: Annotated[list[ContactNumber], Field(max_length=20, default_factory=list)]
    primary_number: Annotated[str | None, Field(description="One of `numbers`.")] = None
    emails: Annotated[list[MailAddress], Field(max_length=20, default_factory=list)]
    primary_email: Annotated[str | None, Field(description="One of `emails`.")] = None
    sms: _Number | None = None
    home_address: _Long = ""
    work_address: _Long = ""

    @model_validator(mode="after")
    def _has_a_name(self) -> ContactIn:
        if not (self.first_name or self.last_name or self.nickname or self.company):
            raise PydanticCustomError("name_missing", "name_missing")
        return self


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
    return await _put(asked, uuid7(), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a contact.

    The whole of it: a field that is left out is emptied.
    """
    await asked.repositories.contacts.get(asked.line.number, asked.path("id"))
    return await _put(asked, asked.path("id"), 200)


async def remove(asked: Asked) -> web.Response:
    """Remove a contact.

    From its groups too. Lists that name it no longer match its numbers.
    """
    if not await asked.repositories.contacts.remove(asked.line.number, [asked.path("id")]):
        raise NotFound("this contact does not exist")
    return nothing()


async def _put(asked: Asked, identity: str, status: int) -> web.Response:
    given = await asked.body(ContactIn)
    if errors := _mistakes(given, asked):
        raise Problem("invalid", errors=tuple(errors))
    values = given.model_dump()
    values["numbers"] = tuple((one.kind, one.number) for one in given.numbers)
    values["emails"] = tuple(given.emails)
    card = ContactCard(id=identity, **values)
    await asked.repositories.contacts.put(asked.line.number, [card])
    return reply(contact_out(card), status)


def _mistakes(given: ContactIn, asked: Asked) -> list[FieldError]:
    """What cannot be a number, and what is primary of nothing."""
    country = asked.company.country
    wrong = [
        f"numbers.{i}.number" for i, one in enumerate(given.numbers) if not _possible(one.number, country)
    ]
    if given.sms is not None and not _possible(given.sms, country):
        wrong.append("sms")
    errors = [FieldError(where, sentence("number_impossible", asked.language)) for where in wrong]
    if given.primary_number not in (None, *(one.number for one in given.numbers)):
        errors.append(FieldError("primary_number", sentence("primary_number_unknown", asked.language)))
    if given.primary_email not in (None, *given.emails):
        errors.append(FieldError("primary_email", sentence("primary_email_unknown", asked.language)))
    return errors


def _possible(number: str, country: str) -> bool:
    return numbers.canonical(number, country) is not None


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
    ),
    Route("DELETE", "contacts/{id}", remove, "delete_contact", _TAG, _OWN, (NOTHING,)),
)
