"""Settings by phone: the PIN, the business hours, the options (spec §6). All of them through ``changes``."""

from __future__ import annotations

from pydantic import BaseModel

from callcontrol.changes.pin import change_pin
from callcontrol.dialogue import say
from callcontrol.ivr import words
from callcontrol.ivr.menu_table import Does, Key
from callcontrol.ivr.visit import TRIES, Place, Typed, Visit

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FAULTS = {
    "pin_digits": "pin-digits", "pin_length": "pin-length", "repeated": "pin-repeated",
    "sequence": "pin-sequence", "number_part": "pin-number-part",
}  # fmt: skip


# --- the PIN ----------------------------------------------------------------------------------------------------


async def pin(visit: Visit, key: Key) -> Place:
    place = await new_pin(visit)
    return key.then if place is None else place


async def new_pin(visit: Visit) -> Place | None:
    """Ask for a new PIN twice and change it; None when that is done with, else the place to go to."""
    for _ in range(TRIES):
        first = await visit.collect("enter-new-pin")
        if not isinstance(first, Typed):
            return first
        second = await visit.collect("enter-new-pin-again")
        if not isinstance(second, Typed):
            return second
        if first != second:
            visit.say_next("pins-differ")
            continue
        menu = visit.services.menu
        faults = await change_pin(menu.access, menu.notices, visit.box, first.digits, by=visit.by)
        if not faults:
            visit.say_next("pin-changed")
            return None
        visit.say_next(*(_FAULTS[fault] for fault in faults))
    visit.say_next("pin-not-changed")
    return None


# --- business hours ---------------------------------------------------------------------------------------------


async def hear_hours(visit: Visit, key: Key) -> Place:
    hours, language = visit.settings.business_hours, visit.box.language
    said: list[str] = []
    for number, day in enumerate(DAYS, 1):
        said += [f"weekday-{number}", *_spoken(getattr(hours, day), language)]
    await visit.say(*said, "closed-on-holidays" if hours.closed_holidays else "open-on-holidays")
    return key.then


def _spoken(intervals: tuple[tuple[str, str], ...], language: str) -> tuple[str, ...]:
    return ("open-from", *say.hours(intervals, language)) if intervals else ("closed-that-day",)


async def change_hours(visit: Visit, key: Key) -> Place:
    """One day, or Monday to Friday: at most two intervals, as the voice asks for them."""
    days = await _days(visit)
    if not isinstance(days, tuple):
        return days
    intervals = await _intervals(visit)
    if not isinstance(intervals, tuple):
        return intervals
    await visit.change(
        "business-hours", lambda hours: hours.model_copy(update=dict.fromkeys(days, intervals))
    )
    visit.say_next("saved", *_spoken(intervals, visit.box.language))
    return key.then


async def _days(visit: Visit) -> tuple[str, ...] | Place:
    for _ in range(TRIES):
        match await visit.collect("enter-weekday", most=1):
            case Typed(digits="8"):
                return DAYS[:5]
            case Typed(digits=digit) if digit in "1234567":
                return (DAYS[int(digit) - 1],)
            case Typed():
                visit.say_next("day-wrong")
            case place:
                return place
    return await visit.goodbye()


async def _intervals(visit: Visit) -> tuple[tuple[str, str], ...] | Place:
    found: list[tuple[str, str]] = []
    for prompt in ("enter-opening-time", "enter-second-opening-time"):
        opens = await _time(visit, prompt, after=found[-1][1] if found else None, may_be_none=True)
        if opens == "":
            break
        if not isinstance(opens, str):
            return opens
        closes = await _time(visit, "enter-closing-time", after=opens)
        if not isinstance(closes, str):
            return closes
        found.append((opens, closes))
    return tuple(found)


async def _time(visit: Visit, prompt: str, *, after: str | None, may_be_none: bool = False) -> str | Place:
    """A time of day as HH:MM, later than ``after``; "" for ``#`` alone."""
    for _ in range(TRIES):
        match await visit.collect(prompt, most=4, wrong="time-wrong", may_be_empty=may_be_none):
            case Typed(digits=""):
                return ""
            case Typed(digits=digits):
                time = time_of(digits)
                if time is None:
                    visit.say_next("time-wrong", "time-example")
                elif after is not None and time <= after:
                    visit.say_next("closing-before-opening")
                else:
                    return time
            case place:
                return place
    return await visit.goodbye()


def time_of(digits: str) -> str | None:
    """``hhmm`` as ``HH:MM``; None for no time of day. 24:00 is the end of the day."""
    if len(digits) != 4:
        return None
    hour, minute = int(digits[:2]), int(digits[2:])
    right = (hour < 24 and minute < 60) or digits == "2400"
    return f"{digits[:2]}:{digits[2:]}" if right else None


async def holidays(visit: Visit, key: Key) -> Place:
    await visit.change("business-hours", lambda hours: _other(hours, "closed_holidays"))
    closed = visit.settings.business_hours.closed_holidays
    visit.say_next("closed-on-holidays" if closed else "open-on-holidays")
    return key.then


# --- options ----------------------------------------------------------------------------------------------------


async def tell_options(visit: Visit) -> None:
    visit.say_next(*words.options(visit.settings.inbox_access))


async def tell_playback(visit: Visit) -> None:
    visit.say_next(words.playback(visit.settings.inbox_access.playback))


_SWITCHES = {
    Does.PIN_OPTION: "pin_disabled", Does.QUICK_LOGIN: "quick_login",
    Does.AUTOPLAY_VOICE: "autoplay_voice", Does.AUTOPLAY_FAX: "autoplay_fax",
}  # fmt: skip
_PARTS = {
    Does.PLAY_BOTH: "details_and_message", Does.PLAY_MESSAGE: "message", Does.PLAY_DETAILS: "details",
}  # fmt: skip


async def switch(visit: Visit, key: Key) -> Place:
    """One of the options of ``inbox-access`` on or off; how they stand is said with the menu."""
    await visit.change("inbox-access", lambda access: _other(access, _SWITCHES[key.does]))
    return key.then


async def parts(visit: Visit, key: Key) -> Place:
    chosen = _PARTS[key.does]
    await visit.change("inbox-access", lambda access: access.model_copy(update={"playback": chosen}))
    visit.say_next(words.playback(visit.settings.inbox_access.playback))
    return key.then


def _other(document: BaseModel, field: str) -> BaseModel:
    return document.model_copy(update={field: not getattr(document, field)})
