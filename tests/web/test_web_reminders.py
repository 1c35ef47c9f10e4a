"""Reminders in the API (contract.md, spec §8): set, read, changed, refused in one sentence for each field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.wav_files import speech, wav
from tests.web.world import ADMINISTRATOR, CAMILLE, FAX_LINE, GROUP, NOW, PAUL, World

ONCE = {"description": "Pain", "recurrence": "once", "date": "2026-11-22", "time": "11:00"}
"""It is 10:30 in Paris, a Sunday."""


async def upload(world: World, kind: str, line: str = CAMILLE) -> str:
    headers = {"Content-Type": "audio/wav"}
    answer = await world.ask(
        "POST", f"recordings?kind={kind}", data=wav(speech(2)), headers=headers, line=line
    )
    assert answer.status == 201
    name: str = answer.json["id"]
    return name


async def create(world: World, **fields: Any) -> Any:
    answer = await world.ask("POST", "reminders", {**ONCE, **fields})
    assert answer.status == 201, answer.json
    return answer.json


async def test_a_reminder_is_set_and_shown_as_it_was_meant(world: World) -> None:
    made = await create(world)
    assert made == {
        "id": made["id"], "description": "Pain", "number": CAMILLE, "recurrence": "once", "weekday": None,
        "date": "2026-11-22", "time": "11:00", "announcement_id": None, "status": "pending",
        "next_at": "2026-11-22T10:00:00Z", "last": None,
    }  # fmt: skip
    assert (await world.ask("GET", f"reminders/{made['id']}")).json == made
    assert (await world.ask("GET", "reminders")).json == {"items": [made], "next": None}


@pytest.mark.parametrize(
    ("fields", "next_at"),
    [
        ({"recurrence": "workdays", "time": "09:00"}, "2026-11-23T08:00:00Z"),
        ({"recurrence": "daily", "time": "23:59"}, "2026-11-22T22:59:00Z"),
        ({"recurrence": "weekly", "weekday": 7, "time": "10:30"}, "2026-11-29T09:30:00Z"),
        ({"recurrence": "weekly", "weekday": "mon", "time": "00:00"}, "2026-11-22T23:00:00Z"),
        ({"recurrence": "once", "date": "2027-03-28", "time": "02:30"}, "2027-03-28T01:00:00Z"),
        ({"recurrence": "once", "date": "2028-02-29", "time": "08:00"}, "2028-02-29T07:00:00Z"),
    ],
)
async def test_the_next_time_is_told(world: World, fields: dict[str, Any], next_at: str) -> None:
    answer = await world.ask("POST", "reminders", fields)
    assert (answer.status, answer.json["next_at"]) == (201, next_at)


@pytest.mark.parametrize("number", [CAMILLE, "4002", "+33 2 22 96 95 69", None])
async def test_the_own_number_in_any_spelling_is_the_line(world: World, number: str | None) -> None:
    assert (await create(world, number=number))["number"] == CAMILLE


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"time": "10:30"}, "time", "Cette heure est déjà passée."),
        ({"date": "2026-11-21"}, "time", "Cette heure est déjà passée."),
        ({"time": "25:61"}, "time", "Indiquez une heure de 00:00 à 23:59."),
        ({"number": "0612345678"}, "number", "Un rappel ne peut sonner que sur votre propre ligne."),
        ({"number": PAUL}, "number", "Un rappel ne peut sonner que sur votre propre ligne."),
        ({"announcement_id": "none"}, "announcement_id", "Cet enregistrement n’existe pas."),
        ({"date": None}, "date", "Indiquez la date d’un rappel unique."),
    ],
)
async def test_what_cannot_be_right_is_refused_in_one_sentence_and_nothing_is_set(
    world: World, fields: dict[str, Any], field: str, told: str
) -> None:
    answer = await world.ask("POST", "reminders", {**ONCE, **fields}, headers={"Accept-Language": "fr"})
    assert (answer.status, answer.fields) == (422, {field: told})
    assert (await world.ask("GET", "reminders")).json["items"] == []


async def test_an_announcement_is_a_recording_of_its_kind_and_of_the_line(world: World) -> None:
    greeting, strange = await upload(world, "greeting"), await upload(world, "reminder", line=PAUL)
    for wrong in (greeting, strange):
        answer = await world.ask("POST", "reminders", {**ONCE, "announcement_id": wrong})
        assert (answer.status, list(answer.fields)) == (422, ["announcement_id"])
    mine = await upload(world, "reminder")
    made = await create(world, announcement_id=mine)
    assert (await world.ask("DELETE", f"recordings/{mine}")).status == 409
    assert (await world.ask("DELETE", f"reminders/{made['id']}")).status == 204
    assert (await world.ask("DELETE", f"recordings/{mine}")).status == 204


async def test_the_21st_is_refused(world: World) -> None:
    for _ in range(20):
        await create(world)
    answer = await world.ask("POST", "reminders", ONCE, headers={"Accept-Language": "fr"})
    assert (answer.status, answer.fields) == (
        409, {"": "Vous avez déjà 20 rappels : annulez-en un d’abord."},
    )  # fmt: skip
    assert (await world.ask("DELETE", "reminders")).status == 204
    assert (await world.ask("GET", "reminders")).json["items"] == []
    await create(world)


async def test_a_change_plans_it_anew_and_one_of_its_words_does_not(world: World) -> None:
    made = await create(world)
    path = f"reminders/{made['id']}"
    put = await world.ask("PUT", path, {**ONCE, "time": "12:00"})
    assert (put.status, put.json["next_at"]) == (200, "2026-11-22T11:00:00Z")
    patched = await world.ask("PATCH", path, {"recurrence": "daily"})
    assert (patched.status, patched.json["date"], patched.json["next_at"]) == (
        200, None, "2026-11-22T11:00:00Z",
    )  # fmt: skip
    world.services.clock.fix(NOW + timedelta(hours=6))
    words = await world.ask("PATCH", path, {"description": "Croissants"})
    assert (words.json["description"], words.json["next_at"]) == ("Croissants", "2026-11-22T11:00:00Z")
    wrong = await world.ask("PATCH", path, {"time": "25:61", "colour": "red"})
    assert (wrong.status, sorted(wrong.fields)) == (422, ["colour", "time"])
    assert (await world.ask("GET", path)).json == words.json
    assert (await world.ask("PUT", "reminders/none", ONCE)).status == 404


async def test_what_was_read_can_be_sent_back(world: World) -> None:
    made = await create(world)
    sent = {name: made[name] for name in made.keys() - {"id", "status", "next_at", "last"}}
    assert (await world.ask("PUT", f"reminders/{made['id']}", sent)).json == made


async def test_what_has_no_phone_has_no_reminders(world: World) -> None:
    for line in (GROUP, FAX_LINE):
        answer = await world.ask("POST", "reminders", ONCE, line=line)
        assert (answer.status, answer.json["type"].rpartition("-")[2]) == (403, "phone")


async def test_nobody_else_sees_them(world: World) -> None:
    made = await create(world)
    refused = await world.ask("GET", f"/api/v1/lines/{CAMILLE}/reminders", line=ADMINISTRATOR)
    assert refused.status == 403
    assert (await world.ask("GET", f"reminders/{made['id']}", line=PAUL)).status == 404
    assert (await world.ask("DELETE", f"reminders/{made['id']}", line=PAUL)).status == 404
