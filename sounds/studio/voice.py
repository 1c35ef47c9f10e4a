"""Text to speech: espeak-ng tells the phonemes, Kokoro-82M speaks them.

It must never be asked for a bare word: Kokoro is poor on very short input (build.py puts words in a list).
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime

from studio.models import Pieces

RATE = 24_000
"""Samples a second of what Kokoro speaks."""

FRAME = 600
"""Samples in one frame, Kokoro's unit of a phoneme's length."""

PREDICTED = "/encoder/Clip_output_0"
"""The tensor of the model that holds the length of each phoneme, in frames."""

COMMA = 10
"""Frames that a comma in a list of words lasts, so that there is silence to cut in."""

NASAL = 3
"""Frames that the tilde of a nasal vowel lasts in such a list: "cinq" was heard as "sac", "un" as "à"."""

WORD_PACE = 0.92
"""Words in lists are spoken so much slower than phrases."""

LONGEST = 510
"""Kokoro's longest input, in phonemes."""

PUNCTUATION = ";:,.!?—…"

# espeak-ng ties the two halves of an affricate or diphthong; Kokoro was trained with one letter for each.
TIED = {"t͡ʃ": "ʧ", "d͡ʒ": "ʤ", "a͡ɪ": "I", "e͡ɪ": "A", "o͡ʊ": "O", "ə͡ʊ": "Q", "a͡ʊ": "W", "ɔ͡ɪ": "Y"}
# What Kokoro's American English writes otherwise than espeak-ng does (order matters).
AMERICAN = (
    ("ə͡l", "ᵊl"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ɪə", "iə"), ("ː", ""), ("ɐ", "ə"), ("ɾ", "T"),
    ("ʔ", "t"), ("r", "ɹ"), ("o", "ɔ"),
)  # fmt: skip


@dataclass(frozen=True)
class Speaker:
    """One language's voice: espeak-ng's name of the language, Kokoro's of the voice, and the pace."""

    espeak: str
    voice: str
    speed: float


SPEAKERS = {"fr": Speaker("fr-fr", "ff_siwis", 0.92), "en": Speaker("en-us", "af_heart", 0.95)}


def phonemes(text: str, language: str) -> str:
    """Return Kokoro's phonemes for `text`; what stands between slashes is taken as phonemes already."""
    spoken = []
    for part in re.split(rf"(/[^/]+/|[{PUNCTUATION}])", text):
        if not part.strip():
            continue
        if part in PUNCTUATION:
            spoken.append(part)
        elif part.startswith("/"):
            spoken.append(" " + part.strip("/"))
        else:
            spoken.append(" " + _espeak(part.strip(), language))
    return re.sub(r" +", " ", unicodedata.normalize("NFD", "".join(spoken))).strip()


def _espeak(text: str, language: str) -> str:
    command = ["espeak-ng", "-q", "-v", SPEAKERS[language].espeak, "--ipa", "--tie=͡", text]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    said = re.sub(r"\([a-z-]+\)", "", said).replace("-", "").replace("\n", " ").strip()
    for tied, letter in TIED.items():
        said = said.replace(tied, letter)
    if language == "en":
        for theirs, ours in AMERICAN:
            said = said.replace(theirs, ours)
    return said.replace("͡", "")


@dataclass(frozen=True)
class Speech:
    """What was spoken: floats in -1..1 at RATE, and from which sample to which each piece between commas is."""

    sound: np.ndarray
    pieces: tuple[tuple[int, int], ...]


class Kokoro:
    """The loaded model. Speaks the same text the same way every time on one machine."""

    def __init__(self, pieces: Pieces) -> None:
        onnxruntime.set_seed(1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        # Threads that wait by turning take twice the time of a machine that has other work.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(_with_timing(pieces), options)
        self._vocabulary = pieces.vocabulary
        styles = {name: np.fromfile(path, np.float32) for name, path in pieces.voices.items()}
        self._styles = {name: style.reshape(LONGEST, 256) for name, style in styles.items()}

    def speak(self, text: str, language: str, *, apart: bool = False) -> Speech:
        """Return `text` spoken; with `apart` slower and with a pause at every comma, to be cut into words.

        Raises ValueError for a text that is too long.
        """
        speaker = SPEAKERS[language]
        spoken = [letter for letter in phonemes(text, language) if letter in self._vocabulary]
        if len(spoken) > LONGEST:
            raise ValueError(f"{len(spoken)} phonemes are more than the voice can say at once: {text!r}")
        floor = [_floor(letter) if apart else 0 for letter in spoken]
        speed = speaker.speed * (WORD_PACE if apart else 1.0)
        inputs = {
            "tokens": np.array([[0, *(self._vocabulary[letter] for letter in spoken), 0]], np.int64),
            "style": self._styles[speaker.voice][len(spoken) - 1][None],
            "speed": np.array([speed], np.float32),
            "floor": np.array([[0, *floor, 0]], np.float32),
        }
        sound, frames = self._session.run(["audio", "durations"], inputs)
        # Letter n lasts from ends[n] to ends[n + 1]: before the first there is silence, with a length of its own.
        ends = (np.cumsum(frames.ravel()) * FRAME).astype(int)
        commas = [n for n, letter in enumerate(spoken) if letter == ","]
        # A space follows each comma.
        starts = [0, *(int(ends[n + 2]) for n in commas)]
        stops = [*(int(ends[n]) for n in commas), int(ends[-1])]
        return Speech(np.asarray(sound, np.float32).ravel(), tuple(zip(starts, stops, strict=True)))


def _floor(letter: str) -> int:
    return {",": COMMA, "\u0303": NASAL}.get(letter, 0)


def _with_timing(pieces: Pieces) -> bytes:
    """Return the model with one input more, `floor`, and one output more, `durations` (frames per phoneme).

    The voice runs through commas in a list; `floor` makes it pause, `durations` tells where to cut.
    """
    model = onnx.load(str(pieces.model))
    graph = model.graph
    for node in graph.node:
        for n, name in enumerate(node.input):
            if name == PREDICTED:
                node.input[n] = "durations"
    (after,) = [n for n, node in enumerate(graph.node) if PREDICTED in node.output]
    graph.node.insert(after + 1, onnx.helper.make_node("Max", [PREDICTED, "floor"], ["durations"]))
    graph.input.append(onnx.helper.make_tensor_value_info("floor", onnx.TensorProto.FLOAT, [1, None]))
    graph.output.append(onnx.helper.make_tensor_value_info("durations", onnx.TensorProto.FLOAT, None))
    return bytes(model.SerializeToString())
