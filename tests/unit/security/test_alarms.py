"""The bell: logged and counted at once, mailed once an hour, in the company's language; and what rings it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from callcontrol.alarm import Alarm, AlarmKind, words
from callcontrol.alarms import QUIET, Bell
from callcontrol.call.toll import OutsideCall, Toll
from callcontrol.clock import SystemClock
from callcontrol.config.model import LimitsConfig
from callcontrol.directory.directory import Directory
from callcontrol.errors import StoreDown
from callcontrol.facts import Company
from callcontrol.lifecycle.fraud_watch import FraudWatch
from callcontrol.mails.mail import AlarmRaised, from_json, to_json
from tests.fakes.alarms import FakeAlarms, FakeCompanyMails
from tests.fakes.virtual_time import VIRTUAL_TIME

pytestmark = VIRTUAL_TIME

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)  # 22:30 in Paris
LINE = "0222969569"
GUESSED = Alarm(AlarmKind.SIP_GUESSES, LINE, "demo", (("address", "203.0.113.9"), ("blocked", "yes")))


def directory() -> Directory:
    known = Directory()
    known.put_company(Company("demo", "Démo", support_email="support@example.net"))
    known.put_company(Company("silent", "Sans", language="en"))
    return known


@contextmanager
def running(bell: Bell) -> Iterator[None]:
    task = asyncio.create_task(bell.run())
    yield
    task.cancel()


async def test_an_alarm_is_logged_counted_and_mailed_once_an_hour() -> None:
    mails, clock = FakeCompanyMails(), SystemClock(NOW)
    bell = Bell(directory, mails, clock)
    with running(bell), capture_logs() as told:
        for _ in range(50):
            bell.ring(GUESSED)
        await asyncio.sleep(1)
        assert mails.sent == [("support@example.net", "sip_guesses", "fr")]
        clock.fix(NOW + QUIET)
        bell.ring(GUESSED)
        await asyncio.sleep(1)
    assert len(mails.sent) == 2
    assert bell.counts == {"sip_guesses": 51}
    assert {entry["event"] for entry in told} == {"alarm.sip_guesses"}
    assert told[0]["line"] == "022296••••"


async def test_a_mail_waits_for_the_database_and_keeps_nobody_waiting() -> None:
    mails = FakeCompanyMails()
    mails.down = True
    bell = Bell(directory, mails, SystemClock(NOW))
    with running(bell):
        bell.ring(GUESSED)
        await asyncio.sleep(30)
        mails.down = False
        await asyncio.sleep(5)
    assert len(mails.sent) == 1


@pytest.mark.parametrize("company", ["silent", "gone", None], ids=["no address", "deleted", "nobody's"])
async def test_where_there_is_nobody_to_mail_it_is_told_all_the_same(company: str | None) -> None:
    mails = FakeCompanyMails()
    bell = Bell(directory, mails, SystemClock(NOW))
    with running(bell):
        bell.ring(Alarm(AlarmKind.WRONG_PINS, LINE, company))
        await asyncio.sleep(1)
    assert (mails.sent, bell.counts) == ([], {"wrong_pins": 1})


FACTS = {
    "count": "61", "country": "44", "time": "22:30", "calls": "100", "minutes": "300", "address": "192.0.2.1",
    "blocked": "no",
    "most": "5",
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", AlarmKind)
async def test_every_alarm_has_its_words(kind: AlarmKind, language: str) -> None:
    alarm = Alarm(kind, LINE, "demo", tuple(FACTS.items()))
    subject, text = words(alarm, language)
    assert subject
    assert LINE in text
    assert "{" not in text
    mail = AlarmRaised(account=LINE, language=language, alarm=kind, facts=alarm.about)
    assert from_json(to_json(mail)) == mail


class Known:
    """A history of countries."""

    def __init__(self, *prefixes: str) -> None:
        self.prefixes, self.down, self.asked = prefixes, False, 0

    async def has_called(self, company: str, prefix: str, since: datetime, *, but: str) -> bool:
        self.asked += 1
        if self.down:
            raise StoreDown("away")
        return prefix in self.prefixes


def call(n: int, number: str = "+441632960000", at: datetime = NOW) -> OutsideCall:
    return OutsideCall(f"c{n}", LINE, "demo", number, at)


def watch(known: Known, most: int = 60) -> tuple[FraudWatch, FakeAlarms]:
    alarms = FakeAlarms()
    made = FraudWatch(most, directory, known, alarms)  # type: ignore[arg-type]
    made.toll = Toll(LimitsConfig())
    return made, alarms


@pytest.mark.parametrize(
    ("number", "hours", "countries", "rings"),
    [
        ("+441632960000", 0, (), True),
        ("+441632960000", 7, (), True),
        ("+441632960000", 8, (), False),
        ("+441632960000", -2, (), False),
        ("+441632960000", 0, ("+44",), False),
        ("+33612345678", 0, (), False),
        ("3631", 0, (), False),
    ],
    ids=["half past ten", "half past five", "half past six", "half past eight in the evening",
         "a country that it calls", "the own country", "a short number"],
)  # fmt: skip
async def test_the_first_call_to_a_country_at_night_rings(
    number: str, hours: int, countries: tuple[str, ...], rings: bool
) -> None:
    made, alarms = watch(Known(*countries))
    task = asyncio.create_task(made.run())
    made.note(call(1, number, NOW + timedelta(hours=hours)))
    await asyncio.sleep(1)
    task.cancel()
    assert [alarm.kind for alarm in alarms.rung] == [AlarmKind.FOREIGN_AT_NIGHT] * rings


async def test_more_calls_in_an_hour_than_people_make_ring_and_go_on() -> None:
    made, alarms = watch(Known("+44"), most=3)
    assert made.toll is not None
    for number in range(5):
        made.toll.learn([call(number, "+33612345678", NOW + timedelta(minutes=number))])
        made.note(call(number, "+33612345678", NOW + timedelta(minutes=number)))
    assert [dict(alarm.about)["count"] for alarm in alarms.rung] == ["4", "5"]
    made.note(call(9, "+33612345678", NOW + timedelta(hours=2)))
    assert len(alarms.rung) == 2
