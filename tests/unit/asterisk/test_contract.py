"""The fake keeps the contract that the real Asterisk keeps (``tests/e2e/test_contract.py`` plays the same)."""

from __future__ import annotations

from tests.contract.fake_side import FakeSide
from tests.contract.scenarios import every_scenario
from tests.contract.side import Scenario, gone
from tests.fakes.behaviour import Behaviour
from tests.fakes.virtual_time import VIRTUAL_TIME

pytestmark = VIRTUAL_TIME


@every_scenario
async def test_the_fake_keeps_the_contract(scenario: Scenario) -> None:
    side = FakeSide()
    await scenario(side)
    side.heard.nothing_more()
    side.accuses()
    assert side.asterisk.channels == {}


async def test_the_fake_accuses_whoever_dials_a_leg_before_it_has_entered() -> None:
    """Asterisk refuses it or not, as the wind blows: no scenario for both."""
    side = FakeSide()
    caller = await side.caller()
    await side.phones.create_leg(
        "leg1", await side.far_end(Behaviour()), originator=caller.channel, variables={}
    )
    async with gone("leg1"):
        await side.phones.dial("leg1", timeout=20)
    side.accuses("was dialled before it had entered")
