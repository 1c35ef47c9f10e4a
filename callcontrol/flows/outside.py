"""Call a number outside through the trunk: an outgoing call or a forward.

The leg is put into the caller's bridge before it is dialled, so that the caller hears the network's own
ringing and announcements (early media).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.leg import Leg
from callcontrol.call.together import Part, alone, in_seconds
from callcontrol.config.load import TrunkConfig
from callcontrol.errors import ChannelGone
from callcontrol.number_format import spelt
from callcontrol.routing.steps import Busy, NoAnswer, Unreachable
from callcontrol.telephony import ChannelEntered, ChannelRinging, HangupCause

OutsideResult = Leg | NoAnswer | Busy | Unreachable

BUSY = frozenset({486, 600, 603})
NO_ANSWER = frozenset({408, 480, 487})


Dress = Callable[[TrunkConfig], Mapping[str, str]]
"""The channel variables of a leg, for the trunk that it goes through."""


async def through_trunks(
    call: Call, trunks: Sequence[TrunkConfig], number: str, dress: Dress, seconds: float
) -> OutsideResult:
    """Call ``number`` through the first trunk that reaches it, in their order; each may ring ``seconds``."""
    result: OutsideResult = Unreachable()
    for trunk in trunks:
        leg = await start(call, trunk, number, dress(trunk))
        result = await reach(call, leg, seconds)
        if not isinstance(result, Unreachable):
            break
    return result


async def start(call: Call, trunk: TrunkConfig, number: str, variables: Mapping[str, str]) -> Leg:
    """Make the leg to a canonical ``number``, and the bridge that it enters before it is dialled."""
    leg = await make(call, trunk, number, variables)
    await call.open_bridge()
    return leg


async def make(
    call: Call, trunk: TrunkConfig, number: str, variables: Mapping[str, str], *, confirms: bool = False
) -> Leg:
    """Make the leg to a canonical ``number``."""
    endpoint = f"PJSIP/{spelt(number, trunk.number_format)}@{trunk.name}"
    return await call.add_leg(endpoint, target=number, line=None, variables=variables, confirms=confirms)


class Reaching(Part[OutsideResult]):
    """An outside leg until its far end answers; the caller is in the bridge with it meanwhile."""

    def __init__(self, call: Call, leg: Leg, seconds: float) -> None:
        self._call, self._leg, self._seconds = call, leg, seconds
        self.deadline = in_seconds(seconds)

    async def begin(self) -> OutsideResult | None:
        return self._so_far()

    async def on(self, event: CallEvent | None) -> OutsideResult | None:
        match event:
            case None:
                await self.end()
                return NoAnswer()
            case ChannelEntered(channel=channel) if channel.id == self._leg.id:
                await self._join_and_dial()
            case ChannelRinging(channel=channel) if channel.id == self._leg.id:
                await self._call.ring()
            case _:
                pass
        return self._so_far()

    async def end(self) -> None:
        await self._call.drop([self._leg], HangupCause.NO_ANSWER)

    def _so_far(self) -> OutsideResult | None:
        if self._leg.answered:
            return self._leg
        return outcome(self._leg) if self._leg.ended else None

    async def _join_and_dial(self) -> None:
        try:
            await self._call.join(self._leg)
        except ChannelGone:
            return  # its ChannelEnded is on the way
        await self._call.start_leg(self._leg, self._seconds)


async def reach(call: Call, leg: Leg, seconds: float) -> OutsideResult:
    """Wait until the far end answers; the caller is answered and in the bridge then."""
    result = await alone(call, Reaching(call, leg, seconds))
    if isinstance(result, Leg):
        await call.answer()
    return result


def outcome(leg: Leg) -> NoAnswer | Busy | Unreachable:
    """What an outside leg that ended unanswered came to (spec §3, outside targets)."""
    if leg.sip_status in BUSY or leg.cause == HangupCause.BUSY:
        return Busy()
    if leg.sip_status in NO_ANSWER and leg.rang:
        return NoAnswer()
    return Unreachable()
