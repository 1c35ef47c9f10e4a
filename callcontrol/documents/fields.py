"""The kinds of field that the configuration and the company file are made of. Pure.

A model is a frozen dataclass whose fields are annotated with a kind and, in words, with what they mean, which makes
them keys; pydantic reads it from the tree (``read.py``). Refusals are codes of ``callcontrol.sentences``,
never texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from callcontrol.documents.tree import ListNode, Scalar

LONGEST_TEXT = 100
MOST_ENTRIES = 10_000
"""Of a list inside a line, group or company."""
_MAIL = re.compile(r"[^@\s<>\"',;:\\()\[\]\x00-\x1f\x7f]{1,64}@(?:[0-9A-Za-z-]{1,63}\.)+[0-9A-Za-z-]{2,63}")
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))


def refuse(code: str, **parameters: object) -> PydanticCustomError:
    """A mistake with a code of ``callcontrol.sentences``; ``at`` names the field below the one being checked, ``codes``
    are several mistakes of one field."""
    return PydanticCustomError(code, code, parameters)  # the text is never shown


def one_line(
    value: object, longest: int = LONGEST_TEXT, empty: str = "text_empty", **parameters: object
) -> str:
    """A single value, trimmed. Refuses what is none, is empty (with the code ``empty``), too long or not visible."""
    if not isinstance(value, Scalar):
        raise refuse("not_scalar")
    text = value.strip()
    if not text:
        raise refuse(empty, **parameters)
    if len(text) > longest:
        raise refuse("string_too_long", max_length=longest)
    if not text.isprintable():
        raise refuse("text_control")
    return text


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """How the text of a field becomes its value; where ``parse`` raises ValueError, it is refused with ``code``."""

    parse: Callable[[str], object] = str
    code: str = "text_empty"
    parameters: Mapping[str, object] = field(default_factory=dict)
    longest: int = LONGEST_TEXT

    def read(self, value: object) -> Any:
        """The value. Raises PydanticCustomError."""
        text = one_line(value, self.longest, self.code, **self.parameters)
        try:
            return self.parse(text)
        except PydanticCustomError:
            raise
        except (ValueError, RuntimeError):  # the second: Path.expanduser knows no such user
            raise refuse(self.code, **self.parameters) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


class Several(Kind):
    """A list of such texts, or one text with commas; never none, since an empty list could mean all or nothing."""

    __slots__ = ()

    def read(self, value: object) -> Any:
        """The values, as a tuple."""
        written = (
            value
            if isinstance(value, ListNode)
            else str(Kind(str, self.code, longest=10_000).read(value)).split(",")
        )
        parts = []
        for part in written:
            if not isinstance(part, str):
                raise refuse("not_scalar")
            try:
                parts.append(self.parse(part.strip()))
            except ValueError:
                raise refuse(self.code, **self.parameters) from None
        if not parts:
            raise refuse(self.code, **self.parameters)
        return tuple(dict.fromkeys(parts))


class _Flag(Kind):
    __slots__ = ()

    def read(self, value: object) -> Any:
        if isinstance(value, Scalar) and value.plain and (value in _TRUE or value in _FALSE):
            return value in _TRUE
        raise refuse("not_bool")


def whole(low: int, high: int) -> Kind:
    """A whole number from ``low`` to ``high``."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return Kind(parse, "not_integer", {"low": low, "high": high})


def choice(words: Iterable[str], make: Callable[[str], object] = str) -> Kind:
    """One of some words."""
    known = tuple(words)

    def parse(text: str) -> object:
        if text not in known:
            raise ValueError(text)
        return make(text)

    return Kind(parse, "enum", {"choices": ", ".join(known)})


def mail(text: str) -> str:
    """An e-mail address, or ValueError."""
    if len(text) > 254 or not _MAIL.fullmatch(text):
        raise ValueError(text)
    return text


def _bounded(value: object) -> object:
    if isinstance(value, ListNode) and len(value) > MOST_ENTRIES:
        raise refuse("too_long", max_length=MOST_ENTRIES)
    return value


def matching(pattern: str, code: str, longest: int = LONGEST_TEXT) -> Kind:
    """A text of a form."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return Kind(parse, code, longest=longest)


Bounded = BeforeValidator(_bounded)
"""A list that has no more than MOST_ENTRIES, before anybody looks at them."""
Text = Annotated[str, Kind()]
"""A text on one line."""
Flag = Annotated[bool, _Flag(code="not_bool")]
"""true or false, as YAML writes them."""
Mail = Annotated[str, Kind(mail, "mail_impossible", longest=254)]
