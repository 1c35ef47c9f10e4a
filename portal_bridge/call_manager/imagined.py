"""*Et si on m’appelait maintenant ?*: the way of a call that nobody makes, in words (spec §10.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from callcontrol.facts import IncomingCall, Presentation
from callcontrol.history import Peer
from callcontrol.portal_bridge.api.explain import ExplainQuery
from callcontrol.portal_bridge.api.people import name_of, shown
from callcontrol.portal_bridge.middleware import NOT_NOW
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.story import Action, parts, story
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.routing.explain import sentence as reason_in_words
from callcontrol.routing.imagine import imagined_caller
from callcontrol.routing.steps import Explained
from callcontrol.sentences.table import mistakes, sentence


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step. ``at`` is seconds from the beginning; ``where`` the name of the line that the call is at, where that is
    another one than the page's."""

    action: Action
    target: str
    at: int
    because: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Imagined:
    """The way of a call, or why there is none. ``typed`` is who was asked about."""

    typed: str
    mistake: str = ""
    steps: Sequence[StepShown] = ()


async def imagined(visit: Visit, typed: str) -> Imagined:
    """What would happen to a call of ``typed`` at the line of ``visit``: as the API's ``explain``, in its words."""
    try:
        caller_text = ExplainQuery.model_validate({"from": typed}).caller
    except ValidationError as error:
        return Imagined(typed[:100], mistakes(error, visit.language)[0].text)
    caller = imagined_caller(caller_text, visit.company, visit.directory)
    if caller is None:
        return Imagined(typed, sentence("no_caller", visit.language))
    services, at = visit.site.services, visit.site.services.clock.now()
    call = IncomingCall(caller, first_line=visit.line.number)
    try:
        steps = await story(services.call_side, services.directory, call, at)
    except NOT_NOW:
        return Imagined(typed, PROBLEMS["calls-away"].text(visit.language))
    return Imagined(typed, steps=[_shown(each, visit, (each.at - at).total_seconds()) for each in steps])


def _shown(explained: Explained, visit: Visit, seconds: float) -> StepShown:
    action, target, *_ = parts(explained.step)
    country = visit.company.country
    at = visit.directory.account(explained.line)
    elsewhere = at is not None and at.number != visit.line.number
    return StepShown(
        action,
        _target(target, visit) if target else "",
        round(seconds),
        reason_in_words(explained.step.because, visit.language, country),
        at.name if at is not None and elsewhere and at.company == visit.line.company else "",
    )


def _target(target: str, visit: Visit) -> str:
    number = shown(target, visit.company.country, masked=False)
    name = name_of(Peer(Presentation.SHOWN, target), visit.line, visit.directory)
    return f"{number} ({name})" if name else number
