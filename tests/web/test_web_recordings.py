"""``recordings``: upload, list, play, name in a document, delete; every wrong file with its sentence; nobody else's."""

from __future__ import annotations

import pytest

from callcontrol.changes import recordings
from callcontrol.sentences.table import SENTENCES
from callcontrol.store.pool import borrowed
from tests.unit.media.test_voice import WRONG
from tests.wav_files import RATE, speech, wav
from tests.web.world import ADMINISTRATOR, CAMILLE, PAUL, STRANGER, Answer, World

WAV = {"Content-Type": "audio/wav"}
GOOD = wav(speech(2))


async def upload(world: World, file: bytes = GOOD, kind: str = "greeting", line: str = CAMILLE) -> Answer:
    return await world.ask("POST", f"recordings?kind={kind}", data=file, headers=dict(WAV), line=line)


async def made(world: World, kind: str = "greeting", line: str = CAMILLE) -> str:
    answer = await upload(world, kind=kind, line=line)
    assert answer.status == 201, answer.json
    identity: str = answer.json["id"]
    return identity


def leftovers(world: World) -> list[str]:
    """Files of the media folder that are no recording."""
    return [path.name for path in world.media.rglob("*") if path.is_file() and path.suffix != ".wav16"]


@pytest.mark.parametrize("kind", ["greeting", "name", "ringback", "reminder", "message"])
async def test_a_recording_is_uploaded_listed_and_played(world: World, kind: str) -> None:
    answer = await upload(world, kind=kind)
    assert answer.status == 201
    assert answer.json["kind"] == kind
    assert answer.json["duration"] == pytest.approx(2, abs=0.15)
    listed = await world.ask("GET", f"recordings?kind={kind}")
    assert listed.json["items"] == [answer.json]
    sound = await world.ask("GET", f"recordings/{answer.json['id']}/audio")
    assert (sound.status, sound.headers["Content-Type"]) == (200, "audio/wav")
    assert sound.raw[:4] == b"RIFF"
    assert len(sound.raw) == 44 + round(answer.json["duration"] * RATE) * 2
    part = await world.ask("GET", f"recordings/{answer.json['id']}/audio", headers={"Range": "bytes=4-7"})
    assert (part.status, part.raw) == (206, sound.raw[4:8])
    assert leftovers(world) == []


@pytest.mark.parametrize(("name", "file", "code"), WRONG, ids=[row[0] for row in WRONG])
@pytest.mark.parametrize("line", [CAMILLE, PAUL], ids=["French", "English"])
async def test_a_wrong_file_gets_its_sentence_and_leaves_nothing(
    world: World, name: str, file: bytes, code: str, line: str
) -> None:
    answer = await upload(world, file, line=line)
    assert answer.status == 422
    (wrong,) = answer.json["errors"]
    assert wrong["field"] == "file"
    template = SENTENCES[code][0 if line == CAMILLE else 1]
    assert wrong["message"].startswith(template.partition("{")[0])
    assert (await world.ask("GET", "recordings", line=line)).json["items"] == []
    assert leftovers(world) == []
    async with borrowed(world.pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM voice_recordings") == 0
        await connection.execute("TRUNCATE media_trash")


async def test_twenty_megabytes_are_refused_whatever_they_are(world: World) -> None:
    answer = await upload(world, b"\0" * 20 * 1024 * 1024)
    assert answer.status == 413
    assert answer.json["errors"] == [
        {"field": "file", "message": "Ce fichier est trop volumineux : pas plus de 10 Mo."}
    ]
    assert leftovers(world) == []


async def test_a_recording_of_five_minutes_is_a_message_and_no_greeting(world: World) -> None:
    file = wav(speech(200))
    assert (await upload(world, file)).status == 422
    assert (await upload(world, file, kind="message")).status == 201


async def test_another_content_type_is_told_what_to_send(world: World) -> None:
    answer = await world.ask(
        "POST", "recordings?kind=name", data=GOOD, headers={"Content-Type": "audio/mpeg"}
    )
    assert (answer.status, answer.json["detail"]) == (415, "Envoyez un fichier WAV (audio/wav).")


async def test_a_kind_is_needed_and_must_be_one(world: World) -> None:
    for query in ("", "?kind=song"):
        answer = await world.ask("POST", f"recordings{query}", data=GOOD, headers=dict(WAV))
        assert answer.status == 400


async def test_a_recording_of_another_line_does_not_exist(world: World) -> None:
    mine = await made(world)
    for method, path in (("GET", f"recordings/{mine}/audio"), ("DELETE", f"recordings/{mine}")):
        for line in (PAUL, STRANGER):
            assert (await world.ask(method, path, line=line)).status == 404
    answer = await world.ask("PATCH", "greetings", {"absence": {"recording": mine}}, line=PAUL)
    assert answer.status == 422
    assert answer.json["errors"] == [{"field": "absence.recording", "message": "There is no such recording."}]


async def test_an_administrator_hears_no_recording(world: World) -> None:
    mine = await made(world)
    for method, path in (
        ("GET", "recordings"),
        ("GET", f"recordings/{mine}/audio"),
        ("DELETE", f"recordings/{mine}"),
    ):
        answer = await world.ask(method, f"/api/v1/lines/{CAMILLE}/{path}", line=ADMINISTRATOR)
        assert answer.status == 403


async def test_a_document_names_recordings_of_the_right_kind_only(world: World) -> None:
    name, greeting, ringback = await made(world, "name"), await made(world), await made(world, "ringback")
    wrong = {
        "recorded_name": greeting,
        "kinds": {"number": {"busy": {"enabled": True, "recording": name}}},
        "absence": {"internal_recording": "nothing"},
    }
    answer = await world.ask("PATCH", "greetings", wrong)
    assert answer.status == 422
    assert {each["field"] for each in answer.json["errors"]} == {
        "recorded_name", "kinds.number.busy.recording", "absence.internal_recording",
    }  # fmt: skip
    assert (await world.ask("GET", "greetings")).json["recorded_name"] is None
    right = {"recorded_name": name, "kind": "name", "absence": {"recording": greeting}}
    assert (await world.ask("PATCH", "greetings", right)).status == 200
    answer = await world.ask("PATCH", "call-manager-advanced", {"ringback": greeting})
    assert answer.json["errors"][0]["message"].startswith("Cet enregistrement n’est pas fait pour cela")
    assert (await world.ask("PATCH", "call-manager-advanced", {"ringback": ringback})).status == 200


async def test_a_recording_in_use_stays_until_another_takes_its_place(world: World) -> None:
    first, second = await made(world), await made(world)
    await world.ask("PATCH", "greetings", {"kinds": {"personal": {"internal": {"recording": first}}}})
    refused = await world.ask("DELETE", f"recordings/{first}")
    assert refused.status == 409
    assert refused.json["errors"][0]["message"].startswith("Cet enregistrement est utilisé")
    assert (await world.ask("GET", f"recordings/{first}/audio")).status == 200
    await world.ask("PATCH", "greetings", {"kinds": {"personal": {"internal": {"recording": second}}}})
    assert (await world.ask("DELETE", f"recordings/{first}")).status == 204
    assert (await world.ask("GET", f"recordings/{first}/audio")).status == 404
    assert [path.stem for path in world.media.rglob("*.wav16")] == [second]
    assert (await world.ask("DELETE", f"recordings/{first}")).status == 404


async def test_a_document_that_names_what_has_gone_can_still_be_changed(world: World) -> None:
    mine = await made(world)
    await world.ask("PATCH", "greetings", {"kinds": {"personal": {"recording": mine}}})
    async with borrowed(world.pool) as connection:
        await connection.execute("DELETE FROM voice_recordings")
    assert (await world.ask("PATCH", "greetings", {"kind": "personal"})).status == 200


async def test_a_line_has_so_many_recordings_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MOST", 2)
    await made(world)
    await made(world)
    answer = await upload(world)
    assert answer.status == 409
    assert answer.json["errors"][0]["message"].startswith("Pas plus de 2 enregistrements")
    assert (await upload(world, line=PAUL)).status == 201


async def test_who_recorded_and_deleted_is_in_the_audit_trail(world: World) -> None:
    mine = await made(world)
    await world.ask("DELETE", f"recordings/{mine}")
    async with borrowed(world.pool) as connection:
        rows = await connection.fetch("SELECT who, field, before, after FROM audit ORDER BY id")
    made_row, gone_row = rows
    assert (made_row["who"], made_row["field"], made_row["before"]) == (CAMILLE, "recordings", None)
    assert gone_row["before"] == made_row["after"]
    assert made_row["after"]["id"] == mine
