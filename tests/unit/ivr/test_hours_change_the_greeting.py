"""Business hours that were typed into a phone change the greeting at their minute: in winter, in summer, and on the two
days on which the clocks change (spec §5)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.ivr.caller import BOX, hears_new, opens, ready, types

pytestmark = VIRTUAL_TIME
OPEN, CLOSED = "rec-open", "rec-closed"
GREETINGS = {
    "kind": "personal",
    "kinds": {
        "personal": {"recording": OPEN, "outside_hours": {"enabled": True, "recording": CLOSED}},
    },
}
CASES = [
    pytest.param(
        "2026-01-14T07:00", "3", "0830", "1200",
        [("07:29:58", CLOSED), ("07:30:00", OPEN), ("10:59:58", OPEN), ("11:00:00", CLOSED)],
        id="a Wednesday in winter",
    ),
    pytest.param(
        "2026-07-15T06:00", "3", "0830", "1200",
        [("06:29:58", CLOSED), ("06:30:00", OPEN), ("09:59:58", OPEN), ("10:00:00", CLOSED)],
        id="a Wednesday in summer",
    ),
    pytest.param(
        "2026-03-29T00:30", "7", "0300", "0400",
        [("00:59:58", CLOSED), ("01:00:00", OPEN), ("01:59:58", OPEN), ("02:00:00", CLOSED)],
        id="the night without 02:30",
    ),
    pytest.param(
        "2026-10-25T00:10", "7", "0230", "0300",
        [("00:29:58", CLOSED), ("00:30:00", OPEN), ("00:59:58", OPEN), ("01:00:00", CLOSED), ("01:30:00", OPEN),
         ("02:00:00", CLOSED)],
        id="the night with 02:30 twice",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("begin", "day", "opens_at", "closes_at", "heard"), CASES)
async def test_hours_set_by_phone_change_the_greeting_at_their_minute(
    tmp_path: Path, begin: str, day: str, opens_at: str, closes_at: str, heard: list[tuple[str, str]]
) -> None:
    start = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    world = World(tmp_path, begin=start)
    ready(world)
    world.line("4002").sets_document("greetings", GREETINGS)
    world.own_recordings.kept = {OPEN: 3.0, CLOSED: 3.0}
    phone = await opens(world)
    await types(phone, "432")
    await hears_new(phone, "enter-weekday")
    await types(phone, f"{day}{opens_at}{closes_at}#")
    await hears_new(phone, "saved")
    await phone.hangs_up()
    for time, greeting in heard:
        at = datetime.fromisoformat(f"{start:%Y-%m-%d}T{time}+00:00")
        await asyncio.sleep((at - start).total_seconds() - asyncio.get_running_loop().time())
        call = world.trunk_call(to=BOX)
        await call.is_recorded()
        assert call.prompts == [greeting, "beep"], time
        await call.hangs_up()
    await world.settles()
    world.nothing_left()
    await world.process.over()
