"""Changing the groups of a line's personal contacts. In force when it returns: lists may name them at once."""

from __future__ import annotations

from collections.abc import Iterator

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.forms import ContactGroupIn
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.contacts import ContactGroup
from callcontrol.errors import Duplicate, GroupCircle, Mistake, NameTaken, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.ids import uuid7
from callcontrol.sentences.table import mistake


async def add(
    services: ChangeServices, line: Line, form: ContactGroupIn, *, language: str, by: ChangedBy
) -> ContactGroup:
    """Keep a new group. Raises SettingsInvalid with every mistake, Duplicate (its name is taken), NotFound (the line
    is gone), StoreDown, NotInForce."""
    return await _put(services, line, uuid7(), form, language=language, by=by, replace=False)


async def replace(
    services: ChangeServices, line: Line, group: str, form: ContactGroupIn, *, language: str, by: ChangedBy
) -> ContactGroup:
    """Make a group what the form says, with all its members. Raises as ``add``."""
    return await _put(services, line, group, form, language=language, by=by, replace=True)


async def remove(services: ChangeServices, line: Line, group: str, *, by: ChangedBy) -> None:
    """Remove a group; its members stay. Raises NotFound, StoreDown, NotInForce."""
    await services.contacts.remove_group(line.number, group, by)
    await services.calls.in_force([("book", line.number)])


async def _put(
    services: ChangeServices,
    line: Line,
    identity: str,
    form: ContactGroupIn,
    *,
    language: str,
    by: ChangedBy,
    replace: bool,
) -> ContactGroup:
    there = await services.contacts.existing(line.number, form.contacts)
    known = {group.id for group in await services.contacts.groups(line.number)}
    if mistakes := list(_mistakes(form, there, known, language)):
        raise SettingsInvalid(mistakes)
    group = ContactGroup(identity, form.name, frozenset(form.contacts), frozenset(form.groups))
    try:
        await services.contacts.put_group(line.number, group, by, replace=replace)
    except NameTaken:
        raise Duplicate([mistake("name_twice", "name", language)]) from None
    except GroupCircle:
        raise SettingsInvalid([mistake("group_circle", "groups", language)]) from None
    await services.calls.in_force([("book", line.number)])
    return group


def _mistakes(
    form: ContactGroupIn, contacts: frozenset[str], groups: set[str], language: str
) -> Iterator[Mistake]:
    for index, contact in enumerate(form.contacts):
        if contact not in contacts:
            yield mistake("contact_unknown", f"contacts.{index}", language)
    for index, group in enumerate(form.groups):
        if group not in groups:
            yield mistake("group_unknown", f"groups.{index}", language)
