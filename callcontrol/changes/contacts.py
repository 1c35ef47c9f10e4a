"""Changing the personal contacts of a line. In force when it returns: every list that names them knows at once."""

from __future__ import annotations

from collections.abc import Iterator

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes.forms import ContactIn
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.contact_card import ContactCard
from callcontrol.errors import Mistake, NotFound, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.ids import uuid7
from callcontrol.sentences.table import mistake


async def add(
    services: ChangeServices, line: Line, form: ContactIn, *, language: str, by: ChangedBy
) -> ContactCard:
    """Keep a new contact. Raises SettingsInvalid with every mistake, NotFound (the line is gone), StoreDown,
    NotInForce."""
    return await _put(services, line, uuid7(), form, language=language, by=by, replace=False)


async def replace(
    services: ChangeServices, line: Line, contact: str, form: ContactIn, *, language: str, by: ChangedBy
) -> ContactCard:
    """Make a contact what the form says, a field that is left out empty. Raises as ``add``."""
    return await _put(services, line, contact, form, language=language, by=by, replace=True)


async def remove(services: ChangeServices, line: Line, contact: str, *, by: ChangedBy) -> None:
    """Remove a contact, from its groups too. Raises NotFound, StoreDown, NotInForce."""
    if not await services.contacts.remove(line.number, [contact], by):
        raise NotFound("this contact does not exist")
    await services.calls.in_force([("book", line.number)])


async def _put(
    services: ChangeServices,
    line: Line,
    identity: str,
    form: ContactIn,
    *,
    language: str,
    by: ChangedBy,
    replace: bool,
) -> ContactCard:
    country = services.directory.company(line.company).country
    if mistakes := list(_mistakes(form, country, language)):
        raise SettingsInvalid(mistakes)
    values = form.model_dump()
    values["numbers"] = tuple((one.kind, one.number) for one in form.numbers)
    values["emails"] = tuple(form.emails)
    card = ContactCard(id=identity, **values)
    await services.contacts.put(line.number, [card], by, replace=replace)
    await services.calls.in_force([("book", line.number)])
    return card


def _mistakes(form: ContactIn, country: str, language: str) -> Iterator[Mistake]:
    """What cannot be a number, and what is primary of nothing."""
    typed = [(f"numbers.{index}.number", one.number) for index, one in enumerate(form.numbers)]
    if form.sms is not None:
        typed.append(("sms", form.sms))
    for where, number in typed:
        if numbers.canonical(number, country) is None:
            yield mistake("number_impossible", where, language)
    if form.primary_number not in (None, *(one.number for one in form.numbers)):
        yield mistake("primary_number_unknown", "primary_number", language)
    if form.primary_email not in (None, *form.emails):
        yield mistake("primary_email_unknown", "primary_email", language)
