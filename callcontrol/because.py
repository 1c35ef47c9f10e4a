"""Why something was decided: the reason kept with every call, shown by *Montrer la règle*. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Because:
    """Why a step was taken: a documented rule id and its parameters, rendered by ``explain.py``.

    Parameter values are plain strings. A parameter that is a phone number is named ``number``, ``target`` or
    ``line`` so that logs can redact it (spec §13).
    """

    rule: str
    """One of ``explain.RULES``, e.g. ``forward.unconditional``."""
    params: tuple[tuple[str, str], ...] = ()
