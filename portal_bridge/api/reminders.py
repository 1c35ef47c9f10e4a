"""``reminders``: the line's phones ring at a time, or regularly (rappels, spec §8).

Only for the line's own user: what somebody is to be reminded of is nobody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, ValidationError

from callcontrol.changes import reminders
from callcontrol.changes.reminder_form import ReminderIn
from callcontrol.errors import SettingsInvalid
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.portal_bridge.problems import Problem
from callcontrol.reminders.reminder import Reminder
from callcontrol.sentences.table import mistakes

_TAG = "Reminders"


class LastOut(ResponseBody):
    """How the time before ended."""

    status: Literal["done", "missed"]
    at: Annotated[datetime, Field(description="When it was planned.")]


class ReminderOut(ResponseBody):
    """A reminder. One of one time is gone once it was answered, and stays as `missed` when it never was."""

    id: str
    description: str
    number: Annotated[str, Field(description="What rings: the line.")]
    recurrence: Literal["once", "workdays", "daily", "weekly"]
    weekday: Annotated[int | None, Field(description="1 is Monday, 7 Sunday.")]
    date: str | None
    time: Annotated[str, Field(description="HH:MM in the company's time zone.")]
    announcement_id: str | None
    status: Literal["pending", "snoozed", "done", "missed"]
    next_at: Annotated[datetime | None, Field(description="When it rings next; null: never again.")]
    last: Annotated[LastOut | None, Field(description="Of a regular one: how the time before ended.")]


def reminder_out(reminder: Reminder) -> ReminderOut:
    """The answer that shows a reminder."""
    standing, fields = reminder.standing, _fields(reminder)
    last = standing.last
    return ReminderOut(
        id=reminder.id,
        **fields,
        status=standing.status.value,
        next_at=standing.due_at,
        last=None if last is None else LastOut.model_validate({"status": last.value, "at": standing.last_at}),
    )


def _fields(reminder: Reminder) -> dict[str, Any]:
    """What its user filled in."""
    rule = reminder.rule
    return {
        "description": reminder.description,
        "number": reminder.line,
        "recurrence": rule.recurrence.value,
        "weekday": rule.weekday,
        "date": rule.date.isoformat() if rule.date is not None else None,
        "time": f"{rule.time:%H:%M}",
        "announcement_id": reminder.announcement,
    }


async def list_reminders(asked: Asked) -> web.Response:
    """List the reminders, the next one first.

    Those that were missed are behind those that wait.
    """
    found = await asked.changes.reminders.all(asked.line.number)
    return reply(Items[ReminderOut](items=[reminder_out(one) for one in found], next=None))


async def create(asked: Asked) -> web.Response:
    """Set a reminder.

    A time that is past is refused, and more than twenty that wait. The line has one time zone, its company's: a local
    time that does not exist there (daylight saving) is the next existing minute, one that exists twice happens once.
    """
    _has_phone(asked)
    form = await asked.body(ReminderIn)
    made = await reminders.add(asked.changes, asked.line, form, language=asked.language, by=asked.by)
    return reply(reminder_out(made), 201)


async def get(asked: Asked) -> web.Response:
    """Read a reminder."""
    return reply(reminder_out(await asked.changes.reminders.get(asked.line.number, asked.path("id"))))


async def replace(asked: Asked) -> web.Response:
    """Change a reminder.

    One whose time stays goes on as it stands, snoozed or not.
    """
    return await _replace(asked, await asked.body(ReminderIn))


async def patch(asked: Asked) -> web.Response:
    """Change a part of a reminder.

    An RFC 7396 merge patch: what is left out stays, null takes a field back to its default.
    """
    raw = await asked.raw_body(ReminderIn)
    if not isinstance(raw, Mapping):
        raise asked.wrong("", "model_type")
    now = _fields(await asked.changes.reminders.get(asked.line.number, asked.path("id")))
    if raw.get("recurrence", now["recurrence"]) != now["recurrence"]:
        now |= {"date": None, "weekday": None}  # they were the old one's
    merged = {name: value for name, value in {**now, **raw}.items() if value is not None}
    try:
        form = ReminderIn.model_validate(merged)
    except ValidationError as error:
        raise SettingsInvalid(mistakes(error, asked.language)) from None
    return await _replace(asked, form)


async def _replace(asked: Asked, form: ReminderIn) -> web.Response:
    changed = await reminders.replace(
        asked.changes, asked.line, asked.path("id"), form, language=asked.language, by=asked.by
    )
    return reply(reminder_out(changed))


async def remove(asked: Asked) -> web.Response:
    """Remove a reminder."""
    await reminders.remove_one(asked.changes, asked.line, asked.path("id"), by=asked.by)
    return nothing()


async def remove_all(asked: Asked) -> web.Response:
    """Remove every reminder of the line."""
    every = await asked.changes.reminders.all(asked.line.number)
    await reminders.remove(asked.changes, asked.line, [one.id for one in every], by=asked.by)
    return nothing()


def _has_phone(asked: Asked) -> None:
    if not reminders.has_phone(asked.line):
        raise Problem("no-phone")


_SET = {"description": "Point avec Nathalie", "recurrence": "once", "date": "2026-11-27", "time": "09:30"}
_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000008",
    "number": "0222969569",
    "weekday": None,
    "announcement_id": None,
    "status": "pending",
    "next_at": "2026-11-27T08:30:00Z",
    "last": None,
    **_SET,
}
_BODY = Body(ReminderIn, _SET)
_ONE = (Reply(200, "The reminder.", ReminderOut, example=_EXAMPLE),)
_OWN = Scope.OWN
ROUTES = (
    Route(
        "GET",
        "reminders",
        list_reminders,
        "list_reminders",
        _TAG,
        _OWN,
        (Reply(200, "The reminders.", Items[ReminderOut], example={"items": [_EXAMPLE], "next": None}),),
    ),
    Route(
        "POST",
        "reminders",
        create,
        "create_reminder",
        _TAG,
        _OWN,
        (Reply(201, "Set.", ReminderOut, example=_EXAMPLE),),
        body=_BODY,
        problems=("conflict", "no-phone"),
    ),
    Route("DELETE", "reminders", remove_all, "delete_all_reminders", _TAG, _OWN, (NOTHING,)),
    Route("GET", "reminders/{id}", get, "get_reminder", _TAG, _OWN, _ONE),
    Route("PUT", "reminders/{id}", replace, "replace_reminder", _TAG, _OWN, _ONE, body=_BODY),
    Route(
        "PATCH",
        "reminders/{id}",
        patch,
        "patch_reminder",
        _TAG,
        _OWN,
        _ONE,
        body=Body(ReminderIn, {"time": "10:00"}, patch=True),
    ),
    Route("DELETE", "reminders/{id}", remove, "delete_reminder", _TAG, _OWN, (NOTHING,)),
)
