"""The world of the scripted calls: one for each test, on virtual time (``tests.fakes.virtual_time``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.fakes.world import World

ALARMS = {
    "trunk.dead",
    "trunk.registration_refused",
    "trunk.name_without_address",
    "trunk.certificate_refused",
}
"""What the world does, not the app: these tests have trunks without a word."""


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """What the app logs. A test that means errors to be logged takes them out of this list."""
    with capture_logs() as entries:
        yield entries
    errors = [entry for entry in entries if entry["log_level"] in ("error", "critical")]
    assert [entry for entry in errors if entry["event"] not in ALARMS] == []


@pytest.fixture
def world(tmp_path: Path, log: list[EventDict]) -> World:
    """The demo company, a trunk, a database, and nobody's phone registered yet."""
    return World(tmp_path)
