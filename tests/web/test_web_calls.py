"""The history, its pages and its file; what an administrator sees; explain; devices and the company's directory."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from callcontrol.because import Because
from callcontrol.directory.contacts import Contact, ContactBook
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device, LineState, Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.portal_bridge.api.phones import address_of
from callcontrol.sentences.table import SENTENCES
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, PAUL, STRANGER, Answer, World

OUTSIDE = Peer(Presentation.SHOWN, "+33612345678", "NATHALIE L")


def record(index: int, **changes: object) -> CallRecord:
    at = NOW - timedelta(minutes=index)
    values: dict[str, object] = {
        "call": f"call-{index:03}",
        "line": CAMILLE,
        "direction": Direction.MISSED,
        "peer": OUTSIDE,
        "started_at": at,
        "answered_at": None,
        "ended_at": at + timedelta(seconds=40),
        "rule": Because("forward.no_answer", (("target", "+33298765432"),)),
        "message": "m-1",
        "legs": (
            LegRecord(f"sip:{CAMILLE}@192.0.2.7:5060", at),
            LegRecord("+33298765432", at, result="busy", sip_status=486),
        ),
    }
    return CallRecord(**{**values, **changes})  # type: ignore[arg-type]


async def test_a_call_as_its_line_sees_it(world: World) -> None:
    await world.repositories.calls.write([record(0)])
    (call,) = (await world.ask("GET", "calls")).json["items"]
    assert call["peer"] == {"number": "0612345678", "name": "NATHALIE L", "presentation": "shown"}
    assert call["rule"] == {
        "id": "forward.no_answer",
        "because": "Personne n’a répondu : l’appel est renvoyé vers 02 98 76 54 32.",
    }
    assert (call["direction"], call["message_id"], call["duration"]) == ("missed", "m-1", 0)
    assert [leg["sip_status"] for leg in call["legs"]] == [None, 486]
    assert [(leg["kind"], leg["target"]) for leg in call["legs"]] == [
        ("device", "192.0.2.7:5060"),
        ("number", "0298765432"),
    ]
    assert (await world.ask("GET", "calls/call-000")).json == call


async def test_names_come_from_contacts_then_the_company_then_the_call(world: World) -> None:
    inside = Peer(Presentation.SHOWN, "+33222969570", "whatever")
    await world.repositories.calls.write([record(0), record(1, peer=inside)])
    assert [each["peer"]["name"] for each in (await world.ask("GET", "calls")).json["items"]] == [
        "NATHALIE L",
        "Paul Le Goff",
    ]
    world.know_contacts(
        CAMILLE, ContactBook([Contact("1", "Nathalie", "Le Goff", numbers=("+33612345678",))])
    )
    assert (await world.ask("GET", "calls")).json["items"][0]["peer"]["name"] == "Nathalie Le Goff"


async def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    await world.repositories.calls.write([record(index) for index in range(25)])
    seen, cursor = [], ""
    for _ in range(4):
        page = (await world.ask("GET", f"calls?limit=10{cursor}")).json
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"call-{index:03}" for index in range(25)]


async def test_one_direction_alone(world: World) -> None:
    await world.repositories.calls.write([record(0), record(1, direction=Direction.OUTGOING)])
    (call,) = (await world.ask("GET", "calls?direction=outgoing")).json["items"]
    assert call["id"] == "call-001"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=501", "limit=x", "limit=", "limit=1&limit=2", "direction=sideways", "direction=",
        "cursor=x", "cursor=%00", "cursor=w6k", "colour=red", "limit=1%00", "limit=9999999999999999999999",
    ],
)  # fmt: skip
async def test_a_query_that_cannot_be_right_is_refused(world: World, query: str) -> None:
    answer = await world.ask("GET", f"calls?{query}")
    assert answer.status == 400
    assert answer.json["title"]


async def test_an_administrator_sees_masked_peers_and_no_message(world: World) -> None:
    await world.repositories.calls.write([record(0), record(1, peer=Peer(Presentation.ANONYMOUS))])
    answer = await world.ask("GET", f"/api/v1/lines/{CAMILLE}/calls", line=ADMINISTRATOR)
    shown, anonymous = answer.json["items"]
    assert shown["peer"] == {"number": "061234••••", "name": None, "presentation": "shown"}
    assert anonymous["peer"] == {"number": None, "name": None, "presentation": "anonymous"}
    assert shown["message_id"] is None
    assert [leg["target"] for leg in shown["legs"]] == ["192.0.2.7:5060", "029876••••"]
    assert shown["rule"]["because"] == "Personne n’a répondu : l’appel est renvoyé vers 029876••••."
    export = await world.ask("GET", f"/api/v1/lines/{CAMILLE}/calls.csv", line=ADMINISTRATOR)
    for raw in (answer.raw.decode(), export.raw.decode()):
        assert "5678" not in raw
        assert "5432" not in raw
        assert "54 32" not in raw


async def test_another_line_s_calls_are_nobody_s(world: World) -> None:
    await world.repositories.calls.write([record(0)])
    assert (await world.ask("GET", "calls/call-000", line=PAUL)).status == 404
    assert (await world.ask("GET", f"/api/v1/lines/{CAMILLE}/calls", line=PAUL)).status == 403
    assert (await world.ask("GET", f"/api/v1/lines/{STRANGER}/calls", line=ADMINISTRATOR)).status == 404


async def test_the_file_has_every_call_and_no_formula(world: World) -> None:
    rows = [record(index) for index in range(600)]
    rows.append(
        record(
            600,
            peer=Peer(Presentation.SHOWN, "+33612345678", '=HYPERLINK("x")'),
            direction=Direction.OUTGOING,
        )
    )
    await world.repositories.calls.write(rows)
    answer = await world.ask("GET", "calls.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig")), delimiter=";"))
    assert table[0][:4] == ["Date", "Heure", "Sens", "Numéro"]
    assert table[1][:4] == ["2026-11-22", "10:30:00", "manqué", "0612345678"]
    assert len(table) == 602
    assert table[-1][4] == '\'=HYPERLINK("x")'


async def test_the_devices_that_are_registered(world: World) -> None:
    assert (await world.ask("GET", "devices")).json["items"] == [
        {"address": "192.0.2.7:5060", "user_agent": "Yealink"}
    ]
    world.call_side.up = False
    down = await world.ask("GET", "devices")
    assert (down.status, down.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("sip:0222969569@192.0.2.7:5060;transport=udp;ob", "192.0.2.7:5060"),
        ("SIPS:0222969569@[2001:db8::7]:5061;transport=tls", "[2001:db8::7]:5061"),
        ("sip:x8f3@k1.invalid;transport=ws", "k1.invalid"),
        ("sip:a;user=phone@phone.example.net?Route=%3Csip:b%3E", "phone.example.net"),
        ("sip:192.0.2.7", "192.0.2.7"),
        ("sip:", None),
        ("tel:0222969569", None),
    ],
)
def test_a_phone_is_shown_by_its_address_alone(contact: str, address: str | None) -> None:
    assert address_of(contact) == address


async def test_the_company_s_directory(world: World) -> None:
    names = [each["name"] for each in (await world.ask("GET", "extensions")).json["items"]]
    assert names == ["Accueil", "Ada Avancée", "Anne Admin", "Camille Martin", "Fax accueil", "Paul Le Goff"]
    codes = (await world.ask("GET", "short-codes")).json["items"]
    assert codes == [{"code": "550", "number": "0970711058"}]


async def test_the_lines_of_a_company_are_an_administrator_s_to_list(world: World) -> None:
    first = (await world.ask("GET", "/api/v1/lines?limit=3", line=ADMINISTRATOR)).json
    second = (await world.ask("GET", f"/api/v1/lines?cursor={first['next']}", line=ADMINISTRATOR)).json
    assert len(first["items"]) == 3
    assert [each["name"] for each in second["items"]] == ["Ada Avancée", "Fax accueil"]
    assert (await world.ask("GET", "/api/v1/lines")).status == 403


async def test_explain_tells_the_chain_with_its_reasons(world: World) -> None:
    world.directory.put_document(
        CAMILLE, "call-manager", {"incoming": "forward", "unconditional": {"number": "4003"}}
    )
    answer = await world.ask("GET", "explain?from=06%2012%2034%2056%2078")
    steps = answer.json["steps"]
    assert [(step["line"], step["action"]) for step in steps] == [
        (CAMILLE, "forward"),
        (PAUL, "ring"),
        (PAUL, "voicemail"),
    ]
    assert (steps[0]["target"], steps[1]["devices"], steps[2]["mailbox"]) == (PAUL, 1, CAMILLE)
    assert steps[0]["rule"]["id"] == "forward.unconditional"
    assert answer.json["at"] == "2026-11-22T09:30:00Z"


async def test_explain_tells_of_the_moment_that_was_asked_about(world: World) -> None:
    answer = await world.ask("GET", "explain?from=0612345678&at=2026-12-24T17:59:30%2B01:00")
    assert answer.json["at"] == "2026-12-24T16:59:30Z"
    assert [(step["at"], step["action"]) for step in answer.json["steps"]] == [
        ("2026-12-24T16:59:30Z", "ring"),
        ("2026-12-24T17:00:30Z", "voicemail"),
    ]


@pytest.mark.parametrize(
    ("caller", "first"),
    [
        ("anonymous", "refuse"),
        ("Anonyme", "refuse"),
        ("unavailable", "ring"),
        ("4003", "ring"),
        ("112", "ring"),
    ],
)
async def test_explain_knows_every_kind_of_caller(world: World, caller: str, first: str) -> None:
    world.directory.put_document(CAMILLE, "call-manager", {"reject_anonymous": True})
    assert (await world.ask("GET", f"explain?from={caller}")).json["steps"][0]["action"] == first


async def test_explain_goes_by_the_live_state(world: World) -> None:
    world.call_side.states[CAMILLE] = LineState(devices=(Device("sip:x"),), calls=5)
    (step,) = (await world.ask("GET", "explain?from=0612345678")).json["steps"]
    assert step["rule"]["id"] == "voicemail.busy"


@pytest.mark.parametrize(
    "query",
    ["", "from=", "from=hello", "from=*72", "from=4900", "from=0612345678&at=yesterday",
     "from=4003&at=2026-11-22T10:00", "from=4003&at=0001-01-01T00:00:00%2B14:00"],
)  # fmt: skip
async def test_explain_refuses_who_cannot_call(world: World, query: str) -> None:
    assert (await world.ask("GET", f"explain?{query}")).status == 400


async def test_explain_says_who_can_call_as_the_command_line_does(world: World) -> None:
    answer = await world.ask("GET", "explain?from=hello")
    assert answer.fields == {"from": SENTENCES["no_caller"][0]}
    assert (await world.ask("GET", "explain?from=hello", line=PAUL)).fields == {
        "from": SENTENCES["no_caller"][1]
    }


@pytest.mark.parametrize("error", [PhoneSystemRefused("GET /x", 500, "no"), ChannelGone("probe")])
@pytest.mark.parametrize("path", ["devices", "explain?from=0612345678"])
async def test_a_telephone_system_that_refuses_is_unavailable(
    world: World, path: str, error: Exception
) -> None:
    world.call_side.refusal = error
    answer = await world.ask("GET", path)
    assert (answer.status, answer.json["type"], answer.headers["Retry-After"]) == (
        503, "/api/docs#problem-unavailable", "5",
    )  # fmt: skip


async def asked_until_refused(world: World, line: str) -> tuple[int, Answer]:
    """How often the telephone system was asked in a loop, and the refusal."""
    for times in range(100):
        answer = await world.ask("GET", ("devices", "explain?from=0612345678")[times % 2], line=line)
        if answer.status != 200:
            return times, answer
    raise AssertionError("never refused")


async def test_one_line_in_a_loop_cannot_take_the_telephone_system_from_the_calls(world: World) -> None:
    times, refusal = await asked_until_refused(world, CAMILLE)
    assert 10 <= times < 20
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "1")
    assert refusal.json["title"] == "Trop de demandes à la fois : attendez un instant."
    del world.tokens[CAMILLE]  # another session of the same line has no measure of its own
    times, refusal = await asked_until_refused(world, CAMILLE)
    assert (times < 5, refusal.status) == (True, 429)
    assert (await world.ask("GET", "devices", line=PAUL)).status == 200
    assert (await world.ask("GET", "calls")).status == 200
    assert (await world.ask("GET", f"/api/v1/lines/{CAMILLE}/devices", line=ADMINISTRATOR)).status == 200
