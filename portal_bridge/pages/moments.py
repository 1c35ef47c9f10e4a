"""Dates, times and lengths as pages write them: "Mer 27/2, 16:15", "3 s". Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

_DAYS = {
    "fr": ("Lun", "Mar", "Mer", "Jeu", "Ven", "Sam", "Dim"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def moment(at: datetime, zone: tzinfo, language: str, now: datetime) -> str:
    """An instant in the company's time zone; with its year where that is another one than now's."""
    local, this_year = at.astimezone(zone), now.astimezone(zone).year
    day = _DAYS.get(language, _DAYS["fr"])[local.weekday()]
    if language == "en":
        date = f"{local.day}{_NO_BREAK}{_MONTHS[local.month - 1]}"
        year = f"{_NO_BREAK}{local.year}"
    else:
        date, year = f"{local.day}/{local.month}", f"/{local.year}"
    return f"{day}{_NO_BREAK}{date}{year if local.year != this_year else ''}, {local:%H:%M}"


def length(seconds: float) -> str:
    """A length of time: "3 s", "1 min 05 s", "2 h 03 min"; never 0 for something that is there."""
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest}{_NO_BREAK}s"
    if minutes < 60:
        return f"{minutes}{_NO_BREAK}min" + (f"{_NO_BREAK}{rest:02d}{_NO_BREAK}s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{_NO_BREAK}h" + (f"{_NO_BREAK}{minutes:02d}{_NO_BREAK}min" if minutes else "")
