"""Messages to others: who gets them, whole or not at all, and what is said when it cannot be (spec §6)."""

from __future__ import annotations

import wave
from io import BytesIO

import pytest

from callcontrol.facts import Company, Licence, Line, Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.api import message_sending, messages
from callcontrol.store.pool import borrowed
from tests.wav_files import speech, wav
from tests.web.world import (
    ADMINISTRATOR,
    CAMILLE,
    FAX_LINE,
    GROUP,
    PAUL,
    STRANGER,
    World,
    fill,
    leave,
)

WAV = {"Content-Type": "audio/wav"}
OUTSIDE = Peer(Presentation.SHOWN, "+33612345678")


async def spoken(world: World, line: str = CAMILLE, kind: str = "message", seconds: float = 3) -> str:
    answer = await world.ask(
        "POST", f"recordings?kind={kind}", data=wav(speech(seconds)), headers=dict(WAV), line=line
    )
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


async def box(world: World, line: str) -> list[Message]:
    return list((await world.repositories.messages.page(line, None)).items)


def seconds_of(raw: bytes) -> float:
    with wave.open(BytesIO(raw)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return float(file.getnframes() / file.getframerate())


async def test_a_message_is_in_every_box_with_its_sound_and_its_sender(world: World) -> None:
    recording = await spoken(world)
    sent = await world.ask(
        "POST",
        "messages",
        {"recipients": ["4003", "02 22 96 95 71", "4900"], "recording": recording, "urgent": True},
    )
    assert sent.status == 201, sent.json
    assert [one["name"] for one in sent.json["recipients"]] == ["Paul Le Goff", "Anne Admin", "Accueil"]
    for line in (PAUL, ADMINISTRATOR, GROUP):
        (message,) = (await world.ask("GET", "messages", line=line)).json["items"]
        assert message["from"] == {"number": CAMILLE, "name": "Camille Martin", "presentation": "shown"}
        assert (message["new"], message["urgent"], message["kind"]) == (True, True, "voice")
        assert message["duration"] == pytest.approx(sent.json["duration"])
        sound = await world.ask("GET", f"messages/{message['id']}/audio", line=line)
        assert seconds_of(sound.raw) == pytest.approx(message["duration"])
    assert await box(world, CAMILLE) == []
    # each box owns its file: one that is erased takes nothing from the others
    (mine,) = await box(world, PAUL)
    await world.ask("DELETE", f"messages/{mine.id}", line=PAUL)
    await world.ask("DELETE", f"deleted/{mine.id}", line=PAUL)
    (other,) = await box(world, GROUP)
    assert (await world.ask("GET", f"messages/{other.id}/audio", line=GROUP)).status == 200


async def test_who_is_named_twice_gets_it_once_and_one_may_write_to_oneself(world: World) -> None:
    recording = await spoken(world)
    to = ["4003", PAUL, "+33 2 22 96 95 70", "4002"]
    assert (await world.ask("POST", "messages", {"recipients": to, "recording": recording})).status == 201
    assert [len(await box(world, line)) for line in (PAUL, CAMILLE)] == [1, 1]


async def test_two_hundred_boxes_take_the_room_of_one(world: World) -> None:
    for number in range(200):
        world.directory.put_line(Line(f"02229{number:05d}", "c", f"Ligne {number}", licence=Licence.SIMPLE))
    async with borrowed(world.pool) as connection:
        await connection.execute("TRUNCATE companies CASCADE")
    await fill(world.pool, world.directory)
    world.tokens.clear()
    recording = await spoken(world)
    to = [f"02229{number:05d}" for number in range(200)]
    assert (await world.ask("POST", "messages", {"recipients": to, "recording": recording})).status == 201
    files = list((world.media / "messages").rglob("*.wav16"))
    assert len(files) == 200
    assert len({file.stat().st_ino for file in files}) == 1
    refused = await world.ask("POST", "messages", {"recipients": [*to, "4003"], "recording": recording})
    assert (refused.status, refused.fields) == (422, {"recipients": "Pas plus de 200 entrées."})


WRONG = {
    "nobody": ([], "recipients", "Indiquez au moins un destinataire."),
    "a stranger's number": (
        [STRANGER], "recipients.0",
        f"« {STRANGER} » n’est le numéro ni le poste d’aucune messagerie de l’entreprise.",
    ),
    "a mobile": (
        ["0612345678"], "recipients.0",
        "« 0612345678 » n’est le numéro ni le poste d’aucune messagerie de l’entreprise.",
    ),
    "a code": (["*72"], "recipients.0", "« *72 » n’est le numéro ni le poste d’aucune messagerie de l’entreprise."),
    "an emergency number": (
        ["112"], "recipients.0", "« 112 » n’est le numéro ni le poste d’aucune messagerie de l’entreprise.",
    ),
    "nothing typed": ([""], "recipients.0", "«  » n’est le numéro ni le poste d’aucune messagerie de l’entreprise."),
    "a fax line": (
        [FAX_LINE], "recipients.0", "Fax accueil est une ligne de fax : elle ne reçoit pas de messages vocaux.",
    ),
    "a full box": (["4005"], "recipients.0", "La messagerie de Ada Avancée est pleine."),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_one_wrong_recipient_is_named_and_nobody_gets_anything(world: World, name: str) -> None:
    to, field, sentence = WRONG[name]
    world.directory.put_company(Company("c", "Démo", max_messages=1))
    await leave(world, "full", line="0222969572")
    recording = await spoken(world)
    answer = await world.ask("POST", "messages", {"recipients": to, "recording": recording})
    assert (answer.status, answer.fields) == (422, {field: sentence})
    if to:
        both = await world.ask("POST", "messages", {"recipients": ["4003", *to], "recording": recording})
        assert list(both.fields) == ["recipients.1"]
    assert await box(world, PAUL) == []
    assert not (world.media / "messages").exists()


async def test_every_mistake_is_told_at_once(world: World) -> None:
    answer = await world.ask(
        "POST", "messages", {"recipients": ["9999", "4003", "*1"], "recording": "nothing"}
    )
    assert list(answer.fields) == ["recipients.0", "recipients.2", "recording"]
    greeting = await spoken(world, kind="greeting")
    answer = await world.ask("POST", "messages", {"recipients": ["4003"], "recording": greeting})
    assert answer.fields["recording"].startswith("Cet enregistrement n’est pas fait pour cela")
    pauls = await spoken(world, line=PAUL)
    answer = await world.ask("POST", "messages", {"recipients": ["4003"], "recording": pauls})
    assert answer.fields == {"recording": "Cet enregistrement n’existe pas."}
    english = await world.ask("POST", "messages", {"recipients": ["9999"], "recording": pauls}, line=PAUL)
    assert english.fields == {
        "recipients.0": "“9999” is neither the number nor the extension of a mailbox of the company."
    }


async def test_a_reply_goes_into_the_senders_box(world: World) -> None:
    await leave(world, "m1")
    (shown,) = (await world.ask("GET", "messages")).json["items"]
    assert (shown["can_reply"], shown["no_reply"]) == (True, None)
    answer = await world.ask("POST", "messages/m1/reply", {"recording": await spoken(world)})
    assert (answer.status, [one["number"] for one in answer.json["recipients"]]) == (201, [PAUL])
    assert len(await box(world, PAUL)) == 1


@pytest.mark.parametrize(
    ("sender", "kind", "reason"),
    [
        (OUTSIDE, MessageKind.VOICE, "L’expéditeur n’a pas de messagerie dans l’entreprise : appelez-le."),
        (
            Peer(Presentation.SHOWN, "+33298000001"), MessageKind.VOICE,
            "L’expéditeur n’a pas de messagerie dans l’entreprise : appelez-le.",
        ),
        (
            Peer(Presentation.ANONYMOUS), MessageKind.VOICE,
            "L’expéditeur a masqué son numéro : il n’est pas possible de lui répondre.",
        ),
        (
            Peer(Presentation.UNAVAILABLE), MessageKind.VOICE,
            "Le numéro de l’expéditeur n’est pas connu : il n’est pas possible de lui répondre.",
        ),
        (Peer(Presentation.SHOWN, "+33222969570"), MessageKind.FAX, "On ne répond pas à un fax par la voix."),
    ],
    ids=["a mobile", "another company", "withheld", "unknown", "a fax"],
)  # fmt: skip
async def test_where_no_reply_can_go_the_list_and_the_answer_say_the_same(
    world: World, sender: Peer, kind: MessageKind, reason: str
) -> None:
    await leave(world, "m1", kind, sender=sender)
    shown = (await world.ask("GET", "messages/m1")).json
    assert (shown["can_reply"], shown["no_reply"]) == (False, reason)
    answer = await world.ask("POST", "messages/m1/reply", {"recording": await spoken(world)})
    assert (answer.status, answer.json["detail"]) == (409, reason)


async def test_a_message_is_passed_on_with_and_without_an_introduction(world: World) -> None:
    intro = await spoken(world, seconds=2)
    sound = wav(speech(5))
    await leave(world, "m1")
    (world.media / "voice" / "m1.wav").write_bytes(sound)
    await world.ask("PATCH", "messages/m1", {"urgent": True})
    plain = await world.ask("POST", "messages/m1/forward", {"recipients": ["4004"]})
    assert (plain.status, plain.json["urgent"], plain.json["duration"]) == (201, True, pytest.approx(5))
    behind = await world.ask("POST", "messages/m1/forward", {"recipients": ["4003"], "recording": intro})
    assert behind.json["duration"] == pytest.approx(7, abs=0.3)
    (message,) = await box(world, PAUL)
    assert (message.sender.number, message.sender.name) == ("+33222969569", "Camille Martin")
    raw = (await world.ask("GET", f"messages/{message.id}/audio", line=PAUL)).raw
    assert raw.endswith(sound[44:])
    assert len(await box(world, CAMILLE)) == 1


async def test_a_fax_is_passed_on_as_it_is_to_a_fax_line_too(world: World) -> None:
    await leave(world, "f1", MessageKind.FAX)
    pages = b"%PDF-1.7 two pages " * 10
    (world.media / "voice" / "f1.pdf").write_bytes(pages)
    async with borrowed(world.pool) as connection:
        await connection.execute("UPDATE messages SET path = 'voice/f1.pdf', pages = 2, duration = NULL")
    answer = await world.ask("POST", "faxes/f1/forward", {"recipients": [FAX_LINE, "4003"]})
    assert answer.status == 201, answer.json
    (fax,) = (await world.ask("GET", "faxes", line=FAX_LINE)).json["items"]
    assert (fax["pages"], fax["duration"], fax["new"]) == (2, None, True)
    document = await world.ask("GET", f"faxes/{fax['id']}/document", line=FAX_LINE)
    assert (document.status, document.headers["Content-Type"]) == (200, "application/pdf")
    assert document.raw == pages
    answer = await world.ask(
        "POST", "faxes/f1/forward", {"recipients": ["4003"], "recording": await spoken(world)}
    )
    assert answer.fields == {"recording": "Un fax est transmis sans introduction parlée."}


async def test_what_is_deleted_or_has_lost_its_sound_is_not_sent(world: World) -> None:
    await leave(world, "m1")
    (world.media / "voice" / "m1.wav").unlink()
    lost = await world.ask("POST", "messages/m1/forward", {"recipients": ["4003", "4004"]})
    assert (lost.status, lost.json["detail"]) == (
        409, "Le contenu de ce message a disparu : il ne peut pas être envoyé.",
    )  # fmt: skip
    await world.ask("DELETE", "messages/m1")
    ways: list[tuple[str, dict[str, object]]] = [
        ("forward", {"recipients": ["4003"]}), ("reply", {"recording": await spoken(world)}),
        ("email", {"address": "a@example.net"}),
    ]  # fmt: skip
    for path, body in ways:
        answer = await world.ask("POST", f"messages/m1/{path}", body)
        assert (answer.status, answer.json["detail"]) == (
            409,
            "Ce message est supprimé : restaurez-le d’abord.",
        )
    assert await box(world, PAUL) == []


async def test_a_full_disk_sends_nothing_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = await spoken(world)
    monkeypatch.setattr("callcontrol.media.recordings.free_bytes", lambda folder: -1)
    answer = await world.ask("POST", "messages", {"recipients": ["4003"], "recording": recording})
    assert (answer.status, answer.json["type"]) == (507, "/api/docs#problem-no-room")
    assert await box(world, PAUL) == []


ONE = [
    (row.method, row.path)
    for row in (*messages.ROUTES, *message_sending.ROUTES)
    if "{id}" in row.path
] + [("GET", "messages/{id}/audio"), ("GET", "faxes/{id}/document")]  # fmt: skip
BODIES = {
    "PATCH": {"new": False},
    "reply": {"recording": "x"},
    "forward": {"recipients": ["4003"]},
    "email": {"address": "a@example.net"},
}


@pytest.mark.parametrize(("method", "path"), ONE, ids=[" ".join(each) for each in ONE])
async def test_another_lines_message_is_a_404_everywhere(world: World, method: str, path: str) -> None:
    await leave(world, "m1")
    await leave(world, "f1", MessageKind.FAX)
    name = "f1" if path.startswith("faxes") else "m1"
    if path.startswith("deleted"):
        await world.ask("DELETE", "messages/m1")
    body = BODIES.get(method) or BODIES.get(path.rpartition("/")[2])
    for line in (PAUL, STRANGER, GROUP):
        answer = await world.ask(method, path.replace("{id}", name), body, line=line)
        assert answer.status == 404, answer.json
    refused = await world.ask(
        method, f"/api/v1/lines/{CAMILLE}/{path.replace('{id}', name)}", body, line=ADMINISTRATOR
    )
    assert refused.status == 403
    everything = {each.id for each in await box(world, CAMILLE)}
    assert everything == ({"f1"} if path.startswith("deleted") else {"m1", "f1"})


async def test_all_of_a_kind_are_deleted_restored_and_erased(world: World) -> None:
    for name in ("m1", "m2"):
        await leave(world, name)
    await leave(world, "f1", MessageKind.FAX)
    assert (await world.ask("POST", "messages/delete-all")).json == {"count": 2}
    assert [each["id"] for each in (await world.ask("GET", "messages")).json["items"]] == ["f1"]
    assert (await world.ask("POST", "faxes/delete-all")).json == {"count": 1}
    assert (await world.ask("POST", "deleted/m1/restore")).json["deleted"] is False
    assert (await world.ask("DELETE", "deleted?kind=fax")).status == 204
    assert [each["id"] for each in (await world.ask("GET", "deleted")).json["items"]] == ["m2"]
    assert (await world.ask("DELETE", "deleted")).status == 204
    assert (await world.ask("GET", "deleted")).json["items"] == []
    assert sorted(path.name for path in (world.media / "voice").iterdir()) == ["m1.wav"]
    assert (await world.ask("DELETE", "deleted")).status == 204


async def test_a_voice_message_is_no_fax(world: World) -> None:
    await leave(world, "m1")
    for method, path in (("GET", "faxes/m1"), ("DELETE", "faxes/m1"), ("GET", "faxes/m1/document")):
        assert (await world.ask(method, path)).status == 404
    assert (await world.ask("POST", "faxes/m1/forward", {"recipients": ["4003"]})).status == 404


async def test_a_message_is_mailed_to_any_address_and_stays(world: World) -> None:
    await leave(world, "m1")
    assert (await world.ask("POST", "messages/m1/email", {"address": " b@example.net "})).status == 202
    async with borrowed(world.pool) as connection:
        assert [row["address"] for row in await connection.fetch("SELECT address FROM mails")] == [
            "b@example.net"
        ]
    assert [each["id"] for each in (await world.ask("GET", "messages")).json["items"]] == ["m1"]
    for address in ("", "nobody", "a@b", "a@example.net\nBcc: c@example.net", "a@example.net,b@example.net"):
        wrong = await world.ask("POST", "messages/m1/email", {"address": address})
        assert wrong.fields == {"address": "Cette adresse e-mail n’est pas valable."}
