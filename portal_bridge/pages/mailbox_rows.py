"""Messages and calls as the rows of a list. Pure.

``state`` changes with whatever a row shows: a page that is open changes the rows whose state is another one, and no
other (static/live-list.js).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from callcontrol.changes.addressing import NoReply, replies_to
from callcontrol.changes.blocked import blocked_by
from callcontrol.directory.directory import Directory
from callcontrol.facts import Line
from callcontrol.history import CallRecord, Direction
from callcontrol.message import MailState, Message, MessageKind
from callcontrol.portal_bridge.pages.moments import length, moment
from callcontrol.portal_bridge.pages.people_shown import Somebody, somebody
from callcontrol.portal_bridge.pages.words import Words
from callcontrol.routing.explain import sentence as reason
from callcontrol.sentences.table import sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when."""

    line: Line
    directory: Directory
    words: Words
    now: datetime
    zone: ZoneInfo = field(init=False)
    country: str = field(init=False)
    is_blocked: Callable[[str], bool] = field(init=False)

    def __post_init__(self) -> None:
        company = self.directory.company(self.line.company)
        object.__setattr__(self, "zone", ZoneInfo(company.timezone))
        object.__setattr__(self, "country", company.country)
        object.__setattr__(self, "is_blocked", blocked_by(self.line, self.directory))


@dataclass(frozen=True, slots=True)
class Sound:
    """What is played: where it is, and how many seconds it lasts."""

    address: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A voice message or a fax."""

    id: str
    kind: str
    who: Somebody
    at: str
    when: str
    long: str
    """How long it is, or how many pages it has."""
    sound: Sound | None
    new: bool
    urgent: bool
    not_mailed: bool
    no_reply: str | None
    """Why there is no reply; None: there is one."""
    state: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call of the history."""

    id: str
    who: Somebody
    at: str
    when: str
    long: str | None
    """How long was talked; None: nobody answered."""
    sound: Sound | None
    """The message that was left in it, while it is there."""
    unheard: str | None
    """That message, if nobody has heard it yet."""
    why: str
    state: str = ""


Row = TypeVar("Row", MessageRow, CallRow)


def message_row(message: Message, reader: Reader) -> MessageRow:
    """A message as the owner of the box sees it."""
    words, fax = reader.words, message.kind is MessageKind.FAX
    box = replies_to(reader.directory, reader.line, message)
    pages = message.pages or 0
    row = MessageRow(
        id=message.id,
        kind=message.kind.value,
        who=somebody(message.sender, reader.line, reader.directory, words, reader.is_blocked),
        at=message.received_at.isoformat(),
        when=moment(message.received_at, reader.zone, words.language, reader.now),
        long=str(words("pages" if pages > 1 else "page", count=pages))
        if fax
        else length(message.duration or 0),
        sound=None if fax else _sound(message),
        new=message.new,
        urgent=message.urgent,
        not_mailed=message.mail is MailState.FAILED,
        no_reply=sentence(box.value, words.language) if isinstance(box, NoReply) else None,
    )
    return _with_state(row)


def call_row(record: CallRecord, messages: Mapping[str, Message], reader: Reader) -> CallRow:
    """A call as its line sees it. ``messages`` are those that are still there, by id."""
    words = reader.words
    left = messages.get(record.message) if record.message else None
    row = CallRow(
        id=record.call,
        who=somebody(record.peer, reader.line, reader.directory, words, reader.is_blocked),
        at=record.started_at.isoformat(),
        when=moment(record.started_at, reader.zone, words.language, reader.now),
        long=length(record.duration)
        if record.answered_at and record.direction is not Direction.MISSED
        else None,
        sound=_sound(left) if left is not None and left.kind is MessageKind.VOICE else None,
        unheard=left.id if left is not None and left.new and left.deleted_at is None else None,
        why=reason(record.rule, words.language, reader.country),
    )
    return _with_state(row)


def _sound(message: Message) -> Sound:
    return Sound(f"/api/v1/me/messages/{message.id}/audio", round(message.duration or 0, 1))


def _with_state(row: Row) -> Row:
    return replace(row, state=hashlib.sha256(repr(row).encode()).hexdigest()[:12])
