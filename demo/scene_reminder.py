"""The scene of a reminder: set by phone for a minute that is near, and the system's clock is moved there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.broken import check
from demo.portal import eventually
from demo.stage import Stage

PARIS = ZoneInfo("Europe/Paris")
AHEAD = timedelta(minutes=2)
_RINGS_WITHIN = 130.0
"""Where the clock cannot be moved the film waits for the minute itself."""


async def reminder(stage: Stage) -> None:
    """``*310`` sets it, the phone rings at its time, speaks, and it is gone."""
    now = datetime.now(UTC)
    due = now.replace(second=0, microsecond=0) + AHEAD
    local = due.astimezone(PARIS)
    if local.date() != now.astimezone(PARIS).date():
        stage.screen.tell(
            "It is nearly midnight, and *310 sets reminders of the same day: this scene is left out."
        )
        return
    before = {each["id"] for each in await stage.portal.reminders()}
    try:
        await _set(stage, f"{local:%H:%M}")
        await _given(stage, due, f"{local:%H:%M}")
    finally:
        for each in await stage.portal.reminders():
            if each["id"] not in before:
                await stage.portal.cancel_reminder(each["id"])


async def _set(stage: Stage, time: str) -> None:
    screen, dominique, typed = stage.screen, stage.dominique, time.replace(":", "")
    screen.tell(f"{dominique.called} dials *310 and types {typed}: a reminder, two minutes ahead at most.")
    call = await stage.phones[dominique].invite("*310")
    await call.answered()
    await call.hears_speech(within=8)
    await call.send_dtmf(typed)
    await eventually(lambda: _waits(stage, time), "the reminder is set")
    heard = call.media.ear.position
    await call.hears_speech(within=8, since=heard)
    await call.send_dtmf("1")
    await call.ended(within=15)
    screen.seen(f"The voice reads it back, 1 keeps it: GET /me/reminders shows it for {time}.")
    stage.expect("outgoing", "outgoing.star_code")


async def _given(stage: Stage, due: datetime, time: str) -> None:
    screen, dominique, portal = stage.screen, stage.dominique, stage.portal
    moved = await portal.set_clock(due)
    try:
        screen.tell(
            f"The system's clock is moved to {time} (PUT /dev/clock)."
            if moved
            else f"This system's clock cannot be moved (dev.clock is not set): waiting for {time}."
        )
        ring = await stage.phones[dominique].incoming(_RINGS_WITHIN)
        check(ring.caller.display in ("Rappel", "Reminder"), f"The phone shows “{ring.caller.display}”.")
        screen.seen(f"{dominique.called}'s phone rings and shows “{ring.caller.display}”.")
        await ring.answer()
        await ring.hears_speech(within=8)
        screen.seen("It is answered: the voice says that there is a reminder, and gives it.")
        await ring.hang_up()
        await eventually(lambda: _is_gone(stage, time), "the reminder is gone")
        screen.seen("It was given, so it is gone. (2 would have been: again in ten minutes.)")
    finally:
        if moved:
            await portal.set_clock(datetime.now(UTC))
    stage.expect("received", "reminder.due")


async def _waits(stage: Stage, time: str) -> bool | None:
    return any(each["time"] == time for each in await stage.portal.reminders()) or None


async def _is_gone(stage: Stage, time: str) -> bool | None:
    return None if await _waits(stage, time) else True
