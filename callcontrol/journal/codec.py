"""Frozen dataclasses to JSON and back, for the journal. Pure.

Every dataclass is tagged with its class name (``"$"``), so that closed unions (steps, outcomes, entries)
come back as what they were. Only registered classes are ever built.

An upgrade keeps its calls, and so does going back by one release:

- a field that this release does not know is passed over (a later release wrote it);
- a field that is not there has its default (an earlier release wrote it), so **a new field has a default that
  means "as before"**; without a default the value is refused;
- a class or an enum value that this release does not know is refused: the journal leaves that one line out and the
  call goes on with the others.

So the names of classes, fields and enum values in an entry are a file format: they are added to, never renamed.
``tests/unit/calls/golden`` holds the journals of every release against it.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

TAG = "$"
_PLAIN = frozenset({str, int, float, bool, type(None)})


def encode(value: Any) -> Any:
    """JSON-ready form of a dataclass, enum, datetime, tuple or plain value."""
    kind: type = type(value)
    if kind in _PLAIN:
        return value
    if (names := _field_names(kind)) is not None:
        return {TAG: kind.__name__, **{name: encode(getattr(value, name)) for name in names}}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass, None for any other class. Kept: every call writes a dozen entries."""
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


class Codec:
    """Decodes the classes that it was given, and those alone. One name is one class."""

    def __init__(self, *classes: type) -> None:
        self._classes: dict[str, type] = {}
        for cls in classes:
            known = self._classes.setdefault(cls.__name__, cls)
            assert known is cls, (
                f"two classes are called {cls.__name__}: {known.__module__}, {cls.__module__}"
            )

    def decode(self, raw: Any, hint: Any = None) -> Any:
        """The value that ``encode`` was given. Raises KeyError, TypeError or ValueError when it cannot be."""
        if isinstance(raw, dict) and TAG in raw:
            cls = self._classes[raw[TAG]]
            hints = _hints(cls)
            return cls(**{k: self.decode(v, hints[k]) for k, v in raw.items() if k in hints})
        plain = _plain_type(hint)
        if isinstance(raw, list):
            (item_hint, *_) = typing.get_args(plain) or (None,)
            return tuple(self._items(raw, item_hint, plain))
        if isinstance(raw, str) and plain is datetime:
            return datetime.fromisoformat(raw)
        if raw is not None and isinstance(plain, type) and issubclass(plain, Enum):
            return plain(raw)
        return raw

    def _items(self, raw: list[Any], item_hint: Any, hint: Any) -> list[Any]:
        arguments = typing.get_args(hint)
        if len(arguments) == len(raw) and Ellipsis not in arguments:
            return [self.decode(item, h) for item, h in zip(raw, arguments, strict=True)]
        return [self.decode(item, item_hint) for item in raw]


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _plain_type(hint: Any) -> Any:
    """``X`` of ``X`` or of ``X | None``."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [h for h in typing.get_args(hint) if h is not type(None)]
        return kinds[0] if len(kinds) == 1 else None
    return hint
