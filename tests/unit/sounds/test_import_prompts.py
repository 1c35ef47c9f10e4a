"""An actor's recordings: what is right replaces the synthetic voice, what is wrong changes nothing."""

from __future__ import annotations

import array
import csv
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from callcontrol.commands import import_prompts
from callcontrol.media.prompts import Prompts, shipped_sounds

pytestmark = pytest.mark.skipif(shutil.which("sox") is None, reason="needs the program sox")
FFMPEG = shutil.which("ffmpeg") is not None
BYTES_A_SECOND = {".g722": 8_000, ".sln16": 32_000}


def wav(path: Path, *effects: str, rate: int = 44_100, channels: int = 1, silence: float = 0.0) -> None:
    """Record an imitation of speech: a tone in bursts, with `silence` seconds before and after."""
    command = ["sox", "-n", "-r", str(rate), "-c", str(channels), "-b", "16", str(path)]
    command += ["synth", "1.5", "sine", "300", "tremolo", "5", "60", "gain", "-12", *effects]
    if silence:
        command += ["pad", str(silence), str(silence)]
    subprocess.run(command, check=True, capture_output=True)


def without_ffmpeg(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Until the patch is undone, sox and soxi are the only programs there are."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sox", "soxi"):
        (programs / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(programs))


class Studio:
    """A folder of recordings, a custom folder, and all that the command said."""

    def __init__(self, folder: Path) -> None:
        self.recordings, self.custom = folder / "recordings", folder / "custom"
        self.recordings.mkdir()
        self.said: list[str] = []

    def run(self) -> int:
        self.said.clear()
        return import_prompts.run(self.recordings, self.custom, "fr", self.said.append)

    def prompt(self, prompt_id: str) -> Path:
        """The one file that was made of a recording: of either format, as this machine's programs have it."""
        (path,) = (self.custom / "fr").glob(f"{prompt_id}.*")
        return path

    def made(self) -> list[str]:
        return sorted(path.name for path in (self.custom / "fr").glob("*")) if self.custom.exists() else []


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_recordings_of_any_rate_are_trimmed_and_levelled(studio: Studio) -> None:
    wav(studio.recordings / "goodbye.wav", rate=48_000, channels=2, silence=0.7)
    wav(studio.recordings / "vm-sent.wav", rate=8_000)
    assert studio.run() == 0
    assert [Path(name).stem for name in studio.made()] == ["goodbye", "vm-sent"]
    assert studio.said[0] == "2 prompts imported, 0 files refused."
    made = studio.prompt("goodbye")
    assert 1.5 < made.stat().st_size / BYTES_A_SECOND[made.suffix] < 1.8


def test_what_was_imported_is_played_from_then_on(studio: Studio) -> None:
    wav(studio.recordings / "goodbye.wav")
    studio.run()
    media = Prompts(shipped_sounds(), studio.custom).media("goodbye", "fr")
    assert media == f"sound:{studio.custom}/fr/goodbye"


def test_without_ffmpeg_raw_16_khz_is_written(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_ffmpeg(monkeypatch, tmp_path)
    wav(studio.recordings / "goodbye.wav", rate=48_000, channels=2)
    assert studio.run() == 0
    assert studio.made() == ["goodbye.sln16"]
    samples = array.array("h", studio.prompt("goodbye").read_bytes())
    assert 1.6 * 16_000 < len(samples) < 1.8 * 16_000, "one channel, 16,000 samples a second, no header"
    loud = [sample for sample in samples if abs(sample) > 300]
    crossings = sum(a < 0 < b for a, b in pairwise(loud))
    assert 290 < crossings / 1.5 < 310, "the tone of 300 Hz, in the byte order of Asterisk"
    assert max(map(abs, samples)) > 3_000


@pytest.mark.skipif(not FFMPEG, reason="needs the program ffmpeg")
def test_with_ffmpeg_g722_takes_the_place_of_raw_16_khz(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wav(studio.recordings / "goodbye.wav")
    with monkeypatch.context() as patch:
        without_ffmpeg(patch, tmp_path)
        assert studio.run() == 0
    assert studio.made() == ["goodbye.sln16"]
    assert studio.run() == 0
    assert studio.made() == ["goodbye.g722"]


@pytest.mark.parametrize(
    ("effects", "sentence"),
    [
        (("gain", "40"), "goodbye.wav: it is clipped; please record it again at a lower level."),
        (("gain", "-60"), "goodbye.wav: it is silent."),
        (("repeat", "20"), "at most"),
        (("trim", "0", "0"), "goodbye.wav: the recording is empty."),
    ],
)
def test_a_bad_recording_is_refused_in_one_sentence_and_changes_nothing(
    studio: Studio, effects: tuple[str, ...], sentence: str
) -> None:
    wav(studio.recordings / "goodbye.wav")
    studio.run()
    made = studio.prompt("goodbye")
    before = made.read_bytes()
    wav(studio.recordings / "goodbye.wav", *effects)
    assert studio.run() == 1
    assert sentence in studio.said[0]
    assert studio.said[1] == "0 prompts imported, 1 files refused."
    assert made.read_bytes() == before
    assert studio.made() == [made.name]


def test_strangers_are_named_and_the_rest_is_imported(studio: Studio) -> None:
    wav(studio.recordings / "goodbye.wav")
    wav(studio.recordings / "good-bye.wav")
    (studio.recordings / "notes.txt").write_text("take 3 is best", encoding="utf-8")
    (studio.recordings / "vm-sent.wav").write_bytes(b"RIFFnot really")
    assert studio.run() == 1
    assert studio.said[:4] == [
        "good-bye.wav: there is no prompt named good-bye (--script lists them).",
        "notes.txt: only WAV files are imported.",
        "vm-sent.wav: this is not a WAV file that sox can read.",
        "1 prompts imported, 3 files refused.",
    ]


def test_a_folder_or_language_that_does_not_exist_is_refused(studio: Studio, tmp_path: Path) -> None:
    said = studio.said
    assert import_prompts.run(tmp_path / "none", studio.custom, "fr", said.append) == 1
    assert import_prompts.run(studio.recordings, studio.custom, "xx", said.append) == 1
    assert said == [f"{tmp_path / 'none'} is not a folder.", "There are no prompts in the language xx."]
    assert not studio.custom.exists()


def test_the_reading_list_is_csv_with_every_text() -> None:
    said: list[str] = []
    assert import_prompts.script("fr", said.append) == 0
    rows = {row["id"]: row for row in csv.DictReader(said)}
    assert rows["vm-sent"]["text"] == "Votre message a été envoyé."
    assert rows["number-81"] == {
        "id": "number-81",
        "text": "quatre-vingt-un",
        "how": "in the middle of a sentence",
    }
    assert rows["number-81-end"]["how"] == "last word, the voice falls"
    assert "beep" not in rows


def test_the_status_tells_what_is_still_synthetic(studio: Studio) -> None:
    wav(studio.recordings / "goodbye.wav")
    wav(studio.recordings / "number-1.wav")
    studio.run()
    said: list[str] = []
    assert import_prompts.status(studio.custom, "fr", said.append) == 0
    assert said[0].startswith("fr: 1 of ")
    missing = said[1].removeprefix("Still synthetic: ").removesuffix(".").split(", ")
    assert "goodbye" not in missing
    assert "vm-sent" in missing
    assert said[2].endswith("words of numbers and dates are recorded. They are used once all are there.")
