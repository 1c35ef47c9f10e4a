"""Sentences put together as a call does, and what they should sound like: for listen.py --sentences. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcontrol.dialogue import say

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=ZoneInfo("Europe/Paris"))
"""A Wednesday."""


def sentences(language: str) -> list[tuple[tuple[str, ...], str]]:
    """Return (prompt ids, expected text) of whole sentences in ``language``."""
    return _french() if language == "fr" else _english()


def _moment(language: str, month: int, day: int, hour: int, minute: int = 0) -> tuple[str, ...]:
    return say.moment(datetime(2026, month, day, hour, minute, tzinfo=UTC), NOW, language)


def _french() -> list[tuple[tuple[str, ...], str]]:
    box = say.counts([(1, "urgent-message"), (6, "new-message"), (10, "kept-message")], "fr")
    hours = say.hours([("09:00", "12:30"), ("14:00", "18:00")], "fr")
    return [
        (("you-have", *box), "Vous avez un message urgent, six nouveaux messages et dix messages conservés."),
        (("you-have", *say.count(26, "message", "fr")), "Vous avez 26 messages."),
        (("you-have", *say.count(18, "new-message", "fr")), "Vous avez 18 nouveaux messages."),
        (("you-have", *say.count(90, "kept-message", "fr")), "Vous avez 90 messages conservés."),
        (("you-have", *say.count(2, "fax", "fr")), "Vous avez deux fax."),
        (("fax-has", *say.count(21, "page", "fr")), "Il contient 21 pages."),
        (("fax-has", *say.count(1, "page", "fr")), "Il contient une page."),
        (("list-holds", *say.count(8, "listed-number", "fr")), "Cette liste contient huit numéros."),
        (("message-number", *say.integer(3, "fr", final=True)), "Message numéro trois."),
        (("received", *_moment("fr", 3, 11, 8, 30)), "Il a été reçu aujourd'hui à neuf heures trente."),
        (("received", *_moment("fr", 3, 10, 17)), "Il a été reçu hier à 18 heures."),
        (("received", *_moment("fr", 3, 9, 20, 5)), "Il a été reçu lundi à vingt et une heures cinq."),
        (("received", *_moment("fr", 3, 3, 9, 15)), "Il a été reçu le trois mars à dix heures quinze."),
        (("received", *_moment("fr", 1, 1, 11)), "Il a été reçu le premier janvier à douze heures."),
        (("reminder-is-set", *_moment("fr", 3, 12, 6, 30)), "Votre rappel est prévu demain à sept heures trente."),
        (("reminder-is-set", say.every("8")), "Votre rappel est prévu tous les jours ouvrables."),
        (("reminder-is-set", say.every("2")), "Votre rappel est prévu tous les mardis."),
        (("it-lasts", *say.duration(81, "fr")), "Il dure une minute vingt et une secondes."),
        (("it-lasts", *say.duration(46, "fr")), "Il dure 46 secondes."),
        (("open-from", *hours), "Vos horaires sont de 9h jusqu'à 12h30 puis de 14h jusqu'à 18h."),
        (("message-from", *say.phone_number("0222969569", "fr")), "Vous avez un message du 02 22 96 95 69."),
        (("last-caller-was", *say.phone_number("4002", "fr")), "Votre dernier correspondant est le 40 02."),
    ]  # fmt: skip


def _english() -> list[tuple[tuple[str, ...], str]]:
    box = say.counts([(1, "urgent-message"), (6, "new-message"), (10, "kept-message")], "en")
    return [
        (("you-have", *box), "You have one urgent message, six new messages and ten saved messages."),
        (("you-have", *say.count(21, "message", "en")), "You have 21 messages."),
        (("fax-has", *say.count(1, "page", "en")), "It has one page."),
        (("received", *_moment("en", 3, 11, 8, 30)), "It was received today at 9.30 am."),
        (("received", *_moment("en", 3, 3, 11)), "It was received March 3rd at noon."),
        (("reminder-is-set", say.every("2")), "Your reminder is set for every Tuesday."),
        (("it-lasts", *say.duration(81, "en")), "It lasts one minute 21 seconds."),
        (("open-from", *say.hours([("09:00", "12:30")], "en")), "You are open from 9 am until 12.30 pm."),
        (("message-from", *say.phone_number("4002", "en")), "You have a message from 4002."),
    ]
