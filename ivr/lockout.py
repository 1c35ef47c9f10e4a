"""When too many wrong PINs lock a box against callers from elsewhere (spec §6). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST_WRONG = 10
WITHIN = timedelta(hours=1)
LOCKED_FOR = timedelta(hours=1)


def locked_until(wrong: Sequence[datetime], now: datetime) -> datetime | None:
    """The end of the lock that the wrong attempts (oldest first) have brought about; None when there is none now."""
    ends = (
        last + LOCKED_FOR
        for first, last in zip(wrong, wrong[MOST_WRONG - 1 :], strict=False)
        if last - first <= WITHIN
    )
    until = max(ends, default=None)
    return until if until is not None and until > now else None
