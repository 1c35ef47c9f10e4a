"""Pages of long lists by keyset: a cursor is the place after the last row shown, so that page 5,000 costs as
much as page 1 and rows that come or go in between shift nothing. Pure."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from callcontrol.errors import CallControlError

T = TypeVar("T")
LARGEST = 500
"""Rows of one page at most."""


class BadCursor(CallControlError):
    """A cursor that this service never gave out."""

    def __init__(self) -> None:
        super().__init__("this cursor is not one that an earlier page gave")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of the page after them (None: this was the last)."""

    items: tuple[T, ...]
    next: str | None


def cut(items: list[T], limit: int, place: tuple[str, str] | None) -> Page[T]:
    """The page made of ``limit`` + 1 rows asked for: the extra one only tells that there is a next page.
    ``place`` is the key of the last row shown."""
    if len(items) <= limit or place is None:
        return Page(tuple(items[:limit]), None)
    return Page(tuple(items[:limit]), cursor(*place))


def bounded(limit: int) -> int:
    """A limit asked for by a user, kept between 1 and ``LARGEST``."""
    return max(1, min(limit, LARGEST))


def cursor(key: str, row_id: str) -> str:
    """An opaque cursor, safe in a URL."""
    return base64.urlsafe_b64encode(f"{key}\n{row_id}".encode()).decode().rstrip("=")


def place(text: str) -> tuple[str, str]:
    """The sort key and id in a cursor. Raises BadCursor."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        key, row_id = raw.split("\n")
    except (binascii.Error, UnicodeError, ValueError):
        raise BadCursor from None
    if "\0" in raw:
        raise BadCursor
    return key, row_id


def time_place(text: str) -> tuple[datetime, str]:
    """The instant and id in a cursor of a list in order of time. Raises BadCursor."""
    key, row_id = place(text)
    try:
        at = datetime.fromisoformat(key)
    except ValueError:
        raise BadCursor from None
    if at.tzinfo is None:
        raise BadCursor
    return at, row_id
