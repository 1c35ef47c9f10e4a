"""The table: one row for each figure, the ratio first, printed and written to ``RESULTS.md``. Pure but for the
description of the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its baseline. ``met`` is None where there is no aim."""

    measure: str
    what: str
    result: str
    """The ratio or difference that the aim speaks of."""
    aim: str
    ours: str
    baseline: str
    met: bool | None = None


HEAD = ("", "what", "ratio", "aim", "met", "ours", "baseline")


def table(rows: Sequence[Row]) -> str:
    """As Markdown, aligned for reading as plain text too."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "no"}[row.met]
    return (row.measure, row.what, row.result, row.aim, met, row.ours, row.baseline)


def machine(asterisk: str, busy_cores: float) -> str:
    """What was measured on what, in lines. ``busy_cores``: what others used meanwhile."""
    versions = f"Asterisk {asterisk}, Python {platform.python_version()}, commit {_commit()}"
    processor = _first_value(Path("/proc/cpuinfo"), "model name") or platform.machine()
    return "\n".join(
        [
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {versions}",
            f"- {os.cpu_count()} cores ({processor}), Linux {platform.release()}; sipp runs on the same cores",
            f"- other work on the machine kept {busy_cores:.2f} cores busy meanwhile (0 is quiet)",
        ]
    )


def _commit() -> str:
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _first_value(file: Path, name: str) -> str | None:
    lines = file.read_text("utf-8", "replace").splitlines() if file.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def document(rows: Sequence[Row], notes: Sequence[str], about: str) -> str:
    """The text of ``RESULTS.md``."""
    head = "# The last run of `make bench`\n\nRatios first: seconds differ from machine to machine."
    listed = "\n".join(f"- {note}" for note in notes)
    return f"{head}\n\n{about}\n\n{table(rows)}\n\n{listed}\n"
