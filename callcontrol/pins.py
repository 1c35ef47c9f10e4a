"""What a voicemail PIN and a portal password must be (spec §6, §10.1). Pure.

The same rules for the voice menu, the portal, the API and the company file. Never keeps, logs or repeats the
secret itself: the sentences name the rule, not what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from callcontrol.sentences.table import sentence

SEQUENCE = 4
"""Digits one up or one down that make a sequence: 1234, 54321."""
NUMBER_PART = 4
"""Consecutive digits of one's number that make a part of it."""

LONG = 20
"""Characters of a SIP password that needs no mixture."""
SHORTEST = 12


def pin_mistakes(pin: str, numbers: Iterable[str], language: str) -> list[str]:
    """Every rule that ``pin`` breaks, one sentence each in ``language``; empty when it is good.

    ``numbers`` are the numbers of the line (number, fax, extension), in any spelling.
    """
    return [sentence(code, language) for code in pin_faults(pin, numbers)]


def pin_faults(pin: str, numbers: Iterable[str]) -> list[str]:
    """The same as codes, for whoever has words of its own: ``pin_digits``, ``pin_length``, ``repeated``, ``sequence``,
    ``number_part``."""
    codes = []
    if not (pin.isascii() and pin.isdigit()):
        codes.append("pin_digits")
    if not 6 <= len(pin) <= 8:
        codes.append("pin_length")
    return [*codes, *_common(pin, numbers)]


def password_mistakes(password: str, numbers: Iterable[str], language: str) -> list[str]:
    """Every rule that ``password`` breaks, one sentence each; see ``pin_mistakes``."""
    return [sentence(code, language) for code in password_faults(password, numbers)]


def password_faults(password: str, numbers: Iterable[str]) -> list[str]:
    """The same as codes: ``password_length`` and so on, ``repeated``, ``sequence``, ``number_part``."""
    rules = {
        "password_length": 12 <= len(password) <= 20,
        "password_digit": any(c.isdigit() for c in password),
        "password_letter": any(c.isalpha() for c in password),
        "password_special": any(c.isprintable() and not c.isalnum() and not c.isspace() for c in password),
        "password_control": password.isprintable(),
    }
    codes = [code for code, kept in rules.items() if not kept]
    return [*codes, *_common(password, numbers)]


def is_good_sip_password(password: str, numbers: Iterable[str]) -> bool:
    """Whether it is hard to guess. It is typed into phones: visible ASCII, no space.

    The rules of a portal password; a long one may be anything in which ``LONG // 2`` different characters and no number
    of the line stand, since by chance a random one has three digits in a row. Neither counts up or down for most of
    its length, nor says the same again.
    """
    if not (password.isascii() and password.isprintable() and " " not in password and len(password) <= 64):
        return False
    if password in (password + password)[1:-1] or _counts(password):
        return False
    if len(password) >= LONG:
        own = ["".join(filter(str.isdigit, number))[-9:] for number in numbers]
        return len(set(password)) >= LONG // 2 and not any(
            digits in password for digits in own if len(digits) >= NUMBER_PART
        )
    kinds = (str.isdigit, str.isalpha, lambda c: not c.isalnum())
    mixed = len(password) >= SHORTEST and all(any(kind(c) for c in password) for kind in kinds)
    return mixed and not any(_common(password, numbers))


def _counts(secret: str) -> bool:
    """More than half of its characters stand next to the one before them: abcdef…, 98765…."""
    steps = [abs(ord(after) - ord(before)) == 1 for before, after in pairwise(secret)]
    return sum(steps) * 2 > len(secret)


def _common(secret: str, numbers: Iterable[str]) -> Iterator[str]:
    if re.search(r"([0-9])\1\1", secret):
        yield "repeated"
    if _has_sequence(secret):
        yield "sequence"
    if _has_part_of(secret, numbers):
        yield "number_part"


def _has_sequence(secret: str) -> bool:
    up = down = 1
    for before, after in pairwise(secret):
        both = before.isascii() and after.isascii() and before.isdigit() and after.isdigit()
        step = ord(after) - ord(before) if both else 0
        up = up + 1 if step == 1 else 1
        down = down + 1 if step == -1 else 1
        if SEQUENCE in (up, down):
            return True
    return False


def _has_part_of(secret: str, numbers: Iterable[str]) -> bool:
    parts = set()
    for number in numbers:
        digits = "".join(c for c in number if c.isdigit())
        parts |= {digits[i : i + NUMBER_PART] for i in range(len(digits) - NUMBER_PART + 1)}
    return any(secret[i : i + NUMBER_PART] in parts for i in range(len(secret) - NUMBER_PART + 1))
