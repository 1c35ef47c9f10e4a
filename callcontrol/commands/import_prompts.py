"""`callcontrol import-prompts DIR`: an actor's recordings take the place of the synthetic voice.

One WAV per prompt, named by its id, at any rate. Each is checked, trimmed, brought to the level of the shipped
sounds and written for Asterisk into the custom folder; `callcontrol.media.prompts` then prefers it.
A recording that cannot be right must never change anything: the prompt heard before stays.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from callcontrol.commands import recording
from callcontrol.media.prompts import FORMATS, recordings, shipped_sounds, word_ids

Say = Callable[[str], None]


def run(directory: Path, custom_dir: Path, language: str, out: Say) -> int:
    """Import every ``<id>.wav`` of ``directory`` into ``custom_dir/<language>/``; return the exit code.

    Says one sentence per file that is refused (exit code 1), then what is still missing (no error).
    """
    if not directory.is_dir():
        out(f"{directory} is not a folder.")
        return 1
    if shutil.which("sox") is None:
        out("The program sox is needed to import prompts: apt-get install sox.")
        return 1
    known = texts(language)
    if not known:
        out(f"There are no prompts in the language {language}.")
        return 1
    taken, refused = 0, 0
    for path in sorted(directory.iterdir()):
        problem = _import_one(path, known, custom_dir / language, language)
        if problem is None:
            taken += 1
        else:
            refused += 1
            out(f"{path.name}: {problem}")
    out(f"{taken} prompts imported, {refused} files refused.")
    status(custom_dir, language, out)
    return 1 if refused else 0


def script(language: str, out: Say) -> int:
    """Print the reading list for the actor as CSV: id, text, and whether the voice falls at its end."""
    words = word_ids(shipped_sounds(), language)
    _line(out, "id", "text", "how")
    for prompt_id, text in texts(language).items():
        _line(out, prompt_id, text, _how(prompt_id, words))
    return 0


def status(custom_dir: Path, language: str, out: Say) -> int:
    """Print what is still synthetic."""
    words, own = word_ids(shipped_sounds(), language), recordings(custom_dir / language).keys()
    phrases = [prompt_id for prompt_id in texts(language) if prompt_id not in words]
    missing = [prompt_id for prompt_id in phrases if prompt_id not in own]
    out(f"{language}: {len(phrases) - len(missing)} of {len(phrases)} phrases are recorded.")
    if missing:
        out(f"Still synthetic: {', '.join(missing)}.")
    recorded = len(words & own)
    unused = " They are used once all are there." if 0 < recorded < len(words) else ""
    out(f"{language}: {recorded} of {len(words)} words of numbers and dates are recorded.{unused}")
    return 0


def texts(language: str) -> dict[str, str]:
    """Return {id: text} of everything that is said in ``language``, phrases first; empty if there is nothing."""
    shipped = shipped_sounds()
    rows = yaml.safe_load((shipped / "catalogue.yaml").read_text(encoding="utf-8"))
    said = {id_: row[language] for id_, row in rows.items() if language in row and not row.get("generated")}
    phrases = {id_: row["text"] if isinstance(row, dict) else row for id_, row in said.items()}
    words = yaml.safe_load((shipped / "words.yaml").read_text(encoding="utf-8"))
    return {id_: str(text) for id_, text in (phrases | words.get(language, {})).items()}


def _import_one(path: Path, known: dict[str, str], folder: Path, language: str) -> str | None:
    """Import one file; return what is wrong with it, or None."""
    if path.suffix.lower() != ".wav":
        return "only WAV files are imported."
    if path.stem not in known:
        return f"there is no prompt named {path.stem} (--script lists them)."
    problem = recording.problem(path, longest=_longest(path.stem, language))
    if problem is not None:
        return problem
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".import-") as scratch:
        made = recording.convert(path, Path(scratch))
        target = folder / f"{path.stem}{made.suffix}"
        os.replace(made, target)
    # One format per id: Asterisk would choose between two by cost, not by age.
    for other in FORMATS - {target.suffix}:
        target.with_suffix(other).unlink(missing_ok=True)
    return None


def _longest(prompt_id: str, language: str) -> float:
    """Seconds: three times what the synthetic voice needs, and 2 s for a slow speaker. G.722 has 8,000 B/s."""
    shipped = shipped_sounds() / language / f"{prompt_id}.g722"
    return 3 * shipped.stat().st_size / 8000 + 2


def _how(prompt_id: str, words: frozenset[str]) -> str:
    if prompt_id not in words:
        return ""
    return "last word, the voice falls" if prompt_id.endswith("-end") else "in the middle of a sentence"


def _line(out: Say, *fields: str) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(fields)
    out(text.getvalue())
