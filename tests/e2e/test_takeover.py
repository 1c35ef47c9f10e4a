"""Two processes for calls on one Asterisk: the newer takes the calls over, the older steps down for good, and the web
asks the newer one from then on."""

from __future__ import annotations

from pathlib import Path

from callcontrol.runtime.app_process import REPLACED, AppProcess
from rig import both_hear
from tests.e2e.office import Office, eventually
from tests.stack import Stack


async def test_a_second_app_takes_a_call_over_and_the_first_steps_down(tmp_path: Path) -> None:
    async with Stack.start(tmp_path, company=None) as stack:
        office = await Office.open(stack, size=3, company="Relais", prefix="02224")
        alice, bob = office.desks(2)
        async with office.phone(alice) as a, office.phone(bob) as b:
            await a.register()
            await b.register()
            call = await a.invite(bob.extension)
            ring = await b.incoming()
            await ring.answer()
            await call.answered()
            second = await _second_app(stack)
            try:
                assert await stack.app.wait() == REPLACED
                await both_hear(call, ring)
                await call.hang_up()
                await ring.ended(within=2)
                (record,) = await office.records(bob)
                assert record.answered_at is not None
                await office.nothing_left()
            finally:
                await second.stop()
        await office.close()


async def _second_app(stack: Stack) -> AppProcess:
    """Another process with the same configuration; its pid file and log take the place of the first one's."""
    second = AppProcess("calls", stack.config, print, environ={})
    await second.start()

    async def up() -> bool | None:
        return second.pid is not None or None

    await eventually(up, "the second app runs")
    return second
