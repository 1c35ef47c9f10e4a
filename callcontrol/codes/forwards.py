"""The four forwards by code: where each stands in the documents (pure), and the dialogue that sets it.

What is read back is set already: a hangup confirms it as ``1`` does; ``2`` puts back what was set before, and asks
again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcontrol.changes.line_settings import Kept
from callcontrol.codes.keypad import TRIES, Keypad
from callcontrol.codes.targets import refusal
from callcontrol.dialogue import say
from callcontrol.settings.model import CallManager, CallManagerAdvanced, LineSettings

SIMPLE, ADVANCED = "call-manager", "call-manager-advanced"

Number = str | None


@dataclass(frozen=True, slots=True)
class Forward:
    """One forward. ``name`` is that of ``call-settings.ask_number``; ``prompt`` begins its prompts."""

    name: str
    prompt: str
    to_number: str
    """The prompt before the number."""
    number: Callable[[LineSettings], Number]
    """The number used last."""
    on: Callable[[CallManager, str], CallManager]
    off: Callable[[CallManager], CallManager]


def _part(model: CallManager, part: str, **update: object) -> CallManager:
    return model.model_copy(update={part: getattr(model, part).model_copy(update=update)})


def _conditional(name: str, prompt: str) -> Forward:
    return Forward(
        name,
        f"forward-{prompt}",
        f"forward-{prompt}-to-number",
        lambda settings: getattr(settings.call_manager, name).number,
        lambda model, number: _part(model, name, forward_enabled=True, number=number),
        lambda model: _part(model, name, forward_enabled=False),
    )


_UNCONDITIONAL = Forward(
    "unconditional",
    "forward-unconditional",
    "forward-to-number",
    lambda settings: settings.call_manager.unconditional.number,
    lambda model, number: _part(
        model.model_copy(update={"incoming": "forward"}), "unconditional", number=number
    ),
    lambda model: model.model_copy(update={"incoming": "ring"}),
)
_BUSY, _NO_ANSWER = _conditional("busy", "busy"), _conditional("no_answer", "no-answer")
_UNAVAILABLE = _conditional("unavailable", "unavailable")

ON = {"*72": _UNCONDITIONAL, "*90": _BUSY, "*92": _NO_ANSWER, "*94": _UNAVAILABLE}
OFF = {"*73": _UNCONDITIONAL, "*91": _BUSY, "*93": _NO_ANSWER, "*95": _UNAVAILABLE}


# --- the advanced manager (spec §4.4, §4.5) ---------------------------------------------------------------------


def number_advanced(forward: Forward, settings: LineSettings) -> Number:
    """The number used last where the advanced manager decides."""
    kept = settings.call_manager_advanced
    return kept.number if forward is _UNCONDITIONAL else getattr(kept, forward.name).number


def on_advanced(forward: Forward, model: CallManagerAdvanced, number: str) -> CallManagerAdvanced:
    """*Renvoyer vers*, keeping what was chosen before for ``off``; or what is done after the ring."""
    if forward is _UNCONDITIONAL:
        before = model.before_forward if model.incoming == "forward" else model.incoming
        return model.model_copy(update={"incoming": "forward", "number": number, "before_forward": before})
    after = getattr(model, forward.name).model_copy(update={"action": "forward", "number": number})
    return model.model_copy(update={forward.name: after})


def off_advanced(forward: Forward, model: CallManagerAdvanced) -> CallManagerAdvanced:
    """What was chosen before the forward, weekly plan included; after the ring: voicemail."""
    if forward is _UNCONDITIONAL:
        if model.incoming != "forward":
            return model
        return model.model_copy(update={"incoming": model.before_forward})
    kept = getattr(model, forward.name)
    if kept.action != "forward":
        return model
    return model.model_copy(update={forward.name: kept.model_copy(update={"action": "voicemail"})})


# --- the dialogues ----------------------------------------------------------------------------------------------


async def switch_on(keypad: Keypad, forward: Forward, dialled: str) -> None:
    """Set the forward: to what was dialled behind the code, to the number used last, or to one that is asked for."""
    settings = keypad.settings
    last = number_advanced(forward, settings) if keypad.advanced else forward.number(settings)
    number: str | None = dialled
    if not dialled:
        asks = getattr(settings.call_settings.ask_number, forward.name)
        number = None if asks else last
    for _ in range(TRIES):
        number = number or await keypad.number("enter-forward-number")
        if number is None:
            break
        reason = refusal(number, keypad.line, keypad.services.directory)
        if reason is not None:
            await keypad.say(reason)
            if dialled:
                break
        elif await _set(keypad, forward, number):
            return
        number = None
    await keypad.say("forward-not-changed")


async def switch_off(keypad: Keypad, forward: Forward) -> None:
    """End the forward; its number is kept."""
    if keypad.advanced:
        await _change_advanced(keypad, lambda model: off_advanced(forward, model))
        restores = forward is _UNCONDITIONAL and keypad.settings.call_manager_advanced.incoming != "ring"
        await keypad.say("rules-restored" if restores else f"{forward.prompt}-off")
        return
    await _change(keypad, forward.off)
    await keypad.say(f"{forward.prompt}-off")


async def _set(keypad: Keypad, forward: Forward, number: str) -> bool:
    """Set it and read it back; False when it was not what was meant: then it is as before."""
    before: list[Any] = []

    def simple(model: CallManager) -> CallManager:
        before[:] = [model]
        return forward.on(model, number)

    def advanced(model: CallManagerAdvanced) -> CallManagerAdvanced:
        before[:] = [model]
        return on_advanced(forward, model, number)

    kept = await (_change_advanced(keypad, advanced) if keypad.advanced else _change(keypad, simple))
    warned = ("forward-after-voicemail",) if forward is _NO_ANSWER and kept.warnings else ()
    spoken = say.phone_number(number, keypad.line.language)
    key = await keypad.key(
        forward.to_number, *spoken, *warned, "press-1-to-confirm", "press-2-to-correct", keys="12"
    )
    if key == "2":
        await (_change_advanced if keypad.advanced else _change)(keypad, lambda _: before[0])
        return False
    await keypad.say(f"{forward.prompt}-on")
    return True


async def _change(keypad: Keypad, make: Callable[[CallManager], CallManager]) -> Kept:
    return await keypad.change(SIMPLE, make)


async def _change_advanced(
    keypad: Keypad, make: Callable[[CallManagerAdvanced], CallManagerAdvanced]
) -> Kept:
    return await keypad.change(ADVANCED, make)
