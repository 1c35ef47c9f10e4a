"""The phones of lines as Asterisk told them last, for who looks again and again: asked for once, and anew when it tells
of a change. The one place that keeps them: a call asks Asterisk itself, and so does whoever wants to know for certain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from callcontrol.facts import Device

KEPT_SECONDS = 300.0
"""What Asterisk tells nobody (that a phone at the same place calls itself otherwise) is seen after this time."""


class KnownDevices:
    """``ask`` has Asterisk's answer for a line; ``hears``: what it tells of changes is heard now. To be used inside one
    event loop."""

    def __init__(
        self, ask: Callable[[str], Awaitable[tuple[Device, ...]]], hears: Callable[[], bool]
    ) -> None:
        self._ask, self._hears = ask, hears
        self._known: dict[str, tuple[tuple[Device, ...], float]] = {}
        """With the moment until which they are kept."""
        self._asked: dict[str, object] = {}
        """The latest question of each line, unless something changed since."""

    async def of(self, line: str) -> tuple[Device, ...]:
        """Its phones. Raises what ``ask`` raises."""
        known, until = self._known.get(line, ((), 0.0))
        if self._hears() and asyncio.get_running_loop().time() < until:
            return known
        return await self._learn(line)

    def changed(self, line: str) -> None:
        """Something of ``line`` did: a phone came or went, or its account is another one."""
        self._known.pop(line, None)
        self._asked.pop(line, None)

    def all_changed(self) -> None:
        """Changes may have been missed."""
        self._known.clear()
        self._asked.clear()

    async def _learn(self, line: str) -> tuple[Device, ...]:
        question = self._asked[line] = object()
        try:
            found = await self._ask(line)
            if self._hears() and self._asked.get(line) is question:
                self._known[line] = found, asyncio.get_running_loop().time() + KEPT_SECONDS
        finally:
            if self._asked.get(line) is question:
                del self._asked[line]
        return found
