"""Who may be sent a message, who can be replied to, and what each gets; for page, API and voice menu. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from callcontrol import ids, numbers
from callcontrol.dialled import Inside, resolve
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, Licence, Line, Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind

MOST_RECIPIENTS = 200


class NoReply(StrEnum):
    """Why a message cannot be replied to; each is a code of ``sentences/settings.py``."""

    WITHHELD = "reply_withheld"
    UNKNOWN = "reply_unknown"
    OUTSIDE = "reply_outside"
    FAX = "reply_fax"


def box_of(directory: Directory, company: Company, dialled: str) -> Line | None:
    """The line or group of the company that is meant by a number or an extension."""
    match resolve(dialled, company, directory):
        case Inside(line=number, company=owner) if owner == company.id:
            return directory.account(number)
        case _:
            return None


def takes(box: Line, kind: MessageKind) -> bool:
    """Whether a box may hold such a message: a line that is only a fax machine has no voice messages (spec §1)."""
    return kind is MessageKind.FAX or box.licence is not Licence.FAX


def replies_to(directory: Directory, line: Line, message: Message) -> Line | NoReply:
    """The box that a reply to ``message`` of ``line`` goes into, or why there is none."""
    sender = message.sender
    if message.kind is MessageKind.FAX:
        return NoReply.FAX
    if sender.presentation is Presentation.ANONYMOUS:
        return NoReply.WITHHELD
    if sender.number is None:
        return NoReply.UNKNOWN
    box = box_of(directory, directory.company(line.company), sender.number)
    return box if box is not None and takes(box, MessageKind.VOICE) else NoReply.OUTSIDE


def addressed(
    directory: Directory,
    sender: Line,
    boxes: Sequence[Line],
    now: datetime,
    *,
    about: Message | None = None,
    urgent: bool = False,
) -> tuple[Message, ...]:
    """What each of ``boxes`` gets of ``sender``: a new message, or (``about``) the forwarded one, as urgent as that."""
    company = directory.company(sender.company)
    peer = Peer(Presentation.SHOWN, numbers.canonical(sender.number, company.country), sender.name)
    kind, pages, suffix = MessageKind.VOICE, None, "wav16"
    if about is not None:
        kind, pages, suffix = about.kind, about.pages, about.path.rpartition(".")[2]
        urgent = urgent or about.urgent

    def to(box: Line) -> Message:
        message = ids.uuid7()
        path = f"messages/{box.number}/{message}.{suffix}"
        return Message(message, box.number, kind, peer, now, path, pages=pages, urgent=urgent)

    return tuple(map(to, boxes))
