"""The history of calls, written and asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from callcontrol.history import CallRecord


class History(Protocol):
    """Where call records go. Idempotent by (call, line)."""

    async def write(self, records: Sequence[CallRecord]) -> None:
        """Raises ``StoreDown`` when the database does not answer; the journal keeps the records then."""
        ...


class RecentCalls(Protocol):
    """What a line can ask of its own history by phone."""

    async def last_caller(self, line: str) -> CallRecord | None:
        """The newest call to a line, answered or not (``*69``). Raises ``StoreDown``."""
        ...

    async def last_dialled(self, line: str) -> CallRecord | None:
        """The newest number that a line called; codes are none (``*66``). Raises ``StoreDown``."""
        ...
