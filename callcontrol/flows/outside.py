"""Call a number outside through the trunks: an outgoing call, a forward, or the first party of a call that we make.

The leg is put into the caller's bridge before it is dialled, so that the caller hears the network's own
ringing and announcements (early media). A caller that has been answered already (click to call, ``*69``) would hear
nothing of a 180 there: it hears our ringing, and is put into the bridge as soon as sound comes. What a trunk's answer
means is ``answers``; which trunks are tried, and in which order, ``call.trunks``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callcontrol import answers
from callcontrol.call.call import Call
from callcontrol.call.inbox import CallEvent
from callcontrol.call.leg import Leg, outside_end
from callcontrol.call.legs import add_leg, drop, last_answer, start_leg
from callcontrol.call.services import CallServices
from callcontrol.call.together import NEVER, Part, alone, in_seconds
from callcontrol.config.load import TrunkConfig
from callcontrol.dialogue.first_word import is_heard
from callcontrol.errors import ChannelGone
from callcontrol.number_format import spelt
from callcontrol.routing.steps import Busy, Failed, Failure, NoAnswer, Unreachable
from callcontrol.sip import leg_identity
from callcontrol.sip.leg_identity import Variables
from callcontrol.telephony import ChannelEntered, ChannelProgressing, ChannelRinging, HangupCause

NotReached = NoAnswer | Busy | Unreachable | Failed
OutsideResult = Leg | NotReached

OUTCOMES: Mapping[answers.End, NotReached] = {
    answers.End.BUSY: Busy(),
    answers.End.REFUSED: Failed(Failure.REFUSED),
    answers.End.UNKNOWN_NUMBER: Failed(Failure.UNKNOWN_NUMBER),
    answers.End.NO_ANSWER: NoAnswer(),
    answers.End.UNREACHABLE: Unreachable(),
    answers.End.NETWORK: Failed(Failure.NETWORK),
}
"""What each end of the table is to the decisions."""

LOOK_SECONDS = 1.0
"""How often Asterisk is asked what the far end has said, until it rings: it tells nothing of 100, 181 and 182."""
LISTEN_SECONDS = 0.2
"""How often it is asked whether sound comes from the far end."""
SILENT_SECONDS = 2.0
"""A trunk that has not said a word by then is given up for the next one (RFC 3261 would wait 32 s)."""
SILENT_SECONDS_OF_EMERGENCY = 1.0
MOST_TRIES = 3
"""How often a leg is made whose dialling is lost."""


Dress = Callable[[TrunkConfig], Variables]


@dataclass(frozen=True, slots=True)
class Outside:
    """A call to a canonical ``number``: how it shows itself, and for how long it may ring.

    ``usual`` gives the channel variables of a leg through a trunk. ``own`` gives those with our own number, where a
    foreign one is shown: for the trunks that refuse it. ``early``: the caller hears the far
    end before its answer; ``confirms``: whoever answers has yet to say that it takes the call.
    """

    number: str
    seconds: float
    usual: Dress
    own: Dress | None = None
    emergency: bool = False
    early: bool = True
    confirms: bool = False


async def through_trunks(call: Call, services: CallServices, outside: Outside) -> OutsideResult:
    """Reach the number through the first trunk that can, in their order. What one trunk cannot mend is final; an
    emergency call tries them all."""
    final: NotReached | None = None
    for trunk in services.trunks.to_try(emergency=outside.emergency):
        leg = await _through(call, services, trunk, outside)
        if leg.answered:
            return leg
        said = outside_end(leg)
        if not said.elsewhere:
            final = final or OUTCOMES[said.end]
            if not outside.emergency:
                break
    return final or OUTCOMES[answers.End.NETWORK]


async def _through(call: Call, services: CallServices, trunk: TrunkConfig, outside: Outside) -> Leg:
    """The leg through one trunk, answered or ended; a second one where the operator refuses a foreign number."""
    trunks, own = services.trunks, outside.own

    def seen(leg: Leg) -> None:
        if leg.answered or leg.heard or leg.rang or leg.sip_status is not None:
            trunks.heard(trunk.name)
        elif leg.made and leg.cause == HangupCause.NO_USER_RESPONSE:
            trunks.silent(trunk.name)

    def accepted(leg: Leg) -> None:
        if leg.rang or leg.answered or leg.sip_status not in (None, *answers.NUMBER_REFUSED):
            trunks.refused_foreign(trunk.name)  # so it was the number

    if own is not None and not trunks.shows_foreign(trunk):
        return await _reach(call, trunk, outside, own, seen)
    leg = await _reach(call, trunk, outside, outside.usual, seen)
    if own is None or leg.rang or leg.sip_status not in answers.NUMBER_REFUSED:
        return leg
    return await _reach(call, trunk, outside, own, accepted)


async def _reach(
    call: Call, trunk: TrunkConfig, outside: Outside, dress: Dress, learn: Callable[[Leg], None]
) -> Leg:
    """One leg until it answers or ends; another one where the command that dialled it was lost. The caller is answered
    and in the bridge then."""
    for _ in range(MOST_TRIES):
        leg = await _make(call, trunk, outside, dress(trunk))
        if outside.early:
            await call.bridge.create()
        try:
            await alone(call, Reaching(call, leg, outside))
        finally:
            learn(leg)  # also when the caller gives up meanwhile
        if outside.early and call.caller.answered and not leg.answered:
            await call.bridge.take_out(call.caller.id)  # it heard the far end, which has gone
        if not leg.lost:
            break
    if leg.answered and outside.early:
        await call.answer()
    return leg


async def _make(call: Call, trunk: TrunkConfig, outside: Outside, variables: Mapping[str, str]) -> Leg:
    # By the trunk's address, since Asterisk makes no channel to an endpoint that it believes to be dead.
    name = trunk.hidden_endpoint if leg_identity.hides(variables) else trunk.name
    endpoint = f"PJSIP/{name}/sip:{spelt(outside.number, trunk.number_format)}@{trunk.at}"
    return await add_leg(
        call, endpoint, target=outside.number, line=None, variables=variables, confirms=outside.confirms
    )


class Reaching(Part[Leg]):
    """An outside leg until its far end answers, or it has ended; comes to the leg in either state."""

    def __init__(self, call: Call, leg: Leg, outside: Outside) -> None:
        self._call, self._leg, self._outside = call, leg, outside
        self._ends = in_seconds(outside.seconds)
        self._looks = NEVER
        self._silent = NEVER
        self._listens = NEVER

    @property
    def deadline(self) -> float:  # type: ignore[override]
        """The end of the ring, or the next look."""
        return min(self._ends, self._looks, self._listens)

    async def begin(self) -> Leg | None:
        if self._leg.id in self._call.journal.story.dialled_legs:  # by an earlier process
            self._dialled()
        return self._so_far()

    async def on(self, event: CallEvent | None) -> Leg | None:
        match event:
            case None if self._listens <= min(self._looks, self._ends):
                await self._listen()
            case None if self._looks < self._ends:
                await self._look()
            case None:
                await self.end()
            case ChannelEntered(channel=channel) if channel.id == self._leg.id:
                await self._join_and_dial()
            case ChannelRinging(channel=channel) if channel.id == self._leg.id:
                await self._call.ring()
            case ChannelProgressing(channel=channel) if channel.id == self._leg.id and self._waits:
                await self._call.ring()
            case _:
                pass
        return self._so_far()

    async def end(self) -> None:
        await drop(self._call, [self._leg], HangupCause.NO_ANSWER)

    def _so_far(self) -> Leg | None:
        if self._leg.rang:
            self._looks = NEVER
        if self._listens == NEVER and self._waits and self._leg.id in self._call.journal.story.dialled_legs:
            self._listens = in_seconds(LISTEN_SECONDS)
        return self._leg if self._leg.answered or self._leg.ended else None

    async def _join_and_dial(self) -> None:
        if self._outside.early and not self._call.caller.answered:
            try:
                await self._call.join(self._leg)
            except ChannelGone:
                return  # its ChannelEnded is on the way
        await start_leg(self._call, self._leg, self._outside.seconds)
        if self._leg.alive:
            self._dialled()

    def _dialled(self) -> None:
        emergency = self._outside.emergency
        self._looks = in_seconds(LOOK_SECONDS)
        self._silent = in_seconds(SILENT_SECONDS_OF_EMERGENCY if emergency else SILENT_SECONDS)

    @property
    def _waits(self) -> bool:
        """Whether the caller has been answered already and hears our ringing."""
        call = self._call
        return self._outside.early and call.caller.answered and call.channel not in call.bridge.joined

    async def _listen(self) -> None:
        """Has sound come from the far end? Then it is heard instead of our ringing."""
        self._listens = NEVER  # until ``_so_far``
        if self._waits and self._leg.alive and await is_heard(self._call, self._leg):
            try:
                await self._call.join(self._leg)
            except ChannelGone:
                return  # its ChannelEnded is on the way

    async def _look(self) -> None:
        """What has the far end said so far? Without a word for too long it is given up."""
        now = asyncio.get_running_loop().time()
        self._looks = now + LOOK_SECONDS
        if not self._leg.alive or self._leg.answered or self._leg.rang:
            return
        said = await last_answer(self._call, self._leg)
        if said is not None:
            self._leg.heard = True
            if answers.is_ringing(said) and not self._leg.rang:
                self._leg.rang = True
                await self._call.ring()
        elif now >= self._silent - LOOK_SECONDS / 2:
            await drop(self._call, [self._leg], HangupCause.NO_USER_RESPONSE)


def telling(result: NotReached) -> answers.Telling:
    """What the caller is told of it."""
    return next(answers.TELLING[end] for end, outcome in OUTCOMES.items() if outcome == result)
