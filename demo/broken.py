"""The one way in which the film ends badly, other than a failed wait of a phone (AssertionError)."""

from __future__ import annotations


class FilmBroken(Exception):
    """Something did not happen as the film promised; the text is one sentence for the person who watches."""


def check(condition: bool, otherwise: str) -> None:
    """Go on only if ``condition``; raises FilmBroken with the sentence ``otherwise``."""
    if not condition:
        raise FilmBroken(otherwise)
