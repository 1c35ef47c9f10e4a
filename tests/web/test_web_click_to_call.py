"""``POST calls``: a call that the platform makes (spec §2.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcontrol.history import Direction
from callcontrol.live import MadeCallChanged, MadeState
from tests.web.test_web_calls import record
from tests.web.test_web_events import block, following
from tests.web.world import ADMINISTRATOR, CAMILLE, PAUL, World


async def test_a_call_is_made_followed_and_ended(world: World) -> None:
    made = await world.ask("POST", "calls", {"to": "06 12 34 56 78"})
    assert made.status == 201
    assert {key: made.json[key] for key in ("state", "to", "from")} == {
        "state": "ringing_from", "to": "06 12 34 56 78", "from": CAMILLE,
    }  # fmt: skip
    path = f"calls/{made.json['id']}"
    assert (await world.ask("GET", path)).json == made.json
    async with following(world) as stream:
        world.call_side.told.tell(MadeCallChanged(CAMILLE, made.json["id"], MadeState.TALKING))
        assert (
            await block(stream) == f'event: call\ndata: {{"id": "{made.json["id"]}", "state": "talking"}}\n\n'
        )
    assert (await world.ask("DELETE", path)).status == 204
    assert (await world.ask("DELETE", path)).status == 404
    assert (await world.ask("GET", path)).status == 404


async def test_one_that_is_over_says_so_before_the_history_has_it_and_when_it_has(world: World) -> None:
    made = (await world.ask("POST", "calls", {"to": "0612345678"})).json["id"]
    begun = world.call_side.made[CAMILLE, made]
    world.call_side.made[CAMILLE, made] = replace(begun, state=MadeState.ENDED)
    assert (await world.ask("GET", f"calls/{made}")).json["state"] == "ended"
    del world.call_side.made[CAMILLE, made]
    await world.repositories.calls.write([record(0, call=made, direction=Direction.OUTGOING)])
    kept = (await world.ask("GET", f"calls/{made}")).json
    assert (kept["state"], kept["direction"]) == ("ended", "outgoing")


async def test_from_another_number_and_at_most_two_at_once(world: World) -> None:
    for first in ("0612345678", PAUL):
        assert (await world.ask("POST", "calls", {"to": "4003", "from": first})).json["from"] == first
    third = await world.ask("POST", "calls", {"to": "4003"})
    assert (third.status, third.json["type"].rpartition("problem-")[2]) == (409, "too-many-calls")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "to"),
        ({"to": ""}, "to"),
        ({"to": "abc"}, "to"),
        ({"to": "*72"}, "to"),
        ({"to": "9999"}, "to"),
        ({"to": 4003}, "to"),
        ({"to": "4003", "from": "112"}, "from"),
        ({"to": "4003", "from": "1"}, "from"),
        ({"to": "4003", "from_": "4002"}, "from_"),
        ({"to": "1" * 30}, "to"),
    ],
)
async def test_what_cannot_be_called_is_refused_next_to_its_field(
    world: World, body: dict[str, object], field: str
) -> None:
    answer = await world.ask("POST", "calls", body)
    assert answer.status == 422
    assert list(answer.fields) == [field]
    assert world.call_side.made == {}


@pytest.mark.parametrize(
    ("body", "field"), [({"to": "0899123456"}, "to"), ({"to": "4003", "from": "0899123456"}, "from")]
)
async def test_both_ends_are_barred_separately(world: World, body: dict[str, str], field: str) -> None:
    await world.ask("PATCH", "call-settings", {"barring": {"premium": True}})
    world.directory.put_document(CAMILLE, "call-settings", {"barring": {"premium": True}}, 1)
    answer = await world.ask("POST", "calls", body)
    assert (answer.status, list(answer.fields)) == (422, [field])


async def test_nobody_touches_the_calls_of_another_line(world: World) -> None:
    made = (await world.ask("POST", "calls", {"to": "4003"})).json["id"]
    assert (await world.ask("DELETE", f"calls/{made}", line=PAUL)).status == 404
    assert (await world.ask("GET", f"calls/{made}", line=PAUL)).status == 404
    theirs = f"/api/v1/lines/{CAMILLE}/calls"
    assert (await world.ask("POST", theirs, {"to": "4003"}, line=ADMINISTRATOR)).status == 405
    assert (await world.ask("DELETE", f"{theirs}/{made}", line=ADMINISTRATOR)).status == 405
    assert len(world.call_side.made) == 1


async def test_without_the_calls_process_it_says_so(world: World) -> None:
    world.call_side.away = True
    answer = await world.ask("POST", "calls", {"to": "4003"})
    assert (answer.status, answer.json["type"].rpartition("problem-")[2]) == (503, "calls-away")
