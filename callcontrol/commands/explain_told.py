"""What ``callcontrol explain`` answers, in the language of the line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from callcontrol import numbers
from callcontrol.commands.explain_asked import Placed, When
from callcontrol.directory.directory import Directory
from callcontrol.facts import Caller, Device, IncomingCall, Line, LineState, Presentation
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain, sentence
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    Explained,
    Refuse,
    RunStarCode,
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "calls": "{caller} appelle {line} ({name}), {when} :",
        "dials": "{name} ({line}) compose {dialled}, {when} :",
        "shows": "L’appelé voit {number}.",
        "hides": "L’appelé ne voit pas de numéro.",
        "now": "maintenant",
        "at": "le {at}",
        "assumed": "Asterisk ne répond pas : chaque ligne est supposée avoir un téléphone connecté.",
        "anonymous": "Un appelant anonyme",
        "unavailable": "Un appelant sans numéro",
    },
    "en": {
        "calls": "{caller} calls {line} ({name}), {when}:",
        "dials": "{name} ({line}) dials {dialled}, {when}:",
        "shows": "The called party sees {number}.",
        "hides": "The called party sees no number.",
        "now": "now",
        "at": "at {at}",
        "assumed": "Asterisk does not answer: each line is assumed to have one phone connected.",
        "anonymous": "An anonymous caller",
        "unavailable": "A caller without a number",
    },
}
_ASSUMED = (Device("sip:assumed@invalid"),)


def described(
    line: Line,
    caller: Caller,
    directory: Directory,
    devices: Mapping[str, tuple[Device, ...]] | None,
    when: When,
    unasked: set[str],
) -> list[str]:
    """The story in the line's language, one step a line. ``devices`` None: nobody could be asked; the lines that it
    should hold and does not are put into ``unasked``."""
    language = "en" if line.language == "en" else "fr"
    words, country = _WORDS[language], directory.company(line.company).country
    moment = words["now"] if when.is_now else words["at"].format(at=when.told(when.instant, "%Y-%m-%d %H:%M"))
    head = words["calls"].format(
        caller=_named(caller, words, country), line=_pretty(line.number, country), name=line.name, when=moment
    )
    texts = [head] if devices is not None else [head, words["assumed"]]

    def called(number: str) -> CalledLine | None:
        there = directory.account(number)
        if there is None:
            return None
        if devices is not None and number not in devices:
            unasked.add(number)
        state = LineState(_ASSUMED if devices is None else devices.get(number, ()))
        company = directory.company(there.company)
        return CalledLine(there, company, directory.settings(there), state, directory.contacts(there))

    story = explain(IncomingCall(caller, line.number), line.number, called, directory, when.instant)
    return texts + [_step(index, each, when, language, country) for index, each in enumerate(story, 1)]


def _step(index: int, each: Explained, when: When, language: str, country: str) -> str:
    because, time = each.step.because, when.told(each.at, "%H:%M:%S")
    told = sentence(because, language, country)
    return f"{index}. {time} · {_pretty(each.line, country)} · {told} [{because.rule}]"


def _named(caller: Caller, words: Mapping[str, str], country: str) -> str:
    if caller.presentation is not Presentation.SHOWN or caller.number is None:
        return words[caller.presentation.value]
    number = numbers.pretty(caller.number, country)
    return f"{caller.name} ({number})" if caller.name else number


def _pretty(line: str, country: str) -> str:
    known = numbers.canonical(line, country)
    return numbers.pretty(known, country) if known else line


def told_placed(placed: Placed, when: When) -> list[str]:
    """The story of a call that goes outside, to a code, or nowhere; in the line's language."""
    line, step = placed.line, placed.step
    language = "en" if line.language == "en" else "fr"
    words, country = _WORDS[language], placed.country
    moment = words["now"] if when.is_now else words["at"].format(at=when.told(when.instant, "%Y-%m-%d %H:%M"))
    head = words["dials"].format(
        name=line.name, line=_pretty(line.number, country), dialled=placed.dialled, when=moment
    )
    because, time = step.because, when.told(when.instant, "%H:%M:%S")
    told = f"1. {time} · {_pretty(line.number, country)} · {sentence(because, language, country)} [{because.rule}]"
    match step:
        case CallOutside(present=number, withheld=False) | CallEmergency(present=number):
            return [head, told, "   " + words["shows"].format(number=numbers.pretty(number, country))]
        case CallOutside():
            return [head, told, "   " + words["hides"]]
        case CallLine() | RunStarCode() | Refuse():
            return [head, told]
        case _:
            assert_never(step)
