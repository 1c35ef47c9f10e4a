"""Says how many there are of something, in the right gender and number. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from callcontrol.dialogue.say.figures import before_noun

Noun = Literal[
    "message", "new-message", "urgent-message", "kept-message", "deleted-message",
    "fax", "new-fax", "page", "reminder", "listed-number",
]  # fmt: skip

FEMININE_NOUNS = frozenset({"page"})
"""In French."""

COUNTED = {"fr": 10, "en": 1}
"""Up to here a count was recorded with its noun: French "six messages" loses the s of "six"."""


def count(n: int, noun: Noun, language: str, *, final: bool = True) -> tuple[str, ...]:
    """Say "aucun message", "un message", "vingt et une pages"; the voice falls unless more follows.

    Raises ValueError for a number that cannot be said.
    """
    end = "-end" if final else ""
    if 0 <= n <= COUNTED[language]:
        return (f"{noun}-{n}{end}",)
    return (*before_noun(n, language, noun in FEMININE_NOUNS), f"{noun}-many{end}")


def counts(amounts: Sequence[tuple[int, Noun]], language: str) -> tuple[str, ...]:
    """Say "un message urgent, trois nouveaux messages et deux messages conservés", without what is nought.

    When all of it is nought, only the last is said: "aucun message". Raises IndexError for no amounts.
    """
    *before, last = [amount for amount in amounts if amount[0]] or amounts[-1:]
    said = [word for n, noun in before for word in count(n, noun, language, final=False)]
    return (*said, *(("and",) if before else ()), *count(*last, language))
