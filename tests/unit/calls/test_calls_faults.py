"""Something breaks under a call: the database, a flow of ours, the setting that it was decided by."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.typing import EventDict

from callcontrol.history import Direction
from callcontrol.journal.files import CallJournal
from callcontrol.lifecycle import adoption
from tests.fakes.channel import FakeChannel
from tests.fakes.media import Media
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME


async def test_calls_and_messages_made_without_the_database_are_delivered_once_it_is_back(
    world: World,
) -> None:
    world.line("4003").device(answers=1, leaves=3)
    world.database.down = True
    talked, left = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969571", speaks=5)
    await talked.ends()
    await left.ends()
    assert left.prompts[-1] == "vm-sent"  # it is safe: the caller need not know
    assert world.history.rows == {}
    assert len(list(world.folder.iterdir())) == 2
    world.database.down = False
    await world.settles()
    assert world.line("4003").record.direction is Direction.RECEIVED
    assert len(world.line("4004").messages) == 1
    world.nothing_left()


async def test_what_waits_for_the_database_survives_the_app(world: World) -> None:
    world.database.down = True
    left = world.trunk_call(to="0222969571", speaks=5)
    await left.ends()
    await world.crashes()
    await world.crashes()
    world.database.down = False
    await world.settles()
    assert len(world.line("4004").messages) == 1
    assert world.line("4004").record.message == world.line("4004").messages[0].id
    world.nothing_left()


async def test_the_database_going_away_in_the_middle_of_a_call_is_not_felt(world: World) -> None:
    phone = world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    world.database.down = True
    await call.hangs_up(after=20)
    assert call.talked == {phone: pytest.approx(20, abs=0.01)}
    world.database.down = False
    await world.settles()
    assert world.line("4003").record.direction is Direction.RECEIVED
    world.nothing_left()


def forget_errors(log: list[EventDict], event: str) -> int:
    """Errors that this test means; how many there were."""
    found = [entry for entry in log if entry["event"] == event]
    for entry in found:
        log.remove(entry)
    return len(found)


class Broken(Exception):
    """A bug of ours."""


async def test_a_bug_in_a_flow_is_an_apology_and_a_record(world: World, log: list[EventDict]) -> None:
    world.line("4003").device(rings=1)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    world.directory.put_document("0222969570", "call-manager", {"no_answer": {"voicemail_after": -1}}, 9)
    await call.ends()
    assert call.prompts == ["service-unavailable"]
    assert world.line("4003").record.direction is Direction.MISSED
    assert forget_errors(log, "call.failed") == 1
    world.nothing_left()


async def test_a_bug_while_two_talk_leaves_nothing(world: World, log: list[EventDict]) -> None:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    (under_way,) = world.process.live_calls.calls.values()
    under_way.inbox.put(object())  # type: ignore[arg-type]  # nothing that a call knows: it is passed over
    await call.hangs_up(after=1)
    assert forget_errors(log, "call.failed") == 0
    world.nothing_left()


class NoPlaying(Media):
    """Nothing can be played."""

    def play(
        self, channel: FakeChannel, playback: str, media: Sequence[str], offset_seconds: float = 0.0
    ) -> None:
        raise Broken


async def test_a_bug_that_breaks_the_apology_too_still_ends_the_call(
    world: World, log: list[EventDict]
) -> None:
    world.asterisk.media = NoPlaying(world.asterisk)
    call = world.trunk_call(to="0222969599")
    await call.ends()
    assert forget_errors(log, "call.failed") == 1
    world.nothing_left()


async def test_a_forward_set_while_it_rings_is_obeyed_at_the_next_decision(world: World) -> None:
    world.line("4003").device(rings=1)
    world.line("4004").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    rule = {"forward_enabled": True, "number": "4004", "forward_after": 6}
    world.line("4003").sets(no_answer=rule)
    await call.talks()
    assert world.asterisk.time == pytest.approx(61, abs=0.4)  # the ring under way keeps its time
    await call.hangs_up()
    assert world.line("4004").record.direction is Direction.RECEIVED
    world.nothing_left()


async def test_barring_set_while_it_rings_stops_the_forward_after_it(world: World) -> None:
    rule = {"forward_enabled": True, "number": "0612345678", "forward_after": 6}
    world.line("4003").sets(no_answer=rule)
    world.line("4003").device(rings=1)
    world.outside("0612345678", answers=1)
    call = world.trunk_call(to="0222969570", speaks=5)
    await call.hears_ringing()
    world.line("4003").sets_document("call-settings", {"barring": {"national": True}})
    await call.ends()
    assert world.legs_outside("0612345678") == []
    assert world.line("4003").record.rule.rule == "voicemail.forward_barred"
    world.nothing_left()


async def test_asterisk_restarting_ends_its_calls_with_their_records(world: World) -> None:
    world.line("4003").device(answers=1)
    talking, recorded = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969571")
    await talking.talks()
    await recorded.is_recorded()
    await recorded.presses("5", after=4)
    await world.asterisk_restarts()
    await world.settles()
    assert world.line("4003").record.direction is Direction.RECEIVED
    assert world.line("4004").messages[0].duration == pytest.approx(4, abs=0.4)
    world.nothing_left()


async def test_a_gap_in_the_events_is_made_good(world: World) -> None:
    phone = world.line("4003").device(rings=1, answers=3)
    ringing, leaving = world.trunk_call(to="0222969570"), world.trunk_call(to="0222969570")
    await ringing.hears_ringing()
    world.process.disconnect()
    world.asterisk.far_end_leaves(leaving.channel)
    await world.asterisk.until(lambda: world.line("4003").legs[0].state == "Up", within=10)
    await world.process.connect()
    await ringing.talks()
    await ringing.hangs_up(after=2)
    assert list(ringing.talked) == [phone]
    assert len(world.line("4003").records) == 2
    world.nothing_left()


@pytest.mark.parametrize("moment", [0.0005, 0.0015, 0.01, 1.0, 1.5, 2.0, 2.0005, 2.001, 3.0])
async def test_an_asterisk_that_does_not_answer_for_a_while_leaves_nobody_in_silence(
    world: World, moment: float
) -> None:
    world.line("4003").devices(2, rings=1, answers=2, leaves=2)
    call = world.trunk_call(to="0222969570")
    world.later(moment, lambda: setattr(world.process.phones, "down", True))
    world.later(moment + 2.5, lambda: setattr(world.process.phones, "down", False))
    call.will_hang_up(30)
    await call.ends()
    await asyncio.sleep(5)  # what could not be ended is ended as soon as Asterisk answers
    assert call.channel.ended_at is not None
    assert call.channel.ended_at < 10
    assert len(world.line("4003").records) == 1
    world.nothing_left()


async def test_what_asterisk_did_not_end_is_asked_for_again_each_second(world: World) -> None:
    world.line("4003").device(answers=1, leaves=2)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    begun = world.asterisk.time
    world.later(1.9, lambda: setattr(world.process.phones, "down", True))
    world.later(4.5, lambda: setattr(world.process.phones, "down", False))
    assert await call.ends() - begun == pytest.approx(
        5, abs=0.05
    )  # the end, then after one, two, three seconds
    await asyncio.sleep(0.01)  # the bridge goes after the channel
    world.nothing_left()


async def test_an_announcement_that_ended_in_a_gap_does_not_hold_the_call(world: World) -> None:
    call = world.trunk_call(to="0222969599")
    await call.hears("number-unknown")
    world.process.disconnect()
    await world.asterisk.until(lambda: not call.channel.plays, within=10)
    await world.process.connect()
    assert await call.ends() < 5
    assert (call.prompts, call.sip_status) == (["number-unknown"], 404)
    world.nothing_left()


async def test_a_bridge_of_ours_without_a_call_goes_and_one_of_a_call_or_of_others_stays(
    world: World,
) -> None:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    (ours,) = world.asterisk.bridges.members
    for bridge in ("lost-bridge", "somebody-elses"):
        world.asterisk.bridges.create(bridge)
    world.process.disconnect()
    await world.process.connect()
    assert set(world.asterisk.bridges.members) == {ours, "somebody-elses"}
    world.asterisk.bridges.destroy("somebody-elses")
    await call.hangs_up()
    world.nothing_left()


async def test_a_bug_in_a_flow_drops_the_phones_and_is_heard_outside_the_bridge(
    world: World, log: list[EventDict]
) -> None:
    world.line("4003").device(rings=1)
    world.line("4003").sets(no_answer={"voicemail_after": 10})
    call = world.trunk_call(to="0222969570")
    await call.hears_ringing()
    (leg,) = world.line("4003").legs
    (under_way,) = world.process.live_calls.calls.values()
    under_way.inbox.put(Bomb())  # type: ignore[arg-type]  # whoever looks at it breaks
    await call.hears("service-unavailable")
    assert not leg.alive
    assert call.channel.bridge is None
    assert world.asterisk.bridges.members == {}
    await call.ends()
    assert forget_errors(log, "call.failed") == 1
    world.nothing_left()


class Bomb:
    """An event that cannot be looked at."""

    def __getattribute__(self, name: str) -> object:
        raise Broken(name)


async def test_a_story_that_makes_no_sense_is_put_aside_and_the_next_one_is_gone_on_with(
    world: World, log: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.line("4003").device(answers=1)
    call = world.trunk_call(to="0222969570")
    await call.talks()
    (journal,) = world.folder.iterdir()
    (world.folder / "0.jsonl").write_bytes(journal.read_bytes())
    adopted = adoption.adopted

    async def fails(journal: CallJournal, *more: Any) -> Any:
        if journal.call == "0":
            raise KeyError("leg")
        return await adopted(journal, *more)

    monkeypatch.setattr(adoption, "adopted", fails)
    await world.crashes()
    assert forget_errors(log, "journal.not_adopted") == 1
    (world.folder / "0.rejected").unlink()
    assert len(world.process.live_calls.calls) == 1
    await call.hangs_up()
    await world.settles()
    world.nothing_left()
