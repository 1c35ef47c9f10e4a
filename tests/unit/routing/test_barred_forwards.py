"""A forward never reaches what the line's barring forbids, whoever forwards and however the number is written (spec
§2.3, §3): settings, and a phone's redirect."""

from __future__ import annotations

import pytest

from callcontrol.errors import SettingsInvalid
from callcontrol.routing.decide import decide
from callcontrol.routing.steps import ForwardOutside, Tried
from tests.hostile_size import tried
from tests.unit.routing.test_no_forward_to_rescuers import SPELLINGS, ways
from tests.unit.routing.world import NOW, At, directory

pytestmark = pytest.mark.hostile

BARRED = {"barring": {"national": True, "international": True, "premium": True}}
NUMBERS = (
    *(
        "0899123456",
        "0892701234",
        "0820123456",
        "0810123456",
        "0800123456",
        "118712",
        "118000",
        "3635",
        "1014",
    ),
    *(
        "0612345678",
        "0145678901",
        "0970711058",
        "0500000000",
        "0700123456",
        "00441632960000",
        "0015551234567",
    ),
    *("00882991234567", "0088216123456", "0053712345678", "+18095551234", "+882391234567", "+979123456789"),
    *("01033612345678", "550", "551", "3901", "0033899123456"),
)
"""Premium and free numbers, enquiries, mobile and fixed, abroad, satellites, carrier selection, short codes."""


@pytest.mark.parametrize("way", ways(""))
def test_no_way_of_forwarding_passes_the_barring(way: str) -> None:
    count = 0
    for number in NUMBERS:
        for spelling in SPELLINGS:
            manager, devices, outcome = ways(spelling.format(number))[way]
            where = directory()
            try:
                at = At(manager=manager, calls=BARRED)
                called = (at if devices is None else at.also(devices=devices)).called(where)
            except (SettingsInvalid, ValueError):
                count += 1  # it cannot even be set
                continue
            steps = () if outcome is None else (Tried(At().decide(), outcome),)
            step = decide(at.call(), called, where, NOW, steps)
            assert not isinstance(step, ForwardOutside), (number, spelling, step)
            count += 1
    tried("redirects of a phone, barred" if way == "a phone's 302" else "barred forwards", count)


@pytest.mark.parametrize("way", ways(""))
def test_without_barring_the_same_ways_do_go_out(way: str) -> None:
    """So that the test above can fail."""
    manager, devices, outcome = ways("0612345678")[way]
    at = At(manager=manager) if devices is None else At(manager=manager, devices=devices)
    where = directory()
    steps = () if outcome is None else (Tried(At().decide(), outcome),)
    assert isinstance(decide(at.call(), at.called(where), where, NOW, steps), ForwardOutside)
