"""Blocking a caller whom the history shows (spec §10.3): an entry of *Rejeter la sélection*, which is switched on.

The list is the one that the call manager's page and ``*60`` show. A line of the advanced manager has rules instead.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes import line_settings, listed_callers
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.errors import NotPossible, SettingsInvalid
from callcontrol.facts import Licence, Line
from callcontrol.sentences.table import mistake
from callcontrol.settings.model import Callers, CallManager, SelectiveList
from callcontrol.settings.parse import to_raw

FIELD = "number"
"""What a mistake names."""


def can_block(line: Line) -> bool:
    """Whether a line has such a list."""
    return line.licence not in (Licence.FULL_MEETING_ADVANCED, Licence.FAX)


def blocked_by(line: Line, directory: Directory) -> Callable[[str], bool]:
    """Whether calls of a number (canonical) are refused because it stands on the list by itself; asked of many."""
    rejected = directory.settings(line.number).call_manager.selective_reject
    country = directory.company(line.company).country
    listed, extensions = listed_callers.standing(rejected.callers, country), set(rejected.callers.extensions)

    def is_blocked(number: str) -> bool:
        if not rejected.enabled:
            return False
        _, extension, _ = _named(line, number, directory)
        return number in listed or bool({number, extension} & extensions)

    return is_blocked


async def block(
    services: ChangeServices, line: Line, number: str, *, language: str, by: ChangedBy
) -> SelectiveList:
    """Refuse calls of ``number``, in any spelling, from now on; the list as it then stands.

    Raises NotPossible (rules decide here), SettingsInvalid, StoreDown, NotInForce, NotFound.
    """

    def with_it(callers: Callers) -> Callers:
        if listed_callers.lists(callers, *named):
            return callers
        return callers.model_copy(update={"numbers": (*callers.numbers, number)})

    _must_have_a_list(line, language)
    if numbers.canonical(number, services.directory.company(line.company).country) is None:
        raise SettingsInvalid([mistake("number_impossible", FIELD, language)])
    named = _named(line, number, services.directory)
    return await _change(services, line, with_it, switched_on=True, language=language, by=by)


async def unblock(
    services: ChangeServices, line: Line, number: str, *, language: str, by: ChangedBy
) -> SelectiveList:
    """Take ``number`` off the list; one that is not there is no error. Raises as ``block``."""
    _must_have_a_list(line, language)
    named = _named(line, number, services.directory)
    return await _change(
        services, line, lambda callers: listed_callers.without(callers, *named), language=language, by=by
    )


async def _change(
    services: ChangeServices,
    line: Line,
    make: Callable[[Callers], Callers],
    *,
    switched_on: bool = False,
    language: str,
    by: ChangedBy,
) -> SelectiveList:
    def changed(model: BaseModel) -> object:
        assert isinstance(model, CallManager)
        before = model.selective_reject
        update = {"callers": make(before.callers), "enabled": switched_on or before.enabled}
        return to_raw(model.model_copy(update={"selective_reject": before.model_copy(update=update)}))

    kept = await line_settings.change(services, line, "call-manager", changed, language=language, by=by)
    assert isinstance(kept.model, CallManager)
    return kept.model.selective_reject


def _must_have_a_list(line: Line, language: str) -> None:
    if not can_block(line):
        why = "block_no_calls" if line.licence is Licence.FAX else "block_by_rules"
        raise NotPossible([mistake(why, "", language)])


def _named(line: Line, number: str, directory: Directory) -> tuple[str, str | None, str]:
    """A number with its extension inside the company, and the country in which it is read."""
    country = directory.company(line.company).country
    owner = directory.owner(number, country)
    known = directory.account(owner[0]) if owner is not None and owner[1] == line.company else None
    return number, known.extension if known is not None else None, country
