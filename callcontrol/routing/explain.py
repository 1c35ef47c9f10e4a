"""Decisions in words: the sentence of a reason, and the whole story of what would happen to a call.

Pure. ``explain`` goes the way of a real call (``walk.py``), asks the same ``decide`` and only assumes the outcomes; it
must never have rules of its own, or it would lie.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from string import Formatter
from typing import assert_never

from callcontrol import numbers
from callcontrol.because import Because
from callcontrol.directory.directory import Directory
from callcontrol.facts import Barring, IncomingCall
from callcontrol.routing.decide import CalledLine, Policies, decide, policy_of
from callcontrol.routing.rules import RULES, Rule
from callcontrol.routing.steps import (
    Explained,
    ForwardInside,
    ForwardOutside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Refuse,
    Refused,
    Ring,
    Step,
    TakeMessage,
)
from callcontrol.routing.walk import GoesOn, Walk, inside

__all__ = ["RULES", "Assume", "Rule", "explain", "sentence"]

Assume = Callable[[Step], Outcome]
"""What is assumed to come of a step that does not go on inside."""

MOST_STEPS = 64
"""More than any call can have: six lines of at most four steps each. A longer story would be a fault of ours."""

_NUMBERS = frozenset({"number", "target", "line"})
_BARRED = {
    Barring.NATIONAL: ("nationaux et portables", "national and mobile"),
    Barring.INTERNATIONAL: ("internationaux", "international"),
    Barring.PREMIUM: ("surtaxés", "premium rate"),
    Barring.ACCESS_CODES: ("codes d’accès", "access codes"),
    Barring.CONFIG_CODES: ("codes qui changent la configuration", "codes that change the settings"),
}


def sentence(because: Because, language: str, country: str = "FR") -> str:
    """Why, in French or English. A rule or parameter that is not known (a later version's) still gives a sentence."""
    rule = RULES.get(because.rule)
    if rule is None:
        return f"Règle {because.rule}." if language != "en" else f"Rule {because.rule}."
    template = rule.en if language == "en" else rule.fr
    values = {name: _spelt(name, value, language, country) for name, value in because.params}
    for _, name, _, _ in Formatter().parse(template):
        if name is not None:
            values.setdefault(name, "?")
    return template.format_map(values)


def assume_nobody_answers(step: Step) -> Outcome:
    """Every ring ends unanswered, so that the whole chain is told."""
    match step:
        case Ring() | ForwardOutside():
            return NoAnswer()
        case TakeMessage():
            return MessageTaken()
        case Refuse():
            return Refused()
        case ForwardInside():
            raise ValueError("a call that goes on inside has no outcome here")
        case _:
            assert_never(step)


def explain(
    call: IncomingCall,
    line: str,
    called: Callable[[str], CalledLine | None],
    directory: Directory,
    now: datetime,
    assume: Assume = assume_nobody_answers,
    policies: Policies = policy_of,
) -> tuple[Explained, ...]:
    """What would happen to ``call`` if it came to ``line`` (ten digits) at ``now`` (aware), there and at every line
    that it goes on to, step by step.

    ``called`` gives a line with its facts at the moment in question, None when it is gone. The last step told is the
    one that ends the call: a refusal, voicemail, or one that ``assume`` says was answered.
    """
    explained: list[Explained] = []
    walk = Walk(call, line)
    while not walk.over and len(explained) < MOST_STEPS:
        here = called(walk.line)
        if here is None:
            break
        step = decide(walk.call, here, directory, now, walk.tried, policies)
        result = inside(step, directory) if isinstance(step, ForwardInside) else assume(step)
        outcome = None if isinstance(result, GoesOn) else result
        explained.append(Explained(now, here.line.number, step, outcome))
        walk = walk.after(step, result)
        now += _took(step, outcome)
    return tuple(explained)


def _took(step: Step, outcome: Outcome | None) -> timedelta:
    """How long a step takes after which there is another: who does not answer rings for its whole time."""
    if isinstance(step, (Ring, ForwardOutside)) and isinstance(outcome, NoAnswer):
        return timedelta(seconds=step.seconds)
    return timedelta()


def _spelt(name: str, value: str, language: str, country: str) -> str:
    if name in _NUMBERS:
        known = numbers.canonical(value, country)
        return numbers.pretty(known, country) if known else value
    if name == "barring" and value in set(Barring):
        return _BARRED[Barring(value)][language == "en"]
    return value
