"""A number on a list of callers (spec §3): whether it is there by itself, with it, and without it. Pure.

Said by number or by extension; what a wildcard, a contact or a group lists is not taken off number by number.
"""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.settings.fields import Callers


def lists(callers: Callers, number: str, extension: str | None, country: str) -> bool:
    """Whether ``number`` (of ``extension``, if it has one) stands on the list by itself."""
    return without(callers, number, extension, country) != callers


def without(callers: Callers, number: str, extension: str | None, country: str) -> Callers:
    """The list when ``number`` is taken off."""
    kept = tuple(
        each for each in callers.numbers if each != number and not numbers.same(each, number, country)
    )
    extensions = tuple(each for each in callers.extensions if each not in (number, extension))
    return callers.model_copy(update={"numbers": kept, "extensions": extensions})


def standing(callers: Callers, country: str) -> frozenset[str]:
    """The numbers that stand on the list by themselves, as they were typed and canonical: for whoever asks of many."""
    known = (numbers.canonical(each, country) for each in callers.numbers)
    return frozenset((*callers.numbers, *(each for each in known if each is not None)))


def size(callers: Callers) -> int:
    """How many entries a list has."""
    return sum(len(getattr(callers, kind)) for kind in type(callers).model_fields)
