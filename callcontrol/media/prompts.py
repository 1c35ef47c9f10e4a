"""Finds a prompt: id and language -> the media URI that Asterisk plays; an operator's own recording first.

Both folders are read once, when ``Prompts`` is made; after that nothing here touches the disk.
It must never pick a format: there is one file per id and folder, and Asterisk gets the name without extension.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from callcontrol.errors import CallControlError

FORMATS = frozenset({".g722", ".sln16", ".wav16", ".wav", ".alaw", ".ulaw", ".gsm"})
"""What Asterisk 22 plays by these names; a 16 kHz file named .wav would be refused."""

DEFAULT_LANGUAGE = "fr"


class UnknownPrompt(CallControlError):
    """No language has a recording of this id: the id is misspelt or its sound was never built."""

    def __init__(self, prompt_id: str) -> None:
        super().__init__(f"there is no prompt named {prompt_id}")
        self.prompt_id = prompt_id


def shipped_sounds() -> Path:
    """Return the folder of the sounds of the product: in the wheel, or beside the package in a clone.

    Raises FileNotFoundError if neither is there (a broken installation).
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_sounds", package.parent / "sounds"):
        if (folder / "catalogue.yaml").is_file():
            return folder
    raise FileNotFoundError("the sounds that come with callcontrol are not installed")


def music_on_hold() -> Path:
    """Return the folder that musiconhold.conf names: every file in it is music."""
    return shipped_sounds() / "moh"


def word_ids(shipped: Path, language: str) -> frozenset[str]:
    """Return the ids of the words that numbers and dates are put together from (words.yaml)."""
    listed = yaml.safe_load((shipped / "words.yaml").read_text(encoding="utf-8"))
    return frozenset(listed.get(language, {}))


def recordings(folder: Path) -> dict[str, Path]:
    """Return {id: file} of one language's folder; none if there is no such folder."""
    if not folder.is_dir():
        return {}
    folder = folder.resolve()
    return {
        stem: folder / (stem + suffix)
        for stem, suffix in map(os.path.splitext, sorted(os.listdir(folder)))
        if suffix in FORMATS
    }


class Prompts:
    """Every recording there is: ``custom/<language>/<id>.*`` before ``shipped/<language>/<id>.*``.

    Words of numbers are taken from ``custom`` all or not at all: two voices within one number are jarring.
    """

    def __init__(self, shipped: Path, custom: Path | None) -> None:
        folders = [folder for folder in (shipped, custom) if folder is not None and folder.is_dir()]
        languages = {path.name for folder in folders for path in folder.iterdir() if recordings(path)} - {
            "moh"
        }
        self._media: dict[str, dict[str, str]] = {}
        for language in sorted(languages):
            found = recordings(shipped / language)
            own = recordings(custom / language) if custom is not None else {}
            if own and not (words := word_ids(shipped, language)) <= own.keys():
                own = {id_: path for id_, path in own.items() if id_ not in words}
            self._media[language] = {id_: _media(path) for id_, path in (found | own).items()}

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have any recording."""
        return frozenset(self._media)

    def media(self, prompt_id: str, language: str) -> str:
        """Return ``sound:/absolute/path/without/extension``, in French if ``language`` lacks the prompt.

        Raises UnknownPrompt if French lacks it too.
        """
        for tried in (language, DEFAULT_LANGUAGE):
            found = self._media.get(tried, {}).get(prompt_id)
            if found is not None:
                return found
        raise UnknownPrompt(prompt_id)


def _media(path: Path) -> str:
    return f"sound:{path.with_suffix('')}"
