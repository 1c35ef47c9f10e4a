"""What people do and meet in a call, in one word each: an announcement, a mailbox, a message, a talk.

The verbs fail with the phone's SIP trace when something else happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from rig import Phone, Trunk, both_hear
from rig.incoming import IncomingCall
from rig.message import Header
from rig.outgoing import OutgoingCall

OUTSIDE = "outside.example"
MESSAGE_SECONDS = 2.4
"""A message of less than two seconds would be dropped."""


async def outside_call(
    world: Trunk, called: str, caller: str, *, display: str | None = None, headers: Iterable[Header] = ()
) -> OutgoingCall:
    """Somebody outside calls as ``caller`` (digits as their network spells them)."""
    return await world.invite(
        called, from_uri=f"sip:{caller}@{OUTSIDE}", from_display=display, headers=headers
    )


async def register(*phones: Phone) -> None:
    """Let each phone register."""
    await asyncio.gather(*(phone.register() for phone in phones))


async def announced(call: OutgoingCall) -> None:
    """Hear an announcement before any answer, and give up."""
    await call.early_media(within=8)
    await call.hears_speech()
    assert not call.is_answered
    await call.cancel()


async def announced_to_the_end(call: OutgoingCall) -> int | None:
    """Hear an announcement before any answer; the status that ends the call."""
    await call.early_media(within=8)
    await call.hears_speech()
    await call.refused(within=15)
    return call.final_status


async def greeted(call: OutgoingCall, within: float = 8.0) -> None:
    """Be answered by a mailbox, and hang up."""
    await call.answered(within)
    await call.hears_speech()
    await call.hang_up()


async def leave_message(call: OutgoingCall, within: float = 8.0) -> None:
    """Be answered by a mailbox and leave a message in it."""
    await call.answered(within)
    await speak_after_the_tone(call)


async def speak_after_the_tone(call: OutgoingCall | IncomingCall) -> None:
    """Skip the greeting that is being said, leave a message, and hang up."""
    await call.hears_speech()
    await call.send_dtmf("#")  # skips the greeting
    await call.hears(1000)
    await call.hears_silence(within=3)
    await asyncio.sleep(MESSAGE_SECONDS)
    await call.hang_up()


async def becomes(call: OutgoingCall, within: float = 8.0) -> str:
    """What the caller hears first: ``rings`` (180), ``announced`` (early media) or ``answered``."""

    def found() -> str | None:
        if call.is_answered:
            return "answered"
        later = [each for each in call.provisionals if each.status > 100]
        return None if not later else "announced" if later[0].response.is_sdp else "rings"

    return await call.agent.until(found, within, "the caller hears nothing")


async def take(phone: Phone | Trunk, *, to: str | None = None, within: float = 8.0) -> IncomingCall:
    """The next call rings here."""
    ring = await phone.incoming(within, to=to)
    await ring.ring()
    return ring


async def talk(call: OutgoingCall, ring: IncomingCall) -> None:
    """The callee answers and both hear each other."""
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)


async def silent(*phones: Phone | Trunk, for_: float = 0.05) -> None:
    """None of them was called. What would ring them has happened before this is asked."""
    await asyncio.gather(*(phone.no_incoming(for_) for phone in phones))
