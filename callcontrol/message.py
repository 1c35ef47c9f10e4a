"""A message in a mailbox: voice or fax, from the first byte recorded to its purge. Pure (spec §5, §12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcontrol.history import Peer


class MessageKind(StrEnum):
    """What a message is; both are listed, mailed, deleted and restored alike."""

    VOICE = "voice"
    FAX = "fax"


class MailState(StrEnum):
    """How the mails of a message do."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """One of them was given up: the message stays in the box, whatever its owner has set."""


@dataclass(frozen=True, slots=True)
class Message:
    """A delivered message. ``path`` is relative to the media directory; ``duration`` in seconds (voice)."""

    id: str
    line: str
    kind: MessageKind
    sender: Peer
    received_at: datetime
    path: str
    duration: float | None = None
    pages: int | None = None
    new: bool = True
    urgent: bool = False
    deleted_at: datetime | None = None
    call: str | None = None
    mail: MailState | None = None
    """None: nobody wants it mailed."""
