"""Telephone numbers: one canonical spelling, equality, classes, and how they are shown.

Pure. A canonical number is E.164 with ``+`` (``+33222969569``) or a short number as dialled (``3631``, ``15``).
Must never guess: what cannot be a number is None, never a number repaired into another one.
Thinking in one country is the exception: every function takes the company's country plan (spec §1), France by
default. ``phonenumbers`` is asked only about spellings that are not French ones, and every answer is cached.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

EMERGENCY_NUMBERS = frozenset(
    {"15", "17", "18", "112", "114", "115", "116000", "116111", "116117", "119", "191", "196", "197"}
)
"""The explicit list of spec §2.2: never barred, counted, hidden or forwarded to."""

LONGEST_SPELLING = 40
"""Characters of a number as typed; the longest E.164 number with a separator after each digit is shorter."""

_SEPARATORS = re.compile(r"[\s.\-/()\u00a0\u2007\u2009\u202f\u2010-\u2013]+")
_PLAIN = re.compile(r"\+?[0-9*#]+", re.ASCII)
_WORD = re.compile(r"\w")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_SPELLING = re.compile(r"\+?[0-9]+")
_SHORT = re.compile(r"[1-9][0-9]{1,5}")
_FRENCH = re.compile(r"(?:\+33|0033|0)0?([1-9][0-9]{8})")
_FRENCH_NATIONAL = re.compile(r"0([1-9][0-9]{8})")
_FRENCH_SHORT = re.compile(r"1[0-9]{1,5}|3[0-9]{3}")
_CACHED = 32_768


class NumberClass(StrEnum):
    """What a number costs and where it leads, for barring (spec §2.3)."""

    EMERGENCY = "emergency"
    NATIONAL = "national"
    INTERNATIONAL = "international"
    PREMIUM = "premium"


@lru_cache(maxsize=_CACHED)
def canonical(dialled: str, country: str = "FR") -> str | None:
    """The one spelling under which a number is stored and compared; None when it cannot be a number.

    Takes any usual spelling: ``0222969569``, ``02 22 96 95 69``, ``02.22.96.95.69``, ``+33 (0)2 22 96 95 69``,
    ``0033222969569``. Short numbers of 2 to 6 digits that do not begin with 0 stay as they are.
    """
    bare = _bare(dialled)
    if bare is None:
        return None
    if _SHORT.fullmatch(bare):
        return bare
    if country == "FR":
        if bare.startswith(("+33", "0033")):
            match = _FRENCH.fullmatch(bare)
            return f"+33{match[1]}" if match else None
        if not bare.startswith(("+", "00")):
            match = _FRENCH_NATIONAL.fullmatch(bare)
            return f"+33{match[1]}" if match else None
    return _parsed(f"+{bare[2:]}" if bare.startswith("00") else bare, country)


def dial_string(text: str) -> str:
    """What was dialled or written without what people put between digits: blanks, brackets, dots, dashes, slashes, a
    ``tel:``, and the ``(0)`` of ``+33 (0)2``. Everything else stays, letters too, and makes it no number."""
    bare = text.strip().removeprefix("tel:")
    if bare.isdigit():
        return bare
    return _SEPARATORS.sub("", _TRUNK_ZERO.sub("", bare) if bare.startswith(("+", "00")) else bare)


def same(a: str, b: str, country: str = "FR") -> bool:
    """Whether two spellings are one number (spec §1). Two texts that are no numbers are never the same."""
    one = canonical(a, country)
    return one is not None and one == canonical(b, country)


@lru_cache(maxsize=_CACHED)
def national(number: str, country: str = "FR") -> str:
    """A canonical number as it is dialled inside ``country``: ``0222969569``; unchanged when it is foreign
    or short."""
    if country == "FR":
        return f"0{number[3:]}" if number.startswith("+33") and len(number) == 12 else number
    parsed = _parse(number, country)
    if parsed is None or parsed.country_code != phonenumbers.country_code_for_region(country):
        return number
    return "".join(filter(str.isdigit, phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)))


@lru_cache(maxsize=_CACHED)
def pretty(number: str, country: str = "FR") -> str:
    """A canonical number for people: ``02 22 96 95 69``, ``+44 20 7946 0958``, ``36 31``, ``118 712``."""
    if number.startswith("+"):
        parsed = _parse(number, country)
        if parsed is None:
            return number
        inside = parsed.country_code == phonenumbers.country_code_for_region(country)
        style = PhoneNumberFormat.NATIONAL if inside else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(parsed, style)
    match number.isdigit(), len(number):
        case True, 4:
            return f"{number[:2]} {number[2:]}"
        case True, 6:
            return f"{number[:3]} {number[3:]}"
        case _:
            return number


@lru_cache(maxsize=_CACHED)
def country_code(number: str) -> str:
    """The country's code of a number that begins with ``+`` ("44"); "" where there is none such."""
    parsed = _parse(number, "FR")
    return str(parsed.country_code) if parsed is not None and number.startswith("+") else ""


def is_emergency(dialled: str) -> bool:
    """Whether this is one of the numbers that always go out (spec §2.2), however it is spaced."""
    return dialled in EMERGENCY_NUMBERS or _bare(dialled) in EMERGENCY_NUMBERS


@lru_cache(maxsize=_CACHED)
def classify(number: str, country: str = "FR") -> NumberClass:
    """The class of a canonical number (spec §2.3).

    Short numbers that are no emergency numbers are premium; so is 08… in France, and in another plan what
    ``phonenumbers`` knows as premium rate or shared cost.
    """
    if number in EMERGENCY_NUMBERS:
        return NumberClass.EMERGENCY
    if not number.startswith("+"):
        return NumberClass.PREMIUM
    if country == "FR":
        if not number.startswith("+33"):
            return NumberClass.INTERNATIONAL
        return NumberClass.PREMIUM if number.startswith("+338") else NumberClass.NATIONAL
    parsed = _parse(number, country)
    if parsed is None or parsed.country_code != phonenumbers.country_code_for_region(country):
        return NumberClass.INTERNATIONAL
    costly = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
    return NumberClass.PREMIUM if phonenumbers.number_type(parsed) in costly else NumberClass.NATIONAL


def is_assigned_short(number: str, country: str = "FR") -> bool:
    """Whether a short number can exist in the country's plan: in France 1X to 118XYZ and 3BPQ. Elsewhere any.

    So that a mistyped extension is announced as unknown instead of being tried outside.
    """
    return country != "FR" or _FRENCH_SHORT.fullmatch(number) is not None


def redact(number: str | None) -> str:
    """A number for logs and for administrators (spec §13): its last four digits are masked.

    None (withheld or unknown) is an empty text. A number of four digits or fewer is masked whole; so is whatever is no
    plain number (a URI, a name, a password in the wrong field): of it only the shape is left.
    """
    if not number:
        return ""
    if not _PLAIN.fullmatch(number):
        return _WORD.sub("•", number[:LONGEST_SPELLING])
    kept = max(len(number) - 4, 0)
    return number[:kept] + "•" * (len(number) - kept)


def prefix(pattern: str, country: str = "FR") -> str | None:
    """The canonical prefix meant by a pattern such as ``02 22*``, ``+44*`` or ``36*``; None when it is none.

    ``00*`` and ``+*`` are the bare ``+``: see ``has_prefix``.
    """
    head = pattern.strip()
    if not head.endswith("*") or len(head) > LONGEST_SPELLING:
        return None
    bare = _SEPARATORS.sub("", _TRUNK_ZERO.sub("", head[:-1]))
    if bare in ("+", "00"):
        return "+"
    if not _SPELLING.fullmatch(bare):
        return None
    if bare.startswith("00"):
        return f"+{bare[2:]}"
    if bare.startswith("0"):
        return f"+{phonenumbers.country_code_for_region(country)}{bare[1:]}"
    return bare


def has_prefix(number: str, start: str, country: str = "FR") -> bool:
    """Whether a canonical number falls under a prefix from ``prefix``. The bare ``+`` is every foreign number."""
    if start == "+":
        return classify(number, country) is NumberClass.INTERNATIONAL
    return number.startswith(start)


def _bare(dialled: str) -> str | None:
    """The digits, with a leading ``+`` where there was one; None when anything else is in it."""
    if len(dialled) > LONGEST_SPELLING:
        return None
    text = dial_string(dialled)
    return text if _SPELLING.fullmatch(text) else None


def _parsed(bare: str, country: str) -> str | None:
    """E.164; each parsing takes one trunk prefix away (+386 0 0 …), so until none is left: one number, one spelling."""
    parsed = _parse(bare, country)
    if parsed is None or phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    found = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return found if found == bare else _parsed(found, country)


def _parse(text: str, country: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
