"""A recording of a line's own: a greeting, its name, a ringback, a reminder's announcement, a message to send. Pure.

A message that a caller leaves is none of these: it is a ``message.Message``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RecordingKind(StrEnum):
    """What a recording is for (contract.md); a document names one of the kind that it asks for."""

    GREETING = "greeting"
    NAME = "name"
    RINGBACK = "ringback"
    REMINDER = "reminder"
    MESSAGE = "message"

    @property
    def longest(self) -> int:
        """Seconds (spec §5: an own recording has 1 to 180, a message 300)."""
        return 300 if self is RecordingKind.MESSAGE else 180


SHORTEST = 1
"""Seconds, before the silence at its ends is cut."""


@dataclass(frozen=True, slots=True)
class VoiceRecording:
    """A recording that is kept. ``duration`` is seconds of the file, its ends cut."""

    id: str
    line: str
    kind: RecordingKind
    duration: float
    created_at: datetime

    @property
    def path(self) -> str:
        """Its file, relative to the media folder."""
        return path_of(self.line, self.id)


def path_of(line: str, recording: str) -> str:
    """Where the file of a recording is, relative to the media folder: known from its name alone, so that a call
    that plays it asks no database."""
    return f"voice/{line}/{recording}.wav16"
