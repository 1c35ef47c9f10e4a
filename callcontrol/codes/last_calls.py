"""``*69``: who called last and when, and ``1`` calls back. ``*66``: the number dialled last (spec §7)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from callcontrol.codes.keypad import Keypad
from callcontrol.dialogue import say
from callcontrol.facts import Presentation


async def last_caller(keypad: Keypad) -> str | None:
    """Say the last caller's number and time; the number to call now when that is wanted."""
    last = await keypad.services.history.last_caller(keypad.line.number)
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
    return number if await keypad.key(*told, "press-1-to-call-back", keys="1") else None


async def last_dialled(keypad: Keypad) -> str | None:
    """Say the number dialled last, and give it to be called now."""
    last = await keypad.services.history.last_dialled(keypad.line.number)
    if last is None or last.peer.number is None or not _sayable(last.peer.number):
        await keypad.say("nothing-to-redial")
        return None
    await keypad.say("redialling", *say.phone_number(last.peer.number, keypad.line.language))
    return last.peer.number


def _sayable(number: str) -> bool:
    return number.removeprefix("+").isdigit()
