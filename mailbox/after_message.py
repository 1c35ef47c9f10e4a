"""The caller has ended its message and is still there: 1 send, 2 listen, 3 again, 4 urgent (spec §5). Silence of 5 s or
three wrong keys send it; so does a hangup, by the end of the call. The message is in the story all the while.
"""

from __future__ import annotations

from enum import Enum

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.dialogue.ask import Digits, Question, ask
from callcontrol.dialogue.play import play
from callcontrol.journal import entries
from callcontrol.message import Message

SILENCE_SECONDS = 5.0
MOST_WRONG_KEYS = 3


class Choice(Enum):
    """What becomes of the message."""

    SEND = "send"
    AGAIN = "again"


async def after_message(
    call: Call, services: CallServices, message: Message, language: str, *, at_maximum: bool
) -> Choice:
    """Ask until the caller has chosen. ``at_maximum``: it was cut off, and hears so first. Raises ``CallerHungUp``."""

    def prompt(name: str) -> str:
        return services.prompts.media(name, language)

    menu = prompt("vm-after-record-menu")
    said: tuple[str, ...] = (prompt("maximum-duration-reached"), menu) if at_maximum else (menu,)
    wrong = 0
    while wrong < MOST_WRONG_KEYS:
        answer = await ask(call, Question(said, first_seconds=SILENCE_SECONDS))
        said = (menu,)
        match answer:
            case Digits(digits="1"):
                return Choice.SEND
            case Digits(digits="2"):
                await play(call, [services.recordings.media(message.path)], until_key=True)
            case Digits(digits="3"):
                return Choice.AGAIN
            case Digits(digits="4"):
                said = (prompt(_mark_urgent(call, services, message)), menu)
            case Digits():
                wrong += 1
                said = (prompt("invalid-choice"), menu)
            case _:
                return Choice.SEND
    return Choice.SEND


def _mark_urgent(call: Call, services: CallServices, message: Message) -> str:
    """Urgent, or no more; the word for it. In the journal at once, so that a crash keeps it."""
    now = call.journal.story.recording
    urgent = now is None or not now.urgent
    call.tell(entries.MarkedUrgent(services.clock.now(), message.id, urgent))
    return "vm-urgent-set" if urgent else "vm-urgent-cleared"
