"""The recordings of lines: greetings, names, ringback, reminders, messages to send (spec §5). Their files are in the
media folder; a row that goes, however it goes, leaves the path of its file in ``media_trash``.

A row without a duration is being made and seen by nobody. A recording is in use while any settings document of its line
names its id, wherever in its JSON, or a reminder does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import VoiceRecordings
from callcontrol.errors import InUse, NotFound
from callcontrol.store.audit import write_entry
from callcontrol.store.contacts import lock_line
from callcontrol.store.page import Page, bounded, cut, time_place
from callcontrol.store.pool import Connection, Pool, borrowed, erase_in_batches, transaction
from callcontrol.voice_recording import RecordingKind, VoiceRecording, path_of

_FIELD = "recordings"
_COLUMNS = "id, line, kind, duration, created_at"
_NAMED_BY = """SELECT document FROM settings WHERE line = {line}
    AND jsonb_path_exists(body, '$.** ? (@ == $id)', jsonb_build_object('id', {id}))
    UNION SELECT 'reminders' FROM reminders WHERE line = {line} AND announcement = {id} ORDER BY document"""
ABANDONED = timedelta(hours=1)
"""Making a recording takes seconds: a row that is still without a duration then will never have one."""


class VoiceRecordingTable(VoiceRecordings):
    """The table ``voice_recordings``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, line: str, recording: str, kind: RecordingKind, at: datetime, most: int) -> bool:
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)
            count = await connection.fetchval("SELECT count(*) FROM voice_recordings WHERE line = $1", line)
            if count >= most:
                return False
            await connection.execute(
                "INSERT INTO voice_recordings (id, line, kind, path, created_at) VALUES ($1, $2, $3, $4, $5)",
                recording, line, kind.value, path_of(line, recording), at,
            )  # fmt: skip
            return True

    async def ready(self, line: str, recording: str, seconds: float, by: ChangedBy) -> VoiceRecording:
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(
                f"UPDATE voice_recordings SET duration = $3 WHERE line = $1 AND id = $2 RETURNING {_COLUMNS}",  # noqa: S608
                line, recording, seconds,
            )  # fmt: skip
            if row is None:
                raise NotFound("the line was deleted meanwhile")
            made = _recording(row)
            await write_entry(connection, by, _FIELD, None, _told(made), line)
            return made

    async def give_up(self, line: str, recording: str) -> None:
        async with borrowed(self._pool) as connection:
            await connection.execute(
                "DELETE FROM voice_recordings WHERE line = $1 AND id = $2 AND duration IS NULL",
                line,
                recording,
            )

    async def kinds(self, line: str, recordings: Collection[str]) -> dict[str, RecordingKind]:
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                """SELECT id, kind FROM voice_recordings
                   WHERE line = $1 AND id = ANY($2) AND duration IS NOT NULL""",
                line,
                list(recordings),
            )
        return {row["id"]: RecordingKind(row["kind"]) for row in rows}

    async def remove(self, line: str, recording: str, by: ChangedBy) -> VoiceRecording:
        async with transaction(self._pool) as connection:
            await lock_line(connection, line)  # as whoever writes a document does
            found = await _get(connection, line, recording)
            rows = await connection.fetch(_NAMED_BY.format(line="$1", id="$2::text"), line, recording)
            if rows:
                raise InUse([row["document"] for row in rows])
            await connection.execute("DELETE FROM voice_recordings WHERE id = $1", recording)
            await write_entry(connection, by, _FIELD, _told(found), None, line)
            return found

    async def get(self, line: str, recording: str) -> VoiceRecording:
        """One recording of this line. Raises NotFound."""
        async with borrowed(self._pool) as connection:
            return await _get(connection, line, recording)

    async def page(
        self, line: str, kind: RecordingKind | None, cursor: str | None = None, limit: int = 50
    ) -> Page[VoiceRecording]:
        """The recordings of a line, newest first, of one kind or all. Raises BadCursor."""
        limit = bounded(limit)
        arguments: list[Any] = [line, limit + 1, kind.value if kind else None]
        where = "line = $1 AND duration IS NOT NULL AND ($3::text IS NULL OR kind = $3)"
        if cursor is not None:
            arguments.extend(time_place(cursor))
            where += " AND (created_at, id) < ($4, $5)"
        query = f"SELECT {_COLUMNS} FROM voice_recordings WHERE {where} ORDER BY created_at DESC, id DESC LIMIT $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            found = [_recording(row) for row in await connection.fetch(query, *arguments)]
        last = found[limit - 1] if len(found) > limit else None
        return cut(found, limit, (last.created_at.isoformat(), last.id) if last else None)

    async def purge_abandoned(self, now: datetime) -> int:
        """Erase what never became a recording; returns how many."""
        return await erase_in_batches(
            self._pool,
            """DELETE FROM voice_recordings WHERE id IN
                 (SELECT id FROM voice_recordings WHERE duration IS NULL AND created_at < $1 LIMIT $2)""",
            now - ABANDONED,
        )


async def _get(connection: Connection, line: str, recording: str) -> VoiceRecording:
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM voice_recordings WHERE line = $1 AND id = $2 AND duration IS NOT NULL",  # noqa: S608
        line,
        recording,
    )
    if row is None:
        raise NotFound("this recording does not exist")
    return _recording(row)


def _recording(row: Any) -> VoiceRecording:
    kind = RecordingKind(row["kind"])
    return VoiceRecording(row["id"], row["line"], kind, row["duration"], row["created_at"])


def _told(recording: VoiceRecording) -> dict[str, Any]:
    return {"id": recording.id, "kind": recording.kind.value, "duration": round(recording.duration, 2)}
