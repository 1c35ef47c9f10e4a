"""What every change works with: where it is kept, who is who, and how the calls come to know it. Built once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from callcontrol.changes.ports import (
    ContactBooks,
    InForce,
    Reminders,
    SavedNumbers,
    SettingsDocuments,
    VoiceFiles,
    VoiceRecordings,
)
from callcontrol.changes.turns import LineTurns
from callcontrol.directory.directory import Directory


@dataclass(frozen=True, slots=True)
class ChangeServices:
    """Shared by all changes of a process, whoever makes them. ``directories`` gives the present directory."""

    documents: SettingsDocuments
    contacts: ContactBooks
    forward_numbers: SavedNumbers
    directories: Callable[[], Directory]
    calls: InForce
    recordings: VoiceRecordings
    voices: VoiceFiles
    reminders: Reminders
    turns: LineTurns = field(default_factory=LineTurns)
    """Before a change that depends on what it finds."""

    @property
    def directory(self) -> Directory:
        """Companies, lines and settings as calls see them now."""
        return self.directories()
