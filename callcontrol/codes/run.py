"""Obey a star code: the front door of the package.

Everything is said after an answer, so that keys can be pressed; what cannot be done is said and changes nothing. After
a restart the dialogue begins again: what it had set is set, and is said once more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.codes.forwards import OFF, ON, SIMPLE, switch_off, switch_on
from callcontrol.codes.keypad import Keypad
from callcontrol.codes.last_calls import last_caller, last_dialled, stop_watching
from callcontrol.codes.lists import list_menu
from callcontrol.codes.reminders import cancel_all, cancel_one, check, set_once, set_regular
from callcontrol.codes.switches import LISTS, SWITCHES, said, switched
from callcontrol.errors import NotFound, NotInForce, SettingsInvalid, StoreDown, VersionConflict
from callcontrol.facts import Line
from callcontrol.routing.steps import RunStarCode
from callcontrol.settings.model import CallManager
from callcontrol.star_codes import CALL_BACK, REDIAL, STAR_CODES, STOP_WATCHING

log = structlog.get_logger()

REMINDERS: Mapping[str, Callable[[Keypad], Awaitable[None]]] = {
    "*310": set_once,
    "*311": partial(cancel_all, once=True),
    "*312": partial(cancel_one, once=True),
    "*313": partial(check, once=True),
    "*314": set_regular,
    "*315": partial(cancel_all, once=False),
    "*316": partial(cancel_one, once=False),
    "*317": partial(check, once=False),
}


async def run(call: Call, services: CallServices, line: Line, step: RunStarCode) -> str | None:
    """Obey ``step``; the number to call now, as if it had been dialled, or None. Raises ``CallerHungUp``."""
    await call.answer()
    keypad = Keypad(call, services, line)
    try:
        return await _obey(keypad, step)
    except (StoreDown, NotInForce, VersionConflict, SettingsInvalid, NotFound) as error:
        log.warning("code.not_obeyed", call=call.id, code=step.code, error=type(error).__name__)
        await keypad.say("not-saved-try-later")
        return None


def _is_in_a_group(keypad: Keypad) -> bool:
    groups = keypad.services.directory.groups(keypad.line.company)
    return any(keypad.line.number in group.members for group in groups)


async def _obey(keypad: Keypad, step: RunStarCode) -> str | None:
    code = step.code
    if STAR_CODES[code].simple and keypad.advanced:
        await keypad.say("code-not-on-this-line")
    elif code in ON:
        await switch_on(keypad, ON[code], step.argument)
    elif code in OFF:
        await switch_off(keypad, OFF[code])
    elif code in SWITCHES:

        def changed(model: CallManager) -> CallManager:
            return switched(code, model)

        await keypad.change(SIMPLE, changed)
        await keypad.say(said(code))
    elif code in LISTS:
        await list_menu(keypad, LISTS[code])
    elif code in REMINDERS:
        await REMINDERS[code](keypad)
    elif code == CALL_BACK:
        return await last_caller(keypad)
    elif code == REDIAL:
        return await last_dialled(keypad)
    elif code == STOP_WATCHING:
        await stop_watching(keypad)
    else:
        await keypad.say("service-unavailable" if _is_in_a_group(keypad) else "in-no-group")
    return None
