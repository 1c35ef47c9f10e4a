"""A group is an account (spec §1): its user logs in and has documents, messages, recordings and a history."""

from __future__ import annotations

import pytest

from callcontrol.because import Because
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, Peer
from callcontrol.passwords import hashed
from callcontrol.portal_bridge.api.settings_examples import EXAMPLES
from callcontrol.settings.model import DOCUMENTS
from tests.wav_files import speech, wav
from tests.web.world import ADMINISTRATOR, CAMILLE, GROUP, NOW, PASSWORD, World, leave


async def test_a_group_logs_in_by_its_number(world: World) -> None:
    by = ChangedBy("test", Where.PROVISION, NOW)
    await world.repositories.lines.set_portal_password(GROUP, await hashed(PASSWORD), by)
    answer = await world.ask(
        "POST", "/api/v1/sessions", {"number": "02 22 96 95 00", "password": PASSWORD}, line=None
    )
    assert answer.status == 201
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    me = (await world.ask("GET", "/api/v1/me", line=None, headers=bearer)).json
    assert (me["number"], me["kind"], me["name"], me["administrator"]) == (GROUP, "group", "Accueil", False)
    wrong = {"number": GROUP, "password": "not it"}
    assert (await world.ask("POST", "/api/v1/sessions", wrong, line=None)).status == 401


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_group_has_every_document_and_an_administrator_reaches_it(
    world: World, document: str
) -> None:
    changed = await world.ask("PUT", document, EXAMPLES[document], line=GROUP)
    assert changed.status == 200, changed.json
    assert (await world.ask("GET", document, line=GROUP)).json == changed.json
    theirs = await world.ask("GET", f"/api/v1/lines/{GROUP}/{document}", line=ADMINISTRATOR)
    assert theirs.json == changed.json
    assert (await world.ask("GET", f"/api/v1/lines/{GROUP}/{document}", line=CAMILLE)).status == 403


async def test_a_group_has_messages_recordings_and_a_history(world: World) -> None:
    await leave(world, "m1", line=GROUP)
    assert [one["id"] for one in (await world.ask("GET", "messages", line=GROUP)).json["items"]] == ["m1"]
    assert (await world.ask("GET", "messages/m1/audio", line=GROUP)).status == 200
    headers = {"Content-Type": "audio/wav"}
    made = await world.ask(
        "POST", "recordings?kind=greeting", data=wav(speech(2)), headers=headers, line=GROUP
    )
    assert made.status == 201
    personal = {"kind": "personal", "kinds": {"personal": {"recording": made.json["id"]}}}
    assert (await world.ask("PATCH", "greetings", personal, line=GROUP)).status == 200
    record = CallRecord(
        "c1", GROUP, Direction.MISSED, Peer(Presentation.SHOWN, "+33612345678"), NOW, None, NOW,
        Because("voicemail.unavailable"), "m1",
    )  # fmt: skip
    await world.repositories.calls.write([record])
    (call,) = (await world.ask("GET", "calls", line=GROUP)).json["items"]
    assert (call["direction"], call["message_id"]) == ("missed", "m1")
    refused = await world.ask("GET", f"/api/v1/lines/{GROUP}/messages", line=ADMINISTRATOR)
    assert refused.status == 403


async def test_what_would_happen_at_a_group_is_told_as_it_is(world: World) -> None:
    steps = (await world.ask("GET", "explain?from=0612345678", line=GROUP)).json["steps"]
    assert [(step["action"], step["mailbox"], step["rule"]["id"]) for step in steps] == [
        ("voicemail", GROUP, "voicemail.unavailable")
    ]
