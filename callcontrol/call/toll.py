"""What lines call outside, and how much of it is costly: international and premium, forwards among them (spec §2.3).

A fraudster with one password calls until somebody notices. So each line may make a number of costly calls and minutes
between two midnights of its company, and what it does is told to ``on_new``. Counted as calls are: by what their
stories say, under way or over, once each however often it is read. In memory; ``learn`` brings back what the history
knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callcontrol import numbers
from callcontrol.config.model import LimitsConfig
from callcontrol.facts import Company, CostlyToday
from callcontrol.journal.story import Story
from callcontrol.routing.situation import COSTLY
from callcontrol.routing.steps import CallOutside, ForwardOutside

KEPT = timedelta(hours=50)
"""Longer than any day."""


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A call outside that ``line`` pays for. ``number`` is canonical; not ended: it goes on."""

    call: str
    line: str
    company: str
    number: str
    at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def costly(self) -> bool:
        """Whether it counts against the daily limits."""
        return numbers.classify(self.number) in COSTLY


def outside_calls(story: Story) -> list[OutsideCall]:
    """The calls outside of a story, one for each line and number. Pure."""
    found: list[OutsideCall] = []
    line, company = story.caller.line, story.caller.company
    if line is not None and company is not None and story.started_at is not None:
        for step, first in ((story.outgoing, False), (story.first_step, True)):
            if isinstance(step, CallOutside):
                found.append(_call(story, line, company, step.number, story.started_at, first=first))
    for guest, at in ((transfer.guest, transfer.at) for transfer in story.transfers):
        if guest.channel in story.guests and guest.paid_by is not None and guest.caller.number is not None:
            found.append(_call(story, guest.paid_by, guest.company, guest.caller.number, at))
    for hop in story.hops:
        forwards = [
            each
            for each in (*(tried.step for tried in hop.tried), hop.step)
            if isinstance(each, ForwardOutside)
        ]
        if hop.company is not None:
            found += [_call(story, hop.line, hop.company, each.number, hop.started_at) for each in forwards]
    return found


def _call(
    story: Story, line: str, company: str, number: str, at: datetime, *, first: bool = False
) -> OutsideCall:
    legs = [
        record
        for leg, record in story.legs.items()
        if story.leg_lines.get(leg) is None and record.target == number and (leg in story.first_legs) is first
    ]
    answered = min((leg.answered_at for leg in legs if leg.answered_at is not None), default=None)
    going_on = any(leg.ended_at is None for leg in legs) or not legs
    ended = story.ended_at or (None if going_on else max(leg.ended_at for leg in legs if leg.ended_at))
    return OutsideCall(story.call, line, company, number, at, answered, ended)


class Toll:
    """The outside calls of the last days. ``on_new`` is told each call outside that begins, once, at once."""

    def __init__(self, limits: LimitsConfig, on_new: Callable[[OutsideCall], None] | None = None) -> None:
        self._limits, self._on_new = limits, on_new
        self._calls: dict[str, dict[tuple[str, str], OutsideCall]] = {}
        """Line to (call, number) to the call."""

    def note(self, story: Story) -> None:
        """The story of a call has gone on."""
        for found in outside_calls(story):
            calls = self._calls.setdefault(found.line, {})
            key = (found.call, found.number)
            new = key not in calls
            calls[key] = found
            if new:
                self._forget_old(found.line, found.at)
                if self._on_new is not None and found.ended_at is None:
                    self._on_new(found)

    def learn(self, calls: Iterable[OutsideCall]) -> None:
        """Calls of the history: what is known here already is newer."""
        for call in calls:
            self._calls.setdefault(call.line, {}).setdefault((call.call, call.number), call)

    def today(self, line: str, company: Company, now: datetime) -> CostlyToday:
        """What the line has made since midnight, and what it may."""
        local = now.astimezone(ZoneInfo(company.timezone))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        costly = [call for call in self._calls.get(line, {}).values() if call.costly]
        seconds = sum(
            max(0.0, ((call.ended_at or now) - max(call.answered_at, midnight)).total_seconds())
            for call in costly
            if call.answered_at is not None
        )
        own, limits = company, self._limits
        return CostlyToday(
            sum(call.at >= midnight for call in costly),
            seconds / 60,
            limits.costly_calls_per_day if own.max_costly_calls is None else own.max_costly_calls,
            limits.costly_minutes_per_day if own.max_costly_minutes is None else own.max_costly_minutes,
        )

    def since(self, line: str, at: datetime) -> int:
        """How many calls outside a line has begun since then."""
        return sum(call.at > at for call in self._calls.get(line, {}).values())

    def _forget_old(self, line: str, now: datetime) -> None:
        calls = self._calls[line]
        for key in [key for key, call in calls.items() if call.ended_at and now - call.at > KEPT]:
            del calls[key]
