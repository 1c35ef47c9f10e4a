"""Scenarios of calls that give a reminder, for the deaths after every journal entry (``test_calls_readopted``). Keys
are pressed again: one is lost while no app looks."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from callcontrol.reminders import course
from callcontrol.reminders.reminder import Recurrence, Reminder, Rule, Standing, Status
from tests.fakes.actors import Caller
from tests.fakes.clock import MORNING
from tests.fakes.world import World


def due(line: str = "0222969569", *, regular: bool = False, **more: str) -> Reminder:
    """A reminder that is due now."""
    local = MORNING.astimezone(ZoneInfo("Europe/Paris"))
    day = None if regular else local.date()
    rule = Rule(Recurrence.DAILY if regular else Recurrence.ONCE, local.time(), day)
    standing = Standing(Status.PENDING, MORNING, MORNING, MORNING + course.LATEST + timedelta(hours=1))
    return Reminder("r1", line, rule, standing, "Pain", **more)


async def a_reminder_that_is_listened_to(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3)
    world.line("4002").device(rings=0.2)
    return world.reminder_call(world.line("4002"), due())


async def a_reminder_that_is_snoozed(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3, presses=((4, "2"), (7, "2"), (10, "2")))
    return world.reminder_call(world.line("4002"), due())


async def a_reminder_that_nobody_answers(world: World) -> Caller:
    world.line("4002").device(rings=0.2)
    return world.reminder_call(world.line("4002"), due())


async def a_reminder_at_a_busy_phone(world: World) -> Caller:
    world.line("4002").device(rings=0.2, rejects=486, after=2)
    return world.reminder_call(world.line("4002"), due())


async def a_reminder_that_is_hung_up_on(world: World) -> Caller:
    world.line("4002").device(rings=0.2, answers=3, leaves=4)
    return world.reminder_call(world.line("4002"), due())


SCENARIOS = (
    a_reminder_that_is_listened_to,
    a_reminder_that_is_snoozed,
    a_reminder_that_nobody_answers,
    a_reminder_at_a_busy_phone,
    a_reminder_that_is_hung_up_on,
)
