"""Finding a prompt: the operator's own first, then the shipped one, then French."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.media.prompts import Prompts, UnknownPrompt, music_on_hold, shipped_sounds


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"\0" * 4000)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    put(folder / "fr", "beep.g722", "goodbye.g722", "number-1.g722", "number-2.g722")
    put(folder / "en", "goodbye.g722")
    put(folder / "moh", "calm.g722")
    (folder / "words.yaml").write_text("fr: {number-1: un, number-2: deux}\n", encoding="utf-8")
    return folder


def test_a_prompt_is_an_absolute_uri_without_extension(shipped: Path) -> None:
    assert Prompts(shipped, None).media("goodbye", "en") == f"sound:{shipped}/en/goodbye"


def test_a_language_that_lacks_it_falls_back_to_french(shipped: Path) -> None:
    prompts = Prompts(shipped, None)
    assert prompts.media("beep", "en") == f"sound:{shipped}/fr/beep"
    assert prompts.media("beep", "de") == f"sound:{shipped}/fr/beep"


def test_an_unknown_id_is_named(shipped: Path) -> None:
    with pytest.raises(UnknownPrompt, match="no prompt named good-bye"):
        Prompts(shipped, None).media("good-bye", "fr")


def test_the_operators_own_recording_comes_first(shipped: Path, tmp_path: Path) -> None:
    custom = tmp_path / "custom"
    put(custom / "fr", "goodbye.sln16")
    prompts = Prompts(shipped, custom)
    assert prompts.media("goodbye", "fr") == f"sound:{custom}/fr/goodbye"
    assert prompts.media("beep", "fr") == f"sound:{shipped}/fr/beep"


def test_a_custom_folder_that_is_not_there_yet_is_no_error(shipped: Path, tmp_path: Path) -> None:
    assert Prompts(shipped, tmp_path / "none").media("beep", "fr") == f"sound:{shipped}/fr/beep"


def test_words_of_numbers_are_custom_all_or_not_at_all(shipped: Path, tmp_path: Path) -> None:
    custom = tmp_path / "custom"
    put(custom / "fr", "number-1.g722")
    assert Prompts(shipped, custom).media("number-1", "fr") == f"sound:{shipped}/fr/number-1"
    put(custom / "fr", "number-2.g722")
    assert Prompts(shipped, custom).media("number-1", "fr") == f"sound:{custom}/fr/number-1"


def test_music_is_no_language(shipped: Path) -> None:
    assert Prompts(shipped, None).languages == {"fr", "en"}


def test_a_custom_language_adds_to_the_shipped_ones(shipped: Path, tmp_path: Path) -> None:
    custom = tmp_path / "custom"
    put(custom / "br", "goodbye.g722")
    assert Prompts(shipped, custom).media("goodbye", "br") == f"sound:{custom}/br/goodbye"


def test_the_shipped_sounds_are_found() -> None:
    prompts = Prompts(shipped_sounds(), None)
    assert prompts.languages == {"fr", "en"}
    assert prompts.media("vm-greeting-system", "fr").endswith("/fr/vm-greeting-system")
    assert [path.name for path in music_on_hold().iterdir()] == ["calm.g722"]
