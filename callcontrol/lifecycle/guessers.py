"""Who guesses at SIP passwords: counted by address, judged, and for how long it is kept out (docs/security.md). Pure.

Addresses from which a phone of ours has shown the right password are known. A strange address that guesses is kept out
altogether. A known one is kept out of the lines that it guesses at and that are not its own, so that neither its own
phones nor those behind the same router are locked out. A line at its own address is never kept out: that is only told.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

WITHIN = timedelta(minutes=10)
"""Wrong passwords are counted over this time."""
FIRST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
"""How long who guesses is kept out: twice as long each further time, at most so long."""
FORGOTTEN = timedelta(days=1)
"""After this the next time is the first again."""
REMEMBERED = timedelta(days=180)
MOST = 10_000
"""Addresses that are counted or kept out at once; the oldest go first."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """``source`` is kept out until then: of one line, or (None) of everything."""

    source: str
    line: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class OnlyTold:
    """``line`` is guessed at from its own address ``source``, or from one that nothing can be done against."""

    source: str
    line: str


@dataclass(frozen=True, slots=True)
class Kept:
    """As ``KeptOut``, for the ``times``-th time: what outlives this process."""

    source: str
    line: str | None
    until: datetime
    times: int


V = TypeVar("V")
Verdict = KeptOut | OnlyTold


class Guessers:
    """``tries`` wrong passwords within ``WITHIN`` are too many. ``spared``: addresses of trunks."""

    def __init__(self, tries: int, spared: Callable[[str], bool] = lambda _: False) -> None:
        self._tries, self._spared = tries, spared
        self._known: dict[str, dict[str, datetime]] = defaultdict(dict)
        """Address to line to the last time that it showed the right password there."""
        self._wrong: dict[tuple[str, str | None], deque[datetime]] = {}
        self._times: dict[tuple[str, str | None], tuple[int, datetime]] = {}
        self._out: dict[tuple[str, str | None], datetime] = {}
        self.wrong = 0
        """Wrong passwords since the start."""

    def learn(self, known: Iterable[tuple[str, str, datetime]]) -> None:
        """(line, address, when) of before."""
        for line, source, at in known:
            self._known[source][line] = at

    def recall(self, kept: Iterable[Kept], now: datetime) -> None:
        """Those that an earlier process kept out, some of them until later than now."""
        for each in kept:
            key = (each.source, each.line)
            if now - each.until < FORGOTTEN and each.until - now <= LONGEST:
                self._times[key] = (each.times, each.until)
                if each.until > now:
                    self._out[key] = each.until
        _bound(self._times)
        _bound(self._out)

    @property
    def kept(self) -> list[Kept]:
        """What the next process must know."""
        return [Kept(source, line, until, times) for (source, line), (times, until) in self._times.items()]

    def right(self, line: str, source: str, now: datetime) -> bool:
        """The right password was shown; whether that is news of this day, to be kept."""
        before = self._known[source].get(line)
        if before is not None and now - before < timedelta(days=1):
            return False
        self._known[source][line] = now
        return True

    def wrong_password(self, line: str, source: str, now: datetime) -> Verdict | None:
        """A wrong one was (``line`` "": of none of ours); what follows now."""
        self.wrong += 1
        lines = {each for each, at in self._known.get(source, {}).items() if now - at < REMEMBERED}
        key = (source, line if lines or self._spared(source) else None)
        if key in self._out or not self._too_many(key, now):
            return None
        if line in lines or (not line and lines) or self._spared(source):
            return OnlyTold(source, line)
        times, last = self._times.get(key, (0, now))
        times = times + 1 if now - last < FORGOTTEN else 1
        until = now + min(FIRST * 2 ** (times - 1), LONGEST)
        self._times[key] = (times, until)
        self._out[key] = until
        _bound(self._times)
        _bound(self._out)
        return KeptOut(source, key[1], until)

    def _too_many(self, key: tuple[str, str | None], now: datetime) -> bool:
        """Count one more; whether it is one too many, which begins the count anew."""
        recent = self._wrong.setdefault(key, deque(maxlen=self._tries))
        _bound(self._wrong)
        recent.append(now)
        if len(recent) < self._tries or now - recent[0] > WITHIN:
            return False
        del self._wrong[key]
        return True

    def let_in(self, now: datetime) -> bool:
        """Let in again those whose time is over; whether there are any."""
        over = [key for key, until in self._out.items() if until <= now]
        for key in over:
            del self._out[key]
        return bool(over)

    @property
    def next_end(self) -> datetime | None:
        """When the next one is let in again."""
        return min(self._out.values(), default=None)

    @property
    def addresses(self) -> list[str]:
        """Those kept out of everything."""
        return sorted(source for source, line in self._out if line is None)

    def kept_from(self, line: str) -> tuple[str, ...]:
        """Those kept out of one line."""
        return tuple(sorted(source for source, kept in self._out if kept == line))

    @property
    def count(self) -> int:
        """How many are kept out of something."""
        return len({source for source, _ in self._out})


def _bound(table: dict[tuple[str, str | None], V]) -> None:
    while len(table) > MOST:
        del table[next(iter(table))]
