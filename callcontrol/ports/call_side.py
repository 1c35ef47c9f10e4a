"""What the web may ask of the process that holds the calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from callcontrol.facts import Device, LineState
from callcontrol.live import CallNow, CallsNow, LiveEvent, MadeCall


class CallSide(Protocol):
    """What the web may ask of the calls process; it holds no call logic of its own (spec §10.8).

    Every question raises ``CallSideDown`` while that process is away.
    """

    async def devices(self, line: str) -> tuple[Device, ...]:
        """The registered devices of a line now. Raises ``PhoneSystemDown``."""
        ...

    async def state(self, line: str, *, as_told: bool = False) -> LineState:
        """The live facts of a line now (devices, calls, outside calls of its company). ``as_told``: its devices as
        they were told last, which costs the telephone system nothing: for who looks again and again."""
        ...

    async def now(self) -> CallsNow:
        """How the calls do at this moment."""
        ...

    async def calls(self) -> tuple[CallNow, ...]:
        """The calls under way, oldest first; of very many the newest."""
        ...

    async def in_force(self, changed: Collection[tuple[str, ...]]) -> None:
        """Until the next call obeys what was just committed, for a second at most; never fails.

        Each change as the directory's cache names it: ``("line", NUMBER)``, ``("company", ID)``,
        ``("document", NUMBER, NAME)``, ``("book", NUMBER)``.
        """
        ...

    async def set_clock(self, now: datetime, *, runs: bool = False) -> None:
        """Hold the time of every decision at ``now``, or let it go on from there (``dev.clock``, tests only)."""
        ...

    async def make_call(self, line: str, first: str | None, to: str) -> MadeCall:
        """Call ``first`` (None: the phones of ``line``), then ``to``, as ``line``. Raises ``NotFound`` (no such line),
        ``TooMany``."""
        ...

    async def made_call(self, line: str, call: str) -> MadeCall:
        """How far a call that is made for ``line`` has come; over, until it is in the history. Raises ``NotFound``."""
        ...

    async def end_call(self, line: str, call: str) -> None:
        """End a call that is made for ``line``. Raises ``NotFound``, also when it is over."""
        ...

    def events(self, line: str | None = None) -> AbstractContextManager[AsyncIterator[LiveEvent]]:
        """What happens from now on, everywhere or to ``line``. Who is too slow to take it loses events and gets
        ``ReadAnew`` instead."""
        ...
