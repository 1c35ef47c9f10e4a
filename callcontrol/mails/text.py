"""A mail in words, before it has a form: what words.py makes and form.py puts into plain text and HTML. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import category


class Detail(NamedTuple):
    """A line of the small table: ``De : Nathalie``."""

    label: str
    value: str


class Link(NamedTuple):
    """Something to click."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """A mail in the words of one language. Nothing in it is HTML."""

    language: str
    subject: str
    paragraphs: tuple[str, ...]
    details: tuple[Detail, ...] = ()
    """They stand after the first paragraph."""
    links: tuple[Link, ...] = ()
    urgent: bool = False


def one_line(text: str, longest: int | None = None) -> str:
    """``text`` without control characters, line breaks, direction marks and halves of characters; cut to ``longest``
    characters."""
    spaced = "".join(" " if _is_unseen(character) else character for character in text)
    found = " ".join(spaced.split())
    return found if longest is None or len(found) <= longest else f"{found[: longest - 1].rstrip()}…"


def _is_unseen(character: str) -> bool:
    return category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
