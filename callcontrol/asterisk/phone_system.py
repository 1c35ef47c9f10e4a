"""``ports.PhoneSystem`` over ARI: the commands of a call, with what experience taught (platform.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.console import Console
from callcontrol.asterisk.devices import contacts_by_id, registered_devices, split_contacts
from callcontrol.asterisk.transfers import tell_progress
from callcontrol.asterisk_conf.contacts import Places, is_own_place
from callcontrol.errors import ChannelGone
from callcontrol.facts import Device
from callcontrol.ports.phone_system import PhoneSystem
from callcontrol.sip_account import dtls_account
from callcontrol.telephony import MOVE_SECONDS, HangupCause, PlaybackMove

RECORDING_FORMAT = "wav16"
"""16 kHz, 16 bit, mono: what the guide asks for and what an HD phone gives."""

SEEKS_PER_MS = 8
"""Asterisk seeks by 8 samples a millisecond, whatever the rate of the file (seen with 22.10.1: 5000 ms moved a 16 kHz
file by 2.5 s). What is moved here, messages, has 16."""


class AsteriskPhoneSystem(PhoneSystem):
    """Commands go out at once and in the order given; nothing is kept here. ``has_dtls``: whether a line has a second
    account, for phones that speak DTLS alone."""

    def __init__(
        self,
        client: AriClient,
        console: Console,
        places: Places,
        has_dtls: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._ari, self._console, self.places, self._has_dtls = client, console, places, has_dtls

    def placed(self, places: Places) -> None:
        """Trunks are elsewhere from now on."""
        self.places = places

    async def answer(self, channel: str) -> None:
        await self._ari.channels.answer(channel)

    async def ring(self, channel: str) -> None:
        await self._ari.channels.ring(channel)

    async def play(
        self, channel: str, playback: str, media: Sequence[str], *, offset_seconds: float = 0.0
    ) -> None:
        offset = _seek_ms(offset_seconds) or None
        await self._ari.channels.play(
            channel, playback, media, offset_ms=offset, skip_ms=_seek_ms(MOVE_SECONDS)
        )

    async def move_playback(self, playback: str, move: PlaybackMove) -> None:
        await self._ari.playbacks.control(playback, move.value)

    async def stop_playback(self, playback: str) -> None:
        await self._ari.playbacks.stop(playback)

    async def record(
        self, channel: str, name: str, *, max_seconds: int, max_silence: int, terminate_on: str, beep: bool
    ) -> None:
        await self._ari.channels.record(
            channel,
            name,
            format=RECORDING_FORMAT,
            maxDurationSeconds=max_seconds,
            maxSilenceSeconds=max_silence,
            terminateOn=terminate_on,
            beep="true" if beep else "false",
            ifExists="overwrite",
        )

    async def stop_recording(self, name: str) -> None:
        await self._ari.recordings.stop(name)

    async def recording_live(self, name: str) -> bool:
        return await self._ari.recordings.live(name)

    async def playback_running(self, playback: str) -> bool:
        return await self._ari.playbacks.running(playback)

    async def create_leg(
        self, leg: str, endpoint: str, *, originator: str | None, variables: Mapping[str, str]
    ) -> None:
        await self._ari.channels.create(leg, endpoint, originator=originator, variables=variables)

    async def dial(self, leg: str, *, timeout: int) -> None:
        await self._ari.channels.dial(leg, timeout=timeout)

    async def last_answer(self, leg: str) -> int | None:
        # Asterisk keeps the status line of each answer under the channel's own name; before the first there is none.
        for name in (await self._ari.channels.get_variable(leg, "HANGUPCAUSE_KEYS()")).split(","):
            if name:
                said = await self._ari.channels.get_variable(leg, f"HANGUPCAUSE({name},tech)")
                found = re.match(r"SIP (\d{3})\b", said)
                return int(found[1]) if found else None
        return None

    async def hang_up(self, channel: str, cause: HangupCause) -> None:
        try:
            await self._ari.channels.hang_up(channel, cause)
        except ChannelGone:
            return  # it left by itself meanwhile: what we wanted

    async def create_bridge(self, bridge: str) -> None:
        await self._ari.bridges.create(bridge)

    async def add_to_bridge(self, bridge: str, channels: Sequence[str]) -> None:
        await self._ari.bridges.add_channel(bridge, channels)

    async def remove_from_bridge(self, bridge: str, channel: str) -> None:
        await self._ari.bridges.remove_channel(bridge, channel)

    async def destroy_bridge(self, bridge: str) -> None:
        await self._ari.bridges.destroy(bridge)

    async def get_variable(self, channel: str, name: str) -> str:
        return await self._ari.channels.get_variable(channel, name)

    async def sends_sound(self, channel: str) -> bool:
        return await self._ari.channels.get_variable(channel, "CHANNEL(rtcp,rxcount)") not in ("", "0")

    async def listen(self, channel: str, ear: str) -> None:
        await self._ari.channels.snoop(channel, ear)

    async def contacts(self, channel: str | None, line: str) -> tuple[Device, ...]:
        registered = await self._registered(channel, line)
        if self._has_dtls(line):
            account = dtls_account(line)
            second = await self._registered(channel, account)
            registered += tuple(replace(device, account=account) for device in second)
        return tuple(device for device in registered if is_own_place(device.contact, self.places))

    async def _registered(self, channel: str | None, account: str) -> tuple[Device, ...]:
        if channel is None:
            return await registered_devices(self._ari, account)
        listed = await self._ari.channels.get_variable(channel, f"PJSIP_DIAL_CONTACTS({account})")
        plain = split_contacts(listed, account)
        if plain is not None:
            return tuple(map(Device, plain))
        return tuple(Device(uri) for _, uri in await contacts_by_id(self._ari, channel, account))

    async def show(self, channel: str, variables: Mapping[str, str]) -> None:
        *before, (last, value) = variables.items()
        for name, each in before:
            await self._ari.channels.set_variable(channel, name, each)
        # Without the option "i" (inhibit) the phone is told of all of them.
        await self._ari.channels.set_variable(channel, last.replace(",i)", ")"), value)

    async def qualify(self, line: str) -> None:
        if re.fullmatch(r"[0-9]+", line):
            await self._console.tell(f"pjsip qualify {line}")
            if self._has_dtls(line):
                await self._console.tell(f"pjsip qualify {dtls_account(line)}")

    async def transfer_progress(self, channel: str, state: str) -> None:
        await tell_progress(self._ari.channels, self._console, channel, state)


def _seek_ms(seconds: float) -> int:
    """What Asterisk must be told to move a 16 kHz file by so much."""
    return round(seconds * 1000 * 16 / SEEKS_PER_MS)
