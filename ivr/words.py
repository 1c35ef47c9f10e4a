"""What the voice menu says of a box and its messages, as prompt ids. Pure: "now" is given, in the box's time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from callcontrol.dialogue import say
from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind
from callcontrol.settings.model import Greetings, InboxAccess

Parts = Literal["details_and_message", "message", "details"]


def in_order(messages: Iterable[Message]) -> list[Message]:
    """Urgent, new, kept; oldest first in each (spec §6). What was heard is kept, urgent or not."""
    return sorted(messages, key=lambda m: ((0 if m.urgent else 1) if m.new else 2, m.received_at, m.id))


def opening(messages: Sequence[Message], language: str) -> tuple[str, ...]:
    """The sentence that counts what is in the box: urgent, new and kept messages, and new faxes."""
    voice = [message for message in messages if message.kind is MessageKind.VOICE]
    urgent = sum(message.new and message.urgent for message in voice)
    new = sum(message.new and not message.urgent for message in voice)
    kept = sum(not message.new for message in voice)
    faxes = sum(message.new for message in messages if message.kind is MessageKind.FAX)
    amounts: list[tuple[int, say.Noun]] = [
        (urgent, "urgent-message"), (new, "new-message"), (kept, "kept-message"), (faxes, "new-fax"),
    ]  # fmt: skip
    if not any(n for n, _ in amounts):
        amounts = [(0, "message")]
    return ("you-have", *say.counts(amounts, language))


def details(message: Message, now: datetime, language: str) -> tuple[str, ...]:
    """Who sent it and when; of a fax how many pages too. A withheld sender is said to be withheld."""
    fax = message.kind is MessageKind.FAX
    urgent = ("message-is-urgent",) if message.urgent and not fax else ()
    pages = ("fax-has", *say.count(message.pages, "page", language)) if fax and message.pages else ()
    who = _sender(message.sender, "fax" if fax else "message", language)
    return (*urgent, *who, "received", *say.moment(message.received_at, now, language), *pages)


def number(number: str, language: str) -> tuple[str, ...]:
    """A number said; nothing for what cannot be said."""
    try:
        return say.phone_number(number, language)
    except ValueError:
        return ()


def _sender(sender: Peer, noun: str, language: str) -> tuple[str, ...]:
    if sender.presentation is Presentation.ANONYMOUS:
        return (f"{noun}-from-withheld",)
    said = number(sender.number, language) if sender.number else ()
    return (f"{noun}-from", *said) if said else (f"{noun}-from-unknown",)


def said_first(playback: Parts, message: Message) -> tuple[bool, bool]:
    """Whether the details and whether the message are played, by the option; of a fax there are details alone."""
    if message.kind is MessageKind.FAX:
        return True, False
    return playback != "message", playback != "details"


def options(access: InboxAccess) -> tuple[str, ...]:
    """How the options stand."""
    return (
        "pin-not-asked" if access.pin_disabled else "pin-asked",
        "quick-login-on" if access.quick_login else "quick-login-off",
        "autoplay-on" if access.autoplay_voice else "autoplay-off",
        "fax-autoplay-on" if access.autoplay_fax else "fax-autoplay-off",
    )


def playback(parts: Parts) -> str:
    """What is said of a message, in words."""
    return {
        "details_and_message": "playback-both",
        "message": "playback-message",
        "details": "playback-details",
    }[parts]


def greeting_in_use(greetings: Greetings) -> str:
    """Which greeting callers hear."""
    return f"greeting-in-use-{greetings.kind}"
