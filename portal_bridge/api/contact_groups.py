"""``contact-groups``: groups of personal contacts, which may hold other groups (spec §10.4). Its own user's only."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.directory.contacts import ContactGroup
from callcontrol.errors import NotFound
from callcontrol.ids import uuid7
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, OneLine, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.field_errors import sentence
from callcontrol.portal_bridge.problems import FieldError, Problem
from callcontrol.settings.fields import RecordId
from callcontrol.store.contacts import GroupCircle, NameTaken

_TAG = "Contacts"
_Ids = Annotated[list[RecordId], Field(max_length=1000)]


class ContactGroupIn(RequestBody):
    """A group with all its members."""

    name: Annotated[OneLine, Field(min_length=1, max_length=80)]
    contacts: Annotated[_Ids, Field(description="Identifiers of contacts.", default_factory=list)]
    groups: Annotated[_Ids, Field(description="Identifiers of groups in this one.", default_factory=list)]


class ContactGroupOut(ResponseBody):
    """A group."""

    id: str
    name: str
    contacts: list[str]
    groups: list[str]


def group_out(group: ContactGroup) -> ContactGroupOut:
    """The answer that shows a group."""
    return ContactGroupOut(
        id=group.id, name=group.name, contacts=sorted(group.contacts), groups=sorted(group.groups)
    )


async def list_groups(asked: Asked) -> web.Response:
    """List the contact groups, by name."""
    groups = await asked.repositories.contacts.groups(asked.line.number)
    return reply(Items[ContactGroupOut](items=[group_out(group) for group in groups], next=None))


async def get(asked: Asked) -> web.Response:
    """Show one contact group."""
    return reply(group_out(await _group(asked)))


async def create(asked: Asked) -> web.Response:
    """Add a contact group."""
    return await _put(asked, uuid7(), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a contact group, with all its members."""
    await _group(asked)
    return await _put(asked, asked.path("id"), 200)


async def remove(asked: Asked) -> web.Response:
    """Remove a contact group.

    Its members stay.
    """
    await asked.repositories.contacts.remove_group(asked.line.number, asked.path("id"))
    return nothing()


async def _group(asked: Asked) -> ContactGroup:
    for group in await asked.repositories.contacts.groups(asked.line.number):
        if group.id == asked.path("id"):
            return group
    raise NotFound("this group does not exist")


async def _put(asked: Asked, identity: str, status: int) -> web.Response:
    given = await asked.body(ContactGroupIn)
    contacts = asked.repositories.contacts
    known = {group.id for group in await contacts.groups(asked.line.number)}
    there = await contacts.existing(asked.line.number, given.contacts)
    errors = [
        FieldError(f"contacts.{index}", sentence("contact_unknown", asked.language))
        for index, contact in enumerate(given.contacts)
        if contact not in there
    ]
    errors += [
        FieldError(f"groups.{index}", sentence("group_unknown", asked.language))
        for index, group in enumerate(given.groups)
        if group not in known
    ]
    if errors:
        raise Problem("invalid", errors=tuple(errors))
    group = ContactGroup(identity, given.name, frozenset(given.contacts), frozenset(given.groups))
    try:
        await contacts.put_group(asked.line.number, group)
    except NameTaken:
        raise asked.wrong("name", "name_twice", "conflict") from None
    except GroupCircle:
        raise asked.wrong("groups", "group_circle") from None
    return reply(group_out(group), status)


_BODY_EXAMPLE = {"name": "Famille", "contacts": [], "groups": []}
_EXAMPLE = {"id": "019ab5c4-0000-7000-8000-000000000006", **_BODY_EXAMPLE}
_BODY = Body(ContactGroupIn, _BODY_EXAMPLE)
_OWN = Scope.OWN
_ONE = (Reply(200, "The group.", ContactGroupOut, example=_EXAMPLE),)
ROUTES = (
    Route(
        "GET",
        "contact-groups",
        list_groups,
        "list_contact_groups",
        _TAG,
        _OWN,
        (Reply(200, "The groups.", Items[ContactGroupOut], example={"items": [_EXAMPLE], "next": None}),),
    ),
    Route(
        "POST",
        "contact-groups",
        create,
        "create_contact_group",
        _TAG,
        _OWN,
        (Reply(201, "Added.", ContactGroupOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("conflict",),
    ),
    Route("GET", "contact-groups/{id}", get, "get_contact_group", _TAG, _OWN, _ONE),
    Route(
        "PUT",
        "contact-groups/{id}",
        replace,
        "replace_contact_group",
        _TAG,
        _OWN,
        _ONE,
        body=_BODY,
        problems=("conflict",),
    ),
    Route("DELETE", "contact-groups/{id}", remove, "delete_contact_group", _TAG, _OWN, (NOTHING,)),
)
