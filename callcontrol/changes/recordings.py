"""The recordings of a line: made of an upload or of what was spoken into a phone, and removed.

A place is kept first, then the file is made, then everybody sees it: whatever dies in between leaves nothing that
could be named, and housekeeping erases the rest. In force when it returns: documents name recordings by their ids,
and a call finds the file by its name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import VoiceFiles, VoiceRecordings
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import Duplicate, InUse, SettingsInvalid, TooMany, UnusableSound
from callcontrol.facts import Line
from callcontrol.ids import uuid7
from callcontrol.sentences.table import mistake
from callcontrol.voice_recording import RecordingKind, VoiceRecording, path_of

MOST = 200
"""Of a line; its documents can name fewer than fifty."""
FIELD = "file"
"""What a mistake in a recording names."""


async def upload(
    services: ChangeServices, line: Line, kind: RecordingKind, source: Path, *, language: str, by: ChangedBy
) -> VoiceRecording:
    """Keep the WAV file ``source``, its ends cut and its level set. Raises SettingsInvalid with what is wrong with it,
    Duplicate when the line has too many, NotFound (the line is gone), StoreDown."""

    async def make(path: str) -> float:
        return await services.voices.make(source, path, kind.longest)

    try:
        return await _add(services.recordings, line.number, kind, make, by)
    except UnusableSound as error:
        raise SettingsInvalid([mistake(error.code, FIELD, language, **error.parameters)]) from None
    except TooMany:
        raise Duplicate([mistake("recordings_too_many", FIELD, language, most=MOST)]) from None


async def of_phone(
    recordings: VoiceRecordings,
    voices: VoiceFiles,
    line: str,
    kind: RecordingKind,
    recording: str,
    *,
    by: ChangedBy,
) -> VoiceRecording:
    """Keep what the telephone system recorded under the name ``recording``; only then is its own file erased.

    Raises UnusableSound (too short, only silence), TooMany, NotFound, StoreDown: whoever speaks says it.
    """

    async def make(path: str) -> float:
        return await voices.make_of_recording(recording, path, kind.longest)

    kept = await _add(recordings, line, kind, make, by)
    await voices.forget_recording(recording)
    return kept


async def remove(
    services: ChangeServices, line: Line, recording: str, *, language: str, by: ChangedBy
) -> VoiceRecording:
    """Remove a recording. One that a setting names stays: Duplicate says so. Raises NotFound, StoreDown."""
    try:
        return await services.recordings.remove(line.number, recording, by)
    except InUse as error:
        where = error.documents[0]
        raise Duplicate([mistake("recording_in_use", where, language)]) from None


async def _add(
    recordings: VoiceRecordings,
    line: str,
    kind: RecordingKind,
    make: Callable[[str], Awaitable[float]],
    by: ChangedBy,
) -> VoiceRecording:
    identity = uuid7()
    if not await recordings.begin(line, identity, kind, by.at, MOST):
        raise TooMany(f"a line has {MOST} recordings at most")
    try:
        seconds = await make(path_of(line, identity))
    except UnusableSound:
        await recordings.give_up(line, identity)
        raise
    return await recordings.ready(line, identity, seconds, by)
