"""Alarms that are only noted, and mails to companies that are only kept."""

from __future__ import annotations

from datetime import datetime

from callcontrol.alarm import Alarm
from callcontrol.errors import StoreDown
from callcontrol.ports.alarms import Alarms, CompanyMails


class FakeAlarms(Alarms):
    """What was rung for."""

    def __init__(self) -> None:
        self.rung: list[Alarm] = []

    def ring(self, alarm: Alarm) -> None:
        self.rung.append(alarm)


class FakeCompanyMails(CompanyMails):
    """(address, kind, language) of each mail; ``down``: the database is away."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.down = False

    async def send(self, alarm: Alarm, address: str, language: str, at: datetime) -> None:
        if self.down:
            raise StoreDown("away")
        self.sent.append((address, alarm.kind.value, language))
