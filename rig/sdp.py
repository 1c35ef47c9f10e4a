"""Session descriptions of one audio stream: build and parse (RFC 4566, offer/answer RFC 3264). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .srtp import SUITE

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

STATIC = {"PCMU": 0, "PCMA": 8}
NAMES = {number: name for name, number in STATIC.items()}
TELEPHONE_EVENT = 101


class BadSdp(ValueError):
    """The body is no session description with an audio stream that the rig can speak."""


@dataclass(frozen=True, slots=True)
class Sdp:
    """Where the other side wants its audio, in what codecs (best first), and which way it may flow."""

    host: str
    port: int
    codecs: tuple[str, ...]
    direction: Direction = "sendrecv"
    telephone_event: int | None = TELEPHONE_EVENT
    key: str | None = None
    """What stands behind ``inline:`` where the sound is encrypted (SDES, RFC 4568)."""
    profile: str = "RTP/AVP"

    @property
    def held(self) -> bool:
        """The other side will not play what we send (sendonly, inactive or the old 0.0.0.0 hold)."""
        return self.direction in ("sendonly", "inactive") or self.host == "0.0.0.0"


def build(sdp: Sdp, session: int, version: int) -> bytes:
    """The body that offers or answers with `sdp`; `version` grows with every change (RFC 3264 §5)."""
    payloads = [str(STATIC[name]) for name in sdp.codecs]
    maps = [f"a=rtpmap:{STATIC[name]} {name}/8000" for name in sdp.codecs]
    if sdp.telephone_event is not None:
        payloads.append(str(sdp.telephone_event))
        maps += [f"a=rtpmap:{sdp.telephone_event} telephone-event/8000", f"a=fmtp:{sdp.telephone_event} 0-16"]
    lines = [
        "v=0",
        f"o=rig {session} {version} IN IP4 {sdp.host}",
        "s=rig",
        f"c=IN IP4 {sdp.host}",
        "t=0 0",
        f"m=audio {sdp.port} {sdp.profile} {' '.join(payloads)}",
        *([f"a=crypto:1 {SUITE} inline:{sdp.key}"] if sdp.key else []),
        *maps,
        "a=ptime:20",
        f"a={sdp.direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def parse(body: bytes) -> Sdp:
    """The first audio stream of `body`, with the codecs that the rig knows; raises BadSdp."""
    session, audio = _sections(body.decode("utf-8", "replace"))
    if audio is None:
        raise BadSdp("no audio stream")
    fields = audio[0].split()
    if len(fields) < 4 or not fields[1].isdigit():
        raise BadSdp(f"m={audio[0]!r}")
    names = _payload_names(audio)
    offered = [int(number) for number in fields[3:] if number.isdigit()]
    codecs = tuple(names[number] for number in offered if names.get(number) in STATIC)
    events = next((number for number in offered if names.get(number) == "TELEPHONE-EVENT"), None)
    if not codecs:
        raise BadSdp("no codec in common")
    return Sdp(
        _host(audio) or _host(session) or "",
        int(fields[1]),
        codecs,
        _direction(session + audio),
        events,
        _key(audio),
        fields[2],
    )


def answer_codecs(offer: Sdp, ours: tuple[str, ...]) -> tuple[str, ...]:
    """The codec to answer an offer with: the first of theirs that is ours; raises BadSdp if there is none."""
    for name in offer.codecs:
        if name in ours:
            return (name,)
    raise BadSdp(f"none of {offer.codecs} is ours {ours}")


def mirrored(direction: Direction) -> Direction:
    """The direction that answers an offered one (RFC 3264 §6.1)."""
    mirror: dict[Direction, Direction] = {"sendonly": "recvonly", "recvonly": "sendonly"}
    return mirror.get(direction, direction)


def _sections(text: str) -> tuple[list[str], list[str] | None]:
    """Lines of the session, and of the first audio stream (its m= value first) or None."""
    session: list[str] = []
    audio: list[str] | None = None
    current: list[str] | None = session
    for line in text.splitlines():
        if line.startswith("m="):
            current = [] if audio is None and line.startswith("m=audio ") else None
            if current is not None:
                audio = current
                audio.append(line[2:])
        elif current is not None:
            current.append(line)
    return session, audio


def _payload_names(lines: list[str]) -> dict[int, str]:
    names = dict(NAMES)
    for line in lines:
        if line.startswith("a=rtpmap:"):
            number, _, encoding = line[9:].partition(" ")
            if number.isdigit():
                names[int(number)] = encoding.partition("/")[0].strip().upper()
    return names


def _key(lines: list[str]) -> str | None:
    found = (re.match(rf"a=crypto:\d+ {SUITE} inline:([A-Za-z0-9+/=]+)", line) for line in lines)
    return next((each[1] for each in found if each), None)


def _host(lines: list[str]) -> str | None:
    return next((line.split()[-1] for line in lines if line.startswith("c=IN IP4 ")), None)


def _direction(lines: list[str]) -> Direction:
    found: Direction = "sendrecv"
    for line in lines:
        match line.strip():
            case "a=sendonly":
                found = "sendonly"
            case "a=recvonly":
                found = "recvonly"
            case "a=inactive":
                found = "inactive"
            case "a=sendrecv":
                found = "sendrecv"
            case _:
                continue
    return found
