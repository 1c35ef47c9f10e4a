"""The committed sounds: every text has its file and every file its text, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from callcontrol.media.prompts import shipped_sounds

SOUNDS = shipped_sounds()
LANGUAGES = ("fr", "en")
BYTES_A_SECOND = 8000
"""G.722 is 64 kbit/s at any time."""


def catalogue() -> dict[str, dict[str, object]]:
    rows: dict[str, dict[str, object]] = yaml.safe_load(
        (SOUNDS / "catalogue.yaml").read_text(encoding="utf-8")
    )
    return rows


def words(language: str) -> dict[str, str]:
    listed: dict[str, dict[str, str]] = yaml.safe_load((SOUNDS / "words.yaml").read_text(encoding="utf-8"))
    return listed[language]


def files(language: str) -> dict[str, Path]:
    return {path.stem: path for path in (SOUNDS / language).iterdir()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_file_and_every_file_a_text(language: str) -> None:
    assert set(files(language)) == set(catalogue()) | set(words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_and_words_do_not_share_an_id(language: str) -> None:
    assert not set(catalogue()) & set(words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_a_text(language: str) -> None:
    for prompt_id, row in catalogue().items():
        said = row[language]
        text = said["text"] if isinstance(said, dict) else said
        assert text, prompt_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_are_g722_of_a_sensible_length(language: str) -> None:
    spoken = words(language)
    for prompt_id, path in files(language).items():
        seconds = path.stat().st_size / BYTES_A_SECOND
        longest = 2.5 if prompt_id in spoken else 15
        assert path.suffix == ".g722"
        assert 0.3 < seconds < longest, f"{language}/{prompt_id} lasts {seconds:.2f} s"


def test_every_file_was_built_from_the_text_that_stands_there() -> None:
    built = json.loads((SOUNDS / "built.json").read_text(encoding="utf-8"))
    listing = "import json; from pathlib import Path; from studio.catalogue import entries; "
    listing += "print(json.dumps({f'{e.language}/{e.id}': e.hash for e in entries(Path('catalogue.yaml'))}))"
    done = subprocess.run(
        [sys.executable, "-c", listing], cwd=SOUNDS, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == built, "run python sounds/build.py"


def test_words_yaml_is_what_the_studio_writes() -> None:
    listing = "from studio.catalogue import words_yaml; print(words_yaml(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", listing], cwd=SOUNDS, capture_output=True, text=True, check=True
    )
    assert done.stdout == (SOUNDS / "words.yaml").read_text(encoding="utf-8"), "run python sounds/build.py"


def test_music_on_hold_is_one_long_piece() -> None:
    (music,) = (SOUNDS / "moh").iterdir()
    assert 45 <= music.stat().st_size / BYTES_A_SECOND <= 60


def test_the_sounds_stay_small() -> None:
    total = sum(path.stat().st_size for path in SOUNDS.rglob("*.g722"))
    assert total < 30_000_000
