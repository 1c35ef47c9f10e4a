"""Who the far end sees: on the devices of the line called, and on the trunk for a forwarded call (spec §3). Pure.

A withheld number is never given to a device or written for an untrusted trunk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from callcontrol import numbers
from callcontrol.dialled import Inside, Outside, resolve
from callcontrol.directory.contacts import ContactBook
from callcontrol.directory.directory import Directory
from callcontrol.facts import Caller, Company, Line, Presentation
from callcontrol.settings.model import LineSettings


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device displays. ``number`` is spelt to be dialled back: ``0222969569``, ``+442079460958``."""

    number: str | None
    name: str | None
    presentation: Presentation


@dataclass(frozen=True, slots=True)
class Presented:
    """What a trunk is given. ``number`` is canonical; ``withheld`` hides it from everybody but a trusted trunk."""

    number: str
    name: str | None
    withheld: bool


def shown_caller(caller: Caller, settings: LineSettings, contacts: ContactBook, company: Company) -> Shown:
    """What the devices of a line show for ``caller``.

    *Fournir identifiant d'appelant* off: anonymous. *Fournir nom d'appelant* off: no name of the network's. The name
    of a personal contact is the user's own and is shown in both cases [G].
    """
    switches = settings.call_settings
    if caller.presentation is Presentation.ANONYMOUS:
        return Shown(None, None, Presentation.ANONYMOUS)
    contact = contacts.name_of(caller.number) if caller.number else None
    sent = caller.name if switches.show_caller_name else None
    if not switches.show_caller_number:
        return Shown(None, contact, Presentation.ANONYMOUS)
    if caller.number is None:
        return Shown(None, sent, Presentation.UNAVAILABLE)
    return Shown(numbers.national(caller.number, company.country), contact or sent, Presentation.SHOWN)


def shown_destination(dialled: str, line: Line, company: Company, directory: Directory) -> Shown:
    """What the phones of ``line`` show while we call them for a call to ``dialled``, which comes next (spec §2.7)."""
    match resolve(dialled, company, directory):
        case Inside(line=called) if (account := directory.account(called)) is not None:
            extension = account.extension if account.company == line.company else None
            return Shown(extension or account.number, account.name, Presentation.SHOWN)
        case Outside(number=number):
            name = directory.contacts(line.number).name_of(number)
            return Shown(numbers.national(number, company.country), name, Presentation.SHOWN)
        case _:
            return Shown(numbers.dial_string(dialled), None, Presentation.SHOWN)


def returned(shown: Shown, language: str) -> Shown:
    """What the phones show of a call that they transferred and that comes back (spec §2.6): "Retour : NAME"."""
    word, who = "Return" if language == "en" else "Retour", shown.name or shown.number or ""
    return replace(shown, name=f"{word} : {who}" if who else word)


def forwarded_caller(
    caller: Caller, first_line: Line, company: Company, *, foreign_allowed: bool
) -> Presented:
    """What the trunk is given when a call goes out again: the original caller, or the first line called where the
    trunk refuses a number that is not ours, or where there is none to show (RFC 5806 tells the rest)."""
    own = numbers.canonical(first_line.number, company.country) or first_line.number
    if caller.presentation is Presentation.ANONYMOUS:
        return Presented(own, None, withheld=True)
    if caller.number is None or not (foreign_allowed or _is_ours(caller, company)):
        return Presented(own, first_line.name, withheld=False)
    return Presented(caller.number, caller.name, withheld=False)


def is_foreign(caller: Caller, company: Company) -> bool:
    """Whether a forwarded call shows a number that is not ours, where the trunk lets it."""
    return (
        caller.presentation is Presentation.SHOWN
        and caller.number is not None
        and not _is_ours(caller, company)
    )


def _is_ours(caller: Caller, company: Company) -> bool:
    return caller.line is not None and caller.company == company.id
