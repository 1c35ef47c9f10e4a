"""The sound of one leg: a UDP socket on a free port, a mouth, an ear, and the shared 20 ms clock (RFC 3550).

Sends to where the other side's session description says, receives from anywhere. No RTCP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from . import g711, sdp
from .bell import Bell
from .ear import Ear
from .mouth import FRAME, Mouth
from .namespace import udp_socket
from .srtp import Srtp
from .ticker import shared_ticker
from .wav import read_wav


class Media(asyncio.DatagramProtocol):
    """One RTP stream in each direction. `open` it, `connect` it when an SDP is known, `close` it."""

    def __init__(self, tone: int | None) -> None:
        self.ear = Ear(asyncio.get_running_loop().time)
        self.mouth = Mouth()
        self.tone = tone
        self.direction: sdp.Direction = "sendrecv"
        self.remote: sdp.Sdp | None = None
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._ticker = shared_ticker()
        self._sent = Bell()
        self.key: str | None = None
        """Our own, where we encrypt."""
        self._sealing: Srtp | None = None
        self._opening: Srtp | None = None
        if tone is not None:
            self.mouth.say_tone(tone)

    @classmethod
    async def open(cls, host: str, tone: int | None, namespace: str | None = None) -> Media:
        """Bind a free port on `host`; nothing is sent before `connect`. `tone` None means silence."""
        loop = asyncio.get_running_loop()
        bound = udp_socket(host, 0, namespace)
        transport, media = await loop.create_datagram_endpoint(lambda: cls(tone), sock=bound)
        media.port = int(transport.get_extra_info("sockname")[1])
        return media

    def connect(self, remote: sdp.Sdp, codec: str, direction: sdp.Direction = "sendrecv") -> None:
        """Speak `codec` to `remote`; `direction` is ours: nothing is sent when it is recvonly or inactive."""
        self.remote = remote
        self.direction = direction
        self.mouth.use_codec(codec)
        encrypted = self.key is not None and remote.key is not None
        self._sealing = Srtp(self.key) if encrypted and self.key else None
        self._opening = Srtp(remote.key) if encrypted and remote.key else None
        if remote.telephone_event is not None:
            self.mouth.event_payload = remote.telephone_event
        if direction in ("sendrecv", "sendonly") and remote.port and not remote.held:
            self.unmute()
        else:
            self.mute()

    @property
    def sealed(self) -> bool:
        """Whether the sound is encrypted, both ways; what is not is not heard then."""
        return self._sealing is not None and self._opening is not None

    def play_tone(self, frequency: int) -> None:
        """Send a continuous tone from now on."""
        self.tone = frequency
        self.mouth.say_tone(frequency)

    def play_silence(self) -> None:
        """Send packets of silence from now on."""
        self.mouth.be_silent()

    def play_file(self, path: Path | str, *, loop: bool = False) -> None:
        """Send a WAV (16-bit mono, 8 or 16 kHz) once, then silence; or again and again."""
        self.mouth.say(read_wav(path), loop=loop)

    def play_echo(self, delay: float = 0.5) -> None:
        """Send back what is heard from now on, ``delay`` seconds late."""
        self.mouth.say_from(self._heard(round(delay * g711.RATE)))

    def _heard(self, lag: int) -> Iterator[bytes]:
        at = self.ear.position
        silence = [0] * FRAME
        while True:
            ready = self.ear.position - at >= FRAME + lag
            samples = self.ear.sound(at, FRAME) if ready else silence
            at += FRAME if ready else 0
            yield self.mouth.encoded(samples if len(samples) == FRAME else silence)

    def mute(self) -> None:
        """Send no packets at all until the next `connect` (re-INVITE) or `unmute`."""
        self._ticker.discard(self)

    def unmute(self) -> None:
        """Send again after `mute`; what is closed sends nothing."""
        if self._transport is not None:
            self._ticker.add(self)

    async def press(self, keys: str, seconds: float, gap: float) -> None:
        """Send keys as telephone events; returns when the last one is out."""
        if self.remote is None:
            raise AssertionError(f"cannot send keys {keys!r}: no session description yet{self.ear.explain()}")
        lasts = self.mouth.press(keys, seconds=seconds, gap=gap)
        try:
            await self._sent.until(lambda: not self.mouth.pressing, lasts + 2.0)
        except TimeoutError:
            raise AssertionError(
                f"keys {keys!r} not sent: the leg is muted or held{self.ear.explain()}"
            ) from None

    def send(self, packet: bytes, to: tuple[str, int]) -> None:
        """Put any packet on the wire."""
        if self._transport is not None:
            self._transport.sendto(packet, to)

    def tick(self) -> None:
        """Send the packet that is due (called by the ticker)."""
        if self._transport is None or self.remote is None:
            return
        pressing = self.mouth.pressing
        packet = self.mouth.next_packet()
        sealed = packet if self._sealing is None else self._sealing.protect(packet)
        self._transport.sendto(sealed, (self.remote.host, self.remote.port))
        if pressing and not self.mouth.pressing:
            self._sent.ring()

    def close(self) -> None:
        """Stop sending and close the socket; what was heard stays."""
        self._ticker.discard(self)
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        plain = data if self._opening is None else self._opening.unprotect(data)
        if plain is not None:
            self.ear.take(plain)

    def error_received(self, exc: Exception) -> None:
        """The other side's socket is gone (ICMP): normal around a hangup, and UDP tells nobody else."""
