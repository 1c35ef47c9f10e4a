"""``FakePhoneSystem``: the port to the fake telephone system as one process of the app holds it.

Each command takes a little time there and back, so that events overtake answers as on the wire; answering and
bridging wait for a running playback (platform.md §0 rule 1). A dead process can do nothing any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from callcontrol.errors import ChannelGone, PhoneSystemDown, PhoneSystemRefused
from callcontrol.facts import Device
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.sip_account import dtls_account
from callcontrol.telephony import HangupCause, PlaybackMove
from tests.fakes.asterisk import FakeAsterisk, NoSuchTarget
from tests.fakes.channel import FakeChannel, Recording

ONE_WAY_SECONDS = 0.0005
COMMAND_SECONDS = 5.0
"""As in the real client: a command that is not answered by then is given up."""


class ProcessDied(asyncio.CancelledError):
    """Raised into whatever a dead process still runs: as after ``kill -9``, nothing more happens."""


class FakePhoneSystem(PhoneSystem):
    """``delay`` gives the seconds of each way; ``down`` answers nothing; ``dead``: the process is no more."""

    def __init__(self, asterisk: FakeAsterisk, delay: Callable[[], float] = lambda: ONE_WAY_SECONDS) -> None:
        self._asterisk, self._delay = asterisk, delay
        self.down = False
        self.dead = False
        self.commands: list[str] = []
        """Every command that changes something, in the order in which they arrived."""

    async def _arrive(self, command: str = "") -> None:
        await asyncio.sleep(self._delay())
        if self.dead:
            raise ProcessDied
        if self.down:
            raise PhoneSystemDown(f"{command}: no answer")
        if command:
            self.commands.append(command)

    async def _return(self) -> None:
        await asyncio.sleep(self._delay())
        if self.dead:
            raise ProcessDied

    def _channel(self, channel: str) -> FakeChannel:
        found = self._asterisk.channels.get(channel)
        if found is None:
            raise ChannelGone(channel)
        return found

    async def _free(self, channel: FakeChannel) -> None:
        """Wait, as Asterisk does, until nothing plays on or records the channel."""
        try:
            await self._asterisk.until(lambda: not (channel.alive and channel.busy), COMMAND_SECONDS)
        except TimeoutError as error:
            raise PhoneSystemDown(f"a command on {channel.id} waited for its playback") from error
        if not channel.alive:
            raise ChannelGone(channel.id)

    # --- the caller -----------------------------------------------------------------------------------------

    async def answer(self, channel: str) -> None:
        await self._arrive("answer")
        found = self._channel(channel)
        await self._free(found)
        self._asterisk.answer(found)
        await self._return()

    async def ring(self, channel: str) -> None:
        await self._arrive("ring")
        self._channel(channel).rung = True
        self._asterisk.changed()
        await self._return()

    async def play(
        self, channel: str, playback: str, media: Sequence[str], *, offset_seconds: float = 0.0
    ) -> None:
        await self._arrive("play")
        self._asterisk.media.play(self._channel(channel), playback, media, offset_seconds)
        await self._return()

    async def move_playback(self, playback: str, move: PlaybackMove) -> None:
        await self._arrive(f"move {move}")
        self._asterisk.media.move(playback, move)
        await self._return()

    async def stop_playback(self, playback: str) -> None:
        await self._arrive("stop_playback")
        self._asterisk.media.stop(playback)
        await self._return()

    async def record(
        self, channel: str, name: str, *, max_seconds: int, max_silence: int, terminate_on: str, beep: bool
    ) -> None:
        await self._arrive("record")
        recording = Recording(name, channel, max_seconds, max_silence, terminate_on)
        self._asterisk.media.record(self._channel(channel), recording)
        await self._return()

    async def stop_recording(self, name: str) -> None:
        await self._arrive("stop_recording")
        self._asterisk.media.stop_recording(name)
        await self._return()

    async def recording_live(self, name: str) -> bool:
        await self._arrive()
        live = name in self._asterisk.media.recordings
        await self._return()
        return live

    async def playback_running(self, playback: str) -> bool:
        await self._arrive()
        running = self._asterisk.media.running(playback)
        await self._return()
        return running

    # --- legs -------------------------------------------------------------------------------------------------

    async def create_leg(
        self, leg: str, endpoint: str, *, originator: str | None, variables: Mapping[str, str]
    ) -> None:
        await self._arrive("create")
        if originator in self._asterisk.channels:
            self._asterisk.channels[originator].leads = True
        try:
            self._asterisk.create(leg, endpoint, variables)
        except NoSuchTarget as error:
            raise PhoneSystemRefused("POST /channels/create", 500, "Allocation failed") from error
        await self._return()

    async def dial(self, leg: str, *, timeout: int) -> None:
        await self._arrive("dial")
        found = self._channel(leg)
        if not found.entered:
            self._asterisk.faults.append(f"{found.endpoint} was dialled before it had entered")
            raise ChannelGone(leg)
        if found.dialled:
            self._asterisk.faults.append(f"{found.endpoint} was dialled twice")
            raise ChannelGone(leg)
        self._asterisk.bridges.hide(found)
        self._asterisk.far_ends.dial(found, timeout)
        await self._return()

    async def last_answer(self, leg: str) -> int | None:
        await self._arrive()
        said = self._channel(leg).last_answer
        await self._return()
        return said

    async def hang_up(self, channel: str, cause: HangupCause) -> None:
        await self._arrive("hang_up")
        found = self._asterisk.channels.get(channel)
        if found is not None:
            self._asterisk.hang_up(found, cause)
        await self._return()

    # --- bridges ------------------------------------------------------------------------------------------------

    async def create_bridge(self, bridge: str) -> None:
        await self._arrive("create_bridge")
        self._asterisk.bridges.create(bridge)
        await self._return()

    async def add_to_bridge(self, bridge: str, channels: Sequence[str]) -> None:
        await self._arrive("add_to_bridge")
        if bridge not in self._asterisk.bridges.members:
            raise ChannelGone(channels[-1])
        for channel in channels:
            if channel not in self._asterisk.channels:
                raise ChannelGone(channels[-1])  # ARI does not say which: the client takes the last
        found = [self._channel(channel) for channel in channels]
        for channel_found in found:
            await self._free(channel_found)
        self._asterisk.bridges.join(bridge, found)
        await self._return()

    async def remove_from_bridge(self, bridge: str, channel: str) -> None:
        await self._arrive("remove_from_bridge")
        self._asterisk.bridges.remove(bridge, channel)
        await self._return()

    async def destroy_bridge(self, bridge: str) -> None:
        await self._arrive("destroy_bridge")
        self._asterisk.bridges.destroy(bridge)
        await self._return()

    # --- questions ----------------------------------------------------------------------------------------------

    async def get_variable(self, channel: str, name: str) -> str:
        await self._arrive()
        value = self._channel(channel).variables.get(name, "")
        await self._return()
        return value

    async def sends_sound(self, channel: str) -> bool:
        await self._arrive()
        since, early = self._channel(channel).sounds_after, self._channel(channel).early_sound
        await self._return()
        answered = self._channel(channel).answered_at
        if early:
            return True
        return since is not None and answered is not None and self._asterisk.time >= answered + since

    async def show(self, channel: str, variables: Mapping[str, str]) -> None:
        await self._arrive("show")
        found = self._channel(channel)
        if found.answered_at is None:
            self._asterisk.faults.append(f"{found.endpoint} shows nothing: it was not answered")
        found.displays.append(variables["CONNECTEDLINE(name,i)"] or variables["CONNECTEDLINE(num,i)"])
        await self._return()

    async def qualify(self, line: str) -> None:
        await self._arrive()
        self._asterisk.qualified.append(line)
        await self._return()

    async def listen(self, channel: str, ear: str) -> None:
        await self._arrive("listen")
        self._asterisk.listen(self._channel(channel), ear)
        await self._return()

    async def contacts(self, channel: str | None, line: str) -> tuple[Device, ...]:
        await self._arrive()
        if channel is not None:
            self._channel(channel)
        contacts, second = self._asterisk.contacts, dtls_account(line)
        found = tuple(Device(contact) for contact in contacts.get(line, {}))
        found += tuple(Device(contact, account=second) for contact in contacts.get(second, {}))
        await self._return()
        return found

    async def transfer_progress(self, channel: str, state: str) -> None:
        await self._arrive(f"transfer {state}")
        self._channel(channel).transfer.append(state)
        await self._return()
