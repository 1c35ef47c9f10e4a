"""``*60``, ``*61`` and ``*63``: one dialogue over the three lists of callers of the simple manager (spec §7).

1 adds the last caller, ``#`` a number, ``*`` takes one off, 3 switches the list on or off; silence is goodbye.
"""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.changes.listed_callers import size, without
from callcontrol.codes.forwards import SIMPLE
from callcontrol.codes.keypad import TRIES, Keypad
from callcontrol.codes.recent import newest_caller
from callcontrol.codes.switches import LIST_PROMPTS
from callcontrol.dialogue import say
from callcontrol.dialogue.ask import Digits, Question, Silence, ask
from callcontrol.facts import Presentation
from callcontrol.settings.fields import MOST_CALLERS, Callers
from callcontrol.settings.model import CallManager, SelectiveForward, SelectiveList

List = SelectiveForward | SelectiveList


async def list_menu(keypad: Keypad, name: str) -> None:
    """Say how many the list holds and whether it is on, then do what is asked, again and again."""
    callers = _list(keypad, name).callers
    said: tuple[str, ...] = ("list-holds", *say.count(size(callers), "listed-number", keypad.line.language))
    said, missed = (*said, _state(keypad, name), "list-menu"), 0
    while missed < TRIES:
        match await ask(keypad.call, Question(keypad.media(*said), ends="#*")):
            case Digits(digits="1"):
                said, missed = (*await _add_last_caller(keypad, name), "list-menu"), 0
            case Digits(ended_by="#"):
                said, missed = (*await _add(keypad, name), "list-menu"), 0
            case Digits(ended_by="*"):
                said, missed = (*await _remove(keypad, name), "list-menu"), 0
            case Digits(digits="3"):
                said, missed = (await _toggle(keypad, name), "list-menu"), 0
            case Silence():
                said, missed = ("list-menu",), missed + 1
            case _:
                said, missed = ("invalid-choice", "list-menu"), missed + 1
    await keypad.say("goodbye")


def _list(keypad: Keypad, name: str) -> List:
    found: List = getattr(keypad.settings.call_manager, name)
    return found


def _state(keypad: Keypad, name: str) -> str:
    return f"{LIST_PROMPTS[name]}-{'on' if _list(keypad, name).enabled else 'off'}"


async def _add_last_caller(keypad: Keypad, name: str) -> tuple[str, ...]:
    last = await newest_caller(keypad)
    if last is None:
        return ("no-caller-to-call-back",)
    if last.peer.presentation is not Presentation.SHOWN or last.peer.number is None:
        return ("last-caller-cannot-be-listed",)
    told = await _added(keypad, name, last.peer.number)
    on_reject_list = told[0] == "number-added" and name == "selective_reject"
    return ("caller-added-to-reject-list",) if on_reject_list else told


async def _add(keypad: Keypad, name: str) -> tuple[str, ...]:
    number = await keypad.number("enter-number-to-add")
    return ("nothing-changed",) if number is None else await _added(keypad, name, number)


async def _remove(keypad: Keypad, name: str) -> tuple[str, ...]:
    number = await keypad.number("enter-number-to-remove")
    if number is None:
        return ("nothing-changed",)
    callers = _list(keypad, name).callers
    kept = without(callers, number, None, keypad.company.country)
    if kept == callers:
        return ("number-not-listed",)
    await _put(keypad, name, kept)
    return ("number-removed", *say.phone_number(number, keypad.line.language))


async def _toggle(keypad: Keypad, name: str) -> str:
    kept = _list(keypad, name)
    if not kept.enabled and isinstance(kept, SelectiveForward) and kept.number is None:
        return "list-lacks-forward-number"
    await _change(keypad, name, {"enabled": not kept.enabled})
    return _state(keypad, name)


async def _added(keypad: Keypad, name: str, number: str) -> tuple[str, ...]:
    """The prompts that say what became of adding ``number``, an extension of the company or any number."""
    callers, company = _list(keypad, name).callers, keypad.company
    if keypad.services.directory.extension(company.id, number) is not None:
        kind, there = "extensions", number in callers.extensions
    elif numbers.canonical(number, company.country) is not None:
        kind, there = "numbers", any(_same(keypad, each, number) for each in callers.numbers)
    else:
        return ("number-impossible",)
    if there:
        return ("number-already-listed",)
    listed: tuple[str, ...] = getattr(callers, kind)
    if len(listed) >= MOST_CALLERS:
        return ("list-full",)
    await _put(keypad, name, callers.model_copy(update={kind: (*listed, number)}))
    return ("number-added", *say.phone_number(number, keypad.line.language))


def _same(keypad: Keypad, listed: str, number: str) -> bool:
    return listed == number or numbers.same(listed, number, keypad.company.country)


async def _put(keypad: Keypad, name: str, callers: Callers) -> None:
    await _change(keypad, name, {"callers": callers})


async def _change(keypad: Keypad, name: str, update: dict[str, object]) -> None:
    def changed(model: CallManager) -> CallManager:
        return model.model_copy(update={name: getattr(model, name).model_copy(update=update)})

    await keypad.change(SIMPLE, changed)
