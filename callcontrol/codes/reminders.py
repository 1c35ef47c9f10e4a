"""``*310`` to ``*317``: reminders by phone, and the same dialogues behind key 9 of the voice menu (spec §7, §8).

What is read back is set already: a hangup keeps it as ``1`` does; ``2`` takes it away again, ``3`` records an
announcement for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from callcontrol import ids
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import reminders
from callcontrol.codes.keypad import TRIES, Keypad
from callcontrol.codes.spoken_reminders import WEEKDAYS, spoken, time_of
from callcontrol.dialogue.ask import Digits, Question, Silence, ask
from callcontrol.dialogue.play import play
from callcontrol.dialogue.record import record
from callcontrol.errors import Duplicate, TooMany, UnusableSound
from callcontrol.journal import entries
from callcontrol.reminders.reminder import MOST, Recurrence, Reminder, Rule

TIME_DIGITS = 4
SILENCE_SECONDS = 10
LONGEST_SECONDS = 180
CHOICE_SECONDS = 3.0
"""After each reminder of a list, before the next one."""


async def set_once(keypad: Keypad) -> None:
    """``*310``: today, at the time that is typed."""
    await _set(keypad, once=True)


async def set_regular(keypad: Keypad) -> None:
    """``*314``: at that time, on the days that are typed: weekdays, every working day, or every day."""
    await _set(keypad, once=False)


async def cancel_all(keypad: Keypad, *, once: bool) -> None:
    """``*311``, ``*315``."""
    kept = await _kept(keypad, once=once)
    if not kept:
        await keypad.say(_none(once))
        return
    await _remove(keypad, kept)
    await keypad.say("one-time-reminders-cancelled" if once else "regular-reminders-cancelled")


async def cancel_one(keypad: Keypad, *, once: bool) -> None:
    """``*312``, ``*316``: each in turn; ``1`` cancels it, any other key or silence goes on, ``*`` ends."""
    kept = await _kept(keypad, once=once)
    if not kept:
        await keypad.say(_none(once))
        return
    left = len(kept)
    for number, reminder in enumerate(kept, 1):
        said = (*_numbered(keypad, number, reminder), "press-1-to-cancel-it")
        match await ask(keypad.call, Question(keypad.media(*said), first_seconds=CHOICE_SECONDS)):
            case Digits(digits="1"):
                await _remove(keypad, [reminder])
                await keypad.say("reminder-cancelled")
                left -= 1
            case Digits(digits="*"):
                break
            case Digits() | Silence():
                continue
            case _:
                return
    await keypad.say("goodbye" if left else "no-more-reminders")


async def check(keypad: Keypad, *, once: bool) -> None:
    """``*313``, ``*317``: say them all, to the first key."""
    await _hear(keypad, await _kept(keypad, once=once), _none(once))


async def cancel_every(keypad: Keypad) -> None:
    """Both kinds (the voice menu's key)."""
    await _remove(keypad, await _waiting(keypad))
    await keypad.say("no-more-reminders")


async def check_every(keypad: Keypad) -> None:
    """Both kinds (the voice menu's key)."""
    await _hear(keypad, await _waiting(keypad), "no-more-reminders")


async def _hear(keypad: Keypad, kept: Sequence[Reminder], none: str) -> None:
    if not kept:
        await keypad.say(none)
    for number, reminder in enumerate(kept, 1):
        if keypad.call.caller.keys:
            break
        await play(keypad.call, keypad.media(*_numbered(keypad, number, reminder)), until_key=True)


# --- setting one ------------------------------------------------------------------------------------------------


async def _set(keypad: Keypad, *, once: bool) -> None:
    if not keypad.settings.notifications.reminders_enabled:
        await keypad.say("reminders-off")
        return
    if len(await _waiting(keypad)) >= MOST:
        await keypad.say("reminders-too-many")
        return
    rules = await (_ask_once(keypad) if once else _ask_regular(keypad))
    if rules is None:
        await keypad.say("reminder-not-kept")
        return
    if any(reminder.rule in rules for reminder in await _waiting(keypad)):
        await keypad.say("reminder-exists")
        return
    try:
        made = await _add(keypad, rules)
    except Duplicate:
        await keypad.say("reminders-too-many")
        return
    await _read_back(keypad, made)


async def _ask_once(keypad: Keypad) -> list[Rule] | None:
    """A time of today that is still to come; None after three that are none."""
    for _ in range(TRIES):
        at = await _ask_time(keypad)
        if at is None:
            return None
        today = keypad.services.clock.now().astimezone(_zone(keypad)).date()
        rule = Rule(Recurrence.ONCE, at, today)
        if reminders.planned(keypad.services.changes, keypad.line, rule, keypad.services.clock.now()):
            return [rule]
        await keypad.say("reminder-time-past")
    return None


async def _ask_regular(keypad: Keypad) -> list[Rule] | None:
    at = await _ask_time(keypad)
    if at is None:
        return None
    for _ in range(TRIES):
        typed = await keypad.number("enter-reminder-days")
        if typed is None:
            return None
        if rules := _rules(at, typed):
            return rules
        await keypad.say("day-wrong")
    return None


def _rules(at: time, typed: str) -> list[Rule]:
    """One for each weekday that was typed; none for what is no day, or is there twice."""
    if typed == "8":
        return [Rule(Recurrence.WORKDAYS, at)]
    if typed == "9":
        return [Rule(Recurrence.DAILY, at)]
    if len(set(typed)) < len(typed) or not set(typed) <= set(WEEKDAYS):
        return []
    return [Rule(Recurrence.WEEKLY, at, weekday=int(day)) for day in sorted(typed)]


async def _ask_time(keypad: Keypad) -> time | None:
    """None for ``*``, and after three that are no time of day."""
    for _ in range(TRIES):
        typed = await keypad.number("enter-reminder-time", most=TIME_DIGITS)
        if typed is None:
            return None
        at = time_of(typed)
        if at is not None:
            return at
        await keypad.say("time-wrong", "time-example")
    return None


async def _add(keypad: Keypad, rules: Sequence[Rule]) -> list[Reminder]:
    now, changes = keypad.services.clock.now(), keypad.services.changes
    made = []
    for rule in rules:
        standing = reminders.planned(changes, keypad.line, rule, now)
        if standing is not None:
            made.append(Reminder(ids.uuid7(), keypad.line.number, rule, standing))
    await reminders.add_all(changes, keypad.line, made, language=keypad.line.language, by=_by(keypad))
    return made


async def _read_back(keypad: Keypad, made: Sequence[Reminder]) -> None:
    said = [prompt for reminder in made for prompt in _spoken(keypad, reminder)]
    told: tuple[str, ...] = ("reminder-is-set", *said)
    for _ in range(TRIES):
        key = await keypad.key(
            *told, "press-1-to-keep-2-to-cancel", "press-3-to-record-announcement", keys="123"
        )
        if key != "3":
            break
        told = (await _record(keypad, made),)
    if key == "2":
        await _remove(keypad, made)
        await keypad.say("reminder-not-kept")
        return
    await keypad.say("reminder-kept")


async def _record(keypad: Keypad, made: Sequence[Reminder]) -> str:
    """Record an announcement for what was just set; the prompt that says what came of it."""
    call, services = keypad.call, keypad.services
    await play(call, keypad.media("record-announcement", "beep"))
    draft = ids.uuid7()
    call.tell(entries.DraftStarted(services.clock.now(), draft))
    ended = await record(call, draft, most=LONGEST_SECONDS, silence=SILENCE_SECONDS, ends="#*")
    try:
        if ended.key == "*":
            return "recording-discarded"
        kept = await services.own_recordings.keep(keypad.line.number, "reminder", draft)
    except UnusableSound:
        return "recording-too-short"
    except TooMany:
        return "not-saved-try-later"
    finally:
        await services.recordings.discard(draft)
        call.tell(entries.DraftDropped(services.clock.now(), draft))
    for reminder in made:
        announced = replace(reminder, announcement=kept)
        zone = keypad.company.timezone
        await services.changes.reminders.replace(keypad.line.number, announced, zone, _by(keypad))
    return "recording-saved"


# --- what there is ----------------------------------------------------------------------------------------------


async def _kept(keypad: Keypad, *, once: bool) -> list[Reminder]:
    """Those of one kind that are to come, the next first."""
    return [
        reminder
        for reminder in await _waiting(keypad)
        if (reminder.rule.recurrence is Recurrence.ONCE) is once
    ]


async def _waiting(keypad: Keypad) -> list[Reminder]:
    every = await keypad.services.changes.reminders.all(keypad.line.number)
    return [reminder for reminder in every if reminder.standing.due_at is not None]


async def _remove(keypad: Keypad, gone: Sequence[Reminder]) -> None:
    names = [reminder.id for reminder in gone]
    await reminders.remove(keypad.services.changes, keypad.line, names, by=_by(keypad))


def _numbered(keypad: Keypad, number: int, reminder: Reminder) -> tuple[str, ...]:
    return ("reminder-number", f"number-{number}", *_spoken(keypad, reminder))


def _spoken(keypad: Keypad, reminder: Reminder) -> tuple[str, ...]:
    now = keypad.services.clock.now().astimezone(_zone(keypad))
    return spoken(reminder, now, keypad.line.language)


def _none(once: bool) -> str:
    return "no-one-time-reminder" if once else "no-regular-reminder"


def _zone(keypad: Keypad) -> ZoneInfo:
    return ZoneInfo(keypad.company.timezone)


def _by(keypad: Keypad) -> ChangedBy:
    return ChangedBy(keypad.line.number, Where.PHONE, keypad.services.clock.now())
