"""Ring several devices together until one answers (spec §3 row 9 and "What devices say").

Each device is a leg of its own (Asterisk would ring the first contact alone). Losers are cancelled as
"answered elsewhere", so that their phones show no missed call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence

import structlog

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.interrupts import PickedUp
from callcontrol.call.leg import Leg
from callcontrol.call.legs import add_leg, answer_leg, drop, start_leg
from callcontrol.call.together import Part, alone, in_seconds
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Device
from callcontrol.flows.asked_again import asked_again
from callcontrol.flows.unheard import Unheard
from callcontrol.routing.steps import Busy, NoAnswer, Redirected, Unreachable
from callcontrol.sip_account import DTLS, SOUND_REFUSED
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelProgressing,
    ChannelRinging,
    DialRedirected,
    HangupCause,
)

log = structlog.get_logger()

RingResult = Leg | NoAnswer | Busy | Unreachable | Redirected

REFUSED = frozenset({480, 486})
REFUSED_FOR_ALL = frozenset({600, 603})
UNREACHED = frozenset({408, 503})
"""Nobody was there: whether that is so is asked again, sooner than it would be."""


async def start(
    call: Call, line: str, devices: Sequence[Device], variables: Mapping[str, str], *, confirms: bool = False
) -> list[Leg]:
    """Make a leg to each of the ``devices`` of ``line``; ``ring`` dials each as it enters."""
    return list(
        await asyncio.gather(
            *(
                add_leg(
                    call,
                    f"PJSIP/{device.account or line}/{device.contact}",
                    target=device.contact,
                    line=line,
                    account=device.account,
                    variables=variables,
                    confirms=confirms,
                )
                for device in devices
            )
        )
    )


class Ringing(Part[RingResult]):
    """The legs that were ``started`` ring for at most ``seconds``; comes to the leg that answered, or to why none did.

    Legs that an earlier process started are waited for alike. A device that is asked again is given ``variables``, as
    at first.
    """

    def __init__(
        self, call: Call, started: Sequence[Leg], seconds: float, variables: Mapping[str, str]
    ) -> None:
        self._call, self._legs, self._seconds, self._variables = call, list(started), seconds, variables
        self._end = self.deadline = in_seconds(seconds)
        self._unheard = Unheard(call)

    async def begin(self) -> RingResult | None:
        return _answered(self._legs) or await self.picker() or await self._go_on()

    async def on(self, event: CallEvent | None) -> RingResult | None:
        result = await self._wait_is_over() if event is None else await self._heard(event)
        return result if result is not None else await self._go_on()

    async def end(self) -> None:
        await drop(self._call, self._legs, HangupCause.NO_ANSWER)

    async def settle(self, result: RingResult) -> None:
        """The losers are cancelled; whoever rings for a caller answers it."""
        if isinstance(result, Leg):
            await asyncio.gather(self._call.answer(), self.drop_losers(result))
        else:
            await self.drop_losers(result)

    async def drop_losers(self, result: RingResult) -> None:
        """Cancel all but the leg that answered, which the others are told of."""
        cause = HangupCause.ANSWERED_ELSEWHERE if isinstance(result, Leg) else HangupCause.NO_ANSWER
        await drop(self._call, [leg for leg in self._legs if leg is not result], cause)

    async def _go_on(self) -> RingResult | None:
        """Ask those again who must be; the verdict once every leg has ended by itself."""
        for leg, device in list(asked_again(self._legs)):
            again = await start(self._call, leg.line or "", [device], self._variables)
            self._legs += again
            if (answered := _answered(again)) is not None:  # while no app looked
                return answered
        self._unheard.watch(self._legs)
        self.deadline = min(self._end, self._unheard.next_look(self._legs))
        if not all(self._unheard.failed(leg) for leg in self._legs):
            return None
        result = verdict(self._legs)
        if isinstance(result, Unreachable) and asyncio.get_running_loop().time() >= self._end:
            return NoAnswer()  # the time ran out while no app looked; how each leg ended is not known
        return result

    async def _wait_is_over(self) -> NoAnswer | None:
        """The ring's time is over, or it is time to look at devices that say nothing."""
        if self._end <= self.deadline:
            return NoAnswer()
        await self._unheard.look(self._legs, self.deadline)
        return None

    async def _heard(self, event: CallEvent) -> RingResult | None:
        """What one event makes of the ring; None when it goes on."""
        legs = {leg.id: leg for leg in self._legs}
        match event:
            case ChannelEntered(channel=channel) if channel.id in legs:
                await start_leg(self._call, legs[channel.id], self._seconds)
            case ChannelRinging(channel=channel) | ChannelProgressing(channel=channel) if channel.id in legs:
                self._call.offers.taken(legs[channel.id])
                # while it rings nobody waits for the bridge
                await _both(self._call.ring(), self._call.bridge.create())
            case ChannelAnswered(channel=channel) if channel.id in legs:
                self._call.offers.taken(legs[channel.id])
                return legs[channel.id]
            case PickedUp():
                return await self.picker()
            case DialRedirected(channel=channel, target=target) if channel.id in legs:
                legs[
                    channel.id
                ].sip_status = 302  # its end says no more of it once we have ended it ourselves
                return Redirected(target)
            case ChannelEnded(sip_status=status, channel=channel) if channel.id in legs:
                if status in REFUSED_FOR_ALL:
                    return Busy(declined=True)
                if status in SOUND_REFUSED:
                    self._refuses_sound(legs[channel.id])
                if status in UNREACHED and (line := legs[channel.id].line) is not None:
                    await self._call.phones.qualify(line)
            case _:
                pass
        return None

    def _refuses_sound(self, leg: Leg) -> None:
        """Once it has refused all that we can offer whoever set it up must know: a phone of DTLS alone needs the second
        account of its line (ADR 14)."""
        self._call.offers.refused(leg)
        if not any(leg is again for again, _ in asked_again(self._legs)):
            log.warning(
                "phone.refuses_sound",
                leg=leg.id,
                line=numbers.redact(leg.line),
                account="second" if (leg.account or "").endswith(DTLS) else "first",
                sip_status=leg.sip_status,
            )

    async def picker(self) -> Leg | None:
        """The phone that took the call: it is answered, and has it. One that left at once leaves the ring going."""
        while (
            leg := next(
                (leg for leg in self._call.legs.values() if leg.inbound and not leg.guest and leg.alive), None
            )
        ) is not None:
            try:
                await answer_leg(self._call, leg)
            except (ChannelGone, PhoneSystemRefused):  # refused: it is hanging up
                await drop(self._call, [leg], HangupCause.NORMAL)
            else:
                return leg
        return None


async def ring(
    call: Call, started: Sequence[Leg], seconds: float, variables: Mapping[str, str]
) -> RingResult:
    """Ring the legs that were ``started``; the caller is answered when one of them is. Raises ``CallerHungUp``."""
    ringing = Ringing(call, started, seconds, variables)
    result = await alone(call, ringing)
    await ringing.settle(result)
    if not isinstance(result, Leg) and (picker := await ringing.picker()) is not None:
        result = picker  # it came while the legs were being ended: the call still rang for everybody else
        await ringing.settle(result)
    return result


def _answered(legs: Iterable[Leg]) -> Leg | None:
    return next((leg for leg in legs if leg.answered and leg.alive), None)


async def _both(*commands: Awaitable[None]) -> None:
    """Carry out commands in parallel; all have ended before the first failure is raised."""
    for result in await asyncio.gather(*commands, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def verdict(legs: Sequence[Leg]) -> NoAnswer | Busy | Unreachable:
    """What a ring came to in which every leg ended by itself (spec §3)."""
    if any(_not_answered(leg) for leg in legs):
        return NoAnswer()
    if any(leg.sip_status in REFUSED or leg.sip_status in REFUSED_FOR_ALL for leg in legs):
        return Busy()
    return Unreachable()


def _not_answered(leg: Leg) -> bool:
    """It rang and ended with 408, 480 or no word: nobody took it. (486, and 480 before any ringing, are refusals.)"""
    return leg.rang and leg.sip_status in (408, 480, None)
