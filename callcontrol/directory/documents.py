"""The settings of lines, in memory: documents as they are stored, parsed when a line is first asked about.

Pure; a part of ``directory.py``, which is what others ask. A stored document that cannot be right is reported and
replaced by its default: it never kills a call.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import BaseModel

from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Licence, Line
from callcontrol.settings.delay import with_one_delay
from callcontrol.settings.model import DOCUMENTS, LineSettings
from callcontrol.settings.parse import parse

BadDocument = Callable[[str, str, SettingsInvalid], None]
"""Told of a stored document that was replaced by its default: line, document name, what is wrong."""

MOST_PARSED = 20_000
"""Lines whose parsed settings are kept; the rest is parsed again when it is asked for."""


class Documents:
    """The documents of every line, by its ten digits."""

    def __init__(self, on_bad_document: BadDocument | None = None) -> None:
        self._on_bad_document = on_bad_document
        self._stored: dict[str, dict[str, tuple[object, int]]] = {}
        self._parsed: dict[str, LineSettings] = {}

    def settings(self, number: str, line: Line | None) -> LineSettings:
        """All settings of ``number``; ``line`` is what is known of it, None when it is no line (any more)."""
        cached = self._parsed.get(number)
        if cached is not None:
            return cached
        stored = self._stored.get(number)
        if not stored:
            return _DEFAULTS_ADVANCED if line and line.licence in _ADVANCED else _DEFAULTS
        settings = self._parse(number, stored)
        if line:
            settings = with_one_delay(line, settings)
        if len(self._parsed) >= MOST_PARSED:
            del self._parsed[next(iter(self._parsed))]
        self._parsed[number] = settings
        return settings

    def version(self, line: str, document: str) -> int:
        """The version of a stored document; 0 when nothing is stored."""
        return self._stored.get(line, {}).get(document, (None, 0))[1]

    def put(self, line: str, document: str, raw: object, version: int) -> bool:
        """Keep a document as it came; False, and nothing is changed, when a newer version is there already."""
        stored = self._stored.setdefault(line, {})
        if document in stored and stored[document][1] > version:
            return False
        stored[document] = (raw, version)
        self.parse_again(line)
        return True

    def remove(self, line: str, document: str) -> None:
        """Back to the default."""
        self._stored.get(line, {}).pop(document, None)
        self.parse_again(line)

    def parse_again(self, line: str) -> None:
        """What the settings mean may have changed: the line's licence did, or a document."""
        self._parsed.pop(line, None)

    def forget(self, line: str) -> None:
        """Everything of a line that is gone."""
        self._stored.pop(line, None)
        self._parsed.pop(line, None)

    def _parse(self, number: str, stored: dict[str, tuple[object, int]]) -> LineSettings:
        parsed: dict[str, BaseModel] = {}
        for document, (raw, _) in stored.items():
            if document not in DOCUMENTS:
                continue
            try:
                parsed[document.replace("-", "_")] = parse(document, _decoded(raw))
            except SettingsInvalid as error:
                if self._on_bad_document is not None:
                    self._on_bad_document(number, document, error)
        return LineSettings(**parsed)  # type: ignore[arg-type]  # parse answers with the model of each name


def _decoded(raw: object) -> object:
    if not isinstance(raw, (str, bytes)):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return None  # parse refuses it in words: a document is an object


_ADVANCED = {Licence.FULL_MEETING_ADVANCED}
_DEFAULTS_ADVANCED = LineSettings()
_DEFAULTS = with_one_delay(Line(number="", company="", name=""), LineSettings())
