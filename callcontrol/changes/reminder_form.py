"""What a user fills in for a reminder: every field and its limits, once, for API, page, codes and menu. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from callcontrol.documents.fields import refuse
from callcontrol.settings.fields import Dialled, Document, OneLine, RecordId

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 2000, 2100
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise refuse("time_of_day_impossible")
    return value


def _date(value: str) -> str:
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise refuse("day_impossible")
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise refuse("moment_impossible")
    return value


def _weekday(value: object) -> object:
    return DAYS.index(value) + 1 if isinstance(value, str) and value in DAYS else value


class ReminderIn(Document):
    """A reminder. The time is that of the line's company."""

    description: Annotated[OneLine, Field(max_length=80)] = ""
    number: Annotated[
        Dialled | None,
        Field(description="What rings: the line itself, in any spelling; null means the same."),
    ] = None
    recurrence: Annotated[
        Literal["once", "workdays", "daily", "weekly"],
        Field(description="`workdays`: Monday to Friday, public holidays left out."),
    ]
    weekday: Annotated[
        Annotated[int, Field(ge=1, le=7)] | None,
        BeforeValidator(_weekday),
        Field(description="Of a weekly one: 1 is Monday, 7 Sunday (`mon` to `sun` are understood)."),
    ] = None
    date: Annotated[
        Annotated[str, AfterValidator(_date), WithJsonSchema({"type": "string", "format": "date"})] | None,
        Field(description="Of one of one time: YYYY-MM-DD."),
    ] = None
    time: Annotated[str, AfterValidator(_time), Field(description="HH:MM, 00:00 to 23:59.")]
    announcement_id: Annotated[
        RecordId | None, Field(description="A recording of the kind `reminder`; null: the system's words.")
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> ReminderIn:
        if (self.recurrence == "once") != (self.date is not None):
            raise refuse("reminder_date" if self.date is None else "reminder_without_date", at="date")
        if (self.recurrence == "weekly") != (self.weekday is not None):
            raise refuse(
                "reminder_weekday" if self.weekday is None else "reminder_without_weekday", at="weekday"
            )
        return self
