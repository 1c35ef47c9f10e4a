"""Who changes a setting, from where and when: what the audit trail keeps (spec §13). Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Where(StrEnum):
    """Where a change was made."""

    PORTAL = "portal"
    PHONE = "phone"
    API = "api"
    PROVISION = "provision"


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """``who`` is the number of the line that was logged in or on the phone, or the name of a command.
    ``at`` is UTC, from the clock."""

    who: str
    where: Where
    at: datetime
