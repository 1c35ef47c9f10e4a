"""How an operator writes numbers, and how a dialled string is cleaned. Pure.

Every number that a trunk names (From, P-Asserted-Identity, Remote-Party-ID, Diversion, History-Info, the called number)
is read by the trunk's format, and every number sent through it is written in it. Must never guess: what the format
does not explain is None, and whoever asked keeps it as it was sent.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from callcontrol import numbers


class NumberFormat(StrEnum):
    """``number_format`` of a trunk. A number with ``+`` or ``00`` is understood in each of them."""

    NATIONAL = "national"
    """``0612345678``, also without its 0; abroad ``0044…``. Sent: ``0612345678``, ``0044…``."""
    E164 = "e164"
    """``+33612345678``; a lost ``+`` is made good. Sent with ``+``."""
    E164_NO_PLUS = "e164_no_plus"
    """``33612345678``. Sent alike."""
    AUTO = "auto"
    """Read: each of these as far as they cannot be confused. Sent: ``0612345678``, ``+44…``."""


SURELY_E164 = 10
"""Digits from which a number without ``+`` is no number of this country that lost its 0."""
LONGEST_AS_SENT = 32
"""Of what is not understood, so much may be a number."""
_AS_SENT = re.compile(r"\+?[0-9*#]{1,32}", re.ASCII)


@lru_cache(maxsize=32_768)
def understood(sent: str, spelling: NumberFormat, country: str = "FR") -> str | None:
    """The canonical number that an operator means by ``sent``; None when its format does not explain it."""
    digits = numbers.dial_string(sent)
    if digits.startswith(("+", "0")) or not re.fullmatch(r"[0-9]{7,15}", digits, re.ASCII):
        return numbers.canonical(digits, country)
    code = str(phonenumbers.country_code_for_region(country))
    match spelling:
        case NumberFormat.NATIONAL:
            return _national(digits, country)
        case NumberFormat.E164 | NumberFormat.E164_NO_PLUS:
            sure = len(digits) >= SURELY_E164 or digits.startswith(code)
            return numbers.canonical(f"+{digits}", country) if sure else _foreign(digits, country)
        case NumberFormat.AUTO:
            if digits.startswith(code) and (own := numbers.canonical(f"+{digits}", country)):
                return own
            longer = len(digits) > SURELY_E164
            return _national(digits, country) or (_foreign(digits, country) if longer else None)


def _national(digits: str, country: str) -> str | None:
    """A national significant number without the 0 that precedes it at home: in France nine digits."""
    return numbers.canonical(f"0{digits}", country)


def _foreign(digits: str, country: str) -> str | None:
    """A number abroad without its ``+``: it could be another one, so it must exist."""
    try:
        parsed = phonenumbers.parse(f"+{digits}", country)
    except phonenumbers.NumberParseException:
        return None
    return numbers.canonical(f"+{digits}", country) if phonenumbers.is_valid_number(parsed) else None


def as_sent(sent: str) -> str | None:
    """What is shown of a number that is not understood: its digits as they came; None when it is no number at all
    (letters, nothing, too long)."""
    digits = numbers.dial_string(sent)
    return digits if _AS_SENT.fullmatch(digits) and any(map(str.isdigit, digits)) else None


def in_context(local: str, context: str, country: str = "FR") -> str | None:
    """The canonical number of a local one with ``;phone-context=+…`` (RFC 3966 §5.1.5); None when the context adds
    nothing: a global number, or a short one, which every network understands as it is dialled (112)."""
    digits = numbers.dial_string(local)
    prefix = numbers.dial_string(context)
    if not re.fullmatch(r"\+[0-9]{1,15}", prefix, re.ASCII) or not re.fullmatch(
        r"[0-9]{7,15}", digits, re.ASCII
    ):
        return None
    region = phonenumbers.region_code_for_country_code(int(prefix[1:]))
    if digits.startswith("0") and region != "ZZ":
        return numbers.canonical(digits, region)
    return numbers.canonical(f"{prefix}{digits}", country)


@lru_cache(maxsize=32_768)
def spelt(number: str, spelling: NumberFormat, country: str = "FR") -> str:
    """A canonical number as the operator wants it written; short numbers and what is no number stay as they are."""
    if not number.startswith("+"):
        return number
    match spelling:
        case NumberFormat.AUTO:
            return numbers.national(number, country)
        case NumberFormat.NATIONAL:
            at_home = numbers.national(number, country)
            return f"00{at_home[1:]}" if at_home.startswith("+") else at_home
        case NumberFormat.E164:
            return number
        case NumberFormat.E164_NO_PLUS:
            return number[1:]
