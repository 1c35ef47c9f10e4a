"""What waits for its time, on real phones and a clock that the test moves. Reminders (spec §8): set by phone, rung,
spoken, snoozed, once though the app is killed while they ring or is down at their time; mailed by the real mail server
when nobody ever answers. A transfer that finds nobody in 30 seconds (spec §2.6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from callcontrol.history import Direction
from rig import Phone, both_hear
from rig.incoming import IncomingCall
from tests.e2e.inbox import mails_to, text_of
from tests.e2e.office import Office, eventually
from tests.e2e.people import outside_call, register, silent, take, talk
from tests.e2e.prompter import Prompter
from tests.e2e.web import Web, logged_in
from tests.stack import Stack

MORNING = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
"""09:00 in Paris, a Friday."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def timed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A system of its own, whose clock stands until a test moves it."""
    settings = {"dev": {"clock": MORNING.isoformat()}}
    async with Stack.start(tmp_path_factory.mktemp("timed"), company=None, settings=settings) as running:
        opened = await Office.open(running, 10, company="Rappels", prefix="02248", portals=4)
        yield opened
        await opened.close()


async def it_is(web: Web, at: datetime) -> None:
    await web.ask("PUT", "dev/clock", json={"now": at.isoformat()})


async def rings(phone: Phone, words: str) -> IncomingCall:
    ring = await take(phone)
    assert ring.caller.display == words
    return ring


async def test_a_reminder_set_by_phone_rings_speaks_is_snoozed_and_survives_the_app(timed: Office) -> None:
    (bob,) = timed.desks(1)
    async with (
        Prompter.of(timed.stack) as prompter,
        timed.phone(bob) as phone,
        logged_in(timed, bob) as web,
    ):
        await register(phone)
        call = await phone.invite("*310")
        await call.answered()
        await prompter.plays("enter-reminder-time")
        await call.send_dtmf("2561")
        await prompter.plays("time-wrong")
        await prompter.plays("enter-reminder-time")
        await call.send_dtmf("0930")
        await prompter.plays_all("reminder-is-set", "today", "at", "hour-9", "number-30-end")
        await call.send_dtmf("1")
        await prompter.plays("reminder-kept")
        await call.ended(within=10)
        (kept,) = (await web.get("me/reminders"))["items"]
        assert (kept["date"], kept["time"], kept["status"]) == ("2026-11-27", "09:30", "pending")
        await web.patch(f"me/reminders/{kept['id']}", {"description": "Pain"})

        await it_is(web, MORNING + timedelta(minutes=29, seconds=59))
        await silent(phone, for_=1.5)
        await it_is(web, MORNING + timedelta(minutes=30))
        ring = await rings(phone, "Rappel : Pain")
        await ring.answer()
        await prompter.plays("reminder-intro")
        await ring.hears_speech()
        await ring.send_dtmf("2")
        await prompter.plays("reminder-snoozed")
        await ring.ended(within=10)
        await snoozed(web)

        await it_is(web, MORNING + timedelta(minutes=45))
        ring = await rings(phone, "Rappel : Pain")
        await timed.stack.kill_app()
        await timed.stack.start_app()
        await it_is(
            web, MORNING + timedelta(minutes=46)
        )  # the clock of a new process is that of the configuration
        await ring.answer()
        await prompter.plays("reminder-intro")
        await prompter.plays("reminder-is-due")  # without a key
        await ring.hears_speech()
        await ring.hang_up()
        await gone(web)
        await silent(phone, for_=1.0)
    records = await timed.records(bob, 3)
    directions = sorted(record.direction.value for record in records)
    assert directions == ["outgoing", "received", "received"]
    assert {record.rule.rule for record in records if record.direction is Direction.RECEIVED} == {
        "reminder.due"
    }
    await timed.nothing_left()


async def snoozed(web: Web) -> None:
    async def found() -> bool | None:
        (kept,) = (await web.get("me/reminders"))["items"]
        return kept["status"] == "snoozed" or None

    await eventually(found, "the reminder is snoozed")


async def gone(web: Web) -> None:
    """It was given: none waits any more."""

    async def found() -> bool | None:
        items = (await web.get("me/reminders"))["items"]
        return all(each["status"] == "missed" for each in items) or None

    await eventually(found, "the reminder is gone")


async def test_a_reminder_that_is_busy_three_times_is_mailed(timed: Office) -> None:
    (bob,) = timed.desks(1)
    async with timed.phone(bob) as phone, logged_in(timed, bob) as web:
        await register(phone)
        now = MORNING + timedelta(hours=2)
        await it_is(web, now)
        body = {"description": "Médecin", "recurrence": "once", "date": "2026-11-27", "time": "11:30"}
        made = await web.ask("POST", "me/reminders", json=body, status=201)
        for tries in range(3):
            now += timedelta(minutes=30 if tries == 0 else 6)
            await it_is(web, now)
            ring = await rings(phone, "Rappel : Médecin")
            await ring.reject(486)
            await tried(web, made["id"], tries + 1)
        (mail,) = await mails_to(timed, "first@example.net", saying="trois appels")
        assert mail["Subject"] == "Rappel manqué : Médecin"
        assert "27/11/2026 à 11:30" in text_of(mail)
        assert (await web.get(f"me/reminders/{made['id']}"))["status"] == "missed"
        await web.ask("DELETE", f"me/reminders/{made['id']}", status=204)
    await timed.nothing_left()


async def tried(web: Web, reminder: str, times: int) -> None:
    """Until the next try is planned, or there is none any more."""
    before = MORNING + timedelta(hours=2, minutes=30 + 6 * (times - 1))

    async def found() -> bool | None:
        kept = await web.get(f"me/reminders/{reminder}")
        if kept["next_at"] is None:
            return True
        return datetime.fromisoformat(kept["next_at"]) > before or None

    await eventually(found, "what the call came to is known")


async def test_what_came_due_while_the_app_was_down_is_given_after_10_minutes_and_mailed_after_20(
    timed: Office,
) -> None:
    (bob,) = timed.desks(1)
    stack = timed.stack
    async with Prompter.of(stack) as prompter, timed.phone(bob) as phone, logged_in(timed, bob) as web:
        await register(phone)
        await it_is(web, MORNING)
        _, too_late = [
            await web.ask("POST", "me/reminders", json=body, status=201)
            for body in (
                {"description": "Four", "recurrence": "once", "date": "2026-11-27", "time": "09:40"},
                {"description": "Lessive", "recurrence": "once", "date": "2026-11-27", "time": "09:30"},
            )
        ]
        await stack.kill_app()
        stack.wake_up_at(MORNING + timedelta(minutes=50))
        phone.auto_ring()  # it is called before the app counts as healthy, and must say so within 4 s
        await stack.start_app()
        await it_is(web, MORNING + timedelta(minutes=50))  # for the process of the mails, too
        ring = await phone.incoming()
        assert ring.caller.display == "Rappel : Four"
        await ring.answer()
        await prompter.plays("reminder-is-due")
        await ring.hears_speech()
        await ring.hang_up()
        (mail,) = await mails_to(timed, "first@example.net", saying="le service était arrêté")
        assert mail["Subject"] == "Rappel manqué : Lessive"
        assert "27/11/2026 à 09:30" in text_of(mail)
        await gone(web)
        assert (await web.get(f"me/reminders/{too_late['id']}"))["status"] == "missed"
        await silent(phone, for_=1.0)
        await web.ask("DELETE", f"me/reminders/{too_late['id']}", status=204)
    await timed.nothing_left()


# --- a transfer that comes back ---------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["takes it back", "is busy", "is gone"])
async def test_a_transfer_that_finds_nobody_in_30_seconds_comes_back(timed: Office, then: str) -> None:
    alice, bob = timed.desks(2)
    async with (
        Prompter.of(timed.stack) as prompter,
        timed.trunk() as world,
        timed.phone(alice) as a,
        timed.phone(bob) as b,
        logged_in(timed) as web,
    ):
        await register(a, b)
        await it_is(web, MORNING)
        call = await outside_call(world, alice.number, "+33145720045")
        leg = await take(a)
        await talk(call, leg)
        await leg.refer(bob.extension)
        await leg.ended()
        ring = await take(b)
        await it_is(web, MORNING + timedelta(seconds=31))
        if then == "is gone":
            await a.unregister()
        await ring.reject(480)  # it rang, and nobody took it: without the transfer his mailbox would
        if then == "is gone":
            await prompter.plays("vm-greeting-system")
        else:
            back = await take(a)
            assert back.caller.display == "Retour : 0145720045"
            if then == "is busy":
                await back.reject(486)
                await prompter.plays("vm-greeting-system")
            else:
                await back.answer()
                await both_hear(call, back)
        await call.hang_up()
    await timed.nothing_left()
