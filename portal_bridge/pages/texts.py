"""Which tables of words a page has: its own, then the frame's. Pure but for the import of the tables."""

from __future__ import annotations

import importlib
from functools import cache

from callcontrol.portal_bridge.pages.words import Table, Words, frame


def of_page(name: str, language: str) -> Words:
    """The words of the page ``name``."""
    return Words(language, _table(name), frame.WORDS)


@cache
def _table(name: str) -> Table:
    table: Table = importlib.import_module(f"callcontrol.portal_bridge.pages.words.{name}").WORDS
    return table
