"""The message lamp of a line: which of the messages it holds light it, and what is told of them. Pure (spec §5).

What is told has the shape of RFC 3842: ``Voice-Message: new/old (urgent new/urgent old)``, ``Fax-Message: new/old``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from callcontrol.message import MessageKind

VoiceLamp = Literal["all", "urgent", "none"]


@dataclass(frozen=True, slots=True)
class Held:
    """So many messages of a box, alike in all that a lamp looks at; deleted ones are in no box.

    ``lit_from``: they leave the box once they are mailed, and no lamp is lit for them before this moment, when the mail
    will have failed for long enough; None: they count at once.
    """

    kind: MessageKind
    new: bool
    urgent: bool = False
    lit_from: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a line's devices are told. The lamp is lit while anything is new."""

    voice_new: int = 0
    voice_old: int = 0
    urgent_new: int = 0
    urgent_old: int = 0
    fax_new: int = 0
    fax_old: int = 0

    @property
    def new(self) -> int:
        """Of both kinds."""
        return self.voice_new + self.fax_new

    @property
    def old(self) -> int:
        """Of both kinds."""
        return self.voice_old + self.fax_old


DARK = Lamp()


def lamp(held: Iterable[Held], voice: VoiceLamp, fax: bool, now: datetime) -> Lamp:
    """The lamp of a box that holds ``held``, by the line's settings (``mwi_voice``, ``mwi_fax``)."""
    counted = [some for some in held if some.lit_from is None or some.lit_from <= now]

    def count(kind: MessageKind, new: bool, urgent: bool | None = None) -> int:
        return sum(
            some.count
            for some in counted
            if some.kind is kind and some.new is new and urgent in (None, some.urgent)
        )

    only = {"all": None, "urgent": True}
    told = Lamp()
    if voice != "none":
        told = Lamp(
            voice_new=count(MessageKind.VOICE, True, only[voice]),
            voice_old=count(MessageKind.VOICE, False, only[voice]),
            urgent_new=count(MessageKind.VOICE, True, True),
            urgent_old=count(MessageKind.VOICE, False, True),
        )
    if fax:
        faxes = Lamp(fax_new=count(MessageKind.FAX, True), fax_old=count(MessageKind.FAX, False))
        told = Lamp(
            told.voice_new, told.voice_old, told.urgent_new, told.urgent_old, faxes.fax_new, faxes.fax_old
        )
    return told


def lit_next(held: Iterable[Held], now: datetime) -> datetime | None:
    """When the lamp must be looked at again although nothing changes in the box; None: never."""
    return min((some.lit_from for some in held if some.lit_from and some.lit_from > now), default=None)
