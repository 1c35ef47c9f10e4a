"""Recordings of a line: uploaded or spoken into a phone, named by documents, removed. The same words for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.changed_by import Where
from callcontrol.changes import recordings
from callcontrol.errors import Duplicate, NotFound, SettingsInvalid, TooMany, UnusableSound
from callcontrol.media.own_recordings import OwnRecordingFolder
from callcontrol.voice_recording import RecordingKind
from tests.fakes.clock import MORNING, LoopClock
from tests.unit.changes.desk import BY, LINE, SIMPLE, Desk, furnished

UPLOAD = Path("upload.wav")


@pytest.fixture
def desk() -> Desk:
    return furnished()


async def upload(desk: Desk, kind: RecordingKind = RecordingKind.GREETING) -> str:
    made = await recordings.upload(desk.services, LINE, kind, UPLOAD, language="fr", by=BY)
    return made.id


def phone(desk: Desk) -> OwnRecordingFolder:
    return OwnRecordingFolder(desk.recordings, desk.voices, LoopClock(MORNING))


async def test_an_upload_is_kept_and_told_in_the_audit_trail(desk: Desk) -> None:
    made = await upload(desk)
    assert desk.recordings.rows[made].line == LINE.number
    assert list(desk.voices.files) == [f"voice/{LINE.number}/{made}.wav16"]
    assert [(line, what) for line, what, _ in desk.audited.entries] == [(LINE.number, "recordings")]


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Ce fichier est un MP3"), ("en", "This file is an MP3")]
)
async def test_an_upload_that_is_wrong_keeps_nothing_and_says_why(
    desk: Desk, language: str, said: str
) -> None:
    desk.voices.refuses = "sound_mp3"
    with pytest.raises(SettingsInvalid) as refused:
        await recordings.upload(desk.services, LINE, RecordingKind.NAME, UPLOAD, language=language, by=BY)
    (mistake,) = refused.value.mistakes
    assert (mistake.where, mistake.text.startswith(said)) == ("file", True)
    assert (desk.recordings.rows, desk.recordings.making, desk.audited.entries) == ({}, {}, [])


async def test_what_was_spoken_into_a_phone_is_kept_and_only_then_forgotten_there(desk: Desk) -> None:
    desk.voices.spool["r1"] = 4.0
    made = await phone(desk).keep(LINE.number, "greeting", "r1")
    assert desk.voices.spool == {}
    assert desk.audited.entries[0][2].where is Where.PHONE
    assert await phone(desk).media(LINE.number, made) == f"sound:/media/voice/{LINE.number}/{made}"
    assert await phone(desk).media(SIMPLE.number, made) is None
    await desk.patch("greetings", {"kind": "personal", "kinds": {"personal": {"recording": made}}})


@pytest.mark.parametrize("seconds", [0.9, 181.0])
async def test_what_is_too_short_or_too_long_stays_where_it_is(desk: Desk, seconds: float) -> None:
    desk.voices.spool["r1"] = seconds
    with pytest.raises(UnusableSound):
        await phone(desk).keep(LINE.number, "greeting", "r1")
    assert desk.voices.spool == {"r1": seconds}
    assert (desk.recordings.rows, desk.recordings.making) == ({}, {})


async def test_a_line_has_so_many_at_most_by_phone_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MOST", 1)
    await upload(desk)
    with pytest.raises(Duplicate):
        await upload(desk)
    desk.voices.spool["r1"] = 4.0
    with pytest.raises(TooMany):
        await phone(desk).keep(LINE.number, "name", "r1")
    assert desk.voices.spool == {"r1": 4.0}


async def test_a_recording_in_use_is_not_removed(desk: Desk) -> None:
    made = await upload(desk)
    await desk.patch("greetings", {"absence": {"recording": made}})
    with pytest.raises(Duplicate) as refused:
        await recordings.remove(desk.services, LINE, made, language="fr", by=BY)
    assert [each.where for each in refused.value.mistakes] == ["greetings"]
    await desk.patch("greetings", {"absence": {"recording": None}})
    await recordings.remove(desk.services, LINE, made, language="fr", by=BY)
    with pytest.raises(NotFound):
        await recordings.remove(desk.services, LINE, made, language="fr", by=BY)


async def test_a_document_names_only_what_its_own_line_has_of_the_right_kind(desk: Desk) -> None:
    greeting, name = await upload(desk), await upload(desk, RecordingKind.NAME)
    for line, patch, wrong in (
        (LINE, {"recorded_name": greeting}, {"recorded_name"}),
        (LINE, {"kinds": {"system": {"busy": {"recording": name}}}}, {"kinds.system.busy.recording"}),
        (SIMPLE, {"recorded_name": name}, {"recorded_name"}),
        (LINE, {"absence": {"recording": "gone", "internal_recording": name}},
         {"absence.recording", "absence.internal_recording"}),
    ):  # fmt: skip
        with pytest.raises(SettingsInvalid) as refused:
            await desk.patch("greetings", patch, line)
        assert {each.where for each in refused.value.mistakes} == wrong
    await desk.patch("greetings", {"recorded_name": name, "absence": {"recording": greeting}})


async def test_what_was_named_before_and_has_gone_does_not_lock_the_document(desk: Desk) -> None:
    made = await upload(desk)
    await desk.patch("greetings", {"absence": {"recording": made}})
    desk.recordings.rows.clear()
    await desk.patch("greetings", {"kind": "absence"})
    with pytest.raises(SettingsInvalid):
        await desk.patch("greetings", {"absence": {"internal_recording": made}})
