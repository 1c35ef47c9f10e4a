"""Give a reminder (spec §8): ring the line's phones, say that there is one, play its announcement, snooze by key.

Only devices ring: no forward, no voicemail, and do not disturb of the line does not stop it. What the call came to is
in its story (``journal.reminded``); whether it is tried again is not decided here.
"""

from __future__ import annotations

import structlog

from callcontrol import numbers
from callcontrol.because import Because
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.dialogue.ask import Digits, Question, Silence, ask
from callcontrol.dialogue.play import play
from callcontrol.facts import Line, Presentation
from callcontrol.flows import first_party
from callcontrol.journal import entries
from callcontrol.routes import ReminderDue
from callcontrol.routing.presentation import Shown
from callcontrol.routing.steps import Busy, CallLine, NoAnswer, RefusalKind, Refuse

log = structlog.get_logger()

PLAYS_AFTER_SECONDS = 2.0
"""Nobody has to press a key to hear the announcement."""
MOST_TIMES = 10
"""An announcement is played at most: a phone off its hook ends too."""
NAMES = {"fr": "Rappel", "en": "Reminder"}
"""What phones show, with the description behind it."""
LISTEN, SNOOZE = "1", "2"


async def remind(call: Call, services: CallServices, line: Line, route: ReminderDue) -> None:
    """Give ``route`` to ``line``. Raises ``CallerHungUp`` when whoever answered hangs up: it was given all the same."""
    if call.first is None:
        step = call.journal.story.first_step
        if step is None:
            step = _first_step(call, services, line)
            call.tell(entries.FirstPartyDecided(services.clock.now(), step))
        log.info("reminder.called", call=call.id, line=numbers.redact(line.number), rule=step.because.rule)
        if isinstance(step, Refuse):
            call.tell(entries.FirstPartyAway(services.clock.now(), Busy()))
            return
        result = await first_party.ring_devices(call, line.number, _shown(services, line, route))
        if not isinstance(result, Leg):
            outcome = result if isinstance(result, Busy) else NoAnswer()
            call.tell(entries.FirstPartyAway(services.clock.now(), outcome))
            return
        call.first_party_answers(result)
    await call.answer()
    if call.journal.story.snoozed_at is not None:  # and then its app died
        await play(call, [services.prompts.media("reminder-snoozed", line.language)])
        return
    await _give(call, services, line, route)


def _first_step(call: Call, services: CallServices, line: Line) -> CallLine | Refuse:
    """Its phones ring, unless the line holds as many calls as it may."""
    if services.occupancy.calls_of(line.number, but=call.id) >= line.max_calls:
        return Refuse("line-busy", RefusalKind.BUSY, Because("reminder.line_full"))
    return CallLine(line.number, Because("reminder.due"))


def _shown(services: CallServices, line: Line, route: ReminderDue) -> Shown:
    """The number is that of the company's voice menu, where there is one: whoever calls it back is in good hands."""
    company = services.directory.company(line.company)
    number = numbers.national(company.voicemail_number or line.number, company.country)
    name = NAMES.get(line.language, NAMES["fr"])
    return Shown(number, f"{name} : {route.description}" if route.description else name, Presentation.SHOWN)


async def _give(call: Call, services: CallServices, line: Line, route: ReminderDue) -> None:
    """The dialogue: ``1`` or waiting plays it, ``1`` again, ``2`` is "again in ten minutes"."""

    def media(*prompts: str) -> tuple[str, ...]:
        return tuple(services.prompts.media(prompt, line.language) for prompt in prompts)

    own = route.announcement
    announcement = await services.own_recordings.media(line.number, own) if own else None
    told = (announcement,) if announcement is not None else media("reminder-is-due")
    question = Question(media("reminder-intro"), first_seconds=PLAYS_AFTER_SECONDS)
    played = 0
    while played < MOST_TIMES:
        answer = await ask(call, question)
        match answer:
            case Digits(digits=key) if key == SNOOZE:
                call.tell(entries.ReminderSnoozed(services.clock.now()))
                await play(call, media("reminder-snoozed"))
                return
            case Digits(digits=key) if key != LISTEN:
                question = Question(media("invalid-choice", "reminder-again" if played else "reminder-intro"))
                played += 1
                continue
            case Silence() if played:
                break
            case _:
                pass
        played += 1
        await play(call, told, until_key=True)
        question = Question(media("reminder-again"))
    await play(call, media("goodbye"))
