"""How many calls each line, and how many trunk legs each company, holds right now (spec §3 "Five calls").

Sets of ids, never counters: adding twice or removing twice changes nothing, so the count is right again
after any crash (re-adopted calls simply occupy their lines again).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Occupancy:
    """Who is on the phone. Changed between two awaits only, so a decision and its booking are one.

    ``on_changed`` is told, at once, each line whose number of calls has changed, and that number."""

    def __init__(self, on_changed: Callable[[str, int], None] | None = None) -> None:
        self._on_changed = on_changed
        self._lines: defaultdict[str, set[str]] = defaultdict(set)
        self._trunk: defaultdict[str, set[str]] = defaultdict(set)
        self._by_call: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)

    def take_line(self, line: str, call: str) -> None:
        """``call`` counts for ``line`` from now on."""
        if call not in self._lines[line]:
            self._lines[line].add(call)
            self._by_call[call].add(("line", line, call))
            self._changed(line)

    def leave_line(self, line: str, call: str) -> None:
        """``call`` went on to a mailbox, menu or forward: it no longer counts for ``line``."""
        if call in self._lines.get(line, ()):
            self._discard(self._lines, line, call)
            self._discard(self._by_call, call, ("line", line, call))
            self._changed(line)

    def take_trunk(self, company: str, call: str, leg: str) -> None:
        """A trunk ``leg`` of ``call`` counts for ``company``."""
        self._trunk[company].add(leg)
        self._by_call[call].add(("trunk", company, leg))

    def leave_trunk(self, company: str, call: str, leg: str) -> None:
        """That trunk leg is over."""
        self._discard(self._trunk, company, leg)
        self._discard(self._by_call, call, ("trunk", company, leg))

    def leave(self, call: str) -> None:
        """Everything of ``call`` is over."""
        for kind, key, member in self._by_call.pop(call, ()):
            self._discard(self._lines if kind == "line" else self._trunk, key, member)
            if kind == "line":
                self._changed(key)

    def calls_of(self, line: str, *, but: str = "") -> int:
        """Calls of a line, without the call ``but``."""
        held = self._lines.get(line, ())
        return len(held) - (but in held)

    def outside_calls_of(self, company: str) -> int:
        """Trunk legs of a company: that of a call being forwarded outside is one of them."""
        return len(self._trunk.get(company, ()))

    @property
    def calls(self) -> int:
        """Calls that count for a line or a company now."""
        return len(self._by_call)

    @property
    def empty(self) -> bool:
        """Nobody is on the phone."""
        return not self._by_call

    def _changed(self, line: str) -> None:
        if self._on_changed is not None:
            self._on_changed(line, self.calls_of(line))

    @staticmethod
    def _discard(table: defaultdict[str, set[T]], key: str, member: T) -> None:
        held = table.get(key)
        if held is not None:
            held.discard(member)
            if not held:
                del table[key]
