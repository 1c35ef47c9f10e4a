"""``docs/guide-coverage.md``: every row of the guide is here once, and is held by a test that exists, differs by a
decision, or says that it is not built yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]
PAGE = CLONE / "docs" / "guide-coverage.md"
ROWS = 216
_ROW = re.compile(r"\| (\d+) \| [^|]* \| (.*) \| ([^|]*) \| ([^|]*) \|")
_TEST = re.compile(r"`([\w/.-]+\.py)::(\w+)`")


def rows() -> list[tuple[int, str, str]]:
    """Number, where it is, what holds it."""
    found = (_ROW.fullmatch(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [(int(row[1]), row[3].strip(), row[4].strip()) for row in found if row is not None]


def test_every_row_of_the_guide_is_here_once() -> None:
    assert [number for number, _, _ in rows()] == list(range(1, ROWS + 1))


@pytest.mark.parametrize(("number", "where", "held"), rows(), ids=[f"row {row[0]}" for row in rows()])
def test_a_row_is_held_decided_or_not_yet_built(number: int, where: str, held: str) -> None:
    if where == "not yet" or where.startswith(("decision: ", "later: ")):
        return
    named = _TEST.findall(held)
    assert where, f"row {number} says not where it is"
    assert named, f"row {number} names no test"
    for file, test in named:
        text = (CLONE / file).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(?:async )?def {test}\(", text, re.MULTILINE), f"{file} has no {test}"
