"""The table of all routes of the API, in the order in which the documentation shows them."""

from __future__ import annotations

from callcontrol.portal_bridge.api import (
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
    forward_numbers,
    line,
    message_audio,
    message_sending,
    messages,
    recordings,
    sessions,
    settings,
    trunks,
)
from callcontrol.portal_bridge.api.route import Mounted, Route, mounted

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *line.ROUTES,
    *settings.ROUTES,
    *calls.ROUTES,
    *click_to_call.ROUTES,
    *calls_csv.ROUTES,
    *events.ROUTES,
    *explain.ROUTES,
    *messages.ROUTES,
    *message_sending.ROUTES,
    *message_audio.ROUTES,
    *recordings.ROUTES,
    *contacts.ROUTES,
    *contact_groups.ROUTES,
    *forward_numbers.ROUTES,
    *devices.ROUTES,
    *extensions.ROUTES,
    *trunks.ROUTES,
)


def table(*, dev_clock: bool) -> tuple[Mounted, ...]:
    """Every route at every path. ``dev_clock``: tests may set the time."""
    rows = (*ROUTES, *clock.ROUTES) if dev_clock else ROUTES
    return tuple(row for route in rows for row in mounted(route))
