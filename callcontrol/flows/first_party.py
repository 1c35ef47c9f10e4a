"""Call the first party of a call that we make ourselves: once it has answered it is the call's caller.

From then on the call is like one that it dialled, so barring, limits and announcements are those of every call. A
number outside must press ``1`` first: the answer alone may be that of a voicemail, which is never joined to anybody.
"""

from __future__ import annotations

from contextlib import suppress

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.legs import confirm, drop
from callcontrol.call.services import CallServices
from callcontrol.call.together import alone
from callcontrol.config.load import TrunkConfig
from callcontrol.dialogue.ask import choose
from callcontrol.errors import ChannelGone
from callcontrol.facts import Line
from callcontrol.flows import outside, ring
from callcontrol.routing.presentation import Presented, Shown
from callcontrol.routing.steps import CallLine, CallOutside, OutgoingStep
from callcontrol.sip import leg_identity
from callcontrol.telephony import HangupCause

RING_SECONDS = 30.0
TAKE_KEY = "1"


async def call_first(
    call: Call, services: CallServices, line: Line, step: OutgoingStep, shown: Shown
) -> bool:
    """Call what ``step`` names, for ``line``; phones of ours show ``shown``. Whether somebody is there now.

    After a restart the legs of before are gone on with. Only a line of ours and a number outside are called so.
    """
    match step:
        case CallLine(line=number):
            result = await ring_devices(call, number, shown)
            leg = result if isinstance(result, Leg) else None
        case CallOutside(number=number, present=present, withheld=withheld):
            leg = await _ring_outside(
                call, services, number, Presented(present, line.name, withheld), line.language
            )
        case _:
            return False
    if leg is None:
        return False
    call.first_party_answers(leg)
    return True


async def ring_devices(call: Call, number: str, shown: Shown) -> ring.RingResult:
    """Ring the phones of a line, which show ``shown``: the leg that answers first, or why none does."""
    variables = leg_identity.to_device(shown)
    devices = await call.contacts(number)
    result = await _first_of(call, await ring.start(call, number, devices, variables), variables)
    if isinstance(result, Leg):
        await _released(call, result)
    return result


async def _ring_outside(
    call: Call, services: CallServices, number: str, presented: Presented, language: str
) -> Leg | None:
    def dressed(trunk: TrunkConfig) -> leg_identity.Variables:
        return leg_identity.to_trunk(presented, trusted=trunk.trusted, spelling=trunk.number_format)

    target = outside.Outside(number, RING_SECONDS, dressed, early=False, confirms=True)
    answered = await outside.through_trunks(call, services, target)
    if not isinstance(answered, Leg):
        return None
    await _released(call, answered)
    return answered if await _confirms(call, services, answered, language) else None


async def _first_of(call: Call, legs: list[Leg], variables: leg_identity.Variables) -> ring.RingResult:
    """The leg that answers first, or why none does; all others are dropped."""
    ringing = ring.Ringing(call, legs, RING_SECONDS, variables)
    result = await alone(call, ringing)
    await ringing.drop_losers(result)
    return result


async def _released(call: Call, leg: Leg) -> None:
    """It can be spoken to, and recorded, from now on."""
    with suppress(ChannelGone):  # its end is on the way
        await call.bridge.release(leg)


async def _confirms(call: Call, services: CallServices, leg: Leg, language: str) -> bool:
    """Whether whoever answered is a person who wants the call."""
    if not leg.confirmed:
        said = [services.prompts.media("press-1-to-accept", language)]
        if await choose(call, said, TAKE_KEY, party=leg, tries=2) is None:
            await drop(call, [leg], HangupCause.NORMAL)
            return False
        confirm(call, leg)
    return leg.alive
