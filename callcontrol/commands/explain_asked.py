"""What ``callcontrol explain`` is asked: which line is called or dials, what it dials, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcontrol.directory.directory import Directory
from callcontrol.errors import CallControlError
from callcontrol.facts import Caller, Company, Line, LineState, Presentation
from callcontrol.routing.imagine import imagined_caller
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import (
    CallLine,
    OutgoingStep,
)


class CannotExplain(CallControlError):
    """The question makes no sense; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class When:
    """The instant asked about."""

    instant: datetime
    """Aware."""
    zone: ZoneInfo
    """The company's: in it the story is told."""
    is_now: bool

    @classmethod
    def of(cls, at: str | None, company: Company, now: datetime) -> When:
        """``at`` as somebody writes it, in the company's time unless it names a zone; None: ``now`` (aware).

        A time that the change to summer time leaves out is the one that clocks then show; of one that comes twice
        it is the first. Raises ``CannotExplain``.
        """
        zone = ZoneInfo(company.timezone)
        if at is None:
            return cls(now, zone, is_now=True)
        try:
            written = datetime.fromisoformat(at)
            instant = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise CannotExplain(f"{at} is no time: write it like 2026-11-22T09:00") from None
        if not 2000 <= instant.year <= 2100:
            raise CannotExplain(f"{at} is too far from now")
        return cls(instant, zone, is_now=False)

    def told(self, instant: datetime, form: str) -> str:
        """``instant`` as the company's clocks show it."""
        return instant.astimezone(self.zone).strftime(form)


def find_line(number: str, directory: Directory) -> Line:
    """The line meant by a number in any spelling, or by an extension that only one company has."""
    found = directory.account(number)
    if found is not None:
        return found
    owners = {directory.extension(company.id, number) for company in directory.companies()} - {None}
    lines = [line for owner in owners if owner is not None and (line := directory.account(owner)) is not None]
    if len(lines) == 1:
        return lines[0]
    if lines:
        raise CannotExplain(f"{number} is an extension of several companies: give the line's number")
    raise CannotExplain(f"there is no line {number}")


@dataclass(frozen=True, slots=True)
class Placed:
    """What one of our lines dials, and what comes of it. ``called`` and ``caller``: the line that it goes on to, and
    who that line sees; None when it goes elsewhere or nowhere."""

    line: Line
    dialled: str
    step: OutgoingStep
    country: str
    called: Line | None = None
    caller: Caller | None = None


def dialling_line(caller: str, number: str, directory: Directory) -> Line | None:
    """The line of ours that is meant by the caller: by its number, or by an extension of the company called, or of the
    only company that has it."""
    try:
        called = find_line(number, directory)
    except CannotExplain:
        called = None
    if called is not None and (inside := directory.extension(called.company, caller)):
        return directory.line(inside)
    try:
        return find_line(caller, directory)
    except CannotExplain:
        return None


def placed_call(line: Line, dialled: str, directory: Directory, state: LineState) -> Placed:
    """What becomes of ``dialled`` on a phone of ``line``, as for a real call (spec §2)."""
    company = directory.company(line.company)
    step = decide_outgoing(line, company, directory.settings(line.number), state, dialled, directory)
    called = directory.line(step.line) if isinstance(step, CallLine) else None
    caller = imagined_caller(line.number, company, directory)
    if isinstance(step, CallLine) and step.withheld and caller is not None:
        caller = replace(caller, presentation=Presentation.ANONYMOUS, number=None, name=None)
    return Placed(line, dialled, step, company.country, called, caller)
