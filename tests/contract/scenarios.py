"""What the product relies on in Asterisk, as scenarios that the fake and the real one must both play."""

from __future__ import annotations

import pytest

from tests.contract import bridges, callers, legs, media

every_scenario = pytest.mark.parametrize(
    "scenario",
    [*legs.SCENARIOS, *callers.SCENARIOS, *media.SCENARIOS, *bridges.SCENARIOS],
    ids=lambda scenario: scenario.__name__.replace("_", " "),
)
