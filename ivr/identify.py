"""Who may open a box (spec §6): by the authenticated device, never by caller id; by number and PIN from elsewhere.

What is typed here is never logged. Every attempt is counted before it is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from callcontrol import ids, numbers
from callcontrol.alarm import Alarm, AlarmKind
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes.addressing import box_of
from callcontrol.dialogue import say
from callcontrol.dialogue.ask import Digits, Question, ask
from callcontrol.dialogue.play import play
from callcontrol.errors import NotFound
from callcontrol.facts import Company, Line
from callcontrol.ivr.lockout import locked_until

log = structlog.get_logger()

MOST_WRONG = 3
"""Wrong PINs, or silences, that end the call."""
MOST_DIGITS = 20
"""More than any number or PIN has: each is ended by ``#``, or by a pause."""


@dataclass(frozen=True, slots=True)
class Right:
    """It is the PIN."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """It is not, or there is no such box."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many were wrong: nobody gets in from elsewhere until then."""

    until: datetime


Verdict = Right | Wrong | Locked


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, in which language, for boxes of which company."""

    call: Call
    services: CallServices
    company: Company
    language: str

    async def say(self, *prompts: str) -> None:
        """Say something to the end: it decides what happens next."""
        media = [self.services.prompts.media(prompt, self.language) for prompt in prompts]
        await play(self.call, media)

    async def digits(self, *prompts: str) -> str:
        """What is typed; "" for silence and for ``*``."""
        media = tuple(self.services.prompts.media(prompt, self.language) for prompt in prompts)
        match await ask(self.call, Question(media, most=MOST_DIGITS, ends="#*")):
            case Digits(digits=digits, ended_by="#" | ""):
                return digits
            case _:
                return ""


async def from_own_phone(asked: Asked, phone: Line) -> Line | None:
    """Of a phone of ours: its own box at once, by its PIN, or any box by number and PIN. None: the call is over."""
    access = asked.services.directory.settings(phone.number).inbox_access
    if not access.quick_login:
        return await by_number(asked)  # even when the PIN is disabled
    if access.pin_disabled or not await asked.services.menu.access.has_pin(phone.number):
        return phone
    return await by_pin(asked, phone, remote=False)


async def by_pin(asked: Asked, box: Line, *, remote: bool) -> Line | None:
    """The box, once its PIN was typed; None when the call is over."""
    wrong, typed = False, False
    for _ in range(MOST_WRONG):
        pin = await asked.digits(*(("pin-wrong",) if wrong else ()), "enter-pin")
        wrong = bool(pin)
        if not pin:
            continue
        typed = True
        verdict = await judge(asked.services, box, pin, remote=remote)
        if isinstance(verdict, Right):
            return box
        if isinstance(verdict, Locked):
            await say_locked(asked, verdict)
            return None
    await asked.say("pin-wrong-goodbye" if typed else "no-choice-goodbye")
    return None


async def by_number(asked: Asked, prompt: str = "enter-line-number") -> Line | None:
    """A box of the company by its number or extension and its PIN; None when the call is over."""
    wrong, typed = False, False
    for _ in range(MOST_WRONG):
        number = await asked.digits(*(("number-or-pin-wrong",) if wrong else ()), prompt)
        wrong = bool(number)
        if not number:
            continue
        typed = True
        box = box_of(asked.services.directory, asked.company, number)
        pin = await asked.digits("enter-pin")
        match await judge(asked.services, box, pin, remote=True):
            case Right() if box is not None:
                return box
            case Locked() as locked:
                await say_locked(asked, locked)
                return None
            case _:
                pass
    await asked.say("pin-wrong-goodbye" if typed else "no-choice-goodbye")
    return None


async def judge(services: CallServices, box: Line | None, pin: str, *, remote: bool) -> Verdict:
    """What becomes of an attempt. Nobody learns from it whether there is such a box.

    Raises StoreDown. The attempt that locks the box tells its owner.
    """
    access, now, attempt = services.menu.access, services.clock.now(), ids.uuid7()
    if not pin or box is None:
        await access.is_pin(None, pin)
        return Wrong()
    try:
        before = await access.attempt(box.number, attempt, now)
    except NotFound:  # deleted a moment ago
        return Wrong()
    until = locked_until(before, now)
    if remote and until is not None:
        await access.forgive(attempt)
        return Locked(until)
    if await access.is_pin(box.number, pin):
        await access.forgive(attempt)
        return Right()
    log.info("box.wrong_pin", line=numbers.redact(box.number), remote=remote)
    locked = locked_until([*before, now], now)
    if locked is None or locked == until:
        return Wrong()
    await services.menu.notices.locked_out(box.number, locked, ChangedBy(box.number, Where.PHONE, now))
    services.alarms.ring(Alarm(AlarmKind.WRONG_PINS, box.number, box.company))
    return Locked(locked) if remote else Wrong()


async def say_locked(asked: Asked, locked: Locked) -> None:
    """Say until when, and that is all."""
    local = locked.until.astimezone(ZoneInfo(asked.company.timezone))
    await asked.say("access-locked-until", *say.time_of_day(local.time(), asked.language), "goodbye")
