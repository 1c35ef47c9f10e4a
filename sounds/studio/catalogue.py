"""Reads the texts, catalogue.yaml (whole phrases) and words.py (numbers): what there is to record.

The hash covers all that changes the sound: the text as spoken, the voice, the pace, and RECIPE.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studio.words import words

LANGUAGES = ("fr", "en")
RECIPE = 1
"""Raise it when the way of making sounds changes so much that all must be made again."""

WORD_RECIPE = 3
"""The same for the words of numbers and dates."""

VOICE_OF = {"fr": "ff_siwis 0.92", "en": "af_heart 0.95"}


@dataclass(frozen=True)
class Entry:
    """One sound to make. `family`: "phrase", "open" (cut open), "generated", or one of words."""

    id: str
    language: str
    text: str
    say: str
    family: str = "phrase"
    final: bool = False

    @property
    def hash(self) -> str:
        """What the sound was made from, in 16 hexadecimal digits."""
        recipe = RECIPE if self.family in ("phrase", "open", "generated") else WORD_RECIPE
        made_from = f"{recipe}|{VOICE_OF[self.language]}|{self.family}|{self.final}|{self.say}"
        return hashlib.sha256(made_from.encode()).hexdigest()[:16]


def entries(catalogue: Path) -> list[Entry]:
    """Return every sound to make, phrases first. Raises KeyError for an entry that lacks a language."""
    found = []
    for id_, row in yaml.safe_load(catalogue.read_text(encoding="utf-8")).items():
        found += [_phrase(id_, language, row) for language in LANGUAGES]
    for language in LANGUAGES:
        found += [Entry(w.id, language, w.text, w.say, w.family, w.final) for w in words(language)]
    return found


def _phrase(id_: str, language: str, row: dict[str, Any]) -> Entry:
    said = row[language] if isinstance(row[language], dict) else {"text": row[language]}
    say = said.get("say", said["text"])
    if language == "fr":
        # espeak-ng links "tapez‿un": the key is not understood.
        say = re.sub(r"\btapez 1\b", "tapez /ˈœ̃/", say)
    family = "open" if row.get("continues") else "generated" if row.get("generated") else "phrase"
    return Entry(id_, language, said["text"], say, family)


def words_yaml() -> str:
    """Return the text of words.yaml: {language: {id: text}}."""
    lines = ["# Made by `python sounds/build.py` from studio/words.py. Do not edit.", ""]
    for language in LANGUAGES:
        lines.append(f"{language}:")
        lines += [f"  {word.id}: {word.text}" for word in words(language)]
    return "\n".join(lines) + "\n"
