"""What only the directory knows about a document: targets that cannot be called or are barred, unknown extensions.

Pure. Part of accepting a document wherever it comes from (portal, star code, voice menu, file): never only in a page.
A forward that is off and keeps the number it had is not judged again, so that a barring set later does not lock the
page; it is judged when it is switched on, and again when a call would use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from pydantic import BaseModel

from callcontrol.dialled import Emergency, Inside, Outside, StarCode, Unknown, UnknownCode, resolve
from callcontrol.directory.directory import Directory
from callcontrol.errors import Mistake
from callcontrol.facts import Line
from callcontrol.sentences.table import mistake
from callcontrol.settings.barring import barred
from callcontrol.settings.model import Callers, CallManager, CallManagerAdvanced, LineSettings


def target_problem(dialled: str, *, line: Line, directory: Directory) -> str | None:
    """Why ``line`` may not forward to ``dialled`` now, as a code of ``sentences/settings.py``; None when it may.

    ``target_impossible``, ``target_emergency``, ``target_code``, ``target_self`` or ``target_barred_<class>``.
    """
    company = directory.company(line.company)
    target = resolve(dialled, company, directory)
    match target:
        case Unknown():
            return "target_impossible"
        case Emergency():
            return "target_emergency"
        case StarCode() | UnknownCode():
            return "target_code"
        case Inside(line=called) if called == line.number:
            return "target_self"
        case Inside() | Outside():
            barring = barred(target, line, directory.settings(line.number), company)
            return f"target_barred_{barring.value}" if barring else None
        case _:
            assert_never(target)


def call_problem(dialled: str, *, line: Line, directory: Directory, first: bool = False) -> str | None:
    """Why ``line`` may not have ``dialled`` called by a click (spec §2.7), as a code of ``sentences``; None when it
    may. ``first``: as the party that is called first."""
    company = directory.company(line.company)
    target = resolve(dialled, company, directory)
    match target:
        case Unknown():
            return "call_impossible"
        case StarCode() | UnknownCode():
            return "call_code"
        case Emergency():
            return "call_from_emergency" if first else None
        case Inside() | Outside():
            barring = barred(target, line, directory.settings(line.number), company)
            return f"target_barred_{barring.value}" if barring else None
        case _:
            assert_never(target)


def check_against_line(
    document: BaseModel, *, line: Line, directory: Directory, kept: LineSettings, language: str = "fr"
) -> list[Mistake]:
    """Every mistake of a parsed document that shows only beside the line and its company; empty when it is right.
    ``kept`` has the document as it was."""
    match document:
        case CallManager():
            found = list(_forward_mistakes(document, kept.call_manager, line, directory, language))
            return found + list(_caller_mistakes(document, kept.call_manager, line, directory, language))
        case CallManagerAdvanced():
            return list(_advanced_mistakes(document, kept.call_manager_advanced, line, directory, language))
        case _:
            return []


def warnings(document: BaseModel, *, language: str = "fr") -> list[Mistake]:
    """What is allowed but probably not meant: a forward that voicemail always overtakes (M ≤ N, spec §3 row 10)."""
    if not isinstance(document, CallManager):
        return []
    rule = document.no_answer
    if rule.forward_enabled and rule.voicemail_enabled and rule.voicemail_after <= rule.forward_after:
        delays = {"voicemail_after": rule.voicemail_after, "forward_after": rule.forward_after}
        return [mistake("forward_never", "no_answer.forward_after", language, **delays)]
    return []


def _forward_mistakes(
    new: CallManager, old: CallManager, line: Line, directory: Directory, language: str
) -> Iterator[Mistake]:
    forwards = (
        ("unconditional", new.incoming == "forward", new.unconditional.number, old.unconditional.number),
        ("no_answer", new.no_answer.forward_enabled, new.no_answer.number, old.no_answer.number),
        ("busy", new.busy.forward_enabled, new.busy.number, old.busy.number),
        ("unavailable", new.unavailable.forward_enabled, new.unavailable.number, old.unavailable.number),
        (
            "selective_forward",
            new.selective_forward.enabled,
            new.selective_forward.number,
            old.selective_forward.number,
        ),
    )
    for where, enabled, number, before in forwards:
        if enabled or number != before:
            yield from _target_mistakes(number, f"{where}.number", line, directory, language)


def _advanced_mistakes(
    new: CallManagerAdvanced, old: CallManagerAdvanced, line: Line, directory: Directory, language: str
) -> Iterator[Mistake]:
    forwards = (
        ("number", new.incoming == "forward", new.number, old.number),
        ("no_answer.number", new.no_answer.action == "forward", new.no_answer.number, old.no_answer.number),
        ("busy.number", new.busy.action == "forward", new.busy.number, old.busy.number),
    )
    for where, enabled, number, before in forwards:
        if enabled or number != before:
            yield from _target_mistakes(number, where, line, directory, language)
    # No line has rule lists until there is a collection of them: a list that is named cannot be right.
    if new.incoming == "list":
        yield mistake("list_unknown", "list", language)
    if new.incoming == "schedule":
        yield mistake("list_unknown", "schedule", language)


def _target_mistakes(
    number: str | None, where: str, line: Line, directory: Directory, language: str
) -> Iterator[Mistake]:
    if number is not None and (code := target_problem(number, line=line, directory=directory)):
        yield mistake(code, where, language, number=number)


def _caller_mistakes(
    new: CallManager, old: CallManager, line: Line, directory: Directory, language: str
) -> Iterator[Mistake]:
    lists = (
        ("dnd.priority", new.dnd.priority, old.dnd.priority),
        ("selective_forward.callers", new.selective_forward.callers, old.selective_forward.callers),
        ("selective_reject.callers", new.selective_reject.callers, old.selective_reject.callers),
        ("distinctive_ring.callers", new.distinctive_ring.callers, old.distinctive_ring.callers),
    )
    for where, callers, before in lists:
        yield from _unknown_callers(callers, before, where, line, directory, language)


def _unknown_callers(
    new: Callers, old: Callers, where: str, line: Line, directory: Directory, language: str
) -> Iterator[Mistake]:
    """Entries that are new and mean nobody; one whose extension or contact went away meanwhile is left alone."""
    book = directory.contacts(line.number)
    for index, extension in enumerate(new.extensions):
        if extension not in old.extensions and directory.extension(line.company, extension) is None:
            yield mistake("extension_unknown", f"{where}.extensions.{index}", language, extension=extension)
    for index, contact in enumerate(new.contacts):
        if contact not in old.contacts and contact not in book.contacts:
            yield mistake("contact_unknown", f"{where}.contacts.{index}", language)
    for index, group in enumerate(new.contact_groups):
        if group not in old.contact_groups and group not in book.groups:
            yield mistake("group_unknown", f"{where}.contact_groups.{index}", language)
