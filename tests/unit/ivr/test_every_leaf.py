"""At every node of the menu table a wrong key, silence, ``*``, ``0`` and a hangup: no node is without words, and
nothing is left of any call. Each of its keys is pressed in ``tests/exhaustive``."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.ivr.actions import ACTIONS
from callcontrol.ivr.menu_table import MENUS, Does, Node, offered
from callcontrol.message import MessageKind
from tests.fakes.actors import Caller
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import COLLEAGUE, hears_new, opens, put, ready, types

pytestmark = VIRTUAL_TIME

WAYS: dict[Node, str] = {
    Node.MAIN: "",
    Node.MESSAGE: "1",
    Node.REPLY: "14",
    Node.CONFIRM_CALL: "142",
    Node.INTRODUCTION: "154003##",
    Node.RECORDED: "24003##R",
    Node.FAX: "5",
    Node.DELETED: "6",
    Node.PURGE_ALL: "69",
    Node.GREETINGS: "3",
    Node.ABSENCE: "31",
    Node.PERSONAL: "32",
    Node.NAME: "33",
    Node.NUMBER: "34",
    Node.SYSTEM: "35",
    Node.VARIANT: "324",
    Node.OWN_RECORDING: "323",
    Node.SETTINGS: "4",
    Node.HOURS: "43",
    Node.OPTIONS: "44",
    Node.PLAYBACK: "445",
    Node.REMINDERS: "9",
}
"""The keys that lead to each node; ``R`` is the recording that is asked for there."""
LEAVES = [(node, key) for node, menu in MENUS.items() for key in menu.keys]


def furnished(folder: Path) -> World:
    """A box that has everything."""
    world = World(folder)
    ready(world, playback="message")
    put(world, "first", sender=COLLEAGUE)
    put(world, "second", 30, sender=COLLEAGUE)
    put(world, "fax", kind=MessageKind.FAX, pages=2)
    put(world, "gone", deleted_at=world.messages.rows["first"].received_at)
    world.line("4003").device(answers=1, leaves=3)
    return world


async def at_node(world: World, node: Node) -> Caller:
    """A caller to whom the keys of ``node`` are being offered."""
    call = await opens(world)
    for key in WAYS[node]:
        if key == "R":
            await call.is_recorded()
            await types(call, "#", gap=5)
        else:
            await types(call, key, gap=0.02)
    await hears_new(call, offered(node)[0], within=120)
    return call


@pytest.mark.parametrize("node", list(Node), ids=lambda node: node.value)
async def test_a_wrong_key_is_told_and_three_are_a_goodbye(
    node: Node, tmp_path: Path, log: list[EventDict]
) -> None:
    world = furnished(tmp_path)
    call = await at_node(world, node)
    wrong = next(key for key in "0123456789*#A" if key not in {each.key for each in MENUS[node].keys})
    for _ in range(2):
        await types(call, wrong, gap=0.5)
        await hears_new(call, "invalid-choice")
    await types(call, wrong, gap=0.5)
    await call.ends()
    assert call.prompts[-1] == "no-choice-goodbye"
    world.nothing_left()


@pytest.mark.parametrize("node", list(Node), ids=lambda node: node.value)
async def test_three_silences_are_a_goodbye(node: Node, tmp_path: Path, log: list[EventDict]) -> None:
    world = furnished(tmp_path)
    call = await at_node(world, node)
    await call.ends()
    assert call.prompts[-1] == "no-choice-goodbye"
    heard = [prompt for prompt in call.prompts if prompt == offered(node)[0]]
    assert len(heard) == 3, call.prompts
    world.nothing_left()


@pytest.mark.parametrize("node", list(Node), ids=lambda node: node.value)
async def test_a_star_goes_up_and_a_nought_helps(node: Node, tmp_path: Path, log: list[EventDict]) -> None:
    world = furnished(tmp_path)
    call = await at_node(world, node)
    await types(call, "0")
    await hears_new(call, MENUS[node].help)
    for _ in range(len(Node)):
        if not call.channel.alive:
            break
        await types(call, "*", gap=3)
    await call.ends()
    assert call.prompts[-1] == "goodbye"
    world.nothing_left()


@pytest.mark.parametrize("node", list(Node), ids=lambda node: node.value)
async def test_a_hangup_leaves_nothing_behind_and_changes_nothing(
    node: Node, tmp_path: Path, log: list[EventDict]
) -> None:
    world = furnished(tmp_path)
    before = dict(world.messages.rows), dict(world.kept_documents.rows)
    call = await at_node(world, node)
    await call.hangs_up(after=0.3)
    heard = {name: row.new for name, row in world.messages.rows.items() if row != before[0][name]}
    assert set(heard.values()) <= {False}, "at most a message that was played to its end is heard"
    assert world.kept_documents.rows == before[1]
    world.nothing_left()


async def test_eight_waits_half_a_minute_and_a_key_ends_the_wait(world: World) -> None:
    ready(world)
    call = await opens(world)
    await types(call, "8")
    await hears_new(call, "waiting-30-seconds")
    begun = world.asterisk.time
    await hears_new(call, "press-1-for-messages")
    assert abs(world.asterisk.time - begun - 32) < 0.1
    await types(call, "8")
    await hears_new(call, "waiting-30-seconds")
    await types(call, "4", gap=10)
    await hears_new(call, "press-1-for-pin", within=0.2)
    await call.hangs_up()


async def test_every_node_has_its_way_and_every_key_its_action() -> None:
    assert set(WAYS) == set(Node) == set(MENUS)
    done_by_the_walk = {Does.UP, Does.WAIT, Does.HELP}
    assert set(ACTIONS) | done_by_the_walk == set(Does)
    assert {key.does for _, key in LEAVES} == set(Does)


async def test_no_key_stands_twice_at_a_node() -> None:
    for node, menu in MENUS.items():
        pressed = [key.key for key in menu.keys]
        assert len(pressed) == len(set(pressed)), node


async def test_every_prompt_of_the_table_is_recorded(world: World) -> None:
    from tests.fakes.world import shipped_prompts

    for node, menu in MENUS.items():
        for prompt in (menu.help, *(key.prompt for key in menu.keys)):
            for language in ("fr", "en"):
                assert shipped_prompts().media(prompt, language), (node, prompt)
