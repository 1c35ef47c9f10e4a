"""The fake telephone system as a side of the contract."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcontrol.telephony import ChannelEntered, Snapshot
from tests.contract.side import WITHIN, Caller, Heard, Side
from tests.fakes.asterisk import FakeAsterisk
from tests.fakes.behaviour import Behaviour
from tests.fakes.channel import FakeChannel
from tests.fakes.media import PROMPT_SECONDS
from tests.fakes.phone_system import FakePhoneSystem

LINE = "0222969501"
KEY_SECONDS = 0.18


class FakeCaller(Caller):
    """A channel that entered."""

    def __init__(self, asterisk: FakeAsterisk, channel: FakeChannel) -> None:
        self._asterisk, self._channel = asterisk, channel
        self.channel = channel.id

    async def presses(self, keys: str) -> None:
        for key in keys:
            self._asterisk.press(self._channel, key)

    async def hangs_up(self) -> None:
        self._asterisk.far_end_leaves(self._channel)

    async def is_refused(self) -> int:
        await self._asterisk.until(lambda: not self._channel.alive, WITHIN)
        assert self._channel.sip_status is not None
        return self._channel.sip_status


class FakeSide(Side):
    """One fake, with one line of many devices."""

    def __init__(self) -> None:
        self.asterisk = FakeAsterisk()
        self.asterisk.media.lasts = {"beep": 0.3, "vm-greeting-system": 2 * PROMPT_SECONDS}
        self.phones = FakePhoneSystem(self.asterisk)
        self.heard = Heard()
        self.asterisk.listener = self.heard.on_event
        self._numbers = itertools.count(1)

    async def caller(self) -> FakeCaller:
        number = next(self._numbers)
        channel = FakeChannel(
            f"channel-{number}", f"PJSIP/{LINE}-{number:08x}", f"PJSIP/{LINE}", inbound=True
        )
        channel.args = ("line",)
        self.asterisk.enter(channel)
        await self.heard.tells(channel.id, "entered")
        return FakeCaller(self.asterisk, channel)

    async def far_end(self, does: Behaviour) -> str:
        contact = f"sip:{LINE}@192.0.2.{next(self._numbers)}:5060"
        self.asterisk.contacts.setdefault(LINE, {})[contact] = does
        return f"PJSIP/{LINE}/{contact}"

    def media(self, prompt: str) -> str:
        return f"sound:{prompt}"

    @asynccontextmanager
    async def gap(self) -> AsyncIterator[None]:
        self.asterisk.listener = None
        yield
        self.asterisk.listener = self.heard.on_event

    async def snapshot(self) -> tuple[Snapshot, list[ChannelEntered]]:
        return self.asterisk.snapshot(), self.asterisk.waiting()

    def accuses(self, *faults: str) -> None:
        noted, self.asterisk.faults[:] = list(self.asterisk.faults), []
        assert len(noted) == len(faults), noted
        assert all(fault.endswith(end) for fault, end in zip(noted, faults, strict=True)), noted
