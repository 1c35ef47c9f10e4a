"""How much the tests of hostile hands and bad days try: little in ``make test``, much in ``make test-hostile``
(``HOSTILE=long``), which prints what was tried."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

LONG = os.environ.get("HOSTILE") == "long"
_TRIED: Counter[str] = Counter()


def size(short: int, long: int) -> int:
    """How many of something are tried now."""
    return long if LONG else short


def tried(what: str, count: int = 1) -> None:
    """Count what was tried and held."""
    _TRIED[what] += count


def counts() -> list[tuple[str, int]]:
    """What was tried in this run."""
    return sorted(_TRIED.items())


def is_root() -> bool:
    """Whether this test may mount a small disk of its own."""
    return os.geteuid() == 0 and Path("/proc/self/ns/mnt").exists()
