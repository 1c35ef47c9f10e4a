"""A call without a flow: its caller is there and answered, and the test is its flow."""

from __future__ import annotations

from callcontrol import ids
from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.party import Party
from callcontrol.call.together import alone
from callcontrol.facts import Caller as Who
from callcontrol.facts import Presentation
from callcontrol.flows import ring
from callcontrol.journal import entries
from tests.fakes.channel import FakeChannel
from tests.fakes.world import World


def bare_call(world: World) -> tuple[Call, FakeChannel]:
    """The call, and its caller's channel in the fake telephone system."""
    process = world.process
    channel = FakeChannel("caller-1", "PJSIP/operator-1", "PJSIP/operator", inbound=True)
    channel.state, channel.entered, channel.answered_at = "Up", True, 0.0
    world.asterisk.channels[channel.id] = channel
    call_id = ids.uuid7()
    caller = Party(id=channel.id, phones=process.phones, answered=True)
    call = Call(
        call_id, process.phones, process.switchboard, process.journal.begin(call_id), process.services.clock,
        process.occupancy, process.services.offers, caller,
    )  # fmt: skip
    now = call.clock.now()
    call.tell(entries.Entered(now, call_id, channel.id, Who(Presentation.UNAVAILABLE), "0222969570"))
    process.switchboard.connect(channel.id, call.inbox)
    return call, channel


async def answered_leg(call: Call, line: str) -> Leg:
    """Ring the devices of ``line`` until one answers; nobody is put into a bridge."""
    legs = await ring.start(call, line, await call.contacts(line), {})
    result = await alone(call, ring.Ringing(call, legs, 30, {}))
    assert isinstance(result, Leg)
    return result
