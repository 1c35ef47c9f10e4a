"""Fifty people press keys at the same time, in star-code dialogues and voice menus: each hears its own prompts, what
each sets is kept, and nothing is left over.

Two cores, the rig's fifty phones on them too: from a key to the first packet of what it leads to 52 ms in the middle
and 0.8 s at p95; 264 ms and 1.7 s with a load of ten beside it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from callcontrol.dialogue import say
from callcontrol.store.pool import borrowed
from rig import Phone
from rig.outgoing import OutgoingCall
from tests.e2e.office import OBEYED_SECONDS, Desk, Office
from tests.e2e.people import register
from tests.e2e.prompter import Prompter
from tests.hostile_size import LONG, tried
from tests.stack import Stack

pytestmark = [pytest.mark.hostile, pytest.mark.skipif(not LONG, reason="make test-hostile")]

CALLERS = 50
MOBILE = "0612345678"
SLOWEST = 30.0
"""Seconds for one prompt to begin, on a busy machine: one that never begins is what is looked for."""
P95 = 5.0
"""Seconds from a key to the first packet of what it leads to; a busy machine of two cores has it far below."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firm(stack: Stack) -> AsyncIterator[Office]:
    """Boxes without a PIN, whose users know how to use them."""
    opened = await Office.open(stack, CALLERS + 2, company="Cinquante", prefix="02256", people=4)
    yield opened
    await opened.close()


class Prompters(Prompter):
    """What each line is played, apart."""

    def __init__(self) -> None:
        super().__init__()
        self.of_line: defaultdict[str, Prompter] = defaultdict(Prompter)
        self._lines: dict[str, str] = {}

    def hear(self, event: Mapping[str, Any]) -> None:
        if channel := event.get("channel"):
            self._lines[channel["id"]] = channel["name"].partition("/")[2].rpartition("-")[0]
        if event["type"] == "PlaybackStarted":
            channel_id = event["playback"]["target_uri"].partition(":")[2]
            self.of_line[self._lines.get(channel_id, "")].hear(event)

    def go_deaf(self, why: str) -> None:
        for prompter in self.of_line.values():
            prompter.go_deaf(why)


async def after(call: OutgoingCall, prompter: Prompter, key: str, prompt: str) -> float:
    """Press ``key``; seconds from its going down to the first packet of ``prompt``, which is what is said next. By
    INFO, which is sent again until it is answered: with fifty legs on a busy machine the rig's own sound, keys in it,
    comes late."""
    now, ear = asyncio.get_running_loop().time, call.media.ear
    down = now()
    pressed = asyncio.create_task(call.send_dtmf(key, method="info"))
    assert await prompter.plays(prompt, within=SLOWEST) > down, prompt
    packets = ear.packets
    await ear.bell.until(lambda: ear.packets > packets, SLOWEST)
    heard = now()
    await pressed
    return heard - down


async def forwards(phone: Phone, prompter: Prompter) -> list[float]:
    """``*72``: a number is typed, read back and confirmed."""
    call = await phone.invite("*72")
    await call.answered(within=SLOWEST)
    await prompter.plays("enter-forward-number", within=SLOWEST)
    await call.hears_speech(within=SLOWEST)
    await call.send_dtmf(MOBILE, method="info")
    waited = [await after(call, prompter, "#", "forward-to-number")]
    await prompter.plays_all(*say.phone_number(MOBILE, "fr"), within=SLOWEST)
    waited.append(await after(call, prompter, "1", "forward-unconditional-on"))
    await call.ended(within=SLOWEST)
    return waited


async def opens_the_menu(phone: Phone, prompter: Prompter) -> list[float]:
    """``*318``: the settings, the options, and quick log-in is switched off."""
    call = await phone.invite("*318")
    await call.answered(within=SLOWEST)
    await prompter.plays("press-1-for-messages", within=SLOWEST)
    await call.hears_speech(within=SLOWEST)
    waited = [await after(call, prompter, "4", "press-1-for-pin")]
    waited.append(await after(call, prompter, "4", "pin-not-asked"))  # how the options are
    waited.append(await after(call, prompter, "2", "pin-not-asked"))
    await call.hang_up()
    return waited


async def test_people_in_dialogues_and_menus_at_the_same_time_each_hear_their_own_and_all_is_kept(
    firm: Office,
) -> None:
    desks = firm.desks(CALLERS)
    forwarding, in_the_menu = desks[::2], desks[1::2]
    await introduced(firm, in_the_menu)
    async with Prompters.of(firm.stack) as prompters, AsyncExitStack() as opened:
        assert isinstance(prompters, Prompters)
        phones = {desk: await opened.enter_async_context(firm.phone(desk)) for desk in desks}
        await register(*phones.values())
        waited = await asyncio.gather(
            *(forwards(phones[desk], prompters.of_line[desk.number]) for desk in forwarding),
            *(opens_the_menu(phones[desk], prompters.of_line[desk.number]) for desk in in_the_menu),
        )
    for desk in forwarding:
        kept, _ = await firm.settings.get(desk.number, "call-manager")
        assert (kept["incoming"], kept["unconditional"]["number"]) == ("forward", MOBILE)
    for desk in in_the_menu:
        kept, _ = await firm.settings.get(desk.number, "inbox-access")
        assert kept["quick_login"] is False
    await firm.nothing_left()
    keys = sorted(seconds for each in waited for seconds in each)
    p50, p95 = keys[len(keys) // 2], keys[int(len(keys) * 0.95)]
    print(
        f"{CALLERS} at once, {len(keys)} keys: next prompt after {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )
    assert p95 < P95
    tried("people in dialogues at the same time", CALLERS)


async def introduced(firm: Office, desks: list[Desk]) -> None:
    """Their boxes open without a PIN, and the tutorial is behind them."""
    for desk in desks:
        await firm.write(desk, "inbox-access", {"pin_disabled": True})
    async with borrowed(firm.pool) as connection:
        await connection.executemany(
            "INSERT INTO box_introductions VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [(desk.number, datetime.now(UTC)) for desk in desks],
        )
    await asyncio.sleep(OBEYED_SECONDS)
