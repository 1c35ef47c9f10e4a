"""Which mails a message in a box makes: for each address that its owner ticked for its kind, one. Pure (spec §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from callcontrol import numbers
from callcontrol.facts import Licence
from callcontrol.mails.mail import About, MessageCopy, NewMessage, Sender
from callcontrol.mails.text import one_line
from callcontrol.message import Message, MessageKind
from callcontrol.settings.mailbox_documents import MessageSettings

UNLIT_FOR = timedelta(minutes=15)
"""So long the lamp is not lit for a message whose original is not kept."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a mail needs to know of the line or group that it is about. ``licence`` is None for a group."""

    number: str
    language: str
    timezone: str
    country: str
    licence: Licence | None


def forwarded(message: Message, settings: MessageSettings, account: Account) -> tuple[list[str], NewMessage]:
    """The addresses that get ``message`` (none: mail is off, or nobody is ticked), and what each of them gets. The
    original leaves the box after that unless ``kept``. Simple lines have no action links."""
    fax = message.kind is MessageKind.FAX
    ticked = [target.address for target in settings.addresses if (target.fax if fax else target.voice)]
    mail = NewMessage(
        account=account.number,
        language=account.language,
        about=about(message, account),
        timezone=account.timezone,
        kept=settings.keep_original,
        links=settings.action_links and account.licence is not Licence.SIMPLE,
    )
    return ticked if settings.mail_enabled else [], mail


def copy(message: Message, account: Account) -> MessageCopy:
    """What is sent when the owner sends ``message`` to an address by hand."""
    return MessageCopy(
        account=account.number,
        language=account.language,
        about=about(message, account),
        timezone=account.timezone,
    )


def about(message: Message, account: Account) -> About:
    """The message as its mails tell of it; the number as it is dialled in the country."""
    sender, number = message.sender, message.sender.number
    shown = numbers.national(number, account.country) if number else None
    return About(
        id=message.id,
        kind=message.kind,
        path=message.path,
        sender=Sender(
            presentation=sender.presentation, number=shown, name=one_line(sender.name or "") or None
        ),
        received_at=message.received_at,
        duration=message.duration,
        pages=message.pages,
        urgent=message.urgent,
    )
