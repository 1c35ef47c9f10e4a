"""The number of a hunt group: an account with a mailbox and settings of its own, whose members are not rung yet
(spec §1, §3, §11)."""

from __future__ import annotations

from typing import Any

from callcontrol.facts import Group
from callcontrol.history import Direction
from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World

pytestmark = VIRTUAL_TIME
GROUP = "0222969500"
MEMBER = "0222969570"


def with_group(world: World, *, advanced: bool = False, **documents: dict[str, Any]) -> None:
    """A group of 4003, whose phone would ring; ``documents`` are the group's own."""
    world.directory.put_group(
        Group(GROUP, "demo", "Accueil", extension="4900", members=(MEMBER,), advanced=advanced)
    )
    for name, body in documents.items():
        world.directory.put_document(GROUP, name.replace("_", "-"), body)
    world.line("4003").device(answers=1)


async def leaves_message(call: Caller) -> None:
    await call.is_recorded()
    await call.presses("#", after=4)
    await call.ends()


async def test_a_caller_leaves_a_message_in_the_groups_own_box(world: World) -> None:
    with_group(world)
    for call in (world.trunk_call(to=GROUP, speaks=4), world.line("4002").dials("4900", speaks=4)):
        await leaves_message(call)
        assert "vm-greeting-system" in call.prompts
    await world.settles()
    assert [message.line for message in world.messages.rows.values()] == [GROUP, GROUP]
    missed = [row for row in world.history.rows.values() if row.line == GROUP]
    assert [(row.direction, row.rule.rule) for row in missed] == [
        (Direction.MISSED, "voicemail.unavailable"), (Direction.MISSED, "voicemail.unavailable"),
    ]  # fmt: skip
    assert not world.asterisk.media.recordings
    world.nothing_left()


async def test_its_greeting_and_its_forward_are_obeyed(world: World) -> None:
    with_group(world, greetings={"kind": "number"})
    call = world.trunk_call(to=GROUP, speaks=4)
    await leaves_message(call)
    assert "vm-greeting-prefix-number" in call.prompts
    world.directory.put_document(
        GROUP, "call-manager", {"unavailable": {"forward_enabled": True, "number": "4003"}}, version=2
    )
    call = world.trunk_call(to=GROUP)
    await call.talks()
    await call.hangs_up()
    await world.settles()
    assert {row.line for row in world.history.rows.values()} == {GROUP, MEMBER}
    world.nothing_left()


async def test_a_message_of_a_call_that_a_line_forwarded_to_it_is_the_lines(world: World) -> None:
    with_group(world)
    world.line("4004").sets(incoming="forward", unconditional={"number": "4900"})
    await leaves_message(world.trunk_call(to="0222969571", speaks=4))
    await world.settles()
    assert [message.line for message in world.messages.rows.values()] == ["0222969571"]


async def test_an_advanced_group_has_the_advanced_manager(world: World) -> None:
    with_group(
        world, advanced=True, call_manager_advanced={"no_answer": {"action": "forward", "number": "4003"}}
    )
    call = world.trunk_call(to=GROUP)
    await call.talks()
    await call.hangs_up()
    await world.settles()
    rules = {row.line: row.rule.rule for row in world.history.rows.values()}
    assert rules[GROUP] == "forward.unavailable"


async def test_no_call_reaches_a_group_that_was_deleted_on_the_way(world: World) -> None:
    with_group(world)
    world.directory.remove_group(GROUP)
    call = world.trunk_call(to=GROUP)
    await call.ends()
    assert call.prompts == ["number-unknown"]
    world.nothing_left()
