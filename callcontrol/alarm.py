"""Alarms: what fraud, and whoever prepares it, looks like (docs/security.md). Pure: what happened, and its words.

An alarm goes into the log (``alarm.KIND``), into ``callcontrol_alarms`` of ``/metrics``, and by mail to the
``support_email`` of the company that it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class AlarmKind(StrEnum):
    """What happened."""

    OUTSIDE_CALLS = "outside_calls"
    """A line made more outside calls in an hour than people do."""
    FOREIGN_AT_NIGHT = "foreign_at_night"
    """The first call of a company to a country, at night."""
    COSTLY_LIMIT = "costly_limit"
    """A line has reached its daily limit of international and premium calls or minutes."""
    WRONG_PINS = "wrong_pins"
    """Wrong PINs have locked a box."""
    WRONG_LOG_INS = "wrong_log_ins"
    """Somebody guesses at a line's portal password, or at many from one address."""
    SIP_GUESSES = "sip_guesses"
    """Somebody guesses at SIP passwords."""
    EMERGENCY_FLOOD = "emergency_flood"
    """A line makes more emergency calls at once than people do."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """``line`` is ten digits; ``company`` its id, None where it is nobody's. ``about`` are what the sentence of its
    kind names, none of them a number of somebody outside."""

    kind: AlarmKind
    line: str | None = None
    company: str | None = None
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    fr: tuple[str, str]
    en: tuple[str, str]


_WORDS: Mapping[AlarmKind, _Words] = MappingProxyType(
    {
        AlarmKind.OUTSIDE_CALLS: _Words(
            (
                "Beaucoup d’appels extérieurs",
                "La ligne {line} a passé {count} appels extérieurs en une heure. Si ce n’est pas voulu, bloquez-la et "
                "changez ses mots de passe.",
            ),
            (
                "Many outside calls",
                "The line {line} has made {count} outside calls within an hour. If this is not meant, bar it and "
                "change its passwords.",
            ),
        ),
        AlarmKind.FOREIGN_AT_NIGHT: _Words(
            (
                "Premier appel vers un pays, la nuit",
                "La ligne {line} a appelé un numéro en +{country} à {time} : c’est le premier appel de l’entreprise "
                "vers ce pays depuis deux mois.",
            ),
            (
                "First call to a country, at night",
                "The line {line} called a number in +{country} at {time}: it is the company’s first call to this "
                "country in two months.",
            ),
        ),
        AlarmKind.COSTLY_LIMIT: _Words(
            (
                "Limite journalière atteinte",
                "La ligne {line} a atteint sa limite journalière d’appels internationaux et surtaxés ({calls} appels, "
                "{minutes} minutes). Jusqu’à minuit, ces appels lui sont refusés.",
            ),
            (
                "Daily limit reached",
                "The line {line} has reached its daily limit of international and premium calls ({calls} calls, "
                "{minutes} minutes). Until midnight such calls of it are refused.",
            ),
        ),
        AlarmKind.WRONG_PINS: _Words(
            (
                "Codes PIN faux",
                "Dix codes PIN faux ont été essayés pour la messagerie de la ligne {line} : son accès à distance est "
                "verrouillé pendant une heure.",
            ),
            (
                "Wrong PINs",
                "Ten wrong PINs were tried at the mailbox of the line {line}: its remote access is locked for an hour.",
            ),
        ),
        AlarmKind.WRONG_LOG_INS: _Words(
            (
                "Mots de passe du portail essayés",
                "Quelqu’un essaie des mots de passe du portail de la ligne {line} (depuis {address} en dernier). Son "
                "titulaire n’est pas bloqué sur ses propres appareils.",
            ),
            (
                "Portal passwords tried",
                "Somebody tries portal passwords of the line {line} (from {address} most recently). Its owner is not "
                "locked out on devices of their own.",
            ),
        ),
        AlarmKind.SIP_GUESSES: _Words(
            (
                "Mots de passe SIP essayés",
                "Quelqu’un essaie depuis {address} des mots de passe SIP, en dernier de la ligne {line}. {done}",
            ),
            (
                "SIP passwords tried",
                "Somebody tries SIP passwords from {address}, most recently of the line {line}. {done}",
            ),
        ),
        AlarmKind.EMERGENCY_FLOOD: _Words(
            (
                "Beaucoup d’appels d’urgence",
                "La ligne {line} passe plus de {most} appels d’urgence à la fois. Ils sont passés, à leur tour. Si "
                "personne n’y a besoin de secours, changez son mot de passe SIP.",
            ),
            (
                "Many emergency calls",
                "The line {line} makes more than {most} emergency calls at once. They go out in their turn. If nobody "
                "there needs help, change its SIP password.",
            ),
        ),
    }
)
BLOCKED = {"fr": "Cette adresse est bloquée.", "en": "This address is blocked."}
NOT_BLOCKED = {
    "fr": "Des téléphones de cette ligne sont connectés depuis la même adresse : elle n’est pas bloquée.",
    "en": "Phones of this line are connected from the same address: it is not blocked.",
}


def words(alarm: Alarm, language: str) -> tuple[str, str]:
    """Subject and text of the mail about it, in French or English."""
    found = _WORDS[alarm.kind]
    subject, text = found.en if language == "en" else found.fr
    values = {"line": alarm.line or "?", **dict(alarm.about)}
    if "blocked" in values:
        done = BLOCKED if values["blocked"] == "yes" else NOT_BLOCKED
        values["done"] = done["en" if language == "en" else "fr"]
    return subject, text.format_map(values)
