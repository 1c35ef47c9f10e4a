"""Nobody answers: the first delay to end decides, 0 is voicemail at once (spec §3 row 10)."""

from __future__ import annotations

import asyncio
from typing import Any

from callcontrol.history import Direction
from tests.e2e.office import Office, eventually
from tests.e2e.people import (
    announced_to_the_end,
    outside_call,
    register,
    silent,
    take,
)

CALLER = "0145700001"
MOBILE = "0660608001"


async def _rule(office: Office, desk: Any) -> str:
    (record,) = await office.records(desk)
    assert record.direction is Direction.MISSED
    return record.rule.rule


async def _timed(office: Office, no_answer: dict[str, Any], *, first: bool = True) -> tuple[str, float]:
    """Call a line with these settings that nobody answers: where the call went, and when."""
    bob, zoe = office.desks(2)
    await office.set(bob, "call-manager", {"no_answer": {"number": zoe.extension, **no_answer}})
    loop = asyncio.get_running_loop()
    async with office.phone(bob) as b, office.phone(zoe) as z, office.trunk(beside=True) as world:
        await register(b, z)
        call = await outside_call(world, bob.number, CALLER)
        begun = loop.time()
        if first:
            ring = await take(b)
        await eventually(lambda: _ended_up(call, z), "the call goes on", within=12)
        after = loop.time() - begun
        if first:
            await ring.cancelled()
        else:
            await silent(b)
        await call.hang_up()
    (record,) = await office.records(bob)
    return record.rule.rule, round(after, 1)


async def _ended_up(call: Any, z: Any) -> bool | None:
    return call.is_answered or bool(z.calls) or None


async def test_the_first_delay_to_end_decides_and_both_run_from_the_start_of_the_ring(office: Office) -> None:
    forward_only = {"forward_enabled": True, "forward_after": 6, "voicemail_enabled": False}
    forward_first = {"forward_enabled": True, "forward_after": 6, "voicemail_after": 8}
    equal = {"forward_enabled": True, "forward_after": 6, "voicemail_after": 6}
    voicemail_first = {"forward_enabled": True, "forward_after": 7, "voicemail_after": 2}
    voicemail = {"voicemail_after": 3}
    found = await asyncio.gather(
        *(_timed(office, rule) for rule in (forward_only, forward_first, equal, voicemail_first, voicemail))
    )
    assert [rule for rule, _ in found] == [
        "forward.no_answer", "forward.no_answer", "voicemail.no_answer", "voicemail.no_answer",
        "voicemail.no_answer",
    ]  # fmt: skip
    for (_, after), delay in zip(found, (6, 6, 6, 2, 3), strict=True):
        assert delay - 0.2 <= after <= delay + 1.0


async def test_a_delay_of_0_is_voicemail_at_once_and_no_phone_rings(office: Office) -> None:
    rule, after = await _timed(office, {"voicemail_after": 0}, first=False)
    assert rule == "voicemail.immediate"
    assert after < 1.0


async def test_an_unanswered_forward_inside_ends_in_the_first_lines_mailbox_by_the_targets_own_delay(
    office: Office,
) -> None:
    bob, zoe = office.desks(2)
    forward = {"incoming": "forward", "unconditional": {"number": zoe.extension}}
    await office.set_all(
        {bob: {"call-manager": forward}, zoe: {"call-manager": {"no_answer": {"voicemail_after": 1}}}}
    )
    async with office.trunk() as world, office.phone(zoe) as z:
        await z.register()
        call = await outside_call(world, bob.number, CALLER)
        ring = await take(z)
        await call.answered()
        await ring.cancelled()
        await call.hears_speech()
        await call.send_dtmf("#")
        await call.hears(1000)
        await asyncio.sleep(2.6)  # the message
        await call.hang_up()
    (message,) = await office.messages(bob)
    (record,) = await office.records(zoe)
    assert (record.rule.rule, record.call) == ("voicemail.no_answer", message.call)
    await office.messages(zoe, 0)


async def test_with_neither_forward_nor_voicemail_a_refusing_phone_is_announced_as_busy(
    office: Office,
) -> None:
    (bob,) = office.desks(1)
    off = {"no_answer": {"voicemail_enabled": False}, "busy": {"voicemail_enabled": False}}
    await office.set(bob, "call-manager", off)
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        b.auto_reject(486, ring=True)
        assert await announced_to_the_end(await outside_call(world, bob.number, CALLER)) == 486
    assert await _rule(office, bob) == "refuse.declined"
