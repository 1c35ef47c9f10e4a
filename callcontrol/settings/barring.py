"""Which class of barring, if any, keeps a line from a target (spec §2.3).

Pure. Asked for each call that a line places and for the target of every forward, rule, call-me button, click-to-call
and call-back, when it is set and again when it is used. An emergency number is never barred, whatever is set.
"""

from __future__ import annotations

from typing import assert_never

from callcontrol import numbers
from callcontrol.dialled import Emergency, Inside, Outside, StarCode, Target, Unknown, UnknownCode
from callcontrol.facts import Barring, Company, Line
from callcontrol.numbers import NumberClass
from callcontrol.settings.model import LineSettings

_OF_CLASS = {
    NumberClass.NATIONAL: Barring.NATIONAL,
    NumberClass.INTERNATIONAL: Barring.INTERNATIONAL,
    NumberClass.PREMIUM: Barring.PREMIUM,
}


def barred(target: Target, line: Line, settings: LineSettings, company: Company) -> Barring | None:
    """The class that bars ``target`` for ``line``, or None. The company's barring is a floor.

    Calls inside the company are not barred; a line of another company has the class of its number.
    """
    match target:
        case Emergency() | Unknown():
            return None
        case StarCode(changes=changes):
            if is_barred(Barring.ACCESS_CODES, settings, company):
                return Barring.ACCESS_CODES
            config = changes and is_barred(Barring.CONFIG_CODES, settings, company)
            return Barring.CONFIG_CODES if config else None
        case UnknownCode():
            return Barring.ACCESS_CODES if is_barred(Barring.ACCESS_CODES, settings, company) else None
        case Inside(line=called, company=owner):
            if owner == line.company:
                return None
            number = numbers.canonical(called, company.country) or called
            return _of_class(numbers.classify(number, company.country), settings, company)
        case Outside(number_class=number_class):
            return _of_class(number_class, settings, company)
        case _:
            assert_never(target)


def is_barred(barring: Barring, settings: LineSettings, company: Company) -> bool:
    """Whether a class is barred by the line or by its company."""
    return barring in company.barring or getattr(settings.call_settings.barring, barring.value) is True


def _of_class(number_class: NumberClass, settings: LineSettings, company: Company) -> Barring | None:
    barring = _OF_CLASS.get(number_class)
    return barring if barring is not None and is_barred(barring, settings, company) else None
