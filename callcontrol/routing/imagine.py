"""A caller that somebody writes down, for ``explain``: a number, an extension, or none. Pure.

It must never invent a device: an imagined internal caller could otherwise be taken for a phone that calls.
"""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.dialled import Emergency, Inside, Outside, StarCode, Unknown, UnknownCode, resolve
from callcontrol.directory.directory import Directory
from callcontrol.facts import Caller, Company, Presentation

_WITHHELD = frozenset({"anonymous", "anonyme"})
_MISSING = frozenset({"unavailable", "indisponible", ""})


def imagined_caller(written: str, company: Company, directory: Directory) -> Caller | None:
    """Who is meant by ``written`` when ``company`` is called: ``anonymous``, ``unavailable`` (or their French words), a
    number in any spelling, an extension or a short code of the company. None when nobody can be meant."""
    word = written.strip().lower()
    if word in _WITHHELD:
        return Caller(Presentation.ANONYMOUS)
    if word in _MISSING:
        return Caller(Presentation.UNAVAILABLE)
    match resolve(written, company, directory):
        case Inside(line=number):
            return _of_our_line(number, directory)
        case Outside(number=number):
            return Caller(Presentation.SHOWN, number)
        case Emergency(number=number):
            return Caller(Presentation.SHOWN, number)
        case StarCode() | UnknownCode() | Unknown():
            return None


def _of_our_line(number: str, directory: Directory) -> Caller | None:
    owned = directory.line(number)
    if owned is None:  # a hunt group never calls
        return None
    country = directory.company(owned.company).country
    return Caller(
        Presentation.SHOWN,
        numbers.canonical(number, country),
        name=owned.name,
        line=number,
        company=owned.company,
        extension=owned.extension,
    )
