"""The journals of earlier releases: an upgrade keeps its calls and their records (``golden/README.md``)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.typing import EventDict

from callcontrol.journal.files import Journal
from callcontrol.journal.records import records
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.unit.calls.golden.record import told
from tests.unit.calls.golden.taken_up import AWAY, Golden, golden_calls, taken_up

CALLS = golden_calls()
every_golden_call = pytest.mark.parametrize("golden", CALLS, ids=str)


def holds(now: Any, then: Any) -> bool:
    """Whether ``now`` says all that ``then`` said; it may say more."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(n in now and holds(now[n], then[n]) for n in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(holds, now, then))
    return bool(now == then)


def test_there_are_golden_journals() -> None:
    assert len(CALLS) >= 28


@every_golden_call
def test_every_entry_is_understood_and_gives_the_records_that_it_gave(
    golden: Golden, tmp_path: Path, log: list[EventDict]
) -> None:
    (tmp_path / "call.jsonl").write_text("".join(golden.journal), encoding="utf-8")
    (journal,) = Journal(tmp_path).left()
    assert log == []  # a line that is not understood is logged and left out
    assert journal.story.ended_at is not None
    got = [told(record) for record in records(journal.story)]
    assert holds(got, golden.records), json.dumps(got, indent=1)
    assert holds([told(message) for message in journal.story.messages], golden.messages)


@pytest.mark.parametrize("golden", CALLS, ids=str)
class TestAdoption:
    """A call that an earlier release began, wherever it went, is brought to the end that it would have had."""

    pytestmark = VIRTUAL_TIME

    async def test_it_is_taken_over_after_every_entry(
        self, golden: Golden, tmp_path: Path, log: list[EventDict]
    ) -> None:
        meant = {(r["line"], r["direction"], r["message"] is not None) for r in golden.records}
        wrong = []
        for number, stood in enumerate(golden.stood):
            world, caller = taken_up(golden, stood, tmp_path / str(number))
            await asyncio.sleep(AWAY)
            where = f"with {stood['entries']} entries, at {stood['second']} s"
            try:
                await world.begins()
                await caller.ends()
                world.nothing_left()
            except (AssertionError, TimeoutError) as error:
                wrong.append(f"{where}: {type(error).__name__} {error}")
                continue
            finally:
                await world.process.over()
            rows = world.history.rows.values()
            got = {(r.line, r.direction.value, r.message is not None) for r in rows}
            if got != meant:
                wrong.append(f"{where}: {got}")
        assert wrong == [], "\n".join([*wrong, f"meant: {meant}"])
