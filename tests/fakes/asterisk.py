"""A tiny telephone system in memory that behaves as platform.md says: channels, legs, bridges, and their events.

It is the network and Asterisk together; it outlives the app like the real one. The app reaches it through
``phone_system.FakePhoneSystem``; tests play the far ends through it. Whatever the app does that the real
system would punish (dialling twice, playing on a bridged channel …) is noted in ``faults``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from callcontrol.sip_account import SDES
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelLeft,
    Event,
    HangupRequested,
    KeyPressed,
    Snapshot,
    TransferAsked,
)
from tests.fakes import sip
from tests.fakes.behaviour import NO_SUCH_SOUND, SILENT, UNKNOWN_NUMBER, Behaviour
from tests.fakes.bridges import Bridges
from tests.fakes.channel import FakeChannel
from tests.fakes.far_ends import FarEnds
from tests.fakes.media import Media

ENTER_SECONDS = 0.002
"""Between the making of a leg and its ``StasisStart``."""


class NoSuchTarget(Exception):
    """ARI's 500 "Allocation failed": no such contact or endpoint."""


class FakeAsterisk:
    """``listener`` takes the events of the connected app; without one they are lost, as on a closed socket."""

    def __init__(self) -> None:
        self.listener: Callable[[Event], None] | None = None
        self.channels: dict[str, FakeChannel] = {}
        self.past: dict[str, FakeChannel] = {}
        self.bridges = Bridges(self)
        self.contacts: dict[str, dict[str, Behaviour]] = {}
        """Line to contact URI to what that device does."""
        self.outside: dict[str, Behaviour] = {}
        """Number as dialled through any trunk (or ``number@trunk`` through that one) to what it does."""
        self.qualified: list[str] = []
        """Lines whose devices were asked whether they are there."""
        self.trunks: set[str] = set()
        self.faults: list[str] = []
        self.media = Media(self)
        self.far_ends = FarEnds(self)
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    # --- time and events ----------------------------------------------------------------------------------

    @property
    def time(self) -> float:
        """The loop's clock."""
        return asyncio.get_running_loop().time()

    def emit(self, event: Event) -> None:
        """Tell the connected app, soon and in order."""
        asyncio.get_running_loop().call_soon(self._deliver, event)
        self.changed()

    def _deliver(self, event: Event) -> None:
        if self.listener is not None:
            self.listener(event)

    def changed(self) -> None:
        """Wake whoever waits for a state that is now reached."""
        for waiting in [w for w in self._waiting if w[0]()]:
            self._waiting.remove(waiting)
            if not waiting[1].done():
                waiting[1].set_result(None)

    async def until(self, reached: Callable[[], bool], within: float) -> None:
        """Wait for a state of the telephone system; TimeoutError after ``within`` seconds."""
        if not reached():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((reached, future))
            async with asyncio.timeout(within):
                await future

    def every_channel(self) -> list[FakeChannel]:
        """Those that are there and those that were."""
        return [*self.past.values(), *self.channels.values()]

    def find(self, channel: str) -> FakeChannel:
        """A channel, there or past."""
        return self.channels.get(channel) or self.past[channel]

    # --- a caller comes in, and what it does ----------------------------------------------------------------

    def enter(self, channel: FakeChannel) -> None:
        """A call from a phone or a trunk reaches the app."""
        channel.state, channel.entered = "Ring", True
        self.channels[channel.id] = channel
        self.emit(ChannelEntered(channel.told(), channel.args))

    def press(self, channel: FakeChannel, digit: str) -> None:
        """The far end presses a key (told at its release)."""
        if channel.alive:
            self.emit(KeyPressed(channel.told(), digit))
            self.media.key(channel, digit)

    def refer(self, channel: FakeChannel, target: str | None, to: FakeChannel | None = None) -> None:
        """The far end asks for a transfer (REFER): blind to ``target``, or to its other call ``to``."""
        if channel.alive:
            self.emit(TransferAsked(channel.told(), target, None if to is None else to.id))

    def far_end_leaves(
        self, channel: FakeChannel, cause: int = sip.NORMAL, status: int | None = None
    ) -> None:
        """The far end hangs up, or ends a dial with ``status``."""
        if channel.inbound and channel.answered_at is None and cause == sip.NORMAL:
            cause = sip.CANCELLED_BY_CALLER  # a CANCEL without a Reason
        self.end(channel, cause, status)

    # --- legs -------------------------------------------------------------------------------------------------

    def create(self, leg: str, endpoint: str, variables: Mapping[str, str]) -> None:
        """Make a leg that is not dialled yet. Raises ``NoSuchTarget``."""
        if leg in self.channels or leg in self.past:
            self.faults.append(f"the id {leg} was used twice")
        behaviour = self._behaviour(endpoint)
        if behaviour.gone:
            raise NoSuchTarget(endpoint)
        made = FakeChannel(leg, f"{endpoint}-{leg[-4:]}", endpoint, inbound=False, args=("leg",))
        made.variables, made.behaviour = dict(variables), behaviour
        self.channels[leg] = made
        self.later(made, ENTER_SECONDS, self.leg_enters)
        self.changed()

    def listen(self, to: FakeChannel, ear: str) -> None:
        """A channel that hears ``to`` and is not heard; it is over with it."""
        made = FakeChannel(ear, f"Snoop/{to.id}-{ear[-4:]}", f"Snoop/{to.id}", inbound=False, args=("ear",))
        made.state, made.hears = "Up", to
        self.channels[ear] = made
        self.later(made, ENTER_SECONDS, self.leg_enters)
        self.changed()

    def _behaviour(self, endpoint: str) -> Behaviour:
        kind, _, rest = endpoint.partition("/")
        line, _, contact = rest.partition("/")
        if kind != "PJSIP":
            raise NoSuchTarget(endpoint)
        if contact and line in self.trunks:  # a number at a trunk's address
            number = contact.removeprefix("sip:").partition("@")[0]
            return self.outside.get(f"{number}@{line}") or self.outside.get(number, UNKNOWN_NUMBER)
        if contact and line == SDES:
            of_all = (each[contact] for each in self.contacts.values() if contact in each)
            found = next(of_all, SILENT)
            return NO_SUCH_SOUND if found.takes == "plain" else found
        if contact:
            if line not in self.contacts:
                raise NoSuchTarget(endpoint)
            found = self.contacts[line].get(contact, SILENT)  # an old address: nobody is there any more
            return NO_SUCH_SOUND if found.takes == "encrypted" else found
        raise NoSuchTarget(endpoint)

    def leg_enters(self, leg: FakeChannel) -> None:
        """A leg that was made is ours to command."""
        leg.entered = True
        self.emit(ChannelEntered(leg.told(), leg.args))

    # --- state --------------------------------------------------------------------------------------------------

    def answer(self, channel: FakeChannel) -> None:
        """The channel is up from now on."""
        if channel.state != "Up":
            channel.state, channel.answered_at = "Up", self.time
            self.emit(ChannelAnswered(channel.told()))
            self.bridges.converse()

    def hang_up(self, channel: FakeChannel, cause: int) -> None:
        """The app ends a channel."""
        channel.ended_by_app = True
        status = None
        if channel.inbound and channel.answered_at is None:
            status = sip.STATUS_OF_CAUSE.get(cause, 603)
        self.end(channel, cause, status)

    def end(
        self, channel: FakeChannel, cause: int, status: int | None, meanwhile: Sequence[Event] = ()
    ) -> None:
        """The channel is over, whoever ended it, and so is what belongs to it; ``meanwhile`` is told before."""
        if not channel.alive:
            return
        cancelled = channel.inbound and channel.answered_at is None and not channel.ended_by_app
        # A cause is told of a caller's CANCEL alone: 127, or that of its Reason header (RFC 3326).
        self.emit(HangupRequested(channel.told(), cause if cancelled else None))
        for event in meanwhile:
            self.emit(event)
        for timer in channel.timers:
            timer.cancel()
        self.media.end(channel)
        self.bridges.leave(channel)
        channel.ended_at, channel.cause, channel.sip_status = self.time, cause, status
        if channel.inbound and channel.answered_at is not None:
            channel.sip_status = 200
        self.past[channel.id] = self.channels.pop(channel.id)
        for ear in [c for c in self.channels.values() if c.hears is channel]:
            self.end(ear, sip.NORMAL, None)
        self.bridges.converse()
        if channel.entered:
            self.emit(ChannelLeft(channel.told()))
        self._true_end(channel, cause, status)

    def _true_end(self, channel: FakeChannel, cause: int, status: int | None) -> None:
        """ChannelDestroyed: told of legs, and of a caller in whose name a leg was made."""
        if channel.inbound and not channel.leads:
            return
        if channel.inbound or not channel.dialled:
            self.emit(HangupRequested(channel.told()))
        if channel.inbound:
            status = None if channel.answered_at is not None else sip.told_of_caller(cause)
        elif not channel.dialled:  # Asterisk refuses it itself
            status = sip.STATUS_OF_CAUSE.get(cause, 603)
        elif channel.ended_by_app:
            status = None
        self.emit(ChannelEnded(channel.told(), cause, status))

    def later(self, channel: FakeChannel, seconds: float, what: Callable[[FakeChannel], None]) -> None:
        """Let something happen to a channel in so many seconds, if it is still there."""

        def happen() -> None:
            if channel.alive:
                what(channel)

        channel.timers.append(asyncio.get_running_loop().call_later(seconds, happen))

    # --- faults of the world --------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """What exists now, as the app lists it."""
        channels = {c.id: c.told() for c in self.channels.values()}
        return Snapshot(channels, {b: frozenset(members) for b, members in self.bridges.members.items()})

    def waiting(self) -> list[ChannelEntered]:
        """The arrival of every channel that waits in our application (``asterisk.listing.snapshot``)."""
        return [ChannelEntered(c.told(), c.args) for c in self.channels.values() if c.entered]

    def die(self) -> None:
        """Asterisk is killed: every channel is gone, nobody is told, recordings stay as they are on the disk."""
        self.listener = None
        for channel in list(self.channels.values()):
            self.end(channel, sip.NORMAL, None)
        self.bridges.members.clear()
