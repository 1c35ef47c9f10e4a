"""One after the other for each line: two changes of this process never read the same version to write over each other.

Other processes write, too (the menu, a company file): versions in the store tell of them.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class LineTurns:
    """To be used inside one event loop. ``async with turns.of(line):``"""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, line: str) -> asyncio.Lock:
        """The turn of a line; forgotten when nobody holds or wants it."""
        turn = self._turns.get(line)
        if turn is None:
            turn = self._turns[line] = asyncio.Lock()
        return turn
