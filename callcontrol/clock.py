"""The injected clock: the only "now" of decisions, records and plans. Timers use the event loop instead.

``dev.clock`` shifts or fixes it for tests; nothing else may.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callcontrol.ports.clock import Clock


class SystemClock(Clock):
    """The real time, shifted or held still when a test asked for it."""

    def __init__(self, setting: datetime | timedelta | None = None) -> None:
        self._fixed: datetime | None = None
        self._shift = timedelta()
        match setting:
            case datetime():
                self.fix(setting)
            case timedelta():
                self._shift = setting
            case None:
                pass

    def now(self) -> datetime:
        return self._fixed or datetime.now(UTC) + self._shift

    def fix(self, now: datetime, *, runs: bool = False) -> None:
        """Hold the time at ``now`` (aware); with ``runs`` it goes on from there."""
        if now.tzinfo is None:
            raise ValueError("the time needs a zone")
        self._fixed = None if runs else now.astimezone(UTC)
        if runs:
            self._shift = now.astimezone(UTC) - datetime.now(UTC)
