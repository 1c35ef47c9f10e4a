"""Phones of a line's second account (``sip_account``, ADR 14) are offered what they speak, whoever calls them, wherever
the app dies."""

from __future__ import annotations

from functools import partialmethod
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.sip_account import dtls_account
from tests.fakes.actors import LineActor
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.test_calls_readopted import AWAY, SCENARIOS, Script, everybody_left, undisturbed

pytestmark = VIRTUAL_TIME

DOMINIQUE = "0222969570"


@pytest.mark.parametrize("script", SCENARIOS, ids=lambda script: script.__name__.replace("_", " "))
async def test_a_call_comes_to_the_same_end_with_phones_of_the_second_account_alone(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: list[EventDict]
) -> None:
    """Rings, transfers, pickups, calls by click, reminders: at the first account their contacts are nobody's."""
    meant = await undisturbed(script, tmp_path / "first")
    monkeypatch.setattr(LineActor, "device", partialmethod(LineActor.device, dtls=True))
    assert await undisturbed(script, tmp_path / "second") == meant


async def test_phones_of_both_accounts_ring_and_whichever_answers_has_the_call(world: World) -> None:
    dominique = world.line("4003")
    first, second = dominique.device(rings=0.2), dominique.device(rings=0.2, answers=3, leaves=5, dtls=True)
    assert first == second  # one contact, two accounts: they are two devices
    call = world.trunk_call(to=DOMINIQUE)
    await everybody_left(world)
    assert {leg.endpoint: leg.answered_at is not None for leg in dominique.legs} == {
        f"PJSIP/{DOMINIQUE}/{first}": False,
        f"PJSIP/{dtls_account(DOMINIQUE)}/{second}": True,
    }
    assert list(call.talked) == [second]
    world.nothing_left()


async def test_a_phone_is_asked_again_where_it_registered_wherever_the_app_dies(
    tmp_path: Path, log: list[EventDict]
) -> None:
    """Asterisk loses the target of some redirects: such a device is asked again, after a restart as before it."""

    async def tries(folder: Path, die_after: int | None) -> tuple[int, list[str]]:
        world = World(folder)
        world.die_after = die_after
        dominique = world.line("4003")
        contact = dominique.device(rejects=302, after=0.3, dtls=True)
        dominique.device(rings=0.2)
        world.trunk_call(to=DOMINIQUE).will_hang_up(20)
        if die_after is not None:
            await world.dies()
            await world.returns(away=AWAY)
        await everybody_left(world)
        await world.process.over()
        world.nothing_left()
        entries = len(world.process.entries)
        again = [leg.endpoint for leg in dominique.legs if leg.sip_status == 302]
        assert all(leg.endpoint.endswith(contact) for leg in dominique.legs)
        return entries, again

    entries, asked = await tries(tmp_path / "undisturbed", None)
    assert asked == [f"PJSIP/{dtls_account(DOMINIQUE)}/sip:4003@192.0.2.10:5060"] * 4
    for number in range(1, entries + 1):
        _, again = await tries(tmp_path / str(number), number)
        assert set(again) == set(asked), number


@pytest.mark.parametrize(("dtls", "account"), [(False, "first"), (True, "second")])
@pytest.mark.parametrize("status", [488, 606])
async def test_a_phone_that_takes_no_sound_that_we_offer_is_named(
    world: World, log: list[EventDict], status: int, dtls: bool, account: str
) -> None:
    world.line("4003").device(rings=None, rejects=status, dtls=dtls)
    call = world.trunk_call(to=DOMINIQUE)
    call.will_hang_up(9)
    await everybody_left(world)
    (told,) = [entry for entry in log if entry["event"] == "phone.refuses_sound"]
    assert (told["line"], told["account"], told["sip_status"]) == ("022296••••", account, status)
    assert world.line("4003").record.rule.rule == "voicemail.unreachable"
