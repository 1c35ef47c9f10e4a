"""What every change works with: where it is kept, who is who, and how the calls come to know it. Built once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcontrol.changes.ports import (
    ContactBooks,
    InForce,
    SavedNumbers,
    SettingsDocuments,
    VoiceFiles,
    VoiceRecordings,
)
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

    @property
    def directory(self) -> Directory:
        """Companies, lines and settings as calls see them now."""
        return self.directories()
