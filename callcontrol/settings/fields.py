"""The kinds of field that settings documents are made of: numbers, callers, times of day, names of recordings.

Pure. A value is kept as the user typed it (trimmed), so that a page shows it again; it is understood where it is
used. Every refusal carries a code of ``sentences/settings.py``, never a text: that is made in the reader's language.
What needs the directory (does this extension exist? is this number barred?) is not decided here: ``check.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from callcontrol import numbers
from callcontrol.documents.fields import mail, refuse
from callcontrol.sentences.table import MOST_MISTAKES

MOST_CALLERS = 1000
"""Entries of each kind in one list of callers."""
Texts = TypeVar("Texts", bound=Sequence[str])

_SEPARATORS = re.compile(r"[\s.\-/()\u00a0\u202f]+")
_DIALLED = re.compile(r"\+?[0-9]{2,20}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_EXTENSION = r"^[0-9]{2,6}$"
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Document(BaseModel):
    """A settings document or a part of one: immutable, no unknown field, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=False)


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def as_tuple(value: object) -> object:
    """JSON knows lists only; kept as a tuple, so that a document cannot be changed by who reads it."""
    if not isinstance(value, (list, tuple)):
        raise refuse("list_type")
    return tuple(value)


def at_most(entries: int) -> tuple[Any, ...]:
    """Annotations of a list that has no more; one that has is refused before anybody looks at its entries."""

    def short(value: object) -> object:
        if isinstance(value, (list, tuple)) and len(value) > entries:
            found = {"field_type": "List", "max_length": entries, "actual_length": len(value)}
            raise PydanticKnownError("too_long", found)
        return value

    return BeforeValidator(short), Field(max_length=entries)


def each(check: Callable[[str], str]) -> AfterValidator:
    """Every text of a list is one that ``check`` gives back; MOST_MISTAKES that it refuses are enough."""

    def all_of(values: Texts) -> Texts:
        checked: list[str] = []
        wrong: list[InitErrorDetails] = []
        for index, value in enumerate(values):
            try:
                checked.append(check(value))
            except PydanticCustomError as error:
                wrong.append(InitErrorDetails(type=error, loc=(index,), input=value))
                if len(wrong) == MOST_MISTAKES:
                    break
        if wrong:
            raise ValidationError.from_exception_data("list", wrong)
        return type(values)(checked)  # type: ignore[call-arg]

    return AfterValidator(all_of)


def _dialled(value: str) -> str:
    if not _DIALLED.fullmatch(_SEPARATORS.sub("", value)):
        raise refuse("number_impossible")
    return value


def _required_when_on(value: str | None, info: ValidationInfo) -> str | None:
    """A forward that is switched on needs its number; one that is off keeps it (spec §3)."""
    if value is None and any(info.data.get(switch) for switch in ("enabled", "forward_enabled")):
        raise refuse("number_missing")
    return value


def _caller_number(value: str) -> str:
    value = value.strip()
    if value.endswith("*"):
        if numbers.prefix(value) is None:
            raise refuse("pattern_impossible")
        return value
    return _dialled(value)


def _extension(value: str) -> str:
    if not re.fullmatch(_EXTENSION, value):
        raise refuse("extension_digits")
    return value


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise refuse("id_impossible")
    return value


def _mail(value: str) -> str:
    try:
        return mail(value.strip())
    except ValueError:
        raise refuse("mail_impossible") from None


def _plain_text(value: str) -> str:
    if not value or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise refuse("text_impossible")
    return value


def _one_line(value: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in value):
        raise refuse("character_impossible")
    return value


def _time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise refuse("time_impossible")
    return value


def _intervals(value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Each ends after it begins, and none overlaps another; kept in the order of the day."""
    for begin, end in value:
        if begin >= end:
            raise refuse("hours_backwards", begin=begin, end=end)
    ordered = tuple(sorted(value))
    for (_, end), (begin, _) in pairwise(ordered):
        if begin < end:
            raise refuse("hours_overlap", begin=begin, end=end)
    return ordered


def _quarters(value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    for time in (time for interval in value for time in interval):
        if int(time[3:]) % 15:
            raise refuse("quarter_impossible", time=time)
    return value


def _pair(value: object) -> object:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise refuse("interval_type")
    return tuple(value)


Dialled = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_dialled)]
"""What may be typed as a target: a full number in any spelling, an extension, or a short code."""

ForwardNumber = Annotated[Dialled | None, AfterValidator(_required_when_on), Field(validate_default=True)]
"""The number of a forward, kept when it is switched off; stands after its switch in the document."""

RecordId = Annotated[str, AfterValidator(_id)]
"""The id of a recording, contact, contact group or rule list: never a path."""

MailAddress = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_mail)]
Name = Annotated[str, BeforeValidator(_trimmed), Field(max_length=80), AfterValidator(_plain_text)]
OneLine = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_one_line)]
"""A text on one line, trimmed, without control characters and halves of characters; it may be empty."""

TimeOfDay = Annotated[str, AfterValidator(_time)]
"""``HH:MM``, 24 hours; ``24:00`` is the end of the day."""

VoicemailDelay = Annotated[int, Field(ge=0, le=60)]
"""Seconds of ringing before voicemail; 0 is straight to voicemail [G]."""

Interval = Annotated[tuple[TimeOfDay, TimeOfDay], BeforeValidator(_pair)]
Hours = Annotated[tuple[Interval, ...], BeforeValidator(as_tuple), *at_most(48), AfterValidator(_intervals)]
QuarterHours = Annotated[Hours, AfterValidator(_quarters)]

_Extension = Annotated[
    str,
    BeforeValidator(_trimmed),
    AfterValidator(_extension),
    WithJsonSchema({"type": "string", "pattern": _EXTENSION}),
]
_list = (BeforeValidator(as_tuple), *at_most(MOST_CALLERS))
RecordIds = Annotated[list[str], *at_most(MOST_CALLERS), each(_id)]
"""Identifiers, see RecordId."""


class Callers(Document):
    """A list of callers (spec §3): any mix of numbers (``*`` at the end is a wildcard), personal contacts,
    contact groups with what is nested in them, and extensions of the company."""

    numbers: Annotated[tuple[str, ...], *_list, each(_caller_number)] = ()
    contacts: Annotated[tuple[str, ...], *_list, each(_id)] = ()
    contact_groups: Annotated[tuple[str, ...], *_list, each(_id)] = ()
    extensions: Annotated[tuple[_Extension, ...], *_list] = ()


NOBODY = Callers()
