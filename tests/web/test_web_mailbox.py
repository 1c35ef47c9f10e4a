"""Messages and their sound; contacts, groups and saved numbers; what no administrator ever opens."""

from __future__ import annotations

import pytest

from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, PAUL, SOUND, World, leave


async def test_a_message_is_listed_heard_deleted_and_restored(world: World) -> None:
    await leave(world, "m1")
    (message,) = (await world.ask("GET", "messages")).json["items"]
    assert message["from"] == {"number": PAUL, "name": "Paul Le Goff", "presentation": "shown"}
    assert (message["new"], message["urgent"], message["deleted"]) == (True, False, False)

    changed = await world.ask("PATCH", "messages/m1", {"new": False})
    assert (changed.json["new"], changed.json["urgent"]) == (False, False)
    assert (await world.ask("PATCH", "messages/m1", {"urgent": True})).json["new"] is False

    assert (await world.ask("DELETE", "messages/m1")).status == 204
    assert (await world.ask("GET", "messages")).json["items"] == []
    assert [each["id"] for each in (await world.ask("GET", "deleted")).json["items"]] == ["m1"]
    assert (await world.ask("POST", "deleted/m1/restore")).json["deleted"] is False
    assert (await world.ask("DELETE", "deleted/m1")).status == 404
    await world.ask("DELETE", "messages/m1")
    assert (await world.ask("DELETE", "deleted/m1")).status == 204
    assert (await world.ask("GET", "messages/m1")).status == 404


async def test_a_purged_message_takes_its_sound_along_at_once(world: World) -> None:
    await leave(world, "m1")
    await world.ask("DELETE", "messages/m1")
    assert (world.media / "voice" / "m1.wav").exists()
    assert (await world.ask("DELETE", "deleted/m1")).status == 204
    assert not (world.media / "voice" / "m1.wav").exists()
    assert await world.repositories.trash.paths() == []


async def test_a_sound_that_cannot_be_erased_stays_in_the_trash_and_the_purge_is_done(world: World) -> None:
    await leave(world, "m1")
    (world.media / "voice" / "m1.wav").unlink()
    (world.media / "voice" / "m1.wav").mkdir()
    await world.ask("DELETE", "messages/m1")
    assert (await world.ask("DELETE", "deleted/m1")).status == 204
    assert await world.repositories.trash.paths() == ["voice/m1.wav"]


async def test_faxes_are_listed_apart(world: World) -> None:
    await leave(world, "f1", MessageKind.FAX)
    await leave(world, "m1")
    assert [each["id"] for each in (await world.ask("GET", "faxes")).json["items"]] == ["f1"]
    assert [each["id"] for each in (await world.ask("GET", "messages?kind=voice")).json["items"]] == ["m1"]
    assert (await world.ask("GET", "messages/f1/audio")).status == 404


async def test_the_sound_comes_whole_or_in_part(world: World) -> None:
    await leave(world, "m1")
    whole = await world.ask("GET", "messages/m1/audio")
    assert (whole.status, whole.raw, whole.headers["Content-Type"]) == (200, SOUND, "audio/wav")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = await world.ask("GET", "messages/m1/audio", headers={"Range": "bytes=4-7"})
    assert (part.status, part.raw) == (206, SOUND[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(SOUND)}"
    beyond = await world.ask("GET", "messages/m1/audio", headers={"Range": "bytes=999999-"})
    assert beyond.status == 416


async def test_a_part_is_a_part_of_the_sound_that_the_player_has(world: World) -> None:
    await leave(world, "m1")
    whole = await world.ask("GET", "messages/m1/audio")
    tag, date = whole.headers["ETag"], whole.headers["Last-Modified"]
    for condition, status in (
        (tag, 206),
        (date, 206),
        ('"other"', 200),
        ("Sun, 22 Nov 2020 09:30:00 GMT", 200),
    ):
        headers = {"Range": "bytes=-4", "If-Range": condition}
        part = await world.ask("GET", "messages/m1/audio", headers=headers)
        assert (part.status, part.raw) == (status, SOUND[-4:] if status == 206 else SOUND)
    assert (await world.ask("GET", "messages/m1/audio", headers={"If-None-Match": tag})).status == 304


async def test_a_player_may_ask_before_it_plays_and_badly(world: World) -> None:
    await leave(world, "m1")
    for headers in ({}, {"Range": "bytes=4-7"}):
        head = await world.ask("HEAD", "messages/m1/audio", headers=headers)
        assert (head.status, head.raw) == (200, b"")
        assert (head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (str(len(SOUND)), "bytes")
    for badly in ("bytes=7-4", "bytes=a-", "pages=1-2", "bytes=0-1,4-5"):
        answer = await world.ask("GET", "messages/m1/audio", headers={"Range": badly})
        assert (answer.status, answer.raw) == (200, SOUND)
    beyond = await world.ask("GET", "messages/m1/audio", headers={"Range": "bytes=-0"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(SOUND)}")
    assert (await world.ask("HEAD", "messages")).status == 200


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/hostname", "voice/gone.wav", "."])
async def test_the_sound_never_comes_from_outside_the_media_folder(world: World, path: str) -> None:
    (world.media.parent / "secret.wav").write_bytes(b"secret")
    sender = Peer(Presentation.UNAVAILABLE)
    await world.repositories.messages.deliver(
        Message("m1", CAMILLE, MessageKind.VOICE, sender, NOW, path, 2.5)
    )
    assert (await world.ask("GET", "messages/m1/audio")).status == 404


async def test_another_line_s_message_does_not_exist(world: World) -> None:
    await leave(world, "m1")
    for method, path in (
        ("GET", "messages/m1"), ("GET", "messages/m1/audio"), ("DELETE", "messages/m1"),
        ("POST", "deleted/m1/restore"), ("DELETE", "deleted/m1"),
    ):  # fmt: skip
        assert (await world.ask(method, path, line=PAUL)).status == 404
    assert (await world.ask("PATCH", "messages/m1", {"new": False}, line=PAUL)).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "messages"), ("GET", "messages/m1"), ("GET", "messages/m1/audio"), ("DELETE", "messages/m1"),
        ("GET", "faxes"), ("GET", "deleted"), ("POST", "deleted/m1/restore"), ("GET", "contacts"),
        ("GET", "contacts/1"), ("POST", "contacts"), ("GET", "contact-groups"), ("DELETE", "contacts/1"),
    ],
)  # fmt: skip
async def test_an_administrator_never_opens_messages_faxes_or_contacts(
    world: World, method: str, path: str
) -> None:
    await leave(world, "m1")
    answer = await world.ask(method, f"/api/v1/lines/{CAMILLE}/{path}", line=ADMINISTRATOR)
    assert answer.status == 403
    assert answer.json["type"].endswith("private")


async def test_contacts_and_nested_groups(world: World) -> None:
    nathalie = {
        "first_name": "Nathalie",
        "last_name": "Le Goff",
        "numbers": [{"kind": "mobile", "number": "06 12 34 56 78"}],
        "primary_number": "06 12 34 56 78",
        "emails": ["n@example.net"],
    }
    made = await world.ask("POST", "contacts", nathalie)
    assert (made.status, made.json["name"]) == (201, "Nathalie Le Goff")
    contact = made.json["id"]
    assert (await world.ask("GET", f"contacts/{contact}")).json == made.json
    assert (await world.ask("GET", "contacts?search=goff")).json["items"] == [made.json]
    assert (await world.ask("GET", "contacts?search=dupont")).json["items"] == []
    changed = await world.ask("PUT", f"contacts/{contact}", {"nickname": "Nath"})
    assert (changed.status, changed.json["name"], changed.json["numbers"]) == (200, "Nath", [])

    inner = (await world.ask("POST", "contact-groups", {"name": "Famille", "contacts": [contact]})).json
    outer = (await world.ask("POST", "contact-groups", {"name": "Tous", "groups": [inner["id"]]})).json
    circle = await world.ask(
        "PUT", f"contact-groups/{inner['id']}", {"name": "Famille", "groups": [outer["id"]]}
    )
    assert (circle.status, list(circle.fields)) == (422, ["groups"])
    assert (await world.ask("GET", f"contact-groups/{inner['id']}")).json == inner
    assert (await world.ask("POST", "contact-groups", {"name": "Tous"})).status == 409
    assert (await world.ask("DELETE", f"contacts/{contact}")).status == 204
    assert (await world.ask("GET", f"contact-groups/{inner['id']}")).json["contacts"] == []
    assert (await world.ask("DELETE", f"contact-groups/{outer['id']}")).status == 204
    assert [each["name"] for each in (await world.ask("GET", "contact-groups")).json["items"]] == ["Famille"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {""}),
        ({"first_name": " "}, {""}),
        ({"first_name": "a\nb"}, {"first_name"}),
        ({"first_name": "a" * 81}, {"first_name"}),
        ({"first_name": "a", "numbers": [{"kind": "mobile", "number": "hello"}]}, {"numbers.0.number"}),
        ({"first_name": "a", "numbers": [{"kind": "moon", "number": "0612345678"}]}, {"numbers.0.kind"}),
        ({"first_name": "a", "primary_number": "0612345678"}, {"primary_number"}),
        ({"first_name": "a", "emails": ["nobody"]}, {"emails.0"}),
        ({"first_name": "a", "primary_email": "a@example.net", "sms": "x"}, {"primary_email", "sms"}),
        ({"first_name": "a", "id": "mine"}, {"id"}),
    ],
)
async def test_a_contact_that_cannot_be_right_is_refused(
    world: World, body: object, fields: set[str]
) -> None:
    answer = await world.ask("POST", "contacts", body)
    assert (answer.status, set(answer.fields)) == (422, fields)
    assert (await world.ask("GET", "contacts")).json["items"] == []


async def test_a_group_has_members_that_exist(world: World) -> None:
    answer = await world.ask("POST", "contact-groups", {"name": "x", "contacts": ["no"], "groups": ["nor"]})
    assert (answer.status, set(answer.fields)) == (422, {"contacts.0", "groups.0"})


async def test_saved_numbers(world: World) -> None:
    made = await world.ask("POST", "forward-numbers", {"number": "06 12 34 56 78", "name": "Mobile"})
    assert made.status == 201
    same = await world.ask("POST", "forward-numbers", {"number": "+33612345678", "name": "Encore"})
    assert (same.status, list(same.fields)) == (409, ["number"])
    path = f"forward-numbers/{made.json['id']}"
    assert (await world.ask("PUT", path, {"number": "+33612345678", "name": "Portable"})).status == 200
    assert (await world.ask("GET", "forward-numbers")).json["items"] == [
        {"id": made.json["id"], "number": "+33612345678", "name": "Portable"}
    ]
    assert (await world.ask("PUT", path, {"number": "4004", "name": "x"}, line=PAUL)).status == 404
    assert (await world.ask("DELETE", path)).status == 204
    assert (await world.ask("DELETE", path)).status == 404
    entries = (await world.repositories.audit.of_line(CAMILLE)).items
    assert [(entry.field, entry.after is None) for entry in entries] == [
        ("forward-numbers", True),
        ("forward-numbers", False),
        ("forward-numbers", False),
    ]


@pytest.mark.parametrize("number", ["112", "4002", "0222969569", "*72", "hello", "", "9" * 41])
async def test_a_number_that_cannot_be_forwarded_to_is_not_saved(world: World, number: str) -> None:
    answer = await world.ask("POST", "forward-numbers", {"number": number, "name": "x"})
    assert (answer.status, list(answer.fields)) == (422, ["number"])
