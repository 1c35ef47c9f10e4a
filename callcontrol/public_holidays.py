"""Which days are public holidays, by the holidays library: its own days for each country. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from functools import lru_cache

import holidays


def is_public_holiday(country: str, day: date) -> bool:
    """Whether ``day`` is one in the whole of ``country`` (two letters, ISO 3166-1). One that the library does not know
    has none. The first question about a country takes a tenth of a second: it is asked at the start."""
    return day in _of_year(country, day.year)


@lru_cache(maxsize=64)
def _of_year(country: str, year: int) -> Container[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:  # the library does not know it
        return frozenset()
