"""``*69``: who called last and when, and ``1`` calls back. ``*66``: the number dialled last; when it is a line of ours
that is busy, it is watched and rung back; ``*86`` ends that (spec §7)."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from callcontrol.call.watched import watched_by
from callcontrol.codes.keypad import Keypad
from callcontrol.codes.recent import newest_caller, newest_dialled
from callcontrol.dialled import Inside, resolve
from callcontrol.dialogue import say
from callcontrol.facts import Presentation
from callcontrol.routes import Awaited, ClickToCall

WATCHED = timedelta(minutes=30)


async def last_caller(keypad: Keypad) -> str | None:
    """Say the last caller's number and time; the number to call now when that is wanted."""
    last = await newest_caller(keypad)
    if last is None:
        await keypad.say("no-caller-to-call-back")
        return None
    match last.peer.presentation, last.peer.number:
        case Presentation.SHOWN, str(number) if _sayable(number):
            pass
        case Presentation.ANONYMOUS, _:
            await keypad.say("last-caller-withheld")
            return None
        case _:
            await keypad.say("last-caller-unknown")
            return None
    language, now = keypad.line.language, keypad.services.clock.now()
    local = now.astimezone(ZoneInfo(keypad.company.timezone))
    told = (
        "last-caller-was", *say.phone_number(number, language),
        "last-caller-called", *say.moment(last.started_at, local, language),
    )  # fmt: skip
    if await keypad.key(*told, "press-1-to-call-back", keys="1"):
        return number
    await keypad.say("goodbye")
    return None


async def last_dialled(keypad: Keypad) -> str | None:
    """Say the number dialled last, and give it to be called now."""
    last = await newest_dialled(keypad)
    if last is None or last.peer.number is None or not _sayable(last.peer.number):
        await keypad.say("nothing-to-redial")
        return None
    number = last.peer.number
    if (busy := _busy_line(keypad, number)) is not None:
        until = keypad.services.clock.now() + WATCHED
        route = ClickToCall(keypad.line.number, keypad.line.number, number, Awaited(busy, until))
        _stop(keypad)  # one at a time: the newest
        keypad.services.others.make(route, keypad.line)
        await keypad.say("busy-line-is-watched")
        return None
    await keypad.say("redialling", *say.phone_number(number, keypad.line.language))
    return number


async def stop_watching(keypad: Keypad) -> None:
    """End the wait for a busy line, if there is one."""
    await keypad.say("watching-stopped" if _stop(keypad) else "no-line-is-watched")


def _stop(keypad: Keypad) -> bool:
    waits = watched_by(keypad.services, keypad.line.number)
    for call in waits:
        keypad.services.others.end(call)
    return bool(waits)


def _busy_line(keypad: Keypad, number: str) -> str | None:
    """The line of ours that the number is, when it holds as many calls as it may."""
    target = resolve(number, keypad.company, keypad.services.directory)
    called = keypad.services.directory.line(target.line) if isinstance(target, Inside) else None
    if called is None or called.number == keypad.line.number:
        return None
    held = keypad.services.occupancy.calls_of(called.number)
    return called.number if held >= called.max_calls else None


def _sayable(number: str) -> bool:
    return number.removeprefix("+").isdigit()
