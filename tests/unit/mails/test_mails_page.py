"""``docs/mails.md`` shows every mail in both languages, exactly. After a change of words, or for a new mail (which
needs an example here): ``python -m tests.unit.mails.test_mails_page``; with a folder, the HTML of each is put there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from callcontrol.alarm import AlarmKind
from callcontrol.facts import Presentation
from callcontrol.mails import form
from callcontrol.mails.links import LinkAction
from callcontrol.mails.mail import (
    About,
    AlarmRaised,
    BoxLocked,
    Feedback,
    Mail,
    MessageCopy,
    NewMessage,
    PasswordChanged,
    PasswordReset,
    PinChanged,
    ReminderMissed,
    SecurityEmailChanged,
    Sender,
)
from callcontrol.mails.text import Text
from callcontrol.mails.words import Links, text_of
from callcontrol.message import MessageKind
from callcontrol.reminders.reminder import WhyMissed

PAGE = Path(__file__).parents[3] / "docs" / "mails.md"
AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
ZONE = "Europe/Paris"
HEAD = """# The mails

Every mail that callcontrol writes, in both languages, as `callcontrol/mails/words.py` words it; the French of those
that the user guide shows is the guide's. Each goes to one address, from “Service de Notification” (“Notification
Service”) at `smtp.from`, as plain text and HTML, with `Auto-Submitted: auto-generated` and a Message-ID that stays the
same when it is sent again. A message goes along as `message-DATE-TIME.wav` (8 kHz, 16 bits, mono), a fax as
`fax-DATE-TIME.pdf`; the subject of an urgent one begins with “[Urgent]”.
"""


class Addresses(Links):
    """Addresses as they stand in a mail."""

    def action(self, action: LinkAction, message: str, queued_at: datetime) -> str:
        return f"https://portal.example.net/m/{action.value}…"

    def log_in(self) -> str:
        return "https://portal.example.net/login"

    def reset(self, reset: str, queued_at: datetime) -> str:
        return f"https://portal.example.net/login/reset/{reset}…"


def about(kind: MessageKind = MessageKind.VOICE, **more: Any) -> About:
    shown = Sender(presentation=Presentation.SHOWN, number="0612345678", name="Nathalie Le Goff")
    given: dict[str, Any] = {"duration": 75.2} if kind is MessageKind.VOICE else {"pages": 3}
    return About(id="m", kind=kind, path="p", received_at=AT, **{"sender": shown, **given, **more})


ALARMS: dict[AlarmKind, tuple[tuple[str, str], ...]] = {
    AlarmKind.OUTSIDE_CALLS: (("count", "61"),),
    AlarmKind.FOREIGN_AT_NIGHT: (("country", "44"), ("time", "23:40")),
    AlarmKind.COSTLY_LIMIT: (("calls", "100"), ("minutes", "300")),
    AlarmKind.WRONG_PINS: (),
    AlarmKind.WRONG_LOG_INS: (("address", "203.0.113.9"),),
    AlarmKind.EMERGENCY_FLOOD: (("most", "5"),),
    AlarmKind.SIP_GUESSES: (("address", "203.0.113.9"), ("blocked", "yes")),
}
ANONYMOUS = Sender(presentation=Presentation.ANONYMOUS)
EXAMPLES: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "A voice message": (NewMessage, {"about": about(), "timezone": ZONE, "kept": False, "links": False}),
    "A voice message, with action links, the original kept": (
        NewMessage, {"about": about(urgent=True), "timezone": ZONE, "kept": True, "links": True}
    ),
    "A voice message, with action links, the original not kept": (
        NewMessage, {"about": about(sender=ANONYMOUS), "timezone": ZONE, "kept": False, "links": True}
    ),
    "A fax": (NewMessage, {"about": about(MessageKind.FAX), "timezone": ZONE, "kept": False, "links": False}),
    "A fax, with action links": (
        NewMessage, {"about": about(MessageKind.FAX), "timezone": ZONE, "kept": True, "links": True}
    ),
    "A message sent by hand": (MessageCopy, {"about": about(), "timezone": ZONE}),
    "A fax sent by hand": (MessageCopy, {"about": about(MessageKind.FAX), "timezone": ZONE}),
    "A new password": (PasswordChanged, {}),
    "A lost password": (PasswordReset, {"reset": "lost"}),
    "A new PIN": (PinChanged, {}),
    "A new security e-mail": (SecurityEmailChanged, {}),
    "A locked box": (BoxLocked, {"until": AT, "timezone": ZONE}),
    "A reminder that nobody answered": (
        ReminderMissed,
        {"description": "Point avec Nathalie", "planned_at": AT, "timezone": ZONE, "why": WhyMissed.NO_ANSWER},
    ),
    "A reminder without a description, missed while the service was down": (
        ReminderMissed, {"description": "", "planned_at": AT, "timezone": ZONE, "why": WhyMissed.TOO_LATE}
    ),
    **{
        f"An alarm, to the company: {kind.value}": (AlarmRaised, {"alarm": kind, "facts": ALARMS[kind]})
        for kind in AlarmKind
    },
    "Feedback, to the company's support": (
        Feedback,
        {"name": "Camille Martin", "text": "Bonjour,\n\nles messages…", "answer_to": "camille@example.net"},
    ),
}  # fmt: skip


def texts() -> Iterator[tuple[str, Text]]:
    for title, (kind, fields) in EXAMPLES.items():
        for language in ("fr", "en"):
            mail = kind(account="0222969569", language=language, **fields)
            yield f"{title} ({language})", text_of(mail, Addresses(), AT)


def page() -> str:
    return HEAD + "".join(
        f"\n## {title}\n\n**{text.subject}**\n\n```text\n{form.plain(text)}```\n" for title, text in texts()
    )


def test_the_page_of_the_mails_shows_the_mails_as_they_are() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_mail_is_on_the_page() -> None:
    every = set(get_args(get_args(Mail)[0]))
    assert {kind for kind, _ in EXAMPLES.values()} == every


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    for folder in sys.argv[1:]:
        for number, (_, text) in enumerate(texts()):
            (Path(folder) / f"{number:02}.html").write_text(form.html(text), "utf-8")
