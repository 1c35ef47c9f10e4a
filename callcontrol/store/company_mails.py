"""Mails to those who look after a company's telephones. Implements ``ports.CompanyMails``."""

from __future__ import annotations

from datetime import datetime

from callcontrol.alarm import Alarm
from callcontrol.mails.mail import AlarmRaised
from callcontrol.ports.alarms import CompanyMails
from callcontrol.store.mails import MailQueue
from callcontrol.store.pool import Pool


class StoredCompanyMails(CompanyMails):
    """Queues them in the outbox of mails."""

    def __init__(self, pool: Pool) -> None:
        self._queue = MailQueue(pool)

    async def send(self, alarm: Alarm, address: str, language: str, at: datetime) -> None:
        mail = AlarmRaised(account=alarm.line or "", language=language, alarm=alarm.kind, facts=alarm.about)
        await self._queue.queue(mail, [address], at, company=alarm.company)
