"""The table of all routes of the API, in the order in which the documentation shows them."""

from __future__ import annotations

from callcontrol.portal_bridge.api import (
    account,
    blocked_callers,
    calls,
    calls_csv,
    click_to_call,
    clock,
    contact_groups,
    contacts,
    devices,
    events,
    explain,
    extensions,
    feedback,
    forward_numbers,
    line,
    message_audio,
    message_sending,
    messages,
    recordings,
    reminders,
    sessions,
    settings,
    trunks,
)
from callcontrol.portal_bridge.api.route import Mounted, Route, mounted

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *line.ROUTES,
    *account.ROUTES,
    *feedback.ROUTES,
    *settings.ROUTES,
    *calls.ROUTES,
    *click_to_call.ROUTES,
    *calls_csv.ROUTES,
    *blocked_callers.ROUTES,
    *events.ROUTES,
    *explain.ROUTES,
    *messages.ROUTES,
    *message_sending.ROUTES,
    *message_audio.ROUTES,
    *recordings.ROUTES,
    *reminders.ROUTES,
    *contacts.ROUTES,
    *contact_groups.ROUTES,
    *forward_numbers.ROUTES,
    *devices.ROUTES,
    *extensions.ROUTES,
    *trunks.ROUTES,
)


def table(*, dev_clock: bool) -> tuple[Mounted, ...]:
    """Every route at every path. ``dev_clock``: tests may set the time.

    A method that an administrator is only refused has no row of its own where the path has others: it is none there.
    """
    routes = (*ROUTES, *clock.ROUTES) if dev_clock else ROUTES
    rows = [row for route in routes for row in mounted(route)]
    shown = {row.path for row in rows if not row.hidden}
    return tuple(row for row in rows if not row.hidden or row.path not in shown)
