"""Who hears of fraud."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from callcontrol.alarm import Alarm


class Alarms(Protocol):
    """What people must hear of: fraud, and what prepares it."""

    def ring(self, alarm: Alarm) -> None:
        """Log, count and mail it. Returns at once, never raises."""
        ...


class CompanyMails(Protocol):
    """Mails to those who look after a company's telephones."""

    async def send(self, alarm: Alarm, address: str, language: str, at: datetime) -> None:
        """Queue a mail about an alarm of a company's, which was at ``at``. Raises StoreDown."""
        ...
