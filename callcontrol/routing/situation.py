"""One decision's whole world: the call, the line it is at, the directory and the instant. Pure; read only.

The words that the rows of spec §3 are written in stand here: who is on a list, which devices may ring, where
voicemail goes, what the reason of a step is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from callcontrol import numbers
from callcontrol.because import Because
from callcontrol.directory.contacts import ContactBook
from callcontrol.directory.directory import Directory
from callcontrol.facts import Company, CostlyToday, Device, IncomingCall, Line, LineState, Presentation
from callcontrol.numbers import NumberClass
from callcontrol.routing.steps import TakeMessage
from callcontrol.settings.model import Callers, CallManager, LineSettings


@dataclass(frozen=True, slots=True)
class CalledLine:
    """The line a call is at, with its facts as they are now: gathered again before each decision."""

    line: Line
    company: Company
    settings: LineSettings
    state: LineState
    contacts: ContactBook


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts of one decision."""

    call: IncomingCall
    called: CalledLine
    directory: Directory
    now: datetime
    """The instant of the decision, aware."""

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("the instant of a decision needs its zone")

    @property
    def local_time(self) -> datetime:
        """The date and time of day where the line's company is, by which its plans go."""
        return self.now.astimezone(ZoneInfo(self.called.company.timezone))

    @property
    def manager(self) -> CallManager:
        """The settings of the simple manager."""
        return self.called.settings.call_manager

    @property
    def anonymous(self) -> bool:
        """The caller withheld the number. One whose number the network did not give is not anonymous (spec §1)."""
        return self.call.caller.presentation is Presentation.ANONYMOUS

    @property
    def full(self) -> bool:
        """The line holds as many calls as it may (spec §3, five calls)."""
        return self.called.state.calls >= self.called.line.max_calls

    @property
    def company_full(self) -> bool:
        """The company may make no further outside call (spec §1)."""
        most = self.directory.most_outside_calls(self.called.company)
        return self.called.state.company_outside_calls >= most

    @property
    def forwards_full(self) -> bool:
        """The line forwards as many calls outside as it may (spec §3, five calls)."""
        return len(self.called.state.forwarding) >= self.called.line.max_calls

    @property
    def comes_back(self) -> bool:
        """Whether this is a call of ours that a network sends back without telling so (spec §3, row 1): it comes from
        outside, as somebody whom this line forwards outside right now, from where it forwards to, or from itself."""
        line = self.called.line
        ours = [line.number, *([line.fax_number] if line.fax_number else [])]
        for forward in self.called.state.forwarding:
            ours += [forward.target, forward.first_line, *([forward.caller] if forward.caller else [])]
        return any(self.calls_as(number) for number in ours)

    def calls_as(self, number: str) -> bool:
        """Whether the caller is outside and shows this number."""
        caller = self.call.caller
        if caller.line is not None or caller.number is None:
            return False
        return numbers.same(caller.number, number, self.called.company.country)

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices that may ring: all but the caller's own. A group has none: its members are rung by hunting.

        A line that calls itself from a device that we cannot tell apart rings nothing, rather than itself.
        """
        caller = self.call.caller
        if self.called.line.group or (caller.line == self.called.line.number and caller.device is None):
            return ()
        return tuple(device for device in self.called.state.devices if device.contact != caller.device)

    def passed(self, number: str) -> bool:
        """Whether the call has been at this line or outside number before (spec §3, row 1)."""
        country = self.called.company.country
        return any(before == number or numbers.same(before, number, country) for before in self.call.path)

    def is_on(self, callers: Callers) -> bool:
        """Whether the caller is on a list. Nothing matches a number that is not shown (spec §1)."""
        caller, number = self.call.caller, self.call.caller.number
        if caller.presentation is not Presentation.SHOWN:
            return False
        inside = caller.extension if caller.company == self.called.company.id else None
        if inside and inside in callers.extensions:
            return True
        if any(self._means(entry, number, inside) for entry in callers.numbers):
            return True
        if number is None:
            return False
        book = self.called.contacts
        if any(contact in callers.contacts for contact in book.contacts_with(number)):
            return True
        return any(number in book.group_numbers(group) for group in callers.contact_groups)

    def _means(self, entry: str, number: str | None, extension: str | None) -> bool:
        country = self.called.company.country
        if not entry.endswith("*"):
            return (number is not None and numbers.canonical(entry, country) == number) or entry == extension
        start = numbers.prefix(entry, country)
        if start is None:
            return False
        if extension is not None and extension.startswith(start):
            return True
        return number is not None and numbers.has_prefix(number, start, country)

    def mailbox(self, because: Because, *, busy: bool = False, dnd: bool = False) -> TakeMessage:
        """Voicemail of this call: always the first line's (spec §3, forwarded calls)."""
        return TakeMessage(self.call.first_line, because, busy=busy, dnd=dnd)


COSTLY = frozenset({NumberClass.INTERNATIONAL, NumberClass.PREMIUM})
"""Classes of numbers of which a line may call so many a day."""


def costly_limits(costly: CostlyToday) -> dict[str, str]:
    """The two limits, as parameters of a reason."""
    return {"calls": str(costly.most_calls), "minutes": str(costly.most_minutes)}


def reason(rule: str, **parameters: object) -> Because:
    """The reason of a step: a rule of ``explain.RULES`` with its parameters."""
    return Because(rule, tuple((name, str(value)) for name, value in parameters.items()))
