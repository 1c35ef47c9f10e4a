"""The mails: a closed union, each a frozen document that says all that its words need (spec §5, §6, §10.1).

Pure. A mail is queued as its JSON in the transaction of what it tells of, and put into words when it is sent: so that
a field may be added with a default, and never be renamed. A new mail is a class here, a member of ``Mail``, and its
words in ``words.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from callcontrol.alarm import AlarmKind
from callcontrol.facts import Presentation
from callcontrol.message import MessageKind
from callcontrol.reminders.reminder import WhyMissed


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Mail(_Part):
    account: str
    """The number of the line or group that it is about: ten digits."""
    language: str = "fr"


class Sender(_Part):
    """Who left a message. ``number`` is canonical, and None unless it was shown; ``name`` came with the call."""

    presentation: Presentation
    number: str | None = None
    name: str | None = None


class About(_Part):
    """A message in a box, whose file goes along with a mail. ``path`` is relative to the media folder."""

    id: str
    kind: MessageKind
    path: str
    sender: Sender
    received_at: datetime
    duration: float | None = None
    pages: int | None = None
    urgent: bool = False


class NewMessage(_Mail):
    """A message was left in the box, and goes to an address that its owner chose. ``kept``: the original stays in the
    box; ``links``: the owner wants action links."""

    kind: Literal["new_message"] = "new_message"
    about: About
    timezone: str
    kept: bool
    links: bool


class MessageCopy(_Mail):
    """The owner sends a message to any address, by hand: nothing of it may open the box."""

    kind: Literal["message_copy"] = "message_copy"
    about: About
    timezone: str


class PasswordChanged(_Mail):
    """The portal password was changed."""

    kind: Literal["password_changed"] = "password_changed"


class PasswordReset(_Mail):
    """The owner has lost the password: a link that replaces it. ``reset`` is what the link is signed over."""

    kind: Literal["password_reset"] = "password_reset"
    reset: str


class PinChanged(_Mail):
    """The PIN of the box was changed."""

    kind: Literal["pin_changed"] = "pin_changed"


class SecurityEmailChanged(_Mail):
    """The security e-mail was set or changed: told at the old address and at the new one."""

    kind: Literal["security_email_changed"] = "security_email_changed"


class BoxLocked(_Mail):
    """Too many wrong PINs: the box cannot be opened from elsewhere ``until`` then."""

    kind: Literal["box_locked"] = "box_locked"
    until: datetime
    timezone: str


class ReminderMissed(_Mail):
    """A reminder was not given: told to the line's security e-mail."""

    kind: Literal["reminder_missed"] = "reminder_missed"
    description: str
    planned_at: datetime
    timezone: str
    why: WhyMissed


class AlarmRaised(_Mail):
    """What fraud looks like was seen at a line (``alarm.Alarm``): told to its company's ``support_email``."""

    kind: Literal["alarm_raised"] = "alarm_raised"
    alarm: AlarmKind
    facts: tuple[tuple[str, str], ...] = ()


class Feedback(_Mail):
    """A user writes to the company's ``support_email`` from the portal; ``answer_to`` is the security e-mail."""

    kind: Literal["feedback"] = "feedback"
    name: str
    text: str
    answer_to: str | None = None


Mail = Annotated[
    NewMessage
    | MessageCopy
    | PasswordChanged
    | PasswordReset
    | PinChanged
    | SecurityEmailChanged
    | BoxLocked
    | ReminderMissed
    | AlarmRaised
    | Feedback,
    Field(discriminator="kind"),
]
"""Every mail that there is."""

_ADAPTER: TypeAdapter[Mail] = TypeAdapter(Mail)


def to_json(mail: Mail) -> dict[str, object]:
    """As it is kept until it is sent."""
    return dict(_ADAPTER.dump_python(mail, mode="json"))


def from_json(body: object) -> Mail:
    """Raises ValueError for a mail of a release that this one does not know."""
    return _ADAPTER.validate_python(body)


def about_of(mail: Mail) -> About | None:
    """The message whose file goes along; None for a mail without one."""
    return mail.about if isinstance(mail, NewMessage | MessageCopy) else None
