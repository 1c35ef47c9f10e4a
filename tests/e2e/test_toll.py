"""What fraud would cost, on the running system: a line's day of costly calls is counted, told, and ended with words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from callcontrol.history import Direction
from tests.e2e.office import Office, eventually
from tests.e2e.people import announced_to_the_end, register

ABROAD = "00441632960000"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def thrifty(office: Office) -> AsyncIterator[Office]:
    """A company whose lines may make two costly calls a day."""
    small = await Office.open(
        office.stack, 6, company="Économe", prefix="02242",
        of_company={"max_costly_calls": 2, "support_email": "direction@example.net"},
    )  # fmt: skip
    yield small
    await small.close()


async def test_after_its_costly_calls_a_line_hears_why_and_goes_nowhere(thrifty: Office) -> None:
    (alice,) = thrifty.desks(1)
    async with thrifty.trunk() as trunk, thrifty.phone(alice) as phone:
        await register(phone)
        for _ in range(2):
            call = await phone.invite(ABROAD)
            await (await trunk.incoming()).answer()
            await call.answered()
            await call.hang_up()
        await thrifty.records(alice, 2)
        refused = await phone.invite(ABROAD)
        assert await announced_to_the_end(refused) == 403
        await trunk.no_incoming(0.2)
        call = await phone.invite("0612345678")  # what costs little goes on
        await (await trunk.incoming()).answer()
        await call.answered()
        await call.hang_up()
    records = await thrifty.records(alice, 4)
    assert (records[1].direction, records[1].rule.rule) == (Direction.OUTGOING, "outgoing.costly_spent")
    assert (await thrifty.metric('callcontrol_alarms{kind="costly_limit"}') or 0) >= 1

    async def mailed() -> bool | None:
        return any(b"direction@example.net" in path.read_bytes() for path in thrifty.stack.mails()) or None

    await eventually(mailed, "a mail to the company", 15.0)
