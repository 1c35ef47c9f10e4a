"""Setting reminders (spec §8), the same for API, star codes, voice menu and page.

The telephone rings by what the database holds at that moment, so a change is in force when it is committed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace as changed
from datetime import date, datetime, time

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes.named_recordings import wanted
from callcontrol.changes.reminder_form import ReminderIn
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import Duplicate, Mistake, NotFound, SettingsInvalid, TooMany
from callcontrol.facts import Licence, Line
from callcontrol.ids import uuid7
from callcontrol.reminders import course
from callcontrol.reminders.reminder import MOST, Recurrence, Reminder, Rule, Standing
from callcontrol.reminders.times import Calendar
from callcontrol.sentences.table import mistake
from callcontrol.voice_recording import RecordingKind


def has_phone(line: Line) -> bool:
    """Whether there is anything that a reminder could ring."""
    return not line.group and line.licence is not Licence.FAX


async def add(
    services: ChangeServices, line: Line, form: ReminderIn, *, language: str, by: ChangedBy
) -> Reminder:
    """Set a reminder. Raises SettingsInvalid (its time is past, the number or the recording is none of the line's),
    Duplicate (twenty wait already), NotFound (the line is gone), StoreDown."""
    rule = rule_of(form)
    reminder = Reminder(
        uuid7(),
        line.number,
        rule,
        await _checked(services, line, form, rule, None, language, by.at),
        form.description,
        form.announcement_id,
    )
    await add_all(services, line, [reminder], language=language, by=by)
    return reminder


async def add_all(
    services: ChangeServices, line: Line, added: Sequence[Reminder], *, language: str, by: ChangedBy
) -> None:
    """Set several, all or none. Raises Duplicate, NotFound, StoreDown."""
    timezone = services.directory.company(line.company).timezone
    try:
        await services.reminders.add(line.number, added, timezone, by, most=MOST)
    except TooMany:
        raise Duplicate([mistake("reminders_too_many", "", language, most=MOST)]) from None


async def replace(
    services: ChangeServices, line: Line, identity: str, form: ReminderIn, *, language: str, by: ChangedBy
) -> Reminder:
    """Change a reminder. One whose time stays goes on as it stands. Raises as ``add``, and NotFound."""
    before = await services.reminders.get(line.number, identity)
    rule = rule_of(form)
    standing = await _checked(services, line, form, rule, before, language, by.at)
    after = changed(
        before, rule=rule, standing=standing, description=form.description, announcement=form.announcement_id
    )
    timezone = services.directory.company(line.company).timezone
    await services.reminders.replace(line.number, after, timezone, by)
    return after


async def remove(services: ChangeServices, line: Line, reminders: Collection[str], *, by: ChangedBy) -> int:
    """Remove some; how many there were. Raises StoreDown."""
    return await services.reminders.remove(line.number, reminders, by)


async def remove_one(services: ChangeServices, line: Line, reminder: str, *, by: ChangedBy) -> None:
    """Remove one. Raises NotFound, StoreDown."""
    if not await remove(services, line, [reminder], by=by):
        raise NotFound("this reminder does not exist")


def rule_of(form: ReminderIn) -> Rule:
    """The rule that was filled in."""
    day = date.fromisoformat(form.date) if form.date is not None else None
    return Rule(Recurrence(form.recurrence), time.fromisoformat(form.time), day, form.weekday)


def planned(services: ChangeServices, line: Line, rule: Rule, now: datetime) -> Standing | None:
    """Where a reminder stands that is set now; None: its time is past."""
    company = services.directory.company(line.company)
    return course.planned(rule, now, Calendar.of(company.timezone, company.country))


async def _checked(
    services: ChangeServices,
    line: Line,
    form: ReminderIn,
    rule: Rule,
    before: Reminder | None,
    language: str,
    now: datetime,
) -> Standing:
    stays = before is not None and before.rule == rule and before.standing.due_at is not None
    standing = before.standing if stays and before is not None else planned(services, line, rule, now)
    mistakes: list[Mistake] = []
    if standing is None:
        mistakes.append(mistake("reminder_past", "time", language))
    if form.number is not None and not _is_own(form.number, line, services):
        mistakes.append(mistake("reminder_number", "number", language))
    recording = form.announcement_id
    if recording is not None and (before is None or before.announcement != recording):
        there = await services.recordings.kinds(line.number, [recording])
        if recording not in there:
            mistakes.append(mistake("recording_unknown", "announcement_id", language))
        elif there[recording] is not RecordingKind.REMINDER:
            kind = wanted(RecordingKind.REMINDER, language)
            mistakes.append(mistake("recording_kind", "announcement_id", language, wanted=kind))
    if mistakes or standing is None:
        raise SettingsInvalid(mistakes)
    return standing


def _is_own(number: str, line: Line, services: ChangeServices) -> bool:
    country = services.directory.company(line.company).country
    return number.strip() == line.extension or numbers.same(number, line.number, country)
