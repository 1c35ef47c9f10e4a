"""Dates and lengths as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callcontrol.portal_bridge.pages.moments import length, moment

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2019, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        (datetime(2019, 2, 27, 15, 15, tzinfo=UTC), "Mer 27/2, 16:15", "Wed 27 Feb, 16:15"),
        (datetime(2018, 12, 31, 22, 59, tzinfo=UTC), "Lun 31/12/2018, 23:59", "Mon 31 Dec 2018, 23:59"),
        (datetime(2018, 12, 31, 23, 0, tzinfo=UTC), "Mar 1/1, 00:00", "Tue 1 Jan, 00:00"),
    ],
)
def test_an_instant_is_told_in_the_companys_zone(at: datetime, french: str, english: str) -> None:
    assert moment(at, PARIS, "fr", NOW).replace("\u00a0", " ") == french
    assert moment(at, PARIS, "en", NOW).replace("\u00a0", " ") == english


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "1 s"), (0.4, "1 s"), (3.2, "3 s"), (59.6, "1 min"), (65, "1 min 05 s"), (3599.7, "1 h"), (3600, "1 h"),
        (7384, "2 h 03 min"),
    ],
)  # fmt: skip
def test_a_length_is_told_without_zeros(seconds: float, told: str) -> None:
    assert length(seconds).replace("\u00a0", " ") == told
