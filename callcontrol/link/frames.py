"""What goes over the link: frames of limited length, each one JSON document of a tagged dataclass (``journal.codec``).

A new question or command is one dataclass here, its row in ``server.answer_to`` and its method in ``client``.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from callcontrol.errors import CallControlError
from callcontrol.facts import CostlyToday, Device, LineState
from callcontrol.journal.codec import Codec, encode
from callcontrol.live import (
    AlarmCount,
    CallNow,
    CallsChanged,
    CallsNow,
    DevicesChanged,
    LiveEvent,
    MadeCall,
    MadeCallChanged,
    MailboxChanged,
    ReadAnew,
    Refusal,
    SettingsChanged,
    TrunkNow,
)

LARGEST = 256 * 1024
"""Bytes of a frame. The largest real one, the devices of a line, has some hundreds."""
_LENGTH = struct.Struct(">I")


class BadFrame(CallControlError):
    """What came over the link is no frame of this release, or is too long."""


# -- from the web ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DevicesOf:
    """The registered devices of a line? → ``DeviceList``"""

    line: str


@dataclass(frozen=True, slots=True)
class StateOf:
    """The live facts of a line, its devices perhaps as they were told last? → ``LineState``"""

    line: str
    as_told: bool = False


@dataclass(frozen=True, slots=True)
class HowAreCalls:
    """→ ``CallsNow``"""


@dataclass(frozen=True, slots=True)
class ListCalls:
    """The calls under way? → ``CallList``"""


@dataclass(frozen=True, slots=True)
class UntilInForce:
    """Say so when calls obey what was changed. → ``Done``"""

    changed: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SetClock:
    """Tests only: hold the time of every decision, or let it go on from there. → ``Done``"""

    now: datetime
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Make:
    """Call ``first`` (None: the line's own phones), then ``to``, for ``line``. → ``MadeCall``"""

    line: str
    first: str | None
    to: str


@dataclass(frozen=True, slots=True)
class StateOfMade:
    """How far has a call that is made for ``line`` come? → ``MadeCall``"""

    line: str
    call: str


@dataclass(frozen=True, slots=True)
class EndMade:
    """End a call that is made for ``line``. → ``Done``"""

    line: str
    call: str


Question: TypeAlias = (
    DevicesOf | StateOf | HowAreCalls | ListCalls | UntilInForce | SetClock | Make | StateOfMade | EndMade
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question or command. After ``seconds`` nobody waits for the answer any more."""

    id: int
    seconds: float
    question: Question


# -- from the calls ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DeviceList:
    """The registered devices of a line."""

    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class CallList:
    """The calls under way."""

    calls: tuple[CallNow, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """It is."""


class Why(StrEnum):
    """Why there is no answer: the exception that the question met."""

    PHONES_DOWN = "phones_down"
    PHONES_REFUSED = "phones_refused"
    CHANNEL_GONE = "channel_gone"
    NOT_FOUND = "not_found"
    TOO_MANY = "too_many"
    OURS = "ours"
    """A fault of ours; the log of the calls has it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer. ``text`` is for logs; ``status`` Asterisk's own for a refusal."""

    why: Why
    text: str
    status: int = 0


Answer: TypeAlias = DeviceList | CallList | LineState | CallsNow | MadeCall | Done | Failed


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the question of this ``id``."""

    id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Told:
    """Something happened."""

    event: LiveEvent


Frame: TypeAlias = Ask | Reply | Told

_CODEC = Codec(
    Ask, DevicesOf, StateOf, HowAreCalls, ListCalls, UntilInForce, SetClock, Make, StateOfMade, EndMade,
    Reply, DeviceList, Device, CallList, CallNow, LineState, CostlyToday, CallsNow, TrunkNow, Refusal, AlarmCount,
    MadeCall, Done, Failed,
    Told, CallsChanged, MadeCallChanged, MailboxChanged, DevicesChanged, SettingsChanged, ReadAnew,
)  # fmt: skip


def packed(frame: Frame) -> bytes:
    """The bytes of a frame. Raises BadFrame when it is too long."""
    body = json.dumps(encode(frame), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(body) > LARGEST:
        raise BadFrame(f"a frame of {len(body)} bytes")
    return _LENGTH.pack(len(body)) + body


async def read(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None when the other side has closed. Raises BadFrame, and OSError when the wire breaks."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > LARGEST:
            raise BadFrame(f"a frame of {length} bytes is announced")
        body = await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
    try:
        frame: Any = _CODEC.decode(json.loads(body))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from None
    if not isinstance(frame, Ask | Reply | Told):
        raise BadFrame(f"not a frame: {type(frame).__name__}")
    return frame
