"""What many ask of the database at once is asked together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")

MOST = 100
"""So many are asked in one go."""
SIDE_BY_SIDE = 2
"""So many goes at once: one that waits for a lock does not keep back everybody."""


class Gathered(Generic[K, R]):
    """Whoever asks while others are being answered is asked for in the next go, with all who came meanwhile: a hundred
    callers at once are a few statements, and one alone waits for nobody.

    ``ask`` gives an answer for each, in their order; an exception is the answer of one alone. What ``ask`` itself
    raises is raised for each of its go.
    """

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._ask = ask
        self._waiting: list[tuple[K, asyncio.Future[R]]] = []
        self._goes: set[asyncio.Task[None]] = set()

    async def one(self, what: K) -> R:
        """The answer for ``what``, which is asked for after this was called."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((what, answer))
        if len(self._goes) < SIDE_BY_SIDE:
            go = asyncio.create_task(self._go(), name="gathered")
            self._goes.add(go)
            go.add_done_callback(self._goes.discard)
        return await answer

    async def _go(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                answers = await self._ask([what for what, _ in asked])
            except asyncio.CancelledError:
                for _, answer in asked:
                    answer.cancel()
                raise
            except Exception as error:
                answers = [error] * len(asked)
            for (_, answer), given in zip(asked, answers, strict=True):
                if answer.done():  # whoever asked has gone
                    continue
                if isinstance(given, Exception):
                    answer.set_exception(given)
                else:
                    answer.set_result(given)
