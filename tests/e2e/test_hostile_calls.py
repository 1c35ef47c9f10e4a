"""Hostile hands with the app up (docs/security.md): a flood of emergency calls, a place in another's talk."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from rig import both_hear
from tests.e2e.office import Office, eventually
from tests.e2e.people import register, take, talk

pytestmark = pytest.mark.hostile


async def test_a_flood_of_emergency_calls_goes_out_five_at_once_and_raises_an_alarm(office: Office) -> None:
    thief, colleague = office.desks(2)
    before = await floods(office)
    async with office.trunk() as world, office.phone(thief) as t, office.phone(colleague) as c:
        await register(t, c)
        calls = [await t.invite("112") for _ in range(5)]
        legs = [await (await world.incoming()).answer() for _ in calls]
        flood = [await t.invite("112") for _ in range(8)]
        await asyncio.gather(*(call.early_media() for call in flood))
        await flood[0].hears_speech()
        await world.no_incoming(1.0)
        other = await c.invite("15")
        legs.append(await (await world.incoming()).answer())  # another line's goes out at once
        await legs[0].hang_up()
        leg = await (await world.incoming()).answer()
        # Asterisk reads INVITEs side by side: any of those that wait may be the first in the queue.
        next_out = await t.until(
            lambda: next((call for call in flood if call.is_answered), None), 5, "no waiting call goes out"
        )
        await world.no_incoming(0.5)
        await asyncio.gather(*(call.cancel() for call in flood if call is not next_out))
        await asyncio.gather(*(one.hang_up() for one in (*legs[1:], leg)))
        await asyncio.gather(*(call.ended() for call in (*calls, next_out, other)))
    assert await floods(office) == before + 8
    assert "alarm.emergency_flood" in office.stack.app_log()
    assert thief.number not in [line for line in office.stack.app_log().splitlines() if "alarm." in line][-1]
    await office.nothing_left()


async def floods(office: Office) -> float:
    """``callcontrol_emergency_floods`` of /metrics."""

    async def asked() -> float | None:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{office.stack.web_url}/metrics") as answer,
        ):
            text = await answer.text()
        name = "callcontrol_emergency_floods "
        return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(name)), None)

    return await eventually(asked, "the metric")


@pytest.mark.parametrize("whose", ["a colleague's", "its own"])
async def test_nobody_takes_a_place_in_a_talk_by_an_invite(office: Office, whose: str) -> None:
    """Replaces (RFC 3891), by somebody who knows the dialog: Asterisk would let it into the bridge, past the app."""
    alice, bob, eve = office.desks(3)
    async with office.phone(alice) as a, office.phone(bob) as b, office.phone(eve) as e:
        await register(a, b, e)
        call = await a.invite(bob.extension)
        ring = await take(b)
        await talk(call, ring)
        dialog = call.dialog
        place = f"{dialog.call_id};to-tag={dialog.remote.tag};from-tag={dialog.local.tag}"
        thief = a if whose == "its own" else e
        taken = await thief.invite(bob.extension, headers=[("Replaces", place), ("Require", "replaces")])
        assert (await taken.refused()).status == 404
        await both_hear(call, ring)
        await call.hang_up()
        await ring.ended()
    await office.nothing_left()
