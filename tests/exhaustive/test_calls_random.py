"""Hundreds of random calls at once: random phones, settings, hang-ups, deaths. Nothing is left, nobody meets silence.

Each run is seeded: a failure is repeated by its seed. The world is busier than any office: all calls overlap.
"""

from __future__ import annotations

import asyncio
import functools
import random
from pathlib import Path
from typing import Any

import pytest
from structlog.typing import EventDict

from callcontrol.history import Direction
from callcontrol.journal.entries import GivenAway
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import LINES, World

pytestmark = VIRTUAL_TIME

CALLS = 500
OUTSIDE = ("0612345678", "0145000001", "0899123456", "+442079460958", "112", "3631")
DIALLED = (*OUTSIDE, "4002", "4003", "4004", "4005", "4999", "0222969571", "*674003", "*999", "*318", "9", "")
PICKUPS = ("*8", "*8", "**4002", "**4003", "**4004", "**4005")
CALLERS: tuple[dict[str, Any], ...] = (
    {},
    {"privacy": "id"},
    {"sender": "<sip:op.invalid>"},
    {"caller": "+33145678902"},
    {"sender": "rubbish"},
)
LISTED = {"enabled": True, "callers": {"numbers": ["+33145678901", "+44*"], "extensions": ["4002"]}}


def random_behaviour(dice: random.Random) -> dict[str, Any]:
    """What a phone or a number outside does."""
    rings = dice.choice([None, 0.02, 0.3, 2.0])
    ends: list[dict[str, Any]] = [
        {},
        {"answers": dice.uniform(0.1, 30), "leaves": dice.choice([None, dice.uniform(0, 20)])},
        {
            "rejects": dice.choice([404, 408, 480, 486, 488, 500, 503, 600, 603]),
            "after": dice.uniform(0.01, 20),
        },
        {
            "redirects": dice.choice(["4004", "0612345678", "0899123456", "x y", ""]),
            "after": dice.uniform(0.1, 5),
        },
        {"gone": True},
    ]
    keys = tuple((dice.uniform(0, 6), dice.choice("112#")) for _ in range(dice.randint(0, 3)))
    return {"rings": rings, "presses": keys, **dice.choices(ends, weights=(2, 8, 3, 1, 1))[0]}


def random_settings(dice: random.Random) -> dict[str, Any]:
    """A call manager that a user could have set."""
    somewhere = [*OUTSIDE[:4], "4002", "4003", "4004", "4005"]
    settings: dict[str, Any] = {
        "no_answer": {
            "forward_enabled": dice.random() < 0.3, "number": dice.choice(somewhere),
            "forward_after": dice.randint(6, 30), "voicemail_enabled": dice.random() < 0.7,
            "voicemail_after": dice.choice([0, 12, 40, 60]),
        },
        "busy": {"forward_enabled": dice.random() < 0.3, "number": dice.choice(somewhere),
                 "voicemail_enabled": dice.random() < 0.6},
        "unavailable": {"forward_enabled": dice.random() < 0.3, "number": dice.choice(somewhere)},
        "dnd": {"enabled": dice.random() < 0.05, "priority_enabled": True, "priority": LISTED["callers"]},
        "reject_anonymous": dice.random() < 0.3,
    }  # fmt: skip
    if dice.random() < 0.1:
        settings |= {"incoming": "forward", "unconditional": {"number": dice.choice(somewhere)}}
    if dice.random() < 0.05:
        settings |= {"incoming": "voicemail"}
    if dice.random() < 0.2:
        settings |= {"selective_reject": LISTED}
    if dice.random() < 0.3:
        settings |= {"distinctive_ring": LISTED}
    return settings


def furnish(world: World, dice: random.Random) -> None:
    """Phones, numbers outside and settings, all anew."""
    for line in LINES:
        world.asterisk.contacts.pop(line.number, None)
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            world.line(line.number).device(**random_behaviour(dice))
        world.line(line.number).sets(**random_settings(dice))
        barring = {name: dice.random() < 0.2 for name in ("national", "international", "premium")}
        settings = {"barring": barring, "hide_number": dice.random() < 0.2}
        world.line(line.number).sets_document("call-settings", settings)
        world.line(line.number).sets_document("message-settings", {"live_screening": dice.random() < 0.5})
        groups = tuple(name for name in ("Bureau", "Accueil") if dice.random() < 0.5)
        world.change_line(line.number, pickup_groups=groups)
    for number in OUTSIDE:
        world.outside(number, **random_behaviour(dice) | {"redirects": None})


def begin(world: World, dice: random.Random) -> None:
    """One call from somewhere to somewhere, by somebody with some patience."""
    if dice.random() < 0.2:
        asks_for_a_call(world, dice)
        return
    speaks = dice.choice([0.0, 1.0, 6.0, 30.0])
    if dice.random() < 0.5:
        to = dice.choice([line.number for line in LINES] + ["0222969599"])
        call = world.trunk_call(to=to, speaks=speaks, **dice.choice(CALLERS))
    else:
        line = world.line(dice.choice(LINES).number)
        dialled = dice.choice(PICKUPS if dice.random() < 0.3 else DIALLED)
        call = line.dials(dialled, phone=dice.randint(0, 3), speaks=speaks)
    patience = [dice.uniform(0, 0.02), dice.uniform(0, 5), dice.uniform(5, 90), 200.0, 400.0]
    call.will_hang_up(dice.choice(patience))
    if dice.random() < 0.5:
        world.later(dice.uniform(0, 60), lambda: transfers(world, dice))
    for _ in range(dice.randint(0, 2)):
        press = functools.partial(world.asterisk.press, call.channel, dice.choice("0123456789*#"))
        world.later(dice.uniform(0, 40), press)


def transfers(world: World, dice: random.Random) -> None:
    """A phone of ours presses the key for a transfer, to anything or to any call whatever."""
    channels = list(world.asterisk.channels.values())
    phones = [c for c in channels if c.state == "Up" and c.endpoint.startswith("PJSIP/02")]
    if not phones:
        return
    phone, other = dice.choice(phones), dice.choice(channels)
    own = [c for c in phones if c.endpoint[:16] == phone.endpoint[:16] and c is not phone]
    if dice.random() < 0.5:
        world.asterisk.refer(phone, dice.choice([*DIALLED, *PICKUPS]))
    else:
        world.asterisk.refer(phone, None, dice.choice([*own, *own, *own, other]))


def asks_for_a_call(world: World, dice: random.Random) -> None:
    """Click to call, which its user may end; it ends by itself at the latest when somebody loses patience."""
    line = world.line(dice.choice(LINES).number)
    first = dice.choice([line.number, line.number, "4003", *OUTSIDE])
    call = line.asks_for(dice.choice([*DIALLED, *PICKUPS]), first)
    world.later(dice.choice([dice.uniform(0, 20), 200.0]), lambda: world.process.live_calls.end(call.id))
    world.later(600, lambda: world.process.live_calls.end(call.id))  # no later death can forget it


async def everybody_leaves(world: World) -> None:
    """Those who called end by themselves; whom they have transferred to each other hang up at last."""
    for call in (*world.callers, *world.made):
        await call.ends()
    while world.asterisk.channels:
        for channel in list(world.asterisk.channels.values()):
            world.asterisk.far_end_leaves(channel)
        await asyncio.sleep(1)
    await world.settles()


def all_is_well(world: World) -> None:
    """What must hold after any calls whatever."""
    for call in world.callers:
        assert call.leads_somewhere, f"{call.channel.args}: silence, then {call.sip_status}"
    records = list(world.history.rows.values())
    for record in records:
        assert record.started_at <= record.ended_at
        assert record.answered_at is None or record.started_at <= record.answered_at <= record.ended_at
        assert record.direction is not Direction.RECEIVED or record.answered_at is not None
        assert record.direction is not Direction.REJECTED or record.legs == ()
        assert record.message is None or record.message in world.messages.rows
        for leg in record.legs:
            assert leg.ended_at is not None
    known = sum(1 for call in world.callers if call.channel.args[0] == "line")
    given = sum(  # their line received another call
        isinstance(entry, GivenAway) and not entry.chain for entry in world.entries()
    )
    assert (
        sum(record.direction is Direction.OUTGOING for record in records) == known + len(world.made) - given
    )
    for talk in world.asterisk.bridges.conversations:
        assert len(talk.channels) == 2
    world.nothing_left()


@pytest.mark.parametrize("seed", range(4))
async def test_five_hundred_random_calls_leave_nothing(
    seed: int, tmp_path: Path, log: list[EventDict]
) -> None:
    dice = random.Random(seed)
    world = World(tmp_path, delay=lambda: dice.uniform(0.0001, 0.004))
    for name in ("4002", "4003"):
        world.change_line(name, max_calls=dice.randint(5, 40))
    for number in range(CALLS // 4):
        if number % 10 == 0:
            furnish(world, dice)
        begin(world, dice)
        await asyncio.sleep(dice.choice([0, 0, 0.01, 1, 8]))
    await everybody_leaves(world)
    all_is_well(world)


@pytest.mark.parametrize("seed", range(4))
async def test_random_calls_survive_random_deaths(seed: int, tmp_path: Path, log: list[EventDict]) -> None:
    dice = random.Random(1000 + seed)
    world = World(tmp_path, delay=lambda: dice.uniform(0.0001, 0.004))
    furnish(world, dice)
    for _ in range(8):
        for _ in range(8):
            begin(world, dice)
            await asyncio.sleep(dice.choice([0, 0.002, 0.5, 4]))
        kind = dice.choice(["crash", "gap", "database"])
        if kind == "crash":
            await world.crashes(away=dice.choice([0.0, 0.3, 12]))
        elif kind == "gap":
            world.process.disconnect()
            await asyncio.sleep(dice.uniform(0, 3))
            await world.process.connect()
        else:
            world.database.down = not world.database.down
    world.database.down = False
    await everybody_leaves(world)
    all_is_well(world)
