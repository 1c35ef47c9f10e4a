"""One leg of a call, from either side: its sound, its dialog, and what a person does during a call.

`OutgoingCall` and `IncomingCall` add how it begins. Requests inside the dialog are answered as a plain phone does
and kept in `received`; what a test wants to see is read there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import dtmf, midcall, sdp
from .dialog import Dialog
from .message import Header, Request, Response
from .rtp import Media
from .srtp import new_key
from .transaction import ServerTransaction
from .transfer import Transfer

if TYPE_CHECKING:
    from .agent import Agent


class Call:
    """A leg. `ended_by` is what ended it: a BYE or CANCEL request, or the final response of a refused call."""

    def __init__(self, agent: Agent, dialog: Dialog) -> None:
        self.agent = agent
        self.dialog = dialog
        self.received: list[Request] = []
        self.transfers: list[Transfer] = []
        self.is_answered = False
        self.is_over = False
        self.ended_by: Request | Response | None = None
        self.direction: sdp.Direction = "sendrecv"
        self.unacknowledged: dict[int, ServerTransaction] = {}
        self.offer_open = False
        self._media: Media | None = None
        self._session = secrets.randbits(31)
        self._profile = "RTP/SAVP" if agent.encrypts else None
        """Of our description, where the sound is encrypted."""
        self._version = 0

    # ---- sound

    async def open_media(self) -> Media:
        """Open the RTP socket, once."""
        if self._media is None:
            tone = midcall.own_tone(self.agent.tone)
            self._media = await Media.open(self.agent.local[0], tone, self.agent.namespace)
            self._media.key = new_key() if self.agent.encrypts else None
            self._media.ear.explain = lambda: f"\n{self.agent.trace}"
            if self.is_over:  # meanwhile
                self._media.close()
        return self._media

    @property
    def media(self) -> Media:
        """The sound of this leg; there is none before the first session description."""
        if self._media is None:
            raise self.agent.failure("this leg has no sound yet")
        return self._media

    @property
    def tone(self) -> int:
        """The frequency that this leg plays, in Hz; unlike any other leg's."""
        if self.media.tone is None:
            raise self.agent.failure("this leg plays no tone")
        return self.media.tone

    @property
    def keys(self) -> str:
        """All keys received so far, by telephone event or INFO."""
        return self.media.ear.keys

    def play_tone(self, frequency: int) -> None:
        """Play a continuous tone instead of what is played now."""
        self.media.play_tone(frequency)

    def play_file(self, path: Path | str, *, loop: bool = False) -> None:
        """Play a WAV (16-bit mono, 8 or 16 kHz) once, then silence; or again and again."""
        self.media.play_file(path, loop=loop)

    def play_silence(self) -> None:
        """Send packets of silence, as a caller who says nothing."""
        self.media.play_silence()

    async def hears(self, frequency: int, within: float = 3.0, since: int | None = None) -> None:
        """Wait for a steady tone (see `Ear.hears`)."""
        await self.media.ear.hears(frequency, within, since)

    async def does_not_hear(self, frequency: int, for_: float = 1.0) -> None:
        """Fail if a tone of that frequency comes within `for_` seconds."""
        await self.media.ear.does_not_hear(frequency, for_)

    async def hears_silence(self, for_: float = 0.5, within: float = 3.0) -> None:
        """Wait for `for_` seconds without sound."""
        await self.media.ear.hears_silence(for_, within)

    async def hears_speech(self, within: float = 3.0, since: int | None = None) -> None:
        """Wait for a voice, music or noise: loud, but no pure tone."""
        await self.media.ear.hears_speech(within, since)

    async def hears_keys(self, keys: str, within: float = 3.0) -> None:
        """Wait until the keys received end with `keys`."""
        await self.media.ear.hears_keys(keys, within)

    def save_wav(self, path: Path | str) -> None:
        """Write the last minute of what this leg heard."""
        self.media.ear.save_wav(path)

    def description(self, codecs: tuple[str, ...], direction: sdp.Direction) -> bytes:
        """Our session description, one version further."""
        self._version += 1
        key = self.media.key if self._profile else None
        profile = self._profile or "RTP/AVP"
        mine = sdp.Sdp(self.agent.local[0], self.media.port, codecs, direction, key=key, profile=profile)
        return sdp.build(mine, self._session, self._version)

    def take_answer(self, body: bytes) -> None:
        """Send our sound to where their answer says."""
        answer = sdp.parse(body)
        self.media.connect(answer, answer.codecs[0], self.direction)

    def answer_offer(self, body: bytes) -> bytes:
        """Take their offer and return our answer; raises BadSdp if nothing in it suits."""
        offer = sdp.parse(body)
        codecs = sdp.answer_codecs(offer, self.agent.codecs)
        self._profile = offer.profile if self.agent.encrypts and offer.key else None
        direction = sdp.mirrored(offer.direction)
        if self.direction == "sendonly" and direction in ("sendrecv", "sendonly"):
            direction = "sendonly"
        self.media.connect(offer, codecs[0], direction)
        return self.description(codecs, direction)

    # ---- what a person does

    async def send_dtmf(
        self,
        keys: str,
        *,
        method: Literal["rfc4733", "info"] = "rfc4733",
        seconds: float = 0.1,
        gap: float = 0.08,
    ) -> None:
        """Press keys, each `seconds` long with `gap` between; returns when the last one is sent."""
        if method == "rfc4733":
            await self.media.press(keys, seconds, gap)
            return
        for key in keys:
            header = [("Content-Type", "application/dtmf-relay")]
            response = await midcall.ask(self, "INFO", headers=header, body=dtmf.info_body(key, seconds))
            if response.status != 200:
                raise self.agent.failure(f"INFO answered with {response.status}")

    async def hold(self) -> None:
        """Put the other side on hold (re-INVITE, sendonly) and stop sending our sound."""
        await self.reinvite("sendonly")
        self.media.mute()

    async def resume(self) -> None:
        """Take the other side back."""
        await self.reinvite("sendrecv")

    async def reinvite(
        self, direction: sdp.Direction | None = None, *, headers: Iterable[Header] = ()
    ) -> Response:
        """Offer the session again; raises AssertionError unless it is accepted."""
        return await midcall.reinvite(self, direction or self.direction, headers)

    async def refer(self, to: str, *, headers: Iterable[Header] = (), within: float = 5.0) -> Transfer:
        """Blind transfer of the other side to a number or URI (REFER); fails unless it is accepted."""
        return await midcall.refer(self, f"<{self.agent.target(to)}>", headers, within)

    async def refer_attended(
        self, other: Call, *, headers: Iterable[Header] = (), within: float = 5.0
    ) -> Transfer:
        """Transfer the other side to the party of `other` (REFER with Replaces)."""
        return await midcall.refer(self, midcall.replacing(other.dialog), headers, within)

    async def hang_up(self, *, headers: Iterable[Header] = (), within: float = 5.0) -> None:
        """End the call; does nothing if it is over."""
        if self.is_over:
            return
        self.is_over = True
        self.media.mute()
        response = await midcall.ask(self, "BYE", headers=headers, within=within)
        self.finish(response)

    # ---- what happens to it

    async def ended(self, within: float = 5.0) -> Request | Response | None:
        """Wait until the call is over; returns what ended it (with its Reason headers)."""
        await self.agent.until(lambda: self.is_over, within, "the call does not end")
        return self.ended_by

    async def receives(self, method: str, within: float = 5.0) -> Request:
        """The latest request of that method inside this call (INVITE, UPDATE, INFO, NOTIFY …)."""

        def found() -> Request | None:
            return next((request for request in reversed(self.received) if request.method == method), None)

        return await self.agent.until(found, within, f"the call gets no {method}")

    def on_request(self, request: Request, transaction: ServerTransaction | None) -> None:
        """A request inside the dialog."""
        if transaction is None:
            midcall.take_ack(self, request)
            return
        self.received.append(request)
        midcall.answer(self, request, transaction)

    def finish(self, ended_by: Request | Response | None) -> None:
        """The call is over: the sound stops, its dialog is forgotten unless a transfer still reports."""
        self.is_over = True
        self.ended_by = ended_by
        if not any(transfer.is_open for transfer in self.transfers):
            self.agent.owners.pop(self.dialog.key, None)
        self.release()
        if self in self.agent.calls:
            self.agent.calls.remove(self)
        self.agent.bell.ring()

    def release(self) -> None:
        """Close the sound; what was heard stays."""
        if self._media is not None:
            self._media.close()

    async def leave(self) -> None:
        """Goodbye when the phone goes: never fails, waits a second at most."""
        try:
            await self.hang_up(within=1.0)
        except AssertionError as error:
            self.agent.trace.note(f"no goodbye: {str(error).splitlines()[0]}")
