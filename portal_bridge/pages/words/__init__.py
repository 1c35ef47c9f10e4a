"""The texts of the pages, French and English: a table for each page, named like it; ``frame`` has what all share. Pure.

Nothing in a table is HTML. A sentence that has a link in it says where with ``{name}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

Table = Mapping[str, tuple[str, str]]
"""Each text by its key: French, English."""

_NO_BREAK = "\N{NO-BREAK SPACE}"
_BEFORE = re.compile(r" (?=[:;?!»])")
_BEHIND = re.compile(r"(?<=«) ")


class Words:
    """Texts of one language; a key is looked for in each of ``tables``, the page's own first. Raises KeyError."""

    __slots__ = ("_tables", "language")

    def __init__(self, language: str, *tables: Table) -> None:
        self.language, self._tables = language, tables

    def __call__(self, key: str, /, **values: object) -> Markup:
        """The text as HTML; what is put into it is escaped unless it is HTML already."""
        text = escape(self.plain(key))
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return any(key in table for table in self._tables)

    def plain(self, key: str) -> str:
        """The text as it is written, with the spaces that its language wants."""
        table = next((table for table in self._tables if key in table), None)
        if table is None:
            raise KeyError(key)
        text = table[key][1 if self.language == "en" else 0]
        return text if self.language == "en" else _BEHIND.sub(_NO_BREAK, _BEFORE.sub(_NO_BREAK, text))

    def paragraphs(self, key: str) -> list[str]:
        """A longer text: an empty line in it begins a paragraph."""
        return self.plain(key).split("\n\n")
