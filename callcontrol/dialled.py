"""What a dialled string means, in the order of spec §2.1.

Pure. Used for a call from one of our phones and for the target of every forward, rule, click-to-call and call-back,
so that they cannot differ. Must never call a short code's target a code again: a short code leads to a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from callcontrol import numbers
from callcontrol.facts import Company
from callcontrol.numbers import NumberClass
from callcontrol.star_codes import LONGEST_CODE, STAR_CODES, VOICE_MENU, Code


@dataclass(frozen=True, slots=True)
class Emergency:
    """One of the numbers that always go out."""

    number: str


@dataclass(frozen=True, slots=True)
class StarCode:
    """A code of ``STAR_CODES`` and what was dialled after it."""

    code: str
    argument: str
    changes: bool


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """It begins with a star and is none of our codes; it is announced as such."""

    dialled: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A line or group of this installation, by its ten digits. ``company`` is the owner's id."""

    line: str
    company: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A number that only a trunk reaches: canonical, with its class."""

    number: str
    number_class: NumberClass


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing that can be called."""

    dialled: str


Target = Emergency | StarCode | UnknownCode | Inside | Outside | Unknown


class KnownNumbers(Protocol):
    """What ``resolve`` asks the directory."""

    def extension(self, company: str, extension: str) -> str | None:
        """The line or group number of an extension."""
        ...

    def short_code(self, company: str, code: str) -> str | None:
        """The number that a short code stands for, as written by the administrator."""
        ...

    def owner(self, number: str, country: str = "FR") -> tuple[str, str] | None:
        """The ten digits and the company id of a line or group, asked in any spelling."""
        ...


def resolve(
    dialled: str, company: Company, directory: KnownNumbers, codes: Mapping[str, Code] = STAR_CODES
) -> Target:
    """What ``dialled`` means for somebody of ``company``: the first of spec §2.1 that applies.

    The company's own access number to its boxes is their code, so that the two cannot differ.
    """
    text = numbers.dial_string(dialled)
    if len(text) > 1:
        text = text.removesuffix("#")  # how many phones say "that is all"
    if numbers.is_emergency(text):
        return Emergency("".join(filter(str.isdigit, text)))
    if text.startswith("*"):
        return _star_code(text, codes)
    if line := directory.extension(company.id, text):
        return _inside_or_unknown(line, dialled, company, directory)
    if target := directory.short_code(company.id, text):
        if numbers.is_emergency(target):
            return Emergency("".join(filter(str.isdigit, target)))
        if line := directory.extension(company.id, target):
            return _inside_or_unknown(line, dialled, company, directory)
        text = target
    return _full_number(text, dialled, company, directory)


def _full_number(text: str, dialled: str, company: Company, directory: KnownNumbers) -> Target:
    access = company.voicemail_number
    if access is not None and numbers.canonical(text, company.country) == access:
        return StarCode(VOICE_MENU, "", changes=False)
    if owned := directory.owner(text, company.country):
        return Inside(*owned)
    number = numbers.canonical(text, company.country)
    if number is None or not (number.startswith("+") or numbers.is_assigned_short(number, company.country)):
        return Unknown(dialled)
    return Outside(number, numbers.classify(number, company.country))


def _inside_or_unknown(line: str, dialled: str, company: Company, directory: KnownNumbers) -> Target:
    owned = directory.owner(line, company.country)
    return Inside(*owned) if owned else Unknown(dialled)


def _star_code(text: str, codes: Mapping[str, Code]) -> Target:
    """Longest code first (spec §7)."""
    for length in range(min(len(text), LONGEST_CODE), 1, -1):
        code = codes.get(text[:length])
        if code is None:
            continue
        argument = text[length:].strip()
        if (code.argument == "none" and argument) or (code.argument == "required" and not argument):
            return UnknownCode(text)
        return StarCode(text[:length], argument, code.changes)
    return UnknownCode(text)
