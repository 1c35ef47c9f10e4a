"""Phones that take nothing but encrypted sound (RTP/SAVP) are asked once more by the endpoint that offers it (ADR 14),
unheard by the caller, wherever the app dies; the next call begins there."""

from __future__ import annotations

from dataclasses import replace
from functools import partialmethod
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.sip_account import SDES
from tests.fakes.actors import LineActor
from tests.fakes.behaviour import Behaviour
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.test_calls_readopted import SCENARIOS, End, Script, everybody_left, undisturbed

pytestmark = VIRTUAL_TIME

DOMINIQUE = "0222969570"


def asked_by(world: World) -> list[str]:
    """The endpoints by which Dominique's phones were called, in their order."""
    return [leg.endpoint.split("/")[1] for leg in world.line("4003").legs]


async def test_it_is_asked_once_more_and_the_next_call_begins_there(world: World) -> None:
    phone = world.line("4003").device(takes="encrypted", rings=0.2, answers=2, leaves=5)
    for asked in ([DOMINIQUE, SDES], [DOMINIQUE, SDES, SDES]):
        call = world.trunk_call(to=DOMINIQUE)
        await everybody_left(world)
        assert list(call.talked) == [phone]
        assert call.prompts == []
        assert asked_by(world) == asked
    assert {record.rule.rule for record in world.line("4003").records} == {"ring.default"}
    world.nothing_left()


async def test_it_rings_beside_a_plain_phone_that_rings_on(world: World) -> None:
    dominique = world.line("4003")
    dominique.device(rings=0.1)
    encrypted = dominique.device(takes="encrypted", rings=0.1, answers=6, leaves=5)
    call = world.trunk_call(to=DOMINIQUE)
    await everybody_left(world)
    assert list(call.talked) == [encrypted]
    assert sorted(asked_by(world)) == sorted([DOMINIQUE, DOMINIQUE, SDES])


@pytest.mark.parametrize("status", [415, 488, 606])
async def test_one_that_refuses_both_is_asked_twice_and_no_more(
    world: World, log: list[EventDict], status: int
) -> None:
    world.line("4003").device(rings=None, rejects=status)
    world.trunk_call(to=DOMINIQUE).will_hang_up(9)
    await everybody_left(world)
    assert asked_by(world) == [DOMINIQUE, SDES]
    assert [entry["sip_status"] for entry in log if entry["event"] == "phone.refuses_sound"] == [status]


async def test_one_that_was_set_to_plain_meanwhile_is_called_as_before(world: World) -> None:
    dominique = world.line("4003")
    contact = dominique.device(takes="encrypted", rings=0.2, answers=2, leaves=5)
    world.trunk_call(to=DOMINIQUE)
    await everybody_left(world)
    for _ in range(2):
        world.asterisk.contacts[DOMINIQUE][contact] = Behaviour(takes="plain", answers=2, leaves=5)
        call = world.trunk_call(to=DOMINIQUE)
        await everybody_left(world)
        assert list(call.talked) == [contact]
    assert asked_by(world) == [DOMINIQUE, SDES, SDES, DOMINIQUE, DOMINIQUE]


def without_first_tries(end: End) -> End:
    """What remains of it when the legs of refused offers, which the history keeps, are left out."""
    kept = frozenset(
        (line, direction, rule, message, frozenset(leg for leg in legs if leg[1] != "unreachable"))
        for line, direction, rule, message, legs in end.records
    )
    return replace(end, records=kept)


@pytest.mark.parametrize("script", SCENARIOS, ids=lambda script: script.__name__.replace("_", " "))
async def test_a_call_comes_to_the_same_end_with_such_phones_alone(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: list[EventDict]
) -> None:
    """Rings, transfers, pickups, live screening, calls by click, reminders."""
    meant, _ = await undisturbed(script, tmp_path / "plain")
    monkeypatch.setattr(LineActor, "device", partialmethod(LineActor.device, takes="encrypted"))
    found, _ = await undisturbed(script, tmp_path / "encrypted")
    assert without_first_tries(found) == without_first_tries(meant)


@pytest.mark.parametrize(
    ("away", "unseen"),
    [
        pytest.param(0.02, 0, id="shortly"),
        pytest.param(4.0, 1, id="while it answers; a refusal that no app saw is none"),
    ],
)
async def test_it_is_called_so_wherever_the_app_dies(
    tmp_path: Path, log: list[EventDict], away: float, unseen: int
) -> None:
    async def talked(folder: Path, die_after: int | None) -> tuple[int, list[str]]:
        world = World(folder)
        world.die_after = die_after
        world.line("4003").device(takes="encrypted", rings=0.2, answers=3, leaves=6)
        call = world.trunk_call(to=DOMINIQUE)
        if die_after is not None:
            await world.dies()
            await world.returns(away=away)
        await everybody_left(world)
        await world.process.over()
        world.nothing_left()
        return len(world.process.entries), list(call.talked)

    entries, meant = await talked(tmp_path / "undisturbed", None)
    assert meant
    found = [(await talked(tmp_path / str(n), n))[1] for n in range(1, entries + 1)]
    assert [with_whom for with_whom in found if with_whom != meant] == [[]] * unseen, found
