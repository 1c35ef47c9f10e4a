"""Waiting with a deadline: whoever changes state rings the bell, whoever waits looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Bell:
    """One per phone. Never polls: conditions are evaluated at the start, after each ring and at the end."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something changed: every waiter looks at its condition again."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], T | None], within: float) -> T:
        """First value of `condition` that is neither None nor False; raises TimeoutError after `within` s."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            value = condition()
            if value is not None and value is not False:
                return value
            if loop.time() >= deadline:
                raise TimeoutError
            waiter = loop.create_future()
            self._waiters.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=max(0.0, deadline - loop.time()))
            finally:
                self._waiters.discard(waiter)
