"""``contact-groups``: groups of personal contacts, which may hold other groups (spec §10.4). Its own user's only."""

from __future__ import annotations

from aiohttp import web

from callcontrol.changes import contact_groups
from callcontrol.changes.forms import ContactGroupIn
from callcontrol.directory.contacts import ContactGroup
from callcontrol.errors import NotFound
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope

_TAG = "Contacts"


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
    """Add a contact group.

    Lists may name it at once.
    """
    form = await asked.body(ContactGroupIn)
    group = await contact_groups.add(asked.changes, asked.line, form, language=asked.language, by=asked.by)
    return reply(group_out(group), 201)


async def replace(asked: Asked) -> web.Response:
    """Change a contact group, with all its members."""
    form = await asked.body(ContactGroupIn)
    group = await contact_groups.replace(
        asked.changes, asked.line, asked.path("id"), form, language=asked.language, by=asked.by
    )
    return reply(group_out(group))


async def remove(asked: Asked) -> web.Response:
    """Remove a contact group.

    Its members stay.
    """
    await contact_groups.remove(asked.changes, asked.line, asked.path("id"), by=asked.by)
    return nothing()


async def _group(asked: Asked) -> ContactGroup:
    for group in await asked.repositories.contacts.groups(asked.line.number):
        if group.id == asked.path("id"):
            return group
    raise NotFound("this group does not exist")


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
        problems=("conflict", "not-in-force"),
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
        problems=("conflict", "not-in-force"),
    ),
    Route(
        "DELETE",
        "contact-groups/{id}",
        remove,
        "delete_contact_group",
        _TAG,
        _OWN,
        (NOTHING,),
        problems=("not-in-force",),
    ),
)
