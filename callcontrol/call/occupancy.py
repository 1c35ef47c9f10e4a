"""How many calls each line, and how many trunk legs each company, holds right now (spec §3 "Five calls").

What a call occupies is what its story says (``occupied``), renewed with each entry (``Call.tell``): so it is right
after an adoption, a pickup or a transfer by itself. Sets of places, never counters: occupying twice or leaving twice
changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from callcontrol.call.toll import Toll
from callcontrol.facts import Guest, OutsideForward
from callcontrol.journal.story import Hop, Story, Transfer
from callcontrol.routes import ClickToCall, OurOwn
from callcontrol.routing.steps import CallEmergency, CallLine, CallOutside, ForwardOutside, Ring

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A call of a line, from the first ring to hangup, in or out."""

    line: str


@dataclass(frozen=True, slots=True)
class TrunkPlace:
    """A trunk leg of a company. ``leg`` tells two of one call apart."""

    company: str
    leg: str


@dataclass(frozen=True, slots=True)
class EmergencyPlace:
    """An emergency call of a line: it counts against no limit, but a flood of them goes out one by one."""

    line: str


@dataclass(frozen=True, slots=True)
class ForwardPlace:
    """A call that a line forwards outside: counted apart from its calls (spec §3)."""

    line: str
    forward: OutsideForward


Place = LinePlace | TrunkPlace | ForwardPlace | EmergencyPlace
NOTHING: frozenset[Place] = frozenset()


def occupied(story: Story) -> frozenset[Place]:
    """The places that a call holds now. Pure.

    A call that went to voicemail, a menu or a forward no longer counts for the line that it left. Emergency calls,
    codes and refusals count for nothing (an emergency call has its place in the queue of its line's).
    """
    if story.over or story.given_to is not None:
        return NOTHING
    places = _of_caller(story) if story.transfer is None else _of_transferred(story, story.transfer)
    if story.hop is not None:
        places |= _of_hop(story, story.hop)
    places |= {LinePlace(line) for line in (*story.takers, *story.live_takers)}
    return frozenset(places)


def _of_caller(story: Story) -> set[Place]:
    """Of the calling line, or of the trunk that the caller came in by."""
    line, company = story.caller.line, story.caller.company
    if line is not None and isinstance(story.by, OurOwn):
        awaited = story.by.awaited if isinstance(story.by, ClickToCall) else None
        waits = awaited is not None and story.first_step is None
        return set() if waits else _of_our_call(story, line, company)
    match story.outgoing:
        case CallOutside() if line is not None and company is not None:
            return {LinePlace(line), TrunkPlace(company, "out")}
        case CallLine() if line is not None:
            return {LinePlace(line)}
        case CallEmergency() if line is not None:
            return {EmergencyPlace(line)}
        case _ if story.menu.access is not None:
            return {TrunkPlace(story.menu.access, "in")}
        case _ if line is None and story.hops and story.hops[0].company is not None:
            return {TrunkPlace(story.hops[0].company, "in")}
        case _:
            return set()


def _of_transferred(story: Story, transfer: Transfer) -> set[Place]:
    """Whoever was transferred, and the call outside of the line that did so: it has left, so this is its forward."""
    places = _of_guest(transfer.guest)
    if transfer.guest.channel != story.channel:
        return places | _of_caller(story)  # who called has stayed, and its callee is another one now
    line, company, blind = transfer.line, transfer.guest.company, story.blind
    match blind.step if blind is not None else story.outgoing:
        case CallOutside(number=number) if blind is None or not story.way:  # its hop counts then
            forward = OutsideForward(number, story.seen.number, line)
            return places | {TrunkPlace(company, "out"), ForwardPlace(line, forward)}
        case CallEmergency():
            return places | {EmergencyPlace(line)}
        case _:
            return places


def _of_guest(guest: Guest) -> set[Place]:
    if guest.caller.line is not None:
        return {LinePlace(guest.caller.line)}
    if guest.paid_by is None:
        return {TrunkPlace(guest.company, "in")}
    forward = OutsideForward(guest.caller.number or "", None, guest.paid_by)
    return {TrunkPlace(guest.company, "guest"), ForwardPlace(guest.paid_by, forward)}


def _of_our_call(story: Story, line: str, company: str | None) -> set[Place]:
    """A call that we make counts for the line that asked for it, and each leg outside for its company.

    The legs of a hop are counted there; one to an emergency number counts for nothing.
    """
    uncounted = {leg for hop in story.hops for leg in hop.legs}
    if isinstance(story.outgoing, CallEmergency):
        uncounted |= story.legs.keys() - story.first_legs
    outside = {
        TrunkPlace(company, leg)
        for leg, of_line in story.leg_lines.items()
        if leg not in uncounted
        if of_line is None and company is not None and story.legs[leg].ended_at is None
    }
    emergency = {EmergencyPlace(line)} if isinstance(story.outgoing, CallEmergency) else set()
    return {LinePlace(line), *outside, *emergency}


def _of_hop(story: Story, hop: Hop) -> set[Place]:
    """Of the line that the call rings or talks at, and of its forward outside."""
    if hop.step_at is None:  # nothing is under way there
        return set()
    match hop.step:
        case Ring() if not story.takers:
            return {LinePlace(hop.line)}
        case ForwardOutside(number=target):
            forward = OutsideForward(target, story.seen.number, story.hops[0].line)
            leg = {TrunkPlace(hop.company, "forward")} if hop.company is not None else set()
            return {ForwardPlace(hop.line, forward), *leg}
        case _:
            return set()


class Occupancy:
    """Who is on the phone. Changed between two awaits only, so a decision and its booking are one.

    ``on_changed`` is told, at once, each line whose number of calls has changed, and that number; ``toll`` each
    story."""

    def __init__(
        self, on_changed: Callable[[str, int], None] | None = None, toll: Toll | None = None
    ) -> None:
        self._on_changed = on_changed
        self._toll = toll
        self._by_call: dict[str, frozenset[Place]] = {}
        self._lines: Counter[str] = Counter()
        self._trunk: Counter[str] = Counter()
        self._forwards: dict[str, Counter[OutsideForward]] = {}
        self._emergencies: dict[str, dict[str, None]] = {}
        self.emergency_floods = 0
        """Emergency calls that had to wait since the start."""

    def book(self, call: str, story: Story) -> None:
        """``call`` holds what its story says from now on; what it costs is noted."""
        self.renew(call, occupied(story))
        if self._toll is not None:
            self._toll.note(story)

    def renew(self, call: str, places: frozenset[Place]) -> None:
        """``call`` holds these places from now on, and no others."""
        before = self._by_call.get(call, NOTHING)
        if places == before:
            return
        if places:
            self._by_call[call] = places
        else:
            del self._by_call[call]
        for place in before - places:
            self._count(call, place, -1)
        for place in places - before:
            self._count(call, place, 1)

    def leave(self, call: str) -> None:
        """Everything of ``call`` is over."""
        self.renew(call, NOTHING)

    def calls_of(self, line: str, *, but: str = "") -> int:
        """Calls of a line, without the call ``but``."""
        return self._lines[line] - (LinePlace(line) in self._by_call.get(but, NOTHING))

    def outside_calls_of(self, company: str) -> int:
        """Trunk legs of a company: that of a call being forwarded outside is one of them."""
        return self._trunk[company]

    def forwards_of(self, line: str) -> tuple[OutsideForward, ...]:
        """The calls that a line forwards outside now."""
        return tuple(self._forwards.get(line, Counter()).elements())

    def emergencies_before(self, line: str, call: str) -> int:
        """Emergency calls of a line that began before its ``call`` and go on."""
        queue = list(self._emergencies.get(line, ()))
        return queue.index(call) if call in queue else len(queue)

    @property
    def calls(self) -> int:
        """Calls that count for a line or a company now; emergency calls do not."""
        return sum(
            any(not isinstance(place, EmergencyPlace) for place in held) for held in self._by_call.values()
        )

    @property
    def empty(self) -> bool:
        """Nobody is on the phone."""
        return not (self._by_call or self._lines or self._trunk or self._forwards or self._emergencies)

    def _count(self, call: str, place: Place, by: int) -> None:
        match place:
            case EmergencyPlace(line=line):
                self._queue(line, call, by)
                return
            case LinePlace(line=key):
                _add(self._lines, key, by)
                if self._on_changed is not None:
                    self._on_changed(key, self._lines[key])
            case TrunkPlace(company=key):
                _add(self._trunk, key, by)
            case ForwardPlace(line=line, forward=forward):
                table = self._forwards.setdefault(line, Counter())
                _add(table, forward, by)
                if not table:
                    del self._forwards[line]

    def _queue(self, line: str, call: str, by: int) -> None:
        queue = self._emergencies.setdefault(line, {})
        if by > 0:
            queue[call] = None
        else:
            queue.pop(call, None)
        if not queue:
            del self._emergencies[line]


def _add(table: Counter[K], key: K, by: int) -> None:
    table[key] += by
    if not table[key]:
        del table[key]
