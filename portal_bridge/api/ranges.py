"""Which part of a file a request asks for, and whether it still means the file that is there (RFC 9110 §14). Pure.

What a header says wrongly is ignored, as the standard wants: the whole file is a right answer to any request. So it is
to several parts at once, which no player of sound asks for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_BYTES = re.compile(r"[ \t]*bytes[ \t]*=(.*)", re.IGNORECASE | re.ASCII)
_SPEC = re.compile(r"([0-9]*)-([0-9]*)", re.ASCII)
_MOST_DIGITS = 18
"""No file is longer; Python refuses to read numbers of thousands of digits."""


class Unsatisfiable(Exception):
    """The file ends before every part that is asked for."""


def part(header: str | None, size: int) -> range | None:
    """The bytes to send of a file of ``size``; None: the whole file. Raises Unsatisfiable."""
    asked = _specs(header or "")
    if not asked:
        return None
    there = [found for first, last in asked if (found := _bytes(first, last, size))]
    if not there:
        raise Unsatisfiable
    return there[0] if len(there) == 1 else None


def _specs(header: str) -> list[tuple[int | None, int | None]]:
    """First and last byte of each part; empty for what is no right header of bytes."""
    told = _BYTES.fullmatch(header)
    specs = [spec.strip(" \t") for spec in told[1].split(",")] if told else []
    found = []
    for spec in filter(None, specs):
        match = _SPEC.fullmatch(spec)
        first, last = (_number(match[1]), _number(match[2])) if match else (None, None)
        if (first is None and last is None) or (first is not None and last is not None and last < first):
            return []
        found.append((first, last))
    return found


def _number(digits: str) -> int | None:
    if not digits:
        return None
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _bytes(first: int | None, last: int | None, size: int) -> range:
    """Empty when the file ends before."""
    if first is None:
        return range(max(0, size - (last or 0)), size)
    return range(first, size if last is None else min(last + 1, size))


def still_means(header: str | None, etag: str, modified: datetime) -> bool:
    """Whether ``If-Range`` (§13.1.5) names the file as it is: its strong entity tag, or the second of its writing."""
    if header is None:
        return True
    text = header.strip()
    if text.startswith(('"', "W/")):
        return text == etag
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return False
    return at.replace(tzinfo=at.tzinfo or UTC) == modified.replace(microsecond=0)
