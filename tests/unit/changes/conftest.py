"""A desk of its own for each test."""

from __future__ import annotations

import pytest

from tests.unit.changes.desk import Desk, furnished


@pytest.fixture
def desk() -> Desk:
    return furnished()
