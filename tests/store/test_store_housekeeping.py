"""What grows old goes, what is kept stays, and nothing that fails stops the rest."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcontrol.changed_by import ChangedBy, Where
from callcontrol.clock import SystemClock
from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.ids import uuid7
from callcontrol.lifecycle.housekeeping import (
    AUDIT_KEPT,
    CALLS_KEPT,
    LOGIN_ATTEMPTS_KEPT,
    PLACES_KEPT,
    Housekeeping,
)
from callcontrol.media import trash
from callcontrol.message import Message, MessageKind
from callcontrol.store.audit import AuditTrail
from callcontrol.store.calls import CallHistory
from callcontrol.store.log_ins import LogIns, Place
from callcontrol.store.mails import MailQueue
from callcontrol.store.media_trash import MediaTrash
from callcontrol.store.messages import Mailboxes
from callcontrol.store.pool import Pool, borrowed
from callcontrol.store.sessions import Sessions
from callcontrol.store.settings import SettingsStore
from callcontrol.store.voice_recordings import VoiceRecordingTable
from callcontrol.voice_recording import RecordingKind
from tests.store.conftest import remove_line

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class BrokenCalls(CallHistory):
    """The history, with a row in it that cannot be deleted."""

    async def purge(self, before: datetime, *, batch: int = 5000) -> int:
        raise ValueError("a bad row")


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    (folder / "voice").mkdir(parents=True)
    return folder


def housekeeping(pool: Pool, media: Path, calls: CallHistory | None = None) -> Housekeeping:
    history = calls or CallHistory(pool)
    return Housekeeping(
        history, Mailboxes(pool), Sessions(pool), LogIns(pool), AuditTrail(pool), VoiceRecordingTable(pool),
        MailQueue(pool), MediaTrash(pool), SystemClock(NOW), media,
    )  # fmt: skip


async def throw_away(pool: Pool, line: str, media: Path, path: str, deleted: datetime) -> None:
    """A message that was deleted, with its file where there can be one."""
    boxes, identity = Mailboxes(pool), uuid7()
    if path.startswith("voice/"):
        (media / path).write_bytes(b"RIFF")
    sender = Peer(Presentation.UNAVAILABLE)
    await boxes.deliver(Message(identity, line, MessageKind.VOICE, sender, deleted, path, 1.0))
    await boxes.delete(line, identity, deleted)


async def count(pool: Pool, table: str) -> int:
    async with borrowed(pool) as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def test_log_ins_and_the_audit_trail_do_not_grow_for_ever(pool: Pool, line: str, media: Path) -> None:
    sessions, settings = Sessions(pool), SettingsStore(pool)
    await sessions.create(line, NOW - timedelta(hours=13), timedelta(hours=12))
    kept, _ = await sessions.create(line, NOW, timedelta(hours=12))
    for at in (NOW - LOGIN_ATTEMPTS_KEPT - MINUTE, NOW - LOGIN_ATTEMPTS_KEPT + MINUTE):
        await LogIns(pool).attempt(line, Place("127.0.0.9"), at, at, 9, lambda _: True)
    for at in (NOW - PLACES_KEPT - MINUTE, NOW - PLACES_KEPT + MINUTE):
        await LogIns(pool).succeeded(0, line, Place(f"192.0.2.{at.minute}"), f"cookie {at}", at)
    for number, at in enumerate((NOW - AUDIT_KEPT - MINUTE, NOW - AUDIT_KEPT + MINUTE)):
        await settings.put(line, "d", {"n": number}, by=ChangedBy(line, Where.API, at))
    await housekeeping(pool, media).once()
    tables = ("sessions", "login_attempts", "known_devices", "known_addresses", "audit")
    assert [await count(pool, name) for name in tables] == [1, 1, 1, 1, 1]
    assert await sessions.find(kept, NOW) is not None


async def test_a_file_that_cannot_be_erased_stops_neither_the_others_nor_the_process(
    pool: Pool, line: str, media: Path
) -> None:
    long_ago = NOW - CALLS_KEPT
    (media / "voice" / "folder.wav").mkdir()
    secret = media.parent / "secret.wav"
    secret.write_bytes(b"secret")
    for path in ("../secret.wav", "voice/a.wav", "voice/z.wav", "x" * 300 + ".wav"):
        await throw_away(pool, line, media, path, long_ago)
    async with borrowed(pool) as connection:
        await connection.execute("INSERT INTO media_trash VALUES ('voice/folder.wav'), ('voice/gone.wav')")
    for _ in range(2):  # also when what remains is met again
        with capture_logs() as entries:
            await housekeeping(pool, media).once()
        assert {entry["event"] for entry in entries} >= {"trash.undeletable", "trash.outside"}
        assert await MediaTrash(pool).paths() == sorted(
            ["../secret.wav", "voice/folder.wav", "x" * 300 + ".wav"]
        )
    assert secret.exists()
    assert [path.name for path in (media / "voice").iterdir()] == ["folder.wav"]


async def test_a_job_that_fails_is_told_and_the_others_are_done(pool: Pool, line: str, media: Path) -> None:
    await throw_away(pool, line, media, "voice/a.wav", NOW - CALLS_KEPT)
    with capture_logs() as entries:
        await housekeeping(pool, media, BrokenCalls(pool)).once()
    assert [entry["job"] for entry in entries if entry["event"] == "housekeeping.failed"] == ["calls"]
    assert not (media / "voice" / "a.wav").exists()


async def test_a_database_that_is_away_only_puts_it_off(pool: Pool, media: Path) -> None:
    await pool.close()
    with capture_logs() as entries:
        await housekeeping(pool, media).once()
        await trash.erase_now(MediaTrash(pool), media, ["voice/a.wav"])
    assert [entry["event"] for entry in entries] == ["housekeeping.put_off"] * 8 + ["trash.put_off"]


async def test_a_recording_whose_making_died_goes_with_its_file(pool: Pool, line: str, media: Path) -> None:
    table = VoiceRecordingTable(pool)
    for name, begun in (
        ("dead", NOW - 61 * MINUTE),
        ("under-way", NOW - 59 * MINUTE),
        ("made", NOW - 61 * MINUTE),
    ):
        assert await table.begin(line, name, RecordingKind.GREETING, begun, 10)
        path = media / "voice" / line / f"{name}.wav16"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF")
    await table.ready(line, "made", 2.0, ChangedBy(line, Where.PHONE, NOW))
    await housekeeping(pool, media).once()
    assert sorted(path.stem for path in (media / "voice" / line).iterdir()) == ["made", "under-way"]
    assert [one.id for one in (await table.page(line, None)).items] == ["made"]


async def test_what_killed_uploads_left_behind_goes_after_an_hour(pool: Pool, line: str, media: Path) -> None:
    folder = media / "voice" / line
    folder.mkdir()
    for age in (59, 61):
        for path in (
            media / f".upload-{age}",
            folder / f"{age}.plain.wav",
            folder / f"{age}.level.wav",
            folder / f"{age}.raw",
        ):
            path.write_bytes(b"RIFF")
            os.utime(path, times=((NOW - age * MINUTE).timestamp(),) * 2)
    await housekeeping(pool, media).once()
    assert {path.name for path in media.rglob("*") if path.is_file()} == {
        ".upload-59", "59.plain.wav", "59.level.wav", "59.raw"
    }  # fmt: skip


async def test_a_line_that_is_deleted_takes_its_recordings_with_it(
    pool: Pool, line: str, media: Path
) -> None:
    table = VoiceRecordingTable(pool)
    assert await table.begin(line, "made", RecordingKind.NAME, NOW, 10)
    await table.ready(line, "made", 2.0, ChangedBy(line, Where.PHONE, NOW))
    path = media / "voice" / line / "made.wav16"
    path.parent.mkdir()
    path.write_bytes(b"RIFF")
    await remove_line(pool, line)
    await housekeeping(pool, media).once()
    assert not path.exists()
