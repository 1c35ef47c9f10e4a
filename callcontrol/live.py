"""What the web asks and is told about live calls: the data of ``ports.CallSide``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TrunkNow:
    """A trunk: ``alive``, ``dead`` (calls go round it) or ``unknown``."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class CallsNow:
    """How the process that holds the calls does at this moment."""

    connected: bool
    """The telephone system is connected and its calls are known."""
    under_way: int
    """Calls that it looks after."""
    counted: int
    """Calls that count for a line or a company."""
    tasks: int
    """Tasks of its event loop; grows only with calls."""
    trunks: tuple[TrunkNow, ...] = ()
    """In the order in which calls try them."""


@dataclass(frozen=True, slots=True)
class CallsChanged:
    """``line`` now holds ``calls`` calls (spec §3 "Five calls")."""

    line: str
    calls: int


@dataclass(frozen=True, slots=True)
class MailboxChanged:
    """A message of the box of ``line`` came, went, or changed."""

    line: str


@dataclass(frozen=True, slots=True)
class ReadAnew:
    """Something may have been missed: what is shown must be asked for again."""


LiveEvent: TypeAlias = CallsChanged | MailboxChanged | ReadAnew
