"""The real Asterisk keeps the contract of the fake (``tests/unit/asterisk/test_contract.py`` plays the same)."""

from __future__ import annotations

from tests.contract.scenarios import every_scenario
from tests.contract.side import Scenario
from tests.e2e.alone import alone
from tests.e2e.real_side import RealSide
from tests.stack import Stack

__all__ = ["alone"]


@every_scenario
async def test_asterisk_keeps_the_contract(scenario: Scenario, alone: Stack) -> None:
    async with RealSide.open(alone) as side:
        await scenario(side)
        await side.quiet()
