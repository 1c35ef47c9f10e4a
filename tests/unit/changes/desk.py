"""One desk at which users change what they can set: the demo company, a store in memory, calls that obey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import line_settings
from callcontrol.changes.services import ChangeServices
from callcontrol.directory.directory import Directory
from callcontrol.facts import Line
from callcontrol.settings.parse import merge
from tests.fakes.reminders import FakeReminders
from tests.fakes.settings import Audited, FakeContactBooks, FakeDocuments, FakeInForce, FakeSavedNumbers
from tests.fakes.voices import FakeVoiceFiles, FakeVoiceRecordings
from tests.unit.routing.world import LINES, A, directory

BY = ChangedBy(A, Where.PHONE, datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
LINE, SIMPLE, ADVANCED = LINES[0], LINES[1], LINES[2]


@dataclass
class Desk:
    """Everything that a change meets."""

    services: ChangeServices
    directory: Directory
    audited: Audited
    documents: FakeDocuments
    contacts: FakeContactBooks
    numbers: FakeSavedNumbers
    calls: FakeInForce
    recordings: FakeVoiceRecordings
    voices: FakeVoiceFiles

    async def patch(
        self, document: str, patch: Mapping[str, Any], line: Line = LINE, language: str = "fr", by: str = ""
    ) -> line_settings.Kept:
        """What a PATCH of the API, a star code or a menu does, in the line's own session or in that of line ``by``."""
        return await line_settings.change(
            self.services, line, document, lambda current: merge(document, current, patch),
            language=language, by=replace(BY, who=by or line.number),
        )  # fmt: skip


def furnished() -> Desk:
    """Nothing is set yet."""
    known, audited = directory(), Audited()
    documents, books, saved = FakeDocuments(audited), FakeContactBooks(audited), FakeSavedNumbers(audited)
    calls = FakeInForce(known, documents, books)
    recordings, voices = FakeVoiceRecordings(audited, documents), FakeVoiceFiles()
    return Desk(
        ChangeServices(
            documents, books, saved, lambda: known, calls, recordings, voices, FakeReminders(audited, lambda: known)
        ),
        known, audited, documents, books, saved, calls, recordings, voices,
    )  # fmt: skip
