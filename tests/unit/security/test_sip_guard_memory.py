"""What the guard writes down of whom it keeps out, read by the next process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from callcontrol.clock import SystemClock
from callcontrol.directory.directory import Directory
from callcontrol.lifecycle.guessers import Guessers
from callcontrol.lifecycle.sip_guard import SipGuard, _as_text
from tests.fakes.alarms import FakeAlarms

NOW = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)


def guard(folder: Path) -> SipGuard:
    none = Mock()
    return SipGuard(
        folder / "s", folder, none, Guessers(3), none, Directory, FakeAlarms(), SystemClock(NOW), lambda: None
    )


def test_the_next_process_knows_who_is_kept_out(tmp_path: Path) -> None:
    first = guard(tmp_path)
    for source in ("203.0.113.9", "2001:db8::/64"):
        for _ in range(3):
            first.guessers.wrong_password("", source, NOW)
    (tmp_path / "guessers.json").write_text(_as_text(first.guessers.kept))
    assert guard(tmp_path).guessers.addresses == ["2001:db8::/64", "203.0.113.9"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "{}",
        '[["203.0.113.9\\ndeny = 0.0.0.0/0", null, "2026-11-27T21:05:00+00:00", 1]]',
        '[["203.0.113.9", "x]", "2026-11-27T21:05:00+00:00", 1]]',
        '[["203.0.113.9", null, "2026-11-27T21:05:00", 1]]',
        '[["203.0.113.9", null, "2026-11-27T21:05:00+00:00", "x"]]',
    ],
)
def test_a_memory_that_is_damaged_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "guessers.json").write_text(text)
    assert guard(tmp_path).guessers.count == 0
