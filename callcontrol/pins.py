"""What a voicemail PIN and a portal password must be (spec §6, §10.1). Pure.

The same rules for the voice menu, the portal, the API and the company file. Never keeps, logs or repeats the
secret itself: the sentences name the rule, not what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

__all__ = ["password_mistakes", "pin_faults", "pin_mistakes"]

SEQUENCE = 4
"""Digits one up or one down that make a sequence: 1234, 54321."""
NUMBER_PART = 4
"""Consecutive digits of one's number that make a part of it."""

_TEXTS = {
    "pin_digits": (
        "Le code PIN se compose uniquement de chiffres.",
        "The PIN is made of digits only.",
    ),
    "pin_length": ("Le code PIN a de 6 à 8 chiffres.", "The PIN has 6 to 8 digits."),
    "password_length": (
        "Le mot de passe a de 12 à 20 caractères.",
        "The password has 12 to 20 characters.",
    ),
    "password_digit": (
        "Le mot de passe contient au moins un chiffre.",
        "The password contains at least one digit.",
    ),
    "password_letter": (
        "Le mot de passe contient au moins une lettre.",
        "The password contains at least one letter.",
    ),
    "password_special": (
        "Le mot de passe contient au moins un caractère spécial.",
        "The password contains at least one special character.",
    ),
    "password_control": (
        "Le mot de passe ne contient que des caractères visibles.",
        "The password contains visible characters only.",
    ),
    "repeated": (
        "Un même chiffre ne se répète pas plus de 2 fois de suite.",
        "No digit stands more than twice in a row.",
    ),
    "sequence": (
        "Pas de suite logique telle que 1234 ou 54321.",
        "No logical sequence such as 1234 or 54321.",
    ),
    "number_part": (
        "Pas votre numéro de téléphone, ni une partie de ce numéro.",
        "Not your telephone number, nor a part of it.",
    ),
}


def pin_mistakes(pin: str, numbers: Iterable[str], language: str) -> list[str]:
    """Every rule that ``pin`` breaks, one sentence each in ``language``; empty when it is good.

    ``numbers`` are the numbers of the line (number, fax, extension), in any spelling.
    """
    return _sentences(pin_faults(pin, numbers), language)


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
    rules = {
        "password_length": 12 <= len(password) <= 20,
        "password_digit": any(c.isdigit() for c in password),
        "password_letter": any(c.isalpha() for c in password),
        "password_special": any(c.isprintable() and not c.isalnum() and not c.isspace() for c in password),
        "password_control": password.isprintable(),
    }
    codes = [code for code, kept in rules.items() if not kept]
    return _sentences([*codes, *_common(password, numbers)], language)


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


def _sentences(codes: Iterable[str], language: str) -> list[str]:
    return [_TEXTS[code][1 if language == "en" else 0] for code in codes]
