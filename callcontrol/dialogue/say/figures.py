"""Says phone numbers and whole numbers. Pure; the rules common to all of ``say`` stand in its ``__init__``."""

from __future__ import annotations

import re

from callcontrol import numbers

HIGHEST = 999_999
"""The highest number that the recorded words can say."""

FEMININE = frozenset({1, 21, 31, 41, 51, 61, 81})
"""Where French says "une": 1, 21, … but not 11, 71, 91."""

MUTE = frozenset({6, 8, 10, 18, 26, 28, 36, 38, 46, 48, 56, 58, 66, 68, 70, 78, 86, 88, 90, 98})
"""Where French drops the last consonant before a noun: "vingt-si(x) messages"."""

_DIRECTORY_ENQUIRIES = re.compile("118[0-9]{3}")
"""Said in threes: "cent dix-huit, sept cent douze"."""


def phone_number(number: str, language: str) -> tuple[str, ...]:
    """Say a phone number: French in pairs ("zéro deux, vingt-deux, …"), English digit by digit.

    A French number is said as it is dialled in France, whatever its spelling: +33222969569 is 02 22 96 95 69. Of a
    foreign one French says 00, the country's code as one number ("trois cent cinquante-trois"), then pairs.
    Extensions and short codes are said alike: in pairs ("quarante, zéro deux"), three digits and fewer one by one.
    Raises ValueError for what is not a phone number.
    """
    dialled = re.sub(r"[\s.()/-]", "", number)
    dialled = re.sub(r"^(\+|00)33(?=[1-9]\d{8}$)", "0", dialled)
    dialled = re.sub(r"^\+(?=\d)", "00", dialled)
    if language != "fr" or len(dialled) <= 3:
        return digits(dialled, language)
    _require_digits(dialled, number)
    if dialled.startswith("00") and len(dialled) > 10:
        code = numbers.country_code(f"+{dialled[2:]}")
        country = list(integer(int(code), language)) if code else []
        return _falling(["pair-00", *country, *_pairs(dialled[2 + len(code) :])])
    if _DIRECTORY_ENQUIRIES.fullmatch(dialled):
        service = dialled[3:]
        named = (
            integer(int(service), language, final=True) if service[0] != "0" else digits(service, language)
        )
        return (*integer(118, language), *named)
    return _falling(_pairs(dialled))


def digits(number: str, language: str) -> tuple[str, ...]:
    """Say one digit after the other, in any language. Raises ValueError for anything but digits."""
    _require_digits(number, number)
    return _falling([f"number-{digit}" for digit in number])


def integer(n: int, language: str, feminine: bool = False, *, final: bool = False) -> tuple[str, ...]:
    """Say a whole number from 0 to 999,999; with ``final`` French falls, as at a sentence's end.

    ``feminine`` matters in French only: "une", "vingt et une". Raises ValueError outside that range.
    """
    if not 0 <= n <= HIGHEST:
        raise ValueError(f"{n} is not between 0 and {HIGHEST}")
    thousands, rest = divmod(n, 1000)
    spoken: list[str] = []
    if thousands:
        # French says "mille", never "un mille".
        spoken += [*(integer(thousands, language) if thousands > 1 or language != "fr" else ()), "thousand"]
    hundreds, units = divmod(rest, 100)
    if hundreds:
        spoken.append(f"hundred-{hundreds}")
    if units or not spoken:
        if feminine and language == "fr" and units in FEMININE:
            return (*spoken, f"number-{units}-f")
        spoken.append(f"number-{units}")
    # English was recorded with a falling voice for single digits only.
    return _falling(spoken) if final and language == "fr" else tuple(spoken)


def before_noun(n: int, language: str, feminine: bool = False) -> tuple[str, ...]:
    """Say a whole number that a noun follows, which in French may take its last consonant: "vingt-si(x) pages"."""
    said = integer(n, language, feminine)
    return (*said[:-1], f"{said[-1]}-before") if language == "fr" and n % 100 in MUTE else said


def _pairs(digits: str) -> list[str]:
    """An odd first digit stands alone."""
    odd = len(digits) % 2
    return [_pair(group) for group in [digits[:odd], *re.findall("..", digits[odd:])] if group]


def _pair(group: str) -> str:
    return f"pair-{group}" if len(group) == 2 and group[0] == "0" else f"number-{group}"


def _falling(ids: list[str]) -> tuple[str, ...]:
    """Let the voice fall on the last word."""
    return (*ids[:-1], f"{ids[-1]}-end")


def _require_digits(dialled: str, number: str) -> None:
    """``number``, as it was given, must not be repeated in the error: it could end in a log (spec §13)."""
    if not (dialled.isascii() and dialled.isdigit()):
        raise ValueError(f"{len(number)} characters that are no phone number")
