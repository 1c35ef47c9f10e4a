"""What only a line's owner may change, in a session of its own: where its messages go (docs/adr/0011). Pure.

An administrator sets everything else of a line, but never reads its messages: not by opening them, and not by
having them mailed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from callcontrol.changed_by import ChangedBy
from callcontrol.errors import Mistake
from callcontrol.facts import Line
from callcontrol.sentences.table import mistake

OWNERS: Mapping[str, tuple[str, ...]] = {"message-settings": ("mail_enabled", "addresses", "keep_original")}
"""Document to its fields that are the owner's alone."""


def mistakes(
    document: str, before: BaseModel, after: BaseModel, *, line: Line, by: ChangedBy, language: str
) -> list[Mistake]:
    """One for each of the owner's fields that somebody else would change; none when ``by`` is the line itself."""
    if by.who == line.number:
        return []
    return [
        mistake("owners_word", name, language)
        for name in OWNERS.get(document, ())
        if getattr(before, name) != getattr(after, name)
    ]
