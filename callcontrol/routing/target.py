"""Targets as routing knows them. What a dialled string means is decided in ``callcontrol.dialled``, below the settings,
because accepting a forward's number asks the same question. Pure; nothing of its own."""

from __future__ import annotations

from callcontrol.dialled import (
    STAR_CODES,
    Code,
    Emergency,
    Inside,
    Outside,
    StarCode,
    Target,
    Unknown,
    UnknownCode,
    resolve,
)

__all__ = [
    "STAR_CODES",
    "Code",
    "Emergency",
    "Inside",
    "Outside",
    "StarCode",
    "Target",
    "Unknown",
    "UnknownCode",
    "resolve",
]
