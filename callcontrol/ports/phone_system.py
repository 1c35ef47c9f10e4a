"""The telephone system: what flows may command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from callcontrol.facts import Device
from callcontrol.telephony import HangupCause, PlaybackMove


class PhoneSystem(Protocol):
    """The commands of the telephone system, in the vocabulary of ARI.

    Ids of everything made here are chosen by the caller. Each raises ``ChannelGone`` when its channel no
    longer exists, ``PhoneSystemRefused`` when it is refused, ``PhoneSystemDown`` when there is no answer.
    """

    async def answer(self, channel: str) -> None: ...
    async def ring(self, channel: str) -> None:
        """Indicate ringing to an unanswered caller (180)."""
        ...

    async def play(
        self, channel: str, playback: str, media: Sequence[str], *, offset_seconds: float = 0.0
    ) -> None:
        """Start to play; ``PlaybackFinished`` follows. Before the answer it is early media (183).

        ``offset_seconds`` of the first of ``media`` are left out.
        """
        ...

    async def move_playback(self, playback: str, move: PlaybackMove) -> None:
        """Go back or on by ``MOVE_SECONDS``, pause, or go on. One that is over is no error."""
        ...

    async def stop_playback(self, playback: str) -> None:
        """Stop it if it still runs; a playback that is over already is no error."""
        ...

    async def record(
        self, channel: str, name: str, *, max_seconds: int, max_silence: int, terminate_on: str, beep: bool
    ) -> None:
        """Record a channel into ``<recordings>/<name>.wav``; ``RecordingFinished`` follows."""
        ...

    async def stop_recording(self, name: str) -> None: ...
    async def recording_live(self, name: str) -> bool:
        """Whether it is still being recorded (asked only after a gap in the events)."""
        ...

    async def playback_running(self, playback: str) -> bool:
        """Whether it still runs (asked only after a gap in the events)."""
        ...

    async def create_leg(
        self, leg: str, endpoint: str, *, originator: str | None, variables: Mapping[str, str]
    ) -> None:
        """Create a channel to ``endpoint`` that is not dialled yet (design.md §2: create + dial)."""
        ...

    async def dial(self, leg: str, *, timeout: int) -> None:
        """Dial a created leg. Without naming the caller, whose identity would replace the one we chose."""
        ...

    async def last_answer(self, leg: str) -> int | None:
        """The SIP status of the last answer to a dialled leg, 100 Trying included; None: not a word so far."""
        ...

    async def hang_up(self, channel: str, cause: HangupCause) -> None:
        """End a channel; one that is gone already is no error."""
        ...

    async def create_bridge(self, bridge: str) -> None: ...
    async def add_to_bridge(self, bridge: str, channels: Sequence[str]) -> None: ...
    async def remove_from_bridge(self, bridge: str, channel: str) -> None:
        """Take a channel out; returns when it has left. One that is not there any more is no error."""
        ...

    async def destroy_bridge(self, bridge: str) -> None: ...
    async def get_variable(self, channel: str, name: str) -> str: ...
    async def contacts(self, channel: str | None, line: str) -> tuple[Device, ...]:
        """The reachable contacts of a line now, asked through any live channel; None: there is none yet."""
        ...

    async def show(self, channel: str, variables: Mapping[str, str]) -> None:
        """Tell an answered phone of ours whom it talks with now (``leg_identity.to_display``)."""
        ...

    async def qualify(self, line: str) -> None:
        """Ask the devices of a line now whether they are still there; returns before they answer. Never raises: it is
        asked beside a call, which must not suffer."""
        ...

    async def sends_sound(self, channel: str) -> bool:
        """Whether sound has come from a channel yet."""
        ...

    async def listen(self, channel: str, ear: str) -> None:
        """Make the channel ``ear``, which hears what ``channel`` says and is never heard. It enters like a leg."""
        ...

    async def transfer_progress(self, channel: str, state: str) -> None:
        """Tell a transferring phone how its REFER goes (``channel_progress`` or ``channel_answered`` …)."""
        ...
