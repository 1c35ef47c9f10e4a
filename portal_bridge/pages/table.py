"""The table of all pages, in the order in which the menus show them."""

from __future__ import annotations

from callcontrol.portal_bridge.pages import (
    account,
    call,
    call_manager,
    help_page,
    log_in,
    message_settings,
    messages,
    reset,
    security,
    support,
)
from callcontrol.portal_bridge.pages.page import Page

PAGES: tuple[Page, ...] = (
    *call_manager.PAGES,
    *messages.PAGES,
    *message_settings.PAGES,
    *call.PAGES,
    *account.PAGES,
    *security.PAGES,
    *help_page.PAGES,
    *support.PAGES,
    *log_in.PAGES,
    *reset.PAGES,
)
