"""What owners record of themselves by phone: a recording of their line like one that they upload. Implements
``ports.OwnRecordings``.
"""

from __future__ import annotations

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.changes import recordings
from callcontrol.changes.ports import VoiceFiles, VoiceRecordings
from callcontrol.ports.clock import Clock
from callcontrol.ports.mailbox import OwnRecordings
from callcontrol.voice_recording import RecordingKind, path_of


class OwnRecordingFolder(OwnRecordings):
    """``rows`` say which there are, ``files`` has their sound."""

    def __init__(self, rows: VoiceRecordings, files: VoiceFiles, clock: Clock) -> None:
        self._rows, self._files, self._clock = rows, files, clock

    async def keep(self, line: str, kind: str, recording_name: str) -> str:
        by = ChangedBy(line, Where.PHONE, self._clock.now())
        kept = await recordings.of_phone(
            self._rows, self._files, line, RecordingKind(kind), recording_name, by=by
        )
        return kept.id

    async def media(self, line: str, recording: str) -> str | None:
        return await self._files.uri(path_of(line, recording))
