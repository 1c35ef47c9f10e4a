"""What is taken while a company file is read: numbers, extensions, short codes, names; nothing may mean two things.

Pure. ``Names`` goes along as pydantic's context; each kind of field here reads a value, and what it takes is remembered
with its line. Fields are read in the order of the models: lines before groups, a line's numbers before its secrets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from callcontrol import numbers
from callcontrol.documents.fields import Bounded, choice, one_line, refuse, whole
from callcontrol.documents.tree import Scalar
from callcontrol.pins import is_good_sip_password, password_faults, pin_faults
from callcontrol.sentences.table import LANGUAGES

COUNTRIES = ("FR",)
"""Those whose plan a call knows from end to end; ``numbers.py`` knows more."""
Before = Mapping[str, Any]
"""The fields of the same mapping that were read before this one, and are right."""


@dataclass(slots=True)
class Names:
    """What one company file has taken so far: each name with the line of the file that took it."""

    country: str = "FR"
    language: str = "fr"
    length: int = 4
    """Digits of an extension."""
    numbers: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    """Extensions and short codes: both are dialled, so that they are one space of names."""
    sites: dict[str, int] = field(default_factory=dict)
    pickup_groups: dict[str, int] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    """Lines by their number and by their extension."""
    members: set[str] = field(default_factory=set)
    """Those of the group that is being read."""

    def line(self, name: str) -> str | None:
        """The number of the line that a member names."""
        found = self.lines.get(name.strip())
        if found is None and (canonical := numbers.canonical(name, self.country)):
            found = self.lines.get(numbers.national(canonical, self.country))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A kind of field that needs the names: ``read(value, names, before)``."""

    read: Callable[[Any, Names, Before], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            lambda value, info: self.read(value, info.context, info.data)
        )


def _full(value: object, names: Names, *, short: bool = False) -> str:
    """A canonical number that is no emergency number. ``short``: a short number will do too."""
    text = one_line(value)
    if numbers.is_emergency(text):
        raise refuse("emergency", number=text)
    canonical = numbers.canonical(text, names.country)
    if canonical is None or not (short or canonical.startswith("+")):
        raise refuse("number_target" if short else "number", number=text)
    return canonical


def _take(taken: dict[str, int], name: str, value: Scalar, code: str, /, **parameters: str) -> str:
    if other := taken.get(name):
        raise refuse(code, other=other, **parameters)
    taken[name] = value.line
    return name


def _fax(value: Scalar, names: Names, before: Before) -> str:
    canonical = _full(value, names)
    digits = numbers.national(canonical, names.country)
    _take(names.numbers, digits, value, "number_used", number=digits)
    return canonical


def _login(value: Scalar, names: Names, before: Before) -> str:
    digits = numbers.national(_full(value, names), names.country)
    if not re.fullmatch(r"[0-9]{4,15}", digits, re.ASCII):
        raise refuse("number", number=digits)
    return _take(names.numbers, digits, value, "number_used", number=digits)


def _line_login(value: Scalar, names: Names, before: Before) -> str:
    number = _login(value, names, before)
    return names.lines.setdefault(number, number)


def _short(value: Scalar, names: Names, text: str) -> str:
    if numbers.is_emergency(text):
        raise refuse("emergency", number=text)
    return _take(names.short, text, value, "extension_used", extension=text)


def _extension(value: Scalar, names: Names, before: Before) -> str:
    text = one_line(value)
    if not re.fullmatch(r"[0-9]+", text, re.ASCII) or len(text) != names.length:
        raise refuse("extension_shape", length=names.length)
    return _short(value, names, text)


def _line_extension(value: Scalar, names: Names, before: Before) -> str:
    extension = _extension(value, names, before)
    names.lines.setdefault(extension, before.get("number", ""))
    return extension


def _code(value: Scalar, names: Names, before: Before) -> str:
    text = one_line(value)
    if not re.fullmatch(r"[0-9]{2,6}", text, re.ASCII):
        raise refuse("code_shape")
    return _short(value, names, text)


def _name(taken: dict[str, int], value: Scalar) -> str:
    text = one_line(value)
    return _take(taken, text, value, "name_used", name=text)


def _site(value: object, names: Names, before: Before) -> str:
    text = one_line(value)
    if text not in names.sites:
        raise refuse("site_unknown", name=text)
    return text


def _member(value: object, names: Names, before: Before) -> str:
    if not isinstance(value, Scalar):
        raise refuse("not_scalar")
    line = names.line(value)
    if line is None:
        raise refuse("member_unknown", name=value)
    if line in names.members:
        raise refuse("member_twice", name=value)
    names.members.add(line)
    return line


def _no_members_yet(value: object, info: ValidationInfo[Names]) -> object:
    info.context.members.clear()
    return value


def _timezone(value: object, names: Names, before: Before) -> str:
    text = one_line(value)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("timezone", name=text) from None
    return text


def _country(value: object, names: Names, before: Before) -> str:
    names.country = one_line(value)
    if names.country not in COUNTRIES:
        wrong, names.country = names.country, COUNTRIES[0]
        raise refuse("country", name=wrong)
    return names.country


def _length(value: object, names: Names, before: Before) -> int:
    names.length = _LENGTHS.read(value)
    return names.length


def _company_language(value: object, names: Names, before: Before) -> str:
    names.language = _LANGUAGES.read(value)
    return names.language


def _language(value: object, names: Names, before: Before) -> object:
    return _LANGUAGES.read(value) if isinstance(value, Scalar) else names.language


def _own(before: Before) -> list[str]:
    return [before[name] for name in ("number", "extension", "fax_number") if before.get(name)]


def _sip_password(value: object, names: Names, before: Before) -> str | None:
    if value is None:
        return None
    text = one_line(value)
    if not is_good_sip_password(text, _own(before)):
        raise refuse("sip_password")
    return text


def _portal_password(value: object, names: Names, before: Before) -> str:
    return _kept(one_line(value), password_faults, before)


def _pin(value: object, names: Names, before: Before) -> str:
    return _kept(one_line(value), pin_faults, before)


def _kept(secret: str, faults: Callable[[str, list[str]], list[str]], before: Before) -> str:
    if codes := faults(secret, _own(before)):
        raise refuse("secret", codes=codes)
    return secret


_LENGTHS = whole(2, 6)
_LANGUAGES = choice(LANGUAGES)

LineNumber = Annotated[str, _Read(_line_login)]
"""The number of a line, as its login is written."""
GroupNumber = Annotated[str, _Read(_login)]
FaxNumber = Annotated[str, _Read(_fax)]
"""Canonical, and nobody else's."""
FullNumber = Annotated[str, _Read(lambda value, names, before: _full(value, names))]
"""Canonical."""
TargetNumber = Annotated[str, _Read(lambda value, names, before: _full(value, names, short=True))]
LineExtension = Annotated[str, _Read(_line_extension)]
GroupExtension = Annotated[str, _Read(_extension)]
ShortCode = Annotated[str, _Read(_code)]
SiteName = Annotated[str, _Read(lambda value, names, before: _name(names.sites, value))]
Site = Annotated[str, _Read(_site)]
"""The name of a site that exists."""
PickupGroupName = Annotated[str, _Read(lambda value, names, before: _name(names.pickup_groups, value))]
Members = Annotated[tuple[Annotated[str, _Read(_member)], ...], BeforeValidator(_no_members_yet), Bounded]
"""Numbers of lines, named by number or extension."""
TimeZone = Annotated[str, _Read(_timezone)]
Country = Annotated[str, _Read(_country)]
ExtensionLength = Annotated[int, _Read(_length)]
CompanyLanguage = Annotated[str, _Read(_company_language)]
Language = Annotated[str, _Read(_language), Field(validate_default=True)]
"""The company's where it is not told."""
SipPassword = Annotated[str | None, _Read(_sip_password)]
PortalPassword = Annotated[str, _Read(_portal_password)]
Pin = Annotated[str, _Read(_pin)]
