"""What a contract scenario holds in its hands: a telephone system, a caller in it, and far ends. Fake or real.

A scenario gives commands through ``ports.PhoneSystem`` and says what each channel tells, in which order. Order is
asserted within a channel: that is what the product may rely on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol

import pytest

from callcontrol import ids
from callcontrol.errors import ChannelGone
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.telephony import (
    ChannelAnswered,
    ChannelEnded,
    ChannelEntered,
    ChannelLeft,
    ChannelProgressing,
    ChannelRinging,
    DialRedirected,
    Event,
    HangupCause,
    HangupRequested,
    KeyPressed,
    PlaybackEnded,
    RecordingEnded,
    Snapshot,
)
from tests.fakes.behaviour import Behaviour

WITHIN = 8.0
"""Seconds in which what is asserted must have happened, on a busy machine."""

LONG, SHORT = "vm-greeting-system", "beep"
"""Prompts: one lasts some seconds, one less than half of one."""
RECORDING: dict[str, Any] = {"max_seconds": 30, "max_silence": 0, "terminate_on": "#", "beep": False}
SPEAKS_SECONDS = 0.5
"""So long something is played or recorded before the next thing happens."""
ENDING = ("leaving", "left")
"""Every channel's last words in our application, whoever ends it. (Its cause and status there are often none, or no
cause at all: nobody may rely on them.) A leg's ``ended`` follows, with the cause and the far end's status."""


class Caller(Protocol):
    """Somebody who calls. ``channel`` is the id of its channel."""

    channel: str
    leads: bool = False
    """A leg was made in its name."""

    async def presses(self, keys: str) -> None:
        """Press keys, one after the other."""
        ...

    async def hangs_up(self) -> None:
        """Leave: give up before the answer, say goodbye after it."""
        ...

    async def is_refused(self) -> int:
        """The SIP status with which the call is refused."""
        ...


class Side(Protocol):
    """A telephone system with our application in it."""

    phones: PhoneSystem
    heard: Heard

    async def caller(self) -> Caller:
        """Somebody calls us; its channel has entered."""
        ...

    async def far_end(self, does: Behaviour) -> str:
        """The endpoint of one more device that behaves so."""
        ...

    def media(self, prompt: str) -> str:
        """A prompt as media."""
        ...

    def gap(self) -> AbstractAsyncContextManager[None]:
        """Our events are lost inside."""
        ...

    async def snapshot(self) -> tuple[Snapshot, list[ChannelEntered]]:
        """What exists now, and what waits in our application."""
        ...

    def accuses(self, *faults: str) -> None:
        """The fake has noted just these commands that Asterisk would punish (the ends of its sentences); the real
        one punishes and notes nothing."""
        ...


Scenario = Callable[[Side], Awaitable[None]]


class Heard:
    """What each channel told, as words in order."""

    def __init__(self) -> None:
        self.told: dict[str, list[str]] = defaultdict(list)
        self._expected: dict[str, list[str]] = defaultdict(list)
        self._more = asyncio.Event()

    def on_event(self, event: Event) -> None:
        """One more event. Asterisk tells a redirect up to three times, in no sure place: it counts once."""
        channel, word = _word(event)
        if channel is not None and not (isinstance(event, DialRedirected) and word in self.told[channel]):
            self.told[channel].append(word)
            self._more.set()

    async def tells(self, channel: str, *words: str) -> None:
        """Until ``channel`` has told this after what was asserted of it before; AssertionError otherwise."""
        expected = self._expected[channel]
        expected += words
        await self._until_told(channel, len(expected))
        assert self.told[channel][: len(expected)] == expected, f"{channel} told {self.told[channel]}"

    async def tells_in_any_order(self, channel: str, *words: str) -> None:
        """The same where Asterisk itself has no order."""
        before = len(self._expected[channel])
        await self._until_told(channel, before + len(words))
        told = self.told[channel][before : before + len(words)]
        assert sorted(told) == sorted(words), f"{channel} told {self.told[channel]}"
        self._expected[channel] += told

    async def _until_told(self, channel: str, count: int) -> None:
        """Until it has told so many words, or too long has passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                while len(self.told[channel]) < count:
                    self._more.clear()
                    await self._more.wait()

    def nothing_more(self) -> None:
        """Every channel has told what was asserted, and no word more."""
        assert self.told == self._expected


def _word(event: Event) -> tuple[str | None, str]:
    match event:
        case ChannelEntered(channel=channel):
            return channel.id, "entered"
        case ChannelRinging(channel=channel):
            return channel.id, "ringing"
        case ChannelProgressing(channel=channel):
            return channel.id, "progressing"
        case ChannelAnswered(channel=channel):
            return channel.id, "answered"
        case DialRedirected(channel=channel, target=target):
            return channel.id, f"redirected to {target}"
        case HangupRequested(channel=channel):
            return channel.id, "leaving"
        case ChannelLeft(channel=channel):
            return channel.id, "left"
        case ChannelEnded(channel=channel, cause=cause, sip_status=status):
            return channel.id, f"ended {int(cause)} {status}"
        case KeyPressed(channel=channel, digit=digit):
            return channel.id, f"key {digit}"
        case PlaybackEnded(playback=playback, channel=owner, failed=failed):
            return owner, f"{playback.rpartition('-')[2]} {'failed' if failed else 'over'}"
        case RecordingEnded(channel=owner, failed=failed):
            return owner, f"recording {'failed' if failed else 'done'}"
        case _:
            return None, ""


async def gives_up(side: Side, caller: Caller) -> None:
    """The caller, who was not answered, leaves."""
    await caller.hangs_up()
    await side.heard.tells(caller.channel, *ENDING, *last_words(caller, "ended 127 487"))


async def says_goodbye(side: Side, caller: Caller) -> None:
    """The caller, who was answered, leaves."""
    await caller.hangs_up()
    await side.heard.tells(caller.channel, *ENDING, *last_words(caller, "ended 16 None"))


def last_words(caller: Caller, ended: str) -> tuple[str, ...]:
    """The true end of a caller's channel is told only if a leg was made in its name (as its originator)."""
    return ("leaving", ended) if caller.leads else ()


async def is_ended(side: Side, leg: str, cause: HangupCause = HangupCause.NORMAL) -> None:
    """We end a leg that was dialled."""
    await side.phones.hang_up(leg, cause)
    await side.heard.tells(leg, *ENDING, f"ended {int(cause)} None")


async def is_ended_undialled(side: Side, leg: str) -> None:
    """We end a leg that was never dialled: Asterisk itself refuses it then."""
    await side.phones.hang_up(leg, HangupCause.NORMAL)
    await side.heard.tells(leg, *ENDING, "leaving", "ended 16 603")


async def leg_to(side: Side, caller: Caller, does: Behaviour) -> str:
    """Make a leg to a device that behaves so; it has entered."""
    endpoint = await side.far_end(does)
    leg = f"{ids.uuid7()}-leg1"
    await side.phones.create_leg(leg, endpoint, originator=caller.channel, variables={})
    caller.leads = True
    await side.heard.tells(leg, "entered")
    return leg


async def dialled(side: Side, caller: Caller, *, timeout: int = 20, **does: object) -> str:
    """Make a leg to a device that behaves so, and dial it."""
    leg = await leg_to(side, caller, Behaviour(**does))  # type: ignore[arg-type]
    await side.phones.dial(leg, timeout=timeout)
    return leg


@asynccontextmanager
async def gone(channel: str) -> AsyncIterator[None]:
    """The command inside says that this channel is gone."""
    with pytest.raises(ChannelGone) as error:
        yield
    assert error.value.channel == channel
