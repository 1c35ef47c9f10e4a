"""The settings documents: read, replace, merge; versions; the audit trail; what cannot be right changes nothing."""

from __future__ import annotations

import asyncio
import json

import pytest

from callcontrol.changed_by import Where
from callcontrol.portal_bridge.api.settings import WARNINGS
from callcontrol.portal_bridge.api.settings_examples import EXAMPLES, PATCHES
from callcontrol.settings.model import DOCUMENTS
from tests.web.world import ADMINISTRATOR, ADVANCED, CAMILLE, NOW, PAUL, STRANGER, World

NAMES = sorted(DOCUMENTS)


@pytest.mark.parametrize("document", NAMES)
async def test_what_was_never_set_has_its_defaults_and_can_be_sent_back(world: World, document: str) -> None:
    first = await world.ask("GET", document)
    assert first.status == 200
    again = await world.ask("PUT", document, first.json, headers={"If-Match": first.headers["ETag"]})
    assert (again.status, again.json) == (200, first.json)


@pytest.mark.parametrize("document", NAMES)
async def test_the_example_of_the_documentation_is_taken(world: World, document: str) -> None:
    answer = await world.ask("PUT", document, EXAMPLES[document])
    assert (answer.status, answer.json) == (200, EXAMPLES[document])
    assert (await world.ask("GET", document)).json == EXAMPLES[document]


@pytest.mark.parametrize("document", NAMES)
async def test_a_patch_changes_its_part_alone(world: World, document: str) -> None:
    before = (await world.ask("GET", document)).json
    answer = await world.ask(
        "PATCH",
        document,
        data=json.dumps(PATCHES[document]).encode(),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status == 200
    assert answer.json.keys() == before.keys()
    changed = {name for name in before if answer.json[name] != before[name]}
    assert changed
    assert changed <= PATCHES[document].keys()


async def test_null_in_a_patch_is_the_default_again(world: World) -> None:
    await world.ask("PATCH", "call-manager", {"no_answer": {"voicemail_after": 20}})
    answer = await world.ask("PATCH", "call-manager", {"no_answer": {"voicemail_after": None}})
    assert answer.json["no_answer"]["voicemail_after"] == 60


async def test_numbers_stay_as_typed(world: World) -> None:
    answer = await world.ask("PATCH", "call-manager", {"unconditional": {"number": " +33 (0)6.12.34.56.78"}})
    assert answer.json["unconditional"]["number"] == "+33 (0)6.12.34.56.78"


async def test_a_change_of_another_version_is_refused(world: World) -> None:
    seen = (await world.ask("GET", "call-settings")).headers["ETag"]
    await world.ask("PATCH", "call-settings", {"hide_number": True})
    late = await world.ask("PATCH", "call-settings", {"show_caller_name": False}, headers={"If-Match": seen})
    assert late.status == 412
    assert (await world.ask("GET", "call-settings")).json["show_caller_name"] is True
    any_version = await world.ask("PATCH", "call-settings", {"hide_number": False}, headers={"If-Match": "*"})
    assert any_version.status == 200


async def test_a_weak_version_never_matches_a_change(world: World) -> None:
    headers = {"If-Match": 'W/"0"'}
    assert (await world.ask("PATCH", "call-settings", {"hide_number": True}, headers=headers)).status == 412


@pytest.mark.parametrize("tag", ["7", '"', '"0', "é", '"a", b'])
async def test_a_version_that_is_none_is_refused(world: World, tag: str) -> None:
    answer = await world.ask("PATCH", "call-settings", {"hide_number": True}, headers={"If-Match": tag})
    assert answer.status == 400


async def test_what_is_unchanged_is_not_sent_again(world: World) -> None:
    seen = (await world.ask("GET", "call-settings")).headers["ETag"]
    again = await world.ask("GET", "call-settings", headers={"If-None-Match": f'"9", W/{seen}'})
    assert (again.status, again.raw, again.headers["ETag"]) == (304, b"", seen)


async def test_changes_made_together_are_all_kept(world: World) -> None:
    patches = [{"hide_number": True}, {"show_caller_name": False}, {"barring": {"premium": True}}]
    answers = await asyncio.gather(*(world.ask("PATCH", "call-settings", patch) for patch in patches))
    assert [answer.status for answer in answers] == [200, 200, 200]
    now = (await world.ask("GET", "call-settings")).json
    assert (now["hide_number"], now["show_caller_name"], now["barring"]["premium"]) == (True, False, True)


async def test_one_delay_in_two_documents_of_a_simple_line(world: World) -> None:
    seen = await world.ask("GET", "message-settings")
    assert seen.json["voicemail_after"] == 60
    await world.ask("PATCH", "message-settings", {"voicemail_after": 12})
    assert (await world.ask("GET", "call-manager")).json["no_answer"]["voicemail_after"] == 12
    await world.ask("PATCH", "call-manager", {"no_answer": {"voicemail_after": 15}})
    changed = await world.ask("GET", "message-settings")
    assert changed.json["voicemail_after"] == 15
    assert changed.headers["ETag"] != seen.headers["ETag"]


async def test_the_advanced_delay_is_its_own(world: World) -> None:
    assert (await world.ask("GET", "message-settings", line=ADVANCED)).json["voicemail_after"] == 45


async def test_a_forward_that_can_never_happen_is_warned_of_beside_the_document(world: World) -> None:
    forward = {"forward_enabled": True, "number": "0612345678", "forward_after": 30, "voicemail_after": 30}
    answer = await world.ask("PATCH", "call-manager", {"no_answer": forward})
    assert answer.status == 200
    (warning,) = json.loads(answer.headers[WARNINGS])
    assert warning["field"] == "no_answer.forward_after"
    assert "jamais" in warning["message"]
    assert (await world.ask("PUT", "call-manager", answer.json)).status == 200


async def test_every_change_is_in_the_audit_trail(world: World) -> None:
    await world.ask("PATCH", "call-settings", {"hide_number": True})
    await world.ask("PATCH", "call-settings", {"hide_number": True})  # nothing new
    await world.ask("PATCH", f"/api/v1/lines/{CAMILLE}/notifications", {"mwi_fax": True}, line=ADMINISTRATOR)
    entries = (await world.repositories.audit.of_line(CAMILLE)).items
    assert [(entry.field, entry.by.who, entry.by.where) for entry in entries] == [
        ("notifications", ADMINISTRATOR, Where.API),
        ("call-settings", CAMILLE, Where.API),
    ]
    assert {entry.by.at for entry in entries} == {NOW}
    assert len(entries) == 2


async def test_every_mistake_is_told_at_once_in_the_language_of_the_line(world: World) -> None:
    wrong = {
        "incoming": "maybe",
        "no_answer": {"forward_after": 5, "voicemail_after": 61, "forward_enabled": True},
        "surprise": 1,
    }
    french = await world.ask("PUT", "call-manager", wrong)
    assert french.status == 422
    assert set(french.fields) >= {
        "incoming", "no_answer.forward_after", "no_answer.voicemail_after", "no_answer.number", "surprise",
    }  # fmt: skip
    assert french.headers["Content-Language"] == "fr"
    assert french.fields["no_answer.number"] == "Indiquez le numéro de renvoi."
    english = await world.ask("PUT", "call-manager", wrong, line=PAUL)
    assert english.fields["no_answer.number"] == "Give the number to forward to."


WRONG = [
    pytest.param("call-manager", b"", 400, id="nothing"),
    pytest.param("call-manager", b"{", 400, id="half an object"),
    pytest.param("call-manager", b"[]", 422, id="a list"),
    pytest.param("call-manager", b"null", 422, id="null"),
    pytest.param("call-manager", b'"ring"', 422, id="a text"),
    pytest.param("call-manager", b'{"incoming": NaN}', 400, id="NaN"),
    pytest.param("call-manager", b'{"incoming": "ring", "incoming": "forward"}', 400, id="a name twice"),
    pytest.param("call-manager", b"\xff\xfe{}", 400, id="no UTF-8"),
    pytest.param("call-manager", b"[" * 60_000, 400, id="endless nesting"),
    pytest.param("call-manager", b'{"dnd": ' * 40 + b"1" + b"}" * 40, 400, id="deep nesting"),
    pytest.param("call-manager", b"9" * 5000, 400, id="an endless number"),
    pytest.param("call-manager", b'{"unconditional": {"number": "06\\u0000"}}', 422, id="NUL"),
    pytest.param("call-manager", b'{"unconditional": {"number": "\\ud800"}}', 422, id="half a character"),
    pytest.param("call-manager", b'{"\\u0000": 1}', 422, id="NUL in a name"),
    pytest.param("call-manager", b" " * 1_100_000, 413, id="a megabyte"),
    pytest.param("call-manager", b'{"incoming": "forward"}', 422, id="forward to nowhere"),
    pytest.param("call-manager", b'{"unconditional": {"number": "112"}}', 422, id="forward to emergency"),
    pytest.param("call-manager", b'{"unconditional": {"number": "4002"}}', 422, id="forward to itself"),
    pytest.param("call-manager", b'{"unconditional": {"number": "0222969569"}}', 422, id="itself in full"),
    pytest.param("call-manager", b'{"unconditional": {"number": "*72"}}', 422, id="forward to a code"),
    pytest.param("call-manager", b'{"unconditional": {"number": "4999x"}}', 422, id="no number"),
    pytest.param("call-manager", b'{"unconditional": {"number": 612345678}}', 422, id="a number as a number"),
    pytest.param("call-manager", b'{"reject_anonymous": "true"}', 422, id="a switch as a text"),
    pytest.param("call-manager", b'{"no_answer": {"voicemail_after": 30.5}}', 422, id="half a second"),
    pytest.param(
        "call-manager",
        b'{"selective_reject": {"callers": {"extensions": ["4999"]}}}',
        422,
        id="unknown extension",
    ),
    pytest.param(
        "call-manager", b'{"selective_reject": {"callers": {"contacts": ["x"]}}}', 422, id="unknown contact"
    ),
    pytest.param(
        "call-manager", b'{"selective_reject": {"callers": {"numbers": ["*"]}}}', 422, id="a bare wildcard"
    ),
    pytest.param("call-settings", b'{"barring": {"national": 1}}', 422, id="1 for true"),
    pytest.param("call-settings", b'{"barring": {"moon": true}}', 422, id="unknown class"),
    pytest.param("inbox-access", b'{"playback": "all"}', 422, id="unknown playback"),
    pytest.param("message-settings", b'{"addresses": [{"address": "a@b"}]}', 422, id="no mail address"),
    pytest.param(
        "message-settings",
        b'{"addresses": [{"address": "a@b.fr"}, {"address": "A@b.fr"}]}',
        422,
        id="an address twice",
    ),
    pytest.param("message-settings", b'{"voicemail_after": -1}', 422, id="less than no time"),
    pytest.param("business-hours", b'{"mon": [["12:00", "09:00"]]}', 422, id="hours backwards"),
    pytest.param("business-hours", b'{"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}', 422, id="overlap"),
    pytest.param("business-hours", b'{"mon": [["25:00", "26:00"]]}', 422, id="no time of day"),
    pytest.param("greetings", b'{"kind": "shout"}', 422, id="unknown greeting"),
    pytest.param("greetings", b'{"recorded_name": "../../etc/passwd"}', 422, id="a path as a recording"),
    pytest.param("notifications", b'{"mwi_voice": true}', 422, id="true for all"),
    pytest.param("call-manager-advanced", b'{"incoming": "list"}', 422, id="list without a list"),
    pytest.param(
        "call-manager-advanced",
        b'{"schedule": {"periods": [{"name": "x", "list": "n", "cells": {"mon": [["09:05", "10:00"]]}}]}}',
        422,
        id="five past nine",
    ),
]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("document", "body", "status"), WRONG)
async def test_a_wrong_document_changes_nothing(
    world: World, method: str, document: str, body: bytes, status: int
) -> None:
    before = await world.ask("GET", document)
    answer = await world.ask(method, document, data=body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"]
    if status == 422:
        assert answer.json["errors"]
        assert all(each["message"] for each in answer.json["errors"])
    after = await world.ask("GET", document)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])
    assert not (await world.repositories.audit.of_line(CAMILLE)).items


async def test_only_json_is_taken(world: World) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {"Content-Type": content_type}
        answer = await world.ask("PUT", "call-settings", data=b"{}", headers=headers)
        assert answer.status == 415


async def test_a_barred_target_is_refused(world: World) -> None:
    world.directory.put_document(CAMILLE, "call-settings", {"barring": {"international": True}})
    answer = await world.ask("PATCH", "call-manager", {"unconditional": {"number": "+442079460958"}})
    assert answer.fields == {
        "unconditional.number": "Les appels internationaux sont bloqués pour cette ligne."
    }


async def test_an_administrator_sets_for_a_line_of_the_company_alone(world: World) -> None:
    def path(line: str) -> str:
        return f"/api/v1/lines/{line}/call-settings"

    patch = {"hide_number": True}
    assert (await world.ask("PATCH", path(CAMILLE), patch, line=ADMINISTRATOR)).status == 200
    assert (await world.ask("GET", "call-settings")).json["hide_number"] is True
    assert (await world.ask("PATCH", path(STRANGER), patch, line=ADMINISTRATOR)).status == 404
    assert (await world.ask("PATCH", path(CAMILLE), patch, line=PAUL)).status == 403
    assert (await world.ask("GET", path("0299999999"), line=ADMINISTRATOR)).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_administrator_does_not_point_a_users_mails_elsewhere(world: World, method: str) -> None:
    own = {
        "mail_enabled": True,
        "addresses": [{"address": "camille@example.net", "voice": True, "fax": True}],
    }
    assert (await world.ask("PATCH", "message-settings", own)).status == 200
    path, elsewhere = f"/api/v1/lines/{CAMILLE}/message-settings", [{"address": "anne@example.net"}]
    stolen = await world.ask(method, path, {**own, "addresses": elsewhere}, line=ADMINISTRATOR)
    assert (stolen.status, set(stolen.fields)) == (422, {"addresses"})
    assert (await world.ask(method, path, {**own, "live_screening": True}, line=ADMINISTRATOR)).status == 200
    kept = (await world.ask("GET", "message-settings")).json
    assert kept["addresses"] == own["addresses"]
    assert kept["live_screening"] is True
    assert (await world.ask(method, "message-settings", {**own, "addresses": elsewhere})).status == 200
