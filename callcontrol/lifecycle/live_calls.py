"""Every call under way: made when a channel enters, adopted after a restart, always recorded and tidied up.

The one place where ``CallerHungUp`` is caught. On shutdown (``CancelledError``) nothing is touched in
Asterisk: the calls go on and the next process adopts them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog

from callcontrol import ids, numbers
from callcontrol.call.call import Call
from callcontrol.call.interrupts import EndAsked
from callcontrol.call.party import Party
from callcontrol.call.services import CallServices
from callcontrol.call.switchboard import Switchboard
from callcontrol.errors import NO_ROOM, CallerHungUp, PhoneSystemDown
from callcontrol.facts import Caller, Line, Presentation
from callcontrol.ivr import drafts
from callcontrol.journal import entries
from callcontrol.journal.files import Journal
from callcontrol.journal.outbox import Outbox
from callcontrol.journal.story import Story
from callcontrol.lifecycle import adoption, closing, dispatch, entrance
from callcontrol.lifecycle.resync import missed_events
from callcontrol.mailbox import take_message
from callcontrol.media.prompts import DEFAULT_LANGUAGE
from callcontrol.routes import OurOwn
from callcontrol.sip import arrival as arrivals
from callcontrol.sip.arrival import Origin
from callcontrol.telephony import ChannelEntered, HangupCause, Snapshot

log = structlog.get_logger()

ROOM_SECONDS = 1.0
"""Between two tries to bring a message to its place on a full disk."""


class LiveCalls:
    """The calls of this process. ``services`` is what they use, ``outbox`` takes their records; ``told`` is called with
    a call after each entry of its story."""

    def __init__(
        self,
        services: CallServices,
        switchboard: Switchboard,
        journal: Journal,
        outbox: Outbox,
        told: Callable[[Call], object] = id,
    ) -> None:
        self._services, self._switchboard = services, switchboard
        self._journal, self._outbox, self._told = journal, outbox, told
        self.calls = services.calls
        services.others.by = self
        self._tasks: dict[str, asyncio.Task[None]] = {}
        for origin in Origin:
            switchboard.route(origin, self.enter)
        for made_by_us in ("leg", "ear"):
            switchboard.route(made_by_us, self._enters_unowned)

    @property
    def journals_behind(self) -> int:
        """How many journals lack what a full disk refused."""
        return self._journal.behind

    # --- a call begins ----------------------------------------------------------------------------------

    def enter(self, event: ChannelEntered) -> None:
        """A channel came in from a line or a trunk."""
        channel = event.channel.id
        arrival = arrivals.read(event.args)  # its first word brought it here, so it can be read
        caller = entrance.caller_of(arrival, self._services)
        if caller is None:  # its line was deleted a moment ago
            self._spawn(self.hang_up_stranger(channel, HangupCause.REJECTED), f"stranger-{channel}")
            return
        call = self._new_call(Party(id=channel, phones=self._services.phones))
        dialled, by = entrance.dialled_by(arrival, self._services), entrance.route_of(arrival)
        diversions = entrance.diversions_of(arrival, self._services)
        now = self._services.clock.now()
        call.tell(
            entries.Entered(now, call.id, channel, caller, dialled, diversions, by, arrival.max_forwards)
        )
        log.info("call.entered", call=call.id, origin=arrival.origin, dialled=numbers.redact(dialled))
        self._take(call)

    def _enters_unowned(self, event: ChannelEntered) -> None:
        """The last command of a process that died, carried out when its channels had been listed already."""
        channel = event.channel.id
        self._spawn(self.hang_up_stranger(channel, HangupCause.NORMAL), f"stranger-{channel}")

    def make(self, route: OurOwn, line: Line, call_id: str | None = None) -> str:
        """Begin a call of our own, for ``line``; its id, given or new. Its first party is called, and is its caller
        then."""
        call = self._new_call(None, call_id)
        number = numbers.canonical(line.number, self._services.directory.company(line.company).country)
        caller = Caller(
            Presentation.SHOWN, number, line.name, line.number, line.company, extension=line.extension
        )
        now = self._services.clock.now()
        call.tell(entries.Entered(now, call.id, "", caller, route.to, by=route))
        log.info("call.made", call=call.id, line=numbers.redact(line.number))
        self._take(call)
        return call.id

    def end(self, call: str) -> bool:
        """End a call under way; False when there is none of that id."""
        found = self.calls.get(call)
        if found is not None:
            found.inbox.put(EndAsked())
        return found is not None

    def knows(self, call: str) -> bool:
        """Whether a call is under way, or over but not in the database yet."""
        return call in self.calls or call in self._outbox.calls or self._journal.has(call)

    def stories(self) -> list[Story]:
        """Of every call under way, and of those that are over but not in the database yet."""
        under_way = [call.journal.story for call in self.calls.values()]
        return under_way + [journal.story for journal in self._outbox.calls.values()]

    def _new_call(self, caller: Party | None, call_id: str | None = None) -> Call:
        call_id, services = call_id or ids.uuid7(), self._services
        return Call(
            call_id, services.phones, self._switchboard, self._journal.begin(call_id), services.clock,
            services.occupancy, services.offers, caller,
        )  # fmt: skip

    def _take(self, call: Call) -> None:
        self.calls[call.id] = call
        call.told = partial(self._told, call)
        call.book()
        if call.first is not None and not call.given_away:
            self._switchboard.connect(call.channel, call.inbox, call.tell_over)
        for leg in call.legs.values():
            if leg is not call.first:
                self._switchboard.connect(leg.id, call.inbox)
        self._spawn(self._live(call), call.id)

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(coroutine, name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def hang_up_stranger(self, channel: str, cause: HangupCause) -> None:
        """End a channel that belongs to no call."""
        await self._services.phones.hang_up(channel, cause)

    # --- a call lives and ends ----------------------------------------------------------------------------

    async def _live(self, call: Call) -> None:
        """One call from where its story stands to its end, whatever happens."""
        try:
            await dispatch.carry(call, self._services)
        except CallerHungUp:
            log.info("call.caller_hung_up", call=call.id)
        except PhoneSystemDown as error:
            log.warning("call.phone_system_down", call=call.id, error=str(error))
        except asyncio.CancelledError:
            call.journal.close()
            raise
        except Exception:
            log.exception("call.failed", call=call.id)
            await closing.apologise(call, self._services, DEFAULT_LANGUAGE)
        await self._end(call)

    async def _end(self, call: Call) -> None:
        """Whatever fails here: what is left is tidied up, the call is over, and its record on its way."""
        call.tell_over()  # first: whoever was in it may call, or be called, at once
        waits = False
        try:
            await self._deliver(call)
            await drafts.tidy_up(call, self._services)
        except Exception as error:
            waits = isinstance(error, OSError) and error.errno in NO_ROOM
            log.exception("call.message_not_delivered", call=call.id, waits=waits)
        try:
            left = await closing.close(call, await closing.told_why(call, self._services))
            if left or call.bridges:
                self._spawn(
                    closing.close_later(self._services.phones, left, call.bridges), f"close-{call.id}"
                )
        except Exception:
            log.exception("call.not_closed", call=call.id)
        if waits:
            await self._delivered_when_there_is_room(call)
        call.tell(entries.Ended(self._services.clock.now()))
        self.calls.pop(call.id, None)
        self._outbox.submit(call.journal)
        log.info("call.ended", call=call.id)

    async def _deliver(self, call: Call) -> None:
        """A recording whose flow is gone (its app died, it failed, or its caller hung up) becomes a message."""
        if (unfinished := call.journal.story.recording) is not None:
            await take_message.deliver(call, self._services, unfinished)

    async def _delivered_when_there_is_room(self, call: Call) -> None:
        """A full disk takes not even the message's place: its file is where it was recorded, and is not given up."""
        while True:
            await asyncio.sleep(ROOM_SECONDS)
            try:
                await self._deliver(call)
            except OSError as error:
                if error.errno not in NO_ROOM:
                    log.exception("call.message_not_delivered", call=call.id)
                    return
            else:
                return

    # --- after a gap -----------------------------------------------------------------------------------------

    async def resync(self, now: Snapshot) -> frozenset[str]:
        """Make good what was missed: by calls of this process, and by those that an earlier one left.

        Gives the channels of ``now`` that belong to calls, also to those that are over by the end of this.
        """
        # Before the first await: the calls of this process go on meanwhile, and ``now`` grows old.
        for call in self.calls.values():
            for event in missed_events(call, now):
                call.inbox.put(event)
        own = [
            (party, party.playing, party.recording) for call in self.calls.values() for party in call.parties
        ]
        inboxes = {party.id: call.inbox for call in self.calls.values() for party in call.parties}
        owned = {channel for call in self.calls.values() for channel in call.channels}
        known = self.calls.keys() | self._outbox.calls.keys()  # these may end while the files are read
        left_behind = await adoption.left_behind(self._journal, known)
        adoption.find_given_away(left_behind, self._services.clock)
        for journal in left_behind:
            if journal.story.ended_at is not None:
                self._outbox.submit(journal)
                continue
            adopted = await adoption.adopted_or_rejected(journal, now, self._services, self._switchboard)
            if adopted is None:
                continue
            for event in missed_events(adopted, now):
                adopted.inbox.put(event)
            owned |= adopted.channels
            self._take(adopted)
        for party, playing, recording in own:
            for end in await adoption.missed_ends(party, playing, recording):
                inboxes[party.id].put(end)
        await self._sweep(now)
        return frozenset(owned)

    async def _sweep(self, now: Snapshot) -> None:
        """Bridges of ours that no call owns any more."""
        owned = {bridge for call in self.calls.values() for bridge in call.bridges}
        for bridge in now.bridges:
            if bridge.endswith("-bridge") and bridge not in owned:
                await self._services.phones.destroy_bridge(bridge)

    # --- shutdown ------------------------------------------------------------------------------------------

    async def step_down(self) -> None:
        """Stop looking after the calls; they go on in Asterisk, their journals stay."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
