"""``recordings``: what a line recorded or uploaded itself: greetings, its name, ringback, reminders, messages to send
(spec §5, contract.md). Their ids stand in ``greetings``, ``ringback`` and ``announcement_id``.

Only for the line's own user: an administrator is refused before anything is looked at (spec §13).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol.changes import recordings
from callcontrol.media import trash
from callcontrol.media.voice import LARGEST_UPLOAD
from callcontrol.portal_bridge.api import sound_file, upload
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, Paging, Query, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Reply, Route, Scope, Upload
from callcontrol.voice_recording import RecordingKind, VoiceRecording

KindName = Literal["greeting", "name", "ringback", "reminder", "message"]
_TAG = "Recordings"


class RecordingsQuery(Paging):
    """Which recordings."""

    kind: Annotated[KindName | None, Field(description="Only these; none: all.")] = None


class UploadQuery(Query):
    """What the recording is for."""

    kind: Annotated[KindName, Field(description="What it may be used for.")]


class RecordingOut(ResponseBody):
    """A recording. Its sound is at `recordings/{id}/audio`."""

    id: str
    kind: KindName
    duration: Annotated[float, Field(description="Seconds, the silence at its ends cut.")]
    created_at: datetime


def recording_out(recording: VoiceRecording) -> RecordingOut:
    """The answer that shows a recording."""
    return RecordingOut(
        id=recording.id,
        kind=recording.kind.value,
        duration=round(recording.duration, 3),
        created_at=recording.created_at,
    )


async def list_recordings(asked: Asked) -> web.Response:
    """List the recordings, newest first."""
    query = asked.query(RecordingsQuery)
    kind = RecordingKind(query.kind) if query.kind else None
    page = await asked.repositories.recordings.page(asked.line.number, kind, query.cursor, query.limit)
    return reply(Items[RecordingOut](items=[recording_out(one) for one in page.items], next=page.next))


async def create(asked: Asked) -> web.Response:
    """Upload a recording.

    A WAV of 16 kHz, 16 bits, mono PCM, of 1 to 180 s (a message: 300 s). Silence at its ends is cut to 200 ms, and it
    is levelled to -23 LUFS.
    """
    kind = RecordingKind(asked.query(UploadQuery).kind)
    async with upload.received(asked, recordings.FIELD) as file, asked.sound_turns.turn():
        made = await recordings.upload(
            asked.changes, asked.line, kind, file, language=asked.language, by=asked.by
        )
    return reply(recording_out(made), 201)


async def audio(asked: Asked) -> web.StreamResponse:
    """Play a recording.

    WAV; `Range` gives a part.
    """
    found = await asked.repositories.recordings.get(asked.line.number, asked.path("id"))
    return await sound_file.respond(
        asked, found.path, f"{found.kind.value}-{found.created_at:%Y%m%d-%H%M%S}.wav"
    )


async def remove(asked: Asked) -> web.Response:
    """Delete a recording.

    With its sound, at once. One that a setting names is refused: choose another one there first.
    """
    removed = await recordings.remove(
        asked.changes, asked.line, asked.path("id"), language=asked.language, by=asked.by
    )
    await trash.erase_now(asked.repositories.trash, asked.services.config.media_dir, [removed.path])
    return nothing()


_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000006",
    "kind": "greeting",
    "duration": 8.42,
    "created_at": "2026-11-22T09:31:10Z",
}
_WAV = Upload(
    ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    LARGEST_UPLOAD,
    "A WAV file: 16 kHz, 16 bits, mono PCM.",
)
_OWN = Scope.OWN
ROUTES = (
    Route(
        "GET",
        "recordings",
        list_recordings,
        "list_recordings",
        _TAG,
        _OWN,
        (
            Reply(
                200, "A page of recordings.", Items[RecordingOut], example={"items": [_EXAMPLE], "next": None}
            ),
        ),
        RecordingsQuery,
        problems=("bad-cursor",),
    ),
    Route(
        "POST",
        "recordings",
        create,
        "create_recording",
        _TAG,
        _OWN,
        (Reply(201, "Kept.", RecordingOut, example=_EXAMPLE),),
        UploadQuery,
        upload=_WAV,
    ),
    Route(
        "GET",
        "recordings/{id}/audio",
        audio,
        "get_recording_audio",
        _TAG,
        _OWN,
        sound_file.REPLIES,
        headers=sound_file.HEADERS,
        problems=("range",),
    ),
    Route(
        "DELETE",
        "recordings/{id}",
        remove,
        "delete_recording",
        _TAG,
        _OWN,
        (NOTHING,),
        problems=("conflict",),
    ),
)
