"""From a mail in the outbox to the message that goes to the server: its words, its links, its file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from callcontrol import numbers
from callcontrol.directory.directory import Directory
from callcontrol.facts import Presentation
from callcontrol.mailer import files
from callcontrol.mails import form
from callcontrol.mails.links import RESET_VALID_FOR, VALID_FOR, ActionLink, LinkAction, LinkSigner
from callcontrol.mails.mail import Mail, MessageCopy, NewMessage
from callcontrol.mails.words import Links, text_of
from callcontrol.store.mails import QueuedMail


@dataclass(frozen=True, slots=True)
class PublicLinks(Links):
    """Addresses below ``base`` (``web.public_url``)."""

    base: str
    signer: LinkSigner

    def action(self, action: LinkAction, message: str, queued_at: datetime) -> str:
        return f"{self.base}/m/{quote(self.signer.token(ActionLink(action, message, queued_at + VALID_FOR)))}"

    def log_in(self) -> str:
        return f"{self.base}/login"

    def reset(self, reset: str, queued_at: datetime) -> str:
        return f"{self.base}/login/reset/{quote(self.signer.reset_token(reset, queued_at + RESET_VALID_FOR))}"


class Writer:
    """``sender`` is the address that mails come from, ``sender_name`` its name where it is not the usual one;
    ``directory`` knows the names that owners give their callers."""

    def __init__(
        self,
        links: Links,
        sender: str,
        media: Path,
        directory: Callable[[], Directory],
        sender_name: str | None = None,
    ) -> None:
        self._links, self.sender, self._media, self._directory = links, sender, media, directory
        self._sender_name = sender_name
        self._domain = sender.rpartition("@")[2]

    async def content(self, queued: QueuedMail, mail: Mail) -> bytes:
        """The message, the same each time. Raises FileGone."""
        return await asyncio.to_thread(self._content, queued, self._named(mail))

    def _content(self, queued: QueuedMail, mail: Mail) -> bytes:
        text = text_of(mail, self._links, queued.queued_at)
        envelope = form.Envelope(
            self.sender,
            queued.address,
            queued.queued_at,
            f"{queued.id}@{self._domain}",
            self._sender_name,
        )
        match mail:
            case NewMessage(about=about, timezone=zone) | MessageCopy(about=about, timezone=zone):
                return form.message(text, envelope, files.attachment(about, zone, self._media))
            case _:
                return form.message(text, envelope)

    def _named(self, mail: Mail) -> Mail:
        """With the caller's name as the owner knows it; a withheld number stays withheld."""
        if not isinstance(mail, NewMessage | MessageCopy):
            return mail
        sender, directory = mail.about.sender, self._directory()
        line = directory.line(mail.account)
        if line is None or sender.number is None or sender.presentation is not Presentation.SHOWN:
            return mail
        country = directory.company(line.company).country
        known = directory.contacts(line).name_of(numbers.canonical(sender.number, country) or sender.number)
        if not known:
            return mail
        about = mail.about.model_copy(update={"sender": sender.model_copy(update={"name": known})})
        return mail.model_copy(update={"about": about})
