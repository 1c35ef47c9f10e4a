"""Changing the saved forward numbers of a line (numéros sauvegardés, spec §3).

No call is decided by them: they are offered where a number is asked for, and read from the database there.
"""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes.check import target_problem
from callcontrol.changes.forms import ForwardNumberIn
from callcontrol.changes.ports import ForwardNumber
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import Duplicate, NameTaken, NotFound, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.ids import uuid7
from callcontrol.sentences.table import mistake


async def add(
    services: ChangeServices, line: Line, form: ForwardNumberIn, *, language: str, by: ChangedBy
) -> ForwardNumber:
    """Save a number. Raises SettingsInvalid when the line could not forward to it now, Duplicate when it is saved
    already, NotFound (the line is gone), StoreDown."""
    return await _put(services, line, uuid7(), form, language=language, by=by, replace=False)


async def replace(
    services: ChangeServices, line: Line, saved: str, form: ForwardNumberIn, *, language: str, by: ChangedBy
) -> ForwardNumber:
    """Change a saved number. Raises as ``add``."""
    return await _put(services, line, saved, form, language=language, by=by, replace=True)


async def remove(services: ChangeServices, line: Line, saved: str, *, by: ChangedBy) -> None:
    """Remove a saved number; forwards that use it keep it. Raises NotFound, StoreDown."""
    await services.forward_numbers.remove(line.number, saved, by)


async def _put(
    services: ChangeServices,
    line: Line,
    identity: str,
    form: ForwardNumberIn,
    *,
    language: str,
    by: ChangedBy,
    replace: bool,
) -> ForwardNumber:
    others = {one.id: one for one in await services.forward_numbers.all(line.number)}
    if others.pop(identity, None) is None and replace:
        raise NotFound("this saved number does not exist")
    if code := target_problem(form.number, line=line, directory=services.directory):
        raise SettingsInvalid([mistake(code, "number", language, number=form.number)])
    twice = Duplicate([mistake("number_twice", "number", language)])
    country = services.directory.company(line.company).country
    if any(numbers.same(one.number, form.number, country) for one in others.values()):
        raise twice
    saved = ForwardNumber(identity, form.number, form.name)
    try:
        await services.forward_numbers.put(line.number, saved, by, replace=replace)
    except NameTaken:
        raise twice from None
    return saved
