"""When a mail that failed is tried again, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""After the first failure, the second …; then as after the last, hour by hour."""
PATIENCE = timedelta(hours=24)
"""After its first failure a mail is given up."""


def next_try(failed_before: int, failing_since: datetime | None, now: datetime) -> datetime | None:
    """When to try again what failed ``now``, and ``failed_before`` times before that; None: never."""
    if failing_since is not None and now - failing_since >= PATIENCE:
        return None
    return now + PAUSES[min(failed_before, len(PAUSES) - 1)]
