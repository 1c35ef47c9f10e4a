"""Whether prompts in a row are whole sentences: one that is cut open (``continues``) goes on at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import yaml

from callcontrol.media.prompts import shipped_sounds


def dangling(prompts: Sequence[str]) -> str | None:
    """The first prompt that is cut open and has nothing behind it, or a whole sentence."""
    open_ones, whole = _catalogue()
    for prompt, following in zip(prompts, (*prompts[1:], None), strict=True):
        if prompt in open_ones and (following is None or following in whole):
            return prompt
    return None


@cache
def _catalogue() -> tuple[frozenset[str], frozenset[str]]:
    """Prompts that are cut open, and those that begin a sentence."""
    text = (shipped_sounds() / "catalogue.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    open_ones = frozenset(prompt for prompt, row in rows.items() if row.get("continues"))
    return open_ones, frozenset(p for p, row in rows.items() if _fr(row)[:1].isupper())


def _fr(row: dict[str, object]) -> str:
    text = row["fr"]
    return str(text["text"]) if isinstance(text, dict) else str(text)
