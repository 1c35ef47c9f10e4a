"""What can be wrong with a PIN or a password, in French and English (``pins.py``). Pure."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
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
    "password_wrong": (
        "Ce n’est pas votre mot de passe actuel.",
        "This is not your current password.",
    ),
    "pin_wrong": (
        "Ce n’est pas votre code PIN actuel.",
        "This is not your current PIN.",
    ),
    "secrets_differ": (
        "Les deux saisies ne sont pas identiques.",
        "The two entries are not the same.",
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
