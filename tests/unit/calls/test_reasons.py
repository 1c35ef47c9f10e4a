"""What our phones are told when a caller leaves before the answer (RFC 3326)."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.call.leg import Leg
from callcontrol.lifecycle.closing import told_why
from callcontrol.sip.reasons import told_to_legs
from callcontrol.telephony import HangupCause, HangupRequested
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.bare_call import bare_call

pytestmark = VIRTUAL_TIME

ROWS = [
    # cause as Asterisk gives it, answered, the network tells "elsewhere", then the phones are told
    (26, False, True, HangupCause.ANSWERED_ELSEWHERE, "Q.850;cause=26"),
    (26, False, False, HangupCause.ANSWERED_ELSEWHERE, "Q.850;cause=26 is never ambiguous"),
    (16, False, True, HangupCause.ANSWERED_ELSEWHERE, "SIP;cause=200"),
    (
        16,
        False,
        False,
        HangupCause.NORMAL,
        "Q.850;cause=16 of a network that says so whenever a caller gives up",
    ),
    (127, False, True, HangupCause.NORMAL, "a CANCEL without a Reason"),
    (17, False, True, HangupCause.NORMAL, "any other reason"),
    (None, False, True, HangupCause.NORMAL, "nothing known"),
    (16, True, True, HangupCause.NORMAL, "a BYE after the answer"),
]


@pytest.mark.parametrize(("cause", "answered", "tells", "told", "why"), ROWS, ids=[row[4] for row in ROWS])
def test_phones_are_told(cause: int | None, answered: bool, tells: bool, told: HangupCause, why: str) -> None:
    assert told_to_legs(cause, answered=answered, tells_elsewhere=tells) is told, why


@pytest.mark.parametrize(
    ("event_after", "told"),
    [
        (0.0, HangupCause.ANSWERED_ELSEWHERE),
        (0.05, HangupCause.ANSWERED_ELSEWHERE),
        (0.5, HangupCause.NORMAL),  # nobody's phone rings on for it
    ],
)
async def test_the_event_that_knows_why_may_come_after_an_answer_that_tells_of_the_hangup(
    world: World, event_after: float, told: HangupCause
) -> None:
    call, channel = bare_call(world)
    call.caller.answered = False
    leg = Leg(id=f"{call.id}-leg1", phones=call.phones, target="sip:4003@127.0.0.1", line="0222969570")
    call.legs[leg.id] = leg
    call.hung_up()  # as to_caller notes it
    since = asyncio.get_running_loop().time()
    world.later(event_after, lambda: call.inbox.put(HangupRequested(channel.told(), 26)))
    assert await told_why(call, world.process.services) is told
    waited = asyncio.get_running_loop().time() - since
    assert waited == pytest.approx(min(event_after, 0.1), abs=0.01)
