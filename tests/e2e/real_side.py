"""The real Asterisk with phones of the rig as a side of the contract; the test itself is the application in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.connection import Connection, Listener
from callcontrol.asterisk.listing import snapshot
from callcontrol.asterisk.phone_system import AsteriskPhoneSystem
from callcontrol.media.prompts import Prompts, shipped_sounds
from callcontrol.telephony import ChannelEntered, Event, HangupCause, Snapshot
from rig import Phone
from rig.incoming import IncomingCall
from rig.outgoing import OutgoingCall
from tests.contract.side import WITHIN, Caller, Heard, Side
from tests.e2e.alone import ALICE, BOB, phone
from tests.fakes.behaviour import Behaviour
from tests.stack import Stack


class RealCaller(Caller):
    """A phone that calls."""

    def __init__(self, channel: str, call: OutgoingCall) -> None:
        self.channel, self._call = channel, call

    async def presses(self, keys: str) -> None:
        await self._call.send_dtmf(keys)

    async def hangs_up(self) -> None:
        await self._call.hang_up()

    async def is_refused(self) -> int:
        return (await self._call.refused(WITHIN)).status


class RealSide(Side, Listener):
    """One running Asterisk. Use ``RealSide.open``; phones are Alice's, who calls, and Bob's, who are called."""

    def __init__(self, stack: Stack, open_things: AsyncExitStack) -> None:
        ari = stack.config.asterisk
        self._client = AriClient(ari.ari_url, ari.ari_user, ari.ari_password, ari.app)
        self._stack, self._open = stack, open_things
        self._prompts = Prompts(shipped_sounds(), None)
        self._entered: asyncio.Queue[str] = asyncio.Queue()
        self.phones = AsteriskPhoneSystem(self._client)
        self.heard = Heard()

    @classmethod
    @asynccontextmanager
    async def open(cls, stack: Stack) -> AsyncIterator[RealSide]:
        """Our application is connected; all phones and the connection are gone afterwards."""
        async with AsyncExitStack() as things:
            side = cls(stack, things)
            await side._connect()
            try:
                yield side
            finally:
                for channel in (await side.snapshot())[0].channels:  # a scenario that failed leaves some
                    await side.phones.hang_up(channel, HangupCause.NORMAL)
                await side._disconnect()
                await side._client.close()

    # --- the events socket ------------------------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        if isinstance(event, ChannelEntered) and event.args[:1] == ("line",):
            self._entered.put_nowait(event.channel.id)
        self.heard.on_event(event)

    async def on_connected(self) -> None: ...

    def on_disconnected(self) -> None: ...

    async def _connect(self) -> None:
        connection = Connection(self._client, self, lambda: None)
        self._task = asyncio.create_task(connection.run(), name="events")
        async with asyncio.timeout(WITHIN):
            await connection.connected.wait()

    async def _disconnect(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    @asynccontextmanager
    async def gap(self) -> AsyncIterator[None]:
        await self._disconnect()
        yield
        await self._connect()

    # --- people -----------------------------------------------------------------------------------------------

    async def caller(self) -> RealCaller:
        alice = await self._open.enter_async_context(phone(self._stack, ALICE))
        call = await alice.invite(BOB)
        async with asyncio.timeout(WITHIN):
            channel = await self._entered.get()
        await self.heard.tells(channel, "entered")
        return RealCaller(channel, call)

    async def far_end(self, does: Behaviour) -> str:
        bob = await self._open.enter_async_context(phone(self._stack, BOB))
        if does.silent:
            bob.ignore()
        else:
            bob.plays(lambda call: behave(call, does))
        return f"PJSIP/{BOB}/{_uri(bob)}"

    # --- questions --------------------------------------------------------------------------------------------

    def media(self, prompt: str) -> str:
        return self._prompts.media(prompt, "fr")

    async def snapshot(self) -> tuple[Snapshot, list[ChannelEntered]]:
        return await snapshot(self._client)

    def accuses(self, *faults: str) -> None: ...

    async def quiet(self) -> None:
        """Until no channel is left, and everything that was told has been heard."""
        async with asyncio.timeout(WITHIN):
            while (await self.snapshot())[0].channels:  # noqa: ASYNC110 - asked over ARI
                await asyncio.sleep(0.02)
        self.heard.nothing_more()


def _uri(bob: Phone) -> str:
    return bob.contact.strip("<>")


async def behave(call: IncomingCall, does: Behaviour) -> None:
    """Do with a call what the behaviour says, at its times."""
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def at(second: float | None) -> bool:
        """Whether it is to be done, once it is time and the call still there."""
        if second is None:
            return False
        await asyncio.sleep(begin + second - loop.time())
        return not call.is_over

    if await at(does.rings):
        await (call.ring() if does.says == 180 else call.progress())
    if does.rejects is not None and await at(does.after):
        await call.reject(does.rejects)
    if does.redirects is not None and await at(does.after):
        await call.redirect(does.redirects)
    if await at(does.answers):
        await call.answer()
        if does.leaves is not None:
            await asyncio.sleep(does.leaves)
            await call.hang_up()
