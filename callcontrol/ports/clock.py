"""The only clock of decisions and records."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of "now" for decisions and records (design.md §2); timers use the event loop."""

    def now(self) -> datetime:
        """The present instant, UTC, aware."""
        ...
